"""Where the shift of GCJ-02 is applied, as far as anybody can know.

Every library asks one rectangle, which holds Hong Kong, Macau, Taiwan and much of the
neighbours. Inside the rectangle the formula is used; outside it a coordinate has no
meaning as GCJ-02, and there is no answer (never the unshifted point, as in the
libraries). Whether maps of Hong Kong, Macau and Taiwan are shifted depends on the map
and its year: there both readings are possible, so a person decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DatumRegion = Literal["mainland", "everywhere"]
"""``mainland``: no answer in the boxes below. ``everywhere``: shifted there as well."""
REGIONS: tuple[DatumRegion, ...] = get_args(DatumRegion)

RECTANGLE = (72.004, 0.8293, 137.8347, 55.8271)
"""(min_lon, min_lat, max_lon, max_lat) in WGS 84, as in prcoords and eviltransform."""

UNDECIDED = (
    (113.81, 22.13, 114.52, 22.58),  # Hong Kong
    (113.51, 22.08, 113.63, 22.23),  # Macau
    (119.95, 21.70, 122.20, 25.40),  # Taiwan
    (119.20, 23.10, 119.95, 23.90),  # Penghu
    (118.20, 24.35, 118.55, 24.54),  # Kinmen
    (119.90, 25.90, 120.55, 26.42),  # Matsu
)
"""Boxes in WGS 84, drawn generously: strips of Shenzhen, Zhuhai, Xiamen and Lianjiang
lie in them too, and are asked about rather than decided."""


def has_answer(lonlat: NDArray[np.float64], region: DatumRegion) -> NDArray[np.bool_]:
    """Return for which WGS 84 points the shift is defined under a decision."""
    if region not in REGIONS:
        msg = f"no such region decision: {region!r} (one of {', '.join(REGIONS)})"
        raise ValueError(msg)
    good = _within(lonlat, RECTANGLE)
    if region == "mainland":
        for box in UNDECIDED:
            good &= ~_within(lonlat, box)
    return good


def _within(
    lonlat: NDArray[np.float64], box: tuple[float, float, float, float]
) -> NDArray[np.bool_]:
    """Whether each point lies in a box; NaN lies nowhere."""
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    west, south, east, north = box
    with np.errstate(invalid="ignore"):
        inside: NDArray[np.bool_] = (
            (lon >= west) & (lat >= south) & (lon <= east) & (lat <= north)
        )
    return inside
