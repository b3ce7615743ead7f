"""Work on this machine, in threads of this process."""

from __future__ import annotations

import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import geopandas as gpd

    from spatial.engine.zones import ReadyZones

R = TypeVar("R")

_AHEAD = 2  # pieces a thread has waiting: enough that none is idle


class Workers(Protocol):
    """Whoever does the work."""

    def run(
        self,
        work: Callable[[gpd.GeoDataFrame, ReadyZones], R],
        zones: ReadyZones,
        pieces: Iterable[gpd.GeoDataFrame],
    ) -> Iterator[R]:
        """Yield what `work` makes of each piece, in the order of the pieces.

        Only so many pieces are taken ahead as keep everybody busy. An error of the
        work is raised when its turn comes. When the iterator is closed, or Ctrl-C
        comes, what has not begun is dropped.
        """
        ...


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads of this process.

    GEOS and the kernel work without Python's lock, so threads do run side by side.

    Parameters
    ----------
    count
        How many; None: as many as there are processors that this process may use.

    Raises
    ------
    InputRefusedError
        `count` is less than 1.
    """

    count: int | None = None

    def __post_init__(self) -> None:
        """Refuse a number that makes no sense."""
        if self.count is not None and self.count < 1:
            raise InputRefusedError(
                source="Threads(count)",
                expected="1 or more, or None",
                got=str(self.count),
                todo="correct it",
            )

    def run(
        self,
        work: Callable[[gpd.GeoDataFrame, ReadyZones], R],
        zones: ReadyZones,
        pieces: Iterable[gpd.GeoDataFrame],
    ) -> Iterator[R]:
        """See `Workers.run`; returns when the pieces in hand are done."""
        count = self.count or _processors()
        stopped = threading.Event()

        def one(piece: gpd.GeoDataFrame) -> R | None:
            return None if stopped.is_set() else work(piece, zones)

        waiting = deque()
        pool = ThreadPoolExecutor(count)
        try:
            for piece in pieces:
                waiting.append(pool.submit(one, piece))
                if len(waiting) > _AHEAD * count:
                    yield waiting.popleft().result()  # type: ignore[misc]
            while waiting:
                yield waiting.popleft().result()  # type: ignore[misc]
        finally:
            stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
