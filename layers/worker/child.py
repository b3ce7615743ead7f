"""The other side: what runs in the child.

A question is one line of JSON on the standard input, the answer one word on a private
copy of the standard output; everything else goes through the folder that the question
names. Whatever a library prints goes to the standard error, which leads nowhere.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
from dataclasses import asdict, fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from layers.errors import ToolkitError
from layers.formats import layer_names, open_raw, sniff
from layers.formats.cells import read_cells
from layers.formats.expendable import declare_expendable
from layers.formats.pixels import BandRef, Window, bands_of, stored_kind
from layers.formats.raster import header
from layers.systems import need_written_out
from layers.worker import mending
from layers.worker.codec import save, shown
from layers.worker.lifeline import FOLDER, held
from layers.worker.reply import packed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


# Windows has no such module: there the clock of the parent is the only limit.
resource: Any = import_module("resource") if find_spec("resource") else None

ANSWER = "answer.json"
PIXELS, MASK = "pixels.bin", "mask.bin"
MAX_WORDS = 300
FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.sendto",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "pickle.find_class",
)
"""What no reader does; an audit hook ends it (CPython's, not GDAL's, calls)."""

Question = dict[str, Any]


def main(arguments: list[str]) -> None:
    """Answer questions until the input ends; the arguments are those of `call`."""
    life, folder = int(arguments[0]), Path(arguments[1])
    answers = os.fdopen(os.dup(1), "w", encoding="ascii", buffering=1)
    os.dup2(2, 1)
    sys.addaudithook(forbid)
    declare_expendable()
    for line in sys.stdin:
        with held(life if life >= 0 else None):
            serve(json.loads(line), answers)
    if folder == Path.cwd() and folder.name.startswith(FOLDER):
        os.chdir(folder.parent)
        shutil.rmtree(folder, ignore_errors=True)


def forbid(event: str, _: tuple[object, ...]) -> None:
    """Refuse what a reader has no business to do."""
    if event in FORBIDDEN:
        msg = f"{event} in the reader of a file"
        raise PermissionError(msg)


def serve(question: Question, answers: IO[str]) -> None:
    """Answer one question: ``done`` (with a table or an error of ours), ``broken``."""
    out = Path(question["out"])
    try:
        restrict(question["limits"])
        answer = _ACTIONS[question["do"]](question, out)
        word = "done"
    except ToolkitError as error:
        answer, word = packed(error), "done"
    except BaseException as error:  # noqa: BLE001 - some libraries raise outside Exception
        trace = "".join(traceback.format_exception(error))
        answer, word = {"broken": _words(error), "trace": trace}, "broken"
    (out / ANSWER).write_text(json.dumps(answer), encoding="ascii")
    print(word, file=answers, flush=True)


def _words(error: BaseException) -> str:
    """Name an error nobody foresaw."""
    if isinstance(error, MemoryError):
        return "memory"
    return f"{type(error).__name__}: {error}"[:MAX_WORDS]


def restrict(wanted: Mapping[str, int]) -> None:
    """Set what this question may cost, on top of what others have cost already."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    for name, value in (
        (resource.RLIMIT_AS, wanted["memory_bytes"]),
        (resource.RLIMIT_CPU, spent + wanted["cpu_s"]),
        (resource.RLIMIT_FSIZE, wanted["file_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(name)[1]
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (soft, hard))


def _open(question: Question, out: Path) -> dict[str, Any]:
    """Read one layer into the folder."""
    raw = open_raw(
        Path(question["path"]),
        layer=question["layer"],
        encoding=question["encoding"],
        known=question["known"],
    )
    need_written_out(raw.crs, source=question["path"])
    save(raw, out, source=question["path"])
    return {}


def _look(question: Question, _: Path) -> dict[str, Any]:
    """Recognise a file and name its layers."""
    path = Path(question["path"])
    sniffed = sniff(path)
    names = layer_names(path, sniffed)
    return {"format": sniffed.format, "why": sniffed.why, "layers": shown(names)}


def _header(question: Question, _: Path) -> dict[str, Any]:
    """Recognise a raster and read its header."""
    path = Path(question["path"])
    sniffed = sniff(path)
    found = header(path)
    need_written_out(found.crs, source=str(path))
    said = shown(asdict(found))
    return {"format": sniffed.format, "why": sniffed.why, "header": said}


def _band(question: Question, _: Path) -> dict[str, Any]:
    """Read the header of a raster of an image: no name is asked for, bytes are."""
    found = header(Path(question["path"]))
    need_written_out(found.crs, source=question["path"])
    return {"header": shown(asdict(found))}


def _pixels(question: Question, out: Path) -> dict[str, Any]:
    """Read a window of some bands into the folder.

    Written, not mapped: a mapped file costs a page fault for every 4 KiB, four times
    as much, and the death of this process where the disk is full.
    """
    refs = [
        BandRef(Path(question["path"]), one, tuple(question["signature"]))
        for one in question["numbers"]
    ]
    window = Window(*question["window"])
    kind = stored_kind(refs, window)
    values, mask = bands_of(refs, window)
    values.tofile(out / PIXELS)
    if mask is not None:
        mask.tofile(out / MASK)
    return {"dtype": kind.str, "has_mask": mask is not None}


def _cells(question: Question, _: Path) -> dict[str, Any]:
    """Read the cells of a table that lies nowhere."""
    found = read_cells(
        Path(question["path"]),
        layer=question["layer"],
        encoding=question["encoding"],
        known=question["known"],
    )
    return {
        "cells": {one.name: shown(getattr(found, one.name)) for one in fields(found)}
    }


_ACTIONS: Mapping[str, Callable[[Question, Path], dict[str, Any]]] = {
    "open": _open,
    "look": _look,
    "header": _header,
    "band": _band,
    "pixels": _pixels,
    "cells": _cells,
    "mend": mending.answer,
    "ready": lambda _, __: {},
}
