"""Excel: .xlsx streamed by openpyxl, .xls by calamine; every sheet is a layer.

A sheet may claim a cell at XFD1048576 or unpack to gigabytes, so rows are streamed
and everything has a cap. The heading is the first row that names coordinates; what
stands above it is read as a title only where it cannot be anything else.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pandas as pd

from layers.errors import InputRefusedError
from layers.formats.headings import find
from layers.formats.placed import Origin, place
from layers.formats.raw import Found, RawTable, choose_layer
from layers.formats.sheets import Sheet, is_97, sheet_97, sheet_xlsx, sheets_of
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from layers.formats.sheets import Row

HEADING_WITHIN = 20
TITLE = re.compile(r"[^:：]+[:：].*")
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
SHOWN = 60


def layers_of(path: Path) -> tuple[str, ...]:
    """Return the sheets that hold anything, in the order of the workbook."""
    return sheets_of(path)


def read(
    path: Path, *, layer: str | None = None, known: Sequence[str] = ()
) -> RawTable:
    """Read one sheet: one row a site, or one row a vertex; see `placed.place`.

    Parameters
    ----------
    path
        An ``.xlsx`` or ``.xls``; the content decides which.
    layer
        Sheet to read where several hold something.
    known
        Sheet names that point to the wanted kind.

    Returns
    -------
    RawTable
        Cells that are merged downwards have the value of the first in every row.
        Numbers stay numbers, numbers stored as text are read where a number is due,
        dates are dates. Rows that are not blank after the heading = rows of the
        table; for vertices a row of the table is a parcel.

    Raises
    ------
    InputRefusedError
        It is damaged or encrypted, has several sheets and none was chosen, is larger
        than the caps, holds formulas without stored values, has no coordinates, or
        has lines above the heading that may be data.
    """
    name = choose_layer(sheets_of(path), wanted=layer, known=known, source=path)
    old = is_97(path)
    sheet = (sheet_97 if old else sheet_xlsx)(path, name)
    at, heading = _heading(sheet, path)
    body, merged = _filled(sheet, first=at + 1)
    rows, broken = _without_errors([cells for _, cells in body])
    found = [*_titles(sheet.rows[:at], heading, sheet), *merged, *broken]
    table = _table(heading, rows, path)
    kind = "Excel 97 workbook" if old else "Excel workbook"
    return place(table, Origin(path, kind, name, None, tuple(found)))


def _refuse(path: Path, got: str, todo: str = "correct the sheet") -> InputRefusedError:
    return InputRefusedError(
        source=path, expected="a sheet with one heading", got=got, todo=todo
    )


# -- the heading -----------------------------------------------------------


def _heading(sheet: Sheet, path: Path) -> tuple[int, list[str]]:
    """Return the position of the heading among the rows, and its names.

    A heading may have two lines (坐标 over X and Y): where the lower one is blank, the
    upper one names the column.
    """
    names = [
        [_name(cell) for cell in cells] for _, cells in sheet.rows[:HEADING_WITHIN]
    ]
    for at, lower in enumerate(names):
        found = find(one for one in lower if one)
        below = names[at + 1] if at + 1 < len(names) else []
        spans = found.only_lists and find(one for one in below if one).lies_somewhere
        if spans or not found.lies_somewhere:
            continue
        upper = names[at - 1] if at and not _is_title(names[at - 1]) else None
        for above in range(at if upper is None else at - 1):
            if not _is_title(names[above]):
                number = sheet.rows[above][0]
                raise _refuse(
                    path,
                    f"row {number} above the heading in row {sheet.rows[at][0]}, which "
                    "may be data",
                    "delete the rows above the heading",
                )
        return at, _joined(lower, upper, sheet.rows[at][0], path)
    return 0, names[0] if names else []


def _joined(
    lower: list[str], upper: list[str] | None, number: int, path: Path
) -> list[str]:
    """Return a heading of one or two lines as one."""
    if upper is None:
        return lower
    width = max(len(lower), len(upper))
    lower, upper = (one + [""] * (width - len(one)) for one in (lower, upper))
    if all(lower):
        raise _refuse(
            path,
            f"row {number - 1} above the heading in row {number}, which may be data",
            "delete the rows above the heading",
        )
    return [below or above for below, above in zip(lower, upper, strict=True)]


def _is_title(names: Sequence[str]) -> bool:
    """Whether a row is a title: one filled cell, or nothing but ``单位：…``."""
    filled = [one for one in names if one]
    return len(filled) == 1 or all(TITLE.fullmatch(one) for one in filled)


def _name(cell: object) -> str:
    """Return a heading cell as text."""
    return "" if cell is None else re.sub(r"\s+", "", str(cell))


def _titles(above: Sequence[Row], heading: list[str], sheet: Sheet) -> list[Found]:
    """Return the note about rows that were taken as titles."""
    texts = [
        " ".join(str(cell) for cell in cells if cell is not None)
        for _, cells in above
        if not {_name(cell) for cell in cells} - {""} <= set(heading) | _spanning(sheet)
    ]
    if not texts:
        return []
    facts: dict[str, str | float] = {
        "count": len(texts),
        "text": " / ".join(texts)[:SHOWN],
    }
    return [("title_rows_skipped", facts)]


def _spanning(sheet: Sheet) -> set[str]:
    """Return the names of heading cells that span several columns."""
    wide = {(top, left) for top, left, _, right in sheet.merged if right > left}
    return {
        _name(cell)
        for number, cells in sheet.rows[:HEADING_WITHIN]
        for column, cell in enumerate(cells)
        if (number, column) in wide and len([1 for one in cells if one is not None]) > 1
    }


# -- the body --------------------------------------------------------------


def _filled(sheet: Sheet, *, first: int) -> tuple[list[Row], list[Found]]:
    """Return the rows after the heading, merged cells filled downwards."""
    body = [(number, list(cells)) for number, cells in sheet.rows[first:]]
    by_number = dict(body)
    count = 0
    for top, left, bottom, _ in sheet.merged:
        source = by_number.get(top)
        if source is None or left >= len(source) or source[left] is None:
            continue
        for number in range(top + 1, min(bottom, sheet.last) + 1):
            cells = by_number.get(number)
            if cells is None:
                continue
            cells.extend([None] * (left + 1 - len(cells)))
            cells[left] = source[left]
            count += 1
    return body, [("merged_cells_filled", {"count": count})] if count else []


def _without_errors(rows: list[list[object]]) -> tuple[list[list[object]], list[Found]]:
    """Return rows with None for the errors of formulas."""
    bad = [cell for row in rows for cell in row if cell in ERRORS]
    if not bad:
        return rows, []
    clean = [[None if cell in ERRORS else cell for cell in row] for row in rows]
    return clean, [("cell_errors", {"count": len(bad), "example": str(bad[0])})]


def _table(heading: list[str], rows: list[list[object]], path: Path) -> pd.DataFrame:
    """Return the rows under their headings."""
    width = max([len(heading), *map(len, rows)])
    names = [*heading, *[""] * (width - len(heading))]
    used = [
        at
        for at in range(width)
        if names[at] or any(len(row) > at and row[at] is not None for row in rows)
    ]
    nameless = [at for at in used if not names[at]]
    if nameless:
        raise _refuse(path, f"values in column {nameless[0] + 1}, which has no heading")
    chosen = [names[at] for at in used]
    folded = [fold(one) for one in chosen]
    if len(set(folded)) != len(folded):
        raise _refuse(path, f"a heading that stands twice in {', '.join(chosen)}")
    cells = [
        [_value(row[at]) if len(row) > at else None for at in used] for row in rows
    ]
    return pd.DataFrame(cells, columns=chosen, index=range(len(rows)), dtype=object)


def _value(cell: object) -> object:
    """Return a cell: blanks as None, whole numbers and days as such."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date()
    return cell
