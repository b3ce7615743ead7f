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
_FEW = 50
_NEVER = float("inf")


def otsu(scores: Scores) -> float:
    """Return the threshold that parts the scores best into two classes.

    Otsu (1979), "A threshold selection method from gray-level histograms", IEEE
    Transactions on Systems, Man and Cybernetics 9(1). 512 bins from the least to the
    greatest score; infinite where all scores are alike or there are none.

    Examples
    --------
    >>> round(otsu(np.array([1, 1, 1, 2, 9, 9, 8], np.float32)), 1)
    2.0
    """
    if scores.size == 0 or scores.min() == scores.max():
        return _NEVER
    count, edges = np.histogram(scores.astype(np.float64), bins=_BINS)
    middle = (edges[1:] + edges[:-1]) / 2
    below, mass = np.cumsum(count)[:-1], np.cumsum(count * middle)
    above = scores.size - below
    split = (mass[-1] * below / scores.size - mass[:-1]) ** 2 / (below * above)
    return float(edges[1 + int(np.argmax(split))])


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
    return max(split, _NOISE * middle)


def of_three(scores: Scores) -> float:
    """Return the threshold between widespread (season) and rare (built) change.

    `of_two` again on the scores that pass `of_two`, on their square roots. At 10 m
    most of what passes the first split is fields and shadows.
    """
    first = of_two(scores)
    passed = scores[scores > first]
    if passed.size < _FEW:
        return first
    middle = float(np.median(scores))
    top = np.float32(_CLIPPED * middle) if middle > 0 else passed.max()
    second = otsu(np.sqrt(np.minimum(passed, top))) ** 2
    return second if np.isfinite(second) else first
