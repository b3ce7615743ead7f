"""Slivers that are none together: how a zone is cut in pieces changes no answer.

An overlap below the tolerance is a sliver, zone by zone. A red line that an office
holds as five parcels would make five slivers of a trench that lies in it from end to
end, and "no conflict" of all five. So what a site shares with the zones of a layer
counts together before any of it is set aside.

    ┌────┬────┬────┬────┬────┐
    │    │    │    │    │    │   a trench of 0.9 m through five parcels, tolerance 1 m:
    ├────┴────┴────┴────┴────┤   a fifth of it in each, all of it in the red line
    └────────────────────────┘
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure import sliver_width_m
from spatial.overlap.overlays import size

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from spatial.measure.ellipsoid import Integers

    Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

HALF = 0.5
"""What takes this share of a site or more is no sliver, however thin it is."""


def none_together(
    table: pd.DataFrame,
    thin: Mask,
    *,
    sort: Integers,
    shapes: Callable[[np.ndarray], np.ndarray],
) -> Mask:
    """Return which slivers are none when what the site shares counts together.

    Parameters
    ----------
    table
        Pairs that overlap or touch, as `spatial.overlap.overlap_table`, and the
        columns ``layer``, ``limit_m2`` and ``limit_m``: the tolerance of each pair's
        layer.
    thin
        (n,) which pairs are slivers by themselves.
    sort
        (n,) a number for what rules tell zones apart by; zones of one layer and sort
        differ in outline, id and name alone, and could as well be one zone.
    shapes
        Returns what the pairs of some rows share.

    Returns
    -------
    ndarray
        (n,) True for slivers whose zones, as one zone, would overlap the site by more
        than the tolerance or take half of it; and for those above the tolerated area
        where all slivers of the layer together take half of the site. False for every
        pair that is no sliver.
    """
    found: Mask = np.zeros(len(table), dtype=bool)
    measured = (table["area_m2"].to_numpy() > 0) | (table["length_m"].to_numpy() > 0)
    rows = np.flatnonzero(thin & measured)
    if rows.size < 2:  # noqa: PLR2004  one has nothing to be together with
        return found
    some = table.iloc[rows].assign(sort=sort[rows])
    for group in _several(some, ["site", "layer", "sort"]):
        if _is_wide(table, group, shapes):
            found[group] = True
    for group in _several(some, ["site", "layer"]):
        if _share(table, group, shapes) >= HALF:
            own = table["area_m2"].to_numpy()[group]
            found[group[own > table["limit_m2"].to_numpy()[group]]] = True
    return found


def _several(some: pd.DataFrame, names: list[str]) -> list[np.ndarray]:
    """Return the rows of groups of two and more that could be above a tolerance."""
    groups = some.groupby(names, sort=True)
    many = groups["site"].transform("size") > 1
    above = (
        (groups["area_m2"].transform("sum") > some["limit_m2"])
        | (groups["length_m"].transform("sum") > some["limit_m"])
        | (groups["share_of_site"].transform("sum") >= HALF)
    )
    left = some[(many & above).to_numpy()]
    parts = left.groupby(names, sort=True).groups.values()
    return [np.asarray(one, dtype=np.int64) for one in parts]


def _is_wide(
    table: pd.DataFrame,
    group: np.ndarray,
    shapes: Callable[[np.ndarray], np.ndarray],
) -> bool:
    """Whether the zones of a group, as one zone, would overlap by no sliver."""
    if _share(table, group, shapes) >= HALF:
        return True
    first = table.iloc[group[0]]
    limit_m2, limit_m = float(first["limit_m2"]), float(first["limit_m"])
    whole = np.array([shapely.union_all(shapes(group))], dtype=object)
    measured = float(size(whole)[0])
    if not np.isfinite(first["area_m2"]):
        return measured > limit_m
    if measured <= limit_m2:
        return False
    return limit_m == 0 or float(sliver_width_m(whole)[0]) > limit_m


def _share(
    table: pd.DataFrame,
    group: np.ndarray,
    shapes: Callable[[np.ndarray], np.ndarray],
) -> float:
    """Return the share of the site that the zones of a group take together."""
    share = table["share_of_site"].to_numpy()[group]
    if not np.nansum(share) >= HALF:
        return 0.0
    most = int(np.nanargmax(share))
    own = size(shapes(group[most : most + 1]))[0] / share[most]
    whole = np.array([shapely.union_all(shapes(group))], dtype=object)
    return float(size(whole)[0] / own)
