"""findings.xlsx: the tables as a workbook that an office can filter and sort.

Nothing that comes from data can become a formula or a link: every text is written
as text, whatever it begins with.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from layers.garbage import uncollected
from layers.text import percent
from spatial.finding import SAID
from spatial.report.comparison_tables import comparison_summary
from spatial.report.palette import OUTCOME_COLOUR
from spatial.report.sheets import tables
from spatial.report.words import heading as heading_of
from spatial.report.words import say, visible
from spatial.report.workbook_rows import with_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from spatial.report.columns import Cell, Column, Format, Row, Table
    from spatial.report.content import ReviewContent
    from spatial.text import Lang

_NUMBER: Mapping[Format, str] = {
    "count": "0",
    "m2": "#,##0.00",
    "ha": "#,##0.0000",
    "mu": "#,##0.00",
    "m": "#,##0.000",
    "share": "0.00%",
    "degree": "0.000000",
}
_PARTS = (("0", "0.0001", percent(0.00001)), ("0.9999", "1", percent(0.99999)))
"""Bounds, both left out, between which a share has no two decimals, and its words."""
_LONG_WIDTH, _TEXT_WIDTH, _NUMBER_WIDTH, _HEADING_ROWS = 46, 30, 14, 2
MOST_ROWS = 1_048_576 - _HEADING_ROWS
"""Rows of a table on one sheet; what is left goes on on the next one."""
_LONG_FROM = 200_000  # rows: beyond, XlsxWriter takes too much time and memory
_LONGEST_CELL = 32_000  # Excel holds 32,767; XlsxWriter would drop a longer text


@uncollected()
def write_excel(content: ReviewContent, path: Path, *, lang: Lang = "zh") -> None:
    """Write the workbook.

    Parameters
    ----------
    content
        The review.
    path
        File to write; an existing one is replaced.
    lang
        Language of headings and sentences.

    Notes
    -----
    One sheet a table, in the order of `spatial.report.sheets.tables`; a table that is
    longer than a sheet goes on on further sheets, ``(2)`` and so on. Row 1 says
    what the sheet is of and carries the notices, row 2 is the heading (frozen, with
    a filter). Areas in m2, hectares and mu, shares as per cent (stored 0..1). The
    same content gives the same bytes: the date inside is the as-of date.
    """
    write_tables(
        tables(content, lang),
        path,
        title=content.title,
        heading=_heading(content, lang),
        on=content.on,
        lang=lang,
    )


def write_tables(
    sheets: Iterable[Table],
    path: Path,
    *,
    title: str,
    heading: str,
    on: dt.date,
    lang: Lang,
) -> None:
    """Write tables as a workbook, one sheet each (several where one is full).

    Parameters
    ----------
    sheets
        In order.
    path
        File to write; an existing one is replaced.
    title, on
        Of the workbook; the day stands in the place of the clock.
    heading
        Row 1 of every sheet.
    lang
        Language of headings.
    """
    parts = [one for table in sheets for one in _parted(table, lang)]
    long = sum(len(table.rows) for _, table in parts) > _LONG_FROM
    brief = io.BytesIO()
    book = xlsxwriter.Workbook(
        brief if long else str(path),
        {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True},
    )
    created = dt.datetime.combine(on, dt.time())
    book.set_properties({"title": visible(title), "created": created})
    for sheet, table in parts:
        rows = table.rows[:1] if long else table.rows
        _sheet(book, table, rows, title=sheet, heading=heading, lang=lang)
    book.close()
    if long:
        whole = [(_HEADING_ROWS + 1, table.rows) for _, table in parts]
        with_rows(brief, path, whole, shown=lambda text: _cut(text, lang))


def _parted(table: Table, lang: Lang) -> Iterator[tuple[str, Table]]:
    """Yield a table under its sheet's title, cut where a sheet is full.

    XlsxWriter drops what does not fit on a sheet, and does not say so.
    """
    title = say(f"sheet.{table.key}", lang)
    for number, start in enumerate(range(0, max(len(table.rows), 1), MOST_ROWS), 1):
        part = replace(table, rows=table.rows[start : start + MOST_ROWS])
        yield (title if number == 1 else f"{title} ({number})"), part


def _heading(content: ReviewContent, lang: Lang) -> str:
    facts = {
        "title": content.title,
        "document": heading_of(content.about, lang),
        "on": content.on.isoformat(),
        "run_id": content.run_id,
    }
    compared = content.comparison
    parts = (
        say("sheet.heading", lang, **facts),
        *((comparison_summary(compared, lang),) if compared else ()),
        *content.notices,
    )
    return visible("  |  ".join(parts))


def _sheet(
    book: xlsxwriter.Workbook,
    table: Table,
    rows: Sequence[Row],
    *,
    title: str,
    heading: str,
    lang: Lang,
) -> None:
    """Add a sheet with some rows of a table; its filter and colours reach all."""
    sheet = book.add_worksheet(title)
    top = book.add_format({"bold": True, "font_size": 12})
    head = book.add_format(
        {
            "bold": True,
            "bg_color": "#e8ecef",
            "bottom": 1,
            "text_wrap": True,
            "valign": "vcenter",
        }
    )
    sheet.write_string(0, 0, heading, top)
    sheet.set_row(1, 32)
    for place, column in enumerate(table.columns):
        sheet.write_string(1, place, _title(column, lang), head)
        sheet.set_column(place, place, _width(table, place, lang))
        cells = [row[place] for row in rows]
        _fill(sheet, cells, place=place, style=_style(book, column), lang=lang)
    sheet.freeze_panes(_HEADING_ROWS, 1)
    sheet.autofilter(1, 0, max(len(table.rows), 1) + 1, len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    _colour_outcomes(book, sheet, table, lang=lang)
    _mark_shares(book, sheet, table)


def _fill(
    sheet: xlsxwriter.worksheet.Worksheet,
    cells: list[Cell],
    *,
    place: int,
    style: xlsxwriter.format.Format,
    lang: Lang,
) -> None:
    """Write a column, each cell as what it is; `Worksheet.write` would guess."""
    for row, cell in enumerate(cells, start=_HEADING_ROWS):
        _write(sheet, (row, place), cell, style, lang=lang)


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    at: tuple[int, int],
    cell: Cell,
    style: xlsxwriter.format.Format,
    *,
    lang: Lang,
) -> None:
    """Write a cell as what it is; one that does not fit is a slip of ours."""
    if cell is None or cell == "":
        done = sheet.write_blank(*at, None, style)
    elif isinstance(cell, str):
        done = sheet.write_string(*at, _cut(cell, lang), style)
    else:
        done = sheet.write_number(*at, cell, style)
    if done:
        msg = f"cell {at} does not fit on a sheet"
        raise AssertionError(msg)


def _cut(text: str, lang: Lang) -> str:
    """Return a text that a cell can hold; a cut is said."""
    if len(text) <= _LONGEST_CELL:
        return text
    return text[:_LONGEST_CELL] + say("cell_cut", lang)


def _style(book: xlsxwriter.Workbook, column: Column) -> xlsxwriter.format.Format:
    shape: dict[str, object] = {"valign": "top"}
    if column.format == "long":
        shape["text_wrap"] = True
    elif column.format in _NUMBER:
        shape["num_format"] = _NUMBER[column.format]
    return book.add_format(shape)


def _mark_shares(
    book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, table: Table
) -> None:
    """Show a part that two decimals round to all or to nothing as page and paper do.

    The cell holds the share itself; its number format alone would show 0.99996 as
    100.00%.
    """
    first, last = _HEADING_ROWS, max(len(table.rows), 1) + _HEADING_ROWS - 1
    for place, column in enumerate(table.columns):
        if column.format != "share":
            continue
        cell = xl_rowcol_to_cell(first, place)
        for low, high, shown in _PARTS:
            style = book.add_format({"num_format": f'"{shown}"'})
            rule = {
                "type": "formula",
                "criteria": f"=AND({cell}>{low},{cell}<{high})",
                "format": style,
            }
            sheet.conditional_format(first, place, last, place, rule)


def _title(column: Column, lang: Lang) -> str:
    """Return the heading of a column."""
    return visible(column.title) or say(f"column.{column.key}", lang)


def _width(table: Table, place: int, lang: Lang) -> float:
    """Return a column's width in characters; a Chinese sign counts for two."""
    column = table.columns[place]
    if column.format == "long":
        return _LONG_WIDTH
    if column.format != "text":
        return _NUMBER_WIDTH
    texts = [str(row[place]) for row in table.rows[:500] if row[place] is not None]
    title = _title(column, lang)
    return min(max(map(_signs, (title, *texts))) + 2, _TEXT_WIDTH)


def _signs(text: str) -> int:
    return sum(1 if one.isascii() else 2 for one in text)


def _colour_outcomes(
    book: xlsxwriter.Workbook,
    sheet: xlsxwriter.worksheet.Worksheet,
    table: Table,
    *,
    lang: Lang,
) -> None:
    """Colour the outcome's word, as the page and the map do."""
    keys = [column.key for column in table.columns]
    if "outcome" not in keys:
        return
    place = keys.index("outcome")
    last = len(table.rows) + _HEADING_ROWS
    for outcome in SAID:
        style = book.add_format({"font_color": OUTCOME_COLOUR[outcome], "bold": True})
        rule = {
            "type": "text",
            "criteria": "begins with",  # a reviewer's says so after the word
            "value": say(f"outcome.{outcome}", lang),
            "format": style,
        }
        sheet.conditional_format(_HEADING_ROWS, place, last, place, rule)
