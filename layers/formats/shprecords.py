"""The records of a .shp, held against its index and against their own counts.

GDAL goes where the .shx points and takes as many vertices as a record says. An index
that is shifted gives a row the outline of another one, and a count that has become
smaller leaves vertices out, both without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HEADER = 100
HEAD = 8
"""Bytes before the content of a record: its number and its length."""
MIN_CONTENT = 44
"""Of a line or polygon: type, box, two counts."""
POINT_BYTES = 16
EXTRA_BYTES: dict[int, tuple[int, ...]] = {
    3: (0,),
    5: (0,),
    13: (1, 2),
    15: (1, 2),
    23: (0, 1),
    25: (0, 1),
}
"""Type of a line or polygon: how many further blocks of z or m may follow."""
BLOCK = 16
"""Bytes of such a block before its numbers (the range), then 8 a vertex."""


def need_whole(shp: Path, shx: Path, *, count: int, source: Path) -> None:
    """Refuse a .shp whose records are not where and what .shx and counts say.

    Raises
    ------
    InputRefusedError
        Two entries of the .shx point to one record, one points to no record, the
        records stand in another order than their numbers, or the parts and vertices
        of a line or polygon do not fill its record.
    """
    if not count:
        return
    data = np.memmap(shp, dtype=np.uint8, mode="r")
    index = np.fromfile(shx, dtype=">i4", count=2 * count, offset=HEADER)
    at, length = (2 * index.reshape(-1, 2).astype(np.int64)).T
    fits = (at >= HEADER) & (length >= 0) & (at + HEAD + length <= len(data))
    if not fits.all():
        raise _refuse(source, f"entry {_first(~fits)} of .shx points to no record")
    number, stated = _words(data, at, ">i4"), 2 * _words(data, at + 4, ">i4")
    if (wrong := stated != length).any():
        raise _refuse(source, f"entry {_first(wrong)} of .shx points to no record")
    if len(np.unique(at)) != count:
        raise _refuse(source, "two entries of .shx point to one record")
    # Some writers number from 0 or not at all; a true numbering must be in order.
    usual = np.arange(1, count + 1)
    if (np.sort(number) == usual).all() and (number != usual).any():
        raise _refuse(source, f"entry {_first(number != usual)} of .shx is another's")
    wrong = _unfilled(data, at + HEAD, length)
    if wrong.any():
        got = f"record {_first(wrong)} is not filled by its parts and vertices"
        raise _refuse(source, got)


def _words(
    data: NDArray[np.uint8], at: NDArray[np.int64], form: str
) -> NDArray[np.int64]:
    """Return the whole number of four bytes at each place."""
    picked = data[at[:, None] + np.arange(4)]
    return np.ascontiguousarray(picked).view(form).ravel().astype(np.int64)


def _unfilled(
    data: NDArray[np.uint8], at: NDArray[np.int64], length: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell which lines and polygons have other counts than their record has room."""
    wrong = np.zeros(len(at), dtype=bool)
    wide = np.flatnonzero(length >= MIN_CONTENT)
    kinds = _words(data, at[wide], "<i4")
    for kind, extras in EXTRA_BYTES.items():
        mine = wide[kinds == kind]
        parts, points = (_words(data, at[mine] + place, "<i4") for place in (36, 40))
        plain = MIN_CONTENT + 4 * parts + POINT_BYTES * points
        fills = [
            plain + extra * (BLOCK + 8 * points) == length[mine] for extra in extras
        ]
        sane = (parts >= 0) & (points >= 0)
        wrong[mine] = ~(np.logical_or.reduce(fills) & sane)
    return wrong


def _first(wrong: NDArray[np.bool_]) -> int:
    """Return the number, from 1, of the first that is wrong."""
    return int(np.flatnonzero(wrong)[0]) + 1


def _refuse(source: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=source,
        expected="records of .shp as .shx and their counts say",
        got=got,
        todo="copy all its parts again from one export",
    )
