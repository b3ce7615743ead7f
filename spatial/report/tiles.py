"""Fine borders for a large map: which tolerance fits the page, and where.

A map of a province moves borders by some 200 m to fit into a page (`drawing`). Whoever
zooms in must see them nearer to what they are, so the page carries them a second time,
cut into sheets that the browser unpacks when it looks there.
"""

from __future__ import annotations

import dataclasses
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
    from spatial.report.tile_cut import Flags, Ints, Paths
    from spatial.report.tile_grid import Cells

    Reach = Literal["all", "near"]

SITE_PIXEL_M = 6.0
"""A pixel where a reader has flown to a small site: 0.02 degrees on 372 pixels."""
WORTH_M = 2 * SITE_PIXEL_M
"""Up to here the overview is fine enough: the line that draws a border hides it."""
FINEST_M = 1.0
LEAST_GAIN = 4.0
"""Sheets are made if they move borders so many times less than the overview."""
MOST_BYTES = 2_200_000
"""Of all sheets on a page."""
SHEET_PIXELS = 100
"""A sheet is at least so high when it is drawn: a view opens some hundred at most."""
_SAMPLE = 200_000  # vertices, to guess how large the sheets will be
_BITS_A_BYTE = 6  # of base64
_BITS_MORE = 8.0  # a vertex has above the logarithm of its two moves; measured
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
    sheets: tuple[tuple[int, int, str, str], ...]
    used: tuple[tuple[int, ...], ...]

    def from_m(self, overview_m: float) -> float:
        """Return below which size of a pixel they are drawn, metres.

        There the overview's borders, `overview_m` off, are a pixel off or more, and a
        sheet has `SHEET_PIXELS` at least.
        """
        return min(overview_m, self.grid.sheet_m / SHEET_PIXELS)


@dataclass(frozen=True, slots=True)
class _Outlines:
    """All zones of a drawing as they are, by kind, drawn before left out."""

    shapes: Geometries
    is_drawn: Flags
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
    return _tightest(
        outlines, grid, grid.every(), reach="all", most_m=min(SITE_PIXEL_M, most)
    ) or _tightest(outlines, grid, near, reach="near", most_m=most)


def _tightest(
    outlines: _Outlines, grid: TileGrid, cells: Cells, *, reach: Reach, most_m: float
) -> Tiles | None:
    """Return the sheets with the tightest tolerance that fits, None when none does."""
    here = grid.meet(shapely.bounds(outlines.shapes), cells)
    shapes = outlines.shapes[here]
    if not len(shapes):
        return None
    sample, off = _sample(shapes)
    tolerance = FINEST_M
    while tolerance <= most_m:
        steps = _steps(grid, tolerance)
        guess = _guess(_simple(sample, tolerance), grid, cells, steps)
        if guess * off <= MOST_BYTES:
            parts = _Parts(
                _simple(shapes, tolerance),
                np.flatnonzero(here),
                cells,
                reach,
                tolerance,
            )
            found, size = _sheets(outlines, parts, grid, steps)
            if size <= MOST_BYTES:
                return found
            off = size / guess  # so that the next try is the last
        tolerance *= 2
    return None


def _sample(shapes: Geometries) -> tuple[Geometries, float]:
    """Return a part of the shapes, and how many times its vertices all shapes have.

    Of usual shapes some are in it, of each very large one a piece of its border.
    """
    vertices = shapely.get_num_coordinates(shapes)
    part = 1 + int(vertices.sum()) // _SAMPLE
    large = vertices > max(_SAMPLE // 20, np.median(vertices))
    borders = [
        shapely.LineString(shapely.get_coordinates(one)[: max(2, many // part)])
        for one, many in zip(shapes[large], vertices[large].tolist(), strict=True)
    ]
    found = np.append(shapes[~large][::part], np.array(borders, dtype=object))
    return found, float(vertices.sum() / shapely.get_num_coordinates(found).sum())


def _steps(grid: TileGrid, tolerance_m: float) -> int:
    """Return into how many steps a sheet's side is cut: a few within the tolerance."""
    most = grid.sheet_m / tolerance_m * _STEPS_IN_TOLERANCE
    return int(2 ** max(math.log2(CELLS), math.ceil(math.log2(most))))


def _guess(shapes: Geometries, grid: TileGrid, cells: Cells, steps: int) -> float:
    """Return about how many bytes shapes take in some cells."""
    xy = shapely.get_coordinates(shapes)
    low, high = np.array(grid.window[:2]), np.array(grid.window[2:])
    moved = np.abs(np.diff(xy, axis=0, prepend=xy[:1])) / (high - low)
    bits = np.log2(1 + moved * (grid.side * steps)).sum(axis=1) + _BITS_MORE
    return float(bits[grid.inside(xy, cells)].sum()) / _BITS_A_BYTE


def _simple(shapes: Geometries, tolerance_m: float) -> Geometries:
    """Return valid shapes with fewer vertices; none vanishes."""
    found: Geometries = shapely.simplify(
        shapes, tolerance_m / METRES_PER_DEGREE, preserve_topology=True
    )
    broken = ~shapely.is_valid(found)
    found[broken] = shapely.make_valid(found[broken])
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """Simplified shapes of some zones, and where they are to be cut out."""

    shapes: Geometries
    zone: Ints
    cells: Cells
    reach: Reach
    tolerance_m: float


def _sheets(
    outlines: _Outlines, parts: _Parts, grid: TileGrid, steps: int
) -> tuple[Tiles, int]:
    """Return the sheets, and about how many bytes they add to a page."""
    cut = pieces(parts.shapes, grid, parts.cells)
    found = paths(cut, parts.shapes, grid, steps)
    found = dataclasses.replace(found, zone=parts.zone[found.zone])
    seen = outlines.is_drawn.copy()
    seen[found.zone] = True
    texts = encoded(_numbered(found, seen))
    near = parts.reach == "near"
    masks = _masks(grid, parts.cells) if near else dict.fromkeys(texts, "")
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
        reach=parts.reach,
        tolerance_m=parts.tolerance_m + grid.sheet_m / steps / math.sqrt(2),
        sheets=sheets,
        used=used,
    ), size + int(outlines.text_bytes[extra].sum())


def _numbered(found: Paths, seen: Flags) -> Paths:
    """Return paths with zones counted as the page lists them."""
    number = np.cumsum(seen) - 1
    return dataclasses.replace(found, zone=number[found.zone])


def _masks(grid: TileGrid, cells: Cells) -> dict[tuple[int, int], str]:
    """Return the mask of each sheet with a wanted cell, by row and column."""
    blocks = cells.reshape(grid.side, CELLS, grid.side, CELLS).swapaxes(1, 2)
    rows = np.packbits(blocks, axis=3, bitorder="little")[..., 0]
    some = blocks.any(axis=(2, 3))
    return {
        (column, row): ""
        if blocks[row, column].all()
        else rows[row, column].tobytes().hex()
        for row, column in np.argwhere(some).tolist()
    }
