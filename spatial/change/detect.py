"""Which pixels changed between two images, and how sure is it.

    change = detect(before, after)
    change.changed, change.score, change.confidence

An answer is made in two steps. `fit_detector` looks at a fixed sample of windows and
settles everything that concerns the whole image: the light, what is usual, the
threshold. `Detector.apply` then judges a window, and needs only a margin of `HALO`
pixels around it. So tiles show no seams, and neither their size nor the number of
threads alters a byte.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from layers.errors import InputRefusedError
from spatial.change.fit import METHODS, fit_detector
from spatial.change.roles import is_fine, roles_of
from spatial.change.sample import Window, tiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from spatial.change.detector import Detector, Read

Method = Literal["auto", "index", "cva", "irmad", "isfa"]
Target = Literal["auto", "all", "built"]
_TILE = 512
_BANDS_ROWS_COLS = 3
_BANDS_OF_FILL = 3  # dark ground may be 0 in one or two


@dataclass(frozen=True, slots=True)
class Change:
    """What `detect` found, pixel by pixel.

    Attributes
    ----------
    changed
        (rows, columns). False where nothing can be said, too: see `observed`.
    score
        float32, how unusual the difference is, NaN where not observed. In units of
        the method; with ``auto``, 1 is the middle of what is usual.
    confidence
        float32 from 0 to 1, that the pixel changed: 0.5 at the threshold, NaN where
        not observed. A rank that grows with the score, not a frequency that was
        counted in the field.
    observed
        Whether the pixel is finite in every band at both dates and not masked.
    threshold
        A score above which a pixel is changed; infinite where nothing can change.
    method
        The method that was used.
    notes
        Keys of things a reader must know, see `fit_detector` and `roles_of`.
    """

    changed: NDArray[np.bool_]
    score: NDArray[np.float32]
    confidence: NDArray[np.float32]
    observed: NDArray[np.bool_]
    threshold: float
    method: str
    notes: tuple[str, ...] = ()


def detect(
    before: ArrayLike,
    after: ArrayLike,
    *,
    mask: ArrayLike | None = None,
    bands: Sequence[str] | None = None,
    sensor: str | None = None,
    method: Method = "auto",
    target: Target = "auto",
    tile_px: int = _TILE,
    threads: int = 1,
) -> Change:
    """Return what changed between two images of one grid, without training.

    Parameters
    ----------
    before, after
        (bands, rows, columns), any unit, both in the same order. NaN is nodata; and so
        are pixels that are 0 in all of three bands and more, and have nothing but
        such between them and an edge of the image: an array has no other way to say
        so. The note ``rim_of_zeros`` tells it.
    mask
        (rows, columns), True where a pixel must not be judged (cloud, shadow) at
        either date.
    bands, sensor
        Roles of the bands, or the name of the sensor; see `roles_of`. Without either
        the usual order of that number of bands is taken, and `notes` say so.
    method
        ``auto``: the change that is unusual for what stood there (`conditional`), with
        spatial context. ``cva``, ``irmad``, ``isfa``, ``index``: the plain methods,
        each pixel for itself, threshold by Otsu.
    target
        For ``auto``: ``all`` change that stands out, or ``built``, which asks for a
        second split between widespread (season, shadow) and rare change. ``auto`` is
        ``built`` for images of Sentinel-2 and ``all`` for others.
    tile_px, threads
        How the work is cut up. The answer does not depend on them.

    Returns
    -------
    Change
        Deterministic: the same input gives the same bytes.

    Raises
    ------
    InputRefusedError
        The arrays are not of one shape (bands, rows, columns), the mask does not fit,
        or the method is unknown.

    Examples
    --------
    >>> field = np.random.default_rng(0).normal(0.2, 0.01, (6, 64, 64))
    >>> later = field.copy()
    >>> later[:, 20:30, 20:30] += 0.3
    >>> int(detect(field, later).changed.sum())
    100
    """
    first, second, bad = _checked(before, after, mask)
    refuse_unknown(method, tile_px)
    rim = _zeros_at_rim(first) | _zeros_at_rim(second)
    roles, notes = roles_of(first, bands=bands, sensor=sensor)
    built = target == "built" or (target == "auto" and is_fine(len(roles), sensor))
    if rim.any():
        bad, notes = bad | rim, (*notes, "rim_of_zeros")
    shape = first.shape[1], first.shape[2]
    read = _reader(first, second, bad)
    detector = fit_detector(
        read, shape, roles=roles, method=method, target="built" if built else "all"
    )
    return _run(detector, read, shape, notes, tile_px=tile_px, threads=threads)


def _run(
    detector: Detector,
    read: Read,
    shape: tuple[int, int],
    notes: tuple[str, ...],
    *,
    tile_px: int,
    threads: int,
) -> Change:
    """Judge tile by tile, each written to its own place."""
    changed = np.zeros(shape, np.bool_)
    score = np.empty(shape, np.float32)
    confidence = np.empty(shape, np.float32)

    def work(tile: Window) -> None:
        here = slice(tile.top, tile.bottom), slice(tile.left, tile.right)
        changed[here], score[here], confidence[here] = detector.apply(read, tile)

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        list(pool.map(work, tiles(shape, (tile_px, tile_px))))
    return Change(
        changed=changed,
        score=score,
        confidence=confidence,
        observed=np.isfinite(score),
        threshold=detector.threshold,
        method=detector.method,
        notes=(*notes, *detector.notes),
    )


def _reader(
    before: NDArray[np.float32], after: NDArray[np.float32], bad: NDArray[np.bool_]
) -> Read:
    def read(
        window: Window,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
        rows, cols = slice(window.top, window.bottom), slice(window.left, window.right)
        return before[:, rows, cols], after[:, rows, cols], bad[rows, cols]

    return read


def _checked(
    before: ArrayLike, after: ArrayLike, mask: ArrayLike | None
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    first, second = np.asarray(before, np.float32), np.asarray(after, np.float32)
    if first.ndim != _BANDS_ROWS_COLS or first.shape != second.shape or not first.size:
        _refuse(
            "before and after",
            "two arrays of one shape (bands, rows, columns)",
            f"{first.shape} and {second.shape}",
            "bring both to one grid and the same bands, see spatial.change.pair",
        )
    shape = first.shape[1:]
    bad = np.zeros(shape, np.bool_) if mask is None else np.asarray(mask, np.bool_)
    if bad.shape != shape:
        _refuse("mask", f"shape {shape}", f"{bad.shape}", "give one value a pixel")
    return first, second, bad


def _zeros_at_rim(image: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return the pixels from which zeros reach to an edge, along a row or a column."""
    if len(image) < _BANDS_OF_FILL:
        return np.zeros(image.shape[1:], np.bool_)
    none: NDArray[np.bool_] = np.asarray((image == 0).all(axis=0))
    reach = np.zeros_like(none)
    for axis in (0, 1):
        for way in (none, np.flip(none, axis)):
            run = np.logical_and.accumulate(way, axis=axis)
            reach |= run if way is none else np.flip(run, axis)
    return reach


def refuse_unknown(method: str, tile_px: int) -> None:
    """Refuse a method that there is not, and a side that is none."""
    if method not in METHODS:
        _refuse("method", " or ".join(METHODS), repr(method), "choose one of these")
    if tile_px < 1:
        _refuse("tile_px", "1 or more", str(tile_px), "leave it out")


def _refuse(source: str, expected: str, got: str, todo: str) -> None:
    raise InputRefusedError(source=source, expected=expected, got=got, todo=todo)
