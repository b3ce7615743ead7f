"""Brinks: how far a site is from the next rule that would apply to it.

A finding knows its own margin. A site without a finding needs the contrary: the
nearest zone or limit at which a rule would begin to apply. It is searched up to a
stated distance, so that it stays cheap; beyond, "none within so many metres" is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from spatial import measure
from spatial.finding import OUTCOMES
from spatial.policy import model, territory
from spatial.policy.condition import FALSE, TRUE, evaluated
from spatial.policy.desk import Desk
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
    about: model.About = "project",
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
    about
        What the sites are, as for the judge.

    Returns
    -------
    list
        One for each site: the least `away_m`, of equals the more severe, then the
        earlier rule; None where nothing is within reach. Rules that are not certain
        to mean the project count with ``needs_information``.
    """
    found: list[Brink | None] = [None] * len(outcomes)
    rank = np.array([OUTCOMES.index(one) for one in outcomes], dtype=int)
    desk = Desk(shelf)
    for judged in rules:
        where = territory.applies(judged.rule.territory, desk)
        if judged.edition is None or where is None:
            continue
        for provision in judged.rule.heard(judged.edition, about).values():
            if provision.is_advice:
                continue
            heard = _Heard(desk, judged, provision, where)
            for at, brink in _of_provision(heard, rank, within_m):
                found[at] = nearer(found[at], brink)
    return found


def nearer(first: Brink | None, second: Brink | None) -> Brink | None:
    """Return the nearer of two, of equals the more severe, then the first."""
    if first is None or second is None:
        return first or second
    return second if _order(second) < _order(first) else first


def _order(brink: Brink) -> tuple[float, int]:
    return round(brink.away_m, 3), OUTCOMES.index(brink.outcome)


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """A provision before the search.

    Attributes
    ----------
    desk, judged, provision
        What is looked at.
    territory
        Where the rule applies.
    """

    desk: Desk
    judged: JudgedRule
    provision: model.Provision
    territory: Place


def _of_provision(
    heard: _Heard, rank: np.ndarray, within_m: float
) -> Iterator[tuple[int, Brink]]:
    """Yield sites near to where a provision would begin to say something worse."""
    shelf, provision = heard.desk.shelf, heard.provision
    kind = provision.where.kind
    about = evaluated(provision.subject, heard.desk.sites)
    concerned = np.minimum(about.truth, heard.territory.truth)
    effect = _effects(heard, concerned)
    open_ = (concerned != FALSE) & (effect < rank)
    if kind is None or not open_.any():
        return
    place = locate(provision.where, heard.desk)
    open_ &= place.truth != TRUE
    rows = np.flatnonzero(open_)
    if not len(rows):
        return
    called = labels(kind, shelf)
    search = _Search(shelf, provision.where, place, rows, within_m)
    table = _RELATIONS[provision.where.relation](search)
    for site, zone, away_m in table.itertuples(index=False):
        named = zone >= 0
        yield (
            int(site),
            Brink(
                away_m=float(away_m),
                outcome=OUTCOMES[effect[int(site)]],
                rule=heard.judged.rule.id,
                kind=kind,
                layer=called.layer[int(zone)] if named else None,
                zone_id=called.zone_id[int(zone)] if named else None,
                zone_name=called.name[int(zone)] if named else None,
            ),
        )


def _effects(heard: _Heard, concerned: np.ndarray) -> np.ndarray:
    """Return what the provision would say of each site, as a position in OUTCOMES.

    What names no outcome (advice) says nothing worse of any site.
    """
    provision = heard.provision
    asks, clear = OUTCOMES.index("needs_information"), OUTCOMES.index("clear")
    plain = _rank(provision.effect)
    effect = np.full(len(concerned), plain)
    free = np.zeros(len(concerned), dtype=bool)
    for relief in reversed(provision.relief):
        holds = evaluated(relief.when, heard.desk.sites).truth
        effect[holds == TRUE] = _rank(relief.effect)
        free[holds == TRUE] = relief.effect == "clear"
    unsure = (concerned != TRUE) & ~free & (effect < clear)
    if heard.judged.status == "period_ended":
        unsure = effect < clear
    effect[unsure] = asks
    return effect


def _rank(effect: str) -> int:
    """Return where an effect stands among the outcomes; advice last, with clear."""
    names: list[str] = list(OUTCOMES)
    return names.index(effect) if effect in names else names.index("clear")


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """What is looked for: a relation, from some sites, up to a distance."""

    shelf: Shelf
    where: model.Where
    place: Place
    rows: np.ndarray
    within_m: float


def _to_zone(search: _Search) -> pd.DataFrame:
    """Return the nearest zone that is or may be meant, less the limit."""
    limit = limit_of(search.where, search.shelf)
    if isinstance(limit, model.SettingRef):
        return _NONE
    reach = limit or 0.0
    pairs = search.shelf.pairs(str(search.where.kind), within_m=reach + search.within_m)
    zone = pairs["zone"].to_numpy(dtype=int)
    wanted = np.isin(pairs["site"].to_numpy(dtype=int), search.rows)
    wanted &= search.place.zones.truth[zone] != FALSE
    if search.where.relation == "intersects":
        wanted &= ~pairs["interior"].to_numpy(dtype=bool)
    away = np.maximum(pairs["distance_m"].to_numpy(dtype=float) - reach, 0.0)
    some = pd.DataFrame({"site": pairs["site"], "zone": zone, "away_m": away})[wanted]
    return _least(some[some["away_m"] <= search.within_m])


def _to_rim(search: _Search) -> pd.DataFrame:
    """Return how far sites within the union of zones are from its outline."""
    kind = str(search.where.kind)
    zones = np.asarray(search.shelf.zones(kind).geometry.array, dtype=object)
    pairs = search.shelf.pairs(kind)
    meant = search.place.zones.truth[pairs["zone"].to_numpy(dtype=int)] == TRUE
    here = np.isin(pairs["site"].to_numpy(dtype=int), search.rows)
    by_site = pairs[meant & here].groupby("site")["zone"]
    sites = np.array([int(str(one)) for one in by_site.groups], dtype=int)
    rims = np.empty(len(sites), dtype=object)
    rims[:] = [
        shapely.boundary(shapely.union_all(zones[found.to_numpy(dtype=int)]))
        for _, found in by_site
    ]
    geometry = np.asarray(search.shelf.sites.geometry.array, dtype=object)[sites]
    away = measure.distance_m(geometry, rims, within_m=search.within_m)
    table = pd.DataFrame({"site": sites, "zone": -1, "away_m": away})
    return table[away <= search.within_m]


def _out_of_zones(search: _Search) -> pd.DataFrame:
    """Return how deep sites lie in the zones that save them from a rule."""
    pairs = search.shelf.pairs(str(search.where.kind))
    zone = pairs["zone"].to_numpy(dtype=int)
    meant = search.place.zones.truth[zone] == TRUE
    meant &= np.isin(pairs["site"].to_numpy(dtype=int), search.rows)
    some = pairs[meant & pairs["interior"].to_numpy(dtype=bool)]
    depth = np.zeros(0)
    if len(some):
        depth = -search.shelf.margins_m(str(search.where.kind), some)
    table = pd.DataFrame({"site": some["site"], "zone": some["zone"], "away_m": depth})
    # The rule applies only when the site has left the last of them.
    deepest = table.sort_values(["site", "away_m", "zone"]).groupby("site").tail(1)
    return deepest[deepest["away_m"] <= search.within_m]


def _least(table: pd.DataFrame) -> pd.DataFrame:
    """Return the nearest zone of each site, the first of equals."""
    return table.sort_values(["site", "away_m", "zone"]).groupby("site").head(1)


_RELATIONS = {
    "intersects": _to_zone,
    "within_distance": _to_zone,
    "not_within": _to_rim,
    "outside": _out_of_zones,
}
_NONE = pd.DataFrame({"site": [], "zone": [], "away_m": []}, dtype=float)
