"""Brinks of control units: borders that only an access list speaks of.

A rule knows how far its zones are from a site (`spatial.policy.brinks`). What is
required in a unit stands in a list, and the unit beyond a border may be told
something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.finding import OUTCOMES
from spatial.policy.brinks import Brink, nearer
from spatial.policy.place import labels
from spatial.units.judge import Bench
from spatial.units.lists import Lists
from spatial.units.model import KIND

if TYPE_CHECKING:
    from spatial.finding import Outcome
    from spatial.shelf import Shelf


def unit_brinks(
    shelf: Shelf, outcomes: list[Outcome], *, within_m: float
) -> list[Brink | None]:
    """Return, for each site, the nearest unit whose list would make its outcome worse.

    Parameters
    ----------
    shelf
        Sites and layers on the day; its workspace has the access lists.
    outcomes
        What was said of each site.
    within_m
        How far is looked, metres.

    Returns
    -------
    list
        One for each site, as `spatial.policy.brinks.brinks` returns them. ``rule`` is
        the row of the list, or the list where it is silent about the unit. None
        everywhere without lists or units. A border beyond which there is no unit is
        not looked for.
    """
    found: list[Brink | None] = [None] * len(outcomes)
    lists = Lists(shelf.workspace, shelf.on)
    if not lists.records or not shelf.has(KIND):
        return found
    bench, called = Bench(shelf, lists), labels(KIND, shelf)
    pairs = shelf.pairs(KIND, within_m=within_m)
    outside = ~pairs["interior"].to_numpy(dtype=bool)
    outside &= pairs["distance_m"].to_numpy(dtype=float) <= within_m
    near = pairs.loc[outside, ["site", "zone", "distance_m"]]
    for at, zone, away_m in near.itertuples(index=False):
        site, unit = int(at), int(zone)
        said = min(
            bench.said_in(site, unit),
            key=lambda one: OUTCOMES.index(one[0]),
            default=("clear", ""),
        )
        if OUTCOMES.index(said[0]) < OUTCOMES.index(outcomes[site]):
            brink = Brink(
                away_m=float(away_m),
                outcome=said[0],
                rule=said[1],
                kind=KIND,
                layer=called.layer[unit],
                zone_id=called.zone_id[unit],
                zone_name=called.name[unit],
            )
            found[site] = nearer(found[site], brink)
    return found
