"""A finding says why: what of the project, the relation, the number, the clause."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from string import Formatter

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layers import document
from layers.layer import FRAME, Setting, Workspace
from layers.provenance import Coverage, Period, Tolerance
from layers.read import from_frame
from layers.spec import spec
from spatial import text as spatial_text
from spatial.policy import model
from spatial.policy.because import Because, fields_of
from spatial.policy.cases import ORIGIN, draw
from spatial.policy.judge import judge
from spatial.policy.model import All, Any, Not, SettingRef
from spatial.policy.table import Table
from spatial.shelf import Shelf
from spatial.text import LANGS, TEXTS

ask = model.Test
SITES = spec("project_site")
ON = dt.date(2024, 5, 1)
TEXTS_FOLDER = Path(spatial_text.__file__).parent / "texts"


def told(condition, *, settings=None, lang="zh", about=SITES, of_zone=False, **row):
    frame = pd.DataFrame({k: pd.Series([v], dtype=object) for k, v in row.items()})
    office = {k: Setting(k, v, "虚构名录") for k, v in (settings or {}).items()}
    because = Because(condition, Table(frame, about, office, ON), of_zone=of_zone)
    (reasons,) = because.rows(np.array([0]))
    return [TEXTS.render(one, lang) for one in reasons]


MINE = ask("project_type", "in", ("mine", "tailings_pond"))
NEW = ask("construction", "in", ("new",))
COKE = ask("industry", "code_under", ("25", "2521"))


def test_a_value_is_told_by_its_title():
    assert told(MINE, project_type="mine") == ["项目类型：矿山。"]
    assert told(MINE, project_type="mine", lang="en") == ["Project type: mine."]


def test_a_code_is_told_with_the_longest_prefix_that_holds_it():
    assert told(COKE, industry="C2521") == ["行业代码 C2521 属 2521（炼焦）。"]
    (english,) = told(COKE, industry="2522", lang="en")
    assert english == (
        "Industry code (GB/T 4754-2017) 2522 is at or below 25"
        " (processing of petroleum and coal)."
    )


def test_a_code_of_2011_is_told_by_the_code_that_it_is_now():
    alloy = ask("industry", "code_under", ("3140",))
    assert told(alloy, industry="3150") == ["行业代码 3150 属 3140（铁合金）。"]


def test_a_list_of_the_office_is_told_with_its_source():
    heavy = ask("industry", "code_under", SettingRef("heavy"))
    (said,) = told(heavy, settings={"heavy": ("26",)}, industry="2614")
    assert said == ("行业代码 2614 属工作区设置“heavy”所列的 26（依据：虚构名录）。")


def test_of_all_every_part_is_told_and_of_any_the_true_ones():
    condition = All((NEW, Any((MINE, COKE))))
    values = {"construction": "new", "project_type": "road", "industry": "2521"}
    assert told(condition, **values) == [
        "建设性质：新建。",
        "行业代码 2521 属 2521（炼焦）。",
    ]


def test_of_not_what_is_there_instead_is_told():
    assert told(Not(MINE), project_type="road") == ["项目类型：公路。"]
    neither = Not(Any((MINE, NEW)))
    values = {"project_type": "road", "construction": "rebuild"}
    assert told(neither, **values) == ["项目类型：公路。", "建设性质：改建。"]


@pytest.mark.parametrize(
    ("operator", "limit", "value", "said"),
    [
        ("above", 1.0, 1.25, "产能置换比例 1.25，大于 1。"),
        ("at_least", 1.0, 1.0, "产能置换比例 1，不小于 1。"),
        ("below", 1.0, 0.5, "产能置换比例 0.5，小于 1。"),
        ("at_most", 1.0, 1.0, "产能置换比例 1，不大于 1。"),
    ],
)
def test_a_number_is_told_against_its_limit(operator, limit, value, said):
    test = ask("capacity_replacement_ratio", operator, limit)
    assert told(test, capacity_replacement_ratio=value) == [said]


@pytest.mark.parametrize(
    ("operator", "limit", "said"),
    [
        ("before", dt.date(2021, 1, 1), "停用日期 2020-01-01，早于 2021-01-01。"),
        ("on_or_after", dt.date(2019, 1, 1),
         "停用日期 2020-01-01，不早于 2019-01-01。"),
        ("older_than_years", 3.0,
         "停用日期 2020-01-01，至审查基准日已超过 3 年。"),
    ],
)  # fmt: skip
def test_a_day_is_told_against_its_limit(operator, limit, said):
    test = ask("idle_since", operator, limit)
    assert told(test, idle_since=dt.date(2020, 1, 1)) == [said]


def test_a_set_is_told_with_its_category_and_its_source():
    two_high = ask("industry", "in_set", "two_high")
    (said,) = told(two_high, industry="3216", is_two_high=None)
    assert "3216 属“两高”中的“有色金属冶炼”" in said
    assert "aisoutu.com.cn" in said
    declared = told(two_high, industry="2614", is_two_high=True)
    assert declared == ["项目申报属“两高”。"]
    (listed,) = told(two_high, settings={"two_high": ("26",)}, industry="2614")
    assert "工作区设置“two_high”所列的 26" in listed
    assert fields_of(two_high) == ("industry", "is_two_high")


def test_a_missing_value_that_counts_is_told_with_its_ground():
    level = ask("level", "in", ("grade_1",), missing="match", because="未载明的从严")
    about = spec("water_source_protection")
    (said,) = told(level, about=about, of_zone=True, level=None)
    assert said.startswith("分区的")
    assert said.endswith("未填写；未载明的从严。")


def test_the_same_values_are_asked_once():
    frame = pd.DataFrame({"project_type": ["mine", "mine", "tailings_pond"]})
    first, second, third = Because(MINE, Table(frame, SITES, {})).rows(np.arange(3))
    assert first is second
    assert first != third


def test_no_condition_tells_nothing():
    table = Table(pd.DataFrame({"name": ["甲"]}), SITES, {})
    assert Because(None, table).rows(np.array([0])) == [()]


def test_both_languages_say_the_same_with_the_same_facts():
    for group in ("because", "question"):
        said = {
            lang: {
                key: entry.text()
                for key, entry in document.load(TEXTS_FOLDER / f"{group}.{lang}.yaml")
                .mapping()
                .items()
            }
            for lang in LANGS
        }
        assert list(said["zh"]) == list(said["en"])
        for key, sentence in said["zh"].items():
            names = [
                {name for _, name, _, _ in Formatter().parse(one) if name}
                for one in (sentence, said["en"][key])
            ]
            assert names[0] == names[1], key


# -- in a finding --------------------------------------------------------------------

#   1000 ┌──────────┐
#        │   zone   │      ZONE is (0, 0)-(1000, 1000), metres; the site lies inside
#      0 └──────────┘
ZONE = ("box", (0.0, 0.0, 1000.0, 1000.0))
INSIDE = ("box", (200.0, 200.0, 400.0, 400.0))
AROUND = Coverage(shapely.box(106.0, 39.0, 108.0, 41.0), "box")
ALWAYS = Period(dt.date(1900, 1, 1))


def layer(kind, fields, shape=ZONE, **more):
    columns = {
        one.name: pd.Series([fields.get(one.name)], dtype=object)
        for one in spec(kind).fields
    }
    frame = gpd.GeoDataFrame(columns, geometry=[draw(shape, ORIGIN)], crs=FRAME)
    return from_frame(frame, kind=kind, coverage=AROUND, valid=ALWAYS, **more)


def shelf(site, *layers, settings=None):
    sites = layer("project_site", site, INSIDE).frame.reset_index(drop=True)
    office = Workspace(
        title="虚构",
        region=None,
        layers={one.id: one for one in layers},
        settings={k: Setting(k, v, "虚构") for k, v in (settings or {}).items()},
    )
    return Shelf(gpd.GeoDataFrame(sites, crs=FRAME), office, ON)


def book(*provisions):
    title = {"zh": "虚构", "en": "made up"}
    cited = model.Citation("doc", "第一条", "虚构条文")
    edition = model.Edition(Period(dt.date(2020, 1, 1)), cited, provisions)
    law = model.Document("doc", title, "law", Period(dt.date(2020, 1, 1)))
    rule = model.Rule("EX-1", title, (), (edition,))
    return model.Rulebook("ex", title, {"doc": law}, (rule,), "ex.yaml", "")


def reasons(found):
    return [TEXTS.render(one) for one in (*found.because, found.why)]


def test_a_finding_tells_project_zone_and_relation():
    zone = {"level": "grade_1", "name": "甲水源"}
    place = model.Where(
        "intersects",
        "water_source_protection",
        filter=ask("level", "in", ("grade_1",)),
    )
    ban = model.Provision(where=place, effect="prohibited", subject=MINE)
    table = shelf({"project_type": "mine"}, layer("water_source_protection", zone))
    (found,) = judge(table, [book(ban)]).findings
    said = reasons(found)
    assert said[0] == "项目类型：矿山。"
    assert said[1].startswith("分区的")
    assert "一级" in said[1]
    assert "甲水源" in said[2]


def test_a_clause_without_subject_says_that_it_speaks_of_all():
    ban = model.Provision(
        where=model.Where("intersects", "ecological_redline"), effect="prohibited"
    )
    (found,) = judge(shelf({}, layer("ecological_redline", {})), [book(ban)]).findings
    assert reasons(found)[0] == "本条对一切项目适用。"


def _told_of_share(shape):
    """Return the share in the sentence on an overlap with a zone 200 m wide, INSIDE."""
    ban = model.Provision(
        where=model.Where("intersects", "ecological_redline"), effect="prohibited"
    )
    table = shelf({}, layer("ecological_redline", {}, shape=("box", shape)))
    (found,) = judge(table, [book(ban)]).findings
    return reasons(found)[-1].partition("占项目面积的")[2]


def test_a_site_that_stands_out_by_a_hair_is_not_told_to_be_all_inside():
    # The site is 200 m wide; 0.005 m are 0.0025 %, and 100.00 % would be "all".
    assert _told_of_share((200.005, 0.0, 1000.0, 1000.0)) == " >99.99%。"
    assert _told_of_share((0.0, 0.0, 200.005, 1000.0)) == " <0.01%。"
    assert _told_of_share((0.0, 0.0, 1000.0, 1000.0)) == " 100.00%。"


def test_an_exception_that_is_granted_tells_what_grants_it():
    eased = model.Relief(NEW, "restricted", {"zh": "文件", "en": "paper"})
    ban = model.Provision(
        where=model.Where("anywhere"),
        effect="prohibited",
        subject=MINE,
        relief=(eased,),
    )
    site = {"project_type": "mine", "construction": "new"}
    (found,) = judge(shelf(site), [book(ban)]).findings
    assert found.outcome == "restricted"
    assert reasons(found)[:2] == ["项目类型：矿山。", "建设性质：新建。"]


def test_the_tolerance_that_an_overlap_is_above_is_told():
    ban = model.Provision(
        where=model.Where("intersects", "ecological_redline"), effect="prohibited"
    )
    wide = layer(
        "ecological_redline", {}, tolerance=Tolerance(50.0, 2.0, source="虚构")
    )
    (found,) = judge(shelf({}, wide), [book(ban)]).findings
    assert any("面积 50 平方米、宽度 2 米" in one for one in reasons(found))
