"""More reports of a monitoring run that is there: the whole on paper, or single sheets.

The run is made again from its manifest, and nothing is written unless its result comes
out with the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from layers.errors import InputRefusedError
from layers.names import safe_names
from spatial.monitor.paper import clue_document
from spatial.monitor.write import drawn_clues, result_text, run_content
from spatial.report.one_file import written
from spatial.report.pdf import write_pdf
from spatial.report.printed import FORMATS as PRINTED
from spatial.report.printed import missing, writers_of
from spatial.report.word import write_word
from spatial.report.write import FORMATS, OUTPUTS, formats_of
from spatial.rerun.monitor_call import (
    MonitorCall,
    carry_out_monitor,
    monitor_call_of,
    monitor_told,
    wrote,
)
from spatial.rerun.replaying import changed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from spatial.monitor.run import Monitoring
    from spatial.report.blocks import Document
    from spatial.rerun.call import Given

    Step = Callable[[str, Mapping[str, str | float]], None]

SHEET = "sheet"
"""Name of the file of a single sheet, without its ending."""


def report_monitoring(
    folder: Path,
    manifest: Mapping[str, Any],
    *,
    formats: Collection[str],
    clues: Sequence[str],
    outcomes: Collection[str],
    each: bool,
    maps: bool | None,
    sheets: int | None,
    template: Path | None,
    out: Path,
    given: Given,
    step: Step,
) -> tuple[Path, ...]:
    """Write more reports of a monitoring run; see `spatial.rerun.reporting.report`.

    Without clues, outcomes and ``each`` the formats of the whole run are written beside
    its files; with them the sheet of each of these clues, as ``sheet.docx`` and
    ``sheet.pdf`` in a folder of its own.

    Raises
    ------
    InputRefusedError
        An input changed, the result does not come out again, or sheets were asked for
        in a format that is not printed.
    UnknownKindError
        There is no such clue.
    """
    if template is not None:
        raise InputRefusedError(
            source=folder,
            expected="the run of a review for a template",
            got="that of a monitoring run",
            todo="leave out --template; --format docx writes its sheets",
        )
    call = monitor_call_of(manifest, folder, given)
    call = replace(
        call,
        fonts=given.fonts or call.fonts,
        sheets=call.sheets if sheets is None else sheets,
    )
    single = bool(clues or outcomes or each)
    if single and not set(PRINTED) & set(formats):
        raise InputRefusedError(
            source=folder,
            expected="docx or pdf for the sheets of clues",
            got=", ".join(formats),
            todo="name one of them with --format",
        )
    found = _again(call, manifest, folder, step)
    step("cli.writing", {})
    had = formats_of(manifest["outputs"])
    if not single:
        if maps is None:
            maps = call.maps or not set(PRINTED) & set(had)
            maps = maps and missing("maps", call.fonts) is None
        call = replace(call, maps=maps)
        wanted = [one for one in FORMATS if one in {*had, *formats}]
        told = manifest.get("call") and monitor_told(call, folder)
        return wrote(found, folder, call, formats=wanted, told=told)
    return _sheets(found, clues, outcomes, each=each, formats=formats, out=out,
                   call=call, step=step)  # fmt: skip


def _again(
    call: MonitorCall, manifest: Mapping[str, Any], folder: Path, step: Step
) -> Monitoring:
    """Return the run; refuse it where it says anything else today."""
    found = carry_out_monitor(call, step=step)
    other = [one.name for one in changed(manifest["inputs"], found.inputs)]
    if other:
        raise InputRefusedError(
            source=folder,
            expected="the inputs that the run was made of",
            got=f"others ({', '.join(other)})",
            todo="make the run again with redline monitor",
        )
    text = result_text(found, most_pictures=call.pictures)
    if hashlib.sha256(text.encode()).hexdigest() != manifest["outputs"].get(OUTPUTS[0]):
        raise InputRefusedError(
            source=folder,
            expected="the result that the manifest tells of",
            got="another one under the libraries of today",
            todo="redline replay names the difference; make the run again",
        )
    return found


def _sheets(
    found: Monitoring,
    clues: Sequence[str],
    outcomes: Collection[str],
    *,
    each: bool,
    formats: Collection[str],
    out: Path,
    call: MonitorCall,
    step: Step,
) -> tuple[Path, ...]:
    """Write the sheet of each clue that is asked for."""
    printed = [one for one in PRINTED if one in formats]
    writers_of(printed, call.fonts)  # refuses before anything is written
    content = run_content(found)
    chosen = [
        one.site_id
        for one in content.sites
        if one.outcome in outcomes or (each and not outcomes)
    ]
    wanted = dict.fromkeys((*clues, *chosen))
    names = safe_names(wanted)
    pictures = drawn_clues(found, lambda _done, _count: None, only=set(wanted))
    files: list[Path] = []
    documents = {
        name: clue_document(found, content, clue, found.lang, pictures=pictures)
        for name, clue in names.items()
    }
    for count, (name, document) in enumerate(documents.items(), start=1):
        (out / name).mkdir(parents=True, exist_ok=True)
        for form in printed:
            path = out / name / f"{SHEET}.{form}"
            written(path, partial(_print, document, form=form, fonts=call.fonts))
            files.append(path)
        facts: dict[str, str | float] = {
            "done": count,
            "count": len(documents),
            "site": names[name],
        }
        step("cli.site_written", facts)
    return tuple(files)


def _print(document: Document, path: Path, *, form: str, fonts: Path | None) -> None:
    """Write a document in a format."""
    if form == "docx":
        write_word(document, path)
    else:
        write_pdf(document, path, fonts=fonts)
