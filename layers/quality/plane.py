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
FINEST_M = 1e-4
STEPS = 500.0
"""A width is told to this share of the shape's own size."""


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
    The width is the diameter of the largest circle that fits in. The search for it
    is cut short on very long shapes; ``2 * area / perimeter`` can never be more, so
    the larger of both is taken.
    """
    if not len(shapes):
        return Sizes(np.zeros(0), np.zeros(0))
    flat = to_plane(shapes)
    area = shapely.area(flat)
    step = np.maximum(np.sqrt(area) / STEPS, FINEST_M)
    circle = 2 * shapely.length(shapely.maximum_inscribed_circle(flat, tolerance=step))
    return Sizes(area, np.maximum(circle, mean_width_m(flat)))


def mean_width_m(flat: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return ``2 * area / perimeter`` of shapes in metres: never above the width."""
    return np.asarray(2 * shapely.area(flat) / shapely.length(flat))
