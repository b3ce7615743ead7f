"""When silence means that there is nothing.

*No overlap found* means *no conflict* only where a layer of the kind was there,
readable, in force on the day, complete for the place (and for the distance around it
that a rule asks for), and read without loss. This module collects everything that
speaks against that, site by site. It is where the toolkit keeps its promise.

What *is* found stands even when the layer is doubtful: a certain overlap is certain.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from layers.layer import FRAME
from layers.spec import spec
from layers.text import Fact, Message, percent
from spatial import measure
from spatial.finding import Unknown
from spatial.lacks import Lacks
from spatial.overlap import cover_table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from layers.layer import Layer, Workspace
    from spatial.finding import UnknownKind

COVERED_SHARE = 1.0 - 1e-9
"""A coverage that holds this share of a site holds it: room for rounding only."""


def in_force(workspace: Workspace, kind: str, *, on: dt.date) -> tuple[Layer, ...]:
    """Return the readable layers of a kind whose validity holds the day."""
    return tuple(one for one in workspace.of_kind(kind) if on in one.provenance.valid)


def doubts(
    sites: gpd.GeoDataFrame,
    workspace: Workspace,
    *,
    kind: str,
    on: dt.date,
    within_m: float = 0.0,
) -> Lacks:
    """Return why, site by site, finding nothing does not mean there is nothing.

    Parameters
    ----------
    sites
        In EPSG:4490; positions are what `Unknown.site` refers to.
    workspace
        The office's layers.
    kind
        The layer kind that was searched.
    on
        The day.
    within_m
        How far around the site the layers must be complete, metres.

    Returns
    -------
    Lacks
        Of `Unknown`, ordered by site; `Unknown.rule` is empty. A site without a
        doubt does not appear: there, no overlap is no conflict.
    """
    everywhere = Lacks.at(np.arange(len(sites)), *_everywhere(workspace, kind, on))
    layers = in_force(workspace, kind, on=on)
    geometry = np.asarray(sites.geometry.array, dtype=object)
    losses = _losses(geometry, layers, within_m)
    gaps = _gaps(sites, layers, within_m)
    return Lacks.joined((everywhere, *losses, *gaps)).by_site()


def _everywhere(workspace: Workspace, kind: str, on: dt.date) -> Iterable[Unknown]:
    """Reasons that hold for every site."""
    named = workspace.of_kind(kind)
    unread = workspace.unavailable_of_kind(kind)
    title = spec(kind).title
    for lost in unread:
        yield _doubt("layer_unreadable", lost.id, title=title, why=lost.reason)
    if not named and not unread:
        yield _doubt("layer_missing", kind, title=title)
    layers = in_force(workspace, kind, on=on)
    for one in _not_replaced(named, layers):
        valid = str(one.provenance.valid)
        yield _doubt("layer_not_in_force", one.id, title=title, valid=valid, on=str(on))
    for names in rival_editions(layers):
        what = ", ".join(names)
        yield _doubt("layer_editions_overlap", what, title=title, on=str(on))
    for one in layers:
        yield from _in_itself(one)


def _not_replaced(
    named: tuple[Layer, ...], layers: tuple[Layer, ...]
) -> Iterable[Layer]:
    """Layers that are not in force and in whose place no other one stands.

    Where no layer of the kind is in force, all of them; else those of a series that
    has a gap on the day. A layer outside of any series may have been replaced by one
    in force: nobody says that it still had to be there.
    """
    there = {one.series for one in layers}
    for one in named:
        gap = one.series is not None and one.series not in there
        if (gap or not layers) and not any(one is other for other in layers):
            yield one


def rival_editions(layers: tuple[Layer, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the ids of layers in force that are editions of one series.

    One of them must be out of force, and nobody says which: what one has and the
    other has not is neither there nor absent.
    """
    series: dict[str, list[str]] = {}
    for one in layers:
        if one.series is not None:
            series.setdefault(one.series, []).append(one.id)
    return tuple(tuple(names) for names in series.values() if len(names) > 1)


def _in_itself(layer: Layer) -> Iterable[Unknown]:
    """Reasons that lie in what a layer says, or does not say, of itself."""
    title = layer.spec.title
    if _says_nothing(layer):
        yield _doubt("layer_empty", layer.id, title=title)
    if not layer.provenance.valid.is_stated:
        yield _doubt("layer_validity_unknown", layer.id, title=title)
    if layer.coverage is None:
        yield _doubt("layer_coverage_unknown", layer.id, title=title)
    for issue in layer.usable_errors:
        yield _doubt("layer_unreliable", layer.id, title=title, why=issue.message)


def _says_nothing(layer: Layer) -> bool:
    """Whether a layer has no rows and nobody stated that there are none."""
    return not len(layer) and layer.none_exists is None and not layer.quarantine


def _losses(
    geometry: np.ndarray, layers: tuple[Layer, ...], within_m: float
) -> Iterable[Lacks]:
    """Rows that were kept aside: they may lie where the site is."""
    lossy = [one for one in layers if one.quarantine]
    bounds = shapely.bounds(geometry) if lossy else np.empty((0, 4))
    for one in lossy:
        near = np.zeros(len(geometry), dtype=bool)
        for lost in one.quarantine:
            near |= _near_box(bounds, lost.bounds, within_m)
        title, rows = one.spec.title, len(one.quarantine)
        reason = _doubt("layer_read_with_loss", one.id, title=title, rows=rows)
        yield Lacks.at(np.flatnonzero(near), reason)


def _near_box(
    bounds: np.ndarray,
    box: tuple[float, float, float, float] | None,
    within_m: float,
) -> np.ndarray:
    """Whether each site's box comes within a distance of a box (None: anywhere)."""
    if box is None:
        return np.ones(len(bounds), dtype=bool)
    ((min_lon, min_lat, max_lon, max_lat),) = measure.grown_bounds(
        np.array([box]), within_m
    )
    near: np.ndarray = (
        (bounds[:, 0] <= max_lon)
        & (bounds[:, 2] >= min_lon)
        & (bounds[:, 1] <= max_lat)
        & (bounds[:, 3] >= min_lat)
    )
    return near


def _gaps(
    sites: gpd.GeoDataFrame, layers: tuple[Layer, ...], within_m: float
) -> Iterable[Lacks]:
    """Sites that the coverage of the layers does not hold wholly, with a margin."""
    complete = [
        one
        for one in layers
        if one.coverage is not None and not one.usable_errors and not _says_nothing(one)
    ]
    if not complete or sites.empty:
        return
    area = shapely.union_all([one.coverage.area for one in complete if one.coverage])
    shapely.prepare(area)
    what = ", ".join(one.id for one in complete)
    title = complete[0].spec.title
    share = _covered_share(sites, area)

    @cache
    def partly(which: UnknownKind, held: str) -> Unknown:
        return _doubt(which, what, title=title, percent=held)

    @cache
    def near(away: str) -> Unknown:
        facts: Mapping[str, Fact] = {"away": away, "within": f"{within_m:g}"}
        said: Mapping[str, Fact] = {"layer": what, "title": title, **facts}
        why = Message("doubt.neighbourhood", said)
        return Unknown(-1, "", "layer_covers_partly", what, why)

    yield Lacks.each(
        (site, partly(_which(share[site]), percent(share[site], decimals=1)))
        for site in np.flatnonzero(share < COVERED_SHARE).tolist()
    )
    yield Lacks.each(
        (site, near(str(int(away_m))))  # downwards: less than the clause asks
        for site, away_m in _near_edge(sites, share, area, within_m)
    )


def _which(share: float) -> UnknownKind:
    """Return what a coverage that holds this share of a site is called."""
    return "layer_covers_partly" if share > 0 else "layer_does_not_cover"


def _covered_share(sites: gpd.GeoDataFrame, area: shapely.Geometry) -> np.ndarray:
    """Return the share of each site in a prepared area; most lie wholly within."""
    geometry = np.asarray(sites.geometry.array, dtype=object)
    share = np.ones(len(sites))
    rest = np.flatnonzero(~shapely.covers(area, geometry))
    if rest.size:
        covered = gpd.GeoDataFrame(geometry=[area], crs=FRAME)
        share[rest] = cover_table(sites.iloc[rest], covered)["covered_share"]
    return share


def _near_edge(
    sites: gpd.GeoDataFrame, share: np.ndarray, area: shapely.Geometry, within_m: float
) -> Iterable[tuple[int, float]]:
    """Yield the covered sites nearer to the edge of the area than a distance."""
    if within_m <= 0:
        return
    geometry = np.asarray(sites.geometry.array, dtype=object)
    reach = shapely.box(*measure.grown_bounds(shapely.bounds(geometry), within_m).T)
    # Where even the grown box is covered the edge is farther off than asked.
    close = np.flatnonzero((share >= COVERED_SHARE) & ~shapely.covers(area, reach))
    edge = np.full(len(close), shapely.boundary(area), dtype=object)
    away_m = measure.distance_m(geometry[close], edge)
    for site, away in zip(close.tolist(), away_m.tolist(), strict=True):
        if away < within_m:
            yield site, away


def _doubt(kind: UnknownKind, what: str, /, **facts: Fact) -> Unknown:
    """Return a doubt without a site; its sentence is ``doubt.<kind>``."""
    said: Mapping[str, Fact] = {"layer": what, **facts}
    return Unknown(-1, "", kind, what, Message(f"doubt.{kind}", said))
