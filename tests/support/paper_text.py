"""The words of a Word file and of a PDF, as a reader finds them."""

from __future__ import annotations

import re

import docx
import pypdf
from docx.oxml.ns import qn

from spatial.report import blocks as b


def _words(paragraph):
    """Return the text of a paragraph with that of its fields and line breaks."""
    marks = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    return "".join(
        one.text or "" if one.tag == qn("w:t") else marks.get(one.tag, "")
        for one in paragraph.iter()
    )


def word_text(path):
    """Return a Word file as lines: style and text of each paragraph, rows by bars."""
    file = docx.Document(str(path))
    names = {one.style_id: one.name for one in file.styles}
    lines = []
    for part in file.element.body:
        if part.tag == qn("w:p") and _words(part).strip():
            style = names[part.find(qn("w:pPr")).find(qn("w:pStyle")).get(qn("w:val"))]
            lines.append(f"[{style}] {_words(part)}")
        elif part.tag == qn("w:tbl"):
            lines += [
                " | ".join(
                    " / ".join(_words(p) for p in cell.iter(qn("w:p")))
                    for cell in row.iter(qn("w:tc"))
                )
                for row in part.iter(qn("w:tr"))
            ]
    return "\n".join(lines) + "\n"


def pdf_pages(path):
    """Return the text of each page of a PDF."""
    return [page.extract_text() for page in pypdf.PdfReader(str(path)).pages]


def squeezed(text):
    """Return a text without blanks, which no two readers of PDF set alike."""
    return re.sub(r"\s", "", text)


def texts(document):  # noqa: C901  a case for each sort of block
    """Yield every text of a document that both writers print, in order."""
    for one in document.blocks:
        match one:
            case b.Heading() | b.Paragraph():
                yield one.text
            case b.Items():
                yield from one.items
            case b.Pairs():
                yield from (text for pair in one.pairs for text in pair)
            case b.Grid():
                yield one.title
                yield from (column.heading for column in one.columns)
                yield from (cell for row in one.rows for cell in row)
                yield one.remark
            case b.Quote():
                yield from (one.text, one.source)
            case b.Figure():
                yield one.title
            case b.Blanks():
                yield from one.labels
