"""One file: whole or not at all, in the place of the old one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from spatial.report.write import OutputRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")


def written(path: Path, write: Callable[[Path], T]) -> T:
    """Let `write` make a file beside `path`, then put it in the place of `path`.

    Parameters
    ----------
    path
        The file; an existing one stays as it is until the new one is whole.
    write
        Told where to write, a name with the same suffix.

    Returns
    -------
    object
        What `write` returns.

    Raises
    ------
    OutputRefusedError
        There is no such folder, or the file cannot be written or replaced.
    """
    # one name: what a run that was killed left is taken away by the next
    part = path.with_name(f".{path.stem}.ecoredline-unfinished{path.suffix}")
    if not path.parent.is_dir():
        raise OutputRefusedError(
            path=path, got="no such folder", todo="choose a folder that exists"
        )
    try:
        part.unlink(missing_ok=True)
        done = write(part)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        raise OutputRefusedError(
            path=path,
            got=f"{type(error).__name__}: {error.strerror or error}",
            todo="close the file if another program has it open, or choose a folder"
            " that you may write to",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return done
