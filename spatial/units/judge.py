"""Judging the units of every site by the access lists of the day."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.requirement import DIMENSIONS
from spatial.lacks import Lacks
from spatial.policy.judge import could_change
from spatial.units.lists import Lists
from spatial.units.model import KIND, SiteUnits, UnitJudgement, UnitRecord
from spatial.units.requirements import Judge, Unit
from spatial.units.shares import shares
from spatial.units.words import (
    effect_of,
    finding,
    gap,
    lacks_of,
    provision_of,
    rule_id,
    whole_unit,
    why_found,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from layers.requirement import Requirement
    from layers.text import Message
    from spatial.finding import Finding, Outcome, Unknown
    from spatial.shelf import Shelf
    from spatial.units.model import JudgedRequirement
    from spatial.units.shares import Shares


def judge_units(shelf: Shelf) -> UnitJudgement:
    """Judge what is required in the control units of every site.

    Parameters
    ----------
    shelf
        Sites and layers on the day; its workspace has the access lists.

    Returns
    -------
    UnitJudgement
        Findings for the requirements that apply and for those that a person must
        judge; unknowns for lists that do not count, units and dimensions that no list
        mentions, land in no unit, and industries that are missing. Without access
        lists there are neither, and the units are shown with what their layer says.
    """
    lists = Lists(shelf.workspace, shelf.on)
    if not shelf.has(KIND):
        # Lists without their layer: whatever keeps it away keeps them from counting.
        lacks = (
            shelf.doubts(KIND).of_rule(_list_of(lists)) if lists.records else Lacks()
        )
        return UnitJudgement(unknowns=lacks, lists=lists.records)
    bench = Bench(shelf, lists)
    return UnitJudgement(
        findings=tuple(bench.findings()),
        unknowns=bench.unknowns() if lists.records else Lacks(),
        sites=tuple(bench.sites()),
        lists=lists.records,
        clauses=bench.clauses,
        judged_layers=frozenset(
            one.layer for one in lists.records if lists.in_force(one.layer)
        ),
    )


def _list_of(lists: Lists) -> str:
    """Return the ids of the lists: what an unknown about all of them concerns."""
    return ", ".join(one.id for one in lists.records)


@dataclass(frozen=True)
class Bench:
    """The units of all sites before the judge.

    Attributes
    ----------
    shelf, lists
        Sites and layers, and the access lists, on the day.
    """

    shelf: Shelf
    lists: Lists
    _why: dict[
        tuple[int, str | None], tuple[tuple[JudgedRequirement, Message], ...]
    ] = field(default_factory=dict, init=False, repr=False)
    _lacks: dict[tuple[int, str | None], tuple[Unknown, ...]] = field(
        default_factory=dict, init=False, repr=False
    )

    @cached_property
    def shares(self) -> Shares:
        """What each site has of each unit."""
        return shares(self.shelf)

    @cached_property
    def clauses(self) -> Mapping[tuple[str, int], Requirement]:
        """Every text of the lists in force, by the id and place it is cited under."""
        found: dict[tuple[str, int], Requirement] = {}
        for record in self.lists.records:
            if record.found is not None and record.status == "in_force":
                for one in record.found.requirements:
                    found.setdefault((rule_id(one), provision_of(one)), one)
        return found

    @cached_property
    def _units(self) -> list[Unit]:
        rows = self.shelf.zones(KIND).drop(columns="geometry").to_dict("records")
        return [_unit(one) for one in rows]

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self.lists)

    @cached_property
    def _industry(self) -> list[str | None]:
        return [_text(one) for one in self.shelf.sites["industry"].tolist()]

    @cached_property
    def _met(self) -> pd.DataFrame:
        """The pairs that are judged: those that overlap by more than the tolerance."""
        pairs = self.shares.pairs
        met: pd.DataFrame = pairs[pairs["interior"].to_numpy(dtype=bool)]
        return met

    def _required(self, site: int, zone: int) -> tuple[JudgedRequirement, ...]:
        return self._judge.judged(self._units[zone], self._industry[site])

    # -- what is said --------------------------------------------------------------

    def findings(self) -> Iterator[Finding]:
        """Yield the requirements that apply, by site, unit, dimension and row."""
        pairs = self._met
        held = [
            bool(self._told(site, zone))
            for site, zone in zip(pairs["site"], pairs["zone"], strict=True)
        ]
        pairs = pairs[np.array(held, dtype=bool)]
        if pairs.empty:
            return
        margin_m = self.shelf.margins_m(KIND, pairs)
        rows = pairs.assign(margin_m=margin_m).to_dict("records")
        valid = {
            one.id: str(one.provenance.valid)
            for one in self.shelf.workspace.access_lists.values()
        }
        for row in rows:
            site, zone = int(row["site"]), int(row["zone"])
            unit = self._units[zone]
            for one, why in self._told(site, zone):
                yield finding(one, unit, why=why, site=site, numbers=row, valid=valid)

    def _told(
        self, site: int, zone: int
    ) -> tuple[tuple[JudgedRequirement, Message], ...]:
        """Return the findings of a site in a unit; equal ones are one object."""
        key = (zone, self._industry[site])
        if key not in self._why:
            unit = self._units[zone]
            found = filter(_counts, self._required(site, zone))
            self._why[key] = tuple((one, why_found(one, unit)) for one in found)
        return self._why[key]

    def unknowns(self) -> Lacks:
        """Return what keeps the requirements from being decided, by site."""
        found = self._met
        lists = _list_of(self.lists)
        pairs = sorted(zip(found["site"], found["zone"], strict=True))
        of_units = [
            (site, lack)
            for site, zones in groupby(pairs, key=lambda one: one[0])
            for zone in [zone for _, zone in zones]
            for lack in self._lacks_of(site, zone)
        ]
        gaps = [
            (at, gap(lists, row))
            for at, row in enumerate(self.shares.cover.to_dict("records"))
            if row["outside"]
        ]
        # Further units may lie where the layer is silent, whatever was found.
        doubts = self.shelf.doubts(KIND).of_rule(lists)
        there = {one.id for one in self.shelf.layers(KIND)}
        everywhere = np.arange(len(self.shelf.sites))
        stray = Lacks.at(everywhere, *self.lists.stray(there))
        every = (Lacks.each(of_units), Lacks.each(gaps), doubts, stray)
        return Lacks.joined(every).first_of_each().by_site()

    def _lacks_of(self, site: int, zone: int) -> tuple[Unknown, ...]:
        """Return the unknowns of a site in a unit; equal ones are one object."""
        key = (zone, self._industry[site])
        if key not in self._lacks:
            unit, required = self._units[zone], self._required(site, zone)
            self._lacks[key] = (
                *self._layer_lacks(unit.layer),
                *(self.lists.losses(unit.layer, unit.code) if unit.code else ()),
                *lacks_of(required, unit, lists=self.lists.in_force(unit.layer)),
            )
        return self._lacks[key]

    def _layer_lacks(self, layer: str) -> tuple[Unknown, ...]:
        return tuple(self.lists.doubts(layer))

    def said_in(self, site: int, zone: int) -> list[tuple[Outcome, str]]:
        """Return what a unit would say of a site that lay in it, and which row or list.

        Parameters
        ----------
        site, zone
            Positions; the site need not lie in the unit.
        """
        found = filter(_counts, self._required(site, zone))
        said = [
            (effect_of(one), rule_id(one.requirement))
            for one in found
            if one.requirement is not None
        ]
        certain = frozenset(outcome for outcome, _ in said)
        open_ = [
            one for one in self._lacks_of(site, zone) if could_change(one, certain)
        ]
        return said + [
            (one.outcome, one.rule) for one in open_ if one.outcome != "advised"
        ]

    # -- what is shown -------------------------------------------------------------

    def sites(self) -> Iterator[SiteUnits]:
        """Yield the units of each site."""
        found: dict[int, list[UnitRecord]] = {}
        for row in self.shares.pairs.to_dict("records"):
            site, zone = int(row["site"]), int(row["zone"])
            shown = self._required(site, zone)
            found.setdefault(site, []).append(_record(self._units[zone], row, shown))
        for at, row in enumerate(self.shares.cover.to_dict("records")):
            share = _number(row["covered_share"])
            yield SiteUnits(
                units=tuple(found.get(at, ())),
                outside_m2=_number(row["remainder_m2"]),
                outside_share=None if share is None else max(0.0, 1.0 - share),
                outside_length_m=_number(row["remainder_length_m"]),
                is_gap=bool(row["outside"]),
                overlap=bool(self.shares.overlap[at]),
            )


def _counts(one: JudgedRequirement) -> bool:
    """Whether a judged requirement is a finding: it applies, or a person must judge.

    A text of the layer itself is the rulebooks' to judge.
    """
    return one.requirement is not None and one.state in {"applies", "person"}


def _unit(row: Mapping[Any, Any]) -> Unit:
    return Unit(
        layer=str(row["layer"]),
        zone_id=str(row["feature_id"]),
        code=whole_unit(_text(row["code"])),
        name=_text(row["name"]),
        category=_text(row["category"]),
        texts={one: _text(row[one]) for one in DIMENSIONS},
    )


def _record(
    unit: Unit, row: Mapping[Any, Any], shown: tuple[JudgedRequirement, ...]
) -> UnitRecord:
    return UnitRecord(
        layer=unit.layer,
        zone_id=unit.zone_id,
        code=unit.code,
        name=unit.name,
        category=unit.category,
        area_m2=_number(row["area_m2"]),
        area_ha=_number(row["area_ha"]),
        area_mu=_number(row["area_mu"]),
        share_of_site=_number(row["share_of_site"]),
        length_m=_number(row["length_m"]),
        sliver=bool(row["sliver"]),
        requirements=shown,
    )


def _text(value: object) -> str | None:
    """Return a text that says anything, or None."""
    return value if isinstance(value, str) and value.strip() else None


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
