"""National law: measured edges, days that change the answer, laws side by side."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import spatial
from layers.layer import FRAME, Setting, Workspace
from layers.provenance import Coverage, Period
from layers.read import from_frame, none_exists
from layers.spec import kinds, spec
from spatial.cli import main
from spatial.policy.cases import judged, work
from spatial.policy.choice import spelled_out
from spatial.policy.load import load_rulebook, places

PAGE = (Path(__file__).parents[3] / "docs" / "national.md").read_text("utf-8")
NATION = spelled_out("national")
GEOD = pyproj.Geod(a=6378137.0, rf=298.257222101)
LATITUDES = [(104.0, 30.0), (107.0, 40.0), (119.0, 50.0)]


def rule_and_book(rule_id, book="national"):
    rulebook = load_rulebook(book)
    return next(one for one in rulebook.rules if one.id == rule_id), rulebook


def case_of(rule, name):
    return next(one for one in rule.cases if one.name == name)


# -- edges, measured on the ellipsoid --------------------------------------------------

EDGES = [
    ("rivers", "CN-YANGTZE-26", "距长江干流岸线500米新建化工项目", 1000.0),
    ("rivers", "CN-YANGTZE-26", "距干流岸线2公里新建尾矿库", 3000.0),
    ("roads", "CN-ROAD-17", "国道用地外50米采石", 100.0),
    ("roads", "CN-ROAD-18", "乡道旁80米的危险品仓库", 100.0),
]


@pytest.mark.parametrize("origin", LATITUDES, ids=["30N", "40N", "50N"])
@pytest.mark.parametrize("off_m", [-0.1, 0.0, 0.1])
@pytest.mark.parametrize("edge", EDGES, ids=[f"{one[1]}-{one[3]:g}" for one in EDGES])
def test_a_distance_counts_to_the_limit_and_not_beyond(edge, off_m, origin):
    book, rule_id, name, limit_m = edge
    rule, rulebook = rule_and_book(rule_id, book)
    # a point on the parallel of the origin: the meridian x = 0 is its nearest shore
    there = replace(case_of(rule, name), site_shape=("point", (limit_m + off_m, 0.0)))
    found = judged(there, rule, rulebook, origin=origin).findings
    assert bool(found) == (off_m <= 0)
    for one in found:
        lon, lat, _ = GEOD.fwd(*origin, 90.0, limit_m + off_m)
        shore = GEOD.inv(lon, lat, origin[0], origin[1])[2]
        assert one.distance_m == pytest.approx(shore, abs=1e-3)
        assert one.margin_m == pytest.approx(off_m, abs=1e-3)


@settings(max_examples=25)
@given(millimetres=st.integers(0, 2_000_000), where=st.sampled_from(LATITUDES))
def test_the_yangtze_kilometre_is_a_law(millimetres, where):
    rule, rulebook = rule_and_book("CN-YANGTZE-26", "rivers")
    case = case_of(rule, "距长江干流岸线500米新建化工项目")
    there = replace(case, site_shape=("point", (millimetres / 1000, 0.0)))
    expected = "prohibited" if millimetres <= 1_000_000 else "clear"
    assert work(there, rule, rulebook, origin=where) == expected


# -- days ------------------------------------------------------------------------------

DAYS = [
    ("CN-RESERVE", "旧条例下实验区内非污染项目须论证", "2026-03-14", "restricted"),
    (
        "CN-RESERVE",
        "旧条例下实验区内非污染项目须论证",
        "2026-03-15",
        "needs_information",
    ),
    ("CN-RESERVE-26", "实验区内采石", "2026-03-14", "prohibited"),
    ("CN-RESERVE-26", "实验区内采石", "2026-03-15", "not_in_force"),
    ("CN-YELLOW-26", "管控范围内新建化工项目", "2023-03-31", "not_in_force"),
    ("CN-YELLOW-26", "管控范围内新建化工项目", "2023-04-01", "prohibited"),
    ("NM14-S29", "距岸线 300 米新建化工园区", "2025-12-31", "prohibited"),
    ("NM14-S29", "距岸线 300 米新建化工园区", "2026-01-01", "needs_information"),
]


@pytest.mark.parametrize(("rule_id", "name", "day", "expected"), DAYS)
def test_a_day_changes_the_answer(rule_id, name, day, expected):
    book = "inner_mongolia" if rule_id.startswith("NM") else "national"
    rule, rulebook = rule_and_book(rule_id, book)
    case = replace(case_of(rule, name), on=dt.date.fromisoformat(day))
    assert work(case, rule, rulebook) == expected


# -- a whole office, drawn in degrees --------------------------------------------------

LAND = shapely.box(106, 39, 108, 41)
VALID = Period(dt.date(1900, 1, 1))
ZONE = shapely.box(107.00, 40.00, 107.05, 40.05)
INSIDE = shapely.box(107.01, 40.01, 107.02, 40.02)
FREE = shapely.box(107.21, 40.21, 107.22, 40.22)


def office(rulebooks=("national",), **zones):
    """Return an office that has every kind; those not named it states to be none."""
    stated = {"coverage": Coverage(LAND, "test"), "valid": VALID}
    layers = {}
    for kind in kinds():
        if kind == "project_site":
            continue
        if kind not in zones:
            layers[kind] = none_exists(kind, source="test", **stated)
            continue
        values = {one.name: [zones[kind].get(one.name)] for one in spec(kind).fields}
        frame = gpd.GeoDataFrame(values, geometry=[ZONE], crs=FRAME)
        layers[kind] = from_frame(frame, kind=kind, **stated)
    name = "soil_sensitive_distance_m"
    set_ = {name: Setting(name, 500.0, "test")}
    return Workspace("office", None, layers, rulebooks=rulebooks, settings=set_)


def review(where, there, on="2026-11-21", **site):
    table = {"site_id": ["A"], **{name: [value] for name, value in site.items()}}
    sites = gpd.GeoDataFrame(table, geometry=[where], crs=FRAME)
    return spatial.review(sites, there, on=on)


@pytest.mark.parametrize(
    "kind", list(spec("project_site").field("project_type").domain)
)
def test_on_free_land_no_project_is_asked_for_anything_special(kind):
    told = review(
        FREE, office(), project_type=kind, construction="new", industry="1311"
    )
    assert told.outcomes.loc["A", "outcome"] == "clear", told.unknowns["why"].tolist()


def test_the_laws_of_a_red_line_inside_other_zones_stand_side_by_side():
    there = office(
        ecological_redline={"code": "R"},
        nature_reserve={"zone": "core", "reserve_type": "nature_reserve"},
        scenic_area={"zone": "core"},
        water_source_protection={"level": "grade_1"},
    )
    told = review(
        INSIDE, there, on="2024-05-01", project_type="tourism", construction="new",
        industry="7861", limited_activity_class="5", is_water_supply_related=False,
        has_outfall=False, site_activities="无",
    )  # fmt: skip
    lead = told.findings[told.findings["rule"] == "CN-REDLINE-142"].iloc[0]
    assert "依照法律法规执行" in lead["reads_with"]
    assert {
        "CN-REDLINE-142-KINDS", "CN-RESERVE", "CN-RESERVE-18", "CN-SCENIC-27",
        "CN-WATER-65", "CN-WATER-65-ACTIVITY",
    } <= set(told.findings["rule"])  # fmt: skip
    # a permitted class in the red line does not outweigh the other laws
    assert lead["outcome"] == "restricted"
    assert told.outcomes.loc["A", "outcome"] == "prohibited"


@pytest.mark.parametrize(
    "kind", list(spec("project_site").field("project_type").domain)
)
def test_in_a_river_management_area_no_project_is_clear(kind):
    there = office(river_management_area={"code": "H", "part": "other"})
    told = review(INSIDE, there, project_type=kind, site_activities="无")
    assert "CN-RIVER-11" in set(told.findings["rule"])
    assert told.outcomes.loc["A", "outcome"] != "clear"


NEEDED = (
    "wetland",
    "grassland",
    "scenic_area",
    "sandified_closure_area",
    "river_control_area",
    "river_management_area",
)


def test_without_a_layer_that_concerns_every_project_nothing_is_clear():
    for kind in NEEDED:
        whole = office()
        kept = {name: one for name, one in whole.layers.items() if name != kind}
        told = review(
            FREE, replace(whole, layers=kept), project_type="road", construction="new",
            industry="4812", site_activities="无", is_urban_concentrated=False,
        )  # fmt: skip
        assert told.outcomes.loc["A", "outcome"] == "not_checked", kind


# -- the books -------------------------------------------------------------------------


def test_national_stands_for_every_book_of_the_nation():
    nation = {name for name, path in places().items() if path.parent.name == "nation"}
    assert NATION[0] == "national"
    assert set(NATION) == nation
    assert spelled_out("yili") == ("yili",)


@pytest.mark.parametrize("named", [("national",), ("roads", "national")])
def test_a_review_by_national_hears_every_rule_of_the_nation_once(named):
    told = review(FREE, office(named), project_type="road", construction="new")
    heard = [one.id for one in told.content.rules]
    wanted = [rule.id for name in NATION for rule in load_rulebook(name).rules]
    assert sorted(heard) == sorted(wanted)


def test_the_list_of_national_shows_every_book_and_rule():
    run = CliRunner().invoke(main, ["rules", "list", "national"])
    assert run.exit_code == 0
    for name in NATION:
        assert f"{name}  " in run.output
        assert all(rule.id in run.output for rule in load_rulebook(name).rules)


def test_the_page_lists_every_edition_as_it_is():
    words = {"text": "text", "secondary": "secondary", "unverified": "unread"}
    for name in NATION:
        book = load_rulebook(name)
        for rule in book.rules:
            for one in rule.editions:
                title = book.documents[one.citation.document].title["zh"]
                row = (
                    f"| `{rule.id}` | `{name}` | {title} {one.citation.article} "
                    f"| {one.valid} | {words[one.citation.verified]} |"
                )
                assert row in PAGE


def test_the_law_of_the_yellow_river_has_no_kilometre():
    rule, _ = rule_and_book("CN-YELLOW-26")
    assert {
        provision.where.distance_m
        for edition in rule.editions
        for provision in edition.provisions
    } == {None}
