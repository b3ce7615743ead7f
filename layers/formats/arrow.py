"""From an Arrow table to attributes and geometries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyogrio
from fiona.errors import FionaError

from layers.formats.raw import Packed, from_wkb

if TYPE_CHECKING:
    from collections.abc import Iterator

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
SLICE_BYTES = 4 * 1024**2
"""As much WKB is made into Python's bytes at once: pages that were touched before cost
less than new ones, and a large layer needs its WKB in memory once, not twice."""


def split(
    table: pa.Table, geometry: str | None = None
) -> tuple[pd.DataFrame, NDArray[np.object_], NDArray[np.bool_]]:
    """Return attributes, geometries and which of these could not be read.

    `geometry` names the WKB column; without it the column that carries the extension
    type of WKB is taken. Whole numbers stay whole numbers beside missing ones: a code
    must not become 150624.0.
    """
    frame, shapes, unreadable, _ = split_packed(table, geometry)
    shapes.flags.writeable = True  # nobody holds the bytes they were made from
    return frame, shapes, unreadable


def split_packed(
    table: pa.Table, geometry: str | None = None
) -> tuple[pd.DataFrame, NDArray[np.object_], NDArray[np.bool_], Packed | None]:
    """Return what `split` returns, and the WKB that the geometries were made from.

    The geometries cannot be written to then: the WKB stands for them as they are. None
    where some WKB could not be read.
    """
    name = geometry if geometry is not None else _wkb_column(table)
    column = table.column(name).cast(pa.large_binary())
    rest = table.drop_columns([name])
    frame = rest.to_pandas(integer_object_nulls=True, date_as_object=True)
    made = [from_wkb(one.to_pylist()) for one in slices(column)]
    shapes = np.concatenate([np.empty(0, dtype=object), *(one for one, _ in made)])
    unreadable = np.concatenate([np.empty(0, dtype=bool), *(one for _, one in made)])
    packed = None
    if not unreadable.any():
        shapes.flags.writeable = False
        packed = Packed(column, shapes)
    return frame.reset_index(drop=True), shapes, unreadable, packed


def slices(column: pa.ChunkedArray) -> Iterator[pa.ChunkedArray]:
    """Yield a column in pieces of about `SLICE_BYTES`, in order."""
    rows = rows_at_once(column)
    for start in range(0, len(column), rows):
        yield column.slice(start, rows)


def rows_at_once(column: pa.ChunkedArray) -> int:
    """Return how many rows of a column have about `SLICE_BYTES`, at least 1."""
    return max(1, int(len(column) * SLICE_BYTES / max(1, column.nbytes)))


def _wkb_column(table: pa.Table) -> str:
    """Return the name of the column that GDAL marked as geometry."""
    for one in table.schema:
        mark = (one.metadata or {}).get(b"ARROW:extension:name", b"")
        if mark in WKB_TYPES:
            return str(one.name)
    return str(table.schema[-1].name)
