"""overlap_table: a row for every site and zone that meet or are near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import GeometryError
from spatial.index import ZoneIndex
from spatial.measure import depth_m, distance_m, grown_bounds, outline
from spatial.overlap.pairs import (
    LINE,
    POLYGON,
    dimension,
    interior_overlap,
    refuse_invalid,
    shapes_of,
    size,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from spatial.measure.ellipsoid import Floats, Integers, Shapes
    from spatial.overlap.pairs import Name

COLUMNS = (
    "site",
    "zone",
    "area_m2",
    "share_of_site",
    "length_m",
    "distance_m",
    "margin_m",
)

_ROUNDING_M = 0.001  # distances are compared at 1 mm


def overlap_table(
    sites: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    *,
    within_m: float = 0.0,
    margins: bool = False,
) -> pd.DataFrame:
    """Return what every site shares with every zone that it meets or is near to.

    Parameters
    ----------
    sites, zones
        Frames in EPSG:4490 with unique indexes and valid points, lines or polygons
        (single or multi, mixed as they come). Not changed.
    within_m
        Pairs apart are listed up to this geodesic distance, itself included
        (compared at 1 mm). With 0 only pairs that meet are listed.
    margins
        Also find `margin_m`; it takes longer.

    Returns
    -------
    DataFrame
        One row a pair that meets (a touch is enough) or is near; ordered by the
        position of the site, then of the zone. Columns:

        ``site``, ``zone``
            Index labels of the two frames.
        ``area_m2``
            Ellipsoidal area that two polygons share; 0.0 if they only touch or are
            apart; NaN unless both are polygons.
        ``share_of_site``
            In [0, 1], relative to the site's own area, length or number of points;
            a quotient that rounding carries past 1 is 1. NaN unless the zone is a
            polygon and the site has no higher dimension. A point has 1.0 in the
            interior, 0.0 on the border.
        ``length_m``
            Geodesic length of a line inside a polygon (of the zone, if the site is
            the polygon) or shared by two lines; NaN otherwise. Along a polygon's
            border counts 0: the interiors do not overlap.
        ``distance_m``
            0.0 if they meet, else the geodesic distance.
        ``margin_m``
            NaN without `margins`. 0.0 if they touch or a line or point zone is met;
            > 0: so far apart; < 0: so deep in the polygon zone (see
            `spatial.measure.depth_m`, a lower bound of the depth).

    Raises
    ------
    CrsMismatchError
        A frame is not in EPSG:4490.
    GeometryError
        An index repeats, a geometry is null, empty, a collection or (among those
        that come near each other) invalid; or GEOS cannot overlay a pair, which is
        named.
    """
    a_all, b_all = shapes_of(sites, "site"), shapes_of(zones, "zone")
    index = ZoneIndex(b_all)
    site, zone = index.candidates(
        a_all, within_m=within_m + _ROUNDING_M if within_m > 0 else 0.0
    )
    refuse_invalid(a_all, site, sites, "site")
    refuse_invalid(b_all, zone, zones, "zone")
    apart_m = _distances(a_all[site], index, zone, within_m)
    near = np.flatnonzero(np.round(apart_m, 3) <= within_m)
    site, zone, apart_m = site[near], zone[near], apart_m[near]

    a, b = a_all[site], index.zones[zone]
    labels = sites.index[site], zones.index[zone]
    shared = interior_overlap(a, b, _name(*labels))
    area, share, length = _measures(a_all, site, b, shared)
    margin = _margins(shared, b, apart_m) if margins else np.full(len(site), np.nan)
    columns = (*labels, area, share, length, apart_m, margin)
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def intersection_geometry(
    sites: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, pairs: pd.DataFrame
) -> Shapes:
    """Return the shapes that chosen pairs share, in the order of `pairs`.

    Parameters
    ----------
    sites, zones
        As for `overlap_table`.
    pairs
        Columns ``site`` and ``zone`` hold index labels: rows of an overlap table.

    Returns
    -------
    ndarray
        What `overlap_table` has measured: the polygons, lines or points in which the
        interiors overlap; empty where a pair only touches or is apart.

    Raises
    ------
    CrsMismatchError, GeometryError
        As for `overlap_table`; also if a label is not in its frame.
    """
    a_all, b_all = shapes_of(sites, "site"), shapes_of(zones, "zone")
    site = _positions(sites.index, pairs["site"])
    zone = _positions(zones.index, pairs["zone"])
    refuse_invalid(a_all, site, sites, "site")
    refuse_invalid(b_all, zone, zones, "zone")
    name = _name(sites.index[site], zones.index[zone])
    return interior_overlap(a_all[site], ZoneIndex(b_all).zones[zone], name)


def _positions(index: pd.Index, labels: pd.Series) -> Integers:
    """Return the position of each label."""
    found = index.get_indexer(pd.Index(labels))
    if (found < 0).any():
        label = labels.tolist()[int(np.flatnonzero(found < 0)[0])]
        msg = (
            f"pairs: expected labels of the frame's index, got {labels.name} "
            f"{label!r}; take the pairs from the overlap table of the same frames"
        )
        raise GeometryError(msg)
    return np.asarray(found, dtype=np.int64)


def _name(site: pd.Index, zone: pd.Index) -> Name:
    """Return the namer of pairs."""
    return lambda row: f"site {site[row]!r} and zone {zone[row]!r}"


def _distances(a: Shapes, index: ZoneIndex, zone: Integers, within_m: float) -> Floats:
    """Return 0 for pairs that meet, inf for those surely farther than `within_m`."""
    result = np.where(shapely.intersects(index.zones[zone], a), 0.0, np.inf)
    apart = np.flatnonzero(result)
    if within_m <= 0 or not len(apart):
        return result
    reach_m = within_m + _ROUNDING_M
    bounds = shapely.bounds(a[apart])
    degrees = float((grown_bounds(bounds, reach_m) - bounds)[:, 2].max())
    near = apart[shapely.dwithin(index.zones[zone[apart]], a[apart], degrees)]
    used, back = np.unique(zone[near], return_inverse=True)
    edges = outline(index.zones[used])
    result[near] = distance_m(a[near], edges[back], within_m=reach_m)
    return result


def _measures(
    a_all: Shapes, site: Integers, b: Shapes, shared: Shapes
) -> tuple[Floats, Floats, Floats]:
    """Return area, share and length; NaN where they make no sense."""
    of_site, of_zone = dimension(a_all)[site], dimension(b)
    amount = size(shared)
    lesser = np.minimum(of_site, of_zone)
    area = np.where(lesser == POLYGON, amount, np.nan)
    length = np.where(lesser == LINE, amount, np.nan)
    used, back = np.unique(site, return_inverse=True)
    whole = size(a_all[used])[back]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(amount / whole, 1.0)
    share[of_zone != POLYGON] = np.nan
    return area, share, length


def _margins(shared: Shapes, b: Shapes, apart_m: Floats) -> Floats:
    """Return how far a pair is from changing: > 0 apart, < 0 deep."""
    margin = apart_m.copy()
    deep = np.flatnonzero(~shapely.is_empty(shared) & (dimension(b) == POLYGON))
    margin[deep] = 0.0 - depth_m(shared[deep], b[deep])
    return margin
