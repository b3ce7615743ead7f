"""Control units: areas that add up, requirements judged, and nothing passed unread.

One square is 0.01 degree, x from 107.0, y from 40.0:

      0   1   2   3   4   5
    2 ┌───────┬───────┐   ┆    KEY      (0,0)-(2,2)
      │  KEY  │  GEN  │   ┆    GENERAL  (2,0)-(4,2)
    0 └───────┴───────┘   ┆    coverage of the layer (0,0)-(5,2)
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from string import Formatter

import geopandas as gpd
import openpyxl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from page_text import page_text
from scenes import examples

import spatial
from layers import document
from layers.issue import DataIssue
from layers.layer import Workspace
from layers.provenance import Coverage, Period, Provenance, Tolerance
from layers.read import from_frame
from layers.requirement import (
    DIMENSIONS,
    AccessList,
    LostRow,
    Requirement,
    UnavailableList,
)
from spatial.report.html import report_html
from spatial.report.result import result
from spatial.shelf import Shelf
from spatial.units import judge_units

ON = dt.date(2024, 5, 1)
SINCE = Period(dt.date(2023, 6, 1))
OVER = Period(dt.date(2020, 1, 1), dt.date(2023, 5, 31))
KEY, GENERAL = "ZH15062420001", "ZH15062430001"
SPACE, EMISSION, RISK, RESOURCE = DIMENSIONS
NONE = dict.fromkeys(DIMENSIONS, "无")
RULEBOOK = """
rulebook: local
title: {zh: 本地规则, en: Local rules}
documents:
  made_up: {title: {zh: 虚构的规定, en: Made-up rules}, kind: local,
            period: {from: 2020-01-01}, source: made up for a test}
rules:
  - id: L-1
    title: {zh: 矿山须人工核对, en: Mines need a person}
    editions:
      - valid: {from: 2020-01-01}
        citation: {document: made_up, article: 第一条, quote: 矿山须人工核对}
        provisions:
          - subject: {project_type: {in: [mine]}}
            where: {relation: anywhere}
            effect: needs_information
    cases:
      - {aspect: miss, name: 工厂, on: 2024-05-01, site: {box: [0, 0, 10, 10],
         project_type: factory}, expect: clear}
"""


def square(x0, y0, x1, y1):
    return shapely.box(107 + x0 / 100, 40 + y0 / 100, 107 + x1 / 100, 40 + y1 / 100)


IN_KEY, IN_GENERAL = square(0.5, 0.5, 1, 1), square(2.5, 0.5, 3, 1)
ACROSS, HALF_OUT = square(1.5, 0.5, 2.5, 1), square(3.5, 0.5, 4.5, 1)
NOWHERE = square(4.2, 0.5, 4.6, 1)


def units(texts=(NONE, NONE), name="units", **stated):
    frame = gpd.GeoDataFrame(
        {
            "code": [KEY, GENERAL],
            "name": ["甲单元", "乙单元"],
            "category": ["key", "general"],
            **{one: [text[one] for text in texts] for one in DIMENSIONS},
        },
        geometry=[square(0, 0, 2, 2), square(2, 0, 4, 2)],
        crs=4490,
    )
    stated = {"coverage": Coverage(square(0, 0, 5, 2), "drawn"), **stated}
    return from_frame(frame, kind="control_unit", id=name, valid=SINCE, **stated)


UNITS = units()


def row(number, unit, dimension, *said, every=False):
    """Words, effect and industries may follow; without words nothing is required."""
    words = said or ("无",)
    made = Requirement("list", number, unit, dimension, *words)
    return replace(made, every_industry=every)


def listed(*rows, lost=(), valid=SINCE):
    lost = tuple(lost)
    read = Provenance(
        *("list.xlsx", "0" * 64, "Excel workbook", "准入清单", None, "none"),
        *("no coordinates", "none", "2023版", valid, None),
        *(len(rows) + len(lost), len(rows), len(lost)),
    )
    issues = tuple(
        DataIssue(one.reason, "list", one.row, facts={"value": "", "row": one.row})
        for one in lost
    )
    title = "清单（虚构）"
    return AccessList("list", "units", title, read, rows, tuple(lost), issues)


PLAIN = tuple(
    row(start + at, unit, one)
    for start, unit in ((10, KEY), (20, GENERAL))
    for at, one in enumerate(DIMENSIONS)
)
BAN = row(2, KEY, SPACE, "禁止新建化工项目（虚构）", "prohibited", ("26",))
LIMIT = row(3, KEY, SPACE, "限制新建化工项目（虚构）", "restricted", ("26",))
ALLOW = row(4, KEY, SPACE, "允许新建商贸项目（虚构）", "allowed", ("51", "52"))
WORDS = row(5, KEY, EMISSION, "执行特别排放限值（虚构）")
EVERY = row(6, KEY, SPACE, "禁止一切开发建设（虚构）", "prohibited", every=True)


def office(*lists, layer=None, unavailable=()):
    kept = {"units": layer or UNITS}
    return Workspace(
        title="某县（虚构）",
        region=None,
        layers={one.id: one for one in kept.values()},
        access_lists={one.id: one for one in lists},
        unavailable_lists={one.id: one for one in unavailable},
    )


def site(shape=IN_KEY, industry="2614", **more):
    columns = {"site_id": ["P-1"], "industry": [industry], "project_type": ["factory"]}
    columns |= {name: [value] for name, value in more.items()}
    return gpd.GeoDataFrame(columns, geometry=[shape], crs=4490)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "local.yaml"
    path.write_text(RULEBOOK, encoding="utf-8")
    return str(path)


@pytest.fixture
def reviewed(book):
    def review(*lists, shape=IN_KEY, industry="2614", **how):
        there = replace(office(*lists, **how), rulebooks=(book,))
        return spatial.review(site(shape, industry), there, on=ON)

    return review


def outcome(review):
    return review.content.sites[0].outcome


def kinds_of(review):
    return [one.kind for one in review.content.sites[0].unknowns]


def states(review, dimension=SPACE, unit=0):
    found = review.content.sites[0].units.units[unit].requirements
    return [one.state for one in found if one.dimension == dimension]


# -- requirements are judged -----------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "industry", "expected"),
    [
        (BAN, "2614", ("prohibited", "applies")),
        (BAN, "C26", ("prohibited", "applies")),
        (BAN, "3011", ("clear", "other_industry")),
        (BAN, None, ("needs_information", "unknown")),
        (BAN, "2", ("needs_information", "unknown")),
        (BAN, "化工", ("needs_information", "unknown")),
        (EVERY, "3011", ("prohibited", "applies")),
        (EVERY, None, ("prohibited", "applies")),
        (LIMIT, "2614", ("restricted", "applies")),
        (ALLOW, "5161", ("clear", "allowed")),
        (ALLOW, "2614", ("restricted", "person")),
        (ALLOW, None, ("needs_information", "unknown")),
        (row(2, KEY, SPACE, "须符合规划（虚构）"), "2614", ("restricted", "person")),
        (row(2, KEY, SPACE), "2614", ("clear", "none")),
        (replace(BAN, text="无"), "26", ("prohibited", "applies")),
    ],
)
def test_a_requirement_is_judged_by_industry(reviewed, one, industry, expected):
    rest = [each for each in PLAIN if (each.unit, each.dimension) != (KEY, SPACE)]
    review = reviewed(listed(one, *rest), industry=industry)
    assert (outcome(review), *states(review)) == expected


def test_a_finding_quotes_its_row_of_the_list(reviewed):
    review = reviewed(listed(BAN, *PLAIN))
    (found,) = review.content.sites[0].findings
    cited = found.citation
    assert found.finding.rule == "list#2"
    assert (found.finding.zone_id, found.finding.zone_name) == (KEY, "甲单元")
    assert cited.quote == "禁止新建化工项目（虚构）"
    assert (cited.article, cited.document["zh"]) == ("第2行", "清单（虚构）（2023版）")
    assert (cited.source, cited.edition) == ("list.xlsx [准入清单]", "2023-06-01/..")
    assert found.rule_title["zh"] == "空间布局约束"
    assert found.finding.share_of_site == 1.0
    assert found.finding.margin_m < 0


def test_words_never_count_as_passed(reviewed):
    review = reviewed(listed(WORDS, *PLAIN), industry="0111")
    (found,) = review.content.sites[0].findings
    assert (outcome(review), found.finding.outcome) == ("restricted", "restricted")
    assert "由审查人员判断" in found.finding.requires["zh"]


def test_a_row_with_four_texts_is_four_findings(reviewed):
    wide = [row(7, KEY, one, f"{one} 的要求（虚构）") for one in DIMENSIONS]
    found = reviewed(listed(*wide)).content.sites[0].findings
    assert [one.citation.quote for one in found] == [one.text for one in wide]
    assert len({one.finding_id for one in found}) == 4


def test_a_site_in_two_units_is_judged_in_each(reviewed):
    review = reviewed(listed(BAN, *PLAIN), shape=ACROSS)
    assert states(review, unit=0) == ["applies", "none"]
    assert states(review, unit=1) == ["none"]


def test_a_sliver_is_shown_and_not_judged(reviewed):
    thin = square(1.9999, 0.5, 2.9, 1)
    layer = units(tolerance=Tolerance(area_m2=2e4, width_m=20, source="made up"))
    review = reviewed(listed(BAN, *PLAIN), shape=thin, layer=layer)
    first, second = review.content.sites[0].units.units
    assert (first.sliver, second.sliver, outcome(review)) == (True, False, "clear")


# -- what is not known -----------------------------------------------------------------


def test_a_unit_that_the_list_does_not_mention_is_a_gap(reviewed):
    rest = [one for one in PLAIN if one.unit == GENERAL]
    review = reviewed(listed(*rest))
    assert (outcome(review), kinds_of(review)) == ("not_checked", ["unit_not_listed"])
    assert states(review) == ["not_listed"]


def test_a_dimension_that_the_list_does_not_mention_is_a_gap(reviewed):
    rest = [one for one in PLAIN if (one.unit, one.dimension) != (KEY, RISK)]
    silent = units(({**NONE, RISK: None}, NONE))
    review = reviewed(listed(*rest), layer=silent)
    assert (outcome(review), states(review, RISK)) == ("not_checked", ["not_listed"])
    # the layer itself says that there is none
    assert outcome(reviewed(listed(*rest))) == "clear"
    # the layer says something, which is not the list's word
    talks = units(({**NONE, RISK: "须有预案（虚构）"}, NONE))
    review = reviewed(listed(*rest), layer=talks)
    assert outcome(review) == "not_checked"
    assert states(review, RISK) == ["person", "not_listed"]


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        (LostRow(9, KEY, "access_text_missing", ()), "not_checked"),
        (LostRow(9, None, "access_code_malformed", ()), "not_checked"),
        (LostRow(9, GENERAL, "access_text_missing", ()), "clear"),
    ],
)
def test_a_lost_row_speaks_against_the_unit_it_may_be_about(reviewed, lost, expected):
    assert outcome(reviewed(listed(*PLAIN, lost=[lost]))) == expected


def test_a_list_that_cannot_be_read_is_no_permission(reviewed):
    lost = UnavailableList("list", "units", "清单（虚构）", "no such file")
    review = reviewed(unavailable=[lost])
    assert kinds_of(review) == ["access_list_unreadable", "no_rule_for_layer"]
    assert (outcome(review), states(review)) == ("needs_information", ["no_list"])


@pytest.mark.parametrize(
    ("valid", "kind"),
    [
        (Period(dt.date(2025, 1, 1)), "access_list_not_in_force"),
        (
            Period(dt.date(2020, 1, 1), dt.date(2023, 12, 31)),
            "access_list_not_in_force",
        ),
        (Period(), "access_list_validity_unknown"),
    ],
)
def test_a_list_counts_on_the_days_that_it_names(reviewed, valid, kind):
    review = reviewed(listed(*PLAIN, valid=valid))
    assert outcome(review) in {"not_checked", "needs_information"}
    assert kind in kinds_of(review)


def test_of_two_editions_the_one_of_the_day_counts(reviewed):
    old = Period(dt.date(2020, 1, 1), dt.date(2023, 5, 31))
    former = replace(listed(BAN, *PLAIN, valid=old), id="former")
    assert outcome(reviewed(former, listed(*PLAIN))) == "clear"


def test_land_in_no_unit_is_a_gap_with_its_area(reviewed):
    review = reviewed(listed(*PLAIN), shape=HALF_OUT)
    one = review.content.sites[0]
    assert (outcome(review), kinds_of(review)) == ("not_checked", ["no_zone_covers"])
    assert one.units.is_gap
    assert one.units.outside_share == pytest.approx(0.5)
    assert one.units.outside_m2 == pytest.approx(one.area_m2 / 2, rel=1e-9)
    assert one.unknowns[0].why.facts["size"] == f"{one.units.outside_m2:.2f}"


def test_a_site_in_no_unit_at_all_is_a_gap(reviewed):
    review = reviewed(listed(*PLAIN), shape=NOWHERE)
    assert (outcome(review), review.content.sites[0].units.units) == ("not_checked", ())


def test_lists_without_their_layer_leave_everything_open(book):
    there = replace(office(listed(*PLAIN)), layers={}, rulebooks=(book,))
    review = spatial.review(site(), there, on=ON)
    assert kinds_of(review) == ["layer_missing"]
    assert review.content.sites[0].units is None


def test_a_list_whose_layer_was_replaced_leaves_everything_open(book):
    old = replace(UNITS, provenance=replace(UNITS.provenance, valid=OVER))
    new = units(name="new")
    there = replace(
        office(listed(BAN, *PLAIN)),
        layers={"units": old, "new": new},
        rulebooks=(book,),
    )
    review = spatial.review(site(), there, on=ON)
    assert "access_list_not_in_force" in kinds_of(review)
    # an old list of the old layer has had its time
    former = replace(there, access_lists={"list": listed(BAN, valid=OVER)})
    assert kinds_of(spatial.review(site(), former, on=ON)) == ["no_rule_for_layer"]


def test_doubts_about_the_layer_are_doubts_about_the_lists(reviewed):
    layer = units(coverage=Coverage(square(0, 0, 0.7, 2), "drawn"))
    review = reviewed(listed(*PLAIN), layer=layer)
    assert (outcome(review), kinds_of(review)) == (
        "not_checked",
        ["layer_covers_partly"],
    )


def test_a_list_speaks_of_the_units_of_its_layer_alone(reviewed, book):
    assert kinds_of(reviewed()) == ["no_rule_for_layer"]
    assert kinds_of(reviewed(listed(*PLAIN))) == []
    other = units(name="other")
    there = replace(
        office(listed(*PLAIN)),
        layers={"units": UNITS, "other": other},
        rulebooks=(book,),
    )
    review = spatial.review(site(), there, on=ON)
    assert kinds_of(review) == ["no_rule_for_layer"]


# -- laws ------------------------------------------------------------------------------

SEVERE = {
    "clear": {"clear"},
    "restricted": {"restricted", "clear"},
}
some_rows = st.lists(
    st.builds(
        row,
        st.integers(2, 99),
        st.just(KEY),
        st.sampled_from(DIMENSIONS),
        st.sampled_from(["无", "甲（虚构）"]),
        st.sampled_from([None, "prohibited", "restricted", "allowed"]),
        st.sampled_from([(), ("26",), ("30", "2614")]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one.row,
)
SHELF = Shelf(
    from_frame(site(), kind="project_site").frame.reset_index(drop=True), office(), ON
)


def judged(lists, industry="2614"):
    sites = SHELF.sites.assign(industry=[industry])
    shelf = Shelf(sites, office(*lists), ON)
    said = judge_units(shelf)
    found = {one.outcome for one in said.findings}
    found |= {one.outcome for one in said.unknowns}
    order = ("prohibited", "needs_information", "not_checked", "restricted")
    return next((one for one in order if one in found), "clear")


@examples(40)
@given(some_rows, st.data())
def test_a_row_that_is_set_aside_never_improves_the_outcome(rows, data):
    whole = judged([listed(*rows)])
    gone = data.draw(st.sampled_from(rows))
    unit = data.draw(st.sampled_from([KEY, None]))
    lost = LostRow(gone.row, unit, "access_text_missing", ())
    rest = [one for one in rows if one is not gone]
    assert whole in SEVERE.get(judged([listed(*rest, lost=[lost])]), {whole})


@examples(40)
@given(some_rows)
def test_an_industry_that_is_missing_never_improves_the_outcome(rows):
    whole = judged([listed(*rows)])
    assert whole in SEVERE.get(judged([listed(*rows)], industry=None), {whole})


@examples(20)
@given(some_rows)
def test_a_list_out_of_its_time_leaves_everything_open(rows):
    late = listed(*rows, valid=Period(dt.date(2025, 1, 1)))
    assert judged([late]) == "not_checked"


@examples(40)
@given(
    st.floats(0.01, 1.99), st.floats(2.01, 3.99), st.floats(0.1, 0.9), st.floats(1, 1.9)
)
def test_the_areas_of_units_that_tile_a_site_add_up_as_printed(
    west, east, south, north
):
    shape = square(west, south, east, north)
    sites = from_frame(site(shape), kind="project_site").frame.reset_index(drop=True)
    (found,) = judge_units(Shelf(sites, office(), ON)).sites
    assert len(found.units) == 2
    area = spatial.measure.area_m2(shape)
    for name, per, decimals in (
        ("area_m2", 1, 2),
        ("area_ha", 10_000, 4),
        ("area_mu", 2000 / 3, 2),
    ):
        parts = [round(getattr(one, name) * 10**decimals) for one in found.units]
        assert sum(parts) == round(round(area / per, decimals) * 10**decimals)
    assert not found.is_gap


# -- what is printed -------------------------------------------------------------------


@pytest.fixture
def two(reviewed):
    lost = LostRow(9, GENERAL, "access_text_missing", (GENERAL, "环境风险防控"))
    return reviewed(listed(BAN, WORDS, *PLAIN, lost=[lost]), shape=ACROSS)


def test_result_json_has_the_units(two):
    told = json.loads(json.dumps(result(two.content, "zh")))
    found = told["sites"][0]["control_units"]
    first, second = found["units"]
    assert (first["code"], first["category"]) == (KEY, "key")
    assert round(first["area_m2"] + second["area_m2"], 2) == told["sites"][0]["area_m2"]
    asked = first["requirements"][0]
    assert (asked["judged"], asked["row"], asked["industries"]) == (
        "applies",
        2,
        ["26"],
    )
    assert asked["text"] == BAN.text
    (kept,) = told["access_lists"]
    assert (kept["rows_in_file"], kept["rows_kept"], kept["rows_quarantined"]) == (
        11,
        10,
        1,
    )
    assert kept["quarantined"][0]["unit"] == GENERAL
    rule = next(one for one in told["rules"] if one["id"] == "list")
    assert (rule["status"], rule["sites_hit"], rule["sites_unknown"]) == (
        "in_force",
        1,
        1,
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_each_unit_with_what_is_required(two, lang):
    text = page_text(report_html(two.content, lang))
    assert BAN.text in text
    assert KEY in text
    words = {"zh": ("须人工判断", "第 2 行"), "en": ("a person must judge", "row 2")}
    for one in words[lang]:
        assert one in text


def test_the_workbook_has_units_requirements_and_lists(two, tmp_path):
    two.write(tmp_path / "out")
    book = openpyxl.load_workbook(tmp_path / "out" / "findings.xlsx")
    shown = {
        name: [
            [cell.value for cell in line] for line in book[name].iter_rows(min_row=3)
        ]
        for name in ("管控单元", "准入要求", "准入清单")
    }
    assert [line[3] for line in shown["管控单元"]] == [KEY, GENERAL]
    assert len(shown["准入要求"]) == 10
    assert shown["准入清单"][0][:4] == ["list", "清单（虚构）", "units", "有效"]


def test_without_lists_the_units_are_shown_and_nothing_is_judged(reviewed):
    texts = ({**NONE, SPACE: "须符合规划（虚构）", RISK: None}, NONE)
    review = reviewed(layer=units(texts))
    assert states(review) == ["person"]
    assert states(review, RISK) == ["no_list"]
    assert review.content.sites[0].findings == ()


def test_both_languages_say_the_same_with_the_same_facts():
    folder = Path(spatial.__file__).parent / "texts"
    said = {
        lang: {
            key: {name for _, name, _, _ in Formatter().parse(entry.text()) if name}
            for key, entry in document.load(folder / f"units.{lang}.yaml")
            .mapping()
            .items()
        }
        for lang in ("zh", "en")
    }
    assert said["zh"] == said["en"]
