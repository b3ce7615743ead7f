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
    windows = [window.widened(HALO, shape) for *_, window in cells]
    asked = [_around(windows)] if is_whole(shape) else windows
    with ThreadPoolExecutor(threads) as pool:
        pieces = dict(
            zip(asked, pool.map(lambda one: _read(aligned, one), asked), strict=True)
        )

    def read(window: Window) -> Piece:
        wanted = window.widened(0, shape)
        outer = wanted if wanted in pieces else asked[0]
        rows, columns = wanted.within(outer)
        before, after, hidden = pieces[outer]
        return before[:, rows, columns], after[:, rows, columns], hidden[rows, columns]

    return read


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
