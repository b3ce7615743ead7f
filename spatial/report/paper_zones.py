"""The zones that a site meets, as a table of a printed document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.report.blocks import Block, Grid, GridColumn, Span
from spatial.report.words import M2_PER_HA, M2_PER_MU, margin, number, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spatial.report.blocks import Text
    from spatial.report.content import SiteRecord
    from spatial.report.site_page import SiteView
    from spatial.text import Lang

MOST_ZONES = 100
"""Zones in the table of a site, those that it meets first; the rest is told."""


def zone_blocks(site: SiteRecord, view: SiteView, lang: Lang) -> Iterator[Block]:
    """Yield the table of the zones that a site meets, lies near or touches."""
    if not site.overlaps:
        return
    margins = _margins(site, lang)
    rows: list[tuple[Text, ...]] = []
    for one, cells in zip(site.overlaps, view.overlaps, strict=True):
        kind, zone, relation, _, share, length, distance = cells
        rows.append(
            (
                (Span(kind, "strong"), f"\n{zone}"),
                relation,
                _area(one.area_m2, lang),
                share,
                length,
                distance,
                margins.get((one.layer, one.zone_id)) or say("none", lang),
            )
        )
    remark = say("details.sliver_note", lang) if view.slivers else ""
    if len(rows) > MOST_ZONES:
        cut = say("print.cut", lang, total=len(rows), shown=MOST_ZONES)
        remark = f"{cut}{remark}"
    yield Grid(
        say("print.grid.zones", lang),
        (
            GridColumn(say("column.zone_name", lang), 2.8),
            GridColumn(say("column.relation", lang), 1.1),
            GridColumn(say("column.area", lang), 2.3, number=True),
            GridColumn(say("print.share", lang), 1.2, number=True),
            GridColumn(say("column.length_m", lang), 1.3, number=True),
            GridColumn(say("column.distance_m", lang), 1.3, number=True),
            GridColumn(say("margin", lang), 3.5),
        ),
        tuple(rows[:MOST_ZONES]),
        remark,
    )


def _margins(
    site: SiteRecord, lang: Lang
) -> dict[tuple[str, str | None], tuple[Span, ...]]:
    """Return for each zone how far past or from a limit the site is, by which rules."""
    found: dict[tuple[str, str | None], dict[str, dict[str, None]]] = {}
    for one in (record.finding for record in site.findings):
        if one.margin_m is not None:
            there = found.setdefault((one.layer or "", one.zone_id), {})
            there.setdefault(margin(one.margin_m, lang), {})[one.rule] = None
    join = say("value_join", lang)
    return {
        zone: tuple(
            span
            for at, (told, rules) in enumerate(there.items())
            for span in (
                Span(f"\n{told}" if at else told),
                Span(f"\n{join.join(rules)}", "small"),
            )
        )
        for zone, there in found.items()
    }


def _area(area_m2: float | None, lang: Lang) -> str:
    """Return an area in square metres, hectares and mu, a line each."""
    if area_m2 is None:
        return say("none", lang)
    said = say("unit.m2", lang, value=number(area_m2, 2, lang))
    # less is no share of a hectare
    return f"{said}\n{in_hectares(area_m2, lang)}" if area_m2 >= 1 else said


def in_hectares(area_m2: float, lang: Lang) -> str:
    """Return an area in hectares and mu, a line each."""
    ha, mu = area_m2 / M2_PER_HA, area_m2 / M2_PER_MU
    return "\n".join(
        (
            say("print.ha", lang, value=number(ha, 4, lang)),
            say("print.mu", lang, value=number(mu, 2, lang)),
        )
    )
