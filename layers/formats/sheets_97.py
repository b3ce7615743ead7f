"""The cells of an .xls, read by calamine in a process of its own.

A damaged .xls can make the reader ask for 687 GB and abort (measured: one in 120
mutated files), which no ``except`` can hold. So this file is also a program
that reads one workbook and prints its cells as JSON; if it dies, its parent does not.
It imports nothing of the package, to start quickly.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import python_calamine

MAX_COLUMNS = 1_000
MAX_CELLS = 5_000_000
MAX_MEMORY = 2 << 30
SECONDS = 60
ROW, MERGED = "rows", "merged"
DateLike = dt.datetime | dt.date | dt.time
KINDS: dict[str, type[DateLike]] = {
    "datetime": dt.datetime,
    "date": dt.date,
    "time": dt.time,
}


class DeadError(Exception):
    """The reading process died, took too long or refused; the text says which."""


def workbook(path: Path, *, here: bool = False) -> dict[str, dict[str, Any]]:
    """Return the sheets of an .xls by name, in their order.

    Parameters
    ----------
    path
        The .xls.
    here
        Read it in this process, which may die of it.

    Returns
    -------
    dict
        ``rows``: (number from 1, cells); ``merged``: (first row from 1, first column
        from 0, last row, last column).

    Raises
    ------
    DeadError
        It could not be read.
    """
    answer = json.loads(_read(path) if here else _read_elsewhere(path))
    if "refused" in answer:
        raise DeadError(answer["refused"])
    return {
        name: {
            ROW: [(at, [_restored(cell) for cell in row]) for at, row in sheet[ROW]],
            MERGED: [tuple(one) for one in sheet[MERGED]],
        }
        for name, sheet in answer["sheets"]
    }


def _read_elsewhere(path: Path) -> bytes:
    """Return what another process prints of a workbook."""
    call = [sys.executable, "-I", str(Path(__file__).resolve()), str(path.resolve())]
    try:
        done = subprocess.run(  # noqa: S603 - our own file and a path, no shell
            call, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        msg = f"one that takes more than {SECONDS} s"
        raise DeadError(msg) from error
    if done.returncode:
        msg = "one on which the reader died"
        raise DeadError(msg)
    return done.stdout


def _restored(cell: object) -> object:
    """Return a cell as it was before it went through JSON."""
    if not isinstance(cell, dict):
        return cell
    kind, text = next(iter(cell.items()))
    return KINDS[kind].fromisoformat(text) if kind in KINDS else text


def _plain(cell: object) -> object:
    """Return a cell as JSON holds it."""
    if isinstance(cell, DateLike):
        # a datetime is a date, too: the exact type names it
        return {type(cell).__name__: cell.isoformat()}
    if cell is None or isinstance(cell, str | bool | int | float):
        return cell
    return {type(cell).__name__: str(cell)}


def _sheet(sheet: Any) -> dict[str, Any]:  # noqa: ANN401 - calamine's own
    """Return the rows of a sheet that hold anything, and its merged cells."""
    width, height = sheet.total_width, sheet.total_height
    if width > MAX_COLUMNS or width * height > MAX_CELLS:
        msg = f"a sheet of {height} rows and {width} columns"
        raise ValueError(msg)
    table = sheet.to_python(skip_empty_area=False)
    rows = [
        (at, [_plain(cell) for cell in row])
        for at, row in enumerate(table, start=1)
        if any(cell != "" for cell in row)
    ]
    areas = sheet.merged_cell_ranges or []
    return {ROW: rows, MERGED: [(a + 1, b, c + 1, d) for (a, b), (c, d) in areas]}


def _limit_memory() -> None:
    """Cap the memory where the system can (not on Windows)."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not everywhere

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _read(path: Path) -> str:
    """Return a workbook, or why it cannot be read, as JSON."""
    try:
        book = python_calamine.load_workbook(io.BytesIO(path.read_bytes()))
        names = [one.name for one in book.sheets_metadata]
        sheets = [(one, _sheet(book.get_sheet_by_name(one))) for one in names]
        return json.dumps({"sheets": sheets})
    except BaseException as error:  # noqa: BLE001 - a panic is no Exception
        return json.dumps({"refused": f"a damaged one ({error})"})


def main(path: str) -> None:
    """Read one workbook and print it."""
    _limit_memory()
    sys.stdout.write(_read(Path(path)))


if __name__ == "__main__":
    main(sys.argv[1])
