"""``redline report``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.report_options import formats_here, maps_here, report_options
from spatial.cli.siting_commands import rules_done, step
from spatial.cli.terminal import lang_option, say
from spatial.finding import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_WORKERS = 4  # unless more are asked for: each holds the whole review
_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@report_options
@click.option(
    "--site",
    "sites",
    multiple=True,
    metavar="ID",
    help="只写这些项目，每个一份报告 / a report on each of these sites",
)
@click.option(
    "--outcome",
    "outcomes",
    type=click.Choice(OUTCOMES),
    multiple=True,
    help="只写有此结论的项目，每个一份报告 / a report on each site with this outcome",
)
@click.option(
    "--each",
    is_flag=True,
    help="每个项目一份报告，另有总览（可用 --outcome 限定）/ a report on each site (of"
    " those with --outcome), and an overview",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="并行进程数 / how many processes write reports on sites",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="单个项目报告的输出文件夹（默认 RUN/sites）/ folder for reports on sites",
)
@click.option(
    "--sheets",
    type=click.IntRange(min=0),
    help="监测成果：一页一条的核查表数 / of a monitoring run: clues that get a sheet",
)
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="单位自有的 Word 模板，写成 office.docx / the office's own Word template",
)
@click.option("-w", "--workspace", type=_PATH, help="工作区 / workspace")
@click.option("--sites-file", type=_PATH, help="项目文件 / file of the projects")
@click.option("--before", type=_PATH, help="前一期影像 / the earlier image")
@click.option("--after", type=_PATH, help="后一期影像 / the later image")
@click.option("--overrides", type=_PATH, help="人工改判文件 / file of overrides")
@lang_option
def report(
    run: Path,
    *,
    formats: tuple[str, ...] | None,
    fonts: Path | None,
    maps: bool | None,
    sites: Sequence[str],
    outcomes: Sequence[str],
    each: bool,
    workers: int | None,
    out: Path | None,
    sheets: int | None,
    template: Path | None,
    workspace: Path | None,
    sites_file: Path | None,
    before: Path | None,
    after: Path | None,
    overrides: Path | None,
) -> None:
    """为已有的审查或监测另写报告 / write more reports of a run that is there.

    RUN is the folder of a review with its manifest.json. The review is made again from
    it, and nothing is written unless its result comes out with the same bytes. Without
    --site and --outcome the reports of the whole run are written beside its files;
    with them a report on each site, in RUN/sites/ID; --each does so for every site (or
    all with an --outcome), and writes index.html and index.xlsx that lead to them. The
    language is that of the run. RUN may be that of redline monitor too: then the sheets
    of clues are written (--site takes the id of a clue).

    \b
    例 / example:
      redline report out/ --format docx,pdf
      redline report out/ --format docx,pdf --site P-001 --site P-002
      redline report out/ --format pdf --outcome prohibited
      redline report out/ --format docx,pdf --each --workers 4 -o each/
      redline report out/ --template office_form.docx --site P-001
      redline report monitored/ --format pdf --outcome prohibited
    """
    from spatial.rerun.call import Given
    from spatial.rerun.reporting import report as written_of

    given = Given(
        sites_file, workspace, overrides, fonts=fonts, before=before, after=after
    )
    wanted = formats or formats_here(fonts)
    maps_here(maps, wanted, fonts)  # tells why there can be none
    written = written_of(
        run,
        formats=wanted,
        each=each,
        workers=workers or min(os.cpu_count() or 1, _MOST_WORKERS),
        maps=maps,
        sheets=sheets,
        template=template,
        sites=sites,
        outcomes=outcomes,
        out=out,
        given=given,
        step=step,
        progress=rules_done,
    )
    if not written:
        say("cli.no_site_written")
    for one in written:
        say("cli.written", path=str(one))
