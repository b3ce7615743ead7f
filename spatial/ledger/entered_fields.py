"""What a clue says of a case: its fields, its permits, the words of a message."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatial.change.classify import load_classes
from spatial.ledger.model import Link, NewCase
from spatial.text import TEXTS, Message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from layers.text import Lang
    from spatial.ledger.model import Person

FOLLOWED = ("kind", "outcome", "rule", "zones", "priority")
"""Fields of a case that a later run may bring up to date, where no person set them."""
PERMIT_FACT = "facts.permit_state"
_COLUMNS = {"rule": "deciding_rule", "priority": "score"}
_KEPT = (
    *("event_id", "trend", "surface", "kind_confidence", "confidence", "permit_state"),
    *("approved_m2", "beyond_m2", "permit_until", "class_agrees", "unchecked"),
    *("lon", "lat", "near", "picture", "code", "place", "description", "remark"),
)


def plain_rows(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the rows of a table by id, without the geometry."""
    columns = {name: table[name] for name in table.columns if name != "geometry"}
    plain = pd.DataFrame(columns, index=table.index)
    rows: dict[Any, Any] = plain.to_dict("index")
    return {str(name): row for name, row in rows.items()}


def new_case(
    name: str,
    clue: Mapping[str, Any],
    shape: BaseGeometry | None,
    *,
    run_id: str,
    source: str,
    intact_on: dt.date | None,
    reporter: Person | None,
    lang: Lang,
) -> NewCase:
    """Return the case that a clue opens.

    Parameters
    ----------
    name, clue, shape
        Id, row and outline of the clue; columns that are not there are unknown.
    run_id, source
        Where it comes from.
    intact_on
        Last day on which the ground is known to have been as it was before.
    reporter
        For the private table.
    lang
        Of the title, where the clue has none.
    """
    facts = {key: value for key in _KEPT if (value := _value(clue, key)) is not None}
    if intact_on is not None:
        facts["intact_on"] = intact_on.isoformat()
    kind = _kind(clue)
    county = str(_value(clue, "county_code") or "")[:6]
    return NewCase(
        source=source,
        found_on=clue["seen_on"],
        title=_title(clue, kind, name, lang),
        geometry=shape,
        kind=kind,
        county=county if len(county) == 6 and county.isdecimal() else "",  # noqa: PLR2004
        county_name=str(_value(clue, "county_name") or ""),
        zones=zones_of(clue) or (),
        rule=str(_value(clue, "deciding_rule") or ""),
        outcome=str(_value(clue, "outcome") or ""),
        department=str(_value(clue, "department") or ""),
        responsible=str(_value(clue, "responsible") or ""),
        priority=_value(clue, "score"),
        clue_id=name,
        run_id=run_id,
        reporter=reporter,
        facts=facts,
    )


def _title(clue: Mapping[str, Any], kind: str | None, name: str, lang: Lang) -> str:
    """Return what the case is called."""
    given = _value(clue, "name")
    if given is not None:
        return str(given)
    titles = {one.id: one.title for one in load_classes() if one.table == "activity"}
    return TEXTS.say(
        "ledger.enter.title",
        lang=lang,
        county=str(_value(clue, "county_name") or ""),
        kind=titles[kind or "unknown"],
        clue=name,
    )


def amendments(
    clue: Mapping[str, Any], row: Mapping[str, Any]
) -> Iterator[tuple[str, object]]:
    """Yield the fields of a case that a clue says otherwise.

    Parameters
    ----------
    clue
        What was seen. What it does not say changes nothing; a kind that is not known
        does not take the place of one that is.
    row
        The row of the case.
    """
    for name in FOLLOWED:
        value: Any = _said(clue, name)
        if value is None:
            continue
        old = json.loads(row["zones"]) if name == "zones" else row[name]
        if value != old:
            yield name, value
    state = _value(clue, "permit_state")
    if state is not None and json.loads(row["facts"]).get("permit_state") != state:
        yield PERMIT_FACT, state


def _said(clue: Mapping[str, Any], name: str) -> object:
    """Return what a clue says of a field; None for nothing."""
    if name == "kind":
        return _kind(clue)
    if name == "zones":
        zones = zones_of(clue)
        return None if zones is None else [list(one) for one in zones]
    return _value(clue, _COLUMNS.get(name, name))


def _kind(clue: Mapping[str, Any]) -> str | None:
    kind = _value(clue, "kind")
    return None if kind in (None, "unknown") else str(kind)


def zones_of(clue: Mapping[str, Any]) -> tuple[tuple[str, str, str, float], ...] | None:
    """Return the control zones that a clue lies in; None where it does not say."""
    zones = clue.get("zones")
    if not isinstance(zones, list | tuple):
        return None
    rows = [
        (one["kind"], one["zone_id"], one["zone_name"], one["area_m2"])
        if isinstance(one, Mapping)
        else tuple(one)
        for one in zones
    ]
    return tuple(
        (str(kind), str(zone), str(name or ""), float(area))
        for kind, zone, name, area in rows
    )


def permit_links(clue: Mapping[str, Any]) -> tuple[Link, ...]:
    """Return the links of a clue with the permits that it meets.

    ``inside`` an approval, ``beyond`` it by so many square metres, ``expired`` and so
    on (`spatial.permits.STATES`); none where no permit is met: then the state stands
    in the facts of the case alone.
    """
    codes = clue.get("permit_codes")
    state = _value(clue, "permit_state")
    if not isinstance(codes, list | tuple) or state is None:
        return ()
    names = ("approved_m2", "beyond_m2", "permit_until", "class_agrees")
    facts = {key: value for key in names if (value := _value(clue, key)) is not None}
    return tuple(Link("permit", str(code), str(state), facts) for code in codes)


def link_of_neighbour(case_id: str, relation: str) -> Link:
    """Return a link with another case: ``neighbour``, or ``shares_clue``."""
    return Link("case", case_id, relation)


def said(why: Message) -> dict[str, object]:
    """Return a message as JSON holds it."""
    return {
        "key": why.key,
        "facts": {
            name: said(fact) if isinstance(fact, Message) else _plain(fact)
            for name, fact in why.facts.items()
        },
    }


def message_of(plain: Mapping[str, Any]) -> Message:
    """Return the message that JSON holds; the inverse of `said`."""
    facts = {
        name: message_of(fact) if isinstance(fact, Mapping) and "key" in fact else fact
        for name, fact in plain["facts"].items()
    }
    return Message(plain["key"], facts)


def _value(clue: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401  what JSON holds
    """Return a cell as JSON holds it; None for what is missing or empty."""
    value = clue.get(name)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, str):
        return value.strip() or None
    return _plain(value)


def _plain(value: Any) -> Any:  # noqa: ANN401  what JSON holds
    if hasattr(value, "item"):
        return value.item()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
