"""Where absence means absence, and what is to be said when nobody said where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.issue import DataIssue
from layers.provenance import Coverage

if TYPE_CHECKING:
    from layers.layer import Layer
    from layers.provenance import Window

POLYGONS = 2
COVERAGE_CODES = ("coverage_unknown", "features_outside_coverage")


def with_coverage(layer: Layer, coverage: Coverage | None) -> Layer:
    """Return the layer with a coverage, and with what is to be said about it.

    A site layer needs none. For every other: no coverage is the warning
    ``coverage_unknown``; features of which none touches the coverage are the error
    ``features_outside_coverage`` (they belong to another place).

    Of a layer that was read by a box, the coverage is cut to the box, whoever states
    it; and the rows outside the box count as features that do not touch it: a table of
    another place would otherwise look like an empty one.
    """
    coverage = _inside(coverage, layer.provenance.window)
    issues = [one for one in layer.issues if one.code not in COVERAGE_CODES]
    if coverage is None:
        if layer.spec.role != "site":
            issues.append(DataIssue("coverage_unknown", layer.id))
    elif (count := _features(layer)) and not _touches(layer, coverage):
        facts: dict[str, str | float] = {"coverage": coverage.stated, "count": count}
        issues.append(DataIssue("features_outside_coverage", layer.id, facts=facts))
    return replace(layer, coverage=coverage, issues=tuple(issues))


def _inside(coverage: Coverage | None, window: Window | None) -> Coverage | None:
    """Return the part of a coverage inside a window; None where nothing is left."""
    if coverage is None or window is None:
        return coverage
    box = shapely.box(*window.bbox)
    if shapely.covers(box, coverage.area):
        return coverage
    common = shapely.intersection(coverage.area, box)
    parts = shapely.get_parts(common)
    areal = parts[shapely.get_dimensions(parts) == POLYGONS]
    if not areal.size:
        return None
    area = areal[0] if len(areal) == 1 else shapely.multipolygons(areal)
    return Coverage(area, f"{coverage.stated}, inside bbox {list(window.bbox)}")


def _features(layer: Layer) -> int:
    """Return how many features there are, those outside a window included."""
    window = layer.provenance.window
    return len(layer) + (window.rows_elsewhere if window else 0)


def _touches(layer: Layer, coverage: Coverage) -> bool:
    """Whether any feature touches the coverage."""
    shapely.prepare(coverage.area)
    geometry = np.asarray(layer.frame.geometry.array, dtype=object)
    return bool(shapely.intersects(geometry, coverage.area).any())
