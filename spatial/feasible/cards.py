"""What a notebook shows of the land of a project: areas, and what decides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.card import MOST_ROWS, Card, CardTable
from spatial.feasible.land import CLASS_OF, CLASSES
from spatial.feasible.tables import (
    cited,
    clauses,
    reasons_of,
    rules_of,
    sizes,
    zones_of,
)
from spatial.report.cards import outcome_sign, word, words
from spatial.report.words import number, say

if TYPE_CHECKING:
    from spatial.feasible.land import Land, Piece
    from spatial.text import Lang

_AREAS = ("county_name", "land_class", "area_ha")
_PIECES = ("outcome", "area_ha", "zones", "why")


def land_card(land: Land, lang: Lang = "zh") -> Card:
    """Return the card of classed land: areas by county and class, largest pieces."""
    rows = tuple(
        (county.name, say(f"land.class.{one}", lang), _hectares(size, lang))
        for county in land.counties
        for one in CLASSES
        for size in (land.area_m2(county, one),)
    )
    known = clauses(land)
    largest = sorted(
        land.pieces,
        key=lambda one: (CLASSES.index(CLASS_OF[one.outcome]), -one.area_m2),
    )
    pieces = tuple(
        (
            outcome_sign(one.outcome, lang),
            _hectares(one.area_m2, lang),
            "; ".join(zones_of(one, lang)),
            "; ".join(_why(one, [cited(r, known, lang) for r in rules_of(one)], lang)),
        )
        for one in largest[:MOST_ROWS]
    )
    return Card(
        f"{word('land', lang)} {land.office.title}",
        ((word("on", lang), land.on.isoformat()),),
        (
            CardTable(words(_AREAS, lang), rows, most=len(rows)),
            CardTable(
                words(_PIECES, lang), pieces, left=len(land.pieces) - len(pieces)
            ),
        ),
        (land.office.notice,) if land.office.notice else (),
    )


def _why(piece: Piece, rules: list[str], lang: Lang) -> list[str]:
    """Return what decides a piece, or what keeps it undecided."""
    return rules or list(reasons_of(piece, lang))


def _hectares(area_m2: float, lang: Lang) -> str:
    return number(sizes(area_m2)[1], 4, lang)
