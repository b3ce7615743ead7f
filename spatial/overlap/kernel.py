"""The area kernel: how much of every site lies in every zone, without overlaying.

The formula
-----------
A point lies in a polygon A if the edges above it, counted +1 where the land is below
the edge and -1 where it is above, add up to 1::

    1_A(x, y) = sum over edges e of A:  s_e [x under e] [y < y_e(x)]

The product of two such sums is the indicator of A and B together. Integrated over the
ellipsoid, whose area element is dq(y) dx with the authalic ordinate q (the function of
the official area formula, `spatial.measure.area`), the area of A and B is

    sum over e, f:  s_e s_f  integral over the common x of  q(min(y_e(x), y_f(x))) dx

Only the *lower* of two edges counts, and only as a number::

          f \\      / e          the integral for this pair of edges is
             \\    /             the area below the lower one, hatched,
              \\  /              signed by s_e s_f. Where the edges cross
            .//\\\\.             nothing special happens: the minimum
          ///////\\\\\\          is continuous.
         ///////////////

Nothing is intersected, ordered or snapped, so nothing can fail: the sum is continuous
in every coordinate. Edges that coincide, touch or hardly cross change it by hardly
anything.

What makes it quick
-------------------
In a *window* (the part of the site's box in one cell of the `Grid`) heights are clamped
to the window. Edges below it then give nothing, edges above it count as its upper
side::

        upper side of the cell, and of the window
     +-----------------+-----.--------+    f leaves the cell at the dot; from there on
     |  window         |    /         |    it is seen as the upper side
     |     ____  e     |   /  f       |
     |____/    \_______|  /           |    what lies above the cell is seen as the upper
     +-----------------+-/------------+    side too: the *cover* says how many times

All that must be known of the land above is its winding number. The grid has it for the
upper left corner of each cell, and it steps by one wherever a run leaves through the
upper side. A cell holds a handful of edges, however large the zone is.

Error
-----
q is developed to the fourth order about the lower side of the window. The first term
left out is less than u^4/120 of the area, u the height of the window: 8e-14 at 0.1
degree, the highest that a cell may be. Coordinates are taken relative to the corner
of the window, a difference of close doubles and exact, so that rounding is that of a
sum of as many terms as there are pairs of edges, each no larger than the window.

What is not decided here
------------------------
An area of zero may be a touch or nothing; an area as large as the site may be all of
it or nearly. Where an edge of the zone comes into the box of the site and the area is
that close to either end, the pair is `DOUBTFUL`, and geometry decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from spatial.index.grid import column_of, crossing, left_of, row_of, top_of
from spatial.measure.area import SERIES
from spatial.measure.ellipsoid import MINOR_M
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

_ORDERS, _FACTORS = (np.array(one, dtype=float) for one in zip(*SERIES, strict=True))
_B2 = MINOR_M**2
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
    site, zone, part_m2, near = _parts(
        sites, (first, last), sites.ring_range(), site_m2, grid
    )
    # One row a cell becomes one row a pair; the cells of a pair stay in order, so
    # that the sum does not depend on the slice.
    order = np.lexsort((zone, site))
    site, zone = site[order], zone[order]
    starts = np.flatnonzero(np.diff(site, prepend=-1) | np.diff(zone, prepend=-1))
    site, zone = site[starts], zone[starts]
    if not len(starts):
        return site, zone, part_m2, np.zeros(0, dtype=np.int8)
    area = np.add.reduceat(part_m2[order], starts)
    met = np.logical_or.reduceat(near[order], starts)
    whole = site_m2[site]
    doubt = np.maximum(DOUBT_SHARE * whole, DOUBT_M2)
    state = np.select(
        [~met & (area > whole / 2), ~met, (area > doubt) & (area < whole - doubt)],
        [INSIDE, APART, PARTIAL],
        DOUBTFUL,
    ).astype(np.int8)
    area = np.where(state == INSIDE, whole, area)
    rows = np.flatnonzero(state != APART)
    return site[rows], zone[rows], area[rows], state[rows]


def _parts(
    sites: Rings,
    among: tuple[int, int],
    ring_range: Integers,
    site_m2: Floats,
    grid: Grid,
) -> tuple[Integers, Integers, Floats, np.ndarray]:
    """Return one row for every site, cell and zone in it."""
    shape = (sites.xy, sites.ring, sites.side, ring_range, site_m2)
    zones = (grid.rings.xy, grid.rings.owner, grid.rings.side)
    cells = (grid.run_start, grid.runs, grid.cover_start, grid.covers)
    room = (_longest(sites, ring_range), grid.most_edges)
    result: tuple[Integers, Integers, Floats, np.ndarray] = _visit(
        shape, among, zones, grid.frame, cells, room
    )
    return result


def _longest(sites: Rings, ring_range: Integers) -> int:
    """Return how many edges the site with the most of them has."""
    ends = sites.ring[ring_range]
    return int(np.diff(ends).max(initial=0))


# -- sites and cells -----------------------------------------------------------


@_jit
def _visit(shape, among, zones, frame, cells, room):
    """Go through the cells of every site; note the area of each zone in each cell."""
    xy, ring, side, ring_range, site_m2 = shape
    run_start, runs, cover_start, covers = cells
    ids = np.empty((1024 + 2 * (among[1] - among[0]), 2), np.int64)
    part = np.empty(len(ids), np.float64)
    near = np.empty(len(ids), np.bool_)
    n = 0
    mine = np.empty((3 * room[0] + 3, 5), np.float64)
    theirs = np.empty((3 * room[1] + 3, 5), np.float64)
    for site in range(among[0], among[1]):
        first, last = ring_range[site], ring_range[site + 1]
        if first == last:
            continue
        box = _box(xy, ring[first], ring[last])
        low, high = (
            max(row_of(box[1], frame), 0),
            min(row_of(box[3], frame), frame[5] - 1),
        )
        left, right = (
            max(column_of(box[0], frame), 0),
            min(column_of(box[2], frame), frame[4] - 1),
        )
        for row in range(low, high + 1):
            band = (
                box[0],
                max(box[1], top_of(row - 1, frame)),
                box[2],
                min(box[3], top_of(row, frame)),
            )
            c = _development(band[1])
            n_mine = -1
            for column in range(left, right + 1):
                cell = row * frame[4] + column
                run, run_end = run_start[cell], run_start[cell + 1]
                cover, cover_end = cover_start[cell], cover_start[cell + 1]
                if run == run_end and cover == cover_end:
                    continue
                if n + (run_end - run) + (cover_end - cover) > len(ids):
                    ids, part, near = _longer(
                        ids, part, near, run_end - run + cover_end - cover
                    )
                if run == run_end and low == high and left == right:
                    for i in range(cover, cover_end):  # one cell without an edge
                        ids[n, 0], ids[n, 1] = site, covers[i, 0]
                        part[n], near[n] = site_m2[site] * covers[i, 1], False
                        n += 1
                    continue
                if n_mine < 0:  # what the band sees of the site, once a row
                    n_mine = 0
                    for r in range(first, last):
                        n_mine, _ = _see(
                            mine,
                            n_mine,
                            xy,
                            (ring[r], ring[r + 1] - 2, side[r]),
                            band,
                            box,
                        )
                window = (
                    max(box[0], left_of(column, frame)),
                    band[1],
                    min(box[2], left_of(column + 1, frame)),
                    band[3],
                )
                while run < run_end or cover < cover_end:
                    zone = _next_zone(
                        run, run_end, runs, zones[1], cover, cover_end, covers
                    )
                    n_theirs, touched = 0, False
                    if cover < cover_end and covers[cover, 0] == zone:
                        n_theirs = _add(
                            theirs,
                            0,
                            (
                                window[0] - box[0],
                                band[3] - band[1],
                                window[2] - box[0],
                                band[3] - band[1],
                                1.0 * covers[cover, 1],
                            ),
                        )
                        cover += 1
                    while run < run_end and zones[1][runs[run, 0]] == zone:
                        span = runs[run, 1], runs[run, 2], zones[2][runs[run, 0]]
                        n_theirs, met = _see_to_top(
                            theirs,
                            n_theirs,
                            zones[0],
                            span,
                            window,
                            box,
                            row,
                            column,
                            frame,
                        )
                        touched = touched or met
                        run += 1
                    ids[n, 0], ids[n, 1] = site, zone
                    part[n] = _sum(mine, n_mine, theirs, n_theirs, c)
                    near[n] = touched
                    n += 1
    return ids[:n, 0].copy(), ids[:n, 1].copy(), part[:n].copy(), near[:n].copy()


@_jit
def _next_zone(run, run_end, runs, owner, cover, cover_end, covers):
    """Return the next zone of a cell: runs and covers are both in their order."""
    if run == run_end:
        return covers[cover, 0]
    if cover == cover_end:
        return owner[runs[run, 0]]
    return min(owner[runs[run, 0]], covers[cover, 0])


@_jit
def _longer(ids, part, near, least):
    """Return the three columns with room for more."""
    size = 2 * len(ids) + least
    more_ids = np.empty((size, 2), ids.dtype)
    more_part, more_near = np.empty(size, part.dtype), np.empty(size, near.dtype)
    more_ids[: len(ids)] = ids
    more_part[: len(ids)] = part
    more_near[: len(ids)] = near
    return more_ids, more_part, more_near


@_jit
def _box(xy, first, last):
    """Return the box of a run of vertices."""
    west, south, east, north = xy[first, 0], xy[first, 1], xy[first, 0], xy[first, 1]
    for k in range(first + 1, last):
        west, east = min(west, xy[k, 0]), max(east, xy[k, 0])
        south, north = min(south, xy[k, 1]), max(north, xy[k, 1])
    return west, south, east, north


# -- what a window sees of edges -----------------------------------------------
# Pieces are (x from, height there, x to, height there, sign), relative to the west
# side of the site's box and the lower side of the window.


@_jit
def _see(pieces, n, xy, span, window, box):
    """Add what a window sees of consecutive edges, and whether one comes into the box.

    `span` is first edge, last edge and the side of the land. A stretch of edges above
    the window is seen as one: their shares telescope.
    """
    first, last, side = span
    near, aloft, x_from = False, False, 0.0
    for k in range(first, last + 1):
        xa, ya, xb, yb = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        low, high = min(ya, yb), max(ya, yb)
        if low >= window[3]:
            near = near or (low <= box[3] and _beside(xa, xb, box))
            if not aloft:
                aloft, x_from = True, xa
            continue
        if aloft:
            n = _clamp(pieces, n, (x_from, window[3], xa, window[3], side), window, box)
            aloft = False
        if high >= window[1]:
            near = near or (high >= box[1] and _beside(xa, xb, box))
            n = _clamp(pieces, n, (xa, ya, xb, yb, side), window, box)
    if aloft:
        end = (x_from, window[3], xy[last + 1, 0], window[3], side)
        n = _clamp(pieces, n, end, window, box)
    return n, near


@_jit
def _see_to_top(pieces, n, xy, span, window, box, row, column, frame):
    """Add what a window sees of a run, up to the upper side of its cell.

    Where an edge leaves through the upper side in this column, what follows of it on
    the right is above the cell: it is seen as the side itself, from there on.
    """
    first, last, side = span
    top = top_of(row, frame)
    high = window[3] - window[1]
    east = window[2] - box[0]
    near = False
    start = first
    for k in range(first, last + 1):
        a_above, b_above = xy[k, 1] >= top, xy[k + 1, 1] >= top
        if not (a_above or b_above):
            continue
        if start < k:
            n, met = _see(pieces, n, xy, (start, k - 1, side), window, box)
            near = near or met
        start = k + 1
        xa, ya, xb, yb = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        near = near or (
            min(ya, yb) <= box[3] and max(ya, yb) >= box[1] and _beside(xa, xb, box)
        )
        if a_above and b_above:
            continue
        x = crossing(xa, ya, xb, yb, top)
        if column_of(x, frame) == column:
            step = side if a_above else -side
            n = _add(
                pieces, n, (max(x, window[0]) - box[0], high, east, high, 1.0 * step)
            )
        if a_above:
            xa, ya = x, top
        else:
            xb, yb = x, top
        n = _clamp(pieces, n, (xa, ya, xb, yb, side), window, box)
    if start <= last:
        n, met = _see(pieces, n, xy, (start, last, side), window, box)
        near = near or met
    return n, near


@_jit
def _beside(xa, xb, box):
    """Whether an edge shares a longitude with a box."""
    return min(xa, xb) <= box[2] and max(xa, xb) >= box[0]


@_jit
def _clamp(pieces, n, edge, window, box):
    """Add an edge as the window sees it: nothing below, the upper side above."""
    xa, ya, xb, yb, side = edge
    sign = -1.0 * side
    if xa > xb:
        xa, ya, xb, yb, sign = xb, yb, xa, ya, 1.0 * side
    if xb <= window[0] or xa >= window[2] or xa == xb:
        return n
    x, z, u, v = xa - box[0], xb - box[0], ya - window[1], yb - window[1]
    west, east, top = window[0] - box[0], window[2] - box[0], window[3] - window[1]
    slope = (v - u) / (z - x)
    if x < west:
        u, x = u + slope * (west - x), west
    if z > east:
        v, z = u + slope * (east - x), east
    if u <= 0 and v <= 0:
        return n
    if u >= top and v >= top:
        return _add(pieces, n, (x, top, z, top, sign))
    if u < 0:
        u, x = 0.0, min(x - u / slope, z)
    elif v < 0:
        v, z = 0.0, max(z - v / slope, x)
    if u > top:
        middle = min(max(x - (u - top) / slope, x), z)
        n = _add(pieces, n, (x, top, middle, top, sign))
        u, x = top, middle
    elif v > top:
        middle = max(min(z - (v - top) / slope, z), x)
        n = _add(pieces, n, (middle, top, z, top, sign))
        v, z = top, middle
    return _add(pieces, n, (x, u, z, v, sign))


@_jit
def _add(pieces, n, piece):
    """Add a piece, unless it has no width."""
    x, u, z, v, sign = piece
    if x < z:
        pieces[n, 0], pieces[n, 1], pieces[n, 2], pieces[n, 3] = x, u, z, v
        pieces[n, 4] = sign
        n += 1
    return n


# -- the integral --------------------------------------------------------------


@_jit
def _sum(e, n_e, f, n_f, c):
    """Return the signed sum over all pairs of pieces that share some x."""
    total = 0.0
    for i in range(n_e):
        for j in range(n_f):
            a, b = max(e[i, 0], f[j, 0]), min(e[i, 2], f[j, 2])
            if a < b:
                under = _under_both(
                    _at(e, i, a), _at(e, i, b), _at(f, j, a), _at(f, j, b), b - a, c
                )
                total += e[i, 4] * f[j, 4] * under
    return total


@_jit
def _at(pieces, i, x):
    """Return the height of a piece; at its ends exactly theirs."""
    if x == pieces[i, 0]:
        return pieces[i, 1]
    if x == pieces[i, 2]:
        return pieces[i, 3]
    t = (x - pieces[i, 0]) / (pieces[i, 2] - pieces[i, 0])
    return pieces[i, 1] + (pieces[i, 3] - pieces[i, 1]) * t


@_jit
def _under_both(ea, eb, fa, fb, wide, c):
    """Return the area under the lower of two edges, given by their heights at the ends."""
    over_a, over_b = ea - fa, eb - fb
    if over_a <= 0 and over_b <= 0:
        return _under(ea, eb, wide, c)
    if over_a >= 0 and over_b >= 0:
        return _under(fa, fb, wide, c)
    t = over_a / (over_a - over_b)
    before, height = t * wide, ea + t * (eb - ea)
    if over_a < 0:
        return _under(ea, height, before, c) + _under(height, fb, wide - before, c)
    return _under(fa, height, before, c) + _under(height, eb, wide - before, c)


@_jit
def _under(u, v, wide, c):
    """Return the area under an edge that rises from height u to v over a width.

    The means of u, u^2, u^3 and u^4 along the edge, without a division.
    """
    plus, product = u + v, u * v
    two = plus * plus - product  # u2 + uv + v2
    squares = plus * plus - 2 * product
    three = plus * squares  # u3 + u2v + uv2 + v3
    four = squares * squares + product * (two - 2 * product)  # u4 + u3v + ... + v4
    return wide * (
        c[0] * plus / 2 + c[1] * two / 3 + c[2] * three / 4 + c[3] * four / 5
    )


@_jit
def _development(y):
    """Return c of q(y + u) - q(y) = c1 u + c2 u2 + c3 u3 + c4 u4; degrees and m2.

    q is the sum of the official formula, `spatial.measure.area.SERIES`; an area is the
    integral of it over longitude, here in degrees.
    """
    c1, c2, c3, c4 = 0.0, 0.0, 0.0, 0.0
    phi = np.radians(y)
    for i in range(len(_ORDERS)):
        step = np.radians(_ORDERS[i])
        sine, cosine = np.sin(_ORDERS[i] * phi), np.cos(_ORDERS[i] * phi)
        c1 += _FACTORS[i] * step * cosine
        c2 -= _FACTORS[i] * step**2 * sine / 2
        c3 -= _FACTORS[i] * step**3 * cosine / 6
        c4 += _FACTORS[i] * step**4 * sine / 24
    unit = _B2 * np.radians(1.0)
    return c1 * unit, c2 * unit, c3 * unit, c4 * unit
