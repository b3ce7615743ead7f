"""How wide a patch is: the side of the largest square of pixels that fits into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spatial.change.runs import Bools, Integers


_CANVAS_PIXELS = 1 << 24


def widths(row: Integers, column: Integers, patch: Integers) -> Integers:
    """Return the side of the largest square inside each patch, in pixels.

    Parameters
    ----------
    row, column, patch
        Pixels and the patch of each, numbered from 0 without a gap.

    Returns
    -------
    ndarray
        (patches,) int64, 1 or more. A line that is one pixel wide has 1 however it
        bends; a disc of 10 pixels across has 7.

    Notes
    -----
    A square of side a + b fits where squares of side a fit at its four corners, if
    b <= a. Sides are doubled until none fits, then halved in: the work is that of
    some log2(width) looks at each pixel. Patches are laid out one below the other,
    those of like width together, so that empty ground between them costs nothing.
    """
    count = int(patch.max(initial=-1)) + 1
    side = np.ones(count, dtype=np.int64)
    if not count:
        return side
    top, left = (_least(one, patch, count) for one in (row, column))
    high, wide = (
        1 - _least(-one, patch, count) - first
        for one, first in ((row, top), (column, left))
    )
    own = row - top[patch], column - left[patch]
    order = np.argsort(wide, kind="stable")
    for sheet in _sheets(order, high, wide):
        below = np.full(count, -1, dtype=np.int64)
        below[sheet] = np.cumsum(high[sheet] + 1) - high[sheet] - 1
        here = below[patch] >= 0
        at = below[patch[here]] + own[0][here], own[1][here], patch[here]
        shape = int((high[sheet] + 1).sum()), int(wide[sheet].max()) + 1
        _measure(shape, at, side)
    return side


def _least(values: Integers, patch: Integers, count: int) -> Integers:
    """Return the least value of each patch."""
    least = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(least, patch, values)
    return least


def _sheets(order: Integers, high: Integers, wide: Integers) -> Iterator[Integers]:
    """Yield patches that are laid out together; a very large one is alone."""
    low = 0
    while low < len(order):
        tall = np.cumsum(high[order[low:]] + 1)
        size = tall * (wide[order[low:]] + 1)
        end = low + max(1, int(np.searchsorted(size, _CANVAS_PIXELS, side="right")))
        yield order[low:end]
        low = end


def _measure(
    shape: tuple[int, int], here: tuple[Integers, ...], side: Integers
) -> None:
    """Write the sides of the patches of one sheet."""
    fits = np.zeros(shape, dtype=bool)
    fits[here[0], here[1]] = True
    length = 1
    while len(here[0]):
        twice = _fitting(fits, here, length)
        grown = tuple(one[twice] for one in here)
        done = np.ones(len(side), dtype=bool)
        done[grown[2]] = False
        rest = done[here[2]]
        _refine(fits, tuple(one[rest] for one in here), length, side)
        fits[here[0][~twice], here[1][~twice]] = False
        here = grown
        length *= 2


def _fitting(fits: Bools, here: tuple[Integers, ...], step: int | Integers) -> Bools:
    """Say where squares fit at all four corners of a square `step` aside."""
    row, column = here[0], here[1]
    low = np.minimum(row + step, fits.shape[0] - 1)
    right = np.minimum(column + step, fits.shape[1] - 1)
    both: Bools = fits[low, column] & fits[row, right] & fits[low, right]
    return both


def _refine(
    fits: Bools, here: tuple[Integers, ...], length: int, side: Integers
) -> None:
    """Settle patches in which `length` fits and twice as much does not."""
    if not len(here[0]):
        return
    extra = np.zeros(len(side), dtype=np.int64)
    step = length // 2
    while step:
        wanted = extra[here[2]] + step
        found = _fitting(fits, here, wanted)
        reached = np.zeros(len(side), dtype=bool)
        reached[here[2][found]] = True
        extra += step * reached
        step //= 2
    patches = np.unique(here[2])
    side[patches] = length + extra[patches]
