"""Lines and points on the border that two zones share.

A line along a zone's border has no length inside the zone, a point on it is not in
its interior: a shared border is no overlap. But where two zones of a kind meet, their
common border lies inside the two together. A road drawn exactly along it would
otherwise slip between both, and "no overlap" would be said of a road in the middle of
a red line.

    ┌───────┬───────┐
    │   A   ┃   B   │     ┃ a road on the common border: inside A and B together,
    │       ┃       │       so it is counted for each of them
    └───────┴───────┘
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.overlap.overlays import POLYGON, dimension, of_dimension, size

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


# Shorter than this is rounding of the overlay where a line meets a corner, not road.
_ROUNDING_M = 1e-6


def with_inner_borders(
    table: pd.DataFrame, sites: gpd.GeoDataFrame, zones: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Count what runs along inner borders for every zone that it borders.

    Parameters
    ----------
    table
        As `spatial.overlap.overlap_table` returns it, by position.
    sites, zones
        The frames it was made from; RangeIndex.

    Returns
    -------
    DataFrame
        The table; in the rows of a line or point on an inner border ``length_m`` and
        ``share_of_site`` hold what lies on it too. Lengths of a line over several
        zones then add up to more than the line: ask the cover for the total.
    """
    shapes = np.asarray(zones.geometry.array, dtype=object)
    geometry = np.asarray(sites.geometry.array, dtype=object)
    length = table["length_m"].to_numpy(copy=True)
    share = table["share_of_site"].to_numpy(copy=True)
    site, zone = table["site"].to_numpy(int), table["zone"].to_numpy(int)
    meets = table["distance_m"].to_numpy() == 0
    meets &= (dimension(geometry)[site] < POLYGON) & (
        dimension(shapes)[zone] == POLYGON
    )
    partly = meets & (share < 1)
    for one in np.flatnonzero(np.bincount(site[partly], minlength=len(sites)) > 1):
        rows = np.flatnonzero(meets & (site == one))
        part = _inside_together(geometry[one], shapes[zone[rows]])
        share[rows] = np.maximum(share[rows], part / size(geometry[[one]])[0])
        length[rows] = np.where(np.isnan(length[rows]), np.nan, part)
    return table.assign(length_m=length, share_of_site=np.minimum(share, 1.0))


def _inside_together(site: shapely.Geometry, zones: np.ndarray) -> np.ndarray:
    """Return how much of a line or of points each zone holds inside the union of all.

    Metres or number of points; what lies on the outer border does not count.
    """
    edge = shapely.boundary(shapely.union_all(zones))
    parts = shapely.intersection(shapely.difference(site, edge), zones)
    wanted = np.full(len(parts), shapely.get_dimensions(site), dtype=np.int64)
    found = size(of_dimension(parts, wanted))
    return np.where(found < _ROUNDING_M, 0.0, found)
