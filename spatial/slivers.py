r"""Slivers: why two outlines that should be one overlap by a hair.

A sliver is never judged, but whoever reads of one wants to know what to do: redraw,
measure, or look at the ground. Each cause has one plain rule, tried in this order::

    projection_chord    S *-------------* Z    Both outlines run between the same two
                           \ _ _ _ _ /         corners; the gap is no wider than an
                                               edge of that length bends between a
                                               projection and longitude/latitude.
    vertex_mismatch     *------*------*        They meet in two corners at least, and
                         \  _ - *- _ /         every corner of one along the sliver lies
                                               on the other: one line, drawn with more
                                               vertices by one of the two.
    digitising          two lines              No wider than the stated accuracies of
                        side by side           the layer and the site together.
    real                                       Wider than both accuracies.
    not_told            An accuracy is not stated, and no other rule fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from spatial.measure import length_m, outline, sliver_width_m
from spatial.measure.ellipsoid import MAJOR_M, metres_per_degree

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats

Cause = Literal["projection_chord", "vertex_mismatch", "digitising", "real", "not_told"]
CAUSES: tuple[Cause, ...] = (
    "projection_chord",
    "vertex_mismatch",
    "digitising",
    "real",
    "not_told",
)

ON_M = 0.001
"""A vertex this near to an outline lies on it."""

_MORE = 1.1  # than the formula of the sagitta, which is one of small edges
_POLYGON = 2


def cause_of(
    overlap: shapely.Geometry,
    site: shapely.Geometry,
    zone: shapely.Geometry,
    *,
    accuracy_m: float | None,
) -> Cause:
    """Return why a site and a zone overlap by a sliver.

    Parameters
    ----------
    overlap
        What they share; the causes of outlines are told of polygons only, of lines
        the length counts for the width.
    site, zone
        In EPSG:4490.
    accuracy_m
        Of site and layer together, metres; None when one is not stated.

    Returns
    -------
    str
        One of `CAUSES`; see the module for their rules. The rules name what would
        explain the sliver; they prove nothing.

    Notes
    -----
    An edge of length L at latitude phi, straight in a conformal projection along the
    meridian, leaves the line that is straight in longitude and latitude by at most
    ``L^2 tan(phi) / 8 R``: 2 mm for 150 m at 40 degrees, 8 cm for a kilometre.
    """
    width_m = _width_m(overlap)
    if all(shapely.get_dimensions(one) == _POLYGON for one in (overlap, site, zone)):
        shape = _of_outlines(overlap, site, zone, width_m)
        if shape is not None:
            return shape
    if accuracy_m is None:
        return "not_told"
    return "digitising" if width_m <= accuracy_m else "real"


def _width_m(overlap: shapely.Geometry) -> float:
    """Return how wide a polygon is, how long a line; 0 for points and nothing."""
    if shapely.get_dimensions(overlap) == _POLYGON:
        return float(sliver_width_m(np.array([overlap], dtype=object))[0])
    if shapely.get_dimensions(overlap) == 1:
        return float(length_m(overlap))
    return 0.0


def _of_outlines(
    overlap: shapely.Geometry,
    site: shapely.Geometry,
    zone: shapely.Geometry,
    width_m: float,
) -> Cause | None:
    """Return the cause that the vertices along a sliver tell, if they do."""
    scale = metres_per_degree(np.array([shapely.get_y(shapely.centroid(overlap))]))[0]
    planar = [
        shapely.transform(one, lambda xy: xy * scale) for one in (overlap, site, zone)
    ]
    lines = outline(np.array(planar, dtype=object))
    mine, other = (_corners(one, lines[0]) for one in planar[1:])
    of_site, of_zone = _away(mine, lines[2]) <= ON_M, _away(other, lines[1]) <= ON_M
    common = np.vstack([mine[of_site], other[of_zone]])
    one_fits = bool(of_site.all() or of_zone.all())
    long_m = _widest(common)
    if not one_fits or long_m <= ON_M:
        return None
    latitude = np.radians(shapely.get_y(shapely.centroid(overlap)))
    bend_m = long_m**2 * abs(np.tan(latitude)) / (8 * MAJOR_M)
    return "projection_chord" if width_m <= bend_m * _MORE else "vertex_mismatch"


def _corners(shape: shapely.Geometry, along: shapely.Geometry) -> Floats:
    """Return the vertices of a shape that lie along a sliver's outline, (n, 2)."""
    xy = np.unique(shapely.get_coordinates(shape), axis=0)
    return np.asarray(xy[_away(xy, along) <= ON_M])


def _away(xy: Floats, line: shapely.Geometry) -> Floats:
    return np.asarray(shapely.distance(shapely.points(xy), line), dtype=float)


def _widest(common: Floats) -> float:
    """Return how far apart the farthest of the corners are that both outlines have."""
    if not len(common):
        return 0.0
    return float(np.hypot(*(common[:, None, :] - common[None, :, :]).T).max())
