"""Second counts of binary formats, from their bytes."""

from __future__ import annotations

import math
import re
import sqlite3
import struct
from contextlib import closing
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from mutation.census import Census, Shape, of, shape_of, wkb_shape

if TYPE_CHECKING:
    from pathlib import Path

LOST = Shape(0, math.nan)
POLYGON = 5
GDB_TABLE = "a00000009.gdbtable"
WKB_START = re.compile(rb"\x01[\x03\x06]\0\0\0")


def geopackage(path: Path) -> Census:
    """Step through the table; shapes that lie in the file and in no row are lost rows.

    The seed is vacuumed, so that nothing of older states lies in it.
    """
    uri = f"{path.as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as db:
        rows = db.execute("SELECT * FROM z ORDER BY rowid").fetchall()
    shapes = [_gpkg(row[1], str(row[2])) for row in rows]
    there = path.read_bytes().count(b"GP\0\3")
    return of([*shapes, *[LOST] * (there - len(shapes))])


def _gpkg(blob: bytes | None, label: str) -> Shape:
    """Return the shape of a blob with an envelope of four numbers, as the seed has."""
    header = 40
    return Shape(0, 0.0, label) if blob is None else wkb_shape(blob[header:], label)


def shapefile(path: Path) -> Census:
    """Walk .shp and .dbf record by record; neither .shx nor counts are believed."""
    data = path.with_suffix(".shp").read_bytes()
    shapes, at = [], 100
    while at + 8 <= len(data):
        (words,) = struct.unpack_from(">i", data, at + 4)
        if words <= 0:
            break
        end = at + 8 + words * 2
        shapes.append(_shp(data[at + 8 : end]))
        at = end
    table = path.with_suffix(".dbf").read_bytes()
    start, width = struct.unpack_from("<HH", table, 8)
    records = [
        table[at : at + width]
        for at in range(start, len(table) - width + 1, width or 1)
    ]
    if len(records) != len(shapes):
        return Census(len(records), None)
    width = table[48]
    kept = [
        (one, row[1 : 1 + width].decode("gbk", "ignore").strip("\0 "))
        for one, row in zip(shapes, records, strict=True)
        if row[:1] == b" "
    ]
    return of(Shape(one.vertices, one.total, label) for one, label in kept)


def _shp(content: bytes) -> Shape:
    """Return a polygon whose counts fill its record exactly; else it is unreadable."""
    try:
        kind, parts, vertices = struct.unpack_from("<i32x2i", content, 0)
    except struct.error:
        return LOST
    at = 44 + 4 * parts
    if kind != POLYGON or vertices < 0 or at + 16 * vertices != len(content):
        return LOST
    return shape_of(list(struct.unpack_from(f"<{2 * vertices}d", content, at)))


def parquet(path: Path) -> Census:
    """Find the shapes in the bytes; the seed is written plain and uncompressed."""
    data, shapes, at = path.read_bytes(), [], 0
    while found := WKB_START.search(data, at):
        at = found.start()
        (size,) = struct.unpack_from("<I", data, max(at - 4, 0))
        one = wkb_shape(data[at : at + size])
        if math.isnan(one.total):
            at += 1
            continue
        shapes.append(one)
        at += size
    rows = int(pq.read_metadata(path).num_rows)
    return Census(rows, tuple(shapes) if rows == len(shapes) else None)


def flatgeobuf(path: Path, *, index: int = 0) -> Census:
    """Walk the features behind the index; coordinates by offsets of their tables."""
    data = path.read_bytes()
    (header,) = struct.unpack_from("<I", data, 8)
    at, shapes = 12 + header + index, []
    while at + 4 <= len(data):
        (size,) = struct.unpack_from("<I", data, at)
        shapes.append(_fgb(data[at + 4 : at + 4 + size]))
        at += 4 + size
    return of(shapes)


def _fgb(feature: bytes) -> Shape:
    """Return the coordinates of a feature: its geometry's, and those of its parts."""
    try:
        geometry = _table(feature, struct.unpack_from("<I", feature)[0], 0)
        return LOST if geometry is None else shape_of(_fgb_numbers(feature, geometry))
    except (struct.error, RecursionError):
        return LOST


def _fgb_numbers(data: bytes, geometry: int) -> list[float]:
    numbers: list[float] = []
    xy = _table(data, geometry, 1)
    if xy is not None:
        (count,) = struct.unpack_from("<I", data, xy)
        numbers += struct.unpack_from(f"<{min(count, len(data))}d", data, xy + 4)
    parts = _table(data, geometry, 7)
    if parts is not None:
        (count,) = struct.unpack_from("<I", data, parts)
        for one in range(min(count, len(data))):
            place = parts + 4 + 4 * one
            (offset,) = struct.unpack_from("<I", data, place)
            numbers += _fgb_numbers(data, place + offset)
    return numbers


def _table(data: bytes, table: int, field: int) -> int | None:
    """Return where the table or vector of a flatbuffer's field begins."""
    vtable = table - struct.unpack_from("<i", data, table)[0]
    (extent,) = struct.unpack_from("<H", data, vtable)
    slot = 4 + 2 * field
    offset = struct.unpack_from("<H", data, vtable + slot)[0] if slot < extent else 0
    if not offset:
        return None
    place = table + int(offset)
    return place + int(struct.unpack_from("<I", data, place)[0])


def geodatabase(path: Path) -> Census:
    """Walk the rows of the layer's table file, or go where its index points."""
    data = (path / GDB_TABLE).read_bytes()
    (valid,) = struct.unpack_from("<i", data, 4)
    (at,) = struct.unpack_from("<q", data, 32)
    at += 4 + struct.unpack_from("<i", data, at)[0]
    shapes = []
    while at + 4 <= len(data):
        (size,) = struct.unpack_from("<i", data, at)
        if size <= 0:
            break
        shapes.append(_gdb(data[at + 4 : at + 4 + size]))
        at += 4 + size
    if len(shapes) != valid:
        index = (path / f"{GDB_TABLE[:-5]}tablx").read_bytes()[16 : 16 + 5 * valid]
        places = [
            int.from_bytes(index[at : at + 5], "little")
            for at in range(0, len(index), 5)
        ]
        sizes = [int.from_bytes(data[at : at + 4], "little") for at in places]
        shapes = [
            _gdb(data[at + 4 : at + 4 + size])
            for at, size in zip(places, sizes, strict=True)
        ]
    return Census(valid, tuple(shapes) if len(shapes) == valid else None)


def _gdb(row: bytes) -> Shape:
    """Return the number of vertices; the coordinates are packed and left alone."""
    try:
        _, at = _varint(
            row, 1
        )  # after the flags of missing values: length of the shape
        _, at = _varint(row, at)  # type
        vertices, at = _varint(row, at)
    except IndexError:
        return LOST
    return Shape(vertices, math.inf)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while data[at] & 0x80:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | data[at] << shift, at + 1
