"""Faces: a window cut along lines, with a point of each piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Shapes


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """The pieces of a window.

    Attributes
    ----------
    shapes
        (n,) polygons that fill the window and do not overlap.
    points
        (n,) a point inside of each.
    """

    shapes: Shapes
    points: Shapes

    def __len__(self) -> int:
        return len(self.shapes)


def cut(window: shapely.Geometry, lines: Shapes) -> Faces:
    """Cut a window along lines.

    Parameters
    ----------
    window
        Polygon, single or multi, EPSG:4490.
    lines
        Lines within it.

    Returns
    -------
    Faces
        In an order that depends on the input alone. Edges that meet are noded
        together: what two faces share they share to the last bit.
    """
    noded = shapely.union_all([*lines, shapely.boundary(window)])
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    points = np.asarray(shapely.point_on_surface(pieces), dtype=object)
    shapely.prepare(window)
    inside = shapely.intersects(window, points)
    pieces, points = pieces[inside], points[inside]
    order = np.lexsort(shapely.bounds(pieces).T[::-1])
    return Faces(np.asarray(pieces[order], dtype=object), points[order])


def joined(shapes: Shapes) -> shapely.Geometry:
    """Return faces of one cut as one (multi)polygon; empty for none."""
    if not len(shapes):
        return shapely.Polygon()
    return shapely.coverage_union_all(shapes)
