"""result.json: the review for other programs (schema ``ecoredline/review/1``)."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spatial.report.approvals import approvals_json
from spatial.report.help_view import help_value
from spatial.report.json_file import Once, write_json
from spatial.report.override_tables import override_result, overrides_result
from spatial.report.questions import questions
from spatial.report.units import list_json, units_json
from spatial.report.words import flips, pick, reason_path, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.issue import DataIssue
    from layers.layer import Setting
    from spatial.finding import Unknown
    from spatial.report.content import (
        CitationRecord,
        FindingRecord,
        LayerRecord,
        OverlapRecord,
        ReviewContent,
        RuleRecord,
        SiteRecord,
    )
    from spatial.report.questions import Question
    from spatial.text import Lang

SCHEMA = "ecoredline/review/1"
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
        lengths and distances in metres to 0.001, shares (0..1) to 1e-6. None
        where a number makes no sense; never NaN. Sites and findings in the order
        of `content`. ``layer`` is the id of a layer.
    """
    sites = [_site(one, lang) for one in content.sites]
    return {**_head(content), "sites": sites, **_tail(content, lang)}


def write_result(content: ReviewContent, path: Path, *, lang: Lang = "zh") -> None:
    """Write ``json_text(result(content, lang))`` to a file, site by site."""
    unknowns = Once(lambda said: [_unknown(one, lang) for one in said], depth=3)
    citation = Once(lambda one: _citation(one, lang), depth=5)

    def site(one: SiteRecord) -> dict[str, Any]:
        shared = {
            "findings": [
                _finding(found, lang) | {"citation": citation(found.citation)}
                for found in one.findings
            ],
            "unknowns": unknowns(one.unknowns),
            "questions": [_question(asked, lang) for asked in questions(one)],
        }
        return _site(replace(one, findings=(), unknowns=()), lang) | shared

    sites = map(site, content.sites)
    write_json(
        path, head=_head(content), items=("sites", sites), tail=_tail(content, lang)
    )


def _head(content: ReviewContent) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "title": content.title,
        "about": content.about,
        "region": content.region,
        "on": content.on.isoformat(),
        "run_id": content.run_id,
        "notices": list(content.notices),
    }


def _tail(content: ReviewContent, lang: Lang) -> dict[str, Any]:
    return {
        "site_layer": _layer(content.sources[0], lang),
        "layers": [_layer(one, lang) for one in content.layers],
        "access_lists": [list_json(one) for one in content.access_lists],
        "rules": [_rule(one, lang) for one in content.rules],
        "issues": [_issue(one, lang) for one in content.issues],
        "settings": [_setting(one) for one in content.settings],
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


def _site(site: SiteRecord, lang: Lang) -> dict[str, Any]:
    return {
        "site_id": site.site_id,
        "name": site.name,
        "outcome": site.outcome,
        "machine_outcome": site.machine_outcome,
        "area_m2": _rounded(site.area_m2, AREA),
        "length_m": _rounded(site.length_m, DISTANCE),
        "stable": site.stable,
        "stability": _stability(site, lang),
        "help": help_value(site, lang),
        "findings": [_finding(one, lang) for one in site.findings],
        "unknowns": [_unknown(one, lang) for one in site.unknowns],
        "questions": [_question(one, lang) for one in questions(site)],
        "overlaps": [_overlap(one) for one in site.overlaps],
        "overrides": [override_result(one) for one in site.overrulings],
        "control_units": units_json(site, lang),
        "approvals": approvals_json(site.approvals),
    }


def _stability(site: SiteRecord, lang: Lang) -> dict[str, Any] | None:
    one = site.stability
    if one is None:
        return None
    return {
        "flips_m": _rounded(one.flips_m, DISTANCE),
        "toward": one.toward,
        "rule": one.rule,
        "layer": one.layer,
        "zone_id": one.zone_id,
        "zone_name": one.zone_name,
        "accuracy_m": _rounded(one.accuracy_m, DISTANCE),
        "searched_m": _rounded(one.searched_m, DISTANCE),
        "said": flips(site, lang),
    }


def _finding(record: FindingRecord, lang: Lang) -> dict[str, Any]:
    finding = record.finding
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
        "distance_m": _rounded(finding.distance_m, DISTANCE),
        "area_m2": _rounded(finding.area_m2, AREA),
        "share_of_site": _rounded(finding.share_of_site, SHARE),
        "length_m": _rounded(finding.length_m, DISTANCE),
        "margin_m": _rounded(finding.margin_m, DISTANCE),
        "stable": record.stable,
        "why": sentence(finding.why, lang),
        "because": list(reason_path(record, lang)),
        "requires": pick(finding.requires, lang) or None,
        "relief": [pick(one, lang) for one in finding.relief],
        "assumptions": list(finding.assumptions),
        "note": record.note or None,
        "citation": _citation(record.citation, lang),
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
        "area_m2": _rounded(overlap.area_m2, AREA),
        "share_of_site": _rounded(overlap.share_of_site, SHARE),
        "length_m": _rounded(overlap.length_m, DISTANCE),
        "distance_m": _rounded(overlap.distance_m, DISTANCE),
        "sliver": overlap.sliver,
        "sliver_cause": overlap.cause,
    }


def _layer(record: LayerRecord, lang: Lang) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": record.id,
        "kind": record.kind,
        "title": pick(record.title, lang),
        "status": record.status,
        "remarks": [sentence(one, lang) for one in record.remarks],
        "source": None,
    }
    if record.layer is None:
        return told
    layer, read = record.layer, record.layer.provenance
    return told | {
        "source": read.source,
        "sha256": read.sha256,
        "format": read.format,
        "source_layer": read.source_layer,
        "encoding": read.encoding,
        "crs": read.crs,
        "crs_evidence": read.crs_evidence,
        "operation": read.operation,
        "edition": read.edition,
        "valid": str(read.valid),
        "licence": read.licence,
        "coverage": layer.coverage.stated if layer.coverage else None,
        "accuracy_m": _rounded(layer.accuracy_m, DISTANCE),
        "rows_in_file": read.rows_in_file,
        "rows_kept": read.rows_kept,
        "rows_quarantined": read.rows_quarantined,
        "notice": layer.notice,
        "none_exists": layer.none_exists,
    }


def _rule(rule: RuleRecord, lang: Lang) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": pick(rule.title, lang),
        "rulebook": rule.rulebook,
        "status": rule.status,
        "edition": rule.edition or None,
        "sites_hit": rule.sites_hit,
        "sites_unknown": rule.sites_unknown,
    }


def _issue(issue: DataIssue, lang: Lang) -> dict[str, Any]:
    return {
        "code": issue.code,
        "severity": issue.severity,
        "layer": issue.layer,
        "row": issue.row,
        "feature_id": issue.feature_id,
        "lon": _rounded(issue.lon, DEGREE),
        "lat": _rounded(issue.lat, DEGREE),
        "message": sentence(issue.message, lang),
    }


def _setting(setting: Setting) -> dict[str, Any]:
    value = setting.value
    return {
        "name": setting.name,
        "value": list(value) if isinstance(value, tuple) else value,
        "source": setting.source,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    """Return a rounded number; None for what is missing or not finite."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits) + 0.0
