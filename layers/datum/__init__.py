"""Datums that no EPSG code names, and steps to CGCS2000 that only a user can state.

    names -> gcj02 (GCJ-02, BD-09) ... published formulas, undone and verified
    parameters, stated             ... seven parameters or a grid, from the office
    suspicion                      ... do borders fit better when read as GCJ-02?

Everything here takes x = longitude, y = latitude, degrees.
"""

from layers.datum.gcj02 import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    measured_round_trip_m,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from layers.datum.names import DatumName, declared
from layers.datum.parameters import (
    DatumShift,
    GridShift,
    SevenParameters,
    transformer_of,
)
from layers.datum.region import REGIONS, DatumRegion
from layers.datum.stated import parse_shift, shift_of
from layers.datum.steps import (
    METRES_PER_DEGREE,
    Placer,
    Steps,
    from_stretched,
    pyproj_step,
)
from layers.datum.suspicion import Suspicion, suspect_gcj02

__all__ = [
    "METRES_PER_DEGREE",
    "REGIONS",
    "DatumName",
    "DatumRegion",
    "DatumShift",
    "GridShift",
    "Placer",
    "SevenParameters",
    "Steps",
    "Suspicion",
    "bd09_to_gcj02",
    "bd09_to_wgs84",
    "declared",
    "from_stretched",
    "gcj02_to_bd09",
    "gcj02_to_wgs84",
    "measured_round_trip_m",
    "parse_shift",
    "pyproj_step",
    "shift_of",
    "suspect_gcj02",
    "transformer_of",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]
