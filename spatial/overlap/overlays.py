"""Overlays of pairs that name the pair they fail at, and what of them counts.

No table here: what reckons areas straight from files does without pandas, which takes
longer to load than 10,000 sites take to be measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.errors import GeometryError
from spatial.measure import area_m2, length_m
from spatial.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatial.measure.ellipsoid import Floats, Integers, Shapes

    Name = Callable[[int], str]
    """Says which pair a row is, for messages."""

    PairName = Callable[[int, int], str]
    """Says which pair a site and a zone, by position, are."""

_AT_A_TIME = 1_000  # pairs that one thread overlays

POINT, LINE, POLYGON = 0, 1, 2
"""Dimensions."""

_MULTI = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)
NOTHING = (shapely.MultiPoint(), shapely.LineString(), shapely.Polygon())


def dimension(shapes: Shapes) -> Integers:
    """Return 0 for points, 1 for lines, 2 for polygons."""
    return np.asarray(shapely.get_dimensions(shapes), dtype=np.int64)


def size(shapes: Shapes) -> Floats:
    """Return area (m2), length (m) or number of points, by the kind of each shape."""
    kind = dimension(shapes)
    kind[shapely.is_empty(shapes)] = -1
    result = np.zeros(len(shapes))
    for wanted, measure in (
        (POLYGON, area_m2),
        (LINE, length_m),
        (POINT, shapely.get_num_geometries),
    ):
        rows = np.flatnonzero(kind == wanted)
        result[rows] = measure(shapes[rows])
    return result


def overlay(
    operation: Callable[[Shapes, Shapes], Shapes], a: Shapes, b: Shapes, name: Name
) -> Shapes:
    """Return ``operation(a, b)``, pair by pair.

    Raises
    ------
    GeometryError
        GEOS cannot say; names the pair. Nothing is mended behind the caller's back.
    """
    parts = [slice(low, low + _AT_A_TIME) for low in range(0, len(a), _AT_A_TIME)]
    try:
        made = side_by_side(lambda some: operation(a[some], b[some]), parts)
        return np.concatenate([np.zeros(0, dtype=object), *made])
    except shapely.GEOSException:
        for row in range(len(a)):
            try:
                operation(a[row], b[row])
            except shapely.GEOSException as error:
                msg = (
                    f"{name(row)}: expected an overlay, got {error}; "
                    f"check both geometries with layers.read"
                )
                raise GeometryError(msg) from error
        raise


def of_dimension(shapes: Shapes, wanted: Integers) -> Shapes:
    """Return the parts that have the wanted dimension; empty where there are none.

    Where two polygons share an area and, elsewhere, a border, the overlay is a
    collection of polygons and lines: only the polygons are overlap.
    """
    result = shapes.copy()
    collection = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    for kind in range(3):
        lost = (wanted == kind) & (collection | (dimension(shapes) != kind))
        rows = np.flatnonzero(lost)
        result[rows] = NOTHING[kind]
        parts, owner = shapely.get_parts(shapes[rows], return_index=True)
        parts, inner = shapely.get_parts(parts, return_index=True)
        kept = dimension(parts) == kind
        if kept.any():
            back = rows[owner[inner[kept]]]
            found, rank = np.unique(back, return_inverse=True)
            result[found] = _MULTI[kind](parts[kept], indices=rank)
    return result
