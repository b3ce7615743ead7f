"""Three-valued conditions over a whole table.

Truth is an ``int8`` array, one value a row: `FALSE` < `UNKNOWN` < `TRUE` (Kleene).
*And* is the minimum, *or* the maximum, *not* the mirror image. A missing value is
unknown, never false; beside the truth stands what was missing, and only where its
lack is the reason that nothing can be said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from layers import industry
from layers.spec import fold
from spatial.policy import model
from spatial.policy.comparison import FALSE, TRUE, UNKNOWN, comparison, is_empty
from spatial.policy.membership import membership
from spatial.policy.named_set import named_set

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from layers.layer import Setting
    from layers.spec import LayerSpec

    Truth = np.ndarray[tuple[int], np.dtype[np.int8]]
    Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

__all__ = ["FALSE", "TRUE", "UNKNOWN", "Evaluated", "Lack", "constant", "evaluate"]


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
    on: dt.date | None = None,
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
    on
        The day of the review; without it, how old a date is, is unknown.

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
        return _test(condition, frame, spec=spec, settings=settings, on=on)
    if isinstance(condition, model.Not):
        inner = evaluate(condition.part, frame, spec=spec, settings=settings, on=on)
        return _joined((TRUE - inner.truth).astype(np.int8), [inner])
    parts = [
        evaluate(one, frame, spec=spec, settings=settings, on=on)
        for one in condition.parts
    ]
    reduce = np.minimum if isinstance(condition, model.All) else np.maximum
    return _joined(reduce.reduce([one.truth for one in parts]), parts)


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
    on: dt.date | None,
) -> Evaluated:
    """Evaluate one comparison, once for each value that occurs."""
    if test.operator == "in_set":
        return _in_set(test, frame, spec=spec, settings=settings)
    if isinstance(test.value, model.SettingRef) and test.value.name not in settings:
        nobody_set = Lack("setting", test.value.name)
        rows = np.ones(len(frame), dtype=bool)
        return Evaluated(constant(UNKNOWN, len(frame)).truth, {nobody_set: rows})
    values = _column(test.name, frame, spec)
    codes, occurring = pd.factorize(values, use_na_sentinel=True)
    judge = comparison(test, spec, settings, on=on)
    blank = [is_empty(value) for value in occurring]
    of_value = [
        UNKNOWN if empty else judge(value)
        for value, empty in zip(occurring, blank, strict=True)
    ]
    # The last place is the one that code -1 (missing) refers to.
    truth = np.array([*of_value, UNKNOWN], dtype=np.int8)[codes]
    empty_row = np.array([*blank, True])[codes]
    unknown = truth == UNKNOWN
    assumed: Mask = np.zeros(len(frame), dtype=bool)
    if test.assumed:
        further = {fold(one) for one in test.assumed}
        said = np.array([fold(str(one)) in further for one in occurring] + [False])
        assumed = said[codes] & (truth != TRUE)
    if test.missing == "match":
        assumed = assumed | empty_row
    truth = np.where(assumed, np.int8(TRUE), truth)
    lack = Lack("field", test.name)
    missing = {lack: unknown & ~assumed} if (unknown & ~assumed).any() else {}
    reasons = {test.because: assumed} if assumed.any() else {}
    if test.operator == "code_under":
        reasons |= _of_earlier_editions(occurring, codes)
    return Evaluated(truth, missing, reasons)


def _of_earlier_editions(
    occurring: np.ndarray, codes: np.ndarray
) -> Mapping[str, Mask]:
    """Return how codes of an earlier edition were read, and in which rows."""
    old = [(at, industry.earlier(str(value))) for at, value in enumerate(occurring)]
    return {was.said: codes == at for at, was in old if was is not None}


def _in_set(
    test: model.Test,
    frame: pd.DataFrame,
    *,
    spec: LayerSpec,
    settings: Mapping[str, Setting],
) -> Evaluated:
    """Evaluate whether sites belong to a named set."""
    named = named_set(str(test.value))
    found = membership(test, frame, spec=spec, settings=settings)
    missing = {Lack("field", name): rows for name, rows in found.lacks.items()}
    missing[Lack("setting", named.setting)] = found.setting
    code, flag = spec.field(test.name).title["zh"], named.title["zh"]
    told = f"项目申报不属“{flag}”，但{code}属“{flag}”；两者不一致，从严判读"
    values, occurring = pd.factorize(_column(test.name, frame, spec))
    assumed = {
        named.reading: found.by_code,
        told: found.against_flag,
        **_of_earlier_editions(occurring, values),
    }
    return Evaluated(
        found.truth,
        {lack: rows for lack, rows in missing.items() if rows.any()},
        {why: rows for why, rows in assumed.items() if why and rows.any()},
    )


def _column(name: str, frame: pd.DataFrame, spec: LayerSpec) -> np.ndarray:
    """Return a field's values as objects; None in every row where there is none."""
    if name not in frame.columns:
        return np.full(len(frame), None, dtype=object)
    bare: np.ndarray = frame[name].to_numpy(dtype=object)
    if name == spec.name_field and "name_standard" in frame.columns:
        standard = frame["name_standard"].to_numpy(dtype=object)
        bare = np.where(pd.isna(standard), bare, standard)
    return bare
