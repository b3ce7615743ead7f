"""Findings and unknowns in words and numbers: the reason path of a provision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from layers.spec import spec
from layers.text import decimal, message, percent
from spatial.finding import Finding, Unknown
from spatial.policy.because import Because
from spatial.policy.place import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from layers.text import Message
    from spatial.finding import Said
    from spatial.measure.ellipsoid import Integers
    from spatial.policy import model
    from spatial.policy.condition import Evaluated, Mask
    from spatial.policy.desk import Desk
    from spatial.policy.place import Labels, Place

Numbers: TypeAlias = "tuple[float | None, ...]"
"""Of one site and zone, in the order of `NUMBERS`."""


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


def findings(held: Held, desk: Desk) -> Iterator[Finding]:
    """Yield one finding for each site and zone, ordered by site, then zone."""
    place, provision = held.place, held.provision
    hits = place.hits[held.sites[place.hits["site"].to_numpy(dtype=int)]]
    if not len(hits):
        return
    if place.margins is not None:
        hits = hits.assign(margin_m=place.margins(hits))
    site = hits["site"].to_numpy(dtype=np.int64)
    zone = hits["zone"].to_numpy(dtype=np.int64)
    relief = held.relief[site]
    follows = {one: _Follows.of(provision, one) for one in np.unique(relief).tolist()}
    zones = _Zones(desk.labels(place.kind) if place.kind else None)
    relation, edition = provision.where.relation, held.edition
    columns = [_numbers(hits[name].to_numpy(dtype=float)) for name in NUMBERS]
    rows = zip(
        site.tolist(), zone.tolist(), relief.tolist(), zip(*columns, strict=True),
        _assumptions(held, site, zone), _because(held, site, zone, relief, desk=desk),
        strict=True,
    )  # fmt: skip
    for at, in_zone, claimed, numbers, assumptions, because in rows:
        what, (layer, zone_id, zone_name) = follows[claimed], zones.named(in_zone)
        area_m2, share, length_m, distance_m, margin_m = numbers
        yield Finding(
            site=at,
            rule=held.rule,
            edition=edition,
            provision=held.number,
            outcome=what.outcome,
            kind=place.kind,
            layer=layer,
            zone_id=zone_id,
            zone_name=zone_name,
            relation=relation,
            area_m2=area_m2,
            share_of_site=share,
            length_m=length_m,
            distance_m=distance_m,
            margin_m=margin_m,
            why=desk.sentence(
                *_why(relation, place, numbers),
                kind=place.kind,
                layer=layer or "",
                zone=zone_name or zone_id or "",
            ),
            requires=what.requires,
            relief=what.claims,
            assumptions=assumptions,
            because=because,
        )


class _Follows(NamedTuple):
    """What follows where an exception holds, or none."""

    outcome: Said
    requires: Mapping[str, str]
    claims: tuple[Mapping[str, str], ...]

    @classmethod
    def of(cls, provision: model.Provision, relief: int) -> _Follows:
        """Return what follows from the exception at a position, -1 for none."""
        source = provision.relief[relief] if relief >= 0 else provision
        claims = () if relief >= 0 else tuple(one.requires for one in provision.relief)
        outcome: Said = "advised" if source.effect == "advice" else source.effect
        return cls(outcome, source.requires, claims)


@dataclass(frozen=True, slots=True)
class _Zones:
    """What the zones of the findings are called."""

    called: Labels | None

    def named(self, zone: int) -> tuple[str | None, str | None, str | None]:
        """Return layer, id and name of a zone; nothing where there is none."""
        called = self.called
        if called is None or zone < 0:
            return None, None, None
        return called.layer[zone], called.zone_id[zone], called.name[zone]


def _numbers(values: np.ndarray) -> list[float | None]:
    """Return numbers, None for those that make no sense here."""
    found: list[float | None] = values.astype(object).tolist()
    for at in np.flatnonzero(~np.isfinite(values)).tolist():
        found[at] = None
    return found


def _because(
    held: Held, site: Integers, zone: Integers, relief: Integers, *, desk: Desk
) -> list[tuple[Message, ...]]:
    """Return what of the sites, their claims and the zones meets a provision."""
    provision, kind = held.provision, held.place.kind
    subject = Because(provision.subject, desk.sites).rows(site)
    if provision.subject is None:
        subject = [(_EVERY_PROJECT,)] * len(site)
    parts: list[list[tuple[Message, ...]]] = [subject]
    for position in np.unique(relief[relief >= 0]).tolist():
        when = Because(provision.relief[position].when, desk.sites)
        parts.append(_spread(when.rows, site, relief == position))
    if kind is not None and provision.where.filter is not None:
        meant = Because(provision.where.filter, desk.zones(kind), of_zone=True)
        parts.append(_spread(meant.rows, zone, zone >= 0))
    if kind is not None and provision.where.relation == "intersects":
        parts.append(_tolerances(kind, zone, desk))
    return _together(parts)


def _spread(
    rows: Callable[[Integers], list[tuple[Message, ...]]], at: Integers, some: Mask
) -> list[tuple[Message, ...]]:
    """Return what is told of some rows, and nothing of the others."""
    told = iter(rows(at[some]))
    return [next(told) if one else () for one in some.tolist()]


def _together(
    parts: list[list[tuple[Message, ...]]],
) -> list[tuple[Message, ...]]:
    """Return the parts of each row as one; rows with the same parts share it."""
    if len(parts) == 1:
        return parts[0]
    made: dict[tuple[int, ...], tuple[Message, ...]] = {}
    found = []
    for row in zip(*parts, strict=True):
        key = tuple(map(id, row))
        if key not in made:
            made[key] = tuple(reason for part in row for reason in part)
        found.append(made[key])
    return found


_EVERY_PROJECT = message("because.every_project")


def _tolerances(kind: str, zone: Integers, desk: Desk) -> list[tuple[Message, ...]]:
    """Return what each overlap is above, where its layer states a tolerance."""
    stated = {
        one.id: (
            message(
                "because.tolerance",
                area_m2=f"{one.tolerance.area_m2:g}",
                width_m=f"{one.tolerance.width_m:g}",
            ),
        )
        for one in desk.shelf.layers(kind)
        if one.tolerance.area_m2 or one.tolerance.width_m
    }
    layer = desk.labels(kind).layer
    return [stated.get(layer[at], ()) if at >= 0 else () for at in zone.tolist()]


def _assumptions(held: Held, site: Integers, zone: Integers) -> list[tuple[str, ...]]:
    """Return the readings that each finding rests on, in words."""
    used = [(why, rows[site]) for why, rows in held.subject.assumed.items()]
    for why, rows in held.place.zones.assumed.items():
        used.append((why, (zone >= 0) & rows[zone]))
    said: list[tuple[str, ...]] = [()] * len(site)
    for why, rows in used:
        for at in np.flatnonzero(rows).tolist():
            if why not in said[at]:
                said[at] = (*said[at], why)
    return said


def _why(
    relation: str, place: Place, numbers: Numbers
) -> tuple[str, Mapping[str, str]]:
    """Return the key of the sentence for a relation that holds, and its numbers."""
    area_m2, share, length_m, distance_m, _ = numbers
    if place.kind is None or relation == "outside":
        return f"why.{relation}", {}
    if relation == "within_distance":
        away, limit = f"{distance_m or 0.0:.3f}", f"{place.limit_m:g}"
        return "why.within_distance", {"distance_m": away, "limit_m": limit}
    facts = {} if share is None else {"percent": percent(share)}
    form = "" if share is not None else "_in_site"
    for name, unit, value in (
        ("area_m2", "area", area_m2),
        ("length_m", "length", length_m),
    ):
        if value is not None:
            size = decimal(value, decimals=2)
            return f"why.{relation}_{unit}{form}", {**facts, name: size}
    return f"why.{relation}_point", facts


def attribute_missing(name: str) -> Unknown:
    """Return the unknown for an attribute that the project does not state."""
    title = spec("project_site").field(name).title
    why = message("unknown.attribute_missing", attribute=title)
    return Unknown(-1, "", "attribute_missing", name, why)


def period_ended(document: model.Document, until: str) -> Unknown:
    """Return the unknown for a plan that is over where it would apply."""
    why = message("unknown.period_ended", document=document.title, until=until)
    return Unknown(-1, "", "period_ended", document.id, why)
