"""The edges of a zone that come into a box, found through the grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numba
import numpy as np
import shapely

from spatial.index.cells import column_of, row_of

if TYPE_CHECKING:
    from spatial.index.grid import Grid
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")


@dataclass(frozen=True, slots=True, eq=False)
class GridEdges:
    """The original edges of zones on a grid: what `Outlines` is to shapes.

    Attributes
    ----------
    grid
        The zones.
    """

    grid: Grid = field(repr=False)

    @property
    def outlines(self) -> GridEdges:
        """Itself, so that it can stand where a `ZoneIndex` is asked for its edges."""
        return self

    def holds(self, zone: Integers, points: Shapes) -> np.ndarray:
        """Return whether points lie in zones, pair by pair; the border belongs to it.

        A point in an odd number of rings is inside. Every ring of the zone is looked
        at: this is for the few pairs that nothing else decides.
        """
        rings = self.grid.rings
        rows = rings.ring_range()
        within = np.zeros(len(points), dtype=bool)
        for at, one in enumerate(zone.tolist()):
            for ring in range(rows[one], rows[one + 1]):
                area = shapely.Polygon(
                    rings.xy[rings.ring[ring] : rings.ring[ring + 1]]
                )
                within[at] ^= bool(shapely.intersects(area, points[at]))
        return within

    def around(self, boxes: Floats, shape: Integers) -> Shapes:
        """Return of each of some zones the edges that come into a box.

        Parameters
        ----------
        boxes
            (n, 4): min_lon, min_lat, max_lon, max_lat, degrees.
        shape
            (n,) position of the zone that is asked, one for each box.

        Returns
        -------
        ndarray
            (n,) lines; an empty line where no edge's own box meets the box. An edge
            that runs through several cells may be there more than once.
        """
        rings = self.grid.rings
        row, first, last = self.runs(boxes, shape)
        found = np.full(len(boxes), shapely.MultiLineString(), dtype=object)
        if len(row):
            many = last - first + 2  # vertices
            begin = np.cumsum(many) - many
            vertex = np.arange(many.sum()) + np.repeat(first - begin, many)
            line = np.repeat(np.arange(len(many)), many)
            drawn = np.asarray(shapely.linestrings(rings.xy[vertex], indices=line))
            used, back = np.unique(row, return_inverse=True)
            found[used] = shapely.multilinestrings(drawn, indices=back)
        return found

    def runs(
        self, boxes: Floats, shape: Integers
    ) -> tuple[Integers, Integers, Integers]:
        """Return runs of edges that come into boxes: row of the box, first, last."""
        rings = self.grid.rings
        cells = (self.grid.frame, self.grid.run_start, self.grid.runs)
        row, first, last = _edges(
            np.ascontiguousarray(boxes), shape, cells, (rings.xy, rings.owner)
        )
        return row, first, last


@_jit
def _edges(boxes, zone, cells, rings):
    """Return runs of edges that come into boxes: row of the box, first, last edge."""
    frame, run_start, runs = cells
    xy, owner = rings
    n = 0
    out = np.empty((1024, 3), np.int64)
    for row in range(len(boxes)):
        box = boxes[row]
        low, high = row_of(box[1], frame), row_of(box[3], frame)
        left, right = column_of(box[0], frame), column_of(box[2], frame)
        for y in range(max(low, 0), min(high, frame[5] - 1) + 1):
            for x in range(max(left, 0), min(right, frame[4] - 1) + 1):
                cell = y * frame[4] + x
                for run in range(run_start[cell], run_start[cell + 1]):
                    if owner[runs[run, 0]] != zone[row]:
                        continue
                    if n + runs[run, 2] - runs[run, 1] + 1 > len(out):
                        wider = np.empty(
                            (2 * (n + runs[run, 2] - runs[run, 1] + 1), 3), np.int64
                        )
                        wider[:n] = out[:n]
                        out = wider
                    n = _of_run(out, n, row, box, (runs[run, 1], runs[run, 2]), xy)
    return out[:n, 0].copy(), out[:n, 1].copy(), out[:n, 2].copy()


@_jit
def _of_run(out, n, row, box, run, xy):
    """Note the stretches of a run that come into a box."""
    begun = False
    for k in range(run[0], run[1] + 1):
        met = (
            min(xy[k, 0], xy[k + 1, 0]) <= box[2]
            and max(xy[k, 0], xy[k + 1, 0]) >= box[0]
            and min(xy[k, 1], xy[k + 1, 1]) <= box[3]
            and max(xy[k, 1], xy[k + 1, 1]) >= box[1]
        )
        if met and begun:
            out[n - 1, 2] = k
        elif met:
            out[n, 0], out[n, 1], out[n, 2] = row, k, k
            n += 1
        begun = met
    return n
