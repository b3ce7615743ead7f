"""A table as an office would hand it over, and where it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from layers.layer import FRAME

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as an office would hand it over.

    Attributes
    ----------
    kind
        Layer kind, which is the layer's id in the workspace too.
    file, layer
        Where it is written, below the workspace; layer name in a multi-layer file.
    frame
        EPSG:4490, headings as offices write them.
    crs, encoding
        In which it is written.
    """

    kind: str
    file: str
    layer: str
    frame: gpd.GeoDataFrame
    crs: str = FRAME
    encoding: str = "UTF-8"


def table(
    headings: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> gpd.GeoDataFrame:
    """Return rows that end with a geometry as a table in EPSG:4490."""
    frame = pd.DataFrame(list(rows), columns=[*headings, "geometry"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=FRAME)
