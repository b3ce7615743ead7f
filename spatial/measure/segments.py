"""Edges one by one: how far points are from them, many pairs at a time.

Building a geometry for every point and every clipped line costs more than the search
itself. Here the edges of all pairs lie in one table, ordered by pair; what cannot
matter is dropped by a bound, the rest is searched without a loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import shapely

from spatial.measure.ellipsoid import (
    MAJOR_M,
    MINOR_M,
    metres_per_degree,
)
from spatial.measure.geodesic import geodesic_m

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

_TABLE = 1 << 15
"""Point-edge combinations that are searched at a time: they stay in the cache."""

_BENT = 0.02
"""Up to this change of scale over the search, one plane tells which edges count."""

_STEPS = 4
_STEEPEST = 85.0  # degrees; nearer to a pole the plane is not trusted
_LEAST = np.finfo(float).tiny
_SAFE, _SAFE_M = 1.000001, 1e-6  # more than reckoning can lose


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Straight edges, ordered by owner.

    Attributes
    ----------
    start, end
        (2, n): x and y; the same where the edge is a point.
    owner
        (n,) position of the shape that each belongs to, ascending.
    """

    start: Floats
    end: Floats
    owner: Integers

    def __getitem__(self, rows: np.ndarray) -> Segments:
        """Return some of the edges."""
        # Not start[:, rows]: that is laid out by point, which every later pass pays.
        return Segments(
            self.start.take(rows, axis=1),
            self.end.take(rows, axis=1),
            self.owner[rows],
        )

    def moved(self, centre: Floats, scale: Floats) -> Segments:
        """Return the edges less the centre, times the scale, of their owner each."""
        many = np.bincount(self.owner, minlength=len(centre))
        away, by = np.repeat(centre.T, many, axis=1), np.repeat(scale.T, many, axis=1)
        return Segments((self.start - away) * by, (self.end - away) * by, self.owner)


def segments_of(shapes: Shapes) -> Segments:
    """Return the edges of lines; a point, single or in a multi-point, is an edge."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    at = np.ascontiguousarray(xy.T)
    follows = np.flatnonzero(part[1:] == part[:-1])
    alone = np.flatnonzero(np.bincount(part, minlength=len(parts))[part] == 1)
    first, last = follows, follows + 1
    if len(alone):
        first, last = np.append(first, alone), np.append(last, alone)
        order = np.argsort(first, kind="stable")
        first, last = first[order], last[order]
    owner = of[part[first]].astype(np.int64)
    return Segments(at.take(first, axis=1), at.take(last, axis=1), owner)


def feet(point: Floats, edges: Segments) -> Floats:
    """Return where on each edge, 0 to 1, the nearest place to a point lies.

    `point` is (2, n), one for each edge, or (2, 1).
    """
    along = edges.end - edges.start
    square = along[0] * along[0] + along[1] * along[1]
    to = point - edges.start
    part = (to[0] * along[0] + to[1] * along[1]) / np.maximum(square, _LEAST)
    return np.asarray(np.clip(part, 0.0, 1.0))


def from_origin(edges: Segments) -> Floats:
    """Return how far each edge is from 0, 0, in its own units."""
    along = feet(np.zeros((2, 1)), edges)
    foot = edges.start + along * (edges.end - edges.start)
    return np.asarray(np.hypot(foot[0], foot[1]))


def least_per(value: Floats, owner: Integers, count: int) -> Floats:
    """Return the least value of each owner, ascending; inf where it has none."""
    least = np.full(count, np.inf)
    if len(value):
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        least[owner[first]] = np.minimum.reduceat(value, first)
    return least


class AwayInPlane(Protocol):
    """`away_in_plane`, or what does the same to the bit in less time."""

    def __call__(
        self, xy: Floats, owner: Integers, edges: Segments, *, ends: bool = False
    ) -> Floats:
        """Return how far each point is from the nearest edge of its owner."""


def away_in_plane(
    xy: Floats, owner: Integers, edges: Segments, *, ends: bool = False
) -> Floats:
    """Return how far each point is from the nearest edge of its owner, in a plane.

    Parameters
    ----------
    xy
        (2, n) points.
    owner
        (n,) which edges of `edges` count for each, by their owner; each has some.
    edges
        In the same plane as the points.
    ends
        Whether many of the points are ends of edges: these are told first, as 0.
    """
    if ends:
        off = np.flatnonzero(~at_ends_of(edges, xy, owner))
        away = np.zeros(len(owner))
        away[off] = away_in_plane(xy.take(off, axis=1), owner[off], edges)
        return away
    many = np.bincount(edges.owner, minlength=int(owner.max(initial=-1)) + 1)
    first = np.cumsum(many) - many
    wanted = many[owner]
    done = np.cumsum(wanted)
    cuts = np.flatnonzero(np.diff(done // _TABLE)) + 1
    away = np.empty(len(owner))
    for rows in np.split(np.arange(len(owner)), cuts):
        count = wanted[rows]
        begin = np.cumsum(count) - count
        pick = np.arange(count.sum()) + np.repeat(first[owner[rows]] - begin, count)
        point = xy.take(np.repeat(rows, count), axis=1)
        start = edges.start.take(pick, axis=1)
        near = Segments(start, edges.end.take(pick, axis=1), pick)
        part = feet(point, near)
        foot = start + part * (near.end - start) - point
        square = foot[0] * foot[0] + foot[1] * foot[1]
        if len(rows):
            away[rows] = np.sqrt(np.minimum.reduceat(square, begin))
    return away


def at_ends_of(edges: Segments, xy: Floats, owner: Integers) -> np.ndarray:
    """Return which points (2, n) are, to the bit, an end of an edge of their owner.

    Of several ends that share a key only one is compared: a point may be missed (it
    then has to be searched), none is taken for what it is not.
    """
    keys = _keys(edges.start, edges.owner)
    keys = np.append(keys, _keys(edges.end, edges.owner))
    order = np.argsort(keys, kind="stable")
    at = np.searchsorted(keys[order], _keys(xy, owner))
    end = order[np.minimum(at, len(order) - 1)]
    ends = np.hstack([edges.start, edges.end]).take(end, axis=1)
    whose = np.append(edges.owner, edges.owner)[end]
    return np.asarray((ends == xy).all(axis=0) & (whose == owner))


def _keys(xy: Floats, owner: Integers) -> Floats:
    """Return a number for each point of an owner: the same for the same."""
    return np.asarray(xy[0] * 0.754877 + xy[1] * 0.569840 + owner * 1e6)


# -- on the ellipsoid ----------------------------------------------------------


def points_away_m(point: Floats, edges: Segments) -> tuple[Floats, np.ndarray]:
    """Return the geodesic distance of each point to the nearest of its edges.

    Parameters
    ----------
    point
        (2, n) degrees.
    edges
        In degrees; `owner` is the position of the point. Each point has some.

    Returns
    -------
    away_m
        Metres; to less than 0.01 mm where it is known.
    known
        Whether it is: not where the way is so long, or so near to a pole, that one
        plane cannot tell which edges count (at 40 degrees from 97 km on).

    Notes
    -----
    In the plane of the point's latitude edges are straight and every distance is
    wrong by no more than the scales change over the latitudes that can be reached:
    edges farther than the nearest by more than that cannot be the nearest. On each of
    the rest the foot is found with the scale of the middle latitude, in a few steps
    of Newton's method, and its distance is that of the geodesic.
    """
    count = point.shape[1]
    scale = metres_per_degree(point[1])
    planar_m = from_origin(edges.moved(point.T, scale))
    least = least_per(planar_m, edges.owner, count)
    wrong = bent(point[1], least)
    known = np.isfinite(wrong)
    most = np.full(count, -np.inf)
    most[known] = least[known] * (1 + wrong[known]) ** 2 * _SAFE + _SAFE_M
    some = edges[np.flatnonzero(planar_m <= most[edges.owner])]
    away = np.full(count, np.inf)
    if len(some.owner):
        here = point.take(some.owner, axis=1)
        foot = _foot(here, some)
        away = least_per(geodesic_m(here.T, foot.T), some.owner, count)
    return away, known


def foot_m(point: Floats, edges: Segments) -> Floats:
    """Return how far points (n, 2) are from an edge each, in metres.

    It is the geodesic to a place on the edge: never less than the distance.
    """
    return geodesic_m(point, _foot(point.T, edges).T)


def lines_of(edges: Segments, owners: Integers) -> Shapes:
    """Return the edges of some owners, each owner's as one geometry of lines."""
    rows = np.flatnonzero(np.isin(edges.owner, owners))
    some = edges[rows]
    ends = np.stack([some.start.T, some.end.T], axis=1)
    back = np.searchsorted(owners, some.owner)
    found = np.full(len(owners), shapely.MultiLineString(), dtype=object)
    if len(rows):
        used, rank = np.unique(back, return_inverse=True)
        lines = np.asarray(shapely.linestrings(ends), dtype=object)
        found[used] = shapely.multilinestrings(lines, indices=rank)
    return found


def bent(latitude: Floats, least: Floats) -> Floats:
    """Return by what part a distance in the plane of a latitude is wrong, at most.

    Of ways that can be as short as `least` is in truth: they stay within a band of
    latitude. Infinite where it is more than a fiftieth.
    """
    # No way is longer by more than a half while the band is as narrow as asked.
    band = np.degrees(1.5 * least / MINOR_M * (MAJOR_M / MINOR_M) ** 2)
    safe = np.isfinite(band) & (np.abs(latitude) + band < _STEEPEST)
    middle, band = np.where(safe, latitude, 0.0), np.where(safe, band, 0.0)
    own = metres_per_degree(middle)
    # The scales have their extremes at the band's ends, or at the equator within it.
    ends = (middle - band, middle + band, np.clip(0.0, middle - band, middle + band))
    ratio = np.stack([metres_per_degree(one) / own for one in ends])
    most = np.maximum(ratio, 1 / ratio).max(axis=(0, 2)) - 1
    return np.asarray(np.where(safe & (most <= _BENT), most, np.inf))


def _foot(point: Floats, edges: Segments) -> Floats:
    """Return the place (2, n) on each edge that is nearest to its point, degrees."""
    along = edges.end - edges.start
    scale = metres_per_degree(point[1]).T
    part = feet(np.zeros((2, 1)), _about(point, edges, scale))
    for _ in range(_STEPS):
        off = edges.start + part * along - point
        middle = point[1] + off[1] / 2
        scale = metres_per_degree(middle).T
        to = off * scale
        # A degree of longitude shortens to the pole by the meridian's own radius.
        turn = np.radians(scale[1]) * np.sin(np.radians(middle)) / 2
        east = along[0] * scale[0] - off[0] * turn * along[1]
        north = along[1] * scale[1]
        square = np.maximum(east * east + north * north, _LEAST)
        part = np.clip(part - (to[0] * east + to[1] * north) / square, 0.0, 1.0)
    return np.asarray(edges.start + part * along)


def _about(point: Floats, edges: Segments, scale: Floats) -> Segments:
    """Return edges in metres about a point each."""
    return Segments(
        (edges.start - point) * scale, (edges.end - point) * scale, edges.owner
    )
