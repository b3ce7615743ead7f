"""``redline replay``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.siting_commands import rules_done, step
from spatial.cli.terminal import lang_option, plain, remark, say

if TYPE_CHECKING:
    from spatial.rerun.replaying import Replay

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("-w", "--workspace", type=_PATH, help="工作区 / workspace")
@click.option("--sites", type=_PATH, help="项目文件 / file of the projects")
@click.option("--overrides", type=_PATH, help="人工改判文件 / file of overrides")
@click.option(
    "--compare", metavar="OTHER", help="比较的另一方 / other side of the comparison"
)
@click.option("--before", type=_PATH, help="前一期影像 / earlier image")
@click.option("--after", type=_PATH, help="后一期影像 / later image")
@click.option("--fonts", type=_PATH, help="PDF 字体文件夹 / folder of the PDF's fonts")
@click.option("--datum-shift", help="七参数或格网 / seven parameters or a grid")
@lang_option
@click.pass_context
def replay(
    ctx: click.Context,
    /,
    run: Path,
    *,
    workspace: Path | None,
    sites: Path | None,
    overrides: Path | None,
    compare: str | None,
    before: Path | None,
    after: Path | None,
    fonts: Path | None,
    datum_shift: str | None,
) -> None:
    """重放一次审查或监测，逐字节比较 / make a run again and compare every byte.

    RUN is the folder of results with its manifest.json. Inputs are looked for where
    the manifest tells, or where the options say. Exit status 0: the same bytes; 1:
    an input changed, or the first difference is named. RUN is only read. The language
    of the results is the run's own; --lang is that of the answer.

    \b
    例 / example:
      redline replay out/demo/review
    """
    from spatial.rerun.call import Given, other_of
    from spatial.rerun.replaying import replay as made_again

    other = other_of(compare) if compare else None
    given = Given(sites, workspace, overrides, other, datum_shift, before, after, fonts)
    found = made_again(run, given=given, step=step, progress=rules_done)
    _print(found)
    if not found.same:
        ctx.exit(1)


def _print(found: Replay) -> None:
    """Print what changed and the verdict."""
    for one in found.inputs:
        remark("cli.replay.inputs", name=one.name, before=one.before, after=one.after)
    for one in found.versions:
        remark("cli.replay.versions", name=one.name, before=one.before, after=one.after)
    for name in found.altered:
        remark("cli.replay.altered", name=plain(name))
    if found.inputs or not found.files:
        say("cli.replay.not_compared" if found.inputs else "cli.replay.other_versions")
        return
    if found.versions:
        say("cli.replay.under")
    first = found.difference
    if first is None:
        say("cli.replay.same", run_id=found.run_id, count=len(found.files))
        return
    say(
        "cli.replay.differs" if first.where else "cli.replay.differs_whole",
        run_id=plain(found.run_id),
        file=plain(first.file),
        where=plain(first.where),
        before=plain(first.before),
        after=plain(first.after),
    )
