"""A clause as it is printed: document, article, quote, edition, status, source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from spatial.report.content import CitationRecord

if TYPE_CHECKING:
    import datetime as dt

    from layers.provenance import Period
    from spatial.policy.model import Citation, Rulebook


def citation_record(
    citation: Citation,
    book: Rulebook,
    *,
    period: Period,
    on: dt.date,
    ended: bool = False,
    reads_with: tuple[Citation, ...] = (),
) -> CitationRecord:
    """Return a citation with everything that is printed of it.

    Parameters
    ----------
    citation, book
        The clause and the rulebook whose documents it refers to.
    period
        Validity of the edition that is cited.
    on
        The day of the review.
    ended
        Whether the period of its plan is over.
    reads_with
        The law that gives the clause its effect, of the same rulebook. It bears the
        period of its own document; what is not in force on the day is left out.
    """
    document = book.documents[citation.document]
    laws = [(one, book.documents[one.document].period) for one in reads_with]
    return CitationRecord(
        document_id=document.id,
        document=document.title,
        article=citation.article,
        quote=citation.quote,
        edition=str(period),
        status=_status(period, ended=ended),
        verified=citation.verified,
        source=document.source or document.text,
        reads_with=tuple(
            citation_record(one, book, period=of_law, on=on)
            for one, of_law in laws
            if on in of_law
        ),
    )


def _status(
    period: Period, *, ended: bool
) -> Literal["in_force", "period_ended", "undated"]:
    """Return whether a text is in force; of one without a date nobody can say so."""
    if ended:
        return "period_ended"
    return "in_force" if period.start or period.end else "undated"
