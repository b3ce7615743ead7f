"""What the zones cover of each site together, most of it without a union.

::

    site in one zone                    all of it: no edge runs through it
    site that one zone takes part of    area inside; outside is the rest of its own
    site that several zones meet        union of their parts about the site

Only the last needs shapes to be built, and where next to nothing is left over:
whether that is land or the rounding of a border is asked of its shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure import area_m2
from spatial.overlap.areas import areas
from spatial.overlap.overlays import (
    LINE,
    POINT,
    POLYGON,
    dimension,
    of_dimension,
    overlay,
    size,
)
from spatial.overlap.states import INSIDE, PARTIAL

if TYPE_CHECKING:
    import numpy.typing as npt

    from spatial.index import ZoneIndex
    from spatial.measure.ellipsoid import Floats, Integers, Shapes
    from spatial.overlap.areas import Engine
    from spatial.overlap.overlays import Name

_ROUNDING_DEG = 1e-13
_CLEAR_SHARE, _CLEAR_M2 = 1e-6, 1.0
"""So much left over is land: a strip thin enough for rounding would go round the
Earth five times."""


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """What is inside and outside of the union of the zones, site by site.

    Attributes
    ----------
    within, left
        Area (m2), length (m) or number of points inside and outside.
    inside
        Whether nothing is left over.
    outside
        The part outside, where it was wanted or had to be built; else empty.
    site, zone
        The pairs that meet, a touch included, ordered by site, then zone.
    """

    within: Floats
    left: Floats
    inside: npt.NDArray[np.bool_]
    outside: Shapes
    site: Integers
    zone: Integers


def covered(
    index: ZoneIndex, a: Shapes, *, engine: Engine, shapes: bool, name: Name
) -> Covered:
    """Return what the zones cover of each site.

    Parameters
    ----------
    index
        Polygons.
    a
        (n,) points, lines, polygons; valid, none empty.
    engine
        See `spatial.overlap.areas.chosen`.
    shapes
        Whether every part outside is wanted as a shape.
    name
        Says which site a row is, for messages.

    Raises
    ------
    GeometryError
        GEOS cannot overlay a site, which is named.
    """
    own = size(a)
    nothing = np.full(len(a), shapely.Polygon(), dtype=object)
    none = np.zeros(0, dtype=np.int64)
    result = Covered(
        np.zeros(len(a)), own.copy(), np.zeros(len(a), dtype=bool), nothing, none, none
    )
    pairs = [
        _polygons(index, a, result, engine=engine, shapes=shapes, name=name),
        _lines(index, a, result, name),
        _points(index, a, result),
    ]
    site, zone = (np.concatenate(one) for one in zip(*pairs, strict=True))
    order = np.lexsort((zone, site))
    result.left[result.inside] = 0.0
    result.within[result.inside] = own[result.inside]
    result.outside[result.inside] = shapely.Polygon()
    return Covered(
        result.within, result.left, result.inside, result.outside,
        site[order], zone[order],
    )  # fmt: skip


# -- polygons ------------------------------------------------------------------


def _polygons(
    index: ZoneIndex,
    a: Shapes,
    result: Covered,
    *,
    engine: Engine,
    shapes: bool,
    name: Name,
) -> tuple[Integers, Integers]:
    """Fill in the polygons; return the pairs that meet."""
    rows = np.flatnonzero(dimension(a) == POLYGON)
    own = result.left[rows].copy()
    found = areas(
        index, a[rows], own, engine=engine, name=lambda site, _: name(rows[site])
    )
    result.outside[rows] = a[rows]
    result.inside[rows[found.site[found.state == INSIDE]]] = True
    part = found[(found.state == PARTIAL) & ~result.inside[rows[found.site]]]
    many = np.bincount(part.site, minlength=len(rows))[part.site]
    left = own[part.site] - part.area_m2
    plain = (many == 1) & (left > np.maximum(_CLEAR_SHARE * own[part.site], _CLEAR_M2))
    built = part[np.ones(len(plain), bool) if shapes else ~plain]
    _by_shape(index, a, (rows[built.site], built.zone), result=result, name=name)
    at = rows[part.site[plain]]
    result.within[at], result.left[at] = part.area_m2[plain], left[plain]
    return rows[found.site], found.zone


def _by_shape(
    index: ZoneIndex,
    a: Shapes,
    pairs: tuple[Integers, Integers],
    *,
    result: Covered,
    name: Name,
) -> None:
    """Fill in the sites whose part outside has to be built."""
    rows, union = _unions(index, a, *pairs)
    first = a[rows]
    label: Name = lambda row: name(int(rows[row]))  # noqa: E731
    kind = np.full(len(rows), POLYGON)
    inner = of_dimension(overlay(shapely.intersection, first, union, label), kind)
    outer = of_dimension(overlay(shapely.difference, first, union, label), kind)
    rounding = 2 * shapely.area(outer) <= _ROUNDING_DEG * shapely.length(outer)
    result.inside[rows] = rounding | shapely.is_empty(outer)
    result.within[rows], result.left[rows] = area_m2(inner), area_m2(outer)
    result.outside[rows] = outer


def _unions(
    index: ZoneIndex, a: Shapes, site: Integers, zone: Integers
) -> tuple[Integers, Shapes]:
    """Return sites, and the union of what some zones have about each of them.

    `site` ascends. The union equals that of the whole zones within the site's box,
    but for a hair thinner than `_ROUNDING_DEG` where a tile shortens an edge.
    """
    parts = index.tiles.about(shapely.bounds(a[site]), zone)
    first = np.flatnonzero(np.diff(site, prepend=-1))
    many = np.diff(np.append(first, len(site)))
    result = parts[first]
    for count in np.unique(many[many > 1]).tolist():
        some = np.flatnonzero(many == count)
        table = parts[first[some][:, None] + np.arange(count)]
        result[some] = shapely.union_all(table, axis=1)
    return site[first], result


# -- lines and points ----------------------------------------------------------


def _lines(
    index: ZoneIndex, a: Shapes, result: Covered, name: Name
) -> tuple[Integers, Integers]:
    """Fill in the lines; return the pairs that meet."""
    lines = np.flatnonzero(dimension(a) == LINE)
    result.outside[lines] = a[lines]
    site, zone = _meeting(index, a, lines)
    result.inside[site[shapely.covers(index.zones[zone], a[site])]] = True
    open_ = ~result.inside[site]
    rows, union = _unions(index, a, site[open_], zone[open_])
    label: Name = lambda row: name(int(rows[row]))  # noqa: E731
    kind = np.full(len(rows), LINE)
    inner = of_dimension(overlay(shapely.intersection, a[rows], union, label), kind)
    rest = of_dimension(overlay(shapely.difference, a[rows], union, label), kind)
    # A tile may have moved a border by a hair from under a line that runs along it.
    edges = _edges(index, a, site[open_], zone[open_])
    along = of_dimension(overlay(shapely.intersection, rest, edges, label), kind)
    outer = of_dimension(overlay(shapely.difference, rest, edges, label), kind)
    result.inside[rows] = shapely.is_empty(outer)
    result.within[rows], result.left[rows] = size(inner) + size(along), size(outer)
    result.outside[rows] = outer
    return site, zone


def _edges(index: ZoneIndex, a: Shapes, site: Integers, zone: Integers) -> Shapes:
    """Return the original edges of the zones that each site meets, in its box."""
    edges = index.outlines.around(shapely.bounds(a[site]), zone)
    parts, pair = shapely.get_parts(edges, return_index=True)
    row = np.unique(site, return_inverse=True)[1]
    result = np.full(row.max(initial=-1) + 1, shapely.MultiLineString(), dtype=object)
    found, rank = np.unique(row[pair], return_inverse=True)
    if len(found):
        result[found] = shapely.multilinestrings(parts, indices=rank)
    return result


def _points(index: ZoneIndex, a: Shapes, result: Covered) -> tuple[Integers, Integers]:
    """Fill in the points, counted one by one; return the pairs that meet."""
    rows = np.flatnonzero(dimension(a) == POINT)
    parts, owner = shapely.get_parts(a[rows], return_index=True)
    part, zone = _meeting(index, parts, np.arange(len(parts)))
    out = np.ones(len(parts), dtype=bool)
    out[part] = False
    result.left[rows] = np.bincount(owner[out], minlength=len(rows))
    result.within[rows] = np.bincount(owner[~out], minlength=len(rows))
    result.inside[rows] = result.left[rows] == 0
    some, rank = np.unique(owner[out], return_inverse=True)
    if len(some):
        result.outside[rows[some]] = shapely.multipoints(parts[out], indices=rank)
    pairs = np.unique(np.column_stack([rows[owner[part]], zone]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _meeting(index: ZoneIndex, a: Shapes, rows: Integers) -> tuple[Integers, Integers]:
    """Return the pairs of some sites and all zones that meet, a touch included."""
    site, zone = index.candidates(a[rows])
    meets = shapely.intersects(index.zones[zone], a[rows[site]])
    return rows[site[meets]], zone[meets]
