"""What is said of clues and zones, in words, once for all files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from layers.spec import spec
from spatial.monitor.places import FIRST_EPSG, FIRST_ZONE, ZONE_DEG, dms
from spatial.report.words import (
    kind_title,
    number,
    percent,
    pick,
    say,
    sentence,
    visible,
)
from spatial.text import TEXTS, Message

if TYPE_CHECKING:
    from spatial.monitor.run import Monitoring
    from spatial.text import Lang

FULL = 1 - 1e-9
"""A share of a zone that is all of it, but for rounding."""
_WHOLE = 0.99995
_NOT_SHOWN = ("missing", "not_in_force")


class Clue(NamedTuple):
    """A clue in words; numbers as they are, NaN where unknown."""

    patch_id: str
    row: Any
    kind: str
    surface: str
    trend: str
    guess: str
    zones: str
    permit: str
    near: str
    county: str
    unchecked: str


def clues(found: Monitoring, lang: Lang) -> list[Clue]:
    """Return the clues in words, most urgent first."""
    return [_clue(str(name), row, lang) for name, row in found.table.iterrows()]


def _clue(name: str, row: Any, lang: Lang) -> Clue:  # noqa: ANN401  a row of a table
    kind, surface, trend = guessed(row, lang)
    county = [row["county_code"], row["county_name"]]
    return Clue(
        patch_id=name,
        row=row,
        kind=kind,
        surface=surface,
        trend=trend,
        guess=say(
            "monitor.kind_guess",
            lang,
            kind=kind,
            surface=surface,
            trend=trend,
            fit=number(_float(row["kind_confidence"]), 2, lang),
        ),
        zones=zones_text(row["zones"], lang),
        permit=permit_text(row, lang),
        near=near_text(row["near"], lang),
        county=visible(" ".join(str(one) for one in county if one is not None)),
        unchecked=_joined([kind_title(one, lang) for one in row["unchecked"]], lang),
    )


def guessed(row: Any, lang: Lang) -> tuple[str, str, str]:  # noqa: ANN401
    """Return kind, surface and trend of a patch in words."""
    surface = row["surface"] if isinstance(row["surface"], str) else "unknown"
    trend = row["trend"] if isinstance(row["trend"], str) else "unknown"
    return (
        class_title(row["kind"], lang),
        say(f"monitor.surface.{surface}", lang),
        say(f"monitor.trend.{trend}", lang),
    )


def class_title(kind: object, lang: Lang) -> str:
    """Return the title of a class of human activity."""
    field = next(one for one in spec("permit").fields if one.name == "activity_class")
    titles = (field.titles or {}).get(str(kind))
    return pick(titles, lang) if titles else say("monitor.surface.unknown", lang)


def zones_text(
    zones: tuple[tuple[str, str, str | None, float], ...], lang: Lang
) -> str:
    """Return the control zones that a patch meets."""
    said = [
        say(
            "monitor.zone",
            lang,
            kind=kind_title(kind, lang),
            zone=visible(str(name or zone)),
            area=number(area, 2, lang),
        )
        for kind, zone, name, area in zones
    ]
    return _joined(said, lang) if said else say("monitor.no_zone", lang)


def near_text(near: Message, lang: Lang) -> str:
    """Return the nearest town with its distance, or that none is near."""
    if near.key == "place.near":
        return visible(
            TEXTS.render(Message("report.monitor.near_text", near.facts), lang)
        )
    return sentence(near, lang)


def zone_named(kind: str, zone_id: str, name: object, lang: Lang) -> str:
    """Return kind and name of a zone, its id where it has no name."""
    known = name if isinstance(name, str) and name else zone_id
    return f"{kind_title(kind, lang)} {visible(str(known))}"


def zones_named(
    zones: tuple[tuple[str, str, str | None, float], ...], lang: Lang
) -> str:
    """Return the control zones that a patch meets, kinds and names alone, each once."""
    named = (zone_named(kind, zone, name, lang) for kind, zone, name, _ in zones)
    said = list(dict.fromkeys(named))
    return _joined(said, lang) if said else say("monitor.no_zone", lang)


def permit_state(row: Any, lang: Lang) -> str:  # noqa: ANN401  a row of a table
    """Return whether a clue is approved, and what lies beyond the footprint."""
    beyond = number(_float(row["beyond_m2"]), 2, lang)
    return say(f"monitor.permit.{row['permit_state']}", lang, beyond=beyond)


def permit_text(row: Any, lang: Lang) -> str:  # noqa: ANN401  a row of a table
    """Return what approvals say of a clue, with their numbers and days."""
    said = [permit_state(row, lang)]
    if row["permit_codes"]:
        codes = visible(_joined(list(row["permit_codes"]), lang))
        said.append(say("monitor.permit_codes", lang, codes=codes))
    if not pd.isna(row["permit_until"]):
        until = str(row["permit_until"])[:10]
        said.append(say("monitor.permit_until", lang, until=until))
    if row["class_agrees"] is False:
        said.append(say("monitor.permit_other_class", lang))
    return _joined(said, lang)


def summary(found: Monitoring, lang: Lang) -> tuple[str, ...]:
    """Return the conclusion: what was found, and what was not seen or not checked."""
    if found.scan is None:
        return (say("monitor.refused", lang),)
    if "nothing_within" in found.scan.notes:
        return (say("monitor.note.nothing_within", lang),)
    clue_count, aside = len(found.table), len(found.set_aside)
    said = [
        say(
            "monitor.found",
            lang,
            patches=clue_count + aside,
            clues=clue_count,
            events=found.table["event_id"].nunique(),
            aside=aside,
        )
    ]
    if not clue_count:
        said.append(say("monitor.no_clue", lang))
    partly = unseen(found, lang)
    if partly:
        said.append(say("monitor.partly", lang, kinds=partly))
    unchecked = dict.fromkeys(one for row in found.table["unchecked"] for one in row)
    if unchecked:
        kinds = _joined([kind_title(one, lang) for one in unchecked], lang)
        said.append(say("monitor.unchecked", lang, kinds=kinds))
    lacking = [one for one in without_layer(found) if one not in unchecked]
    if lacking:
        kinds = _joined([kind_title(one, lang) for one in lacking], lang)
        said.append(say("monitor.without_layer", lang, kinds=kinds))
    if "not_checked" in set(found.table["permit_state"]):
        said.append(say("monitor.no_permit_layer", lang))
    return tuple(said)


def without_layer(found: Monitoring) -> list[str]:
    """Return the kinds of control zones that rules ask for and no layer shows.

    A patch that meets no zone of the layers that are there may lie in one of these.
    """
    records = found.clues.review.content.layers
    shown = {one.kind for one in records if one.status not in _NOT_SHOWN}
    lacking = (one.kind for one in records if one.status in _NOT_SHOWN)
    return [
        one
        for one in dict.fromkeys(lacking)
        if one not in shown and spec(one).role == "control"
    ]


def unseen(found: Monitoring, lang: Lang) -> str:
    """Return how much was seen of each kind of control zone that was not seen whole."""
    control = found.zones["kind"].map(lambda one: spec(one).role == "control")
    # Of no zone at all there is no truth value, and pandas takes none for no columns.
    zones = found.zones[control.astype(bool)]
    sums = zones.groupby("kind", sort=False)[["observed_m2", "area_m2"]].sum()
    partly = sums[sums["observed_m2"] < FULL * sums["area_m2"]]
    said = [
        say(
            "monitor.partly_one",
            lang,
            kind=kind_title(str(kind), lang),
            share=percent(seen / area, lang),
        )
        for kind, seen, area in partly.itertuples()
    ]
    return _joined(said, lang)


def reasons(found: Monitoring) -> list[tuple[str, int, float]]:
    """Return why patches are no clue: reason, how many, their area, most first."""
    table = found.set_aside
    counted = table.groupby("reason")["area_m2"].agg(["size", "sum"]).reset_index()
    rows = [(str(a), int(b), float(c)) for a, b, c in counted.itertuples(index=False)]
    return sorted(rows, key=lambda one: (-one[1], one[0]))


def score_text(row: Any, lang: Lang) -> str:  # noqa: ANN401  a row of a table
    """Return the score and its parts."""
    parts = {
        name: number(_float(row[f"score_{name}"]), 1, lang)
        for name in ("law", "permit", "size", "confidence", "kind")
    }
    said = say(
        "monitor.score_text", lang, score=number(_float(row["score"]), 1, lang), **parts
    )
    reduced = row["trend"] == "reduced"
    return said + (say("monitor.score_reduced", lang) if reduced else "")


def lonlat_text(row: Any) -> str:  # noqa: ANN401  a row of a table
    """Return longitude and latitude in degrees, minutes and seconds."""
    return f"E {dms(row['lon'])}  N {dms(row['lat'])}"


def plane_text(row: Any, lang: Lang) -> str:  # noqa: ANN401  a row of a table
    """Return the Gauss-Kruger coordinates with their zone, a dash outside of all."""
    if not row["gauss_kruger_epsg"]:
        return say("none", lang)
    zone = int(row["gauss_kruger_epsg"]) - FIRST_EPSG + FIRST_ZONE
    return say(
        "monitor.gauss_kruger_text",
        lang,
        easting=f"{row['easting_m']:.2f}",
        northing=f"{row['northing_m']:.2f}",
        epsg=str(row["gauss_kruger_epsg"]),
        zone=zone,
        meridian=zone * ZONE_DEG,
    )


def _joined(texts: list[str], lang: Lang) -> str:
    return say("value_join", lang).join(texts)


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float | np.number) else float("nan")
