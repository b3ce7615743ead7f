"""``redline layers``: look into files and the layers of a workspace."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.terminal import lang_option, language, padded, plain, table
from spatial.text import TEXTS

if TYPE_CHECKING:
    from layers.layer import Layer, Workspace


@click.group()
def layers() -> None:
    """查看文件与工作区图层 / look into files and the layers of a workspace.

    \b
    例 / example:
      redline layers inspect projects.shp
    """


@layers.command()
@click.argument("file", type=click.Path(path_type=Path))
@lang_option
def inspect(file: Path) -> None:
    """说明文件里有什么 / tell what is in a file.

    Format and reference system with the evidence for them, layers, rows, fields,
    extent, problems.

    \b
    例 / example:
      redline layers inspect STBHHX.shp
    """
    import layers as package

    seen = package.inspect(file)
    _line("format", f"{seen.format} ({seen.why})")
    for problem in seen.problems:
        _line("problem", TEXTS.render(problem, language()))
    for one in seen.layers:
        click.echo()
        _line("layer", one.name)
        _line("rows", one.rows)
        _line("geometry", ", ".join(one.geometry_types))
        _line("fields", ", ".join(one.fields))
        if one.encoding:
            _line("encoding", one.encoding)
        _line("crs", f"{one.crs} ({one.crs_evidence})")
        if one.bounds:
            _line("bounds", ", ".join(f"{edge:.6f}" for edge in one.bounds))
        for problem in one.problems:
            _line("problem", TEXTS.render(problem, language()))


def _line(key: str, value: object) -> None:
    """Print one thing that was seen, under its name."""
    name = TEXTS.say(f"cli.inspect.{key}", lang=language())
    click.echo(f"{padded(name, 12)} {plain(value)}")


@layers.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@lang_option
@click.pass_context
def check(ctx: click.Context, workspace: Path) -> None:
    """检查每个图层能否使用 / check whether each layer is fit for use.

    Exits with 1 when a layer could not be read, cannot be relied on, or has rows that
    were quarantined.

    \b
    例 / example:
      redline layers check office/
    """
    import layers as package

    office = package.open_workspace(workspace)
    table(("layer", "kind", "state", "rows", "remarks"), _rows(office))
    if office.unavailable or any(map(_unfit, office.layers.values())):
        ctx.exit(1)


def _unfit(layer: Layer) -> bool:
    return bool(layer.usable_errors or layer.quarantine)


def _rows(office: Workspace) -> list[tuple[object, ...]]:
    lang = language()
    rows: list[tuple[object, ...]] = []
    for one in office.layers.values():
        state = "layer_with_remarks" if one.issues else "layer_fit"
        counts = sorted(Counter(issue.code for issue in one.issues).items())
        read = one.provenance
        rows.append(
            (
                one.id,
                one.spec.title[lang],
                TEXTS.say(f"cli.{'layer_unfit' if _unfit(one) else state}", lang=lang),
                f"{read.rows_in_file} ({read.rows_kept}+{read.rows_quarantined})",
                ", ".join(f"{code} x{count}" for code, count in counts),
            )
        )
    unread = TEXTS.say("cli.layer_unavailable", lang=lang)
    lost = office.unavailable.values()
    return rows + [
        (one.id, one.spec.title[lang], unread, None, one.reason) for one in lost
    ]
