"""Work on the workers of a Dask cluster."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from layers.errors import ExtraMissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    import geopandas as gpd

    from spatial.engine.zones import ReadyZones

R = TypeVar("R")

_AHEAD = 2  # pieces a thread of a worker has waiting


@dataclass(frozen=True, slots=True)
class Dask:
    """The workers of a `dask.distributed` cluster.

    The zones are sent to every worker once and indexed there, not for each piece; a
    worker that joins later fetches them from another. A worker that is lost is made
    good by Dask: its pieces are worked on again elsewhere.

    Parameters
    ----------
    client
        A connected ``distributed.Client``. Every worker must have the same version of
        this package and its libraries, and numba where the kernel is asked.

    Raises
    ------
    ExtraMissingError
        Dask is not installed.
    """

    client: Any = field(repr=False)

    def __post_init__(self) -> None:
        """Say how to get Dask where it is not there."""
        try:
            import distributed  # noqa: F401, PLC0415  an extra
        except ModuleNotFoundError as error:
            raise ExtraMissingError(
                extra="dask", needed_for="work on a cluster"
            ) from error

    def run(
        self,
        work: Callable[[gpd.GeoDataFrame, ReadyZones], R],
        zones: ReadyZones,
        pieces: Iterable[gpd.GeoDataFrame],
    ) -> Generator[R]:
        """See `Workers.run`; a piece may be a delayed partition of a Dask frame."""
        client = self.client
        there = client.scatter(zones, broadcast=True, hash=False)
        waiting: deque[Any] = deque()
        try:
            for piece in pieces:
                waiting.append(
                    client.submit(work, self._sent(piece), there, pure=False)
                )
                if len(waiting) > _AHEAD * sum(client.nthreads().values()):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            client.cancel([*waiting, there])

    def _sent(self, piece: gpd.GeoDataFrame) -> object:
        """Return a piece as the scheduler knows it: sent, or to be made over there."""
        if hasattr(piece, "__dask_graph__"):
            return self.client.compute(piece)
        return self.client.scatter(piece, hash=False)
