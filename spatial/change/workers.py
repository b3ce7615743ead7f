"""Who judges the strips: threads of this process, or the workers of a Dask cluster."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Literal, Protocol

from layers.errors import ExtraMissingError, InputRefusedError
from spatial.change.strips import judge, judged, read_strip, room_for

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from spatial.change.sample import Window
    from spatial.change.stored import Room, Tail
    from spatial.change.strips import Job, Judged

    Done = Callable[[int], object]

Engine = Literal["threads", "dask"]
_SEGMENT = 4  # strips that a worker of a cluster judges one after another
_AHEAD = 2  # segments a thread of a cluster has waiting
_TICK_S = 0.2


class Workers(Protocol):
    """Whoever judges."""

    def run(
        self, job: Job, strips: Sequence[Window], done: Done
    ) -> Generator[list[Judged]]:
        """Yield what strips give; `done` is told how many are, in this thread.

        Strips that go on below one another follow each other: what one has read for
        the next is not read again.
        """
        ...


class Threads:
    """Threads of this process.

    Raises
    ------
    InputRefusedError
        `count` is less than 1.
    """

    def __init__(self, count: int) -> None:
        if count < 1:
            raise InputRefusedError(
                source="threads",
                expected="1 or more",
                got=str(count),
                todo="correct it",
            )
        self._count = count

    def run(
        self, job: Job, strips: Sequence[Window], done: Done
    ) -> Generator[list[Judged]]:
        """See `Workers.run`; ends when the strips in hand are done.

        A strip waits for the rows that the one before it has read, never for more:
        that one was begun earlier.
        """
        stopped = threading.Event()
        ready: deque[int] = deque()
        rooms: deque[Room] = deque()
        tails: list[Future[Tail]] = [Future() for _ in strips]

        def work(number: int) -> list[Judged]:
            if stopped.is_set():
                tails[number].cancel()
                return []
            last = (strips[number - 1], tails[number - 1].result) if number else None
            room = rooms.pop() if rooms else room_for(job)
            try:
                stored, tail = read_strip(job, strips[number], room, last)
                tails[number].set_result(tail)
            except BaseException as error:
                tails[number].set_exception(error)
                raise
            if number:
                tails[number - 1] = Future()  # nobody asks again: let its rows go
            found = judge(job, strips[number], stored)
            rooms.append(room)
            ready.append(1)
            return [found]

        pool = ThreadPoolExecutor(self._count)
        try:
            waiting = {pool.submit(work, number) for number in range(len(strips))}
            while waiting:
                finished, waiting = wait(
                    waiting, timeout=_TICK_S, return_when="FIRST_COMPLETED"
                )
                done(len(ready))
                for one in finished:
                    yield one.result()
        finally:
            stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)


class Dask:
    """The workers of a `dask.distributed` cluster.

    Every worker must have this version of the package and its libraries, and see the
    images under the same paths.

    Raises
    ------
    ExtraMissingError
        Dask is not installed.
    """

    def __init__(self, scheduler: str) -> None:
        try:
            import distributed  # noqa: PLC0415  an extra
        except ModuleNotFoundError as error:
            raise ExtraMissingError(
                extra="dask", needed_for="work on a cluster"
            ) from error
        self._client: Any = distributed.Client
        self._scheduler = scheduler

    def run(
        self, job: Job, strips: Sequence[Window], done: Done
    ) -> Generator[list[Judged]]:
        """See `Workers.run`."""
        count = 0
        with self._client(self._scheduler, set_as_default=False) as client:
            there = client.scatter(job, broadcast=True, hash=False)
            waiting: deque[Any] = deque()
            most = _AHEAD * max(1, sum(client.nthreads().values()))
            try:
                for one in _cut(strips, _SEGMENT):
                    waiting.append(client.submit(segment, there, one, pure=False))
                    if len(waiting) < most:
                        continue
                    found = waiting.popleft().result()
                    count += len(found)
                    done(count)
                    yield found
                while waiting:
                    found = waiting.popleft().result()
                    count += len(found)
                    done(count)
                    yield found
            finally:
                client.cancel([*waiting, there])


def segment(job: Job, strips: Sequence[Window]) -> list[Judged]:
    """Return what strips give, one after another; what a worker is told to do."""
    return list(judged(job, strips))


def workers_of(engine: str, threads: int, scheduler: str | None) -> Workers:
    """Return who judges.

    Raises
    ------
    InputRefusedError
        There is no such engine, or no address of a scheduler, or one too many.
    ExtraMissingError
        Dask is not installed.
    """
    if engine == "threads" and scheduler is None:
        return Threads(threads)
    if engine == "dask" and scheduler is not None:
        return Dask(scheduler)
    raise InputRefusedError(
        source="engine and scheduler",
        expected="'threads' alone, or 'dask' with the address of a scheduler",
        got=f"{engine!r} and {scheduler!r}",
        todo="start a cluster and give its address (tcp://HOST:PORT), or leave both "
        "out",
    )


def _cut(strips: Sequence[Window], size: int) -> list[Sequence[Window]]:
    return [strips[low : low + size] for low in range(0, len(strips), size)]
