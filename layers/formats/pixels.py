"""Pixels of one band of a raster, by window, as they are stored.

A raster that was opened stays open for the next window: to judge and open one of
400,000 x 400,000 pixels costs a hundred times what a window of it costs. It is opened
again when its bytes may be others.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from layers.errors import InputRefusedError, SourceNotFoundError
from layers.formats.raster import alone, open_alone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

MIB = 1024**2
MAX_WINDOW_BYTES = 256 * MIB
"""Of one window of one band, as stored."""
MAX_BLOCK_BYTES = 256 * MIB
"""Of one block: it is decoded whole, however small the window."""
MAX_OPEN = 32


class Window(NamedTuple):
    """Part of a grid: first row and column, counted from 0, then rows and columns."""

    row: int
    column: int
    height: int
    width: int


class BandRef(NamedTuple):
    """Which band of which bytes.

    Attributes
    ----------
    path
        The file, absolute.
    number
        Of the band, from 1.
    signature
        Size in bytes and time of the last change in nanoseconds, when its header was
        read; other bytes are refused.
    """

    path: Path
    number: int
    signature: tuple[int, int]


def signature_of(path: Path) -> tuple[int, int]:
    """Return what tells that a file was changed: its size and time of change.

    Raises
    ------
    SourceNotFoundError
        It is not there, or no longer.
    """
    try:
        stat = path.stat()
    except FileNotFoundError:
        todo = "open it again with layers.read_raster"
        raise SourceNotFoundError(path, todo=todo) from None
    return stat.st_size, stat.st_mtime_ns


class _Shelf(threading.local):
    """Rasters that stay open, the one used last at the end; each thread has its own.

    A handle of GDAL is not for two threads.
    """

    def __init__(self) -> None:
        self.held: OrderedDict[tuple[Path, tuple[int, int]], Any] = OrderedDict()

    def dataset(self, ref: BandRef) -> Any:  # noqa: ANN401 - a library without types
        """Return the open raster; refuse one that was changed."""
        if signature_of(ref.path) != ref.signature:
            raise InputRefusedError(
                source=ref.path,
                expected="the file that was opened",
                got="one that was changed since",
                todo="open it again with layers.read_raster",
            )
        key = ref.path, ref.signature
        if key not in self.held:
            self.held[key] = open_alone(ref.path)
        self.held.move_to_end(key)
        while len(self.held) > MAX_OPEN:
            self.held.popitem(last=False)[1].close()
        return self.held[key]


_SHELF = _Shelf()


def band_of(
    ref: BandRef, window: Window
) -> tuple[NDArray[Any], NDArray[np.uint8] | None]:
    """Return a window of a band as stored, and the file's own mask of it.

    Parameters
    ----------
    ref
        The band.
    window
        Lies within the raster.

    Returns
    -------
    values, mask
        Both (rows, columns). The mask is 0 where the file says that there is nothing;
        None where it has no mask of its own (a nodata value is no mask).

    Raises
    ------
    InputRefusedError
        The window, or a block, is larger than what is decoded at once; the file was
        changed since `ref` was made; GDAL cannot decode it.
    """
    values, mask = bands_of([ref], window)
    return values[0], mask


def bands_of(
    refs: Sequence[BandRef], window: Window, out: NDArray[Any] | None = None
) -> tuple[NDArray[Any], NDArray[np.uint8] | None]:
    """Return a window of some bands of one file, which is asked but once.

    Parameters
    ----------
    refs
        Bands of one file that are stored alike.
    window
        Lies within the raster.
    out
        Where the values are written, (bands, rows, columns) of the stored kind in
        whatever order of memory; None is anew.

    Returns
    -------
    values, mask
        (bands, rows, columns), and the mask (rows, columns) as of `band_of`: that of
        the file is one for all bands.

    Raises
    ------
    InputRefusedError
        As `band_of`.
    """
    stored_kind(refs, window)
    first = refs[0]
    dataset = _SHELF.dataset(first)
    numbers = [one.number for one in refs]
    part = (
        (window.row, window.row + window.height),
        (window.column, window.column + window.width),
    )
    with alone(first.path):
        values = dataset.read(numbers, window=part, out=out)
        flags = {one.name for one in dataset.mask_flag_enums[first.number - 1]}
        if "per_dataset" not in flags:
            return values, None
        return values, dataset.read_masks(first.number, window=part)


def stored_kind(refs: Sequence[BandRef], window: Window) -> np.dtype[Any]:
    """Return the kind of number of some bands, whose window may be read.

    Parameters
    ----------
    refs, window
        As of `bands_of`.

    Raises
    ------
    InputRefusedError
        As `band_of`.
    """
    first = refs[0]
    dataset = _SHELF.dataset(first)
    dtype: np.dtype[Any] = np.dtype(dataset.dtypes[first.number - 1])
    block = math.prod(dataset.block_shapes[first.number - 1]) * dtype.itemsize
    todo = "write it again in tiles of 512"
    _need_small(first.path, block, MAX_BLOCK_BYTES, what="blocks", todo=todo)
    size = window.height * window.width * dtype.itemsize
    todo = "read smaller windows"
    _need_small(first.path, size, MAX_WINDOW_BYTES, what="windows", todo=todo)
    return dtype


def _need_small(path: Path, size: int, most: int, *, what: str, todo: str) -> None:
    """Refuse what would have to be decoded at once and is too much."""
    if size > most:
        raise InputRefusedError(
            source=path,
            expected=f"{what} of at most {most // MIB} MiB",
            got=f"one of {size / MIB:,.0f} MiB",
            todo=todo,
        )
