"""The edges that sites face, found through the grid: for depths, many at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numba
import numpy as np
import shapely

from spatial.index.cells import column_of, row_of
from spatial.index.near import GridEdges
from spatial.measure import grown_bounds
from spatial.measure.depth import across_m
from spatial.measure.ellipsoid import box_centre, metres_per_degree
from spatial.measure.segments import Segments, foot_m

if TYPE_CHECKING:
    from spatial.index.grid import Grid
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")


@dataclass(frozen=True, slots=True, eq=False)
class GridFacing:
    """The edges of zones on a grid, by what faces them: as `Outlines.facing`.

    Attributes
    ----------
    grid
        The zones.
    """

    grid: Grid = field(repr=False)

    def facing(self, sites: Shapes, shape: Integers, within_m: Floats) -> Segments:
        """Return of each zone the edges that some point of a site is nearest to.

        Parameters
        ----------
        sites
            (n,) points, lines or polygons, none empty.
        shape
            (n,) position of the zone that is asked, one for each site.
        within_m
            (n,) metres that no point of a site is farther from the zone's border,
            where that is known; NaN elsewhere.

        Returns
        -------
        Segments
            In degrees, by site; others are there too, but none that matters is not.
        """
        bound_m = within_m.copy()
        rest = np.flatnonzero(np.isnan(bound_m))
        bound_m[rest] = self._farthest_m(sites[rest], shape[rest])
        bounds = shapely.bounds(sites)
        return self._into(grown_bounds(bounds, bound_m * 1.001 + 1.0), shape)

    def _farthest_m(self, sites: Shapes, shape: Integers) -> Floats:
        """Return metres that no point of a site is farther from a zone's border."""
        middle, rings = box_centre(sites), self.grid.rings
        cells = (self.grid.frame, self.grid.run_start, self.grid.runs)
        edge = _nearest(
            middle, metres_per_degree(middle[:, 1]), shape, cells,
            (rings.xy, rings.owner),
        )  # fmt: skip
        start, end = rings.xy[edge].T, rings.xy[edge + 1].T
        away = foot_m(middle, Segments(start, end, np.arange(len(edge))))
        return np.asarray(away + across_m(sites) / 2)

    def _into(self, boxes: Floats, shape: Integers) -> Segments:
        """Return the edges of a zone that come into a box; by box."""
        row, first, last = GridEdges(self.grid).runs(boxes, shape)
        many = last - first + 1
        start, end = np.empty((2, 2, int(many.sum())))
        _draw(self.grid.rings.xy, first, last, (start, end))
        return Segments(start, end, np.repeat(row, many))


@_jit
def _nearest(points, scale, zone, cells, rings):
    """Return an edge of a zone that is near to each point: in its plane, the nearest.

    Cells are looked at ring by ring around that of the point.
    """
    frame, _, _ = cells
    found = np.empty(len(points), np.int64)
    for row in range(len(points)):
        x, y = points[row]
        column = min(max(column_of(x, frame), 0), int(frame[4]) - 1)
        line = min(max(row_of(y, frame), 0), int(frame[5]) - 1)
        step = min(frame[2] * scale[row, 0], frame[3] * scale[row, 1])
        about = x, y, scale[row, 0], scale[row, 1]
        best, edge, ring = np.inf, -1, 0
        while (ring - 1) * step < best and ring <= max(frame[4], frame[5]):
            low, high = max(line - ring, 0), min(line + ring, int(frame[5]) - 1)
            for at in range(low, high + 1):
                side = 1 if abs(at - line) == ring or ring == 0 else 2 * ring
                for beside in range(column - ring, column + ring + 1, side):
                    if 0 <= beside < frame[4]:
                        cell = at * int(frame[4]) + beside
                        best, edge = _of_cell(
                            cell, zone[row], about, (best, edge), cells, rings
                        )
            ring += 1
        found[row] = edge
    return found


@_jit
def _of_cell(cell, zone, about, best, cells, rings):
    """Return the nearest edge of a zone so far, and how far, after a cell."""
    away, edge = best
    x, y, across, up = about
    _, run_start, runs = cells
    xy, owner = rings
    for run in range(run_start[cell], run_start[cell + 1]):
        if owner[runs[run, 0]] != zone:
            continue
        for k in range(runs[run, 1], runs[run, 2] + 1):
            ax, ay = (xy[k, 0] - x) * across, (xy[k, 1] - y) * up
            east = (xy[k + 1, 0] - xy[k, 0]) * across
            north = (xy[k + 1, 1] - xy[k, 1]) * up
            square = max(east * east + north * north, 1e-300)
            part = min(max(-(ax * east + ay * north) / square, 0.0), 1.0)
            here = np.hypot(ax + part * east, ay + part * north)
            if here < away:
                away, edge = here, k
    return away, edge


@_jit
def _draw(xy, first, last, out):
    """Note the ends of all edges of runs."""
    start, end = out
    n = 0
    for run in range(len(first)):
        for k in range(first[run], last[run] + 1):
            for at in range(2):
                start[at, n], end[at, n] = xy[k, at], xy[k + 1, at]
            n += 1
