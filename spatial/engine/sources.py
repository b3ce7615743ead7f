"""Sites as they come: a frame, a file, frames one by one, a Dask frame; in chunks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.errors import GeometryError, InputRefusedError
from layers.formats.raw import from_wkb
from layers.geoparquet import geometry_column
from layers.layer import FRAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from layers.geoparquet import GeometryColumn

_LIMITS = (180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Source:
    """Chunks of sites in the order of the input.

    Attributes
    ----------
    chunks
        Frames; or partitions of a Dask frame, each not yet reckoned.
    total
        Number of sites; None where nobody can say before the end.
    """

    chunks: Iterable[gpd.GeoDataFrame]
    total: int | None


def source_of(
    sites: gpd.GeoDataFrame | Path | str | Iterable[gpd.GeoDataFrame], rows: int
) -> Source:
    """Return sites in chunks.

    Parameters
    ----------
    sites
        See `spatial.engine.overlap_stream`.
    rows
        Sites in a chunk, at most; frames that come one by one and partitions stay as
        they are.

    Raises
    ------
    InputRefusedError
        `rows` is less than 1, or `sites` is none of these.
    """
    if rows < 1:
        raise _refused(source="rows", expected="1 or more", got=str(rows))
    if isinstance(sites, gpd.GeoDataFrame):
        return Source(_cut(sites, rows), len(sites))
    if isinstance(sites, str | Path):
        column = geometry_column(Path(sites))
        return Source(_read(column, rows), column.rows)
    if hasattr(sites, "to_delayed"):
        return Source(sites.to_delayed(), None)
    if hasattr(sites, "__iter__"):
        return Source(sites, None)
    raise _refused(
        source="sites",
        expected="a GeoDataFrame, a path, frames or a Dask frame",
        got=type(sites).__name__,
    )


def _refused(*, source: str, expected: str, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=source, expected=expected, got=got, todo="correct it"
    )


def _cut(sites: gpd.GeoDataFrame, rows: int) -> Iterator[gpd.GeoDataFrame]:
    """Yield a frame in chunks, one at least."""
    for first in range(0, max(len(sites), 1), rows):
        yield sites.iloc[first : first + rows]


def _read(column: GeometryColumn, rows: int) -> Iterator[gpd.GeoDataFrame]:
    """Yield the sites of a file, labelled by their row, counted from 0."""
    first = 0
    for blobs in column.batches(rows):
        shapes, unreadable = from_wkb(blobs.to_pylist())
        _refuse_unsound(shapes, unreadable, first, column.path)
        labels = pd.RangeIndex(first, first + len(shapes))
        yield gpd.GeoDataFrame(geometry=shapes, index=labels, crs=FRAME)
        first += len(shapes)


def _refuse_unsound(
    shapes: np.ndarray, unreadable: np.ndarray, first: int, path: Path
) -> None:
    """Raise if a row is no WKB, or somewhere that is not on the earth."""
    xy, row = shapely.get_coordinates(shapes, return_index=True)
    off = ~(np.abs(xy) <= _LIMITS).all(axis=1)  # a NaN is off, too
    bad = np.append(np.flatnonzero(unreadable), row[off])
    if not len(bad):
        return
    at = int(bad.min())
    got = "no WKB" if unreadable[at] else f"coordinates {xy[off & (row == at)][0]}"
    msg = (
        f"{path}, row {first + at}: expected a geometry in degrees, got {got}; read "
        f"the file with layers.read, which puts such rows aside and says so"
    )
    raise GeometryError(msg)
