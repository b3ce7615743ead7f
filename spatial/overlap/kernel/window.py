"""What a window sees of edges: nothing below it, its upper side for what is above.

Pieces are rows of (x from, height there, x to, height there, sign), relative to the
west side of the site's box and to the lower side of the window; + where the land is
below the edge.
"""

from __future__ import annotations

import numba

from spatial.index.cells import column_of, crossing, top_of

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")


@_jit
def see(pieces, n, xy, span, window, box):
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
def see_run(pieces, n, xy, span, view, place, frame):
    """Add what a window sees of a run, up to the upper side of its cell.

    Where an edge leaves through the upper side in this column, what follows of it on
    the right is above the cell: it is seen as the side itself, from there on.
    """
    window, box = view
    row, column = place
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
            n, met = see(pieces, n, xy, (start, k - 1, side), window, box)
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
            n = add(
                pieces, n, (max(x, window[0]) - box[0], high, east, high, 1.0 * step)
            )
        if a_above:
            xa, ya = x, top
        else:
            xb, yb = x, top
        n = _clamp(pieces, n, (xa, ya, xb, yb, side), window, box)
    if start <= last:
        n, met = see(pieces, n, xy, (start, last, side), window, box)
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
    west, east = window[0] - box[0], window[2] - box[0]
    slope = (v - u) / (z - x)
    if x < west:
        u, x = u + slope * (west - x), west
    if z > east:
        v, z = u + slope * (east - x), east
    return _clamp_heights(pieces, n, (x, u, z, v, sign), window[3] - window[1])


@_jit
def _clamp_heights(pieces, n, piece, top):
    """Add a piece that lies between the sides of the window, as the window sees it."""
    x, u, z, v, sign = piece
    if u <= 0 and v <= 0:
        return n
    if u >= top and v >= top:
        return add(pieces, n, (x, top, z, top, sign))
    run = (z - x) / (v - u) if u != v else 0.0
    if u < 0:
        u, x = 0.0, min(x - u * run, z)
    elif v < 0:
        v, z = 0.0, max(z - v * run, x)
    if u > top:
        middle = min(max(x - (u - top) * run, x), z)
        n = add(pieces, n, (x, top, middle, top, sign))
        u, x = top, middle
    elif v > top:
        middle = max(min(z - (v - top) * run, z), x)
        n = add(pieces, n, (middle, top, z, top, sign))
        v, z = top, middle
    return add(pieces, n, (x, u, z, v, sign))


@_jit
def add(pieces, n, piece):
    """Add a piece, unless it has no width."""
    x, u, z, v, sign = piece
    if x < z:
        pieces[n, 0], pieces[n, 1], pieces[n, 2], pieces[n, 3] = x, u, z, v
        pieces[n, 4] = sign
        n += 1
    return n
