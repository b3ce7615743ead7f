"""A fixed sample of an image: the same windows whatever the tiles and the threads.

The image is laid out in cells. A small image is sampled whole, in at most 24 by 24
cells. Of a larger one each cell gives its middle 40 by 40 pixels; of a very large one
each of 8 by 8 cells gives 64 by 64, so that fewer blocks of the file are decoded. The
sample never exceeds a million pixels however large the image is.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CELLS, FEW_CELLS = 24, 8
SMALLEST_CELL = 32
_MIDDLE, _LARGE_MIDDLE = 40, 64
_WHOLE, _LARGE = 1_200_000, 16_000_000  # pixels
_BLOCK = 256  # files are stored in blocks of this or a multiple of it
_MARGIN = 5  # what is read around a window


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

    def moved(self, down: int, right: int) -> Window:
        """Return the window so many rows and columns further on."""
        return Window(
            self.top + down, self.bottom + down, self.left + right, self.right + right
        )

    def within(self, outer: Window) -> tuple[slice, slice]:
        """Return where this window lies in an array of `outer`."""
        return (
            slice(self.top - outer.top, self.bottom - outer.top),
            slice(self.left - outer.left, self.right - outer.left),
        )


Cells = list[tuple[int, int, Window]]
"""Row of cell, column of cell and window, in reading order."""


def cell_edges(shape: tuple[int, int], axis: int) -> tuple[int, ...]:
    """Return the edges of the cells along one side.

    Examples
    --------
    >>> cell_edges((70, 70), 0)
    (0, 35, 70)
    """
    most = FEW_CELLS if _is_large(shape) else MOST_CELLS
    cells = max(1, min(most, shape[axis] // SMALLEST_CELL))
    return tuple(shape[axis] * i // cells for i in range(cells + 1))


def sample_windows(shape: tuple[int, int]) -> Cells:
    """Return row of cell, column of cell and window, in reading order."""
    whole = is_whole(shape)
    rows, cols = cell_edges(shape, 0), cell_edges(shape, 1)
    out = []
    for i, (top, bottom) in enumerate(itertools.pairwise(rows)):
        for j, (left, right) in enumerate(itertools.pairwise(cols)):
            cell = Window(top, bottom, left, right)
            if not whole:
                rows_of = _middle(top, bottom, large=_is_large(shape))
                cols_of = _middle(left, right, large=_is_large(shape))
                cell = Window(*rows_of, *cols_of)
            out.append((i, j, cell))
    return out


def tiles(shape: tuple[int, int], side: tuple[int, int]) -> list[Window]:
    """Return windows of `side` (rows, columns) that cover an image, in reading order.

    The last of a row and of a column are cut.
    """
    high, wide = side
    return [
        Window(r, min(r + high, shape[0]), c, min(c + wide, shape[1]))
        for r in range(0, shape[0], high)
        for c in range(0, shape[1], wide)
    ]


def middles(
    shape: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middles of the cells along rows and along columns, in pixels.

    Of a very large image, those of the windows that stand for them.
    """
    out = []
    for axis in (0, 1):
        pairs = list(itertools.pairwise(cell_edges(shape, axis)))
        if _is_large(shape):
            pairs = [_middle(*one, large=True) for one in pairs]
        out.append(np.array(pairs, np.float64).mean(axis=1))
    return out[0], out[1]


def is_whole(shape: tuple[int, int]) -> bool:
    """Whether an image is so small that the sample is all of it."""
    return shape[0] * shape[1] <= _WHOLE


def _is_large(shape: tuple[int, int]) -> bool:
    return shape[0] * shape[1] > _LARGE


def _middle(first: int, end: int, *, large: bool) -> tuple[int, int]:
    """Return the middle of a cell along one side; of a large one within one block."""
    half = (_LARGE_MIDDLE if large else _MIDDLE) // 2
    low = (first + end) // 2 - half
    if large and end - first >= 2 * _BLOCK:
        block = low // _BLOCK * _BLOCK
        low = min(max(low, block + _MARGIN), block + _BLOCK - 2 * half - _MARGIN)
    return max(first, low), min(end, low + 2 * half)
