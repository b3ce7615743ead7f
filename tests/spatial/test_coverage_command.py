"""`redline rules coverage`: the matrix on the screen and in files."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from string import Formatter

import openpyxl
import pytest
from click.testing import CliRunner

from layers import document
from spatial import text
from spatial.cli import coverage_command, main
from spatial.policy.load import builtin, load_rulebook
from spatial.policy.register.cover import cover
from spatial.policy.register.load import load_register
from spatial.policy.register.model import GROUPS, RULED

FOLDER = Path(text.__file__).parent / "texts"


def coverage(*words):
    command = ["rules", "coverage", *(str(word) for word in words)]
    return CliRunner().invoke(main, command)


@pytest.fixture(scope="module")
def everything():
    return cover(load_register(), [load_rulebook(name) for name in builtin()])


def listed_ids(output):
    return re.findall(r"^((?:NM14|NMGOV|YZ|YL)-[SAMLD]\d\d) ", output, re.MULTILINE)


def total(everything, state):
    return sum(one.state == state for one in everything)


def test_every_clause_has_its_line_and_the_last_line_counts_them(everything):
    run = coverage()
    assert run.exit_code == 0, run.output
    assert listed_ids(run.output) == [one.clause.id for one in everything]
    last = run.output.splitlines()[-1]
    assert last.startswith("212 条：规则 ")
    numbers = [int(one) for one in re.findall(r"\d+", last)]
    assert sum(numbers[1:]) == numbers[0] == 212
    assert f"未落实 {total(everything, 'open')}" in last


def test_the_matrix_is_said_in_english_too(everything):
    run = coverage("--lang", "en")
    assert listed_ids(run.output) == [one.clause.id for one in everything]
    last = run.output.splitlines()[-1]
    assert last.startswith("212 clauses: rule ")
    assert f"open {total(everything, 'open')}" in last
    assert not re.search("[\u4e00-\u9fff]", run.output)


def test_columns_stand_under_their_headings():
    lines = coverage("--group", "ledger", "--lang", "en").output.splitlines()
    head = next(line for line in lines if line.startswith("clause "))
    rows = [line for line in lines if listed_ids(line)]
    at, title = head.index("ledger"), head.index("title")
    assert len(rows) == 38
    assert {line[at : at + 4] for line in rows} == {"yes ", "part"}
    assert {line[title - 2 : title] for line in rows} == {"  "}
    assert all(line[title] != " " for line in rows)


def test_counts_by_group_and_state_are_printed(everything):
    lines = coverage("--lang", "en").output.splitlines()
    for group in GROUPS:
        (line,) = [one for one in lines if re.match(rf"{group} +\d", one)]
        members = [one for one in everything if one.clause.group == group]
        numbers = [int(one) for one in line.split()[1:]]
        assert numbers[-1] == len(members) == sum(numbers[:-1])
        assert numbers[-2] == total(members, "open")


def test_a_filter_lists_less_and_counts_all(everything):
    run = coverage("--open", "--group", "siting", "--group", "data")
    wanted = [
        one.clause.id
        for one in everything
        if one.state == "open" and one.clause.group in ("siting", "data")
    ]
    assert wanted
    assert listed_ids(run.output) == wanted
    assert f"以上列出 {len(wanted)} 条" in run.output
    assert run.output.splitlines()[-1].startswith("212 条：")


def test_strict_fails_while_a_siting_or_activity_clause_is_open(everything):
    missed = sum(
        one.state == "open" and one.clause.group in RULED for one in everything
    )
    run = coverage("--strict", "--group", "ledger")
    assert run.exit_code == (1 if missed else 0)
    assert ("--strict" in run.output) == bool(missed)


def test_the_groups_of_the_option_are_the_groups():
    assert coverage_command._GROUPS == GROUPS
    run = coverage("--group", "sitting")
    assert run.exit_code == 2
    assert "'sitting' is not one of" in run.output


def test_json_holds_every_clause_with_its_citation(tmp_path, everything):
    path = tmp_path / "coverage.json"
    assert coverage("-o", path).exit_code == 0
    said = json.loads(path.read_text("utf-8"))
    assert said["clauses_total"] == said["clauses_listed"] == 212
    assert sum(n for row in said["counts"].values() for n in row.values()) == 212
    by_id = {one["id"]: one for one in said["clauses"]}
    assert list(by_id) == [one.clause.id for one in everything]
    s11 = by_id["NM14-S11"]
    assert s11["state"] == "needs_setting"
    assert s11["settings"] == ["heavy_chemical"]
    assert s11["rules"] == [{"rulebook": "inner_mongolia", "rule": "NM14-S11"}]
    assert (s11["article"], s11["quote"]) == ("第三章第六节", "新上重化工项目必须入园")
    assert s11["period"] == {"from": "2021-01-01", "to": "2025-12-31"}
    assert by_id["NMGOV-S01"]["period"] == {"from": None, "to": None}


def test_csv_is_read_by_a_spreadsheet_with_chinese(tmp_path, everything):
    path = tmp_path / "coverage.csv"
    assert coverage("-o", path).exit_code == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [one["条款"] for one in rows] == [one.clause.id for one in everything]
    assert rows[0]["原文"] == everything[0].clause.quote
    assert rows[0]["文件时段"] == "2021-01-01/2025-12-31"


def test_a_filtered_workbook_says_that_it_is_not_all(tmp_path, everything):
    path = tmp_path / "open.xlsx"
    assert coverage("--open", "-o", path, "--lang", "en").exit_code == 0
    (sheet,) = openpyxl.load_workbook(path).worksheets
    rows = list(sheet.iter_rows(values_only=True))
    missing = total(everything, "open")
    assert "212 clauses: rule" in rows[0][0]
    assert f"{missing} are listed above" in rows[0][0]
    assert rows[1][:4] == ("Clause", "Group", "Title", "Rule")
    assert len(rows) == 2 + missing


def test_the_same_register_gives_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        assert coverage("-o", tmp_path / name).exit_code == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_another_format_is_refused_before_anything_is_printed(tmp_path):
    run = coverage("-o", tmp_path / "coverage.pdf")
    assert run.exit_code == 1
    assert "the suffix '.pdf'" in run.stderr
    assert "name a file that ends with .xlsx, .csv, .json" in run.stderr
    assert run.stdout == ""


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "json"])
def test_a_folder_that_is_not_there_is_told(tmp_path, suffix):
    run = coverage("-o", tmp_path / "nowhere" / f"coverage.{suffix}")
    assert run.exit_code == 1
    assert "expected a place to write to, got No such file or directory" in run.stderr


def test_both_languages_say_the_same_with_the_same_facts():
    said = {
        lang: document.load(FOLDER / f"coverage.{lang}.yaml").mapping()
        for lang in ("zh", "en")
    }
    assert list(said["zh"]) == list(said["en"])
    for key, entry in said["zh"].items():
        places = [
            {name for _, name, _, _ in Formatter().parse(one.text()) if name}
            for one in (entry, said["en"][key])
        ]
        assert places[0] == places[1], key
