"""Gauss-Kruger zones of China: what magnitudes say, and the codes of the systems.

X is northing, Y easting. Magnitudes tell the two apart and tell degrees from metres; a
zone prefix names its zone: 13-23 are six-degree, 25-45 three-degree zones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Datum = Literal["CGCS2000", "Xian 1980", "Beijing 1954", "WGS 84"]
Unit = Literal["metre", "degree"]

ZONE_M = 1_000_000
EAST_M = (100_000.0, 900_000.0)
NORTH_M = (300_000.0, 6_000_000.0)
LON, LAT = (73.0, 136.0), (3.0, 54.0)
ZONES: Mapping[int, range] = {6: range(13, 24), 3: range(25, 46)}
GEOGRAPHIC: Mapping[Datum, int] = {
    "CGCS2000": 4490,
    "Xian 1980": 4610,
    "Beijing 1954": 4214,
    "WGS 84": 4326,
}
# First code of each series: zones with prefix, then central meridians 75E ... 135E.
SERIES: Mapping[Datum, Mapping[int, tuple[int, int]]] = {
    "CGCS2000": {6: (4491, 4502), 3: (4513, 4534)},
    "Xian 1980": {6: (2327, 2338), 3: (2349, 2370)},
    "Beijing 1954": {6: (21413, 21453), 3: (2401, 2422)},
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the numbers of a parcel, or of all, have to be read.

    Attributes
    ----------
    unit
        metre or degree.
    prefix
        Zone that the eastings begin with; None without prefix.
    north_first
        Whether the northing (latitude) stands first, as the format wants it.
    """

    unit: Unit
    prefix: int | None
    north_first: bool


def numbers_of(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[Numbers, ...]:
    """Return every way in which the rows of a parcel can be read.

    One: it is so. Two: eastings and northings cannot be told apart. None: some row
    fits no reading, or the rows do not fit together.
    """
    readings: list[Numbers] = []
    if not (np.abs([first, second]) < 100 * ZONE_M).all():
        return ()
    for north, east, north_first in ((first, second, True), (second, first, False)):
        if _within(north, LAT) and _within(east, LON):
            readings.append(Numbers("degree", None, north_first))
        zones = set(np.floor(east / ZONE_M).astype(int).tolist())
        if len(zones) != 1 or not _within(north, NORTH_M):
            continue
        zone = zones.pop()
        known = zone == 0 or width_of(zone) is not None
        if known and _within(east - zone * ZONE_M, EAST_M):
            readings.append(Numbers("metre", zone or None, north_first))
    return tuple(readings)


def width_of(zone: int) -> int | None:
    """Return 3 or 6, the width in degrees that a Chinese zone number belongs to."""
    return next((width for width, zones in ZONES.items() if zone in zones), None)


def meridian_of(zone: int) -> int:
    """Return the central meridian of a Chinese zone, degrees east."""
    return 3 * zone if zone in ZONES[3] else 6 * zone - 3


def epsg_of(datum: Datum, zone: int, *, prefixed: bool) -> int:
    """Return the EPSG code of a Gauss-Kruger zone."""
    width = 3 if zone in ZONES[3] else 6
    numbered, central = SERIES[datum][width]
    if prefixed:
        return numbered + zone - ZONES[width][0]
    return central + zone - ZONES[width][0]


def _within(values: NDArray[np.float64], limits: tuple[float, float]) -> bool:
    return bool(((values >= limits[0]) & (values <= limits[1])).all())
