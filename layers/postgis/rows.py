"""Rows of a table become a `RawTable`: counted, sorted, hashed, nothing judged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from psycopg import sql
from psycopg.pq import Format

from layers.errors import InputRefusedError
from layers.formats.garbled import told
from layers.formats.raw import Found, RawTable, from_wkb
from layers.postgis.catalogue import relation

if TYPE_CHECKING:
    from decimal import Decimal

    from layers.postgis.catalogue import Described
    from layers.postgis.select import Chosen
    from layers.postgis.session import Connection
    from layers.postgis.table import PostgisTable

AT_ONCE = 2_000
WHOLE = ("int2", "int4", "int8")
_PLAIN = (*WHOLE, "bool", "float8", "numeric")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class System:
    """The reference system that a table states, and where it does."""

    crs: str | None
    evidence: str


def counted(db: Connection, table: PostgisTable, which: Chosen) -> int:
    """Return how many rows there are, by the server's own count."""
    query = sql.SQL("SELECT count(*) FROM {} WHERE {}")
    row = db.execute(query.format(relation(table), which.condition)).fetchone()
    return int(row[0]) if row else 0


def fetched(
    db: Connection, table: PostgisTable, about: Described, which: Chosen
) -> list[Row]:
    """Return the rows, each with its WKB at the end, in an order of their own.

    That of the primary key; without one, that of everything in them. Not the server's:
    it hands rows over as they lie, which differs after every update.
    """
    columns = [_asked(name, kind) for name, kind in about.columns]
    shape = sql.SQL("ST_AsBinary({}, 'NDR')").format(about.shape())
    query = sql.SQL("SELECT {} FROM {} WHERE {}").format(
        sql.SQL(", ").join([*columns, shape]), relation(table), which.condition
    )
    with db.cursor("ecoredline_rows", scrollable=False) as cursor:
        cursor.itersize = AT_ONCE
        cursor.format = Format.BINARY
        cursor.execute(query)
        rows = list(cursor)
    names = [name for name, _ in about.columns]
    places = [names.index(one) for one in about.key if one in names]
    if places and len(places) == len(about.key):
        return sorted(rows, key=lambda row: tuple(row[i] for i in places))
    return sorted(rows, key=written)


def written(row: Row) -> bytes:
    """Return a row as bytes that are the same for the same content."""
    *cells, wkb = row
    return repr(cells).encode() + b"\x1f" + (wkb if wkb is not None else b"-")


def raw_table(
    rows: list[Row],
    *,
    count: int,
    table: PostgisTable,
    about: Described,
    system: System,
) -> RawTable:
    """Return rows as a raw table.

    Raises
    ------
    InputRefusedError
        They are not as many as were counted: a view whose rows change by themselves.
    """
    if len(rows) != count:
        raise InputRefusedError(
            source=str(table),
            expected=f"{count} rows, counted in the same snapshot",
            got=str(len(rows)),
            todo="a view that answers differently each time cannot be relied on: make "
            "it a table",
        )
    geometry, unreadable = from_wkb([row[-1] for row in rows])
    attributes = pd.DataFrame(
        {
            name: _column([row[i] for row in rows], kind)
            for i, (name, kind) in enumerate(about.columns)
        },
        index=range(len(rows)),
    )
    found: list[Found] = list(told(attributes))
    if about.left:
        what = ", ".join(f"{name} ({kind})" for name, kind in about.left)
        found.append(("content_not_read", {"what": what}))
    return RawTable(
        attributes=attributes,
        geometry=geometry,
        unreadable=unreadable,
        crs=system.crs,
        crs_evidence=system.evidence,
        format="PostGIS",
        source_layer=f"{table.schema}.{table.name}",
        encoding=about.encoding,
        rows_in_file=count,
        found=tuple(found),
    )


def hash_of(rows: list[Row], about: Described, system: System) -> str:
    """Return the SHA-256 of the names, the reference system and the rows in order."""
    digest = hashlib.sha256(repr((about.columns, about.geometry)).encode())
    digest.update(repr(system.crs).encode())
    for row in rows:
        one = written(row)
        digest.update(len(one).to_bytes(8, "big") + one)
    return digest.hexdigest()


def _asked(name: str, kind: str) -> sql.Composed:
    """Return how a column is asked for: what is no number or flag comes as text.

    PostgreSQL's text of a value is exact, and its dates reach beyond Python's. A float
    of four bytes comes by way of its shortest text: 0.1, not 0.10000000149.
    """
    form = "{}" if kind in _PLAIN else "{}::text"
    if kind == "float4":
        form = "{}::text::float8"
    return sql.SQL(form).format(sql.Identifier(name))


def _column(cells: list[Any], kind: str) -> np.ndarray:
    """Return a column as the readers of files have it; whole numbers stay whole."""
    if kind in ("float4", "float8"):
        return np.array([np.nan if one is None else one for one in cells], dtype=float)
    if cells and None not in cells and kind in (*WHOLE, "bool"):
        return np.array(cells, dtype=bool if kind == "bool" else np.int64)
    column = np.empty(len(cells), dtype=object)
    column[:] = [_number(one) for one in cells] if kind == "numeric" else cells
    return column


def _number(cell: Decimal | None) -> int | float | str | None:
    """Return a decimal as a number that equals it, or as its text where none does."""
    if cell is None or cell.is_nan():
        return None
    if not cell.is_finite():
        return str(cell)
    if cell == cell.to_integral_value():
        return int(cell)
    near = float(cell)
    return near if type(cell)(repr(near)) == cell else str(cell)
