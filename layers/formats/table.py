"""CSV: decoded strictly, split strictly, every row told where it lies."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pandas as pd

from layers.errors import InputRefusedError
from layers.formats.placed import Origin, place
from layers.formats.raw import RawTable, stem_of
from layers.formats.text import decoded

if TYPE_CHECKING:
    from pathlib import Path

DELIMITERS = (",", "\t", ";", "|")


def read(path: Path, *, encoding: str | None) -> RawTable:
    """Read a CSV: one row a site, or one row a vertex; see `placed.place`.

    Raises
    ------
    InputRefusedError
        No coordinates, a row with more cells than the heading, or a text encoding
        that is neither UTF-8 nor GB18030.
    """
    read = decoded(path.read_bytes(), given=encoding, source=str(path))
    origin = Origin(path, "CSV", stem_of(path), read.encoding, read.found)
    return place(_rows(read.text, path), origin)


def _rows(text: str, path: Path) -> pd.DataFrame:
    """Parse the text: every cell stays text, an empty one is None."""
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=heading.count)
    try:
        lines = [
            row
            for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise _refuse(path, f"a line that cannot be parsed ({error})") from error
    head, body = [cell.strip() for cell in lines[0]], lines[1:]
    if len(set(head)) != len(head):
        raise _refuse(path, f"a heading that stands twice in {', '.join(head)}")
    for number, row in enumerate(body, start=1):
        if len(row) > len(head) and any(row[len(head) :]):
            got = f"{len(row)} cells in data row {number}, {len(head)} in the heading"
            raise _refuse(path, got)
    cells = [(row + [""] * len(head))[: len(head)] for row in body]
    frame = pd.DataFrame(cells, columns=head, dtype=object)
    return frame.where(frame != "", None)


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="a CSV with one heading line",
        got=got,
        todo="correct the file",
    )
