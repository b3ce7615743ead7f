"""Zones and counties: how much of each was seen, how green it was, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from layers.errors import InputRefusedError
from layers.raster import CLEAR
from spatial.measure import area_m2
from spatial.zonal import (
    EndPoints,
    sampled_end_points,
    streamed_cover,
    zonal_change,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from layers.grid import Grid
    from layers.raster import Window
    from spatial.change.aligned import AlignedPair

    Image = NDArray[np.float32]

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
    pair: AlignedPair | Seen = aligned
    points = EndPoints(0.0, 1.0, "none")
    unknown: tuple[str, ...] = ("ndvi", "fvc")
    if {"red", "nir"} <= set(aligned.bands):
        try:
            points, unknown = sampled_end_points(aligned, normalised=True), ()
        except InputRefusedError:  # all alike: between such end points is nothing
            unknown = ("fvc",)
    else:
        pair = Seen(aligned)
    cover = streamed_cover(zones, pair, end_points=points, normalised=True)
    cover[[name for name in COVER if name.startswith(unknown)]] = np.nan
    return cover


@dataclass(frozen=True, slots=True)
class Seen:
    """A pair without red or infrared, of which only what was seen can be told."""

    aligned: AlignedPair

    @property
    def grid(self) -> Grid:
        """The common grid."""
        return self.aligned.grid

    @property
    def bands(self) -> tuple[str, ...]:
        """What stands in for the bands that are not there."""
        return ("red", "nir")

    def only(self, *bands: str) -> Seen:
        """Return itself."""
        del bands
        return self

    def read(
        self, window: Window | None = None, *, normalised: bool = False
    ) -> tuple[Image, Image, NDArray[np.uint8]]:
        """Return a constant where both images show the ground, NaN elsewhere."""
        del normalised
        _, _, codes = self.aligned.only(self.aligned.bands[0]).read(window)
        one = np.where(codes == CLEAR, np.float32(0.5), np.float32(np.nan))
        both = np.broadcast_to(one, (2, *one.shape))
        return both, both, codes
