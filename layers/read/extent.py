"""Where on the earth a column of raw geometries lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.misfit import misfits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.crs import Settled


def lonlat_of(
    geometry: NDArray[np.object_], settled: Settled
) -> tuple[float, float, float, float] | None:
    """Return the box of degrees that holds all geometries.

    Returns
    -------
    tuple or None
        (min_lon, min_lat, max_lon, max_lat), EPSG:4490. None when there is nothing,
        or when the box cannot lie where the reference system puts it.
    """
    if not len(geometry):
        return None
    box = shapely.total_bounds(geometry)
    if not np.isfinite(box).all():
        return None
    if settled.transformer is not None:
        box = np.array(settled.transformer.transform_bounds(*box.tolist()))
    if not np.isfinite(box).all() or misfits(box[None, :], settled)[0]:
        return None
    west, south, east, north = box.tolist()
    return west, south, east, north
