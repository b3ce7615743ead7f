"""Findings and unknowns: what a review says of a site, one row each.

A *finding* is a rule that applies; an *unknown* is something that kept a rule from
being decided. Both are plain values; tables are made from them for people who
think in GeoDataFrames.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from layers.card import Card, card_html
from layers.spec import kinds, spec
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.text import Message

Outcome = Literal[
    "prohibited", "needs_information", "not_checked", "restricted", "clear"
]
"""What is said of a site."""

OUTCOMES: tuple[Outcome, ...] = (
    "prohibited",
    "needs_information",
    "not_checked",
    "restricted",
    "clear",
)
"""Most severe first. A certain prohibition stands even when something is unknown."""

Said = Outcome | Literal["advised"]
"""What is said by one finding or unknown: an outcome, or a mere advice."""

SAID: tuple[Said, ...] = (*OUTCOMES, "advised")
"""In reading order. An advice comes last: it makes no outcome better or worse."""

UnknownKind = Literal[
    "attribute_missing",
    "setting_missing",
    "layer_missing",
    "layer_unreadable",
    "layer_empty",
    "layer_not_in_force",
    "layer_editions_overlap",
    "layer_validity_unknown",
    "layer_coverage_unknown",
    "layer_does_not_cover",
    "layer_covers_partly",
    "layer_read_with_loss",
    "layer_unreliable",
    "zone_field_missing",
    "no_zone_covers",
    "no_rule_for_layer",
    "no_rule_in_force",
    "text_unverified",
    "period_ended",
    "site_refused",
    "access_list_unreadable",
    "access_list_not_in_force",
    "access_list_validity_unknown",
    "access_list_read_with_loss",
    "unit_not_listed",
]

OUTCOME_OF_UNKNOWN: Mapping[UnknownKind, Outcome] = {
    "attribute_missing": "needs_information",
    "no_rule_for_layer": "needs_information",
    "no_rule_in_force": "needs_information",
    "text_unverified": "needs_information",
    "period_ended": "needs_information",
    "setting_missing": "not_checked",
    "layer_missing": "not_checked",
    "layer_unreadable": "not_checked",
    "layer_empty": "not_checked",
    "layer_not_in_force": "not_checked",
    "layer_editions_overlap": "not_checked",
    "layer_validity_unknown": "not_checked",
    "layer_coverage_unknown": "not_checked",
    "layer_does_not_cover": "not_checked",
    "layer_covers_partly": "not_checked",
    "layer_read_with_loss": "not_checked",
    "layer_unreliable": "not_checked",
    "zone_field_missing": "not_checked",
    "no_zone_covers": "not_checked",
    "site_refused": "not_checked",
    "access_list_unreadable": "not_checked",
    "access_list_not_in_force": "not_checked",
    "access_list_validity_unknown": "not_checked",
    "access_list_read_with_loss": "not_checked",
    "unit_not_listed": "not_checked",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that applies to a site, at one zone.

    Attributes
    ----------
    site
        Position of the site in the site table.
    rule
        Id of the rule, or of an access list and its row (``list#12``); `edition`
        which edition (its validity), `provision` which provision of it, counted
        from 1 (of a row: which of the four dimensions).
    outcome
        ``prohibited``, ``restricted``, ``needs_information``, or ``advised`` for a
        clause that encourages, exempts or only points at something.
    kind, layer, zone_id, zone_name
        Layer kind, layer id and zone; None for a rule that needs no place. For
        ``not_within`` and ``outside`` the zone is None: it is the lack of one.
    relation
        The relation that holds.
    area_m2, share_of_site, length_m, distance_m, margin_m
        The numbers of the relation; None where they make no sense. `margin_m` > 0:
        so far from triggering; < 0: so deep in it.
    why
        The reason path as a message.
    requires
        What the applicant must bring, by language.
    relief
        Messages for exceptions that could apply if they were claimed.
    assumptions
        Messages for readings that the finding rests on.
    because
        The rest of the reason path: what of the project and of the zone meets the
        clause, and the tolerance that an overlap is above. `why` is the relation.
    """

    site: int
    rule: str
    edition: str
    provision: int
    outcome: Said
    kind: str | None
    layer: str | None
    zone_id: str | None
    zone_name: str | None
    relation: str
    area_m2: float | None
    share_of_site: float | None
    length_m: float | None
    distance_m: float | None
    margin_m: float | None
    why: Message
    requires: Mapping[str, str] = field(default_factory=dict)
    relief: tuple[Mapping[str, str], ...] = ()
    assumptions: tuple[str, ...] = ()
    because: tuple[Message, ...] = ()

    def key(self, site_id: str) -> str:
        """Return an id that is the same in the next run: 12 hex digits."""
        parts = (site_id, self.rule, str(self.provision), self.layer, self.zone_id)
        text = "\x1f".join(part or "" for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def _repr_html_(self) -> str:
        return card_html(_card(self))


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that kept a rule from being decided for a site.

    Attributes
    ----------
    site
        Position of the site in the site table; -1 in a reason that many sites share
        (see `spatial.lacks`) and in the record of a site.
    rule
        Id of the rule; "" when it concerns every rule.
    kind
        Which sort of lack.
    what
        The lack by name: an attribute, a setting, a layer kind or id.
    why
        The sentence.
    is_advice
        Whether only an advice is left open by it, so that it decides nothing.
    at_most
        The most severe that an answer could lead to: ``restricted`` where the
        provision that waits for it can forbid nothing.
    """

    site: int
    rule: str
    kind: UnknownKind
    what: str
    why: Message
    is_advice: bool = False
    at_most: Outcome = "prohibited"

    @property
    def outcome(self) -> Said:
        """The outcome that this lack leads to by itself."""
        return "advised" if self.is_advice else OUTCOME_OF_UNKNOWN[self.kind]


def _card(finding: Finding) -> Card:
    """Return what a notebook shows of a finding, in Chinese.

    The clause in words and its reason path are on the card of a record of the report
    (`spatial.report.cards.finding_card`): a finding alone knows its rule's id only.
    """
    zone = finding.zone_name or finding.zone_id or ""
    kind = spec(finding.kind).title["zh"] if finding.kind in kinds() else ""
    area = "" if finding.area_m2 is None else f"{finding.area_m2:,.2f}"
    facts = {
        "outcome": TEXTS.say(f"report.outcome.{finding.outcome}"),
        "zone_name": f"{kind} {zone}".strip(),
        "relation": finding.relation,
        "area_m2": area,
    }
    return Card(
        f"{TEXTS.say('card.finding')} {finding.rule}",
        tuple((TEXTS.say(f"card.{key}"), text) for key, text in facts.items() if text),
    )
