"""Clues of the made-up county: planted changes against its zones and approvals."""

import datetime as dt
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

import layers
from layers.samples import scene
from layers.samples.county import write_county
from spatial.measure import area_m2
from spatial.monitor.clues import clues_of
from spatial.text import TEXTS

ON = dt.date.fromisoformat(scene.DAYS[1])


def as_patches(changes):
    """Return planted changes as patches that a perfect detector would give."""
    return gpd.GeoDataFrame(
        {
            "patch_id": [one.id for one in changes],
            "area_m2": [area_m2(one.geometry) for one in changes],
            "confidence": 1.0,
            "kind": [one.kind for one in changes],
            "trend": [one.trend for one in changes],
            "kept": [one.id != "hut" for one in changes],
            "reason": ["too_small" if one.id == "hut" else None for one in changes],
        },
        geometry=[one.geometry for one in changes],
        crs="EPSG:4490",
    )


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return layers.open_workspace(write_county(tmp_path_factory.mktemp("office")))


@pytest.fixture(scope="module")
def found(office):
    return clues_of(as_patches(scene.CHANGES), office, on=ON, tolerance_m=10)


def test_no_patch_is_lost(found):
    told = [*found.table["patch_id"], *found.set_aside["patch_id"]]
    assert sorted(told) == sorted(one.id for one in scene.CHANGES)


def test_what_an_approval_covers_is_set_aside_as_permitted(found):
    reasons = dict(
        zip(found.set_aside["patch_id"], found.set_aside["reason"], strict=True)
    )
    assert reasons["quarry-approved"] == "permitted"
    assert reasons["works-approved"] == "permitted"
    assert reasons["hut"] == "too_small"


def test_no_approval_answers_for_a_red_line_that_is_not_known(office):
    known = {k: v for k, v in office.layers.items() if k != "ecological_redline"}
    got = clues_of(
        as_patches(scene.CHANGES), replace(office, layers=known), on=ON, tolerance_m=10
    )
    assert "permitted" not in set(got.set_aside["reason"])
    approved = got.table.loc[["quarry-approved", "works-approved"]]
    assert set(approved["permit_state"]) == {"inside"}
    assert all("ecological_redline" in one for one in approved["unchecked"])


def test_every_clue_has_the_state_of_its_approval(found):
    planted = {one.id: one.permit for one in scene.CHANGES}
    states = found.table["permit_state"]
    assert {name: planted[name] for name in states.index} == states.to_dict()


def test_a_clue_names_its_zones(found):
    zones = found.table.loc["quarry-grown", "zones"]
    assert ("ecological_redline", "HX-003") in {one[:2] for one in zones}
    zones = found.table.loc["road-in-reserve", "zones"]
    assert "nature_reserve" in {one[0] for one in zones}


def test_the_most_urgent_comes_first_and_its_parts_are_there(found):
    assert found.table["score"].is_monotonic_decreasing
    assert found.table.index[0] in ("quarry-grown", "house-1", "house-2", "house-3")
    assert "score_law" in found.table.columns


def test_nothing_is_called_clear_on_a_guess(found):
    # no clause on activities was told what the patch may be
    assert "clear" not in set(found.table["outcome"])


def test_without_patches_there_are_no_clues(office):
    none = as_patches(scene.CHANGES).assign(kept=False, reason="shift")
    got = clues_of(none, office, on=ON, tolerance_m=10)
    assert got.table.empty
    assert len(got.set_aside) == len(scene.CHANGES)
    assert got.review.content.sites == ()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_said_that_a_clue_is_only_a_clue(found, lang):
    said = [TEXTS.render(one, lang) for one in found.notices]
    assert ("线索" if lang == "zh" else "only clues") in said[0]


RULE = """rulebook: local
title: {zh: 本地规则（虚构）, en: Local rules (made up)}
documents:
  made_up: {title: {zh: 虚构的规定, en: Made-up rules}, kind: local,
            period: {from: 2020-01-01}, source: made up for a test}
rules:
  - id: L-1
    about: activity
    title: {zh: 岸线一公里内不得有变化, en: No change within a kilometre of a shore}
    editions:
      - valid: {from: 2020-01-01}
        citation: {document: made_up, article: 第一条, quote: 岸线一公里内不得有变化}
        provisions:
          - where: {relation: within_distance, kind: river_shoreline, distance_m: 1000}
            effect: prohibited
    cases:
      - {aspect: hit, name: 岸边, on: 2024-05-01, site: {box: [0, 0, 10, 10]},
         zones: {river_shoreline: [{line: [[100, 0], [100, 100]]}]}, expect: prohibited}
"""


def patch_of(shape):
    return gpd.GeoDataFrame(
        {
            "patch_id": ["P"], "area_m2": [area_m2(shape)], "confidence": [1.0],
            "kind": ["unknown"], "trend": ["unknown"], "kept": [True], "reason": [None],
        },
        geometry=[shape],
        crs=4490,
    )  # fmt: skip


@pytest.fixture
def river_office(tmp_path):
    """An office with a shore along 107 E, a spring at 107.1 E, and no other zone."""
    (tmp_path / "local.yaml").write_text(RULE, encoding="utf-8")
    stated = {
        "coverage": layers.Coverage(shapely.box(106, 39, 108, 41), "drawn"),
        "valid": layers.Period(dt.date(2020, 1, 1)),
    }
    none = {
        kind: layers.none_exists(kind, source="made up", id=kind, **stated)
        for kind in ("ecological_redline", "nature_reserve")
    }
    shapes = {
        "river_shoreline": shapely.LineString([(107, 39.5), (107, 40.5)]),
        "rural_water_source": shapely.Point(107.1, 40),
    }
    drawn = {
        kind: layers.from_frame(
            gpd.GeoDataFrame(geometry=[shape], crs=4490), kind=kind, id=kind, **stated
        )
        for kind, shape in shapes.items()
    }
    book = (str(tmp_path / "local.yaml"),)
    return layers.Workspace("o", None, none | drawn, rulebooks=book)


@pytest.mark.parametrize(
    ("west", "aside"),
    [(107.005, False), (107.05, True), (107.0995, False), (106.9995, False)],
    ids=["400 m from the shore", "far from all", "round the spring", "on the shore"],
)
def test_what_a_rule_forbids_outside_of_all_areas_is_a_clue(river_office, west, aside):
    patch = patch_of(shapely.box(west, 39.9995, west + 0.001, 40.0005))
    got = clues_of(patch, river_office, on=ON, tolerance_m=10)
    assert got.set_aside["reason"].tolist() == (["in_no_zone"] if aside else [])
    assert len(got.table) == (not aside)


def test_a_zone_that_is_a_point_is_named_with_no_area(river_office):
    patch = patch_of(shapely.box(107.0995, 39.9995, 107.1005, 40.0005))
    got = clues_of(patch, river_office, on=ON, tolerance_m=10)
    ((kind, zone, _, area),) = got.table["zones"].iloc[0]
    assert (kind, zone, area) == ("rural_water_source", "row-0", 0.0)
