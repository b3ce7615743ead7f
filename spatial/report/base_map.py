"""The base map of a page: what is said of it, what its script needs.

The page asks for nothing until its reader switches the base map on; then for pictures
of one host alone. Tiles in GCJ-02 or BD-09 do not lie where the zones lie: by how much,
in the middle of this map, is said on the page and by the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj

from layers.datum import wgs84_to_bd09, wgs84_to_gcj02
from layers.layer import FRAME
from spatial.report.words import number, say, visible

if TYPE_CHECKING:
    from layers.base_map import BaseMap
    from spatial.text import Lang

    Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class BaseMapView:
    """A base map as the page prints it.

    Attributes
    ----------
    switch
        Words of the box that switches it on.
    host
        Scheme and host, for the policy of the page.
    key_label
        Words of the box for a key; "" where none is asked for.
    remark
        Who is asked for pictures, and what that host is told.
    warnings
        That the tiles are shifted; that the file holds a key.
    attribution
        Whose map it is.
    data
        What the script needs.
    """

    switch: str
    host: str
    key_label: str
    remark: str
    warnings: tuple[str, ...]
    attribution: str
    data: dict[str, Any]


def base_map_view(base: BaseMap, bounds: Bounds, lang: Lang) -> BaseMapView:
    """Return a base map as a page prints it.

    Parameters
    ----------
    base
        As the office has chosen it.
    bounds
        (min_lon, min_lat, max_lon, max_lat) of the map, degrees.
    lang
        Language of the page.
    """
    host = str(base.host)
    return BaseMapView(
        switch=say("base_map.switch", lang, title=visible(base.title)),
        host=host,
        key_label=say("base_map.key", lang) if base.needs_key else "",
        remark=say("base_map.remark", lang, host=host)
        + (say("base_map.key_remark", lang) if base.needs_key else ""),
        warnings=base_map_warnings(base, bounds, lang),
        attribution=say("base_map.attribution", lang, who=visible(base.attribution)),
        data={
            "urls": list(base.urls),
            "grid": base.grid,
            "zoom_offset": base.zoom_offset,
            "max_level": base.max_level,
            "failed": say("base_map.failed", lang),
            "no_key": say("base_map.no_key", lang) if base.needs_key else "",
        },
    )


def base_map_warnings(base: BaseMap, bounds: Bounds, lang: Lang) -> tuple[str, ...]:
    """Return what must be known before somebody looks at zones over these tiles."""
    said = []
    if base.is_shifted:
        west, south, east, north = bounds
        off = shift_m(base, (west + east) / 2, (south + north) / 2)
        facts = {"title": visible(base.title), "datum": base.datum}
        if off is None:
            said.append(say("base_map.shifted_somehow", lang, **facts))
        else:
            far = number(off, 0, lang)
            said.append(say("base_map.shifted", lang, shift=far, **facts))
    if base.holds_key:
        said.append(say("base_map.holds_key", lang))
    return tuple(said)


def shift_m(base: BaseMap, lon: float, lat: float) -> float | None:
    """Return how far the tiles of a base map lie off at a point.

    Parameters
    ----------
    base
        The base map.
    lon, lat
        Degrees, EPSG:4490.

    Returns
    -------
    float or None
        Metres on the ellipsoid, by the published formulas (`layers.datum`); 0 where
        the tiles are not shifted. None where the shift is not defined.
    """
    if not base.is_shifted:
        return 0.0
    formula = wgs84_to_gcj02 if base.datum == "GCJ-02" else wgs84_to_bd09
    there = formula(np.array([[lon, lat]]))[0]
    if not np.isfinite(there).all():
        return None
    geod = pyproj.CRS.from_user_input(FRAME).get_geod()
    return float(geod.inv(lon, lat, *there)[2])  # type: ignore[union-attr]
