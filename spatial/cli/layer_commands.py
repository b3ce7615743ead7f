"""``redline layers``: look into files and the layers of a workspace."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.inspect_command import inspect
from spatial.cli.terminal import (
    lang_option,
    language,
    progress,
    remark,
    say,
    table,
)
from spatial.text import TEXTS

if TYPE_CHECKING:
    from layers.quality import Defect, QualityReport

_SHOWN = 40
_OF_A_SORT = 5
_GRAVEST_FIRST = ("error", "warning", "note")


@click.group()
def layers() -> None:
    """查看文件与工作区图层 / look into files and the layers of a workspace.

    \b
    例 / example:
      redline layers inspect projects.shp
    """


layers.add_command(inspect)


@layers.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="适用日期 / the day on which the layers are to be in force",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="输出文件夹 / folder for quality.gpkg and quality.xlsx",
)
@lang_option
@click.pass_context
def check(
    ctx: click.Context, workspace: Path, *, on: dt.datetime | None, out: Path | None
) -> None:
    """检查每个图层能否使用 / check whether each layer is fit for use.

    Prints the row ledger of each layer (rows in the file = kept + quarantined) and
    what was found: fields, codes, overlaps, gaps, duplicates, slivers, coverage,
    validity. Without --on, today counts. Exits with 1 when a layer could not be read,
    cannot be relied on, or has rows that were quarantined.

    \b
    例 / example:
      redline layers check office/ --on 2025-10-31 -o out/
    """
    import layers as package
    from layers import quality

    day = on.date() if on else _today()
    progress("cli.reading_workspace", path=str(workspace))
    report = quality.check(package.open_workspace(workspace), on=day)
    table(("layer", "kind", "state", "ledger", "counts"), _layer_rows(report))
    _print_findings(report)
    if out is not None:
        from spatial.report.quality import write_quality

        write_quality(report, out, lang=language())
        say("cli.results", folder=str(out))
    if not report.is_fit:
        ctx.exit(1)


def _today() -> dt.date:
    """Return today, and say that it counts."""
    today = dt.datetime.now().astimezone().date()
    remark("cli.checked_today", on=str(today))
    return today


def _layer_rows(report: QualityReport) -> list[tuple[object, ...]]:
    """Return one row a layer."""
    lang = language()
    return [
        (
            one.id,
            one.title[lang],
            TEXTS.say(f"report.quality.state.{one.state}", lang=lang),
            one.ledger,
            f"{one.errors} / {one.warnings} / {one.notes}",
        )
        for one in report.layers
    ]


def _print_findings(report: QualityReport) -> None:
    """Print what was found, the gravest first.

    Where there is too much for a screen, how much there is of each sort, and the
    largest few of it: hundreds of gaps must not hide the one overlap.
    """
    click.echo()
    found = sorted(report.defects, key=lambda one: _GRAVEST_FIRST.index(one.severity))
    if not found:
        say("cli.no_findings")
        return
    shown = found
    if len(found) > _SHOWN:
        sorts: dict[tuple[str, str, str], list[Defect]] = {}
        for one in found:
            sorts.setdefault((one.severity, one.layer, one.code), []).append(one)
        table(
            ("severity", "layer", "code", "count", "area_approx"),
            [
                (_severity(key[0]), *key[1:], len(s), _area(s))
                for key, s in sorts.items()
            ],
        )
        click.echo()
        few = max(1, min(_OF_A_SORT, _SHOWN // len(sorts)))
        shown = [one for s in sorts.values() for one in _largest(s)[:few]][:_SHOWN]
    keys = ("severity", "layer", "feature", "area_approx", "spot", "message")
    table(keys, [_finding_row(one) for one in shown])
    if len(found) > len(shown):
        say("cli.more_findings", count=len(found) - len(shown))


def _largest(found: list[Defect]) -> list[Defect]:
    """Return findings by area, the largest first; those without one as they came."""
    return sorted(found, key=lambda one: -(one.area_m2 or 0.0))


def _severity(name: str) -> str:
    return TEXTS.say(f"report.severity.{name}", lang=language())


def _area(found: list[Defect]) -> str | None:
    """Return the sum of the areas, or nothing where no finding has one."""
    areas = [one.area_m2 for one in found if one.area_m2 is not None]
    return f"{sum(areas):,.1f}" if areas else None


def _finding_row(one: Defect) -> tuple[object, ...]:
    spot = None
    if one.geometry is not None and not one.geometry.is_empty:
        point = one.geometry.representative_point()
        spot = f"{point.x:.5f}, {point.y:.5f}"
    return (
        _severity(one.severity),
        one.layer,
        one.feature_id,
        _area([one]),
        spot,
        f"{TEXTS.render(one.message, language())} [{one.code}]",
    )
