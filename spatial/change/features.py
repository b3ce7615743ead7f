"""What is measured of each patch: its spectra, its surroundings, its shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatial.change.runs import pixels_of
from spatial.change.scene import seen_in
from spatial.change.shifted import shares_explained
from spatial.change.signature import indices
from spatial.change.widths import widths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from spatial.change.runs import Bools, Integers, Runs
    from spatial.change.scene import Scene
    from spatial.change.signature import Floats

_CHUNK = 1 << 18  # pixels that are looked at together
_LOW = 0.1
"""The tenth part of a patch with the lowest index speaks for its heart: at its rim
every pixel is mixed."""
_RING = (2, 3)
"""Pixels away from a patch: the next one still holds a part of it."""
_ALIKE = 0.5
"""Of the change: a neighbour that differs by less is what the patch has become."""
_OPEN_WATER = 0.0
_THIN_PX, _THIN_ELONGATION = 6, 12
"""Broader and rounder patches are not asked whether a shift explains them: no pair that
passes the gate is shifted by so much, and it would be most of the work."""


def features(scene: Scene, runs: Runs) -> pd.DataFrame:
    """Return a row of measurements for each patch, by its number.

    Parameters
    ----------
    scene
        The images.
    runs
        Of `scene.changed`.

    Returns
    -------
    DataFrame
        Index: number of the patch. Lengths and areas in pixels; NaN is unknown.

        ``pixels``, ``width_px`` (`spatial.change.widths`), ``elongation`` = pixels
        over width squared;
        ``confidence`` mean over the pixels; ``observed_share`` of the pixels;
        the indices of `spatial.change.signature` as ``ndvi_before``, ``ndvi_after``,
        ``ndvi_around_before``...; ``ndvi_low_before``, ``ndvi_low_after``: a tenth of
        the pixels lies below;
        ``texture_after`` standard deviation of the brightness within;
        ``doubtful_share`` of the pixels that are near to something hidden;
        ``drift`` change around over change inside, 1 where both moved alike;
        ``joins_share`` of the surroundings that were already what the patch became,
        ``water_share`` that are water on both days;
        ``shift_share`` of the change that a shift explains, NaN for patches too
        broad for it;
        ``cloud_like``, ``shadow_like`` (`_veils`).
    """
    row, column, patch = pixels_of(runs)
    size = np.bincount(patch, minlength=runs.patches)
    table = pd.DataFrame({"pixels": size}, index=pd.RangeIndex(runs.patches))
    table["width_px"] = widths(row, column, patch)
    table["elongation"] = size / table["width_px"] ** 2
    order = np.argsort(patch, kind="stable")
    thin = table["width_px"] <= _THIN_PX
    thin |= table["elongation"] >= _THIN_ELONGATION
    parts = [
        _measured(scene, (row[one], column[one], patch[one]), thin=thin.to_numpy())
        for one in _chunks(order, size)
    ]
    return table.join(pd.concat(parts)) if parts else table


def _chunks(order: Integers, size: Integers) -> Iterator[Integers]:
    """Yield pixels patch by patch, about `_CHUNK` at a time, no patch divided."""
    ends = np.cumsum(size)
    low = 0
    while low < len(order):
        fitting = np.searchsorted(ends, low + _CHUNK, side="right")
        over = np.searchsorted(ends, low, side="right")
        high = int(ends[max(int(fitting) - 1, int(over))])
        yield order[low:high]
        low = high


def _measured(
    scene: Scene, pixels: tuple[Integers, ...], *, thin: Bools
) -> pd.DataFrame:
    """Measure the patches of one chunk."""
    row, column, patch = pixels
    first = int(patch[0])
    number = patch - first
    count = int(number[-1]) + 1
    before, after = scene.earlier(row, column), scene.later(row, column)
    seen = seen_in(before, after)
    mean_before = _means(before, number, seen, count)
    mean_after = _means(after, number, seen, count)
    table = {
        "confidence": _mean(scene.confidence(row, column), number, count),
        "observed_share": _mean(seen, number, count),
        "doubtful_share": _mean(scene.doubtful(row, column), number, count),
        **_named(indices(mean_before, scene.bands), "before"),
        **_named(indices(mean_after, scene.bands), "after"),
    }
    within_before = indices(before, scene.bands)
    within_after = indices(after, scene.bands)
    table["ndvi_low_before"] = _low(within_before["ndvi"], number, count)
    table["ndvi_low_after"] = _low(within_after["ndvi"], number, count)
    table["texture_after"] = _spread(within_after["brightness"], number, count)
    around = _ring(scene, (row, column, number))
    table |= _surroundings(scene, around, mean_before, mean_after)
    some = thin[patch]
    share = shares_explained(
        scene,
        (row[some], column[some], number[some]),
        before[:, some],
        after[:, some],
        count=count,
        shift_px=scene.shift_px,
    )
    table["shift_share"] = np.where(thin[first : first + count], share, np.nan)
    return pd.DataFrame(table, index=np.arange(first, first + count))


def _surroundings(
    scene: Scene, around: tuple[Integers, ...], before: Floats, after: Floats
) -> dict[str, Floats]:
    """Compare the patches with what lies around them and did not change."""
    row, column, number = around
    count = before.shape[1]
    there, now = scene.earlier(row, column), scene.later(row, column)
    seen = seen_in(there, now)
    around_before = _means(there, number, seen, count)
    around_after = _means(now, number, seen, count)
    moved = _length(after - before)
    drift = _length(around_after - around_before)
    # haze over patch and surroundings would hide the shadow of a cloud
    known_drift = np.nan_to_num(around_after - around_before, nan=0.0)
    reach = _ALIKE * moved[number]
    joins = (_length(there - after[:, number]) < reach) & (
        _length(now - after[:, number]) < reach
    )
    water = (indices(there, scene.bands)["mndwi"] > _OPEN_WATER) & (
        indices(now, scene.bands)["mndwi"] > _OPEN_WATER
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        alike = 1 - _length((after - before) - (around_after - around_before)) / moved
    return {
        "drift": np.where(drift > 0, alike, 0.0),
        **_veils(before, after - known_drift, scene.bands),
        "joins_share": _mean(joins, number, count, of=seen),
        "water_share": _mean(water, number, count, of=seen),
        **_named(indices(around_before, scene.bands), "around_before"),
        **_named(indices(around_after, scene.bands), "around_after"),
    }


def _veils(before: Floats, after: Floats, bands: Sequence[str]) -> dict[str, Floats]:
    """Say how much a change looks like a cloud, or like the shadow of one.

    A cloud lifts all visible bands by about the same: least lift over the greatest.
    A shadow dims all bands by about the same factor: least factor over the greatest.
    Both 0 where the change goes the other way, NaN where too few bands are there.
    """
    chosen = [i for i, name in enumerate(bands) if name in ("blue", "green", "red")]
    if not chosen:
        nothing = np.full(before.shape[1], np.nan)
        return {"cloud_like": nothing, "shadow_like": nothing}
    out: dict[str, Floats] = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for name, one, two in (
            ("after", before, after),
            ("before", after, before),
        ):
            lift = (two - one)[chosen]
            flat = lift.min(axis=0) / lift.max(axis=0)
            out[f"cloud {name}"] = np.where(lift.min(axis=0) > 0, flat, 0.0)
            factor = two / one
            even = factor.min(axis=0) / factor.max(axis=0)
            out[f"shadow {name}"] = np.where(factor.max(axis=0) < 1, even, 0.0)
    return {
        "cloud_like": np.maximum(out["cloud after"], out["cloud before"]),
        "shadow_like": np.maximum(out["shadow after"], out["shadow before"]),
    }


def _ring(scene: Scene, pixels: tuple[Integers, ...]) -> tuple[Integers, ...]:
    """Return the pixels around each patch that did not change, each once a patch."""
    rows, columns = scene.shape
    row, column, number = _rim(scene, pixels)
    keys = []
    for away in _RING:
        for down in (-away, 0, away):
            for right in (-away, 0, away):
                r, c = row + down, column + right
                inside = (r >= 0) & (r < rows) & (c >= 0) & (c < columns)
                r, c, n = r[inside], c[inside], number[inside]
                free = ~scene.changed(r, c)
                keys.append((n[free] * rows + r[free]) * columns + c[free])
    found = np.sort(np.concatenate(keys))
    found = found[np.diff(found, prepend=-1) > 0]  # np.unique takes three times as long
    upper, c = np.divmod(found, columns)
    n, r = np.divmod(upper, rows)
    return r, c, n


def _rim(scene: Scene, pixels: tuple[Integers, ...]) -> tuple[Integers, ...]:
    """Return the pixels that have a side in common with one that did not change."""
    row, column, _ = pixels
    last, end = scene.shape[0] - 1, scene.shape[1] - 1
    inner = scene.changed(np.maximum(row - 1, 0), column)
    inner &= scene.changed(np.minimum(row + 1, last), column)
    inner &= scene.changed(row, np.maximum(column - 1, 0))
    inner &= scene.changed(row, np.minimum(column + 1, end))
    return tuple(one[~inner] for one in pixels)


def _means(values: Floats, number: Integers, seen: Bools, count: int) -> Floats:
    """Return (bands, patches) means over the pixels that were seen."""
    return np.stack([_mean(band, number, count, of=seen) for band in values])


def _mean(
    values: NDArray[np.generic],
    number: Integers,
    count: int,
    *,
    of: Bools | None = None,
) -> Floats:
    """Return means by patch, NaN of nothing."""
    if of is not None:
        values, number = values[of], number[of]
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.bincount(number, values.astype(np.float64), minlength=count)
        return np.asarray(total / np.bincount(number, minlength=count))


def _low(values: Floats, number: Integers, count: int) -> Floats:
    """Return the value below which a tenth of a patch lies; NaN when none is known."""
    known = np.isfinite(values)
    values, number = values[known], number[known]
    order = np.lexsort((values, number))
    size = np.bincount(number, minlength=count)
    start = np.cumsum(size) - size
    low = np.full(count, np.nan)
    some = size > 0
    at = start + np.floor(_LOW * (size - 1)).astype(np.int64)
    low[some] = values[order][at[some]]
    return low


def _spread(values: Floats, number: Integers, count: int) -> Floats:
    """Return the standard deviation within each patch."""
    known = np.isfinite(values)
    mean = _mean(values, number, count, of=known)
    off = values - mean[number]
    return np.sqrt(_mean(off * off, number, count, of=known))


def _length(spectra: Floats) -> Floats:
    """Return the length of each column."""
    total = np.zeros(spectra.shape[1])
    for band in spectra:  # in one order: `sum` has another for a single patch
        total += band * band
    return np.asarray(np.sqrt(total))


def _named(values: dict[str, Floats], when: str) -> dict[str, Floats]:
    """Return the indices under the names of their day."""
    return {f"{name}_{when}": one for name, one in values.items()}
