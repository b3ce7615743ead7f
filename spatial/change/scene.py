"""Two images and what changed between them, asked pixel by pixel.

Places are those of the whole image, wherever the pixels are kept: in arrays of the
image or of a window of it (`Dense`), or only those around some patches (`Sparse`). What
is reckoned of a patch is the same to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from spatial.change.runs import Bools, Integers
    from spatial.change.signature import Floats

    Image = NDArray[np.float32]
    Look = Callable[[Integers, Integers], Image]


class Scene(Protocol):
    """What `spatial.change.features.features` asks."""

    @property
    def bands(self) -> tuple[str, ...]:
        """Role of each band."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole image."""

    @property
    def shift_px(self) -> tuple[float, float]:
        """Measured shift between the images: columns, rows."""

    def earlier(self, row: Integers, column: Integers) -> Floats:
        """Return (bands, n) reflectance before; NaN where not observed."""

    def later(self, row: Integers, column: Integers) -> Floats:
        """Return (bands, n) reflectance after; NaN where not observed."""

    def changed(self, row: Integers, column: Integers) -> Bools:
        """Say which pixels changed."""

    def confidence(self, row: Integers, column: Integers) -> Image:
        """Return how sure each changed pixel is, 0 to 1."""

    def doubtful(self, row: Integers, column: Integers) -> Bools:
        """Say which changed pixels lie near to what is hidden in one of the images."""


@dataclass(frozen=True, slots=True)
class Dense:
    """A scene whose pixels lie in arrays.

    Attributes
    ----------
    bands, shape, shift_px
        See `Scene`.
    images
        What gives values before and after, (bands, n), of rows and columns of the
        arrays.
    masks
        What changed, and what is doubtful, (rows, columns).
    sure
        Confidence, (rows, columns).
    corner
        Row and column of their first pixel in the whole image.
    """

    bands: tuple[str, ...]
    shape: tuple[int, int]
    shift_px: tuple[float, float]
    images: tuple[Look, Look]
    masks: tuple[Bools, Bools]
    sure: Image
    corner: tuple[int, int] = (0, 0)

    def earlier(self, row: Integers, column: Integers) -> Floats:
        """See `Scene`."""
        return self.images[0](*self._own(row, column)).astype(np.float64)

    def later(self, row: Integers, column: Integers) -> Floats:
        """See `Scene`."""
        return self.images[1](*self._own(row, column)).astype(np.float64)

    def changed(self, row: Integers, column: Integers) -> Bools:
        """See `Scene`."""
        return np.asarray(self.masks[0][self._own(row, column)])

    def confidence(self, row: Integers, column: Integers) -> Image:
        """See `Scene`."""
        return np.asarray(self.sure[self._own(row, column)])

    def doubtful(self, row: Integers, column: Integers) -> Bools:
        """See `Scene`."""
        return np.asarray(self.masks[1][self._own(row, column)])

    def near(self, row: Integers, column: Integers) -> Near:
        """Return pixels of the arrays, row by row, with all that is known of them."""
        key = (row + self.corner[0]) * self.shape[1] + column + self.corner[1]
        before, after = (look(row, column) for look in self.images)
        changed, doubtful = (flags[row, column] for flags in self.masks)
        return Near(key, before, after, changed, doubtful, self.sure[row, column])

    def _own(self, row: Integers, column: Integers) -> tuple[Integers, Integers]:
        """Return where pixels of the image lie in the arrays."""
        top, left = self.corner
        return (row - top, column - left) if top or left else (row, column)


@dataclass(frozen=True, slots=True)
class Near:
    """Some pixels: their places row by row, and what is known of each."""

    key: Integers
    before: Image
    after: Image
    changed: Bools
    doubtful: Bools
    sure: Image

    def part(self, which: NDArray[Any]) -> Near:
        """Return some of the pixels, by number or flag."""
        return Near(
            self.key[which],
            self.before[:, which],
            self.after[:, which],
            self.changed[which],
            self.doubtful[which],
            self.sure[which],
        )


@dataclass(frozen=True, slots=True)
class Sparse:
    """A scene of which only some pixels are kept; others must not be asked for."""

    bands: tuple[str, ...]
    shape: tuple[int, int]
    shift_px: tuple[float, float]
    kept: Near

    def earlier(self, row: Integers, column: Integers) -> Floats:
        """See `Scene`."""
        return self.kept.before[:, self._at(row, column)].astype(np.float64)

    def later(self, row: Integers, column: Integers) -> Floats:
        """See `Scene`."""
        return self.kept.after[:, self._at(row, column)].astype(np.float64)

    def changed(self, row: Integers, column: Integers) -> Bools:
        """See `Scene`."""
        return np.asarray(self.kept.changed[self._at(row, column)])

    def confidence(self, row: Integers, column: Integers) -> Image:
        """See `Scene`."""
        return np.asarray(self.kept.sure[self._at(row, column)])

    def doubtful(self, row: Integers, column: Integers) -> Bools:
        """See `Scene`."""
        return np.asarray(self.kept.doubtful[self._at(row, column)])

    def _at(self, row: Integers, column: Integers) -> Integers:
        """Return where pixels of the image are kept."""
        return np.searchsorted(self.kept.key, row * self.shape[1] + column)


def together(parts: Sequence[Near], owned: Sequence[Bools]) -> Near:
    """Return the pixels of several windows, each once and in order.

    Parameters
    ----------
    parts
        Of windows; around a window some pixels of its neighbours are kept too.
    owned
        Of each part, which pixels lie in its own window: there all is known of them.
    """
    every = Near(
        np.concatenate([one.key for one in parts]),
        np.concatenate([one.before for one in parts], axis=1),
        np.concatenate([one.after for one in parts], axis=1),
        np.concatenate([one.changed for one in parts]),
        np.concatenate([one.doubtful for one in parts]),
        np.concatenate([one.sure for one in parts]),
    )
    order = np.lexsort((~np.concatenate(owned), every.key))
    key = every.key[order]
    return every.part(order[np.diff(key, prepend=-1) > 0])


def seen_in(before: NDArray[Any], after: NDArray[Any]) -> Bools:
    """Say where all bands of both images are known; the first axis is that of bands."""
    one, two = np.isfinite(before).all(axis=0), np.isfinite(after).all(axis=0)
    return np.asarray(one & two)


def look_at(image: Image) -> Look:
    """Return what gives values of an image (bands, rows, columns)."""
    return lambda row, column: np.asarray(image[:, row, column])
