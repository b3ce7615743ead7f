"""The sample of a pair, read once for all that a fit asks of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from spatial.change.detector import HALO
from spatial.change.sample import Window, is_whole
from spatial.change.stored import Room, fill

if TYPE_CHECKING:
    from spatial.change.aligned import AlignedPair
    from spatial.change.detector import Flags, Image, Read
    from spatial.change.sample import Cells
    from spatial.change.stored import Storages, Stored

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
    storages = aligned.storages()
    with ThreadPoolExecutor(threads) as pool:
        read_ones = list(pool.map(lambda one: _read(aligned, storages, one), asked))
    pieces = {
        (window.top, window.left): stored
        for windows, stored in zip(groups.values(), read_ones, strict=True)
        for window in windows
    }

    def read(window: Window) -> Piece:
        wanted = window.widened(0, shape)
        return pieces[wanted.top, wanted.left].values(wanted)

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


def _read(aligned: AlignedPair, storages: Storages, window: Window) -> Stored:
    stored = Room(storages, len(aligned.bands)).strip(window)
    fill(stored, aligned, 0)
    return stored
