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


@dataclass(frozen=True, slots=True)
class Sizes:
    """Areas in m2 and widths in m, one each a shape; approximate."""

    area_m2: NDArray[np.float64]
    width_m: NDArray[np.float64]


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
    shorter side of the oriented box. The slow search runs only where these leave it
    open and it could matter: an overlay of two drawings of one border has thousands
    of slivers of a micrometre.
    """
    if not len(shapes):
        return Sizes(np.zeros(0), np.zeros(0))
    flat = to_plane(shapes)
    area = shapely.area(flat)
    least = mean_width_m(flat)
    width = np.minimum(np.sqrt(4 * area / np.pi), _shorter_side(flat))
    search = np.flatnonzero((width > FINEST_M) & (width > CLOSE * least))
    step = np.maximum(least[search] / STEPS, FINEST_M)
    circle = shapely.maximum_inscribed_circle(flat[search], tolerance=step)
    width[search] = np.maximum(2 * shapely.length(circle), least[search])
    return Sizes(area, width)


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
