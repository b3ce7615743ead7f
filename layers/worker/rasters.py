"""The header of a raster and windows of it, read by a child in place.

A raster may be larger than the room for a copy, and only its header is wanted: so it
is not copied. The child opens it for reading alone, with nothing beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.errors import SourceNotFoundError
from layers.worker.limits import LIMITS, Limits
from layers.worker.source import Opened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from layers.formats import Sniffed
    from layers.formats.pixels import BandRef, Window
    from layers.formats.raster import RasterHeader


def raster_header(
    path: Path, *, limits: Limits = LIMITS
) -> tuple[Sniffed, RasterHeader]:
    """Return how a raster was recognised, and its header.

    Parameters
    ----------
    path
        A GeoTIFF; it is opened where it lies, for reading.
    limits
        What looking at it may cost.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        There is no such file, it is no GeoTIFF that could be trusted, or the reader
        died or went beyond a limit.
    CrsError
        Its reference system names a file.
    """
    if not path.is_file():
        raise SourceNotFoundError(path, todo="check the path")
    # The name that the caller uses is kept for messages; a child has another folder.
    place = Opened(path, path.absolute(), sha256="", limits=limits)
    return place.header()


def band_header(path: Path, *, limits: Limits = LIMITS) -> RasterHeader:
    """Return the header of one file of an image, whatever its name.

    Parameters
    ----------
    path
        A GeoTIFF or JPEG 2000 file; it is opened where it lies, for reading.
    limits
        What looking at it may cost.

    Raises
    ------
    SourceNotFoundError, InputRefusedError, CrsError
        As `raster_header`.
    """
    if not path.is_file():
        raise SourceNotFoundError(path, todo="check the path")
    return Opened(path, path.absolute(), sha256="", limits=limits).band()


def raster_window(
    ref: BandRef, window: Window, *, limits: Limits = LIMITS
) -> tuple[NDArray[Any], NDArray[np.uint8] | None]:
    """Return a window of a band as stored, and the file's own mask of it.

    Parameters
    ----------
    ref, window
        As of `layers.formats.pixels.band_of`.
    limits
        What reading it may cost.

    Raises
    ------
    InputRefusedError
        As `layers.formats.pixels.band_of`, or the reader died or went beyond a limit.
    """
    values, mask = raster_windows([ref], window, limits=limits)
    return values[0], mask


def raster_windows(
    refs: Sequence[BandRef],
    window: Window,
    out: NDArray[Any] | None = None,
    *,
    limits: Limits = LIMITS,
) -> tuple[NDArray[Any], NDArray[np.uint8] | None]:
    """Return a window of some bands of one file, and the file's own mask of it.

    Parameters
    ----------
    refs, window, out
        As of `layers.formats.pixels.bands_of`.
    limits
        What reading it may cost.

    Raises
    ------
    InputRefusedError
        As `raster_window`.
    """
    path = refs[0].path
    return Opened(path, path, sha256="", limits=limits).pixels(refs, window, out)
