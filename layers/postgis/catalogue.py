"""What the database says about a table: its columns, its key, its reference system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyproj
from psycopg import sql
from pyproj.exceptions import CRSError as ProjCrsError

from layers.errors import CrsError, InputRefusedError
from layers.systems import horizontal, name_of, need_written_out, same

if TYPE_CHECKING:
    from layers.postgis.session import Connection
    from layers.postgis.table import PostgisTable

READABLE = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialised view",
}
SHAPES = ("geometry", "geography", "raster")
SKIPPED = (*SHAPES, "bytea")
"""Types of columns that are no attributes; each is told."""


@dataclass(frozen=True, slots=True)
class Described:
    """A table as the catalogue has it.

    Attributes
    ----------
    geometry
        The column to read.
    columns
        Name and type of the attributes, in the order of the table.
    left
        Other columns, which are not read: name and type.
    key
        The columns of the primary key, in its order; empty for a view.
    srids
        Those that the rows carry, ascending; of an empty table, its own.
    database, encoding
        Name of the database, and the encoding it keeps text in.
    """

    geometry: str
    columns: tuple[tuple[str, str], ...]
    left: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    srids: tuple[int, ...]
    database: str
    encoding: str

    def shape(self) -> sql.Identifier:
        """Return the geometry column, quoted."""
        return sql.Identifier(self.geometry)


def relation(table: PostgisTable) -> sql.Identifier:
    """Return the table, quoted with its schema."""
    return sql.Identifier(table.schema, table.name)


def described(db: Connection, table: PostgisTable) -> Described:
    """Ask the catalogue about a table.

    Raises
    ------
    InputRefusedError
        There is no such table, it lies elsewhere (a foreign table), or it does not
        have the geometry column that is wanted.
    """
    oid = _oid(db, table)
    columns = db.execute(
        "SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t"
        " ON t.oid = a.atttypid WHERE a.attrelid = %s AND a.attnum > 0"
        " AND NOT a.attisdropped ORDER BY a.attnum",
        (oid,),
    ).fetchall()
    key = db.execute(
        "SELECT a.attname FROM pg_index i CROSS JOIN LATERAL"
        " unnest(i.indkey) WITH ORDINALITY AS k(attnum, place) JOIN pg_attribute a"
        " ON a.attrelid = i.indrelid AND a.attnum = k.attnum"
        " WHERE i.indrelid = %s AND i.indisprimary ORDER BY k.place",
        (oid,),
    ).fetchall()
    names = db.execute(
        "SELECT current_database(), current_setting('server_encoding')"
    ).fetchone() or ("", "")
    shape = _geometry_column(columns, table)
    return Described(
        geometry=shape,
        columns=tuple((n, kind) for n, kind in columns if kind not in SKIPPED),
        left=tuple((n, kind) for n, kind in columns if kind in SKIPPED and n != shape),
        key=tuple(name for (name,) in key),
        srids=_srids(db, table, shape),
        database=str(names[0]),
        encoding=str(names[1]),
    )


def _oid(db: Connection, table: PostgisTable) -> int:
    """Return the number of the table in the catalogue."""
    found = db.execute(
        "SELECT c.oid, c.relkind::text FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s",
        (table.schema, table.name),
    ).fetchone()
    if found is not None and found[1] in READABLE:
        return int(found[0])
    raise InputRefusedError(
        source=str(table),
        expected=f"a {', '.join(READABLE.values())} of this name",
        got="none" if found is None else f"another thing (relkind {found[1]})",
        todo="check schema= and name=; a foreign table lies in another database, "
        "which one snapshot does not hold: read it there",
    )


def _geometry_column(columns: list[tuple[str, str]], table: PostgisTable) -> str:
    """Return the geometry column: the named one, else the only one."""
    there = [name for name, kind in columns if kind == "geometry"]
    if table.geometry in there or (table.geometry is None and len(there) == 1):
        return table.geometry or there[0]
    others = [f"{name} ({kind})" for name, kind in columns if kind in SHAPES]
    raise InputRefusedError(
        source=str(table),
        expected="a column of type geometry"
        + (f" called {table.geometry!r}" if table.geometry else ", one alone"),
        got=", ".join(others) or "none",
        todo="say which one: geometry='...'; the edges of a geography are no straight "
        "lines in degrees: load it as geometry",
    )


def _srids(db: Connection, table: PostgisTable, shape: str) -> tuple[int, ...]:
    """Return the SRIDs of the rows, not of the column: a column may allow several."""
    query = sql.SQL("SELECT DISTINCT ST_SRID({0}) FROM {1} WHERE {0} IS NOT NULL")
    rows = db.execute(query.format(sql.Identifier(shape), relation(table))).fetchall()
    if not rows:
        rows = db.execute(
            "SELECT srid FROM geometry_columns WHERE f_table_schema = %s"
            " AND f_table_name = %s AND f_geometry_column = %s",
            (table.schema, table.name, shape),
        ).fetchall()
    return tuple(sorted(int(srid) for (srid,) in rows))


def system_of(
    db: Connection, srids: tuple[int, ...], table: PostgisTable
) -> tuple[str | None, str]:
    """Return the reference system as ``spatial_ref_sys`` states it, and the evidence.

    Parameters
    ----------
    srids
        What the rows carry.

    Raises
    ------
    CrsError
        They carry several, one that ``spatial_ref_sys`` does not hold, or one whose
        text and number there mean two systems.
    """
    if len(srids) > 1:
        raise CrsError(
            source=str(table),
            expected="rows in one reference system",
            got=f"the SRIDs {', '.join(map(str, srids))}",
            todo="set the right one for all rows",
        )
    if not srids or srids[0] == 0:
        return None, "SRID 0"
    row = db.execute(
        "SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = %s",
        (srids[0],),
    ).fetchone()
    if row is None or not (row[2] or "").strip():
        raise CrsError(
            source=str(table),
            expected="an SRID that spatial_ref_sys explains",
            got=f"SRID {srids[0]}, which it does not",
            todo="insert the system into spatial_ref_sys, or set the right SRID",
        )
    authority, code, text = row
    _need_one_meaning(authority, code, text, table)
    return str(text), f"spatial_ref_sys, SRID {srids[0]}"


def _need_one_meaning(
    authority: str | None, code: int | None, text: str, table: PostgisTable
) -> None:
    """Refuse a text that does not mean what its EPSG number means."""
    need_written_out(text, source=str(table))
    if (authority or "").upper() != "EPSG" or code is None:
        return
    try:
        said = horizontal(pyproj.CRS.from_wkt(text))
        numbered = horizontal(pyproj.CRS.from_epsg(code))
        # the text is WKT of the older form, which cannot say all: compared in it too
        older = pyproj.CRS.from_wkt(numbered.to_wkt("WKT1_GDAL"))
        agrees = same(said, numbered) or older.equals(said, ignore_axis_order=True)
        meant = name_of(said)
    except ProjCrsError:
        agrees, meant = False, f"{text[:60]}..."
    if not agrees:
        raise CrsError(
            source=str(table),
            expected=f"EPSG:{code}, the number in spatial_ref_sys",
            got=f"{meant}, its text there",
            todo="correct spatial_ref_sys: one of the two is wrong",
        )
