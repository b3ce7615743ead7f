"""The official ellipsoidal area, summed edge by edge over whole arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np
import shapely

from spatial.measure.ellipsoid import E2, MINOR_M, POLYGONS, as_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spatial.measure.ellipsoid import Floats, Integers, Shapes, ShapesLike

SERIES = (
    (1, 1 + E2 * (3 / 6 + E2 * (30 / 80 + E2 * (35 / 112 + E2 * 630 / 2304)))),
    (3, -E2 * (1 / 6 + E2 * (15 / 80 + E2 * (21 / 112 + E2 * 420 / 2304)))),
    (5, E2**2 * (3 / 80 + E2 * (7 / 112 + E2 * 180 / 2304))),
    (7, -(E2**3) * (1 / 112 + E2 * 45 / 2304)),
    (9, E2**4 * 5 / 2304),
)
"""(k, coefficient of sin k phi): A, -B, C, -D, E of the official formula."""

_BLOCK = 32_768  # edges worked on at a time: what fits a core's cache
_PIECE = 256  # edges that share a reference
_ORDER, _REACH_DEG = 6, 1.0
"""So far from the reference the first power left out is 1e-15 of the area."""


@overload
def area_m2(geometry: shapely.Geometry) -> float: ...
@overload
def area_m2(geometry: ShapesLike) -> Floats: ...
def area_m2(geometry: shapely.Geometry | ShapesLike) -> float | Floats:
    """Return the official ellipsoidal area of polygons, in m2.

    The formula of 国土调查办发〔2008〕32号 on CGCS2000: the area between an edge, the
    equator and the meridians of its ends is the longitude difference times a mean of
    ``q(phi) = b^2 (A sin phi - B sin 3phi + C sin 5phi - D sin 7phi + E sin 9phi)``.
    The official text takes one mean latitude for an edge, right for short edges.
    Here q is averaged exactly along the edge, straight in longitude/latitude: the
    mean of ``sin k phi`` between two latitudes is ``sin(k mid) sinc(k half)``. This is
    the official formula with the edges densified without end, so an edge may be cut
    anywhere and pieces + remainder = whole.

    Parameters
    ----------
    geometry
        (Multi)polygons in EPSG:4490, or empty geometries (area 0). The direction in
        which rings run does not matter: shells add, holes subtract. z is ignored.

    Returns
    -------
    float or ndarray
        One area for each geometry, >= 0.

    Raises
    ------
    GeometryError
        A geometry is neither a polygon nor empty.

    References
    ----------
    国土调查办发〔2008〕32号; coefficients and checks in ``docs/accuracy.md``.

    Examples
    --------
    >>> area_m2(shapely.box(110.0, 40.0, 110.01, 40.01))
    948099.21
    """
    shapes, single = as_shapes(geometry, POLYGONS, needed_for="an area")
    area = np.zeros(len(shapes))
    filled = ~shapely.is_empty(shapes)
    if filled.any():
        area[filled] = _polygon_areas(shapes[filled])
    return float(area[0]) if single else area


def _polygon_areas(shapes: Shapes) -> Floats:
    """Return the area of (multi)polygons, none empty: shells without their holes."""
    _, xy, offsets = shapely.to_ragged_array(shapes, include_z=False)
    ring_starts, rings_of_part, *parts_of_shape = offsets
    rings = -np.abs(ring_area_m2(xy, ring_starts.astype(np.int64)))
    counts = np.diff(rings_of_part)
    rings[rings_of_part[:-1][counts > 0]] *= -1.0  # the first ring is the shell
    owner = np.repeat(np.arange(len(counts)), counts)
    for parts in parts_of_shape:
        owner = np.repeat(np.arange(len(shapes)), np.diff(parts))[owner]
    return np.asarray(np.bincount(owner, rings, minlength=len(shapes)))


def ring_area_m2(xy: Floats, ring: Integers) -> Floats:
    """Return the area inside each of a run of closed rings, in m2.

    Parameters
    ----------
    xy
        (n, 2) longitude and latitude, degrees: ring after ring, each closed.
    ring
        (rings + 1,) int64: where each ring begins in `xy`, and the end.

    Returns
    -------
    ndarray
        (rings,) the area of `area_m2`, > 0 for a ring that runs anticlockwise, < 0
        for the others; 0 for a ring without a vertex.

    Notes
    -----
    Rings are taken in pieces of at most `_PIECE` edges. About the latitude of a
    piece's first vertex q is a polynomial, so that an edge costs a few
    multiplications and no sine::

        q(ref + u) - q(ref) = c1 u + c2 u^2 + ... + c6 u^6

    The mean of u^j along an edge from u to v is the sum of all products of j factors
    u or v, over j + 1. The pieces of a ring are brought to one reference at the end:
    q itself is 1e13 m2, a parcel's share of it 1e4. What a ring gives depends on its
    own vertices alone, to the bit.
    """
    # After its last vertex each ring has a step of no width, the last one too: so many
    # terms are summed, and so grouped, wherever the ring stands.
    lat = np.append(xy[:, 1], xy[-1:, 1])
    step = np.append(np.diff(xy[:, 0]), np.zeros(len(xy[:1])))
    starts, counts = ring[:-1], np.diff(ring)
    step[ring[1:][counts > 0] - 1] = 0.0
    of_ring, first = _pieces(counts, starts)
    ends = np.append(first[1:], len(step))
    base = lat[starts[of_ring]]
    area = np.empty(len(first))
    low = 0
    while low < len(first):
        high = int(np.searchsorted(ends, first[low] + _BLOCK, side="right"))
        some = slice(low, high)
        area[some] = _piece_areas(lat, step, (first[some], ends[high - 1]), base[some])
        low = high
    total = np.bincount(of_ring, area, minlength=len(counts))
    return np.asarray(-total * np.radians(MINOR_M**2))


def _pieces(counts: Integers, starts: Integers) -> tuple[Integers, Integers]:
    """Return the ring and the first vertex of every piece."""
    pieces = -(-np.maximum(counts - 1, 0) // _PIECE)
    ring = np.repeat(np.arange(len(counts)), pieces)
    rank = np.arange(len(ring)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    return ring, starts[ring] + rank * _PIECE


def _piece_areas(
    lat: Floats, step: Floats, pieces: tuple[Integers, int], base: Floats
) -> Floats:
    """Return what the edges of consecutive pieces give; in b2 and degrees.

    `pieces` is the first vertex of each and the end of the last, `base` the reference
    latitude of the ring of each.
    """
    first, end = pieces
    begin, own = int(first[0]), lat[first]
    at, wide = first - begin, step[begin:end]
    reference = np.repeat(own, np.diff(np.append(first, end)))
    u, v = lat[begin:end] - reference, lat[begin + 1 : end + 1] - reference
    v[wide == 0.0] = 0.0  # an edge due north gives nothing, nor one between rings
    area = np.zeros(len(first))
    power, products = u, np.ones_like(u)
    for coefficient in _development(own):
        products = v * products + power
        area += coefficient * np.add.reduceat(products * wide, at)
        power = power * u
    reach = np.maximum.reduceat(np.maximum(np.abs(u), np.abs(v)), at)
    for one in np.flatnonzero(reach > _REACH_DEG).tolist():
        low, high = first[one], end if one + 1 == len(first) else first[one + 1]
        mean = _mean_q(lat[low:high], lat[low + 1 : high + 1], own[one])
        area[one] = np.sum(mean * step[low:high])
    moved = np.flatnonzero(own != base)
    if len(moved):
        across = np.add.reduceat(wide, at)[moved]
        area[moved] += _mean_q(own[moved], own[moved], base[moved]) * across
    return area


def _development(reference: Floats) -> Iterator[Floats]:
    """Yield c1/2, c2/3, ... of q/b2 about latitudes, for powers of degrees."""
    phi = np.radians(reference)
    sine, cosine = np.sin(phi), np.cos(phi)
    double = 2 - 4 * sine**2
    sines = _odd_multiples(sine, -sine, double)
    cosines = _odd_multiples(cosine, cosine, double)
    waves = [(k, a, next(sines), next(cosines)) for k, a in SERIES]
    factor = 1.0
    for j in range(1, _ORDER + 1):
        factor *= np.radians(1.0) / j
        turn = factor if j % 4 in (0, 1) else -factor
        total = np.zeros_like(phi)
        for k, a, sin_k, cos_k in waves:
            total += (turn * a * k**j / (j + 1)) * (cos_k if j % 2 else sin_k)
        yield total


def _mean_q(first: Floats, second: Floats, reference: Floats | float) -> Floats:
    """Return the mean of q/b^2 between two latitudes, less q/b^2 at a third."""
    middle = np.radians((first + second) / 2)
    half = np.radians((second - first) / 2)
    # Differences are taken in degrees, where they are exact, and kept as products:
    # sin k middle - sin k reference = 2 cos k(middle - up) sin k up.
    up = np.radians(((first - reference) + (second - reference)) / 4)
    sin_middle, cos_mean, sin_up = np.sin(middle), np.cos(middle - up), np.sin(up)
    sin_k_middle = _odd_multiples(sin_middle, -sin_middle, 2 - 4 * sin_middle**2)
    cos_k_mean = _odd_multiples(cos_mean, cos_mean, 4 * cos_mean**2 - 2)
    sin_k_up = _odd_multiples(sin_up, -sin_up, 2 - 4 * sin_up**2)
    total = np.zeros_like(middle)
    for k, coefficient in SERIES:
        change = 2 * next(cos_k_mean) * next(sin_k_up)
        change += next(sin_k_middle) * _sinc_less_1(k * half)
        total += coefficient * change
    return total


def _odd_multiples(now: Floats, before: Floats, double: Floats) -> Iterator[Floats]:
    """Yield f(x), f(3x), f(5x)... of a sine or cosine f; `double` is 2 cos 2x."""
    while True:
        yield now
        now, before = double * now - before, now


def _sinc_less_1(x: Floats) -> Floats:
    """Return sin(x)/x - 1 without loss for small x."""
    square = x * x
    tail = 1 - square / 72 * (1 - square / 110 * (1 - square / 156))
    small = -square / 6 * (1 - square / 20 * (1 - square / 42 * tail))
    large = square > 0.25  # noqa: PLR2004  the series is exact up to |x| = 0.5
    if not large.any():
        return np.asarray(small)
    return np.where(large, np.sinc(x / np.pi) - 1, small)
