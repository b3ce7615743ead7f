"""Rows and cells of an .xlsx sheet must stand in the order of their numbers.

openpyxl drops a row whose number is not above the one before it, and takes the last of
two cells of one name, without a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from pathlib import Path

TAG = re.compile(rb"<(?:\w+:)?(row|c)(?:\s([^<>]*))?>")
NUMBER = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Za-z]*)(\d+)[\"']")


@dataclass(slots=True)
class Order:
    """Follows the tags of a sheet, piece by piece.

    Attributes
    ----------
    path
        The workbook, for messages.
    """

    path: Path
    _row: int = 0
    _column: tuple[int, bytes] = (0, b"")
    _seen: int = field(default=-1)

    def take(self, text: bytes, base: int) -> None:
        """Look at a piece that begins at byte `base`; pieces may overlap.

        Raises
        ------
        InputRefusedError
            A row or cell stands behind one with the same or a higher number, or in
            another row than it says.
        """
        for found in TAG.finditer(text):
            if base + found.start() <= self._seen:
                continue
            self._seen = base + found.start()
            said = NUMBER.search(found[2] or b"")
            if found[1] == b"row":
                self._begin(int(said[2]) if said else self._row + 1)
            elif said is not None:
                self._cell(said[1].upper(), int(said[2]))

    def _begin(self, number: int) -> None:
        """Go on to a row."""
        if number <= self._row:
            got = f"row {number} behind row {self._row}"
            raise self._refuse(got)
        self._row, self._column = number, (0, b"")

    def _cell(self, letters: bytes, number: int) -> None:
        """Go on to a cell."""
        name = f"{letters.decode('ascii')}{number}"
        if number != self._row:
            got = f"the cell {name} in row {self._row}"
            raise self._refuse(got)
        column = (len(letters), letters)
        if column <= self._column:
            before = f"{self._column[1].decode('ascii')}{number}"
            got = f"the cell {name} behind {before}"
            raise self._refuse(got)
        self._column = column

    def _refuse(self, got: str) -> InputRefusedError:
        return InputRefusedError(
            source=self.path,
            expected="rows and cells of a sheet in their order",
            got=f"{got}: a damaged sheet",
            todo="open it in a spreadsheet program and save it",
        )
