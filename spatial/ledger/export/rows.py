"""What a case says in one line: its row of the ledger, in words and units."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import func, select

from layers.spec import kinds, spec
from spatial.ledger import tables
from spatial.monitor.places import dms
from spatial.monitor.views import class_title
from spatial.report.words import visible
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from spatial.ledger.ledger import Ledger
    from spatial.report.columns import Cell
    from spatial.text import Lang

FACTS = "facts."
HECTARE_M2 = 10_000.0
MU_M2 = 2000.0 / 3.0
"""1 亩 = 2000/3 m2."""
_MANY = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A case on its way into a row.

    Attributes
    ----------
    case_id
        Its number.
    row
        Columns of `spatial.ledger.tables.cases`.
    lon, lat
        A point inside the footprint, degrees; None where no place is known.
    evidence
        How many pieces it has.
    last
        Time, actor, kind and reason of its last event.
    on
        The day of the export.
    states
        Titles of the states.
    lang
        Language of the words.
    """

    case_id: str
    row: Mapping[str, Any]
    lon: float | None
    lat: float | None
    evidence: int
    last: tuple[str, str, str, str]
    on: dt.date
    states: Mapping[str, str]
    lang: Lang


def _plain(name: str) -> Callable[[Line], Cell]:
    """Return what reads a text or a day as it stands."""

    def read(one: Line) -> Cell:
        value = one.row[name]
        if value is None or value != value:  # noqa: PLR0124 - NaN
            return None
        return visible(str(value)) or None

    return read


def _number(name: str, unit: float = 1.0) -> Callable[[Line], Cell]:
    """Return what reads a number, in a unit."""

    def read(one: Line) -> Cell:
        value = one.row[name]
        known = value is not None and value == value  # noqa: PLR0124 - NaN
        return float(value) / unit if known else None

    return read


def _count(name: str) -> Callable[[Line], Cell]:
    """Return what reads a whole number."""
    return lambda one: int(one.row[name])


def _days_left(one: Line) -> Cell:
    """Return the days until the deadline of an open case."""
    due = one.row["due_on"]
    if not isinstance(due, dt.date) or one.row["closed_on"] is not None:
        return None
    return (due - one.on).days


def _zones(one: Line) -> Cell:
    """Return the control zones: kind, name, shared area."""
    told = []
    for kind, zone, name, area_m2 in json.loads(one.row["zones"]):
        title = spec(kind).title[one.lang] if kind in kinds() else kind
        facts = {"kind": title, "name": name or zone, "area_m2": f"{area_m2:.0f}"}
        told.append(TEXTS.say("ledger.zone", lang=one.lang, **facts))
    return visible("; ".join(told)) or None


def _yes_no(name: str) -> Callable[[Line], Cell]:
    """Return what reads a flag as a word; unknown stays empty."""

    def read(one: Line) -> Cell:
        value = one.row[name]
        if value is None or value != value:  # noqa: PLR0124 - NaN
            return None
        return TEXTS.say(f"ledger.{'yes' if value else 'no'}", lang=one.lang)

    return read


def _state(one: Line) -> Cell:
    """Return the state in words; a suspended case says so."""
    state = one.states.get(str(one.row["state"]), str(one.row["state"]))
    if not one.row["suspended"]:
        return state
    return TEXTS.say("ledger.suspended", lang=one.lang, state=state)


def _word(group: str, name: str) -> Callable[[Line], Cell]:
    """Return what reads an id as the word for it, or as it stands."""

    def read(one: Line) -> Cell:
        value = one.row[name]
        if not value:
            return None
        key = f"{group}.{value}"
        known = key in TEXTS.sentences(one.lang)
        return TEXTS.say(key, lang=one.lang) if known else visible(str(value))

    return read


def _angle(name: str) -> Callable[[Line], Cell]:
    """Return what reads a degree as degrees, minutes, seconds."""

    def read(one: Line) -> Cell:
        value = getattr(one, name)
        return None if value is None else dms(value)

    return read


def _last(one: Line) -> Cell:
    """Return the last entry: day, who, what, why."""
    at, actor, kind, why = one.last
    word = TEXTS.say(f"ledger.event.{kind}", lang=one.lang)
    return visible(" ".join(part for part in (at[:10], actor, word, why) if part))


VALUES: Mapping[str, Callable[[Line], Cell]] = {
    "case_id": lambda one: one.case_id,
    "state": _state,
    "source": _word("ledger.source", "source"),
    "kind": lambda one: class_title(one.row["kind"], one.lang) or None,
    "zones": _zones,
    "lon": lambda one: one.lon,
    "lat": lambda one: one.lat,
    "lon_dms": _angle("lon"),
    "lat_dms": _angle("lat"),
    "area_m2": _number("area_m2"),
    "area_ha": _number("area_m2", HECTARE_M2),
    "area_mu": _number("area_m2", MU_M2),
    "ground_m2": _number("ground_m2"),
    "priority": _number("priority"),
    "days_left": _days_left,
    "closed_with_image": _yes_no("closed_with_image"),
    "closed_in_time": _yes_no("closed_in_time"),
    "seen_count": _count("seen_count"),
    "reopened_count": _count("reopened_count"),
    "evidence": lambda one: one.evidence,
    "conflicts": lambda one: len(json.loads(one.row["open_conflicts"])),
    "supervision_step": _word("ledger.step", "supervision_step"),
    "last_event": _last,
    **{
        name: _plain(name)
        for name in (
            *("title", "county", "county_name", "rule", "outcome", "department"),
            *("responsible", "measure", "penalty_doc", "public_result", "hint"),
            *("found_on", "last_seen", "last_looked", "filed_on", "due_on"),
            *("closed_on", "transferred_to", "transfer_due_on", "transfer_answer"),
            *("merged_into", "split_from", "run_id", "clue_id", "opened_at"),
        )
    },
}
"""What a column of a form can hold, and how it is read."""


def value(one: Line, name: str) -> Cell:
    """Return a cell of a case."""
    if not name.startswith(FACTS):
        return VALUES[name](one)
    said = json.loads(one.row["facts"]).get(name.removeprefix(FACTS))
    return None if said is None else visible(str(said))


def lines(
    ledger: Ledger, cases: gpd.GeoDataFrame, *, on: dt.date, lang: Lang
) -> list[Line]:
    """Return the cases of a table, with what stands in other tables, in their order.

    Parameters
    ----------
    ledger
        The ledger.
    cases
        As of `spatial.ledger.Ledger.cases`.
    on
        The day of the export.
    lang
        Language of the words.
    """
    shapes = np.asarray(cases.geometry.array, dtype=object)
    has = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes[has]))
    points: list[tuple[float | None, float | None]] = [(None, None)] * len(cases)
    for at, (lon, lat) in zip(np.flatnonzero(has), inside, strict=True):
        points[at] = (float(lon), float(lat))
    rows: list[dict[str, Any]] = cases.to_dict("records")  # type: ignore[assignment]
    states = {one.id: one.title[lang] for one in ledger.lifecycle.states.values()}
    counted, latest = _beside(ledger, list(cases.index), list(cases["last_seq"]))
    return [
        Line(
            case_id=str(case_id),
            row=row,
            lon=lon,
            lat=lat,
            evidence=counted.get(case_id, 0),
            last=latest[case_id],
            on=on,
            states=states,
            lang=lang,
        )
        for (case_id, row), (lon, lat) in zip(
            zip(cases.index, rows, strict=True),
            points,
            strict=True,
        )
    ]


def _beside(
    ledger: Ledger, case_ids: list[str], last_seqs: list[int]
) -> tuple[dict[str, int], dict[str, tuple[str, str, str, str]]]:
    """Return how much evidence cases have, and their last events."""
    evidence, events = tables.evidence.c, tables.events.c
    counted: dict[str, int] = {}
    latest: dict[str, tuple[str, str, str, str]] = {}
    with ledger.store.reading() as connection:
        for start in range(0, len(case_ids), _MANY):
            some = case_ids[start : start + _MANY]
            asked = (
                select(evidence.case_id, func.count())
                .where(evidence.case_id.in_(some))
                .group_by(evidence.case_id)
            )
            counted.update((str(one), int(n)) for one, n in connection.execute(asked))
            seqs = [int(one) for one in last_seqs[start : start + _MANY]]
            last = select(
                *(events.case_id, events.at, events.actor, events.kind, events.why)
            ).where(events.seq.in_(seqs))
            latest.update((row[0], tuple(row[1:])) for row in connection.execute(last))
    return counted, latest
