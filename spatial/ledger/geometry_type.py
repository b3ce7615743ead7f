"""A geometry column: a GeoPackage blob in a file, a PostGIS geometry on a server.

In Python both are WKB: little-endian, two dimensions, without a reference system, as
`spatial.ledger.chain.wkb` writes it. What comes out is what went in, to the byte.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import shapely
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import UserDefinedType

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect

SRID = 4490

_HEAD = struct.Struct("<2sBBi4d")  # GeoPackage 1.3, 2.1.3: magic, version, flags, srs
_LITTLE_XY = 0x03  # little-endian, envelope of x and y
_EMPTY = 0x10
_ENVELOPES = (0, 32, 48, 48, 64)  # bytes by envelope code
_EWKB_SRID = 0x20000000


class Shape(UserDefinedType[bytes]):
    """WKB in Python; see the module."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return what turns WKB into what the store takes."""
        to = to_blob if dialect.name == "sqlite" else _to_ewkb
        return lambda value: None if value is None else to(value)

    def result_processor(
        self,
        dialect: Dialect,
        coltype: object,  # noqa: ARG002 - given by SQLAlchemy
    ) -> Callable[[Any], Any]:
        """Return what turns what the store gives into WKB."""
        of = from_blob if dialect.name == "sqlite" else _from_ewkb
        return lambda value: None if value is None else of(value)


@compiles(Shape, "sqlite")
def _in_file(*_: object, **__: object) -> str:
    return "GEOMETRY"


@compiles(Shape, "postgresql")
def _on_server(*_: object, **__: object) -> str:
    return f"geometry(Geometry,{SRID})"


def to_blob(wkb: bytes) -> bytes:
    """Return WKB as a GeoPackage blob, with its envelope."""
    minx, miny, maxx, maxy = shapely.bounds(shapely.from_wkb(wkb)).tolist()
    return _HEAD.pack(b"GP", 0, _LITTLE_XY, SRID, minx, maxx, miny, maxy) + wkb


def from_blob(blob: bytes) -> bytes:
    """Return the WKB of a GeoPackage blob.

    Raises
    ------
    ValueError
        It is no such blob.
    """
    if len(blob) < 8 or blob[:2] != b"GP":  # noqa: PLR2004 - the fixed part
        msg = "expected a GeoPackage geometry, got something else"
        raise ValueError(msg)
    code = (blob[3] >> 1) & 7
    if code >= len(_ENVELOPES):
        msg = f"expected an envelope code 0 to 4, got {code}"
        raise ValueError(msg)
    return bytes(blob[8 + _ENVELOPES[code] :])


def blob_bounds(blob: bytes | None) -> tuple[float, float, float, float] | None:
    """Return minx, maxx, miny, maxy of a blob; None for an empty one or none.

    Raises
    ------
    ValueError
        It is no such blob.
    """
    if blob is None:
        return None
    if blob[:2] == b"GP" and blob[3] == _LITTLE_XY and len(blob) >= _HEAD.size:
        _, _, _, _, minx, maxx, miny, maxy = _HEAD.unpack_from(blob)
        return minx, maxx, miny, maxy
    shape = shapely.from_wkb(from_blob(blob))
    if shapely.is_empty(shape):
        return None
    minx, miny, maxx, maxy = shapely.bounds(shape).tolist()
    return minx, maxx, miny, maxy


def is_empty(blob: bytes | None) -> int | None:
    """Return whether a blob holds no point; None for none."""
    if blob is None:
        return None
    return 1 if blob[3] & _EMPTY or blob_bounds(blob) is None else 0


def _to_ewkb(wkb: bytes) -> str:
    (kind,) = struct.unpack_from("<I", wkb, 1)
    head = struct.pack("<BII", 1, kind | _EWKB_SRID, SRID)
    return (head + wkb[5:]).hex()


def _from_ewkb(text: str) -> bytes:
    data = bytes.fromhex(text)
    (kind,) = struct.unpack_from("<I", data, 1)
    if not kind & _EWKB_SRID:
        return data
    return data[:1] + struct.pack("<I", kind & ~_EWKB_SRID) + data[9:]
