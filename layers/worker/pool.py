"""A few children that live as long as they behave.

To start a child costs as much as to read a hundred small files (its libraries), so one
serves many files, one at a time. It is kept only after an answer that it meant to give,
a table or an error of ours; after anything else (death, time, memory, an error nobody
foresaw) it is ended and the next file gets a fresh one.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from layers.worker.lifeline import FOLDER, pipe
from layers.worker.limits import LIMITS, Limits, environment

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG = logging.getLogger(__name__)
MAX_CHILDREN = max(1, min(4, os.cpu_count() or 1))
MAX_QUESTIONS = 500
"""After so many a child is replaced: what libraries keep does not add up for ever."""
GRACE_S = 5.0
ANSWER = "answer.json"


Why = Literal["memory", "cpu", "wall", "died", "error"]


class BrokenChildError(Exception):
    """A child did not answer as it should; `why` says what it came to.

    Attributes
    ----------
    why
        Which limit, or what it did.
    words
        Details for people.
    """

    def __init__(self, why: Why, words: str) -> None:
        self.why: Why = why
        self.words = words
        super().__init__(f"{why}: {words}")


class Child:
    """One process that reads files, with a folder of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=FOLDER)).resolve()
        self.asked = 0
        theirs, self._ours = pipe() or (-1, -1)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - no word of it is a file's
                [
                    *(sys.executable, "-m", "layers.worker"),
                    *(str(theirs), str(self.folder)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self.folder,
                env=environment(self.folder),
                # Ctrl-C is for the parent: it ends its children itself.
                **_own_group(theirs),
            )
        except BaseException as error:
            self.let_go()
            shutil.rmtree(self.folder, ignore_errors=True)
            if not isinstance(error, OSError):
                raise
            raise BrokenChildError(why="died", words=f"no start: {error}") from error
        finally:
            if theirs >= 0:
                os.close(theirs)

    @property
    def is_fresh(self) -> bool:
        """Whether it lives and has not served too long."""
        return self._process.poll() is None and self.asked < MAX_QUESTIONS

    def ask(self, question: Mapping[str, Any], limits: Limits) -> None:
        """Put one question and wait for ``done``.

        Raises
        ------
        BrokenChildError
            Anything else came, or nothing.
        """
        self.asked += 1
        question = {**question, "limits": asdict(limits)}
        late = threading.Event()
        clock = threading.Timer(limits.wall_s, self._end_late, args=[late])
        clock.daemon = True
        clock.start()
        try:
            word = self._exchange(json.dumps(question).encode("ascii") + b"\n")
        finally:
            clock.cancel()
        if late.is_set():
            raise BrokenChildError(why="wall", words="")
        if word == b"done\n":
            return
        if word == b"broken\n":
            answer = Path(question["out"]) / ANSWER
            told = json.loads(answer.read_text(encoding="ascii"))
            LOG.debug("the reader stopped: %s", told["trace"])
            said = told["broken"]
            raise BrokenChildError("memory" if said == "memory" else "error", said)
        raise self._death()

    def _exchange(self, line: bytes) -> bytes:
        """Send a line and return the line that comes back, empty at the end."""
        sink, source = self._process.stdin, self._process.stdout
        if sink is None or source is None:
            return b""
        try:
            sink.write(line)
            sink.flush()
            answer: bytes = source.readline()
        except OSError:  # the pipe is broken: it died
            return b""
        return answer

    def _end_late(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _death(self) -> BrokenChildError:
        """Return what a child died of."""
        try:
            code = self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            return BrokenChildError("died", "no exit code")
        if code >= 0:
            return BrokenChildError("died", f"exit code {code}")
        if code == -getattr(signal, "SIGXCPU", 0):
            return BrokenChildError("cpu", "")
        with contextlib.suppress(ValueError):
            return BrokenChildError("died", signal.Signals(-code).name)
        return BrokenChildError("died", f"signal {-code}")

    def end(self) -> None:
        """End it, whatever it does, and remove its folder."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(GRACE_S)
        for one in (self._process.stdin, self._process.stdout):
            if one is not None:
                with contextlib.suppress(OSError):
                    one.close()
        self.let_go()
        shutil.rmtree(self.folder, ignore_errors=True)

    def let_go(self) -> None:
        """Close this end of the lifeline: a child that reads for nobody ends."""
        end, self._ours = self._ours, -1
        if end >= 0:
            os.close(end)


def _own_group(lifeline: int) -> dict[str, Any]:
    """Return the arguments that keep a child out of the terminal's group."""
    windows: int | None = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", None)
    if windows is not None:
        return {"creationflags": windows}
    return {"start_new_session": True, "pass_fds": (lifeline,)}


class Pool:
    """Children that wait for work; never more at once than there are processors."""

    def __init__(self) -> None:
        self._idle: list[Child] = []
        self._lock = threading.Lock()
        self._seats = threading.BoundedSemaphore(MAX_CHILDREN)

    def ask(
        self, question: Mapping[str, Any], limits: Limits, *, warm: bool = False
    ) -> None:
        """Let a child answer; see `Child.ask`.

        Parameters
        ----------
        question, limits
            As for `Child.ask`.
        warm
            Whether a new child may load its libraries first, outside these limits.
        """
        with self._seats:
            child = self._take()
            try:
                if warm and not child.asked:
                    child.ask({"do": "ready", "out": question["out"]}, LIMITS)
                child.ask(question, limits)
            except BaseException:
                child.end()
                raise
            with self._lock:
                self._idle.append(child)

    def prepare(self) -> None:
        """Start a child, if none waits: it loads its libraries while a file is copied.

        Whoever creates a child has a seat, here too: there are never more children
        than seats. A child that does not start says so when it is asked.
        """
        if self._idle or not self._seats.acquire(blocking=False):
            return
        try:
            child = Child()
        except BrokenChildError as error:
            LOG.debug("no reader yet: %s", error)
        else:
            with self._lock:
                self._idle.append(child)
        finally:
            self._seats.release()

    def _take(self) -> Child:
        """Return a child that waits, or a new one."""
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None:
                return Child()
            if child.is_fresh:
                return child
            child.end()

    def close(self) -> None:
        """End the children that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def forget(self) -> None:
        """Leave the children to whom they belong: this process is a fork."""
        for child in self._idle:
            child.let_go()
        self.__init__()  # type: ignore[misc]


POOL = Pool()


def close() -> None:
    """End the children that wait for work; the next file starts a new one."""
    POOL.close()


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL.forget)
