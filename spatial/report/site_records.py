"""From a judgement to site records: facts, findings, unknowns, overlaps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import compress
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.issue import DataIssue
from layers.spec import kinds, spec
from spatial import measure
from spatial.finding import OUTCOME_OF_UNKNOWN, OUTCOMES, SAID, Unknown
from spatial.policy.judge import outcome_of
from spatial.report.approvals import approvals_of
from spatial.report.citations import citation_record
from spatial.report.content import FindingRecord, OverlapRecord, SiteRecord
from spatial.report.listed import Cited, cited_row
from spatial.report.stability import stabilities
from spatial.slivers import cause_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

    from layers.layer import Layer
    from spatial.avoid.model import Help
    from spatial.finding import Finding, Outcome, Said
    from spatial.policy.judge import JudgedRule, Judgement
    from spatial.policy.model import Rulebook
    from spatial.report.content import CitationRecord
    from spatial.shelf import Shelf
    from spatial.slivers import Cause
    from spatial.units import UnitJudgement


@dataclass(frozen=True, slots=True)
class SiteRecords:
    """Builds the record of every site from one judgement.

    Attributes
    ----------
    site_layer, shelf, judgement, rulebooks, units, helps
        As for `spatial.report.assemble.assemble`.
    """

    site_layer: Layer
    shelf: Shelf
    judgement: Judgement
    rulebooks: tuple[Rulebook, ...]
    units: UnitJudgement
    helps: Mapping[int, Help] = field(default_factory=dict)

    def build(self) -> tuple[SiteRecord, ...]:
        """Return the records, most severe outcome first, then by site id."""
        records = (*self._judged(), *self._refused())
        rank = {outcome: at for at, outcome in enumerate(OUTCOMES)}
        return tuple(sorted(records, key=lambda one: (rank[one.outcome], one.site_id)))

    def _judged(self) -> Iterable[SiteRecord]:
        """Sites that could be read."""
        sites = self.shelf.sites
        geometry = np.asarray(sites.geometry.array, dtype=object)
        findings = self._findings(geometry)
        unknowns = self.judgement.unknowns.of_sites()
        overlaps = self._overlaps()
        area_m2, length_m = _sizes(geometry)
        names = [one.name for one in self.site_layer.spec.fields]
        given = sites[names].notna().to_numpy()
        stated = np.asarray(given.any(axis=0))  # most columns hold nothing
        names, given = list(compress(names, stated)), given[:, stated].tolist()
        columns = [sites[name].tolist() for name in names]
        values = list(zip(*columns, strict=True)) if columns else [()] * len(sites)
        called = sites["name"].tolist()
        told = [findings.get(at, ()) for at in range(len(sites))]
        outcomes = self._outcomes(told)
        firm = stabilities(self.shelf, self.judgement, outcomes, told)
        approved = approvals_of(self.shelf)
        for at, site_id in enumerate(sites["feature_id"].tolist()):
            said = told[at]
            lacks = unknowns[at]
            stated_here = compress(zip(names, values[at], strict=True), given[at])
            yield SiteRecord(
                site_id=str(site_id),
                name=_text(called[at]),
                outcome=outcomes[at],
                stable=firm[at].stable,
                stability=firm[at],
                area_m2=area_m2[at],
                length_m=length_m[at],
                attributes=dict(stated_here),
                geometry=geometry[at],
                findings=tuple(sorted(said, key=_reading_order)),
                unknowns=lacks,
                overlaps=tuple(overlaps.get(at, ())),
                units=self.units.sites[at] if self.units.sites else None,
                help=self.helps.get(at),
                approvals=approved[at],
            )

    def _outcomes(self, told: list[tuple[FindingRecord, ...]]) -> list[Outcome]:
        """Return the outcome of each site; sites of which the same is said share it."""
        unknowns = self.judgement.unknowns
        brief = [_one_of_each_outcome(lacks) for lacks in unknowns.told]
        known: dict[tuple[Said | int, ...], Outcome] = {}
        outcomes: list[Outcome] = []
        for said, which in zip(told, unknowns.which.tolist(), strict=True):
            key = (which, *[one.finding.outcome for one in said])
            if key not in known:
                known[key] = outcome_of([one.finding for one in said], brief[which])
            outcomes.append(known[key])
        return outcomes

    def _refused(self) -> Iterable[SiteRecord]:
        """Sites that could not be read: kept in view, not checked."""
        said = {one.row: one for one in self.site_layer.issues if one.row is not None}
        names = [one.name for one in self.site_layer.spec.fields]
        for lost in self.site_layer.quarantine:
            issue = said.get(lost.row) or DataIssue(lost.reason, "", lost.row)
            lack = Unknown(-1, "", "site_refused", lost.feature_id, issue.message)
            yield SiteRecord(
                site_id=lost.feature_id,
                name=_text(lost.attributes.get("name")),
                outcome=OUTCOME_OF_UNKNOWN[lack.kind],
                stable=None,
                area_m2=None,
                length_m=None,
                attributes=_attributes(lost.attributes, names),
                geometry=None,
                findings=(),
                unknowns=(lack,),
                overlaps=(),
            )

    # -- findings -----------------------------------------------------------

    def _findings(
        self, geometry: np.ndarray
    ) -> Mapping[int, tuple[FindingRecord, ...]]:
        """Return the finding records of each site."""
        rules = {one.rule.id: one for one in self.judgement.rules}
        books = {one.id: one for one in self.rulebooks}
        shapes = self._finding_shapes(geometry)
        site_ids = self.shelf.sites["feature_id"].tolist()
        accuracy = {one.id: one.accuracy_m for one in self._all_layers()}
        own = pd.to_numeric(self.shelf.sites["accuracy_m"]).to_numpy(float).tolist()
        records: dict[int, list[FindingRecord]] = defaultdict(list)

        @cache
        def clause(rule: str, provision: int) -> Cited:
            if (rule, provision) in self.units.clauses:
                return cited_row(rule, provision, self.units)
            judged = rules[rule]
            book = books[judged.rulebook]
            record = _clause(judged, book, provision, on=self.shelf.on)
            return Cited(judged.rule.title, judged.rule.note, record)

        for at, one in enumerate(self.judgement.findings):
            cited = clause(one.rule, one.provision)
            records[one.site].append(
                FindingRecord(
                    finding_id=one.key(str(site_ids[one.site])),
                    finding=one,
                    rule_title=cited.title,
                    note=cited.note,
                    citation=cited.record,
                    stable=_firm(one, accuracy.get(one.layer or ""), own[one.site]),
                    geometry=shapes[at],
                )
            )
        return {site: tuple(ones) for site, ones in records.items()}

    def _all_layers(self) -> Iterable[Layer]:
        return self.shelf.workspace.layers.values()

    def _finding_shapes(self, geometry: np.ndarray) -> list[BaseGeometry]:
        """Return the overlap that each finding is about, or its site."""
        wanted = self.judgement.findings
        shapes: list[BaseGeometry] = [geometry[one.site] for one in wanted]
        places: dict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(wanted):
            if one.kind and one.zone_id is not None and one.relation == "intersects":
                places[one.kind].append(at)
        for kind, found in places.items():
            where = self._positions(kind)
            site = np.array([wanted[at].site for at in found])
            zone = np.array(
                [where[wanted[at].layer, wanted[at].zone_id] for at in found]
            )
            met = self.shelf.pairs(kind)
            many = len(self.shelf.zones(kind))
            key = met["site"].to_numpy(int) * many + met["zone"].to_numpy(int)
            rows = np.searchsorted(key, site * many + zone)
            shared = self.shelf.meetings(kind).shapes(rows)
            for at, shape in zip(found, shared, strict=True):
                # What lies on an inner border has no shape of its own.
                shapes[at] = shapes[at] if shape.is_empty else shape
        return shapes

    def _positions(self, kind: str) -> Mapping[tuple[str | None, str | None], int]:
        """Return where each zone of a kind stands, by layer and id."""
        zones = self.shelf.zones(kind)
        names = zip(zones["layer"], zones["feature_id"], strict=True)
        return {(str(layer), str(zone)): at for at, (layer, zone) in enumerate(names)}

    # -- overlaps -----------------------------------------------------------

    def _overlaps(self) -> Mapping[int, list[OverlapRecord]]:
        """Return what each site meets in any layer of the shelf, judged or not."""
        found: dict[int, list[OverlapRecord]] = defaultdict(list)
        for kind in kinds():
            if kind == "project_site" or not self.shelf.has(kind):
                continue
            pairs = self.shelf.pairs(kind)
            if pairs.empty:
                continue
            zones = self.shelf.zones(kind)
            shapes = self.shelf.shapes_met(kind)
            name = spec(kind).name_field
            named = zones[["layer", "feature_id", name]].iloc[pairs["zone"].to_numpy()]
            rows: Iterable[tuple[Any, list[Any], BaseGeometry]] = zip(
                pairs.itertuples(index=False),
                named.to_numpy().tolist(),
                shapes,
                strict=True,
            )
            for pair, (layer, zone_id, zone_name), shape in rows:
                found[pair.site].append(
                    OverlapRecord(
                        kind=kind,
                        layer=str(layer),
                        zone_id=str(zone_id),
                        zone_name=_text(zone_name),
                        area_m2=_number(pair.area_m2),
                        share_of_site=_number(pair.share_of_site),
                        length_m=_number(pair.length_m),
                        distance_m=float(pair.distance_m),
                        sliver=bool(pair.sliver),
                        geometry=None if shape.is_empty else shape,
                        cause=self._cause(kind, (pair.site, pair.zone), layer, shape)
                        if pair.sliver
                        else None,
                    )
                )
        return found

    def _cause(
        self, kind: str, pair: tuple[int, int], layer: str, shape: BaseGeometry
    ) -> Cause | None:
        """Return why a site and a zone overlap by a sliver."""
        site, zone = pair
        own = float(pd.to_numeric(self.shelf.sites["accuracy_m"]).iloc[site])
        of_layer = self.shelf.workspace.layers[str(layer)].accuracy_m
        both = None if of_layer is None or not np.isfinite(own) else of_layer + own
        return cause_of(
            shape,
            self.shelf.sites.geometry.iloc[site],
            self.shelf.zones(kind).geometry.iloc[zone],
            accuracy_m=both,
        )


def _one_of_each_outcome(lacks: tuple[Unknown, ...]) -> tuple[Unknown, ...]:
    """Return so many unknowns as say all that the outcome depends on."""
    said = {(one.outcome, one.kind, one.at_most): one for one in lacks}
    return tuple(said.values())


def _clause(
    judged: JudgedRule, book: Rulebook, provision: int, *, on: dt.date
) -> CitationRecord:
    """Return the citation of a finding with what it is read with."""
    if judged.edition is None:
        msg = f"{judged.rule.id} has a finding but no edition"
        raise AssertionError(msg)
    return citation_record(
        judged.edition.citation,
        book,
        period=judged.edition.valid,
        on=on,
        ended=judged.status == "period_ended",
        reads_with=judged.edition.provisions[provision - 1].reads_with,
    )


def _firm(
    finding: Finding, layer_accuracy_m: float | None, site_accuracy_m: float
) -> bool | None:
    """Whether a finding outlives a shift of both boundaries by their accuracy."""
    if (
        finding.margin_m is None
        or layer_accuracy_m is None
        or not isfinite(site_accuracy_m)
    ):
        return None
    return bool(abs(finding.margin_m) > layer_accuracy_m + site_accuracy_m)


def _reading_order(record: FindingRecord) -> tuple[object, ...]:
    one = record.finding
    place = (one.layer or "", one.zone_id or "")
    return (SAID.index(one.outcome), one.rule, one.provision, *place)


def _sizes(geometry: np.ndarray) -> tuple[list[float | None], list[float | None]]:
    """Return area of the polygons and length of the lines, None for the others."""
    dimension = shapely.get_dimensions(geometry)
    area_m2: list[float | None] = [None] * len(geometry)
    length_m: list[float | None] = [None] * len(geometry)
    for wanted, measured, sizes in (
        (2, measure.area_m2, area_m2),
        (1, measure.length_m, length_m),
    ):
        at = np.flatnonzero(dimension == wanted)
        if at.size:
            found = np.atleast_1d(measured(geometry[at])).tolist()
            for place, size in zip(at.tolist(), found, strict=True):
                sizes[place] = size
    return area_m2, length_m


def _attributes(row: Mapping[Any, object], names: list[str]) -> dict[str, object]:
    return {name: row[name] for name in names if name in row and _given(row[name])}


def _given(value: object) -> bool:
    return isinstance(value, tuple) or not bool(pd.isna(value))  # type: ignore[call-overload]


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _text(value: object) -> str | None:
    return str(value) if value is not None and _given(value) else None
