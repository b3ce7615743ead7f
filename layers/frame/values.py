"""One cell becomes one value: text, number, date, flag or codes; or it is not readable.

A cell that cannot be understood becomes missing, never false and never zero.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.spec import FieldSpec, FieldType

Value = str | float | bool | dt.date | tuple[str, ...] | None


class NotReadable:
    """What a parser returns for a cell that it cannot understand."""


NOT_READABLE: Final = NotReadable()

TRUE_WORDS = {"是", "true", "1", "y", "yes", "t", "有", "√", "对"}
FALSE_WORDS = {"否", "false", "0", "n", "no", "f", "无", "×", "不是", "没有"}
NUMBER = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?(e[-+]?\d+)?|[-+]?\.\d+")
DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))"
)
TIME_OF_DAY = re.compile(
    r"(?<=[\d日])[t ]?\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(z|[-+]\d{2}:?\d{2})?$"
)
SEPARATORS = re.compile(r"[,，;；、]")


def parse(cell: object, field: FieldSpec) -> Value | NotReadable:
    """Return the value of a cell for a field.

    Parameters
    ----------
    cell
        As the reader gave it: text, number, date, bool, None, NaN, a tuple.
    field
        Type of the field. Domain and pattern are looked at elsewhere.

    Returns
    -------
    Value or NotReadable
        None for an empty cell.

    Examples
    --------
    >>> from layers.spec import FieldSpec
    >>> area = FieldSpec("area_m2", {}, type="number")
    >>> parse("1,234.5", area), parse(" ", area), parse("约3亩", area) is NOT_READABLE
    (1234.5, None, True)
    """
    if is_missing(cell):
        return None
    return PARSERS[field.type](cell)


def is_missing(cell: object) -> bool:
    """Whether a cell is empty: None, NaN, NaT or blanks."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return True
    # NaN and NaT are the values that differ from themselves.
    return isinstance(cell, float | dt.date) and cell != cell  # noqa: PLR0124


def as_text(cell: object) -> str:
    """Return a cell as text; a whole float loses its ``.0`` (codes read as numbers)."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, tuple):
        return ",".join(map(as_text, cell))
    return str(cell).strip()


def _number(cell: object) -> Value | NotReadable:
    """Parse a number; a word or a unit beside it is not read past."""
    if isinstance(cell, bool):
        return NOT_READABLE
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else NOT_READABLE
    text = fold(as_text(cell))
    if not NUMBER.fullmatch(text):
        return NOT_READABLE
    number = float(text.replace(",", ""))
    return number if math.isfinite(number) else NOT_READABLE


def _date(cell: object) -> Value | NotReadable:
    """Parse a day; the time of day is dropped."""
    if isinstance(cell, dt.datetime):
        return dt.date(cell.year, cell.month, cell.day)
    if isinstance(cell, dt.date):
        return cell
    text = unicodedata.normalize("NFKC", as_text(cell)).casefold()
    found = DATE.fullmatch(TIME_OF_DAY.sub("", text).strip())
    if found is None:
        return NOT_READABLE
    year, month, day = (int(one) for one in found.groups() if one is not None)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return NOT_READABLE


def _flag(cell: object) -> Value | NotReadable:
    """Parse yes or no."""
    text = fold(as_text(cell))
    if text in TRUE_WORDS:
        return True
    return False if text in FALSE_WORDS else NOT_READABLE


def _codes(cell: object) -> Value | NotReadable:
    """Split a list of codes."""
    parts = (one.strip() for one in SEPARATORS.split(as_text(cell)))
    return tuple(one for one in parts if one) or None


PARSERS: Mapping[FieldType, Callable[[object], Value | NotReadable]] = {
    "text": as_text,
    "number": _number,
    "date": _date,
    "flag": _flag,
    "codes": _codes,
}
