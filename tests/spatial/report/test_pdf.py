"""The PDF has the words of the document, reads none as markup, and can be found in."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import matplotlib as mpl
import paper_text
import pypdf
import pytest
import sample_content
import small_document
import typst
from fontTools.ttLib import TTCollection, TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import ExtraMissingError
from spatial.report import pdf as pdf_module
from spatial.report.blocks import (
    Figure,
    Grid,
    GridColumn,
    Heading,
    Items,
    Paragraph,
    plain,
)
from spatial.report.palette import OUTCOME_SIGN
from spatial.report.paper import review_document
from spatial.report.pdf import FontMissingError, face, pdf_pictures, write_pdf
from spatial.text import LANGS, TEXTS

MARKUP = [
    '#eval("1+1")',
    "#let x = 5; #x",
    "$x^2$ *bold* _it_ `raw` ```rust fn```",
    "= Heading",
    "- item + enum / term: x",
    "@reference <label>",
    "https://example.org // comment /* more */",
    "\\u{1F600} \\ \\#",
    '#read("/etc/passwd") #image("x.png")',
    '#import "@preview/a:1.0.0"',
    '-- --- ... ~ \' "quoted"',
    "]]} ) #{ [",
    "{{ 7 * 7 }} {% raw %} ${x}",
]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "small.pdf"
    write_pdf(small_document.every_block(rows=120), path)
    return path


@pytest.mark.parametrize("lang", LANGS)
def test_every_word_of_the_document_is_in_the_pdf(lang, tmp_path):
    made = review_document(sample_content.sample(), lang)
    write_pdf(made, tmp_path / "a.pdf")
    # what typefaces do not have is shown by the sign for that
    told = paper_text.squeezed("".join(paper_text.pdf_pages(tmp_path / "a.pdf")))
    for text in paper_text.texts(made):
        for line in plain(text).splitlines():
            shown = "".join("\ufffd" if "\u2400" <= s <= "\u2426" else s for s in line)
            parts = filter(None, map(paper_text.squeezed, shown.split("\ufffd")))
            assert all(part in told or _torn(part, told) for part in parts), line


def _torn(part, told):
    """Whether a long text goes on on the next page, below running head and heading."""
    cuts = range(1, len(part)) if len(part) > 20 else ()
    return any(part[:at] in told and part[at:] in told for at in cuts)


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_printed_and_not_read(text, tmp_path):
    made = small_document.document(Heading(text), Paragraph(text), Items((text,)))
    write_pdf(made, tmp_path / "a.pdf")
    (page,) = paper_text.pdf_pages(tmp_path / "a.pdf")
    assert paper_text.squeezed(page).count(paper_text.squeezed(text)) == 3


@pytest.mark.parametrize("sign", ["红", "x", "\n"])
def test_a_cell_that_is_taller_than_a_page_goes_on_on_the_next(sign, tmp_path):
    columns = (GridColumn("甲", 1), GridColumn("乙", 6))
    text = f"始{sign * 1_500}终"
    long = small_document.document(Grid("长", columns, ((text, "短"),)))
    write_pdf(long, tmp_path / "a.pdf")
    pages = paper_text.pdf_pages(tmp_path / "a.pdf")
    assert len(pages) > 1
    assert "始" in pages[0]
    assert "终" in pages[-1]


def test_a_row_stays_on_one_page(small):
    columns = (GridColumn("甲", 1), GridColumn("乙", 6))
    rows = tuple((f"R{n}", f"始{n}\n二\n三\n四\n五\n终{n}") for n in range(40))
    pages = pdf_pages_of(small_document.document(Grid("行", columns, rows)), small)
    assert len(pages) > 2
    for page in pages:
        told = set(re.findall(r"始(\d+)", page))
        assert told == set(re.findall(r"终(\d+)", page))


def pdf_pages_of(document, beside):
    """Return the text of the pages of a document, written beside a file."""
    path = beside.with_name("other.pdf")
    write_pdf(document, path)
    return paper_text.pdf_pages(path)


@settings(max_examples=30)
@given(st.text())
def test_whatever_the_text_a_pdf_comes_out(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "a.pdf"
    write_pdf(small_document.document(Paragraph(text), Heading(text)), path)
    assert path.read_bytes().startswith(b"%PDF")


@settings(max_examples=30)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_any_text_is_laid_out_and_stays(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "a.pdf"
    write_pdf(small_document.document(Paragraph(f"甲{text}乙")), path)
    whole = paper_text.squeezed("".join(paper_text.pdf_pages(path)))
    assert f"甲{text}乙" in whole


def test_two_files_of_one_document_have_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_pdf(small_document.every_block(), tmp_path / name)
        time.sleep(1.1)  # a clock that counts seconds must have moved
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_headings_are_bookmarks(small):
    reader = pypdf.PdfReader(small)
    first, below, *rest = reader.outline
    assert first.title == "1 结论"
    assert [one.title for one in below] == ["1.1 明细"]
    assert rest == []  # those of the third level are none


def test_pages_are_numbered_and_carry_the_running_head(small):
    pages = [paper_text.squeezed(one) for one in paper_text.pdf_pages(small)]
    assert len(pages) > 3
    for number, text in enumerate(pages, start=1):
        assert f"第{number}页，共{len(pages)}页" in text
        assert paper_text.squeezed("核查表 · 示范县（虚构）") in text


def test_the_heading_of_a_table_stands_again_on_each_of_its_pages(small):
    pages = [paper_text.squeezed(one) for one in paper_text.pdf_pages(small)]
    rows = [one for one in pages if "Z-" in one]
    assert len(rows) > 2
    assert all("面积（公顷）" in one for one in rows)


def test_the_file_tells_its_day_and_title_and_nothing_that_runs(small):
    reader = pypdf.PdfReader(small)
    assert reader.metadata.title == "核查表"
    assert (
        reader.metadata.creation_date.strftime("%Y-%m-%d %H:%M") == "2025-06-01 00:00"
    )
    assert not reader.attachments
    actions = {"/JavaScript", "/JS", "/Launch", "/OpenAction", "/AA", "/URI"}
    assert not actions & set(reader.trailer["/Root"])
    assert not [one for page in reader.pages for one in page.get("/Annots", ())]


def test_a_drawing_is_printed_as_it_is_and_a_picture_where_there_is_none(tmp_path):
    drawn = small_document.document(
        Figure(small_document.png(), "图样", "", 60, svg=small_document.SVG)
    )
    shown = small_document.document(Figure(small_document.png(), "图样", "", 60))
    for made, pictures in ((drawn, 0), (shown, 1)):
        write_pdf(made, tmp_path / "a.pdf")
        (page,) = pypdf.PdfReader(tmp_path / "a.pdf").pages
        assert len(page.images) == pictures


def test_pages_can_be_looked_at():
    pictures = pdf_pictures(small_document.every_block(), ppi=20)
    assert len(pictures) == 2
    assert all(one.startswith(b"\x89PNG") for one in pictures)


# -- typefaces -----------------------------------------------------------------------


def test_a_folder_without_a_typeface_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(FontMissingError, match=r"got none in .*fonts-noto-cjk"):
        write_pdf(small_document.every_block(), tmp_path / "a.pdf", fonts=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_typefaces_of_a_folder_are_used_alone(tmp_path):
    known = Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSerif.ttf")
    shutil.copy(known, tmp_path / "own.ttf")
    assert face(tmp_path).family == "DejaVu Serif"
    assert face(tmp_path).sha256 != face().sha256


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf_module, "typst", None)
    with pytest.raises(ExtraMissingError, match=r"pip install 'ecoredline\[report\]'"):
        write_pdf(small_document.every_block(), tmp_path / "a.pdf")


def test_every_sign_of_our_texts_is_in_a_typeface_that_the_pdf_uses():
    signs = set("".join(OUTCOME_SIGN.values())) | set("·•")
    for lang in LANGS:
        signs |= set("".join(TEXTS.sentences(lang).values()))
    # Typst holds DejaVu Sans Mono itself; matplotlib's copy is the same face
    mono = TTFont(mpl.get_data_path() + "/fonts/ttf/DejaVuSansMono.ttf")
    found = [one for one in typst.Fonts().fonts() if one.family == face().family]
    regular = next(one for one in found if one.weight == 400)
    chosen = (
        TTCollection(regular.path).fonts[regular.index]
        if regular.path.endswith(".ttc")
        else TTFont(regular.path)
    )
    there = set(chosen.getBestCmap()) | set(mono.getBestCmap())
    assert [one for one in sorted(signs) if ord(one) not in there and one != "\n"] == []
