"""FlatGeobuf: rows by GDAL, counted twice by walking the file itself.

The header notes a number of features; every feature is preceded by its length. Both
must agree, and the last feature must end where the file ends.
"""

from __future__ import annotations

import mmap
import struct
from typing import TYPE_CHECKING

import fiona
import numpy as np
import pyogrio
import shapely

from layers.errors import InputRefusedError
from layers.formats.arrow import GDAL_ERRORS, split
from layers.formats.fgbshape import vertices_of
from layers.formats.raw import RawTable, need_all_rows, stem_of

if TYPE_CHECKING:
    from pathlib import Path

MAGIC_BYTES = 8
MAX_HEADER_BYTES = 10 * 1024**2
NODE_BYTES = 40
FEATURES_COUNT, INDEX_NODE_SIZE = 8, 9
"""Places of two fields in the header's table."""
DEFAULT_NODE_SIZE = 16


def read(path: Path) -> RawTable:
    """Read a FlatGeobuf.

    Raises
    ------
    InputRefusedError
        It is cut or damaged, or its counts do not agree.
    """
    try:
        noted, vertices = _counts(path)
    except struct.error as error:
        raise _refuse(path, f"a damaged one ({error})") from error
    counted = len(vertices)
    if noted and noted != counted:
        raise _refuse(path, f"{counted} features where the header notes {noted}")
    try:
        with fiona.open(path, driver="FlatGeobuf") as gate:
            crs = gate.crs_wkt or None
        _, table = pyogrio.read_arrow(path)
        table.validate(full=True)  # text that is no UTF-8 would fail far from here
    except GDAL_ERRORS as error:
        raise _refuse(path, str(error)) from error
    attributes, geometry, unreadable = split(table)
    need_all_rows(read=len(attributes), counted=counted, source=path)
    stated = np.array([-1 if one is None else one for one in vertices], dtype=int)
    short = (stated >= 0) & (stated != shapely.get_num_coordinates(geometry))
    geometry[short] = None
    return RawTable(
        attributes=attributes,
        geometry=geometry,
        unreadable=unreadable | short,
        crs=crs,
        crs_evidence="FlatGeobuf header",
        format="FlatGeobuf",
        source_layer=stem_of(path),
        encoding="UTF-8",
        rows_in_file=counted,
    )


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="a whole FlatGeobuf",
        got=got,
        todo="export it again",
    )


def _counts(path: Path) -> tuple[int, list[int | None]]:
    """Return the features that the header notes (0: none), and the vertices of each."""
    with (
        path.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        (size,) = struct.unpack_from("<I", data, MAGIC_BYTES)
        start = MAGIC_BYTES + 4
        if size > MAX_HEADER_BYTES or start + size > len(data):
            raise _refuse(path, f"a header of {size} bytes")
        header = data[start : start + size]
        noted = _field(header, FEATURES_COUNT, "<Q", 0)
        node = _field(header, INDEX_NODE_SIZE, "<H", DEFAULT_NODE_SIZE)
        at = start + size + _index_bytes(noted, node)
        vertices: list[int | None] = []
        while at < len(data):
            (length,) = struct.unpack_from("<I", data, at)
            end = at + 4 + length
            # A feature that is cut has no tables to look into; it is refused below.
            whole = end <= len(data)
            vertices.append(vertices_of(data[at + 4 : end]) if whole else None)
            at = end
        if at != len(data):
            raise _refuse(
                path, f"a file that ends inside feature {len(vertices)}: it is cut"
            )
    return noted, vertices


def _field(table: bytes, place: int, form: str, default: int) -> int:
    """Return a number of a flatbuffer's root table."""
    (root,) = struct.unpack_from("<I", table, 0)
    (back,) = struct.unpack_from("<i", table, root)
    vtable = root - back
    if vtable < 0:
        msg = "a table that begins before the header"
        raise struct.error(msg)
    (extent,) = struct.unpack_from("<H", table, vtable)
    slot = 4 + 2 * place
    if slot + 2 > extent:
        return default
    (offset,) = struct.unpack_from("<H", table, vtable + slot)
    return int(struct.unpack_from(form, table, root + offset)[0]) if offset else default


def _index_bytes(count: int, node: int) -> int:
    """Return the length of the packed R-tree that stands before the features."""
    if not count or not node:
        return 0
    level, nodes = count, count
    while True:
        level = -(-level // max(node, 2))
        nodes += level
        if level == 1:
            return nodes * NODE_BYTES
