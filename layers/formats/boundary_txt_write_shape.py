"""Geometries on their way into a boundary-point TXT: refused, or placed in a zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pyproj
import shapely

from layers.crs import settle
from layers.errors import InputRefusedError
from layers.evidence import CHINA
from layers.formats.boundary_txt_zones import ZONES, meridian_of
from layers.layer import FRAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.crs import Settled

DECIMALS = 3
WORDS = {"Point": "点", "LineString": "线", "Polygon": "面"}

Width = Literal[3, 6]


def refuse(where: object, expected: str, got: str, todo: str) -> InputRefusedError:
    """Return the error for what cannot be written."""
    return InputRefusedError(source=str(where), expected=expected, got=got, todo=todo)


def row_of(path: Path, row: int) -> str:
    """Return how a row is called in a message; rows count from 0."""
    return f"{path}: row {row}"


def need_writable(shapes: NDArray[np.object_], path: Path) -> None:
    """Refuse geometries that the format has no place for."""
    for row, shape in enumerate(shapes):
        got, todo = _unwritable(shape)
        if got:
            expected = "one polygon, line or point that can be written"
            raise refuse(row_of(path, row), expected, got, todo)


def _unwritable(shape: BaseGeometry | None) -> tuple[str, str]:
    """Return what is wrong with a geometry, or '', and what can be done."""
    todo = "correct the row or leave it out"
    if shape is None or shape.is_empty:
        return ("no geometry" if shape is None else "an empty geometry"), todo
    if shape.has_z:
        return "heights", "drop them: shapely.force_2d"
    if shape.geom_type == "MultiPolygon" and len(shapely.get_parts(shape)) > 1:
        got = "several separate parts; a parcel has one outer ring"
        return got, "make one row of each: frame.explode()"
    if shape.geom_type.removeprefix("Multi") not in WORDS:
        return f"a {shape.geom_type}", todo
    if not shape.is_valid:
        return f"an invalid outline ({shapely.is_valid_reason(shape)})", todo
    return "", ""


def need_whole(shapes: NDArray[np.object_], path: Path) -> None:
    """Refuse what rounding to millimetres makes invalid."""
    for row in np.flatnonzero(~shapely.is_valid(shapes)):
        raise refuse(
            row_of(path, int(row)),
            "an outline that is valid in millimetres",
            f"one that is not ({shapely.is_valid_reason(shapes[row])})",
            "take out points that lie less than 1 mm apart",
        )


def degrees(shapes: NDArray[np.object_], settled: Settled) -> NDArray[np.float64]:
    """Return longitude and latitude of all vertices."""
    xy = shapely.get_coordinates(shapes)
    if settled.transformer is None:
        return xy
    return np.column_stack(settled.transformer.transform(xy[:, 0], xy[:, 1]))


def zone_for(
    lonlat: NDArray[np.float64], width: Width, zone: int | None, *, path: Path
) -> int:
    """Return the zone to write in; refuse one that the parcels do not lie in."""
    west, south = lonlat.min(axis=0).tolist()
    east, north = lonlat.max(axis=0).tolist()
    min_lon, min_lat, max_lon, max_lat = CHINA
    if not (
        min_lon <= west <= east <= max_lon and min_lat <= south <= north <= max_lat
    ):
        got = f"{west:.5g} to {east:.5g} E, {south:.5g} to {north:.5g} N"
        todo = "check the reference system of the data"
        raise refuse(path, "parcels in China", got, todo)
    if width not in ZONES or (zone is not None and zone not in ZONES[width]):
        got = f"zone_width={width}, zone={zone}"
        expected = "zone 25-45 with zone_width=3, or 13-23 with zone_width=6"
        raise refuse(path, expected, got, "correct the zone")
    if zone is None:
        first, last = _zone_at(west, width), _zone_at(east, width)
        if first == last:
            return first
        todo = "give zone=, or write one file for each zone"
        raise refuse(path, "parcels in one zone", f"zones {first} to {last}", todo)
    away = max(abs(west - meridian_of(zone)), abs(east - meridian_of(zone)))
    if away > width:
        got = f"parcels {away:.2f} degrees from its central meridian"
        raise refuse(path, f"parcels in or beside zone {zone}", got, "correct zone=")
    return zone


def _zone_at(lon: float, width: Width) -> int:
    """Return the zone that a longitude lies in."""
    # Round half up, so that a zone holds its western border; 136 E is China's box.
    number = int(np.floor(lon / 3 + 0.5)) if width == 3 else int(lon // 6) + 1  # noqa: PLR2004
    return min(max(number, ZONES[width][0]), ZONES[width][-1])


def placed(
    shapes: NDArray[np.object_], crs: pyproj.CRS | None, epsg: int
) -> tuple[NDArray[np.object_], float]:
    """Return the shapes in the zone, in whole millimetres, and the shift of edges."""
    if crs is not None and crs.to_epsg() == epsg:
        return shapely.transform(shapes, lambda xy: np.round(xy, DECIMALS)), 0.0
    there = pyproj.Transformer.from_crs(FRAME, epsg, always_xy=True)
    settled = settle(crs, source="", evidence="")

    def forward(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Transform by way of degrees."""
        if settled.transformer is not None:
            xy = np.column_stack(settled.transformer.transform(xy[:, 0], xy[:, 1]))
        return np.column_stack(there.transform(xy[:, 0], xy[:, 1]))

    shift = 0.0
    for ring in _all_lines(shapes):
        xy = shapely.get_coordinates(ring)
        ends, middles = forward(xy), forward((xy[:-1] + xy[1:]) / 2)
        away = np.hypot(*(middles - (ends[:-1] + ends[1:]) / 2).T)
        shift = max(shift, float(away.max(initial=0.0)))
    made = shapely.transform(shapes, lambda xy: np.round(forward(xy), DECIMALS))
    return made, round(shift, 4)


def _all_lines(shapes: NDArray[np.object_]) -> Iterator[BaseGeometry]:
    """Yield every ring and line."""
    for shape in shapes:
        for part in parts_of(shape):
            if part.geom_type != "Point":
                yield part


def parts_of(shape: BaseGeometry) -> list[BaseGeometry]:
    """Return rings (outer first), lines or points, in the order of ring numbers."""
    parts: list[BaseGeometry] = []
    for one in shapely.get_parts(shape):
        rings = [one.exterior, *one.interiors] if one.geom_type == "Polygon" else [one]
        parts += rings
    return parts
