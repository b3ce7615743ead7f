"""A month, a quarter or a year: what came, what went, what is left; it adds up.

    carried over + found + reopened - closed - unfounded - merged = open at the end

All of it is read from the events, so that a report on last year is the same next year.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import func, literal, select

from layers.errors import InputRefusedError
from spatial.ledger import tables
from spatial.ledger.figures.counts import ends_of
from spatial.ledger.projection import CHINA
from spatial.ledger.query import overdue

if TYPE_CHECKING:
    from spatial.ledger.figures.counts import Ends
    from spatial.ledger.ledger import Ledger

COLUMNS = (
    *("carried_over", "found", "reopened", "closed", "unfounded", "merged"),
    *("open_at_end", "rectifying_at_end"),
)


def period(
    ledger: Ledger,
    start: dt.date,
    end: dt.date,
    *,
    by_county: bool = False,
    on: dt.date | None = None,
) -> pd.DataFrame:
    """Report on a period.

    Parameters
    ----------
    ledger
        The ledger.
    start, end
        First and last day, in China; both belong to it.
    by_county
        A row a county (as the case has it now), instead of one row.
    on
        The day of the report. Deadlines are kept as they are now and not as they
        were: what is overdue is counted where `end` is this day, else unknown.

    Returns
    -------
    DataFrame
        Index: county, or ``all``. ``carried_over`` (open when the period began),
        ``found``, ``reopened`` (from an end back to work), ``closed``, ``unfounded``,
        ``merged``, ``open_at_end``, ``rectifying_at_end`` (of the open ones, those
        that were filed: neither leads nor being checked), ``overdue``. Parts split
        from a case count as found. The first three less the next three are the
        seventh.

    Raises
    ------
    InputRefusedError
        The period ends before it begins.
    """
    if end < start:
        raise InputRefusedError(
            source="period",
            expected=f"an end on {start} or later",
            got=str(end),
            todo="give the first day, then the last",
        )
    first, after = _stamp(start), _stamp(end + dt.timedelta(days=1))
    changes = _changes(ledger, first, after, by_county=by_county)
    ends = ends_of(ledger.lifecycle)
    rows = [
        (one.county if by_county else "all", *_told(one, ends, ledger.lifecycle.merged))
        for one in changes.itertuples(index=False)
    ]
    table = pd.DataFrame.from_records(rows, columns=pd.Index(["group", *COLUMNS]))
    found = table.groupby("group", sort=True)[list(COLUMNS)].sum().astype("int64")
    if not by_county and found.empty:
        found.loc["all"] = 0
    return found.assign(overdue=_overdue(ledger, found, end, on, by_county=by_county))


def _stamp(day: dt.date) -> str:
    """Return when a day begins in China, as events write it."""
    begins = dt.datetime.combine(day, dt.time(), CHINA).astimezone(dt.UTC)
    return begins.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _changes(
    ledger: Ledger, first: str, after: str, *, by_county: bool
) -> pd.DataFrame:
    """Return how often cases went from state to state, before and in the period."""
    events, cases = tables.events.c, tables.cases.c
    is_in = (events.at >= first).label("is_in")
    county = cases.county if by_county else literal("")
    keys = (events.from_state, events.to_state, is_in)
    asked = (
        select(county, *keys, func.count().label("count"))
        .where(events.from_state != events.to_state, events.at < after)
        .group_by(*((county,) if by_county else ()), *keys)
    )
    if by_county:
        asked = asked.join(tables.cases, cases.case_id == events.case_id)
    with ledger.store.reading() as connection:
        rows = connection.execute(asked).all()
    names = pd.Index(["county", "old", "new", "is_in", "count"])
    return pd.DataFrame.from_records(rows, columns=names)


def _told(one: object, ends: Ends, merged: str) -> tuple[int, ...]:
    """Return what some changes of state add to each of `COLUMNS`."""
    old, new, count = one.old, one.new, int(one.count)  # type: ignore[attr-defined]
    is_in = bool(one.is_in)  # type: ignore[attr-defined]
    opens = int(new in ends.open) - int(old in ends.open)
    filed = set(ends.open) - set(ends.unconcluded)
    files = int(new in filed) - int(old in filed)
    told = {
        "carried_over": 0 if is_in else opens,
        "found": int(is_in and old == ""),
        "reopened": int(is_in and opens > 0 and old != ""),
        "closed": int(is_in and opens < 0 and new in ends.closed),
        "unfounded": int(is_in and opens < 0 and new in ends.unfounded),
        "merged": int(is_in and opens < 0 and new == merged),
        "open_at_end": opens,
        "rectifying_at_end": files,
    }
    return tuple(told[name] * count for name in COLUMNS)


def _overdue(
    ledger: Ledger,
    found: pd.DataFrame,
    end: dt.date,
    on: dt.date | None,
    *,
    by_county: bool,
) -> pd.Series:
    """Return what is overdue on the day of the report; unknown for other days."""
    if on is None or on != end:
        return pd.Series(pd.NA, index=found.index, dtype="Int64")
    c = tables.cases.c
    asked = select(c.county, func.count()).where(
        overdue(on, open_states=ledger.lifecycle.open_states)
    )
    with ledger.store.reading() as connection:
        rows = connection.execute(asked.group_by(c.county)).all()
    late = pd.Series({str(county): int(count) for county, count in rows}, dtype="Int64")
    if not by_county:
        late = pd.Series({"all": int(late.sum())}, dtype="Int64")
    return late.reindex(found.index, fill_value=0)
