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
