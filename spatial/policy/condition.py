"""Three-valued conditions over a whole table.

Truth is an ``int8`` array, one value a row: `FALSE` < `UNKNOWN` < `TRUE` (Kleene).
*And* is the minimum, *or* the maximum, *not* the mirror image. A missing value is
unknown, never false; beside the truth stands what was missing, and only where its
lack is the reason that nothing can be said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

import numpy as np

from layers import industry
from layers.spec import fold
from spatial.policy import model
from spatial.policy.comparison import FALSE, TRUE, UNKNOWN, texts_of
from spatial.policy.membership import membership
from spatial.policy.named_set import named_set
from spatial.policy.table import Table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from layers.layer import Setting
    from layers.spec import LayerSpec
    from spatial.policy.table import Column

    Truth = np.ndarray[tuple[int], np.dtype[np.int8]]
    Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

__all__ = [
    "FALSE",
    "TRUE",
    "UNKNOWN",
    "Evaluated",
    "Lack",
    "constant",
    "evaluate",
    "evaluated",
]

Key = TypeVar("Key")


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
    return evaluated(condition, Table(frame, spec, settings, on))


def evaluated(condition: model.Condition | None, table: Table) -> Evaluated:
    """Evaluate a condition for every row of a table that many conditions are asked of.

    As `evaluate`; what the table has counted out and been asked before is not done
    again.
    """
    if condition is None:
        return constant(TRUE, len(table))
    if isinstance(condition, model.Test):
        return _test(condition, table)
    if isinstance(condition, model.Not):
        inner = evaluated(condition.part, table)
        return _joined((TRUE - inner.truth).astype(np.int8), [inner])
    parts = [evaluated(one, table) for one in condition.parts]
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


def _test(test: model.Test, table: Table) -> Evaluated:
    """Evaluate one comparison, once for each value that occurs."""
    if test.operator == "in_set":
        return _in_set(test, table)
    if isinstance(test.value, model.SettingRef) and test.value.name not in (
        table.settings
    ):
        nobody_set = Lack("setting", test.value.name)
        rows = np.ones(len(table), dtype=bool)
        return Evaluated(constant(UNKNOWN, len(table)).truth, {nobody_set: rows})
    column = table.column(test.name, standard=True)
    of_value = table.answers(test)
    assumed = _assumed(test, column, of_value)
    unknown = (of_value == UNKNOWN) & ~assumed
    lack = Lack("field", test.name)
    missing = _where({lack: unknown}, column)
    reasons = _where({test.because: assumed}, column)
    if test.operator == "code_under":
        reasons |= _of_earlier_editions(column)
    truth = np.where(assumed, np.int8(TRUE), of_value)
    return Evaluated(truth[column.codes], missing, reasons)


def _assumed(test: model.Test, column: Column, of_value: Truth) -> Mask:
    """Return which values count as a match by assumption; the last is the missing."""
    assumed: Mask = np.zeros(len(of_value), dtype=bool)
    if test.assumed:
        further = {fold(one) for one in test.assumed}
        said = [not further.isdisjoint(texts_of(one)) for one in column.occurring]
        assumed = np.array([*said, False]) & (of_value != TRUE)
    return assumed | column.blank if test.missing == "match" else assumed


def _where(of_value: Mapping[Key, Mask], column: Column) -> dict[Key, Mask]:
    """Return in which rows the values of a mask stand; nothing where in none."""
    rows = {key: mask[column.codes] for key, mask in of_value.items()}
    return {key: mask for key, mask in rows.items() if mask.any()}


def _of_earlier_editions(column: Column) -> Mapping[str, Mask]:
    """Return how codes of an earlier edition were read, and in which rows."""
    old = ((at, industry.earlier(str(one))) for at, one in enumerate(column.occurring))
    return {was.said: column.codes == at for at, was in old if was is not None}


def _in_set(test: model.Test, table: Table) -> Evaluated:
    """Evaluate whether sites belong to a named set."""
    named = named_set(str(test.value))
    found = membership(test, table)
    missing = {Lack("field", name): rows for name, rows in found.lacks.items()}
    missing[Lack("setting", named.setting)] = found.setting
    code, flag = table.about.field(test.name).title["zh"], named.title["zh"]
    told = f"项目申报不属“{flag}”，但{code}属“{flag}”；两者不一致，从严判读"
    assumed = {
        named.reading: found.by_code,
        told: found.against_flag,
        **_of_earlier_editions(table.column(test.name, standard=True)),
    }
    return Evaluated(
        found.truth,
        {lack: rows for lack, rows in missing.items() if rows.any()},
        {why: rows for why, rows in assumed.items() if why and rows.any()},
    )
