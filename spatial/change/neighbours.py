"""What a pixel's eight neighbours say, as sums in one order.

A running sum would be quicker, and would give other last bits in another tile.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Flags = NDArray[np.bool_]


def mean_of_valid(values: Image, valid: Flags) -> Image:
    """Return the mean of the valid pixels of each 3 x 3 square; NaN at invalid ones.

    Beyond the edge there are no pixels, so a corner is the mean of four.
    """
    total = _sum_of_nine(np.where(valid, values, np.float32(0)))
    count = _sum_of_nine(valid.astype(np.float32))
    return np.where(valid, total / np.maximum(count, np.float32(1)), np.float32(np.nan))


def without_lone(changed: Flags, fewest: int) -> Flags:
    """Return the changed pixels that have company: `fewest` in their 3 x 3 square."""
    return changed & (_sum_of_nine(changed.astype(np.float32)) >= fewest)


def beyond_neighbours(before: Image, after: Image) -> Image:
    """Return the part of a difference that no shift of one pixel explains.

    How far the value after lies outside the range of the 3 x 3 square before, and the
    other way round; of the two the one nearer to 0, signed as after minus before. An
    image against itself moved by one pixel gives 0 everywhere.

    Parameters
    ----------
    before, after
        Bands, rows, columns; NaN is passed on.
    """
    forth = _outside(after, *_range_of_nine(before))
    back = -_outside(before, *_range_of_nine(after))
    return np.where(np.abs(forth) < np.abs(back), forth, back)


def _outside(values: Image, low: Image, high: Image) -> Image:
    return np.maximum(values - high, 0) - np.maximum(low - values, 0)


def _sum_of_nine(values: Image) -> Image:
    wide = np.pad(values, 1)
    rows, cols = values.shape
    lines = wide[:, :cols] + wide[:, 1 : cols + 1] + wide[:, 2:]
    return lines[:rows] + lines[1 : rows + 1] + lines[2:]


def _range_of_nine(values: Image) -> tuple[Image, Image]:
    wide = np.pad(values, ((0, 0), (1, 1), (1, 1)), mode="edge")
    rows, cols = values.shape[1:]
    low, high = values, values
    for i, j in product(range(3), repeat=2):
        moved = wide[:, i : i + rows, j : j + cols]
        low, high = np.fmin(low, moved), np.fmax(high, moved)
    return low, high
