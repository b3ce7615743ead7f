"""How far pairs are from changing: measured only for those that are asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure.depth import across_m, deepest_m
from spatial.measure.segments import away_in_plane, segments_of
from spatial.overlap.overlays import POLYGON, dimension
from spatial.overlap.pairs import (
    index_of,
    pair_namer,
    positions,
    refuse_invalid,
    refuse_invalid_zones,
    shapes_of,
)
from spatial.overlap.shapes import shared_shapes
from spatial.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

    from spatial.index import ZoneIndex
    from spatial.index.outlines import Outlines
    from spatial.measure.ellipsoid import Floats, Integers, Shapes
    from spatial.measure.segments import AwayInPlane, Segments
    from spatial.overlap.overlays import PairName

    _Facing = Callable[[Shapes, Integers, Floats], Segments]

_AT_A_TIME = 512
"""Pairs whose edges are searched at a time: their table stays in the cache."""


def margins(
    sites: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    pairs: pd.DataFrame,
    *,
    index: ZoneIndex | None = None,
    shapes: Shapes | None = None,
) -> Floats:
    """Return how far chosen pairs are from changing, in metres.

    Parameters
    ----------
    sites, zones
        As for `overlap_table`.
    pairs
        Rows of the overlap table of these frames, all its columns.
    index
        The index of `zones`, if it has been made; made here otherwise.
    shapes
        (n,) what `intersection_geometry` gave for these pairs, if it was asked;
        found here otherwise, which takes most of the time.

    Returns
    -------
    ndarray
        (n,) in the order of `pairs`: what ``overlap_table(..., margins=True)`` has as
        ``margin_m``. > 0: so far apart; < 0: so deep in the polygon zone, a lower
        bound of the depth; 0 for a touch, and where a line or point zone is met.

    Raises
    ------
    CrsMismatchError, GeometryError
        As for `overlap_table`; also if a label is not in its frame.
    """
    a = shapes_of(sites, "site")
    ready = index_of(zones, index)
    by_position = pairs.assign(
        site=positions(sites.index, pairs["site"]),
        zone=positions(zones.index, pairs["zone"]),
    )
    refuse_invalid(a, by_position["site"].to_numpy(), sites, "site")
    refuse_invalid_zones(ready, by_position["zone"].to_numpy(), zones)
    name = pair_namer(sites.index, zones.index)
    return margins_of(ready, a, by_position, name, shapes=shapes)


def margins_of(
    index: ZoneIndex,
    a: Shapes,
    pairs: pd.DataFrame,
    name: PairName,
    *,
    shapes: Shapes | None = None,
) -> Floats:
    """Return what `margins` does, of pairs by position."""
    site, zone = pairs["site"].to_numpy(), pairs["zone"].to_numpy()
    margin = pairs["distance_m"].to_numpy(dtype=float, copy=True)
    overlaps = (pairs[["area_m2", "length_m", "share_of_site"]] > 0).any(axis=1)
    rows = np.flatnonzero(overlaps & (dimension(index.shapes)[zone] == POLYGON))
    if shapes is not None:
        shared = shapes[rows]
    else:
        shared = shared_shapes(
            index,
            a[site[rows]],
            zone[rows],
            lambda at: name(site[rows[at]], zone[rows[at]]),
            known=pairs.iloc[rows],
        )
    some = np.flatnonzero(~shapely.is_empty(shared))
    rows, shared = rows[some], shared[some]
    # Of a site in one piece that a border crosses, a piece of the border lies at what
    # is within: so no point of that is farther from a border than it is wide.
    single = shapely.get_type_id(a[site]) == shapely.GeometryType.POLYGON
    crossed = single & (pairs["share_of_site"].to_numpy() < 1.0)
    shapely.bounds(shared)  # a collection settles its box when first asked: now
    facing, search = _searches(index)

    def depths(low: int) -> Floats:
        part, inner = rows[low : low + _AT_A_TIME], shared[low : low + _AT_A_TIME]
        near_m = np.where(crossed[part], across_m(inner), np.nan)
        return deepest_m(inner, facing(inner, zone[part], near_m), search=search)

    found = side_by_side(depths, range(0, len(rows), _AT_A_TIME))
    margin[rows] = 0.0 - np.concatenate([np.zeros(0), *found])
    return margin


def _searches(index: ZoneIndex) -> tuple[_Facing, AwayInPlane]:
    """Return what finds the edges about a place, and the nearest of them to points.

    Compiled where there is a grid to search; the depths are the same, to the bit.
    """
    if not index.has_grid:
        outlines = index.outlines.ready()
        return partial(_facing, outlines), away_in_plane
    from spatial.index.facing import GridFacing  # noqa: PLC0415  numba is an extra
    from spatial.overlap.kernel import away  # noqa: PLC0415

    return GridFacing(index.grid).facing, away.away_in_plane


def _facing(
    outlines: Outlines, inner: Shapes, zone: Integers, within_m: Floats
) -> Segments:
    return segments_of(outlines.facing(inner, zone, within_m=within_m))
