"""How wide a patch is: the side of the largest square of pixels that fits into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from spatial.change.runs import Bools, Integers


def widths(
    changed: Bools, row: Integers, column: Integers, patch: Integers
) -> Integers:
    """Return the side of the largest square inside each patch, in pixels.

    Parameters
    ----------
    changed
        The mask, (rows, columns). Not changed.
    row, column, patch
        Its pixels and the patch of each, numbered from 0 without a gap.

    Returns
    -------
    ndarray
        (patches,) int64, 1 or more. A line that is one pixel wide has 1 however it
        bends; a disc of 10 pixels across has 7.

    Notes
    -----
    A square of side a + b fits where squares of side a fit at its four corners, if
    b <= a. Sides are doubled until none fits, then halved in: the work is that of
    some log2(width) looks at each pixel.
    """
    count = int(patch.max(initial=-1)) + 1
    side = np.ones(count, dtype=np.int64)
    fits = np.zeros((changed.shape[0] + 1, changed.shape[1] + 1), dtype=bool)
    fits[:-1, :-1] = changed
    here: tuple[Integers, ...] = (row, column, patch)
    length = 1
    while len(here[0]):
        twice = _fitting(fits, here, length)
        grown = tuple(one[twice] for one in here)
        done = np.ones(count, dtype=bool)
        done[grown[2]] = False
        rest = done[here[2]]
        _refine(fits, tuple(one[rest] for one in here), length, side)
        fits[here[0][~twice], here[1][~twice]] = False
        here = grown
        length *= 2
    return side


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
