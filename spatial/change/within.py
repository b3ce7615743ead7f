"""Where zones are: which windows of an image need to be read, and which patches told.

A window is read if it meets a zone. A patch that meets a zone is told whole: while one
goes on beyond what was read, the next windows are read, too. A patch that meets none is
not told, so that the answer does not depend on how the image was cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from layers.raster.frames import mapped
from spatial.change.runs import pixels_of
from spatial.overlap import overlap_table

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.grid import Grid
    from spatial.change.outline import Shapes
    from spatial.change.runs import Bools, Integers, Runs
    from spatial.change.sample import Cells

_CHORD = 0.001
"""Degrees: a chord so long leaves the drawn edge by less than 1 mm."""
_BESIDE = 2.0
"""Pixels around a window in which a zone counts as met: more than rounding."""
FEWEST = 250_000
"""Pixels of the sample, a quarter of it, below which all of it is looked at."""


def on_pixels(zones: gpd.GeoDataFrame, grid: Grid) -> Shapes:
    """Return zones in pixels of a grid: x = column, y = row.

    Raises
    ------
    CrsMismatchError
        The zones are not in EPSG:4490, or the grid stands on another datum.
    """
    overlap_table(zones.iloc[:0], zones.iloc[:0])  # refuses any other frame
    shapes = np.asarray(zones.geometry.array, dtype=object)
    degrees = pyproj.CRS.from_epsg(4490)

    def moved(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = mapped(lonlat[:, 0], lonlat[:, 1], degrees, grid.crs)
        return np.column_stack(grid.pixels(x, y))

    dense = shapely.segmentize(shapes, _CHORD)
    return np.asarray(shapely.transform(dense, moved), dtype=object)


def met(shapes: Shapes, rows: Integers, columns: Integers) -> Bools:
    """Say which windows between given edges come near to a zone.

    Parameters
    ----------
    shapes
        Zones in pixels.
    rows, columns
        Edges of the windows, ascending.

    Returns
    -------
    ndarray of bool
        (rows - 1, columns - 1).
    """
    out = np.zeros((len(rows) - 1, len(columns) - 1), dtype=bool)
    shapely.prepare(shapes)
    for shape in shapes:
        box = shapely.bounds(shape)
        if np.isnan(box).any():
            continue
        left, right = _between(columns, box[0], box[2])
        top, bottom = _between(rows, box[1], box[3])
        i, j = (one.ravel() for one in np.mgrid[top:bottom, left:right])
        boxes = shapely.box(
            columns[j] - _BESIDE,
            rows[i] - _BESIDE,
            columns[j + 1] + _BESIDE,
            rows[i + 1] + _BESIDE,
        )
        out[i, j] |= shapely.intersects(shape, boxes)
    return out


def _between(edges: Integers, low: float, high: float) -> tuple[int, int]:
    """Return the first window and the one after the last that a stretch may meet."""
    first = np.searchsorted(edges[1:], low - _BESIDE)
    end = np.searchsorted(edges[:-1], high + _BESIDE, side="right")
    return int(first), int(max(end, first))


def sample_among(shapes: Shapes, cells: Cells) -> Cells:
    """Return the windows of a sample that come near to zones; all if they are few."""
    windows = [window for *_, window in cells]
    boxes = shapely.box(
        [one.left - _BESIDE for one in windows],
        [one.top - _BESIDE for one in windows],
        [one.right + _BESIDE for one in windows],
        [one.bottom + _BESIDE for one in windows],
    )
    near = np.unique(shapely.STRtree(shapes).query(boxes, predicate="intersects")[0])
    chosen = [cells[i] for i in near]
    size = sum(window.shape[0] * window.shape[1] for *_, window in chosen)
    return chosen if size >= FEWEST else cells


def meeting(shapes: Shapes, zones: gpd.GeoDataFrame) -> Bools:
    """Say which outlines meet a zone, be it in a point."""
    out = np.zeros(len(shapes), dtype=bool)
    tree = shapely.STRtree(np.asarray(zones.geometry.array, dtype=object))
    out[tree.query(shapes, predicate="intersects")[0]] = True
    return out


def going_on(
    runs: Runs, read: Bools, edges: tuple[Integers, Integers], shape: tuple[int, int]
) -> Bools:
    """Return the windows, not yet read, that patches touch.

    Parameters
    ----------
    runs
        Of the patches.
    read
        The windows that were read, (rows, columns) of windows.
    edges
        Of the windows, along rows and along columns.
    shape
        Rows and columns of the image.
    """
    row, column, _ = pixels_of(runs)
    out = np.zeros_like(read)
    for down in (-1, 0, 1):
        i = np.searchsorted(edges[0], np.clip(row + down, 0, shape[0] - 1), "right") - 1
        for right in (-1, 0, 1):
            at = np.clip(column + right, 0, shape[1] - 1)
            out[i, np.searchsorted(edges[1], at, "right") - 1] = True
    return np.asarray(out & ~read)
