"""What a map in a notebook shows, before it is drawn: groups of shapes with names.

a review, layers, clues, land  ->  Shown  ->  spatial.report.map   (folium)
                                          ->  spatial.report.plot  (matplotlib)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.layer import Layer, Workspace
from spatial.finding import OUTCOMES
from spatial.report.drawing import ZONE_DECIMALS, drawing, geojson, thinned
from spatial.report.palette import OUTCOME_COLOUR, OUTCOME_SIGN, zone_styles
from spatial.report.words import kind_title, say, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from spatial.finding import Outcome
    from spatial.report.content import ReviewContent
    from spatial.report.drawing import Bounds, Geometries
    from spatial.report.palette import ZoneStyle
    from spatial.text import Lang

SITE_WIDTH, ZONE_WIDTH = 2.5, 1.4  # of an outline, pixels
SITE_FILL = 0.4
MANY = 100_000
"""Features of layers above which a map names `spatial.explore_large`."""
_MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape and what is said of it, in the order of the group's titles."""

    geometry: dict[str, Any]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes that are drawn alike and switched together.

    Attributes
    ----------
    title
        In the legend.
    titles
        What the texts of a shape are, by a key of ours.
    colour, dash, fill, width
        ``#rrggbb``; dash pattern, "" for a full line; opacity 0..1; pixels.
    """

    title: str
    titles: Mapping[str, str]
    colour: str
    dash: str
    fill: float
    width: float
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A map for a notebook.

    Attributes
    ----------
    groups
        From below to the top.
    bounds
        (min_lon, min_lat, max_lon, max_lat) to begin with; None when there is nothing.
    notices
        What must be read with it: made-up data, what is not drawn.
    """

    groups: tuple[Group, ...]
    bounds: Bounds | None
    notices: tuple[str, ...] = ()


def shown_review(content: ReviewContent, lang: Lang) -> Shown:
    """Return the sites of a review by outcome, over the zones around them."""
    drawn = drawing(content, lang)
    zones = [
        zone_group(
            one.title,
            one.style,
            (Shape(zone.geometry, (zone.zone_id, zone.name)) for zone in one.zones),
            lang,
        )
        for one in drawn.kinds
        if one.zones
    ]
    sites = [
        (one.outcome, Shape(one.geometry, (one.site_id, one.name)))
        for one in drawn.sites
    ]
    names = {"id": say("column.site_id", lang), "name": say("column.site_name", lang)}
    groups = (*zones, *outcome_groups(sites, names, lang))
    return Shown(groups, drawn.bounds, content.notices + omitted(drawn.omitted, lang))


def shown_layers(given: Layer | Workspace, lang: Lang) -> Shown:
    """Return a layer, or all layers of a workspace, by kind.

    Shapes are simplified for the eye, and the smallest are left out and counted where
    they would be too many.
    """
    layers = [given] if isinstance(given, Layer) else list(given.layers.values())
    by_kind: dict[str, list[Layer]] = {}
    for one in layers:
        if len(one):
            by_kind.setdefault(one.kind, []).append(one)
    notices = notices_of(given, lang)
    count = sum(len(one) for one in layers)
    if count > MANY:
        notices += (say("map.many", lang, count=f"{count:,}"),)
    rows = [
        (kind, row)
        for kind, some in by_kind.items()
        for one in some
        for row in _rows(one)
    ]
    return shown_zones(rows, lang, notices=notices)


def notices_of(given: Layer | Workspace, lang: Lang) -> tuple[str, ...]:
    """Return what must be read with a map: made-up data, unreadable layers."""
    layers = [given] if isinstance(given, Layer) else list(given.layers.values())
    said = [given.notice, *(one.notice for one in layers)]
    notices = tuple(dict.fromkeys(one for one in said if one))
    if isinstance(given, Layer):
        return notices
    return notices + tuple(
        say("map.unreadable", lang, layer=one.id) for one in given.unavailable.values()
    )


def _rows(layer: Layer) -> Iterable[tuple[BaseGeometry, tuple[str, str]]]:
    """Return shape, id and name of each feature of a layer."""
    frame = layer.frame
    field = layer.spec.name_field
    names = frame[field] if field in frame.columns else frame["feature_id"]
    texts = zip(frame["feature_id"].astype(str), names, strict=True)
    for shape, (zone, name) in zip(frame.geometry.array, texts, strict=True):
        yield shape, (zone, name if isinstance(name, str) else "")


def shown_zones(
    rows: Sequence[tuple[str, tuple[BaseGeometry, tuple[str, str]]]],
    lang: Lang,
    *,
    notices: tuple[str, ...] = (),
) -> Shown:
    """Return zones by kind.

    Parameters
    ----------
    rows
        Kind, shape in EPSG:4490, id and name of each zone.
    lang
        Language of the legend.
    notices
        What must be read with them.
    """
    if not rows:
        return Shown((), None, notices)
    shapes: Geometries = np.empty(len(rows), dtype=object)
    shapes[:] = [shape for _, (shape, _) in rows]
    simple, fits, _ = thinned(shapes)
    found: dict[str, list[Shape]] = {}
    # large zones first, so that small ones lie on top and can be pointed at
    order = np.argsort(-shapely.area(shapes), kind="stable")
    geometry = geojson(simple, ZONE_DECIMALS)
    for at in order[fits[order]].tolist():
        kind, (_, texts) = rows[at]
        shape = Shape(geometry[at], tuple(visible(one) for one in texts))
        found.setdefault(kind, []).append(shape)
    kinds = tuple(dict.fromkeys(kind for kind, _ in rows if kind in found))
    styles = zone_styles(kinds)
    groups = tuple(
        zone_group(kind_title(kind, lang), styles[kind], found[kind], lang)
        for kind in kinds
    )
    left = omitted(int((~fits).sum()), lang)
    return Shown(groups, framed(shapes), notices + left)


def zone_group(
    title: str, style: ZoneStyle, shapes: Iterable[Shape], lang: Lang
) -> Group:
    """Return zones of a kind, each with its id and its name."""
    titles = {"id": say("column.zone_id", lang), "name": say("column.zone_name", lang)}
    return Group(
        title, titles, style.colour, style.dash, style.fill, ZONE_WIDTH, tuple(shapes)
    )


def outcome_groups(
    shapes: Sequence[tuple[Outcome, Shape]], titles: Mapping[str, str], lang: Lang
) -> tuple[Group, ...]:
    """Return shapes by outcome, the gravest last and so on top; the word with each."""
    groups = []
    for outcome in reversed(OUTCOMES):
        label = f"{OUTCOME_SIGN[outcome]} {say(f'outcome.{outcome}', lang)}"
        some = tuple(
            Shape(shape.geometry, (*shape.texts, label))
            for said, shape in shapes
            if said == outcome
        )
        if some:
            named = {**titles, "outcome": say("column.outcome", lang)}
            colour = OUTCOME_COLOUR[outcome]
            groups.append(Group(label, named, colour, "", SITE_FILL, SITE_WIDTH, some))
    return tuple(groups)


def framed(shapes: Geometries) -> Bounds:
    """Return the bounds of some shapes with a margin."""
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    margin = max(0.002, _MARGIN * max(east - west, north - south))
    return (west - margin, south - margin, east + margin, north + margin)


def omitted(count: int, lang: Lang) -> tuple[str, ...]:
    """Return the sentence on zones that are not drawn, if there are any."""
    return (say("map.left_out", lang, count=str(count)),) if count else ()
