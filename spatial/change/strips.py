"""A pair judged strip by strip: what each gives, so that together they are the whole.

A strip is a window as wide as memory allows. Its patches that touch none of its borders
are measured at once. Of the others the strip keeps the pixels around them; they are
measured when the neighbours have been judged, too. Nothing else of an image stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from layers.raster import CLEAR
from layers.raster import Window as Part
from spatial.change.detector import HALO
from spatial.change.features import features
from spatial.change.reasons import near_hidden, spread
from spatial.change.runs import chosen, first_pixels, joined, pixels_of, stretches
from spatial.change.sample import Window, tiles
from spatial.change.scene import Dense
from spatial.change.trim import trimmed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from spatial.change.aligned import AlignedPair
    from spatial.change.detector import Detector, Flags, Image
    from spatial.change.runs import Bools, Integers, Runs, Stretches
    from spatial.change.scene import Near

BUFFER_BYTES = 256 << 20
"""What a strip of both images may fill."""

_AROUND = 3  # pixels beyond a patch whose state its measurements ask for
_TRIMMED = 1  # and one more settles whether those are trimmed
_PIECE = 2048  # columns that are read at once: both images' blocks stay in GDAL's cache
_TILE = (128, 512)  # what is judged at once fits the processor's cache
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
    """

    aligned: AlignedPair
    detector: Detector
    shift_px: tuple[float, float]
    doubtful_px: int

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
    a_pixel = 2 * 4 * len(job.aligned.bands)
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


def judged(job: Job, windows: Iterable[Window]) -> Iterator[Judged]:
    """Yield what each strip gives; what one has read for the next is not read again."""
    held = _Held.nothing(job)
    for window in windows:
        held = held.moved(job, window)
        yield _judge(job, window, held)


@dataclass(frozen=True, slots=True)
class _Held:
    """What was read: both images and the mask of a window and the margin around it."""

    outer: Window
    before: Image
    after: Image
    codes: NDArray[np.uint8]

    @classmethod
    def nothing(cls, job: Job) -> _Held:
        none = np.zeros((len(job.aligned.bands), 0, 0), dtype=np.float32)
        return cls(Window(0, 0, 0, 0), none, none, np.zeros((0, 0), dtype=np.uint8))

    def moved(self, job: Job, window: Window) -> _Held:
        """Return what a window needs; rows that are here already are kept."""
        outer = window.widened(job.margin, job.shape)
        old, carry = self.outer, 0
        is_below = old.top <= outer.top <= old.bottom <= outer.bottom
        if (old.left, old.right) == (outer.left, outer.right) and is_below:
            carry = old.bottom - outer.top
        new = self._with_room(outer)
        for mine, theirs in zip(self.arrays(), new.arrays(), strict=True):
            if carry:
                theirs[:, :carry] = mine[:, old.shape[0] - carry : old.shape[0]]
        new.fill(job, carry)
        return new

    def _with_room(self, outer: Window) -> _Held:
        """Return room for a window: this one's where it is large enough."""
        rows, columns = outer.shape
        bands, high, wide = self.before.shape
        if wide == columns and high >= rows:
            return _Held(outer, self.before, self.after, self.codes)
        shape = bands, rows, columns
        one, two = np.empty(shape, np.float32), np.empty(shape, np.float32)
        return _Held(outer, one, two, np.empty(shape[1:], np.uint8))

    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        return self.before, self.after, self.codes[None]

    def fill(self, job: Job, first: int) -> None:
        """Read the rows from `first` on."""
        rows, columns = self.outer.shape
        for left in range(0, columns, _PIECE) if first < rows else ():
            wide = min(_PIECE, columns - left)
            part = Part(
                self.outer.top + first, self.outer.left + left, rows - first, wide
            )
            here = slice(first, rows), slice(left, left + wide)
            out = self.before[:, *here], self.after[:, *here]
            self.codes[here] = job.aligned.read(part, out=out)[2]

    def images(self) -> tuple[Image, Image, NDArray[np.uint8]]:
        """Return the images and the mask of `outer`."""
        rows = self.outer.shape[0]
        return self.before[:, :rows], self.after[:, :rows], self.codes[:rows]


def _judge(job: Job, window: Window, held: _Held) -> Judged:
    """Return what a strip gives."""
    outer = held.outer
    before, after, codes = held.images()
    hidden = codes != CLEAR
    found, sure = _detected(job, window, outer, (before, after, hidden))
    changed = trimmed(found, before, after)
    doubtful = np.zeros(outer.shape, dtype=bool)
    if hidden.any():
        doubtful = near_hidden(~hidden, reach_px=job.doubtful_px)
    scene = Dense(
        bands=job.aligned.bands,
        shape=job.shape,
        shift_px=job.shift_px,
        images=(before, after),
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
    near = scene.near(_around(job, chosen(runs, goes_on), outer))
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


def _detected(
    job: Job, window: Window, outer: Window, images: tuple[Image, Image, Flags]
) -> tuple[Bools, Image]:
    """Return what changed in a window and around it, and the confidence."""
    before, after, hidden = images

    def read(asked: Window) -> tuple[Image, Image, Flags]:
        rows, columns = asked.widened(0, job.shape).within(outer)
        return before[:, rows, columns], after[:, rows, columns], hidden[rows, columns]

    changed = np.zeros(outer.shape, dtype=bool)
    sure = np.zeros(outer.shape, dtype=np.float32)
    wide = window.widened(_AROUND + _TRIMMED, job.shape)
    for one in tiles(wide.shape, _TILE):
        tile = Window(
            wide.top + one.top,
            wide.top + one.bottom,
            wide.left + one.left,
            wide.left + one.right,
        )
        here = tile.within(outer)
        changed[here], _, sure[here] = job.detector.apply(read, tile)
    return changed, sure


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


def _around(job: Job, runs: Runs, outer: Window) -> Bools:
    """Return a mask on `outer` of patches and what their measurements look at."""
    mask = np.zeros(outer.shape, dtype=bool)
    row, column, _ = pixels_of(runs)
    mask[row - outer.top, column - outer.left] = True
    if len(row):
        for axis in (0, 1):
            mask = spread(mask, job.around, axis)
    return mask


def _within(
    key: Integers, columns: int, shape: tuple[int, int], corner: tuple[int, int]
) -> Bools:
    """Say which pixels lie in a window."""
    row, column = np.divmod(key, columns)
    row, column = row - corner[0], column - corner[1]
    rows = (row >= 0) & (row < shape[0])
    return np.asarray(rows & (column >= 0) & (column < shape[1]))
