"""Exact pixel outlines of patches: rings without one vertex too many, always valid.

A vertical edge runs along one side of one or more runs. Going down along the left
sides and up along the right ones, every edge has one next edge, and following them
draws every ring: shells against the clock on a map, holes with it. Where two pixels
meet in a corner alone, the line goes through between them if they belong to two
pieces, and around both if they are of one piece. No ring then touches itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from layers import crs as systems
from layers.geometry import to_degrees
from spatial.change.runs import chosen, components

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import Transformer

    from layers.datum.steps import Steps
    from layers.grid import Grid
    from spatial.change.runs import Bools, Integers, Runs

    Shapes = NDArray[np.object_]


_TOGETHER = 20_000  # patches of which corners, edges and copies are held at once


class _Corners(NamedTuple):
    """Ends of vertical edges: row line, column line, and what they are ends of."""

    line: Integers
    column: Integers
    run: Integers
    is_start: Bools  # the left side of its run
    goes_up: Bools  # its edge lies above it


def outlines(runs: Runs, grid: Grid) -> Shapes:
    """Return the outline of every patch in EPSG:4490.

    Parameters
    ----------
    runs
        Of a mask on `grid`.
    grid
        Where the pixels lie.

    Returns
    -------
    ndarray of object
        (patches,) valid polygons, multi-polygons where a patch has several pieces
        that meet in corners alone. Corners of pixels are vertices where the outline
        turns; an edge in projected units has further ones, so that it keeps its place
        to 1 mm in longitude and latitude. Holes are kept.

    Raises
    ------
    CrsError
        The grid's reference system is not on CGCS2000 or WGS 84.
    """
    settled = systems.settle(grid.crs, source="grid", evidence="the image")
    if runs.patches <= _TOGETHER:
        return _outlined(runs, grid, settled.transformer)
    number = np.arange(runs.patches)
    parts = [
        _outlined(
            chosen(runs, (number >= low) & (number < low + _TOGETHER)),
            grid,
            settled.transformer,
        )
        for low in range(0, runs.patches, _TOGETHER)
    ]
    return np.concatenate(parts)


def _outlined(
    runs: Runs, grid: Grid, transformer: Transformer | Steps | None
) -> Shapes:
    """Return the outlines of some patches."""
    # One name for all: only one set of shapes stays in memory.
    shapes = pixel_outlines(runs)
    shapes = shapely.transform(
        shapes, lambda points: np.column_stack(grid.xy(points[:, 0], points[:, 1]))
    )
    if transformer is not None:
        shapes = to_degrees(shapes, transformer)
    return np.asarray(shapely.orient_polygons(shapes), dtype=object)


def degrees(
    grid: Grid, columns: NDArray[np.floating[Any]], rows: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """Return longitude and latitude, (n, 2), of places on a grid.

    Raises
    ------
    CrsError
        The grid's reference system is not on CGCS2000 or WGS 84.
    """
    settled = systems.settle(grid.crs, source="grid", evidence="the image")
    xy = grid.xy(columns, rows)
    if settled.transformer is not None:
        xy = settled.transformer.transform(*xy)
    return np.column_stack(xy)


def pixel_outlines(runs: Runs) -> Shapes:
    """Return the outlines on squared paper: x = column, y = row, counted downwards."""
    if not len(runs.row):
        return np.empty(0, dtype=object)
    corners = _corners(runs)
    tail, head = _edges(corners)
    following = _followers(corners, runs, tail, head)
    ring, position = _rings(following)
    return _assembled(runs, corners, (tail, head), (ring, position))


def _corners(runs: Runs) -> _Corners:
    """Return the ends of vertical edges, ordered by line, column, lower end first."""
    count = len(runs.row)
    run = np.tile(np.arange(count), 4)
    line = np.concatenate([runs.row, runs.row, runs.row + 1, runs.row + 1])
    column = np.concatenate([runs.start, runs.end, runs.start, runs.end])
    is_start = np.tile(np.repeat([True, False], count), 2)
    goes_up = np.repeat([False, True], 2 * count)
    order = np.lexsort((goes_up, is_start, column, line))
    line, column, is_start = line[order], column[order], is_start[order]
    # the same side above and below a line: the edge goes straight on
    same = (line[1:] == line[:-1]) & (column[1:] == column[:-1])
    same &= is_start[1:] == is_start[:-1]
    turns = ~(np.append(same, [False]) | np.append([False], same))
    kept = order[turns]
    return _Corners(
        line[turns], column[turns], run[kept], is_start[turns], goes_up[kept]
    )


def _edges(corners: _Corners) -> tuple[Integers, Integers]:
    """Return the corners where each vertical edge begins and ends, as it is walked."""
    order = np.lexsort((~corners.goes_up, corners.line, corners.column))
    top, bottom = order[::2], order[1::2]
    down = corners.is_start[top]
    return np.where(down, top, bottom), np.where(down, bottom, top)


def _followers(
    corners: _Corners, runs: Runs, tail: Integers, head: Integers
) -> Integers:
    """Return for each vertical edge the next one, over a horizontal edge."""
    count = len(corners.line)
    piece = runs.piece[corners.run]
    both = (corners.line[1:] == corners.line[:-1]) & (
        corners.column[1:] == corners.column[:-1]
    )
    first = np.flatnonzero(both)  # of two corners at one point
    joined = piece[first] == piece[first + 1]
    # Between two pieces the corner that stands on the left takes the edge to the left;
    # in one piece the other does.
    upper_is_end = corners.is_start[first] != corners.goes_up[first]
    left_is_up = upper_is_end != joined
    swap = first[corners.goes_up[first] != left_is_up]
    order = np.arange(count)
    order[swap], order[swap + 1] = swap + 1, swap
    partner = np.empty(count, dtype=np.int64)
    partner[order[::2]], partner[order[1::2]] = order[1::2], order[::2]
    edge_from = np.empty(count, dtype=np.int64)
    edge_from[tail] = np.arange(len(tail))
    return edge_from[partner[head]]


def _rings(following: Integers) -> tuple[Integers, Integers]:
    """Return each edge's ring, named by its least edge, and its place in it."""
    count = len(following)
    everyone = np.arange(count)
    ring = components(count, everyone, following)
    # List ranking by doubling: how many steps to the edge that closes the ring.
    last = following == ring
    jump = np.where(last, everyone, following)
    steps = np.where(last, 0, 1)
    while True:
        further = jump[jump]
        if np.array_equal(further, jump):
            break
        steps = steps + steps[jump]
        jump = further
    return ring, steps[ring] - steps


def _assembled(
    runs: Runs,
    corners: _Corners,
    edges: tuple[Integers, Integers],
    rings: tuple[Integers, Integers],
) -> Shapes:
    """Put the rings together: shells, their holes, and the pieces of a patch."""
    (tail, head), (ring, position) = edges, rings
    run = corners.run[tail]
    rise = corners.line[tail] - corners.line[head]
    area = np.bincount(ring, corners.column[tail] * rise, minlength=len(ring))
    order = np.lexsort((position, ring, area[ring] < 0, runs.piece[run]))
    ring, piece = ring[order], runs.piece[run][order]
    corner = np.column_stack([tail[order], head[order]]).ravel()
    xy = np.column_stack([corners.column[corner], corners.line[corner]]).astype(float)
    begins = np.flatnonzero(np.append([True], ring[1:] != ring[:-1]))
    size = np.diff(np.append(begins, len(ring))) * 2
    closed, offsets = _closed(xy, size)
    of_piece = np.append(np.flatnonzero(_firsts(piece[begins])), len(begins))
    polygons = np.asarray(
        shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, closed, (offsets, of_piece)
        ),
        dtype=object,
    )
    return _joined(polygons, _patch_of_piece(runs))


def _closed(
    xy: NDArray[np.float64], size: Integers
) -> tuple[NDArray[np.float64], Integers]:
    """Repeat the first point of each ring at its end."""
    starts = np.cumsum(size) - size
    closed = np.insert(xy, starts + size, xy[starts], axis=0)
    return closed, np.append([0], np.cumsum(size + 1))


def _firsts(values: Integers) -> Bools:
    """Say where a value differs from the one before it."""
    return np.append([True], values[1:] != values[:-1])


def _patch_of_piece(runs: Runs) -> Integers:
    """Return the patch of each piece."""
    patch = np.empty(int(runs.piece.max()) + 1, dtype=np.int64)
    patch[runs.piece] = runs.patch
    return patch


def _joined(polygons: Shapes, patch: Integers) -> Shapes:
    """Return a polygon a patch, or a multi-polygon of its pieces in their order."""
    order = np.argsort(patch, kind="stable")
    count = np.bincount(patch)
    shapes = np.empty(len(count), dtype=object)
    alone = count[patch] == 1
    shapes[patch[alone]] = polygons[alone]
    several = order[~alone[order]]
    if len(several):
        rank = np.cumsum(_firsts(patch[several])) - 1
        shapes[count > 1] = shapely.multipolygons(polygons[several], indices=rank)
    return shapes
