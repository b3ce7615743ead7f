"""Approximate areas and widths: each shape in metres about its own middle.

Good to find and sort what is small or wrong. Official areas are measured in
`spatial.measure`, on the ellipsoid; nothing here is ever printed as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.geometry.mend import ECCENTRICITY_2, SEMI_MAJOR_M

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

AREAL = (3, 6)
FINEST_M = 5e-4
"""Widths are not searched for below this; see `Limits.resolution_m`."""
STEPS = 50.0
CLOSE = 1.02
"""Bounds on a width that are this close settle it."""
LONG = 100.0
"""Shapes that are longer than this many times their width are shrunk, not filled."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Areas in m2 and widths in m, one each a shape; approximate."""

    area_m2: NDArray[np.float64]
    width_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Parts put together by their owner, owners ascending.

    Attributes
    ----------
    owner
        Whose parts they are, each once.
    count, area_m2, width_m
        How many parts, their areas together, and the largest of their widths.
    shape
        The parts as one multi-polygon, in their order.
    """

    owner: NDArray[np.int64]
    count: NDArray[np.int64]
    area_m2: NDArray[np.float64]
    width_m: NDArray[np.float64]
    shape: NDArray[np.object_]


def grouped(
    parts: NDArray[np.object_],
    owner: NDArray[np.int64],
    size: Sizes,
    chosen: NDArray[np.bool_],
) -> Groups:
    """Put the chosen single polygons of each owner together, in one sweep.

    A mask over all parts for each owner would take the square of their number: ten
    thousand units that overlap their neighbours took ten seconds.
    """
    at = np.flatnonzero(chosen)
    if not len(at):
        none = np.zeros(0, dtype=np.int64)
        return Groups(none, none, np.zeros(0), np.zeros(0), np.empty(0, dtype=object))
    at = at[np.argsort(owner[at], kind="stable")]
    owners, start, count = np.unique(owner[at], return_index=True, return_counts=True)
    shape = shapely.multipolygons(
        parts[at], indices=np.repeat(np.arange(len(owners)), count)
    )
    return Groups(
        owners,
        count,
        np.add.reduceat(size.area_m2[at], start),
        np.maximum.reduceat(size.width_m[at], start),
        np.atleast_1d(np.asarray(shape, dtype=object)),
    )


def polygons(geometry: BaseGeometry | NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the single polygons with an area that geometries hold, in order."""
    return polygons_of(geometry)[0]


def polygons_of(
    geometry: BaseGeometry | NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the single polygons with an area, and whose part each is."""
    # Twice: an overlay may answer with a collection of multi-polygons and lines.
    shapes = np.atleast_1d(np.asarray(geometry, dtype=object))
    outer, owner = shapely.get_parts(shapes, return_index=True)
    parts, at = shapely.get_parts(outer, return_index=True)
    areal = np.isin(shapely.get_type_id(parts), AREAL) & (shapely.area(parts) > 0)
    return parts[areal], owner[at][areal]


def metres_per_degree(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 2): metres in a degree of longitude and of latitude."""
    phi = np.radians(latitude)
    root = 1 - ECCENTRICITY_2 * np.sin(phi) ** 2
    east = SEMI_MAJOR_M / np.sqrt(root) * np.cos(phi)
    north = SEMI_MAJOR_M * (1 - ECCENTRICITY_2) / root**1.5
    return np.asarray(np.radians(np.column_stack([east, north])))


def to_plane(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes in metres, each about the middle of its own box."""
    bounds = shapely.bounds(shapes)
    centre = (bounds[:, :2] + bounds[:, 2:]) / 2
    scale = metres_per_degree(centre[:, 1])
    owner = np.repeat(np.arange(len(shapes)), shapely.get_num_coordinates(shapes))
    moved = shapely.transform(
        shapes, lambda xy: (xy - centre[owner]) * scale[owner], include_z=False
    )
    return np.asarray(moved, dtype=object)


def sizes(shapes: NDArray[np.object_]) -> Sizes:
    """Return area and width of single polygons.

    Notes
    -----
    The width is the diameter of the largest circle that fits in. It is at least
    ``2 * area / perimeter``, at most the diameter of a circle of that area and the
    shorter side of the oriented box. The slow search, good to 2 %, runs only where
    these leave it open and it could matter: an overlay of two drawings of one border
    has thousands of slivers of a micrometre.
    """
    if not len(shapes):
        return Sizes(np.zeros(0), np.zeros(0))
    flat = to_plane(shapes)
    area = shapely.area(flat)
    least = mean_width_m(flat)
    width = np.minimum(np.sqrt(4 * area / np.pi), _shorter_side(flat))
    open_ = (width > FINEST_M) & (width > CLOSE * least)
    long = _longer_side(flat) > LONG * width
    search = np.flatnonzero(open_ & ~long)
    step = np.maximum(least[search] / STEPS, FINEST_M)
    circle = shapely.maximum_inscribed_circle(flat[search], tolerance=step)
    width[search] = np.maximum(2 * shapely.length(circle), least[search])
    search = np.flatnonzero(open_ & long)
    width[search] = _by_shrinking(flat[search], least[search], width[search])
    return Sizes(area, width)


def _longer_side(flat: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the longer side of each shape's box."""
    west, south, east, north = shapely.bounds(flat).T
    return np.asarray(np.maximum(east - west, north - south))


def _by_shrinking(
    flat: NDArray[np.object_], least: NDArray[np.float64], most: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return widths of long shapes: where shrinking by half of it leaves nothing.

    The search for the largest circle divides the whole length of a shape into squares
    of its width: 922 slivers of a nanometre took a
    minute (measured). Shrinking costs the same for every shape.
    """
    low, high = np.maximum(least, FINEST_M), np.maximum(most, FINEST_M)
    # What nothing is left of already here is below what is ever listed.
    gone = shapely.is_empty(shapely.buffer(flat, -low / 2, join_style="mitre"))
    high = np.where(gone, low, high)
    while (rest := np.flatnonzero(high > CLOSE * low)).size:
        middle = np.sqrt(low[rest] * high[rest])
        left = shapely.buffer(flat[rest], -middle / 2, join_style="mitre")
        gone = shapely.is_empty(left)
        high[rest] = np.where(gone, middle, high[rest])
        low[rest] = np.where(gone, low[rest], middle)
    return np.asarray(high)


def _shorter_side(flat: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the shorter side of each shape's oriented box, metres."""
    box = shapely.oriented_envelope(flat)
    area, half = shapely.area(box), shapely.length(box) / 2
    # From area and girth; the other root would lose every digit of a thin box.
    longer = (half + np.sqrt(np.maximum(half**2 - 4 * area, 0.0))) / 2
    return np.asarray(area / np.maximum(longer, FINEST_M**2))


def mean_width_m(flat: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return ``2 * area / perimeter`` of shapes in metres: never above the width."""
    return np.asarray(2 * shapely.area(flat) / shapely.length(flat))
