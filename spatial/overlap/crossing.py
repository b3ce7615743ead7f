"""Whether edges cross, decided without rounding.

GEOS finds the point where two edges cross and rounds it. When it rounds to a corner,
a line that cuts off that corner by a hair is taken for one that only touches it. Here
no point is computed: two edges cross when each has its ends strictly on either side of
the other, and the side is the sign of a determinant that is known exactly::

        d
    a --+---- b        c above ab, d above: no crossing, however near.
        c              c below, d above, and a, b left and right of cd: they cross.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

_ROOM = 1e-8  # of the width of a row's frame, for up to ten million rows
_ROUNDING = (3 + 16 * np.finfo(float).eps) * np.finfo(float).eps / 2
"""Of the sum of both products: less than this says nothing of a determinant's sign."""


def cross(lines: Shapes, others: Shapes) -> np.ndarray:
    """Return row by row whether an edge of one crosses an edge of the other.

    Parameters
    ----------
    lines, others
        (n,) (multi)lines, one of each a row; empty ones cross nothing.

    Returns
    -------
    ndarray
        (n,) bool. Exact for the coordinates given. To touch, to end on the other or
        to run along it is not to cross.

    References
    ----------
    Error bound of the determinant: J. R. Shewchuk, "Adaptive Precision Floating-Point
    Arithmetic and Fast Robust Geometric Predicates", 1997.
    """
    found = np.zeros(len(lines), dtype=bool)
    first, row_of_first = _edges(lines)
    second, row_of_second = _edges(others)
    some = _meet(first, shapely.bounds(others)[row_of_first])
    first, row_of_first = first[some], row_of_first[some]
    some = _meet(second, shapely.bounds(lines)[row_of_second])
    second, row_of_second = second[some], row_of_second[some]
    frame = shapely.bounds(others)
    i, j = _near(
        _in_rows(first, row_of_first, frame), _in_rows(second, row_of_second, frame)
    )
    found[row_of_first[i[_cross(first[i], second[j])]]] = True
    return found


def _edges(lines: Shapes) -> tuple[Floats, Integers]:
    """Return (m, 4) x, y of both ends of every edge, and its row."""
    parts, row = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    follows = np.flatnonzero(part[1:] == part[:-1])
    return np.hstack([xy[follows], xy[follows + 1]]), row[part[follows]]


def _boxes(edges: Floats) -> Floats:
    """Return min x, min y, max x, max y of edges."""
    a, b = edges[:, :2], edges[:, 2:]
    return np.hstack([np.minimum(a, b), np.maximum(a, b)])


def _meet(edges: Floats, boxes: Floats) -> np.ndarray:
    """Return whether the boxes of edges meet boxes."""
    own = _boxes(edges)
    return np.asarray(
        (own[:, :2] <= boxes[:, 2:]).all(axis=1)
        & (own[:, 2:] >= boxes[:, :2]).all(axis=1)
    )


def _in_rows(edges: Floats, row: Integers, frame: Floats) -> Shapes:
    """Return boxes of edges, those of each row in a square of its own.

    Slightly too large, so that rounding loses none.
    """
    west, south, east, north = frame[row].T
    wide = np.maximum(np.maximum(east - west, north - south), np.finfo(float).tiny)
    origin = np.column_stack([west, south])
    low, high = np.split(_boxes(edges), 2, axis=1)
    low, high = (low - origin) / wide[:, None], (high - origin) / wide[:, None]
    low, high = np.maximum(low, -0.1) - _ROOM, np.minimum(high, 1.1) + _ROOM
    return np.asarray(
        shapely.box(low[:, 0] + 2 * row, low[:, 1], high[:, 0] + 2 * row, high[:, 1])
    )


def _near(first: Shapes, second: Shapes) -> tuple[Integers, Integers]:
    """Return the pairs of boxes that meet."""
    i, j = shapely.STRtree(second).query(first)
    return i, j


def _cross(one: Floats, other: Floats) -> np.ndarray:
    """Return whether edges cross, pair by pair."""
    ends = (one[:, :2], one[:, 2:]), (other[:, :2], other[:, 2:])
    apart = np.ones(len(one), dtype=bool)
    for a in ends[0]:  # edges that share an end cannot cross
        for b in ends[1]:
            apart &= (a != b).any(axis=1)
    for (a, b), (c, d) in (ends, ends[::-1]):
        rows = np.flatnonzero(apart)
        this = _side(a[rows], b[rows], c[rows])
        apart[rows] = this * _side(a[rows], b[rows], d[rows]) < 0
    return apart


def _side(a: Floats, b: Floats, c: Floats) -> Integers:
    """Return 1 where c lies left of the line from a to b, -1 right of it, 0 on it."""
    (ux, uy), (vx, vy) = (b - a).T, (c - a).T
    one, two = ux * vy, uy * vx
    side: Integers = np.sign(one - two).astype(np.int64)
    doubt = np.abs(one - two) <= _ROUNDING * (np.abs(one) + np.abs(two))
    for row in np.flatnonzero(doubt & ((one != 0) | (two != 0))).tolist():
        side[row] = _exact_side(*(one[row].tolist() for one in (a, b, c)))
    return side


def _exact_side(a: list[float], b: list[float], c: list[float]) -> int:
    """Return the side by fractions."""
    (ax, ay), (bx, by), (cx, cy) = ([Fraction(v) for v in one] for one in (a, b, c))
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return (area > 0) - (area < 0)
