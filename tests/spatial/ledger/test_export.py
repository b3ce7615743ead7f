"""The ledger handed on: in the office's form, without those who reported."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pyogrio
import pytest
from shapely import box

from layers.errors import DocumentError
from spatial.ledger import (
    Actor,
    CaseFilter,
    NewCase,
    Person,
    Run,
    create_ledger,
    open_ledger,
)
from spatial.ledger.errors import RoleError
from spatial.ledger.export import (
    case_document,
    load_form,
    write_geopackage,
    write_workbook,
)
from spatial.ledger.export.rows import VALUES
from spatial.ledger.model import KINDS
from spatial.report.one_file import written
from spatial.report.write import OutputRefusedError
from spatial.text import TEXTS

DAY = dt.date(2026, 1, 5)
BOSS = Actor("甲（虚构）", "admin")
SQUARE = box(110, 40, 110.01, 40.01)


def clock():
    return dt.datetime(2026, 1, 5, 4, tzinfo=dt.UTC)


@pytest.fixture
def ledger(tmp_path):
    made = create_ledger(tmp_path / "l.gpkg", actor=BOSS, clock=clock)
    with made.transaction() as writing:
        one = writing.open_case(
            NewCase(
                *("report_12369", DAY, "=1+1 毁林（虚构）", SQUARE, "mine", "150624"),
                zones=(("ecological_redline", "R1", "某红线（虚构）", 12.4),),
                reporter=Person("李四（虚构）", "13800000000"),
                facts={"restoration_duty": "复绿（虚构）"},
            )
        )
        writing.amend(one, "responsible", "某公司（虚构）", why="查明")
        writing.open_case(NewCase("field", DAY, county="150625"))
    return made


def sheet_of(path, name="台账"):
    rows = list(openpyxl.load_workbook(path)[name].values)
    return rows[0][0], [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]


def test_the_workbook_has_the_columns_of_the_form_and_numbers_as_numbers(
    ledger, tmp_path
):
    path = tmp_path / "out.xlsx"
    assert write_workbook(ledger, path, on=DAY) == 2
    heading, (first, second) = sheet_of(path)
    assert list(first) == [one.title["zh"] for one in load_form().columns]
    assert str(ledger.head()) in heading
    assert first["问题编号"] == "2026-150624-000001"
    assert first["问题名称"] == "=1+1 毁林（虚构）"  # a text and no formula
    assert first["问题来源"] == "群众举报（12369）"
    assert first["状态"] == "线索"
    assert first["涉及管控区"] == "生态保护红线 某红线（虚构） 12平方米"
    assert first["面积（公顷）"] == pytest.approx(first["面积（平方米）"] / 1e4)
    assert first["面积（亩）"] == pytest.approx(first["面积（平方米）"] * 3 / 2000)
    assert (first["经度（度）"], first["纬度"]) == (110.005, "40°00′18.00″")
    assert first["恢复义务"] == "复绿（虚构）"
    assert first["最近一次经办"].startswith("2026-01-05 甲（虚构） 修改")
    assert second["面积（平方米）"] is None
    assert second["经度（度）"] is None


def test_days_left_are_counted_from_the_day_of_the_export(ledger, tmp_path):
    due = ledger.cases()["due_on"].iloc[0]
    write_workbook(ledger, tmp_path / "a.xlsx", on=due + dt.timedelta(days=3))
    _, rows = sheet_of(tmp_path / "a.xlsx")
    assert [row["剩余天数（负为逾期）"] for row in rows] == [-3, -3]


def test_who_reported_is_nowhere_unless_asked_for(ledger, tmp_path):
    path, there = tmp_path / "out.xlsx", tmp_path / "private.xlsx"
    write_workbook(ledger, path, on=DAY)
    write_geopackage(ledger, tmp_path / "out.gpkg", on=DAY)
    for one in (path, tmp_path / "out.gpkg"):
        assert b"13800000000" not in one.read_bytes()
    shown = openpyxl.load_workbook(path)
    assert shown.sheetnames == ["台账"]
    assert all("李四" not in str(cell) for row in shown["台账"].values for cell in row)
    write_workbook(ledger, there, on=DAY, reporters=True)
    _, (row,) = sheet_of(there, "举报人（保密）")
    assert (row["姓名"], row["电话"]) == ("李四（虚构）", "13800000000")


def test_a_role_that_may_not_know_gets_no_reporter(ledger, tmp_path):
    viewer = open_ledger(tmp_path / "l.gpkg", actor=Actor("乙（虚构）", "viewer"))
    with pytest.raises(RoleError, match="got 'viewer'"):
        write_workbook(viewer, tmp_path / "x.xlsx", on=DAY, reporters=True)
    assert not (tmp_path / "x.xlsx").exists()
    assert write_workbook(viewer, tmp_path / "x.xlsx", on=DAY) == 2


def test_a_filter_and_a_form_of_the_office_decide_what_is_in_it(ledger, tmp_path):
    own = tmp_path / "form.yaml"
    own.write_text(
        "title: {zh: 简表, en: Short}\ncolumns:\n"
        "  - {value: case_id, zh: 号, en: No}\n"
        "  - {value: facts.restoration_duty, zh: 义务, en: Duty}\n",
        encoding="utf-8",
    )
    path = tmp_path / "out.xlsx"
    asked = CaseFilter(county="150624")
    assert write_workbook(ledger, path, on=DAY, asked=asked, form=load_form(own)) == 1
    heading, rows = sheet_of(path)
    assert heading.startswith("简表")
    assert rows == [{"号": "2026-150624-000001", "义务": "复绿（虚构）"}]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{value: colour, zh: 色, en: c}", "one of case_id"),
        ("{value: facts., zh: 色, en: c}", "or facts.<name>"),
        ("{value: state, zh: 色}", "the key 'en'"),
        ("{value: state, zh: 色, en: c, format: red}", "one of text, long"),
    ],
)
def test_a_form_is_read_strictly(tmp_path, line, says):
    own = tmp_path / "form.yaml"
    own.write_text(f"title: {{zh: a, en: b}}\ncolumns:\n  - {line}\n", "utf-8")
    with pytest.raises(DocumentError, match=says):
        load_form(own)


def test_the_geopackage_is_coloured_and_opens(ledger, tmp_path):
    path = tmp_path / "out.gpkg"
    assert write_geopackage(ledger, path, on=DAY) == 2
    frame = pyogrio.read_dataframe(path, layer="cases")
    assert list(frame["state_id"]) == ["clue", "clue"]
    assert frame.geometry[0].equals(SQUARE)
    assert frame.geometry[1] is None
    styles = pyogrio.read_dataframe(path, layer="layer_styles")
    assert "待核查" in styles["styleQML"][0]


def test_what_a_run_says_of_its_zones_is_said_by_every_export(ledger, tmp_path):
    notice = "示范数据，非法定边界（虚构）"
    with ledger.transaction() as writing:
        writing.run(Run("r1", DAY, facts={"notices": [notice, notice]}))
        one = writing.open_case(NewCase("monitor", DAY, run_id="r1"))
    write_workbook(ledger, tmp_path / "a.xlsx", on=DAY)
    assert sheet_of(tmp_path / "a.xlsx")[0].count(notice) == 1
    write_geopackage(ledger, tmp_path / "a.gpkg", on=DAY)
    frame = pyogrio.read_dataframe(tmp_path / "a.gpkg", layer="cases")
    assert set(frame["notice"]) == {notice}
    document = case_document(ledger, one, on=DAY)
    assert notice in document.running  # on every page
    assert notice == document.blocks[0].text


@pytest.mark.parametrize(
    ("write", "suffix"), [(write_workbook, "xlsx"), (write_geopackage, "gpkg")]
)
def test_the_same_ledger_gives_the_same_bytes(ledger, tmp_path, write, suffix):
    one, two = (tmp_path / f"{name}.{suffix}" for name in ("one", "two"))
    for path in (one, two):
        write(ledger, path, on=DAY)
    assert one.read_bytes() == two.read_bytes()


def test_an_export_without_a_folder_is_refused(ledger, tmp_path):
    with pytest.raises(OutputRefusedError, match="choose a folder that exists"):
        write_workbook(ledger, tmp_path / "nowhere" / "x.xlsx", on=DAY)


def test_an_export_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    def half(part):
        part.write_text("half", "utf-8")
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "old.txt"
    path.write_text("old", "utf-8")
    with pytest.raises(OutputRefusedError, match="Permission denied"):
        written(path, half)
    assert [one.name for one in tmp_path.iterdir()] == ["old.txt"]
    assert path.read_text("utf-8") == "old"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_there_is_a_word_for_every_event_and_source(lang):
    known = TEXTS.sentences(lang)
    assert all(f"ledger.event.{kind}" in known for kind in KINDS)


def test_the_form_of_the_package_shows_most_values():
    shown = {one.value for one in load_form().columns}
    assert shown - set(VALUES) == {"facts.restoration_duty"}
