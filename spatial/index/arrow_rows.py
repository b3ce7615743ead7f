"""Rows of GeoArrow polygons: their rings, and the shapes of some of them.

GeoParquet's encodings ``polygon`` and ``multipolygon`` are lists in lists: of polygons
(of a multipolygon), of rings, of vertices, each a struct of x and y. All vertices lie
in two columns, so the rings are there as soon as it is known where each begins.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.index.rings import Rings, sides
from spatial.index.rows import LIMITS, error_of

if TYPE_CHECKING:
    import pyarrow as pa

    from spatial.measure.ellipsoid import Floats, Integers, Shapes

_FEWEST = 4  # vertices of a ring, the last of which is the first
_VERTEX_BYTES = 16


@dataclass(frozen=True, slots=True, eq=False)
class ArrowRows:
    """Consecutive rows of polygons or of multipolygons, checked.

    Attributes
    ----------
    first
        Row of the file that they begin with.
    xy
        (n, 2) vertices, degrees.
    begins
        Where each row begins among its parts, and the end; where those begin among
        theirs, down to where each ring begins in `xy`: two tables for polygons, three
        for multipolygons.
    source
        The file, for messages.
    """

    first: int
    xy: Floats = field(repr=False)
    begins: tuple[Integers, ...] = field(repr=False)
    source: str

    @classmethod
    def of(cls, first: int, lists: pa.Array, source: str) -> ArrowRows:
        """Take an array of lists apart.

        Parameters
        ----------
        first, source
            See the class.
        lists
            Lists of rings, or of polygons; what vertices hold beside x and y
            (heights) is not looked at.

        Raises
        ------
        GeometryError
            A row is null or empty, a ring is not closed or of fewer than four
            vertices, or coordinates are no longitude and latitude in degrees.
        """
        begins: list[Integers] = []
        made = cls(first, np.zeros((0, 2)), (), source)
        level = lists
        while hasattr(level, "offsets"):
            made._refuse(begins, _is_null(level), "null")
            offsets = level.offsets.to_numpy().astype(np.int64)
            begins.append(offsets - offsets[0])
            level = level.values[offsets[0] : offsets[-1]]
        fields = level.flatten()  # where a vertex is null its fields are
        columns = [fields[level.type.get_field_index(name)] for name in ("x", "y")]
        for one in columns:
            made._refuse(begins, _is_null(one), "a vertex that is null")
        for at in range(len(begins) - 1):
            made._refuse(begins[:at], np.diff(begins[at]) == 0, "an empty polygon")
        x, y = (one.to_numpy() for one in columns)
        xy, ring = np.column_stack([x, y]), begins[-1]
        few = np.diff(ring) < _FEWEST
        made._refuse(begins[:-1], few, "a ring of fewer than four vertices")
        open_ = (xy[ring[:-1]] != xy[ring[1:] - 1]).any(axis=1)
        off = ~(np.abs(xy) <= LIMITS).all(axis=1)  # so is NaN
        if off.any():
            got = f"the coordinates {xy[np.argmax(off)].tolist()}"
            made._refuse(begins, off, got)
        made._refuse(begins[:-1], open_, "a ring that is not closed")
        return cls(first, xy, tuple(begins), source)

    def _refuse(self, begins: list[Integers], bad: np.ndarray, got: str) -> None:
        """Raise if something is bad that lies as deep as some tables lead."""
        if not bad.any():
            return
        at = int(np.argmax(bad))
        for one in reversed(begins):
            at = int(np.searchsorted(one, at, side="right")) - 1
        raise error_of(self, at, got)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.begins[0]) - 1 if self.begins else 0

    def _vertices(self) -> Integers:
        """Return where each row begins in `xy`, and the end."""
        begin = self.begins[0]
        for one in self.begins[1:]:
            begin = one[begin]
        return begin

    def _cut(self, low: int, high: int) -> ArrowRows:
        """Return some of the rows."""
        begins, ends = [], (low, high)
        for one in self.begins:
            some = one[ends[0] : ends[1] + 1]
            ends = int(some[0]), int(some[-1])
            begins.append(some - some[0])
        xy = self.xy[ends[0] : ends[1]]
        return ArrowRows(self.first + low, xy, tuple(begins), self.source)

    def parts(self, nbytes: int) -> list[ArrowRows]:
        """Return them cut into consecutive parts of about as many bytes each."""
        if not len(self):
            return [self]
        begin = self._vertices() * _VERTEX_BYTES
        wanted = np.arange(0, begin[-1], nbytes)
        cuts = np.unique([*np.searchsorted(begin[:-1], wanted), len(self)]).tolist()
        return [self._cut(low, high) for low, high in itertools.pairwise(cuts)]

    def shapes(self, rows: Integers | None = None) -> Shapes:
        """Return the geometries of some of the rows, or all."""
        if rows is not None:
            some = [self._cut(at, at + 1).shapes() for at in rows.tolist()]
            return np.concatenate([np.zeros(0, dtype=object), *some])
        kind = shapely.GeometryType.POLYGON
        if len(self.begins) > 2:  # noqa: PLR2004  multipolygons have three
            kind = shapely.GeometryType.MULTIPOLYGON
        made = shapely.from_ragged_array(kind, self.xy, self.begins[::-1])
        return np.asarray(made, dtype=object)

    def rings(self) -> Rings:
        """Return the rings of all rows."""
        *rows, part, ring = self.begins
        owner = np.repeat(np.arange(len(part) - 1), np.diff(part))
        for one in rows:
            owner = np.repeat(np.arange(len(one) - 1), np.diff(one))[owner]
        is_shell = np.zeros(len(ring) - 1, dtype=bool)
        is_shell[part[:-1]] = True
        side = sides(self.xy, ring, is_shell)
        return Rings(self.xy, ring, owner, side, len(self))


def _is_null(values: pa.Array) -> np.ndarray:
    """Return which values are null."""
    if not values.null_count:
        return np.zeros(len(values), dtype=bool)
    return np.asarray(values.is_null().to_numpy(zero_copy_only=False), dtype=bool)
