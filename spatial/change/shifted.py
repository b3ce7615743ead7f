"""How much of a patch is the same ground, a fraction of a pixel aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spatial.change.runs import Integers
    from spatial.change.signature import Floats

    Places = NDArray[np.floating[Any]]


class Ground(Protocol):
    """An image of which single pixels are asked."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole image."""

    def earlier(self, row: Integers, column: Integers) -> Floats:
        """Return (bands, n) values before."""


_PARTS = (0.25, 0.5, 0.75, 1.0, 1.25)
"""Of the measured shift: it is an average, and local ones differ."""

SMALLEST_PX = 0.05
"""A shift below this moves no border by what a detector would see."""


def shares_explained(
    image: Ground,
    pixels: tuple[Integers, Integers, Integers],
    before: Floats,
    after: Floats,
    *,
    count: int,
    shift_px: tuple[float, float],
) -> Floats:
    """Return the share of each patch's change that a shift alone explains.

    The earlier image is moved along the measured shift, either way, by a quarter to
    five quarters of it; the two ways together also blur it, as aligning an image
    does. What remains of the squared difference to the later image is what a shift
    does not explain. New ground stands nowhere near in the earlier image, so that no
    shift makes it.

    Parameters
    ----------
    image
        The earlier image.
    pixels
        Row, column and number of the patch (from 0) of each pixel.
    before, after
        (bands, n) values there.
    count
        How many patches there are.
    shift_px
        Columns and rows.

    Returns
    -------
    ndarray
        (patches,) in [0, 1]; 0 for a shift below `SMALLEST_PX`.
    """
    row, column, number = pixels
    right, down = shift_px
    if np.hypot(right, down) < SMALLEST_PX or not len(row):
        return np.zeros(count)
    still = _squares(after - before, number, count)
    least = still.copy()
    for part in _PARTS:
        there = _moved(image, row + part * down, column + part * right)
        back = _moved(image, row - part * down, column - part * right)
        for model in (there, back, (there + back) / 2):
            known = np.where(np.isnan(model), before, model)
            least = np.minimum(least, _squares(after - known, number, count))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(still > 0, 1 - least / still, 0.0)


def _squares(off: Floats, number: Integers, count: int) -> Floats:
    """Return the sum of squared differences by patch; unknown ones add nothing."""
    each = np.zeros(off.shape[1])
    for band in off:  # in one order: `sum` has another for a single pixel
        each += np.nan_to_num(band * band)
    return np.asarray(np.bincount(number, each, minlength=count))


def _moved(image: Ground, row: Places, column: Places) -> Floats:
    """Return an image between its pixels, bilinear; the rim continues outwards."""
    rows, columns = image.shape
    row, column = np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)
    top = np.minimum(row.astype(np.int64), max(rows - 2, 0))
    left = np.minimum(column.astype(np.int64), max(columns - 2, 0))
    low, right = row - top, column - left
    below, beside = np.minimum(top + 1, rows - 1), np.minimum(left + 1, columns - 1)
    at = image.earlier
    upper = at(top, left) * (1 - right) + at(top, beside) * right
    lower = at(below, left) * (1 - right) + at(below, beside) * right
    return np.asarray(upper * (1 - low) + lower * low)
