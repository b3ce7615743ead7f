"""From projected metres to EPSG:4490 without moving an edge by more than 1 mm.

A straight edge in a projection is a curve in longitude/latitude. Transforming the
corners alone replaces the curve by its chord: two plots that share an edge but not
its vertices then overlap by square metres. So points are put on the edge first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from layers.datum import Steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.datum import Placer

TOLERANCE_M = 0.001
"""No edge moves by more than this, on the ground."""
AIM_M = 0.0001
"""What the grid aims at: where one neighbour has a vertex that the other has not, the
outlines differ by this within one grid cell of some 64 m: a few thousandths of a m2."""
PROBE_M = 1000.0
LONGEST_M = 65_536.0
STRAIGHT_M = 20.0
"""Edges below this are straight enough in any projection used within its area: the
curvature would have to exceed 1e-5 per metre, 60 times the Earth's."""
MAX_ROUNDS = 12
METRES_PER_DEGREE = 111_320.0
POINT_TYPES = (0, 4)


class Edges(NamedTuple):
    """Many edges, each from its lower to its higher end along its longer axis."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    axis: NDArray[np.int64]


def to_degrees(
    geometry: NDArray[np.object_], transformer: Placer
) -> NDArray[np.object_]:
    """Return geometries in longitude/latitude, densified on the way.

    Parameters
    ----------
    geometry
        Points, lines, polygons and their multi-parts, without None, empty or
        non-finite members, in projected units.
    transformer
        To degrees, x = longitude.

    Returns
    -------
    ndarray of object
        Same order and types, 2D; infinite where PROJ cannot place a vertex. The
        points put on an edge do not depend on its direction: two outlines that share
        an edge stay bitwise equal there.
    """
    result = np.empty(len(geometry), dtype=object)
    types = shapely.get_type_id(geometry)
    for kind in np.unique(types):
        chosen = np.flatnonzero(types == kind)
        result[chosen] = _convert(geometry[chosen], transformer)
    return result


def _convert(geometry: NDArray[np.object_], transformer: Placer) -> NDArray[np.object_]:
    """Convert geometries of one type, on their ragged arrays."""
    kind, xy, offsets = shapely.to_ragged_array(geometry, include_z=False)
    if int(shapely.get_type_id(geometry[0])) not in POINT_TYPES:
        xy, inner = densified(xy, offsets[0], transformer)
        parts: Any = (inner, *offsets[1:])
    else:
        parts = offsets or None
    lonlat = _degrees(xy, transformer)
    # Not NaN, which differs from itself: a ring must stay closed to be built at all.
    lonlat[np.isnan(lonlat)] = np.inf
    built: NDArray[np.object_] = np.asarray(
        shapely.from_ragged_array(kind, lonlat, parts), dtype=object
    )
    return built


def densified(
    xy: NDArray[np.float64],
    offsets: NDArray[np.integer[Any]],
    transformer: Placer,
) -> tuple[NDArray[np.float64], NDArray[np.integer[Any]]]:
    """Put points on the edges of many lines at once.

    An edge is cut where it crosses the lines of a grid (multiples of a power of two,
    in metres, along its longer axis). The cuts of a border are then the same for both
    neighbours, also where one of them has a vertex that the other has not.

    Parameters
    ----------
    xy
        Vertices of all lines, (n, 2), projected.
    offsets
        Start of each line in `xy`, and the end of the last.

    Returns
    -------
    tuple
        New vertices and offsets; the old vertices are among the new ones.
    """
    is_edge = np.ones(len(xy), dtype=bool)
    is_edge[np.asarray(offsets[1:]) - 1] = False
    starts = np.flatnonzero(is_edge)
    long = np.hypot(*(xy[starts + 1] - xy[starts]).T) > STRAIGHT_M
    starts = starts[long]
    edges, turned = _canonical(xy[starts], xy[starts + 1])
    owner, points = _cuts(edges, _verified_steps(edges, transformer))
    made = np.bincount(owner, minlength=len(starts))
    # Cuts are listed in the canonical direction; an edge that runs against it
    # takes them from the far end.
    position = np.arange(len(owner)) - (np.cumsum(made) - made)[owner]
    position = np.where(turned[owner], made[owner] - 1 - position, position)
    count = np.ones(len(xy), dtype=np.int64)
    count[starts] += made
    first = np.concatenate([[0], np.cumsum(count)])
    result = np.empty((int(first[-1]), 2))
    result[first[:-1]] = xy
    result[first[starts][owner] + 1 + position] = points
    return result, first[np.asarray(offsets)]


def _canonical(
    start: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[Edges, NDArray[np.bool_]]:
    """Order the ends of each edge along its longer axis, the same for both sides."""
    run = end - start
    axis = (np.abs(run[:, 1]) > np.abs(run[:, 0])).astype(np.int64)
    turned = run[np.arange(len(run)), axis] < 0
    swap = turned[:, None]
    low, high = np.where(swap, end, start), np.where(swap, start, end)
    return Edges(low, high, axis), turned


def _cuts(
    edges: Edges, step: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the edge and the place of every crossing of a grid line, in order."""
    rows = np.arange(len(step))
    low, high = edges.low[rows, edges.axis], edges.high[rows, edges.axis]
    first = np.floor(low / step) + 1
    number = np.maximum(np.ceil(high / step) - first, 0).astype(np.int64)
    owner = np.repeat(rows, number)
    nth = np.arange(len(owner)) - (np.cumsum(number) - number)[owner]
    at = (first[owner] + nth) * step[owner]
    share = (at - low[owner]) / (high - low)[owner]
    points = edges.low[owner] + (edges.high - edges.low)[owner] * share[:, None]
    points[np.arange(len(owner)), edges.axis[owner]] = at
    return owner, points


def _verified_steps(edges: Edges, transformer: Placer) -> NDArray[np.float64]:
    """Return the grid step of each edge: from its curvature, then verified.

    A wavy conversion brings its own step, from its greatest curvature.
    """
    if isinstance(transformer, Steps) and transformer.grid_m is not None:
        return np.full(len(edges.low), transformer.grid_m)
    step = _steps(edges, transformer)
    open_edges = np.arange(len(step))
    for _ in range(MAX_ROUNDS):
        if not len(open_edges):
            break
        part = Edges(
            edges.low[open_edges], edges.high[open_edges], edges.axis[open_edges]
        )
        worst = _worst(part, step[open_edges], transformer)
        open_edges = open_edges[worst > TOLERANCE_M]
        step[open_edges] /= 2
    return step


def _steps(edges: Edges, transformer: Placer) -> NDArray[np.float64]:
    """Return the power of two that keeps a piece within `AIM_M` of its chord.

    It comes from the curvature at the middle, not from the edge's length, so that
    neighbours with edges of different length on one border get the same grid.
    """
    middle = (edges.low + edges.high) / 2
    run = edges.high - edges.low
    reach = run / np.hypot(*run.T)[:, None] * PROBE_M / 2
    bend = _offset_m(
        _degrees(middle, transformer),
        _degrees(middle - reach, transformer),
        _degrees(middle + reach, transformer),
    )
    with np.errstate(divide="ignore"):
        exact = PROBE_M * np.sqrt(AIM_M / bend)
    exact = np.clip(exact, 1.0, LONGEST_M)
    steps: NDArray[np.float64] = np.exp2(np.floor(np.log2(exact)))
    return steps


def _worst(
    edges: Edges, step: NDArray[np.float64], transformer: Placer
) -> NDArray[np.float64]:
    """Return, per edge, how far a piece lies from its chord at most, metres."""
    owner, points = _cuts(edges, step)
    rows = np.arange(len(step))
    chain = np.concatenate([edges.low, points, edges.high])
    edge = np.concatenate([rows, owner, rows])
    order = np.argsort(edge, kind="stable")
    chain, edge = chain[order], edge[order]
    inner = edge[1:] == edge[:-1]
    start, end, piece = chain[:-1][inner], chain[1:][inner], edge[:-1][inner]
    degrees = _degrees(chain, transformer)
    ends = degrees[:-1][inner], degrees[1:][inner]
    worst = np.zeros(len(step))
    # At the middle alone a long S-shaped piece could look straight.
    parts = (0.5,) if step.max(initial=0.0) <= PROBE_M else (0.25, 0.5, 0.75)
    for part in parts:
        off = _offset_m(_degrees(start + (end - start) * part, transformer), *ends)
        np.maximum.at(worst, piece, off)
    return worst


def _offset_m(
    point: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far points lie from chords, metres on a local plane."""
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.ones_like(point)
        scale[:, 0] = np.cos(np.radians(point[:, 1]))
        chord = (end - start) * scale * METRES_PER_DEGREE
        arm = (point - start) * scale * METRES_PER_DEGREE
        across = chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]
        off = np.abs(across) / np.hypot(*chord.T)
    # NaN: PROJ cannot place the edge. It is taken out later, not cut for ever.
    placed: NDArray[np.float64] = np.nan_to_num(off, nan=0.0)
    return placed


def _degrees(xy: NDArray[np.float64], transformer: Placer) -> NDArray[np.float64]:
    """Transform points; what PROJ cannot place becomes NaN, never infinity."""
    moved: tuple[Any, Any] = transformer.transform(xy[:, 0], xy[:, 1])
    lonlat = np.column_stack(moved)
    lonlat[~np.isfinite(lonlat).all(axis=1)] = np.nan
    return lonlat
