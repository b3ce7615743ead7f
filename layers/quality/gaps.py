"""Where layers that must tile leave a place out, and where units lie elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.quality.defect import Defect, Limits, defect
from layers.quality.overlaps import MUST_TILE, tiles
from layers.quality.plane import grouped, polygons, polygons_of, sizes
from layers.quality.region import levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from layers.layer import Layer, Workspace

UNIT_CODE = re.compile(r"ZH(\d{6})[123]\d{4}")


def gaps(
    layer: Layer, *, region: Polygon | MultiPolygon | None, limits: Limits
) -> Iterator[Defect]:
    """Yield the places that a tiling leaves out.

    Control units are held against what they claim to cover (else the region): every
    place of it that lies in no unit is ``uncovered``. A tiling that nothing is known
    about, and administrative units, are asked for holes that they enclose.
    """
    if layer.kind not in MUST_TILE or not len(layer):
        return
    whole = layer.coverage.area if layer.coverage is not None else region
    for frame in tiles(layer):
        joined = union(np.asarray(frame.geometry.array, dtype=object))
        if layer.kind == "control_unit" and whole is not None:
            left_out, code = shapely.difference(whole, joined), "uncovered"
        else:
            left_out, code = _holes(joined), "enclosed_gap"
        yield from _listed(polygons(left_out), layer.id, code, limits)


def outside(
    layer: Layer, *, region: Polygon | MultiPolygon | None, limits: Limits
) -> Iterator[Defect]:
    """Yield the parts of control units that lie outside of the region."""
    if layer.kind != "control_unit" or region is None or not len(layer):
        return
    geometry = np.asarray(layer.frame.geometry.array, dtype=object)
    shapely.prepare(region)
    leaving = np.flatnonzero(~shapely.covers(region, geometry))
    parts, owner = polygons_of(shapely.difference(geometry[leaving], region))
    size = sizes(parts)
    wide = (size.area_m2 > limits.sliver_area_m2) & (
        size.width_m > max(limits.sliver_width_m, limits.resolution_m)
    )
    ids = layer.frame["feature_id"].to_numpy()
    unit = grouped(parts, owner, size, wide)
    for one, at in enumerate(leaving[unit.owner].tolist()):
        yield defect(
            "outside_region",
            layer.id,
            row=int(layer.frame.index[at]),
            feature_id=str(ids[at]),
            area_m2=float(unit.area_m2[one]),
            width_m=float(unit.width_m[one]),
            geometry=unit.shape[one],
        )


def misplaced(layer: Layer, workspace: Workspace) -> Iterator[Defect]:
    """Yield control units most of which lie outside of the county of their code.

    Asked only where an ``admin_unit`` layer holds that county.
    """
    if layer.kind != "control_unit":
        return
    counties = _counties(workspace)
    geometry = np.asarray(layer.frame.geometry.array, dtype=object)
    for at, code in enumerate(layer.frame["code"]):
        found = UNIT_CODE.fullmatch(code) if isinstance(code, str) else None
        county = counties.get(found[1]) if found else None
        if county is None or shapely.contains(
            county, shapely.point_on_surface(geometry[at])
        ):
            continue
        own = shapely.area(geometry[at])
        if 2 * shapely.area(shapely.intersection(geometry[at], county)) < own:
            yield defect(
                "code_contradicts_place",
                layer.id,
                facts={"value": str(code)},
                row=int(layer.frame.index[at]),
                feature_id=str(layer.frame["feature_id"].iloc[at]),
                geometry=geometry[at],
            )


def union(geometry: NDArray[np.object_]) -> BaseGeometry:
    """Return the union of polygons; the quick way where they tile."""
    if shapely.coverage_is_valid(geometry):
        return shapely.coverage_union_all(geometry)
    return shapely.union_all(geometry)


def _counties(workspace: Workspace) -> dict[str, BaseGeometry]:
    """Return the counties of the workspace by code, prepared."""
    found: dict[str, BaseGeometry] = {}
    for layer in workspace.of_kind("admin_unit"):
        shapes = np.asarray(layer.frame.geometry.array, dtype=object)
        shapely.prepare(shapes)
        for level, code, shape in zip(
            levels(layer.frame), layer.frame["code"], shapes, strict=True
        ):
            if level == "county" and isinstance(code, str):
                found.setdefault(code, shape)
    return found


def _holes(joined: BaseGeometry) -> BaseGeometry:
    """Return what a union encloses without holding it."""
    parts = polygons(joined)
    filled = shapely.polygons(shapely.get_exterior_ring(parts))
    return shapely.difference(shapely.union_all(filled), joined)


def _listed(
    parts: NDArray[np.object_], layer: str, code: str, limits: Limits
) -> Iterator[Defect]:
    """Yield one finding a gap that is wide, and one for all slivers together."""
    size = sizes(parts)
    listed = size.width_m > limits.resolution_m
    thin = (size.area_m2 <= limits.sliver_area_m2) | (
        size.width_m <= limits.sliver_width_m
    )
    for at in np.flatnonzero(listed & ~thin):
        yield defect(
            code,
            layer,
            area_m2=float(size.area_m2[at]),
            width_m=float(size.width_m[at]),
            geometry=parts[at],
        )
    small = listed & thin
    if small.any():
        yield defect(
            "thin_gap",
            layer,
            facts={"parts": int(small.sum())},
            area_m2=float(size.area_m2[small].sum()),
            width_m=float(size.width_m[small].max()),
            geometry=shapely.MultiPolygon(parts[small].tolist()),
        )
