"""Areas that sites and zones share: two engines, one answer.

``kernel``
    Sums over pairs of edges, without building geometry (`spatial.overlap.kernel`).
``geometry``
    GEOS: prepared predicates, and an overlay of the site with the part of the zone
    about it (`spatial.index.tiles`).

Both leave open whether an area next to nothing is a touch, a hair's breadth of overlap
or nothing, and whether an area next to the whole is all of it. One and the same exact
test on the original edges decides that for both (`settled`), so that they never
differ in what a pair *is*, and in its size by no more than 1e-9 of it or 1e-3 m2.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import shapely

from layers.errors import InputRefusedError
from spatial.index.rings import rings_of
from spatial.measure import area_m2
from spatial.overlap.loading import load_kernels
from spatial.overlap.overlays import POLYGON, dimension, of_dimension, overlay
from spatial.overlap.settled import Areas, settled
from spatial.overlap.states import (
    DOUBT_M2,
    DOUBT_SHARE,
    DOUBTFUL,
    INSIDE,
    PARTIAL,
)

if TYPE_CHECKING:
    from spatial.index import ZoneIndex
    from spatial.measure.ellipsoid import Floats, Integers, Shapes
    from spatial.overlap.overlays import PairName

Engine: TypeAlias = Literal["auto", "kernel", "geometry"]

_KERNEL_FROM = 2_000


def chosen(engine: Engine, sites: int) -> Literal["kernel", "geometry"]:
    """Return the engine that is meant.

    ``auto`` takes the kernel from 2,000 sites on, where numba is installed: before
    that, starting it costs more than it saves.

    Raises
    ------
    InputRefusedError
        There is no such engine, or the kernel is asked for and numba is not there.
    """
    if engine not in get_args(Engine):
        raise InputRefusedError(
            source="engine",
            expected=" or ".join(get_args(Engine)),
            got=repr(engine),
            todo="correct it",
        )
    there = importlib.util.find_spec("numba") is not None
    if engine == "kernel" and not there:
        raise InputRefusedError(
            source="engine='kernel'",
            expected="the package numba",
            got="it is not installed",
            todo="install ecoredline[fast], or take engine='geometry'",
        )
    if engine == "auto":
        return "kernel" if there and sites >= _KERNEL_FROM else "geometry"
    return engine


def areas(
    index: ZoneIndex, sites: Shapes, site_m2: Floats, *, engine: Engine, name: PairName
) -> Areas:
    """Return the pairs of polygons that meet.

    Parameters
    ----------
    index
        The zones; those that are no polygons are not looked at.
    sites
        (n,) polygons in EPSG:4490, valid.
    site_m2
        (n,) their own areas.
    engine
        See `chosen`.
    name
        Says which pair a site and a zone are, for messages.

    Raises
    ------
    InputRefusedError
        See `chosen`.
    GeometryError
        GEOS cannot overlay a pair, which is named.
    """
    if chosen(engine, len(sites)) == "kernel":
        found = _by_kernel(index, sites, site_m2)
    else:
        found = _by_geometry(index, sites, site_m2, name)
    return settled(found, index, sites, site_m2)


def _by_kernel(index: ZoneIndex, sites: Shapes, site_m2: Floats) -> Areas:
    """Return the pairs that share an area, or may."""
    load_kernels("the engine 'kernel'")
    from spatial.overlap import kernel  # noqa: PLC0415  numba is an extra

    return Areas(*kernel.overlap_areas(index.grid, rings_of(sites), site_m2))


def _by_geometry(
    index: ZoneIndex, sites: Shapes, site_m2: Floats, name: PairName
) -> Areas:
    """Return the pairs that meet, and what an overlay says of them."""
    site, zone = index.candidates(sites)
    polygon = dimension(index.shapes)[zone] == POLYGON
    site, zone = site[polygon], zone[polygon]
    meets = shapely.intersects(index.zones[zone], sites[site])
    site, zone = site[meets], zone[meets]
    inside = shapely.covers(index.zones[zone], sites[site])
    area = np.where(inside, site_m2[site], 0.0)
    rest = np.flatnonzero(~inside)
    a = sites[site[rest]]
    b = index.tiles.about(shapely.bounds(a), zone[rest])
    common = overlay(
        shapely.intersection, a, b, lambda row: name(site[rest[row]], zone[rest[row]])
    )
    area[rest] = area_m2(of_dimension(common, np.full(len(rest), POLYGON)))
    # On borders GEOS may overlook a corner that sticks out by a hair: not yet known.
    free = shapely.contains_properly(index.zones[zone], sites[site])
    state = np.where(free, INSIDE, by_size(area, site_m2[site]))
    return Areas(site, zone, area, state.astype(np.int8))


def by_size(area: Floats, whole: Floats) -> Integers:
    """Return what an area says by itself: `PARTIAL` or `DOUBTFUL`."""
    doubt = np.maximum(DOUBT_SHARE * whole, DOUBT_M2)
    clear = (area > doubt) & (area < whole - doubt)
    return np.where(clear, PARTIAL, DOUBTFUL)
