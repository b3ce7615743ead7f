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

from spatial.index.boxes import are_all_of
from spatial.measure.ellipsoid import POLYGONS
from spatial.side_by_side import by_rows

if TYPE_CHECKING:
    from spatial.index.boxes import Sums
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

    Box: TypeAlias = tuple[float, float, float, float]

ENOUGH = 512
"""Vertices in a tile that is not cut any more."""

_WAYS = 9  # a tile can be cut: low half, high half or whole, both ways
_AT_A_TIME = 1 << 10  # cuts that are held before they are checked
_OVERLAP = 0.1  # of a half, on either side of the middle
_MARGIN = 0.01  # of a box: how far the cut stays away from it


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
    sums
        What adds up the area that a cut is held against; numpy if left out.
    """

    shapes: Shapes = field(repr=False)
    sums: Sums | None = None
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
            cuts = _cuts(over, part[some], self.sums)
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
        shapes = self._shapes(fresh)
        sound = by_rows(lambda some: _are_sound(shapes[some]), len(shapes))
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


def _cuts(tiles: list[_Tile], parts: Floats, sums: Sums | None) -> list[_Tile | None]:
    """Return the parts of tiles in boxes, the quick way first; None if none works."""
    whole = np.empty(len(tiles), dtype=object)
    whole[:] = [one.shape for one in tiles]
    shapely.bounds(whole)  # a collection settles its box when first asked: now
    quick = by_rows(
        lambda some: _clipped(whole[some], parts[some], sums), len(tiles), at_least=64
    )
    boxes = [tuple(one) for one in parts.tolist()]
    return [
        _Tile(cut, box, over) if cut is not None else _cut_with_care(over, box)
        for cut, over, box in zip(quick.tolist(), tiles, boxes, strict=True)
    ]


def _clipped(whole: Shapes, boxes: Floats, sums: Sums | None) -> Shapes:
    """Return the parts of shapes in boxes; None for a part that is not all there."""
    made = np.empty(len(whole), dtype=object)
    made[:] = [
        shapely.clip_by_rect(shape, *box)
        for shape, box in zip(whole, boxes.tolist(), strict=True)
    ]
    made[~are_all_of(made, whole, boxes, sums=sums)] = None
    return made


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
