"""A table that lies nowhere: the cells of one sheet or CSV, as they are.

For lists that speak of places without coordinates (access lists of control units,
clauses of a rulebook). What a row means is for the caller to say.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from layers.formats.raw import choose_layer, stem_of
from layers.formats.sheets import is_97, sheet_97, sheet_xlsx, sheets_of
from layers.formats.sheets_97 import MAX_CELLS, MAX_COLUMNS
from layers.formats.sniff import sniff
from layers.formats.table import DELIMITERS
from layers.formats.text import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from layers.formats.raw import Found

BOOKS = ("Excel workbook", "Excel 97 workbook")


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of a table that hold anything.

    Attributes
    ----------
    format
        ``Excel workbook``, ``Excel 97 workbook`` or ``CSV``.
    sheet
        Name of the sheet; None for a CSV.
    encoding
        Of a CSV.
    rows
        Number of the row, from 1, and its cells (text, number, date, None), without
        blank ones at the end.
    merged
        Merged areas: first row (from 1), first column (from 0), last row, last
        column. A CSV has none.
    found
        What is to be recorded about the reading.
    others
        Names of the other sheets that hold anything.
    """

    format: str
    sheet: str | None
    encoding: str | None
    rows: tuple[tuple[int, tuple[object, ...]], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    found: tuple[Found, ...] = ()
    others: tuple[str, ...] = ()


def read_cells(
    path: Path,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    known: Sequence[str] = (),
) -> Cells:
    """Read the cells of a sheet or a CSV.

    Parameters
    ----------
    path
        An ``.xlsx``, ``.xls`` or ``.csv``; the content decides which.
    layer
        Sheet to read where several hold something.
    encoding
        Of a CSV, when its bytes leave it open.
    known
        Names of sheets that are meant where nobody says which.

    Raises
    ------
    InputRefusedError
        Another format; a workbook that is damaged, encrypted, larger than the caps,
        or holds formulas without stored values; a CSV that cannot be split.
    """
    found = sniff(path).format
    if found in BOOKS:
        return _of_book(path, layer, known)
    if found != "CSV":
        raise InputRefusedError(
            source=path,
            expected="a table: .xlsx, .xls or .csv",
            got=found,
            todo="save the list as one of them",
        )
    if layer not in {None, stem_of(path)}:
        raise InputRefusedError(
            source=path,
            expected=f"a sheet {layer!r}",
            got="a CSV, which is one table without a name of its own",
            todo="leave the sheet out",
        )
    return _of_csv(path, encoding)


def _of_book(path: Path, layer: str | None, known: Sequence[str]) -> Cells:
    """Read a sheet of a workbook."""
    names = sheets_of(path)
    name = choose_layer(names, wanted=layer, known=known, source=path)
    old = is_97(path)
    sheet = (sheet_97 if old else sheet_xlsx)(path, name)
    return Cells(
        format=BOOKS[1] if old else BOOKS[0],
        sheet=name,
        encoding=None,
        rows=tuple((number, tuple(cells)) for number, cells in sheet.rows),
        merged=tuple(sheet.merged),
        others=tuple(one for one in names if one != name),
    )


def _of_csv(path: Path, encoding: str | None) -> Cells:
    """Read a CSV; a row is a record, which a quoted line end does not break."""
    read = decoded(path.read_bytes(), given=encoding, source=str(path))
    heading = read.text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=heading.count)
    rows = []
    count = 0
    try:
        records = csv.reader(io.StringIO(read.text), delimiter=delimiter, strict=True)
        for number, record in enumerate(records, start=1):
            cells: list[object] = [one.strip() or None for one in record]
            while cells and cells[-1] is None:
                cells.pop()
            count += len(cells)
            if len(cells) > MAX_COLUMNS or count > MAX_CELLS:
                raise _refuse(path, f"too many cells at row {number}")
            if cells:
                rows.append((number, tuple(cells)))
    except csv.Error as error:
        got = f"a line that cannot be parsed ({error})"
        raise _refuse(path, got) from error
    return Cells("CSV", None, read.encoding, tuple(rows), (), tuple(read.found))


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path, expected="a CSV of a list", got=got, todo="correct the file"
    )
