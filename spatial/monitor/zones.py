"""Zones and counties: how much of each was seen, how green it was, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.errors import InputRefusedError
from layers.raster import CLEAR
from spatial.measure import area_m2
from spatial.zonal import EndPoints, frozen_end_points, zonal_change, zonal_cover

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from spatial.change.aligned import AlignedPair

COVER = (
    *("observed_m2", "observed_share", "ndvi_before", "ndvi_after", "ndvi_change"),
    *("fvc_before", "fvc_after", "fvc_change"),
)


def zone_table(
    zones: gpd.GeoDataFrame, aligned: AlignedPair | None, patches: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return what the images say of each zone.

    Parameters
    ----------
    zones
        Polygons in EPSG:4490; ``kind``, ``layer``, ``zone_id``, ``zone_name``.
    aligned
        The pair; None where it was refused: then nothing was observed.
    patches
        As of `spatial.change.patches.patches`.

    Returns
    -------
    GeoDataFrame
        The rows of `zones`, with ``area_m2`` and the columns of
        `spatial.zonal.zonal_cover` and `spatial.zonal.zonal_change`. NDVI and FVC are
        NaN where the images lack red or near infrared; what was observed is known
        all the same.
    """
    out = zones.copy()
    out["area_m2"] = area_m2(np.asarray(zones.geometry.array, dtype=object))
    cover = _cover(zones, aligned) if len(zones) else None
    for name in COVER:
        empty = 0.0 if name.startswith("observed") else np.nan
        out[name] = empty if cover is None else cover[name]
    changed = zonal_change(zones, patches)
    for name in changed.columns:
        out[name] = changed[name]
    return out


def _cover(zones: gpd.GeoDataFrame, aligned: AlignedPair | None) -> pd.DataFrame | None:
    """Return what was seen, and the greenness where it can be told."""
    if aligned is None:
        return None
    before, after, codes = aligned.read()
    if {"red", "nir"} <= set(aligned.bands):
        one, two = (_ndvi(image, aligned.bands) for image in (before, after))
        unknown: list[str] = []
    else:
        one = two = np.where(codes == CLEAR, np.float32(0), np.float32(np.nan))
        unknown = [name for name in COVER if not name.startswith("observed")]
    try:
        points = frozen_end_points(one)
    except InputRefusedError:  # all alike: between such end points nothing can be told
        points = EndPoints(0.0, 1.0, "none")
        unknown += [name for name in COVER if name.startswith("fvc")]
    cover = zonal_cover(
        zones, aligned.grid, ndvi_before=one, ndvi_after=two, end_points=points
    )
    cover[unknown] = np.nan
    return cover


def _ndvi(image: NDArray[np.float32], bands: tuple[str, ...]) -> NDArray[np.float32]:
    """Return NDVI, NaN where the pixel was not seen."""
    red, nir = image[bands.index("red")], image[bands.index("nir")]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((nir - red) / (nir + red), dtype=np.float32)
