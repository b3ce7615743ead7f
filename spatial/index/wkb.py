"""From WKB to `Rings` without an object for each polygon.

A polygon in WKB (little-endian, two dimensions)::

    01 | 03 00 00 00 | rings | vertices | x y x y ... | vertices | x y ...
    01 | 06 00 00 00 | polygons | polygon | polygon ...

Everything is checked against the length of its row before it is touched: byte order,
type, every count, closed rings of four vertices at least, finite longitudes and
latitudes, no byte left over. A row that fails is not judged here but left to GEOS,
with a message of its own (`spatial.index.wkb_rows`).
"""

from __future__ import annotations

import numba
import numpy as np

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")

_POLYGON, _MULTIPOLYGON = 3, 6
_HEAD, _COUNT, _VERTEX = 5, 4, 16  # bytes
_LEAST = 4  # vertices of a closed ring


@_jit
def measure(data, offsets):
    """Return the number of vertices and rings, and the first row that is unusual.

    That is -1 where every row is a plain polygon or multipolygon.
    """
    vertices, rings = 0, 0
    for row in range(len(offsets) - 1):
        at, end = offsets[row], offsets[row + 1]
        parts, at = _parts(data, at, end)
        if parts < 1:
            return vertices, rings, row
        for _ in range(parts):
            count, at = _polygon(data, at, end)
            if count < 1:
                return vertices, rings, row
            rings += count
            for _ in range(count):
                many, at = _ring(data, at, end)
                if many < _LEAST:
                    return vertices, rings, row
                vertices += many
        if at != end:
            return vertices, rings, row
    return vertices, rings, -1


@_jit
def fill(data, offsets, out, begin):
    """Copy the vertices that `measure` has counted; return the first unusual row.

    `out` is the arrays of `Rings`: xy, its bytes, ring, owner, side; `begin` where to
    begin in them: vertex, ring, polygon.
    """
    xy, raw, ring, owner, side = out
    vertex, r, polygon = begin
    for row in range(len(offsets) - 1):
        at, end = offsets[row], offsets[row + 1]
        parts, at = _parts(data, at, end)
        for _ in range(parts):
            count, at = _polygon(data, at, end)
            for i in range(count):
                many, start = _ring_start(data, at)
                at = start + many * _VERTEX
                raw[vertex * _VERTEX : (vertex + many) * _VERTEX] = data[start:at]
                sound, left = _look(xy, vertex, vertex + many)
                if not sound:
                    return row
                side[r] = 1 if left == (i == 0) else -1
                owner[r] = polygon + row
                vertex += many
                r += 1
                ring[r] = vertex
    return -1


@_jit
def _look(xy, first, last):
    """Return whether a ring is closed and in range, and whether land lies left."""
    x0, y0 = xy[first, 0], xy[first, 1]
    sound = x0 == xy[last - 1, 0] and y0 == xy[last - 1, 1]
    twice = 0.0
    for k in range(first, last):
        # Written so that a NaN fails.
        sound = sound and abs(xy[k, 0]) <= 180.0 and abs(xy[k, 1]) <= 90.0  # noqa: PLR2004
        if k + 1 < last:
            twice += (xy[k, 0] - x0) * (xy[k + 1, 1] - y0)
            twice -= (xy[k + 1, 0] - x0) * (xy[k, 1] - y0)
    return sound, twice >= 0


@_jit
def _parts(data, at, end):
    """Return how many polygons a row has, and where the first begins; 0 if unusual."""
    if end - at < _HEAD + _COUNT or data[at] != 1:
        return 0, at
    kind = _number(data, at + 1)
    if kind == _POLYGON:
        return 1, at
    if kind == _MULTIPOLYGON:
        return _number(data, at + _HEAD), at + _HEAD + _COUNT
    return 0, at


@_jit
def _polygon(data, at, end):
    """Return how many rings a polygon has, and where they begin; 0 if unusual."""
    if end - at < _HEAD + _COUNT or data[at] != 1:
        return 0, at
    if _number(data, at + 1) != _POLYGON:
        return 0, at
    return _number(data, at + _HEAD), at + _HEAD + _COUNT


@_jit
def _ring(data, at, end):
    """Return how many vertices a ring has, and where it ends; 0 if it has no room."""
    if end - at < _COUNT:
        return 0, at
    many, start = _ring_start(data, at)
    if many > (end - start) // _VERTEX:
        return 0, at
    return many, start + many * _VERTEX


@_jit
def _ring_start(data, at):
    """Return how many vertices a ring says that it has, and where they begin."""
    return _number(data, at), at + _COUNT


@_jit
def _number(data, at):
    """Return the unsigned number of four bytes, the lowest first."""
    return (
        np.int64(data[at])
        | np.int64(data[at + 1]) << 8
        | np.int64(data[at + 2]) << 16
        | np.int64(data[at + 3]) << 24
    )
