"""Names on a static map: where none covers another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.colors import to_rgb
from matplotlib.patheffects import withStroke

from spatial.report.map_face import width_em
from spatial.report.map_marks import furniture
from spatial.report.map_pen import INK, MM_PT, PAPER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

    from spatial.report.map_pen import Pen
    from spatial.report.map_shapes import OnMap, ZonesOnMap

MOST_NAMES, MOST_TRIED = 14, 40
_DARKER = 0.55


def write_names(axes: Axes, on: OnMap, pen: Pen) -> None:
    """Write the names of site and zones where none covers another.

    The site's first, then zones that it meets, then large ones; names without a place
    are left out: the tables of the report have them.
    """
    window = shapely.box(*on.frame.box).buffer(-on.frame.mm(1.0))
    taken: list[BaseGeometry] = [furniture(on)]
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
        for name, met, shape in _first(zones)
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


def _first(zones: ZonesOnMap) -> list[tuple[str, bool, BaseGeometry]]:
    """Return name, whether it is met and shape of the zones that come first."""
    size = shapely.area(zones.shapes)
    order = np.lexsort((-size, ~np.array(zones.met, dtype=bool)))[:MOST_TRIED]
    return [(zones.names[at], zones.met[at], zones.shapes[at]) for at in order]


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
    half_x = on.frame.mm(width_em(text) * size / MM_PT) / 2
    half_y = on.frame.mm(size / MM_PT) * 0.62
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
