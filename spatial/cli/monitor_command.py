"""``redline monitor``: what changed between two images, and which changes are clues."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.base_map_remarks import base_map_remarks
from spatial.cli.report_options import formats_here, maps_here, report_options
from spatial.cli.siting_commands import step
from spatial.cli.terminal import (
    lang_option,
    language,
    outcome_word,
    plain,
    progress,
    remark,
    say,
    table,
)

if TYPE_CHECKING:
    import datetime as dt

    from spatial.change.detect import Method, Target
    from spatial.change.workers import Engine
    from spatial.monitor.run import Monitoring

_SHOWN = 20
_EVERY = 10
METHODS = ("auto", "index", "cva", "irmad", "isfa")
TARGETS = ("auto", "all", "built")
SENSORS = ("sentinel-2", "landsat-tm", "landsat-etm", "landsat-oli")


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path),
    required=True,
    help="工作区文件夹或 workspace.yaml / workspace folder or file",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="输出文件夹 / output folder",
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="适用日期，默认为后一期影像的日期 / the day whose law, layers and approvals"
    " count; that of the later image if not given",
)
@click.option("--bands", help="各波段名称，逗号分隔 / roles of the bands, by commas")
@click.option(
    "--sensor", type=click.Choice(SENSORS), help="传感器 / sensor, where no name tells"
)
@click.option(
    "--date-before", type=click.DateTime(["%Y-%m-%d"]), help="前一期日期 / its day"
)
@click.option(
    "--date-after", type=click.DateTime(["%Y-%m-%d"]), help="后一期日期 / its day"
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="auto",
    show_default=True,
    help="检测方法 / method of detection",
)
@click.option(
    "--target",
    type=click.Choice(TARGETS),
    default="auto",
    show_default=True,
    help="所有突出的变化，或仅建设类变化 / all change that stands out, or built",
)
@click.option(
    "--min-area-m2",
    type=click.FloatRange(min=0),
    help="最小图斑面积（平方米）/ smaller patches are set aside",
)
@click.option(
    "--engine",
    type=click.Choice(("threads", "dask")),
    default="threads",
    show_default=True,
    help="计算引擎 / where the work runs",
)
@click.option("--scheduler", help="Dask 调度器地址 / address of a Dask scheduler")
@click.option(
    "--pictures",
    type=click.IntRange(min=0),
    help="附图的线索数，默认 200 / clues that get a picture",
)
@click.option(
    "--sheets",
    type=click.IntRange(min=0),
    help="Word 和 PDF 中一页一条的核查表数，默认 30 / clues that get a sheet on paper",
)
@report_options
@lang_option
@click.pass_context
def monitor(
    ctx: click.Context,
    /,
    before: Path,
    after: Path,
    *,
    workspace: Path,
    out: Path,
    on: dt.datetime | None,
    bands: str | None,
    sensor: str | None,
    date_before: dt.datetime | None,
    date_after: dt.datetime | None,
    method: Method,
    target: Target,
    min_area_m2: float | None,
    engine: Engine,
    scheduler: str | None,
    pictures: int | None,
    sheets: int | None,
    formats: tuple[str, ...] | None,
    fonts: Path | None,
    maps: bool | None,
) -> None:
    """两期影像之间管控区内的变化线索 / clues to change inside control zones.

    What have people changed, in which zone, by which clause, and is it approved.
    Writes result.json, findings.gpkg (clues, set_aside, zones), findings.xlsx,
    report.html, report.docx and report.pdf (an overview, and a page for each of the
    most urgent clues), pictures/ and manifest.json; without --format those that can be
    written on this machine. Leaves with status 1 where the images cannot be compared;
    that never means that nothing changed.

    \b
    例 / example:
      redline monitor before.tif after.tif -w office/ -o out/
      redline monitor before.tif after.tif -w office/ -o out/ --format docx,pdf
    """
    from spatial.monitor.paper import MOST_SHEETS
    from spatial.monitor.write import MOST_PICTURES
    from spatial.rerun.monitor_call import (
        MonitorCall,
        carry_out_monitor,
        monitor_told,
        wrote,
    )

    wanted = formats or formats_here(fonts)
    call = MonitorCall(
        before=before,
        after=after,
        workspace=workspace,
        on=_day(on),
        lang=language(),
        bands=tuple(one.strip() for one in bands.split(",")) if bands else None,
        sensor=sensor,
        date_before=_day(date_before),
        date_after=_day(date_after),
        method=method,
        target=target,
        min_area_m2=min_area_m2,
        pictures=MOST_PICTURES if pictures is None else pictures,
        fonts=fonts,
        maps=maps_here(maps, wanted, fonts),
        sheets=MOST_SHEETS if sheets is None else sheets,
    )
    found = carry_out_monitor(call, engine=engine, scheduler=scheduler, step=step)
    base_map_remarks(found.office.base_map, found.table.geometry)
    progress("cli.writing")
    made_of = monitor_told(call, out)
    written = wrote(found, out, call, formats=wanted, told=made_of, progress=drawn)
    print_clues(found)
    say("cli.results", folder=str(out))
    for page in written:
        if page.suffix == ".html":
            say("cli.open_report", path=str(page))
    if found.scan is None:
        ctx.exit(1)


def _day(given: dt.datetime | None) -> dt.date | None:
    return given.date() if given else None


def drawn(done: int, count: int) -> None:
    """Print every tenth picture."""
    if done % _EVERY == 0 or done == count:
        progress("cli.drawing_clues", done=done, count=count)


def print_clues(found: Monitoring) -> None:
    """Print what the gate says, how many clues there are, and the most urgent."""
    from spatial.monitor import views
    from spatial.monitor.tables import sentence_of
    from spatial.report.words import say as phrase
    from spatial.report.words import sentence

    lang = language()
    if found.scan is None:
        remark("cli.pair_refused")
    for one in found.pair.doubts:
        word = sentence_of(f"change.severity_{one.severity}", lang)
        remark("cli.pair_doubt", severity=word, why=sentence(one.message, lang))
    if found.scan is None:
        return
    rows = [
        (
            rank,
            plain(one.patch_id),
            outcome_word(one.row["outcome"]),
            f"{one.row['score']:.1f}",
            one.kind,
            views.permit_state(one.row, lang),
            f"{one.row['area_m2']:,.2f}",
        )
        for rank, one in enumerate(views.clues(found, lang)[:_SHOWN], start=1)
    ]
    if rows:
        heads = ("rank", "clue", "outcome", "score", "kind_guess", "permit", "area_m2")
        table(heads, rows)
        click.echo()
    clues, aside = len(found.table), len(found.set_aside)
    say("cli.clues_found", patches=clues + aside, clues=clues, aside=aside,
        on=str(found.on))  # fmt: skip
    for name, count, _ in views.reasons(found):
        reason = phrase(f"monitor.reason.{name}", lang)
        say("cli.clues_reason", reason=reason, count=count)
    partly = views.unseen(found, lang)
    if partly:
        say("cli.clues_observed", kinds=partly)
