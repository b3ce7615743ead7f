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

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import shapely

from spatial.measure.ellipsoid import POLYGONS

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

    Box: TypeAlias = tuple[float, float, float, float]

ENOUGH = 512
"""Vertices in a tile that is not cut any more."""

_WAYS = 9  # a tile can be cut: low half, high half or whole, both ways
_AT_A_TIME = 1 << 10  # cuts that are held before they are checked
_VERTICES = 1 << 15  # that are summed at a time: they stay in the cache
_OVERLAP = 0.1  # of a half, on either side of the middle
_MARGIN = 0.01  # of a box: how far the cut stays away from it
_POLYGON = int(shapely.GeometryType.POLYGON)
_ROUNDING = 1e-12  # of what is summed for an area
_MOVED = 1e-13  # degrees that a cut may move an edge by


@dataclass(slots=True, eq=False)
class _Tile:
    """A polygon within a box, and the tile that it was cut from."""

    shape: shapely.Geometry
    box: Box
    over: _Tile | None = None
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
    _made: list[_Tile] = field(default_factory=list, init=False, repr=False)
    _roots: dict[int, int] = field(default_factory=dict, init=False, repr=False)
    _parts: dict[int, int] = field(default_factory=dict, init=False, repr=False)

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
        rows = np.flatnonzero(large)
        if len(rows):
            used, back = np.unique(
                self._smallest(_grown(boxes[rows]), np.asarray(shape)[rows]),
                return_inverse=True,
            )
            result[rows] = self._given(used.tolist())[back]
        return result

    def _smallest(self, boxes: Floats, shape: Integers) -> Integers:
        """Return the smallest tile of each shape that holds its box.

        All boxes go down together, a half at a time.
        """
        tile = np.array([self._root(one) for one in shape.tolist()], dtype=np.int64)
        boxes = _within(boxes, self._boxes(tile))  # beyond its own box is nothing
        left = np.arange(len(tile))
        while len(left):
            outer = self._boxes(tile[left])
            which, part = _parts(outer, boxes[left])
            open_ = self._large(tile[left]) & (part != outer).any(axis=1)
            left, which, part = left[open_], which[open_], part[open_]
            inner = self._cut(tile[left], which, part)
            left, inner = left[inner >= 0], inner[inner >= 0]
            tile[left] = inner
        return tile

    def _root(self, position: int) -> int:
        """Return the tile that is a whole shape."""
        if position not in self._roots:
            whole = self.shapes[position]
            self._made.append(_Tile(whole, whole.bounds, given=whole))
            self._roots[position] = len(self._made) - 1
        return self._roots[position]

    def _boxes(self, tile: Integers) -> Floats:
        """Return the boxes of tiles, (n, 4)."""
        used, back = np.unique(tile, return_inverse=True)
        boxes = np.array([self._made[at].box for at in used.tolist()], dtype=float)
        return np.asarray(boxes.reshape(-1, 4)[back])

    def _large(self, tile: Integers) -> np.ndarray:
        """Return which tiles are to be cut further."""
        used, back = np.unique(tile, return_inverse=True)
        many = shapely.get_num_coordinates(self._shapes(used.tolist()))
        return np.asarray((many > ENOUGH)[back])

    def _shapes(self, tile: list[int]) -> Shapes:
        """Return the shapes of tiles as they were cut."""
        found = np.empty(len(tile), dtype=object)
        found[:] = [self._made[at].shape for at in tile]
        return found

    def _cut(self, tile: Integers, which: Integers, part: Floats) -> Integers:
        """Return the parts of tiles, -1 where none can be cut; each is cut once."""
        keys, first, back = np.unique(
            tile * _WAYS + which, return_index=True, return_inverse=True
        )
        fresh = [at for at, key in enumerate(keys.tolist()) if key not in self._parts]
        rows = first[fresh]
        for low in range(0, len(rows), _AT_A_TIME):
            some = rows[low : low + _AT_A_TIME]
            over = [self._made[at] for at in tile[some].tolist()]
            cuts = _cuts(over, part[some])
            for key, cut in zip(
                keys[fresh][low : low + _AT_A_TIME].tolist(), cuts, strict=True
            ):
                self._parts[key] = len(self._made) if cut is not None else -1
                self._made.extend([cut] if cut is not None else [])
        made = [self._parts[key] for key in keys.tolist()]
        return np.array(made, dtype=np.int64)[back]

    def _given(self, tile: list[int]) -> Shapes:
        """Return the shapes of tiles, or larger ones: valid in any case."""
        fresh = [at for at in tile if self._made[at].given is None]
        sound = _are_sound(self._shapes(fresh))
        for at, fit in zip(fresh, sound.tolist(), strict=True):
            one = self._made[at]
            one.given = one.shape if fit else _mended(one)
        found = np.empty(len(tile), dtype=object)
        found[:] = [self._made[at].given for at in tile]
        return found


def _grown(boxes: Floats) -> Floats:
    """Return boxes with room for the cut to stay away."""
    size = boxes[:, 2:] - boxes[:, :2]
    room = size.max(axis=1, keepdims=True) * _MARGIN + 1e-9
    return np.hstack([boxes[:, :2] - room, boxes[:, 2:] + room])


def _within(boxes: Floats, limits: Floats) -> Floats:
    """Return boxes drawn back into limits, one for each."""
    low = np.maximum(boxes[:, :2], limits[:, :2])
    high = np.minimum(boxes[:, 2:], limits[:, 2:])
    return np.hstack([np.minimum(low, limits[:, 2:]), np.maximum(high, low)])


def _parts(outer: Floats, boxes: Floats) -> tuple[Integers, Floats]:
    """Return of boxes the half, both ways, that holds another; whole if none does.

    A half is somewhat larger than a half. Which way it was cut is a number below
    `_WAYS`.
    """
    low, high = outer[:, :2], outer[:, 2:]
    middle, room = (low + high) / 2, (high - low) / 2 * _OVERLAP
    first = boxes[:, 2:] <= middle + room
    second = ~first & (boxes[:, :2] >= middle - room)
    part = np.hstack(
        [np.where(second, middle - room, low), np.where(first, middle + room, high)]
    )
    which = (first + 2 * second) @ np.array([1, 3])
    return which.astype(np.int64), part


def _cuts(tiles: list[_Tile], parts: Floats) -> list[_Tile | None]:
    """Return the parts of tiles in boxes, the quick way first; None if none works."""
    whole, quick = np.empty((2, len(tiles)), dtype=object)
    whole[:] = [one.shape for one in tiles]
    boxes = [tuple(one) for one in parts.tolist()]
    quick[:] = [
        shapely.clip_by_rect(shape, *box)
        for shape, box in zip(whole, boxes, strict=True)
    ]
    fit = are_all_of(quick, whole, parts)
    return [
        _Tile(quick[at], box, over) if fit[at] else _cut_with_care(over, box)
        for at, (over, box) in enumerate(zip(tiles, boxes, strict=True))
    ]


def _cut_with_care(tile: _Tile, part: Box) -> _Tile | None:
    """Return the part of a tile in a box by an overlay; None if it is not sound."""
    careful = shapely.intersection(_sound(tile), shapely.box(*part))
    return _Tile(careful, part, tile, given=careful) if _is_sound(careful) else None


def _sound(tile: _Tile) -> shapely.Geometry:
    """Return the shape of a tile, or a larger one: valid in any case."""
    if tile.given is None:
        tile.given = tile.shape if _is_sound(tile.shape) else _mended(tile)
    return tile.given


def _mended(tile: _Tile) -> shapely.Geometry:
    """Return what a cut in a hurry has broken, cut from the next larger tile."""
    if tile.over is None:
        return tile.shape
    larger = _sound(tile.over)
    mended = shapely.intersection(larger, shapely.box(*tile.box))
    return mended if _is_sound(mended) else larger


def _are_sound(shapes: Shapes) -> np.ndarray:
    """Return whether cuts gave valid polygons or nothing."""
    polygonal = np.isin(shapely.get_type_id(shapes), POLYGONS)
    return np.asarray(
        shapely.is_empty(shapes) | (polygonal & shapely.is_valid(shapes)), dtype=bool
    )


def _is_sound(shape: shapely.Geometry) -> bool:
    """Whether a cut gave a valid polygon or nothing."""
    return bool(_are_sound(np.array([shape], dtype=object))[0])


def are_all_of(parts: Shapes, wholes: Shapes, boxes: Floats) -> np.ndarray:
    """Return whether cuts have the area that the uncut shapes have in the boxes."""
    expected, reckoned = areas_in_boxes(wholes, boxes)
    around = 2 * (boxes[:, 2:] - boxes[:, :2]).sum(axis=1)
    allowed = _ROUNDING * reckoned + _MOVED * around
    return np.asarray(np.abs(shapely.area(parts) - expected) <= allowed)


def areas_in_boxes(shapes: Shapes, boxes: Floats) -> tuple[Floats, Floats]:
    """Return the area in square degrees of polygons in a box each, without a cut.

    Under every edge, as far as it runs between the sides of the box, lies the integral
    of its height over the box's bottom, at least 0 and at most the box's own; the sum
    around a ring is the area. Also returned is the size of what was summed, for the
    rounding.

    Parameters
    ----------
    shapes
        (n,) polygons, single or multi; rings may run either way.
    boxes
        (n, 4): min_lon, min_lat, max_lon, max_lat.
    """
    edges: list[_Edges] = []
    for at, one in enumerate(shapes):
        # Shapes that are cut several ways stand side by side: taken apart once.
        same = at > 0 and one is shapes[at - 1]
        edges.append(edges[-1] if same else _Edges.of(one))
    ends = np.cumsum([len(one.x) for one in edges])
    cuts = np.flatnonzero(np.diff(ends // _VERTICES)) + 1
    found = [
        _areas_in_boxes(edges[low:high], boxes[low:high])
        for low, high in itertools.pairwise([0, *cuts.tolist(), len(edges)])
    ]
    area, size = (np.concatenate(one) for one in zip(*found, strict=True))
    return area, size


class _Edges(NamedTuple):
    """A polygon: its vertices, the ring of each, and which rings are holes."""

    x: Floats
    y: Floats
    ring: Integers
    hole: np.ndarray

    @classmethod
    def of(cls, shape: shapely.Geometry) -> _Edges:
        """Take a polygon apart."""
        rings, hole = _rings(shape)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        x, y = np.ascontiguousarray(xy.T)
        return cls(x, y, ring, hole)


def _areas_in_boxes(edges: list[_Edges], boxes: Floats) -> tuple[Floats, Floats]:
    """Return what `areas_in_boxes` does, of so many that they stay in the cache."""
    many = [len(one.x) for one in edges]
    rings = [len(one.hole) for one in edges]
    x, y = (np.concatenate([one[at] for one in edges]) for at in (0, 1))
    begin = np.repeat(np.cumsum(rings) - rings, many)
    ring = np.concatenate([one.ring for one in edges]) + begin
    hole = np.concatenate([one.hole for one in edges])
    west, south, east, north = boxes.T
    within = np.minimum(np.maximum(x, np.repeat(west, many)), np.repeat(east, many))
    some = (within[:-1] != within[1:]) & (ring[1:] == ring[:-1])
    rows = np.flatnonzero(
        some & (np.maximum(y[:-1], y[1:]) > np.repeat(south, many)[1:])
    )
    of = np.repeat(np.arange(len(edges)), many)[rows]
    x0, y0, y1 = x[rows], y[rows] - south[of], y[rows + 1] - south[of]
    from_x, to_x = within[rows], within[rows + 1]
    slope = (y1 - y0) / (x[rows + 1] - x0)
    low, high = y0 + (from_x - x0) * slope, y0 + (to_x - x0) * slope
    under = _mean_clipped(low, high, (north - south)[of]) * (to_x - from_x)
    of_ring = np.abs(np.bincount(ring[rows], weights=under, minlength=len(hole)))
    of_ring[hole] *= -1.0
    owner = np.repeat(np.arange(len(edges)), rings)
    area = np.bincount(owner, weights=of_ring, minlength=len(edges)).astype(float)
    size = np.bincount(of, weights=np.abs(under), minlength=len(edges)).astype(float)
    return area, size + (east - west) * (north - south)


def _rings(shape: shapely.Geometry) -> tuple[Shapes, np.ndarray]:
    """Return the rings of a polygon, and which of them are holes."""
    if shapely.get_type_id(shape) == _POLYGON:
        rings = shapely.get_rings(shape)
        return rings, np.arange(len(rings)) > 0
    parts = shapely.get_parts(shape)
    rings, of = shapely.get_rings(parts, return_index=True)
    return rings, np.diff(of, prepend=-1) == 0


def _mean_clipped(low: Floats, high: Floats, top: Floats) -> Floats:
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
