"""Defect: one thing found, with its place; Limits: what counts as small."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from layers.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from layers.issue import Severity
    from layers.layer import Layer
    from layers.text import Fact

# A note is recorded; a warning wants a look, answers stand; an error makes the layer
# unfit: an answer that rests on it can be wrong.
SEVERITY: Mapping[str, Severity] = {
    # what the workspace says
    "layer_unreadable": "error",
    "not_yet_in_force": "error",
    "no_longer_in_force": "error",
    "edition_not_in_force": "note",
    "editions_overlap": "error",
    "editions_gap": "warning",
    "validity_unknown": "warning",
    "edition_missing": "warning",
    "coverage_elsewhere": "error",
    "coverage_short": "warning",
    "region_unknown": "warning",
    # layers that must tile
    "coverage_overlap": "error",
    "uncovered": "error",
    "enclosed_gap": "warning",
    "thin_gap": "warning",
    "thin_overlap": "warning",
    "edges_unmatched": "note",
    # zones and features
    "zone_overlap": "warning",
    "outside_coverage": "warning",
    "outside_region": "warning",
    "code_contradicts_place": "warning",
    "duplicate_geometry": "warning",
    "sliver_feature": "warning",
    "tiny_hole": "note",
    "check_failed": "error",
}


@dataclass(frozen=True, slots=True)
class Defect:
    """One finding.

    Attributes
    ----------
    code
        A key of `SEVERITY`, or of `layers.issue.SEVERITY` for what reading found.
    layer
        Id of the layer; empty for the workspace.
    severity
        How grave it is.
    message
        The sentence, to be rendered in a language.
    row, feature_id, other_id
        Row in the source (from 0) and id of the feature, and of the other one of a
        pair; None where it concerns the layer.
    area_m2, width_m
        Approximate (within 1 % up to 100 km across); None where there is no area.
        `width_m` is the diameter of the largest circle that fits in.
    geometry
        The place in EPSG:4490, or None when it has none.
    """

    code: str
    layer: str
    severity: Severity
    message: Message
    row: int | None = None
    feature_id: str | None = None
    other_id: str | None = None
    area_m2: float | None = None
    width_m: float | None = None
    geometry: BaseGeometry | None = None


def defect(
    code: str,
    layer: str,
    *,
    facts: Mapping[str, Fact] | None = None,
    row: int | None = None,
    feature_id: str | None = None,
    other_id: str | None = None,
    area_m2: float | None = None,
    width_m: float | None = None,
    geometry: BaseGeometry | None = None,
) -> Defect:
    """Return a defect of this package's table, with its severity and sentence."""
    return Defect(
        code=code,
        layer=layer,
        severity=SEVERITY[code],
        message=Message(f"quality.{code}", dict(facts or {})),
        row=row,
        feature_id=feature_id,
        other_id=other_id,
        area_m2=area_m2,
        width_m=width_m,
        geometry=geometry,
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as small.

    Attributes
    ----------
    sliver_width_m, sliver_area_m2
        An overlap, gap or polygon that is nowhere wider, or no larger, is a sliver:
        listed, but as a warning. A layer's own tolerance, where its workspace states
        one, takes the place of both.
    hole_area_m2
        A hole up to this is listed.
    resolution_m
        What is nowhere wider is not listed: it is below what coordinates of
        geographic data mean (the 0.001 m that geodatabases use as XY tolerance).
    source
        Who set the figures. The figures given here are this program's own, not a
        standard's: an office that has a standard sets its own.
    """

    sliver_width_m: float = 1.0
    sliver_area_m2: float = 1.0
    hole_area_m2: float = 10.0
    resolution_m: float = 0.001
    source: Fact = field(default_factory=lambda: Message("quality.limits_default"))

    def of(self, layer: Layer) -> Limits:
        """Return the limits for a layer: its own tolerance wins."""
        own = layer.tolerance
        if not own.source:
            return self
        return replace(
            self,
            sliver_width_m=own.width_m,
            sliver_area_m2=own.area_m2,
            source=own.source,
        )

    def is_thin(self, area_m2: float, width_m: float) -> bool:
        """Whether a shape of this area and width is a sliver."""
        return area_m2 <= self.sliver_area_m2 or width_m <= self.sliver_width_m
