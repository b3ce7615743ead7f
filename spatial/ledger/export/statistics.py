"""Statistics of a ledger as a printed document: the first page is for who decides.

How many problems there are, how many are open and overdue, and the shares an office is
asked for; then what is due, then the counts by county, zone, source and state. The
numbers are those of `spatial.ledger.figures`; a share of nothing is not known and is
printed as a dash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.spec import kinds, spec
from spatial.ledger.export.case_file import write_document
from spatial.ledger.export.notices import notices_of
from spatial.ledger.figures import counts, duties
from spatial.monitor.views import class_title
from spatial.report.blocks import (
    Blanks,
    Document,
    Grid,
    GridColumn,
    Heading,
    Pairs,
    Paragraph,
    Span,
)
from spatial.report.words import M2_PER_HA, hectares, number, percent, say, visible
from spatial.text import TEXTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Iterator, Mapping, Sequence
    from pathlib import Path

    from spatial.ledger.figures.counts import By
    from spatial.ledger.ledger import Ledger
    from spatial.report.blocks import Block, Look, Text
    from spatial.text import Lang

GROUPS: tuple[By, ...] = ("county", "zone_kind", "source", "state")
"""By what the document counts unless it is told."""
MOST_DUE = 15
"""Duties on the first page, the most overdue first; what is left out is said."""
MOST_GROUPS = 200
"""Rows of a table by group; what is left out is said."""
_SHARES = {
    "false_alarm_share": ("unfounded", "decided"),
    "concluded_share": ("concluded", "found"),
    "closed_share": ("closed", "confirmed"),
    "in_time_share": ("closed_in_time", "timed"),
    "recurred_share": ("recurred", "ever_closed"),
}
_COUNTS = ("found", "open", "confirmed", "unfounded", "closed", "overdue", "recurred")
_LATE = ("overdue", "transfer_unanswered")


def statistics_document(
    ledger: Ledger,
    *,
    on: dt.date,
    by: Sequence[By] = GROUPS,
    lang: Lang = "zh",
) -> Document:
    """Return the statistics of a ledger as a document.

    Parameters
    ----------
    ledger
        The ledger. Nobody's name is in the document, neither who reported nor who
        answers for a case.
    on
        The day: whose deadlines have passed.
    by
        A table each; of a kind that many cases share (`zone_kind`) the rows add up to
        more than the whole, and that is said.
    lang
        Language of titles and words.

    Returns
    -------
    Document
        The same for the same ledger and day.
    """
    title = _say("title", lang)
    whole = counts(ledger, on=on).to_dict("records")[0]
    notices = notices_of(ledger)
    blocks = (
        *(Paragraph(one, "notice") for one in notices),
        *_whole(whole, on, lang),
        *_due(ledger, on, lang),
        *(
            block
            for one in by
            for block in _grouped(ledger, one, whole, on=on, lang=lang)
        ),
        *_signed(ledger, lang),
    )
    return Document(
        title=title,
        subtitle=_say("as_of", lang, on=on.isoformat()),
        owner="",
        running="  ·  ".join((title, on.isoformat(), *notices[:1])),
        lang=lang,
        on=on,
        blocks=blocks,
    )


def write_statistics(
    ledger: Ledger,
    path: Path,
    *,
    on: dt.date,
    by: Sequence[By] = GROUPS,
    lang: Lang = "zh",
    fonts: Path | None = None,
) -> None:
    """Write the statistics as ``.docx`` or ``.pdf``; an existing file is replaced.

    Parameters
    ----------
    ledger, on, by, lang
        As of `statistics_document`.
    path
        Its suffix says the format.
    fonts
        As of `spatial.report.pdf.write_pdf`.

    Raises
    ------
    InputRefusedError
        The suffix is another.
    ExtraMissingError, FontMissingError
        The writer of the format, or a Chinese typeface, is not there.
    OutputRefusedError
        The file cannot be written.
    """
    document = statistics_document(ledger, on=on, by=by, lang=lang)
    write_document(document, path, fonts=fonts)


def group_title(ledger: Ledger, by: By | None, group: str, lang: Lang) -> str:
    """Return the word for a group, where there is one; the group itself elsewhere."""
    if not group:
        return TEXTS.say("ledger.cli.unknown", lang=lang)
    if by == "state" and group in ledger.lifecycle.states:
        return ledger.lifecycle.states[group].title[lang]
    if by == "zone_kind" and group in kinds():
        return spec(group).title[lang]
    if by == "kind":
        return class_title(group, lang)
    key = f"ledger.source.{group}"
    known = by == "source" and key in TEXTS.sentences(lang)
    return TEXTS.say(key, lang=lang) if known else visible(group)


def _say(key: str, lang: Lang, **facts: str | float) -> str:
    return TEXTS.say(f"ledger.statistics.{key}", lang=lang, **facts)


def _word(name: str, lang: Lang) -> str:
    return TEXTS.say(f"cli.header.ledger_{name}", lang=lang)


def _whole(row: Mapping[Hashable, Any], on: dt.date, lang: Lang) -> Iterator[Block]:
    """Yield the whole in a sentence, and each share with what it is of."""
    facts = {one: int(row[one]) for one in _COUNTS}
    yield Paragraph(_say("summary", lang, on=on.isoformat(), **facts), "lead")
    if facts["overdue"]:
        late = _say("late", lang, overdue=facts["overdue"])
        yield Paragraph(Span(late, "warning"))
    told: list[tuple[Text, Text]] = [
        (_say("area", lang), hectares(float(row["area_m2"]), lang)),
        (_word("without_conclusion", lang), str(int(row["without_conclusion"]))),
        (_say("suspended", lang), str(int(row["suspended"]))),
        (_word("closed_with_image", lang), str(int(row["closed_with_image"]))),
    ]
    of = {
        **row,
        "decided": row["unfounded"] + row["confirmed"],
        "concluded": row["found"] - row["without_conclusion"],
        "timed": row["closed_in_time"] + row["closed_late"],
    }
    for name, (part, all_) in _SHARES.items():
        said = _say("share", lang, share=_share(row[name], lang),
                    part=int(of[part]), whole=int(of[all_]))  # fmt: skip
        told.append((_word(name, lang), (said, Span(f"  {_say(name, lang)}", "small"))))
    yield Pairs(tuple(told))


def _share(value: float, lang: Lang) -> str:
    """Return a share; a dash for one of nothing (NaN)."""
    return say("none", lang) if value != value else percent(value, lang)  # noqa: PLR0124


def _due(ledger: Ledger, on: dt.date, lang: Lang) -> Iterator[Block]:
    """Yield what is overdue, unanswered or due soon."""
    found = duties(ledger, on=on)
    yield Heading(_say("due", lang))
    if not len(found):
        yield Paragraph(_say("none_due", lang))
        return
    rows = []
    for one in found.head(MOST_DUE).itertuples(index=False):
        duty = TEXTS.say(f"ledger.duty.{one.what}", lang=lang)
        look: Look = "warning" if one.what in _LATE else "plain"
        doubt = "" if one.is_certain else TEXTS.say("ledger.duty.doubt", lang=lang)
        rows.append(
            (
                str(one.case_id),
                (Span(duty, look), Span(f" {doubt}".rstrip(), "small")),
                str(one.due_on),
                str(one.days_left),
                visible(str(one.department or "")),
                visible(str(one.title or "")),
            )
        )
    columns = (
        GridColumn(_word("case", lang), 2.2),
        GridColumn(_word("duty", lang), 1.6),
        GridColumn(_word("due", lang), 1.4),
        GridColumn(_word("days_left", lang), 1.0, number=True),
        GridColumn(_word("department", lang), 1.8),
        GridColumn(_word("title", lang), 3.0),
    )
    left = len(found) - len(rows)
    remark = _say("more_due", lang, count=left) if left else ""
    yield Grid(_say("due", lang), columns, tuple(rows), remark)


def _grouped(
    ledger: Ledger, by: By, whole: Mapping[Hashable, Any], *, on: dt.date, lang: Lang
) -> Iterator[Block]:
    """Yield the counts by a group, and of all."""
    found = counts(ledger, by=by, on=on)
    if not len(found):
        return
    title = _say(f"by.{by}", lang)
    rows = [
        _row(group_title(ledger, by, str(group), lang), row, lang)
        for group, row in zip(found.index, found.to_dict("records"), strict=True)
    ][:MOST_GROUPS]
    remarks = []
    if by == "zone_kind":
        remarks.append(TEXTS.say("ledger.cli.kinds_overlap", lang=lang))
    if len(rows) < len(found):
        left = len(found) - len(rows)
        remarks.append(_say("more_groups", lang, count=left))
    total = Span(TEXTS.say("ledger.cli.all", lang=lang), "strong")
    columns = (
        GridColumn(_say(f"column.{by}", lang), 2.6),
        *(GridColumn(_word(one, lang), 0.9, number=True) for one in _COUNTS),
        GridColumn(_word("area_ha", lang), 1.3, number=True),
        GridColumn(_word("in_time_share", lang), 1.1, number=True),
    )
    yield Heading(title)
    yield Grid(title, columns, (*rows, _row(total, whole, lang)), "  ".join(remarks))


def _row(group: Text, row: Mapping[Hashable, Any], lang: Lang) -> tuple[Text, ...]:
    return (
        group,
        *(str(int(row[one])) for one in _COUNTS),
        number(float(row["area_m2"]) / M2_PER_HA, 2, lang),
        _share(row["in_time_share"], lang),
    )


def _signed(ledger: Ledger, lang: Lang) -> Iterator[Block]:
    """Yield the head of the ledger, and lines to be signed."""
    yield Heading(TEXTS.say("ledger.file.head", lang=lang))
    head = str(ledger.head())
    yield Paragraph(TEXTS.say("ledger.file.head_text", lang=lang, head=head))
    yield Blanks(
        tuple(_say(one, lang) for one in ("maker", "checker", "office", "day"))
    )
