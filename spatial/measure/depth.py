"""How deep an overlap reaches into a zone, and how thick it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure.distance import distance_m
from spatial.measure.ellipsoid import (
    DIMENSION_OF_TYPE,
    POLYGONS,
    as_shapes,
    box_centre,
    from_plane,
    metres_per_degree,
    outline,
    to_plane,
)
from spatial.measure.segments import (
    away_in_plane,
    bent,
    from_origin,
    least_per,
    lines_of,
    points_away_m,
    segments_of,
)

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers, Shapes, ShapesLike
    from spatial.measure.segments import AwayInPlane, Segments

_LONGEST_DEGREE_M = 111_700.0
_TRIED = 16
_FINE = 100  # parts of the width to which an inscribed circle is found
_TINY_M = 1e-9
_CLOSE_M = 0.001
_MORE = 1.000001  # than reckoning can lose, of a length and (less 1) in metres


def depth_m(overlap: ShapesLike, zone: ShapesLike) -> Floats:
    """Return how deep overlaps reach into their zones, in metres: a lower bound.

    The depth of a point is its geodesic distance to the zone's boundary. Tried are
    the points of `deepest_points`; the deepest of them counts, so no overlap is said
    to be deeper than it is.

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
    edges = segments_of(outline(whole[rows]))
    result[rows] = deepest_m(inner[rows], edges)
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
        sixteenth of the shape's width is tried) or, where a circle in the shape could
        be larger than these are deep, the middle of the largest inscribed circle (to
        a hundredth of the width). The first of equals.
    """
    if not len(shapes):
        return np.zeros(0, dtype=object)
    point, _ = _deepest(shapes, segments_of(edges))
    return np.asarray(shapely.points(point), dtype=object)


def deepest_m(
    shapes: Shapes, edges: Segments, *, search: AwayInPlane = away_in_plane
) -> Floats:
    """Return how far the point of `deepest_points` is from the edges, in metres.

    It is what `distance_m` says of that point, found with less: edges that are
    nearest to no point of the shape are dropped once for both.

    Parameters
    ----------
    shapes
        As for `deepest_points`.
    edges
        Of lines, in degrees; `owner` is the position of the shape.
    search
        Finds the nearest edges.
    """
    if not len(shapes):
        return np.zeros(0)
    point, facing = _deepest(shapes, edges, search)
    away, known = points_away_m(point.T, facing)
    points = np.asarray(shapely.points(point), dtype=object)
    # What touches is reckoned to be less away than this.
    close = np.flatnonzero(known & (away < _CLOSE_M))
    touch = shapely.intersects(lines_of(facing, close), points[close])
    away[close[touch]] = 0.0
    far = np.flatnonzero(~known)
    away[far] = distance_m(points[far], lines_of(edges, far))
    return away


def _deepest(
    shapes: Shapes, edges: Segments, search: AwayInPlane = away_in_plane
) -> tuple[Floats, Segments]:
    """Return the deepest points, (n, 2) degrees, and the edges that can be nearest."""
    centre = box_centre(shapes)
    scale = metres_per_degree(centre[:, 1])
    of = segments_of(outline(shapes)).moved(centre, scale)
    planar = edges.moved(centre, scale)
    rows = _facing(planar, of, centre[:, 1])
    facing = planar[rows]
    best = _deepest_along(of, facing, across_m(shapes) / _TRIED, search)
    best = _with_circles(best, to_plane(shapes, centre), facing, search)
    return from_plane(best.xy.T, centre), edges[rows]


@dataclass(frozen=True, slots=True, eq=False)
class _Best:
    """The deepest point of each shape so far: (2, n) in its plane, and how deep."""

    xy: Floats
    away: Floats


def _facing(edges: Segments, of: Segments, latitude: Floats) -> Integers:
    """Return which edges can be nearest to some point of the shape that they face.

    None is that is farther from the shape's middle than the nearest is by more than
    twice as far as the shape reaches from there; on the ellipsoid by a little more,
    as the scale of the plane is that of one latitude.
    """
    far = np.maximum(np.hypot(*of.start), np.hypot(*of.end))
    reach = -least_per(-far, of.owner, len(latitude))
    away = from_origin(edges)
    bound = least_per(away, edges.owner, len(latitude)) + 2 * reach
    wrong = bent(latitude, bound)
    told = np.isfinite(wrong)  # elsewhere all edges stay
    bound[told] = bound[told] * (1 + wrong[told]) ** 2 * _MORE + _MORE - 1
    bound[~told] = np.inf
    return np.flatnonzero(away <= bound[edges.owner])


def _deepest_along(
    of: Segments, facing: Segments, step_m: Floats, search: AwayInPlane
) -> _Best:
    """Return the deepest of the vertices and of points along the edges."""
    # Much of an overlap is its zone's own edge.
    at_start = search(of.start, of.owner, facing, ends=True)
    at_end = _at_ends(of, at_start, facing, search)
    best = -least_per(-np.maximum(at_start, at_end), of.owner, len(step_m))
    between, edge = _between(of, at_start, at_end, best=best, step_m=step_m)
    deep = search(between, of.owner[edge], facing)
    xy = np.hstack([of.start, of.end, between])
    owner = np.concatenate([of.owner, of.owner, of.owner[edge]])
    return _first_deepest(xy, owner, np.concatenate([at_start, at_end, deep]))


def _at_ends(
    of: Segments, at_start: Floats, facing: Segments, search: AwayInPlane
) -> Floats:
    """Return how far the ends of edges are away: mostly the next edge's start."""
    same = (of.start[:, 1:] == of.end[:, :-1]).all(axis=0)
    follows = np.append(same & (of.owner[1:] == of.owner[:-1]), False)
    at_end = np.append(at_start[1:], 0.0)
    rest = np.flatnonzero(~follows)
    ends = of.end.take(rest, axis=1)
    at_end[rest] = search(ends, of.owner[rest], facing, ends=True)
    return at_end


def _between(
    of: Segments, at_start: Floats, at_end: Floats, *, best: Floats, step_m: Floats
) -> tuple[Floats, Integers]:
    """Return points along those edges that may be deeper than `best`, and of which."""
    long = np.hypot(*(of.end - of.start))
    # No point of an edge is deeper than its ends by more than the way there.
    wins = (at_start + at_end + long) / 2 > best[of.owner]
    pieces = np.ceil(long / np.maximum(step_m, _TINY_M)[of.owner]).astype(np.int64)
    some = np.flatnonzero(wins & (pieces > 1))
    many = pieces[some] - 1
    edge = np.repeat(some, many)
    rank = np.arange(len(edge)) - np.repeat(np.cumsum(many) - many, many) + 1
    start, end = of.start.take(edge, axis=1), of.end.take(edge, axis=1)
    return start + rank / pieces[edge] * (end - start), edge


def _with_circles(
    best: _Best, planar: Shapes, facing: Segments, search: AwayInPlane
) -> _Best:
    """Return the deeper of what was found and of the middles of inscribed circles."""
    area = shapely.area(planar)
    # No circle in a shape is larger than the shape, nor wider than its box.
    round_ = np.sqrt(area / np.pi)
    narrow = (shapely.bounds(planar)[:, 2:] - shapely.bounds(planar)[:, :2]).min(axis=1)
    rows = np.flatnonzero((area > 0) & (np.minimum(round_, narrow / 2) > best.away))
    if not len(rows):
        return best
    circle = shapely.maximum_inscribed_circle(
        planar[rows], tolerance=narrow[rows] / _FINE
    )
    middle = shapely.get_coordinates(circle)[::2].T
    away = search(middle, rows, facing)
    wins = away > best.away[rows]
    xy, deep = best.xy.copy(), best.away.copy()
    xy[:, rows[wins]], deep[rows[wins]] = middle[:, wins], away[wins]
    return _Best(xy, deep)


def _first_deepest(xy: Floats, owner: Integers, away: Floats) -> _Best:
    """Return the deepest point of each owner, the first of equals."""
    order = np.argsort(owner, kind="stable")
    begin = np.flatnonzero(np.diff(owner[order], prepend=-1))
    most = np.maximum.reduceat(away[order], begin)
    is_most = np.flatnonzero(
        away[order] == np.repeat(most, np.diff(begin, append=len(order)))
    )
    deepest = order[is_most[np.searchsorted(is_most, begin)]]
    return _Best(xy[:, deepest], away[deepest])


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
