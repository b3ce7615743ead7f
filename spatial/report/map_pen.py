"""What a static map is drawn with: words in a typeface, areas, lines of a legend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from spatial.report.map_face import MapFace
    from spatial.text import Lang

    Geometries = NDArray[np.object_]

INK, GREY, PAPER = "#111111", "#555555", "#ffffff"
MM_PT = 72 / 25.4
"""Points to a millimetre."""
_HATCH_SHARE = 0.5  # of the colour in a hatch, the rest is paper


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


def path_of(areas: Geometries) -> Outline:
    """Return polygons as one outline, holes cut out: they run the other way round."""
    rings = shapely.get_rings(shapely.orient_polygons(areas))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(points), Outline.LINETO, dtype=Outline.code_type)
    starts = np.flatnonzero(np.diff(ring, prepend=-1))
    codes[starts] = Outline.MOVETO
    codes[np.append(starts[1:], len(points)) - 1] = Outline.CLOSEPOLY
    return Outline(points, codes)


def area_patches(
    outline: Outline, look: dict[str, Any]
) -> tuple[PathPatch, PathPatch, PathPatch]:
    """Return fill, hatch and outline of areas.

    The hatch stands alone and in a full colour: in an SVG a hatch takes the opacity of
    the fill that it belongs to, and could not be seen.
    """
    bare = {**look, "hatch": None}
    red, green, blue = (
        1 - _HATCH_SHARE * (1 - one) for one in to_rgb(look["edgecolor"])
    )
    drawn = {"facecolor": "none", "edgecolor": (red, green, blue), "linewidth": 0.0}
    return (
        PathPatch(outline, **{**bare, "linewidth": 0.0}),
        PathPatch(outline, **drawn, hatch=look["hatch"]),
        PathPatch(outline, **{**bare, "facecolor": "none"}),
    )


def legend_marks(
    entry: Entry, x: float, y: float, *, width: float, height: float
) -> Iterator[PathPatch | Line2D]:
    """Yield what stands beside a line of the legend, in millimetres of the page."""
    if entry.sort == "area":
        box = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
        yield from area_patches(Outline(box, closed=True), entry.look)
    elif entry.sort == "line":
        yield Line2D([x, x + width], [y + height / 2] * 2, **entry.look)
    else:
        yield Line2D([x + width / 2], [y + height / 2], **entry.look)
