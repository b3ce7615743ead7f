"""Rows of WKB: their rings, and the shapes of some of them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from spatial.index.arrow_rows import ArrowRows
from spatial.index.rings import Rings, rings_of
from spatial.index.rows import LIMITS, error_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor

    import pyarrow as pa

    from spatial.measure.ellipsoid import Integers, Shapes

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, slots=True, eq=False)
class WkbRows:
    """Consecutive rows of a column of WKB.

    Attributes
    ----------
    first
        Row of the file that they begin with.
    blobs
        ``pyarrow`` binary or large binary array.
    source
        The file, for messages.
    """

    first: int
    blobs: pa.Array = field(repr=False)
    source: str

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.blobs)

    def parts(self, nbytes: int) -> list[WkbRows]:
        """Return them cut into consecutive parts of about as many bytes each."""
        _, begin = _buffers(self.blobs)
        if not len(self):
            return [self]
        wanted = np.arange(begin[0], begin[-1], nbytes)
        cuts = np.unique([*np.searchsorted(begin[:-1], wanted), len(self)]).tolist()
        return [
            WkbRows(self.first + low, self.blobs[low:high], self.source)
            for low, high in itertools.pairwise(cuts)
        ]

    def shapes(self, rows: Integers | None = None) -> Shapes:
        """Return the geometries of some of the rows, or all.

        Raises
        ------
        GeometryError
            A row is null or no WKB.
        """
        where = np.arange(len(self)) if rows is None else rows
        # Not by way of to_numpy, which imports pandas.
        blobs = [self.blobs[at].as_py() for at in where.tolist()]
        if None in blobs:
            raise error_of(self, int(where[blobs.index(None)]), "null")
        try:
            with np.errstate(invalid="ignore"):  # a NaN is told of by row, later
                return np.asarray(shapely.from_wkb(blobs), dtype=object)
        except shapely.GEOSException:
            for at, one in enumerate(blobs):
                try:
                    shapely.from_wkb(one)
                except shapely.GEOSException as error:
                    raise error_of(self, int(where[at]), str(error)) from error
            raise

    def rings_by_geos(self) -> Rings:
        """Return the rings of all rows by way of geometries.

        Raises
        ------
        GeometryError
            A row is no (multi)polygon, is empty, or has coordinates that are no
            longitude and latitude in degrees.
        """
        shapes = self.shapes()
        empty = shapely.is_empty(shapes)
        wrong = np.flatnonzero(empty | ~np.isin(shapely.get_type_id(shapes), _POLYGONS))
        if len(wrong):
            at = int(wrong[0])
            raise error_of(self, at, f"{shapes[at].wkt[:40]}")
        xy, of_shape = shapely.get_coordinates(shapes, return_index=True)
        outside = np.flatnonzero(~(np.abs(xy) <= LIMITS).all(axis=1))  # so is NaN
        if len(outside):
            at = int(outside[0])
            raise error_of(
                self, int(of_shape[at]), f"the coordinates {xy[at].tolist()}"
            )
        return rings_of(shapes)


def rings_of_rows(
    batches: Sequence[WkbRows | ArrowRows], pool: Executor | None = None
) -> Rings:
    """Return the rings of rows that follow one another.

    GeoArrow holds them as they are. Plain polygons of WKB are read by
    `spatial.index.wkb`, batches side by side where there is a pool; if a row is
    anything else (a third dimension, the other byte order, a fault) GEOS reads all.

    Raises
    ------
    GeometryError
        As `WkbRows.rings_by_geos`.
    """
    side_by_side = pool.map if pool else map
    arrow = [one for one in batches if isinstance(one, ArrowRows)]
    if arrow:
        return _joined(list(side_by_side(ArrowRows.rings, arrow)))
    return _of_wkb([one for one in batches if isinstance(one, WkbRows)], side_by_side)


def _of_wkb(
    batches: list[WkbRows], side_by_side: Callable[..., Iterable[Any]]
) -> Rings:
    """Return the rings of WKB."""
    from spatial.index import wkb  # noqa: PLC0415  numba is an extra

    if any(one.blobs.null_count for one in batches):
        return _joined([one.rings_by_geos() for one in batches])
    buffers = [_buffers(one.blobs) for one in batches]
    sizes = list(side_by_side(lambda one: wkb.measure(*one), buffers))
    if any(unusual >= 0 for _, _, unusual in sizes):
        # Before any room is made: a damaged count may ask for all the memory there is.
        return _joined([one.rings_by_geos() for one in batches])
    polygons = [len(one) for one in batches]
    begins = np.zeros((len(batches) + 1, 3), dtype=np.int64)
    begins[1:, :2] = np.cumsum(np.reshape(sizes, (-1, 3))[:, :2], axis=0)
    begins[1:, 2] = np.cumsum(polygons)
    vertices, rings, count = begins[-1].tolist()
    xy, ring = np.empty((vertices, 2)), np.zeros(rings + 1, np.int64)
    owner, side = np.empty(rings, np.int64), np.empty(rings, np.int8)
    out = xy, xy.view(np.uint8).reshape(-1), ring, owner, side
    unusual_rows = side_by_side(
        lambda i: wkb.fill(*buffers[i], out, tuple(begins[i].tolist())),
        range(len(batches)),
    )
    if not all(row < 0 for row in unusual_rows):
        return _joined([one.rings_by_geos() for one in batches])
    return Rings(xy, ring, owner, side, count)


def _joined(parts: Sequence[Rings]) -> Rings:
    """Return the rings of several tables as those of one."""
    vertices = np.cumsum([0, *(len(one.xy) for one in parts)])
    shapes = np.cumsum([0, *(one.count for one in parts)])
    ring = [one.ring[:-1] + start for one, start in zip(parts, vertices, strict=False)]
    owner = [one.owner + start for one, start in zip(parts, shapes, strict=False)]
    return Rings(
        np.concatenate([one.xy for one in parts]),
        np.concatenate([*ring, vertices[-1:]]).astype(np.int64),
        np.concatenate(owner),
        np.concatenate([one.side for one in parts]),
        int(shapes[-1]),
    )


def _buffers(blobs: pa.Array) -> tuple[np.ndarray, Integers]:
    """Return the bytes of an array of blobs, and where each of them begins."""
    _, starts, data = blobs.buffers()
    large = str(blobs.type).startswith("large")
    offsets = np.frombuffer(starts, dtype=np.int64 if large else np.int32)
    some = offsets[blobs.offset : blobs.offset + len(blobs) + 1]
    held = b"" if data is None else data
    return np.frombuffer(held, dtype=np.uint8), some.astype(np.int64)
