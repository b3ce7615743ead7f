"""A case as a printed file: what it is, what was done, what proves it, which law."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from layers.errors import InputRefusedError
from spatial.ledger.export.forms import load_form
from spatial.ledger.export.notices import notices_of
from spatial.ledger.export.rows import Line, lines, value
from spatial.ledger.model import CaseFilter
from spatial.policy.judge import edition_on
from spatial.policy.load import builtin, load_rulebook
from spatial.report.blocks import (
    Blanks,
    Document,
    Figure,
    Grid,
    GridColumn,
    Heading,
    Pairs,
    Paragraph,
    Quote,
)
from spatial.report.one_file import written
from spatial.report.words import period, say
from spatial.text import TEXTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from spatial.ledger.ledger import Ledger
    from spatial.ledger.model import Case, Event
    from spatial.policy.model import Rule, Rulebook
    from spatial.report.blocks import Block, Text
    from spatial.report.columns import Cell
    from spatial.text import Lang

FORMATS = ("docx", "pdf")
_PICTURES = ("image/png",)
_FACTS = (
    *("state", "title", "source", "kind", "county_name", "county", "zones"),
    *("found_on", "last_seen", "seen_count", "lon_dms", "lat_dms", "area_m2"),
    *("area_ha", "area_mu"),
)
_DUTY = (
    *("responsible", "department", "measure", "facts.restoration_duty", "due_on"),
    *("days_left", "supervision_step", "transferred_to", "transfer_due_on"),
    *("transfer_answer", "penalty_doc", "public_result", "filed_on", "closed_on"),
    *("closed_with_image", "merged_into"),
)
_DECIMALS = {"area_m2": 2, "area_ha": 4, "area_mu": 2}


def case_document(
    ledger: Ledger, case_id: str, *, on: dt.date, lang: Lang = "zh"
) -> Document:
    """Return a case as a document.

    Parameters
    ----------
    ledger
        The ledger. Who reported is not in the document.
    case_id
        The case.
    on
        The day of printing.
    lang
        Language of titles and words; what people wrote stays as it is.

    Returns
    -------
    Document
        Facts; duties and days; the clause with its words, where a built-in rulebook
        holds it; history with the hash of each entry; evidence, its PNG pictures
        shown; what was seen when; links; conflicts; the head of the ledger.

    Raises
    ------
    NoSuchCaseError
        There is no such case.
    """
    case = ledger.case(case_id)
    frame = ledger.cases(CaseFilter(case_ids=(case_id,)))
    (line,) = lines(ledger, frame, on=on, lang=lang)
    title = TEXTS.say("ledger.file.title", lang=lang)
    notices = notices_of(ledger, (str(one["run_id"]) for one in case.sightings))
    blocks = (
        *(Paragraph(one, "notice") for one in notices),
        *_facts(line, lang),
        *_law(case, lang),
        *_history(case, ledger, lang),
        *_evidence(case, ledger, lang),
        *_seen(case, lang),
        *_beside(case, lang),
        *_signed(ledger, lang),
    )
    return Document(
        title=title,
        subtitle=case_id,
        owner="",
        running="  ·  ".join((title, case_id, on.isoformat(), *notices[:1])),
        lang=lang,
        on=on,
        blocks=blocks,
    )


def write_case_file(
    ledger: Ledger,
    case_id: str,
    path: Path,
    *,
    on: dt.date,
    lang: Lang = "zh",
    fonts: Path | None = None,
) -> None:
    """Write a case as ``.docx`` or ``.pdf``; an existing file is replaced.

    Parameters
    ----------
    ledger, case_id, on, lang
        As of `case_document`.
    path
        Its suffix says the format.
    fonts
        As of `spatial.report.pdf.write_pdf`.

    Raises
    ------
    NoSuchCaseError
        There is no such case.
    ExtraMissingError, FontMissingError
        The writer of the format, or a Chinese typeface, is not there.
    OutputRefusedError
        The file cannot be written.
    """
    document = case_document(ledger, case_id, on=on, lang=lang)
    write_document(document, path, fonts=fonts)


def write_document(document: Document, path: Path, *, fonts: Path | None) -> None:
    """Write a document in the format that the suffix of a path names.

    Parameters
    ----------
    document
        What to print.
    path
        Ends in ``.docx`` or ``.pdf``.
    fonts
        As of `spatial.report.pdf.write_pdf`.

    Raises
    ------
    InputRefusedError
        The suffix is another.
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise InputRefusedError(
            source=path,
            expected="a name that ends in .docx or .pdf",
            got=path.suffix or "no ending",
            todo="choose one of them",
        )
    if form == "pdf":
        from spatial.report.pdf import write_pdf  # noqa: PLC0415 - an extra

        written(path, lambda part: write_pdf(document, part, fonts=fonts))
        return
    from spatial.report.word import write_word  # noqa: PLC0415 - an extra

    written(path, lambda part: write_word(document, part))


def _say(key: str, lang: Lang, **facts: str | float) -> str:
    return TEXTS.say(f"ledger.file.{key}", lang=lang, **facts)


def _head(key: str, lang: Lang) -> Heading:
    return Heading(_say(key, lang))


def _printed(name: str, cell: Cell) -> str:
    """Return a value as printed; areas with their decimals."""
    digits = _DECIMALS.get(name)
    if digits is not None and isinstance(cell, float):
        return f"{cell:,.{digits}f}"
    return str(cell)


def _pairs(
    line: Line, names: tuple[str, ...], lang: Lang
) -> tuple[tuple[str, str], ...]:
    """Return what is known, under the titles of the workbook."""
    titles = {one.value: one.title[lang] for one in load_form().columns}
    told = ((name, value(line, name)) for name in names)
    return tuple(
        (titles.get(name, name), _printed(name, cell))
        for name, cell in told
        if cell is not None
    )


def _facts(line: Line, lang: Lang) -> Iterator[Block]:
    """Yield what the case is and who has to do what."""
    yield Paragraph(_say("notice", lang), "notice")
    yield _head("facts", lang)
    yield Pairs(_pairs(line, _FACTS, lang))
    duty = _pairs(line, _DUTY, lang)
    if duty:
        yield _head("duty", lang)
        yield Pairs(duty)
    if not line.row["due_certain"]:
        yield Paragraph(TEXTS.say("ledger.duty.doubt", lang=lang), "remark")


def _law(case: Case, lang: Lang) -> Iterator[Block]:
    """Yield the clause as it read on the day found, with what is known of its text."""
    yield _head("law", lang)
    rule, on = str(case.fields["rule"] or ""), cast("dt.date", case.fields["found_on"])
    if not rule:
        yield Paragraph(_say("no_rule", lang))
        return
    for book in map(load_rulebook, builtin()):
        for one in book.rules:
            if one.id == rule:
                yield Paragraph(f"{rule}  {one.title[lang]}", "title")
                yield from _quoted(one, book, on, lang)
                return
    yield Paragraph(_say("other_rule", lang, rule=rule))


def _quoted(rule: Rule, book: Rulebook, on: dt.date, lang: Lang) -> Iterator[Block]:
    """Yield the words that counted on a day; of a rule that did not count, that."""
    edition, status = edition_on(rule, book, on=on)
    if edition is None:
        yield Paragraph(_say("not_in_force", lang, on=str(on)), "notice")
        return
    cited = edition.citation
    parts = (
        f"{book.documents[cited.document].title[lang]} {cited.article}",
        period(str(edition.valid), lang),
        say(f"citation.{status}", lang),
        say(f"verified.{cited.verified}", lang),
    )
    yield Quote(cited.quote, "  ·  ".join(parts))


def _history(case: Case, ledger: Ledger, lang: Lang) -> Iterator[Block]:
    """Yield the events."""
    titles = {one.id: one.title[lang] for one in ledger.lifecycle.states.values()}
    columns = (
        GridColumn(_say("seq", lang), 0.6, number=True),
        GridColumn(_say("at", lang), 1.6),
        GridColumn(_say("actor", lang), 1.3),
        GridColumn(_say("event", lang), 1.8),
        GridColumn(_say("why", lang), 2.6),
        GridColumn(_say("hash", lang), 1.2),
    )
    rows = tuple(_event(one, titles, ledger, lang) for one in case.events)
    yield _head("history", lang)
    yield Grid(_say("history", lang), columns, rows, _say("hash_remark", lang))


def _event(
    one: Event, titles: dict[str, str], ledger: Ledger, lang: Lang
) -> tuple[Text, ...]:
    """Return an event as a row; eight digits of its hash suffice to find it."""
    word = TEXTS.say(f"ledger.event.{one.kind}", lang=lang)
    if one.from_state != one.to_state and one.from_state:
        word = f"{word}：{titles[one.from_state]} → {titles[one.to_state]}"
    elif one.kind == "amended":
        field = str(one.payload["field"])
        columns = {each.value: each.title[lang] for each in load_form().columns}
        word = f"{word}：{columns.get(field, field)} = {one.payload['new']}"
    role = ledger.lifecycle.roles.get(one.role, {}).get(lang, one.role)
    at = one.at[:19].replace("T", " ")
    return (str(one.seq), at, f"{one.actor}\n{role}", word, one.why, one.hash[:8])


def _evidence(case: Case, ledger: Ledger, lang: Lang) -> Iterator[Block]:
    """Yield what proves it; pictures that lie in the ledger are shown."""
    yield _head("evidence", lang)
    if not case.evidence:
        yield Paragraph(_say("no_evidence", lang))
        return
    columns = (
        GridColumn(_say("seq", lang), 0.6, number=True),
        GridColumn(_say("kind", lang), 1.2),
        GridColumn(_say("name", lang), 2.2),
        GridColumn(_say("day", lang), 1.1),
        GridColumn(_say("note", lang), 2.0),
        GridColumn("SHA-256", 1.2),
    )
    rows = tuple(
        (
            str(one["seq"]),
            TEXTS.say(f"ledger.evidence.{one['kind']}", lang=lang),
            str(one["name"]),
            str(one["taken_on"] or ""),
            str(one["note"]),
            str(one["sha256"])[:8],
        )
        for one in case.evidence
    )
    yield Grid(_say("evidence", lang), columns, rows)
    for one in case.evidence:
        if one["inside"] and one["media_type"] in _PICTURES:
            png = ledger.content(str(one["sha256"]))
            yield Figure(png, str(one["name"]), str(one["note"] or one["name"]), 120.0)


def _seen(case: Case, lang: Lang) -> Iterator[Block]:
    """Yield what was seen when."""
    if not case.sightings:
        return
    columns = (
        GridColumn(_say("day", lang), 1.1),
        GridColumn(_say("relation", lang), 1.1),
        GridColumn(_say("area", lang), 1.2, number=True),
        GridColumn(_say("clue", lang), 2.0),
        GridColumn(_say("run", lang), 1.6),
    )
    rows = tuple(
        (
            str(one["seen_on"]),
            TEXTS.say(f"ledger.relation.{one['relation']}", lang=lang),
            f"{one['area_m2']:,.2f}" if one["area_m2"] is not None else "",
            str(one["clue_id"]),
            str(one["run_id"]),
        )
        for one in case.sightings
    )
    yield _head("seen", lang)
    yield Grid(_say("seen", lang), columns, rows)


def _beside(case: Case, lang: Lang) -> Iterator[Block]:
    """Yield links and open conflicts, where there are any."""
    tables = (
        ("links", case.links, "unlinked_seq", ("kind", "target", "relation")),
        ("conflicts", case.conflicts, "settled_seq", ("field", "kept", "run_value")),
    )
    for key, found, ended, names in tables:
        rows = tuple(
            tuple(str(one[name]) for name in names)
            for one in found
            if one[ended] is None
        )
        if rows:
            yield _head(key, lang)
            columns = tuple(GridColumn(_say(one, lang)) for one in names)
            yield Grid(_say(key, lang), columns, rows)


def _signed(ledger: Ledger, lang: Lang) -> Iterator[Block]:
    """Yield the head of the ledger, and lines to be signed."""
    yield _head("head", lang)
    yield Paragraph(_say("head_text", lang, head=str(ledger.head())))
    yield Blanks(tuple(_say(one, lang) for one in ("officer", "acceptor", "day")))
