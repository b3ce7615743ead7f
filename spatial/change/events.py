"""Patches that lie near to each other are one event: one drive, not ten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.change.runs import components, numbered
from spatial.measure import distance_m, grown_bounds

if TYPE_CHECKING:
    from spatial.change.outline import Shapes
    from spatial.change.runs import Integers
    from spatial.change.signature import Floats


def events(shapes: Shapes, *, within_m: float) -> Integers:
    """Return the number of the event of each patch.

    Parameters
    ----------
    shapes
        Outlines in EPSG:4490.
    within_m
        Patches up to this geodesic distance apart are one event, over any number of
        patches between them.

    Returns
    -------
    ndarray
        (n,) int64, numbered from 0 by the first patch of each event.
    """
    if not len(shapes):
        return np.zeros(0, dtype=np.int64)
    boxes = shapely.box(*grown_bounds(shapely.bounds(shapes), within_m).T)
    first, second = shapely.STRtree(shapes).query(boxes)
    apart = first < second
    first, second = first[apart], second[apart]
    near = distance_m(shapes[first], shapes[second], within_m=within_m) <= within_m
    return numbered(components(len(shapes), first[near], second[near]))


def event_ids(event: Integers, area_m2: Floats, patch_ids: Shapes) -> Shapes:
    """Return an id for each patch's event: that of its largest patch.

    Of equally large ones the one with the least id counts, so that the order of the
    patches does not matter.
    """
    order = np.lexsort((patch_ids.astype(str), -area_m2, event))
    starts = np.append([True], event[order][1:] != event[order][:-1])
    leader = order[starts[: len(order)]]
    named = np.array([f"E{str(one).removeprefix('P')}" for one in patch_ids[leader]])
    return np.asarray(named.astype(object)[event]) if len(event) else patch_ids
