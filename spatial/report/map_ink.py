"""The map itself in ink: zones, overlaps, sites, graticule, names, scale bar, north.

Whatever is drawn gives its line of the legend back, so the legend says what is on the
map and nothing else. Colours differ by kind, and so do hatches, dashes and signs: a
print in black and white says the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from matplotlib_scalebar.scalebar import ScaleBar

from spatial.report.map_face import width_em
from spatial.report.map_frame import degrees_text, graticule
from spatial.report.palette import OUTCOME_COLOUR
from spatial.report.words import number, pick, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from spatial.finding import Said
    from spatial.report.map_face import MapFace
    from spatial.report.map_frame import GridLine
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
INK, GREY, PAPER = "#111111", "#555555", "#ffffff"
BAR_INK = "#101112"  # of the scale bar alone: it can be found in the drawing
RING_INK = "#3b2f6b"
MOST_NAMES = 14
SMALL_MM = 2.0
"""A site that is smaller on the paper gets a circle around it."""
_DASH_SCALE, _DARKER = 0.5, 0.55
_SITE_WIDTH, _HALO = 1.5, 3.2
_MARK_PT, _MANY, _MARK_PT_MANY = 6.0, 400, 3.0
_MM_PT = 72 / 25.4
_M_PER_KM = 1000.0
_POLYGON, _LINE = 2, 1  # dimensions


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend.

    Attributes
    ----------
    sort
        Whether an ``area``, a ``line`` or a ``point`` is shown beside the words.
    text
        The words.
    look
        What matplotlib is told: of a patch, a line or a marker.
    """

    sort: Literal["area", "line", "point"]
    text: str
    look: dict[str, Any]


@dataclass
class Pen:
    """Writes words, and remembers which signs the typeface did not have.

    Attributes
    ----------
    face
        The typeface.
    size
        Of plain words, points.
    lang
        Language.
    lost
        Signs that were asked for and are not there.
    """

    face: MapFace
    size: float
    lang: Lang
    lost: set[str] = field(default_factory=set)

    def font(self, size: float | None = None) -> FontProperties:
        """Return the typeface in a size."""
        return FontProperties(fname=self.face.file, size=size or self.size)

    def shown(self, text: str) -> str:
        """Return a text as it can be printed."""
        told, lost = self.face.shown(text)
        self.lost |= lost
        return told

    def write(
        self,
        axes: Axes,
        at: tuple[float, float],
        text: str,
        *,
        size: float | None = None,
        **look: Any,  # noqa: ANN401  passed on
    ) -> None:
        """Write words into axes; nothing in them is read as mathematics."""
        axes.text(
            *at,
            self.shown(text),
            fontproperties=self.font(size),
            parse_math=False,
            **look,
        )


def draw_map(axes: Axes, on: OnMap, pen: Pen) -> list[Entry]:
    """Draw a map into axes; return its legend: sites first, then zones."""
    west, south, east, north = on.frame.box
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    axes.set_aspect("equal", adjustable="box")
    zones = [_zones(axes, one, pen.lang) for one in on.zones]
    for line in graticule(on.frame):
        _grid_line(axes, line, pen)
    over = [
        _overlap(axes, outcome, shapes, pen.lang)
        for outcome, shapes in reversed(on.overlaps.items())  # the gravest on top
    ][::-1]
    rings = [
        Entry("line", _ring_text(one.distance_m, one.rules, pen.lang), look)
        for number_, one in enumerate(on.rings)
        for look in (_ring(axes, one.line, number_),)
    ]
    sites = _site(axes, on, pen) if on.label else _sites(axes, on, pen.lang)
    _names(axes, on, pen)
    _scale_bar(axes, on, pen)
    _north(axes, on, pen)
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
    stroke = {"color": look["edgecolor"], "linestyle": look["linestyle"]}
    for one in lines:
        axes.plot(*shapely.get_coordinates(one).T, linewidth=1.3, zorder=1.6, **stroke)
    dot = {"color": look["edgecolor"], "marker": "P", "markersize": 5.0}
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
    """Draw areas: fill and hatch below all outlines, so that none is hidden."""
    outline = path_of(areas)
    inner = {**look, "linewidth": 0.0, "edgecolor": (look["edgecolor"], 0.4)}
    axes.add_patch(PathPatch(outline, zorder=zorder, **inner))
    outer = {**look, "facecolor": "none", "hatch": None}
    axes.add_patch(PathPatch(outline, zorder=zorder + 0.3, **outer))


def path_of(areas: Geometries) -> Outline:
    """Return polygons as one outline, holes cut out: they run the other way round."""
    rings = shapely.get_rings(shapely.orient_polygons(areas))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(points), Outline.LINETO, dtype=Outline.code_type)
    starts = np.flatnonzero(np.diff(ring, prepend=-1))
    codes[starts] = Outline.MOVETO
    codes[np.append(starts[1:], len(points)) - 1] = Outline.CLOSEPOLY
    return Outline(points, codes)


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
        axes.add_patch(PathPatch(path_of(parts[rank == _POLYGON]), zorder=3.0, **look))
        return Entry("area", label, look)
    if len(lines):
        return Entry("line", label, stroke)
    dots = shapely.get_coordinates(parts)
    dot = {"marker": "o", "markersize": 12.0, "color": (colour, 0.4)}
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


# -- names -------------------------------------------------------------------------


def _names(axes: Axes, on: OnMap, pen: Pen) -> None:
    """Write the names of site and zones where none covers another.

    The site's first, then zones that it meets, then large ones; names without a place
    are left out: the tables of the report have them.
    """
    window = shapely.box(*on.frame.box).buffer(-on.frame.mm(1.0))
    taken: list[BaseGeometry] = [_furniture(on)]
    if on.label:
        (shapes,) = on.sites.values()
        west, _, east, north = shapely.total_bounds(shapes).tolist()
        place = (west + east) / 2, north + on.frame.mm(2.6)
        _name(axes, place, on.label, pen, on, taken, size=pen.size + 1.0, window=window)
    sites = (
        shapely.union_all(np.concatenate(list(on.sites.values()))) if on.label else None
    )
    wanted = [
        (zones.is_tiles, not met, -shape.area, zones.style.colour, name, shape)
        for zones in on.zones
        if on.label or not zones.is_tiles
        for name, met, shape in zip(zones.names, zones.met, zones.shapes, strict=True)
    ]
    wanted.sort(key=lambda one: one[:5])
    done = 0
    for *_, colour, name, shape in wanted:
        if done >= MOST_NAMES:
            break
        for at in _places(shape, window, sites, on.frame.mm(3.0)):
            if _name(
                axes, at, name, pen, on, taken, size=pen.size - 0.5, window=window,
                colour=_dark(colour),
            ):  # fmt: skip
                done += 1
                break


def _dark(colour: str) -> tuple[float, float, float]:
    """Return a colour that can be read as words, in a print without colours too."""
    red, green, blue = to_rgb(colour)
    return red * _DARKER, green * _DARKER, blue * _DARKER


def _places(
    shape: BaseGeometry, window: BaseGeometry, site: BaseGeometry | None, away: float
) -> Iterator[tuple[float, float]]:
    """Yield places for the name of a zone: beside the site, then above and below."""
    inside = shape.intersection(window)
    if site is not None:
        inside = inside.difference(site.buffer(away))
    if inside.is_empty:
        return
    parts = shapely.get_parts(inside)
    point = shapely.point_on_surface(parts[np.argmax(shapely.area(parts))])
    for step in (0.0, 1.2, -1.2, 2.4, -2.4):
        yield point.x, point.y + step * away


def _name(  # noqa: PLR0917  a private helper of one caller
    axes: Axes,
    at: tuple[float, float],
    text: str,
    pen: Pen,
    on: OnMap,
    taken: list[BaseGeometry],
    *,
    size: float,
    window: BaseGeometry,
    colour: str | tuple[float, float, float] = INK,
) -> bool:
    """Write a name if it has a place; return whether it has."""
    half_x = on.frame.mm(width_em(text) * size / _MM_PT) / 2
    half_y = on.frame.mm(size / _MM_PT) * 0.62
    west, south, east, north = window.bounds
    x = min(max(at[0], west + half_x), east - half_x)
    y = min(max(at[1], south + half_y), north - half_y)
    box = shapely.box(x - half_x, y - half_y, x + half_x, y + half_y)
    if 2 * half_x > east - west or any(box.intersects(one) for one in taken):
        return False
    taken.append(box)
    pen.write(
        axes, (x, y), text, size=size, color=colour, ha="center", va="center",
        zorder=6.0, path_effects=[withStroke(linewidth=2.0, foreground=PAPER)],
    )  # fmt: skip
    return True


def _furniture(on: OnMap) -> BaseGeometry:
    """Return where scale bar and north arrow stand, on the map."""
    west, south, east, north = on.frame.box
    mm = on.frame.mm
    bar = shapely.box(
        west, south, west + on.frame.bar_m / on.frame.ground + mm(8), south + mm(9)
    )
    return bar.union(shapely.box(east - mm(11), north - mm(17), east, north))


# -- graticule, scale bar, north -----------------------------------------------------


def _grid_line(axes: Axes, line: GridLine, pen: Pen) -> None:
    axes.plot(*line.xy.T, color="#8a8f98", linewidth=0.35, zorder=2.5)
    text = degrees_text(line.degrees, is_meridian=line.is_meridian)
    looks: dict[str, dict[str, Any]] = {
        "bottom": {"ha": "center", "va": "top", "xytext": (0, -2)},
        "top": {"ha": "center", "va": "bottom", "xytext": (0, 2)},
        "left": {"ha": "right", "va": "center", "xytext": (-2, 0), "rotation": 90},
        "right": {"ha": "left", "va": "center", "xytext": (2, 0), "rotation": 90},
    }
    for x, y, edge in line.ends:
        axes.annotate(
            pen.shown(text),
            (x, y),
            textcoords="offset points",
            annotation_clip=False,
            fontproperties=pen.font(pen.size - 1.2),
            color=GREY,
            parse_math=False,
            **looks[edge],
        )


def _scale_bar(axes: Axes, on: OnMap, pen: Pen) -> None:
    """Draw a bar of a round length on the ground, true in the middle of the map."""
    length = on.frame.bar_m
    unit, value = ("km", length / _M_PER_KM) if length >= _M_PER_KM else ("m", length)
    label = say(f"map_sheet.{unit}", pen.lang, value=f"{value:g}")
    bar = ScaleBar(
        on.frame.ground,
        "m",
        location="lower left",
        fixed_value=value,
        fixed_units=unit,
        width_fraction=0.008,
        pad=0.35,
        border_pad=0.4,
        sep=2,
        color=BAR_INK,
        box_alpha=0.85,
        font_properties={"fname": pen.face.file, "size": pen.size},
        scale_formatter=lambda _value, _unit: pen.shown(label),
    )
    bar.set_zorder(7.0)
    axes.add_artist(bar)


def _north(axes: Axes, on: OnMap, pen: Pen) -> None:
    """Draw an arrow to true north in the middle of the map."""
    _, _, east, north = on.frame.box
    mm = on.frame.mm
    middle = np.array([east - mm(5.5), north - mm(9.5)])
    turn = np.radians(on.frame.north_deg)
    up, side = (
        np.array([np.sin(turn), np.cos(turn)]),
        np.array([np.cos(turn), -np.sin(turn)]),
    )
    back = axes.transData
    frame = shapely.box(*(middle - mm(4.6)), *(middle + mm(4.6))).bounds
    axes.add_patch(
        Polygon(
            [(frame[0], frame[1] - mm(2.0)), (frame[2], frame[1] - mm(2.0)),
             (frame[2], frame[3] + mm(4.2)), (frame[0], frame[3] + mm(4.2))],
            closed=True, facecolor=(PAPER, 0.85), edgecolor="none", zorder=6.9,
            transform=back,
        )
    )  # fmt: skip
    tip, foot = middle + up * mm(4.6), middle - up * mm(2.6)
    for sign, colour in ((1, INK), (-1, PAPER)):
        wing = middle - up * mm(4.6) + sign * side * mm(2.6)
        axes.add_patch(
            Polygon([tip, wing, foot], closed=True, facecolor=colour, edgecolor=INK,
                    linewidth=0.6, zorder=7.0)
        )  # fmt: skip
    pen.write(
        axes, tuple(middle + up * mm(6.3)), say("map.north", pen.lang), ha="center",
        va="center", color=INK, zorder=7.1,
    )  # fmt: skip


def legend_marks(
    entry: Entry, x: float, y: float, *, width: float, height: float
) -> Iterator[Any]:
    """Yield what matplotlib draws beside a line of the legend, in millimetres."""
    if entry.sort == "area":
        corners = [
            (x, y),
            (x + width, y),
            (x + width, y + height),
            (x, y + height),
            (x, y),
        ]
        outline = Outline(corners, closed=True)
        if entry.look.get("hatch"):
            yield PathPatch(outline, **{**entry.look, "linewidth": 0.0})
        yield PathPatch(outline, **{**entry.look, "facecolor": "none", "hatch": None}
                        if entry.look.get("hatch") else entry.look)  # fmt: skip
    elif entry.sort == "line":
        yield Line2D([x, x + width], [y + height / 2] * 2, **entry.look)
    else:
        yield Line2D([x + width / 2], [y + height / 2], **entry.look)
