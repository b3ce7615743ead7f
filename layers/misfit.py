"""Whether the numbers of a layer fit the system that was stated for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.errors import CrsError
from layers.evidence import CHINA, proposal, readings
from layers.systems import METRES_PER_ZONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.crs import Settled

BEYOND_ZONE_DEGREES = 10.0
"""How far outside its area of use a projection is not believed."""
ASK = (
    "Gauss-Kruger metres without a zone prefix: ask the source for the central "
    "meridian and pass EPSG:4534-4554 (three-degree) or 4502-4512 (six-degree)"
)
UNDEFINED_SHIFT = (
    "the shift is defined inside longitude 72.004 to 137.835, latitude 0.829 to "
    "55.827; in and next to Hong Kong, Macau and Taiwan maps differ: pass "
    "crs='EPSG:4490' if "
    "the coordinates are not shifted, datum_region='everywhere' if they are"
)


def misfits(bounds: NDArray[np.float64], settled: Settled) -> NDArray[np.bool_]:
    """Return which features cannot lie where the reference system puts them.

    Parameters
    ----------
    bounds
        One row a feature: min_lon, min_lat, max_lon, max_lat in degrees, after the
        conversion. Rows of NaN (not converted) are misfits.
    settled
        Where they come from.

    Returns
    -------
    ndarray of bool
        True where a bound is outside longitude +-180, latitude +-90, where the
        feature lies in China only when longitude and latitude change places, or
        where a projection is used more than 10 degrees outside its area of use.
    """
    limits = np.array([180.0, 90.0, 180.0, 90.0])
    with np.errstate(invalid="ignore"):
        outside = ~(np.abs(bounds) <= limits).all(axis=1)
        wrong = outside | (~_in_china(bounds) & _in_china(bounds[:, [1, 0, 3, 2]]))
        if settled.area_of_use is not None:
            west, south, east, north = settled.area_of_use
            slack = BEYOND_ZONE_DEGREES
            wrong |= (bounds[:, 0] < west - slack) | (bounds[:, 2] > east + slack)
            wrong |= (bounds[:, 1] < south - slack) | (bounds[:, 3] > north + slack)
    return wrong


def in_other_zones(raw: NDArray[np.float64], settled: Settled) -> NDArray[np.bool_]:
    """Return which features have eastings that begin with another zone than stated.

    Parameters
    ----------
    raw
        Bounds as the source has them, one row a feature.
    settled
        Where they come from.

    Returns
    -------
    ndarray of bool
        False everywhere for a system without prefix, and for a feature that reaches
        into the zone. One zone too far is 1000 km: south of 40 degrees that is
        within `BEYOND_ZONE_DEGREES`.
    """
    if settled.prefix is None:
        return np.zeros(len(raw), dtype=bool)
    from_m = settled.prefix * METRES_PER_ZONE
    with np.errstate(invalid="ignore"):
        other: NDArray[np.bool_] = (raw[:, 2] < from_m) | (
            raw[:, 0] > from_m + METRES_PER_ZONE
        )
    return other


def refuse_misfit(
    raw: NDArray[np.float64], settled: Settled, *, source: str
) -> CrsError:
    """Return the error for a layer whose coordinates do not fit its system.

    Parameters
    ----------
    raw
        Bounds as the source has them, one row a feature, of the misfits alone.
    """
    x, y = (float(np.nanmedian(raw[:, i])) for i in (0, 1))
    corners = np.concatenate([raw[:, :2], raw[:, 2:]])
    advice = proposal(readings(corners)) or ASK
    if settled.transformer is not None and settled.unit == 1.0:
        return CrsError(
            source=source,
            expected=f"coordinates of {settled.source}",
            got=f"x = {x:.10g}, y = {y:.10g}, far outside its area of use",
            todo=advice,
        )
    if max(abs(x), abs(y)) > 180:  # noqa: PLR2004 - degrees of a half circle
        return CrsError(
            source=source,
            expected=f"degrees ({settled.source})",
            got=f"x = {x:.10g}, y = {y:.10g}, which are metres",
            todo=advice,
        )
    if settled.is_declared and not _in_china_at(y, x):
        return CrsError(
            source=source,
            expected=f"coordinates for which {settled.source} is defined",
            got=f"longitude {x:.6g}, latitude {y:.6g}",
            todo=UNDEFINED_SHIFT,
        )
    swapped = "swapped they lie in China; " if _in_china_at(y, x) else ""
    return CrsError(
        source=source,
        expected="x = longitude, y = latitude",
        got=f"values that, read as longitude, latitude, lie at {x:.6g}, {y:.6g}",
        todo=f"{swapped}write the coordinates in the order longitude, latitude "
        "(they are never swapped in silence)",
    )


def _in_china(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each box of degrees lies in China's box."""
    west, south, east, north = CHINA
    inside: NDArray[np.bool_] = (
        (bounds[:, 0] >= west)
        & (bounds[:, 1] >= south)
        & (bounds[:, 2] <= east)
        & (bounds[:, 3] <= north)
    )
    return inside


def _in_china_at(lon: float, lat: float) -> bool:
    """Whether a point lies in China's box."""
    return bool(_in_china(np.array([[lon, lat, lon, lat]]))[0])
