"""Grids kept in a folder between runs.

A file is named after what it was made of: the SHA-256 of the *rings* that were hung on
the grid. Not that of the layer's file: a layer is asked in parts (what is in force,
of one kind, mended), and a grid of other parts would answer, wrongly and in silence.

What is in a file is not believed
---------------------------------
A grid is taken only if all of this holds; otherwise it is made anew, the file is
replaced, and `Kept.why` and the log say so:

1. the folder and the file belong to this user, and no other may write to them (POSIX);
2. length, mark and version are right, and the rings are the ones in hand;
3. a checksum of each array is right: no bit has turned;
4. every number is in range: the compiled code, which does not look, cannot be led
   outside an array by it.

The file is read into private memory and not mapped: what was checked cannot change
afterwards, and a file that is cut while it is in use cannot end the process (a mapped
one does, by SIGBUS).

Several processes at once
-------------------------
Each writes under a name of its own and then takes the common name at once. Who reads
sees a whole file or none; the last one wins, with the same bytes.

Layout: 8 bytes mark, 8 bytes length of the head, the head (JSON), the arrays, little
endian, in the order of `_ARRAYS`.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from spatial.index.checksum import checksum
from spatial.index.grid import Grid, layout

if TYPE_CHECKING:
    from pathlib import Path

    from spatial.index.rings import Rings

VERSION = 1
"""Of the grid and of the file: raise it when either is made otherwise."""

_MARK = b"ECOGRID\n"
_MOST_HEAD = 4096  # bytes
_ARRAYS = ("run_start", "runs", "cover_start", "covers")
_WIDTH = {"run_start": 0, "runs": 3, "cover_start": 0, "covers": 2}  # 0: one column

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A grid, and where it came from.

    Attributes
    ----------
    grid
        The grid: the same numbers, however it came.
    how
        ``read``: from the folder; ``made``: there was no file; ``made anew``: there
        was one that could not be relied on.
    why
        What was wrong with the file, or why none could be written; "" if nothing.
    """

    grid: Grid
    how: Literal["read", "made", "made anew"]
    why: str = ""


class _Unfit(Exception):  # noqa: N818  not an error: the grid is made anew
    """A file that cannot be relied on."""


def kept_grid(rings: Rings, folder: Path) -> Kept:
    """Return the grid over rings, from a folder if it is there, else made and kept.

    Parameters
    ----------
    rings
        The zones.
    folder
        Made if it is not there; it may be deleted at any time.

    Returns
    -------
    Kept
        A folder that cannot be written to is no error: `Kept.why` says so.
    """
    made_of = fingerprint(rings)
    path = folder / f"{made_of}.grid"
    how: Literal["made", "made anew"] = "made"
    why = ""
    try:
        return Kept(_read(path, made_of, rings), "read")
    except FileNotFoundError:
        pass
    except (_Unfit, OSError) as error:
        how, why = "made anew", f"{path}: {error}"
        _log.warning("grid not taken from the folder, made anew: %s", why)
    grid = Grid.over(rings)
    try:
        _write(path, made_of, grid)
    except (_Unfit, OSError) as error:
        why = why or f"{path}: not kept: {error}"
        _log.warning("grid not kept: %s: %s", path, error)
    return Kept(grid, how, why)


def fingerprint(rings: Rings) -> str:
    """Return the SHA-256 of what a grid is made of, and of the version that makes it.

    To the bit: two drawings of one area have two.
    """
    total = hashlib.sha256(f"grid {VERSION}, {rings.count} zones".encode())
    for one in (rings.xy, rings.ring, rings.owner, rings.side):
        total.update(f"{one.dtype.str}{one.shape}".encode())
        total.update(_bytes(one))
    return total.hexdigest()


# -- writing -------------------------------------------------------------------


def _write(path: Path, made_of: str, grid: Grid) -> None:
    """Write a grid under a name of its own, then let it take the common one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _need_own(path.parent.stat(), "the folder")
    arrays = {name: _little(getattr(grid, name)) for name in _ARRAYS}
    head = json.dumps(
        {
            "version": VERSION,
            "made_of": made_of,
            "arrays": {
                name: [list(one.shape), checksum(one)] for name, one in arrays.items()
            },
        }
    ).encode()
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
            file.write(_MARK + len(head).to_bytes(8, "little") + head)
            for one in arrays.values():
                file.write(_bytes(one))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _little(array: np.ndarray) -> np.ndarray:
    """Return an array as it lies in a file."""
    return np.ascontiguousarray(array, dtype="<i8")


def _bytes(array: np.ndarray) -> memoryview:
    """Return the bytes of an array."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


# -- reading -------------------------------------------------------------------


def _read(path: Path, made_of: str, rings: Rings) -> Grid:
    """Return the grid of a file.

    Raises
    ------
    FileNotFoundError
        There is no file.
    _Unfit
        It cannot be relied on.
    """
    with path.open("rb") as file:
        _need_own(path.parent.stat(), "the folder")
        info = os.fstat(file.fileno())
        _need_own(info, "the file")
        head, start = _head(file.read(len(_MARK) + 8 + _MOST_HEAD), made_of)
        shapes = {name: _shape(name, head["arrays"]) for name in _ARRAYS}
        need = start + 8 * sum(int(np.prod(one)) for one in shapes.values())
        if info.st_size != need:
            msg = f"expected {need} bytes, got {info.st_size}"
            raise _Unfit(msg)
        file.seek(start)
        arrays = {}
        for name, shape in shapes.items():
            flat = np.fromfile(file, dtype="<i8", count=int(np.prod(shape)))
            if len(flat) != np.prod(shape) or checksum(flat) != head["arrays"][name][1]:
                msg = f"the checksum of {name} is not that of the head"
                raise _Unfit(msg)
            arrays[name] = flat.astype(np.int64, copy=False).reshape(shape)
    frame = layout(rings)
    _need_in_range(arrays, rings, frame[4] * frame[5])
    return Grid(rings, *frame, *(arrays[name] for name in _ARRAYS))


def _need_own(info: os.stat_result, what: str) -> None:
    """Refuse what somebody else could have written."""
    if not hasattr(os, "getuid"):
        return
    if info.st_uid != os.getuid():
        msg = f"{what} belongs to another user"
        raise _Unfit(msg)
    if info.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        msg = f"{what} may be written to by others (chmod go-w mends that)"
        raise _Unfit(msg)


def _head(data: bytes, made_of: str) -> tuple[dict[str, Any], int]:
    """Return the head of a file and where the arrays begin."""
    begin = len(_MARK) + 8
    if data[: len(_MARK)] != _MARK:
        msg = "it does not begin like a grid"
        raise _Unfit(msg)
    size = int.from_bytes(data[len(_MARK) : begin], "little")
    if size > len(data) - begin:
        msg = "its head is cut off or too long"
        raise _Unfit(msg)
    try:
        head = json.loads(data[begin : begin + size])
        version, made, arrays = head["version"], head["made_of"], head["arrays"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        msg = f"its head cannot be read ({error!r})"
        raise _Unfit(msg) from error
    if version != VERSION:
        msg = f"expected version {VERSION}, got {version!r}"
        raise _Unfit(msg)
    if made != made_of or not isinstance(arrays, dict) or set(arrays) != set(_ARRAYS):
        msg = "it is the grid of other zones"
        raise _Unfit(msg)
    return head, begin + size


def _shape(name: str, said: dict[str, Any]) -> tuple[int, ...]:
    """Return the shape that the head says an array has."""
    try:
        shape, _ = said[name]
        rows, *wide = shape
    except (ValueError, TypeError) as error:
        msg = f"its head says nothing of {name}"
        raise _Unfit(msg) from error
    fits = isinstance(rows, int) and rows >= 0
    if not fits or wide != ([_WIDTH[name]] if _WIDTH[name] else []):
        msg = f"{name} cannot have the shape {shape!r}"
        raise _Unfit(msg)
    return (rows, *wide)


def _need_in_range(arrays: dict[str, np.ndarray], rings: Rings, cells: int) -> None:
    """Refuse numbers that would lead the compiled code astray."""
    runs, covers = arrays["runs"], arrays["covers"]
    for name, rows in (("run_start", runs), ("cover_start", covers)):
        start = arrays[name]
        sound = len(start) == cells + 1 and start[0] == 0 and start[-1] == len(rows)
        if not sound or (start[1:] < start[:-1]).any():
            msg = f"{name} does not fit {cells} cells and {len(rows)} rows"
            raise _Unfit(msg)
    ring, first, last = runs.T
    sound = ((ring >= 0) & (ring < len(rings.owner))).all()
    if sound:
        inside = (first >= rings.ring[ring]) & (last < rings.ring[ring + 1] - 1)
        sound = (inside & (first <= last)).all()
    zone = covers[:, 0]
    if not sound or not ((zone >= 0) & (zone < rings.count)).all():
        msg = "runs or covers name edges or zones that are not there"
        raise _Unfit(msg)
