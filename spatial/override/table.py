"""Overrides as a table: CSV or a sheet become the same entries as a YAML file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

from layers.document import Entry, Scalar
from layers.errors import InputRefusedError
from layers.formats.sheets import is_97, sheet_97, sheet_xlsx, sheets_of
from layers.formats.text import decoded
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "site_id": ("项目编号",),
    "finding": ("结论编号", "finding_id"),
    "rule": ("条款编号", "规则"),
    "zone": ("分区编号", "zone_id"),
    "unknown": ("存疑类型",),
    "what": ("所缺内容",),
    "outcome": ("改判结论",),
    "reason": ("改判理由", "理由"),
    "name": ("改判人", "审查人"),
    "date": ("改判日期", "日期"),
    "document": ("依据文件", "文号"),
    "checked_instead": ("替代核查", "替代核查内容"),
}
"""Key, and what else a heading may be called."""
KEYS = tuple(HEADINGS)
SHEETS = ("overrides", "改判")
_EXCEL = (".xlsx", ".xls")
_ROWS = list[tuple[int, list[object]]]


def rows_of(path: Path) -> Entry:
    """Return the rows of a table as a document with the one key ``overrides``.

    Parameters
    ----------
    path
        ``.csv`` in UTF-8 or GB18030, ``.xlsx`` or ``.xls`` with one sheet that holds
        anything, or one that is called ``overrides`` or ``改判``.

    Raises
    ------
    DocumentError
        A heading that is not known or stands twice, a value without a heading.
    InputRefusedError
        It is no table, or has several sheets.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", *_EXCEL):
        raise _refuse(path, f"a file that ends in {suffix or 'nothing'}")
    rows = _sheet(path) if suffix in _EXCEL else _csv(path)
    if not rows:
        raise _refuse(path, "an empty table")
    number, heading = rows[0]
    keys = [_key(cell, Entry(path, number, "heading", None)) for cell in heading]
    if len(set(keys)) != len(keys):
        Entry(path, number, "heading", None).fail("each heading once", str(heading))
    entries = tuple(
        _row(cells, keys, Entry(path, line, f"overrides.{at}", None))
        for at, (line, cells) in enumerate(rows[1:], start=1)
    )
    all_of_them = Entry(path, number, "overrides", entries)
    return Entry(path, number, "", {"overrides": all_of_them})


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="overrides as .yaml, .csv, .xlsx or .xls, one sheet",
        got=got,
        todo="save it as one of these",
    )


def _csv(path: Path) -> _ROWS:
    """Return the lines of a CSV that hold anything, with their numbers."""
    text = decoded(path.read_bytes(), given=None, source=str(path)).text
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: _ROWS = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, [cell.strip() or None for cell in row]))
    except csv.Error as error:
        raise _refuse(path, f"a line that cannot be parsed ({error})") from error
    return rows


def _sheet(path: Path) -> _ROWS:
    """Return the rows of the one sheet that is meant."""
    names = sheets_of(path)
    meant = [name for name in names if fold(name) in map(fold, SHEETS)] or list(names)
    if len(meant) != 1:
        raise _refuse(path, f"the sheets {', '.join(names) or '(none)'}")
    read = sheet_97 if is_97(path) else sheet_xlsx
    return list(read(path, meant[0]).rows)


def _key(cell: object, place: Entry) -> str:
    """Return the key that a heading stands for."""
    named = fold(str(cell)) if cell is not None else ""
    known = {fold(one): key for key, more in HEADINGS.items() for one in (key, *more)}
    if named not in known:
        place.fail(f"one of the headings {', '.join(KEYS)}", repr(cell))
    return known[named]


def _row(cells: list[object], keys: list[str], place: Entry) -> Entry:
    """Return a row as a mapping without its blank cells."""
    if len(cells) > len(keys):
        place.fail(f"{len(keys)} cells, as the heading has", f"{len(cells)}")
    values: dict[str, Entry] = {}
    for key, cell in zip(keys, cells, strict=False):
        value = _value(cell, key)
        if value is not None:
            at = f"{place.key}.{key}"
            values[key] = Entry(place.path, place.line, at, value)
    return Entry(place.path, place.line, place.key, values)


def _value(cell: object, key: str) -> Scalar:
    """Return a cell as YAML would have it: text, a date in the column of dates."""
    if cell is None or not str(cell).strip():
        return None
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    if key == "date":
        return cell if isinstance(cell, dt.date) else _day(str(cell))
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # a sheet has no whole numbers: zone 7 is 7.0
    return str(cell).strip()


def _day(text: str) -> Scalar:
    """Return a date; a text that is none stays, and is refused where it is wanted."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return text
