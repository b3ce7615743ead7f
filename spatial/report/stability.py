"""Whether an outcome stands when boundaries move, and which move would change it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from spatial.policy.brinks import AT_LEAST_M, brinks, nearer
from spatial.units.brinks import unit_brinks

if TYPE_CHECKING:
    from spatial.finding import Outcome
    from spatial.policy.brinks import Brink
    from spatial.policy.judge import Judgement
    from spatial.report.content import FindingRecord
    from spatial.shelf import Shelf

Toward = Literal["worse", "better"]


@dataclass(frozen=True, slots=True)
class Stability:
    """Whether an outcome stands when a boundary moves.

    Attributes
    ----------
    stable
        True when every move up to `accuracy_m` leaves the outcome; False when a
        smaller one changes it; None when an accuracy is not stated, or when the
        outcome is itself that something is not known.
    flips_m
        The smallest move of a boundary that changes the outcome, metres; for a site
        deep in a zone a lower bound. None when there is none within `searched_m`.
    toward
        Whether that move makes the outcome worse or better.
    rule, kind, layer, zone_id, zone_name
        What lies at that boundary; of a control unit the row of its access list.
    accuracy_m
        Of site and layer together, at that boundary; None when one is not stated.
    searched_m
        How far boundaries were looked for.
    """

    stable: bool | None
    flips_m: float | None
    toward: Toward | None
    rule: str | None
    kind: str | None
    layer: str | None
    zone_id: str | None
    zone_name: str | None
    accuracy_m: float | None
    searched_m: float


@dataclass(frozen=True, slots=True)
class _Flip:
    """A move that changes an outcome."""

    away_m: float
    toward: Toward
    rule: str
    kind: str | None
    layer: str | None
    zone_id: str | None
    zone_name: str | None


def stabilities(
    shelf: Shelf,
    judgement: Judgement,
    outcomes: list[Outcome],
    findings: list[tuple[FindingRecord, ...]],
) -> list[Stability]:
    """Return the stability of every site's outcome.

    Parameters
    ----------
    shelf, judgement
        What was judged, and what the judge said.
    outcomes, findings
        Of each site.

    Notes
    -----
    Boundaries are looked for up to the accuracy of the worst layer and site together,
    and up to `AT_LEAST_M` in any case.
    """
    accuracy = {one.id: one.accuracy_m for one in shelf.workspace.layers.values()}
    own = pd.to_numeric(shelf.sites["accuracy_m"]).to_numpy(float)
    worst = max((one for one in accuracy.values() if one is not None), default=0.0)
    finest = float(np.nanmax(own)) if np.isfinite(own).any() else 0.0
    reach = max(AT_LEAST_M, worst + finest)
    by_rule = brinks(
        shelf, judgement.rules, outcomes, within_m=reach, about=judgement.about
    )
    by_list = unit_brinks(shelf, outcomes, within_m=reach)
    near = list(map(nearer, by_rule, by_list))
    every = [accuracy.get(one.id) for one in shelf.workspace.layers.values()]
    limit = None if any(one is None for one in every) else worst
    # Where neither a finding nor a brink is near, sites of an outcome are all alike.
    plain: dict[tuple[Outcome, str], Stability] = {}
    found: list[Stability] = []
    for outcome, said, brink, mine in zip(
        outcomes, findings, near, own.tolist(), strict=True
    ):
        key = outcome, repr(mine)  # a NaN is not equal to itself
        if said or brink or key not in plain:
            one = _stability(outcome, said, brink, accuracy, mine, limit, reach)
            if not said and not brink:
                plain[key] = one
        else:
            one = plain[key]
        found.append(one)
    return found


def _stability(  # noqa: PLR0917  each is a column
    outcome: Outcome,
    findings: tuple[FindingRecord, ...],
    brink: Brink | None,
    accuracy: dict[str, float | None],
    own_m: float,
    limit_m: float | None,
    reach_m: float,
) -> Stability:
    deciding = [one for one in findings if one.finding.outcome == outcome]
    better = _better(deciding)
    worse = _worse(brink)
    flips = [one for one in (better, worse) if one is not None]
    first = min(flips, key=lambda one: one.away_m, default=None)
    firm = any(one.stable is True for one in deciding)
    away = [
        True if one.toward == "better" and firm else _told(one, accuracy, own_m)
        for one in flips
    ]
    stable: bool | None
    if outcome in ("needs_information", "not_checked"):
        stable = None
    elif any(one is False for one in away):
        stable = False
    elif (
        any(one is None for one in away)
        or _unclear(deciding)
        or (worse is None and not _settled(outcome, limit_m, own_m, reach_m))
    ):
        stable = None
    else:
        stable = True
    if first is None:
        return Stability(stable, *(None,) * 8, searched_m=reach_m)
    of_layer = accuracy.get(first.layer or "")
    both = None if of_layer is None or not isfinite(own_m) else of_layer + own_m
    return Stability(
        stable, first.away_m, first.toward, first.rule, first.kind, first.layer,
        first.zone_id, first.zone_name, both, reach_m,
    )  # fmt: skip


def _settled(
    outcome: Outcome, limit_m: float | None, own_m: float, reach_m: float
) -> bool:
    """Whether no boundary within reach means none within any accuracy."""
    if outcome == "prohibited":  # nothing is worse
        return True
    return limit_m is not None and isfinite(own_m) and limit_m + own_m <= reach_m


def _unclear(deciding: list[FindingRecord]) -> bool:
    """Whether a finding decides whose margin is not known, and none that is firm."""
    lasting = any(
        one.stable is True or one.finding.relation == "anywhere" for one in deciding
    )
    return not lasting and any(one.finding.margin_m is None for one in deciding)


def _better(deciding: list[FindingRecord]) -> _Flip | None:
    """Return the move after which no finding decides: that of the deepest.

    None where a rule applies at any place, or where a margin is not known.
    """
    depths = [abs(one.finding.margin_m or 0.0) for one in deciding]
    if not depths or any(one.finding.margin_m is None for one in deciding):
        return None
    deepest = max(depths)
    deep = deciding[depths.index(deepest)].finding
    return _Flip(
        deepest, "better", deep.rule, deep.kind, deep.layer,
        deep.zone_id, deep.zone_name,
    )  # fmt: skip


def _worse(brink: Brink | None) -> _Flip | None:
    if brink is None:
        return None
    return _Flip(
        brink.away_m, "worse", brink.rule, brink.kind, brink.layer,
        brink.zone_id, brink.zone_name,
    )  # fmt: skip


def _told(flip: _Flip, accuracy: dict[str, float | None], own_m: float) -> bool | None:
    """Whether a move is above the accuracy of both boundaries; None if not stated."""
    of_layer = accuracy.get(flip.layer or "")
    if of_layer is None or not isfinite(own_m):
        return None
    return bool(flip.away_m > of_layer + own_m)
