"""Findings and unknowns in words and numbers: the reason path of a provision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.spec import spec
from layers.text import message
from spatial.finding import Finding, Unknown
from spatial.policy.because import Because
from spatial.policy.place import NUMBERS, labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np

    from layers.text import Fact, Message
    from spatial.policy import model
    from spatial.policy.condition import Evaluated
    from spatial.policy.place import Place
    from spatial.shelf import Shelf

    Numbers = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Held:
    """A provision that holds at some sites, and what it rests on.

    Attributes
    ----------
    rule, edition, number
        Which provision; `number` counts from 1.
    provision
        The provision itself.
    subject, place
        The two halves of its condition.
    relief
        Per site: position of the relief that holds, -1 for none.
    sites
        Where the provision holds.
    """

    rule: str
    edition: str
    number: int
    provision: model.Provision
    subject: Evaluated
    place: Place
    relief: np.ndarray
    sites: np.ndarray


def findings(held: Held, shelf: Shelf) -> Iterator[Finding]:
    """Yield one finding for each site and zone, ordered by site, then zone."""
    place, provision = held.place, held.provision
    hits = place.hits[held.sites[place.hits["site"].to_numpy(dtype=int)]]
    if place.margins is not None and len(hits):
        hits = hits.assign(margin_m=place.margins(hits))
    called = labels(place.kind, shelf) if place.kind else None
    reasons = _Reasons.of(provision, place, shelf)
    for hit in hits.to_dict("records"):
        site, zone = int(hit["site"]), int(hit["zone"])
        numbers = {name: _number(hit[name]) for name in NUMBERS}
        named = called is not None and zone >= 0
        layer = called.layer[zone] if called and named else None
        zone_id = called.zone_id[zone] if called and named else None
        zone_name = called.name[zone] if called and named else None
        relief = int(held.relief[site])
        source = provision.relief[relief] if relief >= 0 else provision
        claims = () if relief >= 0 else tuple(one.requires for one in provision.relief)
        facts = {"layer": layer or "", "zone": zone_name or zone_id or ""}
        yield Finding(
            site=site,
            rule=held.rule,
            edition=held.edition,
            provision=held.number,
            outcome="advised" if source.effect == "advice" else source.effect,
            kind=place.kind,
            layer=layer,
            zone_id=zone_id,
            zone_name=zone_name,
            relation=provision.where.relation,
            why=_why(provision.where.relation, place, numbers=numbers, facts=facts),
            requires=source.requires,
            relief=claims,
            assumptions=_assumptions(held, site, zone),
            because=reasons.of_hit(site, zone, relief, layer=layer),
            **numbers,
        )


@dataclass(frozen=True, slots=True)
class _Reasons:
    """What of a site, its claim to an exception and the zone meets a provision."""

    subject: Because
    relief: tuple[Because, ...]
    zone: Because | None
    tolerance: Mapping[str, Message]

    @classmethod
    def of(cls, provision: model.Provision, place: Place, shelf: Shelf) -> _Reasons:
        """Return what tells the reasons of a provision's findings."""
        about = spec("project_site")

        def of_site(condition: model.Condition | None) -> Because:
            return Because(condition, shelf.sites, about, shelf.settings, on=shelf.on)

        kind, where = place.kind, provision.where
        zone = None
        if kind is not None and where.filter is not None:
            zones = shelf.zones(kind)
            zone = Because(
                where.filter, zones, spec(kind), shelf.settings, shelf.on, of_zone=True
            )
        above = where.relation == "intersects" and kind is not None
        return cls(
            of_site(provision.subject),
            tuple(of_site(one.when) for one in provision.relief),
            zone,
            _tolerances(kind, shelf) if above and kind else {},
        )

    def of_hit(
        self, site: int, zone: int, relief: int, *, layer: str | None
    ) -> tuple[Message, ...]:
        """Return the reasons at one site and zone."""
        told = [*self.subject.row(site)]
        if self.subject.condition is None:
            told.append(_EVERY_PROJECT)
        if relief >= 0:
            told += self.relief[relief].row(site)
        if self.zone is not None and zone >= 0:
            told += self.zone.row(zone)
        if layer in self.tolerance:
            told.append(self.tolerance[str(layer)])
        return tuple(told)


_EVERY_PROJECT = message("because.every_project")


def _tolerances(kind: str, shelf: Shelf) -> Mapping[str, Message]:
    """Return what an overlap is above, for the layers that state a tolerance."""
    return {
        one.id: message(
            "because.tolerance",
            area_m2=f"{one.tolerance.area_m2:g}",
            width_m=f"{one.tolerance.width_m:g}",
        )
        for one in shelf.layers(kind)
        if one.tolerance.area_m2 or one.tolerance.width_m
    }


def _number(value: float) -> float | None:
    """Return a number, or None for one that makes no sense here."""
    return float(value) if math.isfinite(value) else None


def _assumptions(held: Held, site: int, zone: int) -> tuple[str, ...]:
    """Return the readings that a finding rests on, in words."""
    used = [why for why, rows in held.subject.assumed.items() if rows[site]]
    if zone >= 0:
        used += [why for why, rows in held.place.zones.assumed.items() if rows[zone]]
    return tuple(dict.fromkeys(used))


def _why(
    relation: str, place: Place, *, numbers: Numbers, facts: Mapping[str, Fact]
) -> Message:
    """Return the sentence for a relation that holds, with its numbers."""
    if place.kind is None:
        return message("why.anywhere")
    said = {**facts, "kind": spec(place.kind).title}
    if relation == "within_distance":
        distance = f"{numbers['distance_m'] or 0.0:.3f}"
        limit = f"{place.limit_m:g}"
        return message(
            "why.within_distance", **said, distance_m=distance, limit_m=limit
        )
    if relation == "outside":
        return message("why.outside", **said)
    share = numbers["share_of_site"]
    if share is not None:
        said["percent"] = f"{100 * share:.2f}"
    for measure, unit in (("area_m2", "area"), ("length_m", "length")):
        value = numbers[measure]
        if value is not None:
            form = unit if share is not None else f"{unit}_in_site"
            said[measure] = f"{value:.2f}"
            return message(f"why.{relation}_{form}", **said)
    return message(f"why.{relation}_point", **said)


def attribute_missing(name: str) -> Unknown:
    """Return the unknown for an attribute that the project does not state."""
    title = spec("project_site").field(name).title
    why = message("unknown.attribute_missing", attribute=title)
    return Unknown(-1, "", "attribute_missing", name, why)


def period_ended(document: model.Document, until: str) -> Unknown:
    """Return the unknown for a plan that is over where it would apply."""
    why = message("unknown.period_ended", document=document.title, until=until)
    return Unknown(-1, "", "period_ended", document.id, why)
