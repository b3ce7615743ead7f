"""Outlines cut into the sheets of a `TileGrid`, vertex by vertex in arrays.

A cut makes edges that are no border of the zone. They are marked, so that a map fills
the piece and draws a line along the true border only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from spatial.report.tile_grid import CELLS, coarser

if TYPE_CHECKING:
    from spatial.report.drawing import Geometries
    from spatial.report.tile_grid import Cells, TileGrid

    Ints = np.ndarray[Any, np.dtype[np.int64]]
    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

LINE, RING, POINT = 0, 1, 2
_POLYGON = 3  # shapely's type id
_LEAST_VERTICES = 2  # of a line that is seen
_ON_BORDER = 1e-9  # degrees, 0.1 mm: nearer than this to the border is on it


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of zones, one a sheet and zone or more.

    Attributes
    ----------
    shapes
        (n,), of one family each.
    zone
        (n,) position of the zone in what was cut.
    column, row
        (n,) of the sheet.
    """

    shapes: Geometries
    zone: Ints
    column: Ints
    row: Ints

    def take(self, which: Ints | Flags) -> Pieces:
        """Return some of them."""
        return Pieces(
            self.shapes[which], self.zone[which], self.column[which], self.row[which]
        )


@dataclass(frozen=True, slots=True)
class Paths:
    """Rings, lines and points of pieces in whole steps from the corner of their sheet.

    Attributes
    ----------
    zone, column, row
        (p,) as in `Pieces`; ascending by sheet (row, column) and zone.
    form
        (p,) `LINE`, `RING` (its last vertex is not its first again) or `POINT`.
    count
        (p,) vertices of each.
    steps
        (v, 2) to the east and to the north, path after path.
    cut
        (v,) whether the edge that begins at the vertex is a cut and no border.
    """

    zone: Ints
    column: Ints
    row: Ints
    form: Ints
    count: Ints
    steps: Ints
    cut: Flags


def pieces(shapes: Geometries, grid: TileGrid, cells: Cells) -> Pieces:
    """Return shapes cut into sheets, and there to the cells that are wanted.

    Parameters
    ----------
    shapes
        (n,) valid, none empty, EPSG:4490.
    grid
        The grid.
    cells
        (rows, columns) True where pieces are wanted.

    Returns
    -------
    Pieces
        Of each sheet with a wanted cell that a shape meets. The pieces of a shape
        together are the shape within the wanted cells; where it only touches them
        there is none.
    """
    none = np.zeros(len(shapes), dtype=np.int64)
    found = Pieces(shapes, np.arange(len(shapes)), none, none)
    side = 1
    found = _within(found, grid, side, cells)
    while side < grid.side:
        # by halves: a long border is walked once a level and not once a sheet
        side *= 2
        found = _within(_quartered(found), grid, side, cells)
    found = _of_cells(found, grid, cells)
    return _of_family(found, shapely.get_dimensions(shapes).astype(np.int64))


def _quartered(found: Pieces) -> Pieces:
    """Return each piece four times, for the four quarters of its block."""
    column, row = (
        np.concatenate([2 * at + (which >> bit & 1) for which in range(4)])
        for bit, at in enumerate((found.column, found.row))
    )
    return Pieces(np.tile(found.shapes, 4), np.tile(found.zone, 4), column, row)


def _within(found: Pieces, grid: TileGrid, side: int, cells: Cells) -> Pieces:
    """Return what of each piece lies in its block, of blocks that are wanted."""
    found = found.take(coarser(cells, side)[found.row, found.column])
    x, y = grid.lines(0, side), grid.lines(1, side)
    west, east = x[found.column], x[found.column + 1]
    south, north = y[found.row], y[found.row + 1]
    low_x, low_y, high_x, high_y = shapely.bounds(found.shapes).T
    here = (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
    whole = (low_x >= west) & (high_x <= east) & (low_y >= south) & (high_y <= north)
    split = here & ~whole
    shapes = found.shapes.copy()
    boxes = shapely.box(west[split], south[split], east[split], north[split])
    shapes[split] = shapely.intersection(shapes[split], boxes)
    done = Pieces(shapes, found.zone, found.column, found.row).take(here)
    return done.take(~shapely.is_empty(done.shapes))


def _of_cells(found: Pieces, grid: TileGrid, cells: Cells) -> Pieces:
    """Return the pieces cut to the wanted cells of their sheets."""
    blocks = cells.reshape(grid.side, CELLS, grid.side, CELLS).swapaxes(1, 2)
    some = ~np.logical_and.reduce(blocks, axis=(2, 3))
    places = found.row * grid.side + found.column
    partly = np.flatnonzero(some[found.row, found.column])
    sheets, which = np.unique(places[partly], return_inverse=True)
    regions: Geometries = np.empty(len(sheets), dtype=object)
    x, y = (grid.lines(axis, grid.side * CELLS) for axis in (0, 1))
    for at, sheet in enumerate(sheets.tolist()):
        row, column = divmod(sheet, grid.side)
        down, along = np.nonzero(blocks[row, column])
        down, along = down + row * CELLS, along + column * CELLS
        regions[at] = shapely.union_all(
            shapely.box(x[along], y[down], x[along + 1], y[down + 1])
        )
    shapes = found.shapes.copy()
    shapes[partly] = shapely.intersection(shapes[partly], regions[which])
    done = Pieces(shapes, found.zone, found.column, found.row)
    return done.take(~shapely.is_empty(shapes))


def _of_family(found: Pieces, family: Ints) -> Pieces:
    """Return simple parts; where an area only touches a block there is none of it."""
    parts, of = shapely.get_parts(found.shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    found = found.take(of[inner])
    kept = shapely.get_dimensions(parts) == family[found.zone]
    return Pieces(parts, found.zone, found.column, found.row).take(kept)


def paths(found: Pieces, shapes: Geometries, grid: TileGrid, steps: int) -> Paths:
    """Return the vertices of pieces, and which edges are cuts.

    Parameters
    ----------
    found
        Of `pieces`.
    shapes
        (n,) what was cut.
    grid
        The grid.
    steps
        Of a sheet's side, a multiple of `CELLS`. Vertices are rounded to a step.

    Returns
    -------
    Paths
        A path that is smaller than a step is two vertices a step apart: no zone
        vanishes.
    """
    lines, of, form = _linear(found.shapes)
    found = found.take(of)
    order = np.lexsort((found.zone, found.column, found.row))
    lines, form, found = lines[order], form[order], found.take(order)
    xy, path = shapely.get_coordinates(lines, return_index=True)
    step = _rounded(xy, found, path, grid=grid, steps=steps)
    last = np.diff(path, append=len(lines)) > 0  # vertex of its path
    ring = (form == RING)[path]
    goes = np.zeros(len(path), dtype=bool)  # an edge begins here, and leads elsewhere
    goes[:-1] = ~last[:-1] & (step[1:] != step[:-1]).any(axis=1)
    cut = np.zeros(len(path), dtype=bool)
    cut[
        _cuts(
            xy,
            step,
            np.flatnonzero(goes & ring),
            line=steps // CELLS,
            of=(shapes, found.zone[path]),
        )
    ] = True
    kept = goes | (last & ~ring)
    begins = np.flatnonzero(np.diff(path, prepend=-1) > 0)
    seen = np.add.reduceat(kept, begins, dtype=int) >= _LEAST_VERTICES
    small = begins[~seen & (form != POINT)]
    step[small + 1] = step[small] + [1, 0]
    kept[small] = kept[small + 1] = True
    count = np.add.reduceat(kept, begins, dtype=np.int64)
    return Paths(
        found.zone, found.column, found.row, form, count, step[kept], cut[kept]
    )


def _linear(parts: Geometries) -> tuple[Geometries, Ints, Ints]:
    """Return rings, lines and points of simple shapes, their shape and their form."""
    area = np.flatnonzero(shapely.get_type_id(parts) == _POLYGON)
    other = np.flatnonzero(shapely.get_type_id(parts) != _POLYGON)
    rings, of = shapely.get_rings(parts[area], return_index=True)
    is_point = shapely.get_dimensions(parts[other]) == 0
    forms = (np.full(len(rings), RING), np.where(is_point, POINT, LINE))
    lines = np.concatenate([rings, parts[other]])
    return lines, np.concatenate([area[of], other]), np.concatenate(forms)


def _rounded(
    xy: Floats, found: Pieces, path: Ints, *, grid: TileGrid, steps: int
) -> Ints:
    """Return vertices in whole steps from the corner of their sheet."""
    low, high = np.array(grid.window[:2]), np.array(grid.window[2:])
    step: Ints = np.round((xy - low) / (high - low) * (grid.side * steps)).astype(int)
    corner = np.stack([found.column, found.row], axis=1) * steps
    return step - corner[path]


def _cuts(
    xy: Floats, step: Ints, edges: Ints, *, line: int, of: tuple[Geometries, Ints]
) -> Ints:
    """Return which edges of rings lie along a line of cells and on no border.

    A border may itself run along such a line: then it is none of the cuts.
    """
    start, end = step[edges], step[edges + 1]
    edges = edges[((start == end) & (start % line == 0)).any(axis=1)]
    middles = shapely.points((xy[edges] + xy[edges + 1]) / 2)
    shapes, zone = of
    zones, which = np.unique(zone[edges], return_inverse=True)
    borders = shapely.boundary(shapes[zones])
    shapely.prepare(borders)
    return edges[~shapely.dwithin(borders[which], middles, _ON_BORDER)]
