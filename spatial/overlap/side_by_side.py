"""Pieces of work in threads: GEOS and numpy let each other run."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
