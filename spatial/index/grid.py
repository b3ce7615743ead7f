"""A grid over the zones: what of them a cell can see. Built once, asked many times.

One uniform grid of longitude x latitude, about one cell a vertex. A cell knows

- its *runs*: the stretches of consecutive edges that pass through it, and
- its *covers*: the zones that lie above its upper left corner, with their winding
  number there,

and that is all that is needed to say, for any point or site in the cell, what every
zone does there::

      w=1 +----------------+----------------+
          |   zone 7       |  zone 7        |     left cell: no run, covered by zone 7
          |                |      ________  |     right cell: one run of 3 edges,
          |                |_____/        \\ |     covered by zone 7 at its corner
          |                /               \\|
          +---------------/----------------+

A cell that has neither run nor cover is empty; a cell with a cover and no run lies
wholly inside. Most sites are done after that look.

The two decisions that must never disagree
------------------------------------------
1. A vertex is *below* a row's upper line if ``y < top`` and else above it. One
   comparison of two numbers, the same for both edges that share the vertex.
2. An edge that has one end below and one above crosses the line in the column
   ``floor((x - west) / width)`` of its crossing point. The winding number of the cells
   to the right of that column changes by one; in the column itself the kernel follows
   the edge. The crossing point is computed in one function, so index and kernel
   always name the same column.

There is no third decision. A zone whose border runs along a cell border, a vertex on
a corner, edges that coincide: all fall out of these two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba
import numpy as np

from spatial.index.rings import Rings

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers

HIGHEST_CELL_DEG = 0.1
"""Cells are no higher: up to there the kernel's series is exact to 1e-13."""

MOST_CELLS = 1 << 24

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Zones hung on a grid.

    Attributes
    ----------
    rings
        The zones.
    west, south, width, height
        Corner and size of the cells, degrees.
    columns, rows
        Number of cells; cell = row * columns + column.
    run_start
        (cells + 1,) int64: the runs of a cell are ``[run_start[c], run_start[c + 1])``.
    runs
        (m, 3) int64: ring, first edge, last edge; edge k goes from vertex k to k + 1.
    cover_start, covers
        (cells + 1,) int64 and (k, 2) int64: zone and its winding number at the upper
        left corner of the cell.
    """

    rings: Rings
    west: float
    south: float
    width: float
    height: float
    columns: int
    rows: int
    run_start: Integers
    runs: Integers
    cover_start: Integers
    covers: Integers

    @classmethod
    def over(cls, rings: Rings, *, vertices_per_cell: float = 1.0) -> Grid:
        """Hang zones on a grid; the result depends on the zones alone."""
        west, south, width, height, columns, rows = _layout(rings, vertices_per_cell)
        frame = (west, south, width, height, columns, rows)
        arrays = (rings.xy, rings.ring, rings.side)
        run_start, runs, crossings = _register(*arrays, frame)
        cover_start, covers = _covers(crossings, rings.owner, columns, rows)
        return cls(rings, *frame, run_start, runs, cover_start, covers)

    @property
    def frame(self) -> tuple[float, float, float, float, int, int]:
        """What the compiled functions need to find a cell."""
        return (
            self.west, self.south, self.width, self.height, self.columns, self.rows,
        )  # fmt: skip

    @property
    def most_edges(self) -> int:
        """How many edges the cell with the most of them sees."""
        edges = np.append(0, np.cumsum(self.runs[:, 2] - self.runs[:, 1] + 1))
        return int(np.diff(edges[self.run_start]).max(initial=0))

    @property
    def nbytes(self) -> int:
        """Memory of the index, without the vertices."""
        parts = (self.run_start, self.runs, self.cover_start, self.covers)
        return sum(one.nbytes for one in parts)


def _layout(
    rings: Rings, vertices_per_cell: float
) -> tuple[float, float, float, float, int, int]:
    """Return corner, size and number of cells: about square on the ground."""
    if not len(rings.xy):
        return 0.0, 0.0, 1.0, 1.0, 1, 1
    low, high = rings.xy.min(axis=0), rings.xy.max(axis=0)
    wide, tall = np.maximum(high - low, 1e-9)
    squash = max(np.cos(np.radians((low[1] + high[1]) / 2)), 0.1)
    wanted = min(max(len(rings.xy) / vertices_per_cell, 1.0), MOST_CELLS / 2)
    height = min(np.sqrt(wide * squash * tall / wanted), HIGHEST_CELL_DEG)
    height = max(height, tall / 16_000, 1e-7)
    width = max(height / squash, wide / 16_000)
    columns, rows = int(wide / width) + 3, int(tall / height) + 3
    return (
        float(low[0] - width), float(low[1] - height), float(width), float(height),
        columns, rows,
    )  # fmt: skip


# -- the two decisions ---------------------------------------------------------


@_jit
def top_of(row, frame):
    """Return the latitude of the upper line of a row."""
    return frame[1] + (row + 1) * frame[3]


@_jit
def row_of(y, frame):
    """Return the row of a latitude: the one whose lines enclose it, lower one in."""
    row = int(np.floor((y - frame[1]) / frame[3]))
    row = min(max(row, -1), frame[5])
    while y >= top_of(row, frame) and row < frame[5]:
        row += 1
    while row >= 0 and y < top_of(row - 1, frame):
        row -= 1
    return row


@_jit
def column_of(x, frame):
    """Return the column of a longitude; -1 and `columns` are outside."""
    column = int(np.floor((x - frame[0]) / frame[2]))
    return min(max(column, -1), frame[4])


@_jit
def left_of(column, frame):
    """Return the longitude of the left line of a column."""
    return frame[0] + column * frame[2]


@_jit
def crossing(xa, ya, xb, yb, y):
    """Return the longitude where an edge crosses a latitude, whichever way it runs."""
    if ya > yb:
        xa, ya, xb, yb = xb, yb, xa, ya
    x = xa + (xb - xa) * ((y - ya) / (yb - ya))
    return min(max(x, min(xa, xb)), max(xa, xb))


# -- runs ----------------------------------------------------------------------


def _register(
    xy: Floats, ring: Integers, side: Integers, frame: tuple[float, ...]
) -> tuple[Integers, Integers, Integers]:
    """Return the runs of every cell, and every crossing of a row's upper line."""
    cells = int(frame[4] * frame[5])
    cell, runs, crossings = _walk(xy, ring, side, frame, cells)
    start, order = _counting_sort(cell, cells)
    return start, runs[order], crossings


@_jit
def _walk(xy, ring, side, frame, cells):
    """Follow every ring once; note where it goes and which lines it crosses."""
    last_run = np.full(cells, -1, np.int64)
    cell = np.empty(1024 + len(xy), np.int64)
    runs = np.empty((len(cell), 3), np.int64)
    crossings = np.empty((1024 + len(xy), 4), np.int64)
    n_runs, n_crossings = 0, 0
    pad = frame[2] * 1e-9
    for r in range(len(ring) - 1):
        for k in range(ring[r], ring[r + 1] - 1):
            xa, ya, xb, yb = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
            row_a, row_b = row_of(ya, frame), row_of(yb, frame)
            x_low, low, high = (
                (xa, row_a, row_b) if row_a <= row_b else (xb, row_b, row_a)
            )
            x_high = xb if row_a <= row_b else xa
            need = n_crossings + high - low
            if need > len(crossings):
                crossings = _grown(crossings, need)
            x_from = x_low
            for row in range(low, high + 1):
                if row < high:
                    x_to = crossing(xa, ya, xb, yb, top_of(row, frame))
                    crossings[n_crossings, 0] = row
                    crossings[n_crossings, 1] = column_of(x_to, frame)
                    crossings[n_crossings, 2] = r
                    crossings[n_crossings, 3] = -side[r] if row_a < row_b else side[r]
                    n_crossings += 1
                else:
                    x_to = x_high
                if low == high:  # within one row an edge may lie either way
                    x_from = xa
                    x_to = xb
                first = column_of(min(x_from, x_to) - pad, frame)
                last = column_of(max(x_from, x_to) + pad, frame)
                if n_runs + last - first + 1 > len(cell):
                    cell = _grown_1(cell, n_runs + last - first + 1)
                    runs = _grown(runs, len(cell))
                for column in range(first, last + 1):
                    at = row * frame[4] + column
                    old = last_run[at]
                    if old >= 0 and runs[old, 0] == r and runs[old, 2] == k - 1:
                        runs[old, 2] = k
                    else:
                        cell[n_runs] = at
                        runs[n_runs, 0], runs[n_runs, 1], runs[n_runs, 2] = r, k, k
                        last_run[at] = n_runs
                        n_runs += 1
                x_from = x_to
    return cell[:n_runs].copy(), runs[:n_runs].copy(), crossings[:n_crossings].copy()


@_jit
def _grown(table, least):
    """Return a larger copy of a table."""
    wider = np.empty((max(2 * len(table), least), table.shape[1]), table.dtype)
    wider[: len(table)] = table
    return wider


@_jit
def _grown_1(table, least):
    """Return a larger copy of a column."""
    wider = np.empty(max(2 * len(table), least), table.dtype)
    wider[: len(table)] = table
    return wider


@_jit
def _counting_sort(key, size):
    """Return where each key begins, and the stable order by key."""
    start = np.zeros(size + 1, np.int64)
    for one in key:
        start[one + 1] += 1
    for i in range(size):
        start[i + 1] += start[i]
    at = start[:-1].copy()
    order = np.empty(len(key), np.int64)
    for i in range(len(key)):
        order[at[key[i]]] = i
        at[key[i]] += 1
    return start, order


# -- covers --------------------------------------------------------------------


def _covers(
    crossings: Integers, owner: Integers, columns: int, rows: int
) -> tuple[Integers, Integers]:
    """Return the zones above the upper left corner of every cell."""
    zone = owner[crossings[:, 2]] if len(crossings) else crossings[:, 2]
    order = np.arange(len(crossings))
    for key, size in (
        (crossings[:, 1], columns + 1),
        (zone, int(owner.max(initial=0)) + 1),
        (crossings[:, 0], rows),
    ):
        order = order[_counting_sort(key[order], size)[1]]
    return _spread(crossings[order], zone[order], columns, rows * columns)


@_jit
def _spread(crossings, zone, columns, cells):
    """Sweep the rows from the left: first count the zones of a cell, then write."""
    start = np.zeros(cells + 1, np.int64)
    covers = np.empty((0, 2), np.int64)
    at = start
    for writing in (False, True):
        if writing:
            for i in range(cells):
                start[i + 1] += start[i]
            covers = np.empty((start[cells], 2), np.int64)
            at = start[:-1].copy()
        winding = 0
        for i in range(len(crossings)):
            row = crossings[i, 0]
            fresh = i == 0 or zone[i - 1] != zone[i] or crossings[i - 1, 0] != row
            winding = crossings[i, 3] if fresh else winding + crossings[i, 3]
            if winding == 0:
                continue
            # A ring that is closed ends its winding at a last crossing.
            for column in range(crossings[i, 1] + 1, crossings[i + 1, 1] + 1):
                cell = row * columns + column
                if writing:
                    covers[at[cell], 0], covers[at[cell], 1] = zone[i], winding
                    at[cell] += 1
                else:
                    start[cell + 1] += 1
    return start, covers
