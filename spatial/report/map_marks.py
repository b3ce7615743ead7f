"""Graticule, scale bar and north arrow of a static map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.patches import Polygon
from matplotlib_scalebar.scalebar import ScaleBar

from spatial.report.map_frame import degrees_text
from spatial.report.map_pen import GREY, INK, PAPER
from spatial.report.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from shapely.geometry.base import BaseGeometry

    from spatial.report.map_frame import GridLine
    from spatial.report.map_pen import Pen
    from spatial.report.map_shapes import OnMap

BAR_INK = "#101112"
"""Of the scale bar alone: so it can be found in the drawing and measured."""
_M_PER_KM = 1000.0


def furniture(on: OnMap) -> BaseGeometry:
    """Return where scale bar and north arrow stand, on the map."""
    west, south, east, north = on.frame.box
    mm = on.frame.mm
    bar = shapely.box(
        west, south, west + on.frame.bar_m / on.frame.ground + mm(8), south + mm(9)
    )
    return bar.union(shapely.box(east - mm(11), north - mm(17), east, north))


def grid_line(axes: Axes, line: GridLine, pen: Pen) -> None:
    """Draw a meridian or parallel, with its degree where it meets the frame."""
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


def scale_bar(axes: Axes, on: OnMap, pen: Pen) -> None:
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


def north_arrow(axes: Axes, on: OnMap, pen: Pen) -> None:
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
