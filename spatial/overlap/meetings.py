"""Where the edges of lines meet the outlines of zones: edge by edge, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from spatial.measure import length_m

if TYPE_CHECKING:
    import numpy.typing as npt

    from spatial.index.outlines import Outlines
    from spatial.measure.ellipsoid import Floats, Integers, Shapes


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """The edges of lines, and where outlines meet them.

    Attributes
    ----------
    line, part, start, end, chainage
        Of each edge: position of the line (ascending), number of the part in it, its
        ends (n, 2) in degrees, and metres from the start of the part. Edges without
        length are left out.
    edge, zone
        Of each meeting: position of the edge and of the zone.
    first, last
        (m, 2) degrees: where the edge meets the outline first and last; equal but
        for runs.
    run
        Whether both run together from `first` to `last`.
    """

    line: Integers
    part: Integers
    start: Floats
    end: Floats
    chainage: Floats
    edge: Integers
    zone: Integers
    first: Floats
    last: Floats
    run: npt.NDArray[np.bool_]


def meetings(outlines: Outlines, lines: Shapes) -> Meetings:
    """Return where the outlines of zones meet the edges of lines.

    Whether two edges meet is decided exactly by GEOS; where, to the last digit of a
    coordinate.
    """
    line, part, start, end = _edges(lines)
    along_m = length_m(shapely.linestrings(np.stack([start, end], axis=1)))
    frame = pd.DataFrame({"line": line, "part": part, "m": along_m})
    until = frame.groupby(["line", "part"])["m"].cumsum().to_numpy()
    boxes = np.hstack([np.minimum(start, end), np.maximum(start, end)])
    edge, zone, other = _close(outlines, boxes)
    here = shapely.linestrings(np.stack([start[edge], end[edge]], axis=1))
    common = shapely.intersection(here, other)
    some = np.flatnonzero(~shapely.is_empty(common))
    edge, zone, common = edge[some], zone[some], common[some]
    xy, of = shapely.get_coordinates(common, return_index=True)
    at = np.searchsorted(of, np.arange(len(common) + 1))
    first, last = xy[at[:-1]], xy[at[1:] - 1]
    axis = np.abs(end - start).argmax(axis=1)[edge]
    each = np.arange(len(edge))
    forward = np.sign((end - start)[edge, axis])
    turned = (last - first)[each, axis] * forward < 0
    first[turned], last[turned] = last[turned], first[turned]
    run = shapely.get_dimensions(common) == 1
    return Meetings(
        line, part, start, end, until - along_m, edge, zone, first, last, run
    )


def _edges(lines: Shapes) -> tuple[Integers, Integers, Floats, Floats]:
    """Return line, part, start and end of every edge that has a length."""
    parts, line = shapely.get_parts(lines, return_index=True)
    number = np.arange(len(parts)) - np.searchsorted(line, line)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    edge = np.flatnonzero((part[1:] == part[:-1]) & (xy[1:] != xy[:-1]).any(axis=1))
    return line[part[edge]], number[part[edge]], xy[edge], xy[edge + 1]


def _close(outlines: Outlines, boxes: Floats) -> tuple[Integers, Integers, Shapes]:
    """Return the edges and points of outlines whose box meets a box, and for which."""
    row, piece = outlines.meeting(boxes)
    used, back = np.unique(piece, return_inverse=True)
    xy, of = shapely.get_coordinates(outlines.pieces[used], return_index=True)
    begin = np.searchsorted(of, np.arange(len(used) + 1))
    count = np.diff(begin)
    many = np.maximum(count - 1, 1)[back]  # a point counts as an edge to itself
    pair = np.repeat(np.arange(len(row)), many)
    vertex = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    vertex += begin[back][pair]
    following = np.minimum(vertex + 1, begin[back + 1][pair] - 1)
    low, high = (
        np.minimum(xy[vertex], xy[following]),
        np.maximum(xy[vertex], xy[following]),
    )
    box = boxes[row[pair]]
    meets = ((low <= box[:, 2:]) & (high >= box[:, :2])).all(axis=1)
    pair, vertex, following = pair[meets], vertex[meets], following[meets]
    other = np.full(len(pair), None, dtype=object)
    single = (xy[vertex] == xy[following]).all(axis=1)
    other[single] = shapely.points(xy[vertex[single]])
    ends = np.stack([xy[vertex[~single]], xy[following[~single]]], axis=1)
    other[~single] = shapely.linestrings(ends)
    return row[pair], outlines.owner[piece[pair]], other
