"""The grid of detail tiles over a map's window: sheets, their cells, cells near sites.

    window = side x side sheets; a sheet = 8 x 8 cells

A sheet is what a browser unpacks at once, a cell the smallest place that has detail or
has none. Both are plain boxes of longitude and latitude and tile the window exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spatial.report.drawing import METRES_PER_DEGREE

if TYPE_CHECKING:
    from spatial.report.drawing import Bounds

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Ints = np.ndarray[Any, np.dtype[np.int64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]
    Cells = np.ndarray[Any, np.dtype[np.bool_]]

CELLS = 8
"""Cells along the side of a sheet."""
LARGEST_CELL = 1 / 32
"""Degrees: some 3 km, as wide as what is shown around a small site."""
FLOWN_LEAST, FLOWN_TIMES = 0.01, 2.0
"""What `flyTo` of ``report.js`` shows around a site: degrees at least, or so many times
its size."""
SEEN_MORE = 1.9
"""A view is up to 1.19 times as large (levels stand a quarter apart), and the page
draws 0.3 of it on each side beyond."""
WIDEST = 2.4
"""A map is at most so many times as wide as high."""


@dataclass(frozen=True, slots=True)
class TileGrid:
    """Sheets and cells over a window.

    Attributes
    ----------
    window
        (min_lon, min_lat, max_lon, max_lat), EPSG:4490.
    side
        Sheets along each side, a power of two; column 0 is west, row 0 is south.
    """

    window: Bounds
    side: int

    @classmethod
    def over(cls, window: Bounds) -> TileGrid:
        """Return the coarsest grid whose cells are not above `LARGEST_CELL`.

        Examples
        --------
        >>> TileGrid.over((107.0, 40.0, 108.0, 41.0)).side
        4
        """
        longest = max(window[2] - window[0], window[3] - window[1])
        cells = longest / LARGEST_CELL / CELLS
        return cls(window, 2 ** max(0, math.ceil(math.log2(cells))))

    @property
    def sheet_m(self) -> float:
        """About how long the longer side of a sheet is, metres along a meridian."""
        west, south, east, north = self.window
        return max(east - west, north - south) / self.side * METRES_PER_DEGREE

    def lines(self, axis: int, count: int) -> Floats:
        """Return where `count` equal strips of the window begin and end.

        Parameters
        ----------
        axis
            0 for longitudes, 1 for latitudes.
        count
            A power of two, so that a line is the same number at every level.

        Returns
        -------
        numpy.ndarray
            (count + 1,), degrees, ascending.
        """
        low, high = self.window[axis], self.window[axis + 2]
        return low + (high - low) * (np.arange(count + 1) / count)

    def near(self, boxes: Floats, latitude: float) -> Cells:
        """Return the cells that a reader sees who has flown to a site.

        Parameters
        ----------
        boxes
            (n, 4) bounds of sites: min_lon, min_lat, max_lon, max_lat, degrees.
        latitude
            Whose scale the map keeps, degrees.

        Returns
        -------
        numpy.ndarray
            (rows, columns) of cells, True near a site. What lies beyond the window
            has no cell.
        """
        many = self.side * CELLS
        low, high = boxes[:, :2], boxes[:, 2:]
        size = (high - low).max(axis=1)
        seen = SEEN_MORE * (size / 2 + np.maximum(FLOWN_TIMES * size, FLOWN_LEAST))
        wide = WIDEST / math.cos(math.radians(latitude))
        reach = seen[:, None] * np.array([wide, 1.0])
        middle = (low + high) / 2
        first = np.clip(self._cell_of(middle - reach), 0, many)
        last = np.clip(self._cell_of(middle + reach) + 1, 0, many)
        # each rectangle of cells adds one at its corner and takes it back beyond
        change = np.zeros((many + 1, many + 1), dtype=np.int64)
        np.add.at(change, (first[:, 1], first[:, 0]), 1)
        np.add.at(change, (last[:, 1], last[:, 0]), 1)
        np.add.at(change, (first[:, 1], last[:, 0]), -1)
        np.add.at(change, (last[:, 1], first[:, 0]), -1)
        found: Cells = change.cumsum(axis=0).cumsum(axis=1)[:many, :many] > 0
        return found

    def meet(self, boxes: Floats, cells: Cells) -> Flags:
        """Return which boxes have a cell that is True, (n,).

        Parameters
        ----------
        boxes
            (n, 4) min_lon, min_lat, max_lon, max_lat, degrees.
        cells
            (rows, columns).
        """
        many = self.side * CELLS
        first = np.clip(self._cell_of(boxes[:, :2]), 0, many - 1)
        last = np.clip(self._cell_of(boxes[:, 2:]), 0, many - 1) + 1
        before = np.zeros((many + 1, many + 1), dtype=np.int64)
        before[1:, 1:] = cells.cumsum(axis=0).cumsum(axis=1)
        found: Flags = (
            before[last[:, 1], last[:, 0]]
            - before[first[:, 1], last[:, 0]]
            - before[last[:, 1], first[:, 0]]
            + before[first[:, 1], first[:, 0]]
        ) > 0
        return found

    def inside(self, xy: Floats, cells: Cells) -> Flags:
        """Return which points lie in a cell that is True, (n,); `xy` is (n, 2)."""
        at = self._cell_of(xy)
        found: Flags = np.logical_and.reduce((at >= 0) & (at < len(cells)), axis=1)
        found[found] = cells[at[found, 1], at[found, 0]]
        return found

    def _cell_of(self, xy: Floats) -> Ints:
        """Return column and row of points, (n, 2), beyond the window too."""
        low, high = np.array(self.window[:2]), np.array(self.window[2:])
        share = (xy - low) / (high - low) * (self.side * CELLS)
        found: Ints = np.floor(share).astype(np.int64)
        return found

    def every(self) -> Cells:
        """Return all cells, (rows, columns), True."""
        return np.ones((self.side * CELLS, self.side * CELLS), dtype=bool)


def coarser(cells: Cells, side: int) -> Cells:
    """Return which of `side` x `side` blocks hold a cell that is True.

    Examples
    --------
    >>> coarser(np.eye(4, dtype=bool), 2).tolist()
    [[True, False], [False, True]]
    """
    step = len(cells) // side
    blocks = cells.reshape(side, step, side, step)
    found: Cells = np.logical_or.reduce(blocks, axis=(1, 3))
    return found
