"""Both images of a window as files store them; values are made when asked for.

Rows come first, then bands: what a strip leaves for the next one is one piece of
memory, and a kernel that goes row by row finds all bands of a row side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.raster import CLEAR
from layers.raster import Window as Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from layers.raster import Storage
    from spatial.change.aligned import AlignedPair
    from spatial.change.detector import Flags, Image
    from spatial.change.runs import Integers
    from spatial.change.sample import Window

    Storages = tuple[Storage, Storage]
    Pixels = NDArray[Any]
    Look = Callable[[Integers, Integers], Image]

_PIECE = 2048  # columns that are read at once: both images' blocks stay in GDAL's cache


@dataclass(frozen=True, slots=True)
class Stored:
    """Both images and their mask.

    Attributes
    ----------
    outer
        The window that they fill.
    images
        Before and after, (rows, bands, columns).
    storages
        What makes values of their numbers.
    codes
        (rows, columns), as of `AlignedPair.read`.
    """

    outer: Window
    images: tuple[Pixels, Pixels]
    storages: Storages
    codes: NDArray[np.uint8]

    def values(self, window: Window) -> tuple[Image, Image, Flags]:
        """Return what `AlignedPair.read` returns of a part, and what is hidden."""
        rows, columns = window.within(self.outer)
        hidden = self.codes[rows, columns] != CLEAR
        found = []
        for image, storage in zip(self.images, self.storages, strict=True):
            part = image[rows, :, columns].transpose(1, 0, 2)
            values = storage.values(np.ascontiguousarray(part))
            if hidden.any():
                values[:, hidden] = np.nan
            found.append(values)
        return found[0], found[1], hidden

    @property
    def looks(self) -> tuple[Look, Look]:
        """What gives values of single pixels before and after, (bands, n)."""
        return partial(self._at, 0), partial(self._at, 1)

    def apart(self, row: Integers, column: Integers) -> Image:
        """Return after less before of single pixels, (bands, n)."""
        before, after = (look(row, column) for look in self.looks)
        return np.asarray(after - before)

    def _at(self, number: int, row: Integers, column: Integers) -> Image:
        found = np.ascontiguousarray(self.images[number][row, :, column].T)
        values = self.storages[number].values(found)
        values[:, self.codes[row, column] != CLEAR] = np.nan
        return values


@dataclass(frozen=True, slots=True)
class Tail:
    """The last rows of what was read for a strip: the next one begins with them."""

    images: tuple[Pixels, Pixels]
    codes: NDArray[np.uint8]

    def last(self, rows: int) -> Tail:
        """Return fewer of them."""
        one, two = (image[len(image) - rows :] for image in self.images)
        return Tail((one, two), self.codes[len(self.codes) - rows :])


class Room:
    """Memory for one strip, used again for the next."""

    def __init__(self, storages: Storages, bands: int) -> None:
        self._storages, self._bands = storages, bands
        self._images = tuple(np.empty((0, bands, 0), s.dtype) for s in storages)
        self._codes = np.empty((0, 0), np.uint8)

    def strip(self, outer: Window) -> Stored:
        """Return room for a window; what it held before is lost."""
        rows, columns = outer.shape
        high, wide = self._codes.shape
        if wide != columns or high < rows:
            shape = rows, self._bands, columns
            self._images = tuple(np.empty(shape, s.dtype) for s in self._storages)
            self._codes = np.empty((rows, columns), np.uint8)
        one, two = (image[:rows] for image in self._images)
        return Stored(outer, (one, two), self._storages, self._codes[:rows])


def shared_rows(above: Window | None, outer: Window) -> int:
    """Return how many rows a window begins with that the one above it ends with."""
    if above is None or (above.left, above.right) != (outer.left, outer.right):
        return 0
    is_below = above.top <= outer.top <= above.bottom <= outer.bottom
    return above.bottom - outer.top if is_below else 0


def fill(stored: Stored, aligned: AlignedPair, first: int) -> None:
    """Read the rows from `first` on."""
    rows, columns = stored.outer.shape
    top, one_left = stored.outer.top + first, stored.outer.left
    for left in range(0, columns, _PIECE) if first < rows else ():
        wide = min(_PIECE, columns - left)
        here = slice(left, left + wide)
        one, two = (i[first:, :, here].transpose(1, 0, 2) for i in stored.images)
        part = Part(top, one_left + left, rows - first, wide)
        stored.codes[first:, here] = aligned.read_stored(
            part, stored.storages, (one, two)
        )


def put(stored: Stored, tail: Tail) -> None:
    """Write the first rows."""
    for mine, theirs in zip(stored.images, tail.images, strict=True):
        mine[: len(theirs)] = theirs
    stored.codes[: len(tail.codes)] = tail.codes


def tail_of(stored: Stored, rows: int) -> Tail:
    """Return a copy of the last rows."""
    first = max(0, stored.outer.shape[0] - rows)
    one, two = (image[first:].copy() for image in stored.images)
    return Tail((one, two), stored.codes[first:].copy())
