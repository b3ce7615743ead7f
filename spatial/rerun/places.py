"""Where the files of a run lie, said so that a folder can be moved and shown around.

A place is told from the run's folder. What lies farther up than a few folders, or on
another drive, is told by name alone: its path would be one of this machine.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

from layers.errors import InputRefusedError

MOST_UP = 3
"""So many folders up from the run a path is told; beyond, the name alone."""
_GRID = re.compile(r"(?<=grid=)[^,]+")
_HERE = "*"  # where the path of a grid stood


def place(path: Path, folder: Path) -> dict[str, str | None]:
    """Return where a file or folder lies, seen from a folder.

    Parameters
    ----------
    path, folder
        What is to be told, and from where.

    Returns
    -------
    dict
        ``name``; ``path``: relative, with ``/``, or None where it would lead more than
        `MOST_UP` folders up or to the root of the machine.

    Examples
    --------
    >>> place(Path("/a/b/office"), Path("/a/b/out/run"))
    {'name': 'office', 'path': '../../office'}
    >>> place(Path("/srv/office"), Path("/a/b"))
    {'name': 'office', 'path': None}
    """
    there, here = path.absolute(), folder.absolute()
    there, here = there.resolve(), here.resolve()
    name = path.name or there.name
    shared = os.path.commonpath([there, here]) if there.drive == here.drive else ""
    up = len(here.parts) - len(Path(shared).parts)
    if not shared or Path(shared) == Path(here.anchor) or up > MOST_UP:
        return {"name": name, "path": None}
    relative = os.path.relpath(there, here)
    return {"name": name, "path": PurePosixPath(*Path(relative).parts).as_posix()}


def found(
    told: dict[str, Any] | None, folder: Path, given: Path | None, *, option: str
) -> Path:
    """Return where a file lies: as the caller says, else as the manifest tells.

    Parameters
    ----------
    told
        What `place` returned, or None where the manifest has nothing.
    folder
        The folder of the run.
    given
        The caller's word, or None.
    option
        By which the caller says it, for the message.

    Raises
    ------
    InputRefusedError
        Nobody says where it is.
    """
    if given is not None:
        return given
    if not told or told["path"] is None:
        name = told["name"] if told else "not recorded"
        raise InputRefusedError(
            source=folder,
            expected="a manifest that tells where its inputs lie",
            got=f"the name alone ({name})",
            todo=f"say where it is with {option}",
        )
    return folder / str(told["path"])


def shift_told(text: str | None, folder: Path) -> dict[str, Any] | None:
    """Return how a stated datum shift is told: its file or grid as a place."""
    if text is None:
        return None
    if "=" not in text or Path(text).is_file():
        return {"text": _HERE, "file": place(Path(text), folder)}
    grid = _GRID.search(text)
    if grid is None:
        return {"text": text, "file": None}
    whole = _GRID.sub(_HERE, text)
    return {"text": whole, "file": place(Path(grid.group().strip()), folder)}


def shift_found(
    told: dict[str, Any] | None, folder: Path, given: str | None
) -> str | None:
    """Return a datum shift as the command line takes it."""
    if given is not None or told is None:
        return given
    if told["file"] is None:
        return str(told["text"])
    path = found(told["file"], folder, None, option="--datum-shift")
    return str(told["text"]).replace(_HERE, str(path))
