"""The frame of a static map: sheet, projection, scale, graticule; numbers alone.

A map is drawn at a round scale, in the Gauss-Kruger zone of what it shows. Lengths of
the sheet are millimetres, those of the map metres of the projection; what one of these
is on the ground is measured on the ellipsoid in the middle of the map.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

from layers.layer import FRAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

Box = tuple[float, float, float, float]
ZONE_DEG = 3
FIRST_ZONE, LAST_ZONE, FIRST_EPSG = 25, 45, 4513
"""EPSG registry: 4513 is CGCS2000 / 3-degree Gauss-Kruger zone 25, 4533 is zone 45."""
WIDEST_ZONE_DEG = 6.0
"""A wider map is no longer like the ground in one zone: it is a conic then."""
STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Of round scales, times powers of ten."""
BARS = (1.0, 2.0, 5.0)
GRID_DEG = tuple(
    one / 3600
    for one in (
        *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800),
        *(3600, 7200, 10800, 18000, 36000),
    )
)
"""Spacings of a graticule: whole seconds, minutes, degrees."""
_MM_PER_M = 1000.0
_LINE_POINTS = 33  # of a meridian or parallel: it is a curve on the map
_BAR_SHARE = 0.3  # of the width of the map, at most
_ELLIPSOID = "+a=6378137 +rf=298.257222101 +units=m +no_defs +type=crs"
"""CGCS2000 (GB 22021)."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A size of paper.

    Attributes
    ----------
    width_mm, height_mm
        Of the whole picture.
    margin_mm
        From the edge to the neat line.
    panel_mm
        For legend and inset: beside the map where the sheet is broad, else below it.
    text_pt
        Size of the words.
    titled
        Whether the title stands on the map; below a figure there is a caption.
    """

    width_mm: float
    height_mm: float
    margin_mm: float
    panel_mm: float
    text_pt: float
    titled: bool = True

    @property
    def is_broad(self) -> bool:
        """Whether the panel stands beside the map."""
        return self.width_mm > self.height_mm


SHEETS: Mapping[str, Sheet] = {
    "figure": Sheet(166.0, 132.0, 0.4, 46.0, 6.0, titled=False),
    "a4": Sheet(210.0, 297.0, 9.0, 66.0, 7.0),
    "a4-landscape": Sheet(297.0, 210.0, 9.0, 62.0, 7.0),
    "a3": Sheet(297.0, 420.0, 11.0, 88.0, 8.5),
    "a3-landscape": Sheet(420.0, 297.0, 11.0, 82.0, 8.5),
}
"""What a map can be drawn on; ``figure`` is as wide as the text of a report."""


@dataclass(frozen=True)
class Projection:
    """How longitude and latitude become metres of the map.

    Attributes
    ----------
    crs
        For pyproj.
    epsg
        Its code, None for one that has none.
    meridian
        Its central meridian, degrees.
    is_conic
        Whether it is Lambert's conformal conic one.
    """

    crs: str
    epsg: int | None
    meridian: float
    is_conic: bool = False

    @cached_property
    def _there(self) -> pyproj.Transformer:
        return pyproj.Transformer.from_crs(FRAME, self.crs, always_xy=True)

    def xy(self, shapes: Geometries) -> Geometries:
        """Return shapes in EPSG:4490 on the map."""

        def moved(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(self._there.transform(*lonlat.T))

        return np.asarray(shapely.transform(shapes, moved), dtype=object)

    def points(self, lon: Any, lat: Any) -> tuple[Any, Any]:  # noqa: ANN401
        """Return eastings and northings."""
        x, y = self._there.transform(lon, lat)
        return x, y

    def lonlat(self, x: Any, y: Any) -> tuple[Any, Any]:  # noqa: ANN401
        """Return longitudes and latitudes."""
        lon, lat = self._there.transform(x, y, direction="INVERSE")
        return lon, lat


def projection(bounds: Box) -> Projection:
    """Return the projection of a map.

    Parameters
    ----------
    bounds
        (min_lon, min_lat, max_lon, max_lat) of what it shows.

    Returns
    -------
    Projection
        CGCS2000 3-degree Gauss-Kruger in the zone of the middle; outside of the zones
        25 to 45 the same without a code; for more than `WIDEST_ZONE_DEG` a conic with
        the parallels of that land at one and five sixths of its height.
    """
    west, south, east, north = bounds
    middle = (west + east) / 2
    if east - west > WIDEST_ZONE_DEG:
        low, high = south + (north - south) / 6, north - (north - south) / 6
        words = f"+proj=lcc +lat_1={low:.4f} +lat_2={high:.4f}"
        words += f" +lat_0={(south + north) / 2:.4f} +lon_0={middle:.4f}"
        return Projection(f"{words} {_ELLIPSOID}", None, middle, is_conic=True)
    zone = math.floor(middle / ZONE_DEG + 0.5)
    meridian = float(zone * ZONE_DEG)
    if FIRST_ZONE <= zone <= LAST_ZONE:
        epsg = FIRST_EPSG + zone - FIRST_ZONE
        return Projection(f"EPSG:{epsg}", epsg, meridian)
    words = f"+proj=tmerc +lat_0=0 +lon_0={meridian:.1f} +k=1 +x_0=500000"
    return Projection(f"{words} {_ELLIPSOID}", None, meridian)


@dataclass(frozen=True)
class MapFrame:
    """The window of a map and what its lengths are.

    Attributes
    ----------
    projection
        How it is drawn.
    box
        (min_x, min_y, max_x, max_y) in metres of the projection.
    scale
        Denominator: metres of the projection to a metre of paper.
    """

    projection: Projection
    box: Box
    scale: float

    @property
    def middle(self) -> tuple[float, float]:
        """Easting and northing of the middle."""
        west, south, east, north = self.box
        return (west + east) / 2, (south + north) / 2

    @cached_property
    def ground(self) -> float:
        """Metres on the ellipsoid to a metre of the map, eastward in the middle."""
        x, y = self.middle
        half = (self.box[2] - self.box[0]) * 0.05
        lon, lat = self.projection.lonlat([x - half, x + half], [y, y])
        _, _, length = _geod().inv(lon[0], lat[0], lon[1], lat[1])
        return float(length) / (2 * half)

    @cached_property
    def north_deg(self) -> float:
        """How far true north in the middle is turned from up, clockwise, degrees."""
        lon, lat = self.projection.lonlat(*self.middle)
        x, y = self.projection.points([lon, lon], [lat - 1e-3, lat + 1e-3])
        return math.degrees(math.atan2(x[1] - x[0], y[1] - y[0]))

    @cached_property
    def degrees(self) -> Box:
        """The window's bounds in longitude and latitude: its edges are curves there."""
        x, y = _rim(self.box)
        lon, lat = self.projection.lonlat(x, y)
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    @property
    def bar_m(self) -> float:
        """A round length on the ground, below a third of the map's width."""
        most = (self.box[2] - self.box[0]) * self.ground * _BAR_SHARE
        power = 10.0 ** math.floor(math.log10(most))
        return max(one * power for one in BARS if one * power <= most)

    def mm(self, millimetres: float) -> float:
        """Return a length of the paper in metres of the map."""
        return millimetres * self.scale / _MM_PER_M


def map_frame(
    how: Projection, wanted: Box, *, width_mm: float, height_mm: float
) -> MapFrame:
    """Return a frame of a round scale that holds a box.

    Parameters
    ----------
    how
        The projection.
    wanted
        (min_x, min_y, max_x, max_y) in its metres.
    width_mm, height_mm
        Of the map on the paper.
    """
    west, south, east, north = wanted
    least = _MM_PER_M * max((east - west) / width_mm, (north - south) / height_mm)
    scale = round_scale(max(least, 100.0))
    x, y = (west + east) / 2, (south + north) / 2
    half_x, half_y = (one * scale / _MM_PER_M / 2 for one in (width_mm, height_mm))
    return MapFrame(how, (x - half_x, y - half_y, x + half_x, y + half_y), scale)


def round_scale(least: float) -> float:
    """Return the first round denominator that is not below one.

    Examples
    --------
    >>> round_scale(23_000)
    25000.0
    >>> round_scale(100)
    100.0
    """
    power = 10.0 ** math.floor(math.log10(least))
    found = (one * power for one in (*STEPS, 10.0) if one * power >= least * (1 - 1e-9))
    return float(next(found))


@dataclass(frozen=True, slots=True)
class GridLine:
    """A meridian or parallel: its degree, its points, where it meets the frame.

    Attributes
    ----------
    degrees
        Longitude or latitude.
    is_meridian
        Which of both.
    xy
        (n, 2) on the map.
    ends
        (x, y, edge) where it crosses an edge on which it is named: meridians at
        ``bottom`` and ``top``, parallels at ``left`` and ``right``.
    """

    degrees: float
    is_meridian: bool
    xy: NDArray[np.float64]
    ends: tuple[tuple[float, float, str], ...]


def graticule(frame: MapFrame, *, most: int = 4) -> tuple[GridLine, ...]:
    """Return the lines of a graticule: at least one each way where the map has two.

    Parameters
    ----------
    frame
        The map.
    most
        About how many each way; their spacing is one of `GRID_DEG`, for both the same.
    """
    west, south, east, north = frame.degrees
    widest = max(east - west, north - south)
    step = next((one for one in GRID_DEG if widest / one <= most), GRID_DEG[-1])
    return tuple(
        _line(frame, number * step, is_meridian=is_meridian)
        for is_meridian, low, high in ((True, west, east), (False, south, north))
        for number in range(math.ceil(low / step), math.floor(high / step) + 1)
    )


def _line(frame: MapFrame, degrees: float, *, is_meridian: bool) -> GridLine:
    west, south, east, north = frame.degrees
    if is_meridian:
        along = np.linspace(south, north, _LINE_POINTS)
        x, y = frame.projection.points(np.full_like(along, degrees), along)
    else:
        along = np.linspace(west, east, _LINE_POINTS)
        x, y = frame.projection.points(along, np.full_like(along, degrees))
    xy = np.column_stack([x, y])
    left, bottom, right, top = frame.box
    low_left, high_right = (left, bottom), (right, top)
    edges = {
        "bottom": [low_left, (right, bottom)], "top": [(left, top), high_right],
    } if is_meridian else {
        "left": [low_left, (left, top)], "right": [(right, bottom), high_right],
    }  # fmt: skip
    line = shapely.LineString(xy)
    ends = []
    for name, edge in edges.items():
        met = shapely.get_coordinates(line.intersection(shapely.LineString(edge)))
        ends += [(float(px), float(py), name) for px, py in met[:1]]
    return GridLine(degrees, is_meridian, xy, tuple(ends))


def degrees_text(degrees: float, *, is_meridian: bool) -> str:
    """Return a longitude or latitude with minutes, and seconds where it has any.

    Examples
    --------
    >>> degrees_text(106.75, is_meridian=True)
    '106°45′E'
    >>> degrees_text(-0.005, is_meridian=False)
    '0°00′18″S'
    """
    total = round(abs(degrees) * 3600)
    minutes, seconds = divmod(total, 60)
    whole, minutes = divmod(minutes, 60)
    side = ("E" if degrees >= 0 else "W") if is_meridian else "N"
    if not is_meridian and degrees < 0:
        side = "S"
    tail = f"{seconds:02d}″" if seconds else ""
    return f"{whole}°{minutes:02d}′{tail}{side}"


def _rim(box: Box) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points along the edges of a box."""
    west, south, east, north = box
    x, y = (
        np.linspace(west, east, _LINE_POINTS),
        np.linspace(south, north, _LINE_POINTS),
    )
    full = np.full(_LINE_POINTS, 1.0)
    return (
        np.concatenate([x, x, west * full, east * full]),
        np.concatenate([south * full, north * full, y, y]),
    )


def _geod() -> pyproj.Geod:
    return pyproj.Geod(a=6378137.0, rf=298.257222101)
