"""Outlines: the original edges of zones, in short pieces that are found by place.

Whether a site touches a zone, how far away it is and how deep it lies inside are
questions to the few edges near it. A piece is a run of at most `PIECE` edges with
the vertices as they were read: nothing is cut, so nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure import grown_bounds, outline
from spatial.measure.depth import across_m
from spatial.measure.distance import first_vertex, least_m, most_m, reach_m
from spatial.measure.ellipsoid import box_centre

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

PIECE = 64
"""Edges in a piece, at most."""

_FIRST_REACH_M, _WIDER = 200.0, 3.0


@dataclass(frozen=True, eq=False)
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

    def ready(self) -> Outlines:
        """Return itself, ready to be asked from several threads at once.

        A tree is planted when it is first asked; what is reckoned once is reckoned now.
        """
        self.around(np.zeros((1, 4)), np.zeros(1, dtype=np.int64))
        self._boxes, self.first  # noqa: B018
        return self

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
        row, piece = self._of(boxes, shape)
        return self.gathered(row, piece, len(boxes))

    def meeting(self, boxes: Floats) -> tuple[Integers, Integers]:
        """Return which pieces come into which boxes; by box, then piece."""
        row, piece = self._tree.query(shapely.box(*boxes.T))
        order = np.lexsort((piece, row))
        return row[order], piece[order].astype(np.int64)

    def near(
        self, sites: Shapes, reach_m: Floats | float
    ) -> tuple[Integers, Integers, Floats]:
        """Return which pieces may lie within metres of which sites.

        Parameters
        ----------
        sites
            (n,) points, lines or polygons, none empty.
        reach_m
            Metres, one for all sites or one for each.

        Returns
        -------
        row, piece
            Positions, ordered by site, then piece. Pieces that are farther away may
            be among them; none that is not.
        least_m
            What each piece is at least away.
        """
        bounds = shapely.bounds(sites)
        reach = np.broadcast_to(np.asarray(reach_m, dtype=float), len(sites))
        row, piece = self.meeting(grown_bounds(bounds, reach))
        return self._nearer(bounds, reach, row, piece)

    def gathered(self, row: Integers, piece: Integers, count: int) -> Shapes:
        """Return the pieces of each of `count` rows as one multi-geometry."""
        return _gathered(self.pieces[piece], row, count)

    def facing(
        self,
        sites: Shapes,
        shape: Integers | None = None,
        *,
        within_m: Floats | None = None,
    ) -> Shapes:
        """Return of each shape the pieces that some point of a site is nearest to.

        Parameters
        ----------
        sites
            (n,) points, lines or polygons, none empty.
        shape
            (n,) position of the shape that is asked; none empty. All shapes are asked
            if it is left out; then there must be a piece.
        within_m
            (n,) metres that no point of a site is farther from the shape, where that
            is known; NaN elsewhere. Spares a search.

        Returns
        -------
        ndarray
            (n,) lines or points; others are there too, but none that matters is not.
        """
        bound_m = np.full(len(sites), np.nan) if within_m is None else within_m.copy()
        rest = np.flatnonzero(np.isnan(bound_m))
        whose = None if shape is None else shape[rest]
        bound_m[rest] = self._farthest_m(sites[rest], whose)
        row, piece, _ = self._within(sites, shape, bound_m * 1.001 + 1.0)
        return self.gathered(row, piece, len(sites))

    def _farthest_m(self, sites: Shapes, shape: Integers | None) -> Floats:
        """Return metres that no point of a site is farther from what it faces."""
        middle = box_centre(sites)
        starts = np.asarray(shapely.points(middle), dtype=object)
        found = np.full(len(sites), shapely.MultiLineString(), dtype=object)
        left = np.arange(len(sites))
        reach = np.full(len(sites), _FIRST_REACH_M)
        while len(left):
            whose = None if shape is None else shape[left]
            row, piece, least = self._within(starts[left], whose, reach[left])
            # A piece that is all farther than another's first vertex is not nearest.
            most = most_m(middle[left[row]], self.first[piece])
            some = least <= least_of(most, row, len(left))[row]
            found[left] = self.gathered(row[some], piece[some], len(left))
            left = left[shapely.is_empty(found[left])]
            reach[left] *= _WIDER
        # What was found is no nearer than the nearest to the middle of the site's box,
        # and no point of the site is farther from that than half as the box is wide.
        return np.asarray(reach_m(starts, found) + across_m(sites) / 2)

    def _of(self, boxes: Floats, shape: Integers) -> tuple[Integers, Integers]:
        """Return the pieces of a shape that come into a box; by row, then piece."""
        row, piece = self.meeting(boxes)
        own = self.owner[piece] == shape[row]
        return row[own], piece[own]

    def _within(
        self, sites: Shapes, shape: Integers | None, reach_m: Floats
    ) -> tuple[Integers, Integers, Floats]:
        """Return as `near`, of one shape each unless `shape` is None."""
        if shape is None:
            return self.near(sites, reach_m)
        bounds = shapely.bounds(sites)
        row, piece = self._of(grown_bounds(bounds, reach_m), shape)
        return self._nearer(bounds, reach_m, row, piece)

    def _nearer(
        self, bounds: Floats, reach_m: Floats, row: Integers, piece: Integers
    ) -> tuple[Integers, Integers, Floats]:
        """Drop the pieces whose box is farther from the site's than is asked."""
        least = least_m(bounds[row], self._boxes[piece], reach_m[row])
        some = least <= reach_m[row]
        return row[some], piece[some], least[some]

    @cached_property
    def _boxes(self) -> Floats:
        """(pieces, 4) boxes of the pieces."""
        return np.asarray(shapely.bounds(self.pieces))

    @cached_property
    def first(self) -> Floats:
        """(pieces, 2) first vertices of the pieces."""
        return first_vertex(self.pieces)


def least_of(value: Floats, group: Integers, count: int) -> Floats:
    """Return the least value of each of `count` groups; inf where there is none."""
    least = np.full(count, np.inf)
    np.minimum.at(least, group, value)
    return least


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
