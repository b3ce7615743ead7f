"""Cases to start from: drawn, but what they come to is for a person to say.

An expectation that the program filled in would be one that it can only meet.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from spatial.policy.starter.drafts import codes_of, distance_of, values_of
from spatial.policy.starter.words import day_of, kind_of, relation_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spatial.policy.starter.drafts import Draft

ZONE = "[0, 0, 1000, 1000]"
_INSIDE, _OUTSIDE = "[200, 200, 400, 400]", "[-400, 200, -200, 400]"
_TOUCHING = "[-200, 200, 0, 400]"
OUTCOMES = "prohibited、restricted、clear、not_checked、needs_information 之一"
_STEP_M = 0.1
_TO_DRAW_M = 100.0  # where the sheet states none; the rule is refused anyway
Sketch = tuple[str, str, str, bool]
"""Aspect, name, box of the site, whether the layer is there."""


def cases_of(draft: Draft, *, mark: str) -> Iterator[str]:
    """Yield the lines of a rule's cases: hit, miss, edge, unknown; none decided.

    Parameters
    ----------
    draft
        The row.
    mark
        Stands in the place of each expectation.
    """
    kind = kind_of(draft.text("kind"))
    relation = relation_of(draft.text("relation"))
    day = day_of(draft.text("since")) or mark
    for aspect, name, box, has_layer in _sketches(relation, draft):
        there = kind is not None and has_layer
        zones = f"{{{kind}: [{{box: {ZONE}}}]}}" if there else "{}"
        site = ", ".join([f"box: {box}", *_attributes(draft)])
        yield f"      - aspect: {aspect}"
        yield f"        name: {json.dumps(name, ensure_ascii=False)}"
        yield f"        on: {day}  # 审查基准日，须在有效期内"
        yield f"        site: {{{site}}}"
        yield f"        zones: {zones}"
        yield f"        expect: {mark}  # {OUTCOMES}"


def _sketches(relation: str | None, draft: Draft) -> Sequence[Sketch]:
    """Return four cases for a relation: inside, outside, on the border, no layer."""
    if relation == "anywhere":
        return (("hit", "属于本条所列项目", _INSIDE, False),)
    if relation == "within_distance":
        metres = distance_of(draft) or _TO_DRAW_M
        near, far = f"{metres - _STEP_M:g}", f"{metres + _STEP_M:g}"
        return (
            ("hit", f"相距 {near} 米", _west(metres - _STEP_M), True),
            ("miss", f"相距 {far} 米", _west(metres + _STEP_M), True),
            ("edge", f"恰好相距 {metres:g} 米", _west(metres), True),
            ("unknown", "没有该图层", _west(metres - _STEP_M), False),
        )
    inside, outside = ("miss", "hit"), ("hit", "miss")
    first, second = inside if relation in {"not_within", "outside"} else outside
    return (
        (first, "位于区域内", _INSIDE, True),
        (second, "位于区域外", _OUTSIDE, True),
        ("edge", "与区域共边", _TOUCHING, True),
        ("unknown", "没有该图层", _INSIDE, False),
    )


def _west(metres: float) -> str:
    """Return a box so far west of the zone."""
    return f"[{-metres - 200:g}, 200, {-metres:g}, 400]"


def _attributes(draft: Draft) -> Iterator[str]:
    """Yield the attributes of a project that the row is about: the first of each."""
    for name in ("project_type", "construction"):
        values = values_of(draft, name)
        if values:
            yield f"{name}: {values[0]}"
    codes = codes_of(draft)
    if codes:
        yield f'industry: "{codes[0]}"'
