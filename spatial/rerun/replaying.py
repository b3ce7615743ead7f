"""Replay: the same inputs give the same bytes, or the first difference has a name."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from layers.errors import InputRefusedError, SourceNotFoundError
from layers.text import LANGS
from spatial.monitor.write import MONITORING, PICTURES
from spatial.report.assemble import under_versions, versions_of
from spatial.report.printed import writers_of
from spatial.report.write import MANIFEST, MANIFEST_SCHEMA, formats_of, write_review
from spatial.rerun.call import Given, call_of, carry_out
from spatial.rerun.differ import Difference, first_difference
from spatial.rerun.monitor_call import carry_out_monitor, monitor_call_of, wrote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from spatial.policy.judge import Progress
    from spatial.report.content import ReviewContent

_NEEDED = {"run_id": str, "on": str, "lang": str, "inputs": dict, "outputs": dict}
_NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Changed:
    """An input (by SHA-256) or a library (by version) that is not what it was.

    Attributes
    ----------
    name
        As the manifest has it: ``sites``, ``layer:redline``, ``rulebook:national``,
        ``compare:layer:redline``, ``shapely``.
    before, after
        In the manifest, and now; ``—`` where there is none.
    """

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of a replay.

    Attributes
    ----------
    run_id
        Of the stored run.
    inputs
        Inputs that changed, by name. Where there is one nothing is compared: another
        input may give another answer.
    versions
        Libraries that changed, by name. The results are compared under the versions
        of the manifest, which are printed in them.
    altered
        Stored files that are not what their own manifest says.
    files
        Names of the files that were compared, in order.
    difference
        The first one; None where there is none, or nothing was compared.
    """

    run_id: str
    inputs: tuple[Changed, ...]
    versions: tuple[Changed, ...]
    altered: tuple[str, ...]
    files: tuple[str, ...]
    difference: Difference | None

    @property
    def same(self) -> bool:
        """Whether every file came out again with the same bytes."""
        return not self.inputs and self.difference is None and bool(self.files)


def replay(
    folder: Path | str,
    *,
    given: Given | None = None,
    step: Callable[[str, Mapping[str, str | float]], None] = lambda _key, _facts: None,
    progress: Progress | None = None,
) -> Replay:
    """Make a stored review or monitoring run again and compare every byte.

    Parameters
    ----------
    folder
        Folder of the run, with its ``manifest.json``. It is only read.
    given
        Where inputs lie now, if not where the manifest tells.
    step, progress
        As for `spatial.rerun.call.carry_out`.

    Returns
    -------
    Replay
        The same bytes, or what changed.

    Raises
    ------
    SourceNotFoundError
        The folder has no manifest, or an input is gone.
    InputRefusedError
        The manifest is none, or does not tell where an input lies.
    """
    folder = Path(folder)
    manifest = manifest_of(folder)
    if manifest.get("about") == MONITORING:
        return _monitored(folder, manifest, given or Given(), step)
    call = call_of(manifest, folder, given or Given())
    result = carry_out(call, step=step, progress=progress)
    content = result.content
    names = (*manifest["outputs"], MANIFEST)
    inputs = changed_inputs(manifest, content)
    versions = changed(manifest.get("versions", {}), content.versions)
    formats = formats_of(manifest["outputs"])
    made_by = writers_of(formats, call.fonts, maps=call.maps)
    writers = changed(manifest.get("writers", {}), made_by)
    told = Replay(
        run_id=manifest["run_id"],
        inputs=inputs,
        versions=(*versions, *writers),
        altered=_altered(folder, manifest["outputs"]),
        files=(),
        difference=None,
    )
    if inputs:
        return told
    if versions:
        content = under_versions(content, manifest["versions"])
    step("cli.writing", {})
    with tempfile.TemporaryDirectory(prefix="redline-replay-") as draft:
        again = Path(draft)
        write_review(
            content,
            again,
            lang=call.lang,
            call=manifest.get("call"),
            formats=formats,
            fonts=call.fonts,
            maps=call.maps,
        )
        found = first_difference(folder, again, names)
    return replace(told, files=names, difference=found)


def _monitored(
    folder: Path,
    manifest: dict[str, Any],
    given: Given,
    step: Callable[[str, Mapping[str, str | float]], None],
) -> Replay:
    """Make a monitoring run again.

    Its versions stand in every file, so under others it is not compared.
    """
    call = monitor_call_of(manifest, folder, given)
    again = carry_out_monitor(call, step=step)
    inputs = changed(manifest["inputs"], again.inputs)
    versions = changed(manifest.get("versions", {}), versions_of())
    formats = formats_of(manifest["outputs"])
    made_by = writers_of(formats, call.fonts, maps=call.maps)
    writers = changed(manifest.get("writers", {}), made_by)
    altered = _altered(folder, manifest["outputs"])
    told = Replay(manifest["run_id"], inputs, (*versions, *writers), altered, (), None)
    if inputs or versions:
        return told
    step("cli.writing", {})
    names = (*manifest["outputs"], MANIFEST)
    with tempfile.TemporaryDirectory(prefix="redline-replay-") as draft:
        stored = manifest.get("call")
        wrote(again, Path(draft), call, formats=formats, told=stored)
        difference = first_difference(folder, Path(draft), names)
    return replace(told, files=names, difference=difference)


def manifest_of(folder: Path) -> dict[str, Any]:
    """Read the manifest of a run; refuse what a replay could not rest on.

    Raises
    ------
    SourceNotFoundError
        The folder has none.
    InputRefusedError
        It is of another schema, or broken.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise SourceNotFoundError(
            path, todo="name the folder that a review was written to"
        )
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise _refuse(path, f"no JSON ({error})") from error
    if not isinstance(manifest, dict) or manifest.get("schema") != MANIFEST_SCHEMA:
        raise _refuse(path, "another schema")
    wrong = _wrong(manifest)
    if wrong:
        raise _refuse(path, wrong)
    return manifest


def _wrong(manifest: Mapping[str, Any]) -> str:
    """Return what is wrong with a manifest, "" where nothing is."""
    for key, sort in _NEEDED.items():
        if not isinstance(manifest.get(key), sort):
            return f"no {key!r}"
    try:
        dt.date.fromisoformat(manifest["on"])
    except ValueError:
        return f"'on': {manifest['on']!r}"
    if manifest["lang"] not in LANGS:
        return f"'lang': {manifest['lang']!r}"
    strange = [one for one in manifest["outputs"] if _leads_out(one)]
    return f"a result outside of its folder ({strange[0]!r})" if strange else ""


def _leads_out(name: str) -> bool:
    """Whether the name of a result is more than a file, or a picture, of its folder."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if len(parts) == 2 and parts[0] == PICTURES:  # noqa: PLR2004
        parts = parts[1:]
    return len(parts) != 1 or parts[0] in (".", "..") or ":" in name


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected=f"a manifest of schema {MANIFEST_SCHEMA}",
        got=got,
        todo="make the review again with redline review",
    )


def _inputs(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the inputs of a run, with those of the other side of a comparison."""
    other = (manifest.get("compared") or {}).get("inputs", {})
    return {**manifest["inputs"], **_prefixed(other)}


def _inputs_now(content: ReviewContent) -> dict[str, str]:
    other = content.comparison.after.inputs if content.comparison else {}
    return {**content.inputs, **_prefixed(other)}


def _prefixed(inputs: Mapping[str, str]) -> dict[str, str]:
    return {f"compare:{name}": one for name, one in inputs.items()}


def changed_inputs(
    manifest: Mapping[str, Any], content: ReviewContent
) -> tuple[Changed, ...]:
    """Return the inputs that are not those of the manifest."""
    return changed(_inputs(manifest), _inputs_now(content))


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Changed, ...]:
    """Return what is not the same on both sides, by name."""
    return tuple(
        Changed(name, before.get(name, _NOTHING), after.get(name, _NOTHING))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def _altered(folder: Path, outputs: Mapping[str, str]) -> tuple[str, ...]:
    """Return the stored files that are there and not what the manifest says."""
    return tuple(
        name
        for name, wanted in outputs.items()
        if (folder / name).is_file()
        and hashlib.sha256((folder / name).read_bytes()).hexdigest() != wanted
    )
