"""The integral under the lower of two edges: the formula, term by term."""

from __future__ import annotations

import numba
import numpy as np

from spatial.measure.area import SERIES
from spatial.measure.ellipsoid import MINOR_M

_ORDERS, _FACTORS = (np.array(one, dtype=float) for one in zip(*SERIES, strict=True))
_B2 = MINOR_M**2
_jit = numba.njit(nogil=True, cache=True, error_model="numpy")


@_jit
def sum_of_pairs(e, f, c):
    """Return the signed sum over all pairs of pieces that share some x."""
    total = 0.0
    for i in range(len(e)):
        for j in range(len(f)):
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
    """Return the area under the lower of two edges, given by their end heights."""
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
def development(y):
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
