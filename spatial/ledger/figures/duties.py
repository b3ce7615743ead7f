"""What is due, and what cases of some sorts have to show and lack."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import func, select

from spatial.ledger import tables
from spatial.ledger.figures.counts import ends_of
from spatial.ledger.projection import day_of

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import RowMapping

    from spatial.ledger.ledger import Ledger

DUTY_COLUMNS = (
    *("case_id", "what", "due_on", "days_left", "is_certain", "state", "county"),
    *("department", "responsible", "title"),
)
COMPLAINT = "report_12369"
STEPS = ("registered_on", "handed_on", "handled_on", "replied_on")
"""登记、转办、处理、回复: the four steps of NM14-L22."""
REPLIED = "replied_on"
LIABILITY = ("responsible", "penalty_doc", "restoration_duty")
"""Who answers for it, the number of the penalty, what has to be restored: NM14-L23."""


def duties(ledger: Ledger, *, on: dt.date) -> pd.DataFrame:
    """Return what is overdue or due soon on a day.

    Parameters
    ----------
    ledger
        The ledger.
    on
        The day.

    Returns
    -------
    DataFrame
        A row a duty, the most overdue first, then by case. ``what``: ``overdue``,
        ``due_soon`` (within ``remind_days`` of the lifecycle), ``transfer_unanswered``
        (the day for an answer has passed). ``days_left`` below 0 for what has passed.
        ``is_certain``: False where a holiday table that the deadline needs is missing.
        Suspended cases have no duty, but a transfer stays one.
    """
    c, life = tables.cases.c, ledger.lifecycle
    soon = on + dt.timedelta(days=life.remind_days)
    is_open = c.state.in_(life.open_states) & (c.merged_into == "")
    wanted = (
        *(c.case_id, c.due_on, c.due_certain, c.state, c.county, c.department),
        *(c.responsible, c.title, c.transfer_due_on),
    )
    own = select(*wanted).where(is_open, c.suspended.is_(False), c.due_on <= soon)
    passed = select(*wanted).where(
        is_open,
        c.transferred_to != "",
        c.transfer_answer == "",
        c.transfer_due_on < on,
    )
    with ledger.store.reading() as connection:
        late = connection.execute(own).mappings().all()
        silent = connection.execute(passed).mappings().all()
    rows = [
        *(
            _duty(one, "overdue" if one["due_on"] < on else "due_soon", "due_on", on)
            for one in late
        ),
        *(_duty(one, "transfer_unanswered", "transfer_due_on", on) for one in silent),
    ]
    rows.sort(key=lambda one: (one[3], one[0], one[1]))
    return pd.DataFrame.from_records(rows, columns=pd.Index(DUTY_COLUMNS))


def _duty(row: RowMapping, what: str, due: str, on: dt.date) -> tuple[Any, ...]:
    """Return a row of `duties`."""
    certain = bool(row["due_certain"]) or due != "due_on"
    return (
        *(row["case_id"], what, row[due], (row[due] - on).days, certain),
        *(row["state"], row["county"], row["department"], row["responsible"]),
        row["title"],
    )


def complaints(ledger: Ledger) -> pd.DataFrame:
    """Return the four steps of each report of the public, and those that lack.

    Returns
    -------
    DataFrame
        Index ``case_id``, ascending. ``registered_on``: the case was opened.
        ``handed_on``: it first went to somebody (a transfer, or sent to be checked).
        ``handled_on``: it first came to an end. ``replied_on``: the field
        ``facts.replied_on``. Days in China, None where the step was not made.
        ``lacks``: names of the steps that lack, in order.
    """
    c = tables.cases.c
    asked = select(c.case_id, c.opened_at, c.facts).where(
        c.source == COMPLAINT, c.merged_into == ""
    )
    ends = ends_of(ledger.lifecycle)
    ended = (*ends.closed, *ends.unfounded)
    with ledger.store.reading() as connection:
        rows = connection.execute(asked.order_by(c.case_id)).all()
        events = tables.events.c
        first = (
            select(events.case_id, func.min(events.at))
            .join(tables.cases, c.case_id == events.case_id)
            .where(c.source == COMPLAINT)
            .group_by(events.case_id)
        )
        moves = first.where(events.from_state != events.to_state)
        left = moves.where(events.from_state == ledger.lifecycle.first)
        given = first.where(events.kind == "transferred")
        handed = _earliest(connection.execute(left), connection.execute(given))
        handled = _earliest(connection.execute(moves.where(events.to_state.in_(ended))))
    made = [
        (
            case_id,
            day_of(opened),
            _day(handed.get(case_id)),
            _day(handled.get(case_id)),
            _said(facts, REPLIED),
        )
        for case_id, opened, facts in rows
    ]
    table = pd.DataFrame.from_records(made, columns=pd.Index(["case_id", *STEPS]))
    table = table.astype(object).where(table.notna(), None).set_index("case_id")
    return _with_lacks(table, STEPS)


def _with_lacks(table: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return the table with the names of what each row lacks."""
    rows = zip(*(table[name] for name in names), strict=True)
    lacks = [
        tuple(name for name, one in zip(names, row, strict=True) if one is None)
        for row in rows
    ]
    return table.assign(lacks=pd.Series(lacks, index=table.index, dtype=object))


def _earliest(*answers: Any) -> dict[str, str]:  # noqa: ANN401 - rows of the store
    """Return the earliest time by case."""
    found: dict[str, str] = {}
    for answer in answers:
        for case_id, at in answer:
            found[case_id] = min(at, found.get(case_id, at))
    return found


def _day(at: str | None) -> dt.date | None:
    """Return the day in China; None of no time."""
    return None if at is None else day_of(at)


def _said(facts: str, name: str) -> Any:  # noqa: ANN401 - what JSON can hold
    """Return a further field of a case; None where it is not there or empty."""
    return json.loads(facts).get(name) or None


def liabilities(ledger: Ledger) -> pd.DataFrame:
    """Return who answers for each case that was filed, and what lacks.

    Returns
    -------
    DataFrame
        Index ``case_id``, ascending: cases filed at some time and not found to be
        nothing. ``responsible``, ``penalty_doc``, ``restoration_duty`` (the field
        ``facts.restoration_duty``), None where empty; ``lacks``: the names of those.
    """
    c = tables.cases.c
    unfounded = ends_of(ledger.lifecycle).unfounded
    asked = select(c.case_id, c.responsible, c.penalty_doc, c.facts).where(
        c.filed_on.is_not(None), c.merged_into == "", c.state.not_in(unfounded)
    )
    with ledger.store.reading() as connection:
        rows = connection.execute(asked.order_by(c.case_id)).all()
    made = [
        (case_id, who or None, penalty or None, _said(facts, "restoration_duty"))
        for case_id, who, penalty, facts in rows
    ]
    names = pd.Index(["case_id", *LIABILITY])
    table = pd.DataFrame.from_records(made, columns=names).astype(object)
    table = table.where(table.notna(), None).set_index("case_id")
    return _with_lacks(table, LIABILITY)
