"""A report on each of many sites, by several processes.

What is written does not depend on how many processes there are: each site has a
folder of its own, and the list of files is in the order of the sites.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from layers.errors import ToolkitError
from spatial.rerun.cut import cut_down

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from spatial.siting import Review

LEAST_EACH = 4
"""Sites a process: for fewer it is not worth being started."""
_HELD: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class SiteJob:
    """A report to be written.

    Attributes
    ----------
    site_id
        Of the site.
    folder
        Where to.
    call
        What the manifest tells.
    """

    site_id: str
    folder: Path
    call: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What every report is: as for `spatial.report.write.write_review`."""

    formats: Collection[str]
    fonts: Path | None = None
    maps: bool = False


def write_each(
    result: Review,
    jobs: Sequence[SiteJob],
    wanted: Wanted,
    *,
    workers: int = 1,
    done: Callable[[int, str], None] = lambda _count, _site: None,
) -> tuple[Path, ...]:
    """Write a report on each of some sites.

    Parameters
    ----------
    result
        The review of all of them.
    jobs
        Sites and folders.
    wanted
        Formats, typeface, maps.
    workers
        Processes; fewer are started for few sites, and none for one process.
    done
        Told how many reports are written and the site of the last one.

    Returns
    -------
    tuple of Path
        The files, in the order of the jobs.

    Raises
    ------
    ToolkitError
        As for `spatial.report.write.write_review`. Reports that were written before
        stay.
    """
    workers = min(workers, len(jobs) // LEAST_EACH)
    if workers <= 1:
        made: list[Path] = []
        for count, job in enumerate(jobs, start=1):
            made += _write(result, job, wanted)
            done(count, job.site_id)
        return tuple(made)
    return _by_processes(result, jobs, wanted, workers=workers, done=done)


def _by_processes(
    result: Review,
    jobs: Sequence[SiteJob],
    wanted: Wanted,
    *,
    workers: int,
    done: Callable[[int, str], None],
) -> tuple[Path, ...]:
    # started anew, not split off: a copy of a process with threads may hang
    pool = ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_hold, initargs=(result, wanted)
    )
    written: list[Path] = []
    try:
        for count, (job, made) in enumerate(
            zip(jobs, pool.map(_written, jobs), strict=True), start=1
        ):
            # an error that knows its parts does not cross processes: it is met here
            written += _write(result, job, wanted) if made is None else made
            done(count, job.site_id)
    finally:
        pool.shutdown(cancel_futures=True)
    return tuple(written)


def _hold(result: Review, wanted: Wanted) -> None:
    """Keep the review in this process; it is sent once."""
    _HELD["result"], _HELD["wanted"] = result, wanted


def _written(job: SiteJob) -> tuple[Path, ...] | None:
    """Write a report in a process of its own; None where that failed."""
    try:
        return _write(_HELD["result"], job, _HELD["wanted"])
    except ToolkitError:
        return None


def _write(result: Review, job: SiteJob, wanted: Wanted) -> tuple[Path, ...]:
    return cut_down(result, (job.site_id,)).write(
        job.folder,
        formats=wanted.formats,
        fonts=wanted.fonts,
        maps=wanted.maps,
        call=job.call,
    )
