"""Colours that colour-blind eyes tell apart, and signs that need no colour at all.

Outcomes carry a sign and a word beside the colour, so that a black-and-white print
says the same. Zone kinds share few colours and differ by the dash of their outline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.spec import kinds as kinds_of_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatial.finding import Said

OUTCOME_COLOUR: Mapping[Said, str] = {
    "prohibited": "#9b1c1c",
    "needs_information": "#6a3d9a",
    "not_checked": "#4b5563",
    "restricted": "#c77700",
    "clear": "#1272a8",
    "advised": "#0d8076",
}
"""Dark enough for white text on them (contrast 3:1 and more)."""

OUTCOME_SIGN: Mapping[Said, str] = {
    "prohibited": "✕",
    "needs_information": "?",
    "not_checked": "○",
    "restricted": "△",
    "clear": "✓",
    "advised": "→",
}

OUTCOME_CORNERS: Mapping[Said, tuple[tuple[float, float], ...]] = {
    "prohibited": (
        *((-1.0, -0.5), (-0.5, -1.0), (0.0, -0.5), (0.5, -1.0), (1.0, -0.5)),
        *((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5), (-0.5, 1.0)),
        *((-1.0, 0.5), (-0.5, 0.0)),
    ),
    "needs_information": ((0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0)),
    "not_checked": (),
    "restricted": ((0.0, -1.1), (1.05, 0.85), (-1.05, 0.85)),
    "clear": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "advised": ((0.0, 1.1), (1.05, -0.85), (-1.05, -0.85)),
}
"""Marks of sites on the page's map, in radii, y downwards; () is a circle. They are
those of the map on paper (`spatial.report.map_ink.MARKS`)."""


@dataclass(frozen=True, slots=True)
class ZoneStyle:
    """How zones of a kind are drawn.

    Attributes
    ----------
    colour
        Of line and fill.
    dash
        Dash pattern of the line, "" for a full one.
    fill
        Opacity of the fill, 0..1.
    """

    colour: str
    dash: str
    fill: float


# Paul Tol's "muted" scheme (colour-blind safe), in the order of its publication.
_TOL = (
    "#cc6677",
    "#332288",
    "#b5a642",  # Tol's sand #ddcc77, darkened: an outline must show on white
    "#117733",
    "#3aa0c9",  # Tol's cyan #88ccee, darkened likewise
    "#882255",
    "#44aa99",
    "#7a7a1f",  # Tol's olive #999933, darkened likewise
    "#aa4499",
)
_DASHES = ("", "6 4", "2 4", "10 4 2 4", "12 3", "8 3 2 3 2 3", "1 6")

_FILL, _TILE_FILL = 0.14, 0.02
TILES = ("control_unit", "admin_unit")  # they tile a county: a fill hides the rest

HATCH_TILE = 8
_STROKES: Mapping[str, tuple[str, str]] = {
    "/": ("M-1 9 9-1M-1 1 1-1M7 9 9 7", "M-1 5 5-1M3 9 9 3"),
    "\\": ("M9 9-1-1M9 1 7-1M1 9-1 7", "M9 5 3-1M5 9-1 3"),
    "-": ("M0 2H8", "M0 6H8"),
    "|": ("M2 0V8", "M6 0V8"),
    "x": ("M0 0 8 8M0 8 8 0", ""),
    "o": ("M2 4a2 2 0 1 0 4 0a2 2 0 1 0-4 0", ""),
    ".": ("M1.4 2h1.2M5.4 6h1.2", "M5.4 2h1.2M1.4 6h1.2"),
    "+": ("M0 4H8M4 0V8", ""),
    "*": ("M4 1v6M1.4 2.5l5.2 3M1.4 5.5l5.2-3", ""),
}
"""A sign of matplotlib's hatches as strokes of SVG in a tile of `HATCH_TILE`: what it
always has, and what comes with it where the sign stands four times."""
_DENSE = 4

_HATCHES = (
    *("////", "....", "\\\\\\\\", "----", "||||", "xxx", "oo", "++"),
    *("//..", "\\\\..", "--..", "||..", "//--", "\\\\--", "**", "//oo"),
)
"""As matplotlib names them; unlike the colours they survive a black-and-white print."""

# The kinds that stand on one map most often come first: they differ by colour.
_ORDER = (
    "ecological_redline",
    "river_shoreline",
    "permanent_basic_farmland",
    "nature_reserve",
    "water_source_protection",
    "industrial_park",
    "wetland",
    "urban_growth_boundary",
    "control_unit",
    "basic_grassland",
    "scenic_area",
    "main_urban_area",
    "river_control_area",
    "policy_area",
    "admin_unit",
    "permit",
    "human_activity",
)


def zone_styles(kinds: tuple[str, ...]) -> dict[str, ZoneStyle]:
    """Return a style for each kind, no two alike among the first 63.

    A kind of the catalogue always has the same style, whatever else is on the map;
    others follow in the order given.
    """
    order = list(dict.fromkeys((*_ORDER, *kinds_of_catalogue(), *kinds)))
    return {kind: _style(kind, order.index(kind)) for kind in kinds}


def _style(kind: str, place: int) -> ZoneStyle:
    fill = _TILE_FILL if kind in TILES else _FILL
    dash = _DASHES[place // len(_TOL) % len(_DASHES)]
    return ZoneStyle(_TOL[place % len(_TOL)], dash, fill)


def zone_hatch(kind: str) -> str:
    """Return the hatch of a kind in print, "" for kinds that tile a county.

    A kind of the catalogue always has the same one; the first 16 are all different.
    """
    if kind in TILES:
        return ""
    order = [
        one
        for one in dict.fromkeys((*_ORDER, *kinds_of_catalogue(), kind))
        if one not in TILES
    ]
    return _HATCHES[order.index(kind) % len(_HATCHES)]


def hatch_strokes(kind: str) -> str:
    """Return the hatch of a kind as strokes of SVG, "" for kinds that have none.

    The hatches are those of `zone_hatch`; a tile is `HATCH_TILE` units wide and high.
    """
    hatch = zone_hatch(kind)
    strokes = []
    for sign in dict.fromkeys(hatch):
        always, dense = _STROKES[sign]
        strokes.append(always + (dense if hatch.count(sign) >= _DENSE else ""))
    return "".join(strokes)
