"""Fine borders for a large map: which tolerance fits the page, and where.

A map of a province moves borders by some 200 m to fit into a page (`drawing`). Whoever
zooms in must see them nearer to what they are, so the page carries them a second time,
cut into sheets that the browser unpacks when it looks there.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from spatial.report.drawing import METRES_PER_DEGREE, middle_latitude
from spatial.report.tile_code import encoded
from spatial.report.tile_cut import paths, pieces
from spatial.report.tile_grid import CELLS, TileGrid

if TYPE_CHECKING:
    from spatial.report.content import ReviewContent
    from spatial.report.drawing import Drawing, Geometries
    from spatial.report.tile_cut import Ints, Paths
    from spatial.report.tile_grid import Cells

    Reach = Literal["all", "near"]

SITE_PIXEL_M = 6.0
"""A pixel where a reader has flown to a small site: 0.02 degrees on 372 pixels."""
WORTH_M = 2 * SITE_PIXEL_M
"""Up to here the overview is fine enough: the line that draws a border hides it."""
FINEST_M = 1.0
LEAST_GAIN = 4.0
"""Sheets that move borders by more than this part of the overview's are not worth it."""
MOST_BYTES = 2_200_000
"""Of all sheets on a page."""
SHEET_PIXELS = 100
"""A sheet is at least so high when it is drawn: a view opens some hundred at most."""
_LEAST_A_VERTEX = 2.0  # bytes; 3.9 to 4.6 were measured
_STEPS_IN_TOLERANCE = 2.0


@dataclass(frozen=True, slots=True)
class Tiles:
    """The fine borders of a page.

    Attributes
    ----------
    grid
        Where the sheets lie.
    steps
        Of a sheet's side, in which vertices are told.
    reach
        "all": every cell of the window has its borders. "near": those around sites.
    tolerance_m
        About how far a border may have moved for display, rounding included.
    from_m
        They are drawn when a pixel is less than this: where the overview's borders are
        a pixel off or more, and a sheet has at least `SHEET_PIXELS`.
    sheets
        (column, row, mask, text) by row and column. The mask has a byte in
        hexadecimal for each row of cells, the lowest bit is west, set where the cell
        has its borders; "" when all have. The text is `encoded`; "" where no border
        is. With "all" a sheet without border is left out.
    used
        For each kind of the drawing the positions of those left-out zones of it that
        the sheets hold.
    """

    grid: TileGrid
    steps: int
    reach: Reach
    tolerance_m: float
    from_m: float
    sheets: tuple[tuple[int, int, str, str], ...]
    used: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class _Outlines:
    """All zones of a drawing as they are, by kind, drawn before left out."""

    shapes: Geometries
    is_drawn: np.ndarray[tuple[int], np.dtype[np.bool_]]
    kind: Ints
    place: Ints
    text_bytes: Ints

    @classmethod
    def of(cls, drawn: Drawing) -> _Outlines:
        rows = [
            (zone, is_drawn, order, place)
            for order, kind in enumerate(drawn.kinds)
            for zones, is_drawn in ((kind.zones, True), (kind.left_out, False))
            for place, zone in enumerate(zones)
        ]
        shapes: Geometries = np.empty(len(rows), dtype=object)
        shapes[:] = [zone.outline for zone, *_ in rows]
        texts = [len((zone.zone_id + zone.name).encode()) + 16 for zone, *_ in rows]
        return cls(
            shapes,
            np.array([one[1] for one in rows], dtype=bool),
            np.array([one[2] for one in rows], dtype=np.int64),
            np.array([one[3] for one in rows], dtype=np.int64),
            np.array(texts, dtype=np.int64),
        )


def tiles(content: ReviewContent, drawn: Drawing) -> Tiles | None:
    """Return the fine borders for a drawing, if they are needed and fit.

    They are needed where the overview moved borders by more than `WORTH_M`. All of the
    window gets them when it fits into `MOST_BYTES` with less than a pixel at a site's
    scale; else the land around sites with the tightest tolerance that fits.

    Parameters
    ----------
    content
        The review, with the sites that are drawn.
    drawn
        Its drawing.

    Returns
    -------
    Tiles or None
        None: the overview alone. The same content gives the same.
    """
    if drawn.bounds is None or drawn.window is None or drawn.tolerance_m <= WORTH_M:
        return None
    outlines = _Outlines.of(drawn)
    if not len(outlines.shapes):
        return None
    grid = TileGrid.over(drawn.window)
    placed = [one.geometry for one in content.sites if one.geometry is not None]
    near = grid.near(shapely.bounds(placed), middle_latitude(drawn.bounds))
    most = drawn.tolerance_m / LEAST_GAIN
    found = _tightest(
        outlines, grid, grid.every(), reach="all", most_m=min(SITE_PIXEL_M, most)
    ) or _tightest(outlines, grid, near, reach="near", most_m=most)
    if found is None:
        return None
    from_m = min(drawn.tolerance_m, grid.sheet_m / SHEET_PIXELS)
    return dataclasses.replace(found, from_m=from_m)


def _tightest(
    outlines: _Outlines, grid: TileGrid, cells: Cells, *, reach: Reach, most_m: float
) -> Tiles | None:
    """Return the sheets with the tightest tolerance that fits, None when none does."""
    a_vertex = _LEAST_A_VERTEX if reach == "all" else 0.0
    for doubled in itertools.count():
        tolerance = FINEST_M * 2**doubled
        if tolerance > most_m:
            return None
        shapes = _simple(outlines.shapes, tolerance)
        vertices = int(shapely.get_num_coordinates(shapes).sum())
        if a_vertex * vertices > MOST_BYTES:
            continue
        found, size = _sheets(
            outlines, shapes, grid, cells, reach=reach, tolerance=tolerance
        )
        if size <= MOST_BYTES:
            return found
        a_vertex = max(a_vertex, 0.8 * size / vertices)  # coarser ones are as dense
    return None


def _simple(shapes: Geometries, tolerance_m: float) -> Geometries:
    """Return valid shapes with fewer vertices; none vanishes."""
    found = shapely.simplify(
        shapes, tolerance_m / METRES_PER_DEGREE, preserve_topology=True
    )
    broken = ~shapely.is_valid(found)
    found[broken] = shapely.make_valid(found[broken])
    return np.asarray(found, dtype=object)


def _sheets(
    outlines: _Outlines,
    shapes: Geometries,
    grid: TileGrid,
    cells: Cells,
    *,
    reach: Reach,
    tolerance: float,
) -> tuple[Tiles, int]:
    """Return the sheets of simplified shapes, and how many bytes they add to a page."""
    most_steps = grid.sheet_m / tolerance * _STEPS_IN_TOLERANCE
    steps = 2 ** max(3, math.ceil(math.log2(most_steps)))
    found = paths(pieces(shapes, grid, cells), shapes, grid, steps)
    seen = outlines.is_drawn.copy()
    seen[found.zone] = True
    texts = encoded(_numbered(found, seen))
    masks = _masks(grid, cells) if reach == "near" else dict.fromkeys(texts, "")
    sheets = tuple(
        (column, row, mask, texts.get((column, row), ""))
        for (column, row), mask in masks.items()
    )
    extra = seen & ~outlines.is_drawn
    used = tuple(
        tuple(outlines.place[extra & (outlines.kind == order)].tolist())
        for order in range(int(outlines.kind.max()) + 1)
    )
    size = sum(len(mask) + len(text) + 18 for _, _, mask, text in sheets)
    return Tiles(
        grid=grid,
        steps=steps,
        reach=reach,
        tolerance_m=tolerance + grid.sheet_m / steps / math.sqrt(2),
        from_m=math.inf,
        sheets=sheets,
        used=used,
    ), size + int(outlines.text_bytes[extra].sum())


def _numbered(found: Paths, seen: np.ndarray) -> Paths:
    """Return paths with zones counted as the page lists them."""
    number = np.cumsum(seen) - 1
    return dataclasses.replace(found, zone=number[found.zone])


def _masks(grid: TileGrid, cells: Cells) -> dict[tuple[int, int], str]:
    """Return the mask of each sheet with a wanted cell, by row and column."""
    blocks = cells.reshape(grid.side, CELLS, grid.side, CELLS).swapaxes(1, 2)
    rows = np.packbits(blocks, axis=3, bitorder="little")[..., 0]
    some = blocks.any(axis=(2, 3))
    return {
        (column, row): "" if blocks[row, column].all() else rows[row, column].tobytes().hex()
        for row, column in np.argwhere(some).tolist()
    }
