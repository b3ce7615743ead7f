"""The rows of an access list: each becomes requirements, or is set aside with a reason.

Nothing is left out: a title and a heading that was printed again are counted, and
every other row is kept or lost. A condition that cannot be understood does not cost
the row: it stays a requirement in words, which a person judges.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from layers.accesslist.headings import Heading, find_heading
from layers.accesslist.words import (
    category_of,
    dimension_of,
    effect_of,
    industries_of,
    is_every_industry,
    unit_codes,
)
from layers.issue import DataIssue
from layers.requirement import LostRow, Requirement, says_none
from layers.spec import fold, spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from layers.accesslist.headings import Row
    from layers.formats.cells import Cells
    from layers.requirement import Dimension, ListedEffect

SHOWN = 60
STROKES = ("/", "-", "—", "–", "无")
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")


@dataclass(slots=True)
class Read:
    """What came of the rows, while they are read.

    Attributes
    ----------
    id
        Of the list.
    rows
        Rows that are data: kept + lost.
    kept
        How many were kept.
    requirements, lost, issues
        As in `layers.requirement.AccessList`.
    """

    id: str
    rows: int = 0
    kept: int = 0
    requirements: list[Requirement] = field(default_factory=list)
    lost: list[LostRow] = field(default_factory=list)
    issues: list[DataIssue] = field(default_factory=list)

    def tell(self, code: str, row: int | None = None, **facts: str | float) -> None:
        """Record an issue; `row` as a spreadsheet program shows it, from 1.

        `DataIssue.row` counts from 0 as everywhere; the sentence says the number that
        people see.
        """
        if row is None:
            self.issues.append(DataIssue(code, self.id, facts=facts))
            return
        facts = {"row": row, **facts}
        self.issues.append(DataIssue(code, self.id, row - 1, facts=facts))


class _LostError(Exception):
    """A row cannot be relied on; the code of the issue says why."""

    def __init__(self, code: str, value: object = "", unit: str | None = None) -> None:
        self.code = code
        self.value = str(value)[:SHOWN]
        self.unit = unit
        super().__init__(code)


def read_rows(cells: Cells, *, id: str, path: Path) -> Read:  # noqa: A002
    """Read the rows of a list.

    Raises
    ------
    InputRefusedError
        No heading can be found; see `find_heading`.
    """
    read = Read(id)
    read.issues += [DataIssue(code, id, facts=facts) for code, facts in cells.found]
    rows, filled = _unmerged(cells)
    heading = find_heading(cells, rows, path)
    if heading.titles:
        text = " / ".join(heading.titles)[:SHOWN]
        read.tell("title_rows_skipped", count=len(heading.titles), text=text)
    if filled:
        read.tell("merged_cells_filled", count=filled)
    body, repeated = _body(rows[heading.at + 1 :], heading)
    if repeated:
        read.tell("repeated_headings_skipped", count=repeated)
    if cells.format == "CSV":
        body, blanks = _filled(body, heading)
        if blanks:
            read.tell("access_blanks_filled", count=blanks)
    for number, row in body:
        _take(read, heading, number, row)
    return read


# -- rows as they were meant -------------------------------------------------------


def _unmerged(cells: Cells) -> tuple[list[Row], int]:
    """Return the rows with cells that are merged downwards filled; and how many."""
    rows = [(number, [_plain(one) for one in row]) for number, row in cells.rows]
    by_number = dict(rows)
    count = 0
    for top, left, bottom, _ in cells.merged:
        source = by_number.get(top)
        if source is None or left >= len(source) or source[left] is None:
            continue
        for number in range(top + 1, bottom + 1):
            row = by_number.get(number)
            if row is None:
                continue
            row.extend([None] * (left + 1 - len(row)))
            row[left] = source[left]
            count += 1
    return rows, count


def _plain(cell: object) -> object:
    """Return a cell without outer blanks; an error of a formula says nothing."""
    if isinstance(cell, str):
        text = cell.strip()
        return None if not text or text in ERRORS else text
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell


def _body(rows: list[Row], heading: Heading) -> tuple[list[Row], int]:
    """Return the rows that are data, and how many headings stood among them."""
    titles = {fold(one) for one in heading.titles}
    code = heading.columns["code"]
    body = [
        (number, row)
        for number, row in rows
        if fold(_text(_at(row, code))) != heading.word
        and fold(" ".join(_text(one) for one in row if one is not None)) not in titles
    ]
    return body, len(rows) - len(body)


def _filled(body: list[Row], heading: Heading) -> tuple[list[Row], int]:
    """Fill blank codes, and blank dimensions of the same unit, from the row above.

    A CSV has lost which cells were merged. A dimension is never taken over from
    another unit.
    """
    code, dimension = heading.columns["code"], heading.columns.get("dimension")
    made: list[Row] = []
    count = 0
    last: list[object] = []
    for number, row in body:
        full = list(row)
        if _at(full, code) is None and _at(last, code) is not None:
            wanted = [code] if dimension is None else [code, dimension]
            for at in wanted:
                if _at(full, at) is None and _at(last, at) is not None:
                    full.extend([None] * (at + 1 - len(full)))
                    full[at] = last[at]
                    count += 1
        made.append((number, full))
        last = full
    return made, count


def _at(row: list[object], column: int | None) -> object:
    """Return a cell, or None where the row is shorter."""
    return row[column] if column is not None and column < len(row) else None


def _text(cell: object) -> str:
    """Return a cell as text."""
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


# -- what a row says ---------------------------------------------------------------


def _take(read: Read, heading: Heading, number: int, row: list[object]) -> None:
    """Keep a row or set it aside."""
    read.rows += 1
    try:
        units = _units(heading, row)
        said = list(_said(heading, row, units))
        _need_agreement(heading, row, units, said)
    except _LostError as lost:
        cells = tuple(_text(one) for one in row)
        read.lost.append(LostRow(number, lost.unit, lost.code, cells))
        read.tell(lost.code, number, value=lost.value)
        return
    read.kept += 1
    effect, industries, every = _condition(read, heading, number, row)
    read.requirements += [
        Requirement(read.id, number, unit, dimension, text, effect, industries, every)
        for unit in units
        for dimension, text in said
    ]


def _units(heading: Heading, row: list[object]) -> tuple[str, ...]:
    """Return the units that a row is about."""
    cell = _at(row, heading.columns["code"])
    if cell is None:
        raise _LostError(code="access_code_missing")
    units = unit_codes(cell)
    if units is None:
        raise _LostError(code="access_code_malformed", value=cell)
    stated = _at(row, heading.columns.get("category"))
    if stated is not None:
        category = spec("control_unit").field("category").spelled(_text(stated))
        if any(category not in {None, category_of(one)} for one in units):
            raise _LostError(
                code="access_code_contradicts_category", value=f"{cell} {stated}"
            )
    return units


def _said(
    heading: Heading, row: list[object], units: tuple[str, ...]
) -> Iterator[tuple[Dimension, str]]:
    """Yield the dimensions of a row, each with its words."""
    unit = units[0] if len(units) == 1 else None
    if heading.wide:
        texts = {one: _text(_at(row, at)) for one, at in heading.wide.items()}
        if not any(texts.values()):
            raise _LostError(code="access_text_missing", unit=unit)
        yield from ((one, text) for one, text in texts.items() if text)
        return
    cell = _at(row, heading.columns["dimension"])
    if cell is None:
        raise _LostError(code="access_dimension_missing", unit=unit)
    dimension = dimension_of(cell)
    if dimension is None:
        raise _LostError(code="access_dimension_unknown", value=cell, unit=unit)
    text = _text(_at(row, heading.columns["text"]))
    if not text:
        raise _LostError(code="access_text_missing", unit=unit)
    yield dimension, text


def _need_agreement(
    heading: Heading,
    row: list[object],
    units: tuple[str, ...],
    said: list[tuple[Dimension, str]],
) -> None:
    """Refuse a row that requires nothing and yet names industries or an effect."""
    stated = [one for one in _stated(heading, row) if one is not None]
    if stated and not heading.wide and all(says_none(t, d) for d, t in said):
        unit = units[0] if len(units) == 1 else None
        value = " ".join(map(_text, stated))
        raise _LostError(code="access_none_contradicts", value=value, unit=unit)


def _stated(heading: Heading, row: list[object]) -> tuple[object, object]:
    """Return industries and effect as written; a stroke is a blank."""
    cells = (_at(row, heading.columns.get(one)) for one in ("industry", "effect"))
    codes, stated = (None if _text(one) in STROKES else one for one in cells)
    return codes, stated


def _condition(
    read: Read, heading: Heading, number: int, row: list[object]
) -> tuple[ListedEffect | None, tuple[str, ...], bool]:
    """Return effect, industries, and whether all are meant; nothing where unclear."""
    nothing: tuple[ListedEffect | None, tuple[str, ...], bool] = (None, (), False)
    codes, stated = _stated(heading, row)
    if codes is None and stated is None:
        return nothing
    if codes is None or stated is None or heading.wide:
        read.tell("access_condition_incomplete", number)
        return nothing
    effect = effect_of(stated)
    if effect is None:
        read.tell("access_effect_unreadable", number, value=_text(stated)[:SHOWN])
        return nothing
    if is_every_industry(codes):
        return effect, (), True
    industries = industries_of(codes)
    if industries is None:
        read.tell("access_industries_unreadable", number, value=_text(codes)[:SHOWN])
        return nothing
    return effect, industries, False
