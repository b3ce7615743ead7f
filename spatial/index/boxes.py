"""Areas of polygons in boxes, reckoned without a cut: what a cut is held against."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import shapely

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

_VERTICES = 1 << 15  # that are summed at a time: they stay in the cache
_ROUNDING = 1e-12  # of what is summed for an area
_MOVED = 1e-13  # degrees that a cut may move an edge by


class Apart(NamedTuple):
    """Polygons taken apart.

    Attributes
    ----------
    xy
        (n, 2) vertices, ring after ring, each closed.
    ring
        (rings + 1,) where each ring begins in `xy`, and the end.
    hole
        (rings,) which are holes.
    first
        (shapes + 1,) the first ring of each shape, and the end.
    """

    xy: Floats
    ring: Integers
    hole: np.ndarray
    first: Integers


class Sums(Protocol):
    """What adds up areas in boxes, here or compiled."""

    def __call__(
        self, apart: Apart, shape: Integers, boxes: Floats
    ) -> tuple[Floats, Floats]:
        """Return the areas of shapes in a box each, and the size of what was summed."""


def are_all_of(
    parts: Shapes, wholes: Shapes, boxes: Floats, *, sums: Sums | None = None
) -> np.ndarray:
    """Return whether cuts have the area that the uncut shapes have in the boxes."""
    expected, reckoned = areas_in_boxes(wholes, boxes, sums=sums)
    around = 2 * (boxes[:, 2:] - boxes[:, :2]).sum(axis=1)
    allowed = _ROUNDING * reckoned + _MOVED * around
    return np.asarray(np.abs(shapely.area(parts) - expected) <= allowed)


def areas_in_boxes(
    shapes: Shapes, boxes: Floats, *, sums: Sums | None = None
) -> tuple[Floats, Floats]:
    """Return the area in square degrees of polygons in a box each, without a cut.

    Under every edge, as far as it runs between the sides of the box, lies the integral
    of its height over the box's bottom, at least 0 and at most the box's own; the sum
    around a ring is the area. Also returned is the size of what was summed, for the
    rounding.

    Parameters
    ----------
    shapes
        (n,) polygons, single or multi; rings may run either way.
    boxes
        (n, 4): min_lon, min_lat, max_lon, max_lat.
    sums
        What adds up; numpy unless it is given.
    """
    add = summed if sums is None else sums
    ends = np.cumsum(shapely.get_num_coordinates(shapes))
    cuts = np.flatnonzero(np.diff(ends // _VERTICES)) + 1
    found = []
    for low, high in itertools.pairwise([0, *cuts.tolist(), len(shapes)]):
        some = shapes[low:high]
        # Shapes that are cut several ways stand side by side: taken apart once.
        fresh = np.array([True, *map(_are_two, some[1:], some)][: len(some)])
        of = np.cumsum(fresh) - 1
        found.append(add(_taken_apart(some[fresh]), of, boxes[low:high]))
    area, size = (np.concatenate(one) for one in zip(*found, strict=True))
    return area, size


def _are_two(shape: shapely.Geometry, before: shapely.Geometry) -> bool:
    return shape is not before


def _taken_apart(shapes: Shapes) -> Apart:
    parts, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy = shapely.get_coordinates(rings)
    ring = np.append(0, np.cumsum(shapely.get_num_coordinates(rings)))
    first = np.searchsorted(shape[part], np.arange(len(shapes) + 1))
    return Apart(xy, ring, np.diff(part, prepend=-1) == 0, first)


def summed(apart: Apart, shape: Integers, boxes: Floats) -> tuple[Floats, Floats]:
    """Return areas of shapes in boxes, by numpy."""
    rings = np.diff(apart.first)[shape]
    row, of = _runs(apart.first[shape], rings)  # the rings of each box
    many = np.diff(apart.ring)[of]
    ring, vertex = _runs(apart.ring[of], many)
    x, y = apart.xy[vertex].T
    every = np.bincount(row, weights=many, minlength=len(boxes)).astype(np.int64)
    west, south, east, north = boxes.T
    within = np.minimum(np.maximum(x, np.repeat(west, every)), np.repeat(east, every))
    some = (within[:-1] != within[1:]) & (ring[1:] == ring[:-1])
    edge = np.flatnonzero(
        some & (np.maximum(y[:-1], y[1:]) > np.repeat(south, every)[1:])
    )
    box = row[ring[edge]]
    x0, y0, y1 = x[edge], y[edge] - south[box], y[edge + 1] - south[box]
    from_x, to_x = within[edge], within[edge + 1]
    slope = (y1 - y0) / (x[edge + 1] - x0)
    low, high = y0 + (from_x - x0) * slope, y0 + (to_x - x0) * slope
    under = _mean_clipped(low, high, (north - south)[box]) * (to_x - from_x)
    of_ring = np.abs(np.bincount(ring[edge], weights=under, minlength=len(of)))
    of_ring[apart.hole[of]] *= -1.0
    area = np.bincount(row, weights=of_ring, minlength=len(boxes)).astype(float)
    size = np.bincount(box, weights=np.abs(under), minlength=len(boxes)).astype(float)
    return area, size + (east - west) * (north - south)


def _runs(first: Integers, many: Integers) -> tuple[Integers, Integers]:
    """Return for runs of numbers which run each is of, and the number."""
    of = np.repeat(np.arange(len(many)), many)
    return of, np.arange(len(of)) + (first - (np.cumsum(many) - many))[of]


def _mean_clipped(low: Floats, high: Floats, top: Floats) -> Floats:
    """Return the mean, from one height to another, of the height cut to 0 ... `top`."""
    first, last = np.minimum(low, high), np.maximum(low, high)
    inner = np.minimum(np.maximum(first, 0.0), top)
    outer = np.minimum(np.maximum(last, 0.0), top)
    span = last - first
    # Between the two heights: the ramp within the cut, and what stays at the top.
    ramp = (inner + outer) / 2 * (outer - inner)
    above = np.maximum(last - np.maximum(first, top), 0.0) * top
    flat = span <= 0.0
    return np.asarray(np.where(flat, inner, (ramp + above) / np.where(flat, 1.0, span)))
