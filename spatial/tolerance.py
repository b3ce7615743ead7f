r"""Which overlaps are slivers: below the area or the width that an office calls none.

Two drawings of one border differ by a hair, and the strip between them is no conflict.
A strip that is thin for another reason is one: a trench dug through a red line, a
site on which a thin red line lies. So width counts only where it is the border's::

        sliver                 trench                 brook
     ┌────────┐               ┌─────────┐           ╔══════════╗
     │  zone  │               │  zone   │           ║   site   ║
     │   ╔════╪═══╗        ╔══╪═════════╪═══╗    ┌──╫──────────╫──┐
     │   ║~~~~│   ║        ║  │~~~~~~~~~│   ║    └──╫──────────╫──┘  zone
     └───╫────┘   ║        ╚══╪═════════╪═══╝       ║          ║
         ║  site  ║           └─────────┘           ╚══════════╝

An overlap no wider than the tolerance is none of these three:

- it takes half of the site or of the zone;
- a point of it lies deeper than the tolerance in the zone, or in the site;
- the site goes through the zone: on two sides of the overlap the zone reaches farther
  than the tolerance.

Those of several zones together are the matter of `spatial.together`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure import area_m2, depth_m, sliver_width_m
from spatial.measure.ellipsoid import box_centre, grown_bounds, to_plane
from spatial.overlap.overlays import POLYGON, dimension
from spatial.together import HALF

if TYPE_CHECKING:
    import pandas as pd

    from spatial.measure.ellipsoid import Floats, Integers, Shapes
    from spatial.meetings import Meetings

# A degree of a meridian at the pole; a plane about a site errs by far less than 10 %.
_LONGEST_DEGREE_M = 111_700.0
_ROOM = 1.1
_LINE = 1
_AROUND = 4.0  # tolerances about an overlap that tell whether a zone goes on
_HAIR_M = 0.01  # nearer than this, one lies beside the other


def slivers(found: Meetings, table: pd.DataFrame) -> np.ndarray:
    """Return which pairs overlap by a sliver at most.

    Parameters
    ----------
    found
        Sites and zones.
    table
        Their pairs, as ``found.table`` has them, and columns ``limit_m2`` and
        ``limit_m``, the tolerance of the zone's layer: overlaps up to this area, this
        width (or length, of lines) are slivers.

    Returns
    -------
    ndarray
        (n,) bool. True for pairs without an overlap, too, unless they are large.
    """
    area = table["area_m2"].to_numpy()
    length = table["length_m"].to_numpy()
    limit_m2, limit_m = table["limit_m2"].to_numpy(), table["limit_m"].to_numpy()
    takes_half = table["share_of_site"].to_numpy() >= HALF
    # A length of 0 is a road over a river, both drawn as lines: they cross or touch.
    short = (length > 0) & (length <= limit_m)
    thin = ((area <= limit_m2) | short) & ~takes_half
    wide = np.flatnonzero((area > limit_m2) & (limit_m > 0) & ~takes_half)
    if wide.size:
        shapes = found.shapes(wide)
        open_ = ~_surely_wider(shapes, area[wide], limit_m[wide])
        wide, shapes = wide[open_], shapes[open_]
        thin[wide] = sliver_width_m(shapes) <= limit_m[wide]
    pairs = _Pairs(found, table)
    thin &= ~pairs.of_half_a_zone(thin & (area > 0))
    strips = thin & (area > limit_m2)
    thin &= ~pairs.deep(strips, limit_m)
    thin &= ~pairs.through(thin & ((area > limit_m2) | (length > 0)), limit_m)
    return np.asarray(thin)


def _surely_wider(shapes: Shapes, area_m2: Floats, limit_m: Floats) -> np.ndarray:
    """Whether the mean width alone is above the limit, with room for the plane.

    Spares the largest inscribed circle where it decides nothing. The mean over all
    parts is never above that of the part with the largest.
    """
    around_m = shapely.length(shapes) * _LONGEST_DEGREE_M  # no shorter than it is
    sure: np.ndarray = 2 * area_m2 > _ROOM * limit_m * around_m
    return sure


class _Pairs:
    """Questions about some of the pairs: a mask in, those of which it is true out."""

    def __init__(self, found: Meetings, table: pd.DataFrame) -> None:
        self.found = found
        self.site = table["site"].to_numpy(dtype=np.int64)
        self.zone = table["zone"].to_numpy(dtype=np.int64)
        self.area = table["area_m2"].to_numpy()

    def sites(self, rows: Integers) -> Shapes:
        """Return the sites of some pairs."""
        geometry = np.asarray(self.found.sites.geometry.array, dtype=object)
        return np.asarray(geometry[self.site[rows]], dtype=object)

    def zones(self, rows: Integers) -> Shapes:
        """Return the zones of some pairs."""
        geometry = np.asarray(self.found.zones.geometry.array, dtype=object)
        return np.asarray(geometry[self.zone[rows]], dtype=object)

    def of_half_a_zone(self, asked: np.ndarray) -> np.ndarray:
        """Whether an overlap takes half of the zone: a well's, within a large site."""
        rows = np.flatnonzero(asked)
        true = np.zeros(len(asked), dtype=bool)
        if rows.size:
            true[rows] = self.area[rows] >= HALF * area_m2(self.zones(rows))
        return true

    def deep(self, asked: np.ndarray, limit_m: Floats) -> np.ndarray:
        """Whether an overlap reaches deeper than the limit into zone or site."""
        rows = np.flatnonzero(asked)
        true = np.zeros(len(asked), dtype=bool)
        if not rows.size:
            return true
        true[rows] = -self.found.margins_m(rows) > limit_m[rows]
        rows = rows[~true[rows] & (dimension(self.sites(rows)) == POLYGON)]
        depth = depth_m(self.found.shapes(rows), self.sites(rows))
        true[rows] = depth > limit_m[rows]
        return true

    def through(self, asked: np.ndarray, limit_m: Floats) -> np.ndarray:
        """Whether the zone goes on on two sides of what a site takes of it.

        Where a polygon is met by a line, the polygon counts, be it site or zone.
        """
        rows = np.flatnonzero(asked & (limit_m > 0))
        true = np.zeros(len(asked), dtype=bool)
        for row in rows.tolist():
            one = np.array([row])
            overlap, (site,), (zone,) = (
                self.found.shapes(one),
                self.sites(one),
                self.zones(one),
            )
            whole, other = (zone, site) if _is_areal(zone) else (site, zone)
            if _is_areal(whole):
                true[row] = _goes_on(overlap, whole, other, float(limit_m[row]))
        return true


def _is_areal(shape: shapely.Geometry) -> bool:
    return bool(shapely.get_dimensions(shape) == POLYGON)


def _in_plane(shapes: Shapes) -> Shapes:
    """Return shapes in metres about one centre."""
    whole = np.array([shapely.geometrycollections(shapes)], dtype=object)
    return to_plane(shapes, np.repeat(box_centre(whole), len(shapes), axis=0))


def _goes_on(
    overlap: Shapes, whole: shapely.Geometry, other: shapely.Geometry, limit_m: float
) -> bool:
    """Whether a polygon reaches farther than a limit on two sides of an overlap."""
    around = shapely.box(*grown_bounds(shapely.bounds(overlap), _AROUND * limit_m)[0])
    near = shapely.intersection(np.array([whole, other], dtype=object), around)
    part, cut, taken = _in_plane(np.array([*near, *overlap], dtype=object))
    if shapely.get_dimensions(cut) == _LINE:
        cut = shapely.buffer(cut, _HAIR_M / 10)
    sides = shapely.get_parts(shapely.difference(part, cut))
    beside = sides[shapely.distance(sides, taken) < _HAIR_M]
    far = [
        shapely.distance(shapely.points(shapely.get_coordinates(one)), taken).max()
        for one in beside
    ]
    return bool(sum(one > limit_m for one in far) > 1)
