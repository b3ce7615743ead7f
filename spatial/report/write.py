"""Write a review to a folder: every file whole or not at all, the same bytes twice."""

from __future__ import annotations

import hashlib
import json
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from layers.errors import ToolkitError, UnknownKindError
from spatial.report.comparison_tables import comparison_result
from spatial.report.excel import write_excel
from spatial.report.geopackage import write_geopackage
from spatial.report.html import report_html
from spatial.report.override_tables import overrides_result
from spatial.report.printed import FORMATS as PRINTED
from spatial.report.printed import figures_of, printer, writers_of
from spatial.report.result import json_text, write_result
from spatial.report.turn import in_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from spatial.report.content import ReviewContent
    from spatial.text import Lang

MANIFEST_SCHEMA = "ecoredline/manifest/1"
OUTPUTS = ("result.json", "findings.gpkg", "findings.xlsx", "report.html")
FORMATS: Mapping[str, str] = {"xlsx": OUTPUTS[2], "html": OUTPUTS[3], **PRINTED}
"""What can be asked for, in the order of writing: format to name of the file."""
DEFAULT_FORMATS = ("xlsx", "html")
COMPARISON = "comparison.json"
MANIFEST = "manifest.json"
_UNFINISHED = ".ecoredline-unfinished"


class OutputRefusedError(ToolkitError, OSError):
    """A result cannot be written where it was asked for."""

    def __init__(self, *, path: Path, got: str, todo: str) -> None:
        self.path = str(path)
        self.got = got
        self.todo = todo
        super().__init__(
            f"{self.path}: expected a place to write to, got {got}; {todo}"
        )

    def __str__(self) -> str:
        """Return the message; `OSError` would print its argument tuple."""
        return str(self.args[0])


def formats_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return the formats whose files are among some names, in the order of writing."""
    there = set(names)
    return tuple(one for one, name in FORMATS.items() if name in there)


def known_formats(formats: Collection[str]) -> Collection[str]:
    """Return some formats as they are; refuse one that nobody writes.

    Raises
    ------
    UnknownKindError
        There is no such format.
    """
    for one in formats:
        if one not in FORMATS:
            raise UnknownKindError(what="format", name=one, known=list(FORMATS))
    return formats


def write_review(
    content: ReviewContent,
    folder: Path,
    *,
    lang: Lang = "zh",
    call: Mapping[str, Any] | None = None,
    formats: Collection[str] = DEFAULT_FORMATS,
    fonts: Path | None = None,
    maps: bool = False,
) -> tuple[Path, ...]:
    """Write result.json, findings.gpkg, what is asked for, and manifest.json.

    Parameters
    ----------
    content
        The review.
    folder
        Where to; made if absent. Files of the same names are replaced, others
        are left alone. One writer a folder.
    lang
        Language of sentences and headings.
    call
        What the review was called with, for the manifest (see `spatial.rerun`); None
        where nobody says.
    formats
        Some of `FORMATS`: ``xlsx`` (findings.xlsx), ``html``, ``docx``, ``pdf``
        (report.html and so on).
    fonts
        Folder with the typefaces of PDF and maps; None: those of the machine.
    maps
        Whether Word and PDF hold maps: of all sites, and of each site that they give
        the details of (see `spatial.report.static_map.review_figures`).

    Returns
    -------
    tuple of Path
        The files in the order above; comparison.json before the manifest where the
        review is compared with another. One that an earlier run left is removed.

    Raises
    ------
    OutputRefusedError
        The folder is a file, is not writable, or a result is open elsewhere.
    UnknownKindError
        There is no such format.
    ExtraMissingError, FontMissingError
        Word or PDF was asked for and the extra ``report``, or for PDF and maps a
        Chinese typeface, is not there. Nothing is written then.

    Notes
    -----
    All files are written in a hidden folder inside `folder`, brought to the disk and
    moved into place, the manifest last. A run that is killed leaves old files whole
    (the manifest tells which run they are of); the next run clears its remains.
    """
    formats = known_formats(formats)
    writers: dict[str, Callable[[Path], object]] = {
        OUTPUTS[0]: partial(write_result, content, lang=lang),
        OUTPUTS[1]: partial(write_geopackage, content, lang=lang),
    }
    extra: dict[str, Any] = {"lang": lang, "fonts": fonts}
    if maps:
        extra["figures"] = figures_of(content, lang=lang, fonts=fonts)
    reports: dict[str, Callable[[Path], object]] = {
        "xlsx": partial(write_excel, content, lang=lang),
        "html": lambda path: write_text(path, report_html(content, lang)),
        **{one: partial(printer, content, one, **extra) for one in PRINTED},
    }
    for one, name in FORMATS.items():
        if one in formats:
            writers[name] = reports[one]
    if content.comparison is not None:
        compared = json_text(comparison_result(content.comparison))
        writers[COMPARISON] = lambda path: write_text(path, compared)
    made_by = writers_of(formats, fonts, maps=maps)
    told = partial(_manifest, content, lang, call=call, writers=made_by)
    return write_files(folder, writers, manifest=told)


def write_files(
    folder: Path,
    writers: Mapping[str, Callable[[Path], object]],
    *,
    manifest: Callable[[Mapping[str, str]], dict[str, Any]],
) -> tuple[Path, ...]:
    """Write some files and a manifest to a folder, all whole or none.

    Parameters
    ----------
    folder
        As for `write_review`.
    writers
        By name of the file, which may stand in a folder (``pictures/a.png``): what
        writes it to a path.
    manifest
        Returns what manifest.json holds, given the SHA-256 of each file by name.

    Returns
    -------
    tuple of Path
        The files in the order of `writers`, then the manifest. What an earlier run's
        manifest names and this run does not write is removed.

    Raises
    ------
    OutputRefusedError
        As for `write_review`.
    """
    try:
        with in_turn(folder / _UNFINISHED) as alone:
            if alone:
                return _write_all(folder, writers, manifest)
    except OSError as error:
        raise OutputRefusedError(
            path=folder,
            got=f"{type(error).__name__}: {error.strerror or error}",
            todo="close the file if another program has it open, or choose a folder"
            " that you may write to",
        ) from error
    raise OutputRefusedError(
        path=folder,
        got="a folder to which another run is writing",
        todo="wait for it to end, or choose another folder",
    )


def _write_all(
    folder: Path,
    writers: Mapping[str, Callable[[Path], object]],
    manifest: Callable[[Mapping[str, str]], dict[str, Any]],
) -> tuple[Path, ...]:
    draft = folder / _UNFINISHED
    for name, write in writers.items():
        (draft / name).parent.mkdir(exist_ok=True)
        write(draft / name)
    hashes = {
        name: hashlib.sha256((draft / name).read_bytes()).hexdigest()
        for name in writers
    }
    write_text(draft / MANIFEST, json_text(manifest(hashes)))
    names = (*writers, MANIFEST)
    for name in names:
        _to_disk(draft / name)
    stale = _told_before(folder) - set(names)
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (draft / name).replace(folder / name)
    for name in stale:
        (folder / name).unlink(missing_ok=True)
    return tuple(folder / name for name in names)


def _told_before(folder: Path) -> set[str]:
    """Return the files of an earlier run that its manifest names.

    Names that lead out of the folder are none of ours.
    """
    try:
        told = json.loads((folder / MANIFEST).read_bytes())["outputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    names = told if isinstance(told, dict) else {}
    return {
        name
        for name in names
        if (folder / name).resolve().is_relative_to(folder.resolve())
        and ".." not in name
    }


def _manifest(
    content: ReviewContent,
    lang: Lang,
    outputs: Mapping[str, str],
    *,
    call: Mapping[str, Any] | None,
    writers: Mapping[str, str],
) -> dict[str, Any]:
    """Return what went in and what came out; no clock, no path of this machine."""
    compared = content.comparison
    told = {
        "schema": MANIFEST_SCHEMA,
        "run_id": content.run_id,
        "title": content.title,
        "about": content.about,
        "region": content.region,
        "on": content.on.isoformat(),
        "lang": lang,
        "call": call,
        "inputs": dict(sorted(content.inputs.items())),
        "settings": {
            one.name: list(one.value) if isinstance(one.value, tuple) else one.value
            for one in content.settings
        },
        "overrides": overrides_result(content),
        "compared": {
            "on": compared.after.on.isoformat(),
            "run_id": compared.after.run_id,
            "inputs": dict(sorted(compared.after.inputs.items())),
        }
        if compared
        else None,
        "versions": dict(sorted(content.versions.items())),
        "outputs": dict(outputs),
    }
    return told | ({"writers": dict(writers)} if writers else {})


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with line feeds, on Windows too."""
    path.write_bytes(text.encode("utf-8"))


def _to_disk(path: Path) -> None:
    """Bring a file's bytes to the disk, so that what is moved into place is whole."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
