"""The compiled half of the grid: the two decisions, the walk along rings, the sweep.

`frame` is west, south, width, height, columns, rows of the grid.
"""

from __future__ import annotations

import numba
import numpy as np

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")


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


@_jit
def walk(xy, ring, side, frame):
    """Follow every ring once; note where it goes and which lines it crosses.

    Returns the cell of every run, the runs (ring, first edge, last edge) and the
    crossings of upper lines (row, column, ring, step of the winding to the right).
    """
    last_run = np.full(frame[4] * frame[5], -1, np.int64)
    runs = np.empty((1024 + len(xy), 4), np.int64)
    crossings = np.empty((1024 + len(xy), 4), np.int64)
    n_runs, n_crossings = 0, 0
    for r in range(len(ring) - 1):
        for k in range(ring[r], ring[r + 1] - 1):
            rows = 1 + abs(row_of(xy[k, 1], frame) - row_of(xy[k + 1, 1], frame))
            across = abs(
                column_of(xy[k, 0], frame) - column_of(xy[k + 1, 0], frame)
            )  # an edge that spans c columns and r rows meets < c + 3r cells
            runs = _with_room(runs, n_runs, across + 3 * rows)
            crossings = _with_room(crossings, n_crossings, rows)
            n_runs, n_crossings = _note_edge(
                (xy[k], xy[k + 1]), (r, k, side[r]), frame,
                (runs, n_runs, crossings, n_crossings, last_run),
            )  # fmt: skip
    return runs[:n_runs, 3].copy(), runs[:n_runs, :3].copy(), crossings[:n_crossings]


@_jit
def _note_edge(ends, edge, frame, out):
    """Note the cells that an edge meets, and the lines that it crosses."""
    runs, n_runs, crossings, n_crossings, last_run = out
    r, k, side = edge
    xa, ya, xb, yb = ends[0][0], ends[0][1], ends[1][0], ends[1][1]
    row_a, row_b = row_of(ya, frame), row_of(yb, frame)
    x_from, x_end = (xa, xb) if row_a <= row_b else (xb, xa)
    for row in range(min(row_a, row_b), max(row_a, row_b) + 1):
        x_to = x_end
        if row < max(row_a, row_b):
            x_to = crossing(xa, ya, xb, yb, top_of(row, frame))
            crossings[n_crossings, 0] = row
            crossings[n_crossings, 1] = column_of(x_to, frame)
            crossings[n_crossings, 2] = r
            crossings[n_crossings, 3] = -side if row_a < row_b else side
            n_crossings += 1
        low, high = min(x_from, x_to), max(x_from, x_to)
        pad = frame[2] * 1e-9  # an edge on the line of a column is seen from both sides
        for column in range(
            column_of(low - pad, frame), column_of(high + pad, frame) + 1
        ):
            n_runs = _note_run(runs, n_runs, last_run, row * frame[4] + column, r, k)
        x_from = x_to
    return n_runs, n_crossings


@_jit
def _note_run(runs, n, last_run, cell, r, k):
    """Lengthen the run that an edge continues in a cell, or begin another."""
    old = last_run[cell]
    if old >= 0 and runs[old, 0] == r and runs[old, 2] == k - 1:
        runs[old, 2] = k
        return n
    runs[n, 0], runs[n, 1], runs[n, 2], runs[n, 3] = r, k, k, cell
    last_run[cell] = n
    return n + 1


@_jit
def _with_room(table, used, more):
    """Return a table with room for some more rows."""
    if used + more <= len(table):
        return table
    wider = np.empty((2 * len(table) + more, table.shape[1]), table.dtype)
    wider[:used] = table[:used]
    return wider


@_jit
def counting_sort(key, size):
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


@_jit
def spread(crossings, zone, columns, cells):
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
