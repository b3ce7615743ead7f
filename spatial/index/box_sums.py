"""The sums of `spatial.index.boxes`, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from spatial.index.boxes import Apart
    from spatial.measure.ellipsoid import Floats, Integers

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")


def summed(apart: Apart, shape: Integers, boxes: Floats) -> tuple[Floats, Floats]:
    """Return what `spatial.index.boxes.summed` does, but for the order of the sums."""
    area, size = np.zeros(len(boxes)), np.zeros(len(boxes))
    _add(apart.xy, (apart.ring, apart.hole, apart.first), shape, boxes, (area, size))
    return area, size


@_jit
def _add(xy, rings, shape, boxes, out):
    """Add up for each box the area that its shape has in it."""
    ring, hole, first = rings
    area, size = out
    for at in range(len(boxes)):
        box = boxes[at, 0], boxes[at, 1], boxes[at, 2], boxes[at, 3]
        size[at] = (box[2] - box[0]) * (box[3] - box[1])
        for r in range(first[shape[at]], first[shape[at] + 1]):
            around = 0.0
            for k in range(ring[r], ring[r + 1] - 1):
                if max(xy[k, 1], xy[k + 1, 1]) <= box[1]:
                    continue
                under = _under(xy[k, 0], xy[k, 1], (xy[k + 1, 0], xy[k + 1, 1]), box)
                around += under
                size[at] += abs(under)
            area[at] += -abs(around) if hole[r] else abs(around)


@_jit
def _under(x, y, end, box):
    """Return what lies under an edge and in a box, negative where it runs west."""
    west, south, east, north = box
    from_x, to_x = min(max(x, west), east), min(max(end[0], west), east)
    if from_x == to_x:
        return 0.0
    slope = (end[1] - y) / (end[0] - x)
    low = y - south + (from_x - x) * slope
    high = y - south + (to_x - x) * slope
    top = north - south
    first, last = min(low, high), max(low, high)
    inner, outer = min(max(first, 0.0), top), min(max(last, 0.0), top)
    if last <= first:
        return inner * (to_x - from_x)
    # Between the two heights: the ramp within the cut, and what stays at the top.
    ramp = (inner + outer) / 2 * (outer - inner)
    above = max(last - max(first, top), 0.0) * top
    return (ramp + above) / (last - first) * (to_x - from_x)
