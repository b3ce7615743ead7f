"""`redline dossier`: what people see, and the exit status a pipeline sees."""

from __future__ import annotations

import openpyxl
import pytest
from click.testing import CliRunner

from layers.dossier import dossier_kinds
from spatial.cli import main

HEAD = "尾矿库编号,名称,类型,等级,对策,防治方案,应急预案,风险档案"
WHOLE = "T1,甲库（虚构）,尾矿库,一级,有,方案,预案,档案"
OPEN = "T2,乙库（虚构）,尾矿库,,有,方案,预案,档案"


@pytest.fixture
def run(tmp_path):
    """Return a function that runs the command on files of lines."""

    def make(*arguments, **files):
        for name, lines in files.items():
            path = tmp_path / f"{name}.csv"
            path.write_text("\n".join([*lines, ""]), "utf-8-sig")
        where = [str(one).replace("@", str(tmp_path) + "/") for one in arguments]
        return CliRunner().invoke(main, ["dossier", *where])

    return make


def test_kinds_lists_every_kind(run):
    found = run("kinds")
    assert found.exit_code == 0
    assert all(kind in found.output for kind in dossier_kinds())


def test_a_gap_is_told_with_row_and_clause_and_exits_with_1(run, tmp_path):
    call = ("check", "@a.csv", "--kind", "tailings_pond", "--on", "2026-01-01")
    found = run(*call, "-o", "@gaps.xlsx", a=[HEAD, WHOLE, OPEN])
    assert found.exit_code == 1
    assert "环境监管等级" in found.output
    assert "NM14-L13" in found.output
    assert "缺项 1 处" in found.output
    sheet = openpyxl.load_workbook(tmp_path / "gaps.xlsx")["缺项"]
    assert [cell.value for cell in sheet[3]][:3] == [3, "T2", "环境监管等级"]


def test_a_whole_list_exits_with_0_in_english(run):
    call = ("check", "@a.csv", "--kind", "tailings_pond", "--on", "2026-01-01")
    found = run(*call, "--lang", "en", a=[HEAD, WHOLE])
    assert found.exit_code == 0
    assert "every entry has all that is required" in found.output
    assert "not verified" in found.output


def test_the_same_list_gives_the_same_workbook(run, tmp_path):
    call = ("check", "@a.csv", "--kind", "tailings_pond", "--on", "2026-01-01")
    run(*call, "-o", "@one.xlsx", a=[HEAD, OPEN])
    run(*call, "-o", "@two.xlsx")
    one, two = (tmp_path / f"{name}.xlsx" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(("reason", "status"), [("完工（虚构）", 0), ("", 1)])
def test_leaving_without_a_reason_exits_with_1(run, reason, status):
    head = "编号,名称,类别,注销原因"
    found = run(
        *("compare", "@a.csv", "@b.csv", "--kind", "construction_site"),
        a=[head, "1,甲（虚构）,A,", "2,乙（虚构）,A,"],
        b=[head, "1,甲（虚构）,A,", f"2,乙（虚构）,A,{reason}"][: 3 if reason else 2],
    )
    assert found.exit_code == status
    assert f"注销未说明原因 {status}" in found.output


def test_a_cut_chain_exits_with_1(run):
    pipes = ["编码,排污口", "L1,P1"]
    call = ("links", "--list", "pipe", "@p.csv", "--list", "pollution_source")
    cut = run(*call, "@s.csv", p=pipes, s=["编码,名称,管线", "E1,甲厂（虚构）,L2"])
    assert cut.exit_code == 1
    assert "所属条目不在清单中" in cut.output
    assert "未核查" in cut.output
