"""More than two dates: how a pixel went, when it broke, and whether the last is odd.

Medians throughout, so that one clouded date does not make a trend.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import ArrayLike, NDArray

_DAYS_A_YEAR = 365.25
_TO_DEVIATION = 1.4826  # from the median deviation of a normal distribution
_FEWEST = 3
_ROWS_AT_ONCE = 256
_ALLOWED = 4.0
_DIMENSIONS = 3


@dataclass(frozen=True, slots=True)
class Trend:
    """What a series of one value (an index, say) did in every pixel.

    Attributes
    ----------
    slope_per_year
        float32 (rows, columns); NaN where fewer than three dates were seen.
    break_index
        Which date is the first one after the break, -1 where there is none.
    step
        Middle after minus middle before the break; NaN where there is none.
    oddness
        How far the last date lies from the dates before it, in their deviations; NaN
        where it or all but two of them were not seen.
    seen
        How many dates were seen.
    """

    slope_per_year: NDArray[np.float32]
    break_index: NDArray[np.int16]
    step: NDArray[np.float32]
    oddness: NDArray[np.float32]
    seen: NDArray[np.int16]


def trend(
    values: ArrayLike, dates: Sequence[date], *, noise: float, allowed: float = _ALLOWED
) -> Trend:
    """Return slope, first break and the oddness of the last date, pixel by pixel.

    Parameters
    ----------
    values
        (dates, rows, columns), NaN where not seen.
    dates
        In order of time, each once.
    noise
        Deviation of the value where nothing happens, in its own unit: what two clear
        images of an unchanged place differ by. Never 0; a short series is too short to
        tell it by itself.
    allowed
        How many deviations a step must exceed to be a break.

    Returns
    -------
    Trend
        The slope is the median of the slopes of all pairs of dates (Theil 1950; Sen
        1968, "Estimates of the regression coefficient based on Kendall's tau"). The
        break is the date that parts the series into two with the least sum of
        distances from their medians, the earliest of equals, if the medians differ
        enough; two dates on each side at least (one, in a series under five). Least
        absolute deviations with one unknown break: Bai (1995), "Least absolute
        deviation estimation of a shift", Econometric Theory 11.

    Raises
    ------
    InputRefusedError
        Fewer than three dates, dates out of order, other shapes, noise not positive.

    Examples
    --------
    >>> from datetime import date
    >>> days = [date(2015 + i, 7, 1) for i in range(6)]
    >>> ndvi = np.array([0.8, 0.81, 0.79, 0.2, 0.21, 0.2]).reshape(6, 1, 1)
    >>> int(trend(ndvi, days, noise=0.02).break_index[0, 0])
    3
    """
    stack = np.asarray(values, np.float32)
    _check(stack, dates, noise)
    years = np.array([(d - dates[0]).days / _DAYS_A_YEAR for d in dates])
    rows = stack.shape[1]
    parts = [
        _strip(stack[:, r : r + _ROWS_AT_ONCE], years, noise, allowed=allowed)
        for r in range(0, rows, _ROWS_AT_ONCE)
    ]
    return Trend(*(np.concatenate(p) for p in zip(*parts, strict=True)))


def _strip(
    stack: NDArray[np.float32],
    years: NDArray[np.float64],
    noise: float,
    *,
    allowed: float,
) -> tuple[NDArray[np.float32 | np.int16], ...]:
    seen = np.isfinite(stack).sum(axis=0).astype(np.int16)
    slopes = [
        (stack[j] - stack[i]) / np.float32(years[j] - years[i])
        for i, j in combinations(range(len(stack)), 2)
    ]
    slope = np.where(seen >= _FEWEST, _median(np.stack(slopes)), np.float32(np.nan))
    at, step = _first_break(stack, noise, allowed)
    history = stack[:-1]
    enough = np.isfinite(history).sum(axis=0) >= _FEWEST - 1
    odd = np.abs(stack[-1] - _median(history)) / _deviation(history, noise)
    return slope, at, step, np.where(enough, odd, np.float32(np.nan)), seen


def _first_break(
    stack: NDArray[np.float32], noise: float, allowed: float
) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """Return the date where two middles fit best, if far enough apart, and the step."""
    side = 2 if len(stack) > 2 * 2 else 1
    shape = stack.shape[1:]
    least = np.full(shape, np.float32(np.inf))
    at = np.full(shape, -1, np.int16)
    step = np.full(shape, np.float32(np.nan))
    for k in range(side, len(stack) - side + 1):
        first, second = stack[:k], stack[k:]
        rise = _median(second) - _median(first)
        rest = _misfit(first) + _misfit(second)
        within = np.maximum(_deviation(first, noise), _deviation(second, noise))
        with np.errstate(invalid="ignore"):
            better = (rest < least) & np.isfinite(rise)
            strong = np.abs(rise) > np.float32(allowed) * within
        least = np.where(better, rest, least)
        at = np.where(better, np.where(strong, np.int16(k), np.int16(-1)), at)
        step = np.where(better, np.where(strong, rise, np.float32(np.nan)), step)
    return at, step


def _misfit(stack: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sum of distances from the median along dates, of what is seen."""
    gap = np.abs(stack - _median(stack))
    return np.asarray(np.where(np.isfinite(gap), gap, np.float32(0)).sum(axis=0))


def _deviation(stack: NDArray[np.float32], noise: float) -> NDArray[np.float32]:
    """Return the deviation along dates by medians, never below the noise."""
    spread = np.float32(_TO_DEVIATION) * _median(np.abs(stack - _median(stack)))
    return np.asarray(np.fmax(spread, np.float32(noise)))


def _median(stack: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the median along dates of what is seen, NaN where nothing is.

    Sorting puts NaN last; `numpy.nanmedian` warns where nothing is seen.
    """
    ordered = np.sort(stack, axis=0)
    count = np.isfinite(stack).sum(axis=0)
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(stack) - 1)
    a = np.take_along_axis(ordered, low[None], axis=0)[0]
    b = np.take_along_axis(ordered, high[None], axis=0)[0]
    return np.where(count > 0, (a + b) / 2, np.float32(np.nan)).astype(np.float32)


def _check(stack: NDArray[np.float32], dates: Sequence[date], noise: float) -> None:
    if stack.ndim != _DIMENSIONS or len(stack) != len(dates):
        _refuse(
            "an array (dates, rows, columns)",
            f"shape {stack.shape} and {len(dates)} dates",
            "give one image a date",
        )
    if len(dates) < _FEWEST or list(dates) != sorted(set(dates)):
        _refuse(
            "three dates or more, in order of time",
            ", ".join(map(str, dates)) or "none",
            "sort the images by date; for two dates use detect",
        )
    if not noise > 0:
        _refuse("a positive noise", str(noise), "say what unchanged places differ by")


def _refuse(expected: str, got: str, todo: str) -> None:
    raise InputRefusedError(source="series", expected=expected, got=got, todo=todo)
