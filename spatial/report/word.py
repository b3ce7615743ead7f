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
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

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
    spans,
)
from spatial.report.words import say, visible

try:
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Mm

    from spatial.report import word_styles as styles
    from spatial.report.word_styles import element
except ImportError:  # pragma: no cover  the extra is there where tests run
    docx = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from spatial.report.blocks import Document
    from spatial.text import Lang

_TWIPS_PER_MM = 1440 / 25.4
_LABEL_SHARE = 0.24  # of the width of a table of facts
_FIRST = dt.datetime(1980, 1, 1)  # noqa: DTZ001  a zip has no earlier day, and no zone
_PARAGRAPHS = {"body": "Normal", "lead": "Lead", "remark": "Remark", "notice": "Notice"}


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
    if docx is None:
        raise ExtraMissingError(extra="report", needed_for="a Word document")
    path.write_bytes(_Writer(document).written())


class _Writer:
    """Puts the blocks of a document into a Word file."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lang: Lang = document.lang
        self.file: Any = docx.Document()
        styles.style_document(self.file, self.lang)
        self.body: Any = self.file.element.body
        self.numbers = _Numbers(self.file)

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
        return _timeless(made)

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
        head.extend(_runs(self.document.running))
        foot: Any = section.footer.paragraphs[0]._p  # noqa: SLF001
        marks = {"page": "\x01", "pages": "\x02"}
        text = say("print.page", self.lang, **marks)
        for part in _cut_at(text, tuple(marks.values())):
            if part == marks["page"]:
                foot.append(_field("PAGE", "1"))
            elif part == marks["pages"]:
                foot.append(_field("NUMPAGES", "1"))
            else:
                foot.append(_run(Span(part)))

    # -- blocks --------------------------------------------------------------------

    @singledispatchmethod
    def put(self, block: Block, number: int) -> None:
        """Put a block at the end of the file; `number` is that of its caption."""
        raise NotImplementedError(type(block))

    @put.register
    def _(self, block: Heading, number: int) -> None:
        self._paragraph(block.text, f"Heading {block.level}")

    @put.register
    def _(self, block: Paragraph, number: int) -> None:
        self._paragraph(block.text, _PARAGRAPHS[block.sort])

    @put.register
    def _(self, block: Items, number: int) -> None:
        style = "List Number" if block.ordered else "List Bullet"
        which = self.numbers.begun(ordered=block.ordered)
        for text in block.items:
            made = _paragraph(text, self._id(style))
            properties = made.find(qn("w:pPr"))
            level, list_ = element("ilvl", val=0), element("numId", val=which)
            properties.append(element("numPr", level, list_))
            self._put(made)

    @put.register
    def _(self, block: Pairs, number: int) -> None:
        widths = (_LABEL_SHARE, 1 - _LABEL_SHARE)
        looks = (self._id(styles.LABEL), self._id(styles.CELL))
        rows = [_row(pair, looks, _twips(widths)) for pair in block.pairs]
        self._table(styles.PAIRS, widths, rows)

    @put.register
    def _(self, block: Grid, number: int) -> None:
        self._caption("table", number, block.title)
        widths = [one.width for one in block.columns]
        head, cell = self._id(styles.HEAD), self._id(styles.CELL)
        right = self._id(styles.NUMBER)
        looks = [right if one.number else cell for one in block.columns]
        headings = [one.heading for one in block.columns]
        size = _twips(widths)
        first = _row(headings, [head] * len(headings), size, heads=True)
        rows = [_row(one, looks, size) for one in block.rows]
        self._table(styles.TABLE, widths, [first, *rows], heads=True)
        if block.remark:
            self._paragraph(block.remark, "Remark")

    @put.register
    def _(self, block: Figure, number: int) -> None:
        width = Mm(min(block.width_mm, TEXT_WIDTH_MM))
        self.file.add_picture(io.BytesIO(block.png), width=width)
        drawn: Any = self.file.paragraphs[-1]._p  # noqa: SLF001  no other way in
        for told in drawn.iter(qn("wp:docPr")):
            told.set("descr", visible(block.alt))
        self.file.paragraphs[-1].paragraph_format.keep_with_next = True
        self._caption("figure", number, block.title)

    @put.register
    def _(self, block: Quote, number: int) -> None:
        self._paragraph(block.text, "Quote")
        self._paragraph(block.source, styles.SOURCE)

    @put.register
    def _(self, block: Blanks, number: int) -> None:
        widths = (0.14, 0.36, 0.14, 0.36)
        looks = [self._id(one) for one in (styles.LABEL, styles.CELL)] * 2
        labels = [*block.labels, *([""] * (len(block.labels) % 2))]
        rows = [
            _row((left, "", right, ""), looks, _twips(widths), tall=True)
            for left, right in zip(labels[::2], labels[1::2], strict=True)
        ]
        rows += [
            _row(("",) * 4, looks, _twips(widths), tall=True) for _ in range(block.rows)
        ]
        self._table(styles.BLANKS, widths, rows)

    @put.register
    def _(self, block: PageBreak, number: int) -> None:
        self._put(element("p", element("r", element("br", type="page"))))

    # -- what blocks are made of ---------------------------------------------------

    def _id(self, style: str) -> str:
        return str(self.file.styles[style].style_id)

    def _put(self, made: Any) -> None:
        self.body.find(qn("w:sectPr")).addprevious(made)

    def _paragraph(self, text: Text, style: str) -> None:
        if plain(text):
            self._put(_paragraph(text, self._id(style)))

    def _caption(self, what: str, number: int, title: str) -> None:
        mark = "\x01"
        made = _paragraph("", self._id("Caption"))
        for part in _cut_at(say(f"print.{what}", self.lang, number=mark), (mark,)):
            if part == mark:
                made.append(_field(f"SEQ {what} \\* ARABIC", str(number)))
            else:
                made.append(_run(Span(part)))
        made.extend(_runs(("  ", title)))
        self._put(made)

    def _table(
        self,
        style: str,
        widths: Sequence[float],
        rows: Sequence[Any],
        *,
        heads: bool = False,
    ) -> None:
        """Put a table as wide as the text; Word needs a paragraph after it."""
        size = _twips(widths)
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
        self._put(_paragraph("", self._id(styles.CELL)))


class _Numbers:
    """The numbers of headings and lists: each list of its own begins with 1."""

    def __init__(self, file: Any) -> None:
        self.part = file.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
        for old in list(self.part):
            self.part.remove(old)
        self.used = 0
        self._abstract(0, (("decimal", "%1"), ("decimal", "%1.%2")), "Heading")
        self._abstract(1, (("decimal", "%1."),), "")
        self._abstract(2, (("bullet", "•"),), "")
        heads = self._begin(0)
        for level in (1, 2):
            style = file.styles[f"Heading {level}"].element.get_or_add_pPr()
            place = element("ilvl", val=level - 1)
            style.get_or_add_numPr().extend((place, element("numId", val=heads)))
        for name in ("List Bullet", "List Number"):
            shape = file.styles[name].element.get_or_add_pPr()
            for old in shape.findall(qn("w:numPr")):
                shape.remove(old)

    def begun(self, *, ordered: bool) -> int:
        """Return the number of a list that begins here."""
        return self._begin(1 if ordered else 2)

    def _begin(self, abstract: int) -> int:
        self.used += 1
        made = element("num", element("abstractNumId", val=abstract), numId=self.used)
        start = element("startOverride", val=1)
        made.append(element("lvlOverride", start, ilvl=0))
        self.part.append(made)
        return self.used

    def _abstract(
        self, which: int, levels: Sequence[tuple[str, str]], style: str
    ) -> None:
        made = element("abstractNum", abstractNumId=which)
        made.append(element("multiLevelType", val="multilevel"))
        for place, (sort, text) in enumerate(levels):
            hang = 567 if style else 340
            parts = [element("start", val=1), element("numFmt", val=sort)]
            if style:
                parts.append(element("pStyle", val=f"{style}{place + 1}"))
            parts += [element("lvlText", val=text), element("lvlJc", val="left")]
            ind = element("ind", left=hang, hanging=hang)
            parts.append(element("pPr", ind))
            made.append(element("lvl", *parts, ilvl=place))
        self.part.append(made)


def _twips(widths: Sequence[float]) -> list[int]:
    """Return the widths of columns, which together are as wide as the text."""
    whole = TEXT_WIDTH_MM * _TWIPS_PER_MM
    return [round(whole * one / sum(widths)) for one in widths]


def _row(
    texts: Sequence[Text],
    looks: Sequence[str],
    widths: Sequence[int],
    *,
    heads: bool = False,
    tall: bool = False,
) -> Any:
    shape = [element("cantSplit")]
    if tall:
        shape.append(element("trHeight", val=520, hRule="atLeast"))
    if heads:
        shape.append(element("tblHeader"))
    cells = [
        element(
            "tc",
            element("tcPr", element("tcW", w=width, type="dxa")),
            _paragraph(text, look),
        )
        for text, look, width in zip(texts, looks, widths, strict=True)
    ]
    return element("tr", element("trPr", *shape), *cells)


def _paragraph(text: Text, style: str) -> Any:
    shape = element("pPr", element("pStyle", val=style))
    return element("p", shape, *_runs(text))


def _runs(text: Text) -> list[Any]:
    return [_run(one) for one in spans(text)]


def _run(span: Span) -> Any:
    """Return words with their style; tabs and line feeds as Word has them."""
    run = element("r")
    name = (
        styles.outcome_style(span.outcome)
        if span.outcome
        else styles.LOOKS.get(span.look)
    )
    if name:
        style = element("rStyle", val=name.replace(" ", ""))
        run.append(element("rPr", style))
    for part in _cut_at(span.text, ("\n", "\t")):
        if part == "\n":
            run.append(element("br"))
        elif part == "\t":
            run.append(element("tab"))
        else:
            words = element("t")
            words.text = part
            words.set(qn("xml:space"), "preserve")
            run.append(words)
    return run


def _field(code: str, shown: str) -> Any:
    """Return a field of ours; `shown` stands until Word works it out."""
    return element("fldSimple", _run(Span(shown)), instr=f" {code} ")


def _cut_at(text: str, marks: Sequence[str]) -> list[str]:
    """Return a text cut before and after each of some signs, without empty parts."""
    parts = [text]
    for mark in marks:
        parts = [
            piece
            for part in parts
            for at, words in enumerate(part.split(mark))
            for piece in ((mark, words) if at else (words,))
        ]
    return [one for one in parts if one]


def _timeless(made: io.BytesIO) -> bytes:
    """Return a zip with its parts in order of name, of one time."""
    whole = io.BytesIO()
    with ZipFile(made) as old, ZipFile(whole, "w", ZIP_DEFLATED) as new:
        # [Content_Types].xml is first, as some readers ask: "[" is before letters
        for name in sorted(old.namelist()):
            entry = ZipInfo(name, _FIRST.timetuple()[:6])
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, old.read(name))
    return whole.getvalue()
