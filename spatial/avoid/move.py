"""Moves: where could a site go as it is, and which is the least move.

A search proposes, the judge disposes. Rays leave the site in 36 directions; on each the
first place is found where the site keeps off the ground that is not allowed. About the
best ones the search is repeated every degree. Every proposal is then judged as a site.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure import GEOD
from spatial.measure.ellipsoid import metres_per_degree

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from spatial.measure.ellipsoid import Floats, Shapes

DIRECTIONS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
STEP_M = 20.0
_RAYS = 36
_BEST = 3
_FINE_DEG = 1.0
_HALVINGS = 12
_ROOM_M = 0.05
"""What a place is moved on beyond the first that is free: more than rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """Places that seem free, the nearest first.

    Attributes
    ----------
    shapes
        (n,) the site moved.
    distance_m, azimuth_deg
        (n,) geodesic, of the middle of its box.
    """

    shapes: Shapes
    distance_m: Floats
    azimuth_deg: Floats


def proposals(
    site: BaseGeometry, kept_off: BaseGeometry, *, within_m: float
) -> Proposals:
    """Return places for a site where it keeps off some ground.

    Parameters
    ----------
    site
        Polygon in EPSG:4490.
    kept_off
        (Multi)polygon; within `within_m` of the site it must be complete.
    within_m
        How far is searched.

    Returns
    -------
    Proposals
        At most one a direction; in the same order for the same input. A gap on a ray
        that is passed in less than `STEP_M` may be missed: what is found may not be
        the least, but it is free.
    """
    shapely.prepare(kept_off)
    coarse = np.arange(_RAYS) * 360.0 / _RAYS
    away = _first_free(site, kept_off, coarse, within_m)
    best = coarse[np.argsort(away, kind="stable")[:_BEST]]
    around = np.arange(1.0, 360.0 / _RAYS, _FINE_DEG)
    fine = np.unique(np.concatenate([best[:, None] + around, best[:, None] - around]))
    fine %= 360.0
    azimuth = np.concatenate([coarse, fine])
    away = np.concatenate([away, _first_free(site, kept_off, fine, within_m)])
    order = np.lexsort((azimuth, away))
    order = order[np.isfinite(away[order])]
    return Proposals(
        moved(site, azimuth[order], away[order]), away[order], azimuth[order]
    )


def moved(site: BaseGeometry, azimuth_deg: Floats, distance_m: Floats) -> Shapes:
    """Return a site moved by geodesics, keeping its shape in metres.

    Parameters
    ----------
    site
        In EPSG:4490.
    azimuth_deg, distance_m
        (n,) of the middle of its box.

    Returns
    -------
    ndarray
        (n,) the site at each place; it is not turned.
    """
    count = len(azimuth_deg)
    west, south, east, north = shapely.bounds(site)
    middle = np.array([[(west + east) / 2, (south + north) / 2]])
    lon, lat, _ = GEOD.fwd(
        np.full(count, middle[0, 0]), np.full(count, middle[0, 1]),
        azimuth_deg, distance_m,
    )  # fmt: skip
    there = np.column_stack([lon, lat])
    scale = metres_per_degree(middle[:, 1]) / metres_per_degree(there[:, 1])
    many = shapely.get_num_coordinates(site)
    copies = np.full(count, site, dtype=object)

    def put(xy: Floats) -> Floats:
        at = np.repeat(np.arange(count), many)
        return np.asarray((xy - middle) * scale[at] + there[at])

    return np.asarray(shapely.transform(copies, put), dtype=object)


def direction(azimuth_deg: float) -> str:
    """Return the nearest of the eight winds.

    Examples
    --------
    >>> direction(350.0), direction(47.0)
    ('n', 'ne')
    """
    return DIRECTIONS[round(azimuth_deg / 45.0) % 8]


def _first_free(
    site: BaseGeometry,
    kept_off: BaseGeometry,
    azimuth: Floats,
    within_m: float,
) -> Floats:
    """Return how far along each ray the site is free for the first time; else inf."""
    steps = np.asarray(
        np.arange(1, int(within_m // STEP_M) + 1) * STEP_M, dtype=np.float64
    )
    away = np.full(len(azimuth), np.inf)
    for row, ray in enumerate(azimuth.tolist()):
        places = moved(site, np.full(len(steps), ray), steps)
        free = np.flatnonzero(~shapely.intersects(kept_off, places))
        if len(free):
            away[row] = steps[free[0]]
    found = np.flatnonzero(np.isfinite(away))
    low, high = away[found] - STEP_M, away[found].copy()
    for _ in range(_HALVINGS):
        middle = np.asarray((low + high) / 2, dtype=np.float64)
        blocked = shapely.intersects(kept_off, moved(site, azimuth[found], middle))
        low, high = np.where(blocked, middle, low), np.where(blocked, high, middle)
    away[found] = np.minimum(np.ceil((high + _ROOM_M) * 100) / 100, within_m)
    return away
