"""RawTable: what a reader hands on, before anybody has judged it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.errors import InputRefusedError
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path, PurePath

    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from layers.crs import CrsLike
    from layers.text import Fact

Found = tuple[str, "Mapping[str, Fact]"]
"""Code and facts of an issue that concerns the whole file."""

_NO_FLAGS, _MOST_FAMILIES, _MOST_KINDS = 0x1FFFFFFF, 3, 17
"""Z, M and SRID as PostGIS marks them; plain, Z, M, ZM; the types of ISO 13249-3."""

NESTED_BYTES = 16_384
MAX_NESTED = 64
HEADERS = tuple(
    mark
    for kind in (4, 5, 6, 7)
    for mark in (b"\x01" + kind.to_bytes(4, "little"), b"\0" + kind.to_bytes(4, "big"))
)


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """The WKB that a column of geometries was made from.

    Attributes
    ----------
    wkb
        Arrow's ``large_binary``, in the order of `shapes`, null where there is none.
    shapes
        What came out of it, all of it readable.
    """

    wkb: pa.ChunkedArray
    shapes: NDArray[np.object_]

    def of(self, geometry: NDArray[np.object_]) -> pa.ChunkedArray | None:
        """Return the WKB of `geometry`, or None when that is another column.

        It must be the very array: whoever replaces the geometries of a table, and
        forgets the WKB beside them, gets the new ones.
        """
        same = geometry is self.shapes and not geometry.flags.writeable
        return self.wkb if same else None


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of a source, in its order.

    Attributes
    ----------
    attributes
        One row a feature, index 0..n-1, columns as the source names them.
    geometry
        shapely geometries or None, one a row.
    unreadable
        Where the source has bytes that are no geometry.
    crs, crs_evidence
        As the source states it, or None; where it states it.
    format, source_layer, encoding
        As in `layers.provenance.Provenance`.
    rows_in_file
        Counted independently of the reader where the format allows.
    found
        Issues that concern the whole file.
    crs_is_assumed
        Whether `crs` is the reader's reading, not the source's statement.
    packed
        The WKB behind `geometry`, where a reader has it at hand: it saves writing it
        anew on the way to another process, and says nothing that `geometry` does not.
    """

    attributes: pd.DataFrame
    geometry: NDArray[np.object_]
    unreadable: NDArray[np.bool_]
    crs: CrsLike | None
    crs_evidence: str
    format: str
    source_layer: str | None
    encoding: str | None
    rows_in_file: int
    found: tuple[Found, ...] = ()
    crs_is_assumed: bool = False
    packed: Packed | None = None


def from_wkb(
    blobs: Sequence[bytes | None],
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return geometries and where bytes were there but no geometry came out.

    Deeply nested collections are not parsed at all: they overflow the stack of the
    parser and end the process. Nor is a blob whose type is none: GEOS reads it by the
    lower half of the number.
    """
    raw = np.empty(len(blobs), dtype=object)
    raw[:] = [
        one if one is not None and _is_typed(one) and not _is_nested(one) else None
        for one in blobs
    ]
    with np.errstate(invalid="ignore"):  # NaN coordinates are found and told later
        geometry = _parsed(raw)
    _drop_unfilled(geometry, raw)
    present = np.array([one is not None for one in blobs], dtype=bool)
    return geometry, present & shapely.is_missing(geometry)


def _parsed(raw: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return what GEOS makes of WKB; a curve costs its own row, not the column.

    GEOS knows curves since 3.13 and shapely does not: it raises for the whole array.
    """
    try:
        return np.asarray(shapely.from_wkb(raw, on_invalid="ignore"), dtype=object)
    except NotImplementedError:
        if len(raw) == 1:
            return np.array([None], dtype=object)
        half = len(raw) // 2
        return np.concatenate([_parsed(raw[:half]), _parsed(raw[half:])])


def _drop_unfilled(geometry: NDArray[np.object_], raw: NDArray[np.object_]) -> None:
    """Set to None what was made of a part of its bytes alone.

    A count that has become smaller (rings, parts, vertices) leaves the rest of the
    bytes unread, and GEOS says nothing.
    """
    there = np.array([0 if one is None else len(one) for one in raw])
    odd = np.flatnonzero(~shapely.is_missing(geometry) & (there != _bytes_of(geometry)))
    if odd.size:
        exact = shapely.to_wkb(geometry[odd], output_dimension=4, include_srid=True)
        lengths = np.array([len(one) for one in exact])
        geometry[odd[lengths != there[odd]]] = None


def _bytes_of(geometry: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the length of the WKB of plain (multi)polygons; of others, a guess."""
    is_multi = shapely.get_type_id(geometry) == shapely.GeometryType.MULTIPOLYGON
    heads = 9 + 4 * _rings(geometry)
    multi = np.flatnonzero(is_multi)  # parts are copies: not of plain polygons
    parts, owners = shapely.get_parts(geometry[multi], return_index=True)
    sizes = np.bincount(owners, 9 + 4 * _rings(parts), minlength=len(multi))
    heads[multi] = sizes.astype(np.int64)
    points = 8 * shapely.get_coordinate_dimension(geometry)
    points *= shapely.get_num_coordinates(geometry)
    return np.asarray(heads + points + 9 * is_multi, dtype=np.int64)


def _rings(geometry: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the rings of polygons."""
    rings = shapely.get_num_interior_rings(geometry) + ~shapely.is_empty(geometry)
    return np.asarray(rings, dtype=np.int64)


def _is_typed(blob: bytes) -> bool:
    """Whether a blob begins with a type that WKB has, in ISO's or PostGIS's numbers."""
    number = int.from_bytes(blob[1:5], "little" if blob[:1] == b"\x01" else "big")
    family, kind = divmod(number & _NO_FLAGS, 1000)
    return family <= _MOST_FAMILIES and 0 < kind <= _MOST_KINDS


def _is_nested(blob: bytes) -> bool:
    """Whether a large blob holds more multi-part headers than one geometry needs."""
    if len(blob) < NESTED_BYTES:
        return False
    return sum(blob.count(mark) for mark in HEADERS) > MAX_NESTED


def need_all_rows(*, read: int, counted: int, source: Path) -> None:
    """Refuse a read that does not bring as many rows as the file holds."""
    if read != counted:
        raise InputRefusedError(
            source=source,
            expected=f"{counted} rows, counted in the file itself",
            got=f"{read} from the reader",
            todo="the file is damaged: export it again",
        )


def choose_layer(
    names: Sequence[str],
    *,
    wanted: str | None,
    known: Sequence[str],
    source: Path,
) -> str:
    """Return the layer to read from a file that may hold several.

    `wanted` wins; else the only one; else the only one that the layer kind knows by
    name, unless another's name holds such a name too (STBHHX beside STBHHX_2): that may
    be the rest of it. Anything else is refused: the first layer is not "the" layer.
    """
    if wanted is not None:
        if wanted in names:
            return wanted
        raise InputRefusedError(
            source=source,
            expected=f"a layer {wanted!r}",
            got=f"the layers {', '.join(names) or '(none)'}",
            todo="correct layer=",
        )
    if len(names) == 1:
        return names[0]
    folded = {fold(name) for name in known}
    matching = [name for name in names if fold(name) in folded]
    alike = [name for name in names if any(one in fold(name) for one in folded)]
    if len(matching) == 1 and alike == matching:
        return matching[0]
    raise InputRefusedError(
        source=source,
        expected="one layer",
        got=f"{len(names)} layers: {', '.join(names) or '(none)'}",
        todo="say which one: layer='...' (--layer)",
    )


def stem_of(path: PurePath) -> str:
    """Return the name under which a single-layer file is known."""
    return path.name.split(".")[0]
