"""Where a clue lies, for who drives there: coordinates, county, nearest town."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyproj
import shapely

from layers.layer import FRAME
from layers.read.places import whereabouts
from spatial import silence

if TYPE_CHECKING:
    import datetime as dt

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.layer import Workspace

ZONE_DEG = 3
FIRST_ZONE, LAST_ZONE = 25, 45
FIRST_EPSG = 4513
"""EPSG registry: 4513 is CGCS2000 / 3-degree Gauss-Kruger zone 25, 4533 is zone 45."""


def placed(clues: gpd.GeoDataFrame, office: Workspace, *, on: dt.date) -> pd.DataFrame:
    """Return where each clue lies.

    Parameters
    ----------
    clues
        Polygons in EPSG:4490.
    office
        Its layers of kind ``admin_unit`` that are in force tell the county.
    on
        The day.

    Returns
    -------
    DataFrame
        The index of `clues`. ``lon``, ``lat``: a point inside the clue, degrees;
        ``gauss_kruger_epsg``, ``easting_m``, ``northing_m``: the same in the 3-degree
        zone of its longitude, the easting with the number of the zone before it; NaN
        and 0 outside the zones 25 to 45. ``county_code``, ``county_name``: the
        smallest unit that holds the point, None where none does. ``near``: a message
        with the nearest town and its distance.
    """
    inside = shapely.point_on_surface(np.asarray(clues.geometry.array, dtype=object))
    lonlat = shapely.get_coordinates(inside)
    out = pd.DataFrame({"lon": lonlat[:, 0], "lat": lonlat[:, 1]}, index=clues.index)
    epsg, easting, northing = gauss_kruger(lonlat)
    out["gauss_kruger_epsg"], out["easting_m"], out["northing_m"] = (
        epsg, easting, northing,
    )  # fmt: skip
    code, name = _counties(inside, office, on)
    out["county_code"], out["county_name"] = code, name
    out["near"] = pd.Series(
        [whereabouts(point[None, :])[0] for point in lonlat],
        index=clues.index,
        dtype=object,
    )
    return out


def gauss_kruger(
    lonlat: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return EPSG code, easting and northing in CGCS2000 3-degree zones.

    Parameters
    ----------
    lonlat
        (n, 2) degrees in EPSG:4490.

    Returns
    -------
    epsg, easting_m, northing_m
        (n,) each; 0, NaN and NaN outside the zones 25 to 45. On the border of two
        zones the eastern one.
    """
    zone = np.floor(lonlat[:, 0] / ZONE_DEG + 0.5).astype(np.int64)
    known = (zone >= FIRST_ZONE) & (zone <= LAST_ZONE)
    epsg = np.where(known, FIRST_EPSG + zone - FIRST_ZONE, 0)
    easting, northing = (np.full(len(lonlat), np.nan) for _ in range(2))
    for one in np.unique(epsg[known]).tolist():
        rows = epsg == one
        moved = pyproj.Transformer.from_crs(FRAME, one, always_xy=True)
        easting[rows], northing[rows] = moved.transform(*lonlat[rows].T)
    return epsg, easting, northing


def dms(degrees: float, *, decimals: int = 2) -> str:
    """Return an angle as degrees, minutes and seconds.

    Examples
    --------
    >>> dms(106.70125)
    '106°42′04.50″'
    >>> dms(39.9999999)
    '40°00′00.00″'
    """
    total = round(abs(degrees) * 3600, decimals)
    minutes, seconds = divmod(total, 60)
    whole, minutes = divmod(minutes, 60)
    width = decimals + 3 if decimals else 2
    sign = "-" if degrees < 0 and total else ""
    return f"{sign}{whole:.0f}°{minutes:02.0f}′{seconds:0{width}.{decimals}f}″"


def _counties(
    points: NDArray[np.object_], office: Workspace, on: dt.date
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return code and name of the smallest unit that holds each point."""
    code, name = (np.full(len(points), None, dtype=object) for _ in range(2))
    for layer in silence.in_force(office, "admin_unit", on=on):
        frame = layer.frame
        shapes = np.asarray(frame.geometry.array, dtype=object)
        order = np.argsort(-shapely.area(shapes), kind="stable")
        tree = shapely.STRtree(shapes[order])
        # the smallest comes last and stays
        at, unit = tree.query(points, predicate="intersects")
        for point, one in sorted(zip(at.tolist(), unit.tolist(), strict=True)):
            row = frame.iloc[order[one]]
            code[point] = str(row["feature_id"])
            name[point] = row.get(layer.spec.name_field)
    return code, name
