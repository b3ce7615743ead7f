"""One site on the report page: facts, clauses, questions, spatial relations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spatial.report.approvals import approvals_view
from spatial.report.help_view import HelpView, help_view
from spatial.report.override_tables import outcome_label
from spatial.report.palette import OUTCOME_SIGN
from spatial.report.questions import questions
from spatial.report.sheets import overlap_word
from spatial.report.unit_page import units_view
from spatial.report.words import (
    assumed,
    attribute_text,
    attribute_title,
    deciding,
    flips,
    hectares,
    kind_title,
    margin,
    number,
    overruled_by,
    percent,
    period,
    pick,
    reason_path,
    say,
    sentence,
    stability,
    visible,
)

if TYPE_CHECKING:
    from spatial.finding import Unknown
    from spatial.report.content import (
        CitationRecord,
        FindingRecord,
        OverlapRecord,
        SiteRecord,
    )
    from spatial.report.questions import Question
    from spatial.report.unit_page import UnitsView
    from spatial.text import Lang

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CitationView:
    """A clause as it is printed."""

    document: str
    quote: str
    edition: str
    status: str
    status_text: str
    verified: str
    source: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as it is printed; `numbers` are pairs of label and value."""

    finding_id: str
    outcome: str
    label: str
    sign: str
    rule: str
    rule_title: str
    citation: CitationView
    reads_with: tuple[CitationView, ...]
    because: tuple[str, ...]
    numbers: Pairs
    stable: str
    stable_text: str
    requires: str
    relief: tuple[str, ...]
    assumptions: tuple[str, ...]
    note: str
    overruled: str


@dataclass(frozen=True, slots=True)
class AskedView:
    """A question to the applicant; `remark` says that it cannot change the outcome."""

    question: str
    rules: str
    remark: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """An unknown as a question to be answered."""

    outcome: str
    sign: str
    kind: str
    why: str
    rule: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteView:
    """A site as it is printed; `place` is its position in the review.

    `asked_list` and `questions_list` name lists that stand once for several sites (see
    `spatial.report.page_lists`); "" where the site has its own.
    """

    place: int
    site_id: str
    name: str
    outcome: str
    label: str
    sign: str
    deciding: str
    area: str
    size: str
    stable: str
    stable_text: str
    located: bool
    facts: Pairs
    findings: tuple[FindingView, ...]
    asked: tuple[AskedView, ...]
    questions: tuple[QuestionView, ...]
    overlaps: tuple[tuple[str, ...], ...]
    slivers: bool
    overrides: tuple[str, ...]
    units: UnitsView | None
    help: HelpView | None = None
    approvals: Pairs = ()
    asked_list: str = ""
    questions_list: str = ""


def site_view(
    site: SiteRecord, *, place: int, lang: Lang, lists: dict[str, str]
) -> SiteView:
    """Return a site as the page prints it; `place` counts from 0.

    `lists` is what the access lists are called, by id.
    """
    word = stability(site.stable)
    return SiteView(
        place=place,
        site_id=visible(site.site_id),
        name=visible(site.name or ""),
        outcome=site.outcome,
        label=outcome_label(site, lang),
        sign=OUTCOME_SIGN[site.outcome],
        deciding=visible(deciding(site, lang)),
        area=_size(site, lang),
        size=hectares(site.area_m2, lang) if site.area_m2 is not None else "",
        stable=word,
        stable_text=say(f"stable.{word}", lang),
        located=site.geometry is not None,
        facts=_facts(site, lang),
        findings=tuple(_finding(one, lang) for one in site.findings),
        asked=tuple(_asked(one, lang) for one in questions(site)),
        questions=tuple(
            _question(one, lang)
            for one in sorted(site.unknowns, key=lambda one: one.is_advice)
        ),
        overlaps=tuple(_overlap(one, lang) for one in site.overlaps),
        slivers=any(one.sliver for one in site.overlaps),
        overrides=tuple(
            overruled_by(one, lang) for one in site.overrulings if one.applied
        ),
        units=units_view(site.units, lists, lang),
        help=help_view(site, lang),
        approvals=approvals_view(site.approvals, lang),
    )


def _size(site: SiteRecord, lang: Lang) -> str:
    """Return area or length with its unit; a dash for a point."""
    if site.area_m2 is not None:
        return say("unit.m2", lang, value=number(site.area_m2, 2, lang))
    if site.length_m is not None:
        return say("unit.m", lang, value=number(site.length_m, 1, lang))
    return say("none", lang)


def _facts(site: SiteRecord, lang: Lang) -> Pairs:
    facts = []
    if site.area_m2 is not None:
        both = f"{_size(site, lang)} = {hectares(site.area_m2, lang)}"
        facts.append((say("column.area", lang), both))
    elif site.length_m is not None:
        facts.append((say("length", lang), _size(site, lang)))
    facts.extend(
        (visible(attribute_title(name, lang)), attribute_text(name, value, lang))
        for name, value in site.attributes.items()
        if name not in ("site_id", "name")
    )
    stable = say(f"stable.{stability(site.stable)}.long", lang)
    facts.append((say("column.stable", lang), stable))
    if site.stability is not None:
        facts.append((say("column.flips", lang), flips(site, lang)))
    return tuple(facts)


def _finding(record: FindingRecord, lang: Lang) -> FindingView:
    finding = record.finding
    return FindingView(
        finding_id=record.finding_id,
        outcome=finding.outcome,
        label=say(f"outcome.{finding.outcome}", lang),
        sign=OUTCOME_SIGN[finding.outcome],
        rule=visible(finding.rule),
        rule_title=visible(pick(record.rule_title, lang)),
        citation=_citation(record.citation, lang),
        reads_with=tuple(_citation(one, lang) for one in record.citation.reads_with),
        because=reason_path(record, lang),
        numbers=_numbers(record, lang),
        stable=stability(record.stable),
        stable_text=say(f"stable.{stability(record.stable)}.long", lang),
        requires=visible(pick(finding.requires, lang)),
        relief=tuple(visible(pick(one, lang)) for one in finding.relief),
        assumptions=assumed(finding),
        note=visible(record.note),
        overruled=_overruled(record, lang),
    )


def _overruled(record: FindingRecord, lang: Lang) -> str:
    """Return what a reviewer said instead, with the outcome; "" when nobody did."""
    if record.overruling is None:
        return ""
    outcome = say(f"outcome.{record.outcome}", lang)
    said = overruled_by(record.overruling, lang)
    return say("overruled.finding", lang, outcome=outcome, said=said)


def _numbers(record: FindingRecord, lang: Lang) -> Pairs:
    """Return place and numbers of a finding; what makes no sense is left out."""
    finding = record.finding
    pairs = [(say("column.relation", lang), say(f"relation.{finding.relation}", lang))]
    if finding.kind:
        title = f"{kind_title(finding.kind, lang)} ({finding.layer or '—'})"
        pairs.append((say("column.layer", lang), title))
    if finding.zone_id is not None:
        zone = " ".join(filter(None, (finding.zone_id, finding.zone_name)))
        pairs.append((say("column.zone_name", lang), zone))
    if finding.area_m2 is not None:
        m2 = say("unit.m2", lang, value=number(finding.area_m2, 2, lang))
        both = f"{m2} = {hectares(finding.area_m2, lang)}"
        pairs.append((say("column.area", lang), both))
    if finding.share_of_site is not None:
        share = percent(finding.share_of_site, lang)
        pairs.append((say("column.share_of_site", lang), share))
    for key, value in (
        ("length_m", finding.length_m),
        ("distance_m", finding.distance_m),
    ):
        if value:  # a distance of 0 says no more than the relation
            pairs.append((say(f"column.{key}", lang), number(value, 3, lang)))
    if finding.margin_m is not None:
        phrase = margin(finding.margin_m, lang)
        pairs.append((say("margin", lang), phrase))
    return tuple((label, visible(value)) for label, value in pairs)


def _citation(citation: CitationRecord, lang: Lang) -> CitationView:
    document = pick(citation.document, lang)
    article = citation.article
    cited = say("document_quoted", lang, document=document, article=article)
    return CitationView(
        document=visible(cited),
        quote=visible(citation.quote),
        edition=visible(period(citation.edition, lang)),
        status=citation.status,
        status_text=say(f"citation.{citation.status}", lang),
        verified=say(f"verified.{citation.verified}", lang),
        source=visible(citation.source),
    )


def _asked(question: Question, lang: Lang) -> AskedView:
    rules = visible(say("value_join", lang).join(question.rules))
    return AskedView(
        question=sentence(question.sentence, lang),
        rules=say("details.for_rule", lang, rule=rules),
        remark="" if question.could_change else say("details.changes_nothing", lang),
    )


def _question(unknown: Unknown, lang: Lang) -> QuestionView:
    return QuestionView(
        outcome=unknown.outcome,
        sign=OUTCOME_SIGN[unknown.outcome],
        kind=say(f"unknown_kind.{unknown.kind}", lang),
        why=sentence(unknown.why, lang),
        rule=say("details.for_rule", lang, rule=visible(unknown.rule))
        if unknown.rule
        else say("details.every_rule", lang),
        rules=(visible(unknown.rule),) if unknown.rule else (),
    )


def _relation(overlap: OverlapRecord, lang: Lang) -> str:
    """Return how a site and a zone meet; of a sliver with its cause."""
    word = say(f"overlap.{overlap_word(overlap)}", lang)
    if overlap.cause is None:
        return word
    cause = say(f"sliver_cause.{overlap.cause}", lang)
    return say("sliver_because", lang, word=word, cause=cause)


def _overlap(overlap: OverlapRecord, lang: Lang) -> tuple[str, ...]:
    """Return a line of the site's table of relations, as its heading names them."""
    zone = " ".join(filter(None, (overlap.zone_id, overlap.zone_name)))
    area = number(overlap.area_m2, 2, lang)
    if overlap.area_m2 and overlap.area_m2 >= 1:  # less is no share of a hectare
        area = f"{area} = {hectares(overlap.area_m2, lang)}"
    return (
        kind_title(overlap.kind, lang),
        visible(zone),
        _relation(overlap, lang),
        area,
        percent(overlap.share_of_site, lang),
        number(overlap.length_m, 3, lang),
        number(overlap.distance_m, 3, lang),
    )
