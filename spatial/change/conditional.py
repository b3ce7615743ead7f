"""Change given what stood there before: the score behind `method="auto"`.

Season moves every field of a kind in much the same way, and fields differ more than
roofs do. So a difference is measured against what is usual for pixels that looked
alike before: sorted into a few classes, each with its own mean change and covariance,
from the ninety per cent of the class that changed least. A harvest that took half of
the fields is then usual; a roof in a field is not, and neither is a pond.

Radiometry comes first, see `spatial.change.light`.

After Rousseeuw (1984) for the trimmed covariance ("Least median of squares
regression", and his minimum covariance determinant, 1985).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spatial.change.statistic import Pixels, covariance, inverse_root, step_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES = 5
_USUAL = 0.9  # share of a class from which mean and covariance are taken
_DRAWN = 0.3  # of the covariance of all classes together
_TRIMS = 6
_ROUNDS = 15
_RIDGE = 0.05  # of the unchanged variance; a class is never quieter than that
_FLOOR = 0.02  # of a band's own deviation: quantisation, so that nothing is 0 / 0
_FEWEST = 60


@dataclass(frozen=True, slots=True)
class Usual:
    """What change is usual in each class of pixels.

    Attributes
    ----------
    level, spread
        Of each band before, to compare pixels with `centres` (classes, bands).
    mean, root
        Of the usual change: (classes, bands), (classes, bands, bands); a root times
        a difference has unit covariance, over the class's own middling length.
    """

    level: Pixels
    spread: Pixels
    centres: Pixels
    mean: Pixels
    root: Pixels

    def score(
        self, before: NDArray[np.float32], moved: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return how unusual each difference is; 1 is the middle of its class.

        Pixel by pixel, band by band in one order: the same bytes in any tile.
        """
        out = np.full(before.shape[1:], np.nan, np.float32)
        known = np.isfinite(before).all(axis=0) & np.isfinite(moved).all(axis=0)
        kind = self._nearest(before[:, known])
        shifts, flat = moved[:, known], np.empty(kind.shape, np.float32)
        for c in range(len(self.centres)):
            here = kind == c
            flat[here] = _length(self.root[c], shifts[:, here], self.mean[c])
        out[known] = flat
        return out

    def _nearest(self, before: NDArray[np.float32]) -> NDArray[np.intp]:
        level = self.level.astype(np.float32)[:, None]
        x = (before - level) / self.spread.astype(np.float32)[:, None]
        return _nearest(x, self.centres.astype(np.float32))


def fit_usual(
    before: Pixels, moved: Pixels, unchanged: Pixels, *, weights: Pixels
) -> Usual:
    """Fit the usual change of each class on a sample of differences.

    Parameters
    ----------
    before, moved
        Bands before, and their differences: (bands, pixels).
    unchanged
        How likely each pixel is unchanged.
    weights
        How much the part of each band counts that the bands above it do not foretell.
    """
    level = before.mean(axis=1)
    spread = np.maximum(before.std(axis=1), 1e-9)
    unit = np.sqrt(np.einsum("in,n->i", moved**2, unchanged) / unchanged.sum())
    unit = np.maximum(unit, _FLOOR * spread)
    thin = step_of(before.shape[1])
    x = ((before - level[:, None]) / spread[:, None])[:, ::thin]
    scaled = (moved / unit[:, None])[:, ::thin]
    centres = _centres(x)
    kind = _nearest(x, centres)
    ridge = np.diag(_RIDGE + (_FLOOR * spread / unit) ** 2)
    everywhere = _trimmed(scaled, ridge)[1]
    means, roots = [], []
    for c in range(len(centres)):
        here = scaled[:, kind == c]
        if here.shape[1] < _FEWEST:
            here = scaled
        mean, root = _trimmed(here, ridge)
        root = _between_two(root, everywhere)
        means.append(mean * unit)
        roots.append(root * weights[:, None] / unit)
    return Usual(level, spread, centres, np.stack(means), np.stack(roots))


def _trimmed(x: Pixels, ridge: Pixels) -> tuple[Pixels, Pixels]:
    """Return mean and inverse root of the usual share of a table of differences."""
    keep = np.ones(x.shape[1], bool)
    for _ in range(_TRIMS):
        weight = keep.astype(np.float64)
        mean = np.einsum("in,n->i", x, weight) / weight.sum()
        centred = x - mean[:, None]
        root = inverse_root(covariance(centred, centred, weight) + ridge)
        length = (np.einsum("ki,in->kn", root, centred) ** 2).sum(axis=0)
        keep = length <= np.quantile(length, _USUAL)
    middle = max(float(np.median(length)), 0.1 * len(x))
    return mean, root / np.sqrt(middle)


def _between_two(own: Pixels, everywhere: Pixels) -> Pixels:
    """Return the inverse root of a class's covariance, drawn towards that of all.

    Friedman (1989), "Regularized discriminant analysis", Journal of the American
    Statistical Association 84: a class of which most has changed must not make its
    own change usual.
    """
    of_class, of_all = (np.linalg.inv(r.T @ r) for r in (own, everywhere))
    return inverse_root((1 - _DRAWN) * of_class + _DRAWN * of_all)


def _length(
    root: Pixels, moved: NDArray[np.float32], mean: Pixels
) -> NDArray[np.float32]:
    """Return the length of root times (difference minus mean), in a fixed order."""
    total = np.zeros(moved.shape[1], np.float32)
    centred = moved - mean.astype(np.float32)[:, None]
    for k in range(len(root)):
        part = np.float32(root[k, 0]) * centred[0]
        for i in range(1, k + 1):
            part += np.float32(root[k, i]) * centred[i]
        total += part * part
    return np.sqrt(total)


def _centres(x: Pixels) -> Pixels:
    """Return class centres by k-means from fixed starts along the first axis.

    MacQueen (1967); the starts are the pixels at the middles of equal shares of the
    first principal component, so nothing is drawn by lot.
    """
    one = np.ones(x.shape[1])
    _, axes = np.linalg.eigh(covariance(x, x, one))
    along = np.einsum("i,in->n", axes[:, -1] * np.sign(axes[0, -1] or 1), x)
    order = np.argsort(along, kind="stable")
    starts = ((np.arange(CLASSES) + 0.5) / CLASSES * len(order)).astype(int)
    centres = x[:, order[starts]].T.copy()
    for _ in range(_ROUNDS):
        kind = _nearest(x, centres)
        for c in range(CLASSES):
            weight = (kind == c).astype(np.float64)
            if weight.any():
                centres[c] = np.einsum("in,n->i", x, weight) / weight.sum()
    return centres


def _nearest(
    x: NDArray[np.floating[Any]], centres: NDArray[np.floating[Any]]
) -> NDArray[np.intp]:
    best = np.zeros(x.shape[1], np.intp)
    least = np.full(x.shape[1], np.inf, x.dtype)
    for c, centre in enumerate(centres):
        far = np.zeros(x.shape[1], x.dtype)
        for k, value in enumerate(centre):
            far += (x[k] - value) ** 2
        nearer = far < least
        np.copyto(best, c, where=nearer)
        np.copyto(least, far, where=nearer)
    return best
