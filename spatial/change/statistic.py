"""Sums over pixels that do not depend on how the machine splits them.

`numpy.einsum` without optimisation runs its own loops, on one thread and in one
order; a product by BLAS gives other last bits with another number of threads.
"""

from __future__ import annotations

from functools import lru_cache
from math import erfc, gamma
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float64]
"""Bands, pixels."""

_TABLE_ENDS = 200.0
_TABLE_STEPS = 8001
_TINY = 1e-12
_MOST = 150_000


def step_of(pixels: int) -> int:
    """Return which of so many pixels are enough: every first, second, third..."""
    return max(1, -(-pixels // _MOST))


def thinned(*tables: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return every so many pixels of tables whose last axis is that of pixels."""
    step = step_of(tables[0].shape[-1])
    return tuple(one[..., ::step] for one in tables)


def weighted_mean(x: Pixels, weight: Pixels) -> Pixels:
    """Return the mean of each band under pixel weights; shape (bands, 1)."""
    return np.asarray(
        np.einsum("in,n->i", x, weight)[:, None] / max(weight.sum(), _TINY)
    )


def covariance(x: Pixels, y: Pixels, weight: Pixels) -> Pixels:
    """Return the weighted mean of products of two centred tables; (bands, bands)."""
    return np.asarray(np.einsum("in,jn->ij", x * weight, y) / max(weight.sum(), _TINY))


def chi2_tail(z: Pixels, degrees: int) -> Pixels:
    """Return the probability that a chi-square of so many degrees exceeds `z`.

    Interpolated in a table of step 0.025, absolute error below 1e-4 (tested against
    the closed form); 0 above 200.
    """
    at, tail, slope = _tail_table(degrees)
    # What numpy.interp gives, which searches the table for every pixel: steps are even,
    # so the place is known but for rounding. fmin, since NaN is no place.
    inside = np.minimum(z, _TABLE_ENDS)
    scaled = inside * ((_TABLE_STEPS - 1) / _TABLE_ENDS)
    place = np.fmin(scaled, _TABLE_STEPS - 2).astype(np.intp)
    place -= at[place] > inside
    place += at[place + 1] <= inside
    out = slope[place] * (inside - at[place]) + tail[place]
    return np.asarray(np.where(z > _TABLE_ENDS, 0.0, out))


@lru_cache(maxsize=64)
def _tail_table(degrees: int) -> tuple[Pixels, Pixels, Pixels]:
    """Return the table, by the recursion Q(k + 2) = Q(k) + density, and its slopes."""
    at = np.linspace(0.0, _TABLE_ENDS, _TABLE_STEPS)
    half = at / 2
    odd = degrees % 2 == 1
    tail = np.array([erfc(h**0.5) for h in half]) if odd else np.exp(-half)
    for k in range(1 if odd else 2, degrees, 2):
        tail = tail + half ** (k / 2) * np.exp(-half) / gamma(k / 2 + 1)
    return at, tail, np.append(np.diff(tail) / np.diff(at), 0.0)


def inverse_root(matrix: Pixels) -> Pixels:
    """Return lower triangular L with L M L' = 1, for a positive definite M."""
    return np.asarray(np.linalg.inv(np.linalg.cholesky(matrix)))
