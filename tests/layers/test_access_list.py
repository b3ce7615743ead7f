"""Access lists as offices make them: every row is kept or lost, with its reason."""

from __future__ import annotations

import csv
import io

import geopandas as gpd
import openpyxl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import layers
from layers.accesslist import checked, read_access_list
from layers.accesslist.rows import read_rows
from layers.accesslist.words import industries_of
from layers.errors import DocumentError, InputRefusedError
from layers.formats.cells import Cells
from layers.read import from_frame
from layers.requirement import DIMENSIONS

HEAD = ["管控单元编码", "维度", "要求条文", "行业代码", "效力"]
KEY, PRIORITY, GENERAL = "ZH15062420001", "ZH15062410001", "ZH15062430001"
SPACE = "空间布局约束"
GOOD = [KEY, SPACE, "禁止新建化工项目（虚构）", "26", "禁止"]
WORDS = [KEY, "环境风险防控", "编制应急预案（虚构）"]


def as_csv(folder, rows, encoding="utf-8-sig", name="list.csv"):
    sink = io.StringIO()
    csv.writer(sink).writerows([["" if c is None else c for c in row] for row in rows])
    path = folder / name
    path.write_bytes(sink.getvalue().encode(encoding))
    return path


def as_xlsx(folder, rows, merge=(), sheets=("准入清单",)):
    book = openpyxl.Workbook()
    for name in sheets[1:]:
        book.create_sheet(name).append(["甲", "乙"])
    sheet = book.active
    sheet.title = sheets[0]
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    path = folder / "list.xlsx"
    book.save(path)
    return path


def read(path, **more):
    more = {"in_process": True, **more}
    return read_access_list(path, id="list", layer="units", title="清单", **more)


def codes(found):
    return [one.code for one in found.issues if one.code != "read_in_process"]


def said(found):
    return [(one.row, one.unit, one.dimension, one.text) for one in found.requirements]


# -- good lists ------------------------------------------------------------------------


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_row_becomes_a_requirement_to_the_character(tmp_path, write):
    found = read(write(tmp_path, [HEAD, GOOD, WORDS]))
    first, second = found.requirements
    assert (first.row, first.unit, first.dimension) == (2, KEY, "spatial_constraint")
    assert first.text == "禁止新建化工项目（虚构）"
    assert (first.effect, first.industries, first.can_be_judged) == (
        "prohibited",
        ("26",),
        True,
    )
    assert (second.effect, second.industries, second.can_be_judged) == (None, (), False)
    assert (found.provenance.rows_in_file, found.provenance.rows_kept) == (2, 2)


def test_another_process_reads_the_same(tmp_path):
    path = as_xlsx(tmp_path, [HEAD, GOOD, WORDS])
    here, there = read(path), read(path, in_process=False)
    assert there.requirements == here.requirements
    assert there.provenance == here.provenance
    assert "read_in_process" in {one.code for one in here.issues}
    assert codes(there) == []


def test_merged_codes_titles_and_repeated_headings_of_a_workbook(tmp_path):
    rows = [
        ["某县准入清单（虚构）"],
        HEAD,
        GOOD,
        [None, None, "禁止新建焦化项目（虚构）", "2521", "禁止"],
        ["某县准入清单（虚构）"],
        HEAD,
        [GENERAL, SPACE, "无"],
    ]
    found = read(as_xlsx(tmp_path, rows, merge=["A3:A4", "B3:B4"]))
    assert [(one.row, one.unit) for one in found.requirements] == [
        (3, KEY),
        (4, KEY),
        (7, GENERAL),
    ]
    assert found.requirements[2].states_none
    assert codes(found) == [
        "title_rows_skipped",
        "merged_cells_filled",
        "repeated_headings_skipped",
    ]
    assert found.issues[2].facts == {"count": 2}


def test_a_heading_of_two_lines(tmp_path):
    rows = [
        ["管控单元编码", "管控要求", None, None, None],
        [None, *HEAD[1:]],
        GOOD,
    ]
    found = read(as_xlsx(tmp_path, rows, merge=["A1:A2", "B1:E1"]))
    assert said(found) == [(3, KEY, "spatial_constraint", GOOD[2])]


def test_a_column_for_each_dimension(tmp_path):
    rows = [
        ["单元编码", SPACE, "污染物排放管控", "环境风险防控", "资源利用效率要求"],
        [KEY, "甲（虚构）", "无", None, "丙（虚构）"],
    ]
    found = read(as_xlsx(tmp_path, rows))
    assert said(found) == [
        (2, KEY, "spatial_constraint", "甲（虚构）"),
        (2, KEY, "emission_control", "无"),
        (2, KEY, "resource_efficiency", "丙（虚构）"),
    ]
    assert found.provenance.rows_kept == 1


def test_a_csv_in_gbk(tmp_path):
    rows = [HEAD, GOOD, [PRIORITY, "资源能源利用效率", "严格控制取水（虚构）"]]
    found = read(as_csv(tmp_path, rows, encoding="gbk"))
    assert found.provenance.encoding == "GB18030"
    assert found.requirements[1].text == "严格控制取水（虚构）"
    assert found.requirements[1].dimension == "resource_efficiency"


def test_a_csv_has_lost_its_merges_blank_codes_are_those_above(tmp_path):
    rows = [
        HEAD,
        GOOD,
        [None, "环境风险防控", "甲（虚构）"],
        [None, None, "乙（虚构）"],
    ]
    found = read(as_csv(tmp_path, rows))
    assert [(one.unit, one.dimension) for one in found.requirements] == [
        (KEY, "spatial_constraint"),
        (KEY, "risk_control"),
        (KEY, "risk_control"),
    ]
    assert found.issues[0].facts == {"count": 3}


def test_a_dimension_is_not_taken_over_from_another_unit(tmp_path):
    rows = [HEAD, GOOD, [PRIORITY, None, "甲（虚构）"]]
    found = read(as_csv(tmp_path, rows))
    assert [one.reason for one in found.lost] == ["access_dimension_missing"]


def test_a_row_about_two_units(tmp_path):
    found = read(as_xlsx(tmp_path, [HEAD, [f"{KEY}、{PRIORITY}", *GOOD[1:]]]))
    assert [(one.row, one.unit) for one in found.requirements] == [
        (2, KEY),
        (2, PRIORITY),
    ]
    assert found.provenance.rows_kept == 1


@pytest.mark.parametrize(
    ("word", "dimension"),
    [
        ("空间布局约束", DIMENSIONS[0]),
        ("1.空间布局约束要求", DIMENSIONS[0]),
        ("污染物排放 管控", DIMENSIONS[1]),
        ("（三）环境风险防控", DIMENSIONS[2]),
        ("资源利用效率", DIMENSIONS[3]),
        ("资源开发利用效率要求", DIMENSIONS[3]),
    ],
)
def test_spellings_of_the_dimensions(tmp_path, word, dimension):
    found = read(as_xlsx(tmp_path, [HEAD, [KEY, word, "甲（虚构）"]]))
    assert [one.dimension for one in found.requirements] == [dimension]


def test_a_stroke_is_a_blank(tmp_path):
    found = read(as_xlsx(tmp_path, [HEAD, [KEY, SPACE, "/", "—", "/"], GOOD]))
    assert [one.states_none for one in found.requirements] == [True, False]
    assert codes(found) == []


def test_every_industry(tmp_path):
    found = read(as_xlsx(tmp_path, [HEAD, [*GOOD[:3], "所有行业", "禁止"]]))
    assert found.requirements[0].every_industry
    assert found.requirements[0].can_be_judged


# -- one defect each -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason", "unit"),
    [
        ([None, *GOOD[1:]], "access_code_missing", None),
        (["ZH15062440001", *GOOD[1:]], "access_code_malformed", None),
        (["ZH1506242001", *GOOD[1:]], "access_code_malformed", None),
        ([f"{KEY}、甲", *GOOD[1:]], "access_code_malformed", None),
        ([KEY, None, *GOOD[2:]], "access_dimension_missing", KEY),
        ([KEY, "其他要求", *GOOD[2:]], "access_dimension_unknown", KEY),
        ([KEY, SPACE, None, "26", "禁止"], "access_text_missing", KEY),
        ([KEY, SPACE, "#REF!", "26", "禁止"], "access_text_missing", KEY),
        (["备注：以上均为虚构"], "access_code_malformed", None),
        ([KEY, SPACE, "无", "26", "禁止"], "access_none_contradicts", KEY),
        ([KEY, SPACE, "无", None, "禁止"], "access_none_contradicts", KEY),
    ],
)
def test_a_row_that_cannot_be_relied_on_is_lost_with_its_reason(
    tmp_path, row, reason, unit
):
    found = read(as_xlsx(tmp_path, [HEAD, GOOD, row]))
    (lost,) = found.lost
    assert (lost.row, lost.reason, lost.unit) == (3, reason, unit)
    issue = found.issues[0]
    assert (issue.code, issue.row, issue.severity) == (reason, 2, "error")
    assert issue.facts["row"] == 3
    read_ = found.provenance
    assert (read_.rows_in_file, read_.rows_kept, read_.rows_quarantined) == (2, 1, 1)


def test_a_code_that_contradicts_the_category_beside_it_is_lost(tmp_path):
    rows = [[*HEAD, "管控单元分类"], [*GOOD, "优先保护单元"], [*GOOD, "重点"]]
    found = read(as_xlsx(tmp_path, rows))
    assert [one.reason for one in found.lost] == ["access_code_contradicts_category"]
    assert len(found.requirements) == 1


@pytest.mark.parametrize(
    ("codes_", "effect", "issue"),
    [
        ("26", None, "access_condition_incomplete"),
        (None, "禁止", "access_condition_incomplete"),
        ("26", "酌情", "access_effect_unreadable"),
        ("化工", "禁止", "access_industries_unreadable"),
        ("261-265", "禁止", "access_industries_unreadable"),
        ("C", "禁止", "access_industries_unreadable"),
        (311, "禁止", "access_industries_unreadable"),
        ("26", "/", "access_condition_incomplete"),
        ("26、", "禁止", None),
        (2614, "禁止", None),
        ("C2614，A0311", "禁止", None),
    ],
)
def test_a_condition_that_cannot_be_understood_leaves_the_words(
    tmp_path, codes_, effect, issue
):
    found = read(as_xlsx(tmp_path, [HEAD, [*GOOD[:3], codes_, effect]]))
    assert codes(found) == ([issue] if issue else [])
    assert found.requirements[0].can_be_judged == (issue is None)
    assert found.requirements[0].text == GOOD[2]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["编号", "名称"], ["1", "甲"]], "a heading with 管控单元编码"),
        ([[*HEAD, "准入要求"], [*GOOD, "甲"]], "one column for text"),
        ([[KEY, SPACE, "甲"], HEAD, GOOD], "a unit's code in row 1"),
        (
            [["单元编码", SPACE, "空间布局约束要求"], [KEY, "甲", "乙"]],
            "one column for",
        ),
    ],
)
def test_a_list_without_a_clear_heading_is_refused(tmp_path, rows, words):
    with pytest.raises(InputRefusedError, match=words):
        read(as_xlsx(tmp_path, rows))


def test_another_format_is_refused(tmp_path):
    path = tmp_path / "list.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with pytest.raises(InputRefusedError, match="got GeoJSON; save the list"):
        read(path)


def with_second_sheet(folder, name, *rows):
    path = as_xlsx(folder, [HEAD, GOOD])
    book = openpyxl.load_workbook(path)
    for row in rows:
        (book[name] if name in book.sheetnames else book.create_sheet(name)).append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("in_process", [True, False])
@pytest.mark.parametrize("rows", [(HEAD, WORDS), (WORDS,), (["说明", f"如 {KEY}"],)])
def test_a_second_sheet_with_units_is_not_left_out(tmp_path, rows, in_process):
    path = with_second_sheet(tmp_path, "附表", *rows)
    with pytest.raises(InputRefusedError, match=r"the sheets 准入清单 and 附表"):
        read(path, in_process=in_process)
    assert len(read(path, sheet="准入清单", in_process=in_process).requirements) == 1


def test_a_second_sheet_without_units_is_no_list(tmp_path):
    path = with_second_sheet(tmp_path, "填写说明", ["编码按要求填写"])
    assert len(read(path).requirements) == 1


def test_a_sheet_whose_name_goes_on_is_not_left_out(tmp_path):
    path = with_second_sheet(tmp_path, "准入清单（续）", ["编码按要求填写"])
    with pytest.raises(InputRefusedError, match="say which one"):
        read(path)


def test_several_sheets_need_a_name(tmp_path):
    path = as_xlsx(tmp_path, [HEAD, GOOD], sheets=("甲表", "乙表"))
    with pytest.raises(InputRefusedError, match="2 layers"):
        read(path)
    assert len(read(path, sheet="甲表").requirements) == 1


def test_of_several_sheets_the_one_called_so_is_read(tmp_path):
    path = as_xlsx(tmp_path, [HEAD, GOOD], sheets=("准入清单", "说明"))
    assert read(path).provenance.source_layer == "准入清单"


cells = st.sampled_from(
    [None, KEY, GENERAL, "ZH1", SPACE, "环境风险防控", "其他", "无", "甲", "26", "禁止"]
)


@given(st.lists(st.tuples(cells, cells, cells, cells, cells), max_size=12))
def test_rows_in_are_rows_kept_and_rows_lost(rows):
    filled = [(at, row) for at, row in enumerate(rows, start=2) if any(row)]
    table = Cells("Excel workbook", "甲", None, ((1, tuple(HEAD)), *filled))
    found = read_rows(table, id="list", path="list.xlsx")
    assert found.rows == found.kept + len(found.lost) == len(filled)
    kept = {one.row for one in found.requirements}
    assert kept | {one.row for one in found.lost} == {at for at, _ in filled}


@given(st.text(alphabet="0123456789CA、,; -化", max_size=12))
def test_codes_are_read_whole_or_not_at_all(text):
    found = industries_of(text)
    if found is not None:
        assert found
        assert all(one.isdigit() and 2 <= len(one) <= 4 for one in found)
        assert sum(map(str.isdigit, text)) >= sum(map(len, found))


# -- against the layer of units --------------------------------------------------------


def units(**columns):
    frame = gpd.GeoDataFrame(
        {
            "管控单元编码": [KEY, GENERAL],
            "管控单元分类": ["重点", "一般"],
            "行政区代码": ["150624", "150624"],
            **columns,
        },
        geometry=[shapely.box(107 + at, 40, 108 + at, 41) for at in range(2)],
        crs=4490,
    )
    return from_frame(frame, kind="control_unit", id="units")


def test_codes_are_held_against_the_layer(tmp_path):
    rows = [HEAD, GOOD, [PRIORITY, *GOOD[1:]]]
    found = checked(read(as_xlsx(tmp_path, rows)), units())
    told = {one.code: dict(one.facts) for one in found.issues if one.facts}
    assert told["access_unit_unknown"]["value"] == PRIORITY
    assert told["access_units_not_listed"] == {"count": 1, "named": GENERAL}
    assert len(found.requirements) == 2


@pytest.mark.parametrize(
    ("columns", "issue"),
    [
        ({"管控单元分类": ["优先", "一般"]}, "access_unit_category"),
        ({"行政区代码": ["150625", "150624"]}, "access_unit_county"),
    ],
)
def test_category_and_county_are_held_against_the_layer(tmp_path, columns, issue):
    rows = [HEAD, GOOD, [GENERAL, SPACE, "无"]]
    found = checked(read(as_xlsx(tmp_path, rows)), units(**columns))
    assert codes(found) == [issue]


# -- in the workspace ------------------------------------------------------------------

OFFICE = """title: 某县（虚构）
layers:
  - {id: units, kind: control_unit, source: units.gpkg}
  - {id: water, kind: wetland, none_exists: {source: 某局（虚构）}}
access_lists:
"""
ENTRY = "  - {{source: {source}, layer: {layer}, source_title: 清单（虚构）{more}}}\n"


@pytest.fixture
def office(tmp_path):
    units().frame.rename(columns={"code": "管控单元编码"})[
        ["管控单元编码", "category", "geometry"]
    ].to_file(tmp_path / "units.gpkg")
    as_xlsx(tmp_path, [HEAD, GOOD])

    def opened(source="list.xlsx", layer="units", more="", times=1):
        entry = ENTRY.format(source=source, layer=layer, more=more)
        text = OFFICE + entry * times
        (tmp_path / "workspace.yaml").write_text(text, encoding="utf-8")
        return layers.open_workspace(tmp_path, in_process=True)

    return opened


def test_a_workspace_reads_its_lists(office):
    found = office(more=', edition: "2023", valid: {from: 2023-06-01}')
    one = found.access_lists["access_list"]
    assert (one.layer, one.title) == ("units", "清单（虚构）")
    assert one.provenance.source == "list.xlsx"
    assert str(one.provenance.valid) == "2023-06-01/.."
    assert "access_units_not_listed" in codes(one)


def test_a_list_that_cannot_be_read_is_unavailable_with_its_reason(office):
    lost = office(source="none.xlsx").unavailable_lists["access_list"]
    assert "none.xlsx: no such file" in lost.reason


def test_a_damaged_list_is_unavailable_with_its_reason(office, tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(path.read_bytes()[:-200])
    lost = office().unavailable_lists["access_list"]
    assert "list.xlsx: expected a readable workbook" in lost.reason


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"layer": "nope"}, "a layer of kind control_unit: units"),
        ({"layer": "water"}, "a layer of kind control_unit: units"),
        ({"more": ", id: units"}, "an id that no layer and no other list has"),
        ({"times": 2}, "an id that no layer and no other list has"),
        ({"more": ", colour: red"}, "one of the keys id, source"),
        ({"source": '"postgresql://a:b@c/d"'}, "expected a file, got an address"),
    ],
)
def test_a_fault_of_the_document_is_an_error_with_its_place(office, how, words):
    with pytest.raises(DocumentError, match=words):
        office(**how)
