r"""A grid over the zones: what of them a cell can see. Built once, asked many times.

One uniform grid of longitude x latitude, about one cell a vertex. A cell knows

- its *runs*: the stretches of consecutive edges that pass through it, and
- its *covers*: the zones that lie above its upper left corner, with their winding
  number there,

and that is all that is needed to say, for any point or site in the cell, what every
zone does there::

      w=1 +----------------+----------------+
          |   zone 7       |  zone 7        |     left cell: no run, covered by zone 7
          |                |      ________  |     right cell: one run of 3 edges,
          |                |_____/        \ |     covered by zone 7 at its corner
          |                /               \|
          +---------------/----------------+

A cell that has neither run nor cover is empty; a cell with a cover and no run lies
wholly inside. Most sites are done after that look.

The two decisions that must never disagree
------------------------------------------
1. A vertex is *below* a row's upper line if ``y < top`` and else above it. One
   comparison of two numbers, the same for both edges that share the vertex.
2. An edge that has one end below and one above crosses the line in the column
   ``floor((x - west) / width)`` of its crossing point. The winding number of the cells
   to the right of that column changes by one; in the column itself the kernel follows
   the edge. The crossing point is computed in one function, so index and kernel
   always name the same column.

There is no third decision. A zone whose border runs along a cell border, a vertex on
a corner, edges that coincide: all fall out of these two.
"""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from spatial.index.cells import count, counting_sort, put, spread, walk

if TYPE_CHECKING:
    from spatial.index.rings import Rings
    from spatial.measure.ellipsoid import Integers

HIGHEST_CELL_DEG = 0.1
"""Cells are no higher: up to there the kernel's series is exact to 1e-13."""

MOST_CELLS = 1 << 24


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Zones hung on a grid.

    Attributes
    ----------
    rings
        The zones.
    west, south, width, height
        Corner and size of the cells, degrees.
    columns, rows
        Number of cells; cell = row * columns + column.
    run_start
        (cells + 1,) int64: the runs of a cell are ``[run_start[c], run_start[c + 1])``.
    runs
        (m, 3) int64: ring, first edge, last edge; edge k goes from vertex k to k + 1.
    cover_start, covers
        (cells + 1,) int64 and (k, 2) int64: zone and its winding number at the upper
        left corner of the cell.
    most_edges
        How many edges the cell with the most of them sees.
    """

    rings: Rings
    west: float
    south: float
    width: float
    height: float
    columns: int
    rows: int
    run_start: Integers
    runs: Integers
    cover_start: Integers
    covers: Integers
    most_edges: int = field(init=False)

    def __post_init__(self) -> None:
        """Count once what every sweep over sites asks for."""
        edges = np.append(0, np.cumsum(self.runs[:, 2] - self.runs[:, 1] + 1))
        most = int(np.diff(edges[self.run_start]).max(initial=0))
        object.__setattr__(self, "most_edges", most)

    @classmethod
    def over(
        cls, rings: Rings, *, vertices_per_cell: float = 1.0, threads: int = 2
    ) -> Grid:
        """Hang zones on a grid; the result depends on the zones alone."""
        west, south, width, height, columns, rows = layout(rings, vertices_per_cell)
        frame = (west, south, width, height, columns, rows)
        walks = _walks(rings, frame, threads)
        run_start, runs = _by_cell(walks, columns * rows)
        crossings = np.concatenate([one[2] for one in walks])
        cover_start, covers = _covers(crossings, rings.owner, columns, rows)
        return cls(rings, *frame, run_start, runs, cover_start, covers)

    @property
    def frame(self) -> tuple[float, float, float, float, int, int]:
        """What the compiled functions need to find a cell."""
        return (
            self.west, self.south, self.width, self.height, self.columns, self.rows,
        )  # fmt: skip

    @property
    def nbytes(self) -> int:
        """Memory of the index, without the vertices."""
        parts = (self.run_start, self.runs, self.cover_start, self.covers)
        return sum(one.nbytes for one in parts)


def layout(
    rings: Rings, vertices_per_cell: float = 1.0
) -> tuple[float, float, float, float, int, int]:
    """Return corner, size and number of cells, about square on the ground.

    That is what `Grid.frame` holds; it depends on the rings alone.
    """
    if not len(rings.xy):
        return 0.0, 0.0, 1.0, 1.0, 1, 1
    # Column by column: along the first axis numpy takes twenty times as long.
    x, y = rings.xy.T
    low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
    wide, tall = np.maximum(high - low, 1e-9)
    squash = max(np.cos(np.radians((low[1] + high[1]) / 2)), 0.1)
    wanted = min(max(len(rings.xy) / vertices_per_cell, 1.0), MOST_CELLS / 2)
    height = min(np.sqrt(wide * squash * tall / wanted), HIGHEST_CELL_DEG)
    height = max(height, tall / 16_000, 1e-7)
    width = max(height / squash, wide / 16_000)
    columns, rows = int(wide / width) + 3, int(tall / height) + 3
    return (
        float(low[0] - width), float(low[1] - height), float(width), float(height),
        columns, rows,
    )  # fmt: skip


_Walk: TypeAlias = "tuple[Integers, Integers, Integers]"


def _walks(
    rings: Rings, frame: tuple[float, float, float, float, int, int], threads: int
) -> list[_Walk]:
    """Walk along all rings, as many threads side by side, each along some of them."""
    shares = np.arange(threads + 1) * len(rings.xy) / threads
    cuts = np.searchsorted(rings.ring[:-1], shares)
    spans = [
        (int(first), int(end)) for first, end in itertools.pairwise(cuts) if first < end
    ]

    def along(span: tuple[int, int]) -> _Walk:
        found: _Walk = walk(rings.xy, rings.ring, rings.side, frame, span)
        return found

    if len(spans) < 2:  # noqa: PLR2004
        return [along((0, len(rings.side)))]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(along, spans))


def _by_cell(walks: list[_Walk], cells: int) -> tuple[Integers, Integers]:
    """Return where the runs of each cell begin, and the runs in that order."""
    start = np.zeros(cells + 1, dtype=np.int64)
    for cell, _, _ in walks:
        count(start, cell)
    start = np.cumsum(start)
    runs = np.empty((int(start[-1]), 3), dtype=np.int64)
    at = start[:-1].copy()
    for cell, some, _ in walks:
        put(at, cell, some, runs)
    return start, runs


def _covers(
    crossings: Integers, owner: Integers, columns: int, rows: int
) -> tuple[Integers, Integers]:
    """Return the zones above the upper left corner of every cell."""
    zone = owner[crossings[:, 2]]
    order = np.arange(len(crossings))
    for key, size in (
        (crossings[:, 1], columns + 1),
        (zone, int(owner.max(initial=0)) + 1),
        (crossings[:, 0], rows),
    ):
        order = order[counting_sort(key[order], size)[1]]
    start, covers = spread(crossings[order], zone[order], columns, rows * columns)
    return start, covers
