"""What a review rests on, as plain values: layers, rules, issues, settings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from spatial.report.words import pick, sentence

if TYPE_CHECKING:
    from layers.issue import DataIssue
    from layers.layer import Setting
    from spatial.report.content import LayerRecord, RuleRecord
    from spatial.text import Lang

DISTANCE, DEGREE = 3, 7  # decimals


def layer_value(record: LayerRecord, lang: Lang) -> dict[str, Any]:
    """Return a layer with what is known of its source."""
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
        "accuracy_m": rounded(layer.accuracy_m, DISTANCE),
        "rows_in_file": read.rows_in_file,
        "rows_kept": read.rows_kept,
        "rows_quarantined": read.rows_quarantined,
        "notice": layer.notice,
        "none_exists": layer.none_exists,
    }


def rule_value(rule: RuleRecord, lang: Lang) -> dict[str, Any]:
    """Return a rule with what it met."""
    return {
        "id": rule.id,
        "title": pick(rule.title, lang),
        "rulebook": rule.rulebook,
        "status": rule.status,
        "edition": rule.edition or None,
        "sites_hit": rule.sites_hit,
        "sites_unknown": rule.sites_unknown,
    }


def issue_value(issue: DataIssue, lang: Lang) -> dict[str, Any]:
    """Return what was found or mended in a source."""
    return {
        "code": issue.code,
        "severity": issue.severity,
        "layer": issue.layer,
        "row": issue.row,
        "feature_id": issue.feature_id,
        "lon": rounded(issue.lon, DEGREE),
        "lat": rounded(issue.lat, DEGREE),
        "message": sentence(issue.message, lang),
    }


def setting_value(setting: Setting) -> dict[str, Any]:
    """Return a setting of the office."""
    value = setting.value
    return {
        "name": setting.name,
        "value": list(value) if isinstance(value, tuple) else value,
        "source": setting.source,
    }


def rounded(value: float | None, digits: int) -> float | None:
    """Return a rounded number; None for what is missing or not finite."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits) + 0.0


def rounded_share(share: float | None, digits: int) -> float | None:
    """Return a rounded share; a part of something is neither 0 nor 1."""
    least = 10.0**-digits
    if share is not None and 0 < share < 1:
        return round(min(max(float(share), least), 1 - least), digits)
    return rounded(share, digits)
