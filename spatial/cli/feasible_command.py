"""``redline feasible``: where in a region may a project be built."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.base_map_remarks import base_map_remarks
from spatial.cli.terminal import (
    lang_option,
    language,
    progress,
    remark,
    say,
    table,
)

if TYPE_CHECKING:
    from spatial.feasible.land import Land


@click.command()
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path),
    required=True,
    help="工作区文件夹或 workspace.yaml / workspace folder or file",
)
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    required=True,
    help="项目属性 YAML 或 JSON，无位置 / attributes of a project, YAML or JSON",
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="适用日期 / the day whose law and layers count",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="输出文件夹 / output folder",
)
@lang_option
def feasible(workspace: Path, project: Path, on: dt.datetime | None, out: Path) -> None:
    """为一个项目划出区域内的可行用地 / class the land of a region for a project.

    Prohibited, not known, restricted, no conflict found: what a review says of the
    project at every place of the workspace's region. Writes feasible.gpkg (layer
    land), feasible.xlsx, feasible.html, feasible.json and manifest.json. A help for
    choosing a site, no approval. Without --on, today's law and layers count.

    \b
    例 / example:
      redline feasible -w office/ --project mine.yaml --on 2025-10-31 -o out/
    """
    import layers
    from spatial.feasible.land import classed
    from spatial.feasible.project import read_project
    from spatial.feasible.write import write_land

    day = on.date() if on else _today()
    progress("cli.reading_project", path=str(project))
    subject = read_project(project)
    progress("cli.reading_workspace", path=str(workspace))
    office = layers.open_workspace(workspace)
    progress("cli.classing_land", region=office.region or "-", on=str(day))
    land = classed(subject, office, on=day)
    base_map_remarks(office.base_map, (one.geometry for one in land.pieces))
    progress("cli.writing")
    written = write_land(land, out, lang=language())
    _print(land)
    say("cli.results", folder=str(out))
    for page in written:
        if page.suffix == ".html":
            say("cli.open_report", path=str(page))


def _today() -> dt.date:
    today = dt.datetime.now().astimezone().date()
    remark("cli.today", on=str(today))
    return today


def _print(land: Land) -> None:
    """Print the areas by county and class."""
    from spatial.feasible.tables import areas_table

    rows = [
        (f"{code or ''} {name}".strip(), word, f"{m2:,.2f}", f"{ha:,.4f}")
        for code, name, word, m2, ha, _ in areas_table(land, language()).rows
    ]
    table(("county", "land_class", "area_m2", "area_ha"), rows)
    click.echo()
    say("cli.land_pieces", pieces=len(land.pieces), faces=land.faces)
