"""Work on this machine, in threads of this process."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from layers.errors import InputRefusedError
from spatial.side_by_side import processors

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Future

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
    ) -> Generator[R]:
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
    ) -> Generator[R]:
        """See `Workers.run`; returns when the pieces in hand are done."""
        count = self.count or processors()
        stopped = threading.Event()

        def one(piece: gpd.GeoDataFrame) -> R:
            if stopped.is_set():
                raise CancelledError
            return work(piece, zones)

        waiting: deque[Future[R]] = deque()
        pool = ThreadPoolExecutor(count)
        try:
            for piece in pieces:
                waiting.append(pool.submit(one, _here(piece)))
                if len(waiting) > _AHEAD * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _here(piece: Any) -> gpd.GeoDataFrame:  # noqa: ANN401  frame, or a delayed one
    """Return a piece itself; Dask reckons a partition, in the way it is set up."""
    reckoned: gpd.GeoDataFrame = piece
    if hasattr(piece, "__dask_graph__"):
        reckoned = piece.compute()
    return reckoned
