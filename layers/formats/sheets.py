"""The cells of a workbook, streamed and capped."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from itertools import zip_longest
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from layers.errors import InputRefusedError
from layers.formats.expendable import is_expendable
from layers.formats.sheets_97 import MAX_CELLS, MAX_COLUMNS, DeadError, workbook
from layers.formats.sheets_order import Order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

Row = tuple[int, list[object]]
"""Number of a row (from 1) and its cells, without blank ones at the end."""
Merged = tuple[int, int, int, int]
"""First row (from 1), first column (from 0), last row, last column."""

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MAX_BYTES = 1 << 30
MAX_MERGED = 100_000
CHUNK = 1 << 20
OVERLAP = 256
MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]+)(\d+):([A-Z]+)(\d+)\"")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, EOFError, OSError, RecursionError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError),
    *(NotImplementedError, MemoryError),
)
ALPHABET = 26


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet that hold anything, and its merged cells."""

    rows: list[Row]
    merged: tuple[Merged, ...]

    @property
    def last(self) -> int:
        """Number of the last row."""
        return self.rows[-1][0] if self.rows else 0


def sheets_of(path: Path) -> tuple[str, ...]:
    """Return the names of the sheets that hold anything, in their order."""
    if is_97(path):
        return tuple(name for name, one in _workbook_97(path).items() if one.rows)
    with closing(_open_xlsx(path)) as book:
        return tuple(
            sheet.title
            for sheet in book.worksheets
            if next(_stream(sheet, path), None) is not None
        )


def _refuse(path: Path, got: str, todo: str) -> InputRefusedError:
    return InputRefusedError(
        source=path, expected="a readable workbook", got=got, todo=todo
    )


def _too_large(path: Path, got: str) -> InputRefusedError:
    return _refuse(path, got, "keep the table alone in a sheet of its own")


# -- .xlsx -----------------------------------------------------------------


def sheet_xlsx(path: Path, name: str) -> Sheet:
    """Return a sheet of an .xlsx."""
    with closing(_open_xlsx(path)) as book:
        sheet = book[name]
        member = str(sheet._worksheet_path)  # noqa: SLF001 - nowhere public
        rows, cells = [], 0
        for number, row in _stream(sheet, path):
            cells += len(row)
            if cells > MAX_CELLS:
                raise _too_large(path, f"more than {MAX_CELLS} cells")
            rows.append((number, row))
    merged, has_formulas = _marks(path, member)
    if has_formulas:
        _need_values(path, name, rows)
    return Sheet(rows, merged)


def _open_xlsx(path: Path, *, values: bool = True) -> Workbook:
    """Open a workbook for streaming, after a look at its sizes."""
    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(one.file_size for one in archive.infolist())
            if total > MAX_BYTES:
                raise _too_large(path, f"{total} bytes when unpacked")
            broken = archive.testzip()
        if broken is not None:
            raise _refuse(path, f"a damaged member {broken}", "copy it again")
        # From memory: openpyxl leaves its file open when a workbook is damaged.
        data = io.BytesIO(path.read_bytes())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, not cells
            opened: Workbook = import_module("openpyxl").load_workbook(
                data, read_only=True, data_only=values, keep_links=False
            )
            return opened
    except InputRefusedError:
        raise
    except BROKEN as error:
        raise _refuse(path, f"a damaged one ({error})", "save it again") from error


def _stream(sheet: ReadOnlyWorksheet, path: Path) -> Iterator[Row]:
    """Yield the rows that hold anything; what a sheet claims as its size is ignored."""
    sheet.reset_dimensions()
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            row = _trimmed(list(cells))
            if len(row) > MAX_COLUMNS:
                raise _too_large(path, f"{len(row)} columns in row {number}")
            if row:
                yield number, row
    except InputRefusedError:
        raise
    except BROKEN as error:
        raise _refuse(path, f"a damaged sheet ({error})", "save it again") from error


def _trimmed(cells: list[object]) -> list[object]:
    """Return cells without the blank ones at the end."""
    while cells and _is_blank(cells[-1]):
        cells.pop()
    return [None if _is_blank(one) else one for one in cells]


def _is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _marks(path: Path, member: str) -> tuple[tuple[Merged, ...], bool]:
    """Return the merged cells of a sheet, and whether it has formulas."""
    merged: dict[Merged, None] = {}
    has_formulas = False
    order = Order(path)
    with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
        tail, base = b"", 0
        while chunk := stream.read(CHUNK):
            text = tail + chunk
            order.take(text, base)
            has_formulas = has_formulas or FORMULA.search(text) is not None
            for left, top, right, bottom in MERGE.findall(text):
                area = (int(top), _column(left), int(bottom), _column(right))
                merged[area] = None
            if len(merged) > MAX_MERGED:
                raise _too_large(path, f"more than {MAX_MERGED} merged areas")
            tail = text[-OVERLAP:]
            base += len(text) - len(tail)
    return tuple(merged), has_formulas


def _column(letters: bytes) -> int:
    """Return the number of a column, from 0.

    Examples
    --------
    >>> _column(b"A"), _column(b"AA")
    (0, 26)
    """
    number = 0
    for one in letters:
        number = number * ALPHABET + one - ord("A") + 1
    return number - 1


def _need_values(path: Path, name: str, rows: list[Row]) -> None:
    """Refuse formulas whose values nobody has stored: they would read as blanks."""
    stored = dict(rows)
    with closing(_open_xlsx(path, values=False)) as book:
        for number, cells in _stream(book[name], path):
            values = stored.get(number, [])
            for column, (formula, value) in enumerate(
                zip_longest(cells, values), start=1
            ):
                if value is None and str(formula or "").startswith("="):
                    raise _refuse(
                        path,
                        f"a formula without its value in row {number}, column {column}",
                        "open it in a spreadsheet program and save it",
                    )


# -- .xls ------------------------------------------------------------------


def sheet_97(path: Path, name: str) -> Sheet:
    """Return a sheet of an .xls."""
    return _workbook_97(path)[name]


def is_97(path: Path) -> bool:
    """Whether a file is an .xls; an encrypted .xlsx looks like one and is refused."""
    with path.open("rb") as stream:
        if stream.read(len(OLE)) != OLE:
            return False
        rest = stream.read()
    if ENCRYPTED in rest:
        raise _refuse(path, "an encrypted one", "remove the password")
    return True


def _workbook_97(path: Path) -> dict[str, Sheet]:
    """Return every sheet of an .xls."""
    try:
        found = workbook(path, here=is_expendable())
    except DeadError as error:
        raise _refuse(path, str(error), "save it again as .xlsx") from error
    sheets = {}
    for name, one in found.items():
        trimmed = [(number, _trimmed(cells)) for number, cells in one["rows"]]
        rows = [(number, cells) for number, cells in trimmed if cells]
        sheets[name] = Sheet(rows, tuple(one["merged"]))
    return sheets
