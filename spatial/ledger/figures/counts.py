"""Cases counted by place, zone, kind or time, and the shares an office is asked for.

The store counts; what comes back is a row a group. Shares are of what is known: of
nothing, no share is known (NaN), never 0 or 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from sqlalchemy import Text, case, cast, func, select

from layers.errors import InputRefusedError
from spatial.ledger import tables
from spatial.ledger.model import CaseFilter
from spatial.ledger.query import conditions, overdue

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import ColumnElement

    from spatial.ledger.ledger import Ledger
    from spatial.ledger.lifecycle import Lifecycle

By = Literal[
    "county",
    "zone_kind",
    "kind",
    "source",
    "department",
    "rule",
    "state",
    "month",
    "quarter",
    "year",
]
BY: tuple[By, ...] = get_args(By)
_TIMES = {"month": 7, "quarter": 7, "year": 4}  # signs of an ISO day
_EVERYTHING = CaseFilter()

_SUMS = (
    *("found", "open", "without_conclusion", "confirmed", "unfounded", "closed"),
    *("closed_with_image", "closed_in_time", "closed_late", "overdue", "suspended"),
    *("recurred", "ever_closed", "area_m2"),
)


@dataclass(frozen=True, slots=True)
class Ends:
    """Which states are ends of which sort.

    Attributes
    ----------
    open, closed, unfounded
        Ids of states. Closed: what a move with the mark ``closed`` leads to.
        Unfounded: every other end, but not that of cases merged into others.
    unconcluded
        Open states of a case that was never filed: nobody has said yet what it is.
    """

    open: tuple[str, ...]
    closed: tuple[str, ...]
    unfounded: tuple[str, ...]
    unconcluded: tuple[str, ...]


def ends_of(lifecycle: Lifecycle) -> Ends:
    """Return which states of a lifecycle are ends of which sort."""
    moves = lifecycle.moves.values()
    closed = tuple(sorted({one.to for one in moves if one.mark == "closed"}))
    ended = {one.id for one in lifecycle.states.values() if not one.open}
    unfounded = tuple(sorted(ended - set(closed) - {lifecycle.merged}))
    filing = {one.to for one in moves if one.mark == "filed"}
    before = {name for one in moves if one.mark == "filed" for name in one.from_states}
    known = (before | {lifecycle.first}) - filing
    return Ends(lifecycle.open_states, closed, unfounded, tuple(sorted(known)))


def counts(
    ledger: Ledger,
    *,
    by: By | None = None,
    on: dt.date,
    asked: CaseFilter = _EVERYTHING,
) -> pd.DataFrame:
    """Count cases.

    Parameters
    ----------
    ledger
        The ledger.
    by
        One of `BY`; None for one row of all. Times are those of the day found.
    on
        Whose deadlines have passed.
    asked
        Which cases; `CaseFilter.bounds`, ``limit`` and ``after`` are not heard.

    Returns
    -------
    DataFrame
        Index: the groups, sorted, "" for unknown; ``all`` without `by`. Columns, all
        counts of cases unless said:

        ``found``
            all of the group; cases merged into others are not counted
        ``open``, ``without_conclusion``, ``confirmed``, ``unfounded``, ``closed``
            work is awaited; nobody has said yet what it is; filed at some time; found
            to be nothing; struck off
        ``closed_with_image``, ``closed_in_time``, ``closed_late``
            of those closed
        ``overdue``, ``suspended``
            of those open
        ``recurred``, ``ever_closed``
            reopened at least once; closed now or before
        ``area_m2``
            last footprints added up, m2
        ``false_alarm_share``
            unfounded / (unfounded + confirmed)
        ``concluded_share``
            1 - without_conclusion / found
        ``closed_share``
            closed of the confirmed
        ``in_time_share``
            closed in time / (in time + late)
        ``recurred_share``
            recurred / ever closed

        By ``zone_kind`` a case counts in every kind that it lies in; the groups then
        do not add up to the whole.

    Raises
    ------
    InputRefusedError
        `by` is none of `BY`.
    """
    if by is not None and by not in BY:
        raise InputRefusedError(
            source="by", expected=", ".join(BY), got=repr(by), todo="name one of them"
        )
    with ledger.store.reading() as connection:
        keys = [] if by is None else [_key(by).label("group")]
        asks = select(*keys, *_sums(ledger, on)).select_from(tables.cases)
        open_states = ledger.lifecycle.open_states
        for one in conditions(asked, open_states=open_states):
            asks = asks.where(one)
        rows = connection.execute(asks.group_by(*keys) if keys else asks).all()
    names = [*(["group"] if keys else []), *_SUMS]
    table = pd.DataFrame.from_records(rows, columns=pd.Index(names)).fillna(
        dict.fromkeys(_SUMS, 0)
    )
    if by is None:
        table.insert(0, "group", "all")
    table["group"] = table["group"].fillna("").astype(str)
    return _with_shares(_grouped(table, by))


def _key(by: By) -> ColumnElement[str]:
    """Return what the store groups by."""
    cases = tables.cases.c
    if by in _TIMES:
        return func.substr(cast(cases.found_on, Text), 1, _TIMES[by])
    return cases.zone_kinds if by == "zone_kind" else cases[by]


def _sums(ledger: Ledger, on: dt.date) -> list[ColumnElement[Any]]:
    """Return what is counted, in the order of `_SUMS`."""
    c, ends = tables.cases.c, ends_of(ledger.lifecycle)
    is_closed = c.state.in_(ends.closed)
    never_filed = c.filed_on.is_(None)
    asked = {
        "open": c.state.in_(ends.open),
        "without_conclusion": c.state.in_(ends.unconcluded) & never_filed,
        "confirmed": ~never_filed & ~c.state.in_(ends.unfounded),
        "unfounded": c.state.in_(ends.unfounded),
        "closed": is_closed,
        "closed_with_image": is_closed & c.closed_with_image.is_(True),
        "closed_in_time": is_closed & c.closed_in_time.is_(True),
        "closed_late": is_closed & c.closed_in_time.is_(False),
        "overdue": overdue(on, open_states=ends.open),
        "suspended": c.state.in_(ends.open) & c.suspended.is_(True),
        "recurred": c.reopened_count > 0,
        "ever_closed": is_closed | (c.reopened_count > 0),
    }
    return [
        func.count(),
        *(func.sum(case((one, 1), else_=0)) for one in asked.values()),
        func.sum(c.area_m2),
    ]


def _grouped(table: pd.DataFrame, by: By | None) -> pd.DataFrame:
    """Return a row a group, the store's groups split or joined where they differ."""
    if by == "zone_kind":
        kinds = [one.strip("|").split("|") for one in table["group"]]
        table = table.assign(group=kinds).explode("group", ignore_index=True)
    if by == "quarter":
        table = table.assign(group=[_quarter(one) for one in table["group"]])
    sums = table.groupby("group", sort=True)[list(_SUMS)].sum()
    whole = [one for one in _SUMS if one != "area_m2"]
    return sums.astype({**dict.fromkeys(whole, np.int64), "area_m2": float})


def _quarter(month: str) -> str:
    """Return the quarter of a month.

    Examples
    --------
    >>> _quarter("2026-04")
    '2026-Q2'
    """
    return f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}" if month else ""


def _with_shares(sums: pd.DataFrame) -> pd.DataFrame:
    """Return the counts with the shares beside them."""
    decided = sums["unfounded"] + sums["confirmed"]
    timed = sums["closed_in_time"] + sums["closed_late"]
    unknown = _share(sums["without_conclusion"], sums["found"])
    return sums.assign(
        false_alarm_share=_share(sums["unfounded"], decided),
        concluded_share=1.0 - unknown,
        closed_share=_share(sums["closed"], sums["confirmed"]),
        in_time_share=_share(sums["closed_in_time"], timed),
        recurred_share=_share(sums["recurred"], sums["ever_closed"]),
    )


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Return a share; NaN of nothing."""
    return part.astype(float) / whole.astype(float).where(whole > 0)
