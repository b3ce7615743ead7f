"""What a map shows: sites, and the zones around them, simplified for the eye only.

Judgement never sees these shapes. Both maps (the page's and folium's) draw them.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from spatial.finding import OUTCOMES
from spatial.report.palette import ZoneStyle, zone_styles
from spatial.report.words import pick, say, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from layers.layer import Layer
    from spatial.finding import Outcome
    from spatial.report.content import LayerRecord, ReviewContent, SiteRecord
    from spatial.text import Lang

Bounds = tuple[float, float, float, float]
Geometries = np.ndarray[Any, np.dtype[np.object_]]

MARGIN_SHARE = 0.15  # of the sites' extent, on each side
MARGIN_DEGREES = 0.03  # at least: some 3 km, so that the nearest border is seen
WINDOW_SHARE = 0.9  # half the side of the window, of the longer side of the bounds
FINEST_SHARE = 1 / 8000  # of the extent: below one pixel on the whole map
MOST_VERTICES = 150_000  # some 3 MB of JSON: a page must open at once
ZONE_DECIMALS, SITE_DECIMALS = 6, 7  # 0.1 m and 0.01 m
COLLECTION = 7  # shapely's type id of a GeometryCollection
METRES_PER_DEGREE = 111_320.0  # along a meridian; said as "about" on the page


@dataclass(frozen=True, slots=True)
class DrawnSite:
    """A site on the map; `place` is its position in the review."""

    place: int
    site_id: str
    name: str
    outcome: Outcome
    geometry: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DrawnZone:
    """A zone on the map: `geometry` for the overview, `outline` as the layer has it."""

    layer: str
    zone_id: str
    name: str
    geometry: dict[str, Any]
    outline: BaseGeometry


@dataclass(frozen=True, slots=True)
class DrawnKind:
    """The zones of a kind, with their style; `title` in one language.

    `left_out` are those for which the overview has no room, without geometry; largest
    first, as `zones`.
    """

    kind: str
    title: str
    style: ZoneStyle
    zones: tuple[DrawnZone, ...]
    left_out: tuple[DrawnZone, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map without its frame.

    Attributes
    ----------
    bounds
        (min_lon, min_lat, max_lon, max_lat) of the sites with a margin; None when
        no site has a geometry: then nothing is drawn.
    window
        The same of the larger box at which zones are cut off.
    sites
        Least severe first, so that the severe ones are drawn on top.
    kinds
        In the order of the workspace; kinds without a zone nearby are left out. A
        kind may have only zones for which there is no room.
    tolerance_m
        About how far a border may have moved for display.
    omitted
        Zones nearby that are not drawn because the page would grow too large.
    """

    bounds: Bounds | None
    window: Bounds | None
    sites: tuple[DrawnSite, ...]
    kinds: tuple[DrawnKind, ...]
    tolerance_m: float
    omitted: int


@dataclass(frozen=True, slots=True)
class _Near:
    """Zones of one layer that meet the map's frame, clipped to it, and as they are."""

    record: LayerRecord
    ids: tuple[str, ...]
    names: tuple[str, ...]
    shapes: Geometries
    outlines: Geometries


def drawing(content: ReviewContent, lang: Lang) -> Drawing:
    """Return what to draw for a review.

    Zones are clipped to the sites' surroundings and simplified until they fit
    into `MOST_VERTICES`; when even coarse outlines do not fit, the smallest zones are
    left out and counted.
    """
    bounds = _frame(content)
    if bounds is None:
        return Drawing(None, None, (), (), 0.0, 0)
    window = _window(bounds)
    near = [
        _near(one, window)
        for one in content.layers
        if one.layer is not None and one.status != "not_in_force"
    ]
    near = [one for one in near if len(one.shapes)]
    shapes: Geometries = np.concatenate(
        [np.empty(0, dtype=object), *(one.shapes for one in near)]
    )
    extent = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    shapes, tolerance = _simplified(shapes, extent * FINEST_SHARE)
    drawn = _that_fit(shapes)
    return Drawing(
        bounds=bounds,
        window=window,
        sites=_sites(content, lang),
        kinds=_kinds(near, shapes, drawn=drawn, lang=lang),
        tolerance_m=tolerance * METRES_PER_DEGREE,
        omitted=int((~drawn).sum()),
    )


def _window(bounds: Bounds) -> Bounds:
    """Return a square around `bounds` that fills the map whatever its format."""
    west, south, east, north = bounds
    half = WINDOW_SHARE * max(east - west, north - south)
    lon, lat = (west + east) / 2, (south + north) / 2
    return (lon - half, max(lat - half, -90.0), lon + half, min(lat + half, 90.0))


def _frame(content: ReviewContent) -> Bounds | None:
    shapes = [one.geometry for one in content.sites if one.geometry is not None]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    margin = max(MARGIN_DEGREES, MARGIN_SHARE * max(east - west, north - south))
    return (west - margin, south - margin, east + margin, north + margin)


def _near(record: LayerRecord, bounds: Bounds) -> _Near:
    layer: Layer = record.layer  # type: ignore[assignment]
    frame = layer.frame
    window = shapely.box(*bounds)
    every: Geometries = np.asarray(frame.geometry.array, dtype=object)
    here = np.flatnonzero(shapely.intersects(every, window))
    shapes = _without_crumbs(shapely.intersection(every[here], window))
    field = layer.spec.name_field
    names = frame[field] if field in frame.columns else frame["feature_id"]
    return _Near(
        record,
        tuple(str(one) for one in frame["feature_id"].iloc[here]),
        tuple(one if isinstance(one, str) else "" for one in names.iloc[here]),
        shapes,
        every[here],
    )


def _without_crumbs(shapes: Geometries) -> Geometries:
    """Return shapes of one family each: where an area touches the frame, no line."""
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == COLLECTION)
    pure = shapes.copy()
    for place in mixed:  # rare: only what touches the frame from outside as well
        parts = shapely.get_parts(shapes[place])
        ranks = shapely.get_dimensions(parts)
        pure[place] = shapely.union_all(parts[ranks == ranks.max()])
    return pure


def _simplified(shapes: Geometries, finest: float) -> tuple[Geometries, float]:
    """Return the shapes with as few vertices as asked for, and how far they moved.

    Each round starts from the last one, so that it is quick; the tolerances add up.
    """
    tolerance = moved = finest
    simple = shapely.simplify(shapes, tolerance, preserve_topology=True)
    while (
        shapely.get_num_coordinates(simple).sum() > MOST_VERTICES
        and tolerance < finest * 64  # beyond that a border is no longer itself
    ):
        tolerance *= 2
        moved += tolerance
        simple = shapely.simplify(simple, tolerance, preserve_topology=True)
    return simple, moved


def _that_fit(shapes: Geometries) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which shapes fit into the budget, the largest first."""
    size = shapely.area(shapely.envelope(shapes)) if len(shapes) else np.empty(0)
    order = np.argsort(-size, kind="stable")
    vertices = np.cumsum(shapely.get_num_coordinates(shapes[order]))
    fits = np.zeros(len(shapes), dtype=bool)
    fits[order] = vertices <= MOST_VERTICES
    return fits


def _kinds(
    near: list[_Near],
    shapes: Geometries,
    *,
    drawn: np.ndarray[Any, np.dtype[np.bool_]],
    lang: Lang,
) -> tuple[DrawnKind, ...]:
    zones: dict[str, list[DrawnZone]] = {}
    left_out: dict[str, list[DrawnZone]] = {}
    titles: dict[str, str] = {}
    start = 0
    for one in near:
        stop = start + len(one.shapes)
        kind = one.record.kind
        titles[kind] = pick(one.record.title, lang)
        here, some = drawn[start:stop], shapes[start:stop]
        zones.setdefault(kind, []).extend(_zones(one, some, which=here, drawn=True))
        left_out.setdefault(kind, []).extend(
            _zones(one, some, which=~here, drawn=False)
        )
        start = stop
    styles: Mapping[str, ZoneStyle] = zone_styles(tuple(zones))
    return tuple(
        DrawnKind(kind, titles[kind], styles[kind], tuple(found), tuple(left_out[kind]))
        for kind, found in zones.items()
        if found or left_out[kind]
    )


def _zones(
    near: _Near,
    shapes: Geometries,
    *,
    which: np.ndarray[Any, np.dtype[np.bool_]],
    drawn: bool,
) -> list[DrawnZone]:
    """Return some zones; those that are not drawn have no geometry."""
    # large zones first, so that small ones can be pointed at
    order = np.argsort(-shapely.area(shapes), kind="stable")
    order = order[which[order]]
    geometry = geojson(shapes[order], ZONE_DECIMALS) if drawn else [{}] * len(order)
    return [
        DrawnZone(
            near.record.id,
            visible(near.ids[place]),
            visible(near.names[place]),
            shape,
            near.outlines[place],
        )
        for place, shape in zip(order.tolist(), geometry, strict=True)
    ]


def _sites(content: ReviewContent, lang: Lang) -> tuple[DrawnSite, ...]:
    placed = [
        (place, site)
        for place, site in enumerate(content.sites)
        if site.geometry is not None
    ]
    shapes: Geometries = np.empty(len(placed), dtype=object)
    shapes[:] = [site.geometry for _, site in placed]
    geometry = geojson(shapes, SITE_DECIMALS)
    found = [
        DrawnSite(place, visible(site.site_id), _site_name(site, lang), outcome, shape)
        for (place, site), shape in zip(placed, geometry, strict=True)
        for outcome in (site.outcome,)
    ]
    return tuple(sorted(found, key=lambda one: -OUTCOMES.index(one.outcome)))


def _site_name(site: SiteRecord, lang: Lang) -> str:
    """Return a site's name; an outcome that a reviewer changed is marked beside it."""
    name = visible(site.name or "")
    if not site.is_overruled:
        return name
    return f"{name} · {say('overruled.mark', lang)}".removeprefix(" · ")


def geojson(shapes: Geometries, decimals: int) -> list[dict[str, Any]]:
    """Return GeoJSON geometries with rounded coordinates."""
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, decimals))
    return [json.loads(text) for text in shapely.to_geojson(rounded)]


def middle_latitude(bounds: Bounds) -> float:
    """Return the latitude whose scale the map keeps, away from the poles."""
    return max(-80.0, min(80.0, math.fsum((bounds[1], bounds[3])) / 2))


def thinned(
    shapes: Geometries,
) -> tuple[Geometries, np.ndarray[Any, np.dtype[np.bool_]], float]:
    """Return shapes for the eye, which of them fit on a page, and the tolerance.

    Parameters
    ----------
    shapes
        (n,), EPSG:4490, none empty; n > 0.

    Returns
    -------
    tuple
        (n,) shapes with fewer vertices; (n,) False for those that would be too many
        (the smallest); about how far a border may have moved, metres.
    """
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    extent = max(east - west, north - south)
    simple, moved = _simplified(shapes, extent * FINEST_SHARE)
    return simple, _that_fit(simple), moved * METRES_PER_DEGREE
