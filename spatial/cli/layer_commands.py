"""``redline layers``: look into files and the layers of a workspace."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.terminal import (
    lang_option,
    language,
    padded,
    plain,
    progress,
    remark,
    say,
    table,
)
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from layers.layer import Workspace
    from layers.quality import Defect, QualityReport
    from layers.read import Glance, Inspection, RasterGlance

_SHOWN = 40
_GRAVEST_FIRST = ("error", "warning", "note")
_DECIDED = "issue.encoding_decided"


@click.group()
def layers() -> None:
    """查看文件与工作区图层 / look into files and the layers of a workspace.

    \b
    例 / example:
      redline layers inspect projects.shp
    """


# -- inspect --------------------------------------------------------------


@layers.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path),
    help="工作区，用其行政区图层说明位于何处 / workspace whose units say where it lies",
)
@lang_option
def inspect(file: Path, *, workspace: Path | None) -> None:
    """说明文件里有什么 / tell what is in a file.

    Format and reference system with the evidence for them, layers, row ledger,
    fields, text encoding and why, extent on the earth, problems.

    \b
    例 / example:
      redline layers inspect STBHHX.shp -w office/
    """
    import layers as package

    office = package.open_workspace(workspace) if workspace else None
    seen = package.inspect(file)
    _line("format", f"{seen.format} ({seen.why})")
    for problem in seen.problems:
        _line("problem", TEXTS.render(problem, language()))
    _print_rasters(seen, office)
    for one in seen.layers:
        click.echo()
        _line("layer", one.name)
        _line("rows", _ledger(one))
        _line("geometry", ", ".join(one.geometry_types))
        _line("fields", ", ".join(one.fields))
        if one.encoding:
            _line("encoding", f"{one.encoding} ({_why_encoding(one)})")
        _line("crs", f"{one.crs} ({one.crs_evidence})")
        if one.bounds:
            _line("bounds", ", ".join(f"{edge:.6f}" for edge in one.bounds))
        for place in _places(one, office):
            _line("place", place)
        for problem in one.problems:
            if problem.key != _DECIDED or not one.encoding:
                _line("problem", TEXTS.render(problem, language()))


def _print_rasters(seen: Inspection, office: Workspace | None) -> None:
    """Print what the rasters are."""
    for one in seen.rasters:
        _print_grid(one)
        for place in _places(one, office):
            _line("place", place)
        for problem in one.problems:
            _line("problem", TEXTS.render(problem, language()))


def _print_grid(seen: RasterGlance) -> None:
    """Print the size, values and place of a raster."""
    header = seen.header
    nodata = ["-" if one is None else f"{one:g}" for one in header.nodata]
    _line("raster_driver", f"{header.driver}, {header.compression or '-'}")
    _line("raster_size", f"{header.width_px:,} x {header.height_px:,}")
    _line("raster_bands", f"{len(header.dtypes)} ({_distinct(header.dtypes)})")
    _line("raster_nodata", _distinct(nodata))
    _line("crs", f"{seen.crs} ({seen.crs_evidence})")
    if seen.resolution and seen.bounds:
        _line("raster_pixel", " x ".join(f"{one:.10g}" for one in seen.resolution))
        _line("bounds", ", ".join(f"{edge:.6f}" for edge in seen.bounds))
    _line("raster_overviews", ", ".join(map(str, header.overviews)) or "-")


def _distinct(values: Iterable[str]) -> str:
    """Return the values that differ, in their order."""
    return ", ".join(dict.fromkeys(values))


def _line(key: str, value: object) -> None:
    """Print one thing that was seen, under its name."""
    name = TEXTS.say(f"cli.inspect.{key}", lang=language())
    click.echo(f"{padded(name, 12)} {plain(value)}")


def _ledger(seen: Glance) -> str:
    """Return the rows by what became of their geometry; the sum is that of the file."""
    return TEXTS.say(
        "cli.inspect.ledger",
        lang=language(),
        rows=seen.rows,
        valid=seen.rows - seen.missing - seen.invalid,
        invalid=seen.invalid,
        missing=seen.missing,
    )


def _why_encoding(seen: Glance) -> str:
    """Say how the text encoding is known."""
    for problem in seen.problems:
        if problem.key == _DECIDED:
            return TEXTS.render(problem, language())
    return TEXTS.say("cli.inspect.encoding_stated", lang=language())


def _places(seen: Glance | RasterGlance, office: Workspace | None) -> Iterator[str]:
    """Yield where on the earth a layer lies, in words."""
    from layers.quality import units_at

    if seen.lonlat is None:
        yield TEXTS.say("cli.inspect.place_unknown", lang=language())
        return
    edges = {
        name: _degrees(value, axis)
        for name, value, axis in zip(
            ("west", "south", "east", "north"), seen.lonlat, "xyxy", strict=True
        )
    }
    yield TEXTS.say("cli.inspect.box", lang=language(), **edges)
    if office is not None:
        units = units_at(office, seen.lonlat)
        key = "units" if units else "no_unit"
        yield TEXTS.say(f"cli.inspect.{key}", lang=language(), units=", ".join(units))


def _degrees(value: float, axis: str) -> str:
    """Return degrees with the side of the earth, ``东经 107.123456°``."""
    side = {"x": ("east", "west"), "y": ("north", "south")}[axis][value < 0]
    return TEXTS.say(f"cli.inspect.{side}", lang=language(), value=f"{abs(value):.6f}")


# -- check ----------------------------------------------------------------


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
    """Print the gravest findings as a table, and say how many there are."""
    click.echo()
    found = sorted(report.defects, key=lambda one: _GRAVEST_FIRST.index(one.severity))
    if not found:
        say("cli.no_findings")
        return
    keys = ("severity", "layer", "feature", "area_approx", "message")
    table(keys, [_finding_row(one) for one in found[:_SHOWN]])
    if len(found) > _SHOWN:
        say("cli.more_findings", count=len(found) - _SHOWN)


def _finding_row(one: Defect) -> tuple[object, ...]:
    lang = language()
    return (
        TEXTS.say(f"report.severity.{one.severity}", lang=lang),
        one.layer,
        one.feature_id,
        None if one.area_m2 is None else f"{one.area_m2:,.1f}",
        f"{TEXTS.render(one.message, lang)} [{one.code}]",
    )
