"""The sample of a pair, read once for all that a fit asks of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from layers.raster import CLEAR
from layers.raster import Window as Part
from spatial.change.detector import HALO
from spatial.change.sample import Window, is_whole

if TYPE_CHECKING:
    from spatial.change.aligned import AlignedPair
    from spatial.change.detector import Flags, Image, Read
    from spatial.change.sample import Cells

    Piece = tuple[Image, Image, Flags]

_BLOCK = 512


def held_sample(aligned: AlignedPair, cells: Cells, *, threads: int = 1) -> Read:
    """Return what gives the windows of a sample, each read once.

    Parameters
    ----------
    aligned
        The pair.
    cells
        The sample, at most a million pixels. Nothing but its windows, with the margin
        that a detector asks for, may be read.
    threads
        How many read side by side.
    """
    shape = aligned.grid.shape
    groups: dict[tuple[int, int], list[Window]] = {}
    for *_, window in cells:
        block = (0, 0) if is_whole(shape) else _block(window)
        groups.setdefault(block, []).append(window.widened(HALO, shape))
    asked = [_around(one) for one in groups.values()]
    with ThreadPoolExecutor(threads) as pool:
        read_ones = list(pool.map(lambda one: _read(aligned, one), asked))
    pieces = {
        (window.top, window.left): (outer, piece)
        for windows, outer, piece in zip(groups.values(), asked, read_ones, strict=True)
        for window in windows
    }

    def read(window: Window) -> Piece:
        wanted = window.widened(0, shape)
        outer, (before, after, hidden) = pieces[wanted.top, wanted.left]
        rows, columns = wanted.within(outer)
        return before[:, rows, columns], after[:, rows, columns], hidden[rows, columns]

    return read


def _block(window: Window) -> tuple[int, int]:
    """Return which block of a file a window lies in: it is decoded once for all."""
    return window.top // _BLOCK, window.left // _BLOCK


def _around(windows: list[Window]) -> Window:
    """Return the least window that holds all."""
    return Window(
        min(one.top for one in windows),
        max(one.bottom for one in windows),
        min(one.left for one in windows),
        max(one.right for one in windows),
    )


def _read(aligned: AlignedPair, window: Window) -> Piece:
    before, after, codes = aligned.read(Part(window.top, window.left, *window.shape))
    return before, after, codes != CLEAR
