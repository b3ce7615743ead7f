"""Where polygons of one layer overlap, repeat or do not meet vertex by vertex."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.quality.defect import Defect, Limits, defect
from layers.quality.plane import grouped, metres_per_degree, polygons_of, sizes
from layers.quality.region import levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.layer import Layer

MUST_TILE = ("control_unit", "admin_unit")
"""Kinds whose polygons share out an area: each place in one unit, no place in two."""
MUST_NOT_OVERLAP = ("ecological_redline", "permanent_basic_farmland")
"""Kinds whose polygons are counted: what lies in two is counted twice."""


def repeated(layer: Layer) -> Iterator[Defect]:
    """Yield features that have the very geometry of an earlier one."""
    frame = layer.frame
    geometry = np.asarray(frame.geometry.array, dtype=object)
    ids = frame["feature_id"].to_numpy()
    for at, first in sorted(_repeats(geometry).items()):
        yield defect(
            "duplicate_geometry",
            layer.id,
            row=int(frame.index[at]),
            feature_id=str(ids[at]),
            other_id=str(ids[first]),
            facts={"other": str(ids[first])},
            geometry=geometry[at],
        )


def overlapping(layer: Layer, *, limits: Limits) -> Iterator[Defect]:
    """Yield the overlaps of a layer whose polygons must not overlap.

    One finding a pair for what is wide, one for its slivers. Features that repeat an
    earlier one are left out: `repeated` has them.
    """
    if layer.kind not in (*MUST_TILE, *MUST_NOT_OVERLAP):
        return
    code = "coverage_overlap" if layer.kind in MUST_TILE else "zone_overlap"
    for frame in tiles(layer):
        geometry = np.asarray(frame.geometry.array, dtype=object)
        alone = np.setdiff1d(np.arange(len(geometry)), list(_repeats(geometry)))
        pairs, shapes = overlap_pairs(geometry[alone])
        first, second = alone[pairs[0]], alone[pairs[1]]
        parts, owner = polygons_of(shapes)
        yield from _by_pair(
            frame, layer.id, code, (first, second), shared=(parts, owner), limits=limits
        )
        if layer.kind in MUST_TILE:
            yield from _unmatched(layer.id, geometry[alone], limits)


def tiles(layer: Layer) -> Iterator[gpd.GeoDataFrame]:
    """Yield the tables whose polygons share out one area: units level by level."""
    if layer.kind != "admin_unit":
        yield layer.frame
        return
    of_level = np.array(levels(layer.frame), dtype=object)
    for level in sorted(set(of_level)):
        yield layer.frame[of_level == level]


def overlap_pairs(
    geometry: NDArray[np.object_],
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return the pairs of polygons that share an area, and the areas they share.

    Returns
    -------
    pairs
        (2, n) positions, first below second, sorted.
    shapes
        Their intersections; lines and points that come with them included.

    Notes
    -----
    The overlay is asked only about polygons of which `coverage_invalid_edges` finds
    an edge within another: two polygons that share an area without that do not exist
    (equal ones aside, whose edges it finds too).
    """
    nothing = np.empty((2, 0), dtype=np.int64), np.empty(0, dtype=object)
    if len(geometry) < 2 or shapely.coverage_is_valid(geometry):  # noqa: PLR2004
        return nothing
    flagged = np.flatnonzero(
        ~shapely.is_empty(shapely.coverage_invalid_edges(geometry))
    )
    tree = shapely.STRtree(geometry)
    near, other = tree.query(geometry[flagged], predicate="intersects")
    pairs = np.sort(np.stack([flagged[near], other]), axis=0)
    pairs = np.unique(pairs[:, pairs[0] < pairs[1]], axis=1)
    shapes = shapely.intersection(geometry[pairs[0]], geometry[pairs[1]])
    shared = shapely.area(shapes) > 0
    return pairs[:, shared], shapes[shared]


def _repeats(geometry: NDArray[np.object_]) -> dict[int, int]:
    """Return position to the first position with the same geometry."""
    first: dict[bytes, int] = {}
    found = {}
    # Start, direction and order of rings do not matter: normalised they are equal.
    for at, key in enumerate(shapely.to_wkb(shapely.normalize(geometry))):
        if first.setdefault(key, at) != at:
            found[at] = first[key]
    return found


def _by_pair(
    frame: gpd.GeoDataFrame,
    layer: str,
    code: str,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    shared: tuple[NDArray[np.object_], NDArray[np.int64]],
    limits: Limits,
) -> Iterator[Defect]:
    """Yield one finding a pair for its wide parts, and one for its slivers."""
    ids = frame["feature_id"].to_numpy()
    parts, owner = shared
    size = sizes(parts)
    listed = size.width_m > limits.resolution_m
    thin = (size.area_m2 <= limits.sliver_area_m2) | (
        size.width_m <= limits.sliver_width_m
    )
    found = []
    for is_thin in (False, True):
        pair = grouped(parts, owner, size, listed & (thin == is_thin))
        first, second = pairs[0][pair.owner], pairs[1][pair.owner]
        found += [
            (
                int(pair.owner[at]),
                is_thin,
                defect(
                    "thin_overlap" if is_thin else code,
                    layer,
                    row=int(frame.index[first[at]]),
                    feature_id=str(ids[first[at]]),
                    other_id=str(ids[second[at]]),
                    facts={
                        "other": str(ids[second[at]]),
                        "parts": int(pair.count[at]),
                    },
                    area_m2=float(pair.area_m2[at]),
                    width_m=float(pair.width_m[at]),
                    geometry=pair.shape[at],
                ),
            )
            for at in range(len(pair.owner))
        ]
    for _, _, one in sorted(found, key=itemgetter(0, 1)):
        yield one


def _unmatched(
    layer: str, geometry: NDArray[np.object_], limits: Limits
) -> Iterator[Defect]:
    """Yield the edges of a tiling that do not meet their neighbour's exactly."""
    if not len(geometry):
        return
    _, south, _, north = shapely.total_bounds(geometry).tolist()
    # A gap is looked for in degrees; those of longitude are the shorter ones.
    shortest = metres_per_degree(np.array([max(abs(south), abs(north))])).min()
    width = limits.sliver_width_m / float(shortest)
    edges = shapely.coverage_invalid_edges(geometry, gap_width=width)
    wrong = np.flatnonzero(~shapely.is_empty(edges))
    if len(wrong):
        yield defect(
            "edges_unmatched",
            layer,
            facts={"count": len(wrong)},
            geometry=shapely.MultiLineString(shapely.get_parts(edges[wrong]).tolist()),
        )
