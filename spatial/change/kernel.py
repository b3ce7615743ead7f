"""Light and score of pixels in one pass, compiled; bit for bit what numpy gives.

Needs numba (the extra ``fast``). The order of every sum is that of
`spatial.change.conditional` and `spatial.change.methods`, in the same precision, so
that an answer does not tell which of the two made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from spatial.change.indices import DARK, MOST_BANDS, index_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spatial.change.conditional import Light, Usual
    from spatial.change.methods import Linear

    Image = NDArray[np.float32]

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")
_NO_HAZE = np.zeros((1, 1, 1)), np.zeros(1, np.int64), np.zeros(1)


def lit(light: Light, after: Image, top: int, left: int) -> Image:
    """Return what `Light.on` returns."""
    gain, offset = light.gain.astype(np.float32), light.offset.astype(np.float32)
    if light.haze is None:
        return _on(after, gain, offset, False, *_NO_HAZE)  # noqa: FBT003  compiled
    rows = np.arange(top, top + after.shape[1]) + 0.5
    cols = np.arange(left, left + after.shape[2]) + 0.5
    lines = light.haze.lines(rows, cols)
    return _on(after, gain, offset, True, *lines)  # noqa: FBT003  compiled


def usual_score(usual: Usual, before: Image, after: Image) -> Image:
    """Return what `Usual.score` returns for the difference of two images."""
    return _score(
        before,
        after,
        usual.level.astype(np.float32),
        usual.spread.astype(np.float32),
        usual.centres.astype(np.float32),
        usual.mean.astype(np.float32),
        usual.root.astype(np.float32),
    )


def linear_score(linear: Linear, before: Image, after: Image) -> Image:
    """Return what `Linear.score` returns."""
    weights = (linear.left, linear.right, linear.offset)
    return _length(before, after, *(one.astype(np.float32) for one in weights))


def index_images(image: Image, roles: tuple[str, ...]) -> Image:
    """Return what `spatial.change.indices.index_images` returns."""
    rows = index_rows(roles)
    sides = np.full((len(rows), 2, MOST_BANDS), -1, dtype=np.int64)
    for number, (plus, minus) in enumerate(rows):
        sides[number, 0, : len(plus)] = plus
        sides[number, 1, : len(minus)] = minus
    return _indices(image, sides, DARK)


@_jit
def _on(  # type: ignore[no-untyped-def]  # compiled
    after, gain, offset, hazy, down, j, q
) -> Any:  # noqa: ANN401
    bands, rows, cols = after.shape
    out = np.empty((bands, rows, cols), np.float32)
    right = min(1, down.shape[2] - 1)
    one = np.float64(1)
    for band in range(bands):
        g, o = gain[band], offset[band]
        for r in range(rows):
            if not hazy:
                for c in range(cols):
                    out[band, r, c] = after[band, r, c] * g + o
                continue
            line = down[band, r]
            for c in range(cols):
                there = line[j[c]] * (one - q[c]) + line[j[c] + right] * q[c]
                out[band, r, c] = (after[band, r, c] * g + o) - np.float32(there)
    return out


@_jit
def _score(  # type: ignore[no-untyped-def]  # compiled
    before, after, level, spread, centres, mean, root
) -> Any:  # noqa: ANN401
    bands, rows, cols = before.shape
    classes, parts = len(centres), root.shape[1]
    out = np.empty((rows, cols), np.float32)
    moved, place = np.empty((bands, cols), np.float32), np.empty(cols, np.float32)
    far, least = np.empty((classes, cols), np.float32), np.empty(cols, np.float32)
    kind, total = np.empty(cols, np.int32), np.empty(cols, np.float32)
    part, known = np.empty(cols, np.float32), np.empty(cols, np.bool_)
    count = np.empty(classes, np.int64)
    for r in range(rows):
        known[:] = True
        far[:] = np.float32(0)
        for k in range(bands):
            for c in range(cols):
                moved[k, c] = after[k, r, c] - before[k, r, c]
                place[c] = (before[k, r, c] - level[k]) / spread[k]
            for c in range(cols):
                known[c] &= np.isfinite(before[k, r, c]) & np.isfinite(moved[k, c])
            for m in range(classes):
                centre = centres[m, k]
                for c in range(cols):
                    away = place[c] - centre
                    far[m, c] += away * away
        least[:] = np.float32(np.inf)
        kind[:] = 0
        for m in range(classes):
            for c in range(cols):
                nearer = far[m, c] < least[c]
                least[c] = far[m, c] if nearer else least[c]
                kind[c] = m if nearer else kind[c]
        count[:] = 0
        for c in range(cols):
            count[kind[c]] += 1
        for m in range(classes):
            if count[m] == 0:
                continue
            total[:] = np.float32(0)
            for k in range(parts):
                for c in range(cols):
                    part[c] = root[m, k, 0] * (moved[0, c] - mean[m, 0])
                for i in range(1, k + 1):
                    for c in range(cols):
                        part[c] += root[m, k, i] * (moved[i, c] - mean[m, i])
                for c in range(cols):
                    total[c] += part[c] * part[c]
            for c in range(cols):
                if kind[c] == m:
                    out[r, c] = np.sqrt(total[c])
        for c in range(cols):
            out[r, c] = out[r, c] if known[c] else np.float32(np.nan)
    return out


@_jit
def _length(  # type: ignore[no-untyped-def]  # compiled
    before, after, left, right, offset
) -> Any:  # noqa: ANN401
    bands, rows, cols = before.shape
    out = np.empty((rows, cols), np.float32)
    total, part = np.empty(cols, np.float32), np.empty(cols, np.float32)
    for r in range(rows):
        total[:] = np.float32(0)
        for m in range(len(offset)):
            part[:] = -offset[m]
            for k in range(bands):
                for c in range(cols):
                    part[c] += right[m, k] * after[k, r, c]
                    part[c] -= left[m, k] * before[k, r, c]
            for c in range(cols):
                total[c] += part[c] * part[c]
        for c in range(cols):
            out[r, c] = np.sqrt(total[c])
    return out


@_jit
def _indices(  # type: ignore[no-untyped-def]  # compiled
    image, sides, dark
) -> Any:  # noqa: ANN401
    _, rows, cols = image.shape
    out = np.empty((len(sides), rows, cols), np.float32)
    sums = np.empty((2, cols), np.float32)
    zero = np.float32(0)
    for r in range(rows):
        for m in range(len(sides)):
            for side in range(2):
                sums[side] = zero
                for k in sides[m, side]:
                    if k < 0:
                        break
                    for c in range(cols):
                        sums[side, c] += image[k, r, c]
                for c in range(cols):
                    if sums[side, c] < zero:
                        sums[side, c] = zero
            for c in range(cols):
                total = sums[0, c] + sums[1, c]
                value = (sums[0, c] - sums[1, c]) / max(total, dark)
                if total <= dark:
                    value = zero
                out[m, r, c] = total if np.isnan(total) else value
    return out
