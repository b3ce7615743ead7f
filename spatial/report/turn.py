"""One run at a time writes to a folder.

Two that write the same folder would clear each other's drafts, and leave the manifest
of one beside the files of the other. The lock is the system's own: it goes with the
process that holds it, however that ends.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = ".lock"


@contextmanager
def in_turn(draft: Path) -> Iterator[bool]:
    """Hold a folder for drafts for as long as the block runs; then it is gone.

    Parameters
    ----------
    draft
        Made if it is not there; what a killed run has left in it is removed.

    Yields
    ------
    bool
        False where another run holds it: then nothing may be written. Nobody waits,
        the result of the other would be overwritten.

    Raises
    ------
    OSError
        The folder cannot be written to.
    """
    draft.mkdir(parents=True, exist_ok=True)
    lock = draft / LOCK
    alone = False
    try:
        with lock.open("ab") as stream:
            alone = _locked(stream) and _is_there(stream, lock)
            try:
                if alone:
                    _clear(draft)
                yield alone
            finally:
                # Before the lock goes: who opened it meanwhile must not count on it.
                if alone:
                    shutil.rmtree(draft, ignore_errors=True)
    finally:
        if alone and os.name == "nt":  # an open file cannot be removed there
            shutil.rmtree(draft, ignore_errors=True)


def _clear(draft: Path) -> None:
    """Remove all but the lock."""
    for one in draft.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        elif one.name != LOCK:
            one.unlink()


def _is_there(stream: IO[bytes], path: Path) -> bool:
    """Whether the locked file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _locked(stream: IO[bytes]) -> bool:
    """Lock a file for this process, or say that another has."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  there alone

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415  not there

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
