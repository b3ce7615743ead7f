"""Where change begins, told by the scores themselves.

Three estimates. Otsu's splits the square root of the scores: a tail of rare strong
changes draws the plain one upward, a logarithm drags it into the unchanged. A second
split within the changed tells rare objects from widespread season. And none may lie
so low that noise alone would pass.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

_BINS = 512
_CLIPPED = 12.0  # times the median: what lies above counts as just there
_NOISE = 1.5  # times the median; noise smoothed over nine pixels stays below
_HIGH = 30.0  # the same for the second split
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


def of_two(scores: Scores) -> float:
    """Return the threshold between unchanged and changed.

    Otsu's on square roots, scores above 12 medians counted as 12; at least 1.5
    medians, which the mean of nine pixels of noise does not reach.
    """
    if scores.size < _FEW:
        return _NEVER
    middle = float(np.median(scores))
    top = np.float32(_CLIPPED * middle) if middle > 0 else scores.max()
    split = otsu(np.sqrt(np.minimum(scores, top))) ** 2
    return max(split, _NOISE * middle, _LEAST)


def of_three(scores: Scores) -> float:
    """Return the threshold between widespread (season) and rare (built) change.

    At 10 m most of what passes `of_two` is fields and shadows. Two estimates, and
    their geometric mean, so that neither decides alone: Otsu's again on the logarithms
    of the scores that pass, and the score above which fewer than one in a hundred can
    be of the unchanged (`of_false_alarms`).
    """
    first = of_two(scores)
    passed = scores[scores > first]
    if passed.size < _FEW:
        return first
    middle = float(np.median(scores))
    top = np.float32(_HIGH * middle) if middle > 0 else passed.max()
    second = float(np.exp(otsu(np.log(np.minimum(passed, top)))))
    if not np.isfinite(second):
        return first
    rare = of_false_alarms(scores)
    if not np.isfinite(rare):
        return max(first, second)
    return max(first, float(np.sqrt(second * max(first, rare))))


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
