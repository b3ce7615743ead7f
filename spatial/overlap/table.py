"""overlap_table: a row for every site and zone that meet or are near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from spatial.measure import area_m2
from spatial.overlap.areas import areas
from spatial.overlap.depths import margins_of
from spatial.overlap.near import near_pairs, searched_m
from spatial.overlap.overlays import LINE, POLYGON, dimension, size
from spatial.overlap.pairs import (
    COLUMNS,
    index_of,
    pair_namer,
    positions,
    refuse_invalid,
    refuse_invalid_zones,
    rows_of,
    shapes_of,
)
from spatial.overlap.shapes import shared_shapes
from spatial.overlap.states import INSIDE

if TYPE_CHECKING:
    import geopandas as gpd

    from spatial.index import ZoneIndex
    from spatial.measure.ellipsoid import Integers, Shapes
    from spatial.overlap.areas import Engine
    from spatial.overlap.overlays import PairName


def overlap_table(
    sites: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    *,
    within_m: float = 0.0,
    margins: bool = False,
    engine: Engine = "auto",
    index: ZoneIndex | None = None,
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
        Also find `margin_m`; it takes longer. For some of the pairs alone see
        `spatial.overlap.margins`.
    engine
        What reckons areas: ``kernel``, ``geometry``, or ``auto`` for the one that is
        quicker here. The answer is the same to 1e-9 or 1e-3 m2.
    index
        The index of `zones`, if it has been made; made here otherwise. The zones
        are cut and checked once an index.

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
    a = shapes_of(sites, "site")
    ready = index_of(zones, index)
    if len(zones) == 0:  # a declared "there is none": spares measuring every site
        nothing = np.zeros(0, dtype=int)
        empty = rows_of(nothing, nothing)
        empty["site"], empty["zone"] = sites.index[nothing], zones.index[nothing]
        return empty
    name = pair_namer(sites.index, zones.index)
    site, zone = ready.candidates(a, within_m=searched_m(within_m))
    refuse_invalid(a, site, sites, "site")
    refuse_invalid_zones(ready, zone, zones)
    found = _meeting(ready, a, engine, name)
    if within_m > 0:
        near = near_pairs(ready, a, met=found, within_m=within_m)
        found = pd.concat([found, near])
    found = found.sort_values(["site", "zone"], ignore_index=True)
    if margins:
        found["margin_m"] = margins_of(ready, a, found, name)
    found["site"] = sites.index[found["site"]]
    found["zone"] = zones.index[found["zone"]]
    return found[list(COLUMNS)]


def intersection_geometry(
    sites: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
    *,
    index: ZoneIndex | None = None,
) -> Shapes:
    """Return the shapes that chosen pairs share, in the order of `pairs`.

    Parameters
    ----------
    sites, zones
        As for `overlap_table`.
    pairs
        Columns ``site`` and ``zone`` hold index labels: rows of an overlap table.
    index
        The index of `zones`, if it has been made; made here otherwise.

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
    a = shapes_of(sites, "site")
    ready = index_of(zones, index)
    site = positions(sites.index, pairs["site"])
    zone = positions(zones.index, pairs["zone"])
    refuse_invalid(a, site, sites, "site")
    refuse_invalid_zones(ready, zone, zones)
    name = pair_namer(sites.index, zones.index)
    return shared_shapes(ready, a[site], zone, lambda row: name(site[row], zone[row]))


# -- pairs that meet -----------------------------------------------------------


def _meeting(
    index: ZoneIndex, a: Shapes, engine: Engine, name: PairName
) -> pd.DataFrame:
    """Return the pairs that meet, by position: polygons by area, others by shape."""
    polygon = np.flatnonzero(dimension(a) == POLYGON)
    tables = [_areal(index, a, polygon, engine=engine, name=name)]
    lesser = np.flatnonzero(dimension(a) < POLYGON)
    if (dimension(index.shapes) < POLYGON).any():
        lesser = np.arange(len(a))
    site, zone = index.candidates(a[lesser])
    site = lesser[site]
    other = (dimension(a)[site] < POLYGON) | (dimension(index.shapes)[zone] < POLYGON)
    site, zone = site[other], zone[other]
    if len(site):
        meets = shapely.intersects(index.zones[zone], a[site])
        tables.append(_of_lesser(index, a, (site[meets], zone[meets]), name))
    return pd.concat(tables) if len(tables) > 1 else tables[0]


def _areal(
    index: ZoneIndex, a: Shapes, rows: Integers, *, engine: Engine, name: PairName
) -> pd.DataFrame:
    """Return the pairs of two polygons that meet."""
    own_m2 = area_m2(a[rows])
    found = areas(
        index, a[rows], own_m2, engine=engine,
        name=lambda site, zone: name(rows[site], zone),
    )  # fmt: skip
    share = np.minimum(found.area_m2 / own_m2[found.site], 1.0)
    share[found.state == INSIDE] = 1.0
    return rows_of(rows[found.site], found.zone, area_m2=found.area_m2, share=share)


def _of_lesser(
    index: ZoneIndex, a: Shapes, pairs: tuple[Integers, Integers], name: PairName
) -> pd.DataFrame:
    """Return pairs that meet and of which one at least is a line or point."""
    site, zone = pairs
    shared = shared_shapes(index, a[site], zone, lambda at: name(site[at], zone[at]))
    of_site, of_zone = dimension(a)[site], dimension(index.shapes)[zone]
    amount = size(shared)
    length = np.where(np.minimum(of_site, of_zone) == LINE, amount, np.nan)
    used, back = np.unique(site, return_inverse=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(amount / size(a[used])[back], 1.0)
    share[of_zone != POLYGON] = np.nan
    return rows_of(site, zone, length_m=length, share=share)
