"""Mixed pixels at the rim of a change: kept where more than half of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spatial.change.runs import places_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from spatial.change.runs import Bools, Integers

    Image = NDArray[np.float32]

HALF = 0.5
_BLOCK_PIXELS = 1 << 19  # of all bands together about 25 MB


def trimmed(changed: Bools, before: Image, after: Image) -> Bools:
    """Return a mask without those rim pixels of which less than half has changed.

    A sensitive detector marks every pixel that a change touches, which makes a patch
    of n by m pixels almost one of n + 1 by m + 1. A pixel of which a part f has
    changed differs by about f times what a whole one does. So a pixel at the rim goes
    if it differs by less than half of the most that a neighbour in the mask does.

    Parameters
    ----------
    changed
        (rows, columns).
    before, after
        (bands, rows, columns).

    Returns
    -------
    ndarray of bool
        A part of `changed`. Pixels with all neighbours in the mask stay; so does the
        strongest of any group.
    """

    def apart(row: Integers, column: Integers) -> Image:
        return np.asarray(after[:, row, column] - before[:, row, column])

    return trimmed_by(changed, apart)


def trimmed_by(changed: Bools, apart: Callable[[Integers, Integers], Image]) -> Bools:
    """Return what `trimmed` does of images that are asked for single pixels.

    Parameters
    ----------
    changed
        (rows, columns).
    apart
        Returns after less before of rows and columns, (bands, n).
    """
    rows, columns = changed.shape
    step = max(1, _BLOCK_PIXELS // max(columns, 1))
    out = np.empty_like(changed)
    for low in range(0, rows, step):
        first, end = max(low - 1, 0), min(low + step + 1, rows)
        block = slice(first, end)
        kept = _block(changed[block], apart, first)
        high = min(low + step, rows)
        out[low:high] = kept[low - first : high - first]
    return out


def _block(
    changed: Bools, apart: Callable[[Integers, Integers], Image], top: int
) -> Bools:
    """Return the trimmed mask of some rows, of which the first is `top`."""
    off = np.zeros((changed.shape[0] + 2, changed.shape[1] + 2), dtype=np.float32)
    row, column = places_of(changed)
    total = np.zeros(len(row), dtype=np.float32)
    for band in apart(
        row + top, column
    ):  # in one order: `sum` has another for a single pixel
        total += np.nan_to_num(band * band)
    off[row + 1, column + 1] = np.sqrt(total)
    around = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    most = np.zeros(len(row), dtype=np.float32)
    for down, right in around:
        most = np.maximum(most, off[row + 1 + down, column + 1 + right])
    framed = np.zeros((changed.shape[0] + 2, changed.shape[1] + 2), dtype=bool)
    framed[1:-1, 1:-1] = changed
    inner = framed[row, column + 1] & framed[row + 2, column + 1]
    inner &= framed[row + 1, column] & framed[row + 1, column + 2]
    keep = inner | (off[row + 1, column + 1] >= HALF * most)
    out = np.zeros_like(changed)
    out[row[keep], column[keep]] = True
    return out
