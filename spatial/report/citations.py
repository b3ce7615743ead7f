"""A clause as it is printed: document, article, quote, edition, status, source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.report.content import CitationRecord

if TYPE_CHECKING:
    from spatial.policy.model import Citation, Edition, Rulebook


def citation_record(
    citation: Citation,
    book: Rulebook,
    *,
    edition: Edition,
    ended: bool,
    reads_with: tuple[Citation, ...] = (),
) -> CitationRecord:
    """Return a citation with everything that is printed of it.

    Parameters
    ----------
    citation, book
        The clause and the rulebook whose documents it refers to.
    edition
        The edition it belongs to.
    ended
        Whether the period of its plan is over.
    reads_with
        The law that gives the clause its effect, of the same rulebook.
    """
    document = book.documents[citation.document]
    return CitationRecord(
        document_id=document.id,
        document=document.title,
        article=citation.article,
        quote=citation.quote,
        edition=str(edition.valid),
        status="period_ended" if ended else "in_force",
        verified=citation.verified,
        source=document.source or document.text,
        reads_with=tuple(
            citation_record(one, book, edition=edition, ended=False)
            for one in reads_with
        ),
    )
