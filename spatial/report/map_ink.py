"""The map itself in ink: zones, overlaps, rings, sites.

Whatever is drawn gives its line of the legend back, so the legend says what is on the
map and nothing else. Colours differ by kind, and so do hatches, dashes and signs: a
print in black and white says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from matplotlib.patheffects import withStroke

from spatial.report.map_frame import graticule
from spatial.report.map_marks import grid_line, north_arrow, scale_bar
from spatial.report.map_names import write_names
from spatial.report.map_pen import INK, PAPER, Entry, area_patches, path_of
from spatial.report.palette import OUTCOME_COLOUR
from spatial.report.words import number, pick, say

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from spatial.finding import Said
    from spatial.report.map_pen import Pen
    from spatial.report.map_shapes import OnMap, ZonesOnMap
    from spatial.text import Lang

    Geometries = NDArray[np.object_]

MARKS: dict[Said, str] = {
    "prohibited": "X",
    "needs_information": "D",
    "not_checked": "o",
    "restricted": "^",
    "clear": "s",
    "advised": "v",
}
"""Signs of outcomes on the map of all sites, as matplotlib names them."""
_MARK_SIZE: dict[Said, float] = {**dict.fromkeys(MARKS, 1.0), "needs_information": 0.8}
RING_INK = "#3b2f6b"
SMALL_MM = 2.0
"""A site that is smaller on the paper gets a circle around it."""
_DASH_SCALE = 0.5
_SITE_WIDTH, _HALO = 1.5, 3.2
_MARK_PT, _MANY, _MARK_PT_MANY = 6.0, 400, 3.0
_POLYGON, _LINE = 2, 1  # dimensions


def draw_map(axes: Axes, on: OnMap, pen: Pen) -> list[Entry]:
    """Draw a map into axes; return its legend: sites first, then zones."""
    west, south, east, north = on.frame.box
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    axes.set_aspect("equal", adjustable="box")
    zones = [_zones(axes, one, pen.lang) for one in on.zones]
    for line in graticule(on.frame):
        grid_line(axes, line, pen)
    over = [
        _overlap(axes, outcome, shapes, pen.lang)
        for outcome, shapes in reversed(
            tuple(on.overlaps.items())
        )  # the gravest on top
    ][::-1]
    rings = [
        Entry("line", _ring_text(one.distance_m, one.rules, pen.lang), look)
        for number_, one in enumerate(on.rings)
        for look in (_ring(axes, one.line, number_),)
    ]
    sites = _site(axes, on, pen) if on.label else _sites(axes, on, pen.lang)
    write_names(axes, on, pen)
    scale_bar(axes, on, pen)
    north_arrow(axes, on, pen)
    return [*sites, *over, *rings, *zones]


# -- zones -------------------------------------------------------------------------


def _zones(axes: Axes, zones: ZonesOnMap, lang: Lang) -> Entry:
    """Draw the zones of a kind: areas, lines and points."""
    look = _zone_look(zones)
    rank = shapely.get_dimensions(shapely.get_parts(zones.shapes))
    parts = shapely.get_parts(zones.shapes)
    areas, lines = parts[rank == _POLYGON], parts[rank == _LINE]
    points = shapely.get_coordinates(parts[rank == 0])
    if len(areas):
        _fill(axes, areas, look, zorder=1.0 if zones.is_tiles else 1.2)
    stroke: dict[str, Any] = {
        "color": look["edgecolor"],
        "linestyle": look["linestyle"],
    }
    for one in lines:
        axes.plot(*shapely.get_coordinates(one).T, linewidth=1.3, zorder=1.6, **stroke)
    dot: dict[str, Any] = {
        "color": look["edgecolor"],
        "marker": "P",
        "markersize": 5.0,
    }
    if len(points):
        axes.plot(*points.T, linestyle="none", zorder=1.7, **dot)
    text = " / ".join(dict.fromkeys(pick(one.title, lang) for one in zones.records))
    if any(one.status == "doubtful" for one in zones.records):
        text = say("map_sheet.doubtful", lang, title=text)
    if len(areas):
        return Entry("area", text, look)
    if len(lines):
        return Entry("line", text, {**stroke, "linewidth": 1.3})
    return Entry("point", text, {**dot, "linestyle": "none"})


def _zone_look(zones: ZonesOnMap) -> dict[str, Any]:
    style = zones.style
    dash: Any = "solid"
    if style.dash:
        dash = (0, tuple(float(one) * _DASH_SCALE for one in style.dash.split()))
    return {
        "facecolor": "none" if zones.is_tiles else (style.colour, style.fill * 0.7),
        "edgecolor": style.colour,
        "linestyle": dash,
        "linewidth": 0.6 if zones.is_tiles else 1.0,
        "hatch": zones.hatch,
    }


def _fill(
    axes: Axes, areas: Geometries, look: dict[str, Any], *, zorder: float
) -> None:
    """Draw areas: fills and hatches below all outlines, so that none is hidden."""
    # as artists: a patch would be looked through for its bounds, corner by corner
    below, hatch, above = area_patches(path_of(areas), look)
    for one in (below, hatch):
        one.set_zorder(zorder)
        axes.add_artist(one)
    above.set_zorder(zorder + 0.3)
    axes.add_artist(above)


# -- sites -------------------------------------------------------------------------


def _overlap(axes: Axes, outcome: Said, shapes: Geometries, lang: Lang) -> Entry:
    colour = OUTCOME_COLOUR[outcome]
    look = {
        "facecolor": (colour, 0.22),
        "edgecolor": colour,
        "linestyle": "solid",
        "linewidth": 0.4,
        "hatch": "xxxxx" if outcome == "prohibited" else "/////",
    }
    parts = shapely.get_parts(shapes)
    rank = shapely.get_dimensions(parts)
    label = say("map_sheet.overlap", lang, label=say(f"outcome.{outcome}", lang))
    lines = parts[rank == _LINE]
    stroke: dict[str, Any] = {"color": colour, "linewidth": 3.4}
    if outcome != "prohibited":
        stroke |= {"linestyle": (0, (1.0, 0.5)), "linewidth": 2.6}
    for one in lines:
        axes.plot(*shapely.get_coordinates(one).T, zorder=4.5, **stroke)
    if (rank == _POLYGON).any():
        for one in area_patches(path_of(parts[rank == _POLYGON]), look):
            one.set_zorder(3.0)
            axes.add_artist(one)
        return Entry("area", label, look)
    if len(lines):
        return Entry("line", label, stroke)
    dots = shapely.get_coordinates(parts)
    dot: dict[str, Any] = {
        "marker": "o",
        "markersize": 12.0,
        "color": (colour, 0.4),
    }
    axes.plot(*dots.T, linestyle="none", zorder=3.0, **dot)
    return Entry("point", label, {**dot, "linestyle": "none"})


def _ring(axes: Axes, line: BaseGeometry, place: int) -> dict[str, Any]:
    """Draw the land within a distance; rings differ by their dash."""
    dashes = ((5.0, 2.0), (1.5, 1.5), (8.0, 2.0, 1.5, 2.0), (3.0, 3.0))
    look: dict[str, Any] = {
        "color": RING_INK,
        "linewidth": 1.0,
        "linestyle": (0, dashes[place % len(dashes)]),
    }
    for one in shapely.get_parts(line):
        axes.plot(*shapely.get_coordinates(one).T, zorder=3.3, **look)
    return look


def _ring_text(distance_m: float, rules: tuple[str, ...], lang: Lang) -> str:
    decimals = 0 if float(distance_m).is_integer() else 3
    return say(
        "map_sheet.ring",
        lang,
        distance=number(distance_m, decimals, lang),
        rule=say("value_join", lang).join(rules),
    )


def _site(axes: Axes, on: OnMap, pen: Pen) -> list[Entry]:
    """Draw the site that the map is about, black on white, with its name."""
    ((outcome, shapes),) = on.sites.items()
    text = say("map_sheet.site", pen.lang, label=say(f"outcome.{outcome}", pen.lang))
    halo = [withStroke(linewidth=_HALO, foreground=PAPER)]
    parts = shapely.get_parts(shapes)
    rank = shapely.get_dimensions(parts)
    line: dict[str, Any] = {"color": INK, "linewidth": _SITE_WIDTH}
    for one in shapely.get_parts(shapely.boundary(parts[rank == _POLYGON])):
        axes.plot(
            *shapely.get_coordinates(one).T, zorder=4.0, path_effects=halo, **line
        )
    for one in parts[rank == _LINE]:
        axes.plot(
            *shapely.get_coordinates(one).T,
            zorder=4.0,
            color=INK,
            linewidth=2.0,
            path_effects=halo,
        )
    dot: dict[str, Any] = {
        "marker": "o",
        "markersize": 5.0,
        "color": INK,
        "markeredgecolor": PAPER,
    }
    points = shapely.get_coordinates(parts[rank == 0])
    axes.plot(*points.T, linestyle="none", zorder=4.1, **dot)
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    if max(east - west, north - south) < on.frame.mm(SMALL_MM):
        axes.plot(
            [(west + east) / 2], [(south + north) / 2], marker="o", markersize=13.0,
            markerfacecolor="none", markeredgecolor=INK, linestyle="none", zorder=4.0,
        )  # fmt: skip
    if (rank == _POLYGON).any():
        look = {**_PLAIN, "facecolor": "none", "edgecolor": INK}
        return [Entry("area", text, {**look, "linewidth": _SITE_WIDTH})]
    if (rank == _LINE).any():
        return [Entry("line", text, {**line, "linewidth": 2.0})]
    return [Entry("point", text, {**dot, "linestyle": "none"})]


_PLAIN: dict[str, Any] = {"linestyle": "solid", "hatch": None}


def _sites(axes: Axes, on: OnMap, lang: Lang) -> list[Entry]:
    """Draw all sites by outcome, the gravest on top; lines are drawn as lines too."""
    many = sum(map(len, on.sites.values())) > _MANY
    entries = []
    for rank, (outcome, shapes) in enumerate(on.sites.items()):
        colour = OUTCOME_COLOUR[outcome]
        zorder = 4.0 + rank / 10
        lines = shapes[shapely.get_dimensions(shapes) == _LINE]
        for one in shapely.get_parts(lines):
            axes.plot(
                *shapely.get_coordinates(one).T, color=colour, linewidth=1.2,
                zorder=zorder,
            )  # fmt: skip
        middle = shapely.get_coordinates(shapely.point_on_surface(shapes))
        look: dict[str, Any] = {
            "marker": MARKS[outcome],
            "markersize": (_MARK_PT_MANY if many else _MARK_PT) * _MARK_SIZE[outcome],
            "color": colour,
            "markeredgecolor": PAPER,
            "markeredgewidth": 0.3 if many else 0.6,
            "linestyle": "none",
        }
        axes.plot(*middle.T, zorder=zorder, **look)
        label = say(f"outcome.{outcome}", lang)
        text = say("map_sheet.sites", lang, label=label, count=len(shapes))
        entries.append(
            Entry("point", text, {**look, "markersize": _MARK_PT * _MARK_SIZE[outcome]})
        )
    return entries[::-1]
