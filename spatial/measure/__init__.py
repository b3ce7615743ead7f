"""Area, length, distance and depth on the ellipsoid: the only place that measures.

Everything is in the one frame, EPSG:4490: x = longitude, y = latitude in degrees,
edges straight in longitude/latitude. Arrays in, arrays out; a single geometry gives
a float. Geometries are taken as valid and finite: `layers` has settled that.
``docs/accuracy.md`` holds the model, its sources and the measured errors.

    figures   ellipsoid <-- area
                        <-- length
                        <-- segments <-- distance <-- depth, buffer
"""

from __future__ import annotations

from spatial.measure.area import area_m2, ring_area_m2
from spatial.measure.buffer import buffer_m
from spatial.measure.depth import deepest_points, depth_m, sliver_width_m
from spatial.measure.distance import distance_m
from spatial.measure.ellipsoid import (
    DIMENSION_OF_TYPE,
    GEOD,
    geodesic_m,
    grown_bounds,
    outline,
)
from spatial.measure.figures import MeasureError, hectares, largest_remainder, mu
from spatial.measure.length import length_m

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
