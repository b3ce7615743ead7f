"""A printed document as Word (.docx): to be edited, by styles, the same bytes twice.

Texts go into text elements and nowhere else, so that no name can become a field, a
link or a formula. Captions are numbered by fields (Word numbers them anew when a table
is put in or taken out), headings by a list of levels; headings of tables stand again
on each page, and a row is not torn.
"""

from __future__ import annotations

import datetime as dt
import io
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any

from layers.errors import ExtraMissingError
from layers.garbage import uncollected
from spatial.report.blocks import (
    TEXT_WIDTH_MM,
    Blanks,
    Block,
    Figure,
    Grid,
    Heading,
    Items,
    PageBreak,
    Pairs,
    Paragraph,
    Quote,
    Span,
    Text,
    numbered,
    plain,
)
from spatial.report.words import say, visible

try:
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Mm

    from spatial.report import word_styles as styles
    from spatial.report.word_parts import (
        Numbers,
        cut_at,
        field,
        paragraph,
        row_of,
        run_of,
        runs,
        timeless,
        twips,
    )
    from spatial.report.word_styles import element
except ImportError:  # pragma: no cover  the extra is there where tests run
    docx = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from spatial.report.blocks import Document
    from spatial.report.word_styles import Xml
    from spatial.text import Lang

_LABEL_SHARE = 0.24  # of the width of a table of facts
_PARAGRAPHS = {
    "body": "Normal",
    "lead": "Lead",
    "title": "Clause Title",
    "remark": "Remark",
    "notice": "Notice",
}


@uncollected()
def write_word(document: Document, path: Path) -> None:
    """Write a document as a Word file.

    Parameters
    ----------
    document
        What to print.
    path
        File to write; an existing one is replaced.

    Raises
    ------
    ExtraMissingError
        python-docx is not installed (extra ``report``).

    Notes
    -----
    The same document gives the same bytes: the day in the properties is the
    document's, and the parts of the file bear one fixed time. Characters that XML
    cannot hold are shown (see `spatial.report.words.visible`).
    """
    needs_docx()
    path.write_bytes(_Writer(document).written())


def needs_docx() -> None:
    """Refuse where python-docx is not installed.

    Raises
    ------
    ExtraMissingError
        It is not.
    """
    if docx is None:
        raise ExtraMissingError(extra="report", needed_for="a Word document")


class _Writer:
    """Puts the blocks of a document into a Word file."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lang: Lang = document.lang
        self.file: Any = docx.Document()
        styles.style_document(self.file, self.lang)
        self.body: Any = self.file.element.body
        self.numbers = Numbers(self.file)
        self.fresh = False  # whether what comes next begins a page

    def written(self) -> bytes:
        """Return the bytes of the file."""
        self._properties()
        self._running()
        if self.document.owner:
            self._paragraph(self.document.owner, "Remark")
        self._paragraph(self.document.title, "Title")
        self._paragraph(self.document.subtitle, "Subtitle")
        for block, number in numbered(self.document.blocks):
            self.put(block, number)
        made = io.BytesIO()
        self.file.save(made)
        return timeless(made)

    def _properties(self) -> None:
        """Say in the file's properties what it is; nobody's name, no clock."""
        told = self.file.core_properties
        day = dt.datetime.combine(self.document.on, dt.time())
        told.title = visible(self.document.title)[:255]
        told.author = told.last_modified_by = told.comments = ""
        told.created = told.modified = day
        told.revision, told.language = 1, "zh-CN" if self.lang == "zh" else "en-US"

    def _running(self) -> None:
        """Write the head of every page, and its number below."""
        section = self.file.sections[0]
        head: Any = section.header.paragraphs[0]._p  # noqa: SLF001  no other way in
        head.extend(runs(self.document.running))
        foot: Any = section.footer.paragraphs[0]._p  # noqa: SLF001
        marks = {"page": "\x01", "pages": "\x02"}
        text = say("print.page", self.lang, **marks)
        for part in cut_at(text, tuple(marks.values())):
            if part == marks["page"]:
                foot.append(field("PAGE", "1"))
            elif part == marks["pages"]:
                foot.append(field("NUMPAGES", "1"))
            else:
                foot.append(run_of(Span(part)))

    # -- blocks --------------------------------------------------------------------

    @singledispatchmethod
    def put(self, block: Block, _number: int) -> None:
        """Put a block at the end of the file; the number is that of its caption."""
        msg = f"no way to print a {type(block).__name__}"
        raise TypeError(msg)

    @put.register
    def _(self, block: Heading, _number: int) -> None:
        self._paragraph(block.text, f"Heading {block.level}")

    @put.register
    def _(self, block: Paragraph, _number: int) -> None:
        self._paragraph(block.text, _PARAGRAPHS[block.sort])

    @put.register
    def _(self, block: Items, _number: int) -> None:
        style = "List Number" if block.ordered else "List Bullet"
        which = self.numbers.begun(ordered=block.ordered)
        for text in block.items:
            made = paragraph(text, self._id(style))
            properties = made.find(qn("w:pPr"))
            level, list_ = element("ilvl", val=0), element("numId", val=which)
            properties.append(element("numPr", level, list_))
            self._put(made)

    @put.register
    def _(self, block: Pairs, _number: int) -> None:
        widths = (_LABEL_SHARE, 1 - _LABEL_SHARE)
        looks = (self._id(styles.LABEL), self._id(styles.CELL))
        rows = [row_of(pair, looks, twips(widths)) for pair in block.pairs]
        self._table(styles.PAIRS, widths, rows)

    @put.register
    def _(self, block: Grid, number: int) -> None:
        self._caption("table", number, block.title)
        widths = [one.width for one in block.columns]
        cell, right = self._id(styles.CELL), self._id(styles.NUMBER)
        looks = [right if one.number else cell for one in block.columns]
        headings = [one.heading for one in block.columns]
        size = twips(widths)
        tops = [
            styles.HEAD_RIGHT if one.number else styles.HEAD for one in block.columns
        ]
        first = row_of(headings, [*map(self._id, tops)], size, heads=True)
        rows = [row_of(one, looks, size) for one in block.rows]
        self._table(styles.TABLE, widths, [first, *rows], heads=True)
        if block.remark:
            self._paragraph(block.remark, "Remark")

    @put.register
    def _(self, block: Figure, number: int) -> None:
        width = Mm(min(block.width_mm, TEXT_WIDTH_MM))
        if self.fresh:  # what python-docx adds itself goes past `_put`
            self._put(paragraph("", self._id("Remark")))
        self.file.add_picture(io.BytesIO(block.png), width=width)
        drawn: Any = self.file.paragraphs[-1]._p  # noqa: SLF001  no other way in
        for told in drawn.iter(qn("wp:docPr")):
            told.set("descr", visible(block.alt))
        self.file.paragraphs[-1].paragraph_format.keep_with_next = True
        self._caption("figure", number, block.title)

    @put.register
    def _(self, block: Quote, _number: int) -> None:
        self._paragraph(block.text, "Quote")
        self._paragraph(block.source, styles.SOURCE)

    @put.register
    def _(self, block: Blanks, _number: int) -> None:
        widths = (0.14, 0.36, 0.14, 0.36)
        looks = [self._id(one) for one in (styles.LABEL, styles.CELL)] * 2
        labels = [*block.labels, *([""] * (len(block.labels) % 2))]
        rows = [
            row_of((left, "", right, ""), looks, twips(widths), tall=True)
            for left, right in zip(labels[::2], labels[1::2], strict=True)
        ]
        rows += [
            row_of(("",) * 4, looks, twips(widths), tall=True)
            for _ in range(block.rows)
        ]
        self._table(styles.BLANKS, widths, rows)

    @put.register
    def _(self, _block: PageBreak, _number: int) -> None:
        self.fresh = True

    # -- what blocks are made of ---------------------------------------------------

    def _id(self, style: str) -> str:
        return str(self.file.styles[style].style_id)

    def _put(self, made: Xml) -> None:
        if self.fresh:
            made = self._begins_page(made)
            self.fresh = False
        self.body.find(qn("w:sectPr")).addprevious(made)

    def _begins_page(self, made: Xml) -> Xml:
        """Let a paragraph begin a page: a break of its own may fall on an empty one."""
        if made.tag != qn("w:p"):
            self.fresh = False
            self._put(element("p", element("pPr", element("pageBreakBefore"))))
            return made
        shape = made.find(qn("w:pPr"))
        first = shape.find(qn("w:pStyle"))
        first.addnext(element("pageBreakBefore"))
        return made

    def _paragraph(self, text: Text, style: str) -> None:
        if plain(text):
            self._put(paragraph(text, self._id(style)))

    def _caption(self, what: str, number: int, title: str) -> None:
        mark = "\x01"
        made = paragraph("", self._id("Caption"))
        for part in cut_at(say(f"print.{what}", self.lang, number=mark), (mark,)):
            if part == mark:
                made.append(field(f"SEQ {what} \\* ARABIC", str(number)))
            else:
                made.append(run_of(Span(part)))
        made.extend(runs(("  ", title)))
        self._put(made)

    def _table(
        self,
        style: str,
        widths: Sequence[float],
        rows: Sequence[Xml],
        *,
        heads: bool = False,
    ) -> None:
        """Put a table as wide as the text; Word needs a paragraph after it."""
        size = twips(widths)
        look = element(
            "tblLook", val="0020" if heads else "0000", firstRow=int(heads), noHBand=1
        )
        shape = element(
            "tblPr",
            element("tblStyle", val=self._id(style)),
            element("tblW", w=sum(size), type="dxa"),
            element("tblLayout", type="fixed"),
            look,
        )
        grid = element("tblGrid", *(element("gridCol", w=one) for one in size))
        self._put(element("tbl", shape, grid, *rows))
        self._put(paragraph("", self._id(styles.CELL)))
