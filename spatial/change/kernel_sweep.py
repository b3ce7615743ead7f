"""A strip of stored numbers to changed pixels in one pass, compiled.

What `spatial.change.detector.Detector.apply` does tile by tile, bit for bit: values,
light, score, context, threshold and company, row by row. Only three rows of anything
are held, and no image is written but the answer.

What another module holds (`OWN`, `COMPANY`, `GREEN`, `DARKER`) is given to the kernel
and not named in it: what numba stores does not notice when another module changes.
Where new building is not meant `built` is None, and numba leaves out what asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from spatial.change.built import DARKER, GREEN
from spatial.change.neighbours import COMPANY, OWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spatial.change.built import Built
    from spatial.change.conditional import Usual
    from spatial.change.light import Light
    from spatial.change.sample import Window
    from spatial.change.stored import Stored

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")
MOST_BANDS = 6
"""Of a detector; known beforehand, the compiler holds what is reckoned in registers."""
_AT_ONCE = 512  # pixels of a row: all that is reckoned of them fits the nearest cache
_REACH = 2  # a pixel's company asks for the context of a neighbour's neighbour


def swept(
    stored: Stored,
    wide: Window,
    *,
    usual: Usual,
    light: Light,
    order: tuple[int, ...],
    threshold: float,
    built: Built | None = None,
) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Return what changed, and the confidence of what did, on the window of `stored`.

    Parameters
    ----------
    stored
        At least two pixels around `wide`, as far as the image reaches.
    wide
        Where it is told; beyond, nothing is.
    usual, light, order, threshold, built
        Of the detector; `order` tells which bands are used.
    """
    outer = stored.outer
    area = wide.widened(_REACH, (outer.bottom, outer.right))
    rows = np.arange(area.top, area.bottom, dtype=np.float64) + 0.5
    columns = np.arange(area.left, area.right, dtype=np.float64) + 0.5
    gain, j, q = light.gain.lines(rows, columns)
    plus = light.offset.lines(rows, columns)[0]
    changed = np.zeros(outer.shape, dtype=np.bool_)
    sure = np.zeros(outer.shape, dtype=np.float32)
    makes = [
        np.array([[getattr(s, n)[b] for b in order] for s in stored.storages])
        for n in ("scale", "offset")
    ]
    told = None
    if built is not None:
        numbers = np.array((*built.line, GREEN, DARKER), dtype=np.float32)
        told = np.array(built.places, dtype=np.int64), numbers
    _sweep(
        (*stored.images, stored.codes),
        (_filled(np.array(order), 0), *(_float(one, -1) for one in makes)),
        (_filled(gain, 0), _filled(plus, 0), j, q, _cuts(j)),
        (
            _float(usual.level, 0),
            _float(usual.spread, 0, by=1),
            _float(usual.centres, 1),
            _float(usual.mean, 1),
        ),
        _filled(_float(usual.root, 1), 2),
        told,
        (_bounds(area, outer), _bounds(wide, outer)),
        (np.float32(threshold), np.float32(OWN), COMPANY),
        (changed, sure),
    )
    return changed, sure


def _filled(values: NDArray[Any], axis: int, by: float = 0) -> NDArray[Any]:
    """Return values with bands that add nothing to any sum, up to `MOST_BANDS`."""
    width = [(0, 0)] * values.ndim
    width[axis] = (0, MOST_BANDS - values.shape[axis])
    return np.pad(values, width, constant_values=by)


def _float(values: NDArray[Any], axis: int, by: float = 0) -> NDArray[np.float32]:
    """Return the same in single precision."""
    return _filled(values.astype(np.float32), axis, by)


def _bounds(window: Window, outer: Window) -> tuple[int, int, int, int]:
    rows, columns = window.within(outer)
    return rows.start, rows.stop, columns.start, columns.stop


def _cuts(cell: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return where pieces of a row begin and end: each within one cell of the light."""
    found = [0, *(np.flatnonzero(np.diff(cell)) + 1).tolist(), len(cell)]
    every = {*found, *range(0, len(cell), _AT_ONCE)}
    return np.array(sorted(every), dtype=np.int64)


@_jit
def _sweep(stored, makes, light, usual, root, built, bounds, rule, told):
    """Write what changed, row by row, two rows behind the scores."""
    (top, bottom, left, right), (first, end, west, east) = bounds
    wide, (threshold, own, company), (changed, sure) = right - left, rule, told
    score, context = np.empty((3, wide), np.float32), np.empty((3, wide), np.float32)
    lines, counts = np.zeros((3, wide), np.float32), np.zeros((3, wide), np.float32)
    value, there = np.zeros(wide + 2, np.float32), np.zeros(wide + 2, np.float32)
    over = np.zeros((3, wide + 2), np.uint8)
    for r in range(top, bottom + 2):
        new, here, old = r % 3, (r + 2) % 3, (r + 1) % 3
        lines[new], counts[new], over[here] = np.float32(0), np.float32(0), 0
        if r < bottom:
            at = r, left, r - top
            _row(stored, makes, light, usual, root, built, at, score[new])
            _sums(score[new], value, there, lines[new], counts[new])
        if top < r <= bottom:
            _in_context(
                score[here], lines[old], lines[here], lines[new],
                counts[old], counts[here], counts[new], own, context[here],
            )  # fmt: skip
            for c in range(wide):
                over[here, c + 1] = context[here, c] > threshold
        if first <= r - 2 < end:
            about = over[new], over[old], over[here]
            answer = changed[r - 2], sure[r - 2]
            columns = left, west, east
            _tell(about, context[old], threshold, company, columns, answer)


@_jit
def _tell(about, score, threshold, company, columns, told):
    """Write which pixels of a row changed and have company, and how sure that is."""
    above, own, below = about
    left, west, east = columns
    for c in range(west - left, east - left):
        if own[c + 1]:
            count = above[c] + above[c + 1] + above[c + 2] + own[c] + own[c + 1]
            count += own[c + 2] + below[c] + below[c + 1] + below[c + 2]
            if count >= company:
                told[0][c + left] = True
                told[1][c + left] = _confidence(score[c], threshold)


@_jit
def _confidence(score, threshold):
    """Return 0.5 at the threshold, rising with the score."""
    ratio = min(score / threshold, np.float32(1e3))
    power = (ratio * ratio) * (ratio * ratio)
    return power / (power + np.float32(1))


@_jit
def _sums(score, value, there, line, count):
    """Write sums and counts of three neighbours in a row."""
    for c in range(len(score)):
        known = np.isfinite(score[c])
        value[c + 1] = score[c] if known else np.float32(0)
        there[c + 1] = np.float32(1) if known else np.float32(0)
    for c in range(len(score)):
        line[c] = (value[c] + value[c + 1]) + value[c + 2]
        count[c] = (there[c] + there[c + 1]) + there[c + 2]


@_jit
def _in_context(score, above, here, below, more, count, less, own, out):
    """Write the mean of nine, as far as a pixel's own score lets it be lifted."""
    for c in range(len(score)):
        total = (above[c] + here[c]) + below[c]
        number = (more[c] + count[c]) + less[c]
        mean = total / max(number, np.float32(1))
        least = min(mean, score[c] * own)
        out[c] = least if np.isfinite(score[c]) else np.float32(np.nan)


@_jit
def _row(stored, makes, light, usual, root, built, at, out):
    """Write how unusual each difference of a row is, NaN where it is not known."""
    before, after, codes = stored
    order, scale, offset = makes
    gain, plus, j, q, cuts = light
    level, spread, centres, mean = usual
    r, left, line = at
    one, beyond = np.float32(1), min(1, gain.shape[2] - 1)
    moved = np.zeros((MOST_BANDS, _AT_ONCE), np.float32)
    place = np.empty((MOST_BANDS, _AT_ONCE), np.float32)
    kind = np.empty(_AT_ONCE, np.int32)
    earlier = np.empty((MOST_BANDS, _AT_ONCE), np.float32)
    later = np.empty((MOST_BANDS, _AT_ONCE), np.float32)
    for piece in range(len(cuts) - 1):
        start, end = cuts[piece], cuts[piece + 1]
        m = j[start]
        share = q[start:end]
        for k in range(MOST_BANDS):
            first = before[r, order[k]][left + start : left + end]
            second = after[r, order[k]][left + start : left + end]
            g0, g1 = gain[k, line, m], gain[k, line, m + beyond]
            o0, o1 = plus[k, line, m], plus[k, line, m + beyond]
            s0, s1, p0, p1 = scale[0, k], scale[1, k], offset[0, k], offset[1, k]
            middle, unit, change, there = level[k], spread[k], moved[k], place[k]
            for c in range(len(first)):
                was = np.float32(first[c]) * s0 + p0
                now = np.float32(second[c]) * s1 + p1
                rest = one - share[c]
                more = g0 * rest + g1 * share[c]
                lit = now * more + (o0 * rest + o1 * share[c])
                change[c] = lit - was
                there[c] = (was - middle) / unit
                if built is not None:
                    earlier[k, c], later[k, c] = was, lit
        here = out[start:end]
        _nearest(place, centres, kind[: end - start])
        for m in range(len(centres)):
            if _holds(kind[: end - start], m):
                _unusual(moved, kind, m, mean[m], root[m], here)
        _known(moved, codes[r][left + start : left + end], here)
        if built is not None:
            _weigh(earlier, later, built, here)


@_jit
def _known(moved, hidden, out):
    """Write the root of squared lengths, NaN where something is hidden or no number."""
    for c in range(len(out)):
        known = hidden[c] == 0
        for k in range(MOST_BANDS):  # what is finite here was so in both images
            known &= np.isfinite(moved[k, c])
        out[c] = np.sqrt(out[c]) if known else np.float32(np.nan)


@_jit
def _weigh(before, after, built, out):
    """Multiply scores by what `Built.weight` returns."""
    nir, red, green, blue = built[0]
    low, per, leaves, darker = built[1]
    none, one = np.float32(0), np.float32(1)
    for c in range(len(out)):
        total = after[nir, c] + after[red, c]
        index = (after[nir, c] - after[red, c]) / total
        index = index if total > none else np.float32(-1)
        share = min(max((index - low) * per, none), one)
        first = (before[red, c] + before[green, c]) + before[blue, c]
        second = (after[red, c] + after[green, c]) + after[blue, c]
        factor = one - leaves * share
        out[c] *= factor * darker if second < first else factor


@_jit
def _nearest(place, centres, kind):
    """Write which centre is nearest, the first of equally near ones."""
    least = np.empty(_AT_ONCE, np.float32)
    least[:], kind[:] = np.float32(np.inf), 0
    for m in range(len(centres)):
        centre = centres[m]
        for c in range(len(kind)):
            far = np.float32(0)
            for k in range(MOST_BANDS):
                far += (place[k, c] - centre[k]) * (place[k, c] - centre[k])
            nearer = far < least[c]
            kind[c] = m if nearer else kind[c]
            least[c] = far if nearer else least[c]


@_jit
def _holds(kind, m):
    """Say whether any pixel is of a class; without a branch, so that it is quick."""
    count = 0
    for c in range(len(kind)):
        count += kind[c] == m
    return count > 0


@_jit
def _unusual(moved, kind, m, mean, root, out):
    """Write the squared length of the differences of the pixels of one class.

    The bands are the inner loops: their number is known, so they become one line of
    sums in registers, for eight or sixteen pixels at once.
    """
    for c in range(len(out)):
        total = np.float32(0)
        for k in range(MOST_BANDS):
            part = np.float32(0)
            for i in range(k + 1):
                part += root[k, i] * (moved[i, c] - mean[i])
            total += part * part
        out[c] = total if kind[c] == m else out[c]
