"""The matrix of clauses as a file: coverage.xlsx, .csv or .json."""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import TYPE_CHECKING

from spatial.policy.register.cover import WAYS, counts
from spatial.policy.register.model import STATES
from spatial.report.columns import Column, Table
from spatial.report.excel import write_tables
from spatial.report.words import say
from spatial.report.write import OutputRefusedError
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from spatial.policy.register.cover import Covered
    from spatial.report.columns import Row
    from spatial.text import Lang

SUFFIXES = (".xlsx", ".csv", ".json")
_COLUMNS = (
    Column("clause"),
    Column("clause_group"),
    Column("clause_title", "long"),
    *(Column(f"way_{way}") for way in WAYS),
    Column("coverage_state"),
    Column("coverage_why", "long"),
    Column("document", "long"),
    Column("article"),
    Column("quote", "long"),
    Column("document_period"),
    Column("clause_since"),
    Column("clause_due"),
    Column("region", "long"),
    Column("adcodes", "long"),
)
# The date inside a workbook: the same register gives the same bytes.
_WITHOUT_DAY = dt.date(2000, 1, 1)


def total_line(covered: Sequence[Covered], lang: Lang) -> str:
    """Return how many clauses there are, and how many of each state."""
    found = counts(covered)
    states = {state: sum(row[state] for row in found.values()) for state in STATES}
    return TEXTS.say("coverage.total", lang=lang, count=len(covered), **states)


def why(covered: Covered, lang: Lang) -> str:
    """Return what meets a clause, what is left out and what is missing, in a line."""
    between = TEXTS.say("coverage.and", lang=lang)
    return between.join(TEXTS.render(one, lang) for one in covered.reasons)


def mark_words(covered: Covered, lang: Lang) -> tuple[str | None, ...]:
    """Return a clause's row of the matrix in words, one cell a way."""
    marks = covered.marks
    return tuple(
        TEXTS.say(f"coverage.mark.{marks[way]}", lang=lang) if way in marks else None
        for way in WAYS
    )


def refuse_suffix(path: Path) -> None:
    """Refuse a file of a format that `write_coverage` does not know.

    Raises
    ------
    OutputRefusedError
        The suffix is none of `SUFFIXES`.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise OutputRefusedError(
            path=path,
            got=f"the suffix {path.suffix!r}",
            todo=f"name a file that ends with {', '.join(SUFFIXES)}",
        )


def write_coverage(
    listed: Sequence[Covered],
    path: Path,
    *,
    everything: Sequence[Covered],
    lang: Lang = "zh",
) -> None:
    """Write the matrix.

    Parameters
    ----------
    listed
        The rows to write, in this order.
    path
        ``.xlsx``, ``.csv`` (UTF-8 with a mark, so that Excel reads Chinese) or
        ``.json``; an existing file is replaced.
    everything
        All clauses: the heading of the workbook and the counts of the JSON tell of
        all of them, so that a filtered file does not look complete.
    lang
        Language of headings and sentences. JSON keeps its keys, and titles in both.

    Raises
    ------
    OutputRefusedError
        Another suffix, or the file cannot be written.
    """
    refuse_suffix(path)
    try:
        if path.suffix.lower() == ".json":
            text = json.dumps(
                _plain(listed, everything, lang), ensure_ascii=False, indent=2
            )
            path.write_text(text + "\n", encoding="utf-8", newline="\n")
        elif path.suffix.lower() == ".csv":
            _write_csv(listed, path, lang)
        else:
            _write_excel(listed, path, everything, lang)
    except OSError as error:
        raise OutputRefusedError(
            path=path,
            got=error.strerror or type(error).__name__,
            todo="name a file in a folder that exists and can be written to",
        ) from error


def _write_csv(listed: Sequence[Covered], path: Path, lang: Lang) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(say(f"column.{one.key}", lang) for one in _COLUMNS)
        writer.writerows(_row(one, lang) for one in listed)


def _write_excel(
    listed: Sequence[Covered], path: Path, everything: Sequence[Covered], lang: Lang
) -> None:
    path.touch()  # XlsxWriter wraps the reason why a file cannot be made
    title = TEXTS.say("coverage.title", lang=lang)
    parts = [title, total_line(everything, lang)]
    if len(listed) != len(everything):
        parts.append(TEXTS.say("coverage.listed", lang=lang, count=len(listed)))
    write_tables(
        [Table("coverage", _COLUMNS, tuple(_row(one, lang) for one in listed))],
        path,
        title=title,
        heading="  |  ".join(parts),
        on=_WITHOUT_DAY,
        lang=lang,
    )


def _row(one: Covered, lang: Lang) -> Row:
    """Return a clause as the cells of `_COLUMNS`."""
    clause = one.clause
    period = clause.document.period
    return (
        clause.id,
        TEXTS.say(f"coverage.group.{clause.group}", lang=lang),
        clause.title[lang],
        *mark_words(one, lang),
        TEXTS.say(f"coverage.state.{one.state}", lang=lang),
        why(one, lang),
        clause.document.title[lang],
        clause.article,
        clause.quote,
        str(period) if period.is_stated else None,
        clause.since or None,
        " / ".join(clause.due) or None,
        clause.region.title[lang],
        " ".join(clause.region.adcodes),
    )


def _plain(
    listed: Sequence[Covered], everything: Sequence[Covered], lang: Lang
) -> Mapping[str, object]:
    """Return the matrix as plain values for JSON."""
    return {
        "clauses_total": len(everything),
        "clauses_listed": len(listed),
        "counts": counts(everything),
        "clauses": [_record(one, lang) for one in listed],
    }


def _record(one: Covered, lang: Lang) -> Mapping[str, object]:
    clause = one.clause
    period = clause.document.period
    return {
        "id": clause.id,
        "group": clause.group,
        "title": dict(clause.title),
        "state": one.state,
        "marks": dict(one.marks),
        "why": why(one, lang),
        "rules": [{"rulebook": book, "rule": rule} for book, rule in one.rules],
        "settings": list(one.settings),
        "data": list(clause.data),
        "partly": dict(clause.partly) or None,
        "lacks": [dict(title) for title in one.lacks],
        "document": dict(clause.document.title),
        "text": clause.document.text,
        "article": clause.article,
        "quote": clause.quote,
        "period": {
            "from": period.start.isoformat() if period.start else None,
            "to": period.end.isoformat() if period.end else None,
        },
        "since": clause.since or None,
        "due": list(clause.due),
        "region": {
            "title": dict(clause.region.title),
            "adcodes": list(clause.region.adcodes),
        },
    }
