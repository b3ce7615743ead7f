"""Tiles: the part of a large polygon about a place, for overlays that need the shape.

To overlay a parcel with a red line of 500,000 vertices, only the few hundred near the
parcel are needed. Each large polygon is halved again and again, both ways at a time,
each half somewhat larger than a half, until a tile has at most `ENOUGH` vertices::

    +-----------+--+-----------+      A box that straddles the middle lies wholly in
    |           |  |           |      one of the two halves, since they overlap. What is
    |         +-+--+-+         |      returned is exact within the box: no seam runs
    |         | box  |         |      through it.
    |         +-+--+-+         |
    +-----------+--+-----------+

Tiles are made when they are first needed and kept.

A clip in a hurry (`shapely.clip_by_rect`) may break a shape. At every cut its area is
held against the area that the edges of the uncut shape enclose in the box, summed
another way; whether it is valid, which costs ten times the clip, is asked of a tile
only when it is first given out. What fails is cut with care from the next larger tile
that is sound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from spatial.measure.ellipsoid import POLYGONS

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

    Box: TypeAlias = tuple[float, float, float, float]

ENOUGH = 512
"""Vertices in a tile that is not cut any more."""

_OVERLAP = 0.1  # of a half, on either side of the middle
_MARGIN = 0.01  # of a box: how far the cut stays away from it
_POLYGON = int(shapely.GeometryType.POLYGON)
_ROUNDING = 1e-12  # of what is summed for an area
_MOVED = 1e-13  # degrees that a cut may move an edge by


@dataclass(slots=True, eq=False)
class _Tile:
    """A polygon within a box, and the tiles that were cut from it."""

    shape: shapely.Geometry
    box: Box
    over: _Tile | None = None
    parts: dict[Box, _Tile | None] = field(default_factory=dict)
    given: shapely.Geometry | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """Polygons that give out the part about a place.

    Parameters
    ----------
    shapes
        Polygons in EPSG:4490, valid; others are given out whole.
    """

    shapes: Shapes = field(repr=False)
    _roots: dict[int, _Tile] = field(default_factory=dict, init=False, repr=False)

    def about(self, boxes: Floats, shape: Integers) -> Shapes:
        """Return of each of some shapes the part about a box.

        Parameters
        ----------
        boxes
            (n, 4): min_lon, min_lat, max_lon, max_lat, degrees.
        shape
            (n,) position of the shape, one for each box.

        Returns
        -------
        ndarray
            (n,) geometries that equal the shape within the box (elsewhere they do
            not): edges that a cut shortens are moved by less than 1e-13 degrees.
        """
        result = self.shapes[shape]
        large = (shapely.get_num_coordinates(result) > ENOUGH) & (
            shapely.get_dimensions(result) == 2  # noqa: PLR2004  polygons
        )
        for row in np.flatnonzero(large).tolist():
            result[row] = _sound(self._tile(int(shape[row]), _grown(boxes[row])))
        return result

    def _tile(self, position: int, box: Box) -> _Tile:
        """Return the smallest tile of a shape that holds a box."""
        tile = self._roots.get(position)
        if tile is None:
            whole = self.shapes[position]
            tile = _Tile(whole, whole.bounds, given=whole)
            self._roots[position] = tile
        box = _within(box, tile.box)  # beyond its own box a shape has nothing
        while (inner := _inner(tile, box)) is not None:
            tile = inner
        return tile


def _grown(box: Floats) -> Box:
    """Return a box with room for the cut to stay away."""
    west, south, east, north = box.tolist()
    room = max(east - west, north - south) * _MARGIN + 1e-9
    return west - room, south - room, east + room, north + room


def _within(box: Box, limits: Box) -> Box:
    """Return a box drawn back into limits."""
    west, south = max(box[0], limits[0]), max(box[1], limits[1])
    east, north = min(box[2], limits[2]), min(box[3], limits[3])
    return (
        min(west, limits[2]),
        min(south, limits[3]),
        max(east, west),
        max(north, south),
    )


def _inner(tile: _Tile, box: Box) -> _Tile | None:
    """Return the part of a tile that holds a box; None where there is none."""
    if shapely.get_num_coordinates(tile.shape) <= ENOUGH:
        return None
    part = _part(tile.box, box)
    if part == tile.box:
        return None
    if part not in tile.parts:
        tile.parts[part] = _cut(tile, part)
    return tile.parts[part]


def _cut(tile: _Tile, part: Box) -> _Tile | None:
    """Return the part of a tile in a box, the quick way first; None if none works."""
    quick = shapely.clip_by_rect(tile.shape, *part)
    if _is_all_of(quick, tile.shape, part):
        return _Tile(quick, part, tile)
    careful = shapely.intersection(_sound(tile), shapely.box(*part))
    return _Tile(careful, part, tile, given=careful) if _is_sound(careful) else None


def _part(outer: Box, box: Box) -> Box:
    """Return the half of a box, both ways, that holds another; whole if none does."""
    west, east = _half(outer[0], outer[2], box[0], box[2])
    south, north = _half(outer[1], outer[3], box[1], box[3])
    return west, south, east, north


def _half(low: float, high: float, first: float, last: float) -> tuple[float, float]:
    """Return the half, somewhat larger than a half, of a span that holds another."""
    middle, room = (low + high) / 2, (high - low) / 2 * _OVERLAP
    if last <= middle + room:
        return low, middle + room
    if first >= middle - room:
        return middle - room, high
    return low, high


def _sound(tile: _Tile) -> shapely.Geometry:
    """Return the shape of a tile, or a larger one: valid in any case."""
    if tile.given is None:
        if tile.over is None or _is_sound(tile.shape):
            tile.given = tile.shape
        else:
            larger = _sound(tile.over)
            mended = shapely.intersection(larger, shapely.box(*tile.box))
            tile.given = mended if _is_sound(mended) else larger
    return tile.given


def _is_sound(shape: shapely.Geometry) -> bool:
    """Whether a cut gave a valid polygon or nothing."""
    polygonal = shapely.get_type_id(shape) in POLYGONS
    return bool(shapely.is_empty(shape) or (polygonal and shapely.is_valid(shape)))


def _is_all_of(part: shapely.Geometry, whole: shapely.Geometry, box: Box) -> bool:
    """Whether a cut has the area that the uncut shape has in the box."""
    expected, reckoned = area_in_box(whole, box)
    around = 2 * (box[2] - box[0] + box[3] - box[1])
    allowed = _ROUNDING * reckoned + _MOVED * around
    return bool(abs(shapely.area(part) - expected) <= allowed)


def area_in_box(shape: shapely.Geometry, box: Box) -> tuple[float, float]:
    """Return the area in square degrees that a polygon has in a box, without a cut.

    Under every edge, as far as it runs between the sides of the box, lies the integral
    of its height over the box's bottom, at least 0 and at most the box's own; the sum
    around a ring is the area. Also returned is the size of what was summed, for the
    rounding.

    Parameters
    ----------
    shape
        A polygon, single or multi; rings may run either way.
    box
        min_lon, min_lat, max_lon, max_lat.
    """
    rings, hole = _rings(shape)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    west, south, east, north = box
    x, y = xy[:, 0], xy[:, 1] - south
    x0, x1, y0, y1 = x[:-1], x[1:], y[:-1], y[1:]
    within = np.minimum(np.maximum(x, west), east)
    from_x, to_x = within[:-1], within[1:]
    some = (from_x != to_x) & ((y0 > 0) | (y1 > 0))
    rows = np.flatnonzero(some & (ring[1:] == ring[:-1]))
    x0, y0, from_x, to_x = x0[rows], y0[rows], from_x[rows], to_x[rows]
    slope = (y1[rows] - y0) / (x1[rows] - x0)
    low, high = y0 + (from_x - x0) * slope, y0 + (to_x - x0) * slope
    under = _mean_clipped(low, high, north - south) * (to_x - from_x)
    of_ring = np.bincount(ring[rows], weights=under, minlength=len(rings))
    area = np.where(hole, -1.0, 1.0) @ np.abs(of_ring)
    size = np.abs(under).sum() + (east - west) * (north - south)
    return float(area), float(size)


def _rings(shape: shapely.Geometry) -> tuple[Shapes, np.ndarray]:
    """Return the rings of a polygon, and which of them are holes."""
    if shapely.get_type_id(shape) == _POLYGON:
        rings = shapely.get_rings(shape)
        return rings, np.arange(len(rings)) > 0
    parts = shapely.get_parts(shape)
    rings, of = shapely.get_rings(parts, return_index=True)
    return rings, np.diff(of, prepend=-1) == 0


def _mean_clipped(low: Floats, high: Floats, top: float) -> Floats:
    """Return the mean, from one height to another, of the height cut to 0 ... `top`."""
    first, last = np.minimum(low, high), np.maximum(low, high)
    inner = np.minimum(np.maximum(first, 0.0), top)
    outer = np.minimum(np.maximum(last, 0.0), top)
    span = last - first
    # Between the two heights: the ramp within the cut, and what stays at the top.
    ramp = (inner + outer) / 2 * (outer - inner)
    above = np.maximum(last - np.maximum(first, top), 0.0) * top
    flat = span <= 0.0
    return np.asarray(np.where(flat, inner, (ramp + above) / np.where(flat, 1.0, span)))
