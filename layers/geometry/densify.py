"""From projected metres to EPSG:4490 without moving an edge by more than 1 mm.

A straight edge in a projection is a curve in longitude/latitude. Transforming the
corners alone replaces the curve by its chord: two plots that share an edge but not
its vertices then overlap by square metres. So points are put on the edge first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray

TOLERANCE_M = 0.001
"""No edge moves by more than this, on the ground."""
AIM_M = 0.0005
"""The first guess aims at half of it, so that a second round is rare."""
STRAIGHT_M = 20.0
"""Edges below this are straight enough in any projection used within its area: the
curvature would have to exceed 1e-5 per metre, 60 times the Earth's."""
MAX_ROUNDS = 12
MAX_FACTOR = 4096
METRES_PER_DEGREE = 111_320.0
POINT_TYPES = (0, 4)


def to_degrees(
    geometry: NDArray[np.object_], transformer: pyproj.Transformer
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
        Same order and types, 2D. The points put on an edge depend on the edge alone,
        not on its direction: two outlines that share an edge stay bitwise equal.
    """
    result = np.empty(len(geometry), dtype=object)
    types = shapely.get_type_id(geometry)
    for kind in np.unique(types):
        chosen = np.flatnonzero(types == kind)
        result[chosen] = _convert(geometry[chosen], transformer)
    return result


def _convert(
    geometry: NDArray[np.object_], transformer: pyproj.Transformer
) -> NDArray[np.object_]:
    """Convert geometries of one type, on their ragged arrays."""
    kind, xy, offsets = shapely.to_ragged_array(geometry, include_z=False)
    if int(shapely.get_type_id(geometry[0])) not in POINT_TYPES:
        xy, inner = densified(xy, offsets[0], transformer)
        parts: Any = (inner, *offsets[1:])
    else:
        parts = offsets or None
    built: NDArray[np.object_] = np.asarray(
        shapely.from_ragged_array(kind, _degrees(xy, transformer), parts), dtype=object
    )
    return built


def densified(
    xy: NDArray[np.float64],
    offsets: NDArray[np.integer[Any]],
    transformer: pyproj.Transformer,
) -> tuple[NDArray[np.float64], NDArray[np.integer[Any]]]:
    """Put points on the edges of many lines at once.

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
    if len(xy) < 2:  # noqa: PLR2004 - an edge has two ends
        return xy, offsets
    is_edge = np.ones(len(xy), dtype=bool)
    is_edge[np.asarray(offsets[1:]) - 1] = False
    starts = np.flatnonzero(is_edge)
    low, high, turned = _canonical(xy[starts], xy[starts + 1])
    count = np.ones(len(xy), dtype=np.int64)
    count[starts] = _pieces(low, high, transformer)
    owner = np.repeat(np.arange(len(xy)), count)
    first = np.concatenate([[0], np.cumsum(count)])
    step = np.arange(len(owner)) - first[owner]
    edge_of = np.zeros(len(xy), dtype=np.int64)
    edge_of[starts] = np.arange(len(starts))
    made = step > 0
    edge, along, parts = edge_of[owner[made]], step[made], count[owner[made]]
    along = np.where(turned[edge], parts - along, along)
    points = xy[owner].copy()
    points[made] = low[edge] + (high - low)[edge] * (along / parts)[:, None]
    return points, first[np.asarray(offsets)]


def _canonical(
    start: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Order the ends of each edge, so that both neighbours cut it alike."""
    turned = (start[:, 0] > end[:, 0]) | (
        (start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1])
    )
    swap = turned[:, None]
    return np.where(swap, end, start), np.where(swap, start, end), turned


def _pieces(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    transformer: pyproj.Transformer,
) -> NDArray[np.integer[Any]]:
    """Return into how many pieces each edge must be cut, measured and verified."""
    pieces = np.ones(len(low), dtype=np.int64)
    open_edges = np.flatnonzero(np.hypot(*(high - low).T) > STRAIGHT_M)
    for _ in range(MAX_ROUNDS):
        if not len(open_edges):
            break
        worst = _worst(
            low[open_edges], (high - low)[open_edges], pieces[open_edges], transformer
        )
        # NaN (an edge that PROJ cannot place) compares false: quarantined later.
        over = worst > TOLERANCE_M
        open_edges = open_edges[over]
        # The deviation falls with the square of the piece's length.
        factor = np.clip(np.ceil(np.sqrt(worst[over] / AIM_M)), 2, MAX_FACTOR)
        pieces[open_edges] *= factor.astype(np.int64)
    return pieces


def _worst(
    low: NDArray[np.float64],
    run: NDArray[np.float64],
    parts: NDArray[np.integer[Any]],
    transformer: pyproj.Transformer,
) -> NDArray[np.float64]:
    """Return, per edge, how far a piece lies from its chord at most, metres."""
    owner = np.repeat(np.arange(len(low)), parts)
    begin = np.arange(len(owner)) - np.repeat(np.cumsum(parts) - parts, parts)
    origin, reach = low[owner], (run / parts[:, None])[owner]

    def at(fraction: float) -> NDArray[np.float64]:
        return _degrees(origin + reach * (begin + fraction)[:, None], transformer)

    start, end = at(0.0), at(1.0)
    # Three probes: at the middle alone an S-shaped edge could look straight.
    off = np.max([_offset_m(at(part), start, end) for part in (0.25, 0.5, 0.75)], 0)
    worst = np.zeros(len(low))
    np.maximum.at(worst, owner, off)
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
        off: NDArray[np.float64] = np.abs(across) / np.hypot(*chord.T)
    return off


def _degrees(
    xy: NDArray[np.float64], transformer: pyproj.Transformer
) -> NDArray[np.float64]:
    """Transform points; what PROJ cannot place becomes NaN, never infinity."""
    moved: tuple[Any, Any] = transformer.transform(xy[:, 0], xy[:, 1])
    lonlat = np.column_stack(moved)
    lonlat[~np.isfinite(lonlat).all(axis=1)] = np.nan
    return lonlat
