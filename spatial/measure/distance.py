"""Geodesic shortest distance, pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np
import shapely

from spatial.measure.ellipsoid import (
    DIMENSION_OF_TYPE,
    SHORTEST_DEGREE_M,
    as_shapes,
    box_centre,
    from_plane,
    grown_bounds,
    metres_per_degree,
    outline,
    to_plane,
)
from spatial.measure.geodesic import GEOD, geodesic_m
from spatial.measure.segments import points_away_m, segments_of
from spatial.side_by_side import by_rows

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Shapes, ShapesLike

_STEP_DEG = 0.001  # a chord of this length leaves the drawn edge by < 0.3 mm
_CLIP_FROM = 256  # vertices from which clipping pays before the first search
_SAFE, _SAFE_M = 1.000001, 1e-6  # more than reckoning can lose


@overload
def distance_m(
    a: shapely.Geometry, b: shapely.Geometry, *, within_m: float | Floats = ...
) -> float: ...
@overload
def distance_m(
    a: ShapesLike, b: ShapesLike, *, within_m: float | Floats = ...
) -> Floats: ...
def distance_m(
    a: shapely.Geometry | ShapesLike,
    b: shapely.Geometry | ShapesLike,
    *,
    within_m: float | Floats = np.inf,
) -> float | Floats:
    """Return the geodesic shortest distance of `a` to `b`, pair by pair, in metres.

    Parameters
    ----------
    a, b
        Two arrays of the same length (or two geometries) in EPSG:4490: points, lines
        or polygons, single or multi. `a` is best the smaller of the two.
    within_m
        Greater distances need not be found: above it the answer may be too large, or
        inf. Saves the search for pairs that are far apart. One for all pairs or one
        for each.

    Returns
    -------
    float or ndarray
        0 where they intersect (touching included); inf where one is empty. The
        length of a geodesic between a point of `a` and one of `b` (to 0.3 mm);
        the error is measured in ``docs/accuracy.md``.

    Raises
    ------
    GeometryError
        A geometry is a collection or None.

    Notes
    -----
    A first search in the plane of the middle latitude bounds the distance. What lies
    within that bound is clipped out, densified and searched again in geodesic polar
    coordinates about the first answer: one plane with one scale would take the wrong
    one of two candidates that lie to the north-east and the south-east.
    """
    kinds = tuple(DIMENSION_OF_TYPE)
    first, single = as_shapes(a, kinds, needed_for="a distance")
    second, _ = as_shapes(b, kinds, needed_for="a distance")
    result = np.zeros(len(first))
    empty = shapely.is_empty(first) | shapely.is_empty(second)
    result[empty] = np.inf
    apart = np.flatnonzero(~empty & ~shapely.intersects(second, first))
    if len(apart):
        a_lines, b_lines = outline(first[apart]), outline(second[apart])
        limit_m = np.broadcast_to(np.asarray(within_m, dtype=float), len(first))
        result[apart] = _apart_m(a_lines, b_lines, limit_m[apart])
    return float(result[0]) if single else result


def _apart_m(a: Shapes, b: Shapes, within_m: Floats) -> Floats:
    """Return the distance of points and lines that do not meet."""
    result = np.full(len(a), np.inf)
    known = np.zeros(len(a), dtype=bool)
    single = np.flatnonzero(shapely.get_type_id(a) == shapely.GeometryType.POINT)
    if len(single):
        point = shapely.get_coordinates(a[single]).T
        result[single], known[single] = points_away_m(point, segments_of(b[single]))
    rest = np.flatnonzero(~known)
    if len(rest):
        result[rest] = _lines_apart_m(a[rest], b[rest], within_m[rest])
    return result


def _lines_apart_m(a: Shapes, b: Shapes, within_m: Floats) -> Floats:
    """Return the distance of lines, or of points far away, that do not meet."""
    big = np.flatnonzero(shapely.get_num_coordinates(b) > _CLIP_FROM)
    bound_m = within_m[big].copy()
    free = np.flatnonzero(~np.isfinite(bound_m))
    bound_m[free] = reach_m(a[big[free]], b[big[free]])
    close = b.copy()
    close[big] = near(b[big], a[big], bound_m)
    result = np.full(len(a), np.inf)
    found = np.flatnonzero(~shapely.is_empty(close))
    if len(found):
        a, close = a[found], close[found]
        shapely.bounds(close)  # a collection settles its box when first asked: now
        shapely.bounds(a)
        result[found] = by_rows(lambda at: _search_m(a[at], close[at]), len(found))
    return result


def _search_m(a: Shapes, b: Shapes) -> Floats:
    """Return the distance by two searches: middle latitude, then geodesic plane."""
    centre = (box_centre(a) + box_centre(b)) / 2
    start, end = _ends(to_plane(a, centre), to_plane(b, centre))
    start, end = from_plane(start, centre), from_plane(end, centre)
    bound_m = geodesic_m(start, end)

    close_a, close_b = near(a, b, bound_m), near(b, a, bound_m)
    # A line without length leaves nothing when clipped; the bound is then exact.
    left = np.flatnonzero(~(shapely.is_empty(close_a) | shapely.is_empty(close_b)))
    start = start[left]
    foot, head = _ends(
        to_polar(shapely.segmentize(close_a[left], _STEP_DEG), start),
        to_polar(shapely.segmentize(close_b[left], _STEP_DEG), start),
    )
    found_m = geodesic_m(from_polar(foot, start), from_polar(head, start))
    # The bound is the length between two real points: never answer more.
    bound_m[left] = np.minimum(bound_m[left], found_m)
    return bound_m


def least_m(a: Floats, b: Floats, reach_m: Floats | float) -> Floats:
    """Return a length that whatever lies in two boxes is never nearer than, in metres.

    Parameters
    ----------
    a, b
        (n, 4) boxes, pair by pair: min_lon, min_lat, max_lon, max_lat, degrees.
    reach_m
        How far is looked: the answer may be trusted up to here. What is said to be
        farther apart than any length up to `reach_m` is farther apart.

    Notes
    -----
    A path shorter than `reach_m` stays below the latitude of the boxes plus
    `reach_m`. There a degree of longitude is nowhere shorter than at that latitude, a
    degree of latitude nowhere shorter than at the equator. What is reckoned with both
    is shorter than every such path.
    """
    apart = np.maximum(b[:, :2] - a[:, 2:], a[:, :2] - b[:, 2:]).clip(0.0)
    up = np.multiply(reach_m, _SAFE) / SHORTEST_DEGREE_M
    latitude = np.maximum(
        np.abs(a[:, 1::2]).max(axis=1), np.abs(b[:, 1::2]).max(axis=1)
    )
    across = metres_per_degree(np.minimum(latitude + up, 89.9))[:, 0]
    straight = np.hypot(apart[:, 0] * across, apart[:, 1] * SHORTEST_DEGREE_M)
    return np.asarray((straight / _SAFE - _SAFE_M).clip(0.0))


def most_m(start: Floats, end: Floats) -> Floats:
    """Return a length that points (n, 2) are never farther apart than, in metres.

    That of the line straight in longitude and latitude, each degree of longitude as
    long as where the line is nearest to the equator, each of latitude as long as
    where it is farthest from it.
    """
    low, high = np.sort(np.column_stack([start[:, 1], end[:, 1]]), axis=1).T
    nearest = np.where(low * high > 0, np.minimum(np.abs(low), np.abs(high)), 0.0)
    farthest = np.maximum(np.abs(low), np.abs(high))
    across, up = metres_per_degree(nearest)[:, 0], metres_per_degree(farthest)[:, 1]
    x, y = np.abs(end - start).T
    return np.asarray(np.hypot(x * across, y * up) * _SAFE + _SAFE_M)


def _ends(a: Shapes, b: Shapes) -> tuple[Floats, Floats]:
    """Return the ends of the shortest line from `a` to `b`, (n, 2) each."""
    xy = shapely.get_coordinates(shapely.shortest_line(a, b)).reshape(-1, 2, 2)
    return xy[:, 0], xy[:, 1]


def reach_m(a: Shapes, b: Shapes) -> Floats:
    """Return a bound on the distance: from the first vertex of `a` to `b`, metres."""
    vertex = np.asarray(shapely.points(first_vertex(a)), dtype=object)
    return geodesic_m(*_ends(vertex, b))


def first_vertex(shapes: Shapes) -> Floats:
    """Return the first vertex of each shape, (n, 2) degrees; none may be empty."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    return np.asarray(xy[np.searchsorted(owner, np.arange(len(shapes)))])


def near(shapes: Shapes, other: Shapes, reach: Floats) -> Shapes:
    """Return what of points and lines may lie within `reach` metres of `other`."""
    box = grown_bounds(shapely.bounds(other), reach * 1.001 + 1.0)
    return np.asarray(shapely.intersection(shapes, shapely.box(*box.T)), dtype=object)


def to_polar(shapes: Shapes, centre: Floats) -> Shapes:
    """Return shapes in metres, each vertex at its true azimuth and distance."""
    owner = np.repeat(np.arange(len(shapes)), shapely.get_num_coordinates(shapes))

    def move(xy: Floats) -> Floats:
        azimuth, _, metres = GEOD.inv(*centre[owner].T, *xy.T)
        angle = np.radians(azimuth)
        return np.column_stack([metres * np.sin(angle), metres * np.cos(angle)])

    return np.asarray(shapely.transform(shapes, move, include_z=False), dtype=object)


def from_polar(xy: Floats, centre: Floats) -> Floats:
    """Return points (n, 2) of the plane of `to_polar` in degrees."""
    azimuth = np.degrees(np.arctan2(xy[:, 0], xy[:, 1]))
    metres = np.hypot(xy[:, 0], xy[:, 1])
    lon, lat, _ = GEOD.fwd(centre[:, 0], centre[:, 1], azimuth, metres)
    return np.column_stack([lon, lat])
