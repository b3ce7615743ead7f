"""One file, copied aside and read by a child."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.errors import InputRefusedError, SourceNotFoundError
from layers.formats import Sniffed, source_files
from layers.formats.cells import Cells
from layers.formats.raster import RasterHeader, no_table
from layers.formats.tiff import is_tiff
from layers.provenance import sha256_of
from layers.worker.codec import load, read
from layers.worker.lifeline import tidy_at_sigterm
from layers.worker.limits import GIB, LIMITS, Limits
from layers.worker.pool import ANSWER, POOL, BrokenChildError
from layers.worker.reply import renamed, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from layers.formats import RawTable
    from layers.formats.pixels import BandRef, Window

PIXELS, MASK = "pixels.bin", "mask.bin"
"""What a child writes a window of a raster to."""
BESIDE = ("-wal",)
"""Ends of names of files that belong to a source beside those it is made of."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A private copy of a source, and the questions that can be put to it.

    Attributes
    ----------
    path
        The source, as the caller names it; messages speak of it alone.
    copy
        Where its bytes lie while it is read.
    sha256
        Of the bytes that were copied, so of those that are read; empty where the
        source is opened in place.
    limits
        What a question may cost.
    """

    path: Path
    copy: Path
    sha256: str
    limits: Limits

    def look(self) -> tuple[Sniffed, tuple[str, ...]]:
        """Return what the file is, and its layers."""
        with self._answered({"do": "look"}) as (answer, _):
            names = read(answer["layers"])
            return Sniffed(answer["format"], answer["why"]), tuple(names)  # type: ignore[arg-type]

    def raw(
        self,
        *,
        layer: str | None = None,
        encoding: str | None = None,
        known: Sequence[str] = (),
    ) -> RawTable:
        """Return a layer as it is; see `layers.formats.open_raw`."""
        question = {
            "do": "open",
            "layer": layer,
            "encoding": encoding,
            "known": list(known),
        }
        with self._answered(question) as (_, folder):
            raw = load(folder)
        found: Any = renamed(raw.found, self.rename)
        return replace(raw, found=found)

    def header(self) -> tuple[Sniffed, RasterHeader]:
        """Return what the file is, and the header of the raster that it is."""
        with self._answered({"do": "header"}) as (answer, _):
            parts: Any = read(answer["header"])
            return Sniffed(answer["format"], answer["why"]), RasterHeader(**parts)

    def band(self) -> RasterHeader:
        """Return the header of a raster, GeoTIFF or JPEG 2000."""
        with self._answered({"do": "band"}) as (answer, _):
            parts: Any = read(answer["header"])
            return RasterHeader(**parts)

    def pixels(
        self,
        refs: Sequence[BandRef],
        window: Window,
        out: NDArray[Any] | None = None,
    ) -> tuple[NDArray[Any], NDArray[np.uint8] | None]:
        """Return a window of some bands; see `layers.formats.pixels.bands_of`."""
        question = {
            "do": "pixels",
            "numbers": [one.number for one in refs],
            "signature": list(refs[0].signature),
            "window": list(window),
        }
        shape = window.height, window.width
        with self._answered(question) as (answer, folder):
            dtype = np.dtype(answer["dtype"])
            values = np.empty((len(refs), *shape), dtype) if out is None else out
            # Read, not mapped: a file that a child cuts short would end this process.
            with (folder / PIXELS).open("rb") as stream:
                for band in values:
                    found = np.fromfile(stream, dtype, window.height * window.width)
                    band[...] = found.reshape(shape)
            if not answer["has_mask"]:
                return values, None
            return values, np.fromfile(folder / MASK, dtype="u1").reshape(shape)

    def cells(
        self,
        *,
        layer: str | None = None,
        encoding: str | None = None,
        known: Sequence[str] = (),
    ) -> Cells:
        """Return the cells of a table; see `layers.formats.cells.read_cells`."""
        question = {
            "do": "cells",
            "layer": layer,
            "encoding": encoding,
            "known": list(known),
        }
        with self._answered(question) as (answer, _):
            parts: Any = {name: read(one) for name, one in answer["cells"].items()}
        return Cells(**{**parts, "found": renamed(parts["found"], self.rename)})

    @contextmanager
    def _answered(
        self, question: Mapping[str, object]
    ) -> Iterator[tuple[dict[str, Any], Path]]:
        """Yield the answer of a child, and the folder with what belongs to it."""
        with tempfile.TemporaryDirectory(prefix="ecoredline-") as made:
            folder = Path(made).resolve()
            asked = {**question, "path": str(self.copy), "out": str(folder)}
            try:
                POOL.ask(asked, self.limits)
            except BrokenChildError as broken:
                raise _refused(self, broken) from broken
            answer = json.loads((folder / ANSWER).read_text(encoding="ascii"))
            if "error" in answer:
                raise unpacked(answer, self.rename)
            yield answer, folder

    def rename(self, text: str) -> str:
        """Return a text that speaks of the source where it spoke of the copy."""
        text = text.replace(str(self.copy), str(self.path))
        return text.replace(str(self.copy.parent), str(self.path.parent))


def open_raw(
    path: Path,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    known: Sequence[str] = (),
    limits: Limits = LIMITS,
) -> RawTable:
    """Read a file as it is, in another process.

    Parameters
    ----------
    path, layer, encoding, known
        As for `layers.formats.open_raw`.
    limits
        What reading may cost.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        As for `layers.formats.open_raw`; `InputRefusedError` also when the reader
        dies or goes beyond a limit.
    """
    with opened(path, limits=limits) as source:
        return source.raw(layer=layer, encoding=encoding, known=known)


@contextmanager
def opened(path: Path, *, limits: Limits = LIMITS) -> Iterator[Opened]:
    """Yield a private copy of a source, to put questions to.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    InputRefusedError
        It is a raster: those may be too large for a copy, see `raster_header`.
    """
    if not (path.is_file() or path.is_dir()):
        raise SourceNotFoundError(path, todo="check the path")
    if is_tiff(path):
        raise no_table(path)
    with (
        tidy_at_sigterm(POOL.close),
        tempfile.TemporaryDirectory(prefix="ecoredline-") as made,
    ):
        POOL.prepare()
        folder = Path(made).resolve() / "in"
        folder.mkdir()
        copy = folder / path.name
        copies = _copied(path, folder)
        yield Opened(path, copy, sha256_of(copies), limits)


def _copied(path: Path, folder: Path) -> list[Path]:
    """Copy the parts of a source; return those that make its hash."""
    if path.is_dir():
        return _copied_folder(path, folder / path.name)
    parts = source_files(path)
    for one in parts:
        shutil.copyfile(one, folder / one.name)
    for end in BESIDE:
        extra = path.with_name(f"{path.name}{end}")
        if extra.is_file():
            shutil.copyfile(extra, folder / extra.name)
    return [folder / one.name for one in parts]


def _copied_folder(path: Path, target: Path) -> list[Path]:
    """Copy the files of a folder that is one source (a File Geodatabase)."""
    target.mkdir()
    if path.suffix.lower() != ".gdb":  # no source: to be refused, not copied
        return []
    files = [one for one in sorted(path.iterdir()) if one.is_file()]
    for one in files:
        shutil.copyfile(one, target / one.name)
    return [target / one.name for one in files]


def _refused(source: Opened, broken: BrokenChildError) -> InputRefusedError:
    """Say what became of the child."""
    limits, words = source.limits, source.rename(broken.words)
    memory = f"{limits.memory_bytes / GIB:g} GiB of memory"
    expected, got = {
        "memory": (f"can be read in {memory}", "needs more"),
        "cpu": (
            f"can be read in {limits.cpu_s} s of processor time",
            "takes longer",
        ),
        "wall": (f"can be read in {limits.wall_s:g} s", "takes longer"),
        "died": ("can be read", f"made the reader die ({words})"),
        "error": ("can be read", f"made the reader stop ({words})"),
    }[broken.why]
    return InputRefusedError(
        source=source.path,
        expected=f"a file that {expected}",
        got=f"one that {got}",
        todo="export it again; only if you trust it, in_process=True reads it without "
        "these limits",
    )
