"""GCJ-02 and BD-09, there and back, vectorised.

The formula is the one that every open library carries (prcoords 1.0.2 and
geocoordinates-rs 0.14 agree with it within 1e-9 m). It has no inverse in closed form:
the usual "subtract the shift" is wrong by up to 4.5 m. Here the inverse is the fixed
point of the forward formula, and each point is verified to come back.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from layers.datum.region import RECTANGLE, DatumRegion, has_answer
from layers.datum.steps import METRES_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Points = NDArray[np.float64]

KRASOVSKY_A = 6_378_245.0
KRASOVSKY_EE = 0.00669342162296594323
CENTRE = (105.0, 35.0)
BD_OFFSET = (0.0065, 0.0060)
BD_WAVE = np.pi * 3000.0 / 180.0
MAX_ROUNDS = 20
STEP_DEGREES = 1e-12
"""The iteration ends when no point moves by more than this (1e-7 m)."""
RETURN_DEGREES = 5e-12
"""A point that does not come back within this (6e-7 m) has no answer."""
MARGIN = 0.1
SAMPLE = 20_000
SAMPLE_BOX = (75.0, 18.0, 134.0, 53.0)


def wgs84_to_gcj02(lonlat: Points, *, region: DatumRegion = "mainland") -> Points:
    """Shift WGS 84 points to GCJ-02.

    Parameters
    ----------
    lonlat
        (n, 2), x = longitude, degrees.
    region
        What is decided about Hong Kong, Macau and Taiwan; see `layers.datum.region`.

    Returns
    -------
    ndarray
        (n, 2). NaN where the shift is not defined: outside the rectangle of the
        libraries (which return the point unshifted), and in the undecided boxes.

    Examples
    --------
    >>> wgs84_to_gcj02(np.array([[116.0, 40.0]])).round(6).tolist()
    [[116.006141, 40.001214]]
    """
    xy = np.asarray(lonlat, dtype=np.float64)
    return np.where(has_answer(xy, region)[:, None], _shifted(xy), np.nan)


def gcj02_to_wgs84(lonlat: Points, *, region: DatumRegion = "mainland") -> Points:
    """Undo GCJ-02: the WGS 84 points whose shift gives these.

    Returns
    -------
    ndarray
        (n, 2); `wgs84_to_gcj02` of it gives back `lonlat` within 1e-6 m. NaN where
        the answer would lie where the shift is not defined.
    """
    xy = np.asarray(lonlat, dtype=np.float64)
    found = _undone(xy, _shifted)
    return np.where(has_answer(found, region)[:, None], found, np.nan)


def gcj02_to_bd09(lonlat: Points) -> Points:
    """Shift GCJ-02 points to BD-09 (longitude and latitude of Baidu maps)."""
    x, y = np.asarray(lonlat, dtype=np.float64).T
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * BD_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * BD_WAVE)
    return np.column_stack(
        [
            radius * np.cos(angle) + BD_OFFSET[0],
            radius * np.sin(angle) + BD_OFFSET[1],
        ]
    )


def bd09_to_gcj02(lonlat: Points) -> Points:
    """Undo the second shift of BD-09; NaN where a point does not come back."""
    return _undone(np.asarray(lonlat, dtype=np.float64), gcj02_to_bd09)


def wgs84_to_bd09(lonlat: Points, *, region: DatumRegion = "mainland") -> Points:
    """Shift WGS 84 points to BD-09, by way of GCJ-02."""
    return gcj02_to_bd09(wgs84_to_gcj02(lonlat, region=region))


def bd09_to_wgs84(lonlat: Points, *, region: DatumRegion = "mainland") -> Points:
    """Undo BD-09, by way of GCJ-02."""
    return gcj02_to_wgs84(bd09_to_gcj02(lonlat), region=region)


@cache
def measured_round_trip_m(datum: str) -> float:
    """Return how far points come back from themselves at worst, metres.

    Measured on 20,000 points that lie evenly over China's box: WGS 84 to the datum
    and back.
    """
    # Multiples of the golden ratio's powers: even, and the same on every machine.
    steps = np.arange(SAMPLE)[:, None] * np.array([0.7548776662466927, 0.5698402909980])
    west, south, east, north = SAMPLE_BOX
    lonlat = np.array([west, south]) + steps % 1.0 * [east - west, north - south]
    there, back = {
        "GCJ-02": (wgs84_to_gcj02, gcj02_to_wgs84),
        "BD-09": (wgs84_to_bd09, bd09_to_wgs84),
    }[datum]
    off = back(there(lonlat, region="everywhere"), region="everywhere") - lonlat
    return float(np.abs(off).max() * METRES_PER_DEGREE)


def _shifted(lonlat: Points) -> Points:
    """Apply the formula of GCJ-02, wherever the points lie."""
    x, y = lonlat[:, 0] - CENTRE[0], lonlat[:, 1] - CENTRE[1]
    pi_x, pi_y = x * np.pi, y * np.pi
    common = 2.0 * np.sin(6.0 * pi_x) + 2.0 * np.sin(2.0 * pi_x)
    north_m = (-100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y) + 0.2 * np.sqrt(
        np.abs(x)
    )
    north_m += (20.0 / 3.0) * (
        common
        + 2.0 * np.sin(pi_y)
        + 4.0 * np.sin(pi_y / 3.0)
        + 16.0 * np.sin(pi_y / 12.0)
        + 32.0 * np.sin(pi_y / 30.0)
    )
    east_m = (300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y) + 0.1 * np.sqrt(
        np.abs(x)
    )
    east_m += (20.0 / 3.0) * (
        common
        + 2.0 * np.sin(pi_x)
        + 4.0 * np.sin(pi_x / 3.0)
        + 15.0 * np.sin(pi_x / 12.0)
        + 30.0 * np.sin(pi_x / 30.0)
    )
    latitude = np.radians(lonlat[:, 1])
    squash = 1.0 - KRASOVSKY_EE * np.sin(latitude) ** 2
    degree_north = np.radians(KRASOVSKY_A * (1.0 - KRASOVSKY_EE) / squash**1.5)
    degree_east = np.radians(KRASOVSKY_A * np.cos(latitude) / np.sqrt(squash))
    return lonlat + np.column_stack([east_m / degree_east, north_m / degree_north])


def _undone(shifted: Points, shift: Callable[[Points], Points]) -> Points:
    """Return the points that `shift` takes to `shifted`, NaN where there is none.

    The shift changes by less than 2 % of a step anywhere in China, so the iteration
    gains almost two digits a round.
    """
    # The shift is below 0.02 degrees: from farther out nothing leads to an answer.
    west, south, east, north = RECTANGLE
    low, high = [west - MARGIN, south - MARGIN], [east + MARGIN, north + MARGIN]
    with np.errstate(invalid="ignore"):
        inside = (shifted >= low) & (shifted <= high)
    target = np.where(inside, shifted, np.nan)
    target[np.isnan(target).any(axis=1)] = np.nan
    found = target.copy()
    for _ in range(MAX_ROUNDS):
        off = shift(found) - target
        found = found - off
        if not np.nanmax(np.abs(off), initial=0.0) > STEP_DEGREES:
            break
    back = np.abs(shift(found) - target).max(axis=1, initial=0.0)
    return np.where((back <= RETURN_DEGREES)[:, None], found, np.nan)
