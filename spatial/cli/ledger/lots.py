"""``redline ledger draw``: 双随机, from a seed that was announced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from spatial.cli.terminal import lang_option, say, table

if TYPE_CHECKING:
    import pandas as pd

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

    OBJECTS has object_id, risk, credit, positive_list, key; INSPECTORS inspector_id,
    avoids. Tables (.csv, .xlsx); the order of the rows does not count.

    \b
    例 / example:
      redline ledger draw firms.csv inspectors.csv --seed 2026-06-01 --count 10
    """
    from spatial.ledger.draw import draw as lots

    made = lots(
        _table(objects, "object_id"),
        _table(inspectors, "inspector_id"),
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
    if out is not None:
        from spatial.report.one_file import written

        text = json.dumps(made.record(), ensure_ascii=False, indent=1) + "\n"
        written(out, lambda part: part.write_text(text, "utf-8", newline="\n"))
        say("cli.results", folder=str(out))


def _table(path: Path, index: str) -> pd.DataFrame:
    """Return a table with its ids as index."""
    import pandas as pd

    from layers.errors import InputRefusedError
    from layers.read.cells import cells_of

    cells, _ = cells_of(path)
    rows = [list(row) for _, row in cells.rows]
    heads = [str(one).strip() for one in rows[0]] if rows else []
    if index not in heads:
        raise InputRefusedError(
            source=path,
            expected=f"a heading {index!r} in the first row",
            got=", ".join(heads) or "nothing",
            todo="name the columns so",
        )
    wide = [row + [None] * (len(heads) - len(row)) for row in rows[1:]]
    found = pd.DataFrame(wide, columns=pd.Index(heads), dtype=object)
    return found.set_index(found[index].astype(str)).drop(columns=index)
