"""Three-valued conditions over a whole table.

Truth is an ``int8`` array, one value a row: `FALSE` < `UNKNOWN` < `TRUE` (Kleene).
*And* is the minimum, *or* the maximum, *not* the mirror image. A missing value is
unknown, never false; beside the truth stands what was missing, and only where its
lack is the reason that nothing can be said.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from layers.errors import InputRefusedError
from layers.spec import fold
from spatial.policy import model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.layer import Setting
    from layers.spec import LayerSpec

    Truth = np.ndarray[tuple[int], np.dtype[np.int8]]
    Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
    Value = str | int | float | bool | dt.date | tuple[str, ...]

FALSE, UNKNOWN, TRUE = 0, 1, 2


class Lack(NamedTuple):
    """Something whose lack leaves a condition undecided."""

    sort: Literal["field", "setting"]
    name: str


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The truth of a condition, row by row.

    Attributes
    ----------
    truth
        `FALSE`, `UNKNOWN` or `TRUE` for each row.
    missing
        For each field or setting: the rows that are unknown for want of it.
    assumed
        For each reading that a rule makes by assumption (its reason in words): the
        rows that are true with its help.
    """

    truth: Truth
    missing: Mapping[Lack, Mask] = field(default_factory=dict)
    assumed: Mapping[str, Mask] = field(default_factory=dict)


def constant(value: int, rows: int) -> Evaluated:
    """Return the same truth for every row."""
    return Evaluated(np.full(rows, value, dtype=np.int8))


def evaluate(
    condition: model.Condition | None,
    frame: pd.DataFrame,
    *,
    spec: LayerSpec,
    settings: Mapping[str, Setting],
) -> Evaluated:
    """Evaluate a condition for every row of a table.

    Parameters
    ----------
    condition
        None is true everywhere.
    frame
        Canonical fields as columns (see `layers.layer.Layer.frame`). A column that
        is not there is missing in every row. A test on the name field reads
        ``name_standard`` where the table has it.
    spec
        What the columns mean.
    settings
        What the office has set, by name.

    Returns
    -------
    Evaluated
        One value a row, in the order of the table.

    Raises
    ------
    InputRefusedError
        A setting is of the wrong type for the test that asks for it.
    """
    if condition is None:
        return constant(TRUE, len(frame))
    if isinstance(condition, model.Test):
        return _test(condition, frame, spec=spec, settings=settings)
    if isinstance(condition, model.Not):
        inner = evaluate(condition.part, frame, spec=spec, settings=settings)
        return _joined((TRUE - inner.truth).astype(np.int8), [inner])
    parts = [
        evaluate(one, frame, spec=spec, settings=settings) for one in condition.parts
    ]
    reduce = np.minimum if isinstance(condition, model.All) else np.maximum
    return _joined(reduce.reduce([one.truth for one in parts]), parts)


def both(first: Evaluated, second: Evaluated) -> Evaluated:
    """Return *first and second*."""
    return _joined(np.minimum(first.truth, second.truth), [first, second])


def _joined(truth: Truth, parts: Sequence[Evaluated]) -> Evaluated:
    """Keep of the parts' lacks and assumptions what still matters to the whole.

    Where the whole is unknown no part decides it, so every lack of a part matters;
    where it is certain, none does.
    """
    missing: dict[Lack, Mask] = {}
    assumed: dict[str, Mask] = {}
    for part in parts:
        for lack, rows in part.missing.items():
            here = rows & (truth == UNKNOWN)
            missing[lack] = missing[lack] | here if lack in missing else here
        for reason, rows in part.assumed.items():
            here = rows & (truth == TRUE)
            assumed[reason] = assumed[reason] | here if reason in assumed else here
    return Evaluated(
        truth,
        {lack: rows for lack, rows in missing.items() if rows.any()},
        {reason: rows for reason, rows in assumed.items() if rows.any()},
    )


def _test(
    test: model.Test,
    frame: pd.DataFrame,
    *,
    spec: LayerSpec,
    settings: Mapping[str, Setting],
) -> Evaluated:
    """Evaluate one comparison, once for each value that occurs."""
    if isinstance(test.value, model.SettingRef) and test.value.name not in settings:
        nobody_set = Lack("setting", test.value.name)
        rows = np.ones(len(frame), dtype=bool)
        return Evaluated(constant(UNKNOWN, len(frame)).truth, {nobody_set: rows})
    values = _column(test.name, frame, spec)
    codes, occurring = pd.factorize(values, use_na_sentinel=True)
    judge = _comparison(test, spec, settings)
    of_value = [judge(value) for value in occurring]
    # The last place is the one that code -1 (missing) refers to.
    truth = np.array([*of_value, UNKNOWN], dtype=np.int8)[codes]
    unknown = truth == UNKNOWN
    assumed: Mask = np.zeros(len(frame), dtype=bool)
    if test.assumed:
        further = {fold(one) for one in test.assumed}
        said = np.array([fold(str(one)) in further for one in occurring] + [False])
        assumed = said[codes] & (truth != TRUE)
    if test.missing == "match":
        assumed = assumed | (codes == -1)
    truth = np.where(assumed, np.int8(TRUE), truth)
    lack = Lack("field", test.name)
    missing = {lack: unknown & ~assumed} if (unknown & ~assumed).any() else {}
    reasons = {test.because: assumed} if assumed.any() else {}
    return Evaluated(truth, missing, reasons)


def _column(name: str, frame: pd.DataFrame, spec: LayerSpec) -> np.ndarray:
    """Return a field's values as objects; empty text and empty lists are missing."""
    if name not in frame.columns:
        return np.full(len(frame), None, dtype=object)
    bare = frame[name].to_numpy(dtype=object)
    if name == spec.name_field and "name_standard" in frame.columns:
        standard = frame["name_standard"].to_numpy(dtype=object)
        bare = np.where(pd.isna(standard), bare, standard)
    empty = np.fromiter((_is_empty(one) for one in bare), dtype=bool, count=len(bare))
    filled: np.ndarray = np.array(bare, dtype=object)
    filled[empty] = None
    return filled


def _is_empty(value: object) -> bool:
    """Whether nothing is written: blanks only, or a list of nothing."""
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, tuple) and not value


# -- comparisons: value -> FALSE, UNKNOWN or TRUE ------------------------------


def _comparison(
    test: model.Test, spec: LayerSpec, settings: Mapping[str, Setting]
) -> Callable[[Value], int]:
    """Return the function that judges one value."""
    wanted = test.value
    if isinstance(wanted, model.SettingRef):
        wanted = settings[wanted.name].value
        _check_setting(test, wanted)
    if test.operator in ("in", "names", "code_under"):
        texts = (wanted,) if isinstance(wanted, str) else tuple(wanted)  # type: ignore[arg-type]
        return _LISTED[test.operator](tuple(map(str, texts)))
    if test.operator == "stated":
        return _stated(spec.field(test.name).none_words)
    if test.operator == "equals":
        return _equals(wanted)
    return _ordered(test.operator, wanted)


def _check_setting(test: model.Test, value: object) -> None:
    """Refuse a setting whose type the test cannot use."""
    listed = test.operator in ("in", "names", "code_under")
    fits = isinstance(value, str | tuple) if listed else isinstance(value, float | int)
    if not fits and test.operator != "equals":
        name = test.value.name if isinstance(test.value, model.SettingRef) else ""
        raise InputRefusedError(
            source=f"setting {name!r}",
            expected="a list of texts" if listed else "a number",
            got=repr(value),
            todo=f"correct it in the workspace ({test.name}: {test.operator} needs it)",
        )


def _certain(holds: bool) -> int:  # noqa: FBT001
    return TRUE if holds else FALSE


def _parts(value: Value) -> tuple[str, ...]:
    """Return what is written as folded texts: one, or each of a list."""
    said = value if isinstance(value, tuple) else (value,)
    return tuple(fold(str(one)) for one in said)


def _in(wanted: tuple[str, ...]) -> Callable[[Value], int]:
    known = {fold(one) for one in wanted}
    return lambda value: _certain(any(one in known for one in _parts(value)))


def _names(wanted: tuple[str, ...]) -> Callable[[Value], int]:
    """Compare names: ends with a listed one, true; holds it elsewhere, unknown."""
    known = tuple(fold(one) for one in wanted)

    def judge(value: Value) -> int:
        said = _parts(value)
        if any(one.endswith(known) for one in said):
            return TRUE
        return UNKNOWN if any(k in one for one in said for k in known) else FALSE

    return judge


def _digits(code: str) -> str:
    """Return an industry code without its section letter."""
    return fold(code).lstrip("abcdefghijklmnopqrst")


def _code_under(wanted: tuple[str, ...]) -> Callable[[Value], int]:
    """Compare codes: at or below a listed one, true; above one, unknown."""
    known = tuple(_digits(one) for one in wanted)

    def judge(value: Value) -> int:
        code = _digits(str(value))
        if not code.isdigit():
            return UNKNOWN
        if code.startswith(known):
            return TRUE
        return _certain(holds=False) if not _above(code, known) else UNKNOWN

    return judge


def _above(code: str, known: tuple[str, ...]) -> bool:
    """Whether a code is so short that a listed one may be meant."""
    return any(one.startswith(code) for one in known)


_LISTED = {"in": _in, "names": _names, "code_under": _code_under}


def _stated(none_words: tuple[str, ...]) -> Callable[[Value], int]:
    return lambda value: _certain(any(one not in none_words for one in _parts(value)))


def _equals(wanted: object) -> Callable[[Value], int]:
    if isinstance(wanted, bool):
        return lambda value: _certain(bool(value) == wanted)
    if isinstance(wanted, int | float):
        return lambda value: _certain(float(value) == float(wanted))  # type: ignore[arg-type]
    return lambda value: _certain(fold(str(wanted)) in _parts(value))


def _ordered(operator: str, wanted: object) -> Callable[[Value], int]:
    """Compare a number or a date."""
    limit = _day(wanted) if isinstance(wanted, dt.date) else float(wanted)  # type: ignore[arg-type]

    def judge(value: Value) -> int:
        got = _day(value) if isinstance(value, dt.date) else float(value)  # type: ignore[arg-type]
        return _certain(_ORDER[operator](got, limit))

    return judge


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
