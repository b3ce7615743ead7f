"""Footprint and ground of a case: what may be entered, and how shapes add up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import shapely

from spatial.ledger.chain import content_hash, wkb
from spatial.ledger.errors import RefusedError
from spatial.measure.area import area_m2
from spatial.measure.ellipsoid import DIMENSION_OF_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

_WORLD = shapely.box(-180, -90, 180, 90)
_AREAS = 2


@dataclass(frozen=True, slots=True)
class Shapes:
    """The last footprint of a case and the union of all; WKB, None for none."""

    footprint: bytes | None = None
    ground: bytes | None = None

    def figures(self) -> Mapping[str, object]:
        """Return hashes and areas as they stand in payload and row."""
        return {
            "shape_sha256": "" if self.footprint is None else hash_of(self.footprint),
            "ground_sha256": "" if self.ground is None else hash_of(self.ground),
            "area_m2": area_of(self.footprint),
            "ground_m2": area_of(self.ground),
        }


def hash_of(shape: bytes) -> str:
    """Return the SHA-256 by which events name a shape."""
    return content_hash(shape)


@lru_cache(maxsize=64)  # the same shape is sighting, footprint and ground at once
def area_of(shape: bytes | None) -> float | None:
    """Return the area on the ellipsoid, m2; None for lines, points and nothing."""
    if shape is None:
        return None
    geometry = shapely.from_wkb(shape)
    if DIMENSION_OF_TYPE.get(int(shapely.get_type_id(geometry))) != _AREAS:
        return None
    return float(area_m2(geometry))


def settled(geometry: BaseGeometry | None, *, case_id: str, what: str) -> bytes | None:
    """Return a geometry as WKB; None stays None.

    Raises
    ------
    RefusedError
        It is empty, invalid, a collection, or not in degrees.
    """
    if geometry is None:
        return None
    lacks: tuple[str, ...] = ()
    kind = int(shapely.get_type_id(geometry))
    if kind not in DIMENSION_OF_TYPE or shapely.is_empty(geometry):
        lacks = (f"expected points, lines or areas, got {geometry.geom_type}",)
    elif not shapely.covers(_WORLD, shapely.box(*geometry.bounds)):
        lacks = (f"expected degrees (EPSG:4490), got bounds {geometry.bounds}",)
    elif not shapely.is_valid(geometry):
        lacks = (f"expected a valid shape, got {shapely.is_valid_reason(geometry)}",)
    if lacks:
        raise RefusedError(case_id=case_id, what=what, lacks=lacks)
    return wkb(geometry)


def united(shapes: Iterable[bytes | None]) -> bytes | None:
    """Return the union of shapes; None of none.

    Areas count before lines, lines before points: where there is an area, a point of a
    report adds nothing to the ground.
    """
    there = [shapely.from_wkb(one) for one in dict.fromkeys(shapes) if one is not None]
    if not there:
        return None
    sizes = [DIMENSION_OF_TYPE[int(shapely.get_type_id(one))] for one in there]
    most = max(sizes)
    wanted = [one for one, size in zip(there, sizes, strict=True) if size == most]
    if len(wanted) == 1:
        return wkb(wanted[0])
    whole = shapely.normalize(shapely.union_all(wanted))
    parts = [
        one
        for one in shapely.get_parts(whole)
        if DIMENSION_OF_TYPE.get(int(shapely.get_type_id(one))) == most
    ]
    return wkb(whole if len(parts) == 1 else _many(parts, most))


def _many(parts: list[BaseGeometry], size: int) -> BaseGeometry:
    make = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)[size]
    made: Any = make(parts)
    return cast("BaseGeometry", made)
