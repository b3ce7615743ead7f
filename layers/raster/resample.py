"""An image on another grid, the same numbers whatever window is asked for.

Every weight is reckoned from the indices of the whole grids and never from those of a
window, so two windows that share a pixel give it the same value to the last bit.

Rule, by how much larger a wanted pixel is than a given one: above 1.5 times the mean of
what it covers, by area; below 2/3 straight lines between middles; else cubic
convolution (Keys 1981, a = -1/2), which keeps edges and, at whole pixels, every value.
Classes are never mixed: nearest. No value is made from less than half of its weight,
nor where the nearest pixel holds nothing.

Keys, R. (1981): Cubic convolution interpolation for digital image processing. IEEE
Trans. ASSP 29(6), 1153-1160.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from layers.raster.frames import mapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.formats.pixels import Window
    from layers.grid import Grid

Kind = Literal["nearest", "linear", "cubic", "mean"]
COARSER, FINER = 1.5, 2 / 3
DIGITS = 6
"""Of a pixel: places are rounded so that equal grids are equal in spite of doubles."""
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """Which given pixels make a wanted one, along rows and along columns.

    Attributes
    ----------
    rows, columns
        Indices in the given grid, beyond its border too; (n, taps) each where the two
        grids are parallel, else (rows, columns, taps).
    row_weights, column_weights
        Their weights, of the same shapes; each sums to 1.
    nearest_row, nearest_column
        Index of the pixel in which the middle lies.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    row_weights: NDArray[np.float64]
    column_weights: NDArray[np.float64]
    nearest_row: NDArray[np.int64]
    nearest_column: NDArray[np.int64]

    @property
    def is_separable(self) -> bool:
        """Whether rows and columns are reckoned one after the other."""
        return self.rows.ndim == 2  # noqa: PLR2004 - (n, taps)

    @property
    def is_copy(self) -> bool:
        """Whether each wanted pixel is a given one."""
        both = self.row_weights, self.column_weights
        return self.is_separable and all((one.max(axis=-1) == 1).all() for one in both)

    def span(self, height: int, width: int) -> tuple[int, int, int, int] | None:
        """Return first and end of rows and columns that are needed; None if none."""
        rows, columns = self.rows, self.columns
        if self.is_copy:  # taps of no weight would have further blocks decoded
            rows, columns = self.nearest_row, self.nearest_column
        row, row_end = max(0, rows.min()), min(height, rows.max() + 1)
        column, column_end = max(0, columns.min()), min(width, columns.max() + 1)
        if row >= row_end or column >= column_end:
            return None
        return int(row), int(row_end), int(column), int(column_end)


def kind_for(given: Grid, wanted: Grid) -> Kind:
    """Return how values are brought from one grid to another (module docstring)."""
    ratio = _ratio(given, wanted)
    if ratio > COARSER:
        return "mean"
    return "linear" if ratio < FINER else "cubic"


def plan(given: Grid, wanted: Grid, window: Window, kind: Kind) -> Plan:
    """Return what makes the pixels of a window of the wanted grid.

    Parameters
    ----------
    given, wanted
        Whole grids.
    window
        Part of `wanted`, which may reach beyond it.
    kind
        How; ``mean`` between grids that are not parallel is linear on as many points
        inside a pixel.

    Raises
    ------
    CrsMismatchError
        There is no way between the two reference systems that could be trusted.
    """
    row = np.arange(window.row, window.row + window.height)
    column = np.arange(window.column, window.column + window.width)
    if given.crs == wanted.crs and not (_is_turned(given) or _is_turned(wanted)):
        a, _, c, _, e, f = tuple(wanted.transform)[:6]
        ga, _, gc, _, ge, gf = tuple(given.transform)[:6]
        rows = _axis(row, scale=e / ge, offset=(f - gf) / ge, kind=kind)
        columns = _axis(column, scale=a / ga, offset=(c - gc) / ga, kind=kind)
    else:
        i, j = np.meshgrid(column + HALF, row + HALF)
        x, y = mapped(*wanted.xy(i, j), wanted.crs, given.crs)
        at_column, at_row = given.pixels(x, y)
        point: Kind = "linear" if kind == "mean" else kind
        rows, columns = _taps(_near(at_row), point), _taps(_near(at_column), point)
    return Plan(rows[0], columns[0], rows[1], columns[1], rows[2], columns[2])


def apply(
    made: Plan, values: NDArray[np.float32], corner: tuple[int, int]
) -> NDArray[np.float32]:
    """Return the wanted pixels.

    Parameters
    ----------
    made
        From `plan`.
    values
        Given pixels (rows, columns), NaN where there is nothing; at least those of
        `Plan.span`.
    corner
        Row and column of the first of them in the given grid.
    """
    if made.is_copy:
        return _Place(made, values.shape, corner).nearest(values)
    valid = np.isfinite(values)
    filled = np.where(valid, values, np.float32(0))
    place = _Place(made, values.shape, corner)
    total, weight = place.summed(filled), place.summed(valid.astype(np.float32))
    with np.errstate(invalid="ignore", divide="ignore"):
        out = total / weight
    # Cubic weights are negative at the ends: with a hole below them the sum means
    # nothing, and the nearest value stands alone.
    whole = np.abs(weight - 1) < 1e-4  # noqa: PLR2004 - of float32 sums
    near = place.nearest(values)
    is_cubic = made.rows.shape[-1] == 4 and bool((made.row_weights < 0).any())  # noqa: PLR2004 - taps
    if is_cubic or bool((made.column_weights < 0).any()):
        out = np.where(whole, out, near)
    out[~np.isfinite(near) | (weight < HALF)] = np.nan
    return out.astype(np.float32)


def is_window(made: Plan, shape: tuple[int, ...], corner: tuple[int, int]) -> bool:
    """Say whether the wanted pixels are the given ones, all and in their order.

    Parameters
    ----------
    made
        From `plan`.
    shape, corner
        Of the given pixels, as for `apply`.
    """
    whole = (slice(0, shape[0]), slice(0, shape[1]))
    row, column = made.nearest_row - corner[0], made.nearest_column - corner[1]
    return made.is_copy and _slices(row, column, (shape[0], shape[1])) == whole


def apply_nearest(
    made: Plan, values: NDArray[np.float32], corner: tuple[int, int]
) -> NDArray[np.float32]:
    """Return, for each wanted pixel, the given one in which its middle lies."""
    return _Place(made, values.shape, corner).nearest(values)


@dataclass(frozen=True, slots=True)
class _Place:
    """A plan, laid on an array that begins somewhere in the given grid."""

    made: Plan
    shape: tuple[int, ...]
    corner: tuple[int, int]

    def summed(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the weighted sums; what lies beyond the array counts as 0."""
        rows, row_weights = self._inside(0)
        columns, column_weights = self._inside(1)
        taps = range(rows.shape[-1]), range(columns.shape[-1])
        if self.made.is_separable:
            high = np.zeros((len(rows), values.shape[1]), dtype=np.float32)
            for k in taps[0]:
                high += row_weights[:, k, None] * values[rows[:, k]]
            wide = np.zeros((len(rows), len(columns)), dtype=np.float32)
            for k in taps[1]:
                wide += column_weights[None, :, k] * high[:, columns[:, k]]
            return wide
        total = np.zeros(rows.shape[:2], dtype=np.float32)
        for k in taps[0]:
            for m in taps[1]:
                weight = row_weights[..., k] * column_weights[..., m]
                total += weight * values[rows[..., k], columns[..., m]]
        return total

    def nearest(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the nearest values; NaN beyond the array."""
        row = self.made.nearest_row - self.corner[0]
        column = self.made.nearest_column - self.corner[1]
        here = _slices(row, column, self.shape)
        if here is not None:
            return values[here]
        if self.made.is_separable:
            row, column = row[:, None], column[None, :]
        there = (row >= 0) & (row < self.shape[0])
        there = there & (column >= 0) & (column < self.shape[1])
        found = values[
            np.clip(row, 0, self.shape[0] - 1), np.clip(column, 0, self.shape[1] - 1)
        ]
        return np.where(there, found, np.float32(np.nan))

    def _inside(self, axis: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return indices into the array, and weights: 0 for those outside."""
        index = (self.made.rows, self.made.columns)[axis] - self.corner[axis]
        weights = (self.made.row_weights, self.made.column_weights)[axis]
        there = (index >= 0) & (index < self.shape[axis])
        kept = np.where(there, weights, 0.0).astype(np.float32)
        return np.clip(index, 0, self.shape[axis] - 1), kept


def _slices(
    row: NDArray[np.int64], column: NDArray[np.int64], shape: tuple[int, ...]
) -> tuple[slice, slice] | None:
    """Return the window that indices are, None where they are none; for speed."""
    out = []
    for index, size in ((row, shape[0]), (column, shape[1])):
        if index.ndim != 1 or not len(index) or index[0] < 0 or index[-1] >= size:
            return None
        if not (np.diff(index) == 1).all():
            return None
        out.append(slice(int(index[0]), int(index[-1]) + 1))
    return out[0], out[1]


_Axis = tuple["NDArray[np.int64]", "NDArray[np.float64]", "NDArray[np.int64]"]


def _axis(
    index: NDArray[np.int64], *, scale: float, offset: float, kind: Kind
) -> _Axis:
    """Return taps, weights and nearest pixel along one direction."""
    middle = _near((index + HALF) * scale + offset)
    if kind != "mean":
        return _taps(middle, kind)
    ends = _near(index * scale + offset), _near((index + 1) * scale + offset)
    low, high = np.minimum(*ends), np.maximum(*ends)
    first = np.floor(low).astype(np.int64)
    taps = int(np.ceil(abs(scale))) + 1
    found = first[:, None] + np.arange(taps)
    shared = np.minimum(high[:, None], found + 1) - np.maximum(low[:, None], found)
    weights = np.clip(shared, 0, None)
    return (
        found,
        weights / weights.sum(axis=-1, keepdims=True),
        np.floor(middle).astype(np.int64),
    )


def _taps(at: NDArray[np.float64], kind: Kind) -> _Axis:
    """Return the pixels around places, counted from the border of the first pixel."""
    nearest = np.floor(at).astype(np.int64)
    if kind == "nearest":
        return nearest[..., None], np.ones((*at.shape, 1)), nearest
    first = np.floor(at - HALF).astype(np.int64)
    part = (at - HALF - first)[..., None]
    if kind == "linear":
        weights = np.concatenate([1 - part, part], axis=-1)
        return first[..., None] + np.arange(2), weights, nearest
    weights = np.concatenate(
        [
            ((-0.5 * part + 1) * part - 0.5) * part,
            (1.5 * part - 2.5) * part * part + 1,
            ((-1.5 * part + 2) * part + 0.5) * part,
            (0.5 * part - 0.5) * part * part,
        ],
        axis=-1,
    )
    return first[..., None] + np.arange(-1, 3), weights, nearest


def _near(at: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return places without the noise of doubles."""
    return np.asarray(np.round(at, DIGITS), dtype=np.float64)


def _is_turned(grid: Grid) -> bool:
    """Whether rows and columns are not parallel to the axes."""
    _, b, _, d, _, _ = tuple(grid.transform)[:6]
    return bool(b or d)


def _ratio(given: Grid, wanted: Grid) -> float:
    """Return how much larger a wanted pixel is, seen in the middle of its grid."""
    if given.crs == wanted.crs:
        sizes = zip(wanted.resolution, given.resolution, strict=True)
        return float(max(one / other for one, other in sizes))
    i, j = wanted.width / 2, wanted.height / 2
    x, y = mapped(*wanted.xy([i, i + 1, i], [j, j, j + 1]), wanted.crs, given.crs)
    column, row = given.pixels(x, y)
    steps = (
        np.hypot(np.diff(column)[0], np.diff(row)[0]),
        np.hypot(column[2] - column[0], row[2] - row[0]),
    )
    return float(max(steps))
