"""Classed land on a map for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.feasible.land import CLASSES
from spatial.feasible.page import for_the_eye
from spatial.feasible.tables import reasons_of, rules_of
from spatial.report.drawing import ZONE_DECIMALS, geojson
from spatial.report.palette import OUTCOME_COLOUR, OUTCOME_SIGN
from spatial.report.qml import LAND_CLASSES
from spatial.report.shown import Group, Shape, Shown, framed
from spatial.report.words import say, visible

if TYPE_CHECKING:
    from spatial.feasible.land import Land
    from spatial.text import Lang

_FILL, _WIDTH = 0.55, 0.8


def shown_land(land: Land, lang: Lang) -> Shown:
    """Return the pieces of land by class, the most severe on top."""
    notices = (land.office.notice,) if land.office.notice else ()
    if not land.pieces:
        return Shown((), None, notices)
    simple, _ = for_the_eye(land)
    drawn = list(zip(land.pieces, geojson(simple, ZONE_DECIMALS), strict=True))
    titles = {
        "id": say("column.piece_id", lang),
        "county": say("column.county_name", lang),
        "why": say("column.why", lang),
    }
    groups = []
    for one in reversed(CLASSES):
        shapes = tuple(
            Shape(
                geometry,
                (
                    piece.id,
                    visible(piece.county.name),
                    "; ".join(rules_of(piece) or reasons_of(piece, lang)),
                ),
            )
            for piece, geometry in drawn
            if piece.land_class == one
        )
        outcome = LAND_CLASSES[one]
        label = f"{OUTCOME_SIGN[outcome]} {say(f'land.class.{one}', lang)}"
        if shapes:
            colour = OUTCOME_COLOUR[outcome]
            groups.append(Group(label, titles, colour, "", _FILL, _WIDTH, shapes))
    return Shown(tuple(groups), framed(simple), notices)
