"""What the size of projected coordinates says about their order and zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NORTHINGS = (1.0e6, 6.2e6)
"""From 9 to 56 degrees north; smaller ones look like eastings and prove nothing."""
EASTINGS = (1.0e5, 9.0e5)
"""Without a zone prefix, in a zone of three or six degrees."""
MILLION = 1_000_000
SIX_DEGREE_ZONES = range(13, 24)
THREE_DEGREE_ZONES = range(25, 46)


def northing_first(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether every pair can only be (northing, easting).

    Chinese surveying writes X for the northing, mapping programs x for the easting;
    the digits tell them apart: seven before the point for a northing, eight or six
    for an easting.
    """
    return _are_northings(first) and _are_eastings(second)


def easting_first(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether every pair can only be (easting, northing)."""
    return northing_first(second, first)


def zone_of(eastings: NDArray[np.float64]) -> tuple[int, int] | None:
    """Return zone and EPSG code (CGCS2000) that all eastings carry as prefix, or None.

    Examples
    --------
    >>> zone_of(np.array([36_396_930.53])), zone_of(np.array([396_930.53]))
    ((36, 4524), None)
    """
    zones = {int(one) for one in np.asarray(eastings) // MILLION}
    if len(zones) != 1:
        return None
    zone = zones.pop()
    if zone in SIX_DEGREE_ZONES:
        return zone, 4478 + zone
    return (zone, 4488 + zone) if zone in THREE_DEGREE_ZONES else None


def _are_northings(values: NDArray[np.float64]) -> bool:
    """Whether all values are northings of China, and there are any."""
    low, high = NORTHINGS
    return len(values) > 0 and bool(((values >= low) & (values < high)).all())


def _are_eastings(values: NDArray[np.float64]) -> bool:
    """Whether all values are eastings: six digits, or eight that begin with a zone."""
    low, high = EASTINGS
    plain = (values >= low) & (values < high)
    zones = np.floor_divide(values, MILLION)
    prefixed = np.isin(zones, [*SIX_DEGREE_ZONES, *THREE_DEGREE_ZONES])
    return len(values) > 0 and bool((plain | prefixed).all())
