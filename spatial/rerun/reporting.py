"""Reports of a run that is there already: more formats, or a report on one site.

A run is made again from its manifest, and nothing is written unless its result comes
out with the same bytes: a report says what the run said.
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.errors import InputRefusedError
from layers.names import safe_names
from spatial.monitor.write import MONITORING
from spatial.report.assemble import under_versions
from spatial.report.batch import INDEX_BOOK, INDEX_PAGE, write_batch
from spatial.report.office_template import OFFICE_FILE, write_from_template
from spatial.report.printed import FORMATS as PRINTED
from spatial.report.printed import missing
from spatial.report.result import write_result
from spatial.report.static_map import MapMaker
from spatial.report.write import FORMATS, OUTPUTS, formats_of
from spatial.rerun.call import Given, call_of, carry_out, told
from spatial.rerun.clue_sheets import report_monitoring
from spatial.rerun.each import SiteJob, Wanted, write_each
from spatial.rerun.replaying import changed_inputs, manifest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from spatial.policy.judge import Progress
    from spatial.rerun.call import ReviewCall
    from spatial.siting import Review

SITES = "sites"
"""Folder in that of the run, in which the report on a site has a folder of its own."""


def report(
    folder: Path | str,
    *,
    formats: Collection[str],
    sites: Sequence[str] = (),
    outcomes: Collection[str] = (),
    each: bool = False,
    workers: int = 1,
    maps: bool | None = None,
    sheets: int | None = None,
    template: Path | None = None,
    out: Path | None = None,
    given: Given | None = None,
    step: Callable[[str, Mapping[str, str | float]], None] = lambda _key, _facts: None,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write more reports of a run that is there.

    Of a monitoring run, see `spatial.rerun.clue_sheets`: a clue stands for a site.

    Parameters
    ----------
    folder
        Folder of the run, with its ``manifest.json``.
    formats
        Some of `spatial.report.write.FORMATS`.
    sites
        Ids: a report on each of them, in ``sites/<id>/`` (a name made harmless, see
        `layers.names.safe_name`). Empty, as `outcomes`: the formats of the whole run,
        beside those that it has; its other files come out again with the same bytes.
    outcomes
        A report on each site that has one of these, too.
    each
        A report on each site of the run, or with `outcomes` on each that has one of
        these, and an overview that leads to them: ``index.html`` and ``index.xlsx``
        beside their folders. It is written last, and one of before is taken away
        first: where there is an overview, the reports are all of its run.
    workers
        How many processes write the reports on sites. The files are the same.
    maps
        Whether Word and PDF hold maps. None: in reports of the run as in those that it
        has; where it has none, and on sites, if maps can be drawn here.
    sheets
        Of a monitoring run: how many clues get a sheet; None: as in the run.
    template
        An office's own Word template (see `spatial.report.office_template`): instead
        of the formats ``office.docx`` is written, of the run or of each of the sites.
    out
        Where the folders of the sites go; None: ``sites/`` in the folder of the run.
    given, step, progress
        As for `spatial.rerun.replaying.replay`; `given.fonts` counts here too.

    Returns
    -------
    tuple of Path
        The files, site after site: those of `sites` in the order given, then the
        others in the order of the run. Empty if no site has one of `outcomes`.

    Raises
    ------
    SourceNotFoundError
        The folder has no manifest, or an input is gone.
    InputRefusedError
        An input changed, the result does not come out again, or there is no such
        site.
    ExtraMissingError, FontMissingError, OutputRefusedError
        As for `spatial.report.write.write_review`.
    """
    folder = Path(folder)
    given = given or Given()
    manifest = manifest_of(folder)
    if manifest.get("about") == MONITORING:
        return report_monitoring(
            folder,
            manifest,
            formats=formats,
            clues=sites,
            outcomes=outcomes,
            each=each,
            maps=maps,
            sheets=sheets,
            template=template,
            out=out or folder / SITES,
            given=given,
            step=step,
        )
    call = call_of(manifest, folder, given)
    call = replace(call, fonts=given.fonts or call.fonts)
    is_whole = not (sites or outcomes or each)
    if maps is None and not (is_whole and set(PRINTED) & {*_had(manifest)}):
        maps = missing("maps", call.fonts) is None and bool({*PRINTED} & {*formats})
    call = replace(call, maps=call.maps if maps is None else maps)
    whole = _again(call, manifest, folder, step=step, progress=progress)
    step("cli.writing", {})
    names = _chosen(whole, sites, outcomes, each=each)
    base = out or folder / SITES
    if template is not None:
        where = {folder: whole} if is_whole else _each_in(whole, names, base)
        return tuple(_in_template(one, template, at) for at, one in where.items())
    if is_whole:
        wanted = {*_had(manifest), *formats}
        return whole.write(
            folder,
            formats=[one for one in FORMATS if one in wanted],
            fonts=call.fonts,
            maps=call.maps,
            call=manifest.get("call") and told(call, folder),
        )
    jobs = [
        SiteJob(site, base / name, told(replace(call, only=(site,)), base / name))
        for name, site in names.items()
    ]

    def done(count: int, site: str) -> None:
        facts: dict[str, str | float] = {
            "done": count,
            "count": len(jobs),
            "site": site,
        }
        step("cli.site_written", facts)

    how = Wanted(formats=tuple(formats), fonts=call.fonts, maps=call.maps)
    if each and jobs:
        _take_away_overview(base)
    written = write_each(whole, jobs, how, workers=workers, done=done)
    if each and jobs:
        written += _overview(whole, base, names, how)
    return written


def _take_away_overview(base: Path) -> None:
    """Remove an overview of before: it must not lead to reports of now.

    Should this run be stopped half way there is none, and each report that is there
    is whole.
    """
    for name in (INDEX_PAGE, INDEX_BOOK):
        (base / name).unlink(missing_ok=True)


def _chosen(
    whole: Review, sites: Sequence[str], outcomes: Collection[str], *, each: bool
) -> Mapping[str, str]:
    """Return the sites that get a report, by the names of their folders."""
    chosen = [
        one.site_id
        for one in whole.content.sites
        if one.outcome in outcomes or (each and not outcomes)
    ]
    return safe_names(dict.fromkeys((*sites, *chosen)))


def _each_in(
    whole: Review, names: Mapping[str, str], base: Path
) -> Mapping[Path, Review]:
    """Return the review of each site, by its folder."""
    return {base / name: whole.only([site]) for name, site in names.items()}


def _in_template(some: Review, template: Path, folder: Path) -> Path:
    """Write a review in an office's template."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / OFFICE_FILE
    write_from_template(some.content, template, path, lang=some.lang)
    return path


def _had(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the formats that a run has."""
    return formats_of(manifest["outputs"])


def _overview(
    whole: Review, base: Path, names: Mapping[str, str], how: Wanted
) -> tuple[Path, ...]:
    """Write the table that leads to the reports on sites."""
    overview = None
    if how.maps:
        maker = MapMaker(whole.content, whole.lang, fonts=how.fonts, vector=False)
        overview = maker.of_all()
    return write_batch(
        whole.content,
        base,
        folders={site: name for name, site in names.items()},
        formats=tuple(FORMATS[one] for one in FORMATS if one in how.formats),
        lang=whole.lang,
        overview=overview,
    )


def _again(
    call: ReviewCall,
    manifest: Mapping[str, Any],
    folder: Path,
    *,
    step: Callable[[str, Mapping[str, str | float]], None],
    progress: Progress | None,
) -> Review:
    """Return the review of a run; refuse it where it says anything else today."""
    result = carry_out(call, step=step, progress=progress)
    changed = [one.name for one in changed_inputs(manifest, result.content)]
    if changed:
        raise InputRefusedError(
            source=folder,
            expected="the inputs that the run was made of",
            got=f"others ({', '.join(changed)})",
            todo="make the review again with redline review",
        )
    if manifest.get("versions", {}) != result.content.versions:
        content = under_versions(result.content, manifest["versions"])
        result = replace(result, content=content)
    with tempfile.TemporaryDirectory(prefix="redline-report-") as draft:
        path = Path(draft) / OUTPUTS[0]
        write_result(result.content, path, lang=call.lang)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != manifest["outputs"].get(OUTPUTS[0]):
        raise InputRefusedError(
            source=folder,
            expected="the result that the manifest tells of",
            got="another one under the libraries of today",
            todo="redline replay names the difference; make the review again",
        )
    return result
