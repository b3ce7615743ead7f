"""What is said of a site's control units: plain values, in the order of reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from spatial.lacks import Lacks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.requirement import AccessList, Dimension, Requirement
    from layers.text import Message
    from spatial.finding import Finding

KIND = "control_unit"

State = Literal[
    "applies",
    "allowed",
    "other_industry",
    "person",
    "unknown",
    "none",
    "not_listed",
    "no_list",
]
"""How a requirement was judged.

``applies``: the site's industry is one of those named; ``allowed``: named as allowed;
``other_industry``: it is none of them; ``person``: in words, a person must judge;
``unknown``: the site's industry is not known well enough; ``none``: it says that
nothing is required; ``not_listed``: the list does not mention this dimension of the
unit; ``no_list``: no list for the unit's layer is in force."""


@dataclass(frozen=True, slots=True)
class JudgedRequirement:
    """A requirement of a unit, or the lack of one, as it was judged for a site.

    Attributes
    ----------
    dimension
        One of `layers.requirement.DIMENSIONS`.
    state
        See `State`.
    text
        To the character; "" where there is none.
    why
        The sentence for the reviewer.
    requirement
        The row of the list; None for a text of the layer itself and for a lack.
    """

    dimension: Dimension
    state: State
    text: str
    why: Message
    requirement: Requirement | None = None


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """What a site has of one control unit, and what is required there.

    Attributes
    ----------
    layer, zone_id, code, name, category
        The unit; None where the layer does not say.
    area_m2, area_ha, area_mu
        Of the site in the unit; None for lines and points. Where the units tile the
        site they add up, as printed with 2, 4 and 2 decimals, to the site's area.
    share_of_site, length_m
        0..1; of a line.
    sliver
        The overlap is no larger than the layer's tolerance: listed, never judged.
    requirements
        In the order of the dimensions, then of the rows; at least one a dimension.
    """

    layer: str
    zone_id: str
    code: str | None
    name: str | None
    category: str | None
    area_m2: float | None
    area_ha: float | None
    area_mu: float | None
    share_of_site: float | None
    length_m: float | None
    sliver: bool
    requirements: tuple[JudgedRequirement, ...]


@dataclass(frozen=True, slots=True)
class SiteUnits:
    """A site's control units.

    Attributes
    ----------
    units
        In the order of the layers and their features.
    outside_m2, outside_share, outside_length_m
        What no unit covers; None where it makes no sense, 0 where the units cover
        the site.
    is_gap
        More than the tolerance of the layers lies in no unit: a gap in the data.
    overlap
        Some land of the site lies in several units: their areas add up to more than
        the site's.
    """

    units: tuple[UnitRecord, ...]
    outside_m2: float | None
    outside_share: float | None
    outside_length_m: float | None
    is_gap: bool
    overlap: bool


@dataclass(frozen=True, slots=True)
class ListRecord:
    """An access list of the workspace and what became of it.

    Attributes
    ----------
    id, layer, title
        As in `layers.requirement.AccessList`.
    status
        ``in_force``, ``not_in_force`` on the day, or ``unreadable``.
    reason
        Why it could not be read; "" otherwise.
    found
        The list; None when it could not be read.
    """

    id: str
    layer: str
    title: str
    status: Literal["in_force", "not_in_force", "unreadable"]
    reason: str
    found: AccessList | None


@dataclass(frozen=True, slots=True)
class UnitJudgement:
    """All that is said of the units of all sites.

    Attributes
    ----------
    findings, unknowns
        By site. `Finding.rule` is the id of the list and the row, ``list#12``.
    sites
        One for each site of the shelf; empty when there is no layer of units.
    lists
        In the order of the workspace.
    clauses
        Rule and provision of a finding to a requirement with the text that it quotes:
        a row may hold four texts, and be about several units.
    judged_layers
        Ids of the layers of units for which a list is in force.
    """

    findings: tuple[Finding, ...] = ()
    unknowns: Lacks = field(default_factory=Lacks)
    sites: tuple[SiteUnits, ...] = ()
    lists: tuple[ListRecord, ...] = ()
    clauses: Mapping[tuple[str, int], Requirement] = field(default_factory=dict)
    judged_layers: frozenset[str] = frozenset()
