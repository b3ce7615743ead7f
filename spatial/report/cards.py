"""What a notebook shows of a review, a site and a finding.

The words are those of the report. A card is short, but what was not checked or cannot
be relied on is never among the rows that it leaves out.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from layers.card import MOST_ROWS, Card, CardTable, Sign
from spatial.finding import OUTCOMES
from spatial.report.palette import OUTCOME_COLOUR, OUTCOME_SIGN
from spatial.report.words import (
    cited,
    deciding,
    heading,
    hectares,
    kind_title,
    number,
    pick,
    reason_path,
    say,
    sentence,
)
from spatial.text import TEXTS

if TYPE_CHECKING:
    from spatial.finding import Said
    from spatial.report.content import FindingRecord, ReviewContent, SiteRecord
    from spatial.text import Lang

_UNSURE = ("missing", "doubtful", "not_in_force")


def outcome_sign(said: Said, lang: Lang) -> Sign:
    """Return an outcome with its sign, in its colour."""
    text = f"{OUTCOME_SIGN[said]} {say(f'outcome.{said}', lang)}"
    return Sign(text, OUTCOME_COLOUR[said])


def word(key: str, lang: Lang) -> str:
    """Return a label of a card."""
    return TEXTS.say(f"card.{key}", lang=lang)


def words(keys: tuple[str, ...], lang: Lang) -> tuple[str, ...]:
    """Return the headings of a table of a card."""
    return tuple(word(key, lang) for key in keys)


def review_card(content: ReviewContent, lang: Lang = "zh") -> Card:
    """Return the card of a review: outcomes counted, the severe sites, weak layers."""
    counts = Counter(one.outcome for one in content.sites)
    outcomes = tuple(
        (outcome_sign(one, lang), str(counts[one])) for one in OUTCOMES if counts[one]
    )
    order = sorted(content.sites, key=lambda one: OUTCOMES.index(one.outcome))
    sites = tuple(
        (
            one.site_id,
            one.name or "",
            outcome_sign(one.outcome, lang),
            deciding(one, lang),
        )
        for one in order[:MOST_ROWS]
    )
    weak = tuple(
        (pick(one.title, lang), one.id, say(f"layer_status.{one.status}", lang))
        for one in content.layers
        if one.status in _UNSURE
    )
    facts = (
        (word("on", lang), content.on.isoformat()),
        (word("sites", lang), str(len(content.sites))),
        (word("run", lang), content.run_id),
    )
    return Card(
        f"{heading(content.about, lang)} {content.title}",
        facts,
        (
            CardTable(words(("outcome", "count"), lang), outcomes),
            CardTable(
                words(("site_id", "site_name", "outcome", "rule"), lang),
                sites,
                left=len(order) - len(sites),
            ),
            *((_weak(weak, lang),) if weak else ()),
        ),
        content.notices,
    )


def _weak(rows: tuple[tuple[str, str, str], ...], lang: Lang) -> CardTable:
    """Return the layers that cannot be relied on; all of them are listed."""
    return CardTable(words(("kind", "layer", "status"), lang), rows, most=len(rows))


def site_card(site: SiteRecord, lang: Lang = "zh") -> Card:
    """Return the card of one site: outcome, findings, and what is unknown."""
    found = tuple(
        (
            outcome_sign(one.outcome, lang),
            one.finding.rule,
            cited(one, lang),
            one.finding.zone_name or one.finding.zone_id or "",
        )
        for one in site.findings
    )
    lacks = tuple(
        (outcome_sign(one.outcome, lang), one.rule, sentence(one.why, lang))
        for one in site.unknowns
    )
    tables = (
        CardTable(words(("outcome", "rule", "citation", "zone_name"), lang), found),
        CardTable(words(("outcome", "rule", "why"), lang), lacks),
    )
    return Card(
        f"{say('column.site', lang)} {site.site_id} {site.name or ''}",
        (
            (word("outcome", lang), outcome_sign(site.outcome, lang)),
            (word("area", lang), hectares(site.area_m2, lang)),
        ),
        tuple(one for one in tables if one.rows),
    )


def finding_card(record: FindingRecord, lang: Lang = "zh") -> Card:
    """Return the card of a finding: the clause, its words, and why it holds."""
    one = record.finding
    zone = one.zone_name or one.zone_id or ""
    kind = kind_title(one.kind, lang) if one.kind else ""
    facts = (
        (word("outcome", lang), outcome_sign(record.outcome, lang)),
        (word("citation", lang), cited(record, lang)),
        (word("quote", lang), record.citation.quote),
        (word("zone_name", lang), f"{kind} {zone}".strip()),
        (word("area_m2", lang), number(one.area_m2, 2, lang)),
        (word("why", lang), "\n".join(reason_path(record, lang))),
    )
    return Card(f"{one.rule} {pick(record.rule_title, lang)}", facts)
