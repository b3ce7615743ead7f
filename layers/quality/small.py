"""Polygons that are slivers, and holes that are too small to be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.quality.defect import Defect, Limits, defect
from layers.quality.plane import mean_width_m, polygons_of, sizes, to_plane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.layer import Layer


def slivers(layer: Layer, *, limits: Limits) -> Iterator[Defect]:
    """Yield the single polygons of a layer that are slivers.

    Sites are left out: a site is as small as it is.
    """
    if layer.spec.role in ("site", "record"):
        return
    geometry = np.asarray(layer.frame.geometry.array, dtype=object)
    parts, owner = polygons_of(geometry)
    if not len(parts):
        return
    flat = to_plane(parts)
    # The mean width is never above the width: what passes here cannot be thin.
    maybe = (shapely.area(flat) <= limits.sliver_area_m2) | (
        mean_width_m(flat) <= limits.sliver_width_m
    )
    parts, owner = parts[maybe], owner[maybe]
    size = sizes(parts)
    thin = (size.area_m2 <= limits.sliver_area_m2) | (
        size.width_m <= limits.sliver_width_m
    )
    ids = layer.frame["feature_id"].to_numpy()
    for at in np.flatnonzero(thin).tolist():
        yield defect(
            "sliver_feature",
            layer.id,
            row=int(layer.frame.index[owner[at]]),
            feature_id=str(ids[owner[at]]),
            area_m2=float(size.area_m2[at]),
            width_m=float(size.width_m[at]),
            geometry=parts[at],
        )


def holes(layer: Layer, *, limits: Limits) -> Iterator[Defect]:
    """Yield the holes of polygons that are no larger than the limit."""
    geometry = np.asarray(layer.frame.geometry.array, dtype=object)
    parts, owner = polygons_of(geometry)
    if not len(parts):
        return
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    # The first ring of a part is its outline.
    inner = np.append(False, ring_of[1:] == ring_of[:-1])
    hollow = shapely.polygons(rings[inner])
    part_of = ring_of[inner]
    area = shapely.area(to_plane(hollow)) if len(hollow) else np.zeros(0)
    ids = layer.frame["feature_id"].to_numpy()
    for one in np.flatnonzero(area <= limits.hole_area_m2).tolist():
        at = owner[part_of[one]]
        yield defect(
            "tiny_hole",
            layer.id,
            row=int(layer.frame.index[at]),
            feature_id=str(ids[at]),
            area_m2=float(area[one]),
            geometry=hollow[one],
        )
