"""The form for a list of problems, as CSV or as a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from layers.errors import InputRefusedError
from layers.spec import spec
from spatial.ledger.sources import KIND
from spatial.text import TEXTS

if TYPE_CHECKING:
    from layers.spec import FieldSpec
    from spatial.text import Lang

_FIRST = dt.datetime(2026, 1, 1)  # noqa: DTZ001  in the place of the clock
_ROWS = 5000
_WIDE = 16


def template_headings(lang: Lang = "zh") -> tuple[str, ...]:
    """Return the headings of the form: two for the place, then those of the kind."""
    place = tuple(
        TEXTS.say(f"ledger.template.{one}", lang=lang) for one in ("lon", "lat")
    )
    return (*place, *(one.title[lang] for one in spec(KIND).fields))


def write_template(path: Path | str, *, lang: Lang = "zh") -> Path:
    """Write an empty form that `read_listing` reads when it is filled.

    Parameters
    ----------
    path
        ``.csv`` (UTF-8 with a mark, as Excel wants it) or ``.xlsx`` (lists to choose
        from, and a note at each heading). An existing file is replaced.
    lang
        Language of the headings.

    Returns
    -------
    Path
        The file; the same bytes every time.

    Raises
    ------
    InputRefusedError
        The name ends in something else.
    """
    path = Path(path)
    heads = template_headings(lang)
    if path.suffix.lower() == ".csv":
        text = io.StringIO(newline="")
        csv.writer(text).writerow(heads)
        path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
        return path
    if path.suffix.lower() != ".xlsx":
        raise InputRefusedError(
            source=path.name,
            expected="a name that ends in .csv or .xlsx",
            got=path.suffix or "no ending",
            todo="choose one of the two",
        )
    _workbook(path, heads, lang)
    return path


def _workbook(path: Path, heads: tuple[str, ...], lang: Lang) -> None:
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    book.set_properties({"created": _FIRST, "title": spec(KIND).title[lang]})
    sheet = book.add_worksheet(spec(KIND).title["zh"])
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
    text = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(heads):
        sheet.set_column(column, column, _WIDE, text)
        sheet.write_string(0, column, head, bold)
    for column, field in enumerate(spec(KIND).fields, start=2):
        words = _choices(field, lang)
        if words:
            sheet.data_validation(1, column, _ROWS, column,
                                  {"validate": "list", "source": words})  # fmt: skip
        key = "private" if field.name.startswith("reporter_") else field.type
        note = f"ledger.template.{key}"
        if note in TEXTS.sentences(lang):
            sheet.write_comment(0, column, TEXTS.say(note, lang=lang), {"author": ""})
    for column in (0, 1):
        sheet.write_comment(0, column, TEXTS.say("ledger.template.place", lang=lang),
                            {"author": ""})  # fmt: skip
    book.close()


def _choices(field: FieldSpec, lang: Lang) -> list[str]:
    """Return the words that a cell may hold; none where it is free."""
    return [one[lang] for one in (field.titles or {}).values()]
