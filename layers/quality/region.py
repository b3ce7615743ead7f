"""Which part of the earth a workspace answers for, and which units a box lies in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from layers.layer import Workspace


def region_of(workspace: Workspace) -> Polygon | MultiPolygon | None:
    """Return the outline of the region that a workspace answers for.

    The unit with the region's own adcode, where an ``admin_unit`` layer holds it;
    else all units below it (150600 holds 150624). None when neither is there.
    """
    if workspace.region is None:
        return None
    stem = re.sub("(00)+$", "", workspace.region)
    own: list[NDArray[np.object_]] = []
    below: list[NDArray[np.object_]] = []
    for layer in workspace.of_kind("admin_unit"):
        codes = layer.frame["code"]
        shapes = np.asarray(layer.frame.geometry.array, dtype=object)
        own.append(shapes[(codes == workspace.region).to_numpy()])
        starts = [isinstance(one, str) and one.startswith(stem) for one in codes]
        below.append(shapes[np.array(starts, dtype=bool)])
    for found in (own, below):
        joined = np.concatenate(found) if found else np.empty(0, dtype=object)
        if len(joined):
            return cast("Polygon | MultiPolygon", shapely.union_all(joined))
    return None


def units_at(
    workspace: Workspace, bounds: tuple[float, float, float, float]
) -> tuple[str, ...]:
    """Return the administrative units that a box of degrees touches.

    Parameters
    ----------
    workspace
        Its ``admin_unit`` layers are asked.
    bounds
        (min_lon, min_lat, max_lon, max_lat).

    Returns
    -------
    tuple of str
        ``鄂托克旗 (150624)``, by code; the finest level that answers alone.
    """
    frames = [
        layer.frame[layer.frame.intersects(shapely.box(*bounds))]
        for layer in workspace.of_kind("admin_unit")
    ]
    for level in ("county", "prefecture", "province"):
        found = {
            (str(code), str(name or ""))
            for frame in frames
            for code, name, own in zip(
                frame["code"], frame["name"], levels(frame), strict=True
            )
            if own == level
        }
        if found:
            return tuple(f"{name} ({code})".strip() for code, name in sorted(found))
    return ()


def levels(frame: gpd.GeoDataFrame) -> list[str]:
    """Return the level of each unit: as stated, else from the zeros of its code."""
    found = []
    for code, stated in zip(frame["code"], frame["level"], strict=True):
        if isinstance(stated, str):
            found.append(stated)
        elif isinstance(code, str) and code.endswith("0000"):
            found.append("province")
        elif isinstance(code, str) and code.endswith("00"):
            found.append("prefecture")
        else:
            found.append("county")
    return found
