"""Area, length, distance and depth on the ellipsoid: the only place that measures.

Everything is in the one frame, EPSG:4490: x = longitude, y = latitude in degrees,
edges straight in longitude/latitude. Arrays in, arrays out; a single geometry gives
a float. Geometries are taken as valid and finite: `layers` has settled that.
``docs/accuracy.md`` holds the model, its sources and the measured errors.

    figures   ellipsoid <-- area
                        <-- geodesic <-- length
                                     <-- segments <-- distance <-- depth, buffer
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spatial.measure.area import area_m2, ring_area_m2
    from spatial.measure.buffer import buffer_m
    from spatial.measure.depth import deepest_points, depth_m, sliver_width_m
    from spatial.measure.distance import distance_m
    from spatial.measure.ellipsoid import DIMENSION_OF_TYPE, grown_bounds, outline
    from spatial.measure.figures import MeasureError, hectares, largest_remainder, mu
    from spatial.measure.geodesic import GEOD, geodesic_m
    from spatial.measure.length import length_m

_HOME = {
    "DIMENSION_OF_TYPE": "spatial.measure.ellipsoid",
    "GEOD": "spatial.measure.geodesic",
    "MeasureError": "spatial.measure.figures",
    "area_m2": "spatial.measure.area",
    "buffer_m": "spatial.measure.buffer",
    "deepest_points": "spatial.measure.depth",
    "depth_m": "spatial.measure.depth",
    "distance_m": "spatial.measure.distance",
    "geodesic_m": "spatial.measure.geodesic",
    "grown_bounds": "spatial.measure.ellipsoid",
    "hectares": "spatial.measure.figures",
    "largest_remainder": "spatial.measure.figures",
    "length_m": "spatial.measure.length",
    "mu": "spatial.measure.figures",
    "outline": "spatial.measure.ellipsoid",
    "ring_area_m2": "spatial.measure.area",
    "sliver_width_m": "spatial.measure.depth",
}

__all__ = [
    "DIMENSION_OF_TYPE",
    "GEOD",
    "MeasureError",
    "area_m2",
    "buffer_m",
    "deepest_points",
    "depth_m",
    "distance_m",
    "geodesic_m",
    "grown_bounds",
    "hectares",
    "largest_remainder",
    "length_m",
    "mu",
    "outline",
    "ring_area_m2",
    "sliver_width_m",
]


def __getattr__(name: str) -> object:
    """Load a public name from the module where it lives: not all need PROJ."""
    if name not in _HOME:
        msg = f"module 'spatial.measure' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)
