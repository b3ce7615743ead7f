"""Where absence means absence, and what is to be said when nobody said where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.issue import DataIssue

if TYPE_CHECKING:
    from layers.layer import Layer
    from layers.provenance import Coverage

COVERAGE_CODES = ("coverage_unknown", "features_outside_coverage")


def with_coverage(layer: Layer, coverage: Coverage | None) -> Layer:
    """Return the layer with a coverage, and with what is to be said about it.

    A site layer needs none. For every other: no coverage is the warning
    ``coverage_unknown``; features of which none touches the coverage are the error
    ``features_outside_coverage`` (they belong to another place).
    """
    issues = [one for one in layer.issues if one.code not in COVERAGE_CODES]
    if coverage is None:
        if layer.spec.role != "site":
            issues.append(DataIssue("coverage_unknown", layer.id))
    elif len(layer) and not _touches(layer, coverage):
        facts: dict[str, str | float] = {
            "coverage": coverage.stated,
            "count": len(layer),
        }
        issues.append(DataIssue("features_outside_coverage", layer.id, facts=facts))
    return replace(layer, coverage=coverage, issues=tuple(issues))


def _touches(layer: Layer, coverage: Coverage) -> bool:
    """Whether any feature touches the coverage."""
    shapely.prepare(coverage.area)
    geometry = np.asarray(layer.frame.geometry.array, dtype=object)
    return bool(shapely.intersects(geometry, coverage.area).any())
