"""Taking one image to the light of the other, where air and sun differ.

Gain and offset per band come from pixels that IR-MAD holds for unchanged; what remains
of haze is a smooth surface over the cells of the sample.

Air that scatters light lowers the contrast of the ground as well as brightening it:
what reaches the sensor is I t + A (1 - t), where t, the share that passes, changes
slowly from place to place. Under such a veil one line for the whole image makes most
of it look changed, and nothing is left for IR-MAD to learn from. So where lines cell
by cell fit much better than one for all, they come first.

After Nielsen (2007) for the weights, Canty and Nielsen (2008) for the relation,
Rousseeuw (1984) for fitting the better half ("Least median of squares regression"), and
Koschmieder (1924) for the veil ("Theorie der horizontalen Sichtweite").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from spatial.change.methods import fit_irmad, relate
from spatial.change.statistic import Pixels, chi2_tail, thinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Cells = tuple[NDArray[np.intp], NDArray[np.intp]]
    Middles = tuple[Pixels, Pixels]

_FEWEST = 60
_LEAST_WEIGHT = 5.0  # unchanged pixels that count as an opinion of a cell
_ROUNDS = 4
_HALF = 0.5
_PRIOR = 0.3  # of the usual variance of a cell: all alike, it tells no gain
_FEW_IN_CELL = 30  # pixels
_BETTER = 0.9  # of the residuals of one line: above it the light is even enough
_SLIGHT = 0.01  # of a band's deviation: what one line leaves is then nothing
_CALM = 2  # cells around one whose median is taken: a new lake is no haze
_LOW = 1e-12


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
        rest = np.float32(1) - q
        return np.asarray(down[:, :, j] * rest + down[:, :, j + right] * q)

    def lines(
        self, rows: Pixels, cols: Pixels
    ) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.float32]]:
        """Return the surface at pixel rows x cell columns, (bands, rows, cells).

        And for each pixel column the cell before it, and its share of the way to the
        next one.
        """
        i, p = _between(self.rows, rows)
        lower = min(1, len(self.rows) - 1)
        above, below = self.values[:, i], self.values[:, i + lower]
        down = above * (1 - p)[:, None] + below * p[:, None]
        j, q = _between(self.cols, cols)
        return down.astype(np.float32), j, q.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Light:
    """What takes the image after to the light of the image before, by band.

    Attributes
    ----------
    gain, offset
        Surfaces on the same cells: air that scatters light adds to it and takes from
        it, here more and there less.
    """

    gain: Surface
    offset: Surface

    def then(self, later: Light) -> Light:
        """Return this light and a later one, on the same cells, as one."""
        gain = self.gain.values * later.gain.values
        offset = self.offset.values * later.gain.values + later.offset.values
        return Light(
            replace(self.gain, values=gain), replace(self.offset, values=offset)
        )

    def on(
        self, after: NDArray[np.float32], top: int, left: int
    ) -> NDArray[np.float32]:
        """Return the window whose first pixel is (top, left) in the light before."""
        rows = np.arange(top, top + after.shape[1]) + 0.5
        cols = np.arange(left, left + after.shape[2]) + 0.5
        return np.asarray(after * self.gain.at(rows, cols) + self.offset.at(rows, cols))


def fit_unchanged(before: Pixels, after: Pixels) -> Pixels:
    """Return how likely each pixel of a sample, (bands, pixels), is unchanged."""
    linear = fit_irmad(*thinned(before, after))
    z = linear.score(before.astype(np.float32), after.astype(np.float32))
    weight = chi2_tail(z.astype(np.float64) ** 2, len(before))
    return weight if weight.sum() >= _FEWEST else np.ones_like(weight)


def fit_light(
    before: Pixels, after: Pixels, *, weight: Pixels, cells: Cells, middles: Middles
) -> Light:
    """Fit one gain for all, and an offset that differs from cell to cell.

    Parameters
    ----------
    before, after
        Sample (bands, pixels).
    weight
        Probability of no change of each pixel.
    cells
        Cell row and cell column of each pixel.
    middles
        Middles of the cells, along rows and along columns.
    """
    gain, offset = (one[:, None] for one in relate(before, after, weight))
    left = gain * after + offset - before
    haze = fit_surface(left, weight, cells, middles)
    everywhere = np.ones_like(haze.values) * gain[:, :, None]
    return Light(
        replace(haze, values=everywhere),
        replace(haze, values=offset[:, :, None] - haze.values),
    )


def uneven_light(
    before: Pixels, after: Pixels, cells: Cells, middles: Middles
) -> Light | None:
    """Fit gain and offset cell by cell, before anything is known of change.

    Each cell's line goes through the half of its pixels that fits best in all bands
    together, by the ratio of deviations; then medians of five by five cells are
    taken, so that what has changed in a few cells is no haze, and means of nine.

    Parameters
    ----------
    before, after, cells, middles
        As of `fit_light`.

    Returns
    -------
    Light or None
        None where one line for all leaves hardly more than these (the median over
        the bands of the median residuals): there is then no need of it.
    """
    shape = len(middles[0]), len(middles[1])
    y, x, down, right = thinned(before, after, *cells)
    place = down * shape[1] + right
    known = np.bincount(place, minlength=shape[0] * shape[1]) >= _FEW_IN_CELL
    if known.sum() < 2:  # noqa: PLR2004 - one cell is all
        return None
    *_, plain = _lines(x, y, np.zeros_like(place), 1)
    gain, offset, _ = _lines(x, y, place, len(known))
    middle = x.mean(axis=1)[:, None]
    # A line is held by what it makes of the middle brightness: gain and offset alone
    # vary together, and their medians would belong to no line.
    own = [
        _calmed(np.where(known, one, _median(one[:, known])).reshape(-1, *shape))
        for one in (gain, gain * middle + offset)
    ]
    gains, offsets = own[0], own[1] - own[0] * middle[:, :, None]
    left = y - gains[:, down, right] * x - offsets[:, down, right]
    slight = _SLIGHT * y.std(axis=1, keepdims=True) + _LOW
    share = np.maximum(_median(np.abs(left)), slight) / np.maximum(
        _median(np.abs(plain)), slight
    )
    if np.median(share) > _BETTER:
        return None
    return Light(Surface(*middles, gains), Surface(*middles, offsets))


def _lines(
    x: Pixels, y: Pixels, place: NDArray[np.intp], size: int
) -> tuple[Pixels, Pixels, Pixels]:
    """Return gain and offset of y over x, (bands, cells), and what they leave of y."""
    count = np.bincount(place, minlength=size)
    wanted = np.ceil(count * _HALF)
    first = np.cumsum(count) - count
    kept = np.ones(len(place), bool)
    for _ in range(_ROUNDS):
        gain, offset = _cell_lines(x[:, kept], y[:, kept], place[kept], size)
        off = np.take(gain, place, axis=1)
        off *= x
        np.subtract(y, off, out=off)
        off -= np.take(offset, place, axis=1)
        spread = np.maximum(_median(np.abs(off)), _LOW)
        order = np.lexsort((((off / spread) ** 2).sum(axis=0), place))
        sorted_place = place[order]
        rank = np.arange(len(place)) - first[sorted_place]
        kept[order] = rank < wanted[sorted_place]
    return gain, offset, off


def _cell_lines(
    x: Pixels, y: Pixels, place: NDArray[np.intp], size: int
) -> tuple[Pixels, Pixels]:
    """Return gain and offset of each cell from its means and deviations."""
    count = np.bincount(place, minlength=size)

    def mean(values: Pixels) -> Pixels:
        total = np.stack([np.bincount(place, one, size) for one in values])
        return np.asarray(total / np.maximum(count, 1))

    at_x, at_y = mean(x), mean(y)
    of_x = mean((x - at_x[:, place]) ** 2)
    of_y = mean((y - at_y[:, place]) ** 2)
    some = count >= min(_FEW_IN_CELL * _HALF, count.max())
    usual = _median(of_x[:, some])
    ratio = _median(of_y[:, some] / np.maximum(of_x[:, some], _LOW))
    total = np.maximum(of_x + _PRIOR * usual, _LOW)
    gain = np.sqrt((of_y + _PRIOR * usual * ratio) / total)
    return gain, at_y - gain * at_x


def _calmed(values: Pixels) -> Pixels:
    """Return (bands, rows, columns) as medians of squares, and means of those.

    Beyond the border lines go on as they came.
    """
    reach = min(_CALM, values.shape[1] - 1, values.shape[2] - 1)
    for around, middle in ((reach, np.median), (min(1, reach), np.mean)):
        pad = ((0, 0), (around, around), (around, around))
        wide = np.pad(values, pad, mode="reflect", reflect_type="odd")
        side = 2 * around + 1
        squares = sliding_window_view(wide, (side, side), axis=(1, 2))
        values = middle(squares, axis=(3, 4))
    return values


def _median(values: Pixels) -> Pixels:
    """Return the median of each band as a column."""
    return np.asarray(np.median(values, axis=1, keepdims=True))


def fit_surface(
    moved: Pixels,
    weight: Pixels,
    cells: Cells,
    middles: Middles,
) -> Surface:
    """Fit what remains of haze: a plane, and what the cells say beyond the plane.

    Parameters
    ----------
    moved
        Differences (bands, pixels) of the sample.
    weight, cells, middles
        As of `fit_light`.
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


def _smoothed(cells: Pixels) -> Pixels:
    wide = np.pad(cells, 1)
    lines = wide[:-2] + wide[1:-1] + wide[2:]
    return np.asarray(lines[:, :-2] + lines[:, 1:-1] + lines[:, 2:])


def _between(middles: Pixels, at: Pixels) -> tuple[NDArray[np.intp], Pixels]:
    if len(middles) == 1:
        return np.zeros(len(at), np.intp), np.zeros(len(at))
    i = np.clip(np.searchsorted(middles, at, side="right") - 1, 0, len(middles) - 2)
    return i, (at - middles[i]) / (middles[i + 1] - middles[i])
