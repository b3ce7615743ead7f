"""A case as a printed file: the whole story, and not who reported it."""

from __future__ import annotations

import datetime as dt
import io

import docx
import pytest
from PIL import Image
from pypdf import PdfReader
from shapely import box

from spatial.ledger import Actor, Evidence, Link, NewCase, Person, create_ledger
from spatial.ledger.chain import content_hash
from spatial.ledger.errors import NoSuchCaseError
from spatial.ledger.export import case_document, write_case_file
from spatial.policy.judge import edition_on
from spatial.policy.load import builtin, load_rulebook
from spatial.report.blocks import Figure, Grid, Paragraph, Quote
from spatial.report.printed import missing

DAY = dt.date(2026, 1, 5)
BOSS = Actor("甲（虚构）", "admin")
NO_PDF = missing("pdf")


def png():
    stream = io.BytesIO()
    Image.new("RGB", (30, 20), (120, 160, 90)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def office(tmp_path):
    made = create_ledger(
        tmp_path / "l.gpkg",
        actor=BOSS,
        clock=lambda: dt.datetime(2026, 1, 5, 4, tzinfo=dt.UTC),
    )
    with made.transaction() as writing:
        one = writing.open_case(
            NewCase(
                *("report_12369", DAY, "毁林（虚构）", box(110, 40, 110.01, 40.01)),
                rule="CN-SOIL-32",
                reporter=Person("李四（虚构）", "13800000000"),
            )
        )
        content = png()
        photo = Evidence(
            *("photo", "现场.png", "image/png", content_hash(content), len(content)),
            content=content,
            note="东侧（虚构）",
        )
        writing.attach(one, photo)
        writing.amend(one, "responsible", "某公司（虚构）", why="查明（虚构）")
        writing.move(one, "take")
    return made, one


def words_of_word(path):
    document = docx.Document(path)
    cells = (
        cell.text
        for table in document.tables
        for row in table.rows
        for cell in row.cells
    )
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def told(office, path):
    ledger, case_id = office
    write_case_file(ledger, case_id, path, on=DAY)
    if path.suffix == ".docx":
        return words_of_word(path)
    text = "".join(page.extract_text() for page in PdfReader(path).pages)
    return "".join(text.split())


FORMS = [
    "docx",
    pytest.param(
        "pdf", marks=pytest.mark.skipif(NO_PDF is not None, reason=str(NO_PDF))
    ),
]


@pytest.mark.parametrize("form", FORMS)
def test_the_file_tells_the_whole_case(office, tmp_path, form):
    said = told(office, tmp_path / f"case.{form}")
    ledger, case_id = office
    for words in (
        case_id,
        "毁林（虚构）",
        "不能直接作为处罚依据",
        "禁止在居民区和学校、医院、疗养院、养老院等单位周边",
        "责任主体=某公司（虚构）" if form == "pdf" else "责任主体 = 某公司（虚构）",
        "现场.png",
        ledger.case(case_id).events[0].hash[:8],
    ):
        assert words in said
    assert str(ledger.head()) in "".join(said.split())


@pytest.mark.parametrize("form", FORMS)
def test_who_reported_is_not_in_it(office, tmp_path, form):
    said = told(office, tmp_path / f"case.{form}")
    assert "13800000000" not in said
    assert "李四" not in said


@pytest.mark.parametrize("form", FORMS)
def test_the_same_case_gives_the_same_bytes(office, tmp_path, form):
    one, two = (tmp_path / f"{name}.{form}" for name in ("one", "two"))
    for path in (one, two):
        told(office, path)
    assert one.read_bytes() == two.read_bytes()


def test_a_picture_that_lies_in_the_ledger_is_shown(office):
    ledger, case_id = office
    document = case_document(ledger, case_id, on=DAY)
    (figure,) = [one for one in document.blocks if isinstance(one, Figure)]
    assert figure.png == png()
    assert figure.alt == "东侧（虚构）"


def quotes(tmp_path, rule, day):
    """Return what the file of a case that was found on a day quotes."""
    made = create_ledger(tmp_path / f"{day}.gpkg", actor=BOSS)
    with made.transaction() as writing:
        one = writing.open_case(NewCase("field", day, rule=rule))
    blocks = case_document(made, one, on=DAY).blocks
    return [each for each in blocks if isinstance(each, Quote)], blocks


def test_the_clause_is_quoted_as_it_read_on_the_day_found(tmp_path):
    """Of each built-in rule: the edition that the judge would take, or none."""
    seen = set()
    days = (dt.date(1990, 1, 1), dt.date(2016, 1, 1), dt.date(2025, 1, 1))
    rules = [
        (book, one) for book in map(load_rulebook, builtin()) for one in book.rules
    ]
    for book, rule in rules[::7]:
        for day in days:
            edition, status = edition_on(rule, book, on=day)
            (tmp_path / f"{day}.gpkg").unlink(missing_ok=True)
            quoted, blocks = quotes(tmp_path, rule.id, day)
            seen.add(status)
            if edition is None:
                assert quoted == []
                said = [b.text for b in blocks if isinstance(b, Paragraph)]
                assert any("没有有效版本" in str(text) for text in said)
            else:
                assert [one.text for one in quoted] == [edition.citation.quote]
    assert {"in_force", "not_in_force"} <= seen


def test_in_english_our_own_words_are_english(office):
    ledger, case_id = office
    document = case_document(ledger, case_id, on=DAY, lang="en")
    assert document.title == "Case file"


def test_a_case_that_is_not_there_is_refused(office, tmp_path):
    ledger, _ = office
    with pytest.raises(NoSuchCaseError, match="expected the number of a case"):
        write_case_file(ledger, "2026-000000-999999", tmp_path / "x.docx", on=DAY)
    assert not (tmp_path / "x.docx").exists()


def test_links_and_open_conflicts_are_told_and_settled_ones_are_not(office):
    ledger, case_id = office
    with ledger.transaction() as writing:
        writing.link(case_id, Link("permit", "许可1号（虚构）", "expired"))
        gone = writing.link(case_id, Link("permit", "许可2号（虚构）"))
        writing.unlink(case_id, gone, why="录错（虚构）")
        writing.amend(case_id, "responsible", "另一家（虚构）", run_id="r1")
    tables = {
        one.title: one.rows
        for one in case_document(ledger, case_id, on=DAY).blocks
        if isinstance(one, Grid)
    }
    assert tables["关联"] == (("permit", "许可1号（虚构）", "expired"),)
    (row,) = tables["待处理的数据矛盾"]
    assert row[0] == "responsible"
    assert "另一家（虚构）" in row[2]
