"""Change given what stood there before: the score behind `method="auto"`.

Season moves every field of a kind in much the same way, and fields differ more than
roofs do. So a difference is measured against what is usual for pixels that looked
alike before: sorted into a few classes, each with its own mean change and covariance,
from the ninety per cent of the class that changed least. A harvest that took half of
the fields is then usual; a roof in a field is not, and neither is a pond.

Radiometry comes first: gain and offset per band from pixels that IR-MAD holds for
unchanged, then what remains of haze as a smooth surface over the cells of the sample.

After Nielsen (2007) for the weights, Canty and Nielsen (2008) for the relation,
Rousseeuw (1984) for the trimmed covariance ("Least median of squares regression",
and his minimum covariance determinant, 1985).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from spatial.change.methods import fit_irmad, relate
from spatial.change.statistic import Pixels, chi2_tail, covariance, inverse_root

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES = 5
_USUAL = 0.9  # share of a class from which mean and covariance are taken
_DRAWN = 0.3  # of the covariance of all classes together
_TRIMS = 6
_ROUNDS = 15
_RIDGE = 0.05  # of the unchanged variance; a class is never quieter than that
_FLOOR = 0.02  # of a band's own deviation: quantisation, so that nothing is 0 / 0
_MOST = 150_000
_FEWEST = 60
_LEAST_WEIGHT = 5.0  # unchanged pixels that count as an opinion of a cell


@dataclass(frozen=True, slots=True)
class Surface:
    """Values at the middles of cells; linear between them, and on beyond the last."""

    rows: Pixels
    cols: Pixels
    values: Pixels  # bands, cell rows, cell columns

    def at(self, rows: Pixels, cols: Pixels) -> NDArray[np.float32]:
        """Return the surface at pixel rows x columns; shape (bands, rows, cols)."""
        down, j, q = self.lines(rows, cols)
        right = min(1, len(self.cols) - 1)
        across = down[:, :, j] * (1 - q) + down[:, :, j + right] * q
        return across.astype(np.float32)

    def lines(
        self, rows: Pixels, cols: Pixels
    ) -> tuple[Pixels, NDArray[np.intp], Pixels]:
        """Return the surface at pixel rows x cell columns, (bands, rows, cells).

        And for each pixel column the cell before it, and its share of the way to the
        next one.
        """
        i, p = _between(self.rows, rows)
        lower = min(1, len(self.rows) - 1)
        above, below = self.values[:, i], self.values[:, i + lower]
        down = above * (1 - p)[:, None] + below * p[:, None]
        return (down, *_between(self.cols, cols))


@dataclass(frozen=True, slots=True)
class Light:
    """What takes the image after to the light of the image before, by band."""

    gain: Pixels
    offset: Pixels
    haze: Surface | None = None

    def then(self, later: Light) -> Light:
        """Return this light and a later one as one; surfaces on the same cells."""
        haze = later.haze
        if self.haze is not None and haze is not None:
            values = self.haze.values * later.gain[:, None, None] + haze.values
            haze = replace(haze, values=values)
        gain, offset = self.gain * later.gain, self.offset * later.gain + later.offset
        return Light(gain, offset, haze)

    def on(
        self, after: NDArray[np.float32], top: int, left: int
    ) -> NDArray[np.float32]:
        """Return the window whose first pixel is (top, left) in the light before."""
        gain, offset = (
            x.astype(np.float32)[:, None, None] for x in (self.gain, self.offset)
        )
        lit = after * gain + offset
        if self.haze is None:
            return np.asarray(lit)
        rows = np.arange(top, top + after.shape[1]) + 0.5
        cols = np.arange(left, left + after.shape[2]) + 0.5
        return np.asarray(lit - self.haze.at(rows, cols))


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


def fit_light(before: Pixels, after: Pixels) -> tuple[Light, Pixels]:
    """Return gain and offset, and how likely each pixel of the sample is unchanged."""
    linear = fit_irmad(*_thinned(before, after))
    z = linear.score(before.astype(np.float32), after.astype(np.float32))
    weight = chi2_tail(z.astype(np.float64) ** 2, len(before))
    if weight.sum() < _FEWEST:
        weight = np.ones_like(weight)
    gain, offset = relate(before, after, weight)
    return Light(gain, offset), weight


def fit_surface(
    moved: Pixels,
    weight: Pixels,
    cells: tuple[NDArray[np.intp], NDArray[np.intp]],
    middles: tuple[Pixels, Pixels],
) -> Surface:
    """Fit what remains of haze: a plane, and what the cells say beyond the plane.

    Parameters
    ----------
    moved
        Differences (bands, pixels) of the sample.
    weight
        Probability of no change of each pixel.
    cells
        Cell row and cell column of each pixel.
    middles
        Middles of the cells, along rows and along columns.
    """
    shape = len(middles[0]), len(middles[1])
    place = cells[0] * shape[1] + cells[1]
    count = _by_cell(place, weight, shape)
    sums = np.stack([_by_cell(place, weight * m, shape) for m in moved])
    basis = np.stack(np.broadcast_arrays(1.0, *np.ix_(*(_centred(m) for m in middles))))
    plane = np.einsum("bij,pb->pij", basis, _least_squares(basis, count, sums))
    rest = np.stack(
        [_smoothed(s - count * p) for s, p in zip(sums, plane, strict=True)]
    )
    rest /= _smoothed(count) + _LEAST_WEIGHT
    return Surface(*middles, plane + rest)


def _least_squares(basis: Pixels, count: Pixels, sums: Pixels) -> Pixels:
    """Return level and slopes of each band's plane, weighted by the unchanged."""
    normal = np.einsum("bij,cij->bc", basis * count, basis)
    right = np.einsum("bij,pij->pb", basis, sums)
    return np.asarray(np.linalg.solve(normal + np.eye(3) * 1e-6, right.T).T)


def _by_cell(
    place: NDArray[np.intp], amounts: Pixels, shape: tuple[int, int]
) -> Pixels:
    """Return the sum of amounts in each cell."""
    total = np.bincount(place, amounts, shape[0] * shape[1])
    return np.asarray(total, np.float64).reshape(shape)


def _centred(middles: Pixels) -> Pixels:
    return np.asarray((middles - middles.mean()) / max(float(np.ptp(middles)), 1.0))


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
    thin = _step(before.shape[1])
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
        best[nearer], least[nearer] = c, far[nearer]
    return best


def _step(pixels: int) -> int:
    return max(1, -(-pixels // _MOST))


def _thinned(before: Pixels, after: Pixels) -> tuple[Pixels, Pixels]:
    step = _step(before.shape[1])
    return before[:, ::step], after[:, ::step]


def _smoothed(cells: Pixels) -> Pixels:
    wide = np.pad(cells, 1)
    lines = wide[:-2] + wide[1:-1] + wide[2:]
    return np.asarray(lines[:, :-2] + lines[:, 1:-1] + lines[:, 2:])


def _between(middles: Pixels, at: Pixels) -> tuple[NDArray[np.intp], Pixels]:
    if len(middles) == 1:
        return np.zeros(len(at), np.intp), np.zeros(len(at))
    i = np.clip(np.searchsorted(middles, at, side="right") - 1, 0, len(middles) - 2)
    return i, (at - middles[i]) / (middles[i + 1] - middles[i])
