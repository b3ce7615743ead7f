"""Geodesic length of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np
import shapely

from spatial.measure.ellipsoid import LINES, as_shapes
from spatial.measure.geodesic import geodesic_m

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, ShapesLike

_STEP_DEG = 0.005  # up to here a geodesic and the drawn edge agree to 2e-10


@overload
def length_m(geometry: shapely.Geometry) -> float: ...
@overload
def length_m(geometry: ShapesLike) -> Floats: ...
def length_m(geometry: shapely.Geometry | ShapesLike) -> float | Floats:
    """Return the length of lines in metres: the sum of geodesics over the edges.

    Edges longer than 0.005 degrees are first cut along the straight
    longitude/latitude line, so that the length is that of the line as drawn and
    pieces + remainder = whole to 1e-9.

    Parameters
    ----------
    geometry
        (Multi)lines or rings in EPSG:4490, or empty geometries (length 0). For the
        perimeter of polygons give their `shapely.boundary`.

    Returns
    -------
    float or ndarray
        One length for each geometry, >= 0.

    Raises
    ------
    GeometryError
        A geometry is neither a line nor empty.

    Examples
    --------
    >>> length_m(shapely.LineString([(110, 40), (110, 41)]))
    111044.26
    """
    shapes, single = as_shapes(geometry, LINES, needed_for="a length")
    parts, owner = shapely.get_parts(shapes, return_index=True)
    long = shapely.length(parts) > _STEP_DEG
    parts[long] = shapely.segmentize(parts[long], _STEP_DEG)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    edge = np.flatnonzero(part[1:] == part[:-1])
    step_m = geodesic_m(xy[edge], xy[edge + 1])
    length = np.zeros(len(shapes))
    np.add.at(length, owner[part[edge]], step_m)
    return float(length[0]) if single else length
