"""Reading cases: a filter becomes one question to the store."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import select

from layers.layer import FRAME
from spatial.ledger import tables
from spatial.ledger.model import Person
from spatial.measure.ellipsoid import grown_bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy import ColumnElement, Connection, Select, Table

    from spatial.ledger.model import CaseFilter
    from spatial.ledger.store import Store

_MANY = 500
_EQUAL = ("kind", "source", "rule", "run_id", "department")
KNOWN = (
    *("geometry", "ground", "kind", "state", "last_seen", "closed_on"),
    "intact_on",
)


def conditions(
    asked: CaseFilter, *, open_states: Sequence[str]
) -> list[ColumnElement[bool]]:
    """Return what a filter asks, but for the box and the limit.

    Parameters
    ----------
    asked
        The filter.
    open_states
        States in which a case can be overdue.
    """
    c = tables.cases.c
    found = [c[name] == getattr(asked, name) for name in _EQUAL if getattr(asked, name)]
    if asked.case_ids:
        found.append(c.case_id.in_(asked.case_ids))
    if asked.states:
        found.append(c.state.in_(asked.states))
    elif not (asked.with_merged or asked.case_ids):
        found.append(c.merged_into == "")
    if asked.county:
        # a range, so that the index on counties serves
        found += [c.county >= asked.county, c.county < asked.county + "~"]
    if asked.zone_kind:
        kind = f"|{asked.zone_kind}|"
        found.append(c.zone_kinds.contains(kind, autoescape=True))
    if asked.after:
        found.append(c.case_id > asked.after)
    return found + _in_time(asked, open_states) + _troubled(asked)


def _in_time(
    asked: CaseFilter, open_states: Sequence[str]
) -> list[ColumnElement[bool]]:
    """Return what a filter asks about days."""
    c = tables.cases.c
    found: list[ColumnElement[bool]] = []
    if asked.found_from is not None:
        found.append(c.found_on >= asked.found_from)
    if asked.found_to is not None:
        found.append(c.found_on <= asked.found_to)
    if asked.overdue_on is not None:
        found.append(overdue(asked.overdue_on, open_states=open_states))
    return found


def _troubled(asked: CaseFilter) -> list[ColumnElement[bool]]:
    """Return what a filter asks about suspension and conflicts."""
    c = tables.cases.c
    found: list[ColumnElement[bool]] = []
    if asked.suspended is not None:
        found.append(c.suspended.is_(asked.suspended))
    if asked.has_conflict is not None:
        empty = c.open_conflicts == "{}"
        found.append(~empty if asked.has_conflict else empty)
    return found


def overdue(on: dt.date, *, open_states: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that the deadline of an open case has passed on a day."""
    c = tables.cases.c
    return (
        (c.due_on < on)
        & c.state.in_(tuple(open_states))
        & c.suspended.is_(False)
        & (c.merged_into == "")
    )


def read_cases(
    connection: Connection,
    store: Store,
    asked: CaseFilter,
    *,
    open_states: Sequence[str],
) -> gpd.GeoDataFrame:
    """Return the cases of a filter; see `Ledger.cases`."""
    cases = tables.cases
    question = select(cases)
    for one in conditions(asked, open_states=open_states):
        question = question.where(one)
    rows: list[Any]
    if asked.bounds is None:
        question = question.order_by(cases.c.case_id).limit(asked.limit)
        rows = list(connection.execute(question))
    else:
        box = np.array([asked.bounds], dtype=float)
        ids = store.near(connection, box, table="cases")
        rows = _by_key(connection, question, ids)
        rows.sort(key=lambda row: row.case_id)
        rows = rows[: asked.limit]
    names = [one.name for one in cases.columns]
    table = pd.DataFrame.from_records(rows, columns=names)
    shapes = shapely.from_wkb(table.pop("geom").to_numpy(dtype=object))
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=FRAME)
    return frame.set_index("case_id")


def _by_key(
    connection: Connection, question: Select[Any], keys: Sequence[int]
) -> list[Any]:
    """Return the rows of a question whose keys are among some."""
    found: list[Any] = []
    for start in range(0, len(keys), _MANY):
        some = keys[start : start + _MANY]
        limited = question.where(tables.cases.c.fid.in_(some))
        found += connection.execute(limited)
    return found


def read_known(
    connection: Connection, store: Store, boxes: NDArray[np.float64], *, margin_m: float
) -> gpd.GeoDataFrame:
    """Return the cases whose ground's box lies near; see `Ledger.known`."""
    cases, grounds = tables.cases, tables.grounds
    near = boxes[~np.isnan(boxes).any(axis=1)]
    ids: list[int] = []
    if len(near):
        wide = grown_bounds(near, margin_m) if margin_m else near
        ids = store.near(connection, wide, table="grounds")
    question = select(
        cases.c.case_id,
        cases.c.geom,
        grounds.c.geom,
        cases.c.kind,
        cases.c.state,
        cases.c.last_seen,
        cases.c.closed_on,
        cases.c.facts,
    ).join(grounds, grounds.c.fid == cases.c.fid)
    rows = _by_key(connection, question, ids)
    table = pd.DataFrame.from_records(rows, columns=["case_id", *KNOWN])
    ground = shapely.from_wkb(table["ground"].to_numpy(dtype=object))
    shapes = shapely.from_wkb(table.pop("geometry").to_numpy(dtype=object))
    table["ground"] = gpd.GeoSeries(ground, crs=FRAME)
    table["intact_on"] = pd.Series(
        [_intact_on(one) for one in table["intact_on"]], index=table.index, dtype=object
    )
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=FRAME)
    frame = frame.set_index("case_id").sort_index()
    return frame[list(KNOWN)]


def _intact_on(facts: str) -> dt.date | None:
    """Return the last day on which the ground was as before, where a run knows."""
    day = json.loads(facts).get("intact_on")
    return None if day is None else dt.date.fromisoformat(day)


def child_rows(
    connection: Connection,
    table: Table,
    case_id: str,
) -> tuple[dict[str, object], ...]:
    """Return the rows of a case in a table, shapes as geometries, JSON as values."""
    question = (
        select(table)
        .where(table.c.case_id == case_id)
        .order_by(table.primary_key.columns[0])
    )
    return tuple(
        plain_row(row) for row in connection.execute(question).mappings().all()
    )


_JSON = ("facts", "why", "kept", "run_value", "zones", "locked", "open_conflicts")


def plain_row(row: Any) -> dict[str, object]:  # noqa: ANN401 - a RowMapping
    """Return a row with its JSON read and its shape as a geometry."""
    found: dict[str, object] = dict(row)
    for name in _JSON:
        if name in found:
            found[name] = json.loads(str(found[name]))
    if "geom" in found:
        found.pop("geom")
        found["geometry"] = shape_of(row["geom"])
    return found


def shape_of(wkb: bytes | None) -> BaseGeometry | None:
    """Return the geometry of WKB; None of none."""
    if wkb is None:
        return None
    shape: BaseGeometry = shapely.from_wkb(wkb)
    return shape


def read_persons(connection: Connection, case_id: str) -> tuple[Person, ...]:
    """Return the reporters of a case that were not erased."""
    c = tables.persons.c
    asked = (
        select(c.name, c.phone, c.address, c.note)
        .where(c.case_id == case_id, c.salt != "")
        .order_by(c.seq)
    )
    return tuple(Person(*row) for row in connection.execute(asked))


def boxes_of(shapes: Iterable[Any]) -> NDArray[np.float64]:
    """Return the bounding boxes of geometries, (n, 4); NaN for none."""
    return np.asarray(shapely.bounds(np.asarray(list(shapes), dtype=object)))
