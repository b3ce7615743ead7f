"""Fitting a detector to a pair of images, from a fixed sample of their windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from spatial.change.built import fit_built
from spatial.change.conditional import fit_usual
from spatial.change.detector import Detector, Flags, Image, Read
from spatial.change.indices import index_images
from spatial.change.light import fit_light, fit_unchanged, uneven_light
from spatial.change.methods import fit_cva, fit_irmad, fit_isfa
from spatial.change.roles import CORE
from spatial.change.sample import Cells, is_whole, middles, sample_windows
from spatial.change.threshold import of_three, of_two, otsu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from spatial.change.statistic import Pixels

METHODS = ("auto", "index", "cva", "irmad", "isfa")

_LINEAR = {"cva": fit_cva, "irmad": fit_irmad, "isfa": fit_isfa}
_FEWEST = 50
_MOST = 200_000
_SEASONAL = ("nir", "swir1", "swir2")  # leaves and water in the soil show there
_HALF = 0.5  # how much they count beside red, green and blue where buildings are meant
_LIGHTS = 2
_LEAST = 0.05  # of a deviation: below lies rounding, not change
_FAR = 2  # pixels around its place in which the image after is looked for
_SIDE = 2 * _FAR + 1
_STEPS = 8  # parts of a pixel to which the shift is told
_SLIGHT = 0.3  # below that moving would blur more than it mends
_CAP = np.float32(4)  # squared deviations: a real change does not vote
_LOW = 1e-9


@dataclass(frozen=True, slots=True)
class _Field:
    """Where the sample is taken."""

    read: Read
    shape: tuple[int, int]
    cells: Cells


@dataclass(frozen=True, slots=True)
class _Sample:
    """Pixels of the sample that are known at both dates."""

    before: Pixels
    after: Pixels
    cells: tuple[NDArray[np.intp], NDArray[np.intp]]


def fit_detector(
    read: Read,
    shape: tuple[int, int],
    *,
    roles: tuple[str, ...],
    method: str,
    target: str,
    among: Cells | None = None,
) -> Detector:
    """Fit a method to a pair.

    Parameters
    ----------
    read
        Gives windows of both images and the mask.
    shape
        Rows and columns of the images.
    roles
        Of the bands, in their order.
    method, target
        See `spatial.change.detect.detect`; `target` is ``all`` or ``built``.
    among
        The windows that are looked at; those of `sample_windows` if not given. They
        are asked for several times.

    Returns
    -------
    Detector
        Its notes can hold ``too_few_pixels`` (nothing is judged changed),
        ``identical``, ``shifted`` (the image after was moved back by
        `Detector.shift_px`), ``season_split`` (the threshold
        is the one between widespread and rare change).
    """
    rows = _used(roles, method)
    field = _Field(read, shape, sample_windows(shape) if among is None else among)
    found = Detector(
        method, rows, tuple(roles[i] for i in rows), compiled=not is_whole(shape)
    )
    if method == "auto":
        found = _placed(found, field)
    sample = _sampled(found, field)
    if sample.before.shape[1] < _FEWEST:
        return replace(found, notes=(*found.notes, "too_few_pixels"))
    same = np.array_equal(sample.before, sample.after)
    built = target == "built"
    found = _scoring(found, sample, field, built=built)
    if same:
        return replace(found, notes=(*found.notes, "identical"))
    return _thresholded(found, field, built=built)


def _used(roles: tuple[str, ...], method: str) -> tuple[int, ...]:
    """Return the bands a method works on: `auto` takes the core ones where it can.

    It takes infrared first and visible last, so that the visible parts of the score
    are what infrared does not foretell.
    """
    core = [roles.index(r) for r in CORE if r in roles]
    rows = range(len(roles))
    if method != "auto":
        return tuple(rows)
    used = core if len(core) == len(CORE) else rows
    return tuple(sorted(used, key=lambda i: (_turn(roles[i]), i)))


def _turn(role: str) -> int:
    order = ("swir2", "swir1", "nir")
    visible = ("red", "green", "blue")
    if role in order:
        return order.index(role)
    return len(order) + 1 + visible.index(role) if role in visible else len(order)


def _scoring(
    plain: Detector,
    sample: _Sample,
    field: _Field,
    *,
    built: bool,
) -> Detector:
    """Return the detector with all that scores, without a threshold."""
    before, after = sample.before, sample.after
    step = max(1, -(-before.shape[1] // _MOST))
    if plain.method in _LINEAR:
        fit = _LINEAR[plain.method](before[:, ::step], after[:, ::step])
        return replace(plain, linear=fit)
    found, unchanged = _lit(plain, sample, field)
    if plain.method == "index":
        lit = _sampled(found, field)
        a, b = (
            index_images(x.astype(np.float32), plain.roles).astype(np.float64)
            for x in (lit.before, lit.after)
        )
        return replace(found, linear=fit_cva(a, b))
    lit = _sampled(found, field)
    weights = np.ones(len(found.roles))
    if built and set(CORE) == set(found.roles):
        weights[[r in _SEASONAL for r in found.roles]] = _HALF
    usual = fit_usual(lit.before, lit.after - lit.before, unchanged, weights=weights)
    leaves = fit_built(lit.after, found.roles) if built else None
    return replace(found, usual=usual, built=leaves)


def _lit(plain: Detector, sample: _Sample, field: _Field) -> tuple[Detector, Pixels]:
    """Return the detector with its light, and how likely each pixel is unchanged.

    Twice: under haze few pixels look unchanged until most of it has been taken off.
    """
    places = middles(field.shape)
    light = uneven_light(sample.before, sample.after, sample.cells, places)
    rounds = _LIGHTS
    if light is not None:
        rounds -= 1
        sample = _sampled(replace(plain, light=light), field)
    for _ in range(rounds):
        unchanged = fit_unchanged(sample.before, sample.after)
        more = fit_light(
            sample.before,
            sample.after,
            weight=unchanged,
            cells=sample.cells,
            middles=places,
        )
        light = more if light is None else light.then(more)
        found = replace(plain, light=light)
        sample = _sampled(found, field)
    return found, unchanged


def _thresholded(found: Detector, field: _Field, *, built: bool) -> Detector:
    """Return the detector with the threshold that its scores of the sample give."""
    parts = []
    for _, _, window in field.cells:
        outer, score = found.smooth(field.read, window)
        inside = score[window.within(outer)]
        parts.append(inside[np.isfinite(inside)])
    scores = np.concatenate(parts)
    if found.usual is None:
        return replace(found, threshold=max(otsu(scores), _LEAST))
    if not built:
        return replace(found, threshold=of_two(scores))
    notes = (*found.notes, "season_split")
    return replace(found, threshold=of_three(scores), notes=notes)


def _sampled(found: Detector, field: _Field) -> _Sample:
    """Return the known pixels of all windows of the sample, in reading order."""
    a: list[Image] = []
    b: list[Image] = []
    rows, cols = [], []
    for i, j, window in field.cells:
        outer, before, after, bad = found.pair(field.read, window)
        inner = window.within(outer)
        known = np.isfinite(before).all(axis=0) & np.isfinite(after).all(axis=0) & ~bad
        known = known[inner]
        a.append(before[:, *inner][:, known])
        b.append(after[:, *inner][:, known])
        count = int(known.sum())
        rows.append(np.full(count, i))
        cols.append(np.full(count, j))
    first, second = (np.concatenate(p, axis=1).astype(np.float64) for p in (a, b))
    return _Sample(first, second, (np.concatenate(rows), np.concatenate(cols)))


def _placed(found: Detector, field: _Field) -> Detector:
    """Return the detector with the shift at which the image after fits best."""
    misfit = np.zeros((_SIDE, _SIDE))
    for _, _, window in field.cells:
        _, before, after, bad = found.pair(field.read, window)
        misfit += _misfits(before, after, bad)
    i, j = np.unravel_index(int(np.argmin(misfit)), misfit.shape)
    down = _lowest(misfit[:, j], int(i)) - _FAR
    right = _lowest(misfit[i], int(j)) - _FAR
    if max(abs(down), abs(right)) < _SLIGHT:
        return found
    return replace(found, shift_px=(down, right), notes=("shifted",))


def _misfits(before: Image, after: Image, bad: Flags) -> Pixels:
    """Return the squared difference at each offset, of bands without level or gain."""
    out = np.zeros((_SIDE, _SIDE))
    rows, cols = (n - 2 * _FAR for n in before.shape[1:])
    known = np.isfinite(before).all(axis=0) & np.isfinite(after).all(axis=0) & ~bad
    if rows < _SIDE or cols < _SIDE or not known.all():
        return out
    a, b = _standard(before)[:, _FAR:-_FAR, _FAR:-_FAR], _standard(after)
    for i, j in product(range(_SIDE), repeat=2):
        gap = b[:, i : i + rows, j : j + cols] - a
        out[i, j] = np.minimum(gap * gap, _CAP).sum(dtype=np.float64)
    return out


def _standard(image: Image) -> Image:
    level = image.mean(axis=(1, 2), keepdims=True, dtype=np.float64)
    spread = image.std(axis=(1, 2), keepdims=True, dtype=np.float64)
    return np.asarray((image - level) / np.maximum(spread, _LOW), np.float32)


def _lowest(line: Pixels, at: int) -> float:
    """Return where a parabola through the lowest value and its neighbours is lowest.

    In steps of an eighth of a pixel; at an end of the line the end itself.
    """
    if not 0 < at < len(line) - 1:
        return float(at)
    left, here, right = line[at - 1 : at + 2]
    bend = left - 2 * here + right
    if bend <= 0:
        return float(at)
    return at + round(_STEPS * float(left - right) / (2 * float(bend))) / _STEPS
