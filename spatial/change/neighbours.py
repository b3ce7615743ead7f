"""What a pixel's eight neighbours say, as sums in one order.

A running sum would be quicker, and would give other last bits in another tile.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Flags = NDArray[np.bool_]
OWN = np.float32(1.6)
"""A pixel's context lifts its own score no further."""
COMPANY = 3
"""A changed pixel has two changed neighbours, or it is noise."""


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


def moved_by(values: Image, down: float, right: float) -> Image:
    """Return each pixel's value `down` rows and `right` columns away from it.

    Linear between pixels, exact for whole numbers; NaN where that lies outside.

    Parameters
    ----------
    values
        Bands, rows, columns.
    """
    rows, cols = values.shape[1:]
    i, j = int(np.floor(down)), int(np.floor(right))
    p, q = np.float32(down - i), np.float32(right - j)
    pad = 1 + max(abs(i), abs(j)) + 1
    wide = np.pad(
        values, ((0, 0), (pad, pad), (pad, pad)), constant_values=np.float32(np.nan)
    )

    def at(di: int, dj: int) -> Image:
        top, left = pad + i + di, pad + j + dj
        return wide[:, top : top + rows, left : left + cols]

    upper = at(0, 0) if q == 0 else at(0, 0) * (1 - q) + at(0, 1) * q
    if p == 0:
        return np.ascontiguousarray(upper)
    lower = at(1, 0) if q == 0 else at(1, 0) * (1 - q) + at(1, 1) * q
    return np.asarray(upper * (1 - p) + lower * p)


def _sum_of_nine(values: Image) -> Image:
    wide = np.pad(values, 1)
    rows, cols = values.shape
    lines = wide[:, :cols] + wide[:, 1 : cols + 1] + wide[:, 2:]
    return np.asarray(lines[:rows] + lines[1 : rows + 1] + lines[2:])
