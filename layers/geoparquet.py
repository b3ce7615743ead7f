"""The geometry column of a GeoParquet file as it lies there, batch by batch.

For reckoning with a million rows without making an object of each. It is no reader of
sources: nothing is mended, named or put into another frame, and a file that would need
it is refused. What comes from somebody else goes through `layers.read`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from layers.errors import InputRefusedError, SourceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

WKB = "WKB"
"""The encoding that every reader of GeoParquet knows."""

_DEPTH = {"polygon": 2, "multipolygon": 3}  # lists about a vertex
AREAL = (WKB, *_DEPTH)
"""Encodings in which polygons are written."""

_FRAME_ID = {"authority": "EPSG", "code": 4490}


@dataclass(frozen=True, slots=True)
class GeometryColumn:
    """The primary geometry column of a file.

    Attributes
    ----------
    path
        The file.
    name
        The column.
    rows
        Number of rows that the file says it has.
    encoding
        ``WKB``, or of GeoArrow's ``polygon`` or ``multipolygon``.
    """

    path: Path
    name: str
    rows: int
    encoding: str = WKB

    def batches(self, size: int) -> Iterator[pa.Array]:
        """Yield the column in the order of the file, at most `size` rows at a time.

        Yields
        ------
        pyarrow.Array
            As it is stored; rows may be null. WKB: binary or large binary. Polygons:
            lists of rings, these of vertices, these structs of x and y;
            multipolygons: lists of polygons.

        Raises
        ------
        InputRefusedError
            The file is damaged, or holds more or fewer rows than it says.
        """
        seen = 0
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(size, columns=[self.name]):
                    seen += len(batch)
                    yield batch.column(0)
        except (pa.ArrowException, OSError) as error:
            raise _refused(self.path, str(error)) from error
        if seen != self.rows:
            got = f"{seen} rows where its footer says {self.rows}"
            raise _refused(self.path, got)


def geometry_column(
    path: Path, *, encodings: Collection[str] = (WKB,)
) -> GeometryColumn:
    """Return the primary geometry column of a GeoParquet file in EPSG:4490.

    Parameters
    ----------
    path
        The file.
    encodings
        Those that the caller can read.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    InputRefusedError
        It is damaged or no GeoParquet, its encoding is another, its edges are not
        straight, or its reference system does not carry the id EPSG:4490.
    """
    if not path.is_file():
        raise SourceNotFoundError(path, todo="check the path")
    try:
        with pq.ParquetFile(path) as file:
            rows, schema = file.metadata.num_rows, file.schema_arrow
        notes = (schema.metadata or {}).get(b"geo")
        geo = json.loads(notes) if notes else None
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _refused(path, str(error)) from error
    name, column = _primary(geo, path, encodings)
    if name not in schema.names:
        raise _refused(path, f"no column {name!r}, which its metadata names")
    kind, encoding = schema.field(name).type, str(column["encoding"])
    if not _holds(kind, encoding):
        raise _refused(path, f"a column {name!r} of {kind}")
    _need_frame(column, path)
    return GeometryColumn(path, name, int(rows), encoding)


def _holds(kind: pa.DataType, encoding: str) -> bool:
    """Whether a column of a type can be what the metadata says it is."""
    if encoding == WKB:
        return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
    for _ in range(_DEPTH[encoding]):
        if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
            return False
        kind = kind.value_type
    if not pa.types.is_struct(kind):
        return False
    at = [kind.get_field_index(name) for name in ("x", "y")]
    return all(one >= 0 and pa.types.is_float64(kind.field(one).type) for one in at)


def _primary(
    geo: object, path: Path, encodings: Collection[str]
) -> tuple[str, dict[str, Any]]:
    """Return the geometry column and what the metadata says of it."""
    if not isinstance(geo, dict) or "primary_column" not in geo:
        raise _refused(path, "Parquet without geo metadata")
    name = str(geo["primary_column"])
    columns = geo.get("columns")
    column = columns.get(name) if isinstance(columns, dict) else None
    if not isinstance(column, dict) or column.get("encoding") not in encodings:
        wanted = " or ".join(encodings)
        raise _refused(path, f"the encoding of column {name!r} is not {wanted}")
    if column.get("edges", "planar") != "planar":
        raise _refused(path, "edges that are not straight in its coordinates")
    return name, column


def _need_frame(column: dict[str, Any], path: Path) -> None:
    """Refuse any statement of a system but that of the one frame, by its id."""
    crs = column.get("crs")
    found = crs.get("id") if isinstance(crs, dict) else None
    if found == _FRAME_ID and "coordinates_epoch" not in column:
        return
    got = "no reference system"
    if isinstance(crs, dict):
        got = f"{crs.get('name')!r} with the id {found}"
    raise _refused(path, got)


def _refused(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="GeoParquet in EPSG:4490 with geometries that can be read as they lie",
        got=got,
        todo="read it with layers.read, which settles the frame, and pass the layer",
    )
