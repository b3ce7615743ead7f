"""The first difference of two results: which file, and where in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spatial.rerun import differ_geopackage, differ_printed, differ_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from spatial.rerun.differ_workbook import Where

_SHOWN = 60
_NAMES = ("site_id", "finding_id", "id", "name")
_MISSING = "—"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where two results part.

    Attributes
    ----------
    file
        Name of the file.
    where
        ``sites[S-1].findings[0a1b…].area_m2`` in JSON, ``findings, row 3, area_m2`` in
        a GeoPackage, ``Sites!C4`` in a workbook, ``line 12`` in a page; ``""`` for the
        whole file.
    before, after
        What stands there in the stored result, and in the new one; cut when long.
    """

    file: str
    where: str
    before: str
    after: str


def first_difference(
    before: Path, after: Path, names: Iterable[str]
) -> Difference | None:
    """Return the first difference between two folders of results.

    Parameters
    ----------
    before, after
        The folders.
    names
        Files to compare, in this order; each byte counts.

    Returns
    -------
    Difference or None
        None: every file is in both, with the same bytes.
    """
    for name in names:
        old, new = before / name, after / name
        if not old.is_file() or not new.is_file():
            there = ("a file" if one.is_file() else "no file" for one in (old, new))
            return Difference(name, "", *there)
        if old.read_bytes() != new.read_bytes():
            where, was, now = _inside(old, new)
            return Difference(name, where, _short(was), _short(now))
    return None


def _inside(old: Path, new: Path) -> Where:
    """Return where two files of a name differ, in the terms of their format."""
    looks = {
        ".json": _json,
        ".gpkg": differ_geopackage.first,
        ".xlsx": differ_workbook.first,
        ".docx": differ_printed.first,
        ".html": _text,
    }
    look = looks.get(old.suffix)
    try:
        found = look(old, new) if look else None
    except Exception as error:  # noqa: BLE001 - the stored file may be damaged anyhow
        found = ("", f"a file that cannot be read ({type(error).__name__})", "")
    return found or _bytes(old, new)


def _json(old: Path, new: Path) -> Where | None:
    """Return the first value that differs, in the order of the stored file."""
    before, after = (json.loads(one.read_text("utf-8")) for one in (old, new))
    return _values(before, after, "")


def _values(before: Any, after: Any, path: str) -> Where | None:  # noqa: ANN401  JSON
    if isinstance(before, dict) and isinstance(after, dict):
        return _mappings(before, after, path)
    if isinstance(before, list) and isinstance(after, list):
        return _lists(before, after, path)
    if type(before) is type(after) and before == after:
        return None
    return path, json.dumps(before, ensure_ascii=False), _dumped(after)


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _mappings(before: dict[str, Any], after: dict[str, Any], path: str) -> Where | None:
    for key in (*before, *(key for key in after if key not in before)):
        inner = f"{path}.{key}" if path else key
        if key not in before or key not in after:
            return inner, _dumped_or_none(before, key), _dumped_or_none(after, key)
        found = _values(before[key], after[key], inner)
        if found:
            return found
    return None


def _dumped_or_none(values: dict[str, Any], key: str) -> str:
    return _dumped(values[key]) if key in values else _MISSING


def _lists(before: list[Any], after: list[Any], path: str) -> Where | None:
    for at, (old, new) in enumerate(zip(before, after, strict=False)):
        names = _name(old, at), _name(new, at)
        if names[0] != names[1]:
            return f"{path}[{at}]", names[0], names[1]
        found = _values(old, new, f"{path}[{names[0]}]")
        if found:
            return found
    if len(before) == len(after):
        return None
    at = min(len(before), len(after))
    was, now = (
        _name(one[at], at) if at < len(one) else _MISSING for one in (before, after)
    )
    return f"{path}[{at}]", was, now


def _name(value: object, at: int) -> str:
    """Return how an item of a list is called: by its id, else by its position."""
    if isinstance(value, dict):
        for key in _NAMES:
            if isinstance(value.get(key), str):
                return str(value[key])
    return str(at)


def _text(old: Path, new: Path) -> Where | None:
    """Return the first line that differs, from where it differs."""
    before, after = (one.read_text("utf-8").split("\n") for one in (old, new))
    for number, (was, now) in enumerate(zip(before, after, strict=False), start=1):
        if was != now:
            same = next(
                (at for at, (a, b) in enumerate(zip(was, now, strict=False)) if a != b),
                min(len(was), len(now)),
            )
            return f"line {number}, column {same + 1}", was[same:], now[same:]
    number = min(len(before), len(after)) + 1
    return f"line {number}", f"{len(before)} lines", f"{len(after)} lines"


def _bytes(old: Path, new: Path) -> Where:
    """Return the first byte that differs: the contents say the same."""
    before, after = old.read_bytes(), new.read_bytes()
    at = next(
        (at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
        min(len(before), len(after)),
    )
    return f"byte {at}", before[at : at + 4].hex(), after[at : at + 4].hex()


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
