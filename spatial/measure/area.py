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

_BLOCK = 16_384  # edges worked on at a time: what fits a core's cache


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
    rings = -_ring_areas(xy, ring_starts[:-1].astype(np.int64))
    counts = np.diff(rings_of_part)
    rings[rings_of_part[:-1][counts > 0]] *= -1.0  # the first ring is the shell
    owner = np.repeat(np.arange(len(counts)), counts)
    for parts in parts_of_shape:
        owner = np.repeat(np.arange(len(shapes)), np.diff(parts))[owner]
    return np.asarray(np.bincount(owner, rings, minlength=len(shapes)))


def _ring_areas(xy: Floats, starts: Integers) -> Floats:
    """Return the area inside each of a run of closed rings, in m2."""
    counts = np.diff(np.append(starts, len(xy)))
    lat = np.ascontiguousarray(xy[:, 1])
    # Relative to the ring's own latitude: q itself is 1e13 m2, a parcel's share 1e4.
    reference = np.repeat(lat[starts], counts)[:-1]
    term = np.diff(xy[:, 0])
    term[starts[1:] - 1] = 0.0  # from the end of one ring to the start of the next
    for low in range(0, len(term), _BLOCK):
        high = min(low + _BLOCK, len(term))
        first, second = lat[low:high], lat[low + 1 : high + 1]
        term[low:high] *= _mean_q(first, second, reference[low:high])
    return np.asarray(np.abs(np.add.reduceat(term, starts)) * np.radians(MINOR_M**2))


def _mean_q(first: Floats, second: Floats, reference: Floats) -> Floats:
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
