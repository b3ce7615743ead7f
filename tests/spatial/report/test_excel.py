"""The workbook holds numbers as numbers and no formula that comes from data."""

from __future__ import annotations

import dataclasses
import datetime as dt
import zipfile

import openpyxl
import pytest
import sample_content
import xlsxwriter

from layers.spec import spec
from layers.text import message
from spatial.finding import Unknown
from spatial.report import excel
from spatial.report.columns import Column, Table
from spatial.report.excel import write_excel, write_tables
from spatial.report.sheets import tables


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("excel") / "findings.xlsx"
    write_excel(sample_content.sample(), found)
    return found


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def column(sheet, title):
    """Return the cells under a heading."""
    place = [cell.value for cell in sheet[2]].index(title)
    return [row[place] for row in sheet.iter_rows(min_row=3)]


def test_sheets_are_named_and_ordered_for_a_reader(book):
    assert book.sheetnames == [
        "结论",
        "须询问",
        "问题",
        "未决",
        "管控单元",
        "准入要求",
        "空间关系",
        "图层",
        "准入清单",
        "条款",
        "数据问题",
        "设置",
    ]


def test_no_cell_is_a_formula_or_a_link(book, path):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                assert cell.hyperlink is None
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in parts.read(name)


def test_hostile_names_come_back_as_they_are(book):
    sheet = book["结论"]
    assert sample_content.FORMULA in [c.value for c in column(sheet, "项目编号")]
    names = [cell.value for cell in column(sheet, "项目名称")]
    assert sample_content.SCRIPT in names
    assert "甲␀␇乙\ufffd丙\ufffd" in names


def test_areas_stand_in_square_metres_hectares_and_mu(book):
    sheet = book["结论"]
    m2, ha, mu = (
        column(sheet, title)[0].value
        for title in ("面积（平方米）", "面积（公顷）", "面积（亩）")
    )
    assert (m2, ha) == (pytest.approx(141_800.126), pytest.approx(14.1800126))
    assert mu == pytest.approx(ha * 15)


def test_a_part_is_shown_neither_as_all_nor_as_nothing(tmp_path):
    # Two decimals show 0.99996 as 100.00% and 0.00004 as 0.00%.
    columns = (Column("site_id"), Column("share_of_site", "share"))
    rows = tuple(("a", one) for one in (0.99996, 1.0, 0.5, 0.0, 0.00004, None))
    path = tmp_path / "shares.xlsx"
    write_tables(
        [Table("overlaps", columns, rows)],
        path, title="t", heading="h", on=dt.date(2025, 6, 1), lang="zh",
    )  # fmt: skip
    (sheet,) = openpyxl.load_workbook(path)
    assert [cell.value for cell in sheet["B"][2:]] == [one for _, one in rows]
    (ranged,) = sheet.conditional_formatting
    assert str(ranged.sqref) == "B3:B8"
    assert [(one.formula, one.dxf.numFmt.formatCode) for one in ranged.rules] == [
        (["AND(B3>0,B3<0.0001)"], '"<0.01%"'),
        (["AND(B3>0.9999,B3<1)"], '">99.99%"'),
    ]


def test_the_heading_is_frozen_filtered_and_carries_the_notice(book):
    for sheet in book:
        assert sheet.freeze_panes == "B3"
        assert sheet.auto_filter.ref.startswith("A2:")
        assert sample_content.NOTICE in sheet["A1"].value
        assert "2026-11-21" in sheet["A1"].value


def test_every_row_of_every_table_is_there(book):
    for sheet, table in zip(book, tables(sample_content.sample(), "zh"), strict=True):
        assert sheet.max_row - 2 == len(table.rows)
        assert sheet.max_column == len(table.columns)


def test_a_text_that_no_cell_can_hold_is_cut_and_says_so(tmp_path):
    content = sample_content.sample()
    site = dataclasses.replace(content.sites[0], name="长" * 40_000)
    content = dataclasses.replace(content, sites=(site,))
    write_excel(content, tmp_path / "long.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "long.xlsx")["结论"]
    name = column(sheet, "项目名称")[0].value
    assert name.startswith("长长")
    assert name.endswith("已截断）")


def test_a_review_without_sites_still_makes_a_workbook(tmp_path):
    content = dataclasses.replace(sample_content.sample(), sites=())
    write_excel(content, tmp_path / "empty.xlsx", lang="en")
    assert openpyxl.load_workbook(tmp_path / "empty.xlsx").sheetnames[0] == "Sites"


def cells_of(book):
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in book
    }


def test_a_table_longer_than_a_sheet_goes_on_on_the_next(tmp_path, monkeypatch, book):
    monkeypatch.setattr(excel, "MOST_ROWS", 2)
    path = tmp_path / "findings.xlsx"
    write_excel(sample_content.sample(), path)
    parted = cells_of(openpyxl.load_workbook(path))
    for name, rows in cells_of(book).items():
        parts = [name, *(f"{name} ({at})" for at in range(2, len(parted)))]
        there = [parted[part] for part in parts if part in parted]
        assert all(part[:2] == rows[:2] for part in there)
        assert [row for part in there for row in part[2:]] == rows[2:]
    assert "结论 (2)" in parted


def test_a_long_workbook_says_the_same(tmp_path, monkeypatch, book):
    monkeypatch.setattr(excel, "_LONG_FROM", 0)
    path = tmp_path / "findings.xlsx"
    write_excel(sample_content.sample(), path)
    assert cells_of(openpyxl.load_workbook(path)) == cells_of(book)


def test_a_cell_that_no_sheet_holds_is_a_fault_and_not_dropped(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "long.xlsx") as made:
        sheet, style = made.add_worksheet(), made.add_format()
        for value in ("x", 1.5, None):
            with pytest.raises(AssertionError, match="does not fit on a sheet"):
                excel._write(sheet, (1_048_576, 0), value, style, lang="zh")


NASTY = [
    "_x0041_",
    "_x00_",
    " a ",
    "a&b<c>",
    "'=1+1",
    "x\r\ny",
    "\t",
    "长" * 33_000,
    "中",
]


def test_a_long_workbook_holds_any_text_as_a_short_one(tmp_path, monkeypatch):
    content = sample_content.sample()
    sites = tuple(
        dataclasses.replace(content.sites[at % 2], site_id=text, name=text)
        for at, text in enumerate(NASTY * 200)
    )
    content = dataclasses.replace(content, sites=sites)
    write_excel(content, tmp_path / "short.xlsx")
    monkeypatch.setattr(excel, "_LONG_FROM", 0)
    write_excel(content, tmp_path / "long.xlsx")
    short, long = (
        openpyxl.load_workbook(tmp_path / f"{one}.xlsx") for one in ("short", "long")
    )
    assert cells_of(long) == cells_of(short)
    for sheet in short:
        other = long[sheet.title]
        assert other.dimensions == sheet.dimensions
        assert other.auto_filter.ref == sheet.auto_filter.ref
        for row, same in zip(sheet.iter_rows(), other.iter_rows(), strict=True):
            assert [(one.number_format, one.alignment.wrap_text) for one in row] == [
                (one.number_format, one.alignment.wrap_text) for one in same
            ]


def test_the_same_long_workbook_has_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "_LONG_FROM", 0)
    for name in ("a.xlsx", "b.xlsx"):
        write_excel(sample_content.sample(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_of_very_many_rows_each_list_stands_once(monkeypatch):
    content = sample_content.sample()
    lacks = tuple(
        Unknown(-1, "R", "attribute_missing", name, message("why.anywhere"))
        for name in ("industry", "construction", "products")
    )
    one, other = content.sites[0], content.sites[1]
    sites = (
        *(
            dataclasses.replace(one, site_id=f"A{at}", unknowns=lacks)
            for at in range(3)
        ),
        *(
            dataclasses.replace(other, site_id=f"B{at}", unknowns=lacks[:2])
            for at in range(4)
        ),
        dataclasses.replace(other, site_id="C", unknowns=()),
    )
    content = dataclasses.replace(content, sites=sites)
    by_site = listed(content)
    monkeypatch.setattr("spatial.report.sheets.MOST_UNKNOWNS", 3)

    made = {one.key: one for one in tables(content, "zh")}

    keys = [one.key for one in made["sites"].columns]
    assert keys[-2:] == ["unknowns_list", "questions_list"]
    assert [row[-2] for row in made["sites"].rows] == [
        *["清单 1"] * 3, *["清单 2"] * 4, "清单 3"
    ]  # fmt: skip
    assert [row[:2] for row in made["unknowns"].rows] == [
        *[("清单 1", "3 个地块")] * 3, *[("清单 2", "4 个地块")] * 2
    ]  # fmt: skip
    for at, name in enumerate(("unknowns", "questions"), start=-2):
        lists = {}
        for row in made[name].rows:
            lists.setdefault(row[0], []).append(row[2:])
        told = [
            (row[0], *one)
            for row in made["sites"].rows
            for one in lists.get(row[at], [])
        ]
        assert told == [(row[0], *row[2:]) for row in by_site[name]]


def listed(content):
    return {one.key: one.rows for one in tables(content, "zh")}


def test_of_very_many_unknowns_those_of_every_site_stand_once(monkeypatch):
    content = sample_content.sample()
    missing = message("doubt.layer_missing", title=spec("control_unit").title)
    asked = message(
        "unknown.attribute_missing", attribute=spec("project_site").field("name").title
    )
    both = Unknown(-1, "", "layer_missing", "control_unit", missing)
    own = Unknown(-1, "R", "attribute_missing", "name", asked)
    a, b = (one for one in content.sites[:2])
    sites = (
        dataclasses.replace(a, site_id="A", unknowns=(own, both)),
        dataclasses.replace(b, site_id="B", unknowns=(both,)),
        dataclasses.replace(b, site_id="C", unknowns=(own,), geometry=None),
    )
    content = dataclasses.replace(content, sites=sites)

    def rows():
        table = next(one for one in tables(content, "zh") if one.key == "unknowns")
        return [(row[0], row[5]) for row in table.rows]

    listed = rows()
    assert [who for who, _ in listed] == ["A", "A", "B", "C"]
    monkeypatch.setattr("spatial.report.sheets.MOST_UNKNOWNS", 3)
    once = rows()
    assert [who for who, _ in once] == ["全部 2 个已判读地块", "A", "C"]
    assert {what for _, what in once} == {what for _, what in listed}
