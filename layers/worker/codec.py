"""A table on its way from one process to another: Arrow, WKB and JSON, never pickle.

What comes back is equal to what was sent, to the type of every cell: columns of one
plain type go as Arrow, what Arrow would bend (mixed types, lists, ``None`` beside NaN)
goes as JSON, cell by cell, with the type written beside it.
"""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyproj
import shapely

from layers.errors import InputRefusedError
from layers.formats import RawTable
from layers.formats.arrow import rows_at_once
from layers.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TABLE, HEADER = "table.arrow", "header.json"
ARRAYS = ("attributes", "geometry", "unreadable", "packed")
INT64 = 2**63
PLAIN: Mapping[type, pa.DataType] = {
    str: pa.large_string(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    bytes: pa.large_binary(),
    dt.date: pa.date32(),
}


# -- values ---------------------------------------------------------------

Shown = Any
"""What `json` can write."""


def _pairs(value: object) -> Shown:
    items = cast("Mapping[object, object]", value).items()
    return [[shown(key), shown(one)] for key, one in items]


def _each(value: object) -> Shown:
    return [shown(one) for one in cast("list[object]", value)]


def _scalar(value: object) -> Shown:
    one = cast("np.generic", value)
    return [one.dtype.str, shown(one.item())]


def _mapping(pairs: list[list[Shown]]) -> dict[Any, Any]:
    return {read(key): read(one) for key, one in pairs}


WRITERS: tuple[tuple[str, type, Callable[[Any], Shown]], ...] = (
    ("missing", type(pd.NaT), lambda _: "NaT"),
    ("missing", type(pd.NA), lambda _: "NA"),
    ("timestamp", pd.Timestamp, lambda one: [one.isoformat(), one.unit]),
    ("datetime", dt.datetime, lambda one: one.isoformat()),
    ("date", dt.date, lambda one: one.isoformat()),
    ("time", dt.time, lambda one: one.isoformat()),
    ("timedelta", pd.Timedelta, lambda one: one.isoformat()),
    ("decimal", decimal.Decimal, str),
    ("bytes", bytes, lambda one: base64.b64encode(one).decode("ascii")),
    ("path", PurePath, str),
    ("crs", pyproj.CRS, lambda one: one.to_json()),
    ("scalar", np.generic, _scalar),
    ("array", np.ndarray, lambda one: _each(one.tolist())),
    ("tuple", tuple, _each),
    ("message", Message, lambda one: [one.key, _pairs(one.facts)]),
    ("mapping", Mapping, _pairs),
)


READERS: Mapping[str, Callable[[Any], object]] = {
    "missing": lambda one: pd.NaT if one == "NaT" else pd.NA,
    "timestamp": lambda one: pd.Timestamp(one[0]).as_unit(one[1]),
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "timedelta": pd.Timedelta,
    "decimal": decimal.Decimal,
    "bytes": base64.b64decode,
    "path": Path,
    "crs": pyproj.CRS.from_json,
    "scalar": lambda one: np.dtype(one[0]).type(read(one[1])),
    "array": lambda one: np.array([read(each) for each in one]),
    "tuple": lambda one: tuple(read(each) for each in one),
    "message": lambda one: Message(one[0], _mapping(one[1])),
    "mapping": _mapping,
}


def shown(value: object) -> Shown:
    """Return a value as JSON can write it; `read` is the way back.

    Raises
    ------
    TypeError
        A type that no reader hands on: a slip of ours.

    Examples
    --------
    >>> import datetime
    >>> shown(("a", datetime.date(2026, 3, 1)))
    {'tuple': ['a', {'date': '2026-03-01'}]}
    >>> read(_)
    ('a', datetime.date(2026, 3, 1))
    """
    if value is None or type(value) in {str, int, float, bool}:
        return value
    if type(value) is list:
        return _each(value)
    for tag, kind, write in WRITERS:
        if isinstance(value, kind):
            return {tag: write(value)}
    msg = f"cannot hand on a {type(value).__name__}"
    raise TypeError(msg)


def read(value: Shown) -> object:
    """Return what `shown` was given."""
    if isinstance(value, list):
        return [read(one) for one in value]
    if isinstance(value, dict):
        ((tag, inner),) = value.items()
        return READERS[tag](inner)
    return cast("object", value)


# -- columns --------------------------------------------------------------


def _packed(column: pd.Series) -> tuple[str, pa.Array]:
    """Return how a column goes, and the column."""
    if column.dtype != object:
        return f"dtype {column.dtype}", pa.array(column, from_pandas=True)
    cells = column.tolist()
    types = {type(one) for one in cells} - {type(None)}
    if not types:
        return "cells", pa.array(cells, type=pa.large_string())
    kind = types.pop()
    if not types and kind in PLAIN and _fits(kind, cells):
        return "cells", pa.array(cells, type=PLAIN[kind], from_pandas=False)
    texts = [json.dumps(shown(one)) for one in cells]
    return "json", pa.array(texts, type=pa.large_string())


def _fits(kind: type, cells: list[Any]) -> bool:
    """Whether Arrow can hold the cells: its whole numbers and its text have limits."""
    there = (one for one in cells if one is not None)
    if kind is int:
        return all(-INT64 <= one < INT64 for one in there)
    return kind is not str or all(one.isascii() or _is_unicode(one) for one in there)


def _is_unicode(text: str) -> bool:
    """Whether a text holds no lone surrogate (JSON may)."""
    return not any("\ud800" <= one <= "\udfff" for one in text)


def _unpacked(how: str, column: pa.Array) -> pd.Series:
    """Return the column as it was."""
    if how.startswith("dtype "):
        return _typed(how.removeprefix("dtype "), column)
    cells = column.to_pylist()
    if how == "json":
        cells = [read(json.loads(one)) for one in cells]
    return pd.Series(cells, dtype=object)


def _typed(dtype: str, column: pa.Array) -> pd.Series:
    """Return a column of one dtype, missing values in that dtype's own way."""
    wanted = pd.api.types.pandas_dtype(dtype)
    if isinstance(wanted, pd.CategoricalDtype):
        return cast("pd.Series", column.to_pandas())
    if isinstance(wanted, np.dtype):
        made = column.to_numpy(zero_copy_only=False)
        return pd.Series(made.astype(wanted, copy=False), dtype=wanted)
    if isinstance(wanted, pd.DatetimeTZDtype):
        return cast("pd.Series", column.to_pandas().astype(wanted))
    return pd.Series(pd.array(column.to_pylist(), dtype=wanted))


# -- tables ---------------------------------------------------------------


def save(raw: RawTable, folder: Path, *, source: Path | str = "") -> None:
    """Write a table into a folder.

    Raises
    ------
    InputRefusedError
        A column of text holds bytes that are no UTF-8. Arrow takes them from a file
        unseen; they would surface wherever somebody first looks at the cell.
    """
    names = list(raw.attributes.columns)
    columns = [raw.attributes.iloc[:, at] for at in range(len(names))]
    packed = [_packed(one) for one in columns]
    for name, (_, one) in zip(names, packed, strict=True):
        _need_text(one, name, source)
    arrays = {f"c{at}": one for at, (_, one) in enumerate(packed)}
    arrays["geometry"] = _wkb(raw)
    arrays["unreadable"] = pa.array(raw.unreadable)
    table = pa.table(arrays)
    with (
        pa.OSFile(str(folder / TABLE), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as out,
    ):
        out.write_table(table, max_chunksize=rows_at_once(arrays["geometry"]))
    rest = {
        one.name: shown(getattr(raw, one.name))
        for one in fields(raw)
        if one.name not in ARRAYS
    }
    header = {
        "names": [shown(one) for one in names],
        "columns": [how for how, _ in packed],
        "rest": rest,
    }
    (folder / HEADER).write_text(json.dumps(header), encoding="ascii")


def _wkb(raw: RawTable) -> pa.ChunkedArray:
    """Return the geometries as WKB: that of the source, where it is at hand."""
    found = raw.packed.of(raw.geometry) if raw.packed else None
    if found is not None:
        return found
    blobs = shapely.to_wkb(raw.geometry, include_srid=False)
    return pa.chunked_array([pa.array(blobs, type=pa.large_binary())])


def _need_text(column: pa.Array, name: object, source: Path | str) -> None:
    """Refuse bytes that are no text."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid as error:
        raise InputRefusedError(
            source=source,
            expected=f"text in UTF-8 in column {name!r}",
            got="bytes that are not",
            todo="the file is damaged: export it again",
        ) from error


def load(folder: Path) -> RawTable:
    """Read a table that `save` has written.

    A geometry that GEOS wrote but does not read again is marked unreadable, never
    left out in silence.
    """
    header = json.loads((folder / HEADER).read_text(encoding="ascii"))
    table, geometry, lost = _loaded(folder / TABLE)
    unreadable = _column(table, "unreadable").to_numpy(zero_copy_only=False)
    made = [
        _unpacked(how, _column(table, f"c{at}"))
        for at, how in enumerate(header["columns"])
    ]
    attributes = pd.DataFrame(dict(enumerate(made)), index=range(table.num_rows))
    if made:
        attributes.columns = pd.Index([read(one) for one in header["names"]])
    rest = {name: read(one) for name, one in header["rest"].items()}
    return RawTable(
        attributes=attributes,
        geometry=geometry,
        unreadable=unreadable.astype(bool) | lost,
        **cast("dict[str, Any]", rest),
    )


def _loaded(path: Path) -> tuple[pa.Table, NDArray[np.object_], NDArray[np.bool_]]:
    """Return the columns but the geometry, the geometry, and where it was lost.

    Piece by piece: the WKB of a piece is let go before the next is read.
    """
    rest, shapes, lost = [], [np.empty(0, dtype=object)], [np.empty(0, dtype=bool)]
    with pa.OSFile(str(path), "rb") as source:
        reader = pa.ipc.open_file(source)
        for at in range(reader.num_record_batches):
            piece = reader.get_batch(at)
            rest.append(piece.drop_columns(["geometry"]))
            made, missing = _shapes(piece.column("geometry"))
            shapes.append(made)
            lost.append(missing)
        schema = reader.schema.remove(reader.schema.get_field_index("geometry"))
    table = pa.Table.from_batches(rest, schema=schema).unify_dictionaries()
    return table.combine_chunks(), np.concatenate(shapes), np.concatenate(lost)


def _column(table: pa.Table, name: str) -> pa.Array:
    """Return a column as one piece."""
    column = table.column(name)
    return column.chunk(0) if column.num_chunks else pa.array([], type=column.type)


def _shapes(column: pa.Array) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return geometries, and where a geometry was sent but does not come out."""
    blobs = column.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):  # NaN coordinates are found and told later
        made = np.asarray(shapely.from_wkb(blobs, on_invalid="ignore"), dtype=object)
    return made, column.is_valid().to_numpy(zero_copy_only=False) & (
        shapely.is_missing(made)
    )
