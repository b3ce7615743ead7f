"""result.json: the review for other programs.

Schema ``ecoredline/review/1``: each site has its ``unknowns`` and ``questions``. Where
that would be more than `MOST_UNKNOWNS` rows, the schema is ``ecoredline/review/2``: a
site has instead the numbers ``unknowns_list`` and ``questions_list``, positions in
``lists.unknowns`` and ``lists.questions`` of the whole, where each different list
stands once. Everything else is the same, and nothing is left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from layers.garbage import uncollected
from spatial.report.approvals import approvals_json
from spatial.report.help_view import help_value
from spatial.report.json_file import Once, Spelled, spelled, write_json
from spatial.report.override_tables import override_result, overrides_result
from spatial.report.questions import Questions
from spatial.report.result_sources import (
    issue_value,
    layer_value,
    rounded,
    rounded_share,
    rule_value,
    setting_value,
)
from spatial.report.shared import Lists
from spatial.report.units import list_json, units_json
from spatial.report.words import flips, pick, reason_path, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from spatial.finding import Outcome, Unknown
    from spatial.report.content import (
        CitationRecord,
        FindingRecord,
        OverlapRecord,
        ReviewContent,
        SiteRecord,
    )
    from spatial.report.questions import Question
    from spatial.text import Lang

SCHEMA = "ecoredline/review/1"
SCHEMA_WITH_LISTS = "ecoredline/review/2"
MOST_UNKNOWNS = 1_000_000
"""Unknowns of all sites up to which each site has its own; about 250 MB."""

AREA, DISTANCE, SHARE, DEGREE = 2, 3, 6, 7  # decimals


def result(content: ReviewContent, lang: Lang = "zh") -> dict[str, Any]:
    """Return the review as plain values, ready for JSON.

    Parameters
    ----------
    content
        The review.
    lang
        Language of the sentences; ids and codes do not depend on it.

    Returns
    -------
    dict
        As `design.md` section 4 lays down, with additions. Areas in m2 to 0.01,
        lengths and distances in metres to 0.001, shares (0..1) to 1e-6, 0 and
        1 for nothing and all alone. None where a number makes no sense; never NaN.
        Sites and findings in the order of `content`. ``layer`` is the id of a layer.
    """
    layout = _layout(content, lang)
    sites = [_site(one, layout) for one in content.sites]
    return {**_head(content, layout), "sites": sites, **_tail(content, layout)}


@uncollected()
def write_result(content: ReviewContent, path: Path, *, lang: Lang = "zh") -> None:
    """Write ``json_text(result(content, lang))`` to a file, site by site."""
    layout = _layout(content, lang)
    unknowns = Once(lambda said: [_unknown(one, lang) for one in said], depth=3)
    asked = Once(lambda said: [_question(one, lang) for one in said], depth=3)
    citation = Once(lambda one: _citation(one, lang), depth=5)
    firm: dict[tuple[int, Outcome], Spelled] = {}

    def stability(site: SiteRecord) -> Spelled:
        key = id(site.stability), site.outcome  # what its sentence depends on
        if key not in firm:
            firm[key] = spelled(_stability(site, lang), depth=3)
        return firm[key]

    once = replace(
        layout, stability=stability, unknowns=unknowns, asked=asked, citation=citation
    )
    write_json(
        path,
        head=_head(content, layout),
        items=("sites", (_site(one, once) for one in content.sites)),
        tail=_tail(content, layout),
    )


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the parts are told that many sites share.

    Attributes
    ----------
    lang
        Language of the sentences.
    stability, unknowns, asked, citation
        Return such a part as JSON holds it.
    questions
        Returns what is asked of a site.
    lists
        Where each list of unknowns and of questions stands once; None where each site
        has its own.
    """

    lang: Lang
    stability: Callable[[SiteRecord], object]
    unknowns: Callable[[tuple[Unknown, ...]], object]
    asked: Callable[[tuple[Question, ...]], object]
    citation: Callable[[CitationRecord], object]
    questions: Callable[[SiteRecord], tuple[Question, ...]]
    lists: _Lists | None


@dataclass(frozen=True, slots=True)
class _Lists:
    """The different lists, and the numbers of those that each site has."""

    unknowns: Lists[Unknown]
    questions: Lists[Question]
    of_site: Mapping[int, tuple[int, int]]


def _layout(content: ReviewContent, lang: Lang) -> _Layout:
    """Return the layout of a review, plain values throughout."""
    asked = Questions()
    return _Layout(
        lang=lang,
        stability=lambda site: _stability(site, lang),
        unknowns=lambda said: [_unknown(one, lang) for one in said],
        asked=lambda said: [_question(one, lang) for one in said],
        citation=lambda one: _citation(one, lang),
        questions=asked,
        lists=_lists(content, asked),
    )


def _lists(content: ReviewContent, asked: Questions) -> _Lists | None:
    """Return the lists of a review that has very many unknowns."""
    sites = content.sites
    if sum(len(one.unknowns) for one in sites) <= MOST_UNKNOWNS:
        return None
    unknowns = Lists.of((one.unknowns for one in sites), key=repr)
    questions = Lists.of((asked(one) for one in sites), key=repr)
    numbers = zip(sites, unknowns.which, questions.which, strict=True)
    return _Lists(unknowns, questions, {id(one): (a, b) for one, a, b in numbers})


def _head(content: ReviewContent, layout: _Layout) -> dict[str, Any]:
    return {
        "schema": SCHEMA_WITH_LISTS if layout.lists else SCHEMA,
        "title": content.title,
        "about": content.about,
        "region": content.region,
        "on": content.on.isoformat(),
        "run_id": content.run_id,
        "notices": list(content.notices),
    }


def _tail(content: ReviewContent, layout: _Layout) -> dict[str, Any]:
    lang, lists = layout.lang, layout.lists
    shared = (
        {
            "unknowns": [layout.unknowns(one) for one in lists.unknowns.lists],
            "questions": [layout.asked(one) for one in lists.questions.lists],
        }
        if lists
        else {}
    )
    return {
        **({"lists": shared} if lists else {}),
        "site_layer": layer_value(content.sources[0], lang),
        "layers": [layer_value(one, lang) for one in content.layers],
        "access_lists": [list_json(one) for one in content.access_lists],
        "rules": [rule_value(one, lang) for one in content.rules],
        "issues": [issue_value(one, lang) for one in content.issues],
        "settings": [setting_value(one) for one in content.settings],
        "overrides": overrides_result(content),
        "inputs": dict(sorted(content.inputs.items())),
        "versions": dict(sorted(content.versions.items())),
    }


def json_text(value: Mapping[str, Any]) -> str:
    """Return JSON as it is stored: one space of indent, UTF-8 signs as they are.

    Raises
    ------
    ValueError
        A number is not finite: a slip of ours, and no valid JSON.
    """
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    # an unpaired surrogate (from a broken encoding) cannot be stored as UTF-8
    return text.encode("utf-8", "replace").decode() + "\n"


def _site(site: SiteRecord, layout: _Layout) -> dict[str, Any]:
    lang = layout.lang
    return {
        "site_id": site.site_id,
        "name": site.name,
        "outcome": site.outcome,
        "machine_outcome": site.machine_outcome,
        "area_m2": rounded(site.area_m2, AREA),
        "length_m": rounded(site.length_m, DISTANCE),
        "stable": site.stable,
        "stability": layout.stability(site),
        "help": help_value(site, lang),
        "findings": [_finding(one, layout) for one in site.findings],
        **_lacking(site, layout),
        "overlaps": [_overlap(one) for one in site.overlaps],
        "overrides": [override_result(one) for one in site.overrulings],
        "control_units": units_json(site, lang),
        "approvals": approvals_json(site.approvals),
    }


def _lacking(site: SiteRecord, layout: _Layout) -> dict[str, Any]:
    """Return what is unknown and asked of a site, or where it stands."""
    if layout.lists is None:
        return {
            "unknowns": layout.unknowns(site.unknowns),
            "questions": layout.asked(layout.questions(site)),
        }
    unknowns, questions = layout.lists.of_site[id(site)]
    return {"unknowns_list": unknowns, "questions_list": questions}


def _stability(site: SiteRecord, lang: Lang) -> dict[str, Any] | None:
    one = site.stability
    if one is None:
        return None
    return {
        "flips_m": rounded(one.flips_m, DISTANCE),
        "toward": one.toward,
        "rule": one.rule,
        "layer": one.layer,
        "zone_id": one.zone_id,
        "zone_name": one.zone_name,
        "accuracy_m": rounded(one.accuracy_m, DISTANCE),
        "searched_m": rounded(one.searched_m, DISTANCE),
        "said": flips(site, lang),
    }


def _finding(record: FindingRecord, layout: _Layout) -> dict[str, Any]:
    finding, lang = record.finding, layout.lang
    return {
        "finding_id": record.finding_id,
        "rule": finding.rule,
        "rule_title": pick(record.rule_title, lang),
        "edition": finding.edition,
        "provision": finding.provision,
        "outcome": finding.outcome,
        "overruled_outcome": record.outcome if record.overruling else None,
        "status": record.citation.status,
        "kind": finding.kind,
        "layer": finding.layer,
        "zone_id": finding.zone_id,
        "zone_name": finding.zone_name,
        "relation": finding.relation,
        "distance_m": rounded(finding.distance_m, DISTANCE),
        "area_m2": rounded(finding.area_m2, AREA),
        "share_of_site": rounded_share(finding.share_of_site, SHARE),
        "length_m": rounded(finding.length_m, DISTANCE),
        "margin_m": rounded(finding.margin_m, DISTANCE),
        "stable": record.stable,
        "why": sentence(finding.why, lang),
        "because": list(reason_path(record, lang)),
        "requires": pick(finding.requires, lang) or None,
        "relief": [pick(one, lang) for one in finding.relief],
        "assumptions": list(finding.assumptions),
        "note": record.note or None,
        "citation": layout.citation(record.citation),
    }


def _citation(citation: CitationRecord, lang: Lang) -> dict[str, Any]:
    return {
        "document_id": citation.document_id,
        "document": pick(citation.document, lang),
        "article": citation.article,
        "quote": citation.quote,
        "edition": citation.edition,
        "status": citation.status,
        "verified": citation.verified,
        "source": citation.source,
        "reads_with": [_citation(one, lang) for one in citation.reads_with],
    }


def _unknown(unknown: Unknown, lang: Lang) -> dict[str, Any]:
    return {
        "rule": unknown.rule or None,
        "kind": unknown.kind,
        "what": unknown.what,
        "outcome": unknown.outcome,
        "why": sentence(unknown.why, lang),
    }


def _question(question: Question, lang: Lang) -> dict[str, Any]:
    return {
        "attribute": question.attribute,
        "question": sentence(question.sentence, lang),
        "rules": list(question.rules),
        "could_change_outcome": question.could_change,
    }


def _overlap(overlap: OverlapRecord) -> dict[str, Any]:
    return {
        "kind": overlap.kind,
        "layer": overlap.layer,
        "zone_id": overlap.zone_id,
        "zone_name": overlap.zone_name,
        "area_m2": rounded(overlap.area_m2, AREA),
        "share_of_site": rounded_share(overlap.share_of_site, SHARE),
        "length_m": rounded(overlap.length_m, DISTANCE),
        "distance_m": rounded(overlap.distance_m, DISTANCE),
        "sliver": overlap.sliver,
        "sliver_cause": overlap.cause,
    }
