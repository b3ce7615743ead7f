"""``redline ledger export``: cases handed on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spatial.cli.ledger.place import (
    day_or_today,
    opened,
    reader_options,
    where_argument,
)
from spatial.cli.ledger.reading import asked_of, filter_options
from spatial.cli.terminal import lang_option, language, say

if TYPE_CHECKING:
    import datetime as dt


@click.command()
@where_argument
@filter_options
@click.option(
    "-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="写成 .xlsx 或 .gpkg / write as .xlsx or .gpkg",
)  # fmt: skip
@click.option(
    "--form", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="台账表式（YAML）/ columns of the workbook",
)  # fmt: skip
@click.option(
    "--reporters", is_flag=True,
    help="附举报人信息，须有权限 / with who reported; only for a role that may",
)  # fmt: skip
@reader_options
@lang_option
def export(
    where: str,
    *,
    out: Path,
    form: Path | None,
    reporters: bool,
    on: dt.datetime | None,
    name: str,
    role: str,
    **options: Any,  # noqa: ANN401 - the filter
) -> None:
    """导出台账表或图层 / write cases as a workbook in the office's form, or as a layer.

    \b
    例 / example:
      redline ledger export ledger.gpkg -o 问题台账.xlsx --county 150624
    """
    from layers.errors import InputRefusedError
    from spatial.ledger.export import load_form, write_geopackage, write_workbook

    ledger = opened(where, name, role)
    today = day_or_today(on, ledger)
    asked = asked_of(ledger, on=today, **options)
    lang = language()
    match out.suffix.lower():
        case ".xlsx":
            chosen = load_form(form) if form else None
            count = write_workbook(
                ledger, out, on=today, asked=asked, form=chosen, reporters=reporters,
                lang=lang,
            )  # fmt: skip
        case ".gpkg":
            count = write_geopackage(ledger, out, on=today, asked=asked, lang=lang)
        case other:
            raise InputRefusedError(
                source=out,
                expected="a name that ends in .xlsx or .gpkg",
                got=other or "no ending",
                todo="choose one of them",
            )
    say("ledger.cli.count", count=count)
    say("cli.results", folder=str(out))
