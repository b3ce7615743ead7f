"""cover_table: how much of every site lies in the union of the zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import GeometryError
from spatial.measure import deepest_points, distance_m
from spatial.overlap.covered import covered
from spatial.overlap.overlays import LINE, POLYGON, dimension, size
from spatial.overlap.pairs import (
    index_of,
    refuse_invalid,
    refuse_invalid_zones,
    shapes_of,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from spatial.index import ZoneIndex
    from spatial.measure.ellipsoid import Floats, Integers, Shapes
    from spatial.overlap.areas import Engine
    from spatial.overlap.covered import Covered


def cover_table(
    sites: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    *,
    margins: bool = False,
    engine: Engine = "auto",
    index: ZoneIndex | None = None,
) -> pd.DataFrame:
    """Return how much of each site the zones cover together.

    Zones that overlap count once. A zone's border belongs to it: a line that runs
    along the border, a point on it, is covered.

    Parameters
    ----------
    sites
        Frame in EPSG:4490; points, lines or polygons.
    zones
        Frame in EPSG:4490; polygons.
    margins
        Whether to measure ``remainder_depth_m`` and ``inside_margin_m`` as well,
        which takes longer than all the rest; they are NaN otherwise.
    engine
        As for `overlap_table`.
    index
        The index of `zones`, if it has been made; made here otherwise.

    Returns
    -------
    DataFrame
        Indexed like `sites`, one row a site. Columns:

        ``covered_share``
            In [0, 1]; exactly 1.0 when nothing is left over. Of several points: the
            share of them. A remainder that is on average thinner than 1e-13 degrees
            (1e-8 m, a few units of a coordinate's last digit) is rounding of the
            union, not land.
        ``covered_m2``, ``remainder_m2``
            For a polygon: area inside and outside; NaN for others.
        ``covered_length_m``, ``remainder_length_m``
            For a line: length inside and outside; NaN for others.
        ``remainder_depth_m``
            How far the part outside reaches away from all zones: the distance of its
            farthest point that was found, so a lower bound. 0 when nothing is
            outside, inf when there is no zone.
        ``inside_margin_m``
            For a site wholly inside: geodesic distance to the boundary of the union
            of the zones that it meets, so never more than that to the boundary of
            all zones. NaN for others.

    Raises
    ------
    CrsMismatchError
        A frame is not in EPSG:4490.
    GeometryError
        A zone is not a polygon; otherwise as for `overlap_table`.
    """
    a, ready = shapes_of(sites, "site"), index_of(zones, index)
    other = np.flatnonzero(dimension(ready.shapes) != POLYGON)
    if len(other):
        at = int(other[0])
        msg = (
            f"zone {zones.index[at]!r}: only polygons can cover a site, got "
            f"{ready.shapes[at].geom_type}; filter the zones first"
        )
        raise GeometryError(msg)
    _, zone = ready.candidates(a)
    refuse_invalid(a, np.arange(len(a)), sites, "site")
    refuse_invalid_zones(ready, zone, zones)
    found = covered(
        ready, a, engine=engine, shapes=margins,
        name=lambda row: f"site {sites.index[row]!r}",
    )  # fmt: skip
    columns = _columns(a, found)
    if margins:
        columns |= _margins(ready, a, found)
    return pd.DataFrame(columns, index=sites.index)


def _columns(a: Shapes, found: Covered) -> dict[str, Floats]:
    """Return the columns of the table, the margins as not measured."""
    kind = dimension(a)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip(found.within / size(a), 0.0, 1.0)
    return {
        "covered_share": np.where(found.inside, 1.0, share),
        "covered_m2": np.where(kind == POLYGON, found.within, np.nan),
        "remainder_m2": np.where(kind == POLYGON, found.left, np.nan),
        "covered_length_m": np.where(kind == LINE, found.within, np.nan),
        "remainder_length_m": np.where(kind == LINE, found.left, np.nan),
        "remainder_depth_m": np.full(len(a), np.nan),
        "inside_margin_m": np.full(len(a), np.nan),
    }


def _margins(index: ZoneIndex, a: Shapes, found: Covered) -> dict[str, Floats]:
    """Return how far the part outside reaches, and how deep inside the rest lies."""
    inside = np.flatnonzero(found.inside)
    beyond = np.flatnonzero(~found.inside)
    depth, margin = np.zeros(len(a)), np.full(len(a), np.nan)
    depth[beyond] = _depth_outside(index, found.outside[beyond])
    margin[inside] = _depth_inside(index, a, inside, found)
    return {"remainder_depth_m": depth, "inside_margin_m": margin}


def _depth_outside(index: ZoneIndex, outside: Shapes) -> Floats:
    """Return the distance to all zones of the farthest point found of each part."""
    if not len(index.outlines.pieces):
        return np.full(len(outside), np.inf)
    edges = index.outlines.facing(outside)
    return distance_m(deepest_points(outside, edges), edges)


def _depth_inside(
    index: ZoneIndex, a: Shapes, rows: Integers, found: Covered
) -> Floats:
    """Return the distance to the boundary of the union of the zones that are met."""
    of = np.isin(found.site, rows)
    site, zone = found.site[of], found.zone[of]
    first = np.flatnonzero(np.diff(site, prepend=-1))
    single = np.diff(np.append(first, len(site))) == 1
    edges = np.full(len(rows), None, dtype=object)
    alone = first[single]
    edges[single] = index.outlines.facing(a[site[alone]], zone[alone])
    made: dict[bytes, shapely.Geometry] = {}
    groups = np.split(zone, first[1:])
    for row in np.flatnonzero(~single).tolist():
        key = groups[row].tobytes()
        if key not in made:  # neighbours meet the same zones
            made[key] = shapely.boundary(shapely.union_all(index.shapes[groups[row]]))
        edges[row] = made[key]
    return distance_m(a[rows], edges)
