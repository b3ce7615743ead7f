"""Help for a site in words, tables and plain values; marked as no approval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spatial.report.columns import Column, Table
from spatial.report.words import (
    M2_PER_HA,
    M2_PER_MU,
    hectares,
    kind_title,
    number,
    say,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spatial.avoid.model import GiveUp, Help, Stretch
    from spatial.report.columns import Cell, Row
    from spatial.report.content import SiteRecord
    from spatial.text import Lang

Pairs = tuple[tuple[str, str], ...]

_WHERE = (
    Column("rule"),
    Column("layer_kind"),
    Column("layer"),
    Column("zone_id"),
    Column("zone_name"),
)
HELP = (
    Column("site_id"),
    Column("site_name"),
    Column("outcome"),
    Column("kept_m2", "m2"),
    Column("kept_ha", "ha"),
    Column("kept_mu", "mu"),
    Column("kept_outcome"),
    Column("given_up_m2", "m2"),
    Column("move_m", "m"),
    Column("move_azimuth"),
    Column("move_direction"),
    Column("move_outcome"),
    Column("searched_m", "m"),
)
GIVE_UP = (
    Column("site_id"),
    Column("site_name"),
    *_WHERE,
    Column("area_m2", "m2"),
    Column("area_ha", "ha"),
    Column("area_mu", "mu"),
)
STRETCHES = (
    Column("site_id"),
    Column("site_name"),
    Column("line_part", "count"),
    Column("chainage_from_m", "m"),
    Column("chainage_to_m", "m"),
    Column("length_m", "m"),
    Column("outcome"),
    *_WHERE,
)


@dataclass(frozen=True, slots=True)
class HelpView:
    """Help as the page prints it: facts, then the tables of land and of chainages."""

    facts: Pairs
    give_up: tuple[tuple[str, ...], ...]
    stretches: tuple[tuple[str, ...], ...]


def help_view(site: SiteRecord, lang: Lang) -> HelpView | None:
    """Return the help for a site as the page prints it; None where there is none."""
    found = site.help
    if found is None:
        return None
    return HelpView(
        facts=_facts(found, lang) if found.searched_m else (),
        give_up=tuple(
            (
                visible(one.rule),
                kind_title(one.kind, lang) if one.kind else "",
                _zone(one, lang),
                number(one.area_m2, 2, lang),
                hectares(one.area_m2, lang),
            )
            for one in found.give_up
        ),
        stretches=tuple(
            (
                chainage(one.from_m),
                chainage(one.to_m),
                number(one.to_m - one.from_m, 1, lang),
                say(f"outcome.{one.outcome}", lang),
                visible(one.rule),
                _zone(one, lang),
            )
            for one in found.stretches
        ),
    )


def chainage(metres: float) -> str:
    """Return a chainage as surveyors write it.

    Examples
    --------
    >>> chainage(1957.04)
    'K1+957.0'
    """
    tenths = round(metres * 10)
    return f"K{tenths // 10_000}+{tenths % 10_000 / 10:05.1f}"


def _facts(found: Help, lang: Lang) -> Pairs:
    """Return kept part, land given up and the least move as label and text."""
    facts = []
    if found.part is None:
        facts.append((say("help.part", lang), say("help.no_part", lang)))
    else:
        size = say("unit.m2", lang, value=number(found.part.area_m2, 2, lang))
        text = say(
            "help.part_text",
            lang,
            area=f"{size} = {hectares(found.part.area_m2, lang)}",
            pieces=found.part.pieces,
            outcome=say(f"outcome.{found.part.outcome}", lang),
        )
        facts.append((say("help.part", lang), text))
    if found.give_up_m2 is not None:
        size = say("unit.m2", lang, value=number(found.give_up_m2, 2, lang))
        both = f"{size} = {hectares(found.give_up_m2, lang)}"
        facts.append((say("help.give_up", lang), both))
    return (*facts, (say("help.move", lang), _move(found, lang)))


def _move(found: Help, lang: Lang) -> str:
    if found.move is None:
        searched = number(found.searched_m, 0, lang)
        return say("help.no_move", lang, searched=searched)
    return say(
        "help.move_text",
        lang,
        direction=say(f"direction.{found.move.direction}", lang),
        azimuth=number(found.move.azimuth_deg, 1, lang),
        distance=number(found.move.distance_m, 1, lang),
        outcome=say(f"outcome.{found.move.outcome}", lang),
    )


def _zone(one: GiveUp | Stretch, lang: Lang) -> str:
    zone = " ".join(filter(None, (one.zone_id, one.zone_name)))
    return visible(zone or say("none", lang))


# -- the workbook --------------------------------------------------------------


def help_tables(sites: Sequence[SiteRecord], lang: Lang) -> tuple[Table, ...]:
    """Return the sheets of help; none when no help was asked for."""
    helped = [(one, one.help) for one in sites if one.help is not None]
    if not helped:
        return ()
    rows: list[Row] = [_help(site, found, lang) for site, found in helped]
    lost: list[Row] = [
        (*_head(site), *_where(one, lang), *_sizes(one.area_m2))
        for site, found in helped
        for one in found.give_up
    ]
    along: list[Row] = [
        (
            *_head(site), one.part, one.from_m, one.to_m, one.to_m - one.from_m,
            say(f"outcome.{one.outcome}", lang), *_where(one, lang),
        )
        for site, found in helped
        for one in found.stretches
    ]  # fmt: skip
    return (
        Table("help", HELP, tuple(rows)),
        Table("give_up", GIVE_UP, tuple(lost)),
        Table("stretches", STRETCHES, tuple(along)),
    )


def _head(site: SiteRecord) -> tuple[Cell, Cell]:
    return visible(site.site_id), visible(site.name) if site.name else None


def _where(one: GiveUp | Stretch, lang: Lang) -> tuple[Cell, ...]:
    return (
        one.rule,
        kind_title(one.kind, lang) if one.kind else None,
        visible(one.layer) if one.layer else None,
        visible(one.zone_id) if one.zone_id else None,
        visible(one.zone_name) if one.zone_name else None,
    )


def _sizes(area_m2: float) -> tuple[float, float, float]:
    return area_m2, area_m2 / M2_PER_HA, area_m2 / M2_PER_MU


def _help(site: SiteRecord, found: Help, lang: Lang) -> Row:
    part: tuple[Cell, ...] = (None,) * 4
    if found.part is not None:
        said = say(f"outcome.{found.part.outcome}", lang)
        part = (*_sizes(found.part.area_m2), said)
    move: tuple[Cell, ...] = (None,) * 4
    if found.move is not None:
        one = found.move
        words = say(f"direction.{one.direction}", lang)
        said = say(f"outcome.{one.outcome}", lang)
        move = (one.distance_m, number(one.azimuth_deg, 1, lang), words, said)
    return (
        *_head(site), say(f"outcome.{site.outcome}", lang), *part, found.give_up_m2,
        *move, found.searched_m or None,
    )  # fmt: skip


# -- other programs ------------------------------------------------------------


def help_value(site: SiteRecord, lang: Lang) -> dict[str, Any] | None:
    """Return the help for a site as plain values; None where there is none."""
    found = site.help
    if found is None:
        return None
    return {
        "is_approval": False,
        "remark": say("help.remark", lang),
        "part": None
        if found.part is None
        else {
            "area_m2": round(found.part.area_m2, 2),
            "pieces": found.part.pieces,
            "outcome": found.part.outcome,
        },
        "given_up_m2": None
        if found.give_up_m2 is None
        else round(found.give_up_m2, 2) + 0.0,
        "give_up": [
            {**_place(one), "area_m2": round(one.area_m2, 2)} for one in found.give_up
        ],
        "move": None
        if found.move is None
        else {
            "distance_m": found.move.distance_m,
            "azimuth_deg": found.move.azimuth_deg,
            "direction": found.move.direction,
            "outcome": found.move.outcome,
        },
        "searched_m": found.searched_m or None,
        "stretches": [
            {
                "part": one.part,
                "from_m": round(one.from_m, 3) + 0.0,
                "to_m": round(one.to_m, 3) + 0.0,
                "outcome": one.outcome,
                **_place(one),
            }
            for one in found.stretches
        ],
    }


def _place(one: GiveUp | Stretch) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "provision": one.provision,
        "kind": one.kind,
        "layer": one.layer,
        "zone_id": one.zone_id,
        "zone_name": one.zone_name,
    }
