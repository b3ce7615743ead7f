"""``redline demo`` and ``redline review``."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.reading_options import reading_options, stated
from spatial.cli.terminal import (
    lang_option,
    language,
    outcome_word,
    padded,
    progress,
    remark,
    say,
    table,
)
from spatial.finding import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.layer import Layer
    from spatial.siting import Review

# The plan of the demo's region was in its period on this day.
_DEMO_ON = dt.date(2025, 10, 31)

_TENTHS = 10
_on_option = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="适用日期 / the day whose law and layers count",
)


@click.command()
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out/demo"),
    show_default=True,
    help="输出文件夹 / output folder",
)
@_on_option
@lang_option
def demo(out: Path, on: dt.datetime | None) -> None:
    """在虚构的示范县上跑完整个流程 / run the whole chain on a made-up county.

    Every outcome is compared with the planted truth. The county, its zones and its
    projects are made up.

    \b
    例 / example:
      redline demo --out out/demo
    """
    import layers
    from layers.samples.county import truth, write_county

    progress("cli.making_demo")
    county = write_county(out / "county")
    day = on.date() if on else _DEMO_ON
    projects = layers.read(county / "projects.gpkg", kind="project_site")
    result = _reviewed(projects, county, day, avoid=True)
    progress("cli.writing")
    written = result.write(out / "review")
    _print_outcomes(result)
    found = result.outcomes["outcome"]
    planted = {one.site_id: one.outcome_on(day) for one in truth()}
    known = {site: outcome for site, outcome in planted.items() if outcome}
    if known:
        right = sum(found[site] == outcome for site, outcome in known.items())
        say("cli.truth_kept", right=right, count=len(known))
    _print_places(out / "review", written)


@click.command()
@click.argument("sites", type=click.Path(path_type=Path))
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path),
    required=True,
    help="工作区文件夹或 workspace.yaml / workspace folder or file",
)
@_on_option
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="输出文件夹 / output folder",
)
@click.option("--layer", help="项目文件中的图层名 / layer inside SITES")
@reading_options
@click.option(
    "--avoid",
    is_flag=True,
    help="为禁止或受限项目给出避让参考 / help to avoid what forbids or restricts:"
    " the part that complies, the least move, chainages",
)
@click.option(
    "--fail-on",
    type=click.Choice(OUTCOMES),
    multiple=True,
    help="有此结论时以状态 1 退出 / exit with 1 when a site has this outcome",
)
@lang_option
@click.pass_context
def review(
    ctx: click.Context,
    /,
    sites: Path,
    *,
    workspace: Path,
    on: dt.datetime | None,
    out: Path,
    layer: str | None,
    crs: str | None,
    datum_shift: str | None,
    datum_region: str | None,
    encoding: str | None,
    avoid: bool,
    fail_on: tuple[str, ...],
) -> None:
    """审查建设项目选址 / review the siting of projects.

    May this be built here, and which clause says so. Writes result.json,
    findings.gpkg, findings.xlsx, report.html and manifest.json. Without --on, today's
    law and layers count.

    \b
    例 / example:
      redline review projects.gpkg -w office/ --on 2025-10-31 -o out/
    """
    import layers

    day = on.date() if on else _today()
    progress("cli.reading_sites", path=str(sites))
    said = stated(crs, datum_shift, datum_region)
    projects = layers.read(
        sites, kind="project_site", layer=layer, encoding=encoding, **said
    )
    result = _reviewed(projects, workspace, day, avoid=avoid)
    progress("cli.writing")
    written = result.write(out)
    _print_outcomes(result)
    _print_places(out, written)
    there = set(result.outcomes["outcome"])
    hit = [outcome_word(one) for one in OUTCOMES if one in fail_on and one in there]
    if hit:
        remark("cli.failed_on", outcomes=", ".join(hit))
        ctx.exit(1)


def _today() -> dt.date:
    today = dt.datetime.now().astimezone().date()
    remark("cli.today", on=str(today))
    return today


def _reviewed(
    projects: Layer, workspace: Path, on: dt.date, *, avoid: bool = False
) -> Review:
    """Read the workspace and review the projects."""
    import layers
    import spatial

    progress("cli.reading_workspace", path=str(workspace))
    office = layers.open_workspace(workspace)
    progress("cli.judging", count=len(projects), on=str(on))
    return spatial.review(
        projects,
        office,
        on=on,
        lang=language(),
        avoid=avoid,
        progress=_rules_done,
    )


def _rules_done(done: int, count: int) -> None:
    """Print every tenth of the rules; the first ones take longest."""
    if done * _TENTHS // count > (done - 1) * _TENTHS // count:
        progress("cli.rules_done", done=done, count=count)


def _print_outcomes(result: Review) -> None:
    """Print a table of the sites and the count of each outcome."""
    outcomes = result.outcomes
    columns = outcomes[["name", "outcome", "deciding_rule"]].itertuples()
    table(
        ("site", "name", "outcome", "rule"),
        [(site, name, outcome_word(said), rule) for site, name, said, rule in columns],
    )
    click.echo()
    say("cli.summary", count=len(outcomes), on=str(result.content.on))
    counts = Counter(outcomes["outcome"])
    for outcome in OUTCOMES:
        click.echo(f"  {padded(outcome_word(outcome), 20)} {counts[outcome]:>6}")
    lost = len(result.content.site_layer.quarantine)
    if lost:
        say("cli.quarantined", count=lost)


def _print_places(folder: Path, written: Sequence[Path]) -> None:
    say("cli.results", folder=str(folder))
    for page in written:
        if page.suffix == ".html":
            say("cli.open_report", path=str(page))
