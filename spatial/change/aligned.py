"""Two images on one grid, by a stated rule, read by window.

The grid is that of the image with the larger pixels, since no detail is invented; where
both are alike, that of the earlier one. It is cut to whole pixels that both images, and
the asked area, cover.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj

from layers.grid import Grid
from layers.raster import CLEAR, Storage, Window
from layers.raster.frames import mapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from layers.raster import RasterLayer

ROLES = (
    *("blue", "green", "red", "rededge1", "rededge2", "rededge3"),
    *("nir", "nir_narrow", "swir1", "swir2"),
)
"""Bands that tell the ground; the others tell the air."""
CLOSE = 1e-6
STEPS = 64
"""Points on each side of a border when it is carried into another system."""

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class AlignedPair:
    """Two images on one grid.

    Attributes
    ----------
    before, after
        The images.
    grid
        The common grid.
    bands
        Roles that both have, by wavelength.
    shift_px
        (columns, rows) that are taken out of the second image by reading it so much
        further right and down.
    lines
        By role (gain, bias): after = gain x before + bias where nothing changed. {}
        where that is not known.
    """

    before: RasterLayer
    after: RasterLayer
    grid: Grid
    bands: tuple[str, ...]
    shift_px: tuple[float, float] = (0.0, 0.0)
    lines: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def read(
        self,
        window: Window | None = None,
        *,
        normalised: bool = False,
        out: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint8]]:
        """Return both images and their common mask.

        Parameters
        ----------
        window
            Part of `grid`; None is the whole.
        normalised
            Whether the second image is brought to the light of the first by `lines`.
        out
            Where both images are written; None is anew.

        Returns
        -------
        before, after
            float32 (bands, rows, columns), in the order of `bands`, NaN where the mask
            is not 0.
        mask
            uint8 (rows, columns), codes of `layers.raster.CODES`: the first image's,
            where that is clear the second's.
        """
        part = Window(0, 0, *self.grid.shape) if window is None else window
        one, two = (None, None) if out is None else out
        first, codes = self.before.read(part, self.bands, self.grid, out=one)
        second, others = self.after.read(part, self.bands, self.shifted_grid(), out=two)
        np.copyto(codes, others, where=codes == CLEAR)
        if normalised:
            for number, role in enumerate(self.bands):
                gain, bias = self.lines.get(role, (1.0, 0.0))
                second[number] = (second[number] - np.float32(bias)) / np.float32(gain)
        hidden = codes != CLEAR
        if hidden.any():
            for values in (first, second):
                values[:, hidden] = np.nan
        return first, second, codes

    def storages(self) -> tuple[Storage, Storage]:
        """Return how `read_stored` hands on both images: in one kind of number."""
        found = (
            self.before.storage(self.bands, self.grid),
            self.after.storage(self.bands, self.shifted_grid()),
        )
        if found[0].dtype == found[1].dtype:
            return found
        return Storage.of_values(len(self.bands)), Storage.of_values(len(self.bands))

    def read_stored(
        self,
        window: Window,
        storages: tuple[Storage, Storage],
        out: tuple[NDArray[Any], NDArray[Any]],
    ) -> NDArray[np.uint8]:
        """Write both images as they are stored, and return their common mask.

        Parameters
        ----------
        window
            Part of `grid`.
        storages
            Those of `storages`.
        out
            Both (bands, rows, columns), see `RasterLayer.read_stored`.

        Returns
        -------
        ndarray of uint8
            (rows, columns), as of `read`.
        """
        codes = self.before.read_stored(
            window, self.bands, self.grid, storage=storages[0], out=out[0]
        )
        others = self.after.read_stored(
            window, self.bands, self.shifted_grid(), storage=storages[1], out=out[1]
        )
        np.copyto(codes, others, where=codes == CLEAR)
        return codes

    def only(self, *bands: str) -> AlignedPair:
        """Return the pair with some of its bands, in the given order: less to read."""
        return replace(self, bands=bands)

    def shifted_grid(self) -> Grid:
        """Return the grid at which the second image shows what the first shows."""
        columns, rows = self.shift_px
        if not columns and not rows:
            return self.grid
        a, b, _, d, e, _ = tuple(self.grid.transform)[:6]
        x, y = self.grid.xy(columns, rows)
        moved = type(self.grid.transform)(a, b, float(x), d, e, float(y))
        return Grid(self.grid.crs, moved, self.grid.width, self.grid.height)


def common_grid(
    before: RasterLayer, after: RasterLayer, area: Bounds | None
) -> Grid | None:
    """Return the grid of a pair, or None where the two share no pixel.

    Parameters
    ----------
    before, after
        The images.
    area
        (min_lon, min_lat, max_lon, max_lat) in EPSG:4490; None is all.

    Raises
    ------
    CrsMismatchError
        The images, or the area and the images, stand on different datums.
    """
    first, second = before.grid, after.grid
    grid = second if _size(second, first) > _size(first, first) * (1 + CLOSE) else first
    boxes = [_pixels(one, grid) for one in (first, second)]
    if area is not None:
        degrees = pyproj.CRS.from_epsg(4490)
        left, top, right, bottom = _box(grid, *_border(area), degrees)
        boxes.append((np.floor(left), np.floor(top), np.ceil(right), np.ceil(bottom)))
    left, top = (max(box[k] for box in boxes) for k in (0, 1))
    right, bottom = (min(box[k] for box in boxes) for k in (2, 3))
    column, row = int(np.ceil(left - CLOSE)), int(np.ceil(top - CLOSE))
    width, height = (
        int(np.floor(right + CLOSE)) - column,
        int(np.floor(bottom + CLOSE)) - row,
    )
    if width < 1 or height < 1:
        return None
    return grid.part(row, column, height=height, width=width)


def _pixels(given: Grid, grid: Grid) -> Bounds:
    """Return the box of a grid in the pixels of another; its corners may stay empty."""
    i, j = _border((0, 0, given.width, given.height))
    return _box(grid, *given.xy(i, j), given.crs)


def _box(
    grid: Grid, x: NDArray[np.float64], y: NDArray[np.float64], crs: pyproj.CRS
) -> Bounds:
    """Return columns and rows, from the left top, of the box in a border."""
    column, row = grid.pixels(*mapped(x, y, crs, grid.crs))
    return (
        float(column.min()), float(row.min()), float(column.max()), float(row.max()),
    )  # fmt: skip


def _border(box: Bounds) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points along a box."""
    left, low, right, high = box
    across, along = np.linspace(left, right, STEPS), np.linspace(low, high, STEPS)
    x = np.concatenate([across, across, np.full(STEPS, left), np.full(STEPS, right)])
    y = np.concatenate([np.full(STEPS, low), np.full(STEPS, high), along, along])
    return x, y


def _size(grid: Grid, unit: Grid) -> float:
    """Return the side of a pixel in the units of another grid, in its middle."""
    i, j = grid.width / 2, grid.height / 2
    x, y = mapped(*grid.xy([i, i + 1, i], [j, j, j + 1]), grid.crs, unit.crs)
    across = np.hypot(x[1] - x[0], y[1] - y[0])
    return float(np.sqrt(across * np.hypot(x[2] - x[0], y[2] - y[0])))
