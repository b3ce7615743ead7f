"""Polygons as plain arrays: what the area kernel works on, without objects.

::

    xy       vertex after vertex, ring after ring, each ring closed
    ring     where each ring begins in xy, and the end
    owner    the polygon that each ring belongs to
    side     +1 where the land lies left of the ring's edges, -1 where right of them

A ring's `side` makes the direction in which it was drawn irrelevant: shells add,
holes subtract, whichever way round they run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers, Shapes


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """The rings of a table of polygons.

    Attributes
    ----------
    xy
        (n, 2) float64, degrees: longitude, latitude. C-contiguous.
    ring
        (rings + 1,) int64: ring i is ``xy[ring[i]:ring[i + 1]]``, first vertex = last.
    owner
        (rings,) int64: position of the polygon, ascending.
    side
        (rings,) int8: +1 land on the left, -1 land on the right.
    count
        Number of polygons, those without a ring included.
    """

    xy: Floats
    ring: Integers
    owner: Integers
    side: Integers
    count: int

    def ring_range(self) -> Integers:
        """Return (count + 1,): the rings of polygon i are ``[r[i], r[i + 1])``."""
        return np.searchsorted(self.owner, np.arange(self.count + 1)).astype(np.int64)

    def bounds(self) -> Floats:
        """Return (count, 4): min_lon, min_lat, max_lon, max_lat; NaN for no ring."""
        box = np.full((self.count, 4), np.nan)
        filled = np.unique(self.owner)
        starts = self.ring[self.ring_range()[filled]]
        for column in (0, 1):
            box[filled, column] = np.minimum.reduceat(self.xy[:, column], starts)
            box[filled, column + 2] = np.maximum.reduceat(self.xy[:, column], starts)
        return box


def rings_of(shapes: Shapes) -> Rings:
    """Return the rings of polygons and multipolygons; empty ones have none.

    Parameters
    ----------
    shapes
        (n,) polygons in EPSG:4490, valid. z is dropped.
    """
    filled = np.flatnonzero(~shapely.is_empty(shapes))
    if not len(filled):
        none = np.zeros(0, dtype=np.int64)
        return Rings(np.zeros((0, 2)), np.zeros(1, np.int64), none, none, len(shapes))
    _, xy, offsets = shapely.to_ragged_array(shapes[filled], include_z=False)
    ring, part, *multi = (one.astype(np.int64) for one in offsets)
    is_shell = np.zeros(len(ring) - 1, dtype=bool)
    is_shell[part[:-1][np.diff(part) > 0]] = True
    owner = np.repeat(np.arange(len(part) - 1), np.diff(part))
    for one in multi:
        owner = np.repeat(np.arange(len(filled)), np.diff(one))[owner]
    xy = np.ascontiguousarray(xy)
    return Rings(xy, ring, filled[owner], sides(xy, ring, is_shell), len(shapes))


def sides(xy: Floats, ring: Integers, is_shell: np.ndarray) -> Integers:
    """Return on which side of each ring's edges the land lies: +1 left, -1 right."""
    if not len(is_shell):
        return np.zeros(0, dtype=np.int8)
    starts = ring[:-1]
    base = np.repeat(xy[starts], np.diff(ring), axis=0)
    x, y = (xy - base).T
    cross = np.zeros(len(x))
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[ring[1:] - 1] = 0.0
    left = np.add.reduceat(cross, starts) >= 0
    return np.where(left == is_shell, 1, -1).astype(np.int8)
