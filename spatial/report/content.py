"""What a review report holds, as data. Writers turn it into HTML, Excel, GeoPackage.

Built once by `spatial.review`; every writer says the same because it reads the same.
Sentences are messages, not text: a writer renders them in its language. Everything
is ordered as it is to be read: sites most severe first, then by id; findings of a
site most severe first, then by rule and zone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Literal

from layers.card import card_html
from spatial.override.model import is_about

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from layers.base_map import BaseMap
    from layers.issue import DataIssue
    from layers.layer import Layer, Setting
    from layers.text import Message
    from spatial.avoid.model import Help
    from spatial.finding import Finding, Outcome, Said, Unknown
    from spatial.override.model import Overruling
    from spatial.report.approvals import Approvals
    from spatial.report.comparison import Comparison
    from spatial.report.stability import Stability
    from spatial.slivers import Cause
    from spatial.units import ListRecord, SiteUnits


@dataclass(frozen=True, slots=True)
class CitationRecord:
    """A clause as it is printed.

    Attributes
    ----------
    document_id, document
        Id, and title by language.
    article, quote
        As cited; to the character.
    edition
        Validity of the edition, ``2021-01-01/2025-12-31``.
    status
        ``in_force``, ``undated`` (a text that bears no date: whether it is in force
        is to be confirmed), or ``period_ended`` (a plan whose period is over: its
        successor is to be confirmed).
    verified
        ``text``, ``secondary`` or ``unverified``.
    source
        Where it was read.
    reads_with
        The law that gives the clause its effect.
    """

    document_id: str
    document: Mapping[str, str]
    article: str
    quote: str
    edition: str
    status: Literal["in_force", "period_ended", "undated"]
    verified: str
    source: str
    reads_with: tuple[CitationRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """A finding with its clause, its id and the place it concerns.

    Attributes
    ----------
    finding_id
        The same in the next run: 12 hex digits.
    rule_title
        By language.
    note
        Ambiguities of the rule, "" when there are none.
    stable
        True when the margin exceeds the accuracy of site and layer together, False
        when it does not, None when an accuracy is not stated.
    geometry
        The overlap where there is one, else the site.
    overruling
        A reviewer's answer in the place of the machine's, or None.
    """

    finding_id: str
    finding: Finding
    rule_title: Mapping[str, str]
    note: str
    citation: CitationRecord
    stable: bool | None
    geometry: BaseGeometry
    overruling: Overruling | None = None

    @property
    def outcome(self) -> Said:
        """What counts: the reviewer's answer, else the machine's."""
        if self.overruling is not None:
            return self.overruling.override.outcome
        return self.finding.outcome

    def _repr_html_(self) -> str:
        from spatial.report.cards import finding_card  # noqa: PLC0415

        return card_html(finding_card(self))


@dataclass(frozen=True, slots=True)
class OverlapRecord:
    """A pair of site and zone that touch, overlap or lie near, judged or not.

    Attributes
    ----------
    sliver
        True when the overlap is below the layer's tolerance: listed, never judged.
    geometry
        The overlap, or None for a pair that only touches or is merely near.
    cause
        Of a sliver, by the rules of `spatial.slivers`; None for the others.
    """

    kind: str
    layer: str
    zone_id: str
    zone_name: str | None
    area_m2: float | None
    share_of_site: float | None
    length_m: float | None
    distance_m: float
    sliver: bool
    geometry: BaseGeometry | None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """A site and all that is said of it.

    Attributes
    ----------
    outcome
        What counts: of the machine, after the overrides of reviewers.
    attributes
        Canonical attributes that were given (missing ones left out).
    area_m2, length_m
        Of a polygon, of a line; None otherwise.
    geometry
        None when the site's geometry was refused.
    overrulings
        Overrides that speak of this site, in the order of their file.
    machine
        What the machine said, where overrides count at this site; else None.
    units
        Its control units and what is required there; None when there is no layer of
        units, or the geometry was refused.
    stability
        Which move of a boundary would change the outcome; None for a refused site.
    help
        What could be done about it, if that was asked for; no approval.
    approvals
        What the layers of permits say of it: a fact that makes no outcome another.
        None without such a layer, or when the geometry was refused.
    """

    site_id: str
    name: str | None
    outcome: Outcome
    stable: bool | None
    area_m2: float | None
    length_m: float | None
    attributes: Mapping[str, object]
    geometry: BaseGeometry | None
    findings: tuple[FindingRecord, ...]
    unknowns: tuple[Unknown, ...]
    overlaps: tuple[OverlapRecord, ...]
    overrulings: tuple[Overruling, ...] = ()
    machine: Outcome | None = None
    units: SiteUnits | None = None
    stability: Stability | None = None
    help: Help | None = None
    approvals: Approvals | None = None

    @property
    def machine_outcome(self) -> Outcome:
        """What the machine said."""
        return self.machine or self.outcome

    @property
    def is_overruled(self) -> bool:
        """Whether a reviewer's answer makes the outcome another."""
        return self.machine_outcome != self.outcome

    def outcome_of(self, unknown: Unknown) -> Said:
        """Return what counts for an unknown: the reviewer's answer, else its own."""
        for one in self.overrulings:
            if one.applied and is_about(one.override, unknown):
                return one.override.outcome
        return unknown.outcome

    def _repr_html_(self) -> str:
        from spatial.report.cards import site_card  # noqa: PLC0415

        return card_html(site_card(self))


@dataclass(frozen=True, slots=True)
class LayerRecord:
    """A layer of the workspace and whether the review could rely on it.

    Attributes
    ----------
    id, kind, title
        Title of the kind, by language.
    status
        ``used``: rules asked for it and it was fit; ``doubtful``: asked for, and its
        silence could not be believed for at least one site; ``not_needed``: no rule
        asked; ``not_in_force``: asked for, and another edition counts on the day;
        ``missing``: asked for, and there is none or it could not be read.
    remarks
        Why, where the status is not ``used``.
    layer
        The layer itself; None when missing.
    """

    id: str
    kind: str
    title: Mapping[str, str]
    status: Literal["used", "doubtful", "not_needed", "not_in_force", "missing"]
    remarks: tuple[Message, ...]
    layer: Layer | None


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """A rule of the rulebooks and what became of it in this review.

    Attributes
    ----------
    status
        ``in_force``, ``period_ended``, ``not_in_force`` (no edition on that day), or
        ``elsewhere`` (its territory is not the workspace's).
    sites_hit, sites_unknown
        How many sites it applied to, and for how many it could not be decided.
    kinds
        Layer kinds that its edition of the day looks at.
    """

    id: str
    title: Mapping[str, str]
    rulebook: str
    status: Literal["in_force", "period_ended", "not_in_force", "elsewhere"]
    edition: str
    sites_hit: int
    sites_unknown: int
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewContent:
    """A whole review of projects or activities.

    Attributes
    ----------
    title
        Of the workspace.
    region
        Adcode, or None.
    notices
        Sentences for every page (demo data, derived zones).
    on
        The day whose law and layers were applied.
    run_id
        First 12 hex digits of the hash over all inputs, rules and settings.
    inputs
        Name -> SHA-256 of every file and rulebook that went in.
    versions
        Name -> version of this toolkit and the libraries that compute.
    sites, layers, rules
        As their classes say. `layers` in the order of the workspace, missing kinds
        last; `rules` in the order of the rulebooks.
    documents
        Every document that a rule in `rules` cites, by id.
    site_layer
        The layer of the sites (its provenance, issues and quarantine are printed).
    issues
        Of the sites, then of the layers in order.
    settings
        What the office has set.
    about
        ``project``: what is to be built, by the rules on projects. ``activity``: what
        is there already, by all rules.
    overrulings
        Every override and what became of it, in the order of the file; None where no
        file was given.
    comparison
        With another review, or None.
    access_lists
        The lists of requirements of control units, in the order of the workspace,
        those that could not be read last.
    base_map
        What the office wants below the map of the page, or None.
    """

    title: str
    region: str | None
    notices: tuple[str, ...]
    on: dt.date
    run_id: str
    inputs: Mapping[str, str]
    versions: Mapping[str, str]
    sites: tuple[SiteRecord, ...]
    layers: tuple[LayerRecord, ...]
    rules: tuple[RuleRecord, ...]
    documents: Mapping[str, CitationRecord]
    site_layer: Layer
    issues: tuple[DataIssue, ...]
    settings: tuple[Setting, ...]
    about: Literal["project", "activity"] = "project"
    overrulings: tuple[Overruling, ...] | None = None
    comparison: Comparison | None = None
    access_lists: tuple[ListRecord, ...] = ()
    base_map: BaseMap | None = None

    @property
    def sources(self) -> tuple[LayerRecord, ...]:
        """What was read, with its row ledger: the sites first, then the layers.

        Of the sites' file the name alone is told: where it lay on the machine is
        nobody's business, and would change the bytes of the report.
        """
        read = self.site_layer.provenance
        name = PureWindowsPath(read.source).name  # knows both slashes
        sites = replace(self.site_layer, provenance=replace(read, source=name))
        status: Literal["used", "doubtful"] = (
            "doubtful" if read.rows_quarantined else "used"
        )
        record = LayerRecord(sites.id, sites.kind, sites.spec.title, status, (), sites)
        return (record, *self.layers)
