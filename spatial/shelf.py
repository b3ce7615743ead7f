"""The control layers as the judge sees them, and when their silence may be believed.

A reviewer's question, "is there no conflict?", has two halves. The easy half is
what overlaps: `Shelf.pairs` and `Shelf.cover`. The other half is this module's
reason to be: *no overlap found* means *no conflict* only where a layer of the kind
was there, readable, in force on the day, complete for the place (and for the
distance around it that a rule asks for), and read without loss. Everything that
speaks against that, site by site, comes out of `Shelf.doubts`.

What is found stands even when the layer is doubtful: a certain overlap is certain.
Layers that are not in force on the day are not looked at, but they are a doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.layer import FRAME
from layers.spec import spec
from layers.text import message
from spatial import measure
from spatial.finding import Unknown
from spatial.overlap import cover_table, overlap_table, sliver_width_m
from spatial.overlap import intersection_geometry as _shapes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from layers.layer import Layer, Setting, Workspace
    from layers.text import Message
    from spatial.finding import UnknownKind

COVERED_SHARE = 1.0 - 1e-9
"""A coverage that holds this share of a site holds it: room for rounding only."""

_PAIR_COLUMNS = [
    "site",
    "zone",
    "area_m2",
    "share_of_site",
    "length_m",
    "distance_m",
    "margin_m",
]


def _memory() -> Any:  # noqa: ANN401 - a dataclass field takes the type of its place
    """Return a field that keeps what was computed once, outside the value itself."""
    return field(default_factory=dict, init=False, repr=False, compare=False)


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
    _zones: dict[str, gpd.GeoDataFrame] = _memory()
    _pairs: dict[tuple[str, float], pd.DataFrame] = _memory()
    _doubts: dict[tuple[str, float], tuple[Unknown, ...]] = _memory()

    @property
    def region(self) -> str | None:
        """Adcode that the workspace answers for."""
        return self.workspace.region

    @property
    def settings(self) -> Mapping[str, Setting]:
        """What the office has set."""
        return self.workspace.settings

    # -- what is there ------------------------------------------------------

    def layers(self, kind: str) -> tuple[Layer, ...]:
        """Return the readable layers of a kind that are in force on the day."""
        return tuple(
            one
            for one in self.workspace.of_kind(kind)
            if self.on in one.provenance.valid
        )

    def has(self, kind: str) -> bool:
        """Whether at least one layer of the kind is readable and in force."""
        return bool(self.layers(kind))

    def zones(self, kind: str) -> gpd.GeoDataFrame:
        """Return all zones of a kind, one table over all its layers.

        Returns
        -------
        GeoDataFrame
            RangeIndex; column ``layer`` (layer id), then the columns of the layers;
            in the order of the workspace. Empty when there is no such layer.
        """
        if kind not in self._zones:
            self._zones[kind] = self._joined(kind)
        return self._zones[kind]

    def _joined(self, kind: str) -> gpd.GeoDataFrame:
        frames = [
            one.frame.assign(layer=one.id) for one in self.layers(kind) if len(one)
        ]
        names = [one.name for one in spec(kind).fields]
        if not frames:
            columns = ["layer", "feature_id", *names, "geometry"]
            empty = pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
            return gpd.GeoDataFrame(empty, geometry="geometry", crs=FRAME)
        common = ["layer", "feature_id", *names, "geometry"]
        if any("name_standard" in frame.columns for frame in frames):
            frames = [
                frame
                if "name_standard" in frame.columns
                else frame.assign(name_standard=frame[spec(kind).name_field])
                for frame in frames
            ]
            common.append("name_standard")
        parts = [frame[common] for frame in frames]
        joined = parts[0] if len(parts) == 1 else pd.concat(parts)
        return gpd.GeoDataFrame(
            joined.reset_index(drop=True), geometry="geometry", crs=FRAME
        )

    # -- what overlaps ------------------------------------------------------

    def pairs(self, kind: str, *, within_m: float = 0.0) -> pd.DataFrame:
        """Return the pairs of site and zone that meet, or lie within a distance.

        Returns
        -------
        DataFrame
            Columns of `spatial.overlap.overlap_table` (positions of site and zone),
            ``sliver``: they overlap, but by no more than the layer's tolerance;
            ``interior``: they overlap by more than that.
        """
        if (kind, within_m) not in self._pairs:
            self._pairs[kind, within_m] = self._paired(kind, within_m)
        return self._pairs[kind, within_m]

    def _paired(self, kind: str, within_m: float) -> pd.DataFrame:
        zones = self.zones(kind)
        if zones.empty or self.sites.empty:
            empty = pd.DataFrame(
                {name: pd.Series(dtype=float) for name in _PAIR_COLUMNS}
            )
            empty[["site", "zone"]] = empty[["site", "zone"]].astype(np.intp)
            return empty.assign(
                sliver=pd.Series(dtype=bool), interior=pd.Series(dtype=bool)
            )
        table = overlap_table(self.sites, zones, within_m=within_m, margins=True)
        sliver, interior = self._judged_by_tolerance(table, zones)
        return table.assign(sliver=sliver, interior=interior)

    def _judged_by_tolerance(
        self, table: pd.DataFrame, zones: gpd.GeoDataFrame
    ) -> tuple[np.ndarray, np.ndarray]:
        """Tell slivers from overlaps, by the tolerance of each zone's layer."""
        tolerance = {one.id: one.tolerance for one in self.workspace.layers.values()}
        layer = zones["layer"].to_numpy()[table["zone"].to_numpy()]
        limit_m2 = np.array([tolerance[name].area_m2 for name in layer])
        limit_m = np.array([tolerance[name].width_m for name in layer])
        area = table["area_m2"].to_numpy()
        length = table["length_m"].to_numpy()
        share = table["share_of_site"].to_numpy()
        meets = np.where(
            np.isfinite(area),
            area > 0,
            np.where(np.isfinite(length), length > 0, share == 1.0),
        )
        thin = np.zeros(len(table), dtype=bool)
        wide = np.flatnonzero(np.isfinite(area) & (area > limit_m2) & (limit_m > 0))
        if wide.size:
            shapes = _shapes(self.sites, zones, table.iloc[wide])
            thin[wide] = sliver_width_m(shapes) <= limit_m[wide]
        small = np.where(
            np.isfinite(area),
            (area <= limit_m2) | thin,
            np.isfinite(length) & (length <= limit_m),
        )
        return meets & small, meets & ~small

    def shapes(self, kind: str, pairs: pd.DataFrame) -> np.ndarray:
        """Return the overlap of each pair as geometry."""
        return np.asarray(_shapes(self.sites, self.zones(kind), pairs), dtype=object)

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
        table = cover_table(self.sites, self.zones(kind)[np.asarray(zones, dtype=bool)])
        tolerances = [one.tolerance for one in self.layers(kind)]
        limit_m2 = max((one.area_m2 for one in tolerances), default=0.0)
        limit_m = max((one.width_m for one in tolerances), default=0.0)
        area = table["remainder_m2"].to_numpy()
        length = table["remainder_length_m"].to_numpy()
        rounding = table["covered_share"].to_numpy() >= COVERED_SHARE
        outside = np.where(
            np.isfinite(area),
            area > limit_m2,
            np.where(np.isfinite(length), length > limit_m, ~rounding),
        )
        return table.assign(outside=outside & ~rounding)

    # -- what silence is worth ----------------------------------------------

    def doubts(self, kind: str, *, within_m: float = 0.0) -> tuple[Unknown, ...]:
        """Return why, site by site, finding nothing does not mean there is nothing.

        Parameters
        ----------
        kind
            Layer kind.
        within_m
            How far around the site the layer must be complete, metres.

        Returns
        -------
        tuple of Unknown
            Ordered by site; `Unknown.rule` is empty. A site without a doubt does not
            appear: there, no overlap is no conflict.
        """
        if (kind, within_m) not in self._doubts:
            self._doubts[kind, within_m] = self._doubted(kind, within_m)
        return self._doubts[kind, within_m]

    def _doubted(self, kind: str, within_m: float) -> tuple[Unknown, ...]:
        everywhere = list(self._doubts_everywhere(kind))
        here: dict[int, list[Unknown]] = {}
        for one in everywhere:
            for site in range(len(self.sites)):
                here.setdefault(site, []).append(_at(site, one))
        for one in (*self._losses(kind, within_m), *self._gaps(kind, within_m)):
            here.setdefault(one.site, []).append(one)
        return tuple(one for site in sorted(here) for one in here[site])

    def _doubts_everywhere(self, kind: str) -> Iterable[Unknown]:
        """Reasons that hold for every site."""
        title = spec(kind).title
        for lost in self.workspace.unavailable_of_kind(kind):
            yield _doubt(
                "layer_unreadable", lost.id, layer=lost.id, kind=title, why=lost.reason
            )
        layers = self.layers(kind)
        if not layers:
            found = self.workspace.of_kind(kind)
            for one in found:
                yield _doubt(
                    "layer_not_in_force",
                    one.id,
                    layer=one.id,
                    kind=title,
                    valid=str(one.provenance.valid),
                    on=str(self.on),
                )
            if not found and not self.workspace.unavailable_of_kind(kind):
                yield _doubt("layer_missing", kind, kind=title)
        for one in layers:
            yield from _layer_doubts(one)

    def _losses(self, kind: str, within_m: float) -> Iterable[Unknown]:
        """Rows that were kept aside: they may lie where the site is."""
        bounds = shapely.bounds(self._geometry())
        for one in self.layers(kind):
            hit = np.zeros(len(self.sites), dtype=bool)
            for lost in one.quarantine:
                hit |= _near_box(bounds, lost.bounds, within_m)
            for site in np.flatnonzero(hit).tolist():
                yield _doubt(
                    "layer_read_with_loss",
                    one.id,
                    site=site,
                    layer=one.id,
                    kind=one.spec.title,
                    rows=len(one.quarantine),
                )

    def _gaps(self, kind: str, within_m: float) -> Iterable[Unknown]:
        """Sites that the coverage of the kind's layers does not hold wholly."""
        areas = [
            one.coverage.area
            for one in self.layers(kind)
            if one.coverage is not None and not one.usable_errors and not _empty(one)
        ]
        if not areas or self.sites.empty:
            return
        covered = shapely.union_all(areas)
        frame = gpd.GeoDataFrame(geometry=[covered], crs=FRAME)
        share = cover_table(self.sites, frame)["covered_share"].to_numpy()
        names = ", ".join(one.id for one in self.layers(kind))
        title = spec(kind).title
        for site in np.flatnonzero(share < COVERED_SHARE).tolist():
            which: UnknownKind = (
                "layer_covers_partly" if share[site] > 0 else "layer_does_not_cover"
            )
            yield _doubt(
                which,
                names,
                site=site,
                layer=names,
                kind=title,
                percent=f"{100 * share[site]:.1f}",
            )
        if within_m > 0:
            yield from self._thin_margins(covered, share, (names, kind), within_m)

    def _thin_margins(
        self,
        covered: shapely.Geometry,
        share: np.ndarray,
        what: tuple[str, str],
        within_m: float,
    ) -> Iterable[Unknown]:
        """Covered sites whose neighbourhood reaches past the edge of the coverage."""
        names, kind = what
        inside = np.flatnonzero(share >= COVERED_SHARE)
        geometry = self._geometry()[inside]
        edge = np.full(len(inside), shapely.boundary(covered), dtype=object)
        away_m = measure.distance_m(geometry, edge)
        for site, near_m in zip(inside.tolist(), away_m.tolist(), strict=True):
            if near_m < within_m:
                yield _doubt(
                    "layer_covers_partly",
                    names,
                    site=site,
                    key="neighbourhood",
                    layer=names,
                    kind=spec(kind).title,
                    distance=f"{near_m:.0f}",
                    within=f"{within_m:.0f}",
                )

    def _geometry(self) -> np.ndarray:
        return np.asarray(self.sites.geometry.array, dtype=object)


def _empty(layer: Layer) -> bool:
    return not len(layer) and layer.none_exists is None and not layer.quarantine


def _layer_doubts(layer: Layer) -> Iterable[Unknown]:
    """Reasons that lie in the layer itself."""
    facts: dict[str, object] = {"layer": layer.id, "kind": layer.spec.title}
    if _empty(layer):
        yield _doubt("layer_empty", layer.id, **facts)
    if layer.coverage is None:
        yield _doubt("layer_coverage_unknown", layer.id, **facts)
    for issue in layer.usable_errors:
        yield _doubt("layer_unreliable", layer.id, **facts, why=issue.message)


def _near_box(
    bounds: np.ndarray,
    box: tuple[float, float, float, float] | None,
    within_m: float,
) -> np.ndarray:
    """Whether each site's box comes within a distance of a box (None: anywhere)."""
    if box is None:
        return np.ones(len(bounds), dtype=bool)
    min_lon, min_lat, max_lon, max_lat = box
    # A degree of latitude is at least 110.5 km, one of longitude shrinks by cos(lat);
    # 1.01 and the largest latitude keep the box on the safe side.
    lat = within_m / 110_500 * 1.01
    lon = lat / max(
        np.cos(np.radians(min(89.0, max(abs(min_lat), abs(max_lat)) + 1))), 0.01
    )
    return (
        (bounds[:, 0] <= max_lon + lon)
        & (bounds[:, 2] >= min_lon - lon)
        & (bounds[:, 1] <= max_lat + lat)
        & (bounds[:, 3] >= min_lat - lat)
    )


def _doubt(
    kind: UnknownKind, what: str, *, site: int = -1, key: str = "", **facts: object
) -> Unknown:
    """Return a doubt; its sentence is ``doubt.<kind>`` unless `key` names another."""
    said: Message = message(f"doubt.{key or kind}", **facts)  # type: ignore[arg-type]
    return Unknown(site=site, rule="", kind=kind, what=what, why=said)


def _at(site: int, doubt: Unknown) -> Unknown:
    return Unknown(site, doubt.rule, doubt.kind, doubt.what, doubt.why)
