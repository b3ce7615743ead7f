"""Geodesic shortest distance, pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np
import shapely

from spatial.measure.ellipsoid import (
    DIMENSION_OF_TYPE,
    GEOD,
    as_shapes,
    box_centre,
    from_plane,
    geodesic_m,
    grown_bounds,
    outline,
    to_plane,
)

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Shapes, ShapesLike

_STEP_DEG = 0.001  # a chord of this length leaves the drawn edge by < 0.3 mm
_CLIP_FROM = 32  # vertices from which clipping pays before the first search


@overload
def distance_m(
    a: shapely.Geometry, b: shapely.Geometry, *, within_m: float = ...
) -> float: ...
@overload
def distance_m(a: ShapesLike, b: ShapesLike, *, within_m: float = ...) -> Floats: ...
def distance_m(
    a: shapely.Geometry | ShapesLike,
    b: shapely.Geometry | ShapesLike,
    *,
    within_m: float = np.inf,
) -> float | Floats:
    """Return the geodesic shortest distance of `a` to `b`, pair by pair, in metres.

    Parameters
    ----------
    a, b
        Two arrays of the same length (or two geometries) in EPSG:4490: points, lines
        or polygons, single or multi. `a` is best the smaller of the two.
    within_m
        Greater distances need not be found: above it the answer may be too large, or
        inf. Saves the search for pairs that are far apart.

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
        result[apart] = _apart_m(a_lines, b_lines, within_m)
    return float(result[0]) if single else result


def _apart_m(a: Shapes, b: Shapes, within_m: float) -> Floats:
    """Return the distance of points and lines that do not meet."""
    limited = np.isfinite(within_m)
    bound_m = np.full(len(a), within_m) if limited else reach_m(a, b)
    big = np.flatnonzero(shapely.get_num_coordinates(b) > _CLIP_FROM)
    close = b.copy()
    close[big] = near(b[big], a[big], bound_m[big])
    result = np.full(len(a), np.inf)
    found = np.flatnonzero(~shapely.is_empty(close))
    if len(found):
        result[found] = _search_m(a[found], close[found])
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
        _to_polar(shapely.segmentize(close_a[left], _STEP_DEG), start),
        _to_polar(shapely.segmentize(close_b[left], _STEP_DEG), start),
    )
    found_m = geodesic_m(_from_polar(foot, start), _from_polar(head, start))
    # The bound is the length between two real points: never answer more.
    bound_m[left] = np.minimum(bound_m[left], found_m)
    return bound_m


def _ends(a: Shapes, b: Shapes) -> tuple[Floats, Floats]:
    """Return the ends of the shortest line from `a` to `b`, (n, 2) each."""
    xy = shapely.get_coordinates(shapely.shortest_line(a, b)).reshape(-1, 2, 2)
    return xy[:, 0], xy[:, 1]


def reach_m(a: Shapes, b: Shapes) -> Floats:
    """Return a bound on the distance: from the first vertex of `a` to `b`, metres."""
    xy, owner = shapely.get_coordinates(a, return_index=True)
    first = np.searchsorted(owner, np.arange(len(a)))
    vertex = np.asarray(shapely.points(xy[first]), dtype=object)
    return geodesic_m(*_ends(vertex, b))


def near(shapes: Shapes, other: Shapes, reach: Floats) -> Shapes:
    """Return what of points and lines may lie within `reach` metres of `other`."""
    box = grown_bounds(shapely.bounds(other), reach * 1.001 + 1.0)
    return np.asarray(shapely.intersection(shapes, shapely.box(*box.T)), dtype=object)


def _to_polar(shapes: Shapes, centre: Floats) -> Shapes:
    """Return shapes in metres, each vertex at its true azimuth and distance."""
    owner = np.repeat(np.arange(len(shapes)), shapely.get_num_coordinates(shapes))

    def move(xy: Floats) -> Floats:
        azimuth, _, metres = GEOD.inv(*centre[owner].T, *xy.T)
        angle = np.radians(azimuth)
        return np.column_stack([metres * np.sin(angle), metres * np.cos(angle)])

    return np.asarray(shapely.transform(shapes, move, include_z=False), dtype=object)


def _from_polar(xy: Floats, centre: Floats) -> Floats:
    """Return points (n, 2) of the plane of `_to_polar` in degrees."""
    azimuth = np.degrees(np.arctan2(xy[:, 0], xy[:, 1]))
    metres = np.hypot(xy[:, 0], xy[:, 1])
    lon, lat, _ = GEOD.fwd(centre[:, 0], centre[:, 1], azimuth, metres)
    return np.column_stack([lon, lat])
