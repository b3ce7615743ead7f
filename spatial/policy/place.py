"""Places: where a relation holds, and in words what leaves it open."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from layers.spec import spec
from layers.text import message
from spatial.finding import Unknown
from spatial.lacks import Lacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from spatial.policy.condition import Evaluated, Lack, Mask, Truth
    from spatial.policy.desk import Desk
    from spatial.shelf import Shelf

NUMBERS = ("area_m2", "share_of_site", "length_m", "distance_m", "margin_m")
"""The numbers of a relation, as `Finding` holds them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a relation holds.

    Attributes
    ----------
    kind
        Layer kind that was searched, or None.
    truth
        One value a site.
    hits
        The pairs that make it true: ``site``, ``zone`` (-1 for the lack of one) and
        `NUMBERS`; ordered by site, then zone.
    undecided
        Pairs whose zone may or may not be meant: ``site``, ``zone``.
    zones
        Truth of the filter, zone by zone.
    doubts
        Why finding nothing may not be believed; read where the truth is unknown.
    always
        Unknowns that stand beside what is found (gaps between zones).
    setting
        A setting that nobody set, or "".
    limit_m
        The distance that was compared with, or None.
    margins
        Measures ``margin_m`` of some of the `hits`, which takes long; None where the
        column says it already.
    """

    kind: str | None
    truth: Truth
    hits: pd.DataFrame
    undecided: pd.DataFrame
    zones: Evaluated
    doubts: Lacks = field(default_factory=Lacks)
    always: Lacks = field(default_factory=Lacks)
    setting: str = ""
    limit_m: float | None = None
    margins: Callable[[pd.DataFrame], np.ndarray] | None = None


def unknowns(place: Place, sites: Mask, desk: Desk) -> Iterator[Lacks]:
    """Yield why a relation is undecided, for the sites of a mask; the rule is open."""
    if place.setting:
        yield Lacks.at(np.flatnonzero(sites), setting_missing(place.setting))
    yield place.doubts.where(sites)
    if len(place.undecided):
        yield Lacks.each(_fields_missing(place, sites, desk))


def setting_missing(name: str) -> Unknown:
    """Return the unknown for a setting that nobody set."""
    why = message("unknown.setting_missing", setting=name)
    return Unknown(-1, "", "setting_missing", name, why)


@dataclass(frozen=True, slots=True)
class Labels:
    """What zones are called, position by position."""

    layer: tuple[str, ...]
    zone_id: tuple[str, ...]
    name: tuple[str | None, ...]


def labels(kind: str, shelf: Shelf) -> Labels:
    """Return what the zones of a kind are called, in the order of the shelf."""
    zones = shelf.zones(kind)
    names = zones[spec(kind).name_field].astype(object).tolist()
    return Labels(
        tuple(map(str, zones["layer"])),
        tuple(map(str, zones["feature_id"])),
        tuple(one if isinstance(one, str) and one.strip() else None for one in names),
    )


def _fields_missing(
    place: Place, wanted: Mask, desk: Desk
) -> Iterator[tuple[int, Unknown]]:
    """Yield site by site the fields whose lack leaves open whether a zone is meant."""
    kind = str(place.kind)
    called = desk.labels(kind)

    @cache
    def of_zone(zone: int) -> tuple[Unknown, ...]:
        return tuple(
            _field_missing(lack, zone, kind=kind, called=called)
            for lack, rows in place.zones.missing.items()
            if rows[zone]
        )

    open_ = place.undecided[["site", "zone"]].to_numpy(dtype=int)
    for site, zone in open_[wanted[open_[:, 0]]].tolist():
        for reason in of_zone(zone):
            yield site, reason


def _field_missing(lack: Lack, zone: int, *, kind: str, called: Labels) -> Unknown:
    """Return the unknown for a lack at one zone."""
    if lack.sort == "setting":
        return setting_missing(lack.name)
    layer = called.layer[zone]
    why = message(
        "unknown.zone_field_missing",
        layer=layer,
        zone=called.name[zone] or called.zone_id[zone],
        field=spec(kind).field(lack.name).title,
    )
    return Unknown(-1, "", "zone_field_missing", f"{layer}.{lack.name}", why)
