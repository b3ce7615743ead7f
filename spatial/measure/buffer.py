r"""The ground within a distance of a shape: right to 1 cm, never too small.

GEOS simplifies what it buffers by up to 1 % of the distance: ten metres in a
kilometre. Here the ground is put together from pieces that are exact in a plane of
true azimuths and distances::

      +-----------+        a rectangle along every edge,
      |   edge    |\       a wedge where the line turns,
      *-----------* \      a disc where it ends.
      |           |\ /
      +-----------+ *
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure.distance import from_polar, to_polar
from spatial.measure.ellipsoid import (
    DIMENSION_OF_TYPE,
    MINOR_M,
    POLYGONS,
    as_shapes,
    outline,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spatial.measure.ellipsoid import Floats, Shapes

ARC_ERROR_M = 0.004
"""How far the polygon may stand out of the arc that it stands for."""

_COMPARED_M = 0.0005  # distances are compared at 1 mm: half of it is still within
_CELL_DEG = 0.1  # a plane for each such square: beyond, scales change too much
_STEP_DEG = 0.002  # a chord of this length leaves the drawn edge by < 1 mm
_STEP_M = 200.0
_LEAST_M = 1e-9
_GRID_M = 1e-4
_CRACK_DEG = 1e-8  # 1 mm


def buffer_m(shape: shapely.Geometry, distance_m: float) -> shapely.Geometry:
    """Return the ground that lies within a geodesic distance of a shape.

    Parameters
    ----------
    shape
        Point, line or polygon (single or multi) in EPSG:4490, valid.
    distance_m
        Metres, > 0, itself included (compared at 1 mm, as rules compare it).

    Returns
    -------
    Polygon or MultiPolygon
        In EPSG:4490. Never smaller than the ground asked for; larger by less than
        1 cm up to 5 km of distance. Beyond, the error grows with the cube of the
        distance and stays on the large side (0.1 m at 20 km). Empty for an empty
        shape.

    Raises
    ------
    GeometryError
        The shape is a collection or None.

    Notes
    -----
    The outline is cut at squares of a tenth of a degree, and each part is worked
    about the middle of its square in geodesic polar coordinates. Across the azimuth
    such a plane stretches by r^2 / 6 R^2; the distance is stretched likewise.
    """
    shapes, _ = as_shapes([shape], tuple(DIMENSION_OF_TYPE), needed_for="a buffer")
    if shapely.is_empty(shape):
        return shapely.Polygon()
    pieces = [_about(lines, centre, distance_m) for lines, centre in _cells(shapes)]
    if shapely.get_type_id(shape) in POLYGONS:
        pieces.append(shape)
    return _without_cracks(shapely.union_all(pieces))


def _without_cracks(ground: shapely.Geometry) -> shapely.Geometry:
    """Fill holes that are nowhere wider than 1 mm: where planes were joined."""
    filled = []
    for part in shapely.get_parts(ground):
        shell, *holes = shapely.get_rings(part)
        rings = np.array(holes, dtype=object)
        area, around = shapely.area(shapely.polygons(rings)), shapely.length(rings)
        kept = rings[2 * area > _CRACK_DEG * around]
        filled.append(shapely.polygons(shell, kept if len(kept) else None))
    return filled[0] if len(filled) == 1 else shapely.union_all(filled)


def _cells(shapes: Shapes) -> Iterator[tuple[Shapes, Floats]]:
    """Yield the parts of the outline square by square, with the middle of each."""
    parts = shapely.get_parts(outline(shapes))
    low = np.floor(shapely.total_bounds(parts)[:2] / _CELL_DEG).astype(int)
    high = np.floor(shapely.total_bounds(parts)[2:] / _CELL_DEG).astype(int)
    tree = shapely.STRtree(parts)
    for column in range(low[0], high[0] + 1):
        for row in range(low[1], high[1] + 1):
            corner = np.array([column, row]) * _CELL_DEG
            box = shapely.box(*corner, *(corner + _CELL_DEG))
            inside = parts[np.sort(tree.query(box, predicate="intersects"))]
            if len(inside):
                cut = shapely.get_parts(shapely.intersection(inside, box))
                rest = shapely.get_parts(cut)
                yield rest[~shapely.is_empty(rest)], corner + _CELL_DEG / 2


def _about(lines: Shapes, centre: Floats, distance_m: float) -> shapely.Geometry:
    """Return the ground around lines and points, worked about one centre."""
    fine = shapely.segmentize(lines, _STEP_DEG)
    planar = to_polar(fine, np.tile(centre, (len(fine), 1)))
    reach = float(np.hypot(*shapely.get_coordinates(planar).T).max()) + distance_m
    wide = (distance_m + _COMPARED_M + _GRID_M) * (1 + (reach / MINOR_M) ** 2 / 6)
    pieces = [one for line in planar for one in _pieces(line, wide)]
    # On a grid no two vertices are so near that bending them makes edges cross.
    whole = shapely.set_precision(shapely.union_all(pieces), _GRID_M)
    ground = shapely.transform(
        shapely.segmentize(whole, _STEP_M),
        lambda xy: from_polar(xy, np.tile(centre, (len(xy), 1))),
    )
    return ground if shapely.is_valid(ground) else shapely.make_valid(ground)


def _pieces(line: shapely.Geometry, wide: float) -> Iterator[shapely.Geometry]:
    """Yield the rectangles, wedges and discs of a line or a point in the plane."""
    xy = shapely.get_coordinates(line)
    closed = len(xy) > 1 and bool((xy[0] == xy[-1]).all())
    step = np.diff(xy, axis=0)
    long = np.hypot(*step.T)
    kept = np.flatnonzero(long > _LEAST_M)
    if not len(kept):
        yield from _discs(xy[:1], wide)
        return
    start, along = xy[kept], step[kept] / long[kept, None]
    end = np.vstack([start[1:], xy[kept[-1] + 1 : kept[-1] + 2]])
    yield from _rectangles(start, end, wide * along)
    angle = np.arctan2(along[:, 1], along[:, 0])
    if closed:
        yield from _wedges(start, np.roll(angle, 1), angle, wide)
    else:
        yield from _wedges(start[1:], angle[:-1], angle[1:], wide)
        yield from _discs(np.vstack([start[:1], end[-1:]]), wide)


def _rectangles(start: Floats, end: Floats, along: Floats) -> Shapes:
    """Return a rectangle about each edge, as wide on both sides as `along` is long."""
    left = np.column_stack([-along[:, 1], along[:, 0]])
    rings = np.stack([start - left, end - left, end + left, start + left], axis=1)
    return np.asarray(shapely.polygons(rings), dtype=object)


def _wedges(
    at: Floats, before: Floats, after: Floats, wide: float
) -> Iterator[shapely.Geometry]:
    """Yield what two rectangles leave open on the outer side of each turn."""
    turn = (after - before + np.pi) % (2 * np.pi) - np.pi
    first = np.where(turn > 0, before - np.pi / 2, before + np.pi / 2)
    for vertex, begin, sweep in zip(at, first, turn, strict=True):
        if sweep:
            arc = vertex + _around(float(begin), float(sweep), wide)
            yield shapely.Polygon(np.vstack([vertex, arc]))


def _discs(at: Floats, wide: float) -> Iterator[shapely.Geometry]:
    """Yield a disc around each place."""
    for place in at:
        yield shapely.Polygon(place + _around(0.0, 2 * np.pi, wide)[1:])


def _around(begin: float, sweep: float, wide: float) -> Floats:
    """Return an arc as the corners of tangents to it: nowhere inside of the arc."""
    finest = 2 * np.arccos(wide / (wide + ARC_ERROR_M))
    count = int(np.ceil(abs(sweep) / finest))
    step = sweep / count
    angle = begin + np.concatenate([[0.0], (np.arange(count) + 0.5) * step, [sweep]])
    far = np.full(count + 2, wide / np.cos(step / 2))
    far[[0, -1]] = wide
    return np.column_stack([far * np.cos(angle), far * np.sin(angle)])
