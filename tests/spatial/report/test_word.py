"""The Word file says what the document says, by styles, and interprets nothing."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import time
import zipfile
from pathlib import Path

import docx
import paper_text
import pytest
import sample_content
import small_document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from layers.errors import ExtraMissingError
from spatial.report import word as word_module
from spatial.report.blocks import Grid, GridColumn, Paragraph, plain
from spatial.report.paper import review_document
from spatial.report.word import write_word

GOLDEN = Path(__file__).parents[2] / "golden"
WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("word") / "small.docx"
    write_word(small_document.every_block(rows=60), path)
    return docx.Document(str(path))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    path = tmp_path_factory.mktemp("word") / "report.docx"
    write_word(review_document(sample_content.sample()), path)
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_is_the_one_that_was_read_and_approved(lang, tmp_path):
    write_word(review_document(sample_content.sample(), lang), tmp_path / "a.docx")
    text = paper_text.word_text(tmp_path / "a.docx")
    golden = GOLDEN / f"paper_{lang}.txt"
    (tmp_path / golden.name).write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8"), (
        f"the document reads differently; read {tmp_path / golden.name}, and if it is"
        f" right copy it to tests/golden/{golden.name}"
    )


def test_two_files_of_one_document_have_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_word(small_document.every_block(), tmp_path / name)
        time.sleep(2.1)  # a zip counts time by two seconds
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_properties_tell_the_day_of_the_document_and_nobody(small):
    told = small.core_properties
    midnight = dt.datetime(2025, 6, 1)  # noqa: DTZ001
    assert told.created.replace(tzinfo=None) == midnight
    assert told.modified.replace(tzinfo=None) == midnight
    assert (told.title, told.author, told.last_modified_by) == ("核查表", "", "")


# -- by styles -----------------------------------------------------------------------


def test_words_and_paragraphs_name_a_style_and_are_not_formatted(small):
    body = small.element.body
    inside = {one.tag for shape in body.iter(qn("w:rPr")) for one in shape}
    assert inside == {qn("w:rStyle")}
    styled = {one.tag for shape in body.iter(qn("w:pPr")) for one in shape}
    shapes = ("w:pStyle", "w:numPr", "w:keepNext", "w:pageBreakBefore")
    assert styled <= set(map(qn, shapes))


def test_every_style_that_is_used_is_there_and_names_a_chinese_typeface(small):
    there = {one.style_id: one for one in small.styles}
    used = {
        one.get(qn("w:val"))
        for tag in ("w:pStyle", "w:rStyle", "w:tblStyle")
        for one in small.element.body.iter(qn(tag))
    }
    assert used <= set(there)
    texts = {one.get(qn("w:val")) for one in small.element.body.iter(qn("w:pStyle"))}
    for name in texts:
        fonts = there[name].element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")) in ("宋体", "黑体", "楷体")
        assert not [key for key in fonts.keys() if "Theme" in key]  # noqa: SIM118


def test_the_headings_of_a_table_stand_again_and_no_row_is_torn(small):
    tables = [
        one
        for one in small.element.body.iter(qn("w:tbl"))
        if next(one.iter(qn("w:tblStyle"))).get(qn("w:val")) == "ReportTable"
    ]
    assert len(tables) == 2
    for table in tables:
        rows = list(table.iter(qn("w:tr")))
        heads = [row.find(f".//{qn('w:tblHeader')}") is not None for row in rows]
        assert heads == [True] + [False] * (len(rows) - 1)
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)


def test_captions_are_numbered_by_fields_and_stay_with_their_table(small):
    codes = [
        one.get(qn("w:instr")) for one in small.element.body.iter(qn("w:fldSimple"))
    ]
    kinds = [code.split()[1] for code in codes]
    assert kinds == ["table", "figure", "table"]
    shown = [p for p in small.element.body.iter(qn("w:p")) if _style(p) == "Caption"]
    texts = ["".join(t.text for t in p.iter(qn("w:t"))) for p in shown]
    assert texts == ["表 1  分区", "图 1  位置", "表 2  单位"]
    assert shown[0].getnext().tag == qn("w:tbl")
    assert small.styles["Caption"].paragraph_format.keep_with_next


def _style(paragraph):
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return None if style is None else style.get(qn("w:val"))


def test_headings_are_numbered_by_a_list_and_stay_with_what_follows(small):
    for level in (1, 2):
        style = small.styles[f"Heading {level}"]
        assert style.element.pPr.find(qn("w:numPr")) is not None
        assert style.paragraph_format.keep_with_next
    assert small.styles["Heading 3"].element.pPr.find(qn("w:numPr")) is None


def test_each_list_begins_with_one(small):
    lists = [
        one.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        for one in small.element.body.iter(qn("w:p"))
    ]
    numbers = [one.get(qn("w:val")) for one in lists if one is not None]
    assert [len(list(g)) for _, g in itertools.groupby(numbers)] == [2, 1, 1]
    starts = small.part.numbering_part.element.iter(qn("w:startOverride"))
    assert {one.get(qn("w:val")) for one in starts} == {"1"}


def test_a_picture_says_what_is_to_be_seen(small):
    (told,) = small.element.body.iter(qn("wp:docPr"))
    assert told.get("descr") == "一个橙色的方块"


# -- nothing is interpreted ----------------------------------------------------------


def test_data_become_text_and_nothing_else(sample):
    with zipfile.ZipFile(sample) as parts:
        body = etree.fromstring(parts.read("word/document.xml"))
        outside = [
            one.get("Target")
            for name in parts.namelist()
            if name.endswith(".rels")
            for one in etree.fromstring(parts.read(name))
            if one.get("TargetMode") == "External"
        ]
    assert outside == []
    known = re.compile(r" SEQ (table|figure) \\\* ARABIC ")
    codes = [one.get(qn("w:instr")) for one in body.iter(qn("w:fldSimple"))]
    assert codes
    assert all(known.fullmatch(one) for one in codes)
    tags = {one.tag.rpartition("}")[2] for one in body.iter()}
    assert not tags & {"instrText", "hyperlink", "object", "altChunk", "sdt"}


@pytest.mark.parametrize("name", sample_content.HOSTILE, ids=range(5))
def test_a_name_that_tries_to_be_more_stands_as_it_is(name, sample):
    assert plain(name) in paper_text.word_text(sample)


def test_line_feeds_tabs_and_blanks_stay(tmp_path):
    text = "  a\tb\n\nc  "
    write_word(small_document.document(Paragraph(text)), tmp_path / "a.docx")
    assert f"[Normal] {text}\n" in paper_text.word_text(tmp_path / "a.docx")


@settings(max_examples=25)
@given(st.text())
def test_any_text_can_be_written_and_is_read_again(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "a.docx"
    write_word(small_document.document(Paragraph(f"甲{text}乙")), path)
    assert f"[Normal] {plain(f'甲{text}乙')}\n" in paper_text.word_text(path)


def test_the_columns_are_as_wide_as_the_text_together(tmp_path):
    columns = tuple(GridColumn(str(n), 1 / 3) for n in range(7))
    grid = Grid("七列", columns, (("",) * 7,))
    write_word(small_document.document(grid), tmp_path / "a.docx")
    body = docx.Document(str(tmp_path / "a.docx")).element.body
    widths = [int(one.get(qn("w:w"))) for one in body.iter(qn("w:gridCol"))]
    assert sum(widths) == pytest.approx(166 / 25.4 * 1440, abs=7)


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(word_module, "docx", None)
    with pytest.raises(ExtraMissingError, match=r"pip install 'ecoredline\[report\]'"):
        write_word(small_document.every_block(), tmp_path / "a.docx")
    assert not (tmp_path / "a.docx").exists()
