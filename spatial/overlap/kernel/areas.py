"""The sweep over sites, the cells they lie in and the zones seen there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from spatial.index.cells import column_of, left_of, row_of, top_of
from spatial.overlap.kernel.integral import development, sum_of_pairs
from spatial.overlap.kernel.window import add, see, see_run
from spatial.overlap.states import (
    APART,
    DOUBT_M2,
    DOUBT_SHARE,
    DOUBTFUL,
    INSIDE,
    PARTIAL,
)

if TYPE_CHECKING:
    from spatial.index.grid import Grid
    from spatial.index.rings import Rings
    from spatial.measure.ellipsoid import Floats, Integers

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")


def overlap_areas(
    grid: Grid, sites: Rings, site_m2: Floats, *, among: slice = slice(None)
) -> tuple[Integers, Integers, Floats, Integers]:
    """Return the pairs of site and zone that share an area, or may.

    Parameters
    ----------
    grid
        The zones.
    sites
        Polygons in EPSG:4490, valid.
    site_m2
        Their own areas.
    among
        Which of the sites; positions in the result are those of `sites`.

    Returns
    -------
    site, zone
        Positions, ordered by site, then zone. Pairs that certainly neither touch nor
        overlap are left out.
    area_m2
        Ellipsoidal area that they share; of an `INSIDE` pair the site's own, to the
        bit. Independent of how the sites are cut into slices.
    state
        `INSIDE`, `PARTIAL` or `DOUBTFUL`.
    """
    first, last, _ = among.indices(sites.count)
    site, zone, part_m2, near = _parts(sites, (first, last), site_m2, grid)
    # One row a cell becomes one row a pair; the cells of a pair stay in order, so
    # that the sum does not depend on the slice.
    order = np.lexsort((zone, site))
    site, zone = site[order], zone[order]
    starts = np.flatnonzero(np.diff(site, prepend=-1) | np.diff(zone, prepend=-1))
    site, zone = site[starts], zone[starts]
    if not len(starts):
        return site, zone, part_m2, np.zeros(0, dtype=np.int64)
    area = np.add.reduceat(part_m2[order], starts)
    met = np.logical_or.reduceat(near[order], starts)
    whole = site_m2[site]
    doubt = np.maximum(DOUBT_SHARE * whole, DOUBT_M2)
    state = np.select(
        [~met & (area > whole / 2), ~met, (area > doubt) & (area < whole - doubt)],
        [INSIDE, APART, PARTIAL],
        DOUBTFUL,
    ).astype(np.int64)
    area = np.where(state == INSIDE, whole, area).astype(float)
    rows = np.flatnonzero(state != APART)
    return site[rows], zone[rows], area[rows], state[rows]


def _parts(
    sites: Rings, among: tuple[int, int], site_m2: Floats, grid: Grid
) -> tuple[Integers, Integers, Floats, np.ndarray]:
    """Return one row for every site, cell and zone in it."""
    ring_range = sites.ring_range()
    most_edges = int(np.diff(sites.ring[ring_range]).max(initial=0))
    shape = (sites.xy, sites.ring, sites.side, ring_range, site_m2)
    zones = (grid.rings.xy, grid.rings.owner, grid.rings.side)
    cells = (grid.frame, grid.run_start, grid.runs, grid.cover_start, grid.covers)
    # An edge makes three pieces at the most, a stretch above the window one.
    mine = np.empty((3 * most_edges + 3, 5))
    theirs = np.empty((3 * grid.most_edges + 3, 5))
    result: tuple[Integers, Integers, Floats, np.ndarray] = _visit(
        among, shape, zones, cells, (mine, theirs)
    )
    return result


# `shape` is the sites: vertices, rings, sides of the land, rings of a site, areas;
# `zones` vertices, zones of the rings, sides; `cells` what a Grid holds; `out` rows of
# site and zone, their areas, whether an edge of the zone comes into the site's box.


@_jit
def _visit(among, shape, zones, cells, scratch):
    """Note for every site the area of each zone in each of its cells."""
    out = _room(1024 + 2 * (among[1] - among[0]))
    n = 0
    for site in range(among[0], among[1]):
        first, last = shape[3][site], shape[3][site + 1]
        if first == last:
            continue
        box = _box(shape[0], shape[1][first], shape[1][last])
        span = _cells_of(box, cells[0])
        need = n + _most_rows(span, cells)
        if need > len(out[1]):
            out = _copied(out, n, _room(2 * need))
        n = _visit_site(n, out, site, (box, span), shape, zones, cells, scratch)
    return out[0][:n, 0].copy(), out[0][:n, 1].copy(), out[1][:n], out[2][:n]


@_jit
def _visit_site(n, out, site, place, shape, zones, cells, scratch):
    """Go through the rows of cells that a site's box meets."""
    box, span = place
    low, high, left, right = span
    if low == high and left == right:
        cell = low * cells[0][4] + left
        if cells[1][cell] == cells[1][cell + 1]:  # no edge here: all or nothing
            for cover in range(cells[3][cell], cells[3][cell + 1]):
                area = shape[4][site] * cells[4][cover, 1]
                n = _note(n, out, site, cells[4][cover, 0], area, near=False)
            return n
    first, last = shape[3][site], shape[3][site + 1]
    for row in range(low, high + 1):
        if _most_rows((row, row, left, right), cells) == 0:
            continue
        south = max(box[1], top_of(row - 1, cells[0]))
        band = box[0], south, box[2], min(box[3], top_of(row, cells[0]))
        n_mine = 0
        for r in range(first, last):
            span_r = shape[1][r], shape[1][r + 1] - 2, shape[2][r]
            n_mine, _ = see(scratch[0], n_mine, shape[0], span_r, band, box)
        mine = scratch[0][:n_mine]
        c = development(south)
        for column in range(left, right + 1):
            west, east = left_of(column, cells[0]), left_of(column + 1, cells[0])
            window = max(box[0], west), south, min(box[2], east), band[3]
            at = (site, row, column)
            n = _visit_cell(
                n, out, at, mine, (window, box, c), zones, cells, scratch[1]
            )
    return n


@_jit
def _visit_cell(n, out, at, mine, view, zones, cells, theirs):
    """Note the area of each zone in a window of a cell."""
    site, row, column = at
    window, box, c = view
    frame, run_start, runs, cover_start, covers = cells
    cell = row * frame[4] + column
    run, run_end = run_start[cell], run_start[cell + 1]
    cover, cover_end = cover_start[cell], cover_start[cell + 1]
    west, east, high = window[0] - box[0], window[2] - box[0], window[3] - window[1]
    while run < run_end or cover < cover_end:
        # Runs and covers are both in the order of the zones.
        zone = covers[cover, 0] if cover < cover_end else zones[1][runs[run, 0]]
        if run < run_end:
            zone = min(zone, zones[1][runs[run, 0]])
        n_theirs, near = 0, False
        if cover < cover_end and covers[cover, 0] == zone:
            n_theirs = add(theirs, 0, (west, high, east, high, 1.0 * covers[cover, 1]))
            cover += 1
        while run < run_end and zones[1][runs[run, 0]] == zone:
            span = runs[run, 1], runs[run, 2], zones[2][runs[run, 0]]
            n_theirs, met = see_run(
                theirs, n_theirs, zones[0], span, (window, box), (row, column), frame
            )
            near = near or met
            run += 1
        area = sum_of_pairs(mine, theirs[:n_theirs], c)
        n = _note(n, out, site, zone, area, near=near)
    return n


@_jit
def _note(n, out, site, zone, area, near):
    """Write a row."""
    out[0][n, 0], out[0][n, 1] = site, zone
    out[1][n], out[2][n] = area, near
    return n + 1


@_jit
def _room(size):
    """Return empty columns."""
    return (
        np.empty((size, 2), np.int64),
        np.empty(size, np.float64),
        np.empty(size, np.bool_),
    )


@_jit
def _copied(old, n, new):
    """Return the larger columns with what was written."""
    new[0][:n], new[1][:n], new[2][:n] = old[0][:n], old[1][:n], old[2][:n]
    return new


@_jit
def _cells_of(box, frame):
    """Return lowest and highest row, leftmost and rightmost column of a box."""
    return (
        max(row_of(box[1], frame), 0),
        min(row_of(box[3], frame), frame[5] - 1),
        max(column_of(box[0], frame), 0),
        min(column_of(box[2], frame), frame[4] - 1),
    )


@_jit
def _most_rows(span, cells):
    """Return how many runs and covers some cells have."""
    low, high, left, right = span
    total = 0
    if left <= right:
        for row in range(low, high + 1):
            a, b = row * cells[0][4] + left, row * cells[0][4] + right + 1
            total += cells[1][b] - cells[1][a] + cells[3][b] - cells[3][a]
    return total


@_jit
def _box(xy, first, last):
    """Return the box of a run of vertices."""
    west, south, east, north = xy[first, 0], xy[first, 1], xy[first, 0], xy[first, 1]
    for k in range(first + 1, last):
        west, east = min(west, xy[k, 0]), max(east, xy[k, 0])
        south, north = min(south, xy[k, 1]), max(north, xy[k, 1])
    return west, south, east, north
