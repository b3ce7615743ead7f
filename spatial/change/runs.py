"""Changed pixels as runs along rows, joined to patches without looking at pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Bools = NDArray[np.bool_]
    Stretches = tuple[Integers, Integers, Integers]

_BLOCK_PIXELS = 1 << 24  # rows are looked at so many pixels at a time


@dataclass(frozen=True, slots=True)
class Runs:
    """Stretches of changed pixels, each in one row; ordered by row, then by column.

    Attributes
    ----------
    row, start, end
        Row, first column, and the column after the last; int64.
    patch
        Number of the patch: pixels that share an edge or a corner belong together.
        Patches are numbered from 0 by their first pixel, row by row.
    piece
        Number of the piece: pixels that share an edge. A patch has one or more.
    """

    row: Integers
    start: Integers
    end: Integers
    patch: Integers
    piece: Integers

    @property
    def patches(self) -> int:
        """How many patches there are."""
        return int(self.patch.max(initial=-1)) + 1

    @property
    def length(self) -> Integers:
        """Pixels of each run."""
        return self.end - self.start


def runs_of(changed: Bools) -> Runs:
    """Return the runs of a mask and the patches that they form.

    Parameters
    ----------
    changed
        (rows, columns).

    Returns
    -------
    Runs
        The same for every way in which the mask was made, tile by tile or at once.
    """
    return joined(*stretches(changed), columns=changed.shape[1])


def joined(row: Integers, start: Integers, end: Integers, *, columns: int) -> Runs:
    """Return stretches with the patches and pieces that they form.

    Parameters
    ----------
    row, start, end
        Ordered by row, then by column; none touches the next one in its row.
    columns
        Of the whole mask.
    """
    wide = columns + 2
    above = _neighbours(row, start, end, wide=wide, corners=False)
    piece = numbered(components(len(row), *above))
    touching = _neighbours(row, start, end, wide=wide, corners=True)
    patch = numbered(components(len(row), *touching))
    return Runs(row, start, end, patch, piece)


def merged(parts: Iterable[tuple[Integers, Integers, Integers]]) -> Stretches:
    """Return the stretches of windows as those of the whole mask.

    Parameters
    ----------
    parts
        Row, start and end of the stretches of windows that have no pixel in common.

    Returns
    -------
    tuple of ndarray
        Ordered by row, then by column; a stretch that a border cut is one again.
    """
    none = np.zeros(0, dtype=np.int64)
    row, start, end = (
        np.concatenate(one) for one in zip((none, none, none), *parts, strict=True)
    )
    order = np.lexsort((start, row))
    row, start, end = row[order], start[order], end[order]
    goes_on = (row[1:] == row[:-1]) & (start[1:] == end[:-1])
    first = np.append(np.ones(min(len(row), 1), dtype=bool), ~goes_on)
    last = np.append(~goes_on, np.ones(min(len(row), 1), dtype=bool))
    return row[first], start[first], end[last]


def chosen(runs: Runs, wanted: Bools) -> Runs:
    """Return the runs of some patches (one flag a patch), numbered anew."""
    kept = wanted[runs.patch]
    patch = (np.cumsum(wanted) - 1)[runs.patch[kept]]
    _, piece = np.unique(runs.piece[kept], return_inverse=True)
    return Runs(runs.row[kept], runs.start[kept], runs.end[kept], patch, piece)


def first_pixels(runs: Runs) -> Integers:
    """Return the number of the run that holds each patch's first pixel."""
    return np.flatnonzero(np.diff(np.maximum.accumulate(runs.patch), prepend=-1))


def components(count: int, first: Integers, second: Integers) -> Integers:
    """Return for each of `count` things the least thing that it is joined with.

    Parameters
    ----------
    count
        Things are numbered from 0.
    first, second
        Pairs that belong together.

    Returns
    -------
    ndarray
        (count,) int64: equal for things that pairs connect, over any way.
    """
    root = np.arange(count)
    while True:
        a, b = root[first], root[second]
        apart = a != b
        if not apart.any():
            return root
        first, second, a, b = first[apart], second[apart], a[apart], b[apart]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while True:
            higher = root[root]
            if np.array_equal(higher, root):
                break
            root = higher


def numbered(root: Integers) -> Integers:
    """Return group numbers from 0, in the order of each group's least member."""
    is_root = root == np.arange(len(root))
    return (np.cumsum(is_root) - 1)[root]


def pixels_of(runs: Runs) -> tuple[Integers, Integers, Integers]:
    """Return row, column and patch of every pixel, in the order of the runs."""
    length = runs.length
    owner = np.repeat(np.arange(len(length)), length)
    column = np.arange(len(owner)) - (np.cumsum(length) - length)[owner]
    return runs.row[owner], runs.start[owner] + column, runs.patch[owner]


def places_of(mask: Bools) -> tuple[Integers, Integers]:
    """Return rows and columns of a mask (rows, columns), row by row.

    What `np.nonzero` returns; that takes five times as long with two axes.
    """
    row, column = np.divmod(np.flatnonzero(mask), max(mask.shape[1], 1))
    return row, column


def stretches(changed: Bools) -> Stretches:
    """Return row, start and end of every stretch, in blocks of rows."""
    rows, columns = changed.shape
    step = max(1, _BLOCK_PIXELS // max(columns, 1))
    found = [_toggles(changed[low : low + step], low) for low in range(0, rows, step)]
    row = np.concatenate([np.zeros(0, dtype=np.int64), *(one[0] for one in found)])
    column = np.concatenate([np.zeros(0, dtype=np.int64), *(one[1] for one in found)])
    return row[::2], column[::2], column[1::2]


def _toggles(block: Bools, low: int) -> tuple[Integers, Integers]:
    """Return row and column of every change between neighbours in a row."""
    rows, columns = block.shape
    framed = np.zeros((rows, columns + 2), dtype=bool)
    framed[:, 1:-1] = block
    at = np.flatnonzero(framed[:, 1:] != framed[:, :-1])
    row, column = np.divmod(at, columns + 1)
    return row.astype(np.int64) + low, column.astype(np.int64)


def _neighbours(
    row: Integers, start: Integers, end: Integers, *, wide: int, corners: bool
) -> tuple[Integers, Integers]:
    """Return the pairs of runs in neighbouring rows that share an edge or a corner."""
    below = (row + 1) * wide
    # ends beyond the start, starts before the end; for corners the equal ones too
    reach = 1 if corners else 0
    low = np.searchsorted(row * wide + end, below + start + 1 - reach)
    high = np.searchsorted(row * wide + start, below + end + reach)
    number = np.maximum(high - low, 0)
    upper = np.repeat(np.arange(len(row)), number)
    nth = np.arange(len(upper)) - (np.cumsum(number) - number)[upper]
    return upper, low[upper] + nth
