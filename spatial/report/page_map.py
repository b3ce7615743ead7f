"""The map of the report page: its notes, and the data that its scripts draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spatial.finding import OUTCOMES
from spatial.report.drawing import middle_latitude
from spatial.report.palette import OUTCOME_COLOUR, OUTCOME_CORNERS, OUTCOME_SIGN
from spatial.report.tile_grid import CELLS
from spatial.report.words import number, say

if TYPE_CHECKING:
    from spatial.report.drawing import Drawing
    from spatial.report.tiles import Tiles
    from spatial.text import Lang


def map_notes(
    drawn: Drawing, tiles: Tiles | None, lang: Lang, *, based: bool
) -> tuple[str, ...]:
    """Return what stands below the map: what is drawn, and how exactly.

    Parameters
    ----------
    drawn
        The overview.
    tiles
        The fine borders, None where there are none.
    lang
        Language of the notes.
    based
        Whether there may be a base map.
    """
    if drawn.bounds is None:
        return (say("map.no_geometry", lang),)
    coarse = _metres(drawn.tolerance_m, lang)
    caption = "map.caption_based" if based else "map.caption"
    notes: tuple[str, ...] = (say(caption, lang, tolerance=coarse),)
    if tiles:
        fine = _metres(tiles.tolerance_m, lang)
        key = f"map.detail_{tiles.reach}"
        told = {"start": _metres(tiles.from_m(drawn.tolerance_m), lang), "fine": fine}
        notes = (*notes, say(key, lang, **told))
    if drawn.omitted:
        key = "map.omitted_overview" if tiles else "map.omitted"
        notes = (*notes, say(key, lang, count=drawn.omitted))
    return notes


def _metres(length: float, lang: Lang) -> str:
    return number(length, 1, lang)


def map_data(drawn: Drawing, tiles: Tiles | None, lang: Lang) -> dict[str, Any]:
    """Return what the page's script draws; plain data, put in as text.

    Parameters
    ----------
    drawn
        The sites, and the zones of the overview.
    tiles
        Its fine borders. Zones that only these hold are listed without a shape.
    lang
        Language of the words.
    """
    bounds = drawn.bounds
    used = tiles.used if tiles else ((),) * len(drawn.kinds)
    fine = {"tiles": _tile_data(drawn, tiles, lang)} if tiles else {}
    return fine | {
        "bounds": bounds,
        "window": drawn.window,
        "latitude": middle_latitude(bounds) if bounds else None,
        "sites": [
            [one.place, one.site_id, one.name, one.outcome, one.geometry]
            for one in drawn.sites
        ],
        "kinds": [
            {
                "title": kind.title,
                "colour": kind.style.colour,
                "dash": kind.style.dash,
                "fill": kind.style.fill,
                "zones": [
                    *([one.zone_id, one.name, one.geometry] for one in kind.zones),
                    *(
                        [kind.left_out[at].zone_id, kind.left_out[at].name, None]
                        for at in left_out
                    ),
                ],
            }
            for kind, left_out in zip(drawn.kinds, used, strict=True)
        ],
        "outcomes": {
            outcome: {
                "label": say(f"outcome.{outcome}", lang),
                "sign": OUTCOME_SIGN[outcome],
                "colour": OUTCOME_COLOUR[outcome],
                "corners": OUTCOME_CORNERS[outcome],
            }
            for outcome in OUTCOMES
        },
        "words": {
            "details": say("section.details", lang),
            "fit": say("map.fit", lang),
            "north": say("map.north", lang),
            "shown": say("filter.shown", lang, shown="{shown}", total="{total}"),
            "zoom_in": say("map.zoom_in", lang),
            "zoom_out": say("map.zoom_out", lang),
        },
    }


def _tile_data(drawn: Drawing, tiles: Tiles, lang: Lang) -> dict[str, Any]:
    """Return what the script must know of the sheets before it opens one."""
    metres = {
        "coarse": _metres(drawn.tolerance_m, lang),
        "fine": _metres(tiles.tolerance_m, lang),
    }
    return {
        "window": tiles.grid.window,
        "side": tiles.grid.side,
        "cells": CELLS,
        "steps": tiles.steps,
        "all": tiles.reach == "all",
        "from_m": tiles.from_m(drawn.tolerance_m),
        "words": {
            key: say(f"map.drawn_{key}", lang, **metres)
            for key in ("overview", "detail", "old", "broken")
        },
    }
