"""How far points are from the nearest of some edges: compiled, to the same bit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers
    from spatial.measure.segments import Segments

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")

_LEAST = sys.float_info.min
# An edge is passed over when its box is farther than the nearest so far by more than
# reckoning can lose; of a square, in square metres.
_SAFE, _SAFE_M2 = 1.000001, 1e-9


def away_in_plane(
    xy: Floats, owner: Integers, edges: Segments, *, ends: bool = False
) -> Floats:
    """Return what `spatial.measure.segments.away_in_plane` does, to the bit."""
    many = np.bincount(edges.owner, minlength=int(owner.max(initial=-1)) + 1)
    first = np.append(0, np.cumsum(many))
    away = np.empty(len(owner))
    _away(xy, owner, edges.start, edges.end, (first, ends, away))
    return away


# `xy`, `start` and `end` are (2, n); `how` is the first edge of each owner and the
# end, whether a point that is an end of an edge is told at once, and what is found.


@_jit
def _away(xy, owner, start, end, how):
    """Note for each point the distance to the nearest edge of its owner."""
    first, ends, away = how
    for at in range(len(owner)):
        x, y = xy[0, at], xy[1, at]
        least = np.inf
        for k in range(first[owner[at]], first[owner[at] + 1]):
            ax, ay, bx, by = start[0, k], start[1, k], end[0, k], end[1, k]
            if ends and ((ax == x and ay == y) or (bx == x and by == y)):
                least = 0.0
                break
            beside = max(min(ax, bx) - x, x - max(ax, bx), 0.0)
            above = max(min(ay, by) - y, y - max(ay, by), 0.0)
            if beside * beside + above * above > least * _SAFE + _SAFE_M2:
                continue
            least = min(least, _square(x, y, (ax, ay, bx, by)))
        away[at] = np.sqrt(least)


@_jit
def _square(x, y, edge):
    """Return the square of the distance to an edge, step by step as numpy has it."""
    ax, ay, bx, by = edge
    east, north = bx - ax, by - ay
    square = east * east + north * north
    part = ((x - ax) * east + (y - ay) * north) / max(square, _LEAST)
    part = min(max(part, 0.0), 1.0)
    to_x, to_y = ax + part * east - x, ay + part * north - y
    return to_x * to_x + to_y * to_y
