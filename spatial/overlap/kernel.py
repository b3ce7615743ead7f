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
In a window (the part of the site's box in one cell of the `Grid`) heights are clamped
to the window. Edges below it then give nothing, edges above it count as its upper
side, and all that must be known of them is the winding number: that is the grid's
*cover*, stepping by one wherever a run leaves through the upper side of the cell. A
cell holds a handful of edges, however large the zone is.

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

from spatial.index.grid import column_of, crossing, row_of, top_of
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

_Q = np.array([(k, coefficient) for k, coefficient in SERIES]) * 1.0
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
    result: tuple[Integers, Integers, Floats, Integers] = _pairs(
        sites.xy, sites.ring, sites.ring_range(), sites.side, site_m2, first, last,
        grid.rings.xy, grid.rings.owner, grid.rings.side, grid.frame,
        grid.run_start, grid.runs, grid.cover_start, grid.covers,
    )  # fmt: skip
    return result


# -- the integral --------------------------------------------------------------


@_jit
def _development(y):  # type: ignore[no-untyped-def]
    """Return q(y + u) - q(y) = c1 u + c2 u^2 + c3 u^3 + c4 u^4; y, u in degrees, m2."""
    c = np.zeros(4)
    phi = np.radians(y)
    for i in range(_Q.shape[0]):
        k, a = _Q[i, 0], _Q[i, 1]
        sine, cosine = np.sin(k * phi), np.cos(k * phi)
        step = np.radians(k)
        c[0] += a * step * cosine
        c[1] -= a * step**2 * sine / 2
        c[2] -= a * step**3 * cosine / 6
        c[3] += a * step**4 * sine / 24
    return c * (_B2 * np.radians(1.0))


@_jit
def _under(u, v, wide, c):  # type: ignore[no-untyped-def]
    """Return the area under an edge that rises from height u to v over a width."""
    plus, product = u + v, u * v
    two = plus * plus - product  # u2 + uv + v2
    squares = plus * plus - 2 * product
    three = plus * squares  # u3 + u2 v + u v2 + v3
    four = squares * squares + product * (two - 2 * product)  # u4 + u3 v + ... + v4
    return wide * (
        c[0] * plus / 2 + c[1] * two / 3 + c[2] * three / 4 + c[3] * four / 5
    )


@_jit
def _under_both(e, f, c):  # type: ignore[no-untyped-def]
    """Return the area under the lower of two pieces, over the x that they share.

    A piece is (x from, height there, x to, height there).
    """
    a, b = max(e[0], f[0]), min(e[2], f[2])
    if a >= b:
        return 0.0
    ea, eb, fa, fb = _at(e, a), _at(e, b), _at(f, a), _at(f, b)
    over_a, over_b = ea - fa, eb - fb
    if over_a <= 0 and over_b <= 0:
        return _under(ea, eb, b - a, c)
    if over_a >= 0 and over_b >= 0:
        return _under(fa, fb, b - a, c)
    t = over_a / (over_a - over_b)
    wide, height = t * (b - a), ea + t * (eb - ea)
    if over_a < 0:
        return _under(ea, height, wide, c) + _under(height, fb, b - a - wide, c)
    return _under(fa, height, wide, c) + _under(height, eb, b - a - wide, c)


@_jit
def _at(piece, x):  # type: ignore[no-untyped-def]
    """Return the height of a piece; at its ends exactly theirs."""
    if x == piece[0]:
        return piece[1]
    if x == piece[2]:
        return piece[3]
    return piece[1] + (piece[3] - piece[1]) * ((x - piece[0]) / (piece[2] - piece[0]))


# -- pieces of edges in a window -----------------------------------------------


@_jit
def _clamp(pieces, n, edge, window):  # type: ignore[no-untyped-def]
    """Add to `pieces` what of an edge the window sees, and return their number.

    `edge` is (xa, ya, xb, yb, sign) with xa < xb; a piece is relative to the lower
    left corner of the window. Below the window there is nothing to see; above it an
    edge is seen as the upper side.
    """
    west, south, east, north = window
    xa, ya, xb, yb, sign = edge
    top = north - south
    u, v, x, z = ya - south, yb - south, xa - west, xb - west
    wide = east - west
    if x < 0:
        u, x = u + (v - u) * ((0 - x) / (z - x)), 0.0
    if z > wide:
        v, z = u + (v - u) * ((wide - x) / (z - x)), wide
    if x >= z or (u <= 0 and v <= 0):
        return n
    if u >= top and v >= top:
        return _add(pieces, n, (x, top, z, top, sign))
    if u < 0:
        u, x = 0.0, x + (z - x) * ((0 - u) / (v - u))
    if v < 0:
        v, z = 0.0, x + (z - x) * ((0 - u) / (v - u))
    if u > top:
        middle = x + (z - x) * ((top - u) / (v - u))
        n = _add(pieces, n, (x, top, middle, top, sign))
        u, x = top, middle
    if v > top:
        middle = x + (z - x) * ((top - u) / (v - u))
        n = _add(pieces, n, (middle, top, z, top, sign))
        v, z = top, middle
    return _add(pieces, n, (x, u, z, v, sign))


@_jit
def _add(pieces, n, piece):  # type: ignore[no-untyped-def]
    """Add a piece, unless it has no width."""
    x, u, z, v, sign = piece
    if x < z:
        pieces[n, 0], pieces[n, 1], pieces[n, 2], pieces[n, 3] = x, u, z, v
        pieces[n, 4] = sign
        n += 1
    return n


@_jit
def _edge(xa, ya, xb, yb, side):  # type: ignore[no-untyped-def]
    """Return an edge from left to right; its sign is + where the land is below."""
    if xa <= xb:
        return xa, ya, xb, yb, -1.0 * side
    return xb, yb, xa, ya, 1.0 * side


@_jit
def _sum(e, n_e, f, n_f, c):  # type: ignore[no-untyped-def]
    """Return the signed sum over all pairs of pieces."""
    total = 0.0
    for i in range(n_e):
        for j in range(n_f):
            total += e[i, 4] * f[j, 4] * _under_both(e[i], f[j], c)
    return total


# -- sites ---------------------------------------------------------------------


@_jit
def _pairs(
    xy, ring, ring_range, side, site_m2, first, last,
    zone_xy, zone_of_ring, zone_side, frame, run_start, runs, cover_start, covers,
):  # type: ignore[no-untyped-def]  # fmt: skip
    """Do the sites one after the other; collect what is worth a row."""
    site_out = np.empty(256 + (last - first), np.int64)
    zone_out = np.empty(len(site_out), np.int64)
    area_out = np.empty(len(site_out), np.float64)
    state_out = np.empty(len(site_out), np.int8)
    found = 0
    slots = np.empty(16, np.int64)  # the zones met by the site at hand
    sums = np.empty((16, 2), np.float64)  # area; 1.0 if an edge comes into the box
    mine = np.empty((64, 5), np.float64)
    theirs = np.empty((64, 5), np.float64)
    for site in range(first, last):
        begin, end = ring_range[site], ring_range[site + 1]
        if begin == end:
            continue
        box = _box(xy, ring[begin], ring[begin + 1])
        for r in range(begin + 1, end):
            other = _box(xy, ring[r], ring[r + 1])
            box = (
                min(box[0], other[0]), min(box[1], other[1]),
                max(box[2], other[2]), max(box[3], other[3]),
            )  # fmt: skip
        edges = ring[end] - ring[begin]
        if 2 * edges > len(mine):
            mine = np.empty((4 * edges, 5), np.float64)
        n_slots = 0
        for row in range(
            max(row_of(box[1], frame), 0), min(row_of(box[3], frame), frame[5] - 1) + 1
        ):
            for column in range(
                max(column_of(box[0], frame), 0),
                min(column_of(box[2], frame), frame[4] - 1) + 1,
            ):
                cell = row * frame[4] + column
                r0, r1 = run_start[cell], run_start[cell + 1]
                c0, c1 = cover_start[cell], cover_start[cell + 1]
                if r0 == r1 and c0 == c1:
                    continue
                west = frame[0] + column * frame[2]
                window = (
                    max(box[0], west), max(box[1], top_of(row - 1, frame)),
                    min(box[2], west + frame[2]), min(box[3], top_of(row, frame)),
                )  # fmt: skip
                c = _development(window[1])
                n_mine = 0
                for r in range(begin, end):
                    for k in range(ring[r], ring[r + 1] - 1):
                        edge = _edge(
                            xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1], side[r]
                        )
                        n_mine = _clamp(mine, n_mine, edge, window)
                # covers and runs are both in the order of the zones: merge them
                i_run, i_cover = r0, c0
                while i_run < r1 or i_cover < c1:
                    z_run = (
                        zone_of_ring[runs[i_run, 0]]
                        if i_run < r1
                        else np.int64(1 << 62)
                    )
                    z_cover = covers[i_cover, 0] if i_cover < c1 else np.int64(1 << 62)
                    zone = min(z_run, z_cover)
                    n_theirs, near = 0, False
                    if z_cover == zone:
                        theirs[0, 0], theirs[0, 1] = 0.0, window[3] - window[1]
                        theirs[0, 2], theirs[0, 3] = (
                            window[2] - window[0],
                            window[3] - window[1],
                        )
                        theirs[0, 4] = covers[i_cover, 1]
                        n_theirs = 1
                        i_cover += 1
                    while i_run < r1 and zone_of_ring[runs[i_run, 0]] == zone:
                        r, k0, k1 = runs[i_run, 0], runs[i_run, 1], runs[i_run, 2]
                        if n_theirs + 4 * (k1 - k0 + 1) > len(theirs):
                            theirs = _larger(theirs, 2 * (n_theirs + 4 * (k1 - k0 + 1)))
                        n_theirs, touches = _run(
                            theirs, n_theirs, zone_xy, (k0, k1), zone_side[r],
                            row, column, window, box, frame,
                        )  # fmt: skip
                        near = near or touches
                        i_run += 1
                    slot = 0
                    while slot < n_slots and slots[slot] != zone:
                        slot += 1
                    if slot == n_slots:
                        if n_slots == len(slots):
                            slots, sums = _larger_1(slots), _larger(sums, 2 * n_slots)
                        slots[slot], sums[slot, 0], sums[slot, 1] = zone, 0.0, 0.0
                        n_slots += 1
                    sums[slot, 0] += _sum(mine, n_mine, theirs, n_theirs, c)
                    if near:
                        sums[slot, 1] = 1.0
        order = np.argsort(slots[:n_slots])
        for slot in order:
            state, area = _state(sums[slot, 0], sums[slot, 1] > 0, site_m2[site])
            if state == APART:
                continue
            if found == len(site_out):
                site_out, zone_out = _larger_1(site_out), _larger_1(zone_out)
                area_out, state_out = _larger_1(area_out), _larger_1(state_out)
            site_out[found], zone_out[found] = site, slots[slot]
            area_out[found], state_out[found] = area, state
            found += 1
    return site_out[:found], zone_out[:found], area_out[:found], state_out[:found]


@_jit
def _state(area, near, whole):  # type: ignore[no-untyped-def]
    """Return what a pair is, and its area; 0 for a pair that is none."""
    if not near:
        return (INSIDE, whole) if area > whole / 2 else (APART, 0.0)
    doubt = max(DOUBT_SHARE * whole, DOUBT_M2)
    if area <= doubt or area >= whole - doubt:
        return DOUBTFUL, area
    return PARTIAL, area


@_jit
def _run(theirs, n, xy, span, side, row, column, window, box, frame):  # type: ignore[no-untyped-def]
    """Add what the window sees of a run, up to the upper side of the cell.

    Where an edge leaves through the upper side in this column, what follows of it on
    the right is above the cell: it is seen as the side itself, from there on. A
    stretch of edges above the window is seen as one: their shares telescope.
    """
    top, wide, high = top_of(row, frame), window[2] - window[0], window[3] - window[1]
    near, aloft, x_from = False, False, 0.0
    for k in range(span[0], span[1] + 1):
        xa, ya, xb, yb = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        near = near or (
            min(xa, xb) <= box[2] and max(xa, xb) >= box[0]
            and min(ya, yb) <= box[3] and max(ya, yb) >= box[1]
        )  # fmt: skip
        above = min(ya, yb) >= window[3]
        if above and max(ya, yb) < top:
            if not aloft:
                aloft, x_from = True, xa
            continue
        if aloft:
            n = _flat(theirs, n, (x_from, xa, side), window)
            aloft = False
        if max(ya, yb) < window[1] or (ya >= top and yb >= top):
            continue
        if (ya >= top) != (yb >= top):
            x = crossing(xa, ya, xb, yb, top)
            if column_of(x, frame) == column:
                step = side if ya >= top else -side
                n = _add(theirs, n, (max(x - window[0], 0.0), high, wide, high, step))
            if ya >= top:
                xa, ya = x, top
            else:
                xb, yb = x, top
        n = _clamp(theirs, n, _edge(xa, ya, xb, yb, side), window)
    if aloft:
        n = _flat(theirs, n, (x_from, xy[span[1] + 1, 0], side), window)
    return n, near


@_jit
def _flat(pieces, n, stretch, window):  # type: ignore[no-untyped-def]
    """Add a stretch above the window, from x to x, seen as the upper side."""
    xa, xb, side = stretch
    high = window[3] - window[1]
    x, z = max(min(xa, xb), window[0]), min(max(xa, xb), window[2])
    sign = -side if xa <= xb else side
    return _add(pieces, n, (x - window[0], high, z - window[0], high, sign))


@_jit
def _box(xy, first, last):  # type: ignore[no-untyped-def]
    """Return the box of a ring."""
    west, south, east, north = xy[first, 0], xy[first, 1], xy[first, 0], xy[first, 1]
    for k in range(first + 1, last):
        west, east = min(west, xy[k, 0]), max(east, xy[k, 0])
        south, north = min(south, xy[k, 1]), max(north, xy[k, 1])
    return west, south, east, north


@_jit
def _larger(table, least):  # type: ignore[no-untyped-def]
    """Return a larger copy of a table."""
    wider = np.empty((max(least, 2 * len(table)), table.shape[1]), table.dtype)
    wider[: len(table)] = table
    return wider


@_jit
def _larger_1(column):  # type: ignore[no-untyped-def]
    """Return a column twice as long."""
    longer = np.empty(2 * len(column), column.dtype)
    longer[: len(column)] = column
    return longer
