"""The rows of a long workbook, put into one that has the first row of each sheet.

XlsxWriter makes the workbook: styles, widths, filters, headings, and the first row of
each table. Every other row looks like the first, so it is written here straight into
the sheet's XML, in a tenth of the time. A text that stands in many cells is stored once
(Office Open XML, ISO/IEC 29500-1, 18.3 and 18.4).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from spatial.report.columns import Row

_STRINGS = "xl/sharedStrings.xml"
_CELL = re.compile(r'<c r="([A-Z]+)\d+"(?: s="(\d+)")?')
_COUNTS = re.compile(r'count="(\d+)" uniqueCount="(\d+)"')
_DIMENSION = re.compile(r'(<dimension ref="\w+:[A-Z]+)\d+')
_AT_A_TIME = 500  # rows that are packed together
# As cells hold them: what XML or Excel would read otherwise.
_ESCAPED = re.compile(r"_(?=x[0-9a-fA-F]{4}_)|[&<>\r]")
_ESCAPES = {"_": "_x005F_", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "_x000D_"}


@dataclass(slots=True, eq=False)
class _Strings:
    """The texts of a workbook, each once.

    Attributes
    ----------
    first
        Number of the first of them: others are there already.
    shown
        Returns a text as a cell can hold it.
    place
        The number of each.
    cells
        How many cells hold one.
    """

    first: int
    shown: Callable[[str], str]
    place: dict[str, int] = field(default_factory=dict)
    cells: int = 0

    def number(self, text: str) -> int:
        """Return the number of a text."""
        self.cells += 1
        return self.place.setdefault(text, self.first + len(self.place))

    def pieces(self) -> Iterator[str]:
        """Yield the XML of each."""
        for text in self.place:
            shown = _ESCAPED.sub(lambda found: _ESCAPES[found[0]], self.shown(text))
            space = ' xml:space="preserve"' if shown != shown.strip() else ""
            yield f"<si><t{space}>{shown}</t></si>"


def with_rows(
    book: IO[bytes],
    path: Path,
    sheets: Sequence[tuple[int, Sequence[Row]]],
    *,
    shown: Callable[[str], str],
) -> None:
    """Write a workbook with all of its rows.

    Parameters
    ----------
    book
        The workbook with, of each sheet, the headings and the first row.
    path
        File to write.
    sheets
        In their order: the row of the sheet, from 1, in which the table begins, and all
        rows of the table, the first too. A cell is a text, a number or None.
    shown
        Returns a text as a cell can hold it.
    """
    names = {f"xl/worksheets/sheet{at}.xml": one for at, one in enumerate(sheets, 1)}
    with ZipFile(book) as made, ZipFile(path, "w", ZIP_DEFLATED) as whole:
        told = made.read(_STRINGS).decode()
        strings = _Strings(told.count("<si>"), shown)
        for entry in made.infolist():
            if entry.filename in names:
                sheet = made.read(entry).decode()
                begin, rows = names[entry.filename]
                _put(whole, entry, _sheet(sheet, begin, rows, strings))
            elif entry.filename != _STRINGS:
                whole.writestr(entry, made.read(entry))
        _put(whole, made.getinfo(_STRINGS), _table(told, strings))


def _put(whole: ZipFile, old: ZipInfo, pieces: Iterator[str]) -> None:
    """Pack an entry piece by piece, under the name and date that it had."""
    entry = ZipInfo(old.filename, old.date_time)
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, old.external_attr
    with whole.open(entry, "w") as stream:
        for one in pieces:
            stream.write(one.encode())


def _sheet(
    sheet: str, begin: int, rows: Sequence[Row], strings: _Strings
) -> Iterator[str]:
    """Yield the XML of a sheet with all of its rows."""
    if not rows:
        yield sheet
        return
    head, end, tail = sheet.partition("</sheetData>")
    columns = _columns(head[head.rindex("<row ") :])
    last = begin + len(rows) - 1
    yield _DIMENSION.sub(rf"\g<1>{last}", head, count=1)
    for low in range(1, len(rows), _AT_A_TIME):
        pieces: list[str] = []
        for number, row in enumerate(rows[low : low + _AT_A_TIME], begin + low):
            pieces.append(f'<row r="{number}">')
            for (start, style), cell in zip(columns, row, strict=True):
                if cell is None or cell == "":
                    pieces.append(f"{start}{number}{style}/>")
                elif isinstance(cell, str):
                    at = strings.number(cell)
                    pieces.append(f'{start}{number}{style} t="s"><v>{at}</v></c>')
                else:
                    pieces.append(f"{start}{number}{style}><v>{cell:.16G}</v></c>")
            pieces.append("</row>")
        yield "".join(pieces)
    yield end + tail


def _columns(row: str) -> list[tuple[str, str]]:
    """Return what stands before and after the number of a row in each of its cells."""
    return [
        (f'<c r="{letters}', f'" s="{style}"' if style else '"')
        for letters, style in _CELL.findall(row)
    ]


def _table(told: str, strings: _Strings) -> Iterator[str]:
    """Yield the XML of the texts of a workbook."""
    head, end, tail = told.partition("</sst>")
    count, many = map(int, _COUNTS.search(head).groups())  # type: ignore[union-attr]
    counts = (
        f'count="{count + strings.cells}" uniqueCount="{many + len(strings.place)}"'
    )
    yield _COUNTS.sub(counts, head, count=1)
    pieces = strings.pieces()
    while some := "".join(itertools.islice(pieces, _AT_A_TIME)):
        yield some
    yield end + tail
