"""``redline demo`` and ``redline review``."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.base_map_remarks import base_map_remarks
from spatial.cli.reading_options import reading_options
from spatial.cli.report_options import formats_here, maps_here, report_options
from spatial.cli.terminal import (
    lang_option,
    language,
    outcome_word,
    padded,
    plain,
    progress,
    remark,
    say,
    table,
)
from spatial.finding import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from spatial.policy.model import About
    from spatial.rerun.call import ReviewCall
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
@click.option(
    "--imagery",
    is_flag=True,
    help="另用虚构的两期影像演示变化监测 / look for change in a made-up pair of images"
    " too",
)
@lang_option
def demo(out: Path, on: dt.datetime | None, *, imagery: bool) -> None:
    """在虚构的示范县上跑完整个流程 / run the whole chain on a made-up county.

    Every outcome is compared with the planted truth. The county, its zones and its
    projects are made up.

    \b
    例 / example:
      redline demo --out out/demo
    """
    from layers.samples.county import truth, write_county
    from spatial.rerun.call import ReviewCall

    progress("cli.making_demo")
    county = write_county(out / "county")
    day = on.date() if on else _DEMO_ON
    formats = formats_here(None, told=False)
    maps = maps_here(None, formats, None, told=False)
    call = ReviewCall(
        county / "projects.gpkg", county, day, language(), avoid=True, maps=maps
    )
    result, written = _carried_out(call, out / "review", formats)
    _print_outcomes(result)
    found = result.outcomes["outcome"]
    planted = {one.site_id: one.outcome_on(day) for one in truth()}
    known = {site: outcome for site, outcome in planted.items() if outcome}
    if known:
        right = sum(found[site] == outcome for site, outcome in known.items())
        say("cli.truth_kept", right=right, count=len(known))
    _print_places(out / "review", written)
    if imagery:
        _demo_of_images(county, out, formats)


def _demo_of_images(county: Path, out: Path, formats: tuple[str, ...]) -> None:
    """Compare the made-up images, and the clues with what was planted."""
    from layers.samples import images, scene
    from spatial.cli.monitor_command import drawn, print_clues
    from spatial.rerun.monitor_call import (
        MonitorCall,
        carry_out_monitor,
        monitor_told,
        wrote,
    )

    progress("cli.making_images")
    before, after = images.write_pair(out / "images")
    maps = maps_here(None, formats, None, told=False)
    call = MonitorCall(before, after, county, lang=language(), maps=maps)
    found = carry_out_monitor(call, step=step)
    told = monitor_told(call, out / "monitor")
    folder = out / "monitor"
    written = wrote(found, folder, call, formats=formats, told=told, progress=drawn)
    print_clues(found)
    patches = found.scan.patches if found.scan else found.set_aside
    shapes = patches.geometry[patches["kept"].astype(bool)]
    right, wrong = scene.told_from(shapes)
    say("cli.images_truth", right=right, count=len(scene.CHANGES), wrong=wrong)
    _print_places(out / "monitor", written)


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
@click.option(
    "--about",
    type=click.Choice(("project", "activity")),
    default="project",
    show_default=True,
    help="拟建项目，或已有人类活动（另用活动条款）/ projects to be built, or activities"
    " that are there (by the rules on activities too)",
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
    "--overrides",
    type=click.Path(path_type=Path),
    help="人工改判文件（.yaml/.csv/.xlsx） / file of a reviewer's overrides",
)
@click.option(
    "--compare",
    metavar="OTHER",
    help="与另一日期、工作区或规则集比较 / another date, workspace or list of rulebooks"
    " (names and files between commas)",
)
@click.option(
    "--part-size",
    type=click.IntRange(min=1),
    help="每批项目数；各批写入 part-001 等子文件夹 / review so many sites"
    " at a time, each part into a folder of its own",
)
@report_options
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
    about: About,
    layer: str | None,
    crs: str | None,
    datum_shift: str | None,
    datum_region: str | None,
    encoding: str | None,
    overrides: Path | None,
    compare: str | None,
    avoid: bool,
    part_size: int | None,
    formats: tuple[str, ...] | None,
    fonts: Path | None,
    maps: bool | None,
    fail_on: tuple[str, ...],
) -> None:
    """审查建设项目选址或已有人类活动 / review the siting of projects, or activities.

    May this be built here, and which clause says so. Writes result.json,
    findings.gpkg, findings.xlsx, report.html, report.docx, report.pdf and manifest.json
    (with --compare also comparison.json); without --format those that can be written
    on this machine. Without --on, today's law and layers count. --fail-on looks at the
    outcomes after overrides.

    \b
    例 / example:
      redline review projects.gpkg -w office/ --on 2025-10-31 -o out/
    """
    from spatial.rerun.call import ReviewCall, other_of

    wanted = formats or formats_here(fonts)
    call = ReviewCall(
        sites=sites,
        workspace=workspace,
        on=on.date() if on else _today(),
        lang=language(),
        about=about,
        layer=layer,
        crs=crs,
        datum_shift=datum_shift,
        datum_region=datum_region,
        encoding=encoding,
        overrides=overrides,
        compare=other_of(compare) if compare else None,
        avoid=avoid,
        part_size=part_size,
        fonts=fonts,
        maps=maps_here(maps, wanted, fonts),
    )
    if part_size is not None:
        there = _in_parts(call, out, wanted)
        _exit_on(ctx, fail_on, there)
        return
    result, written = _carried_out(call, out, wanted)
    _print_outcomes(result)
    _print_overrides(result)
    _print_comparison(result)
    _print_places(out, written)
    _exit_on(ctx, fail_on, set(result.outcomes["outcome"]))


def _exit_on(ctx: click.Context, fail_on: tuple[str, ...], there: Set[str]) -> None:
    """Leave with status 1 when an outcome is there on which that was asked for."""
    hit = [outcome_word(one) for one in OUTCOMES if one in fail_on and one in there]
    if hit:
        remark("cli.failed_on", outcomes=", ".join(hit))
        ctx.exit(1)


def _in_parts(call: ReviewCall, out: Path, formats: tuple[str, ...]) -> Set[str]:
    """Review part by part, each into its folder; return the outcomes that occur."""
    from spatial.rerun.call import carry_out_parts, told

    counts: Counter[str] = Counter()
    for one, result in carry_out_parts(call, step=step, progress=rules_done):
        folder = out / f"part-{one.part:03d}"
        if not counts:
            _remark_on_base_map(result)
        made_of = told(one, folder)
        _write(result, call, folder, formats, made_of)
        said = Counter(site.outcome for site in result.content.sites)
        counts += said
        words = ", ".join(f"{outcome_word(k)} {said[k]}" for k in OUTCOMES if said[k])
        say("cli.part_done", folder=str(folder), count=said.total(), outcomes=words)
    say("cli.summary", count=counts.total(), on=str(call.on))
    for outcome in OUTCOMES:
        click.echo(f"  {padded(outcome_word(outcome), 20)} {counts[outcome]:>6}")
    return set(counts)


def _today() -> dt.date:
    today = dt.datetime.now().astimezone().date()
    remark("cli.today", on=str(today))
    return today


def _carried_out(
    call: ReviewCall, out: Path, formats: tuple[str, ...]
) -> tuple[Review, Sequence[Path]]:
    """Carry out a review and write it, with what it was called with."""
    from spatial.rerun.call import carry_out, told

    result = carry_out(call, step=step, progress=rules_done)
    _remark_on_base_map(result)
    progress("cli.writing")
    made_of = told(call, out)
    return result, _write(result, call, out, formats, made_of)


def _remark_on_base_map(result: Review) -> None:
    content = result.content
    base_map_remarks(content.base_map, (one.geometry for one in content.sites))


def _write(  # noqa: PLR0917  of two callers
    result: Review,
    call: ReviewCall,
    folder: Path,
    formats: tuple[str, ...],
    made_of: Mapping[str, object],
) -> Sequence[Path]:
    """Write a review as its call says."""
    return result.write(
        folder, formats=formats, fonts=call.fonts, maps=call.maps, call=made_of
    )


def step(key: str, facts: Mapping[str, str | float]) -> None:
    """Print a step of the work."""
    progress(key, **facts)


def rules_done(done: int, count: int) -> None:
    """Print every tenth of the rules; the first ones take longest."""
    if done * _TENTHS // count > (done - 1) * _TENTHS // count:
        progress("cli.rules_done", done=done, count=count)


def _print_outcomes(result: Review) -> None:
    """Print a table of the sites and the count of each outcome."""
    from spatial.report.override_tables import outcome_label

    outcomes = result.outcomes
    rules = outcomes["deciding_rule"]
    labels = (outcome_label(one, language()) for one in result.content.sites)
    rows = zip(outcomes.index, outcomes["name"], labels, rules, strict=True)
    table(("site", "name", "outcome", "rule"), list(rows))
    click.echo()
    say("cli.summary", count=len(outcomes), on=str(result.content.on))
    counts = Counter(outcomes["outcome"])
    for outcome in OUTCOMES:
        click.echo(f"  {padded(outcome_word(outcome), 20)} {counts[outcome]:>6}")
    lost = len(result.content.site_layer.quarantine)
    if lost:
        say("cli.quarantined", count=lost)


def _print_overrides(result: Review) -> None:
    """Print how many sites a reviewer changed; every override that does not count."""
    from spatial.report.words import say as phrase

    given = result.content.overrulings
    if given is None:
        return
    lost = [one for one in given if not one.applied]
    sites = sum(one.is_overruled for one in result.content.sites)
    say("cli.overridden", sites=sites, given=len(given), applied=len(given) - len(lost))
    for one in lost:
        why = phrase(f"overrule_status.{one.status}", language())
        site, line = one.override.site_id, one.override.line
        remark("cli.override_lost", line=line, site=plain(site), why=why)


def _print_comparison(result: Review) -> None:
    """Print the sites whose outcome is another on the other side."""
    from spatial.report.comparison_tables import cause_text, outcome_labels

    compared = result.content.comparison
    if compared is None:
        return
    changed = [one for one in compared.sites if one.outcome_changes]
    side = compared.after
    say(
        "cli.compared",
        other=plain(f"{side.title} {side.on} {', '.join(side.rulebooks)}"),
        changed=len(changed),
        differ=len(compared.sites),
    )
    rows = []
    for one in changed:
        causes = dict.fromkeys(
            cause_text(cause, language())
            for change in one.changes
            for cause in change.causes
        )
        rows.append((one.site_id, *outcome_labels(one, language()), "; ".join(causes)))
    if rows:
        table(("site", "before", "after", "causes"), rows)


def _print_places(folder: Path, written: Sequence[Path]) -> None:
    say("cli.results", folder=str(folder))
    for page in written:
        if page.suffix == ".html":
            say("cli.open_report", path=str(page))
