"""report.docx and report.pdf of a review: what they need, and what made them.

Their libraries are an extra, and PDF and maps need a typeface of the machine; all stand
in the manifest, because other versions of them give other bytes.
"""

from __future__ import annotations

from functools import cache
from importlib import metadata
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.errors import ExtraMissingError
from spatial.report.map_face import map_face
from spatial.report.paper import MOST_DETAILED, review_document
from spatial.report.pdf import FontMissingError, face, write_pdf
from spatial.report.static_map import review_figures
from spatial.report.word import needs_docx, write_word

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from layers.errors import ToolkitError
    from spatial.report.blocks import Figure
    from spatial.report.content import ReviewContent
    from spatial.text import Lang

FORMATS: Mapping[str, str] = {"docx": "report.docx", "pdf": "report.pdf"}
_OF_MAPS = ("matplotlib", "matplotlib-scalebar")
_LIBRARY: Mapping[str, str] = {"docx": "python-docx", "pdf": "typst"}


NO_FIGURES: Mapping[str, Figure] = MappingProxyType({})
"""Of a report without maps."""


def printer(
    content: ReviewContent,
    form: str,
    path: Path,
    *,
    lang: Lang,
    fonts: Path | None,
    figures: Callable[[], Mapping[str, Figure]] = lambda: NO_FIGURES,
) -> None:
    """Write a review as ``docx`` or ``pdf`` (see `write_word` and `write_pdf`)."""
    document = review_document(content, lang, figures=figures())
    if form == "docx":
        write_word(document, path)
    else:
        write_pdf(document, path, fonts=fonts)


def figures_of(
    content: ReviewContent, *, lang: Lang, fonts: Path | None
) -> Callable[[], Mapping[str, Figure]]:
    """Return what draws the maps of a report: once, when first asked."""

    @cache
    def drawn() -> Mapping[str, Figure]:
        return review_figures(content, lang, fonts=fonts, most_sites=MOST_DETAILED)

    return drawn


def missing(form: str, fonts: Path | None = None) -> ToolkitError | None:
    """Return why a format cannot be written here; None where it can.

    Parameters
    ----------
    form
        A format, or ``maps``; those that are not printed need nothing.
    fonts
        As for `spatial.report.pdf.write_pdf`.
    """
    try:
        if form == "docx":
            needs_docx()
        elif form == "pdf":
            face(fonts)
        elif form == "maps":
            map_face(fonts)
    except (ExtraMissingError, FontMissingError) as error:
        return error
    return None


def writers_of(
    formats: Collection[str], fonts: Path | None, *, maps: bool = False
) -> Mapping[str, str]:
    """Return libraries and typefaces that make some formats, with their versions.

    Parameters
    ----------
    formats, fonts
        As for `spatial.report.write.write_review`.
    maps
        Whether Word and PDF hold maps.

    Raises
    ------
    ExtraMissingError, FontMissingError
        One cannot be written here.
    """
    printed = [one for one in FORMATS if one in formats]
    for one in (*printed, *(("maps",) if maps and printed else ())):
        lack = missing(one, fonts)
        if lack is not None:
            raise lack
    found = {_LIBRARY[one]: metadata.version(_LIBRARY[one]) for one in printed}
    if "pdf" in printed:
        chosen = face(fonts)
        found["typeface"] = f"{chosen.family} {chosen.sha256}"
    if maps and printed:
        drawn = map_face(fonts)
        found |= {one: metadata.version(one) for one in _OF_MAPS}
        found["typeface_of_maps"] = f"{drawn.family} {drawn.sha256}"
    return found
