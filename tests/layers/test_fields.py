"""From the headings and cells of an office's table to canonical fields."""

import datetime as dt
import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import layers
from layers.errors import InputRefusedError, UnknownKindError
from layers.frame.values import NOT_READABLE, parse
from layers.spec import FieldSpec, fold

BOX = shapely.box(107, 40, 107.1, 40.1)


def read(kind, columns, **stated):
    count = len(next(iter(columns.values())))
    frame = gpd.GeoDataFrame(columns, geometry=[BOX] * count, crs=4490)
    return layers.from_frame(frame, kind=kind, **stated)


def told(layer, code):
    """Return row and facts of the issues with a code; titles are for people."""
    found = [
        (one.row, dict(one.facts or {})) for one in layer.issues if one.code == code
    ]
    return [
        (row, {name: fact for name, fact in facts.items() if name != "title"})
        for row, facts in found
    ]


@pytest.mark.parametrize("kind", layers.kinds())
def test_every_kind_has_fields_that_cannot_be_confused(kind):
    spec = layers.spec(kind)
    owner = {}
    for field in spec.fields:
        for name in {fold(one) for one in (field.name, *field.aliases)}:
            assert owner.setdefault(name, field.name) == field.name, name
        spellings = [one for words in (field.domain or {}).values() for one in words]
        assert len(spellings) == len(set(spellings)), field.name
        re.compile(field.pattern or "")


def test_the_kinds_of_the_toolkit():
    assert set(layers.kinds()) == {
        "admin_unit", "basic_grassland", "basin", "biodiversity_priority",
        "black_water", "chp_plant", "coal_base", "contaminated_land", "control_unit",
        "cropland", "eco_fragile_area", "eco_space", "ecological_corridor",
        "ecological_redline", "farmland_concentrated_area", "grassland", "grazing_ban",
        "groundwater_key_zone", "groundwater_overdraft", "groundwater_vulnerable",
        "heating_network_area", "heavy_metal_key_area", "human_activity",
        "industrial_park", "key_region_basin", "lake", "livestock_ban_zone",
        "main_urban_area", "nature_reserve", "no_burn_zone", "no_fishing_zone",
        "noise_sensitive_area", "nonroad_control_zone", "open_pit",
        "permanent_basic_farmland", "permit", "policy_area", "problem_report",
        "project_site",
        "reclaimed_water_network", "riparian_buffer", "river", "river_control_area",
        "river_management_area", "river_shoreline", "road_land", "rural_water_source",
        "sandified_closure_area", "scenic_area", "seasonal_river",
        "sensitive_institution", "settlement", "soil_priority_protection",
        "soil_strict_control", "special_protection_area", "urban_growth_boundary",
        "ventilation_corridor", "water_conservation_area", "water_source_protection",
        "wetland",
    }  # fmt: skip


def test_the_coded_headings_of_a_control_unit_table_are_understood():
    layer = read(
        "control_unit",
        {
            "HJZHGKDYBM\n": ["ZH15062420001"],
            "HJZHGKDYMC": ["某某重点管控单元"],
            "ZHGKDYFL": [2.0],
            "KJBJYS": ["无"],
            "PWWPFGK": ["严格执行"],
            "hjfxfk": ["/"],
            "XZQDM": [150624],
        },
    )
    row = layer.frame.iloc[0]
    assert (row["feature_id"], row["category"]) == ("ZH15062420001", "key")
    assert (row["spatial_constraint"], row["emission_control"]) == ("无", "严格执行")
    assert (row["risk_control"], row["resource_efficiency"]) == ("/", None)
    assert row["county_code"] == "150624"


def test_the_code_of_a_control_unit_is_held_against_category_and_county():
    layer = read(
        "control_unit",
        {
            "code": ["ZH15062410001", "ZH15062430002", "ZH1506", "ZH15062420003"],
            "category": ["优先保护单元", "优先", "重点", "重点"],
            "county_code": ["150624", "150624", "150624", "150626"],
        },
    )
    assert layer.frame["category"].tolist() == ["priority", None, "key", "key"]
    assert [row for row, _ in told(layer, "code_contradicts_category")] == [1]
    assert [row for row, _ in told(layer, "code_malformed")] == [2]
    assert [row for row, _ in told(layer, "code_contradicts_county")] == [3]


def test_a_value_outside_the_domain_is_missing_not_something_else():
    layer = read(
        "water_source_protection", {"级别": ["一级", "二级保护区", "四级", ""]}
    )
    assert layer.frame["level"].tolist() == ["grade_1", "grade_2", None, None]
    assert told(layer, "value_outside_domain") == [
        (2, {"field": "level", "value": "四级"})
    ]
    assert told(layer, "required_value_missing") == [(3, {"field": "level"})]


def test_a_required_field_that_is_not_there_makes_the_layer_unreliable():
    layer = read("water_source_protection", {"名称": ["水源地"]})
    assert [one.code for one in layer.usable_errors] == ["required_field_missing"]


def test_an_explicit_mapping_wins_over_every_alias():
    columns = {"红线编码": ["A"], "BSM": ["B"], "code": ["C"]}
    layer = read("ecological_redline", columns, fields={"code": "BSM"})
    assert layer.frame["feature_id"].tolist() == ["B"]
    assert layer.frame["code (source)"].tolist() == ["C"]
    with pytest.raises(InputRefusedError, match="a column 'XX' for the field 'code'"):
        read("ecological_redline", columns, fields={"code": "XX"})
    with pytest.raises(UnknownKindError, match="unknown field of ecological_redline"):
        read("ecological_redline", columns, fields={"depth": "BSM"})


def test_two_columns_for_one_field_count_where_they_agree():
    layer = read(
        "wetland",
        {"重要性": ["国家级", "国家级", None], "湿地级别": ["国家级", "一般", "一般"]},
    )
    assert layer.frame["importance"].tolist() == ["national", None, "general"]
    assert told(layer, "field_ambiguous") == [
        (None, {"field": "importance", "columns": "重要性, 湿地级别"})
    ]


def test_ids_are_unique_and_never_missing():
    layer = read("ecological_redline", {"code": ["A", "A", None, "A#2", "row-2", "A"]})
    ids = layer.frame["feature_id"].tolist()
    assert ids == ["A", "A#3", "row-2#2", "A#2", "row-2", "A#4"]
    assert [row for row, _ in told(layer, "duplicate_id")] == [1, 5]
    assert [row for row, _ in told(layer, "id_generated")] == [2]
    nameless = read("ecological_redline", {"x": [1, 2]})
    assert nameless.frame["feature_id"].tolist() == ["row-0", "row-1"]
    assert told(nameless, "id_generated") == [(None, {"count": 2})]


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("number", "1,234.5", 1234.5),
        ("number", "\uff13\uff10", 30.0),
        ("number", "1e3", 1000.0),
        ("number", "约3亩", NOT_READABLE),
        ("number", "1,23", NOT_READABLE),
        ("number", float("inf"), NOT_READABLE),
        ("number", True, NOT_READABLE),
        ("number", "-", NOT_READABLE),
        ("date", "2024-05-01", dt.date(2024, 5, 1)),
        ("date", "2024/5/1", dt.date(2024, 5, 1)),
        ("date", "2024年5月1日", dt.date(2024, 5, 1)),
        ("date", "20240501", dt.date(2024, 5, 1)),
        ("date", 20240501, dt.date(2024, 5, 1)),
        ("date", "2024-05-01T10:30:00", dt.date(2024, 5, 1)),
        ("date", pd.Timestamp("2024-05-01 10:30"), dt.date(2024, 5, 1)),
        ("date", "2024-05", NOT_READABLE),
        ("date", "2024-02-30", NOT_READABLE),
        ("flag", "是", True),
        ("flag", "否", False),
        ("flag", 1, True),
        ("flag", 0.0, False),
        ("flag", "N", False),
        ("flag", "大概", NOT_READABLE),
        ("codes", "聚氯乙烯、烧碱；电石", ("聚氯乙烯", "烧碱", "电石")),
        ("codes", ("a", "b"), ("a", "b")),
        ("text", 150624.0, "150624"),
        ("text", "  ", None),
        ("text", float("nan"), None),
        ("flag", None, None),
        ("date", pd.NaT, None),
    ],
)
def test_a_cell_is_read_or_said_to_be_unreadable(kind, cell, value):
    assert parse(cell, FieldSpec("x", {}, type=kind)) == value


def test_an_industry_code_that_cannot_be_one_is_unknown():
    layer = read("project_site", {"行业代码": ["C2613", "化工", "\uff12\uff16"]})
    assert layer.frame["industry"].tolist() == ["C2613", None, "26"]


def test_the_frame_that_was_handed_over_stays_as_it_is():
    frame = gpd.GeoDataFrame({"code": ["A"]}, geometry=[BOX], crs=4490, index=[7])
    before = frame.copy()
    layers.from_frame(frame, kind="wetland")
    pd.testing.assert_frame_equal(frame, before)


def test_a_list_of_codes_with_a_domain_is_known_whole_or_not_at_all():
    layer = read(
        "project_site",
        {
            "项目编号": ["A", "B", "C", "D"],
            "涉及的活动": ["取土、爆破作业", "取土、跳舞", "无", None],
        },
    )
    values = layer.frame["site_activities"].tolist()
    assert values == [("earth_taking", "blasting"), None, ("none",), None]
    assert told(layer, "value_outside_domain") == [
        (1, {"field": "site_activities", "value": "取土、跳舞"})
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("待批", "待定", "审批中", "正在办理", "尚未取得", "未办理", "暂无", "拟报批"),
        *("不涉及", "无需办理", "N/A", "n/a", "——", "—", "？", "0", "×", "pending"),
        *("待批（2025年3月申请）", " 办 理 中 "),
    ],
)
def test_a_paper_that_is_not_there_yet_is_missing_and_told(text):
    layer = one_site(农用地转用批准文号=text, 国务院批准文号=text)
    assert layer.frame["farmland_approval"].tolist() == [None]
    assert "claim_outstanding" in {one.code for one in layer.issues}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "国函〔0000〕0号（虚构）",
            "无锡环审〔0000〕0号（虚构）",
            "已批复",
            "见附件3",
        ),
        *("未来科技城批〔0000〕0号（虚构）", "1", "无", "没有", "-", "/"),
    ],
)
def test_a_paper_that_is_named_or_said_not_to_be_stays(text):
    layer = one_site(国务院批准文号=text)
    assert layer.frame["farmland_approval"].tolist() == [text]
    assert "claim_outstanding" not in {one.code for one in layer.issues}


def test_only_claims_are_looked_at_that_way():
    layer = one_site(项目名称="待建厂房")
    assert layer.frame["name"].tolist() == ["待建厂房"]


def one_site(**columns):
    frame = gpd.GeoDataFrame(
        {name: [text] for name, text in columns.items()},
        geometry=[shapely.Point(107, 40)],
        crs=4490,
    )
    return layers.from_frame(frame, kind="project_site")
