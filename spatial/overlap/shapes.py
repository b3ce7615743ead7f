"""The shapes that sites and zones share: for those pairs whose shape is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure import area_m2, outline
from spatial.overlap.areas import by_size
from spatial.overlap.overlays import (
    NOTHING,
    POLYGON,
    dimension,
    of_dimension,
    overlay,
)
from spatial.overlap.settled import Areas, settled
from spatial.overlap.states import INSIDE, PARTIAL

if TYPE_CHECKING:
    import pandas as pd

    from spatial.index import ZoneIndex
    from spatial.measure.ellipsoid import Integers, Shapes
    from spatial.overlap.overlays import Name


def shared_shapes(
    index: ZoneIndex,
    a: Shapes,
    zone: Integers,
    name: Name,
    *,
    known: pd.DataFrame | None = None,
) -> Shapes:
    """Return the shape that the interiors of pairs share; empty where none.

    Parameters
    ----------
    index
        The zones.
    a
        (n,) sites.
    zone
        (n,) position of the zone, pair by pair.
    name
        Says which pair a row is.
    known
        (n,) rows of the overlap table, if it has been made: which pairs of polygons
        overlap, and which sites lie inside, is not asked again.

    Returns
    -------
    ndarray
        Polygons where two polygons share an area; lines where a line runs inside a
        polygon (along its border does not count) or along another line; points that
        lie inside a polygon (on its border does not count) or on a line or point.
    """
    b = index.zones[zone]
    wanted = np.minimum(dimension(a), dimension(b))
    result = np.asarray(NOTHING, dtype=object)[wanted]
    polygons = wanted == POLYGON
    asked = np.arange(len(a)) if known is None else np.flatnonzero(~polygons)
    meets, inside = np.zeros((2, len(a)), dtype=bool)
    meets[asked] = shapely.intersects(b[asked], a[asked])
    # The usual case needs no overlay: the whole site lies in the zone.
    inner = meets & (dimension(b) == POLYGON)
    lesser = inner & (dimension(a) < POLYGON)
    inside[lesser] = shapely.contains_properly(b[lesser], a[lesser])
    if known is None:
        whole = inner & polygons
        inside[whole] = shapely.covers(b[whole], a[whole])
    else:
        area, share = known["area_m2"].to_numpy(), known["share_of_site"].to_numpy()
        meets[polygons] = area[polygons] > 0
        inside[polygons] = share[polygons] == 1.0
    result[inside] = a[inside]
    rows = np.flatnonzero(meets & ~inside)
    if len(rows):
        result[rows] = _overlaid(index, a[rows], zone[rows], lambda at: name(rows[at]))
    return result


def _overlaid(index: ZoneIndex, a: Shapes, zone: Integers, name: Name) -> Shapes:
    """Return the shapes that pairs share which meet, but not with all of the site."""
    boxes = shapely.bounds(a)
    near = index.tiles.about(boxes, zone)
    size_a, size_b = dimension(a), dimension(index.shapes[zone])
    common = overlay(shapely.intersection, a, near, name)
    # A line along a polygon's border, a point on it, is not inside it.
    rows = np.flatnonzero((size_b == POLYGON) & (size_a < POLYGON))
    edges = index.outlines.around(boxes[rows], zone[rows])
    common[rows] = overlay(
        shapely.difference, common[rows], edges, lambda at: name(int(rows[at]))
    )
    rows = np.flatnonzero((size_a == POLYGON) & (size_b < POLYGON))
    common[rows] = overlay(
        shapely.difference,
        common[rows],
        outline(a[rows]),
        lambda at: name(int(rows[at])),
    )
    common = of_dimension(common, np.minimum(size_a, size_b))
    both = np.flatnonzero((size_a == POLYGON) & (size_b == POLYGON))
    common[both] = _told_from_touches(index, a[both], zone[both], common[both])
    return common


def _told_from_touches(
    index: ZoneIndex, a: Shapes, zone: Integers, common: Shapes
) -> Shapes:
    """Return polygons without those that are but the rounding of a common border."""
    area, whole = area_m2(common), area_m2(a)
    pairs = Areas(np.arange(len(a)), zone, area, by_size(area, whole))
    found = settled(pairs, index, a, whole)
    result = np.full(len(a), NOTHING[POLYGON], dtype=object)
    part, inside = (found.site[found.state == one] for one in (PARTIAL, INSIDE))
    result[part], result[inside] = common[part], a[inside]
    return result
