"""Where on the earth a column of raw geometries lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.misfit import misfits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.crs import Settled

    Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Extent:
    """Where features lie, in degrees, EPSG:4490.

    Attributes
    ----------
    box
        (min_lon, min_lat, max_lon, max_lat) of those that can lie where their
        reference system puts them; None when there is none.
    middles
        (n, 2) middle of each of them.
    misfits
        How many have coordinates that cannot lie there, or that are not finite.
    """

    box: tuple[float, float, float, float] | None = None
    middles: Points = field(default_factory=lambda: np.empty((0, 2)))
    misfits: int = 0


def extent_of(geometry: NDArray[np.object_], settled: Settled) -> Extent:
    """Return where features lie; missing and empty geometries do not count."""
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    if not there.any():
        return Extent()
    raw = shapely.bounds(geometry[there])
    with np.errstate(invalid="ignore"):
        bounds, middles = placed(raw, settled)
    right = np.isfinite(bounds).all(axis=1) & ~misfits(bounds, settled)
    if not right.any():
        return Extent(misfits=len(raw))
    raw = raw[right]
    low, high = raw[:, :2].min(axis=0), raw[:, 2:].max(axis=0)
    box = settled.box_of((*low.tolist(), *high.tolist()))
    if not np.isfinite(box).all():  # a corner of the whole that no feature reaches
        kept = bounds[right]
        box = (*kept[:, :2].min(axis=0).tolist(), *kept[:, 2:].max(axis=0).tolist())
    return Extent(box, middles[right], int((~right).sum()))


def placed(raw: Points, settled: Settled) -> tuple[Points, Points]:
    """Return the boxes of degrees of raw boxes, by their corners, and their middles."""
    west, south, east, north = raw.T
    x = np.column_stack([west, west, east, east, (west + east) / 2])
    y = np.column_stack([south, north, south, north, (south + north) / 2])
    if settled.transformer is not None:
        lon, lat = settled.transformer.transform(
            x.ravel() * settled.unit, y.ravel() * settled.unit
        )
        x, y = np.reshape(lon, x.shape), np.reshape(lat, y.shape)
    bounds = np.column_stack(
        [x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1)]
    )
    return bounds, np.column_stack([x[:, 4], y[:, 4]])
