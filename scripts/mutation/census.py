"""What a file holds by a second count: rows, and each row's vertices.

The parsers beside this module share no line with the readers and call neither GDAL nor
GEOS. A number that they cannot read is NaN: a row with it must not come back as sound.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shape:
    """A row: vertices, the sum of all x and y (NaN: unreadable), its label if any."""

    vertices: int
    total: float
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Census:
    """All rows of a file, in its order.

    `shapes` is None where the rows could be counted and not told apart.
    """

    rows: int
    shapes: tuple[Shape, ...] | None


def of(shapes: Iterable[Shape]) -> Census:
    """Return the census of rows that were all found."""
    listed = tuple(shapes)
    return Census(len(listed), listed)


def shape_of(numbers: list[float], label: str | None = None) -> Shape:
    """Return the row of x, y, x, y ...; an odd one out is unreadable."""
    total = math.nan if len(numbers) % 2 else math.fsum(numbers)
    return Shape(len(numbers) // 2, total, label)


def number(text: str) -> float:
    """Return a plain decimal number, or NaN."""
    return float(text) if NUMBER.fullmatch(text) else math.nan


def wkt_numbers(text: str) -> list[float]:
    """Return all numbers of a two-dimensional WKT; NaN for a vertex of another size."""
    found: list[float] = []
    for vertex in re.split(r"[(),]", text.partition("(")[2]):
        words = vertex.split()
        if words:
            pair = [number(one) for one in words]
            found += pair if len(pair) == 2 else [math.nan, math.nan]  # noqa: PLR2004
    return found


def wkb_shape(blob: bytes, label: str | None = None) -> Shape:
    """Return the row of a WKB; what does not fill its bytes exactly is unreadable."""
    try:
        end, numbers = _wkb(blob, 0)
    except struct.error:
        return Shape(0, math.nan, label)
    return shape_of(numbers if end == len(blob) else [*numbers, math.nan], label)


def _wkb(blob: bytes, at: int) -> tuple[int, list[float]]:
    """Walk one little-endian polygon or multipolygon; return its end and numbers."""
    order, kind, count = struct.unpack_from("<BII", blob, at)
    at += 9
    numbers: list[float] = []
    # A byte order that is neither 0 nor 1 leaves the bytes as they are.
    if order == 0 or kind not in {3, 6} or count > len(blob):
        msg = "no polygon"
        raise struct.error(msg)
    for _ in range(count):
        if kind == 6:  # noqa: PLR2004 - multipolygon
            at, inner = _wkb(blob, at)
            numbers += inner
            continue
        (vertices,) = struct.unpack_from("<I", blob, at)
        if vertices * 16 > len(blob):
            msg = "more vertices than bytes"
            raise struct.error(msg)
        numbers += struct.unpack_from(f"<{2 * vertices}d", blob, at + 4)
        at += 4 + 16 * vertices
    return at, numbers
