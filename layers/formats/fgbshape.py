"""How many vertices a feature of a FlatGeobuf has, from the bytes of its tables.

GDAL takes as many vertices as the list of ring ends says; an end that is too far
leaves the ring out without a word.
"""

from __future__ import annotations

import struct

XY, TYPE, PARTS = 1, 6, 7
"""Places of fields in the table of a geometry."""
STRAIGHT = 7
"""Types up to the collection; the later ones are curves and surfaces."""
MAX_DEPTH = 16


def vertices_of(feature: bytes) -> int | None:
    """Return the vertices of a feature's geometry, 0 without one; None for curves.

    Raises
    ------
    struct.error
        Its tables point out of the feature.
    """
    (root,) = struct.unpack_from("<I", feature, 0)
    geometry = _place(feature, root, 0)
    return 0 if geometry is None else _vertices(feature, geometry, 0)


def _vertices(data: bytes, geometry: int, depth: int) -> int | None:
    """Return the vertices of a geometry and its parts."""
    kind = _slot(data, geometry, TYPE)
    if kind is not None and data[kind] > STRAIGHT:
        return None
    if depth > MAX_DEPTH:
        msg = "parts in parts without end"
        raise struct.error(msg)
    xy, parts = _place(data, geometry, XY), _place(data, geometry, PARTS)
    total = 0 if xy is None else int(struct.unpack_from("<I", data, xy)[0]) // 2
    if parts is None:
        return total
    (count,) = struct.unpack_from("<I", data, parts)
    for at in range(parts + 4, parts + 4 + 4 * count, 4):
        inner = _vertices(data, at + struct.unpack_from("<I", data, at)[0], depth + 1)
        if inner is None:
            return None
        total += inner
    return total


def _place(data: bytes, table: int, field: int) -> int | None:
    """Return where the table or list of a field begins, or None without it."""
    at = _slot(data, table, field)
    return None if at is None else at + int(struct.unpack_from("<I", data, at)[0])


def _slot(data: bytes, table: int, field: int) -> int | None:
    """Return where a field of a table stands, or None without it."""
    vtable = table - struct.unpack_from("<i", data, table)[0]
    if vtable < 0:
        msg = "a table that begins before the feature"
        raise struct.error(msg)
    (extent,) = struct.unpack_from("<H", data, vtable)
    slot = 4 + 2 * field
    if slot + 2 > extent:
        return None
    (offset,) = struct.unpack_from("<H", data, vtable + slot)
    at = table + int(offset)
    if at >= len(data):
        msg = "a field behind the feature"
        raise struct.error(msg)
    return at if offset else None
