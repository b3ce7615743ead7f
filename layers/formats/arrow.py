"""From an Arrow table to attributes and geometries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyogrio
from fiona.errors import FionaError

from layers.formats.raw import from_wkb

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

GDAL_ERRORS = (
    FionaError,
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What the two GDALs and Arrow raise on a file that is damaged."""
WKB_TYPES = (b"geoarrow.wkb", b"ogc.wkb")


def split(
    table: pa.Table, geometry: str | None = None
) -> tuple[pd.DataFrame, NDArray[np.object_], NDArray[np.bool_]]:
    """Return attributes, geometries and which of these could not be read.

    `geometry` names the WKB column; without it the column that carries the extension
    type of WKB is taken. Whole numbers stay whole numbers beside missing ones: a code
    must not become 150624.0.
    """
    name = geometry if geometry is not None else _wkb_column(table)
    blobs = table.column(name).cast(pa.large_binary()).to_pylist()
    rest = table.drop_columns([name])
    frame = rest.to_pandas(integer_object_nulls=True, date_as_object=True)
    shapes, unreadable = from_wkb(blobs)
    return frame.reset_index(drop=True), shapes, unreadable


def _wkb_column(table: pa.Table) -> str:
    """Return the name of the column that GDAL marked as geometry."""
    for one in table.schema:
        mark = (one.metadata or {}).get(b"ARROW:extension:name", b"")
        if mark in WKB_TYPES:
            return str(one.name)
    return str(table.schema[-1].name)
