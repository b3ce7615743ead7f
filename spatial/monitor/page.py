"""The page of a monitoring run: what `templates/monitor.html.j2` lays out."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spatial.monitor import views
from spatial.monitor.pictures import colour_name, halves
from spatial.monitor.tables import image_text, pair_table, sentence_of
from spatial.report.page import TableView, page, table_view
from spatial.report.words import (
    M2_PER_HA,
    hectares,
    kind_title,
    number,
    percent,
    say,
    sentence,
    visible,
)
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatial.monitor.run import Monitoring
    from spatial.report.content import ReviewContent, SiteRecord
    from spatial.report.page import Page
    from spatial.report.site_page import FindingView, SiteView
    from spatial.text import Lang

MOST_ASIDE = 500
"""Patches that are no clue on the page; the workbook has them all."""


@dataclass(frozen=True, slots=True)
class ClueView:
    """A clue as it is printed; `site` is what the rules say of it.

    `pictures` are before and after as addresses that need no network, () for none.
    """

    rank: int
    patch_id: str
    site: SiteView
    guess: str
    zones: str
    places: str
    permit: str
    score: str
    facts: tuple[tuple[str, str], ...]
    clauses: tuple[tuple[FindingView, str], ...]
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonitorPage:
    """Everything that the template prints beside the parts of a review's page."""

    base: Page
    title: str
    facts: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    refused: bool
    summary: tuple[str, ...]
    status: str
    doubts: tuple[tuple[str, str, str], ...]
    pair_picture: str
    clues: tuple[ClueView, ...]
    caption: str
    periods: tuple[str, str]
    no_picture: str
    reasons: tuple[tuple[str, int, str], ...]
    zones: TableView
    zones_note: str
    zones_unseen: str
    numbers: TableView
    method: tuple[str, ...]


def monitor_page(
    found: Monitoring,
    content: ReviewContent,
    lang: Lang,
    *,
    pictures: Mapping[str, bytes],
    pair_picture: bytes | None,
) -> MonitorPage:
    """Return the page of a run in a language; escaping is the template's.

    Parameters
    ----------
    found
        The run.
    content
        What the rules say of the clues, in the order of the clues.
    lang
        Language of the page.
    pictures
        PNG by patch.
    pair_picture
        PNG of the pair; None where none could be drawn.
    """
    base = page(content, lang)
    listed = views.clues(found, lang)[: len(base.sites)]
    aligned = found.pair.aligned
    bands = aligned.bands if aligned else ()
    unseen = int((found.zones["observed_m2"] <= 0).sum())
    return MonitorPage(
        base=base,
        title=base.title,
        facts=(
            (say("monitor.image_before", lang), image_text(found.before, lang)),
            (say("monitor.image_after", lang), image_text(found.after, lang)),
            *base.facts[:2],
            (say("run_id", lang), content.run_id),
        ),
        notices=(
            *base.notices,
            *(TEXTS.render(one, lang) for one in found.clues.notices),
        ),
        refused=found.scan is None,
        summary=tuple(visible(one) for one in views.summary(found, lang)),
        status=sentence_of(f"change.status_{found.pair.status}", lang),
        doubts=tuple(
            (
                one.severity,
                sentence_of(f"change.severity_{one.severity}", lang),
                sentence(one.message, lang),
            )
            for one in found.pair.doubts
        ),
        pair_picture=_data(pair_picture),
        clues=tuple(
            _clue(one, record, site, pictures.get(one.patch_id), lang=lang, rank=rank)
            for rank, (one, record, site) in enumerate(
                zip(listed, content.sites[: len(listed)], base.sites, strict=True), 1
            )
        ),
        caption=say(f"monitor.picture_{colour_name(bands)}", lang) if bands else "",
        periods=(
            _period("before", aligned.before.date if aligned else None, lang),
            _period("after", aligned.after.date if aligned else None, lang),
        ),
        no_picture=say("monitor.no_picture", lang, count=len(pictures)),
        reasons=tuple(
            (say(f"monitor.reason.{name}", lang), count, number(area, 2, lang))
            for name, count, area in views.reasons(found)
        ),
        zones=_zones(found, lang),
        zones_note=" ".join(
            say(f"monitor.{key}", lang) for key in ("zones_note", "zones_changed")
        ),
        zones_unseen=say("monitor.zones_unseen", lang, count=unseen) if unseen else "",
        numbers=table_view(pair_table(found, lang), lang),
        method=method_lines(found, lang),
    )


def _clue(
    one: views.Clue,
    record: SiteRecord,
    site: SiteView,
    picture: bytes | None,
    *,
    lang: Lang,
    rank: int,
) -> ClueView:
    row = one.row
    event = (
        str(row["event_id"]) if row["event_id"] != one.patch_id else say("none", lang)
    )
    facts = (
        ("column.area", hectares(float(row["area_m2"]), lang)),
        ("monitor.width", number(float(row["width_m"]), 1, lang)),
        ("monitor.confidence", percent(float(row["confidence"]), lang)),
        ("column.permit_state", one.permit),
        ("column.zones", one.zones),
        ("monitor.lonlat", views.lonlat_text(row)),
        ("monitor.gauss_kruger", views.plane_text(row, lang)),
        ("monitor.place", one.county or say("none", lang)),
        ("monitor.near", one.near),
        ("monitor.event", event),
        ("column.unchecked", one.unchecked or say("none", lang)),
        ("monitor.score", views.score_text(row, lang)),
    )
    return ClueView(
        rank=rank,
        patch_id=one.patch_id,
        site=replace(site, facts=()),
        guess=one.guess,
        zones=one.zones,
        places=views.zones_named(row["zones"], lang),
        permit=one.permit,
        score=number(float(row["score"]), 1, lang),
        facts=tuple((say(key, lang), text) for key, text in facts),
        clauses=clauses_once(record, site, lang),
        pictures=tuple(map(_data, halves(picture))) if picture else (),
    )


def clauses_once(
    record: SiteRecord, site: SiteView, lang: Lang
) -> tuple[tuple[FindingView, str], ...]:
    """Return each clause once, with the zones in which it holds."""
    views_of = {one.finding_id: one for one in site.findings}
    shown: dict[tuple[str, str, str], FindingView] = {}
    places: dict[tuple[str, str, str], list[str]] = {}
    for one in record.findings:
        finding = one.finding
        key = finding.rule, one.outcome, one.citation.quote
        shown.setdefault(key, views_of[one.finding_id])
        zone = finding.zone_name or finding.zone_id
        if finding.kind and zone:
            named = f"{kind_title(finding.kind, lang)} {visible(str(zone))}"
            places.setdefault(key, []).append(named)
    join = say("value_join", lang)
    return tuple(
        (view, join.join(dict.fromkeys(places.get(key, []))))
        for key, view in shown.items()
    )


_ZONE_COLUMNS = (
    *("zones", "area_ha", "observed_share", "patches", "changed_m2", "set_aside_m2"),
    *("ndvi_before", "ndvi_after", "fvc_before", "fvc_after"),
)


def _zones(found: Monitoring, lang: Lang) -> TableView:
    """Return the zones of which something was seen, short enough for a page."""
    table = found.zones[found.zones["observed_m2"] > 0]
    rows = [
        (
            views.zone_named(row["kind"], row["zone_id"], row["zone_name"], lang),
            number(row["area_m2"] / M2_PER_HA, 2, lang),
            percent(row["observed_share"], lang),
            number(row["patches"], 0, lang),
            number(row["changed_m2"], 2, lang),
            number(row["set_aside_m2"], 2, lang),
            number(row["ndvi_before"], 3, lang),
            number(row["ndvi_after"], 3, lang),
            percent(row["fvc_before"], lang),
            percent(row["fvc_after"], lang),
        )
        for row in table.to_dict("records")
    ]
    return TableView(
        headings=tuple(say(f"column.{one}", lang) for one in _ZONE_COLUMNS),
        marks=("", *("num",) * (len(_ZONE_COLUMNS) - 1)),
        rows=tuple(rows),
        remark="" if rows else say("empty.zones", lang),
    )


def method_lines(found: Monitoring, lang: Lang) -> tuple[str, ...]:
    """Return how change was looked for."""
    if found.scan is None:
        return ()
    scan = found.scan
    first = say(
        "monitor.method",
        lang,
        method=scan.method,
        threshold=number(scan.threshold, 3, lang),
    )
    return (first, *(say(f"monitor.note.{one}", lang) for one in scan.notes))


def _period(which: str, date: object, lang: Lang) -> str:
    """Return which of two pictures one is, with the day it was taken."""
    return f"{say(f'monitor.{which}', lang)} {date or '?'}"


def _data(picture: bytes | None) -> str:
    """Return a PNG as an address that needs no network, "" for none."""
    if picture is None:
        return ""
    return "data:image/png;base64," + base64.b64encode(picture).decode()
