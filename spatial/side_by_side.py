"""Pieces of work in threads: GEOS and numpy let each other run."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_AT_LEAST = 1_000
"""Rows that are worth a thread of their own."""

P = TypeVar("P")
R = TypeVar("R")


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(work: Callable[[P], R], pieces: Sequence[P]) -> list[R]:
    """Return what is made of each piece, in their order.

    As many are worked on at a time as there are processors. What one piece gives must
    not depend on the others, and nothing may be written to that two of them share. At
    an error, and at Ctrl-C, what has not begun is dropped.
    """
    threads = min(processors(), len(pieces))
    if threads < 2:  # noqa: PLR2004  nothing to share out
        return [work(one) for one in pieces]
    pool = ThreadPoolExecutor(threads)
    try:
        return list(pool.map(work, pieces))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def by_rows(
    work: Callable[[slice], np.ndarray], rows: int, *, at_least: int = 1_000
) -> np.ndarray:
    """Return what is made of each row of a table, its rows shared out.

    Parameters
    ----------
    work
        Makes one value for each row of a slice; what `side_by_side` asks for holds.
    rows
        How many there are.
    """
    step = max(at_least, -(-rows // processors()))
    parts = [slice(low, low + step) for low in range(0, max(rows, 1), step)]
    return np.concatenate(side_by_side(work, parts))
