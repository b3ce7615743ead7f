"""What an event does to the tables: the one place that knows.

The writer applies it to the event that it appends; `spatial.ledger.verify` applies it
to all events from the first and compares. No number is reckoned here: areas, hashes,
days and deadlines stand in the payload as they were when the event was written.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spatial.ledger.chain import canonical
from spatial.ledger.tables import cases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from spatial.ledger.model import Event

Row = dict[str, Any]
CHINA = dt.timezone(dt.timedelta(hours=8))
"""Whose days count: a day begins at midnight in Beijing."""

DATES = frozenset(column.name for column in cases.columns if str(column.type) == "DATE")
SHAPE_FIELDS = ("shape_sha256", "ground_sha256", "area_m2", "ground_m2")
AMENDABLE = frozenset(
    {
        *("title", "source", "kind", "county", "county_name", "zones", "rule"),
        *("outcome", "department", "responsible", "measure", "penalty_doc"),
        *("public_result", "supervision_step", "priority", "due_on", "hint"),
    }
)
"""Columns of a case that can be amended; further fields lie in ``facts.<name>``."""

_FACTS = "facts."


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row of a table other than ``cases``."""

    table: str
    values: Row


@dataclass(frozen=True, slots=True)
class Update:
    """Values for the rows in which all columns of `where` are equal.

    Only rows from events before `before`.
    """

    table: str
    where: Row
    values: Row
    before: int


Change = Insert | Update


def day_of(at: str) -> dt.date:
    """Return the day in China of a time in UTC.

    Examples
    --------
    >>> day_of("2026-11-22T16:30:00.000Z").isoformat()
    '2026-11-23'
    """
    return dt.datetime.fromisoformat(at).astimezone(CHINA).date()


def effects(row: Row | None, event: Event) -> tuple[Row | None, tuple[Change, ...]]:
    """Return the row of the case after an event, and what happens to other tables.

    Parameters
    ----------
    row
        The row of the case before; None before it was opened, and for events of the
        ledger itself.
    event
        The event.

    Returns
    -------
    tuple
        The new row (the given one is not changed), without ``geom``; changes of other
        tables in order.

    Raises
    ------
    KeyError, TypeError, ValueError
        The payload is not what its kind has: the event was not written by a ledger.
    """
    if event.case_id == "":
        return None, _of_ledger(event)
    new, changes = _KINDS[event.kind](dict(row) if row is not None else {}, event)
    new["last_seq"] = event.seq
    return new, changes


def _of_ledger(event: Event) -> tuple[Change, ...]:
    if event.kind != "run":
        return ()
    said = event.payload
    values = {
        "seq": event.seq,
        "run_id": said["run_id"],
        "on_day": _date(said["on"]),
        "clues": said["clues"],
        "hashes": canonical(said["hashes"]),
        "facts": canonical(said["facts"]),
    }
    return (Insert("runs", values),)


_Done = tuple[Row, tuple[Change, ...]]


def _opened(_: Row, event: Event) -> _Done:
    said: Mapping[str, Any] = event.payload
    seen = said["sighting"]
    row: Row = {
        "fid": event.seq,
        "case_id": event.case_id,
        "state": event.to_state,
        "suspended": False,
        "measure": "",
        "penalty_doc": "",
        "public_result": "",
        "supervision_step": "",
        "last_seen": _date(said["found_on"]),
        "last_looked": _date(said["found_on"]),
        "seen_count": 1,
        "hint": "",
        "opened_at": event.at,
        "state_since": event.at,
        "filed_on": None,
        "due_on": _date(said["due_on"]),
        "due_certain": said["due_certain"],
        "closed_on": None,
        "closed_in_time": None,
        "closed_with_image": None,
        "reopened_count": 0,
        "transferred_to": "",
        "transfer_due_on": None,
        "transfer_answer": "",
        "merged_into": "",
        "split_from": said["split_from"],
        "run_id": seen["run_id"],
        "clue_id": seen["clue_id"],
        "reporters": int(bool(said["person_hash"])),
        "locked": "{}",
        "open_conflicts": "{}",
        "facts": canonical(said["facts"]),
        "found_on": _date(said["found_on"]),
        **{name: said[name] for name in SHAPE_FIELDS},
    }
    for name in _GIVEN:
        row[name] = said["fields"][name]
    _set(row, "zones", said["fields"]["zones"])
    return row, (Insert("sightings", _sighting(event, seen)),)


_GIVEN = (
    *("title", "source", "kind", "county", "county_name"),
    *("rule", "outcome", "department", "responsible", "priority"),
)


def _sighting(event: Event, seen: Mapping[str, Any]) -> Row:
    return {
        "seq": event.seq,
        "case_id": event.case_id,
        "clue_id": seen["clue_id"],
        "run_id": seen["run_id"],
        "seen_on": _date(seen["seen_on"]),
        "relation": seen["relation"],
        "kind": seen["kind"],
        "area_m2": seen["area_m2"],
        "why": canonical(seen["why"]),
        "facts": canonical(seen["facts"]),
        "shape_sha256": seen["shape_sha256"],
        "detached_seq": None,
    }


def _seen(row: Row, event: Event) -> _Done:
    said: Mapping[str, Any] = event.payload
    seen = said["sighting"]
    on = _date(seen["seen_on"])
    row["last_looked"] = max(row["last_looked"], on)
    row["reporters"] += bool(said["person_hash"])
    if seen["shape_sha256"]:
        row.update({name: said[name] for name in SHAPE_FIELDS})
        row["last_seen"] = max(row["last_seen"], on)
        row["seen_count"] += 1
        row["hint"] = "recovering" if seen["relation"] == "recovering" else ""
    elif seen["relation"] == "gone":
        row["hint"] = "looks_recovered"
    return row, (Insert("sightings", _sighting(event, seen)),)


def _moved(row: Row, event: Event) -> _Done:
    said: Mapping[str, Any] = event.payload
    row["state"] = event.to_state
    if said["suspended"] is not None:
        row["suspended"] = said["suspended"]
        return row, ()
    day = day_of(event.at)
    row["state_since"] = event.at
    due = row["due_on"]
    row["due_on"] = _date(said["due_on"])
    row["due_certain"] = said["due_certain"]
    match said["mark"]:
        case "filed":
            row["filed_on"] = row["filed_on"] or day
        case "closed":
            row["closed_on"] = day
            row["closed_with_image"] = said["with_image"]
            row["closed_in_time"] = None if due is None else day <= due
        case "reopened":
            row["reopened_count"] += 1
            row["closed_on"] = None
            row["closed_with_image"] = None
            row["closed_in_time"] = None
    return row, ()


def _amended(row: Row, event: Event) -> _Done:
    said: Mapping[str, Any] = event.payload
    name = said["field"]
    _set(row, name, said["new"])
    if said["run_id"] is not None:
        return row, ()
    row["locked"] = canonical({**json.loads(row["locked"]), name: event.seq})
    still = json.loads(row["open_conflicts"])
    if name not in still:
        return row, ()
    row["open_conflicts"] = canonical({k: v for k, v in still.items() if k != name})
    where = {"case_id": event.case_id, "field": name, "settled_seq": None}
    return row, (Update("conflicts", where, {"settled_seq": event.seq}, event.seq),)


def _set(row: Row, name: str, value: object) -> None:
    """Set a field of a case to a value of JSON."""
    if name.startswith(_FACTS):
        facts = {**json.loads(row["facts"]), name.removeprefix(_FACTS): value}
        row["facts"] = canonical(facts)
    elif name == "zones":
        zones: Any = value
        row["zones"] = canonical(zones)
        kinds = sorted({one[0] for one in zones})
        row["zone_kinds"] = "|" + "".join(f"{kind}|" for kind in kinds)
    else:
        row[name] = _date(value) if name in DATES else value


def field_value(row: Mapping[str, Any], name: str) -> object:
    """Return the value of a field as JSON holds it, the inverse of an amendment."""
    if name.startswith(_FACTS):
        return json.loads(row["facts"]).get(name.removeprefix(_FACTS))
    value = row[name]
    if name == "zones":
        return json.loads(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _evidence(row: Row, event: Event) -> _Done:
    said = dict(event.payload)
    said["taken_on"] = _date(said["taken_on"])
    values = {"seq": event.seq, "case_id": event.case_id, **said}
    return row, (Insert("evidence", values),)


def _linked(row: Row, event: Event) -> _Done:
    said: Mapping[str, Any] = event.payload
    values = {
        "seq": event.seq,
        "case_id": event.case_id,
        "kind": said["kind"],
        "target": said["target"],
        "relation": said["relation"],
        "facts": canonical(said["facts"]),
        "unlinked_seq": None,
    }
    return row, (Insert("links", values),)


def _unlinked(row: Row, event: Event) -> _Done:
    where = {"case_id": event.case_id, "seq": event.payload["link"]}
    values = {"unlinked_seq": event.seq}
    return row, (Update("links", where, values, event.seq),)


def _transferred(row: Row, event: Event) -> _Done:
    said: Mapping[str, Any] = event.payload
    if said["answer"] is not None:
        row["transfer_answer"] = said["answer"]
        return row, ()
    row["transferred_to"] = said["to"]
    row["transfer_due_on"] = _date(said["due_on"])
    row["transfer_answer"] = ""
    row["department"] = said["to"]
    return row, ()


def _merged(row: Row, event: Event) -> _Done:
    said: Mapping[str, Any] = event.payload
    if said["into"]:
        row["merged_into"] = said["into"]
        row["due_on"] = None
        row["ground_sha256"], row["ground_m2"] = "", None  # the other has it now
        row["state"] = event.to_state
        row["state_since"] = event.at
        return row, ()
    row.update({name: said[name] for name in SHAPE_FIELDS})
    return row, ()


def _split(row: Row, event: Event) -> _Done:
    row.update({name: event.payload[name] for name in SHAPE_FIELDS})
    return row, ()


def _rematched(row: Row, event: Event) -> _Done:
    said: Mapping[str, Any] = event.payload
    row.update({name: said[name] for name in SHAPE_FIELDS})
    row["seen_count"] = said["seen_count"]
    row["last_seen"] = _date(said["last_seen"])
    if said["sighting"] is not None:  # it came here
        return row, (Insert("sightings", _sighting(event, said["sighting"])),)
    where = {"case_id": event.case_id, "seq": said["detached"]}
    values = {"detached_seq": event.seq}
    return row, (Update("sightings", where, values, event.seq),)


def _conflict(row: Row, event: Event) -> _Done:
    said: Mapping[str, Any] = event.payload
    name = said["field"]
    still = {**json.loads(row["open_conflicts"]), name: event.seq}
    row["open_conflicts"] = canonical(still)
    values = {
        "seq": event.seq,
        "case_id": event.case_id,
        "field": name,
        "kept": canonical(said["kept"]),
        "run_value": canonical(said["run_value"]),
        "run_id": said["run_id"],
        "settled_seq": None,
    }
    return row, (Insert("conflicts", values),)


def _erased(row: Row, _: Event) -> _Done:
    row["reporters"] = 0
    return row, ()


def _date(text: object) -> Any:  # noqa: ANN401 - a date, or None
    """Return a day of the payload; None stays None."""
    return None if text is None else dt.date.fromisoformat(str(text))


_KINDS: Mapping[str, Callable[[Row, Event], _Done]] = {
    "opened": _opened,
    "seen": _seen,
    "moved": _moved,
    "amended": _amended,
    "evidence": _evidence,
    "linked": _linked,
    "unlinked": _unlinked,
    "transferred": _transferred,
    "merged": _merged,
    "split": _split,
    "rematched": _rematched,
    "conflict": _conflict,
    "erased": _erased,
}
