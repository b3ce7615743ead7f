"""Where change begins, told by the scores themselves.

Otsu's splits the square root of the scores: a tail of rare strong changes draws the
plain one upward, a logarithm drags it into the unchanged. Where only rare change is
meant, upward is right, and the plain one stands. None may lie so low that noise alone
would pass.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

_BINS = 512
_CLIPPED = 12.0  # times the middle: what lies above counts as just there
_NOISE = 1.5  # times the middle; noise smoothed over nine pixels stays below
_QUARTER = 0.25
_SAYS = 2.5  # times the middle: as far as the false alarms are believed
_WIDE, _LOG_BINS, _REACH, _BELL = 4.0, 400, 40, 0.15  # of logarithms
_LOWER = 0.15866  # one deviation below the median of a normal distribution
_LADDER = np.linspace(-4, 12, 161)
_SAME = 1e-12
_FEW = 50
_LEAST = 1.0  # the middle of what is usual
_NEVER = float("inf")


def otsu(scores: Scores) -> float:
    """Return the threshold that parts the scores best into two classes.

    Otsu (1979), "A threshold selection method from gray-level histograms", IEEE
    Transactions on Systems, Man and Cybernetics 9(1). 512 bins from the least to the
    greatest score, the middle of the gap where several part alike. Infinite where all
    scores are alike or there are none.

    Examples
    --------
    >>> round(otsu(np.array([1, 1, 1, 2, 9, 9, 8], np.float32)), 1)
    5.0
    """
    if scores.size == 0 or scores.min() == scores.max():
        return _NEVER
    count, edges = np.histogram(scores.astype(np.float64), bins=_BINS)
    middle = (edges[1:] + edges[:-1]) / 2
    below, mass = np.cumsum(count)[:-1], np.cumsum(count * middle)
    above = scores.size - below
    split = (mass[-1] * below / scores.size - mass[:-1]) ** 2 / (below * above)
    best = np.flatnonzero(split >= split.max() * (1 - _SAME))
    return float((edges[1 + best[0]] + edges[1 + best[-1]]) / 2)


def middle_of(scores: Scores) -> float:
    """Return the middle of the unchanged.

    The median; or the most frequent of the scores, on logarithms, where that is less:
    where a third of a scene and more has changed, its median is no longer usual.

    Parameters
    ----------
    scores
        At least one of them; 0 where more than half are.
    """
    median = float(np.median(scores))
    if median <= 0:
        return 0.0
    logs = np.log(scores[scores > 0].astype(np.float64) / median)
    count, edges = np.histogram(np.clip(logs, -_WIDE, _WIDE), bins=_LOG_BINS)
    step = edges[1] - edges[0]
    reach = np.arange(-_REACH, _REACH + 1) * step
    bell = np.exp(-((reach / _BELL) ** 2) / 2)
    at = int(np.argmax(np.convolve(count, bell, "same")))
    return median * min(1.0, float(np.exp((edges[at] + edges[at + 1]) / 2)))


def of_two(scores: Scores) -> float:
    """Return the threshold between unchanged and changed.

    Otsu's on square roots, scores above 12 middles counted as 12; at least 1.5
    middles, which the mean of nine pixels of noise does not reach.
    """
    if scores.size < _FEW:
        return _NEVER
    middle = middle_of(scores)
    split = otsu(np.sqrt(_clipped(scores, middle))) ** 2
    return max(split, _NOISE * middle, _LEAST)


def of_three(scores: Scores) -> float:
    """Return the threshold between widespread (season) and rare (built) change.

    At 10 m most of what passes `of_two` is fields and shadows. Otsu's on the scores
    themselves, which strong change draws upward. They are clipped at 12 middles, or at
    the quarter of those that pass `of_two`, if that is more: else it would cut into the
    very change. Where little has changed it draws too little; so the threshold is at
    least the score above which fewer than one in a hundred can be of the unchanged
    (`of_false_alarms`). That in turn is an estimate of a tail, which roofs and fields
    make long on real images: beyond 2.5 middles it has no say.
    """
    if scores.size < _FEW:
        return _NEVER
    middle = middle_of(scores)
    passed = scores[scores > of_two(scores)]
    far = float(np.quantile(passed, _QUARTER)) / _CLIPPED if passed.size else 0.0
    split = otsu(_clipped(scores, max(middle, far)))
    rare = min(of_false_alarms(scores), _SAYS * middle)
    return max(split, rare, _NOISE * middle, _LEAST)


def _clipped(scores: Scores, middle: float) -> Scores:
    """Return scores, those above 12 middles as 12."""
    top = np.float32(_CLIPPED * middle) if middle > 0 else scores.max()
    return np.minimum(scores, top)


def of_false_alarms(scores: Scores, rate: float = 0.01) -> float:
    """Return the score at which the local false discovery rate falls to `rate`.

    Efron (2004), "Large-scale simultaneous hypothesis testing: the choice of a null
    hypothesis", Journal of the American Statistical Association 99. Logarithms of
    unchanged scores are taken for normal, with the median and the lower spread of all
    scores, which rare change does not touch. Infinite where the rate is never reached.
    """
    positive = scores[scores > 0].astype(np.float64)
    if positive.size < _FEW:
        return _NEVER
    logs = np.log(positive)
    low, middle = np.quantile(logs, [_LOWER, 0.5])
    if middle <= low:
        return _NEVER
    z = (logs - middle) / (middle - low)
    count, edges = np.histogram(z, bins=_LADDER)
    at = (edges[1:] + edges[:-1]) / 2
    density = np.convolve(count, np.ones(5) / 5, "same") / (len(z) * (at[1] - at[0]))
    unchanged = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
    rare = (at > 1) & (unchanged < rate * density)
    if not rare.any():
        return _NEVER
    return float(np.exp(middle + at[int(np.argmax(rare))] * (middle - low)))
