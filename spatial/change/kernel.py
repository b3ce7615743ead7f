"""Light and score of pixels in one pass, compiled; bit for bit what numpy gives.

Needs numba (the extra ``fast``). The order of every sum is that of
`spatial.change.light`, `conditional` and `methods`, in the same precision, so
that an answer does not tell which of the two made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

from spatial.change.built import DARKER, GREEN, SIDES
from spatial.change.indices import DARK, MOST_BANDS, index_rows
from spatial.change.neighbours import OWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spatial.change.built import Built
    from spatial.change.conditional import Usual
    from spatial.change.light import Light
    from spatial.change.methods import Linear

    Image = NDArray[np.float32]
    Flags = NDArray[np.bool_]

_SIDES = len(SIDES)

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")


def lit(light: Light, after: Image, top: int, left: int) -> Image:
    """Return what `Light.on` returns."""
    rows = np.arange(top, top + after.shape[1]) + 0.5
    cols = np.arange(left, left + after.shape[2]) + 0.5
    gain, j, q = light.gain.lines(rows, cols)
    out: Image = _on(after, gain, light.offset.lines(rows, cols)[0], j, q)
    return out


def usual_score(usual: Usual, before: Image, after: Image) -> Image:
    """Return what `Usual.score` returns for the difference of two images."""
    out: Image = _score(
        before,
        after,
        usual.level.astype(np.float32),
        usual.spread.astype(np.float32),
        usual.centres.astype(np.float32),
        usual.mean.astype(np.float32),
        usual.root.astype(np.float32),
    )
    return out


def usual_in_context(
    usual: Usual,
    light: Light,
    images: tuple[Image, Image, Flags],
    order: tuple[int, ...],
    *,
    top: int,
    left: int,
    built: Built | None = None,
) -> Image:
    """Return what `Detector.smooth` does, from two images and their mask as read.

    Light, score and context in one go, without an image in between. `order` tells
    which bands are used.
    """
    before, after, bad = images
    rows = np.arange(top, top + after.shape[1]) + 0.5
    cols = np.arange(left, left + after.shape[2]) + 0.5
    gain, j, q = light.gain.lines(rows, cols)
    score = _lit_score(
        (before, after, np.array(order)),
        (gain, light.offset.lines(rows, cols)[0], j, q),
        (
            usual.level.astype(np.float32),
            usual.spread.astype(np.float32),
            usual.centres.astype(np.float32),
            usual.mean.astype(np.float32),
            usual.root.astype(np.float32),
        ),
        (
            np.array(() if built is None else built.places, dtype=np.int64),
            # given, not frozen: what numba stores does not notice another module
            np.array(
                (0, 0, 0, 0) if built is None else (*built.line, GREEN, DARKER),
                dtype=np.float32,
            ),
        ),
    )
    out: Image = _in_context(score, bad, OWN)
    return out


def linear_score(linear: Linear, before: Image, after: Image) -> Image:
    """Return what `Linear.score` returns."""
    weights = (linear.left, linear.right, linear.offset)
    left, right, offset = (one.astype(np.float32) for one in weights)
    out: Image = _length(before, after, left, right, offset)
    return out


def index_images(image: Image, roles: tuple[str, ...]) -> Image:
    """Return what `spatial.change.indices.index_images` returns."""
    rows = index_rows(roles)
    sides = np.full((len(rows), 2, MOST_BANDS), -1, dtype=np.int64)
    for number, (plus, minus) in enumerate(rows):
        sides[number, 0, : len(plus)] = plus
        sides[number, 1, : len(minus)] = minus
    out: Image = _indices(image, sides, DARK)
    return out


@_jit
def _on(after, gain, offset, j, q):
    """Return an image in the light of the other."""
    bands, rows, cols = after.shape
    out = np.empty((bands, rows, cols), np.float32)
    right = min(1, gain.shape[2] - 1)
    one = np.float32(1)
    for band in range(bands):
        for r in range(rows):
            g, o = gain[band, r], offset[band, r]
            for c in range(cols):
                k, p = j[c], q[c]
                more = g[k] * (one - p) + g[k + right] * p
                there = o[k] * (one - p) + o[k + right] * p
                out[band, r, c] = after[band, r, c] * more + there
    return out


@_jit
def _score(before, after, level, spread, centres, mean, root):
    """Return how unusual each difference is, row by row."""
    bands, rows, cols = before.shape
    out = np.empty((rows, cols), np.float32)
    moved = np.empty((bands, cols), np.float32)
    far = np.empty((len(centres), cols), np.float32)
    kind, known = np.empty(cols, np.int32), np.empty(cols, np.bool_)
    for r in range(rows):
        known[:] = True
        for k in range(bands):
            for c in range(cols):
                moved[k, c] = after[k, r, c] - before[k, r, c]
                known[c] &= np.isfinite(before[k, r, c]) & np.isfinite(moved[k, c])
        _distances(before[:, r], level, spread, centres, far)
        _row_score(moved, known, kind, far, mean, root, out[r])
    return out


@_jit
def _lit_score(images, light, usual, built):
    """Return the same of images as they were read, in their own order of bands."""
    before, after, order = images
    gain, offset, j, q = light
    level, spread, centres, mean, root = usual
    bands, rows, cols = len(order), before.shape[1], before.shape[2]
    out = np.empty((rows, cols), np.float32)
    moved = np.empty((bands, cols), np.float32)
    there = np.empty((bands, cols), np.float32)
    later = np.empty((bands, cols), np.float32)
    far = np.empty((len(centres), cols), np.float32)
    kind, known = np.empty(cols, np.int32), np.empty(cols, np.bool_)
    right, one = min(1, gain.shape[2] - 1), np.float32(1)
    for r in range(rows):
        known[:] = True
        for k in range(bands):
            g, o = gain[k, r], offset[k, r]
            first, second = before[order[k], r], after[order[k], r]
            start = 0
            while start < cols:
                m, end = j[start], start + 1
                while end < cols and j[end] == m:
                    end += 1
                g0, g1, o0, o1 = g[m], g[m + right], o[m], o[m + right]
                for c in range(start, end):
                    more = g0 * (one - q[c]) + g1 * q[c]
                    plus = o0 * (one - q[c]) + o1 * q[c]
                    later[k, c] = second[c] * more + plus
                    moved[k, c] = later[k, c] - first[c]
                    there[k, c] = first[c]
                    known[c] &= np.isfinite(first[c]) & np.isfinite(moved[k, c])
                start = end
        _distances(there, level, spread, centres, far)
        _row_score(moved, known, kind, far, mean, root, out[r])
        if len(built[0]) == _SIDES:
            _weigh(there, later, built, out[r])
    return out


@_jit
def _weigh(before, after, built, out):
    """Multiply the scores of a row by what `Built.weight` returns."""
    nir, red, green, blue = built[0]
    low, per, leaves, darker = built[1]
    none, one = np.float32(0), np.float32(1)
    for c in range(len(out)):
        total = after[nir, c] + after[red, c]
        index = (after[nir, c] - after[red, c]) / total
        if not total > none:
            index = np.float32(-1)
        share = min(max((index - low) * per, none), one)
        first = (before[red, c] + before[green, c]) + before[blue, c]
        second = (after[red, c] + after[green, c]) + after[blue, c]
        factor = one - leaves * share
        if second < first:
            factor = factor * darker
        out[c] = out[c] * factor


@_jit
def _row_score(moved, known, kind, far, mean, root, out):
    """Write the scores of a row, NaN where something is not known."""
    _nearest(far, kind)
    for m in range(len(far)):
        if (kind == m).any():
            _unusual(moved, kind, m, mean, root, out)
    for c in range(len(out)):
        out[c] = out[c] if known[c] else np.float32(np.nan)


@_jit
def _in_context(score, bad, own):
    """Return the mean of nine, as far as a pixel's own score lets it be lifted."""
    rows, cols = score.shape
    lines, counts = np.zeros((3, cols), np.float32), np.zeros((3, cols), np.float32)
    value, there = np.zeros(cols + 2, np.float32), np.zeros(cols + 2, np.float32)
    out = np.empty((rows, cols), np.float32)
    for r in range(rows + 1):
        new = r % 3
        if r < rows:
            for c in range(cols):
                known = np.isfinite(score[r, c]) and not bad[r, c]
                value[c + 1] = score[r, c] if known else np.float32(0)
                there[c + 1] = np.float32(1) if known else np.float32(0)
            for c in range(cols):
                lines[new, c] = (value[c] + value[c + 1]) + value[c + 2]
                counts[new, c] = (there[c] + there[c + 1]) + there[c + 2]
        else:
            lines[new], counts[new] = np.float32(0), np.float32(0)
        if r == 0:
            continue
        old, here = (r + 1) % 3, (r + 2) % 3
        for c in range(cols):
            s = score[r - 1, c]
            total = (lines[old, c] + lines[here, c]) + lines[new, c]
            count = (counts[old, c] + counts[here, c]) + counts[new, c]
            mean = total / max(count, np.float32(1))
            least = min(mean, s * own)
            known = np.isfinite(s) and not bad[r - 1, c]
            out[r - 1, c] = least if known else np.float32(np.nan)
    return out


@_jit
def _distances(before, level, spread, centres, far):
    """Write the squared distance of each pixel of a row from each centre."""
    far[:] = np.float32(0)
    place = np.empty(before.shape[1], np.float32)
    for k in range(before.shape[0]):
        for c in range(len(place)):
            place[c] = (before[k, c] - level[k]) / spread[k]
        for m in range(len(centres)):
            centre = centres[m, k]
            for c in range(len(place)):
                away = place[c] - centre
                far[m, c] += away * away


@_jit
def _nearest(far, kind):
    """Write which centre is nearest, the first of equally near ones."""
    least = np.full(len(kind), np.inf, np.float32)
    kind[:] = 0
    for m in range(len(far)):
        for c in range(len(kind)):
            nearer = far[m, c] < least[c]
            least[c] = far[m, c] if nearer else least[c]
            kind[c] = m if nearer else kind[c]


@_jit
def _unusual(moved, kind, m, mean, root, out):
    """Write the length of the differences of the pixels of one kind."""
    total = np.zeros(len(kind), np.float32)
    part = np.empty(len(kind), np.float32)
    for k in range(root.shape[1]):
        for c in range(len(kind)):
            part[c] = root[m, k, 0] * (moved[0, c] - mean[m, 0])
        for i in range(1, k + 1):
            for c in range(len(kind)):
                part[c] += root[m, k, i] * (moved[i, c] - mean[m, i])
        for c in range(len(kind)):
            total[c] += part[c] * part[c]
    for c in range(len(kind)):
        if kind[c] == m:
            out[c] = np.sqrt(total[c])


@_jit
def _length(before, after, left, right, offset):
    """Return the length of the vector of components."""
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
def _indices(image, sides, dark):
    """Return difference over sum of the bands on the two sides of each index."""
    _, rows, cols = image.shape
    out = np.empty((len(sides), rows, cols), np.float32)
    one, two = np.empty(cols, np.float32), np.empty(cols, np.float32)
    for r in range(rows):
        for m in range(len(sides)):
            _light(image, r, sides[m, 0], one)
            _light(image, r, sides[m, 1], two)
            for c in range(cols):
                total = one[c] + two[c]
                value = (one[c] - two[c]) / max(total, dark)
                if total <= dark:
                    value = np.float32(0)
                out[m, r, c] = total if np.isnan(total) else value
    return out


@_jit
def _light(image, r, bands, out):
    """Write the sum of some bands of a row, at least 0; -1 ends the bands."""
    out[:] = np.float32(0)
    for k in bands:
        if k < 0:
            break
        for c in range(len(out)):
            out[c] += image[k, r, c]
    for c in range(len(out)):
        # a comparison, since the maximum of a NaN and 0 is not the same everywhere
        if out[c] < np.float32(0):  # noqa: PLR1730
            out[c] = np.float32(0)
