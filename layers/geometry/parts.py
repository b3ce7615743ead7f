"""What the parts of one geometry say of the land that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.spec import GeometryType

TYPES: Mapping[GeometryType, tuple[int, ...]] = {
    "point": (0, 4),
    "line": (1, 2, 5),
    "polygon": (3, 6),
}
_AREAL = TYPES["polygon"]
_LINEAR = TYPES["line"]


def shows_its_extent(
    geometry: BaseGeometry | None, accepted: tuple[GeometryType, ...]
) -> bool:
    """Whether the box of a geometry holds all the land that it stands for.

    Parameters
    ----------
    geometry
        As read; one that a layer of the kind does not take.
    accepted
        The types that the kind takes.

    Returns
    -------
    bool
        False where a part is a point or an open line and the kind takes no such
        thing: a reserve given as a point, or a side of its border, reaches nobody
        knows how far. A closed line holds what it encloses. True for None and for
        what is empty: there is nothing to reach anywhere.
    """
    known = [number for name in accepted for number in TYPES[name]]
    parts = _simple_parts(geometry)
    kinds = shapely.get_type_id(parts)
    whole = np.isin(kinds, (*known, *_AREAL)) | shapely.is_closed(parts)
    return bool(whole.all())


def are_left_over(collection: BaseGeometry, accepted: tuple[GeometryType, ...]) -> bool:
    """Whether nothing is lost when a collection is cut down to its polygons.

    Parameters
    ----------
    collection
        A collection that holds polygons; those may be invalid.
    accepted
        The types that the kind takes.

    Returns
    -------
    bool
        False where a line or point that the kind takes lies outside the polygons (a
        works and its access road are one site), and where lines enclose land that no
        polygon holds (an outline that was never made an area).
    """
    parts = _simple_parts(collection)
    kinds = shapely.get_type_id(parts)
    areas, rest = parts[np.isin(kinds, _AREAL)], parts[~np.isin(kinds, _AREAL)]
    lines = parts[np.isin(kinds, _LINEAR)]
    known = [number for name in accepted for number in TYPES[name]]
    meant = rest[np.isin(shapely.get_type_id(rest), known)]
    enclosed = shapely.get_parts(shapely.polygonize(lines))
    must_lie_in = np.concatenate([meant, enclosed])
    if not len(must_lie_in):
        return True
    if not shapely.is_valid(np.concatenate([areas, must_lie_in])).all():
        return False
    return bool(shapely.covers(shapely.union_all(areas), must_lie_in).all())


def _simple_parts(geometry: BaseGeometry | None) -> NDArray[np.object_]:
    """Return the parts of a geometry, those of collections in it too."""
    parts = shapely.get_parts(geometry)
    while np.isin(shapely.get_type_id(parts), (4, 5, 6, 7)).any():
        parts = shapely.get_parts(parts)
    return parts
