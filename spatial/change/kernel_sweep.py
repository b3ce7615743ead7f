"""A strip of stored numbers to changed pixels in one pass, compiled.

What `spatial.change.detector.Detector.apply` does tile by tile, bit for bit: values,
light, score, context, threshold and company, row by row. Only three rows of anything
are held, and no image is written but the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from spatial.change.neighbours import COMPANY, OWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spatial.change.conditional import Usual
    from spatial.change.light import Light
    from spatial.change.sample import Window
    from spatial.change.stored import Stored

_jit = numba.njit(nogil=True, cache=True, error_model="numpy")
MOST_BANDS = 6
"""Of a detector; known beforehand, the compiler holds what is reckoned in registers."""
_AT_ONCE = 128  # pixels of a row: all that is reckoned of them fits the nearest cache
_REACH = 2  # a pixel's company asks for the context of a neighbour's neighbour


def swept(
    stored: Stored,
    wide: Window,
    *,
    usual: Usual,
    light: Light,
    order: tuple[int, ...],
    threshold: float,
) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Return what changed, and the confidence of what did, on the window of `stored`.

    Parameters
    ----------
    stored
        At least two pixels around `wide`, as far as the image reaches.
    wide
        Where it is told; beyond, nothing is.
    usual, light, order, threshold
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
        (_bounds(area, outer), _bounds(wide, outer)),
        np.float32(threshold),
        changed,
        sure,
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
def _sweep(stored, makes, light, usual, root, bounds, threshold, changed, sure):
    """Write what changed, row by row, two rows behind the scores."""
    (top, bottom, left, right), (first, end, west, east) = bounds
    wide = right - left
    score, context = np.empty((3, wide), np.float32), np.empty((3, wide), np.float32)
    lines, counts = np.zeros((3, wide), np.float32), np.zeros((3, wide), np.float32)
    value, there = np.zeros(wide + 2, np.float32), np.zeros(wide + 2, np.float32)
    over = np.zeros((3, wide + 2), np.uint8)
    for r in range(top, bottom + 2):
        new, here, old = r % 3, (r + 2) % 3, (r + 1) % 3
        lines[new], counts[new], over[here] = np.float32(0), np.float32(0), 0
        if r < bottom:
            _row(stored, makes, light, usual, root, (r, left, r - top), score[new])
            _sums(score[new], value, there, lines[new], counts[new])
        if top < r <= bottom:
            _in_context(
                score[here], lines[old], lines[here], lines[new],
                counts[old], counts[here], counts[new], context[here],
            )  # fmt: skip
            for c in range(wide):
                over[here, c + 1] = context[here, c] > threshold
        if first <= r - 2 < end:
            about = over[new], over[old], over[here]
            told = changed[r - 2], sure[r - 2]
            _tell(about, context[old], threshold, (left, west, east), told)


@_jit
def _tell(about, score, threshold, columns, told):
    """Write which pixels of a row changed and have company, and how sure that is."""
    above, own, below = about
    left, west, east = columns
    for c in range(west - left, east - left):
        if own[c + 1]:
            count = above[c] + above[c + 1] + above[c + 2] + own[c] + own[c + 1]
            count += own[c + 2] + below[c] + below[c + 1] + below[c + 2]
            if count >= COMPANY:
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
def _in_context(score, above, here, below, more, count, less, out):
    """Write the mean of nine, as far as a pixel's own score lets it be lifted."""
    for c in range(len(score)):
        total = (above[c] + here[c]) + below[c]
        number = (more[c] + count[c]) + less[c]
        mean = total / max(number, np.float32(1))
        least = min(mean, score[c] * OWN)
        out[c] = least if np.isfinite(score[c]) else np.float32(np.nan)


@_jit
def _row(stored, makes, light, usual, root, at, out):
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
    total = np.empty(_AT_ONCE, np.float32)
    centred = np.empty((MOST_BANDS, _AT_ONCE), np.float32)
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
                change[c] = (now * more + (o0 * rest + o1 * share[c])) - was
                there[c] = (was - middle) / unit
        here = out[start:end]
        _nearest(place, centres, kind[: end - start])
        for m in range(len(centres)):
            if _holds(kind[: end - start], m):
                room = total[: end - start], centred
                _unusual(moved, kind, m, mean[m], root[m], room, here)
        hidden = codes[r][left + start : left + end]
        for c in range(len(here)):
            known = hidden[c] == 0
            for k in range(MOST_BANDS):  # what is finite here was so in both images
                known &= np.isfinite(moved[k, c])
            here[c] = np.sqrt(here[c]) if known else np.float32(np.nan)


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
def _unusual(moved, kind, m, mean, root, room, out):
    """Write the squared length of the differences of the pixels of one class."""
    total, centred = room
    for k in range(MOST_BANDS):
        usual, change, off = mean[k], moved[k], centred[k]
        for c in range(len(total)):
            off[c] = change[c] - usual
    total[:] = np.float32(0)
    for k in range(MOST_BANDS):
        weight = root[k]
        for c in range(len(total)):
            part = weight[0] * centred[0, c]
            for i in range(1, MOST_BANDS):  # 0 beyond the diagonal
                part += weight[i] * centred[i, c]
            total[c] += part * part
    for c in range(len(out)):
        new, old = total[c], out[c]
        out[c] = new if kind[c] == m else old
