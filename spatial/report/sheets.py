"""The tables of a review, once: the workbook and the page take them from here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

from spatial.report.approvals import approvals_tables
from spatial.report.columns import (
    FINDINGS,
    ISSUES,
    LAYERS,
    OVERLAPS,
    QUESTIONS,
    QUESTIONS_LIST,
    RULES,
    SETTINGS,
    SITES,
    UNKNOWNS,
    UNKNOWNS_LIST,
    Table,
)
from spatial.report.comparison_tables import comparison_table
from spatial.report.help_view import help_tables
from spatial.report.layer_sheet import layer_row
from spatial.report.override_tables import outcome_label, overrides_table
from spatial.report.questions import Question, Questions
from spatial.report.shared import Lists
from spatial.report.units import (
    REQUIREMENTS,
    UNITS,
    lists_table,
    requirement_rows,
    unit_rows,
)
from spatial.report.words import (
    M2_PER_HA,
    M2_PER_MU,
    assumed,
    deciding,
    flips,
    kind_title,
    period,
    pick,
    reason_path,
    say,
    sentence,
    stability,
    value_text,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from spatial.finding import Unknown
    from spatial.report.columns import Cell, Column, Row
    from spatial.report.content import (
        FindingRecord,
        OverlapRecord,
        ReviewContent,
        SiteRecord,
    )
    from spatial.text import Lang


T = TypeVar("T")

MOST_UNKNOWNS = 50_000
"""Rows of a table of lacks that still list each site by itself; see `tables`."""


def tables(content: ReviewContent, lang: Lang) -> tuple[Table, ...]:
    """Return every table of the review, in the order of the sheets.

    Returns
    -------
    tuple of Table
        ``sites``, ``questions``, ``findings``, ``unknowns``, ``units``,
        ``requirements``, ``overlaps``, ``layers``, ``access_lists``, ``rules``,
        ``issues``, ``settings``; where help was asked for ``help``, ``give_up``,
        ``stretches``; ``approvals`` where the workspace has permits; ``overrides`` and
        ``comparison`` where there are.

    Notes
    -----
    Of more than `MOST_UNKNOWNS` rows of unknowns, or of questions, each different list
    stands once, under a number, where that is half as many rows or less; ``sites``
    then has a column that says which list each site has.
    """
    sites, asked = content.sites, Questions()
    unknowns = Lists.of((one.unknowns for one in sites), key=_key)
    questions = Lists.of((asked(one) for one in sites), key=repr)
    shared = [
        (column, lists.which)
        for column, lists in ((UNKNOWNS_LIST, unknowns), (QUESTIONS_LIST, questions))
        if _is_shared(lists)
    ]
    return (
        _sites(content, shared, lang),
        _questions(content, questions, lang),
        Table(
            "findings",
            FINDINGS,
            _clean(_finding(s, f, lang) for s in sites for f in s.findings),
        ),
        _unknowns(content, unknowns, lang),
        Table("units", UNITS, _clean(unit_rows(content, lang))),
        Table("requirements", REQUIREMENTS, _clean(requirement_rows(content, lang))),
        Table(
            "overlaps",
            OVERLAPS,
            _clean(_overlap(s, o, lang) for s in sites for o in s.overlaps),
        ),
        Table(
            "layers", LAYERS, _clean(layer_row(one, lang) for one in content.sources)
        ),
        lists_table(content, lang),
        rules_table(content, lang),
        issues_table(content, lang),
        settings_table(content, lang),
        *help_tables(sites, lang),
        *approvals_tables(sites, lang),
        *_added(content, lang),
    )


def _added(content: ReviewContent, lang: Lang) -> Iterable[Table]:
    """Yield the tables that only some reviews have."""
    if content.overrulings is not None:
        yield overrides_table(content, lang)
    if content.comparison is not None:
        yield comparison_table(content.comparison, lang)


def rules_table(content: ReviewContent, lang: Lang) -> Table:
    """Return the rules that were considered, in the order of the rulebooks."""
    rows = (
        (
            rule.id,
            pick(rule.title, lang),
            rule.rulebook,
            say(f"rule_status.{rule.status}", lang),
            period(rule.edition, lang) if rule.edition else None,
            rule.sites_hit,
            rule.sites_unknown,
        )
        for rule in content.rules
    )
    return Table("rules", RULES, _clean(rows))


def issues_table(content: ReviewContent, lang: Lang) -> Table:
    """Return what was found and mended: of the sites, then of the layers in order."""
    rows = (
        (
            say(f"severity.{issue.severity}", lang),
            issue.layer,
            issue.row,
            issue.feature_id,
            sentence(issue.message, lang),
            issue.lon,
            issue.lat,
        )
        for issue in content.issues
    )
    return Table("issues", ISSUES, _clean(rows))


def settings_table(content: ReviewContent, lang: Lang) -> Table:
    """Return the figures that the office has set, each with its source."""
    rows = (
        (one.name, value_text(one.value, lang), one.source) for one in content.settings
    )
    return Table("settings", SETTINGS, _clean(rows))


def overlap_word(overlap: OverlapRecord) -> str:
    """Return ``sliver``, ``overlap``, ``touch`` or ``near``: part of the text's key."""
    if overlap.sliver:
        return "sliver"
    if (overlap.area_m2 or 0) > 0 or (overlap.length_m or 0) > 0:
        return "overlap"
    return "touch" if overlap.distance_m == 0 else "near"


def _is_shared(lists: Lists[Any]) -> bool:
    """Whether each list is to stand once, because there are too many rows else."""
    return lists.rows > MOST_UNKNOWNS and 2 * lists.rows_once <= lists.rows


def _sites(
    content: ReviewContent, shared: list[tuple[Column, tuple[int, ...]]], lang: Lang
) -> Table:
    """Return the sites, each with the numbers of the lists that are shared."""
    rows = _clean(_site(one, lang) for one in content.sites)
    for _, which in shared:
        names = [_list_name(at, lang) for at in range(max(which, default=-1) + 1)]
        rows = tuple((*row, names[at]) for row, at in zip(rows, which, strict=True))
    return Table("sites", (*SITES, *(column for column, _ in shared)), rows)


def _list_name(at: int, lang: Lang) -> str:
    return say("list", lang, number=at + 1)


def _once(lists: Lists[T], tell: Callable[[T], Row], lang: Lang) -> tuple[Row, ...]:
    """Return each list, its number and how many sites have it before every row."""
    return _clean(
        (_list_name(at, lang), say("list_sites", lang, count=sites), *tell(one))
        for at, (told, sites) in enumerate(zip(lists.lists, lists.sites, strict=True))
        for one in told
    )


def _questions(content: ReviewContent, questions: Lists[Question], lang: Lang) -> Table:
    """Return what is to be asked."""
    made = [_clean(_question(one, lang) for one in told) for told in questions.lists]
    rows: Iterable[Row] = (
        (*head, *row)
        for site, which in zip(content.sites, questions.which, strict=True)
        for head in _clean([(site.site_id, site.name)])
        for row in made[which]
    )
    if _is_shared(questions):
        rows = _once(questions, lambda one: _question(one, lang), lang)
    return Table("questions", QUESTIONS, tuple(rows))


def _unknowns(content: ReviewContent, unknowns: Lists[Unknown], lang: Lang) -> Table:
    """Return the unknowns; what sites share is cleaned once.

    Where there are too many rows to be read and no few lists, what every judged site
    has stands once, at the top.
    """
    if _is_shared(unknowns):
        rows = _once(unknowns, lambda one: _unknown(one, lang), lang)
        return Table("unknowns", UNKNOWNS, rows)
    shared = _of_every_site(content.sites)
    judged = sum(one.geometry is not None for one in content.sites)
    (everyone,) = _clean([(say("every_site", lang, count=judged), None)])
    once = _clean(_unknown(one, lang) for one in shared.values())
    listed: list[Row] = [(*everyone, *one) for one in once]
    made = [
        _clean(
            _unknown(one, lang) for one in told if not shared or _key(one) not in shared
        )
        for told in unknowns.lists
    ]
    for site, which in zip(content.sites, unknowns.which, strict=True):
        (head,) = _clean([(site.site_id, site.name)])
        listed.extend((*head, *one) for one in made[which])
    return Table("unknowns", UNKNOWNS, tuple(listed))


def _of_every_site(sites: tuple[SiteRecord, ...]) -> Mapping[Hashable, Unknown]:
    """Return what every judged site lacks, in order; nothing if the rows are few."""
    if sum(len(one.unknowns) for one in sites) <= MOST_UNKNOWNS:
        return {}
    judged = [one.unknowns for one in sites if one.geometry is not None]
    distinct = {id(said): said for said in judged}.values()
    first, *others = ({_key(one): one for one in said} for said in distinct)
    return {
        key: one for key, one in first.items() if all(key in other for other in others)
    }


def _key(one: Unknown) -> Hashable:
    """Return what tells an unknown from others; its facts may be mappings."""
    return one.rule, one.kind, one.what, repr(one.why)


def _unknown(one: Unknown, lang: Lang) -> Row:
    return (
        say(f"outcome.{one.outcome}", lang),
        one.rule or None,
        say(f"unknown_kind.{one.kind}", lang),
        one.what,
        sentence(one.why, lang),
    )


def _site(site: SiteRecord, lang: Lang) -> Row:
    return (
        site.site_id,
        site.name,
        outcome_label(site, lang),
        say(f"outcome.{site.machine_outcome}", lang),
        deciding(site, lang),
        say(f"stable.{stability(site.stable)}", lang),
        site.stability.flips_m if site.stability else None,
        flips(site, lang),
        *_areas(site.area_m2),
        site.length_m,
        len(site.findings),
        len(site.unknowns),
    )


def _finding(site: SiteRecord, record: FindingRecord, lang: Lang) -> Row:
    finding, citation = record.finding, record.citation
    join = say("list_join", lang)
    return (
        record.finding_id,
        site.site_id,
        site.name,
        say(f"outcome.{finding.outcome}", lang),
        say(f"outcome.{record.outcome}", lang) if record.overruling else None,
        finding.rule,
        pick(record.rule_title, lang),
        pick(citation.document, lang),
        citation.article,
        citation.quote,
        finding.edition,
        say(f"citation.{citation.status}", lang),
        say(f"verified.{citation.verified}", lang),
        kind_title(finding.kind, lang) if finding.kind else None,
        finding.layer,
        finding.zone_id,
        finding.zone_name,
        say(f"relation.{finding.relation}", lang),
        *_areas(finding.area_m2),
        finding.share_of_site,
        finding.length_m,
        finding.distance_m,
        finding.margin_m,
        say(f"stable.{stability(record.stable)}", lang),
        sentence(finding.why, lang),
        "\n".join(reason_path(record, lang)),
        pick(finding.requires, lang) or None,
        join.join(pick(one, lang) for one in finding.relief) or None,
        join.join(assumed(finding)) or None,
        record.note or None,
    )


def _question(question: Question, lang: Lang) -> Row:
    return (
        sentence(question.sentence, lang),
        question.attribute,
        say("list_join", lang).join(question.rules),
        say("yes" if question.could_change else "no", lang),
    )


def _overlap(site: SiteRecord, overlap: OverlapRecord, lang: Lang) -> Row:
    return (
        site.site_id,
        site.name,
        kind_title(overlap.kind, lang),
        overlap.layer,
        overlap.zone_id,
        overlap.zone_name,
        say(f"overlap.{overlap_word(overlap)}", lang),
        *_areas(overlap.area_m2),
        overlap.share_of_site,
        overlap.length_m,
        overlap.distance_m,
        say("yes" if overlap.sliver else "no", lang),
        say(f"sliver_cause.{overlap.cause}", lang) if overlap.cause else None,
    )


def _areas(area_m2: float | None) -> tuple[float | None, float | None, float | None]:
    """Return an area in m2, hectares and mu."""
    if area_m2 is None or not math.isfinite(area_m2):
        return (None, None, None)
    return (area_m2, area_m2 / M2_PER_HA, area_m2 / M2_PER_MU)


def _clean(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows whose texts are visible and whose numbers are finite."""
    return tuple(tuple(_clean_cell(cell) for cell in row) for row in rows)


def _clean_cell(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return visible(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell
