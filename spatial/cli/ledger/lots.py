"""``redline ledger draw``: 双随机, from a seed that was announced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.terminal import lang_option, remark, say, table

if TYPE_CHECKING:
    from spatial.ledger.draw import About


@click.command()
@click.argument("objects", type=click.Path(exists=True, path_type=Path))
@click.argument("inspectors", type=click.Path(exists=True, path_type=Path))
@click.option("--seed", required=True, help="公布的种子 / announced beforehand")
@click.option("--count", type=click.IntRange(0), required=True, help="数量 / how many")
@click.option(
    "--about",
    type=click.Choice(["general", "redline"]),
    default="general",
    show_default=True,
    help="检查事项；红线检查不适用正面清单 / red-line checks know no positive list",
)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path),
    help="抽取记录（JSON）/ record of the draw",
)  # fmt: skip
@lang_option
def draw(
    objects: Path,
    inspectors: Path,
    *,
    seed: str,
    count: int,
    about: About,
    out: Path | None,
) -> None:
    """双随机抽取 / draw objects to be checked and who checks them; can be repeated.

    OBJECTS has 对象编号, 风险等级, 信用等级, 正面清单, 重点监管; INSPECTORS has
    检查人员, 回避对象. Tables (.csv, .xlsx); the order of the rows does not count.

    \b
    例 / example:
      redline ledger draw firms.csv inspectors.csv --seed 2026-06-01 --count 10
    """
    from spatial.ledger.draw import draw as lots
    from spatial.ledger.draw_tables import INSPECTORS, OBJECTS, read_draw_table

    made = lots(
        read_draw_table(objects, OBJECTS),
        read_draw_table(inspectors, INSPECTORS),
        seed=seed,
        count=count,
        about=about,
    )
    rows = [
        (one, row["drawn_as"], row["rank"] or "", " ".join(row["inspectors"]))
        for one, row in made.objects.iterrows()
    ]
    heads = ("ledger_object", "ledger_drawn_as", "ledger_rank", "ledger_inspectors")
    table(heads, rows)
    short = int((made.objects["short"] > 0).sum())
    if short:
        remark("ledger.cli.short", count=short)
    record = made.record()
    say("ledger.cli.drawn", count=len(rows), sha=record["sha256"])
    if out is not None:
        from spatial.report.one_file import written

        text = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
        written(out, lambda part: part.write_text(text, "utf-8", newline="\n"))
        say("cli.results", folder=str(out))
