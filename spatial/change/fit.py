"""Fitting a detector to a pair of images, from a fixed sample of their windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from spatial.change.conditional import Light, fit_light, fit_surface, fit_usual
from spatial.change.detector import Detector, Image, Read
from spatial.change.indices import index_images
from spatial.change.methods import fit_cva, fit_irmad, fit_isfa
from spatial.change.roles import CORE
from spatial.change.sample import middles, sample_windows
from spatial.change.statistic import Pixels
from spatial.change.threshold import of_three, of_two, otsu

METHODS = ("auto", "index", "cva", "irmad", "isfa")

_LINEAR = {"cva": fit_cva, "irmad": fit_irmad, "isfa": fit_isfa}
_FEWEST = 50
_MOST = 200_000
_BETTER = 0.95  # a place beside must fit that much better to call the pair shifted


@dataclass(frozen=True, slots=True)
class _Sample:
    """Pixels of the sample that are known at both dates."""

    before: Pixels
    after: Pixels
    moved: Pixels
    cells: tuple[NDArray[np.intp], NDArray[np.intp]]


def fit_detector(
    read: Read,
    shape: tuple[int, int],
    *,
    roles: tuple[str, ...],
    method: str,
    target: str,
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

    Returns
    -------
    Detector
        Its notes can hold ``too_few_pixels`` (nothing is judged changed),
        ``identical``, ``shifted`` (a neighbour fits better than the place itself:
        only what lies beyond the neighbours counts), ``season_split`` (the threshold
        is the one between widespread and rare change).
    """
    rows = _used(roles, method)
    found = Detector(method, rows, tuple(roles[i] for i in rows))
    sample = _sampled(found, read, shape)
    if sample.before.shape[1] < _FEWEST:
        return replace(found, notes=("too_few_pixels",))
    same = np.array_equal(sample.before, sample.after)
    found = _scoring(found, sample, read, shape)
    if same:
        return replace(found, notes=("identical",))
    return _thresholded(found, read, shape, built=target == "built")


def _used(roles: tuple[str, ...], method: str) -> tuple[int, ...]:
    """Return the bands a method works on: `auto` takes the core ones where it can."""
    core = [roles.index(r) for r in CORE if r in roles]
    if method == "auto" and len(core) == len(CORE):
        return tuple(core)
    return tuple(range(len(roles)))


def _scoring(
    plain: Detector, sample: _Sample, read: Read, shape: tuple[int, int]
) -> Detector:
    """Return the detector with all that scores, without a threshold."""
    before, after = sample.before, sample.after
    step = max(1, -(-before.shape[1] // _MOST))
    if plain.method in _LINEAR:
        fit = _LINEAR[plain.method](before[:, ::step], after[:, ::step])
        return replace(plain, linear=fit)
    light, unchanged = fit_light(before, after)
    flat = replace(plain, light=light)
    moved = light.gain[:, None] * after + light.offset[:, None] - before
    places = middles(shape[0]), middles(shape[1])
    haze = fit_surface(moved, unchanged, sample.cells, places)
    found = replace(flat, light=replace(light, haze=haze))
    if plain.method == "index":
        lit = _sampled(found, read, shape)
        a, b = (
            index_images(x.astype(np.float32), plain.roles).astype(np.float64)
            for x in (lit.before, lit.after)
        )
        return replace(found, linear=fit_cva(a, b))
    if _is_shifted(found, read, shape):
        found = replace(found, tolerant=True, notes=("shifted",))
    moved = _sampled(found, read, shape).moved
    return replace(found, usual=fit_usual(before, moved, unchanged))


def _thresholded(
    found: Detector, read: Read, shape: tuple[int, int], *, built: bool
) -> Detector:
    """Return the detector with the threshold that its scores of the sample give."""
    parts = []
    for _, _, window in sample_windows(shape):
        outer, score = found.smooth(read, window)
        inside = score[window.within(outer)]
        parts.append(inside[np.isfinite(inside)])
    scores = np.concatenate(parts)
    if found.usual is None:
        return replace(found, threshold=otsu(scores))
    if not built:
        return replace(found, threshold=of_two(scores))
    notes = (*found.notes, "season_split")
    return replace(found, threshold=of_three(scores), notes=notes)


def _sampled(found: Detector, read: Read, shape: tuple[int, int]) -> _Sample:
    """Return the known pixels of all windows of the sample, in reading order."""
    a, b, d, rows, cols = [], [], [], [], []
    for i, j, window in sample_windows(shape):
        outer, before, after, bad = found.pair(read, window)
        inner = window.within(outer)
        known = np.isfinite(before).all(axis=0) & np.isfinite(after).all(axis=0) & ~bad
        known = known[inner]
        moved = found.moved(before, after)
        for part, image in ((a, before), (b, after), (d, moved)):
            part.append(image[:, *inner][:, known])
        count = int(known.sum())
        rows.append(np.full(count, i))
        cols.append(np.full(count, j))
    before64, after64, moved64 = (
        np.concatenate(p, axis=1).astype(np.float64) for p in (a, b, d)
    )
    return _Sample(before64, after64, moved64, (_joined(rows), _joined(cols)))


def _joined(parts: list[NDArray[np.intp]]) -> NDArray[np.intp]:
    return np.concatenate(parts)


def _is_shifted(found: Detector, read: Read, shape: tuple[int, int]) -> bool:
    """Say whether the image after fits better one pixel beside where it lies."""
    misfit = np.zeros((3, 3))
    for _, _, window in sample_windows(shape):
        _, before, after, _ = found.pair(read, window)
        misfit += _misfits(before, after)
    centre = misfit[1, 1]
    misfit[1, 1] = np.inf
    return bool(misfit.min() < _BETTER * centre)


def _misfits(before: Image, after: Image) -> NDArray[np.float64]:
    """Return the mean absolute difference at each of nine offsets, summed by band."""
    out = np.zeros((3, 3))
    rows, cols = before.shape[1:]
    middle = before[:, 1:-1, 1:-1]
    for i, j in product(range(3), repeat=2):
        beside = after[:, i : i + rows - 2, j : j + cols - 2]
        gap = np.abs(beside - middle)
        known = np.isfinite(gap)
        out[i, j] = np.where(known, gap, 0).sum(dtype=np.float64)
    return out
