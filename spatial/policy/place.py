"""Places: where a relation holds, and in words what leaves it open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from layers.spec import spec
from layers.text import message
from spatial.finding import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from spatial.policy.condition import Evaluated, Mask, Truth
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
    doubts: tuple[Unknown, ...] = ()
    always: tuple[Unknown, ...] = ()
    setting: str = ""
    limit_m: float | None = None
    margins: Callable[[pd.DataFrame], np.ndarray] | None = None


def unknowns(place: Place, sites: Mask, shelf: Shelf) -> Iterator[Unknown]:
    """Yield why a relation is undecided, for the sites of a mask; the rule is open."""
    if place.setting:
        for site in np.flatnonzero(sites).tolist():
            yield setting_missing(site, place.setting)
    wanted = sites.tolist()
    yield from (one for one in place.doubts if wanted[one.site])
    if len(place.undecided):
        yield from _fields_missing(place, wanted, shelf)


def setting_missing(site: int, name: str) -> Unknown:
    """Return the unknown for a setting that nobody set."""
    why = message("unknown.setting_missing", setting=name)
    return Unknown(site, "", "setting_missing", name, why)


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
    place: Place, wanted: list[bool], shelf: Shelf
) -> Iterator[Unknown]:
    """Yield the fields whose lack leaves it open whether a zone is meant."""
    kind = str(place.kind)
    called = labels(kind, shelf)
    for site, zone in place.undecided.to_numpy(dtype=int).tolist():
        if not wanted[site]:
            continue
        for lack, rows in place.zones.missing.items():
            if rows[zone] and lack.sort == "setting":
                yield setting_missing(site, lack.name)
            elif rows[zone]:
                layer = called.layer[zone]
                why = message(
                    "unknown.zone_field_missing",
                    layer=layer,
                    zone=called.name[zone] or called.zone_id[zone],
                    field=spec(kind).field(lack.name).title,
                )
                what = f"{layer}.{lack.name}"
                yield Unknown(site, "", "zone_field_missing", what, why)
