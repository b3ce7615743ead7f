"""Pixels as a file stores them, for those who look at very many.

Numbers of 16 bits take half the room of values, and where a kernel makes values on the
way no image of values need ever be written. That goes where a band lies on the wanted
grid pixel on pixel, and is stored in whole numbers; other images are read as values.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.formats.pixels import Window
from layers.raster.resample import kind_for, plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from layers.formats.pixels import BandRef
    from layers.grid import Grid
    from layers.raster.model import Band

    Door = Callable[
        [list[BandRef], Window, NDArray[Any]],
        tuple[NDArray[Any], NDArray[np.uint8] | None],
    ]

WHOLE = ("uint8", "uint16", "int16")
"""Stored kinds that are handed on as they are: float32 holds each of their numbers."""
VALUES = "float32"


@dataclass(frozen=True, slots=True)
class Storage:
    """How the pixels of some bands are handed on, and what makes values of them.

    Attributes
    ----------
    dtype
        One of `WHOLE`, or float32: they are values then.
    scale, offset
        By band: number times scale plus offset is the value, in float32.
    """

    dtype: str
    scale: tuple[float, ...]
    offset: tuple[float, ...]

    @classmethod
    def of_values(cls, bands: int) -> Storage:
        """Return the storage of values."""
        return cls(VALUES, (1.0,) * bands, (0.0,) * bands)

    @property
    def is_values(self) -> bool:
        """Whether the pixels are values already."""
        return self.dtype == VALUES

    def values(self, pixels: NDArray[Any]) -> NDArray[np.float32]:
        """Return values of pixels, the first axis that of bands; the same bits as read.

        Pixels that are not there have a value too: ask the mask.
        """
        out = pixels.astype(np.float32)
        if not self.is_values:
            shape = (-1, *(1,) * (out.ndim - 1))
            out *= np.array(self.scale, np.float32).reshape(shape)
            out += np.array(self.offset, np.float32).reshape(shape)
        return out


def storage_of(bands: Sequence[Band], grid: Grid) -> Storage:
    """Return how bands can be handed on, all on one grid."""
    kinds = {one.dtype for one in bands}
    places = {id(one.grid): one.grid for one in bands}.values()
    if len(kinds) == 1 and kinds <= set(WHOLE) and all(_fits(p, grid) for p in places):
        scale, offset = (
            tuple(getattr(one, name) for one in bands) for name in ("scale", "offset")
        )
        return Storage(kinds.pop(), scale, offset)
    return Storage.of_values(len(bands))


def _fits(given: Grid, grid: Grid) -> bool:
    """Whether each pixel of a grid is one of another; rows and columns are alike."""
    made = plan(given, grid, Window(0, 0, *grid.shape), kind_for(given, grid))
    if not made.is_copy:
        return False
    steps = np.diff(made.nearest_row), np.diff(made.nearest_column)
    return all((one == 1).all() for one in steps)


def copied(
    bands: Sequence[Band], part: Window, grid: Grid, *, door: Door, out: NDArray[Any]
) -> NDArray[np.bool_]:
    """Write a window of bands as they are stored; say where one has nothing.

    Parameters
    ----------
    bands
        Their grids fit `grid` (`storage_of`).
    part
        Of `grid`.
    door
        Reads bands of one file, here or in a child.
    out
        (bands, rows, columns) of the bands' own dtype.
    """
    missing = np.zeros((part.height, part.width), dtype=bool)
    for number, some in _by_file(bands):
        found = overlap(some[0].grid, grid, part)
        if found is None:
            missing[:] = True
            continue
        there, here = found
        if missing[here].size < missing.size:
            inside = np.zeros_like(missing)
            inside[here] = True
            missing |= ~inside
        target = out[number : number + len(some), *here]
        raw, inner = door([one.ref for one in some], there, target)
        if inner is not None:
            missing[here] |= inner == 0
        for one, stored in zip(some, raw, strict=True):
            if one.nodata is not None and np.isfinite(one.nodata):
                missing[here] |= stored == one.nodata
    return missing


def _by_file(bands: Sequence[Band]) -> Iterator[tuple[int, list[Band]]]:
    """Yield bands that follow each other in one file, and the number of the first."""
    first = 0
    for _, some in groupby(bands, key=lambda one: one.ref.path):
        found = list(some)
        yield first, found
        first += len(found)


def overlap(
    given: Grid, grid: Grid, part: Window
) -> tuple[Window, tuple[slice, slice]] | None:
    """Return what of a window is there: in the given grid, and in the window.

    The grids fit (`storage_of`); None is nothing.
    """
    one = Window(part.row, part.column, 1, 1)
    made = plan(given, grid, one, kind_for(given, grid))
    row, column = int(made.nearest_row[0]), int(made.nearest_column[0])
    top, left = max(row, 0), max(column, 0)
    end = min(row + part.height, given.height), min(column + part.width, given.width)
    if top >= end[0] or left >= end[1]:
        return None
    there = Window(top, left, end[0] - top, end[1] - left)
    here = slice(top - row, end[0] - row), slice(left - column, end[1] - column)
    return there, here
