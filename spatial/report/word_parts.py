"""What a Word document is made of: paragraphs, runs, rows, fields, numbers, the zip."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from spatial.report import word_styles as styles
from spatial.report.blocks import TEXT_WIDTH_MM, Span, Text, spans
from spatial.report.word_styles import element

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document as DocxDocument

    from spatial.report.word_styles import Xml

_TWIPS_PER_MM = 1440 / 25.4
_FIRST = dt.datetime(1980, 1, 1)  # noqa: DTZ001  a zip has no earlier day, and no zone


class Numbers:
    """The numbers of headings and lists: each list of its own begins with 1."""

    def __init__(self, file: DocxDocument) -> None:
        part: Any = file.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING)
        self.part: Xml = part.element
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


def twips(widths: Sequence[float]) -> list[int]:
    """Return the widths of columns, which together are as wide as the text."""
    whole = TEXT_WIDTH_MM * _TWIPS_PER_MM
    return [round(whole * one / sum(widths)) for one in widths]


def row_of(
    texts: Sequence[Text],
    looks: Sequence[str],
    widths: Sequence[int],
    *,
    heads: bool = False,
    tall: bool = False,
) -> Xml:
    """Return a row: a text, a style and a width for each of its cells."""
    shape = [element("cantSplit")]
    if tall:
        shape.append(element("trHeight", val=520, hRule="atLeast"))
    if heads:
        shape.append(element("tblHeader"))
    cells = [
        element(
            "tc",
            element(
                "tcPr",
                element("tcW", w=width, type="dxa"),
                *([element("vAlign", val="bottom")] if tall else []),
            ),
            paragraph(text, look),
        )
        for text, look, width in zip(texts, looks, widths, strict=True)
    ]
    return element("tr", element("trPr", *shape), *cells)


def paragraph(text: Text, style: str) -> Xml:
    """Return a paragraph of a style, by its id."""
    shape = element("pPr", element("pStyle", val=style))
    return element("p", shape, *runs(text))


def runs(text: Text) -> list[Xml]:
    """Return a text as runs, one for each of its spans."""
    return [run_of(one) for one in spans(text)]


def run_of(span: Span) -> Xml:
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
    for part in cut_at(span.text, ("\n", "\t")):
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


def field(code: str, shown: str) -> Xml:
    """Return a field of ours; `shown` stands until Word works it out."""
    return element("fldSimple", run_of(Span(shown)), instr=f" {code} ")


def cut_at(text: str, marks: Sequence[str]) -> list[str]:
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


def timeless(made: io.BytesIO) -> bytes:
    """Return a zip with its parts in order of name, of one time."""
    whole = io.BytesIO()
    with ZipFile(made) as old, ZipFile(whole, "w", ZIP_DEFLATED) as new:
        # [Content_Types].xml is first, as some readers ask: "[" is before letters
        for name in sorted(old.namelist()):
            entry = ZipInfo(name, _FIRST.timetuple()[:6])
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, old.read(name))
    return whole.getvalue()
