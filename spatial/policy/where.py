"""The spatial half of a provision: where its relation holds.

`locate` answers for every site at once, three-valued. What is found is certain even
in a doubtful layer; what is not found is believed only where `Shelf.doubts` has
nothing against it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.errors import InputRefusedError
from layers.spec import spec
from layers.text import message
from spatial.finding import Unknown
from spatial.lacks import Lacks
from spatial.policy import model
from spatial.policy.condition import (
    FALSE,
    TRUE,
    UNKNOWN,
    Evaluated,
    constant,
    evaluated,
)
from spatial.policy.place import NUMBERS, Place

if TYPE_CHECKING:
    from spatial.policy.condition import Mask, Truth
    from spatial.policy.desk import Desk
    from spatial.shelf import Shelf


@dataclass(frozen=True, slots=True)
class _Search:
    """What every relation begins with: the zones, the filter, the doubts."""

    where: model.Where
    kind: str
    shelf: Shelf
    zones: Evaluated
    doubts: Lacks
    doubted: Mask = field(repr=False)

    def best(self, pairs: pd.DataFrame) -> Truth:
        """Return the strongest filter truth among the pairs of each site."""
        found = np.full(len(self.shelf.sites), FALSE, dtype=np.int8)
        zone = pairs["zone"].to_numpy(dtype=int)
        np.maximum.at(found, pairs["site"].to_numpy(dtype=int), self.zones.truth[zone])
        return found

    def of_truth(self, pairs: pd.DataFrame, truth: int) -> pd.DataFrame:
        """Return the pairs whose zone has this filter truth."""
        zone = pairs["zone"].to_numpy(dtype=int)
        chosen: pd.DataFrame = pairs[self.zones.truth[zone] == truth]
        return chosen


def locate(where: model.Where, desk: Desk) -> Place:
    """Say where a spatial relation holds.

    Parameters
    ----------
    where
        Relation, layer kind, filter, distance.
    desk
        Of the sites and layers on the day.

    Returns
    -------
    Place
        Truth for every site of the shelf, and what it rests on.

    Raises
    ------
    InputRefusedError
        A setting that stands for a distance is no number.
    """
    shelf = desk.shelf
    if where.kind is None:
        everywhere = constant(TRUE, len(shelf.sites)).truth
        hits = _hits(np.arange(len(shelf.sites)))
        return Place(None, everywhere, hits, _PAIRS, constant(TRUE, 0))
    limit_m = limit_of(where, shelf)
    if isinstance(limit_m, model.SettingRef):
        unknown = constant(UNKNOWN, len(shelf.sites)).truth
        nothing = constant(TRUE, 0)
        name = limit_m.name
        return Place(
            where.kind, unknown, _hits(_NO_SITES), _PAIRS, nothing, setting=name
        )
    doubts = shelf.doubts(where.kind, within_m=limit_m or 0.0)
    doubted = doubts.mask(len(shelf.sites))
    filtered = evaluated(where.filter, desk.zones(where.kind))
    search = _Search(where, where.kind, shelf, filtered, doubts, doubted)
    if where.relation == "within_distance":
        return _within_distance(search, limit_m or 0.0)
    return _RELATIONS[where.relation](search)


# -- relations -----------------------------------------------------------------


def _intersects(search: _Search) -> Place:
    """Find overlaps, by more than the tolerance, with zones that are meant."""
    pairs = search.shelf.pairs(search.kind)
    pairs = pairs[pairs["interior"].to_numpy(dtype=bool)]
    place = replace(
        _found(search, pairs),
        margins=lambda some: search.shelf.margins_m(search.kind, some),
    )
    if search.where.must_exist and not (search.zones.truth != FALSE).any():
        place = _not_drawn(search, place)
    return _with_gaps(search, place) if search.where.must_be_covered else place


def _within_distance(search: _Search, limit_m: float) -> Place:
    """Find zones that are meant no farther than the limit, compared at 1 mm."""
    pairs = search.shelf.pairs(search.kind, within_m=limit_m)
    pairs = pairs[pairs["distance_m"].round(3) <= limit_m]
    bare = pairs.assign(
        area_m2=np.nan,
        share_of_site=np.nan,
        length_m=np.nan,
        margin_m=pairs["distance_m"] - limit_m,
    )
    return replace(_found(search, bare), limit_m=limit_m)


def _found(search: _Search, pairs: pd.DataFrame) -> Place:
    """Return a place that is true where a pair is, and false where silence holds."""
    truth = search.best(pairs)
    truth[(truth == FALSE) & search.doubted] = UNKNOWN
    return Place(
        search.kind,
        truth,
        search.of_truth(pairs, TRUE)[["site", "zone", *NUMBERS]],
        search.of_truth(pairs, UNKNOWN)[["site", "zone"]],
        search.zones,
        search.doubts,
    )


def _not_drawn(search: _Search, place: Place) -> Place:
    """Doubt every site: a region that the rule names is nowhere in the layer."""
    title = spec(search.kind).title
    why = message("unknown.zone_not_drawn", kind=title)
    lack = Unknown(-1, "", "no_zone_covers", search.kind, why)
    new = Lacks.at(np.flatnonzero(~search.doubted), lack)
    truth = np.maximum(place.truth, np.int8(UNKNOWN))
    return replace(place, truth=truth, doubts=Lacks.joined((place.doubts, new)))


def _with_gaps(search: _Search, place: Place) -> Place:
    """Add that land which no zone covers is a gap, beside whatever was found."""
    every = np.ones(len(search.zones.truth), dtype=bool)
    gap = search.shelf.cover(search.kind, zones=every)["outside"].to_numpy(dtype=bool)
    why = message("unknown.no_zone_covers", kind=spec(search.kind).title)
    lack = Unknown(-1, "", "no_zone_covers", search.kind, why)
    new = Lacks.at(np.flatnonzero(gap & ~search.doubted), lack)
    always = Lacks.joined((search.doubts.where(gap), new))
    truth = np.where(gap, np.maximum(place.truth, np.int8(UNKNOWN)), place.truth)
    return replace(place, truth=truth, always=always)


def _not_within(search: _Search) -> Place:
    """Find sites of which some part lies outside every zone that is meant."""
    meant = search.zones.truth == TRUE
    cover = search.shelf.cover(search.kind, zones=meant)
    outside = cover["outside"].to_numpy(dtype=bool)
    pairs = search.shelf.pairs(search.kind)
    pairs = pairs[pairs["interior"].to_numpy(dtype=bool)]
    undecided = search.of_truth(pairs, UNKNOWN)
    at_best = outside
    if len(undecided):  # they matter where the site would lie wholly within them
        generous = search.shelf.cover(search.kind, zones=search.zones.truth != FALSE)
        at_best = generous["outside"].to_numpy(dtype=bool)
    truth = np.where(outside, np.where(at_best, TRUE, UNKNOWN), FALSE).astype(np.int8)
    truth[(truth == FALSE) & search.shelf.rivals(search.kind)] = UNKNOWN
    truth[(truth == TRUE) & search.doubted] = UNKNOWN
    helps = outside & ~at_best
    undecided = undecided[helps[undecided["site"].to_numpy(dtype=int)]]
    sites = np.flatnonzero(truth == TRUE)
    lacking = cover.iloc[sites]
    hits = _hits(sites).assign(
        area_m2=lacking["remainder_m2"].to_numpy(),
        share_of_site=1.0 - lacking["covered_share"].to_numpy(),
        length_m=lacking["remainder_length_m"].to_numpy(),
    )

    def margins(some: pd.DataFrame) -> np.ndarray:
        rows = some["site"].to_numpy(dtype=int)
        return -search.shelf.depth_outside(search.kind, zones=meant, sites=rows)

    return Place(
        search.kind, truth, hits, undecided[["site", "zone"]],
        search.zones, search.doubts, margins=margins,
    )  # fmt: skip


def _outside(search: _Search) -> Place:
    """Find sites that overlap no zone that is meant."""
    pairs = search.shelf.pairs(search.kind)
    pairs = pairs[pairs["interior"].to_numpy(dtype=bool)]
    truth = (TRUE - search.best(pairs)).astype(np.int8)
    truth[(truth == FALSE) & search.shelf.rivals(search.kind)] = UNKNOWN
    truth[(truth == TRUE) & search.doubted] = UNKNOWN
    return Place(
        search.kind,
        truth,
        _hits(np.flatnonzero(truth == TRUE)),
        search.of_truth(pairs, UNKNOWN)[["site", "zone"]],
        search.zones,
        search.doubts,
    )


_RELATIONS = {
    "intersects": _intersects,
    "not_within": _not_within,
    "outside": _outside,
}


def limit_of(where: model.Where, shelf: Shelf) -> float | model.SettingRef | None:
    """Return the distance of a relation, in metres.

    Returns
    -------
    float, SettingRef or None
        The reference itself when nobody has set it; None for a relation without one.

    Raises
    ------
    InputRefusedError
        The setting is no number above 0: a rule would be off without a word.
    """
    if not isinstance(where.distance_m, model.SettingRef):
        return where.distance_m
    name = where.distance_m.name
    if name not in shelf.settings:
        return where.distance_m
    value = shelf.settings[name].value
    if isinstance(value, str | tuple) or not value > 0:
        raise InputRefusedError(
            source=f"setting {name!r}",
            expected="a distance above 0 metres",
            got=repr(value),
            todo="correct it in the workspace",
        )
    return float(value)


_NO_SITES = np.zeros(0, dtype=int)
_PAIRS = pd.DataFrame({"site": _NO_SITES, "zone": _NO_SITES})


def _hits(sites: np.ndarray) -> pd.DataFrame:
    """Return hits without a zone and, so far, without numbers."""
    numbers = {name: np.full(len(sites), np.nan) for name in NUMBERS}
    return pd.DataFrame({"site": sites, "zone": np.full(len(sites), -1), **numbers})
