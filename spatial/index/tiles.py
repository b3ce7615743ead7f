"""Tiles: the part of a large polygon about a place, for overlays that need the shape.

To overlay a parcel with a red line of 500,000 vertices, only the few hundred near the
parcel are needed. Each large polygon is halved again and again, each half somewhat
larger than a half, until a tile has at most `ENOUGH` vertices::

    +-----------+--+-----------+      A box that straddles the middle lies wholly in
    |           |  |           |      one of the two halves, since they overlap. What is
    |         +-+--+-+         |      returned is exact within the box: no seam runs
    |         | box  |         |      through it.
    |         +-+--+-+         |
    +-----------+--+-----------+

Tiles are made when they are first needed and kept.
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
"""Vertices in a tile that is not halved any more."""

_OVERLAP = 0.1  # of a half, on either side of the middle
_MARGIN = 0.01  # of a box: how far the cut stays away from it


@dataclass(slots=True, eq=False)
class _Tile:
    """A polygon within a box, and the tiles that it was halved into."""

    shape: shapely.Geometry
    box: Box
    halves: tuple[_Tile, ...] | None = None


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
            result[row] = self._tile(int(shape[row]), _grown(boxes[row])).shape
        return result

    def _tile(self, position: int, box: Box) -> _Tile:
        """Return the smallest tile of a shape that holds a box."""
        tile = self._roots.get(position)
        if tile is None:
            whole = self.shapes[position]
            tile = self._roots[position] = _Tile(whole, whole.bounds)
        box = _within(box, tile.box)  # beyond its own box a shape has nothing
        while True:
            if tile.halves is None:
                tile.halves = _halved(tile)
            inner = next((one for one in tile.halves if _holds(one.box, box)), None)
            if inner is None:
                return tile
            tile = inner


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


def _holds(outer: Box, inner: Box) -> bool:
    """Whether one box holds another."""
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[2] >= inner[2]
        and outer[3] >= inner[3]
    )


def _halved(tile: _Tile) -> tuple[_Tile, ...]:
    """Return the two halves of a tile; none when it is small or cannot be cut well."""
    if shapely.get_num_coordinates(tile.shape) <= ENOUGH:
        return ()
    west, south, east, north = tile.box
    if east - west > north - south:
        middle, room = (west + east) / 2, (east - west) / 2 * _OVERLAP
        boxes = (west, south, middle + room, north), (middle - room, south, east, north)
    else:
        middle, room = (south + north) / 2, (north - south) / 2 * _OVERLAP
        boxes = (west, south, east, middle + room), (west, middle - room, east, north)
    halves = tuple(_Tile(_cut(tile.shape, box), box) for box in boxes)
    sound = all(_is_sound(one.shape) for one in halves)
    return halves if sound else ()


def _cut(shape: shapely.Geometry, box: Box) -> shapely.Geometry:
    """Return the part of a polygon in a box; the quick way first."""
    part = shapely.clip_by_rect(shape, *box)
    if _is_sound(part):
        return part
    return shapely.intersection(shape, shapely.box(*box))


def _is_sound(shape: shapely.Geometry) -> bool:
    """Whether a cut gave a valid polygon or nothing."""
    polygonal = shapely.get_type_id(shape) in POLYGONS
    return bool(shapely.is_empty(shape) or (polygonal and shapely.is_valid(shape)))
