"""Geodesics on the ellipsoid of CGCS2000.

Apart from the rest, because areas can be had without PROJ, which takes its time to be
loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

from spatial.measure.ellipsoid import INVERSE_FLATTENING, MAJOR_M

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Floats

GEOD = Geod(a=MAJOR_M, rf=INVERSE_FLATTENING)
"""Geodesics on the ellipsoid of CGCS2000."""


def geodesic_m(start: Floats, end: Floats) -> Floats:
    """Return the geodesic length between points (n, 2), longitude first; metres."""
    if not len(start):
        return np.zeros(0)
    _, _, metres = GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.asarray(metres, dtype=float)
