"""Comparisons of one value: false, unknown or true.

`comparison` turns a test into a function of one value; `spatial.policy.condition`
asks it once for each value that occurs in a column.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import TYPE_CHECKING

from layers import industry
from layers.errors import InputRefusedError
from layers.spec import fold
from spatial.policy import model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.layer import Setting
    from layers.spec import LayerSpec

    Value = str | int | float | bool | dt.date | tuple[str, ...]

FALSE, UNKNOWN, TRUE = 0, 1, 2


def is_empty(value: object) -> bool:
    """Whether nothing is written: blanks only, or a list of nothing."""
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, tuple) and not value


def comparison(
    test: model.Test,
    spec: LayerSpec,
    settings: Mapping[str, Setting],
    *,
    on: dt.date | None = None,
) -> Callable[[Value], int]:
    """Return the function that judges one value; `on` is the day of the review."""
    wanted = test.value
    if isinstance(wanted, model.SettingRef):
        wanted = settings[wanted.name].value
        _check_setting(test, wanted)
    if test.operator in ("in", "names", "code_under"):
        return _LISTED[test.operator](_texts(wanted))
    if test.operator == "stated":
        return _stated(spec.field(test.name).none_words)
    if test.operator == "equals":
        return _equals(wanted)
    if test.operator == "older_than_years":
        return _older_than(int(wanted), on)  # type: ignore[arg-type]
    return _ordered(test.operator, wanted)


def _check_setting(test: model.Test, value: object) -> None:
    """Refuse a setting that the test cannot use.

    A list of nothing, or of names where codes are compared, would match no project
    ever: the rule would be off, and nobody would have said so.
    """
    listed = test.operator in ("in", "names", "code_under")
    fits = _is_list(value) if listed else isinstance(value, float | int)
    if fits and test.operator == "code_under":
        fits = all(map(_is_code, _texts(value)))
    if test.operator == "older_than_years":
        fits = isinstance(value, float | int) and value >= 0
        fits = fits and float(value).is_integer()  # type: ignore[arg-type]
    if not fits and test.operator != "equals":
        name = test.value.name if isinstance(test.value, model.SettingRef) else ""
        raise InputRefusedError(
            source=f"setting {name!r}",
            expected=_EXPECTED.get(test.operator, "a number"),
            got=repr(value),
            todo=f"correct it in the workspace ({test.name}: {test.operator} needs it)",
        )


def _texts(value: object) -> tuple[str, ...]:
    """Return a list of texts, or one text, as texts."""
    return (value,) if isinstance(value, str) else tuple(map(str, value))  # type: ignore[call-overload]


def _is_list(value: object) -> bool:
    """Whether a value is a list of texts, or one text, and none of them is blank."""
    if not isinstance(value, str | tuple):
        return False
    return bool(value) and all(one.strip() for one in _texts(value))


def _is_code(text: str) -> bool:
    """Whether a text is an industry code: a section's letter alone is none."""
    return _CODE.fullmatch(industry.digits(text)) is not None


_CODE = re.compile(r"\d{2,4}")
_EXPECTED = {
    "in": "a list of texts, not empty",
    "names": "a list of texts, not empty",
    "code_under": "a list of texts, each an industry code of two to four digits",
    "older_than_years": "a whole number of years, 0 or more",
}


def _certain(holds: bool) -> int:  # noqa: FBT001
    return TRUE if holds else FALSE


def texts_of(value: Value) -> tuple[str, ...]:
    """Return what is written as folded texts: one, or each of a list."""
    said = value if isinstance(value, tuple) else (value,)
    return tuple(fold(str(one)) for one in said)


def _in(wanted: tuple[str, ...]) -> Callable[[Value], int]:
    known = {fold(one) for one in wanted}
    return lambda value: _certain(any(one in known for one in texts_of(value)))


def _names(wanted: tuple[str, ...]) -> Callable[[Value], int]:
    """Compare names: ends with a listed one, true; holds it elsewhere, unknown."""
    known = tuple(fold(one) for one in wanted)

    def judge(value: Value) -> int:
        said = texts_of(value)
        if any(one.endswith(known) for one in said):
            return TRUE
        return UNKNOWN if any(k in one for one in said for k in known) else FALSE

    return judge


def _code_under(wanted: tuple[str, ...]) -> Callable[[Value], int]:
    """Compare codes: at or below a listed one, true; above one, unknown.

    What may be several codes (see `layers.industry.readings`) is unknown where they
    do not agree.
    """
    known = tuple(industry.current(one) for one in wanted)

    def below(code: str) -> int:
        if code.startswith(known):
            return TRUE
        return _certain(holds=False) if not _above(code, known) else UNKNOWN

    def judge(value: Value) -> int:
        said = {below(code) for code in industry.readings(str(value))}
        return said.pop() if len(said) == 1 else UNKNOWN

    return judge


def _above(code: str, known: tuple[str, ...]) -> bool:
    """Whether a code is so short that a listed one may be meant."""
    return any(one.startswith(code) for one in known)


_LISTED = {"in": _in, "names": _names, "code_under": _code_under}


def _stated(none_words: tuple[str, ...]) -> Callable[[Value], int]:
    return lambda value: _certain(any(one not in none_words for one in texts_of(value)))


def _equals(wanted: object) -> Callable[[Value], int]:
    if isinstance(wanted, bool):
        return lambda value: _certain(bool(value) == wanted)
    if isinstance(wanted, int | float):
        return lambda value: _certain(float(value) == float(wanted))  # type: ignore[arg-type]
    return lambda value: _certain(fold(str(wanted)) in texts_of(value))


def _ordered(operator: str, wanted: object) -> Callable[[Value], int]:
    """Compare a number or a date."""
    limit = _day(wanted) if isinstance(wanted, dt.date) else float(wanted)  # type: ignore[arg-type]

    def judge(value: Value) -> int:
        got = _day(value) if isinstance(value, dt.date) else float(value)  # type: ignore[arg-type]
        return _certain(_ORDER[operator](got, limit))

    return judge


def _older_than(years: int, on: dt.date | None) -> Callable[[Value], int]:
    """Compare the time since a date with whole years; without a day it is unknown."""
    if on is None:
        return lambda value: UNKNOWN  # noqa: ARG005
    return lambda value: _certain(on > years_after(value, years))  # type: ignore[arg-type]


def years_after(start: dt.date, years: int) -> dt.date:
    """Return the day on which so many years since a day are full.

    The same day of that year; the last day of February where there is no 29th.
    Beyond the year 9999 it is the last day there is.

    Examples
    --------
    >>> import datetime as dt
    >>> print(years_after(dt.date(2021, 3, 1), 3), years_after(dt.date(2020, 2, 29), 3))
    2024-03-01 2023-02-28
    """
    year = start.year + years
    if year > dt.MAXYEAR:
        return dt.date.max
    leap_lost = (start.month, start.day) == (2, 29) and not calendar.isleap(year)
    return dt.date(year, start.month, 28 if leap_lost else start.day)


def _day(value: object) -> float:
    """Return a date as a number of days."""
    return float(value.toordinal())  # type: ignore[attr-defined]


_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "above": lambda got, limit: got > limit,
    "at_least": lambda got, limit: got >= limit,
    "below": lambda got, limit: got < limit,
    "at_most": lambda got, limit: got <= limit,
    "on_or_after": lambda got, limit: got >= limit,
    "before": lambda got, limit: got < limit,
}
