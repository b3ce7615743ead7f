"""Meetings: what the sites have in common with the zones of one kind, once.

The zones are indexed once and every table is made with that index. Shapes and margins
take longer than all the rest together, so they are measured for the pairs that
somebody asks about, and kept: the judge wants margins where a rule applies, the
tolerance and the report want shapes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.index import ZoneIndex
from spatial.overlap import cover_table, overlap_table
from spatial.overlap.depths import margins_of
from spatial.overlap.near import near_pairs
from spatial.overlap.pairs import pair_namer
from spatial.overlap.shapes import shared_shapes

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Meetings:
    """The pairs of the sites with the zones of one kind.

    Attributes
    ----------
    sites, zones
        GeoDataFrames in EPSG:4490, RangeIndex.
    ready
        Indexes of the zones that were made before, by the mask of those taken (see
        `union`); what is made here is put there too. Share it between the meetings
        of one table of zones with several tables of sites.
    """

    sites: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    ready: dict[bytes, ZoneIndex] = field(default_factory=dict, repr=False)
    _covers: dict[bytes, _Union] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def index(self) -> ZoneIndex:
        """The zones, ready to be searched."""
        return self._index_of(np.ones(len(self.zones), dtype=bool))

    def _index_of(self, wanted: np.ndarray) -> ZoneIndex:
        """Return the index of the zones of a mask, made once."""
        key = wanted.tobytes()
        if key not in self.ready:
            zones = self.zones[wanted].geometry
            self.ready[key] = ZoneIndex(np.asarray(zones.array, dtype=object))
        return self.ready[key]

    @cached_property
    def _geometry(self) -> np.ndarray:
        return np.asarray(self.sites.geometry.array, dtype=object)

    def _name(self, site: int, zone: int) -> str:
        return pair_namer(self.sites.index, self.zones.index)(site, zone)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every pair that meets: `spatial.overlap.overlap_table` without margins."""
        sites = self.sites if len(self.zones) else self.sites[:0]
        return overlap_table(sites, self.zones, index=self.index)

    @cached_property
    def _shapes(self) -> np.ndarray:
        return np.full(len(self.table), None, dtype=object)

    @cached_property
    def _margins_m(self) -> np.ndarray:
        return np.full(len(self.table), np.nan)

    def near(self, within_m: float) -> pd.DataFrame:
        """Return the pairs that do not meet but lie within a distance, in metres.

        Columns as in `table`; ordered by site, then zone.
        """
        return near_pairs(self.index, self._geometry, met=self.table, within_m=within_m)

    def shapes(self, rows: np.ndarray) -> np.ndarray:
        """Return the shapes that some pairs share, by their row in `table`."""
        fresh = np.unique(rows[shapely.is_missing(self._shapes[rows])])
        if fresh.size:
            pairs = self.table.iloc[fresh]
            site, zone = pairs["site"].to_numpy(), pairs["zone"].to_numpy()
            self._shapes[fresh] = shared_shapes(
                self.index,
                self._geometry[site],
                zone,
                lambda at: self._name(int(site[at]), int(zone[at])),
                known=pairs,
            )
        found: np.ndarray = self._shapes[rows]
        return found

    def margins_m(self, rows: np.ndarray) -> np.ndarray:
        """Return how far some pairs are from changing, by their row in `table`."""
        fresh = np.unique(rows[np.isnan(self._margins_m[rows])])
        if fresh.size:
            self._margins_m[fresh] = margins_of(
                self.index,
                self._geometry,
                self.table.iloc[fresh],
                self._name,
                shapes=self.shapes(fresh),
            )
        found: np.ndarray = self._margins_m[rows]
        return found

    def union(self, wanted: np.ndarray) -> _Union:
        """Return the zones of a mask taken together."""
        key = wanted.tobytes()
        if key not in self._covers:
            zones = self.zones if wanted.all() else self.zones[wanted]
            self._covers[key] = _Union(self.sites, zones, self._index_of(wanted))
        return self._covers[key]


@dataclass(frozen=True, eq=False)
class _Union:
    """Some zones taken together, and how far they cover the sites."""

    sites: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    index: ZoneIndex

    @cached_property
    def cover(self) -> pd.DataFrame:
        """`spatial.overlap.cover_table` without margins, one row a site."""
        return cover_table(self.sites, self.zones, index=self.index)

    @cached_property
    def _depths_m(self) -> np.ndarray:
        return np.full(len(self.sites), np.nan)

    def depth_outside_m(self, rows: np.ndarray) -> np.ndarray:
        """Return how far some sites reach out of the union, by position."""
        fresh = np.unique(rows[np.isnan(self._depths_m[rows])])
        if fresh.size:
            table = cover_table(
                self.sites.iloc[fresh], self.zones, margins=True, index=self.index
            )
            self._depths_m[fresh] = table["remainder_depth_m"].to_numpy()
        found: np.ndarray = self._depths_m[rows]
        return found
