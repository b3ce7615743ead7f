"""Outlines: the original edges of zones, in short pieces that are found by place.

Whether a site touches a zone, how far away it is and how deep it lies inside are
questions to the few edges near it. A piece is a run of at most `PIECE` edges with
the vertices as they were read: nothing is cut, so nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure import grown_bounds, outline
from spatial.measure.depth import across_m
from spatial.measure.distance import reach_m

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

PIECE = 64
"""Edges in a piece, at most."""

_FIRST_REACH_M = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """The boundaries of polygons, and lines and points as they are, in pieces.

    Parameters
    ----------
    shapes
        Points, lines or polygons in EPSG:4490; empty ones have no piece.

    Attributes
    ----------
    pieces
        Short lines and points.
    owner
        Position of the shape that each piece belongs to, ascending.
    """

    shapes: Shapes = field(repr=False)
    pieces: Shapes = field(init=False, repr=False)
    owner: Integers = field(init=False, repr=False)
    _tree: shapely.STRtree = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Cut the outlines and plant the tree."""
        pieces, owner = _cut(outline(np.asarray(self.shapes, dtype=object)))
        object.__setattr__(self, "pieces", pieces)
        object.__setattr__(self, "owner", owner)
        object.__setattr__(self, "_tree", shapely.STRtree(pieces))

    def around(self, boxes: Floats, shape: Integers) -> Shapes:
        """Return of each of some shapes the pieces that come into a box.

        Parameters
        ----------
        boxes
            (n, 4): min_lon, min_lat, max_lon, max_lat, degrees.
        shape
            (n,) position of the shape that is asked, one for each box.

        Returns
        -------
        ndarray
            (n,) lines or points, gathered as multi-geometries in the order of the
            outline; an empty line where no piece's own box meets the box.
        """
        row, piece = self._tree.query(shapely.box(*boxes.T))
        own = self.owner[piece] == shape[row]
        row, piece = row[own], piece[own]
        order = np.lexsort((piece, row))
        return _gathered(self.pieces[piece[order]], row[order], len(boxes))

    def within(self, sites: Shapes, shape: Integers, reach_m: Floats | float) -> Shapes:
        """Return of each shape the pieces that may lie within metres of a site."""
        return self.around(grown_bounds(shapely.bounds(sites), reach_m), shape)

    def facing(self, sites: Shapes, shape: Integers) -> Shapes:
        """Return of each shape the pieces that some point of a site is nearest to.

        Parameters
        ----------
        sites
            (n,) points, lines or polygons, none empty.
        shape
            (n,) position of the shape that is asked; none empty.

        Returns
        -------
        ndarray
            (n,) lines or points; others are there too, but none that matters is not.
        """
        found = np.full(len(sites), shapely.MultiLineString(), dtype=object)
        left = np.arange(len(sites))
        reach = np.full(len(sites), _FIRST_REACH_M)
        while len(left):
            found[left] = self.within(sites[left], shape[left], reach[left])
            left = left[shapely.is_empty(found[left])]
            reach[left] *= 8
        # What was found is no nearer than the nearest to the site's first vertex, and
        # no other point of the site is farther from that than the site is wide.
        bound_m = reach_m(sites, found) + across_m(sites)
        return self.within(sites, shape, bound_m * 1.001 + 1.0)


def _gathered(parts: Shapes, row: Integers, count: int) -> Shapes:
    """Return the parts of each row as one multi-geometry; an empty line for none."""
    found = np.full(count, shapely.MultiLineString(), dtype=object)
    point = shapely.get_type_id(parts) == shapely.GeometryType.POINT
    for kind, gather in (
        (~point, shapely.multilinestrings),
        (point, shapely.multipoints),
    ):
        if kind.any():
            used, back = np.unique(row[kind], return_inverse=True)
            found[used] = gather(parts[kind], indices=back)
    return found


def _cut(lines: Shapes) -> tuple[Shapes, Integers]:
    """Cut lines into pieces of at most `PIECE` edges; points stay as they are."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    filled = ~shapely.is_empty(parts)
    parts, owner = parts[filled], owner[filled]
    long = shapely.get_num_coordinates(parts) > PIECE + 1
    pieces, of_part = _chopped(parts[long])
    pieces = np.append(parts[~long], pieces)
    owner = np.append(owner[~long], owner[long][of_part])
    order = np.argsort(owner, kind="stable")
    return pieces[order], owner[order].astype(np.int64)


def _chopped(lines: Shapes) -> tuple[Shapes, Integers]:
    """Return the pieces of long lines, which share their end vertices, and of which."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    counts = np.bincount(line, minlength=len(lines))
    pieces = -(-(counts - 1) // PIECE)
    of_line = np.repeat(np.arange(len(lines)), pieces)
    rank = np.arange(len(of_line)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start = (np.cumsum(counts) - counts)[of_line] + rank * PIECE
    many = np.minimum(PIECE, counts[of_line] - 1 - rank * PIECE) + 1
    step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    vertex = np.repeat(start, many) + step
    made = shapely.linestrings(
        xy[vertex], indices=np.repeat(np.arange(len(many)), many)
    )
    return np.asarray(made, dtype=object), of_line
