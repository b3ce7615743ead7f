"""What a parcel line declares is held against its outline; it never corrects it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyproj
import shapely

from layers.formats.boundary_txt_lines import NUMBER, plain, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from layers.formats.boundary_txt_lines import Parcel
    from layers.formats.boundary_txt_shape import Shape
    from layers.formats.raw import Found
    from layers.text import Fact

COUNT_AT, AREA_AT = 0, 1
HECTARE_M2, MU_M2 = 10_000.0, 2000.0 / 3.0
UNITS: Mapping[str, float] = {
    "": HECTARE_M2,
    "公顷": HECTARE_M2,
    "hm2": HECTARE_M2,
    "ha": HECTARE_M2,
    "平方米": 1.0,
    "m2": 1.0,
    "亩": MU_M2,
}
MISTAKEN = (("m2", 1.0), ("亩 (mu)", MU_M2))
AREA_SHARE = 0.001
"""Plane and ellipsoid differ by up to 0.06 % in a three-degree zone."""
AREA_M2 = 1.0
CGCS2000 = pyproj.Geod(a=6_378_137.0, rf=298.257222101)


def checked(
    parcel: Parcel,
    shape: Shape,
    *,
    rows: int,
    named: Mapping[str, Fact],
    degrees: bool,
) -> list[Found]:
    """Return what the declared point count and area contradict."""
    return [
        *_count(parcel.field(COUNT_AT), shape, rows=rows, named=named),
        *_area(parcel.field(AREA_AT), shape, named=named, degrees=degrees),
    ]


def area_m2(geometry: BaseGeometry, *, degrees: bool) -> float:
    """Return the area in the plane of projection, or on the ellipsoid for degrees."""
    if degrees:
        oriented = shapely.orient_polygons(geometry)  # holes count by their direction
        return abs(float(CGCS2000.geometry_area_perimeter(oriented)[0]))
    return float(geometry.area)


def _count(
    said: str | None, shape: Shape, *, rows: int, named: Mapping[str, Fact]
) -> list[Found]:
    """Hold the declared number of points against the rows.

    Offices count closing rows or leave them out; both are right.
    """
    if said is None:
        return []
    declared = whole(said)
    if declared is None:
        facts = {**named, "field": "界址点数", "value": said[:40]}
        return [("declared_value_unreadable", facts)]
    if declared in (rows, rows - shape.closings):
        return []
    facts = {**named, "declared": declared, "rows": rows, "rings": shape.rings}
    return [("declared_points_differ", facts)]


def _area(
    said: str | None, shape: Shape, *, named: Mapping[str, Fact], degrees: bool
) -> list[Found]:
    """Hold the declared area against the outline, in hectares or a unit mistaken."""
    geometry = shape.geometry
    if said is None or geometry is None or not geometry.geom_type.endswith("Polygon"):
        return []
    parts = re.fullmatch(rf"({NUMBER.pattern})\s*([^\d\s].*)?", plain(said).lower())
    unit = str(parts[parts.re.groups] or "").strip() if parts else ""
    if parts is None or unit not in UNITS:
        facts = {**named, "field": "地块面积", "value": said[:40]}
        return [("declared_value_unreadable", facts)]
    declared, outline = float(parts[1]), area_m2(geometry, degrees=degrees)
    decimals = len(parts[1].partition(".")[2])
    if _fits(declared, UNITS[unit], outline, decimals):
        return []
    shown = {**named, "declared": said[:40], "computed": f"{outline / HECTARE_M2:.4f}"}
    for name, factor in MISTAKEN:
        if not unit and _fits(declared, factor, outline, decimals):
            return [("declared_area_unit", {**shown, "unit": name})]
    return [("declared_area_differs", shown)]


def _fits(declared: float, factor: float, outline: float, decimals: int) -> bool:
    """Whether an area in units of `factor` m2 is the outline's, as far as it is told.

    Rounding is forgiven up to half a unit of the last decimal, but never more than a
    tenth of the outline: 0 declares nothing.
    """
    rounding = min(0.5 * factor * 10.0**-decimals, 0.1 * outline)
    slack = max(AREA_SHARE * outline, rounding, min(AREA_M2, 0.1 * outline))
    return abs(declared * factor - outline) <= slack * (1 + 1e-9)
