"""A sheet of clauses, row by row: what is understood, and what is not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from layers.accesslist.words import industries_of
from layers.errors import InputRefusedError
from layers.read.cells import cells_of
from layers.spec import fold, spec
from spatial.policy.starter.words import COLUMNS, EVERYTHING, NEEDED, parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADING_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A row of the sheet.

    Attributes
    ----------
    row
        Its number as a spreadsheet program shows it.
    cells
        Canonical column (a key of `words.COLUMNS`) to what is written, never blank.
    """

    row: int
    cells: Mapping[str, object]

    def text(self, column: str) -> str:
        """Return a cell as text; "" where nothing is written."""
        cell = self.cells.get(column, "")
        if isinstance(cell, dt.datetime):
            return cell.date().isoformat()
        return str(cell)


def read_drafts(
    source: Path | str, *, sheet: str | None = None, in_process: bool = False
) -> tuple[Draft, ...]:
    """Read a sheet of clauses.

    Parameters
    ----------
    source
        An ``.xlsx``, ``.xls`` or ``.csv`` with a heading; 编号 and 原文 at least.
    sheet
        Where the workbook has several.
    in_process
        As for `layers.read`.

    Returns
    -------
    tuple of Draft
        One a row, in order. A heading that was printed again is left out.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        It cannot be read, has no heading with 编号 and 原文, names a column twice, or
        has cells under a heading that is not known: a clause must not lose a part in
        silence.
    """
    cells, _ = cells_of(source, sheet=sheet, in_process=in_process)
    rows = [(number, list(row)) for number, row in cells.rows]
    at, columns = _heading(rows, Path(source))
    word = rows[at][1]
    drafts = []
    for number, row in rows[at + 1 :]:
        if row == word:
            continue
        _need_known(row, columns, number, Path(source))
        said = {
            name: _plain(row[column])
            for column, name in columns.items()
            if column < len(row) and row[column] is not None
        }
        drafts.append(Draft(number, said))
    if not drafts:
        raise _refuse(Path(source), "no row below the heading")
    return tuple(drafts)


def _heading(
    rows: Sequence[tuple[int, list[object]]], path: Path
) -> tuple[int, dict[int, str]]:
    """Return where the heading stands, and its columns by position."""
    known = {fold(word): name for name, words in COLUMNS.items() for word in words}
    for at, (number, row) in enumerate(rows[:HEADING_WITHIN]):
        columns = {
            column: known[fold(str(cell))]
            for column, cell in enumerate(row)
            if cell is not None and fold(str(cell)) in known
        }
        names = list(columns.values())
        if not set(NEEDED) <= set(names):
            continue
        twice = [one for one in names if names.count(one) > 1]
        if twice:
            raise _refuse(path, f"two columns for {twice[0]} in row {number}")
        return at, columns
    raise _refuse(path, "no heading with 编号 and 原文")


def _need_known(
    row: Sequence[object], columns: Mapping[int, str], number: int, path: Path
) -> None:
    """Refuse a cell in a column whose heading nobody understands."""
    for column, cell in enumerate(row):
        if cell is not None and column not in columns:
            got = f"a value in row {number}, column {column + 1}, of unknown heading"
            raise _refuse(path, got)


def _plain(cell: object) -> object:
    """Return a cell without outer blanks, a whole number without its fraction."""
    if isinstance(cell, str):
        return cell.strip()
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _refuse(path: Path, got: str) -> InputRefusedError:
    headings = "、".join(words[0] for words in COLUMNS.values())
    return InputRefusedError(
        source=path,
        expected="a sheet of clauses, one row a clause",
        got=got,
        todo=f"use the headings {headings}; delete other columns",
    )


# -- what a row says of a project --------------------------------------------------


def values_of(draft: Draft, name: str) -> tuple[str, ...] | None:
    """Return the domain values that a cell names; None where one is not known."""
    text = draft.text(name)
    if not text or text in EVERYTHING:
        return ()
    field = spec("project_site").field(name)
    found = [field.spelled(one) for one in parts_of(text)]
    if any(one is None for one in found):
        return None
    return tuple(one for one in found if one is not None)


def codes_of(draft: Draft) -> tuple[str, ...] | None:
    """Return the industry codes of a cell; None where one is no code."""
    cell = draft.cells.get("industry", "")
    if not cell or str(cell) in EVERYTHING:
        return ()
    return industries_of(cell)


def distance_of(draft: Draft) -> float | None:
    """Return a distance above 0 in metres, or None."""
    try:
        metres = float(draft.text("distance_m"))
    except ValueError:
        return None
    return metres if 0 < metres < float("inf") else None
