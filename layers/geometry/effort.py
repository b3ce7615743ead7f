"""How much work an invalid outline is, told before the work is begun.

`make_valid` is worse than quadratic in the places where edges meet that are no
neighbours: 400 random vertices take it 49 seconds. Edges that run through one point or
lie upon each other cost as much as edges that cross.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

MAX_VERTICES = 20_000
MAX_CROSSINGS = 2_000
MAX_MEETINGS = 200_000
LIGHT_MEETINGS = 100
PAIRS_AT_ONCE = 50_000
"""No more pairs of edges are held against each other before the count is looked at."""
OWN = 3
"""Every edge meets itself and its two neighbours."""


class Met(NamedTuple):
    """How often edges meet that are no neighbours, and how often they cross there."""

    meetings: float
    crossings: float


def is_light(geometry: BaseGeometry) -> bool:
    """Whether mending is a matter of less than a second on any machine.

    At most 20,000 vertices, of which at most 100 pairs of edges meet that are no
    neighbours.
    """
    if shapely.get_num_coordinates(geometry) > MAX_VERTICES:
        return False
    return meet(geometry, upto=Met(LIGHT_MEETINGS, LIGHT_MEETINGS)).meetings <= (
        LIGHT_MEETINGS
    )


def is_too_much(geometry: BaseGeometry) -> bool:
    """Whether edges cross more than 2,000 times, or meet more than 200,000 times."""
    most = Met(MAX_MEETINGS, MAX_CROSSINGS)
    found = meet(geometry, upto=most)
    return found.meetings > most.meetings or found.crossings > most.crossings


def meet(geometry: BaseGeometry, *, upto: Met) -> Met:
    """Count where edges meet that are no neighbours.

    Parameters
    ----------
    geometry
        A polygon or a multi-polygon.
    upto
        The count stops once it is above one of these: what it says is then too low.
    """
    segments = _segments(geometry)
    tree = shapely.STRtree(segments)
    at_once = max(1, PAIRS_AT_ONCE // max(1, len(segments)))
    meetings = crossings = 0.0
    for start in range(0, len(segments), at_once):
        some = segments[start : start + at_once]
        one, other = tree.query(some, predicate="intersects")
        # Each pair is met from both sides.
        meetings += (len(one) - OWN * len(some)) / 2
        crossings += float(shapely.crosses(some[one], segments[other]).sum()) / 2
        if meetings > upto.meetings or crossings > upto.crossings:
            break
    return Met(meetings, crossings)


def _segments(geometry: BaseGeometry) -> NDArray[np.object_]:
    """Return every edge of a polygon as a line of two points."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    xy, owner = shapely.get_coordinates(rings, return_index=True)
    joined = owner[1:] == owner[:-1]
    ends = np.stack([xy[:-1][joined], xy[1:][joined]], axis=1)
    made: NDArray[np.object_] = np.asarray(shapely.linestrings(ends), dtype=object)
    return made
