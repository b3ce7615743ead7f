"""A quick picture for a notebook: the groups of a map, a legend, the notices.

It is for looking, not for handing in. matplotlib is used through its objects alone, so
the caller's figures and settings stay as they are; the same content gives the same
bytes with the same matplotlib and font.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import shape as shape_of

from layers.errors import ExtraMissingError
from spatial.report.drawing import middle_latitude
from spatial.report.words import visible

if TYPE_CHECKING:
    from pathlib import Path

    from spatial.report.drawing import Bounds
    from spatial.report.shown import Group, Shown

FONTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei", "SimSun"),
    *("PingFang SC", "DejaVu Sans"),
)
SIZE_INCHES, DPI = (9.0, 6.0), 110
_MARKER = 5.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that a notebook shows.

    Attributes
    ----------
    png
        The file.
    """

    png: bytes

    def _repr_png_(self) -> bytes:
        return self.png

    def write(self, path: Path) -> Path:
        """Write the PNG and return its path."""
        path.write_bytes(self.png)
        return path


def plot(shown: Shown, title: str = "") -> Picture:
    """Return a picture of a map.

    Parameters
    ----------
    shown
        What is drawn, from below to the top.
    title
        Above it.

    Returns
    -------
    Picture
        Longitude and latitude in true proportion at the middle of the map; the
        legend says how many shapes a group has; the notices stand below. Where no font
        has a sign, matplotlib warns.

    Raises
    ------
    ExtraMissingError
        matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise ExtraMissingError(extra="report", needed_for="a picture of a map")
    import matplotlib as mpl  # noqa: PLC0415 - an extra, and slow to load
    from matplotlib import font_manager  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    there = {one.name for one in font_manager.fontManager.ttflist}
    with mpl.rc_context():
        mpl.rcdefaults()
        # a list of families: a sign that one font lacks is taken from the next
        mpl.rcParams["font.family"] = [one for one in FONTS if one in there]
        mpl.rcParams["axes.unicode_minus"] = False
        figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for group in shown.groups:
            _draw(axes, group)
        _frame(axes, shown.bounds)
        axes.set_title(_plain(title))
        axes.set_xlabel(_plain("\n".join(shown.notices)), fontsize=8, wrap=True)
        if shown.groups:
            axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8)
        sink = io.BytesIO()
        figure.savefig(sink, format="png", metadata={"Software": None})
    return Picture(sink.getvalue())


def _draw(axes: Any, group: Group) -> None:  # noqa: ANN401 - an extra's type
    """Draw one group: areas, lines, points, and its line of the legend."""
    from matplotlib.collections import LineCollection, PathCollection  # noqa: PLC0415
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.path import Path as Outline  # noqa: PLC0415

    parts = shapely.get_parts(
        np.array([shape_of(one.geometry) for one in group.shapes])
    )
    rank = shapely.get_dimensions(parts)
    dash = _dash(group.dash)
    look: dict[str, Any] = {
        "edgecolors": group.colour,
        "linewidths": group.width,
        "linestyles": [dash],
    }
    areas = [
        Outline.make_compound_path(
            *(
                Outline(shapely.get_coordinates(ring), closed=True)
                for ring in shapely.get_rings(one)
            )
        )
        for one in parts[rank == 2]  # noqa: PLR2004 - the dimension of an area
    ]
    filled = (*_rgb(group.colour), group.fill)
    axes.add_collection(PathCollection(areas, facecolors=[filled], **look))
    lines = [shapely.get_coordinates(one) for one in parts[rank == 1]]
    axes.add_collection(
        LineCollection(
            lines, colors=group.colour, linewidths=group.width, linestyles=[dash]
        )
    )
    x, y = shapely.get_coordinates(parts[rank == 0]).T
    axes.plot(x, y, "o", color=group.colour, markersize=_MARKER)
    label = f"{group.title} ({len(group.shapes)})"
    axes.add_line(
        Line2D(
            [], [], color=group.colour, linewidth=4, linestyle=dash, label=_plain(label)
        )
    )


def _frame(axes: Any, bounds: Bounds | None) -> None:  # noqa: ANN401
    """Set what is seen: degrees east and north, in proportion."""
    if bounds is None:
        axes.set_axis_off()
        return
    west, south, east, north = bounds
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect(1 / np.cos(np.radians(middle_latitude(bounds))))
    axes.tick_params(labelsize=7)
    axes.ticklabel_format(useOffset=False)


def _dash(pattern: str) -> Any:  # noqa: ANN401 - matplotlib names several types
    """Return a dash pattern as matplotlib has it."""
    return (0, tuple(float(one) for one in pattern.split()) or None)


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _plain(text: str) -> str:
    """Return a text in which matplotlib finds no formula."""
    return visible(text).replace("$", r"\$")
