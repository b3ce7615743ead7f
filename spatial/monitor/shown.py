"""The clues of a run on a map for notebooks, over the zones that the images show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spatial.monitor import views
from spatial.report.drawing import SITE_DECIMALS, geojson
from spatial.report.shown import Shape, Shown, framed, outcome_groups, shown_zones
from spatial.report.words import say

if TYPE_CHECKING:
    from spatial.monitor.run import Monitoring


def shown_clues(found: Monitoring) -> Shown:
    """Return zones by kind and clues by outcome.

    The sentences of the conclusion are the notices: what was refused, not seen or not
    checked stands on the map.
    """
    lang, table = found.lang, found.table
    zones = found.zones
    names = zones["zone_name"].map(lambda one: one if isinstance(one, str) else "")
    rows = [
        (kind, (shape, (zone, name)))
        for kind, zone, name, shape in zip(
            zones["kind"], zones["zone_id"], names, zones.geometry.array, strict=True
        )
    ]
    notices = (found.office.notice,) if found.office.notice else ()
    below = shown_zones(rows, lang, notices=(*notices, *views.summary(found, lang)))
    if not len(table):
        return below
    shapes = np.asarray(table.geometry.array, dtype=object)
    named = zip(table.index, table["kind"], strict=True)
    texts = [(str(one), views.class_title(kind, lang)) for one, kind in named]
    titles = {
        "id": say("column.clue_id", lang),
        "kind": say("column.kind_guess", lang),
    }
    drawn = [
        (outcome, Shape(shape, text))
        for outcome, shape, text in zip(
            table["outcome"], geojson(shapes, SITE_DECIMALS), texts, strict=True
        )
    ]
    groups = (*below.groups, *outcome_groups(drawn, titles, lang))
    return Shown(groups, framed(shapes), below.notices)
