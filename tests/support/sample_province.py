"""The small review made by hand, with a site two degrees away: a large map.

Its overview moves borders by 36 m. The red line has teeth of 20 m there, which only
fine borders show.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import sample_content
import shapely

if TYPE_CHECKING:
    from spatial.report.content import ReviewContent


def zigzag(
    west: float, south: float, east: float, north: float, *, teeth: int
) -> shapely.Polygon:
    """Return a box whose southern border has teeth of 20 m."""
    x = np.linspace(west, east, 2 * teeth + 1)
    y = south + np.where(np.arange(len(x)) % 2, 20 / 111_320, 0.0)
    return shapely.Polygon([*np.stack([x, y], axis=1), (east, north), (west, north)])


TOOTHED = zigzag(107.0, 40.003, 107.2, 40.05, teeth=200)  # over an edge of sheets


def province(
    name: str = "甲", *, more: tuple[shapely.Polygon, ...] = ()
) -> ReviewContent:
    """Return the review; `more` zones of the red line, all with one name."""
    content = sample_content.sample()
    sites = [
        dataclasses.replace(one, geometry=shapely.Point(109, 42))
        if one.geometry is sample_content.SITE_C
        else one
        for one in content.sites
    ]
    shapes = [TOOTHED, *more]
    names = [name] * len(shapes)
    red = sample_content.layer("redline", "ecological_redline", shapes, names)
    layers = [dataclasses.replace(content.layers[0], layer=red), *content.layers[1:]]
    return dataclasses.replace(content, sites=tuple(sites), layers=tuple(layers))
