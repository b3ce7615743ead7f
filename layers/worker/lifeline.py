"""A child does not outlive the one it works for, nor does a copy outlive the reading.

Ctrl-C needs nothing of this: Python raises it in the caller, whose ``with`` blocks end
the child and remove the folders. Two other endings need help, and get it on POSIX:

the caller is killed
    A pipe whose one end the caller holds. The kernel ends a child that reads when that
    end closes, however that came about, also in the middle of a call of GDAL. A child
    that waits for work sees its questions end, and removes its folder as it goes.
SIGTERM
    Left as it is, it ends Python on the spot, and private copies stay on the disk.
    While a file is open it is raised like Ctrl-C instead, and after the tidying it does
    what it was meant to do.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

# Windows has no such module.
fcntl: Any = import_module("fcntl") if find_spec("fcntl") else None


FOLDER = "ecoredline-worker-"
"""What the name of a child's own folder begins with."""


class TerminatedError(BaseException):
    """SIGTERM came while a file was open; it passes ``except Exception``."""


def pipe() -> tuple[int, int] | None:
    """Return the child's end and the caller's end of a lifeline; None on Windows."""
    return None if fcntl is None else os.pipe()


@contextmanager
def held(end: int | None) -> Iterator[None]:
    """Let the kernel end this process, inside, when the lifeline's other end closes.

    SIGIO's own doing is to end the process; no code of this process takes part, so it
    works while a library keeps Python from running.
    """
    if end is None:
        yield
        return
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(end, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(end, fcntl.F_GETFL)
    fcntl.fcntl(end, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
    try:
        if _is_cut(end):
            os._exit(1)
        yield
    finally:
        fcntl.fcntl(end, fcntl.F_SETFL, flags)


def _is_cut(end: int) -> bool:
    """Whether the other end closed before the kernel was asked to watch it."""
    try:
        return not os.read(end, 1)
    except BlockingIOError:
        return False


@contextmanager
def tidy_at_sigterm(last: Callable[[], None]) -> Iterator[None]:
    """Raise SIGTERM as `TerminatedError` inside, and let it end the process after.

    Only where nobody has said otherwise (the signal's own doing is in force) and in
    the main thread, the only one that may say. Otherwise nothing is changed.

    Parameters
    ----------
    last
        What is done before the process ends.
    """
    if not _is_ours():
        yield
        return
    came = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        came.set()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a second one does not wait
        raise TerminatedError

    signal.signal(signal.SIGTERM, tell)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if came.is_set():
            last()
            signal.raise_signal(signal.SIGTERM)


def _is_ours() -> bool:
    """Whether SIGTERM does what it does by itself, and this thread may change that."""
    return (
        os.name == "posix"
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    )
