"""The styles of a Word document: what each sort of block looks like, once.

A text only names its style, so that an office changes the look of a whole report in
Word's own list of styles. Every style names a Chinese typeface as well as a Latin one:
Word would take another for Chinese signs else, and not the same on each machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from spatial.report.palette import OUTCOME_COLOUR

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument

    from spatial.text import Lang

    Xml: TypeAlias = Any  # an element of lxml, which tells no types
    _Style: TypeAlias = Any  # python-docx does not tell styles of words from others

LATIN, SONG, HEI, MONO = "Times New Roman", "宋体", "黑体", "Consolas"
"""The Latin typeface of texts; 宋体 of texts and 黑体 of headings, which government
documents are written in and every Chinese Windows has; the one of codes."""
TABLE, PAIRS, BLANKS = "Report Table", "Report Pairs", "Report Blanks"
CELL, NUMBER, HEAD, LABEL = "Table Text", "Table Number", "Table Head", "Table Label"
HEAD_RIGHT = "Table Head Right"
REMARK, NOTICE, LEAD, SOURCE = "Remark", "Notice", "Lead", "Quote Source"
TITLE = "Clause Title"
LOOKS = {"strong": "Strong", "warning": "Warning", "small": "Small", "code": "Code"}
_KEPT = ("Heading 1", "Heading 2", "Heading 3", "Caption", "Quote", TITLE)
_INK, _GREY, _RED, _RULE, _SHADE = "1f2933", "52606d", "9b1c1c", "9aa5b1", "eef1f4"


def outcome_style(outcome: str) -> str:
    """Return the name of the style for the word of an outcome."""
    return f"Outcome {outcome.replace('_', ' ')}"


def element(tag: str, *children: Xml, **attributes: object) -> Xml:
    """Return an element ``w:<tag>`` with children and attributes ``w:<name>``."""
    made: Xml = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name.rstrip('_')}"), str(value))
    made.extend(children)
    return made


def style_document(document: DocxDocument, lang: Lang) -> None:
    """Give a new document paper, language, and every style that the writer names."""
    _paper(document)
    defaults: Any = document.styles.element.find(qn("w:docDefaults"))
    run = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    _typefaces(run, LATIN, SONG)
    for old in run.findall(qn("w:lang")):
        run.remove(old)
    latin = "en-US" if lang == "en" else "zh-CN"
    run.append(element("lang", val=latin, eastAsia="zh-CN", bidi="ar-SA"))
    _paragraphs(document)
    _characters(document)
    for name in (TABLE, PAIRS, BLANKS):
        _table(document, name)


def _paper(document: DocxDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(24), Mm(22)
    section.header_distance = section.footer_distance = Mm(12)


def _typefaces(properties: Xml, latin: str, east: str) -> None:
    """Name the typefaces of a style; those that a theme would choose are taken out."""
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    fonts = element("rFonts", ascii=latin, hAnsi=latin, eastAsia=east, cs=latin)
    properties.insert(0, fonts)


def _paragraphs(document: DocxDocument) -> None:
    """Set the styles of paragraphs: size, ink, space, and what stays together."""
    sizes: dict[str, tuple[float, str, str, bool, float, float]] = {
        # points, ink, Chinese typeface, bold, space before and after in points
        "Normal": (10.5, _INK, SONG, False, 0, 5),
        "Title": (20, _INK, HEI, True, 4, 4),
        "Subtitle": (10.5, _GREY, SONG, False, 0, 8),
        "Heading 1": (15, _INK, HEI, True, 16, 6),
        "Heading 2": (12.5, _INK, HEI, True, 12, 4),
        "Heading 3": (11, _INK, HEI, True, 9, 3),
        "Caption": (9.5, _INK, HEI, True, 8, 3),
        "List Bullet": (10.5, _INK, SONG, False, 0, 3),
        "List Number": (10.5, _INK, SONG, False, 0, 3),
        "Quote": (10.5, _INK, "楷体", False, 3, 1),
        "Header": (8.5, _GREY, SONG, False, 0, 0),
        "Footer": (8.5, _GREY, SONG, False, 0, 0),
        LEAD: (11.5, _INK, SONG, True, 2, 6),
        TITLE: (10.5, _INK, HEI, True, 6, 2),
        REMARK: (9, _GREY, SONG, False, 3, 5),
        NOTICE: (10.5, _RED, HEI, True, 4, 8),
        SOURCE: (9, _GREY, SONG, False, 0, 6),
        CELL: (9, _INK, SONG, False, 1, 1),
        NUMBER: (9, _INK, SONG, False, 1, 1),
        HEAD: (9, _INK, HEI, True, 1, 1),
        HEAD_RIGHT: (9, _INK, HEI, True, 1, 1),
        LABEL: (9, _GREY, HEI, False, 1, 1),
    }
    for name, (points, ink, east, bold, before, after) in sizes.items():
        style = _style(document, name, WD_STYLE_TYPE.PARAGRAPH)
        font, shape = style.font, style.paragraph_format
        font.size, font.bold, font.italic = Pt(points), bold, False
        font.color.rgb = RGBColor.from_string(ink)
        _typefaces(style.element.get_or_add_rPr(), LATIN, east)
        for old in style.element.rPr.findall(qn("w:spacing")):  # of letters
            style.element.rPr.remove(old)
        shape.space_before, shape.space_after = Pt(before), Pt(after)
        shape.line_spacing = 1.0 if name.startswith("Table") else 1.15
        shape.keep_with_next = name in _KEPT
    document.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    for name in (NUMBER, HEAD_RIGHT):
        document.styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.styles["Footer"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for name in ("Quote", SOURCE):
        document.styles[name].paragraph_format.left_indent = Mm(7)
    _ruled(document, "Title", None)
    _ruled(document, NOTICE, _RED)
    _ruled(document, "Quote", _RULE)


def _ruled(document: DocxDocument, name: str, ink: str | None) -> None:
    """Put a line at the left of a style, or take away those that it has."""
    properties = document.styles[name].element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    if ink:
        line = element("left", val="single", sz=18, space=8, color=ink)
        properties.insert_element_before(
            element("pBdr", line), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc"
        )


def _characters(document: DocxDocument) -> None:
    """Set the styles of words within a paragraph."""
    for name, bold in (("Strong", True), ("Warning", True), ("Small", None)):
        style = _style(document, name, WD_STYLE_TYPE.CHARACTER)
        style.font.bold = bold
    document.styles["Warning"].font.color.rgb = RGBColor.from_string(_RED)
    document.styles["Small"].font.size = Pt(8)
    document.styles["Small"].font.color.rgb = RGBColor.from_string(_GREY)
    code = _style(document, "Code", WD_STYLE_TYPE.CHARACTER)
    code.font.size = Pt(8)
    _typefaces(code.element.get_or_add_rPr(), MONO, SONG)
    for outcome, colour in OUTCOME_COLOUR.items():
        style = _style(document, outcome_style(outcome), WD_STYLE_TYPE.CHARACTER)
        style.font.bold = True
        style.font.color.rgb = RGBColor.from_string(colour.removeprefix("#"))


def _style(document: DocxDocument, name: str, sort: WD_STYLE_TYPE) -> _Style:
    """Return a style of the document, made if it has none of the name."""
    if name in document.styles:
        return document.styles[name]
    made = document.styles.add_style(name, sort)
    made.quick_style = True
    return made


def _table(document: DocxDocument, name: str) -> None:
    """Add a style of tables: thin rules between rows, a shaded heading."""
    style: Any = document.styles.add_style(name, WD_STYLE_TYPE.TABLE).element
    sides = ("bottom",) if name == BLANKS else ("top", "bottom", "insideH")
    rules = [element(one, val="single", sz=4, space=0, color=_RULE) for one in sides]
    if name == BLANKS:
        rules.append(element("insideH", val="single", sz=4, space=0, color=_RULE))
    margins = [element(one, w=85, type="dxa") for one in ("left", "right")]
    style.append(
        element(
            "tblPr",
            element("tblBorders", *rules),
            element("tblCellMar", *margins),
        )
    )
    if name == TABLE:
        shade = element("shd", val="clear", color="auto", fill=_SHADE)
        head = element("tblStylePr", element("tcPr", shade), type="firstRow")
        style.append(head)
