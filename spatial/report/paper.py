"""A review as a printed document: what is handed in as Word or PDF.

The first page is enough to decide: outcome, deciding clause, what is unknown. A report
on one site says all that is known of it; one on a run lists the outcomes, and the parts
of the sites where these are few.
"""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING

from spatial.policy.judge import could_change
from spatial.report.blocks import (
    Blanks,
    Block,
    Document,
    Grid,
    GridColumn,
    Heading,
    Items,
    PageBreak,
    Pairs,
    Paragraph,
    Span,
)
from spatial.report.override_tables import outcome_label, overrule_summary
from spatial.report.page import counts, facts, summary
from spatial.report.palette import OUTCOME_SIGN
from spatial.report.paper_data import data_blocks
from spatial.report.paper_site import (
    first_page,
    labelled,
    outcome_span,
    site_blocks,
)
from spatial.report.paper_zones import in_hectares
from spatial.report.words import (
    deciding,
    heading,
    number,
    say,
    stability,
    unknown_about,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from spatial.finding import Said, UnknownKind
    from spatial.report.blocks import Figure, Text
    from spatial.report.content import ReviewContent, SiteRecord
    from spatial.text import Lang

MOST_LISTED = 1_000
"""Sites in the list, the most severe first; what is left out is said."""
MOST_DETAILED = 20
"""Sites whose parts are printed; of more the document is an overview and says so."""
_MOST_REASONS = 6  # of each sort, on the first page
_HEARD = ("in_force", "period_ended")
_UNDECIDED = ("needs_information", "not_checked")


def review_document(
    content: ReviewContent,
    lang: Lang = "zh",
    *,
    figures: Mapping[str, Figure] = MappingProxyType({}),
) -> Document:
    """Return a review as a document.

    Parameters
    ----------
    content
        The review; one cut down to a site (`spatial.Review.only`) gives the report on
        that site.
    lang
        Language of headings and sentences; data and quotes stay as they are.
    figures
        Maps by id of the site; under ``""`` that of all sites. None is needed.

    Returns
    -------
    Document
        The same for the same content.
    """
    alone = len(content.sites) == 1
    title, whose = heading(content.about, lang), visible(content.title)
    blocks: list[Block] = []
    if alone:
        blocks += _conclusion_alone(content, lang)
    else:
        blocks += _conclusion(content, lang, figures.get(""))
    blocks += _details(content, lang, figures)
    blocks += data_blocks(content, lang, alone=alone)
    blocks += _signed(lang)
    on = content.on.isoformat()
    running = (title, whose, f"{say('on', lang)} {on}", content.run_id)
    return Document(
        title=title,
        subtitle=say("subtitle", lang),
        owner=whose,
        running="  ·  ".join(running),
        lang=lang,
        on=content.on,
        blocks=tuple(blocks),
    )


def _opening(content: ReviewContent, lang: Lang) -> Iterator[Block]:
    """Yield day, region and run, and what every reader has to know."""
    told = facts(content, lang)
    if len(content.sites) == 1:  # of a run of many it would say that there was one
        told = tuple(one for one in told if one[0] != say("site_count", lang))
    yield Pairs(told)
    for one in content.notices:
        yield Paragraph(visible(one), "notice")
    yield Heading(say("section.conclusion", lang))


def _conclusion_alone(content: ReviewContent, lang: Lang) -> Iterator[Block]:
    (site,) = content.sites
    yield from _opening(content, lang)
    yield from first_page(site, lang, _lists(content), checked=_checked(content, lang))


def _checked(content: ReviewContent, lang: Lang) -> str:
    """Return how many layers and rules were asked."""
    states = Counter(one.status for one in content.layers)
    return say(
        "print.checked_text",
        lang,
        used=states["used"] + states["doubtful"],
        missing=states["missing"] + states["not_in_force"],
        rules=sum(one.status in _HEARD for one in content.rules),
    )


def _conclusion(
    content: ReviewContent, lang: Lang, figure: Figure | None
) -> Iterator[Block]:
    """Yield counts, what keeps sites undecided, and the list of the sites."""
    yield from _opening(content, lang)
    counted = counts(content, lang)
    said = summary(counted, lang) + overrule_summary(content, lang)
    yield Paragraph(said, "lead")
    yield Grid(
        say("print.grid.counts", lang),
        (
            GridColumn(say("column.outcome", lang), 1.6),
            GridColumn(say("site_count", lang), 0.9, number=True),
            GridColumn(say("print.meaning", lang), 5.0),
        ),
        tuple(
            (
                outcome_span(one.sign, one.label, one.outcome),
                str(one.count),
                one.meaning,
            )
            for one in counted
        ),
    )
    yield Paragraph(say("summary.promise", lang), "remark")
    yield from _reasons(content, lang)
    if figure is not None:
        yield figure
    if content.sites:
        yield _sites(content.sites, lang)


def _reasons(content: ReviewContent, lang: Lang) -> Iterator[Block]:
    """Yield why sites could not be decided: what is lacking, and at how many sites."""
    sites: Counter[UnknownKind] = Counter()
    about: dict[UnknownKind, Counter[str]] = {}
    told: dict[tuple[object, ...], set[tuple[UnknownKind, str]]] = {}
    for site in content.sites:
        if site.outcome not in _UNDECIDED:
            continue
        # Thousands of sites share one tuple of unknowns (see `spatial.lacks`).
        certain = frozenset(one.outcome for one in site.findings)
        key = (id(site.unknowns), certain, id(site.overrulings or None))
        if key not in told:
            told[key] = _lacking(site, certain, lang)
        sites.update({kind for kind, _ in told[key]})
        for kind, what in told[key]:
            about.setdefault(kind, Counter())[what] += 1
    if not sites:
        return
    said = [
        say("print.reason", lang, about=_reason(kind, about[kind], lang), count=count)
        for kind, count in sorted(sites.items(), key=lambda one: (-one[1], one[0]))
    ]
    yield Paragraph(say("print.reasons", lang), "title")
    yield Items(tuple(said))


def _lacking(
    site: SiteRecord, certain: frozenset[Said], lang: Lang
) -> set[tuple[UnknownKind, str]]:
    """Return what keeps a site open: the sort of lack, and of what."""
    return {
        (one.kind, unknown_about(one.kind, one.what, lang))
        for one in site.unknowns
        if could_change(one, certain) and site.outcome_of(one) == one.outcome
    }


def _reason(kind: UnknownKind, about: Counter[str], lang: Lang) -> str:
    """Return a sort of lack, what is lacking most often, how much more there is."""
    word = say(f"unknown_kind.{kind}", lang)
    if kind == "site_refused":
        return word
    order = sorted(filter(None, about), key=lambda one: (-about[one], one))
    shown = say("value_join", lang).join(order[:_MOST_REASONS])
    if len(order) > _MOST_REASONS:
        shown = say("print.and_more", lang, shown=shown, count=len(order))
    return labelled(word, shown, lang) if shown else word


def _sites(sites: tuple[SiteRecord, ...], lang: Lang) -> Grid:
    """Return the list of the sites, the most severe outcome first."""
    listed = sites[:MOST_LISTED]
    remark = ""
    if len(listed) < len(sites):
        remark = say("print.listed", lang, listed=len(listed), total=len(sites))
    return Grid(
        say("print.grid.sites", lang),
        (
            GridColumn(say("column.site", lang), 2.4),
            GridColumn(say("column.outcome", lang), 1.7),
            GridColumn(say("column.deciding", lang), 4.2),
            GridColumn(say("print.size", lang), 2.1, number=True),
            GridColumn(say("column.stable", lang), 1.2),
        ),
        tuple(_line(one, lang) for one in listed),
        remark,
    )


def _line(site: SiteRecord, lang: Lang) -> tuple[Text, ...]:
    word = stability(site.stable)
    size = say("none", lang)
    if site.area_m2 is not None:
        size = in_hectares(site.area_m2, lang)
    elif site.length_m is not None:
        size = say("unit.m", lang, value=number(site.length_m, 1, lang))
    name = f"\n{site.name}" if site.name else ""
    label = outcome_label(site, lang)
    return (
        (Span(site.site_id, "strong"), name),
        outcome_span(OUTCOME_SIGN[site.outcome], label, site.outcome),
        deciding(site, lang),
        size,
        Span(say(f"stable.{word}", lang), "warning" if word == "no" else "plain"),
    )


def _details(
    content: ReviewContent, lang: Lang, figures: Mapping[str, Figure]
) -> Iterator[Block]:
    """Yield the parts of the sites, or say where they are."""
    if not content.sites:
        return
    alone = len(content.sites) == 1
    if alone:
        yield PageBreak()
    yield Heading(say("print.details_alone" if alone else "section.details", lang))
    if alone and (figure := figures.get(content.sites[0].site_id)) is not None:
        yield figure  # here, and not before the break: it would fill a page of its own
    if len(content.sites) > MOST_DETAILED:
        yield Paragraph(say("print.details", lang, most=MOST_DETAILED))
        return
    for site in content.sites:
        yield from site_blocks(
            site,
            lang,
            _lists(content),
            figure=figures.get(site.site_id),
            alone=alone,
        )


def _lists(content: ReviewContent) -> dict[str, str]:
    return {one.id: one.title for one in content.access_lists}


def _signed(lang: Lang) -> Iterator[Block]:
    """Yield the lines for those who answer for the review."""
    yield Heading(say("print.signed", lang))
    keys = ("reviewer", "checker", "office", "date")
    yield Blanks(tuple(say(f"print.{one}", lang) for one in keys))
