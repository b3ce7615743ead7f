"""Where the pixels of a raster lie: reference system, affine transform, size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from affine import Affine
    from numpy.typing import ArrayLike, NDArray
    from pyproj import CRS


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid of pixels on the ground.

    Attributes
    ----------
    crs
        Reference system of `transform`.
    transform
        x = a * column + b * row + c and y = d * column + e * row + f, in the units of
        `crs`; columns and rows count from 0 at the outer corner of the first pixel, so
        the middle of that pixel is (0.5, 0.5).
    width, height
        Columns and rows.
    """

    crs: CRS
    transform: Affine
    width: int
    height: int

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns), as of an array on this grid."""
        return self.height, self.width

    @property
    def resolution(self) -> tuple[float, float]:
        """Width and height of a pixel in the units of `crs`, both positive."""
        a, b, _, d, e, _ = tuple(self.transform)[:6]
        return float(np.hypot(a, d)), float(np.hypot(b, e))

    @property
    def is_rotated(self) -> bool:
        """Whether rows do not run west to east, or columns not north to south."""
        a, b, _, d, e, _ = tuple(self.transform)[:6]
        return bool(b or d or a <= 0 or e >= 0)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(min_x, min_y, max_x, max_y) of the four outer corners."""
        wide, high = self.width, self.height
        x, y = self.xy([0, wide, wide, 0], [0, 0, high, high])
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def xy(
        self, columns: ArrayLike, rows: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x and y of places on the grid; a corner is whole, a middle is .5.

        The same formula as of `affine`, on arrays, and under every version of it.
        """
        i, j = np.asarray(columns, dtype=float), np.asarray(rows, dtype=float)
        a, b, c, d, e, f = tuple(self.transform)[:6]
        return a * i + b * j + c, d * i + e * j + f

    def pixels(
        self, x: ArrayLike, y: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return columns and rows, with fractions, of places on the ground."""
        a, b, c, d, e, f = tuple(self.transform)[:6]
        size = a * e - b * d
        dx, dy = np.asarray(x, dtype=float) - c, np.asarray(y, dtype=float) - f
        return (e * dx - b * dy) / size, (a * dy - d * dx) / size

    def part(self, row: int, column: int, *, height: int, width: int) -> Grid:
        """Return the grid of a window of this one, which may reach beyond it.

        Parameters
        ----------
        row, column
            First row and first column of the window.
        height, width
            Its rows and columns.
        """
        a, b, _, d, e, _ = tuple(self.transform)[:6]
        x, y = self.xy(column, row)
        moved = type(self.transform)(a, b, float(x), d, e, float(y))
        return Grid(self.crs, moved, width, height)
