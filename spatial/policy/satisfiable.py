"""Whether a condition can be met at all: a rule that no site can ever meet is a slip.

A condition is taken apart into ways to meet it (one from each *any*, every part of an
*all*). For each attribute of a way, values are tried that stand at and between the
figures and words it is compared with, by the comparison that the judge uses; there
are no others that could tell a difference. What depends on a setting or a named set,
and a condition with too many ways, counts as possible.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

from spatial.policy import model
from spatial.policy.comparison import FALSE, TRUE, comparison, years_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from layers.spec import FieldSpec, LayerSpec

_MOST_WAYS = 2_000
_ELSE = "虚构之外"  # a word that no list holds
_DIGITS = "0123456789"
_SOME_DAY = dt.date(2024, 5, 1)
_OPEN = ("in_set",)


class _Wanted(NamedTuple):
    """A comparison and whether it is to be true or false."""

    test: model.Test
    truth: int


def can_hold(condition: model.Condition | None, about: LayerSpec) -> bool:
    """Say whether some row of a table can meet a condition.

    Parameters
    ----------
    condition
        None is met by every row.
    about
        Whose fields it looks at.

    Returns
    -------
    bool
        False only where no value of some attribute can do: lists without a common
        word, a number above 5 and below 3, a domain that *not* has used up.
    """
    if condition is None:
        return True
    ways = _ways(condition, TRUE)
    return ways is None or any(_possible(way, about) for way in ways)


def _ways(
    condition: model.Condition, truth: int
) -> tuple[tuple[_Wanted, ...], ...] | None:
    """Return the ways to give a condition a truth; None for too many to look at."""
    if isinstance(condition, model.Test):
        return ((_Wanted(condition, truth),),)
    if isinstance(condition, model.Not):
        return _ways(condition.part, FALSE if truth == TRUE else TRUE)
    parts = [_ways(one, truth) for one in condition.parts]
    if isinstance(condition, model.All) == (truth == TRUE):
        return _together(parts)
    found: list[tuple[_Wanted, ...]] = []
    for ways in parts:
        if ways is None:
            return None
        found += ways
    return tuple(found)


def _together(
    parts: list[tuple[tuple[_Wanted, ...], ...] | None],
) -> tuple[tuple[_Wanted, ...], ...] | None:
    """Return every choice of one way from each part."""
    count = 1
    known: list[tuple[tuple[_Wanted, ...], ...]] = []
    for ways in parts:
        if ways is None:
            return None
        count *= len(ways)
        known.append(ways)
    if count > _MOST_WAYS:
        return None
    return tuple(
        tuple(one for way in choice for one in way) for choice in product(*known)
    )


def _possible(way: tuple[_Wanted, ...], about: LayerSpec) -> bool:
    """Whether every attribute has a value that gives each comparison its truth."""
    closed = [
        one
        for one in way
        if not isinstance(one.test.value, model.SettingRef)
        and one.test.operator not in _OPEN
    ]
    names = dict.fromkeys(one.test.name for one in closed)
    return all(
        _has_value([one for one in closed if one.test.name == name], about)
        for name in names
    )


def _has_value(wanted: list[_Wanted], about: LayerSpec) -> bool:
    """Whether one attribute has a value for all that is wanted of it."""
    if all(one.truth == TRUE and one.test.missing == "match" for one in wanted):
        return True
    field = about.field(wanted[0].test.name)
    if field.type == "codes":
        return _has_list(wanted, field, about)
    if field.type == "date":
        fixed = [one for one in wanted if one.test.operator != "older_than_years"]
        wanted = fixed or wanted  # how old a date is depends on the day of review
    values = tuple(_values(wanted, field))
    return any(all(_gives(one, value, about) for one in wanted) for value in values)


def _has_list(wanted: list[_Wanted], field: FieldSpec, about: LayerSpec) -> bool:
    """Whether a list of values can do: each *yes* needs one that no *no* refuses."""
    refused = [one for one in wanted if one.truth == FALSE]
    free = [
        value
        for value in _values(wanted, field)
        if all(_gives(one, (str(value),), about) for one in refused)
    ]
    asked = [one for one in wanted if one.truth == TRUE]
    return bool(free) and all(
        any(_gives(one, (str(value),), about) for value in free) for one in asked
    )


def _gives(wanted: _Wanted, value: object, about: LayerSpec) -> bool:
    """Whether a value gives a comparison its truth."""
    test = wanted.test
    if value in test.assumed:
        return wanted.truth == TRUE
    judge = comparison(test, about, {}, on=_SOME_DAY)
    return judge(value) == wanted.truth  # type: ignore[arg-type]


# -- values worth trying ---------------------------------------------------------


def _values(wanted: list[_Wanted], field: FieldSpec) -> Iterator[object]:
    """Yield the values that can tell the comparisons apart."""
    if field.type == "flag":
        yield from (True, False)
    elif field.domain:
        yield from field.domain
    elif field.type == "number":
        yield from _numbers(float(one.test.value) for one in wanted if _ordered(one))  # type: ignore[arg-type]
    elif field.type == "date":
        yield from _days(one.test for one in wanted)
    else:
        yield from (_ELSE, *field.none_words)
        for one in wanted:
            yield from _words(one.test)


def _ordered(wanted: _Wanted) -> bool:
    """Whether a comparison has a figure."""
    return isinstance(wanted.test.value, int | float) and (
        wanted.test.operator != "stated"
    )


def _numbers(limits: Iterable[float]) -> Iterator[float]:
    known = sorted({0.0, *limits})
    yield from known
    yield from (known[0] - 1, known[-1] + 1)
    yield from ((low + high) / 2 for low, high in pairwise(known))


def _days(tests: Iterable[model.Test]) -> Iterator[dt.date]:
    one_day = dt.timedelta(days=1)
    for test in tests:
        if isinstance(test.value, dt.date):
            day = test.value
        else:
            years = int(test.value) if test.operator == "older_than_years" else 0  # type: ignore[arg-type]
            day = years_after(_SOME_DAY, -years)
        yield from (day - one_day, day, day + one_day)


def _words(test: model.Test) -> Iterator[str]:
    """Yield the words of a list, what begins or ends with them, and other codes."""
    listed = test.value if isinstance(test.value, tuple) else (str(test.value),)
    for word in (*listed, *test.assumed):
        yield word
        if test.operator == "code_under":
            yield from (word + one for one in _DIGITS)
            yield from (word + one + two for one in _DIGITS for two in _DIGITS)
            yield from (f"{division:02}00" for division in range(100))
        elif test.operator == "names":
            yield _ELSE + word
