"""What doubtful pairs are, decided on the original edges for both engines.

No PROJ and no table here: what reckons areas straight from files does without them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.measure import outline
from spatial.overlap.crossing import cross
from spatial.overlap.states import APART, DOUBTFUL, INSIDE, PARTIAL, TOUCH

if TYPE_CHECKING:
    from spatial.index import ZoneIndex
    from spatial.index.near import GridEdges
    from spatial.measure.ellipsoid import Floats, Integers, Shapes

_LEAST_M2 = np.finfo(float).tiny


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Pairs of polygons that meet, ordered by site, then zone.

    Attributes
    ----------
    site, zone
        Positions.
    area_m2
        Ellipsoidal area that they share; of an `INSIDE` pair the site's own, to the
        bit; of a `TOUCH` 0.
    state
        `INSIDE` (no part of the site outside, the border included), `PARTIAL` or
        `TOUCH`.
    """

    site: Integers
    zone: Integers
    area_m2: Floats
    state: Integers

    def __getitem__(self, rows: np.ndarray) -> Areas:
        """Return some of the pairs."""
        return Areas(
            self.site[rows], self.zone[rows], self.area_m2[rows], self.state[rows]
        )


def settled(
    found: Areas, index: ZoneIndex | GridEdges, sites: Shapes, site_m2: Floats
) -> Areas:
    """Decide the doubtful pairs by the zone's original edges near the site.

    If an edge of the zone runs through the interior of the site, one part of the site
    is inside and another outside, however thin. If none does, the site is wholly
    inside or wholly outside, and then the edges say whether it touches. A site of
    several parts may have one here and one there: each is asked for itself.
    """
    rows = np.flatnonzero(found.state == DOUBTFUL)
    if not len(rows):
        return found
    site, zone = found.site[rows], found.zone[rows]
    a, whole = sites[site], site_m2[site]
    edges = index.outlines.around(shapely.bounds(a), zone)
    cuts = np.asarray(shapely.relate_pattern(edges, a, "T********"), dtype=bool)
    meets = shapely.intersects(edges, a)
    unsure = np.flatnonzero(meets & ~cuts)  # GEOS overlooks a corner cut off by a hair
    cuts[unsure] = cross(edges[unsure], outline(a[unsure]))
    within = ~cuts & (found.area_m2[rows] > whole / 2)
    several = np.flatnonzero(~cuts & (shapely.get_num_geometries(a) > 1))
    some, within[several] = _parts_inside(index, a[several], zone[several])
    cuts[several] = some & ~within[several]
    touches = ~cuts & ~within & meets
    # A part is more than nothing and less than all, even where that is no number.
    part = np.clip(found.area_m2[rows], _LEAST_M2, np.nextafter(whole, 0.0))
    area, state = found.area_m2.copy(), found.state.copy()
    area[rows] = np.select([within, cuts], [whole, part], 0.0)
    state[rows] = np.select([within, cuts, touches], [INSIDE, PARTIAL, TOUCH], APART)
    return Areas(found.site, found.zone, area, state)[state != APART]


def _parts_inside(
    index: ZoneIndex | GridEdges, sites: Shapes, zone: Integers
) -> tuple[np.ndarray, np.ndarray]:
    """Return whether some, and whether all, of the parts of sites lie in the zones.

    No edge of the zone runs through a part: one point of its interior decides.
    """
    parts, row = shapely.get_parts(sites, return_index=True)
    inside = index.holds(zone[row], shapely.point_on_surface(parts))
    some, outside = np.zeros((2, len(sites)), dtype=bool)
    some[row[inside]] = True
    outside[row[~inside]] = True
    return some, ~outside
