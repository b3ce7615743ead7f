"""overlap_table: a row for every site and zone that meet or are near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import GeometryError
from spatial.index import ZoneIndex
from spatial.measure import area_m2, deepest_points, distance_m
from spatial.overlap.areas import areas
from spatial.overlap.pairs import (
    LINE,
    POLYGON,
    dimension,
    refuse_invalid,
    shapes_of,
    size,
)
from spatial.overlap.shapes import shared_shapes
from spatial.overlap.states import INSIDE

if TYPE_CHECKING:
    import geopandas as gpd

    from spatial.measure.ellipsoid import Floats, Integers, Shapes
    from spatial.overlap.areas import Engine
    from spatial.overlap.pairs import PairName

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
    engine: Engine = "auto",
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
    a, b = shapes_of(sites, "site"), shapes_of(zones, "zone")
    index = ZoneIndex(b)
    name = _name(sites.index, zones.index)
    site, zone = index.candidates(a, within_m=_reach_m(within_m))
    refuse_invalid(a, site, sites, "site")
    refuse_invalid(b, zone, zones, "zone")
    found = _meeting(index, a, engine, name)
    if within_m > 0:
        found = pd.concat(
            [found, _near(index, a, (site, zone), met=found, within_m=within_m)]
        )
    found = found.sort_values(["site", "zone"], ignore_index=True)
    if margins:
        found["margin_m"] = _margins(index, a, found, name)
    found["site"] = sites.index[found["site"]]
    found["zone"] = zones.index[found["zone"]]
    return found[list(COLUMNS)]


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
    a, b = shapes_of(sites, "site"), shapes_of(zones, "zone")
    site = _positions(sites.index, pairs["site"])
    zone = _positions(zones.index, pairs["zone"])
    refuse_invalid(a, site, sites, "site")
    refuse_invalid(b, zone, zones, "zone")
    name = _name(sites.index, zones.index)
    return shared_shapes(
        ZoneIndex(b), a[site], zone, lambda row: name(site[row], zone[row])
    )


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


def _name(sites: pd.Index, zones: pd.Index) -> PairName:
    """Return the namer of pairs."""
    return lambda site, zone: f"site {sites[site]!r} and zone {zones[zone]!r}"


def _reach_m(within_m: float) -> float:
    """Return how far to look, so that rounding loses nothing."""
    return within_m + _ROUNDING_M if within_m > 0 else 0.0


# -- pairs that meet -----------------------------------------------------------


def _meeting(
    index: ZoneIndex, a: Shapes, engine: Engine, name: PairName
) -> pd.DataFrame:
    """Return the pairs that meet, by position: polygons by area, others by shape."""
    polygon = np.flatnonzero(dimension(a) == POLYGON)
    tables = [_areal(index, a, polygon, engine=engine, name=name)]
    site, zone = index.candidates(a)
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
    return _rows(rows[found.site], found.zone, area_m2=found.area_m2, share=share)


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
    return _rows(site, zone, length_m=length, share=share)


def _rows(
    site: Integers,
    zone: Integers,
    *,
    area_m2: Floats | float = np.nan,
    share: Floats | float = np.nan,
    length_m: Floats | float = np.nan,
    distance_m: Floats | float = 0.0,
) -> pd.DataFrame:
    """Return a table of pairs by position; what is not given makes no sense there."""
    numbers = (area_m2, share, length_m, distance_m, np.nan)
    columns = (np.broadcast_to(np.asarray(one, float), len(site)) for one in numbers)
    return pd.DataFrame(dict(zip(COLUMNS, (site, zone, *columns), strict=True)))


# -- pairs apart ---------------------------------------------------------------


def _near(
    index: ZoneIndex,
    a: Shapes,
    candidates: tuple[Integers, Integers],
    *,
    met: pd.DataFrame,
    within_m: float,
) -> pd.DataFrame:
    """Return the pairs that do not meet but lie within a distance."""
    site, zone = candidates
    many = len(index.shapes)
    known = met["site"].to_numpy() * many + met["zone"].to_numpy()
    apart = ~np.isin(site * many + zone, known)
    site, zone = site[apart], zone[apart]
    reach_m = _reach_m(within_m)
    edges = index.outlines.within(a[site], zone, reach_m)
    some = np.flatnonzero(~shapely.is_empty(edges))
    site, zone, edges = site[some], zone[some], edges[some]
    away_m = distance_m(a[site], edges, within_m=reach_m)
    near = np.round(away_m, 3) <= within_m
    site, zone = site[near], zone[near]
    both = (dimension(a)[site] == POLYGON) & (dimension(index.shapes)[zone] == POLYGON)
    lesser = np.minimum(dimension(a)[site], dimension(index.shapes)[zone])
    of_polygon = dimension(index.shapes)[zone] == POLYGON
    return _rows(
        site,
        zone,
        area_m2=np.where(both, 0.0, np.nan),
        share=np.where(of_polygon, 0.0, np.nan),
        length_m=np.where(lesser == LINE, 0.0, np.nan),
        distance_m=away_m[near],
    )


def _margins(
    index: ZoneIndex, a: Shapes, pairs: pd.DataFrame, name: PairName
) -> Floats:
    """Return how far pairs are from changing: > 0 apart, < 0 deep."""
    site, zone = pairs["site"].to_numpy(), pairs["zone"].to_numpy()
    margin = pairs["distance_m"].to_numpy(copy=True)
    overlaps = (pairs[["area_m2", "length_m", "share_of_site"]] > 0).any(axis=1)
    rows = np.flatnonzero(overlaps & (dimension(index.shapes)[zone] == POLYGON))
    shared = shared_shapes(
        index,
        a[site[rows]],
        zone[rows],
        lambda at: name(site[rows[at]], zone[rows[at]]),
    )
    some = np.flatnonzero(~shapely.is_empty(shared))
    rows, shared = rows[some], shared[some]
    edges = index.outlines.facing(shared, zone[rows])
    margin[rows] = 0.0 - distance_m(deepest_points(shared, edges), edges)
    return margin
