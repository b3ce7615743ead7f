"""A pair judged strip by strip: what each gives, so that together they are the whole.

A strip is a window as wide as memory allows. Its patches that touch none of its borders
are measured at once. Of the others the strip keeps the pixels around them; they are
measured when the neighbours have been judged, too. Nothing else of an image stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from layers.raster import CLEAR
from spatial.change.detector import HALO
from spatial.change.features import features
from spatial.change.reasons import near_hidden, spread
from spatial.change.runs import (
    chosen,
    first_pixels,
    joined,
    pixels_of,
    places_of,
    stretches,
)
from spatial.change.sample import Window
from spatial.change.scene import Dense
from spatial.change.stored import Room, fill, put, shared_rows, tail_of
from spatial.change.trim import trimmed_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from spatial.change.aligned import AlignedPair
    from spatial.change.detector import Detector
    from spatial.change.runs import Bools, Integers, Runs, Stretches
    from spatial.change.scene import Near
    from spatial.change.stored import Storages, Stored, Tail

    Ask = Callable[[], Tail]

BUFFER_BYTES = 256 << 20
"""What a strip of both images may fill."""

_AROUND = 3  # pixels beyond a patch whose state its measurements ask for
_TRIMMED = 1  # and one more settles whether those are trimmed
_REACH = 1.25  # of a shift that may explain a patch, see `spatial.change.shifted`


@dataclass(frozen=True, slots=True)
class Job:
    """What all strips of a pair share; it can be sent to another process.

    Attributes
    ----------
    aligned, detector
        What is judged, and how.
    shift_px
        Columns and rows that may explain a patch.
    doubtful_px
        How far from something hidden a pixel is doubtful.
    storages
        How the pixels of both images are held (`AlignedPair.storages`).
    """

    aligned: AlignedPair
    detector: Detector
    shift_px: tuple[float, float]
    doubtful_px: int
    storages: Storages

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the pair."""
        return self.aligned.grid.shape

    @property
    def around(self) -> int:
        """Pixels around a patch that its measurements look at."""
        return max(_AROUND, ceil(_REACH * max(map(abs, self.shift_px))) + 1)

    @property
    def margin(self) -> int:
        """Pixels around a strip that are read with it."""
        judged = _AROUND + _TRIMMED + HALO
        return max(judged, self.around + 1, self.doubtful_px)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a strip gives.

    Attributes
    ----------
    window
        The strip.
    changed
        All stretches of change in it.
    closed
        `features` of the patches that end within it, by the number of their first
        pixel: row times columns of the pair plus column.
    near, owned
        The pixels around the other patches, and which of them lie in the strip.
    """

    window: Window
    changed: Stretches
    closed: pd.DataFrame
    near: Near
    owned: Bools


def row_edges(rows: int, side: int, margin: int) -> NDArray[np.int64]:
    """Return where strips begin and end.

    A strip ends `margin` rows above a multiple of `side`, so that what has been read
    for it ends on the edge of a block of the file, and no block is decoded twice.
    """
    inner = np.arange(side, rows + margin, side) - margin
    return np.unique([0, *inner[(inner > 0) & (inner < rows)], rows])


def strips(job: Job, wanted: Bools, side: int) -> list[Window]:
    """Return the windows that cover the wanted tiles, those that go on in a row.

    Parameters
    ----------
    job
        The pair.
    wanted
        (rows of tiles, columns of tiles), between `row_edges` and every `side` columns.
    side
        Pixels.
    """
    edges = row_edges(job.shape[0], side, job.margin)
    size = np.dtype(job.storages[0].dtype).itemsize
    a_pixel = 2 * size * len(job.aligned.bands)
    high = min(side, job.shape[0]) + 2 * job.margin
    most = max(1, (BUFFER_BYTES // (a_pixel * high) - 2 * job.margin) // side)
    out = []
    for i, line in enumerate(wanted):
        found = stretches(line[None])
        for first, end in zip(found[1].tolist(), found[2].tolist(), strict=True):
            for left in range(first, end, most):
                columns = left * side, min(left + most, end) * side
                out.append(
                    Window(
                        int(edges[i]),
                        int(edges[i + 1]),
                        columns[0],
                        min(columns[1], job.shape[1]),
                    )
                )
    return sorted(out, key=lambda one: (one.left, one.right, one.top))


def room_for(job: Job) -> Room:
    """Return memory for strips, one after another."""
    return Room(job.storages, len(job.aligned.bands))


def read_strip(
    job: Job, window: Window, room: Room, before: tuple[Window, Ask] | None
) -> tuple[Stored, Tail]:
    """Return what a strip needs, and its last rows.

    Parameters
    ----------
    job, window
        What is judged.
    room
        Where it is put.
    before
        The strip before it, and what gives its last rows. Those that this one needs
        too are not read again; they are asked for when all else has been read.
    """
    outer = window.widened(job.margin, job.shape)
    carry = 0
    if before is not None:
        carry = shared_rows(before[0].widened(job.margin, job.shape), outer)
    stored = room.strip(outer)
    fill(stored, job.aligned, carry)
    if before is not None and carry:
        put(stored, before[1]().last(carry))
    return stored, tail_of(stored, 2 * job.margin)


def judged(job: Job, windows: Iterable[Window]) -> Iterator[Judged]:
    """Yield what each strip gives; what one has read for the next is not read again."""
    room = room_for(job)
    before: tuple[Window, Ask] | None = None
    for window in windows:
        stored, tail = read_strip(job, window, room, before)
        before = window, partial(_same, tail)
        yield judge(job, window, stored)


def _same(tail: Tail) -> Tail:
    return tail


def judge(job: Job, window: Window, stored: Stored) -> Judged:
    """Return what a strip gives."""
    outer = stored.outer
    wide = window.widened(_AROUND + _TRIMMED, job.shape)
    found, sure = job.detector.sweep(stored, wide, job.shape)
    changed = trimmed_by(found, stored.apart)
    doubtful = np.zeros(outer.shape, dtype=bool)
    if stored.codes.any():
        doubtful = near_hidden(stored.codes == CLEAR, reach_px=job.doubtful_px)
    scene = Dense(
        bands=job.aligned.bands,
        shape=job.shape,
        shift_px=job.shift_px,
        images=stored.looks,
        masks=(changed, doubtful),
        sure=sure,
        corner=(outer.top, outer.left),
    )
    row, start, end = stretches(changed[window.within(outer)])
    runs = joined(
        row + window.top, start + window.left, end + window.left, columns=job.shape[1]
    )
    goes_on = _goes_on(runs, window, job.shape)
    closed = chosen(runs, ~goes_on)
    table = features(scene, closed)
    table.index = keys(closed, job.shape[1])
    near = scene.near(*_around(job, chosen(runs, goes_on), outer))
    own = window.shape, (window.top, window.left)
    return Judged(
        window,
        (runs.row, runs.start, runs.end),
        table,
        near,
        _within(near.key, job.shape[1], *own),
    )


def keys(runs: Runs, columns: int) -> Integers:
    """Return the number of each patch's first pixel, ascending."""
    first = first_pixels(runs)
    return runs.row[first] * columns + runs.start[first]


def _goes_on(runs: Runs, window: Window, shape: tuple[int, int]) -> Bools:
    """Say which patches touch a border of the window that is none of the image."""
    touches = np.zeros(len(runs.row), dtype=bool)
    if window.top > 0:
        touches |= runs.row == window.top
    if window.bottom < shape[0]:
        touches |= runs.row == window.bottom - 1
    if window.left > 0:
        touches |= runs.start == window.left
    if window.right < shape[1]:
        touches |= runs.end == window.right
    out = np.zeros(runs.patches, dtype=bool)
    out[runs.patch[touches]] = True
    return out


def _around(job: Job, runs: Runs, outer: Window) -> tuple[Integers, Integers]:
    """Return the pixels, in `outer`, of patches and of what measurements look at.

    Row by row. Most of a strip is far from the patches that go on: masks are made of
    those rows alone that such patches reach.
    """
    row, column, _ = pixels_of(runs)
    row, column = row - outer.top, column - outer.left
    ends = np.flatnonzero(np.diff(row) > 2 * job.around) + 1
    found = []
    for own, across in zip(np.split(row, ends), np.split(column, ends), strict=True):
        if not len(own):
            continue
        low = max(0, int(own[0]) - job.around)
        high = min(outer.shape[0], int(own[-1]) + job.around + 1)
        mask = np.zeros((high - low, outer.shape[1]), dtype=bool)
        mask[own - low, across] = True
        for axis in (0, 1):
            mask = spread(mask, job.around, axis)
        down, right = places_of(mask)
        found.append((down + low, right))
    none = np.zeros(0, dtype=np.int64)
    rows, columns = zip((none, none), *found, strict=True)
    return np.concatenate(rows), np.concatenate(columns)


def _within(
    key: Integers, columns: int, shape: tuple[int, int], corner: tuple[int, int]
) -> Bools:
    """Say which pixels lie in a window."""
    row, column = np.divmod(key, columns)
    row, column = row - corner[0], column - corner[1]
    rows = (row >= 0) & (row < shape[0])
    return np.asarray(rows & (column >= 0) & (column < shape[1]))
