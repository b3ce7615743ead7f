"""What table and cover share: frames that are checked, rows that name their pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyproj
import shapely

from layers.errors import CrsMismatchError, GeometryError
from layers.layer import FRAME
from spatial.index import ZoneIndex
from spatial.measure import DIMENSION_OF_TYPE

if TYPE_CHECKING:
    import geopandas as gpd

    from spatial.measure.ellipsoid import Floats, Integers, Shapes
    from spatial.overlap.overlays import PairName

COLUMNS = (
    "site",
    "zone",
    "area_m2",
    "share_of_site",
    "length_m",
    "distance_m",
    "margin_m",
)
"""Of the overlap table."""

_LIMITS = (180.0, 90.0, 180.0, 90.0)
_WIDEST_DEG = 180.0
_FRAME = pyproj.CRS.from_user_input(FRAME)


def shapes_of(frame: gpd.GeoDataFrame, what: str) -> Shapes:
    """Return the geometries of a frame that can be reckoned with.

    Raises
    ------
    CrsMismatchError
        The frame is not in EPSG:4490.
    GeometryError
        The index repeats a label; a geometry is null, empty, a collection or not
        finite, lies outside of longitude -180 to 180 and latitude -90 to 90, or is
        wider than 180 degrees: it crosses the antimeridian, where what is near is far
        in degrees.
    """
    if frame.crs is None or not frame.crs.equals(_FRAME, ignore_axis_order=True):
        got = "no CRS" if frame.crs is None else f"{frame.crs.name!r}"
        msg = (
            f"{what}: expected a frame in {FRAME}, got {got}; "
            f"read it with layers.read or layers.from_frame, which bring it there"
        )
        raise CrsMismatchError(msg)
    if not frame.index.is_unique:
        label = frame.index[frame.index.duplicated()][0]
        msg = (
            f"{what}: expected an index without repeats, got {label!r} more than once; "
            f"call reset_index first"
        )
        raise GeometryError(msg)
    shapes = np.asarray(frame.geometry.array, dtype=object)
    kind = shapely.get_type_id(shapes)
    # What is nowhere would meet nothing, in silence: empty, or NaN in its box.
    nowhere = ~np.isfinite(shapely.bounds(shapes)).all(axis=1)
    bad = ~np.isin(kind, tuple(DIMENSION_OF_TYPE)) | shapely.is_empty(shapes) | nowhere
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        got = "None" if shapes[at] is None else f"{shapes[at].wkt[:40]}"
        msg = (
            f"{what} {frame.index[at]!r}: expected points, lines or polygons, got "
            f"{got} ({int(bad.sum())} in all); layers.read puts such rows aside"
        )
        raise GeometryError(msg)
    _refuse_beyond_the_map(shapes, frame, what)
    return shapes


def index_of(zones: gpd.GeoDataFrame, index: ZoneIndex | None) -> ZoneIndex:
    """Return the index of a frame of zones: the one at hand, else a new one.

    Raises
    ------
    CrsMismatchError, GeometryError
        As for `shapes_of`; and if the index is one of other zones.
    """
    shapes = shapes_of(zones, "zone")
    if index is None:
        return ZoneIndex(shapes)
    if not index.is_of(shapes):
        msg = (
            f"index: expected one of these {len(shapes)} zones in this order, got one "
            f"of {len(index.shapes)} others; make it with "
            f"ZoneIndex(zones.geometry.to_numpy()) after the last change of the frame"
        )
        raise GeometryError(msg)
    return index


def refuse_invalid_zones(
    index: ZoneIndex, used: Integers, frame: gpd.GeoDataFrame
) -> None:
    """Raise if a zone at the positions `used` is not valid; looked at once an index.

    Raises
    ------
    GeometryError
        Names the first one and its fault.
    """
    bad = used[~index.is_valid(used)]
    refuse_invalid(index.shapes, bad, frame, "zone")


def _refuse_beyond_the_map(shapes: Shapes, frame: gpd.GeoDataFrame, what: str) -> None:
    """Raise if a shape leaves the range of longitude and latitude, or rounds the map.

    A polygon across the antimeridian, drawn in longitude from -180 to 180, has edges
    right around the earth the wrong way: its area is that of the rest of the world.
    """
    box = shapely.bounds(shapes)
    within = (np.abs(box) <= _LIMITS).all(axis=1)  # not so for a NaN
    bad = ~within | (box[:, 2] - box[:, 0] > _WIDEST_DEG)
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        west, south, east, north = box[at].tolist()
        msg = (
            f"{what} {frame.index[at]!r}: expected longitudes from -180 to 180 that "
            f"span at most {_WIDEST_DEG:g} degrees and latitudes from -90 to 90, got "
            f"{west:g} to {east:g} and {south:g} to {north:g} ({int(bad.sum())} in "
            f"all); cut a geometry that crosses the antimeridian into one row for "
            f"each side of it"
        )
        raise GeometryError(msg)


def refuse_invalid(
    shapes: Shapes, used: Integers, frame: gpd.GeoDataFrame, what: str
) -> None:
    """Raise if a shape at the positions `used` is not valid: its area is a guess.

    Raises
    ------
    GeometryError
        Names the first one and its fault.
    """
    rows = np.unique(used)
    bad = rows[~shapely.is_valid(shapes[rows])]
    if len(bad):
        at = int(bad[0])
        msg = (
            f"{what} {frame.index[at]!r}: expected a valid geometry, got "
            f"{shapely.is_valid_reason(shapes[at])} ({len(bad)} in all); "
            f"read it with layers.read or layers.from_frame, which mend and say so"
        )
        raise GeometryError(msg)


def positions(index: pd.Index, labels: pd.Series) -> Integers:
    """Return the position of each label."""
    found = index.get_indexer(pd.Index(labels))
    if (found < 0).any():
        label = labels.tolist()[int(np.flatnonzero(found < 0)[0])]
        msg = (
            f"pairs: expected labels of the frame's index, got {labels.name} "
            f"{label!r}; take the pairs from the overlap table of the same frames"
        )
        raise GeometryError(msg)
    return np.asarray(found, dtype=np.int64)


def pair_namer(sites: pd.Index, zones: pd.Index) -> PairName:
    """Return the namer of pairs."""
    return lambda site, zone: f"site {sites[site]!r} and zone {zones[zone]!r}"


def rows_of(
    site: Integers,
    zone: Integers,
    *,
    area_m2: Floats | float = np.nan,
    share: Floats | float = np.nan,
    length_m: Floats | float = np.nan,
    distance_m: Floats | float = 0.0,
) -> pd.DataFrame:
    """Return a table of pairs by position; what is not given makes no sense there."""
    numbers = (area_m2, share, length_m, distance_m, np.nan)
    columns = (np.broadcast_to(np.asarray(one, float), len(site)) for one in numbers)
    return pd.DataFrame(dict(zip(COLUMNS, (site, zone, *columns), strict=True)))
