"""`redline ledger add, template, draw, image`: thin shells over what is tested."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from small_pair import small_pair

import layers
from layers.samples.county import write_county
from spatial.cli import main
from spatial.cli.ledger.entering import _ORIGINS
from spatial.ledger import Actor, open_ledger
from spatial.ledger.draw_tables import INSPECTORS, OBJECTS, read_draw_table
from spatial.ledger.sources import ORIGINS as KNOWN
from spatial.monitor import monitor

WHO = ("--name", "甲（虚构）", "--role", "admin")


def called(*words, fails=False):
    found = CliRunner().invoke(main, [str(one) for one in words])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert (found.exit_code != 0) is fails, found.output
    return found.output


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return small_pair(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def run(images, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    office = layers.open_workspace(write_county(tmp_path_factory.mktemp("office")))
    call = {
        name: {"name": path.name, "path": f"../small0/{path.name}"}
        for name, path in zip(("before", "after"), images, strict=True)
    }
    monitor(*images, office).write(out, pictures=0, call=call)
    return out


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "l.gpkg"
    assert "已建立台账" in called("ledger", "create", path, *WHO)
    return path


def test_a_run_enters_once_and_says_so(book, run):
    said = called("ledger", "add", book, run, *WHO)
    told = json.loads((run / "result.json").read_text(encoding="utf-8"))
    assert f"新立 {len(told['clues'])} 件" in said
    again = called("ledger", "add", book, run, *WHO)
    assert "未作改动" in again
    assert again.splitlines()[-1] == said.splitlines()[-1]


def test_a_run_whose_images_are_gone_says_what_that_means(book, run, tmp_path):
    import shutil

    other = shutil.copytree(run, tmp_path / "a" / "b")
    said = called("ledger", "add", book, other, *WHO, "--lang", "en")
    assert "the images of this run were not found" in said


def test_a_list_tells_its_refused_rows(book, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "线索编号,经度,纬度,发现日期,私记\nA1,107.5,40.1,2026-05-01,x\nA2,107.6,40.1,,x\n",
        encoding="utf-8",
    )
    said = called("ledger", "add", book, path, *WHO, "--origin", "drone")
    assert "第2行（A2）：没有发现日期，未录入" in said
    assert "未采用的列：私记" in said
    assert "新立 1 件" in said


def test_the_form_is_written(tmp_path):
    called("ledger", "template", tmp_path / "f.csv")
    assert "线索编号" in (tmp_path / "f.csv").read_text(encoding="utf-8-sig")


def test_a_draw_writes_its_record(tmp_path):
    (tmp_path / "o.csv").write_text(
        "对象编号,风险等级,正面清单,重点监管\n甲,高,否,\n乙,低,是,\n丙,,,是\n",
        encoding="gb18030",
    )
    (tmp_path / "p.csv").write_text("检查人员,回避对象\n子,丙\n丑,\n", encoding="utf-8")
    words = (tmp_path / "o.csv", tmp_path / "p.csv", "--seed", "s", "--count", 1)
    said = called("ledger", "draw", *words, "-o", tmp_path / "r.json")
    record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert record["sha256"] in said
    assert "丙" in {one["object_id"] for one in record["objects"]}
    assert "检查人员不足" in said
    called("ledger", "draw", *words, "-o", tmp_path / "again.json")
    assert (tmp_path / "r.json").read_bytes() == (tmp_path / "again.json").read_bytes()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("风险等级\n高\n", "对象编号"),
        ("对象编号,心情\n甲,好\n", "a heading of"),
        ("对象编号,风险等级\n甲,极高\n", "row 2: risk"),
        ("", "each heading once"),
    ],
)
def test_a_list_that_is_not_understood_is_refused(tmp_path, text, words):
    from layers.errors import InputRefusedError

    path = tmp_path / "o.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefusedError, match=words):
        read_draw_table(path, OBJECTS)


def test_a_sheet_is_read_as_a_csv_is(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for row in (("执法证号", "回避对象"), (1001, "甲，乙"), (1002, None)):
        book.active.append(row)
    book.save(tmp_path / "p.xlsx")
    (tmp_path / "p.csv").write_text(
        "执法证号,回避对象\n1001,甲，乙\n1002,\n", encoding="utf-8"
    )
    one, two = (
        read_draw_table(tmp_path / f"p.{n}", INSPECTORS) for n in ("xlsx", "csv")
    )
    assert one.equals(two)
    assert list(one.index) == ["1001", "1002"]


def test_after_images_are_compared_and_attached(book, run, images):
    called("ledger", "add", book, run, *WHO)
    reader = open_ledger(book, actor=Actor("乙（虚构）", "viewer"))
    case_id = reader.cases().index[0]
    words = (*WHO, "--before", images[0], "--after", images[1])
    said = called("ledger", "image", book, case_id, *words, "--attach")
    assert f"案件{case_id}销号影像复核" in said
    assert "未恢复" in said
    (one,) = reader.case(case_id).evidence
    assert one["kind"] == "after_image"
    assert one["taken_on"] == dt.date(2025, 9, 16)
    assert "未恢复" in one["note"]


def test_a_case_without_an_area_cannot_be_told_from_images(book, images, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "线索编号,经度,纬度,发现日期\nA1,107.5,40.1,2026-05-01\n", encoding="utf-8"
    )
    called("ledger", "add", book, path, *WHO, "--origin", "drone")
    case_id = open_ledger(book, actor=Actor("乙（虚构）", "viewer")).cases().index[0]
    words = (*WHO, "--before", images[0], "--after", images[1])
    said = called("ledger", "image", book, case_id, *words, fails=True)
    assert "a case with an area on the ground" in said


def test_the_choices_are_those_of_the_ledger():
    assert KNOWN == _ORIGINS
