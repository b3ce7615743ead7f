"""Shelf: sites and control layers on one day, as the judge sees them.

What overlaps comes from `Shelf.pairs` and `Shelf.cover`; what finding nothing is
worth, from `Shelf.doubts` (see `spatial.silence`). Layers that are not in force on
the day are not looked at, but they are a doubt. Everything is computed once per
kind and kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.layer import FRAME
from layers.spec import spec
from spatial import silence
from spatial.inner_borders import with_inner_borders
from spatial.measure import largest_remainder
from spatial.meetings import Meetings
from spatial.overlap import intersection_geometry
from spatial.together import HALF, none_together
from spatial.tolerance import slivers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from layers.layer import Layer, Setting, Workspace
    from spatial.index import ZoneIndex
    from spatial.lacks import Lacks


# Shares that add up to 1 this closely are those of zones that tile the site.
_TILES = 1e-9
_HALF_UNIT_M2 = 0.005


@dataclass(frozen=True, slots=True)
class Shelf:
    """Sites and control layers on one day.

    Attributes
    ----------
    sites
        GeoDataFrame in EPSG:4490, RangeIndex (positions).
    workspace
        The office's layers and settings.
    on
        The day whose layers are looked at.
    """

    sites: gpd.GeoDataFrame
    workspace: Workspace
    on: dt.date
    _zones: dict[str, gpd.GeoDataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _indexes: dict[str, dict[bytes, ZoneIndex]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _meetings: dict[str, Meetings] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _pairs: dict[tuple[str, float], pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _cover: dict[tuple[str, bytes], pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _doubts: dict[tuple[str, float], Lacks] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def with_sites(self, sites: gpd.GeoDataFrame) -> Shelf:
        """Return a shelf of other sites with the same layers, cut and indexed once."""
        other = Shelf(sites, self.workspace, self.on)
        other._zones.update(self._zones)
        other._indexes.update(self._indexes)
        return other

    @property
    def region(self) -> str | None:
        """Adcode that the workspace answers for."""
        return self.workspace.region

    @property
    def settings(self) -> Mapping[str, Setting]:
        """What the office has set."""
        return self.workspace.settings

    def layers(self, kind: str) -> tuple[Layer, ...]:
        """Return the readable layers of a kind that are in force on the day."""
        return silence.in_force(self.workspace, kind, on=self.on)

    def has(self, kind: str) -> bool:
        """Whether at least one layer of the kind is readable and in force."""
        return bool(self.layers(kind))

    def rivals(self, kind: str) -> bool:
        """Whether two editions of one series are in force: being in a zone is open."""
        return bool(silence.rival_editions(self.layers(kind)))

    def zones(self, kind: str) -> gpd.GeoDataFrame:
        """Return all zones of a kind, one table over all its layers.

        Returns
        -------
        GeoDataFrame
            RangeIndex; column ``layer`` (layer id), ``feature_id``, the canonical
            fields, ``name_standard`` where an alias table exists, ``geometry``; in
            the order of the workspace. Empty when there is no such layer.
        """
        if kind not in self._zones:
            self._zones[kind] = _joined(self.layers(kind), kind)
        return self._zones[kind]

    def pairs(self, kind: str, *, within_m: float = 0.0) -> pd.DataFrame:
        """Return the pairs of site and zone that meet, or lie within a distance.

        Returns
        -------
        DataFrame
            Columns of `spatial.overlap.overlap_table` (positions of site and zone;
            ``margin_m`` is NaN, see `margins_m`),
            ``sliver``: they overlap, but by no more than the layer's tolerance;
            ``interior``: they overlap by more than that. Where the zones tile a
            site, their areas are rounded to 0.01 m2 so that they add up to the
            site's printed area. RangeIndex; by site, then zone.
        """
        if (kind, within_m) not in self._pairs:
            made = self._with_near(kind, within_m) if within_m > 0 else self._met(kind)
            self._pairs[kind, within_m] = made
        return self._pairs[kind, within_m]

    def meetings(self, kind: str) -> Meetings:
        """Return what the sites have in common with the zones of a kind."""
        if kind not in self._meetings:
            ready = self._indexes.setdefault(kind, {})
            self._meetings[kind] = Meetings(self.sites, self.zones(kind), ready)
        return self._meetings[kind]

    def _met(self, kind: str) -> pd.DataFrame:
        """Return the pairs that meet."""
        table = self.meetings(kind).table
        table = with_inner_borders(table, self.sites, self.zones(kind))
        meets = self._overlapping(kind, table)
        thin = self._below_tolerance(kind, table)
        return _adding_up(table.assign(sliver=meets & thin, interior=meets & ~thin))

    def _overlapping(self, kind: str, table: pd.DataFrame) -> np.ndarray:
        """Whether interiors overlap: by area, else by length, else a point inside.

        One of several points inside is enough: a row of pylons of which one stands
        in a red line stands in it.
        """
        area = table["area_m2"].to_numpy()
        length = table["length_m"].to_numpy()
        share = table["share_of_site"].to_numpy()
        meets: np.ndarray = (area > 0) | (length > 0) | (share > 0)
        # A zone that is a point has no measure in common with anything.
        open_ = np.flatnonzero(np.isnan(area) & np.isnan(length) & np.isnan(share))
        if open_.size:
            meets[open_] = ~shapely.is_empty(self.meetings(kind).shapes(open_))
        lines = np.flatnonzero(~meets & (length == 0))
        if lines.size:  # a road over a river has a point in common with it, no length
            sites = self.sites.geometry.array[table["site"].to_numpy()[lines]]
            zones = self.zones(kind).geometry.array[table["zone"].to_numpy()[lines]]
            on_lines = shapely.get_dimensions(np.asarray(zones, dtype=object)) == 1
            meets[lines] = on_lines & shapely.crosses(
                np.asarray(sites, dtype=object), np.asarray(zones, dtype=object)
            )
        return meets

    def _with_near(self, kind: str, within_m: float) -> pd.DataFrame:
        """Return the pairs that meet and those that are near; the former once."""
        near = self.meetings(kind).near(within_m).assign(sliver=False, interior=False)
        every = pd.concat([self.pairs(kind), near])
        return every.sort_values(["site", "zone"], ignore_index=True)

    def margins_m(self, kind: str, pairs: pd.DataFrame) -> np.ndarray:
        """Return how far some pairs that meet are from changing, metres.

        Parameters
        ----------
        kind
            Layer kind.
        pairs
            Rows of ``self.pairs(kind)``, under their own index.

        Returns
        -------
        ndarray
            ``margin_m`` as `spatial.overlap.overlap_table` has it.
        """
        return self.meetings(kind).margins_m(pairs.index.to_numpy(dtype=np.int64))

    def _below_tolerance(self, kind: str, table: pd.DataFrame) -> np.ndarray:
        """Whether each overlap is a sliver by its layer's tolerance at most.

        Alone, and together with those of zones that rules cannot tell from its own.
        """
        zones, zone = self.zones(kind), table["zone"].to_numpy()
        layer = zones["layer"].iloc[zone]
        tolerance = {one.id: one.tolerance for one in self.layers(kind)}
        table = table.assign(
            layer=layer.to_numpy(),
            limit_m2=layer.map(lambda name: tolerance[name].area_m2).to_numpy(float),
            limit_m=layer.map(lambda name: tolerance[name].width_m).to_numpy(float),
        )
        found = self.meetings(kind)
        thin = slivers(found, table)
        if not (thin & (table[["area_m2", "length_m"]] > 0).any(axis=1)).any():
            return thin
        told = [one.name for one in spec(kind).fields if one.domain]
        sort = zones.groupby(["layer", *told], dropna=False, sort=False).ngroup()
        return thin & ~none_together(
            table, thin, sort=sort.to_numpy()[zone], shapes=found.shapes
        )

    def shapes_met(self, kind: str) -> np.ndarray:
        """Return the overlap of each pair that meets, as ``self.pairs(kind)`` stands.

        Pairs that only touch have an empty geometry.
        """
        found = self.meetings(kind)
        return found.shapes(np.arange(len(found.table)))

    def shapes(self, kind: str, pairs: pd.DataFrame) -> np.ndarray:
        """Return the overlap of each pair as geometry."""
        return np.asarray(
            intersection_geometry(
                self.sites, self.zones(kind), pairs, index=self.meetings(kind).index
            ),
            dtype=object,
        )

    def cover(self, kind: str, *, zones: np.ndarray) -> pd.DataFrame:
        """Return how far the union of some zones covers each site.

        Parameters
        ----------
        kind
            Layer kind.
        zones
            Boolean mask over ``self.zones(kind)``.

        Returns
        -------
        DataFrame
            Columns of `spatial.overlap.cover_table`, and ``outside``: more than the
            largest tolerance of the kind's layers lies outside.
        """
        wanted = np.asarray(zones, dtype=bool)
        key = (kind, wanted.tobytes())
        if key not in self._cover:
            table = self.meetings(kind).union(wanted).cover
            self._cover[key] = table.assign(outside=self._outside(kind, table))
        return self._cover[key]

    def depth_outside(
        self, kind: str, *, zones: np.ndarray, sites: np.ndarray
    ) -> np.ndarray:
        """Return how far some sites reach out of the union of some zones, metres.

        Parameters
        ----------
        kind, zones
            As for `cover`.
        sites
            Positions of the sites.

        Returns
        -------
        ndarray
            One lower bound a site; inf where there is no zone at all.
        """
        wanted = np.asarray(zones, dtype=bool)
        return self.meetings(kind).union(wanted).depth_outside_m(sites)

    def _outside(self, kind: str, table: pd.DataFrame) -> np.ndarray:
        """Whether more of each site than the tolerance of the kind is not covered."""
        tolerances = [one.tolerance for one in self.layers(kind)]
        limit_m2 = max((one.area_m2 for one in tolerances), default=0.0)
        limit_m = max((one.width_m for one in tolerances), default=0.0)
        area = table["remainder_m2"].to_numpy()
        length = table["remainder_length_m"].to_numpy()
        share = table["covered_share"].to_numpy()
        whole = share >= silence.COVERED_SHARE
        # A site that is itself below the tolerance still lies outside of it all.
        slip = ((area <= limit_m2) | (length <= limit_m)) & (share > HALF)
        outside: np.ndarray = ~whole & ~slip
        return outside

    def doubts(self, kind: str, *, within_m: float = 0.0) -> Lacks:
        """Return why finding nothing of a kind does not mean there is nothing.

        See `spatial.silence.doubts`.
        """
        if (kind, within_m) not in self._doubts:
            self._doubts[kind, within_m] = silence.doubts(
                self.sites, self.workspace, kind=kind, on=self.on, within_m=within_m
            )
        return self._doubts[kind, within_m]


def _adding_up(table: pd.DataFrame) -> pd.DataFrame:
    """Round the areas of zones that tile a site so that the printed sum is right."""
    area = table["area_m2"].to_numpy(copy=True)
    parts = table[area > 0].groupby("site", sort=True)
    gap = parts["share_of_site"].sum().sub(1).abs()
    for site in gap.index[(gap < _TILES) & (parts.size() > 1)]:
        rows = np.flatnonzero((table["site"] == site) & (area > 0))
        total = area[rows[0]] / table["share_of_site"].iloc[rows[0]]
        if abs(area[rows].sum() - total) < _HALF_UNIT_M2:
            area[rows] = largest_remainder(area[rows], total=total, decimals=2)
    return table.assign(area_m2=area)


def _joined(layers: tuple[Layer, ...], kind: str) -> gpd.GeoDataFrame:
    """Return the features of several layers of a kind as one table."""
    columns = ["layer", "feature_id", *(one.name for one in spec(kind).fields)]
    frames = [one.frame.assign(layer=one.id) for one in layers if len(one)]
    if any("name_standard" in frame.columns for frame in frames):
        columns.append("name_standard")
        name = spec(kind).name_field
        frames = [
            frame
            if "name_standard" in frame.columns
            else frame.assign(name_standard=frame[name])
            for frame in frames
        ]
    columns.append("geometry")
    if not frames:
        nothing = {name: pd.Series(dtype=object) for name in columns}
        return gpd.GeoDataFrame(nothing, geometry="geometry", crs=FRAME)
    parts = [frame[columns].reset_index(drop=True) for frame in frames]
    joined = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=FRAME)
