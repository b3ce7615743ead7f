"""How deep an overlap reaches into a zone, and how thick it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure.distance import distance_m, near, reach_m
from spatial.measure.ellipsoid import (
    DIMENSION_OF_TYPE,
    POLYGONS,
    as_shapes,
    box_centre,
    from_plane,
    outline,
    to_plane,
)

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Shapes, ShapesLike

_LONGEST_DEGREE_M = 111_700.0
_TRIED = 16


def depth_m(overlap: ShapesLike, zone: ShapesLike) -> Floats:
    """Return how deep overlaps reach into their zones, in metres: a lower bound.

    The depth of a point is its geodesic distance to the zone's boundary. Tried are
    the vertices of the overlap, points along its long edges and the middle of its
    largest inscribed circle; the deepest of them counts, so no overlap is said to be
    deeper than it is.

    Parameters
    ----------
    overlap
        Points, lines or polygons (single or multi) that lie in `zone`; pair by pair.
    zone
        Polygons, not empty. Both in EPSG:4490.

    Returns
    -------
    ndarray
        >= 0; 0 for an empty overlap and for one that lies on the boundary alone.

    Raises
    ------
    GeometryError
        An overlap is a collection or None, a zone is not a polygon.
    """
    kinds = tuple(DIMENSION_OF_TYPE)
    inner, _ = as_shapes(overlap, kinds, needed_for="a depth")
    whole, _ = as_shapes(zone, POLYGONS, needed_for="a depth")
    result = np.zeros(len(inner))
    rows = np.flatnonzero(~shapely.is_empty(inner))
    edges = outline(whole[rows])
    result[rows] = distance_m(deepest_points(inner[rows], edges), edges)
    return result


def deepest_points(shapes: Shapes, edges: Shapes) -> Shapes:
    """Return, for each shape, the point of it found farthest from its `edges`.

    Parameters
    ----------
    shapes
        Points, lines or polygons in EPSG:4490, none empty.
    edges
        Lines or points to keep away from, one for each shape; none empty.

    Returns
    -------
    ndarray
        A point of each shape: a vertex, a point along an edge (at least every
        sixteenth of the shape's width is tried) or the middle of the largest
        inscribed circle. The first of equals.
    """
    if not len(shapes):
        return np.zeros(0, dtype=object)
    wide_m = across_m(shapes)
    close = near(edges, shapes, reach_m(shapes, edges) + wide_m)

    centre = box_centre(shapes)
    planar = to_plane(shapes, centre)
    dense = planar.copy()
    long = np.flatnonzero(shapely.length(planar) > 0)
    dense[long] = shapely.segmentize(planar[long], wide_m[long] / _TRIED)
    xy, owner = shapely.get_coordinates(dense, return_index=True)
    polygon = np.flatnonzero(shapely.area(planar) > 0)
    circle = shapely.maximum_inscribed_circle(planar[polygon])
    xy = np.vstack([xy, shapely.get_coordinates(circle)[::2]])
    owner = np.append(owner, polygon)

    away = shapely.distance(shapely.points(xy), to_plane(close, centre)[owner])
    order = np.lexsort((-away, owner))
    deepest = order[np.searchsorted(owner[order], np.arange(len(shapes)))]
    return np.asarray(shapely.points(from_plane(xy[deepest], centre)), dtype=object)


def across_m(shapes: Shapes) -> Floats:
    """Return a length in metres that no two points of a shape are farther apart."""
    bounds = shapely.bounds(shapes)
    wide = np.hypot(*(bounds[:, 2:] - bounds[:, :2]).T)
    return np.asarray(wide * _LONGEST_DEGREE_M)


def sliver_width_m(overlap: ShapesLike) -> Floats:
    """Return how thick overlaps are where they are thickest, in metres.

    Of every part the larger of two measures counts: the mean width 2 area/perimeter
    (right for a strip) and the diameter of the largest inscribed circle (right for
    a lump; found to a fifth of the mean width). A lump with a long thin tail is as
    thick as the lump: what is called a sliver is one everywhere.

    Parameters
    ----------
    overlap
        (Multi)polygons in EPSG:4490, or empty geometries (width 0).

    Returns
    -------
    ndarray
        >= 0, metres in the plane of each part's middle latitude.

    Raises
    ------
    GeometryError
        A geometry is neither a polygon nor empty.
    """
    shapes, _ = as_shapes(overlap, POLYGONS, needed_for="a width")
    parts, owner = shapely.get_parts(shapes, return_index=True)
    filled = ~shapely.is_empty(parts)
    parts, owner = parts[filled], owner[filled]
    planar = to_plane(parts, box_centre(parts))
    mean = 2 * shapely.area(planar) / shapely.length(planar)
    thick = np.flatnonzero(mean > 0)
    circle = shapely.maximum_inscribed_circle(planar[thick], tolerance=mean[thick] / 10)
    mean[thick] = np.maximum(mean[thick], 2 * shapely.length(circle))
    width = np.zeros(len(shapes))
    np.maximum.at(width, owner, mean)
    return width
