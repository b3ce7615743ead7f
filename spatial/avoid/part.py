"""Parts: what of a site remains when the ground of the deciding rules is given up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.errors import GeometryError
from spatial.avoid.faces import joined
from spatial.avoid.model import GiveUp
from spatial.finding import OUTCOMES
from spatial.measure import area_m2, buffer_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from spatial.avoid.ask import Answer
    from spatial.avoid.faces import Faces
    from spatial.finding import Finding, Outcome

_SHY_M = 0.01
"""A part that a review still refuses is drawn back from the border by this."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The surroundings of a site, cut into faces, and what is said of each.

    Attributes
    ----------
    site
        The polygon.
    outcome, findings
        What was said of the site.
    faces, answers
        The pieces of the window and what is said of a point of each.
    inside
        (n,) whether a face lies in the site.
    """

    site: BaseGeometry
    outcome: Outcome
    findings: tuple[Finding, ...]
    faces: Faces
    answers: Sequence[Answer]
    inside: np.ndarray

    @property
    def deciding(self) -> set[tuple[str, int]]:
        """The rules and provisions that decide the site."""
        return {
            (one.rule, one.provision)
            for one in self.findings
            if one.outcome == self.outcome
        }

    def hit(self, at: int) -> tuple[Finding, ...]:
        """Return the findings of the deciding rules at a face."""
        return tuple(
            one
            for one in self.answers[at].findings
            if one.outcome == self.outcome
            and (one.rule, one.provision) in self.deciding
        )

    def as_bad(self) -> np.ndarray:
        """Whether what is said of each face is as severe as of the site, or more."""
        worst = OUTCOMES.index(self.outcome)
        return np.array(
            [OUTCOMES.index(one.outcome) <= worst for one in self.answers], dtype=bool
        )

    def to_keep_off(self, *, certain: bool) -> np.ndarray:
        """Whether a site that moves must keep off each face.

        With `certain`, off all ground where the answer is not certain; without, ground
        is allowed where nothing but the project's own attributes is missing.
        """
        if certain:
            open_ = [not is_certain(one) for one in self.answers]
        else:
            open_ = [not lacks_attributes_alone(one) for one in self.answers]
        return np.asarray(self.as_bad() | np.array(open_, dtype=bool))


def is_certain(answer: Answer) -> bool:
    """Whether nothing that matters is unknown at a place."""
    return answer.outcome not in ("needs_information", "not_checked")


def lacks_attributes_alone(answer: Answer) -> bool:
    """Whether all that is unknown at a place is what the applicant did not state."""
    return all(one.kind == "attribute_missing" for one in answer.unknowns)


def give_up(ground: Ground) -> tuple[GiveUp, ...]:
    """Return what each deciding rule takes of a site at each zone.

    Ordered by rule, provision, layer, zone. The areas are those of the faces of the
    site where the rule applies to a point.
    """
    area = area_m2(ground.faces.shapes)
    taken: dict[GiveUp, float] = defaultdict(float)
    for at in np.flatnonzero(ground.inside).tolist():
        for one in set(map(_empty, ground.hit(at))):
            taken[one] += float(area[at])
    made = [replace(one, area_m2=size) for one, size in taken.items()]
    return tuple(sorted(made, key=_order))


def _empty(one: Finding) -> GiveUp:
    return GiveUp(
        one.rule, one.provision, one.kind, one.layer, one.zone_id, one.zone_name, 0.0
    )


def _order(one: GiveUp) -> tuple[object, ...]:
    return one.rule, one.provision, one.layer or "", one.zone_id or ""


def candidates(ground: Ground) -> list[BaseGeometry]:
    """Return parts that may comply, the largest first; a review has to confirm.

    The site without the ground of the rules that decide it; the same drawn back by
    1 cm, for a border that rounding moved; the site without all ground where a point
    would fare as badly, which a rule may want that asks for a zone.
    """
    hit = np.array([bool(ground.hit(at)) for at in range(len(ground.faces))])
    found: list[BaseGeometry] = []
    for lost in (hit, ground.as_bad()):
        kept = joined(ground.faces.shapes[ground.inside & ~lost])
        if kept.is_empty or not (ground.inside & lost).any():
            continue
        found += [kept, _drawn_back(kept, joined(ground.faces.shapes[lost]))]
    return [one for one in found if not one.is_empty]


def _drawn_back(kept: BaseGeometry, lost: BaseGeometry) -> BaseGeometry:
    """Return a part without the centimetre next to what was given up."""
    near: BaseGeometry = shapely.intersection(
        shapely.boundary(lost), shapely.buffer(shapely.envelope(kept), 1e-6)
    )
    if near.is_empty:
        return kept
    try:
        rest = shapely.difference(kept, buffer_m(near, _SHY_M))
    except GeometryError:  # lines and points mixed: nothing to draw back from
        return kept
    parts = shapely.get_parts(rest)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])  # noqa: PLR2004
