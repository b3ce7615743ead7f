"""Why a condition holds: each comparison that makes it true, in words.

Of *all* every part is told, of *any* those that are true, of *not* what is there
instead. The same values give the same words, so each set of values is asked once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from layers import industry
from layers.text import Message, message
from spatial.policy import model
from spatial.policy.comparison import FALSE, TRUE, comparison, is_empty
from spatial.policy.condition import evaluated
from spatial.policy.named_set import named_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.spec import FieldSpec
    from layers.text import Fact
    from spatial.measure.ellipsoid import Integers
    from spatial.policy.condition import Truth
    from spatial.policy.table import Table

_YES_NO = ({"zh": "否", "en": "no"}, {"zh": "是", "en": "yes"})
_COMPARED = (
    "above",
    "at_least",
    "below",
    "at_most",
    "on_or_after",
    "before",
    "older_than_years",
)


def fields_of(condition: model.Condition | None) -> tuple[str, ...]:
    """Return the names that a condition looks at, each once, in its order."""
    if condition is None:
        return ()
    if isinstance(condition, model.Test):
        flag = named_set(str(condition.value)).flag if _is_set(condition) else None
        return (condition.name, flag) if flag else (condition.name,)
    parts = (condition.part,) if isinstance(condition, model.Not) else condition.parts
    return tuple(dict.fromkeys(name for one in parts for name in fields_of(one)))


def _is_set(test: model.Test) -> bool:
    return test.operator == "in_set"


class Said(NamedTuple):
    """A reason, and its text by which it is told once."""

    text: str
    message: Message


@dataclass(frozen=True, slots=True, eq=False)
class Because:
    """Tells why a condition holds in rows of a table.

    Attributes
    ----------
    condition
        None tells nothing.
    table
        The sites, or the zones.
    of_zone
        Whether the rows are zones: their fields are named as such.
    """

    condition: model.Condition | None
    table: Table
    of_zone: bool = False
    _truths: dict[int, Truth] = field(default_factory=dict, init=False, repr=False)
    _said: dict[tuple[int, int, int], Said] = field(
        default_factory=dict, init=False, repr=False
    )

    def rows(self, at: Integers) -> list[tuple[Message, ...]]:
        """Return the reasons at some positions, in the order of the condition.

        Only to be asked of rows where the condition is true. Rows with the same values
        share one tuple.
        """
        if self.condition is None or not len(at):
            return [()] * len(at)
        group, first = self._groups(at)
        told = [self._told(self.condition, row) for row in at[first].tolist()]
        return [told[one] for one in group.tolist()]

    def _groups(self, at: Integers) -> tuple[Integers, Integers]:
        """Return to which set of values each row belongs, and where each begins."""
        group = np.zeros(len(at), dtype=np.int64)
        for name in (*fields_of(self.condition), "name_standard"):
            if name in self.table.frame.columns:
                column = self.table.column(name)
                codes = column.codes[at].astype(np.int64) + 1
                group = pd.factorize(group * len(column.blank) + codes)[0]
        return group, np.unique(group, return_index=True)[1]

    def _told(self, condition: model.Condition, row: int) -> tuple[Message, ...]:
        """Return what is told of one row, each sentence once."""
        said = self._reasons(condition, row, wanted=TRUE)
        return tuple({one.text: one.message for one in said}.values())

    def _reasons(
        self, condition: model.Condition, row: int, *, wanted: int
    ) -> Iterator[Said]:
        """Yield what makes a part true, or false where it stands under a *not*."""
        if isinstance(condition, model.Test):
            yield self._once(condition, row, wanted=wanted)
        elif isinstance(condition, model.Not):
            turned = FALSE if wanted == TRUE else TRUE
            yield from self._reasons(condition.part, row, wanted=turned)
        else:
            for part in condition.parts:
                if self._truth(part)[row] == wanted:
                    yield from self._reasons(part, row, wanted=wanted)

    def _truth(self, condition: model.Condition) -> Truth:
        """Return the truth of a part, row by row."""
        if id(condition) not in self._truths:
            self._truths[id(condition)] = evaluated(condition, self.table).truth
        return self._truths[id(condition)]

    def _once(self, test: model.Test, row: int, *, wanted: int) -> Said:
        """Return what is told of a comparison, made once for each value."""
        column = self.table.column(test.name)
        key = (id(test), int(column.codes[row]), wanted)
        if key not in self._said:
            reason = self._reason(test, column.cells[row], wanted=wanted)
            self._said[key] = Said(repr(reason), reason)
        return self._said[key]

    # -- one comparison ---------------------------------------------------

    def _reason(self, test: model.Test, value: object, *, wanted: int) -> Message:
        spec = self.table.about.field(test.name)
        facts: dict[str, Fact] = {
            "attribute": message("because.zone_field", field=spec.title)
            if self.of_zone
            else spec.title,
            "value": shown(value, spec),
        }
        if _is_set(test):
            return self._of_set(test, value, facts, wanted=wanted)
        if _nothing(value):
            return message("because.missing", because=test.because, **facts)
        if wanted == FALSE:
            return message("because.value", **facts)
        if test.operator == "code_under":
            return self._of_code(test, str(value), facts)
        if test.operator in _COMPARED:
            limit = _limit(self._wanted(test))
            return message(f"because.{test.operator}", limit=limit, **facts)
        return message("because.value", **facts)

    def _wanted(self, test: model.Test) -> object:
        """Return what a test compares with; a setting by its value."""
        if isinstance(test.value, model.SettingRef):
            return self.table.settings[test.value.name].value
        return test.value

    def _of_code(self, test: model.Test, code: str, facts: dict[str, Fact]) -> Message:
        listed = self._wanted(test)
        wanted = (listed,) if isinstance(listed, str) else listed
        now = industry.current(code)
        under = [
            str(one)
            for one in wanted  # type: ignore[attr-defined]  # a list, as was checked
            if now.startswith(industry.current(str(one)))
        ]
        held = max(under, key=len, default=now)
        if isinstance(test.value, model.SettingRef):
            source = self.table.settings[test.value.name].source
            name = test.value.name
            return message(
                "because.code_setting", code=held, setting=name, source=source, **facts
            )
        return message("because.code", code=held, called=_called(held), **facts)

    def _of_set(
        self,
        test: model.Test,
        value: object,
        facts: dict[str, Fact],
        *,
        wanted: int,
    ) -> Message:
        named = named_set(str(test.value))
        if wanted == FALSE:
            return message("because.not_in_set", set=named.title, **facts)
        code = "" if _nothing(value) else str(value)
        if named.setting in self.table.settings and code:
            ref = model.Test(test.name, "code_under", model.SettingRef(named.setting))
            judge = comparison(ref, self.table.about, self.table.settings)
            if judge(code) == TRUE:
                return self._of_code(ref, code, facts)
        member = None if named.setting in self.table.settings else named.member_of(code)
        if member is None or named.definition is None:
            return message("because.declared", set=named.title)
        return message(
            "because.in_set",
            set=named.title,
            member=member.title,
            document=named.definition.document,
            source=named.definition.source,
            **facts,
        )


def _nothing(value: object) -> bool:
    """Whether nothing is written in a cell."""
    if isinstance(value, tuple | str):
        return is_empty(value)
    return bool(pd.isna(value))  # type: ignore[call-overload]


def _called(code: str) -> Fact:
    """Return the name of a code in brackets, or nothing for one without."""
    title = industry.title(code)
    return message("because.called", title=title) if title else ""


def shown(value: object, spec: FieldSpec) -> Fact:
    """Return a value as people read it, in either language.

    Parameters
    ----------
    value
        Of the field; None for a missing one.
    spec
        Its titles stand for the values of its domain.
    """
    titles = spec.titles or {}
    if isinstance(value, str) and value in titles:
        return titles[value]
    if spec.type == "flag" and not _nothing(value):
        return _YES_NO[bool(value)]
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def _limit(value: object) -> str:
    """Return a limit as it is printed."""
    return f"{value:g}" if isinstance(value, int | float) else str(value)
