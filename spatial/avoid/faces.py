"""Faces: a window cut along lines, with a point of each piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.errors import GeometryError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

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


def cut(window: BaseGeometry, lines: Shapes) -> Faces:
    """Cut a window along lines.

    Parameters
    ----------
    window
        Polygon, single or multi, EPSG:4490.
    lines
        Outlines; where they leave the window they go on or end outside of it.

    Returns
    -------
    Faces
        In an order that depends on the input alone. Edges that meet are noded
        together: what two faces share they share to the last bit.

    Raises
    ------
    GeometryError
        A line ends inside the window: an outline was not closed by what it meets, and
        land on both sides of it would be taken for one.
    """
    noded = shapely.union_all([*lines, shapely.boundary(window)])
    made, _, loose, wrong = shapely.polygonize_full(shapely.get_parts(noded))
    shapely.prepare(window)
    _need_closed(window, shapely.get_parts(np.array([loose, wrong], dtype=object)))
    pieces = shapely.get_parts(made)
    points = np.asarray(shapely.point_on_surface(pieces), dtype=object)
    inside = shapely.intersects(window, points)
    pieces, points = pieces[inside], points[inside]
    order = np.lexsort(shapely.bounds(pieces).T[::-1])
    return Faces(np.asarray(pieces[order], dtype=object), points[order])


def _need_closed(window: BaseGeometry, loose: Shapes) -> None:
    """Refuse lines that end inside the window."""
    middle = shapely.line_interpolate_point(loose, 0.5, normalized=True)
    inside = loose[shapely.contains_properly(window, middle)]
    if len(inside):
        at = shapely.get_coordinates(inside[0])[0]
        msg = (
            f"cutting the land: expected outlines that close, got {len(inside)} loose"
            f" ends, the first near {at[0]:.6f}, {at[1]:.6f}; check the layers there"
            " with 'redline layers check'"
        )
        raise GeometryError(msg)


def joined(shapes: Shapes) -> BaseGeometry:
    """Return faces of one cut as one (multi)polygon; empty for none."""
    if not len(shapes):
        return shapely.Polygon()
    whole: BaseGeometry = shapely.coverage_union_all(shapes)
    return whole
