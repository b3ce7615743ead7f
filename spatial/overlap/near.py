"""Pairs that do not meet, but lie within a distance.

Most of what is near in boxes is not near on the ground, and of a zone that is near
hardly any edge matters. So the pieces of the outlines are dropped by two bounds that
cost a few operations each, before anything is searched::

            least            A piece stays if its box may lie within the distance
        |<---------->|       asked, and is not farther at its nearest than another
    site     +---------+     piece of the same zone is at its first vertex (`most`).
      .      |  piece  |
      |      +---------+
      |<----------.-------->  most
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spatial.index.outlines import least_of
from spatial.measure import distance_m
from spatial.measure.distance import first_vertex, most_m
from spatial.overlap.overlays import LINE, POLYGON, dimension
from spatial.overlap.pairs import rows_of

if TYPE_CHECKING:
    import pandas as pd

    from spatial.index import ZoneIndex
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

_ROUNDING_M = 0.001  # distances are compared at 1 mm


def searched_m(within_m: float) -> float:
    """Return how far to look, so that rounding loses nothing."""
    return within_m + _ROUNDING_M if within_m > 0 else 0.0


def near_pairs(
    index: ZoneIndex, a: Shapes, *, met: pd.DataFrame, within_m: float
) -> pd.DataFrame:
    """Return the pairs that do not meet but lie within a distance.

    Parameters
    ----------
    index
        The zones.
    a
        The sites, none empty.
    met
        The pairs that meet, columns ``site`` and ``zone`` by position.
    within_m
        Metres, itself included, compared at 1 mm.

    Returns
    -------
    DataFrame
        As `spatial.overlap.pairs.rows_of`, ordered by site, then zone.
    """
    if not len(index.shapes):  # a declared "there is none"
        nothing = np.zeros(0, dtype=np.int64)
        return rows_of(nothing, nothing)
    site, zone, edges, limit_m = _possible(index, a, met, searched_m(within_m))
    away_m = distance_m(a[site], edges, within_m=limit_m)
    near = np.round(away_m, 3) <= within_m
    site, zone = site[near], zone[near]
    of_site, of_zone = dimension(a)[site], dimension(index.shapes)[zone]
    lesser = np.minimum(of_site, of_zone)
    return rows_of(
        site,
        zone,
        area_m2=np.where(lesser == POLYGON, 0.0, np.nan),
        share=np.where(of_zone == POLYGON, 0.0, np.nan),
        length_m=np.where(lesser == LINE, 0.0, np.nan),
        distance_m=away_m[near],
    )


def _possible(
    index: ZoneIndex, a: Shapes, met: pd.DataFrame, reach_m: float
) -> tuple[Integers, Integers, Shapes, Floats]:
    """Return pairs that may be near: site, zone, the edges that decide, a bound."""
    outlines, many = index.outlines, len(index.shapes)
    row, piece, least = outlines.near(a, reach_m)
    key = row * many + outlines.owner[piece]
    fresh = np.diff(key, prepend=-1) > 0  # ordered by site and piece, so by zone too
    pair = key[fresh]
    known = met["site"].to_numpy() * many + met["zone"].to_numpy()
    apart = ~np.isin(pair, known)
    group = np.where(apart, np.cumsum(apart) - 1, -1)[np.cumsum(fresh) - 1]
    open_ = group >= 0
    row, piece, least, group = row[open_], piece[open_], least[open_], group[open_]
    pair = pair[apart]
    most = most_m(first_vertex(a)[row], outlines.first[piece])
    limit_m = np.minimum(least_of(most, group, len(pair)), reach_m)
    some = least <= limit_m[group]
    edges = outlines.gathered(group[some], piece[some], len(pair))
    return pair // many, pair % many, edges, limit_m
