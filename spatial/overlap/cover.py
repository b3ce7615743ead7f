"""cover_table: how much of every site lies in the union of the zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import GeometryError
from spatial.index import ZoneIndex
from spatial.measure import deepest_points, distance_m, outline
from spatial.overlap.pairs import (
    LINE,
    POLYGON,
    dimension,
    of_dimension,
    overlay,
    refuse_invalid,
    shapes_of,
    size,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from spatial.measure.ellipsoid import Floats, Integers, Shapes
    from spatial.overlap.pairs import Name

_ROUNDING_DEG = 1e-13


def cover_table(
    sites: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, *, margins: bool = False
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
    a, b = shapes_of(sites, "site"), shapes_of(zones, "zone")
    other = np.flatnonzero(dimension(b) != POLYGON)
    if len(other):
        at = int(other[0])
        msg = (
            f"zone {zones.index[at]!r}: only polygons can cover a site, got "
            f"{b[at].geom_type}; filter the zones first"
        )
        raise GeometryError(msg)
    index = ZoneIndex(b)
    site, zone = index.candidates(a)
    refuse_invalid(a, np.arange(len(a)), sites, "site")
    refuse_invalid(b, zone, zones, "zone")
    meets = shapely.intersects(index.zones[zone], a[site])
    site, zone = site[meets], zone[meets]
    union = _unions(index.zones, site, zone, len(a))
    covered, outside = _split(a, union, lambda row: f"site {sites.index[row]!r}")
    columns = _columns(a, covered, outside)
    if margins:
        columns |= _margins(a, outside, union=union, index=index)
    return pd.DataFrame(columns, index=sites.index)


def _columns(a: Shapes, covered: Shapes, outside: Shapes) -> dict[str, Floats]:
    """Return the columns of the table, the margins as not measured."""
    kind = dimension(a)
    within, left = size(covered), size(outside)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.clip(within / size(a), 0.0, 1.0)
    return {
        "covered_share": np.where(shapely.is_empty(outside), 1.0, share),
        "covered_m2": np.where(kind == POLYGON, within, np.nan),
        "remainder_m2": np.where(kind == POLYGON, left, np.nan),
        "covered_length_m": np.where(kind == LINE, within, np.nan),
        "remainder_length_m": np.where(kind == LINE, left, np.nan),
        "remainder_depth_m": np.full(len(a), np.nan),
        "inside_margin_m": np.full(len(a), np.nan),
    }


def _margins(
    a: Shapes, outside: Shapes, *, union: Shapes, index: ZoneIndex
) -> dict[str, Floats]:
    """Return how far the part outside reaches, and how deep inside the rest lies."""
    inside = shapely.is_empty(outside)
    depth, margin = np.zeros(len(a)), np.full(len(a), np.nan)
    depth[~inside] = _depth_outside(outside[~inside], union[~inside], index)
    margin[inside] = distance_m(a[inside], outline(union[inside]))
    return {"remainder_depth_m": depth, "inside_margin_m": margin}


def _unions(zones: Shapes, site: Integers, zone: Integers, count: int) -> Shapes:
    """Return for each site the union of the zones that it meets; empty if none."""
    result = np.full(count, shapely.Polygon(), dtype=object)
    starts = np.flatnonzero(np.diff(site, prepend=-1))
    single = starts[np.diff(np.append(starts, len(site))) == 1]
    result[site[single]] = zones[zone[single]]
    made: dict[bytes, shapely.Geometry] = {}
    for group in np.split(np.arange(len(site)), starts[1:]):
        if len(group) > 1:
            key = zone[group].tobytes()
            if key not in made:  # neighbours meet the same zones
                made[key] = shapely.union_all(zones[zone[group]])
                shapely.prepare(made[key])
            result[site[group[0]]] = made[key]
    return result


def _split(a: Shapes, union: Shapes, name: Name) -> tuple[Shapes, Shapes]:
    """Return the part of each site inside and the part outside its union."""
    covered = a.copy()
    outside = np.full(len(a), shapely.Polygon(), dtype=object)
    rows = np.flatnonzero(~shapely.covers(union, a))
    first, second, kind = a[rows], union[rows], dimension(a[rows])
    for part, operation in (
        (covered, shapely.intersection),
        (outside, shapely.difference),
    ):
        shared = overlay(operation, first, second, lambda row: name(rows[row]))
        part[rows] = of_dimension(shared, kind)
    rounding = (dimension(outside) == POLYGON) & (
        2 * shapely.area(outside) <= _ROUNDING_DEG * shapely.length(outside)
    )
    covered[rounding], outside[rounding] = a[rounding], shapely.Polygon()
    return covered, outside


def _depth_outside(outside: Shapes, union: Shapes, index: ZoneIndex) -> Floats:
    """Return the distance to all zones of the farthest point found of each part."""
    if not len(index.zones):
        return np.full(len(outside), np.inf)
    base = union.copy()
    alone = np.flatnonzero(shapely.is_empty(union))
    base[alone] = index.zones[index.nearest(outside[alone])]
    bound_m = distance_m(deepest_points(outside, outline(base)), base)
    # Zones that the site does not meet may be nearer to some of its points.
    row, zone = index.candidates(outside, within_m=bound_m * 1.01 + 1.0)
    used, back = np.unique(zone, return_inverse=True)
    lines, owner = shapely.get_parts(
        outline(index.zones[used])[back], return_index=True
    )
    around = np.asarray(shapely.multilinestrings(lines, indices=row[owner]))
    return distance_m(deepest_points(outside, around), around)
