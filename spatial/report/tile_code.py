"""Paths of a sheet as a short text: whole numbers, packed, deflated, in base64.

`templates/tiles.js` reads it. A sheet holds numbers alone, no text of anybody.
"""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from spatial.report.tile_cut import Flags, Ints, Paths

    Bytes = np.ndarray[Any, np.dtype[np.uint8]]

LEVEL = 9  # of zlib, which writes no time and no name: same paths, same text
_HEAD = 3


def encoded(paths: Paths) -> dict[tuple[int, int], str]:
    """Return the text of each sheet that has a path.

    A path is a row of whole numbers: how far its zone's number is above that of the
    path before; four times its vertices plus its form; how many of its edges are cuts;
    the position of each, from the one before; its vertices, east and north, each from
    the one before. A number takes seven bits a byte, the lowest first, the eighth
    bit says that more follow; vertices may be negative, and their sign is the lowest
    bit.

    Parameters
    ----------
    paths
        Ascending by sheet and zone.

    Returns
    -------
    dict
        (column, row) -> base64 of the zlib stream, in the order of `paths`.
    """
    if not len(paths.zone):
        return {}
    place = np.stack([paths.column, paths.row], axis=1)
    first = np.append(True, (place[1:] != place[:-1]).any(axis=1))
    numbers, begins = _numbers(paths, first)
    packed, ends = _packed(numbers)
    starts = np.append(0, ends)[begins[first]]
    stops = np.append(starts[1:], len(packed))
    return {
        (column, row): base64.b64encode(
            zlib.compress(packed[start:stop].tobytes(), LEVEL)
        ).decode()
        for (column, row), start, stop in zip(
            place[first].tolist(), starts.tolist(), stops.tolist(), strict=True
        )
    }


def _numbers(paths: Paths, first: Flags) -> tuple[Ints, Ints]:
    """Return all numbers of all paths, none negative, and where each path begins."""
    vertex = np.cumsum(paths.count) - paths.count  # the first of each path
    of = np.repeat(np.arange(len(paths.count)), paths.count)
    cuts = np.flatnonzero(paths.cut)
    many = np.bincount(of[cuts], minlength=len(vertex))
    size = _HEAD + many + 2 * paths.count
    begins = np.cumsum(size) - size
    numbers = np.zeros(int(size.sum()), dtype=np.int64)
    numbers[begins] = np.where(first, paths.zone, np.diff(paths.zone, prepend=0))
    numbers[begins + 1] = 4 * paths.count + paths.form
    numbers[begins + 2] = many
    at = cuts - vertex[of[cuts]]
    rank = np.arange(len(cuts)) - (np.cumsum(many) - many)[of[cuts]]
    before = np.where(rank > 0, np.append(0, at[:-1])[: len(at)], 0)
    numbers[begins[of[cuts]] + _HEAD + rank] = at - before
    moved = np.diff(paths.steps, axis=0, prepend=0)
    moved[vertex] = paths.steps[vertex]
    moved = np.where(moved < 0, -2 * moved - 1, 2 * moved)
    along = (begins + _HEAD + many)[of] + 2 * (np.arange(len(of)) - vertex[of])
    numbers[along], numbers[along + 1] = moved[:, 0], moved[:, 1]
    return numbers, begins


def _packed(numbers: Ints) -> tuple[Bytes, Ints]:
    """Return numbers as bytes of seven bits, and where each number ends."""
    size = np.ones(len(numbers), dtype=np.int64)
    rest = numbers >> 7
    while rest.any():
        size += rest > 0
        rest >>= 7
    ends = np.cumsum(size)
    packed = np.zeros(int(ends[-1]), dtype=np.uint8)
    for byte in range(int(size.max())):
        long = np.flatnonzero(size > byte)
        more = (size[long] > byte + 1) << 7
        packed[ends[long] - size[long] + byte] = numbers[long] >> 7 * byte & 127 | more
    return packed, ends
