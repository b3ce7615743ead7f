"""Where two workbooks differ: sheet and cell, else the part of the archive."""

from __future__ import annotations

import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, TypeAlias

import openpyxl
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

Where: TypeAlias = "tuple[str, str, str]"
"""A place, what stood there, what stands there now."""


def first(old: Path, new: Path) -> Where | None:
    """Return the first cell that differs, else the first part of the archive.

    None where every part holds the same: only the packing differs.
    """
    with (
        closing(openpyxl.load_workbook(old, read_only=True)) as before,
        closing(openpyxl.load_workbook(new, read_only=True)) as after,
    ):
        names = before.sheetnames, after.sheetnames
        if names[0] != names[1]:
            return "sheets", ", ".join(names[0]), ", ".join(names[1])
        for name in names[0]:
            found = _sheet(before[name], after[name])
            if found:
                return found
    return _part(old, new)


def _sheet(before: ReadOnlyWorksheet, after: ReadOnlyWorksheet) -> Where | None:
    rows = [list(one.iter_rows(values_only=True)) for one in (before, after)]
    for number, (was, now) in enumerate(zip(*rows, strict=False), start=1):
        wide = max(len(was), len(now))
        for at in range(wide):
            a, b = (row[at] if at < len(row) else None for row in (was, now))
            if a != b or type(a) is not type(b):
                cell = f"{before.title}!{get_column_letter(at + 1)}{number}"
                return cell, str(a), str(b)
    if len(rows[0]) == len(rows[1]):
        return None
    was, now = (f"{len(one)} rows" for one in rows)
    return before.title, was, now


def _part(old: Path, new: Path) -> Where | None:
    """Return the first part (styles, properties) whose bytes differ."""
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(new) as after:
        names = before.namelist(), after.namelist()
        if names[0] != names[1]:
            return "parts", ", ".join(names[0]), ", ".join(names[1])
        for name in names[0]:
            parts = [one.read(name) for one in (before, after)]
            if parts[0] != parts[1]:
                was, now = (f"{len(one)} bytes" for one in parts)
                return f"part {name}", was, now
    return None
