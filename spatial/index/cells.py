"""The compiled half of the grid: the two decisions, the walk along rings, the sweep.

`frame` is west, south, width, height, columns, rows of the grid.
"""

from __future__ import annotations

import numba
import numpy as np

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")


def set_up() -> None:
    """Have numba prepare itself, which the first call of any function makes it do."""
    count(np.zeros(1, np.int64), np.zeros(0, np.int64))


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
def walk(xy, ring, side, frame, among):
    """Follow some rings once; note where they go and which lines they cross.

    `among` is the first ring and the end. Returns the cell of every run, the runs
    (ring, first edge, last edge) and the crossings of upper lines (row, column, ring,
    step of the winding to the right), all in the order of the walk. What a ring gives
    does not depend on the others.
    """
    cells = np.empty(1024, np.int64)
    runs, crossings = np.empty((1024, 3), np.int64), np.empty((1024, 4), np.int64)
    n_runs, n_crossings = 0, 0
    # What the edge before has met, and what this one meets: cell and run, the cells
    # ascending. A run goes on where both have met a cell.
    before, now = np.empty((64, 2), np.int64), np.empty((64, 2), np.int64)
    for r in range(among[0], among[1]):
        n_before, k = 0, ring[r]
        while k + 1 < ring[r + 1]:
            rows, most = _most(xy, k, frame)
            if n_runs + most > len(cells):
                cells = _longer(cells, n_runs, most)
            runs = _with_room(runs, n_runs, most)
            crossings = _with_room(crossings, n_crossings, rows)
            now = _with_room(now, 0, most)
            n_before, n_runs, n_crossings = _note_edge(
                xy, (r, k, side[r]), frame, (before, n_before, now),
                (cells, runs, n_runs, crossings, n_crossings),
            )  # fmt: skip
            before, now = now, before
            k += 1
            if n_before == 1:  # most edges stay where the one before was
                end = _stays(xy, k, ring[r + 1], before[0, 0], frame)
                runs[before[0, 1], 2], k = end - 1, end
    return cells[:n_runs], runs[:n_runs], crossings[:n_crossings]


@_jit
def _stays(xy, first, end, cell, frame):
    """Return the last vertex up to which a ring, from one on, meets a cell alone."""
    row = cell // frame[4]
    place = row, cell - row * frame[4], cell - row * frame[4]
    while first < end and _place(xy[first, 0], xy[first, 1], frame) == place:
        first += 1
    return first - 1


@_jit
def _most(xy, k, frame):
    """Return how many rows an edge meets, and how many cells at the most."""
    here = _place(xy[k, 0], xy[k, 1], frame)
    there = _place(xy[k + 1, 0], xy[k + 1, 1], frame)
    rows = 1 + abs(here[0] - there[0])
    across = max(here[2], there[2]) - min(here[1], there[1]) + 1
    return rows, across + 3 * rows


@_jit
def _place(x, y, frame):
    """Return the row of a vertex, and its columns: of a hair to the left and right."""
    pad = frame[2] * 1e-9  # an edge on the line of a column is seen from both sides
    return (
        row_of(y, frame),
        column_of(x - pad, frame),
        column_of(x + pad, frame),
    )


@_jit
def _note_edge(xy, of, frame, met, out):
    """Note the cells that an edge meets, and the lines that it crosses."""
    r, k, side = of
    a, b = (xy[k, 0], xy[k, 1]), (xy[k + 1, 0], xy[k + 1, 1])
    here, there = _place(a[0], a[1], frame), _place(b[0], b[1], frame)
    _, _, n_runs, crossings, n_crossings = out
    n_now, seen = 0, 0
    up = here[0] <= there[0]
    low, high = (here, there) if up else (there, here)
    left, right = low[1], low[2]
    pad = frame[2] * 1e-9
    for row in range(low[0], high[0] + 1):
        to_left, to_right = high[1], high[2]
        if row < high[0]:
            x = crossing(a[0], a[1], b[0], b[1], top_of(row, frame))
            crossings[n_crossings, 0] = row
            crossings[n_crossings, 1] = column_of(x, frame)
            crossings[n_crossings, 2] = r
            crossings[n_crossings, 3] = -side if up else side
            n_crossings += 1
            to_left, to_right = column_of(x - pad, frame), column_of(x + pad, frame)
        first = row * frame[4] + min(left, to_left)
        last = row * frame[4] + max(right, to_right)
        for cell in range(first, last + 1):
            seen, n_runs = _note_run(cell, (r, k), (met, seen, n_now), out, n_runs)
            n_now += 1
        left, right = to_left, to_right
    return n_now, n_runs, n_crossings


@_jit
def _note_run(cell, of, progress, out, n):
    """Lengthen the run that an edge continues in a cell, or begin another."""
    (before, n_before, now), seen, n_now = progress
    cells, runs, _, _, _ = out
    while seen < n_before and before[seen, 0] < cell:
        seen += 1
    if seen < n_before and before[seen, 0] == cell:
        run = before[seen, 1]
    else:
        run = n
        cells[n], runs[n, 0], runs[n, 1] = cell, of[0], of[1]
        n += 1
    runs[run, 2] = of[1]
    now[n_now, 0], now[n_now, 1] = cell, run
    return seen, n


@_jit
def _longer(column, used, more):
    """Return a column with room for some more rows."""
    wider = np.empty(2 * len(column) + more, column.dtype)
    wider[:used] = column[:used]
    return wider


@_jit
def _with_room(table, used, more):
    """Return a table with room for some more rows."""
    if used + more <= len(table):
        return table
    wider = np.empty((2 * len(table) + more, table.shape[1]), table.dtype)
    wider[:used] = table[:used]
    return wider


@_jit
def count(start, key):
    """Count each key in ``start[key + 1]``."""
    for one in key:
        start[one + 1] += 1


@_jit
def put(at, key, rows, out):
    """Put rows where those of their key go next, and move that on."""
    for i in range(len(key)):
        out[at[key[i]]] = rows[i]
        at[key[i]] += 1


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
