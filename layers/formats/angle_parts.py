"""Degrees, minutes and seconds in columns of their own, joined to one an axis."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.errors import InputRefusedError
from layers.formats.coordinates import is_blank
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from layers.formats.raw import Found

WORDS: Mapping[str, tuple[str, ...]] = {
    "lon": ("经度", "东经", "经", "longitude", "long", "lon", "lng", "x经度"),
    "lat": ("纬度", "北纬", "纬", "latitude", "lat", "y纬度"),
}
UNITS: Mapping[str, tuple[str, ...]] = {
    "d": ("度", "d", "deg", "degree", "degrees", "°"),
    "m": ("分", "m", "min", "minute", "minutes", "'", "′"),
    "s": ("秒", "s", "sec", "second", "seconds", '"', "″"),
}
JOINED = {"lon": "经度", "lat": "纬度"}
SEPARATORS = re.compile(r"[-_./:()\[\]【】—–、]+")
MARKS = {"d": "°度", "m": "'′分", "s": '"″秒'}
SIGNS = {"d": "°", "m": "′", "s": "″"}
NAMES: Mapping[str, tuple[str, str]] = {
    fold(f"{word}{unit}"): (axis, part)
    for axis, words in WORDS.items()
    for part, units in UNITS.items()
    for word, unit in product(words, units)
    if len(word) > 1  # 经度 is the axis and not 经 in degrees
}
SPACED: Mapping[str, tuple[str, str]] = {
    fold(f"{word}-{unit}"): (axis, part)
    for axis, words in WORDS.items()
    for part, units in UNITS.items()
    for word, unit in product(words, units)
}


def parts_of(columns: Iterable[object]) -> dict[str, dict[str, str]]:
    """Return the columns that hold parts of angles: axis to part (d, m, s) to column.

    A single column in degrees (``经度(度)``) is no part: it may be decimal; nor is
    ``lon_m`` alone, which may be metres.

    Examples
    --------
    >>> parts_of(["lon_d", "lon_m", "lon_s", "纬度（度）", "名称"])
    {'lon': {'d': 'lon_d', 'm': 'lon_m', 's': 'lon_s'}}
    """
    found: dict[str, dict[str, str]] = {}
    for column in map(str, columns):
        spelled = SEPARATORS.sub("-", fold(column)).strip("-")
        place = SPACED.get(spelled) or NAMES.get(spelled)
        if place is not None:
            found.setdefault(place[0], {}).setdefault(place[1], column)
    return {
        axis: parts
        for axis, parts in found.items()
        if len(parts) > 1 or any(one in "".join(parts.values()) for one in "分秒")
    }


def holds_both(parts: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether both axes come in degrees and minutes, and in seconds alike."""
    if set(parts) != set(WORDS) or set(parts["lon"]) != set(parts["lat"]):
        return False
    return {"d", "m"} <= set(parts["lon"])


def joined(
    table: pd.DataFrame, whole: Mapping[str, str], path: Path
) -> tuple[pd.DataFrame, list[Found]]:
    """Return a table in which parts of angles have become columns 经度 and 纬度.

    Parameters
    ----------
    table
        It stays as it is. A cell holds a number, or a number with its own mark.
    whole
        Columns that hold whole coordinates, by role.
    path
        For messages.

    Returns
    -------
    tuple
        The table and a note ``angle_columns_joined`` an axis; the table as it was where
        there are no parts. A row of which one part is missing has a text there that is
        no angle: it is told as every unreadable cell. Zero must be written.

    Raises
    ------
    InputRefusedError
        Only one axis comes in parts, or seconds come for one axis alone; or there are
        whole coordinates too, so that two columns say where a row lies.
    """
    parts = parts_of(table.columns)
    if not parts:
        return table, []
    used = [one for each in parts.values() for one in each.values()]
    others = sorted({one for one in whole.values() if one not in used})
    if not holds_both(parts):
        got = f"the columns {', '.join(used)} beside {', '.join(others) or 'no others'}"
        raise _refuse(path, "degrees, minutes (and seconds) of both axes", got)
    if others:
        got = f"two statements: {', '.join(used)}, and {', '.join(others)}"
        raise _refuse(path, "one statement of where a row lies", got)
    made = table.drop(columns=used)
    found: list[Found] = []
    for axis, columns in parts.items():
        cells = _angles(table, columns)
        first = next((one for one in cells if one is not None), "-")
        facts = {"columns": ", ".join(columns.values()), "example": first}
        found.append(("angle_columns_joined", facts))
        made[JOINED[axis]] = pd.Series(cells, dtype=object, index=table.index)
    return made, found


def _angles(table: pd.DataFrame, columns: Mapping[str, str]) -> list[str | None]:
    """Return one axis as texts such as ``116°23′29.5″``; None where all is blank."""
    order = [part for part in SIGNS if part in columns]
    rows = zip(*(table[columns[part]].tolist() for part in order), strict=True)
    return [
        None if all(map(is_blank, cells)) else "".join(map(_spelled, cells, order))
        for cells in rows
    ]


def _spelled(cell: object, part: str) -> str:
    """Return a part with its mark; a missing one as a question mark."""
    if is_blank(cell):
        return f"?{SIGNS[part]}"
    text = f"{cell}"
    if isinstance(cell, float | np.floating):
        text = np.format_float_positional(float(cell), trim="-")
    text = text.strip().rstrip(MARKS[part]).strip()
    whole = re.fullmatch(r"(.*\d)\.0+", text)
    return f"{whole[1] if whole else text}{SIGNS[part]}"


def _refuse(path: Path, expected: str, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected=expected,
        got=got,
        todo="keep the columns of one way of writing, for both axes",
    )
