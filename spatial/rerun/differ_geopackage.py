"""Where two GeoPackages differ: table, row and column."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from spatial.rerun.differ_workbook import Where

_FIRST = ("sites", "findings", "overlaps")
_IDS = ("finding_id", "site_id", "table_name")


def first(old: Path, new: Path) -> Where | None:
    """Return the first cell that differs; None where the tables say the same.

    The tables that people read come first, then those of the format, by name.
    """
    with closing(_opened(old)) as before, closing(_opened(new)) as after:
        names = _tables(before), _tables(after)
        for name in (*names[0], *(one for one in names[1] if one not in names[0])):
            if name not in names[0] or name not in names[1]:
                was, now = ("a table" if name in one else "none" for one in names)
                return f"table {name}", was, now
            found = _table(before, after, name)
            if found:
                return found
    return None


def _opened(path: Path) -> sqlite3.Connection:
    """Open a file without leave to write, so that it stays as it is."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _tables(database: sqlite3.Connection) -> list[str]:
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    names = [str(name) for (name,) in rows]
    ahead = [name for name in _FIRST if name in names]
    return ahead + [name for name in names if name not in _FIRST]


def _table(
    before: sqlite3.Connection, after: sqlite3.Connection, name: str
) -> Where | None:
    """Compare a table row by row, in the order in which it is stored."""
    quoted = '"' + name.replace('"', '""') + '"'
    select = f"SELECT * FROM {quoted}"  # noqa: S608 - a name from the file's own list
    old, new = before.execute(select), after.execute(select)
    columns = [[str(one[0]) for one in rows.description] for rows in (old, new)]
    if columns[0] != columns[1]:
        first, second = (", ".join(one) for one in columns)
        return f"table {name}, columns", first, second
    number = 0
    while True:
        number += 1
        was, now = old.fetchone(), new.fetchone()
        if was is None and now is None:
            return None
        if was is None or now is None:
            row = _row(columns[0], was or now, number)
            first, second = ("a row" if one else "no row" for one in (was, now))
            return f"table {name}, {row}", first, second
        for column, a, b in zip(columns[0], was, now, strict=True):
            if a != b:
                where = f"table {name}, {_row(columns[0], was, number)}, {column}"
                return where, _cell(a), _cell(b)


def _row(columns: list[str], row: tuple[object, ...], number: int) -> str:
    """Return how a row is called: its number, and its id where it has one."""
    named = dict(zip(columns, row, strict=True))
    known = next((f" ({named[one]})" for one in _IDS if named.get(one)), "")
    return f"row {number}{known}"


def _cell(value: object) -> str:
    """Return a cell as text; a geometry by its length and hash."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes, SHA-256 {hashlib.sha256(value).hexdigest()[:12]}"
    return str(value)
