"""How the numbers of one image follow from the other's where nothing changed.

One straight line a band, fitted to the half of the pixels that fits best in all bands
together (least trimmed squares; Rousseeuw 1984), by orthogonal regression, since both
images have errors (Canty, Nielsen & Schmidt 2004: Automatic radiometric normalization
of multitemporal satellite imagery). Start and steps are fixed: no chance takes part.

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
WITHIN = 3.0
"""Times the spread of the trimmed half: what lies within is called unchanged."""
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
    if count < LEAST_PIXELS:
        none = Line(np.nan, np.nan, np.nan, np.nan, np.nan)
        return Relation(dict.fromkeys(bands, none), 0.0, count)
    score = np.abs(_standard(second) - _standard(first)).sum(axis=0)
    kept = _least(score)
    for _ in range(ROUNDS):
        fits = [_line(x[kept], y[kept]) for x, y in zip(first, second, strict=True)]
        score, spread = _score(first, second, fits, kept)
        again = _least(score)
        if np.array_equal(again, kept):
            break
        kept = again
    unchanged = score <= WITHIN**2 * max(float(np.median(score[kept])), 1e-12) * 2
    lines = {
        name: Line(
            gain, bias, float(width), _r(x, y),
            float((gain - 1) * np.quantile(x, DARK) + bias),
        )
        for name, (gain, bias), width, x, y in zip(
            bands, fits, spread, first, second, strict=True
        )
    }  # fmt: skip
    return Relation(lines, float(unchanged.mean()), count)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values of each band around their median, in units of their spread."""
    middle = np.median(values, axis=1, keepdims=True)
    spread = np.median(np.abs(values - middle), axis=1, keepdims=True) * OF_HALF
    return np.asarray((values - middle) / np.maximum(spread, 1e-9))


def _least(score: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the half with the least score; equal ones in their order."""
    order = np.argsort(score, kind="stable")
    return np.sort(order[: max(LEAST_PIXELS, int(len(score) * TRIM))])


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


def _score(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    fits: list[tuple[float, float]],
    kept: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far each pixel lies off all lines, and the spread of each band."""
    gain = np.array([[one if np.isfinite(one) else 1.0] for one, _ in fits])
    bias = np.array([[one if np.isfinite(one) else 0.0] for _, one in fits])
    off = (second - gain * first - bias) / np.sqrt(1 + gain**2)
    middle = np.median(np.abs(off[:, kept]), axis=1, keepdims=True)
    spread = np.maximum(middle * OF_HALF, 1e-6)
    score = ((off / spread) ** 2).sum(axis=0)
    return score, (spread * np.sqrt(1 + gain**2))[:, 0]


def _r(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the correlation; 0 where one of them is flat."""
    if x.std() < 1e-12 or y.std() < 1e-12:  # noqa: PLR2004 - of doubles
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])
