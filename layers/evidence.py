"""What the numbers themselves say about a reference system that nobody stated.

A zone prefix, the size of eastings and northings and the ranges of degrees leave one
reading or several. None is ever used: they are proposed, with the place where the
points would lie, and the user decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from pyproj.exceptions import ProjError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    Box = tuple[float, float, float, float]

CHINA = (73.0, 3.0, 136.0, 54.0)
"""(min_lon, min_lat, max_lon, max_lat): generous, with the southern sea."""
SIX_DEGREE = range(13, 24)
THREE_DEGREE = range(25, 46)
MERIDIANS = range(75, 136, 3)
UTM_MERIDIANS = range(75, 136, 6)
MILLION = 1_000_000.0
EASTING = (100_000.0, 900_000.0)
"""Eastings without a prefix: 400 km to both sides of the central meridian."""
NORTHING = (300_000.0, 6_000_000.0)
"""From 3 to 54 degrees north."""
MERCATOR = (8_100_000.0, 15_150_000.0, 330_000.0, 7_170_000.0)
SAMPLE = 2_000
SHOWN = 4
OUTER = (0.02, 0.98)
DEGREES = 180.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the numbers of a source.

    Attributes
    ----------
    crs
        ``EPSG:4524``.
    name
        What the numbers would be, in words.
    is_swapped
        Whether the first number would be the latitude or northing: then the columns
        must change places before the system can be stated.
    box
        (min_lon, min_lat, max_lon, max_lat) where the points would lie, degrees.
    in_china
        Whether all of that is in China's box.
    in_region
        Whether it touches the region that was given; None when none was given.
    """

    crs: str
    name: str
    is_swapped: bool
    box: Box
    in_china: bool
    in_region: bool | None

    @property
    def is_possible(self) -> bool:
        """Whether the points would lie where points of the user can lie."""
        return self.in_china if self.in_region is None else self.in_region

    @property
    def where(self) -> str:
        """Where the points would lie, in words."""
        west, south, east, north = self.box
        degrees = f"longitude {_span(west, east)}, latitude {_span(south, north)}"
        if self.in_region:
            return f"{degrees}, in the stated region"
        if self.in_china:
            outside = ", outside the stated region" if self.in_region is False else ""
            return f"{degrees}, in China{outside}"
        return f"{degrees}, {_elsewhere(self.box)}"

    @property
    def words(self) -> str:
        """The whole reading as a clause of a message."""
        order = "with x and y swapped, " if self.is_swapped else ""
        return f"{order}crs='{self.crs}' ({self.name}): {self.where}"


def readings(xy: Points, *, region_box: Box | None = None) -> tuple[Reading, ...]:
    """Return every reading of a source's numbers.

    Parameters
    ----------
    xy
        (n, 2), as the source has them; rows that are not finite are left out.
    region_box
        (min_lon, min_lat, max_lon, max_lat) in which the points should lie.

    Returns
    -------
    tuple of Reading
        Possible ones first, then by EPSG code. Where a three-degree and a six-degree
        system have the same central meridian, their numbers are the same, and the
        three-degree one stands for both. The datum cannot be seen from numbers:
        Xian 1980, Beijing 1954 and GCJ-02 look alike.

    Examples
    --------
    >>> (only,) = readings(np.array([[36_500_000.0, 4_400_000.0]]))
    >>> only.crs, only.where
    ('EPSG:4524', 'longitude 108, latitude 39.734, in China')
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return ()
    points = points[:: max(1, len(points) // SAMPLE)]
    found = []
    for swapped in (False, True):
        turned = points[:, ::-1] if swapped else points
        for code, name in _systems(*np.median(turned, axis=0).tolist()):
            box = _placed(turned, code)
            if box is not None:
                found.append(
                    _reading((code, name), box, swapped=swapped, region=region_box)
                )
    return tuple(
        sorted(found, key=lambda one: (not one.is_possible, one.is_swapped, one.crs))
    )


def proposal(found: Iterable[Reading]) -> str:
    """Return what a message says about the possible readings; empty for none.

    One is proposed by name, several are all named; nobody is spared the decision.
    """
    every = tuple(found)
    possible = [one for one in every if one.is_possible]
    if not possible:
        lost = "; ".join(one.words for one in every[:SHOWN])
        return f"no reading puts the points where they can lie ({lost})" if lost else ""
    if len(possible) == 1:
        (only,) = possible
        lost = "; ".join(
            f"read as they stand, {one.where}"
            for one in every
            if only.is_swapped and not one.is_swapped
        )
        said = f"{lost}; " if lost else ""
        one_only = f"the numbers have one possible reading: {_pass(only)}"
        return f"{said}{one_only}; {_alike(only)}"
    shown = "; or ".join(one.words for one in possible[:SHOWN])
    rest = len(possible) - SHOWN
    more = f"; and {rest} more, the central meridian decides" if rest > 0 else ""
    said = f"{len(possible)} readings are possible: {shown}{more}"
    return f"{said}; {_alike(possible[0])}, so ask the source"


def _pass(one: Reading) -> str:
    """Say what to do if a reading is right."""
    turn = "exchange x and y, then " if one.is_swapped else ""
    return f"if the source confirms it, {turn}pass {one.words}"


def _alike(one: Reading) -> str:
    """Say which other datums have numbers like these."""
    if one.crs == "EPSG:4490":
        return "WGS 84, GCJ-02 and BD-09 look the same"
    return "Xian 1980 and Beijing 1954 look the same"


def _systems(x: float, y: float) -> Iterator[tuple[int, str]]:
    """Yield code and name of the systems that numbers of this size can be in."""
    if abs(x) <= DEGREES and abs(y) <= DEGREES / 2:
        yield 4490, "CGCS2000 longitude, latitude"
        return
    zone, rest = divmod(x, MILLION)
    is_northing = NORTHING[0] <= y <= NORTHING[1]
    if is_northing and EASTING[0] <= rest <= EASTING[1]:
        if int(zone) in SIX_DEGREE:
            yield 4478 + int(zone), f"CGCS2000 / Gauss-Kruger zone {int(zone)}"
        if int(zone) in THREE_DEGREE:
            name = f"CGCS2000 / 3-degree Gauss-Kruger zone {int(zone)}"
            yield 4488 + int(zone), name
        if zone == 0:
            yield from _without_prefix()
    west, east, south, north = MERCATOR
    if west <= x <= east and south <= y <= north:
        yield 3857, "WGS 84 / Pseudo-Mercator"


def _without_prefix() -> Iterator[tuple[int, str]]:
    """Yield the systems whose eastings carry no zone."""
    for meridian in MERIDIANS:
        name = f"CGCS2000 / 3-degree Gauss-Kruger CM {meridian}E"
        yield 4534 + (meridian - 75) // 3, name
    for meridian in UTM_MERIDIANS:
        zone = 43 + (meridian - 75) // 6
        yield 32600 + zone, f"WGS 84 / UTM zone {zone}N"


def _placed(points: Points, code: int) -> Box | None:
    """Return the box of degrees of points in a system, None where PROJ has none."""
    if code == 4490:  # noqa: PLR2004 - degrees already
        lonlat = points
    else:
        crs = pyproj.CRS(code)
        try:
            transformer = pyproj.Transformer.from_crs(
                crs, crs.geodetic_crs, always_xy=True, allow_ballpark=False
            )
        except ProjError:
            return None
        lonlat = np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    lonlat = lonlat[np.isfinite(lonlat).all(axis=1)]
    if len(lonlat) * 2 < len(points):
        return None
    # A single wrong row must not hide where all the others lie.
    (west, south), (east, north) = np.quantile(lonlat, OUTER, axis=0).tolist()
    return west, south, east, north


def _reading(
    system: tuple[int, str], box: Box, *, swapped: bool, region: Box | None
) -> Reading:
    """Judge where a reading puts the points."""
    west, south, east, north = box
    in_china = (
        west >= CHINA[0]
        and south >= CHINA[1]
        and east <= CHINA[2]
        and north <= CHINA[3]
    )
    in_region = None
    if region is not None:
        in_region = (
            west <= region[2]
            and east >= region[0]
            and south <= region[3]
            and north >= region[1]
        )
    code, name = system
    return Reading(f"EPSG:{code}", name, swapped, box, in_china, in_region)


def _span(low: float, high: float) -> str:
    """Return a range of degrees, one number when it is short."""
    short = f"{low:.6g}", f"{high:.6g}"
    return short[0] if short[0] == short[1] else f"{short[0]} to {short[1]}"


def _elsewhere(box: Box) -> str:
    """Say roughly where a box outside China's box lies."""
    west, south, east, north = box
    if max(abs(south), abs(north)) > DEGREES / 2 or max(abs(west), abs(east)) > DEGREES:
        return "not on the earth"
    lon, lat = (west + east) / 2, (south + north) / 2
    if lon > CHINA[2] or lon < -100.0:  # noqa: PLR2004 - west coast of America
        return "in or around the Pacific"
    if lon < CHINA[0]:
        return "far west of China"
    if lat < CHINA[1]:
        return "south of China"
    return "north of China" if lat > CHINA[3] else "partly outside China"
