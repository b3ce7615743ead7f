"""A fixed sample of an image: the same windows whatever the tiles and the threads.

The image is laid out in cells, at most 24 by 24. A small image is sampled whole; of a
large one each cell gives its middle 40 by 40 pixels, so the sample never exceeds a
million pixels however large the image is.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

MOST_CELLS = 24
SMALLEST_CELL = 32
_MIDDLE = 40
_WHOLE = 1_200_000


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Rows and columns from a first one to before a last one."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.bottom - self.top, self.right - self.left

    def widened(self, halo: int, shape: tuple[int, int]) -> Window:
        """Return the window with a margin, as far as the image reaches."""
        return Window(
            max(0, self.top - halo),
            min(shape[0], self.bottom + halo),
            max(0, self.left - halo),
            min(shape[1], self.right + halo),
        )

    def within(self, outer: Window) -> tuple[slice, slice]:
        """Return where this window lies in an array of `outer`."""
        return (
            slice(self.top - outer.top, self.bottom - outer.top),
            slice(self.left - outer.left, self.right - outer.left),
        )


def cell_edges(length: int) -> tuple[int, ...]:
    """Return the edges of the cells along one side.

    Examples
    --------
    >>> cell_edges(70)
    (0, 35, 70)
    """
    cells = max(1, min(MOST_CELLS, length // SMALLEST_CELL))
    return tuple(length * i // cells for i in range(cells + 1))


def sample_windows(shape: tuple[int, int]) -> list[tuple[int, int, Window]]:
    """Return row of cell, column of cell and window, in reading order."""
    whole = shape[0] * shape[1] <= _WHOLE
    rows, cols = cell_edges(shape[0]), cell_edges(shape[1])
    out = []
    for i, (top, bottom) in enumerate(itertools.pairwise(rows)):
        for j, (left, right) in enumerate(itertools.pairwise(cols)):
            cell = Window(top, bottom, left, right)
            out.append((i, j, cell if whole else _middle(cell)))
    return out


def tiles(shape: tuple[int, int], side: int) -> list[Window]:
    """Return windows of `side` pixels that cover an image, in reading order."""
    return [
        Window(r, min(r + side, shape[0]), c, min(c + side, shape[1]))
        for r in range(0, shape[0], side)
        for c in range(0, shape[1], side)
    ]


def middles(length: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the middle of each cell along one side, in pixels."""
    edges = np.array(cell_edges(length), np.float64)
    return np.asarray((edges[1:] + edges[:-1]) / 2)


def _middle(cell: Window) -> Window:
    top, left = (cell.top + cell.bottom) // 2, (cell.left + cell.right) // 2
    half = _MIDDLE // 2
    return Window(
        max(cell.top, top - half),
        min(cell.bottom, top + half),
        max(cell.left, left - half),
        min(cell.right, left + half),
    )
