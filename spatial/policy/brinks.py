"""Brinks: how far a site is from the next rule that would apply to it.

A finding knows its own margin. A site without a finding needs the contrary: the
nearest zone or limit at which a rule would begin to apply. It is searched up to a
stated distance, so that it stays cheap; beyond, "none within so many metres" is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import shapely

from layers.spec import spec
from spatial import measure
from spatial.finding import OUTCOMES
from spatial.policy import model, territory
from spatial.policy.condition import FALSE, TRUE, evaluate
from spatial.policy.place import labels
from spatial.policy.where import limit_of, locate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spatial.finding import Outcome
    from spatial.policy.judge import JudgedRule
    from spatial.policy.place import Place
    from spatial.shelf import Shelf

AT_LEAST_M = 50.0
"""A boundary is looked for at least this far from a site."""


@dataclass(frozen=True, slots=True)
class Brink:
    """The nearest place where a rule would begin to apply to a site.

    Attributes
    ----------
    away_m
        How far the boundary would have to move, metres, >= 0; 0 where they touch, or
        overlap by less than the tolerance.
    outcome
        What the rule would say of the site.
    rule
        Its id.
    kind, layer, zone_id, zone_name
        The zone; its id is None where it is the lack of one.
    """

    away_m: float
    outcome: Outcome
    rule: str
    kind: str
    layer: str | None
    zone_id: str | None
    zone_name: str | None


def brinks(
    shelf: Shelf,
    rules: tuple[JudgedRule, ...],
    outcomes: list[Outcome],
    *,
    within_m: float,
) -> list[Brink | None]:
    """Return, for each site, the nearest boundary that would make its outcome worse.

    Parameters
    ----------
    shelf
        Sites and layers on the day.
    rules
        As the judge returned them.
    outcomes
        What was said of each site.
    within_m
        How far is looked, metres.

    Returns
    -------
    list
        One for each site: the least `away_m`, of equals the more severe, then the
        earlier rule; None where nothing is within reach. Rules that are not certain
        to mean the project count with ``needs_information``.
    """
    found: list[Brink | None] = [None] * len(outcomes)
    rank = np.array([OUTCOMES.index(one) for one in outcomes], dtype=int)
    for judged in rules:
        where = territory.applies(judged.rule.territory, shelf)
        if judged.edition is None or where is None:
            continue
        for provision in judged.edition.provisions:
            for near in _of_provision(shelf, judged, provision, where, rank, within_m):
                at, brink = near
                known = found[at]
                if known is None or _order(brink) < _order(known):
                    found[at] = brink
    return found


def _order(brink: Brink) -> tuple[float, int]:
    return round(brink.away_m, 3), OUTCOMES.index(brink.outcome)


def _of_provision(
    shelf: Shelf,
    judged: JudgedRule,
    provision: model.Provision,
    where: Place,
    rank: np.ndarray,
    within_m: float,
) -> Iterator[tuple[int, Brink]]:
    """Yield sites near to where a provision would begin to say something worse."""
    kind = provision.where.kind
    about = evaluate(
        provision.subject,
        shelf.sites,
        spec=spec("project_site"),
        settings=shelf.settings,
    )
    concerned = np.minimum(about.truth, where.truth)
    effect = _effects(shelf, judged, provision, concerned)
    open_ = (concerned != FALSE) & (effect < rank)
    if kind is None or not open_.any():
        return
    place = locate(provision.where, shelf)
    open_ &= place.truth != TRUE
    rows = np.flatnonzero(open_)
    if not len(rows):
        return
    called = labels(kind, shelf)
    table = _nearest(shelf, provision.where, place, rows, within_m)
    for site, zone, away_m in table.itertuples(index=False):
        named = zone >= 0
        yield (
            int(site),
            Brink(
                away_m=float(away_m),
                outcome=OUTCOMES[effect[int(site)]],
                rule=judged.rule.id,
                kind=kind,
                layer=called.layer[int(zone)] if named else None,
                zone_id=called.zone_id[int(zone)] if named else None,
                zone_name=called.name[int(zone)] if named else None,
            ),
        )


def _effects(
    shelf: Shelf,
    judged: JudgedRule,
    provision: model.Provision,
    concerned: np.ndarray,
) -> np.ndarray:
    """Return what the provision would say of each site, as a position in OUTCOMES.

    What names no outcome (advice) says nothing worse of any site.
    """
    asks, clear = OUTCOMES.index("needs_information"), OUTCOMES.index("clear")
    plain = _rank(provision.effect)
    effect = np.full(len(concerned), plain)
    free = np.zeros(len(concerned), dtype=bool)
    for relief in reversed(provision.relief):
        holds = evaluate(
            relief.when,
            shelf.sites,
            spec=spec("project_site"),
            settings=shelf.settings,
        ).truth
        effect[holds == TRUE] = _rank(relief.effect)
        free[holds == TRUE] = relief.effect == "clear"
    unsure = (concerned != TRUE) & ~free & (effect < clear)
    if judged.status == "period_ended":
        unsure = effect < clear
    effect[unsure] = asks
    return effect


def _rank(effect: str) -> int:
    """Return where an effect stands among the outcomes; advice last, with clear."""
    names: list[str] = list(OUTCOMES)
    return names.index(effect) if effect in names else names.index("clear")


def _nearest(
    shelf: Shelf,
    where: model.Where,
    place: Place,
    rows: np.ndarray,
    within_m: float,
) -> pd.DataFrame:
    """Return site, zone and how far, for sites that are within reach of a relation."""
    relation: Literal["intersects", "within_distance", "not_within", "outside"]
    relation = where.relation  # type: ignore[assignment]  # anywhere has no kind
    if relation in ("intersects", "within_distance"):
        return _to_zone(shelf, where, place, rows, within_m)
    if relation == "not_within":
        return _to_rim(shelf, where, place, rows, within_m)
    return _out_of_zones(shelf, where, place, rows, within_m)


def _to_zone(
    shelf: Shelf,
    where: model.Where,
    place: Place,
    rows: np.ndarray,
    within_m: float,
) -> pd.DataFrame:
    """Return the nearest zone that is or may be meant, less the limit."""
    limit = limit_of(where, shelf)
    if isinstance(limit, model.SettingRef):
        return _NONE
    reach = limit or 0.0
    pairs = shelf.pairs(str(where.kind), within_m=reach + within_m)
    zone = pairs["zone"].to_numpy(dtype=int)
    wanted = np.isin(pairs["site"].to_numpy(dtype=int), rows)
    wanted &= place.zones.truth[zone] != FALSE
    if where.relation == "intersects":
        wanted &= ~pairs["interior"].to_numpy(dtype=bool)
    away = np.maximum(pairs["distance_m"].to_numpy(dtype=float) - reach, 0.0)
    some = pd.DataFrame({"site": pairs["site"], "zone": zone, "away_m": away})[wanted]
    return _least(some[some["away_m"] <= within_m])


def _to_rim(
    shelf: Shelf,
    where: model.Where,
    place: Place,
    rows: np.ndarray,
    within_m: float,
) -> pd.DataFrame:
    """Return how far sites within the union of zones are from its outline."""
    kind = str(where.kind)
    zones = np.asarray(shelf.zones(kind).geometry.array, dtype=object)
    pairs = shelf.pairs(kind)
    meant = place.zones.truth[pairs["zone"].to_numpy(dtype=int)] == TRUE
    by_site = pairs[meant & pairs["site"].isin(rows).to_numpy()].groupby("site")["zone"]
    sites = np.array([int(str(one)) for one in by_site.groups], dtype=int)
    rims = np.empty(len(sites), dtype=object)
    rims[:] = [
        shapely.boundary(shapely.union_all(zones[found.to_numpy(dtype=int)]))
        for _, found in by_site
    ]
    geometry = np.asarray(shelf.sites.geometry.array, dtype=object)[sites]
    away = measure.distance_m(geometry, rims, within_m=within_m)
    table = pd.DataFrame({"site": sites, "zone": -1, "away_m": away})
    return table[away <= within_m]


def _out_of_zones(
    shelf: Shelf,
    where: model.Where,
    place: Place,
    rows: np.ndarray,
    within_m: float,
) -> pd.DataFrame:
    """Return how deep sites lie in the zones that save them from a rule."""
    pairs = shelf.pairs(str(where.kind))
    zone = pairs["zone"].to_numpy(dtype=int)
    meant = (place.zones.truth[zone] == TRUE) & pairs["site"].isin(rows).to_numpy()
    some = pairs[meant & pairs["interior"].to_numpy(dtype=bool)]
    depth = -shelf.margins_m(str(where.kind), some) if len(some) else np.zeros(0)
    table = pd.DataFrame({"site": some["site"], "zone": some["zone"], "away_m": depth})
    # The rule applies only when the site has left the last of them.
    deepest = table.sort_values(["site", "away_m", "zone"]).groupby("site").tail(1)
    return deepest[deepest["away_m"] <= within_m]


def _least(table: pd.DataFrame) -> pd.DataFrame:
    """Return the nearest zone of each site, the first of equals."""
    return table.sort_values(["site", "away_m", "zone"]).groupby("site").head(1)


_NONE = pd.DataFrame({"site": [], "zone": [], "away_m": []}, dtype=float)
