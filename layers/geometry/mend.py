"""Mending one invalid polygon, or saying why it is not mended.

A repair is accepted only when it hardly changes anything and two independent methods
agree. All else needs a person: the two methods of GEOS differ by a factor on a badly
crossing ring, and a wrong outline is worse than none.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.geometry.effort import MAX_VERTICES, is_too_much

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MAX_CHANGE_SHARE = 0.001
MAX_CHANGE_M2 = 1.0
MAX_DISAGREEMENT_SHARE = 0.01
AREAL = (3, 6)
SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY_2 = 0.006694380022900787
"""Of CGCS2000 (GRS 80 figures to the digits that matter here)."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of one invalid geometry.

    Attributes
    ----------
    geometry
        The valid geometry, or None when it was not accepted.
    why
        Text catalogue key (below ``mend.``) of why it was not accepted, or None.
    facts
        What fills the issue's sentence: reason, method, area_before_m2,
        area_after_m2, vertices_before, vertices_after.
    dropped
        Whether points or lines that were left over were dropped.
    lon, lat
        Where the fault is, degrees; None where GEOS does not say.
    """

    geometry: BaseGeometry | None
    why: str | None
    facts: dict[str, str | float]
    dropped: bool
    lon: float | None
    lat: float | None


def mend(geometry: BaseGeometry) -> Mended:
    """Mend one invalid geometry in EPSG:4490.

    Accepted when the area changes by at most 0.1 % and 1 m2 and the two methods of
    `shapely.make_valid` agree within 1 %. Areas are planar on a local scaling of
    degrees to metres (good to 0.1 % over a county): they decide about a repair and
    are never reported as the area of anything.

    Notes
    -----
    Only polygons can be mended; an invalid line is one repeated point.
    """
    why = _not_tried(geometry)
    if why:
        return not_mended(geometry, why)
    reason, lon, lat = _fault(geometry)
    facts: dict[str, str | float] = {
        "reason": reason,
        "vertices_before": int(shapely.get_num_coordinates(geometry)),
    }
    scale = metres2_per_degree2(geometry)
    before = float(shapely.area(geometry)) * scale
    with np.errstate(over="ignore", invalid="ignore"):  # the area decides, not a sign
        repaired = shapely.make_valid(
            geometry, method="structure", keep_collapsed=False
        )
    after = float(shapely.area(repaired)) * scale
    facts |= {
        "method": "structure",
        "area_before_m2": round(before, 3),
        "area_after_m2": round(after, 3),
        "vertices_after": int(shapely.get_num_coordinates(repaired)),
    }
    if abs(after - before) > min(MAX_CHANGE_M2, MAX_CHANGE_SHARE * before):
        why = "area_changes"
    if shapely.get_type_id(repaired) not in AREAL or shapely.is_empty(repaired):
        why = "no_area_left"
    dropped = False
    if why is None:
        # The slow method last: a ring that already failed is not worth it.
        second = shapely.make_valid(geometry, method="linework")
        other = float(shapely.area(second)) * scale
        dropped = shapely.get_type_id(second) not in AREAL
        if abs(other - after) > MAX_DISAGREEMENT_SHARE * after:
            why = "methods_disagree"
    mended = None if why else repaired
    return Mended(mended, why, facts, dropped=dropped and not why, lon=lon, lat=lat)


def not_mended(geometry: BaseGeometry, why: str, **facts: str | float) -> Mended:
    """Say that a geometry is not mended, and why; the facts fill the sentence."""
    reason, lon, lat = _fault(geometry)
    facts["reason"] = reason
    facts["vertices_before"] = int(shapely.get_num_coordinates(geometry))
    return Mended(None, why, facts, dropped=False, lon=lon, lat=lat)


def areal_part(geometry: BaseGeometry) -> BaseGeometry | None:
    """Return the polygons of a collection as one multi-polygon, or None.

    None when it holds no polygon, or collections inside collections.
    """
    parts = shapely.get_parts(geometry)
    types = shapely.get_type_id(parts)
    nested = 7  # GeometryCollection
    areal = parts[np.isin(types, AREAL)]
    if not len(areal) or (types == nested).any():
        return None
    return shapely.MultiPolygon(list(shapely.get_parts(areal)))


def metres2_per_degree2(geometry: BaseGeometry) -> float:
    """Return square metres in a square degree at the middle of a geometry."""
    _, south, _, north = shapely.bounds(geometry).tolist()
    lat = math.radians((south + north) / 2)
    root = 1 - ECCENTRICITY_2 * math.sin(lat) ** 2
    meridian = SEMI_MAJOR_M * (1 - ECCENTRICITY_2) / root**1.5
    normal = SEMI_MAJOR_M / math.sqrt(root)
    return float(meridian * normal * math.cos(lat) * math.radians(1) ** 2)


def _not_tried(geometry: BaseGeometry) -> str | None:
    """Say why mending is not even tried, or None."""
    if shapely.get_type_id(geometry) not in AREAL:
        return "no_area_left"
    if shapely.get_num_coordinates(geometry) > MAX_VERTICES:
        return "too_many_vertices"
    if is_too_much(geometry):
        return "too_many_crossings"
    return None


def _fault(geometry: BaseGeometry) -> tuple[str, float | None, float | None]:
    """Return GEOS's reason and where it lies."""
    reason = str(shapely.is_valid_reason(geometry))
    place = re.fullmatch(r"(.*?)\[(\S+) (\S+)\]", reason)
    if place is None:
        return reason, None, None
    return place[1].strip(), float(place[2]), float(place[3])
