"""The form of a workbook: which columns, in which order, under which titles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from layers import document
from spatial.ledger.export.rows import FACTS, VALUES
from spatial.report.columns import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.document import Entry

OWN = Path(__file__).with_name("form.yaml")


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column: a value of the case, its title by language, how it is printed."""

    value: str
    title: Mapping[str, str]
    format: Format


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its title by language and its columns in order."""

    title: Mapping[str, str]
    columns: tuple[FormColumn, ...]


def load_form(path: Path | str = OWN) -> Form:
    """Read a form.

    Parameters
    ----------
    path
        A file as ``form.yaml``; that of this package if not given.

    Raises
    ------
    SourceNotFoundError, DocumentError
        There is no such file; an unknown key, value or format; no column.
    """
    top = document.load_own(OWN) if path == OWN else document.load(path)
    top.only("title", "columns")
    listed = top.need("columns")
    columns = tuple(_column(one) for one in listed)
    if not columns:
        listed.fail("a column at least")
    title = top.need("title")
    title.only("zh", "en")
    return Form({lang: title.need(lang).text() for lang in ("zh", "en")}, columns)


def _column(entry: Entry) -> FormColumn:
    """Read a column."""
    entry.only("value", "zh", "en", "format")
    value, form = entry.need("value"), entry.get("format")
    name = value.text()
    if name not in VALUES and not (name.startswith(FACTS) and name != FACTS):
        value.fail(f"one of {', '.join(VALUES)}, or facts.<name>")
    return FormColumn(
        value=name,
        title={lang: entry.need(lang).text() for lang in ("zh", "en")},
        format=cast("Format", form.one_of(*get_args(Format)) if form else "text"),
    )
