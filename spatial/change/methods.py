"""The plain methods of change detection: linear, fitted once, applied anywhere.

Each `fit_*` takes two tables of pixels (bands, pixels; the same pixels at two dates)
and returns a `Linear`. Its score is the length of a vector of standardised
components, so squares follow a chi-square where nothing changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spatial.change.statistic import (
    Pixels,
    chi2_tail,
    covariance,
    inverse_root,
    weighted_mean,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS = 40
_SETTLED = 1e-4
_RIDGE = 1e-6
_FLOOR = 0.02
"""Share of a band's own deviation below which a difference is no change (and by which
a pair against itself has a scale): half a count of an image of 8 bits."""
_LOW = 1e-9
_PIECE = 4096  # pixels


@dataclass(frozen=True, slots=True)
class Linear:
    """Components of change, linear in both dates.

    Attributes
    ----------
    left, right
        Weights of the bands before and after, shape (components, bands).
    offset
        What an unchanged pixel gives, shape (components,).
    unchanged
        Probability of no change for every pixel of the sample.
    """

    left: Pixels
    right: Pixels
    offset: Pixels
    unchanged: Pixels

    def score(
        self, before: NDArray[np.float32], after: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the length of the vector of components; pixel by pixel, float32.

        Sums run band by band in one order: the same bytes in any tile.
        """
        total = np.zeros(before.shape[1:], np.float32)
        for a, b, c in zip(self.left, self.right, self.offset, strict=True):
            part = np.full(before.shape[1:], -np.float32(c), np.float32)
            for k in range(before.shape[0]):
                part += np.float32(b[k]) * after[k]
                part -= np.float32(a[k]) * before[k]
            total += part * part
        return np.sqrt(total)


def fit_cva(before: Pixels, after: Pixels) -> Linear:
    """Fit standardised change vectors: both dates to mean 0 and deviation 1.

    Change vector analysis: Malila (1980), "Change vector analysis: an approach for
    detecting forest changes with Landsat". The length of the vector of differences
    of standardised bands, every band with the same weight.
    """
    one = np.ones(before.shape[1])
    (mx, sx), (my, sy) = _moments(before, one), _moments(after, one)
    left, right = np.diag(1 / sx), np.diag(1 / sy)
    return Linear(left, right, right @ my - left @ mx, one)


def fit_irmad(before: Pixels, after: Pixels) -> Linear:
    """Fit iteratively reweighted multivariate alteration detection.

    Nielsen (2007), "The regularized iteratively reweighted MAD method for change
    detection in multi- and hyperspectral data", IEEE Transactions on Image Processing
    16(2). Canonical variates of both dates; differences of pairs, in units of their
    deviation where nothing changed. Not altered by any affine change of the bands of
    either date (up to the small ridge that keeps duplicate bands harmless).
    """
    floor_x, floor_y = _spread(before), _spread(after)
    x, y = before / floor_x, after / floor_y
    weight = np.ones(x.shape[1])
    old = np.zeros(x.shape[0])
    for _ in range(_ROUNDS):
        mx, my = weighted_mean(x, weight), weighted_mean(y, weight)
        xc, yc = x - mx, y - my
        root_x = inverse_root(_ridged(covariance(xc, xc, weight)))
        root_y = inverse_root(_ridged(covariance(yc, yc, weight)))
        u, rho, vt = np.linalg.svd(root_x @ covariance(xc, yc, weight) @ root_y.T)
        deviation = np.sqrt(2 * (1 - np.clip(rho, 0, 1)) + _FLOOR**2)[:, None]
        left, right = u.T @ root_x / deviation, vt @ root_y / deviation
        z = _lengths((left, xc), (right, yc))
        weight = chi2_tail(z, len(rho))
        if not _usable(weight) or np.abs(rho - old).max() < _SETTLED:
            break
        old = rho
    left, right = left / floor_x.T, right / floor_y.T
    offset = right @ (my * floor_y)[:, 0] - left @ (mx * floor_x)[:, 0]
    return Linear(left, right, offset, weight)


def fit_isfa(before: Pixels, after: Pixels) -> Linear:
    """Fit iteratively reweighted slow feature analysis.

    Wu, Du and Zhang (2014), "Slow feature analysis for change detection in
    multispectral imagery", IEEE Transactions on Geoscience and Remote Sensing 52(5).
    The combinations of bands that differ least between the dates, in units of their
    deviation where nothing changed.
    """
    weight = np.ones(before.shape[1])
    old = np.zeros(before.shape[0])
    for _ in range(_ROUNDS):
        (mx, sx), (my, sy) = _moments(before, weight), _moments(after, weight)
        x, y = (before - mx[:, None]) / sx[:, None], (after - my[:, None]) / sy[:, None]
        both = (covariance(x, x, weight) + covariance(y, y, weight)) / 2
        root = inverse_root(_ridged(both))
        moved = y - x
        slow, axes = np.linalg.eigh(root @ covariance(moved, moved, weight) @ root.T)
        part = (axes.T @ root) / np.sqrt(np.maximum(slow, 0) + _FLOOR**2)[:, None]
        weight = chi2_tail((_apply(part, moved) ** 2).sum(axis=0), len(slow))
        if not _usable(weight) or np.abs(slow - old).max() < _SETTLED:
            break
        old = slow
    left, right = part / sx, part / sy
    return Linear(left, right, right @ my - left @ mx, weight)


def relate(before: Pixels, after: Pixels, weight: Pixels) -> tuple[Pixels, Pixels]:
    """Return gain and offset per band that take `after` to the light of `before`.

    Orthogonal in the sense of equal deviations, under the weights of no change
    (Canty and Nielsen 2008, "Automatic radiometric normalization of multitemporal
    satellite imagery with the iteratively re-weighted MAD transformation").
    """
    (mx, sx), (my, sy) = _moments(before, weight), _moments(after, weight)
    gain = sx / sy
    return gain, mx - gain * my


def _moments(x: Pixels, weight: Pixels) -> tuple[Pixels, Pixels]:
    """Return mean and deviation of each band; the deviation is never 0."""
    mean = weighted_mean(x, weight)
    spread = np.sqrt(np.einsum("in,n->i", (x - mean) ** 2, weight) / weight.sum())
    return mean[:, 0], np.where(spread > _LOW, spread, 1.0)


def _spread(x: Pixels) -> Pixels:
    """Return the deviation of each band as a column, to keep numbers near 1."""
    return _moments(x, np.ones(x.shape[1]))[1][:, None]


def _ridged(matrix: Pixels) -> Pixels:
    return matrix + np.diag(np.diag(matrix) * _RIDGE + _LOW)


def _apply(weights: Pixels, x: Pixels) -> Pixels:
    """Return weights times pixels, in an order that no thread count alters."""
    return np.asarray(np.einsum("ki,in->kn", weights, x))


def _lengths(before: tuple[Pixels, Pixels], after: tuple[Pixels, Pixels]) -> Pixels:
    """Return squared lengths of the difference of weighted pixels, piece by piece.

    What is reckoned of a piece stays in the processor's cache.
    """
    (left, x), (right, y) = before, after
    out = np.empty(x.shape[1])
    for low in range(0, len(out), _PIECE):
        here = slice(low, low + _PIECE)
        z = _apply(right, y[:, here]) - _apply(left, x[:, here])
        z *= z
        z.sum(axis=0, out=out[here])
    return out


def _usable(weight: Pixels) -> bool:
    """Whether enough of the sample still counts as unchanged to go on."""
    return bool(weight.sum() > 4 * 16)
