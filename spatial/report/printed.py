"""report.docx and report.pdf of a review: what they need, and what made them.

Their libraries are an extra, and the PDF needs a typeface of the machine; both stand in
the manifest, because other versions of them give other bytes.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from layers.errors import ExtraMissingError
from spatial.report.paper import review_document
from spatial.report.pdf import FontMissingError, face, write_pdf
from spatial.report.word import needs_docx, write_word

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from layers.errors import ToolkitError
    from spatial.report.content import ReviewContent
    from spatial.text import Lang

FORMATS: Mapping[str, str] = {"docx": "report.docx", "pdf": "report.pdf"}
_LIBRARY: Mapping[str, str] = {"docx": "python-docx", "pdf": "typst"}


def printer(
    content: ReviewContent, form: str, path: Path, *, lang: Lang, fonts: Path | None
) -> None:
    """Write a review as ``docx`` or ``pdf`` (see `write_word` and `write_pdf`)."""
    document = review_document(content, lang)
    if form == "docx":
        write_word(document, path)
    else:
        write_pdf(document, path, fonts=fonts)


def missing(form: str, fonts: Path | None = None) -> ToolkitError | None:
    """Return why a format cannot be written here; None where it can.

    Parameters
    ----------
    form
        A format; those that are not printed need nothing.
    fonts
        As for `spatial.report.pdf.write_pdf`.
    """
    try:
        if form == "docx":
            needs_docx()
        elif form == "pdf":
            face(fonts)
    except (ExtraMissingError, FontMissingError) as error:
        return error
    return None


def writers_of(formats: Collection[str], fonts: Path | None) -> Mapping[str, str]:
    """Return libraries and typeface that make some formats, with their versions.

    Raises
    ------
    ExtraMissingError, FontMissingError
        One cannot be written here.
    """
    found: dict[str, str] = {}
    for one in FORMATS:
        if one in formats:
            lack = missing(one, fonts)
            if lack is not None:
                raise lack
            found[_LIBRARY[one]] = metadata.version(_LIBRARY[one])
    if "pdf" in formats:
        chosen = face(fonts)
        found["typeface"] = f"{chosen.family} {chosen.sha256}"
    return found
