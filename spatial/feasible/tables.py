"""The land of a project as tables: areas by county, pieces with their clauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spatial.feasible.land import CLASSES
from spatial.policy.judge import edition_on
from spatial.report.citations import citation_record
from spatial.report.columns import Column, Table
from spatial.report.listed import cited_row
from spatial.report.words import (
    M2_PER_HA,
    M2_PER_MU,
    kind_title,
    pick,
    say,
    sentence,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatial.feasible.land import Land, Piece
    from spatial.finding import Finding
    from spatial.report.columns import Cell, Row
    from spatial.report.content import CitationRecord
    from spatial.text import Lang

_SIZES = (
    Column("area_m2", "m2"),
    Column("area_ha", "ha"),
    Column("area_mu", "mu"),
)
AREAS = (Column("county"), Column("county_name"), Column("land_class"), *_SIZES)
PIECES = (
    Column("piece_id"),
    Column("county"),
    Column("county_name"),
    Column("land_class"),
    Column("rule"),
    Column("clauses", "long"),
    Column("zones", "long"),
    Column("reasons", "long"),
    Column("requires", "long"),
    *_SIZES,
)


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause that decides land: the rule, its title, and what it cites."""

    rule: str
    title: Mapping[str, str]
    citation: CitationRecord


def clauses(land: Land) -> Mapping[str, ClauseView]:
    """Return the clause of every rule that decides some land, by the rule's id.

    Rows of access lists are among them, under ``list#row``.
    """
    wanted = {one.rule for piece in land.pieces for one in piece.findings}
    found: dict[str, ClauseView] = {}
    for book in land.rulebooks:
        for rule in book.rules:
            edition, status = edition_on(rule, book, on=land.on)
            if rule.id in wanted and edition is not None:
                record = citation_record(
                    edition.citation,
                    book,
                    period=edition.valid,
                    on=land.on,
                    ended=status == "period_ended",
                )
                found[rule.id] = ClauseView(rule.id, rule.title, record)
    for rule_id, provision in land.lists.clauses:
        if rule_id in wanted and rule_id not in found:
            row = cited_row(rule_id, provision, land.lists)
            found[rule_id] = ClauseView(rule_id, row.title, row.record)
    return found


def rules_of(piece: Piece) -> tuple[str, ...]:
    """Return the rules that decide a piece, each once."""
    return tuple(dict.fromkeys(one.rule for one in piece.findings))


def cited(rule: str, known: Mapping[str, ClauseView], lang: Lang) -> str:
    """Return a rule as it is cited in a line: with document and article, if any."""
    if rule not in known:
        return rule
    view = known[rule]
    document = pick(view.citation.document, lang)
    said = say(
        "document_quoted", lang, document=document, article=view.citation.article
    )
    return f"{rule} {said}"


def zones_of(piece: Piece, lang: Lang) -> tuple[str, ...]:
    """Return the zones in which a piece lies or to which it is near, each once."""
    return tuple(dict.fromkeys(filter(None, (_zone(f, lang) for f in piece.findings))))


def _zone(finding: Finding, lang: Lang) -> str:
    if finding.kind is None:
        return ""
    title = kind_title(finding.kind, lang)
    if finding.zone_id is None:
        return f"{title}: {say(f'relation.{finding.relation}', lang)}"
    return f"{title}: {finding.zone_name or finding.zone_id}"


def reasons_of(piece: Piece, lang: Lang) -> tuple[str, ...]:
    """Return in sentences what keeps a piece undecided, each once."""
    return tuple(dict.fromkeys(sentence(one.why, lang) for one in piece.unknowns))


def requires_of(piece: Piece, lang: Lang) -> tuple[str, ...]:
    """Return what an applicant must bring on a piece, each once."""
    said = (pick(one.requires, lang) for one in piece.findings)
    return tuple(dict.fromkeys(filter(None, said)))


def sizes(area_m2: float) -> tuple[float, float, float]:
    """Return an area in m2, hectares and mu."""
    return area_m2, area_m2 / M2_PER_HA, area_m2 / M2_PER_MU


def areas_table(land: Land, lang: Lang) -> Table:
    """Return a line for each county and class, then the sums of the region."""
    rows: list[Row] = []
    for county in land.counties:
        for one in CLASSES:
            head: tuple[Cell, ...] = (visible(county.code), visible(county.name))
            word = say(f"land.class.{one}", lang)
            rows.append((*head, word, *sizes(land.area_m2(county, one))))
    for one in CLASSES:
        total = round(sum(land.area_m2(county, one) for county in land.counties), 2)
        word = say(f"land.class.{one}", lang)
        rows.append((None, say("land.total", lang), word, *sizes(total)))
    return Table("land_areas", AREAS, tuple(rows))


def pieces_table(land: Land, lang: Lang) -> Table:
    """Return a line for each piece: county, class, clauses, zones, reasons, size."""
    known = clauses(land)
    join = say("list_join", lang)
    rows = [
        (
            piece.id,
            visible(piece.county.code),
            visible(piece.county.name),
            say(f"land.class.{piece.land_class}", lang),
            ", ".join(rules_of(piece)) or None,
            join.join(visible(cited(r, known, lang)) for r in rules_of(piece)) or None,
            join.join(visible(one) for one in zones_of(piece, lang)) or None,
            join.join(reasons_of(piece, lang)) or None,
            join.join(visible(one) for one in requires_of(piece, lang)) or None,
            *sizes(piece.area_m2),
        )
        for piece in land.pieces
    ]
    return Table("land_pieces", PIECES, tuple(rows))
