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

    from spatial.ledger import Ledger


@click.command()
@where_argument
@filter_options
@click.option(
    "-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="写成 .xlsx、.gpkg；案卷 .docx、.pdf / file to write",
)  # fmt: skip
@click.option(
    "--form", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="台账表式（YAML）/ columns of the workbook",
)  # fmt: skip
@click.option(
    "--reporters", is_flag=True,
    help="附举报人信息，须有权限 / with who reported; only for a role that may",
)  # fmt: skip
@click.option("--case", "case_id", metavar="CASE", help="只出此案案卷 / file of a case")
@reader_options
@lang_option
def export(
    where: str,
    *,
    out: Path,
    form: Path | None,
    case_id: str | None,
    reporters: bool,
    on: dt.datetime | None,
    name: str,
    role: str,
    **options: Any,  # noqa: ANN401 - the filter
) -> None:
    """导出台账表、图层或案卷 / write cases as a workbook or a layer, or a case file.

    A workbook has the columns of the office's form; a case file (.docx, .pdf) tells
    one case with its history, clause, evidence and pictures.

    \b
    例 / example:
      redline ledger export ledger.gpkg -o 问题台账.xlsx --county 150624
      redline ledger export ledger.gpkg -o 案卷.pdf --case 2026-150624-000001
    """
    from layers.errors import InputRefusedError
    from spatial.ledger.export import load_form, write_geopackage, write_workbook

    ledger = opened(where, name, role)
    today = day_or_today(on, ledger)
    asked = asked_of(ledger, on=today, **options)
    lang = language()
    if case_id is not None:
        _case_file(ledger, case_id, out, today)
        return
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


def _case_file(ledger: Ledger, case_id: str, out: Path, on: dt.date) -> None:
    """Write the file of a case."""
    from layers.errors import InputRefusedError
    from spatial.ledger.export import write_case_file

    if out.suffix.lower() not in {".docx", ".pdf"}:
        raise InputRefusedError(
            source=out,
            expected="a name that ends in .docx or .pdf for the file of a case",
            got=out.suffix or "no ending",
            todo="choose one of them, or leave out --case",
        )
    write_case_file(ledger, case_id, out, on=on, lang=language())
    say("cli.results", folder=str(out))
