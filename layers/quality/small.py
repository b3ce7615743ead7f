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
    for at in range(len(parts)):
        if not limits.is_thin(float(size.area_m2[at]), float(size.width_m[at])):
            continue
        yield defect(
            "sliver_feature",
            layer.id,
            row=int(layer.frame.index[owner[at]]),
            feature_id=str(layer.frame["feature_id"].iloc[owner[at]]),
            area_m2=float(size.area_m2[at]),
            width_m=float(size.width_m[at]),
            geometry=parts[at],
        )


def holes(layer: Layer, *, limits: Limits) -> Iterator[Defect]:
    """Yield the holes of polygons that are no larger than the limit."""
    geometry = np.asarray(layer.frame.geometry.array, dtype=object)
    parts, owner = polygons_of(geometry)
    pierced = np.flatnonzero(shapely.get_num_interior_rings(parts) > 0)
    for at in pierced:
        inner = shapely.polygons(
            shapely.get_interior_ring(
                parts[at], np.arange(shapely.get_num_interior_rings(parts[at]))
            )
        )
        area = shapely.area(to_plane(inner))
        for hole, one_m2 in zip(inner, area, strict=True):
            if one_m2 > limits.hole_area_m2:
                continue
            yield defect(
                "tiny_hole",
                layer.id,
                row=int(layer.frame.index[owner[at]]),
                feature_id=str(layer.frame["feature_id"].iloc[owner[at]]),
                area_m2=float(one_m2),
                geometry=hole,
            )
