"""How much of each site lies in each unit, in figures that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure import area_m2, largest_remainder
from spatial.units.model import KIND

if TYPE_CHECKING:
    import pandas as pd

    from spatial.shelf import Shelf

M2_PER_HA = 10_000.0
M2_PER_MU = 2000.0 / 3.0  # 1 mu = 2000/3 m2, the legal definition
M2_DECIMALS, HA_DECIMALS, MU_DECIMALS = 2, 4, 2
_TILES = 1e-9


@dataclass(frozen=True, slots=True)
class Shares:
    """Pairs of site and unit that overlap, with their areas in three units.

    Attributes
    ----------
    pairs
        Rows of ``shelf.pairs("control_unit")`` that overlap (slivers too), under
        their index, with ``area_ha`` and ``area_mu`` (NaN for lines and points).
    cover
        ``shelf.cover`` by all units, one row a site.
    overlap
        (n,) whether the units overlap each other within the site.
    """

    pairs: pd.DataFrame
    cover: pd.DataFrame
    overlap: np.ndarray


def shares(shelf: Shelf) -> Shares:
    """Return what each site has of each unit.

    Returns
    -------
    Shares
        Where the units tile a polygon, ``area_m2`` with 2 decimals, ``area_ha`` with
        4 and ``area_mu`` with 2 add up to the site's area printed so.
    """
    found = shelf.pairs(KIND)
    pairs = found[found["interior"] | found["sliver"]]
    every = np.ones(len(shelf.zones(KIND)), dtype=bool)
    cover = shelf.cover(KIND, zones=every)
    square = pairs["area_m2"].to_numpy(dtype=float, copy=True)
    ha, mu = square / M2_PER_HA, square / M2_PER_MU
    site = pairs["site"].to_numpy(dtype=int)
    summed = np.bincount(
        site, pairs["share_of_site"].fillna(0.0), minlength=len(shelf.sites)
    )
    geometry = np.asarray(shelf.sites.geometry.array, dtype=object)
    tiled = (shapely.get_dimensions(geometry) == 2) & (np.abs(summed - 1) < _TILES)  # noqa: PLR2004
    sites = np.flatnonzero(tiled)
    total = np.atleast_1d(area_m2(geometry[sites])) if sites.size else np.zeros(0)
    first, last = np.searchsorted(site, sites), np.searchsorted(site, sites, "right")
    for parts, per, decimals in (
        (square, 1.0, M2_DECIMALS),
        (ha, M2_PER_HA, HA_DECIMALS),
        (mu, M2_PER_MU, MU_DECIMALS),
    ):
        alone = last - first == 1
        parts[first[alone]] = np.round(total[alone] / per, decimals)
        for start, end, whole in zip(
            first[~alone], last[~alone], total[~alone] / per, strict=True
        ):
            parts[start:end] = largest_remainder(
                parts[start:end], total=float(whole), decimals=decimals
            )
    covered = cover["covered_share"].to_numpy()
    return Shares(
        pairs.assign(area_m2=square, area_ha=ha, area_mu=mu),
        cover,
        np.nan_to_num(summed - covered) > _TILES,
    )
