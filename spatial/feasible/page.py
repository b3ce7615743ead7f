"""The land of a project as a page: map, areas by county, pieces with their clauses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from spatial.feasible.land import CLASSES
from spatial.feasible.tables import (
    areas_table,
    cited,
    clauses,
    reasons_of,
    requires_of,
    rules_of,
    zones_of,
)
from spatial.finding import OUTCOMES
from spatial.report.drawing import (
    FINEST_SHARE,
    METRES_PER_DEGREE,
    MOST_VERTICES,
    ZONE_DECIMALS,
    geojson,
    middle_latitude,
)
from spatial.report.palette import OUTCOME_COLOUR, OUTCOME_CORNERS, OUTCOME_SIGN
from spatial.report.qml import LAND_CLASSES
from spatial.report.words import (
    attribute_text,
    attribute_title,
    hectares,
    number,
    pick,
    say,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from spatial.feasible.land import Land, LandClass, Piece
    from spatial.feasible.tables import ClauseView
    from spatial.measure.ellipsoid import Shapes
    from spatial.text import Lang

_MOST_ROUNDS = 7
_WINDOW = 0.1


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class of land, its words and its size in the whole region."""

    outcome: str
    sign: str
    label: str
    meaning: str
    area: str
    count: int


@dataclass(frozen=True, slots=True)
class CitedView:
    """A clause as the page prints it."""

    title: str
    cited: str
    quote: str


@dataclass(frozen=True, slots=True)
class PieceView:
    """A piece of land as the page prints it; `place` counts from 0."""

    place: int
    id: str
    county: str
    outcome: str
    sign: str
    label: str
    because: str
    area: str
    size: str
    clauses: tuple[CitedView, ...]
    zones: tuple[str, ...]
    reasons: tuple[str, ...]
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LandPage:
    """Everything that the template prints."""

    title: str
    facts: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    project: tuple[tuple[str, str], ...]
    classes: tuple[ClassView, ...]
    headings: tuple[str, ...]
    counties: tuple[tuple[str, ...], ...]
    pieces: tuple[PieceView, ...]
    colours: Mapping[str, str]
    map_note: str
    map_data: dict[str, Any]
    say: Callable[..., str]


def land_page(
    land: Land, lang: Lang, *, notices: tuple[str, ...], run: str
) -> LandPage:
    """Return the page of a land in a language; escaping is the template's."""
    known = clauses(land)
    shapes, moved = for_the_eye(land)
    pieces = tuple(
        _piece(one, place, known, lang) for place, one in enumerate(land.pieces)
    )
    tolerance = number(moved * METRES_PER_DEGREE, 1, lang)
    return LandPage(
        title=visible(land.office.title),
        facts=(
            (say("on", lang), land.on.isoformat()),
            (say("region", lang), visible(land.office.region or say("none", lang))),
            (say("land.faces", lang), f"{land.faces:,}"),
            (say("run_id", lang), run),
        ),
        notices=tuple(visible(one) for one in notices),
        project=_project(land, lang),
        classes=tuple(_class(land, one, lang) for one in CLASSES),
        headings=(
            say("column.county", lang),
            *(say(f"land.class.{one}", lang) for one in CLASSES),
            say("land.total", lang),
        ),
        counties=_counties(land, lang),
        pieces=pieces,
        colours={str(one): colour for one, colour in OUTCOME_COLOUR.items()},
        map_note=say("land.map_note", lang, tolerance=tolerance),
        map_data=_map_data(land, shapes, lang),
        say=partial(_say, lang),
    )


def _say(lang: Lang, key: str, **facts: str | float) -> str:
    """Return a sentence; the template names the key first."""
    return say(key, lang, **facts)


def _project(land: Land, lang: Lang) -> tuple[tuple[str, str], ...]:
    """Return the attributes that are stated."""
    row = land.project.frame.iloc[0]
    names = [one.name for one in land.project.spec.fields]
    given = [name for name in names if name in row.index and _given(row[name])]
    return tuple(
        (visible(attribute_title(name, lang)), attribute_text(name, row[name], lang))
        for name in given
    )


def _given(value: object) -> bool:
    return isinstance(value, tuple) or (value is not None and value == value)  # noqa: PLR0124  NaN


def _class(land: Land, one: LandClass, lang: Lang) -> ClassView:
    area = sum(land.area_m2(county, one) for county in land.counties)
    return ClassView(
        outcome=LAND_CLASSES[one],
        sign=OUTCOME_SIGN[LAND_CLASSES[one]],
        label=say(f"land.class.{one}", lang),
        meaning=say(f"land.meaning.{one}", lang),
        area=hectares(round(area, 2), lang),
        count=sum(piece.land_class == one for piece in land.pieces),
    )


def _counties(land: Land, lang: Lang) -> tuple[tuple[str, ...], ...]:
    """Return the areas of each county in m2, the last column their sum."""
    wide = len(CLASSES)
    cells = [row[3] for row in areas_table(land, lang).rows]
    names = [f"{one.code} {one.name}" for one in land.counties]
    rows = []
    for at, name in enumerate((*names, say("land.total", lang))):
        own = [float(str(cell)) for cell in cells[at * wide : (at + 1) * wide]]
        rows.append((name, (*own, round(sum(own), 2))))
    return tuple(
        (visible(name), *(number(one, 2, lang) for one in own)) for name, own in rows
    )


def _piece(
    piece: Piece, place: int, known: Mapping[str, ClauseView], lang: Lang
) -> PieceView:
    views = [known[rule] for rule in rules_of(piece) if rule in known]
    reasons = reasons_of(piece, lang)
    short = ", ".join(rules_of(piece)) or (reasons[0] if reasons else "")
    return PieceView(
        place=place,
        id=piece.id,
        county=visible(f"{piece.county.code} {piece.county.name}"),
        outcome=LAND_CLASSES[piece.land_class],
        sign=OUTCOME_SIGN[LAND_CLASSES[piece.land_class]],
        label=say(f"land.class.{piece.land_class}", lang),
        because=visible(short or say("none", lang)),
        area=say("unit.m2", lang, value=number(piece.area_m2, 2, lang)),
        size=hectares(piece.area_m2, lang),
        clauses=tuple(
            CitedView(
                visible(pick(one.title, lang)),
                visible(cited(one.rule, known, lang)),
                visible(one.citation.quote),
            )
            for one in views
        ),
        zones=tuple(visible(one) for one in zones_of(piece, lang)),
        reasons=reasons,
        requires=tuple(visible(one) for one in requires_of(piece, lang)),
    )


def for_the_eye(land: Land) -> tuple[Shapes, float]:
    """Return the pieces with fewer vertices, and how far borders moved, in degrees.

    Neighbours keep a common border. Nothing is judged by these shapes.
    """
    shapes = np.array([one.geometry for one in land.pieces], dtype=object)
    west, south, east, north = shapely.total_bounds(shapes)
    finest = moved = max(east - west, north - south) * FINEST_SHARE
    simple = shapely.coverage_simplify(shapes, finest)
    for _ in range(_MOST_ROUNDS):
        if shapely.get_num_coordinates(simple).sum() <= MOST_VERTICES:
            break
        moved *= 2
        simple = shapely.coverage_simplify(shapes, moved)
    return np.asarray(simple, dtype=object), moved


def _map_data(land: Land, shapes: Shapes, lang: Lang) -> dict[str, Any]:
    """Return what the report's script draws: pieces as sites, classes as outcomes."""
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    wide = _WINDOW * max(east - west, north - south)
    bounds = (west, south, east, north)
    labels = {LAND_CLASSES[one]: say(f"land.class.{one}", lang) for one in CLASSES}
    drawn = zip(land.pieces, geojson(shapes, ZONE_DECIMALS), strict=True)
    return {
        "bounds": bounds,
        "window": (west - wide, south - wide, east + wide, north + wide),
        "latitude": middle_latitude(bounds),
        "sites": [
            [at, one.id, visible(one.county.name), LAND_CLASSES[one.land_class], shape]
            for at, (one, shape) in enumerate(drawn)
        ],
        "kinds": [],
        "outcomes": {
            outcome: {
                "label": labels[outcome],
                "sign": OUTCOME_SIGN[outcome],
                "colour": OUTCOME_COLOUR[outcome],
                "corners": OUTCOME_CORNERS[outcome],
            }
            for outcome in OUTCOMES
            if outcome in labels
        },
        "words": {
            "details": say("land.details", lang),
            "fit": say("map.fit", lang),
            "north": say("map.north", lang),
            "shown": say("filter.shown", lang, shown="{shown}", total="{total}"),
            "zoom_in": say("map.zoom_in", lang),
            "zoom_out": say("map.zoom_out", lang),
        },
    }
