"""Beside a static map: its legend, and where in the county it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.patches import PathPatch, Rectangle

from spatial.report.map_face import wrapped
from spatial.report.map_pen import GREY, INK, MM_PT, legend_marks, path_of
from spatial.report.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from spatial.report.content import ReviewContent
    from spatial.report.map_pen import Entry, Pen
    from spatial.report.map_shapes import OnMap

    Box = tuple[float, float, float, float]

_LINE = 1.4
_MARK_MM, _MARK_SHARE, _BETWEEN_MM = 7.0, 0.72, 1.6
_WHOLE = 0.6  # of the land: a map that shows more needs no inset
_LEAST_MM = 1.6  # of the window in the inset; smaller ones get a dot


def write_legend(
    page: Axes,
    box: Box,
    entries: list[Entry],
    pen: Pen,
    *,
    scale: str,
    columns: int,
) -> None:
    """Write a legend into a box (left, bottom, width, height) in millimetres.

    Words become smaller until all lines have their place: none is left out.
    """
    left, bottom, width, height = box
    head = (pen.size + 1.5) / MM_PT * 1.8
    top = bottom + height - head
    pen.write(
        page, (left, bottom + height - head * 0.25), say("map_sheet.legend", pen.lang),
        size=pen.size + 1.5, va="top", color=INK,
    )  # fmt: skip
    room = height - head - pen.size / MM_PT * 2.0
    each = width / columns
    size = pen.size
    while True:
        wide = (each - _MARK_MM - _BETWEEN_MM - 1.0) / (size / MM_PT)
        told = [wrapped(one.text, wide) for one in entries]
        high = size / MM_PT * _LINE
        placed = _placed([len(one) * high + high * 0.3 for one in told], room, columns)
        if placed is not None or size < 1.0:
            break
        size *= 0.95
    for entry, lines, (column, down) in zip(
        entries, told, placed or [(0, 0.0)] * len(told), strict=True
    ):
        x, y = left + column * each, top - down
        for one in legend_marks(
            entry, x, y - high * 0.98, width=_MARK_MM, height=high * _MARK_SHARE + 0.4
        ):
            page.add_artist(one)
        for place, line in enumerate(lines):
            at = x + _MARK_MM + _BETWEEN_MM, y - place * high
            pen.write(page, at, line, size=size, va="top", color=INK)
    pen.write(page, (left, bottom), scale, size=pen.size, va="bottom", color=INK)


def _placed(
    heights: list[float], room: float, columns: int
) -> list[tuple[int, float]] | None:
    """Return column and depth of each entry; None where they have no place."""
    found, column, down = [], 0, 0.0
    for one in heights:
        if down + one > room and down:
            column, down = column + 1, 0.0
        if column >= columns or one > room:
            return None
        found.append((column, down))
        down += one
    return found


def inset(  # noqa: PLR0917  of one caller
    axes_at: Callable[[Box], Axes],
    page: Axes,
    box: Box,
    content: ReviewContent,
    on: OnMap,
    pen: Pen,
) -> bool:
    """Draw where the map lies in its county, or within what the layers cover.

    Returns
    -------
    bool
        False where nobody states a county or a coverage, or where the map shows most
        of it anyway: then there is no inset.
    """
    land, key = _land(content, on)
    if land is None:
        return False
    seen = shapely.box(*land.bounds)
    if seen.intersection(shapely.box(*on.frame.degrees)).area > _WHOLE * seen.area:
        return False
    left, bottom, width, height = box
    title = pen.size / MM_PT * 1.8
    pen.write(page, (left, bottom + height), say(key, pen.lang), va="top", color=INK)
    drawn = on.frame.projection.xy(np.array([land], dtype=object))
    both = shapely.box(*shapely.total_bounds(drawn)).union(shapely.box(*on.frame.box))
    west, south, east, north = both.bounds
    room_x, room_y = width - 1.0, height - title - 2.0
    scale = max((east - west) / room_x, (north - south) / room_y) * 1.06
    x, y, half_x, half_y = (
        (west + east) / 2, (south + north) / 2, scale * room_x / 2, scale * room_y / 2
    )  # fmt: skip
    axes = axes_at((left + 0.5, bottom + 2.0, room_x, room_y))
    axes.set(xlim=(x - half_x, x + half_x), ylim=(y - half_y, y + half_y))
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(linewidth=0.5, color=GREY)
    parts = shapely.get_parts(shapely.get_parts(drawn))
    look: dict[str, Any] = {"facecolor": "#eeeeea", "edgecolor": GREY, "linewidth": 0.6}
    axes.add_patch(PathPatch(path_of(parts), **look))
    _window(axes, on, scale)
    return True


def _window(axes: Axes, on: OnMap, scale: float) -> None:
    """Draw the map's window into the inset; a cross through one that is tiny."""
    west, south, east, north = on.frame.box
    axes.add_patch(
        Rectangle((west, south), east - west, north - south, fill=False,
                  edgecolor="#b00020", linewidth=1.1, zorder=3)
    )  # fmt: skip
    if east - west < _LEAST_MM * scale:
        x, y = on.frame.middle
        axes.plot([x], [y], marker="o", markersize=6, markerfacecolor="none",
                  markeredgecolor="#b00020", zorder=3)  # fmt: skip


def _land(content: ReviewContent, on: OnMap) -> tuple[Any, str]:
    """Return the administrative units about the map, else what its layers cover."""
    window = shapely.box(*on.frame.degrees)
    covered = []
    for one in content.layers:
        if one.layer is None or one.status == "not_in_force":
            continue
        if one.kind == "admin_unit":
            shapes = np.asarray(one.layer.frame.geometry.array, dtype=object)
            here = shapes[shapely.intersects(shapes, window)]
            if len(here):
                return _simple(shapely.union_all(here)), "map_sheet.inset"
        if one.layer.coverage is not None:
            covered.append(one.layer.coverage.area)
    if not covered:
        return None, ""
    # layers mostly share one area: the same is not joined twenty times
    different = list({shapely.to_wkb(one): one for one in covered}.values())
    return _simple(shapely.union_all(different)), "map_sheet.inset_covered"


def _simple(land: Any) -> Any:  # noqa: ANN401
    west, south, east, north = land.bounds
    finest = max(east - west, north - south) / 2000
    return shapely.simplify(land, finest, preserve_topology=True)
