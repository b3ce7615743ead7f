"""How green zones are, from a pair of images that is read by windows.

Only windows that meet a zone are read, and one at a time is in memory.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely

from layers.errors import InputRefusedError
from layers.raster import Window
from spatial.zonal.cover import (
    EndPoints,
    Sums,
    frozen_end_points,
    need_extra,
    on_grid,
    table_of,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from layers.grid import Grid

    Image = NDArray[np.float32]

_WINDOW = (512, 2048)
"""Rows and columns: whole blocks of the usual files."""
_WHOLE = 1_200_000
_ALONG, _SIDE = 12, 80
"""Of a larger image so many windows along each side, so many pixels each: no more than
a million pixels."""
_RED, _NIR = "red", "nir"


class Pair(Protocol):
    """Two images on one grid (`spatial.change.aligned.AlignedPair`)."""

    @property
    def grid(self) -> Grid:
        """The common grid."""

    @property
    def bands(self) -> tuple[str, ...]:
        """Roles that both images have."""

    def only(self, *bands: str) -> Pair:
        """Return the pair with some of its bands."""

    def read(
        self, window: Window | None = None, *, normalised: bool = False
    ) -> tuple[Image, Image, NDArray[np.uint8]]:
        """Return both images, NaN where either is hidden, and the mask."""


def streamed_cover(
    zones: gpd.GeoDataFrame,
    pair: Pair,
    *,
    end_points: EndPoints | None = None,
    normalised: bool = False,
) -> pd.DataFrame:
    """Return what `zonal_cover` returns, from images that are read by windows.

    Parameters
    ----------
    zones
        Polygons in EPSG:4490 with a unique index; counties are zones too.
    pair
        With the bands red and nir.
    end_points
        Of vegetation cover, for both days; `sampled_end_points` of the pair if not
        given.
    normalised
        Whether the later image is first brought to the light of the earlier one.

    Returns
    -------
    DataFrame
        As `zonal_cover`, to some last digits: sums run window by window.

    Raises
    ------
    ExtraMissingError
        exactextract is not installed.
    InputRefusedError
        The grid is turned, or the pair has no band red or nir, or nothing was seen
        of which end points could be taken.
    CrsMismatchError
        The zones are not in EPSG:4490.
    """
    green = _green(pair)
    need_extra(pair.grid)
    ends = end_points or sampled_end_points(pair, normalised=normalised)
    placed = on_grid(zones, pair.grid)
    tree = shapely.STRtree(placed.geometry.to_numpy())
    sums = Sums.none(len(zones))
    for window in _windows(pair.grid):
        part = pair.grid.part(
            window.row, window.column, height=window.height, width=window.width
        )
        near = tree.query(shapely.box(*part.bounds), predicate="intersects")
        if not len(near):
            continue
        one, two = _ndvi(green, window, normalised=normalised)
        sums = sums.plus(placed.iloc[np.sort(near)], part, (one, two), ends)
    return table_of(zones, placed, pair.grid, sums)


def sampled_end_points(pair: Pair, *, normalised: bool = False) -> EndPoints:
    """Return end points from the earlier image, to be kept for all others.

    Parameters
    ----------
    pair
        With the bands red and nir. A small one is looked at whole; of a larger one
        12 by 12 windows of 80 by 80 pixels, evenly spread.
    normalised
        As for `streamed_cover`; it does not alter the earlier image.

    Raises
    ------
    InputRefusedError
        The pair has no band red or nir, nothing is seen on both days, or it is all
        alike.
    """
    green = _green(pair)
    rows, columns = pair.grid.shape
    if rows * columns <= _WHOLE:
        windows = [Window(0, 0, rows, columns)]
    else:
        along = (_starts(rows), _starts(columns))
        windows = [
            Window(row, column, min(_SIDE, rows), min(_SIDE, columns))
            for row, column in product(*along)
        ]
    parts = [_ndvi(green, one, normalised=normalised)[0].ravel() for one in windows]
    return frozen_end_points(np.concatenate(parts))


def _starts(whole: int) -> list[int]:
    """Return where windows of the sample begin along one side."""
    last = max(0, whole - _SIDE)
    return sorted({int(one) for one in np.linspace(0, last, _ALONG)})


def _windows(grid: Grid) -> list[Window]:
    """Return windows that cover a grid, in reading order."""
    high, wide = _WINDOW
    return [
        Window(
            row, column, min(high, grid.height - row), min(wide, grid.width - column)
        )
        for row in range(0, grid.height, high)
        for column in range(0, grid.width, wide)
    ]


def _green(pair: Pair) -> Pair:
    """Return the two bands that NDVI is made of."""
    if not {_RED, _NIR} <= set(pair.bands):
        raise InputRefusedError(
            source="pair",
            expected="the bands red and nir in both images",
            got=", ".join(pair.bands) or "none",
            todo="name the bands when the images are opened",
        )
    return pair.only(_RED, _NIR)


def _ndvi(
    green: Pair, window: Window, *, normalised: bool
) -> tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
    """Return NDVI before and after; NaN where hidden, or where the sum is 0."""
    before, after, _ = green.read(window, normalised=normalised)
    out = []
    for red, nir in (before, after):
        total = np.where(nir + red == 0, np.float32(np.nan), nir + red)
        out.append((nir - red) / total)
    return out[0], out[1]
