"""How the numbers of one image follow from the other's where nothing changed.

One straight line a band, fitted to the half of the pixels that fits best in all bands
together (least trimmed squares; Rousseeuw 1984), by orthogonal regression, since both
images have errors (Canty, Nielsen & Schmidt 2004: Automatic radiometric normalization
of multitemporal satellite imagery). Start and steps are fixed: no chance takes part.

Half of the pixels of each step of brightness are kept, and as many of each step are
looked at: else a forest that fills the image would be a cloud of points with no
direction, and any line through it as good as another.

Rousseeuw, P. J. (1984): Least median of squares regression. JASA 79, 871-880.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

TRIM = 0.5
ROUNDS = 20
LEAST_PIXELS = 50
OF_HALF = 1.4826
HALF_TO_ALL = 1.3
"""The better half of several bands is narrower than all: by a third, by trial on
normal numbers in four to ten bands."""
WITHIN = 2.0
"""Spreads, as the root mean square over bands, within which a pixel is unchanged."""
BINS, EDGE = 24, 0.005
"""Steps of brightness, and the share of pixels beyond the first and the last."""
LEAST_R = 0.5
"""Correlation of the kept pixels below which a line has no direction."""
DARK = 0.01
"""The share of pixels below which a band is called dark."""


@dataclass(frozen=True, slots=True)
class Line:
    """After = `gain` x before + `bias`, in one band.

    Attributes
    ----------
    gain, bias
        NaN where no line shows.
    spread
        Of the residuals of unchanged pixels, as a standard deviation.
    r
        Correlation of all sampled pixels.
    dark
        By how much what is dark in the first image is brighter in the second.
    """

    gain: float
    bias: float
    spread: float
    r: float
    dark: float


@dataclass(frozen=True, slots=True)
class Relation:
    """The lines of all bands.

    Attributes
    ----------
    lines
        By role, in the order of the bands.
    unchanged
        Share of the sampled pixels that lie on all lines.
    pixels
        How many were sampled.
    """

    lines: Mapping[str, Line]
    unchanged: float
    pixels: int

    @property
    def is_known(self) -> bool:
        """Whether every band has a line."""
        return bool(self.lines) and all(
            np.isfinite(one.gain) for one in self.lines.values()
        )


def relate(
    before: NDArray[np.float32], after: NDArray[np.float32], bands: tuple[str, ...]
) -> Relation:
    """Return how the second image follows from the first.

    Parameters
    ----------
    before, after
        (bands, pixels), without NaN.
    bands
        Their roles.
    """
    first, second = before.astype(float), after.astype(float)
    count = first.shape[1]
    none = Line(np.nan, np.nan, np.nan, np.nan, np.nan)
    if count < LEAST_PIXELS:
        return Relation(dict.fromkeys(bands, none), 0.0, count)
    looked, steps = _balanced(first, second)
    fits, spread = _trimmed(first[:, looked], second[:, looked], steps)
    score = _score(first, second, fits, spread)
    within = WITHIN**2 * len(bands)
    lines = {
        name: Line(
            gain, bias, float(width), _r(x, y),
            float((gain - 1) * np.quantile(x, DARK) + bias),
        )
        for name, (gain, bias), width, x, y in zip(
            bands, fits, spread, first, second, strict=True
        )
    }  # fmt: skip
    return Relation(lines, float((score <= within).mean()), count)


def _balanced(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pixels, about as many of each step of brightness, and their steps."""
    bright = _standard(first).mean(axis=0) + _standard(second).mean(axis=0)
    low, high = np.quantile(bright, (EDGE, 1 - EDGE))
    width = max(float(high - low), 1e-12) / BINS
    step = np.clip(np.floor((bright - low) / width), 0, BINS - 1).astype(np.int64)
    order = np.argsort(step, kind="stable")
    counts = np.bincount(step, minlength=BINS)
    most = max(LEAST_PIXELS, len(step) // BINS)
    kept, start = [], 0
    for number in counts.tolist():
        inside = order[start : start + number]
        kept.append(inside[:: max(1, -(-number // most))])
        start += number
    looked = np.concatenate(kept)
    return looked, step[looked]


def _trimmed(
    first: NDArray[np.float64], second: NDArray[np.float64], steps: NDArray[np.int64]
) -> tuple[list[tuple[float, float]], NDArray[np.float64]]:
    """Return the lines of the best half of each step, and the spread around them."""
    start = np.abs(_standard(second) - _standard(first)).sum(axis=0)
    kept = _least(start, steps)
    fits: list[tuple[float, float]] = []
    spread = np.ones(len(first))
    for _ in range(ROUNDS):
        fits = [_line(x[kept], y[kept]) for x, y in zip(first, second, strict=True)]
        spread = _spread(first[:, kept], second[:, kept], fits)
        again = _least(_score(first, second, fits, spread), steps)
        if np.array_equal(again, kept):
            break
        kept = again
    checked = [
        fit if _r(x[kept], y[kept]) >= LEAST_R else (np.nan, np.nan)
        for fit, x, y in zip(fits, first, second, strict=True)
    ]
    return checked, spread


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values of each band around their median, in units of their spread."""
    middle = np.median(values, axis=1, keepdims=True)
    spread = np.median(np.abs(values - middle), axis=1, keepdims=True) * OF_HALF
    return np.asarray((values - middle) / np.maximum(spread, 1e-9))


def _least(score: NDArray[np.float64], steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the half of each step with the least score; equal ones in their order."""
    order = np.lexsort((np.arange(len(score)), score, steps))
    counts = np.bincount(steps, minlength=BINS)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    rank = np.arange(len(score)) - starts
    wanted = np.ceil(counts * TRIM)[steps[order]]
    return np.sort(order[rank < wanted])


def _line(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return gain and bias of the line to which the distances are least."""
    middle = x.mean(), y.mean()
    sxx = float(((x - middle[0]) ** 2).mean())
    syy = float(((y - middle[1]) ** 2).mean())
    sxy = float(((x - middle[0]) * (y - middle[1])).mean())
    if sxy <= 1e-15 or sxx <= 1e-15:  # noqa: PLR2004 - of doubles
        return float("nan"), float("nan")
    gain = (syy - sxx + np.sqrt((syy - sxx) ** 2 + 4 * sxy**2)) / (2 * sxy)
    return float(gain), float(middle[1] - gain * middle[0])


def _off(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    fits: list[tuple[float, float]],
) -> NDArray[np.float64]:
    """Return how far the second image lies off the lines; off 1:1 without a line."""
    gain = np.array([[one if np.isfinite(one) else 1.0] for one, _ in fits])
    bias = np.array([[one if np.isfinite(one) else 0.0] for _, one in fits])
    return np.asarray(second - gain * first - bias)


def _spread(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    fits: list[tuple[float, float]],
) -> NDArray[np.float64]:
    """Return the spread of each band around its line, of pixels that were chosen.

    Chosen were the better half, so their spread is that of the middle half of a normal
    distribution at least; it is widened to the whole of one.
    """
    middle = np.median(np.abs(_off(first, second, fits)), axis=1)
    return np.asarray(np.maximum(middle * OF_HALF * HALF_TO_ALL, 1e-6))


def _score(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    fits: list[tuple[float, float]],
    spread: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how far each pixel lies off all lines, in units of the spread."""
    off = _off(first, second, fits) / spread[:, None]
    return np.asarray((off**2).sum(axis=0))


def _r(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the correlation; 0 where one of them is flat."""
    if x.std() < 1e-12 or y.std() < 1e-12:  # noqa: PLR2004 - of doubles
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])
