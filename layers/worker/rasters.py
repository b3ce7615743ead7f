"""The header of a raster, read by a child in place.

A raster may be larger than the room for a copy, and only its header is wanted: so it
is not copied. The child opens it for reading alone, with nothing beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.errors import SourceNotFoundError
from layers.worker.limits import LIMITS, Limits
from layers.worker.source import Opened

if TYPE_CHECKING:
    from pathlib import Path

    from layers.formats import Sniffed
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
    ExtraMissingError
        rasterio is not installed.
    """
    if not path.is_file():
        raise SourceNotFoundError(path, todo="check the path")
    # The name that the caller uses is kept for messages; a child has another folder.
    place = Opened(path, path.absolute(), sha256="", limits=limits)
    return place.header()
