"""What two images say of zones: how much was seen, what changed, how green it is.

Pixels on a zone's border count by the part of them that lies inside (exactextract),
and every pixel by its area on the ellipsoid. What was hidden on either day counts on
neither, so that two days are compared on the same ground; how much of the zone that
is stands beside every figure.
"""

from __future__ import annotations

from spatial.zonal.cover import (
    CONVENTION,
    EndPoints,
    frozen_end_points,
    zonal_change,
    zonal_cover,
)
from spatial.zonal.streamed import sampled_end_points, streamed_cover

__all__ = [
    "CONVENTION",
    "EndPoints",
    "frozen_end_points",
    "sampled_end_points",
    "streamed_cover",
    "zonal_change",
    "zonal_cover",
]
