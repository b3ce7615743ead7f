"""`redline ledger`: a case from the first call to struck off, as an office types it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from shapely.geometry import box, mapping

from spatial.cli import main
from spatial.cli.ledger.place import place_of

HEAD = "经度,纬度,线索编号,问题名称,线索来源,发现日期,行政区代码,举报人姓名,举报人电话"
CALL = (
    "110.005,40.005,A1,采砂（虚构）,群众举报,2026-05-01,150624,李四（虚构）,13800000000"
)
FAR = "111.005,40.005,A2,弃渣（虚构）,现场检查,2026-05-02,150625,,"
FIRST = "2026-150624-000001"


@pytest.fixture
def office(tmp_path, monkeypatch):
    """Return a function that runs a command in an office with an empty ledger."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDLINE_NAME", "张三（虚构）")
    monkeypatch.setenv("REDLINE_ROLE", "admin")

    def run(*arguments, status=0):
        found = CliRunner().invoke(main, ["ledger", *map(str, arguments)])
        assert found.exit_code == status, found.output
        return found.output

    run("create", "l.gpkg")
    return run


@pytest.fixture
def listed(office, tmp_path):
    """Return the office after two problems were entered."""
    text = "\n".join([HEAD, CALL, FAR, ""])
    (tmp_path / "calls.csv").write_text(text, "utf-8-sig")
    said = office("add", "l.gpkg", "calls.csv")
    assert "新立 2 件" in said
    return office


def test_the_form_is_one_that_add_reads(office, tmp_path):
    office("template", "form.csv")
    head = (tmp_path / "form.csv").read_text("utf-8-sig").strip()
    assert head.startswith("经度,纬度,线索编号,问题名称")
    (tmp_path / "form.csv").write_text(
        f"{head}\n110,40,A1,x,现场检查,,2026-05-01\n", "utf-8-sig"
    )
    assert "新立 1 件" in office("add", "l.gpkg", "form.csv")


def test_a_list_entered_twice_changes_nothing(listed):
    before = listed("verify", "l.gpkg")
    assert "未作改动" in listed("add", "l.gpkg", "calls.csv")
    assert listed("verify", "l.gpkg") == before


def test_a_case_from_call_to_struck_off(listed, tmp_path):
    for name in ("photo.jpg", "order.pdf", "accepted.pdf", "after.tif"):
        (tmp_path / name).write_bytes(name.encode())
    why = ("--why", "现场查明（虚构）")

    def move(step):
        return listed("move", "l.gpkg", FIRST, step, *why)

    def attach(name, kind):
        listed(
            "attach", "l.gpkg", FIRST, name, "--kind", kind, "--taken-on", "2026-05-03"
        )

    refused = listed("move", "l.gpkg", FIRST, "close", status=1)
    assert "expected a case in the state to_accept" in refused
    move("take")
    attach("photo.jpg", "photo")
    assert "属实立案" in move("file")
    assert "evidence is missing: document" in listed(
        "move", "l.gpkg", FIRST, "order", status=1
    )
    listed(
        "amend",
        "l.gpkg",
        FIRST,
        "responsible=某公司（虚构）",
        "measure=回填（虚构）",
        *why,
    )
    attach("order.pdf", "document")
    move("order")
    attach("after.tif", "after_image")
    move("report_done")
    attach("accepted.pdf", "acceptance")
    assert "已销号" in move("close")
    shown = listed("show", "l.gpkg", FIRST)
    assert "to_accept > closed" in shown
    assert "反弹重开" in shown  # what can be done next
    told = json.loads(listed("show", "l.gpkg", FIRST, "--format", "json"))
    assert told["state"] == "closed"
    assert told["closed_with_image"] is True
    assert [one["kind"] for one in told["evidence"]] == [
        *("photo", "document", "after_image", "acceptance")
    ]
    stats = listed("stats", "l.gpkg", "--by", "state", "--lang", "en")
    assert "struck off" in stats


def test_list_gives_json_for_programs_and_filters(listed):
    every = json.loads(listed("list", "l.gpkg", "--format", "json"))
    assert [one["case_id"] for one in every] == [FIRST, "2026-150625-000001"]
    assert every[0]["lon"] == 110.005
    assert "person_hash" not in every[0]
    some = json.loads(
        listed("list", "l.gpkg", "--county", "150625", "--format", "json")
    )
    assert [one["title"] for one in some] == ["弃渣（虚构）"]
    assert "共 0 件" in listed("list", "l.gpkg", "--state", "closed")
    assert "共 1 件" in listed("list", "l.gpkg", "--bounds", 111, 40, 111.1, 40.1)
    refused = listed("list", "l.gpkg", "--state", "done", status=1)
    assert "expected clue, to_check" in refused


def test_overdue_cases_are_told_and_end_with_1(listed):
    assert "共 2 件" in listed("list", "l.gpkg", "--overdue", "--on", "2099-01-01")
    late = listed("due", "l.gpkg", "--on", "2099-01-01", status=1)
    assert "应催办 2 项，其中已到期 2 项" in late


def test_a_transfer_waits_for_its_answer(listed):
    call = (
        "transfer",
        "l.gpkg",
        FIRST,
        "--to",
        "林草局（虚构）",
        "--clause",
        "NM14-L03",
    )
    listed(*call, "--due", "2026-06-01", "--why", "职责（虚构）")
    assert "移交未反馈" in listed("due", "l.gpkg", "--on", "2026-06-02", status=1)
    listed("answer", "l.gpkg", FIRST, "已受理（虚构）")
    assert "移交未反馈" not in listed("due", "l.gpkg", "--on", "2026-06-02")


def test_what_reports_and_filed_cases_lack_ends_with_1(listed):
    assert "回复（facts.replied_on）" in listed("check", "l.gpkg", status=1)


def test_a_quarter_adds_up_and_a_wrong_one_is_a_wrong_use(listed):
    assert "合计" in listed("period", "l.gpkg", "2026-Q4")
    listed("period", "l.gpkg", "2026-Q5", status=2)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
    ],
)
def test_a_period_has_its_first_and_last_day(office, text, first, last):
    assert f"{first} 至 {last}" in office("period", "l.gpkg", text)


def test_merging_leaves_one_case(listed):
    listed("merge", "l.gpkg", "2026-150625-000001", FIRST, "--why", "同一处（虚构）")
    assert "共 1 件" in listed("list", "l.gpkg")
    assert "已并入" in listed("show", "l.gpkg", "2026-150625-000001")


#   0   1   2
# 1 ┌───┬───┐   the case is both squares (hundredths of a degree), the part the
# 0 └───┴───┘   right one
def test_a_part_becomes_a_case_of_its_own(office, tmp_path):
    whole = {"问题名称": "采石（虚构）", "线索来源": "无人机", "发现日期": "2026-05-01"}
    for name, shape in (
        ("whole.geojson", box(110, 40, 110.02, 40.01)),
        ("part.geojson", box(110.01, 40, 110.02, 40.01)),
        ("far.geojson", box(111, 40, 111.01, 40.01)),
        ("all.geojson", box(109, 39, 112, 41)),
    ):
        one = {"type": "Feature", "properties": whole, "geometry": mapping(shape)}
        text = json.dumps({"type": "FeatureCollection", "features": [one]})
        (tmp_path / name).write_text(text, "utf-8")
    office("add", "l.gpkg", "whole.geojson")
    old = "2026-000000-000001"
    why = ("--why", "两家（虚构）")
    for wrong in ("far.geojson", "all.geojson"):
        said = office("split", "l.gpkg", old, wrong, *why, status=1)
        assert "draw the parts within the case" in said
    office("split", "l.gpkg", old, "part.geojson", *why)
    first, second = json.loads(office("list", "l.gpkg", "--format", "json"))
    assert second["split_from"] == old
    assert first["area_m2"] == pytest.approx(second["area_m2"])
    assert "历史完整" in office("verify", "l.gpkg")


def test_an_export_knows_no_reporter(listed, tmp_path):
    assert "共 2 件" in listed("export", "l.gpkg", "-o", "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert "13800000000" not in str([list(sheet.values) for sheet in book])
    listed("export", "l.gpkg", "-o", "out.gpkg")
    assert "expected a name that ends in .xlsx or .gpkg" in listed(
        "export", "l.gpkg", "-o", "out.dwg", status=1
    )
    refused = listed(
        *("export", "l.gpkg", "-o", "p.xlsx", "--reporters", "--role", "viewer"),
        status=1,
    )
    assert "got 'viewer'" in refused


def test_a_changed_history_ends_with_1_and_is_named(listed, tmp_path):
    assert "历史完整" in listed("verify", "l.gpkg")
    with sqlite3.connect(tmp_path / "l.gpkg") as database:
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        named = database.execute(f"{guards} AND tbl_name = 'events'")
        for (name,) in named.fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE events SET actor = '别人' WHERE seq = 3")
    database.close()
    said = listed("verify", "l.gpkg", status=1)
    assert "历史被改动" in said
    assert "3" in said


def test_nothing_is_written_without_a_name(office, monkeypatch):
    monkeypatch.delenv("REDLINE_NAME")
    assert "--name" in office("move", "l.gpkg", FIRST, "take", status=2)


@pytest.mark.parametrize(
    ("where", "schema", "service"),
    [
        ("postgis:cases", "cases", None),
        ("postgis:office/cases", "cases", "office"),
        ("postgis:", "ledger", None),
    ],
)
def test_a_schema_of_a_server_is_named_without_a_password(where, schema, service):
    found = place_of(where)
    assert (found.schema, found.service) == (schema, service)


def test_anything_else_is_a_file():
    assert place_of("a/ledger.gpkg") == Path("a/ledger.gpkg")
