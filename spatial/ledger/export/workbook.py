"""The ledger as a workbook, in the form of an office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.ledger.errors import RoleError
from spatial.ledger.export.forms import load_form
from spatial.ledger.export.notices import notices_of
from spatial.ledger.export.rows import lines, value
from spatial.ledger.model import CaseFilter
from spatial.report.columns import Column, Table
from spatial.report.excel import write_tables
from spatial.report.one_file import written
from spatial.report.words import visible
from spatial.text import TEXTS

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from spatial.ledger.export.forms import Form
    from spatial.ledger.ledger import Ledger
    from spatial.text import Lang

_EVERYTHING = CaseFilter()
_REPORTERS = tuple(
    Column(f"reporter_{one}") for one in ("case", "name", "phone", "address", "note")
)


def write_workbook(
    ledger: Ledger,
    path: Path,
    *,
    on: dt.date,
    asked: CaseFilter = _EVERYTHING,
    form: Form | None = None,
    reporters: bool = False,
    lang: Lang = "zh",
) -> int:
    """Write cases as a workbook; return how many.

    Parameters
    ----------
    ledger
        The ledger.
    path
        ``.xlsx``; an existing file is replaced.
    on
        The day of the export: days left are counted from it, and it stands in the
        place of the clock.
    asked
        Which cases.
    form
        Columns; those of ``form.yaml`` if not given.
    reporters
        Whether a sheet tells who reported; only for a role that may know.
    lang
        Language of titles and words.

    Raises
    ------
    RoleError
        `reporters` is asked for and the role may not.
    """
    if reporters:
        lacks = ledger.lifecycle.may(ledger.actor, "private")
        if lacks:
            raise RoleError(case_id="", what="private", lacks=lacks)
    chosen = form or load_form()
    cases = ledger.cases(asked)
    columns = tuple(
        Column(one.value, one.format, one.title[lang]) for one in chosen.columns
    )
    rows = tuple(
        tuple(value(one, column.value) for column in chosen.columns)
        for one in lines(ledger, cases, on=on, lang=lang)
    )
    sheets = [Table("ledger", columns, rows)]
    if reporters:
        told = tuple(
            (case_id, *map(visible, (who.name, who.phone, who.address, who.note)))
            for case_id in cases.index
            for who in ledger.persons(case_id)
        )
        sheets.append(Table("reporters", _REPORTERS, told))
    head = ledger.head()
    heading = TEXTS.say(
        "ledger.export.heading",
        lang=lang,
        title=chosen.title[lang],
        on=str(on),
        count=len(cases),
        head=str(head),
    )
    notices = notices_of(ledger, cases["run_id"])
    heading = "  |  ".join((heading, *map(visible, notices)))
    title = chosen.title[lang]
    written(
        path,
        lambda part: write_tables(
            sheets, part, title=title, heading=heading, on=on, lang=lang
        ),
    )
    return len(cases)
