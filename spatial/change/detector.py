"""The detector: what a whole image has settled, and how a window is then judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spatial.change.indices import index_images
from spatial.change.loading import kernel_of
from spatial.change.neighbours import (
    COMPANY,
    OWN,
    mean_of_valid,
    moved_by,
    without_lone,
)
from spatial.change.sample import Window, tiles

if TYPE_CHECKING:
    from spatial.change.built import Built
    from spatial.change.conditional import Usual
    from spatial.change.light import Light
    from spatial.change.methods import Linear
    from spatial.change.stored import Stored

Image = NDArray[np.float32]
Flags = NDArray[np.bool_]
Read = Callable[[Window], tuple[Image, Image, Flags]]
"""Returns the images before and after (bands, rows, columns) and the mask of a window;
called from several threads."""

HALO = 5
"""Pixels around a window that its answer depends on."""

_TILE = (128, 512)  # what is judged at once fits the processor's cache
_UNKNOWN = np.float32(np.nan)


@dataclass(frozen=True, slots=True)
class Detector:
    """A method fitted to a pair of images; pure, and safe in several threads.

    Attributes
    ----------
    method, threshold, notes
        As in `spatial.change.detect.Change`.
    rows, roles
        Which bands of the images are used, and what they are.
    light
        Takes the image after to the light of the image before; None for the methods
        that need none.
    usual, linear
        What scores: the one or the other, or neither where nothing can be judged.
    built
        What of the score of `usual` counts where new building is meant; else None.
    shift_px
        Rows and columns from a pixel to where the image after shows the same place;
        at most 2 and a bit. The image after is moved back by it, and the image
        before blurred alike.
    compiled
        Whether numba does the work, where it is installed: the same bytes, ten times
        as quick, and a second to begin with.
    """

    method: str
    rows: tuple[int, ...]
    roles: tuple[str, ...]
    light: Light | None = None
    usual: Usual | None = None
    linear: Linear | None = None
    built: Built | None = None
    shift_px: tuple[float, float] = (0.0, 0.0)
    threshold: float = float("inf")
    notes: tuple[str, ...] = ()
    compiled: bool = False

    def apply(self, read: Read, window: Window) -> tuple[Flags, Image, Image]:
        """Return changed, score and confidence of one window.

        `read` is asked for the window and `HALO` pixels around it; what it returns
        may be smaller where the image ends.
        """
        outer, score = self.smooth(read, window)
        inner = window.within(outer)
        with np.errstate(invalid="ignore"):
            over = score > np.float32(self.threshold)
        changed = over if self.usual is None else without_lone(over, COMPANY)
        return changed[inner], score[inner], self._confidence(score[inner])

    def sweep(
        self, stored: Stored, wide: Window, shape: tuple[int, int]
    ) -> tuple[Flags, Image]:
        """Return what changed on the window of `stored`, and how sure that is.

        Parameters
        ----------
        stored
            `HALO` pixels around `wide`, as far as the image reaches.
        wide
            Where it is told; beyond, nothing is changed.
        shape
            Rows and columns of the whole image.
        """
        kernel = kernel_of("kernel_sweep") if self.compiled else None
        usual, light = self.usual, self.light
        whole = usual is not None and light is not None and not any(self.shift_px)
        if kernel is not None and whole and len(self.rows) <= kernel.MOST_BANDS:
            swept: tuple[Flags, Image] = kernel.swept(
                stored,
                wide,
                usual=usual,
                light=light,
                order=self.rows,
                threshold=self.threshold,
                built=self.built,
            )
            return swept

        def read(asked: Window) -> tuple[Image, Image, Flags]:
            return stored.values(asked.widened(0, shape))

        changed = np.zeros(stored.outer.shape, dtype=bool)
        sure = np.zeros(stored.outer.shape, dtype=np.float32)
        for one in tiles(wide.shape, _TILE):
            tile = one.moved(wide.top, wide.left)
            here = tile.within(stored.outer)
            changed[here], _, sure[here] = self.apply(read, tile)
        return changed, sure

    def smooth(self, read: Read, window: Window) -> tuple[Window, Image]:
        """Return scores with spatial context, and the wider window they fill.

        Right within `window` and one pixel around it; further out the edge shows.
        """
        kernel, usual, light = _kernel(self.compiled), self.usual, self.light
        whole = usual is not None and light is not None and not any(self.shift_px)
        if kernel is not None and whole:
            outer = _around(window)
            at = {"top": outer.top, "left": outer.left}
            in_context = kernel.usual_in_context
            order = self.rows
            return outer, in_context(
                usual, light, read(outer), order, built=self.built, **at
            )
        outer, before, after, bad = self.pair(read, window)
        score = self._pixels(before, after)
        known = np.isfinite(score) & ~bad
        if self.usual is None:
            return outer, np.where(known, score, _UNKNOWN)
        return outer, np.minimum(mean_of_valid(score, known), score * OWN)

    def pair(self, read: Read, window: Window) -> tuple[Window, Image, Image, Flags]:
        """Return the used bands of both dates around a window, in one light."""
        outer = _around(window)
        before, after, bad = read(outer)
        rows = list(self.rows)
        before, after = before[rows], after[rows]
        if any(self.shift_px):
            after = moved_by(after, *self.shift_px)
            before = _as_blurred(before, *self.shift_px)
        if self.light is not None:
            kernel = _kernel(self.compiled)
            on = self.light.on if kernel is None else partial(kernel.lit, self.light)
            after = on(after, outer.top, outer.left)
        return outer, before, after, bad

    def _pixels(self, before: Image, after: Image) -> Image:
        kernel = _kernel(self.compiled)
        if self.method == "index":
            made = index_images if kernel is None else kernel.index_images
            before, after = made(before, self.roles), made(after, self.roles)
        if self.linear is not None:
            score = self.linear.score
            if kernel is not None:
                score = partial(kernel.linear_score, self.linear)
            return score(before, after)
        if self.usual is not None:
            if kernel is None:
                found = self.usual.score(before, after - before)
            else:
                found = kernel.usual_score(self.usual, before, after)
            if self.built is not None:
                found = found * self.built.weight(before, after)
            return np.asarray(found)
        return np.full(before.shape[1:], _UNKNOWN, np.float32)

    def _confidence(self, score: Image) -> Image:
        """Return 0.5 at the threshold, rising with the score; 0 if none is reached."""
        if not np.isfinite(self.threshold):
            return np.where(np.isfinite(score), np.float32(0), _UNKNOWN)
        ratio = np.minimum(score / np.float32(self.threshold), np.float32(1e3))
        power = (ratio * ratio) * (ratio * ratio)
        return np.asarray(power / (power + np.float32(1)))


def _around(window: Window) -> Window:
    """Return a window with what its answer depends on."""
    return Window(
        max(0, window.top - HALO),
        window.bottom + HALO,
        max(0, window.left - HALO),
        window.right + HALO,
    )


def _kernel(compiled: bool) -> Any:  # noqa: ANN401, FBT001  a module
    """Return what numba compiles; None where it is not asked for or not installed."""
    return kernel_of("kernel") if compiled else None


def _as_blurred(image: Image, down: float, right: float) -> Image:
    """Return the image moved there and back: as blurred as one that was moved."""
    part = down - np.floor(down), right - np.floor(right)
    if not any(part):
        return image
    return moved_by(moved_by(image, *part), -part[0], -part[1])
