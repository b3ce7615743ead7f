"""Layer quality: defects drawn on squared paper, found with code, place and size."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.errors import GEOSException

import layers
from layers import quality
from layers.issue import SEVERITY as ISSUE_SEVERITY
from layers.layer import Unavailable, Workspace
from layers.provenance import Coverage, Period, Tolerance
from layers.quality.overlaps import overlap_pairs
from layers.quality.plane import sizes
from layers.text import TEXTS
from spatial import measure

ON = dt.date(2026, 6, 1)
VALID = Period(dt.date(2025, 1, 1), dt.date(2030, 12, 31))
PAGE = Path(__file__).parents[2] / "docs" / "quality.md"
# squared paper: a square is 0.01 degrees, its corner (107, 40)
SQUARE_M2 = float(measure.area_m2(shapely.box(107, 40, 107.01, 40.01)))
METRE = 1 / 111_000  # degrees of latitude


def square(x, y, wide=1.0, high=1.0):
    east, north = 107 + (x + wide) / 100, 40 + (y + high) / 100
    return shapely.box(107 + x / 100, 40 + y / 100, east, north)


def layer(kind, geometry, *, stated=None, **columns):
    id_field = layers.spec(kind).id_field
    columns.setdefault(id_field, [f"A{at}" for at in range(len(geometry))])
    frame = gpd.GeoDataFrame(columns, geometry=geometry, crs=4490)
    words = {"edition": "2025", "valid": VALID, **(stated or {})}
    return layers.from_frame(frame, kind=kind, id=kind, **words)


def units(geometry, *, categories=None, **more):
    codes = [f"ZH1506241{at:04}" for at in range(1, len(geometry) + 1)]
    return layer(
        "control_unit",
        geometry,
        code=codes,
        category=categories or ["1"] * len(geometry),
        **more,
    )


def county(geometry=None, code="150624"):
    return layer(
        "admin_unit", [geometry or square(0, 0, 2, 2)], code=[code], name=["甲旗"]
    )


def office(*members, region="150624", unavailable=()):
    whole = {one.id: one for one in members}
    for one in members:
        if one.kind == "admin_unit":
            area = shapely.union_all(one.frame.geometry.to_numpy())
            whole = {
                name: each
                if each.coverage
                else layers.with_coverage(each, Coverage(area, "layer admin_unit"))
                for name, each in whole.items()
            }
    lost = {one.id: one for one in unavailable}
    return Workspace("示范", region, whole, unavailable=lost)


def found(workspace, code=None, **more):
    report = quality.check(workspace, on=ON, **more)
    return [one for one in report.defects if code in (None, one.code)]


def codes(workspace, **more):
    return sorted({one.code for one in found(workspace, **more)})


FOUR = [square(0, 0), square(1, 0), square(0, 1), square(1, 1)]


def test_four_squares_that_tile_the_county_are_fit():
    report = quality.check(office(county(), units(FOUR)), on=ON)
    assert [one.code for one in report.defects] == []
    assert [one.state for one in report.layers] == ["fit", "fit"]
    assert report.is_fit
    assert [one.ledger for one in report.layers] == ["1 = 1 + 0", "4 = 4 + 0"]


# -- tilings --------------------------------------------------------------


def test_two_units_that_share_a_quarter_square_are_an_error_with_its_area():
    # ┌──┬──┐ the second square begins a quarter early
    wide = [FOUR[0], square(0.75, 0, 1.25, 1), FOUR[2], FOUR[3]]
    one = found(office(county(), units(wide)), "coverage_overlap")[0]
    assert one.severity == "error"
    assert (one.feature_id, one.other_id) == ("ZH15062410001", "ZH15062410002")
    assert one.area_m2 == pytest.approx(SQUARE_M2 / 4, rel=1e-3)
    assert one.width_m == pytest.approx(0.25 * 853.9, rel=1e-2)
    assert one.geometry.equals(shapely.multipolygons([square(0.75, 0, 0.25, 1)]))


def test_an_overlap_of_half_a_metre_is_thin_and_one_below_a_millimetre_is_nothing():
    for metres, expected in ((0.5, ["thin_overlap"]), (0.0005, [])):
        wide = [
            shapely.box(107, 40, 107.01, 40.01 + metres * METRE),
            *FOUR[1:],
        ]
        got = set(codes(office(county(), units(wide)))) - {"edges_unmatched"}
        assert sorted(got) == expected


def test_a_layers_own_tolerance_decides_what_is_thin():
    wide = [shapely.box(107, 40, 107.01, 40.01 + 0.5 * METRE), *FOUR[1:]]
    own = {"tolerance": Tolerance(area_m2=1, width_m=0.1, source="技术要点")}
    assert "coverage_overlap" in codes(office(county(), units(wide, stated=own)))


def test_a_missing_square_is_uncovered_and_makes_the_layer_unfit():
    report = quality.check(office(county(), units(FOUR[:3])), on=ON)
    (one,) = [one for one in report.defects if one.code == "uncovered"]
    assert one.geometry.equals(FOUR[3])
    assert one.area_m2 == pytest.approx(SQUARE_M2, rel=1e-3)
    assert report.layers[1].state == "unfit"
    assert not report.is_fit


def test_thin_gaps_are_listed_together_as_a_warning():
    shy = [shapely.box(107, 40, 107.01, 40.01 - 0.5 * METRE), *FOUR[1:]]
    (one,) = found(office(county(), units(shy)), "thin_gap")
    assert one.severity == "warning"
    assert one.width_m == pytest.approx(0.5, rel=2e-2)
    assert "edges_unmatched" in codes(office(county(), units(shy)))


def test_without_a_county_only_what_units_enclose_is_a_gap():
    # ┌───────┐
    # │  ┌─┐  │   nine squares, the middle one missing
    # └───────┘
    ring = [square(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)]
    workspace = office(units(ring))
    (one,) = found(workspace, "enclosed_gap")
    assert one.geometry.equals(square(1, 1))
    assert found(workspace, "region_unknown")
    assert not found(workspace, "uncovered")


def test_units_that_leave_the_county_are_said_with_the_part_that_does():
    (one,) = found(
        office(county(), units([*FOUR[:3], square(1, 1, 1.5, 1)])), "outside_region"
    )
    assert one.feature_id == "ZH15062410004"
    assert one.area_m2 == pytest.approx(SQUARE_M2 / 2, rel=1e-3)


def test_counties_may_lie_in_a_prefecture_but_not_in_each_other():
    codes_ = ["150600", "150624", "150626"]
    shapes = [square(0, 0, 2, 1), square(0, 0), square(0.5, 0, 1.5, 1)]
    workspace = office(layer("admin_unit", shapes, code=codes_))
    (one,) = found(workspace, "coverage_overlap")
    assert (one.feature_id, one.other_id) == ("150624", "150626")


# -- zones and features ---------------------------------------------------


@pytest.mark.parametrize("kind", ["ecological_redline", "permanent_basic_farmland"])
def test_zones_that_overlap_are_a_warning(kind):
    workspace = office(county(), layer(kind, [square(0, 0), square(0.5, 0)]))
    (one,) = found(workspace, "zone_overlap")
    assert (one.severity, one.other_id) == ("warning", "A1")
    assert one.area_m2 == pytest.approx(SQUARE_M2 / 2, rel=1e-3)


def test_wetlands_may_overlap():
    workspace = office(county(), layer("wetland", [square(0, 0), square(0.5, 0)]))
    assert codes(workspace) == []


def test_the_same_geometry_drawn_the_other_way_round_is_a_duplicate_and_no_overlap():
    again = shapely.reverse(square(0, 0))
    workspace = office(county(), layer("ecological_redline", [square(0, 0), again]))
    (one,) = found(workspace)
    assert (one.code, one.feature_id, one.other_id) == (
        "duplicate_geometry",
        "A1",
        "A0",
    )


def test_a_sliver_is_told_from_a_long_but_wide_strip():
    thin = shapely.box(107, 40, 107.01, 40 + 0.5 * METRE)
    wide = shapely.box(107, 40.005, 107.01, 40.005 + 5 * METRE)
    (one,) = found(office(county(), layer("wetland", [thin, wide])))
    assert (one.code, one.feature_id) == ("sliver_feature", "A0")
    assert one.width_m == pytest.approx(0.5, rel=2e-2)


def test_a_sliver_with_a_long_tail_keeps_the_width_of_its_body():
    # 2 * area / perimeter of this would be below a metre: the tail is 80 km long
    body, tail = square(0, 0, 0.2, 0.2), shapely.box(107, 40, 108, 40 + METRE / 100)
    one = sizes(np.array([shapely.union(body, tail)], dtype=object))
    assert one.width_m[0] == pytest.approx(0.2 * 853.9, rel=2e-2)


def test_a_hole_of_nine_square_metres_is_listed_and_a_larger_one_is_not():
    def holed(metres):
        inner = shapely.box(
            107.005, 40.005, 107.005 + metres / 85_390, 40.005 + metres * METRE
        )
        return shapely.difference(square(0, 0), inner)

    for metres, expected in ((3.0, ["tiny_hole"]), (4.0, [])):
        assert codes(office(county(), layer("wetland", [holed(metres)]))) == expected


def test_a_code_of_another_county_than_the_place_is_told():
    both = layer("admin_unit", [square(0, 0), square(1, 0)], code=["150624", "150626"])
    (one,) = found(office(both, units([square(1, 0)])), "code_contradicts_place")
    assert "ZH15062410001" in TEXTS.render(one.message, "en")


# -- statements -----------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "code", "severity"),
    [
        ({"edition": None}, "edition_missing", "warning"),
        ({"valid": Period()}, "validity_unknown", "warning"),
        ({"valid": Period(end=dt.date(2025, 12, 31))}, "no_longer_in_force", "error"),
        ({"valid": Period(dt.date(2027, 1, 1))}, "not_yet_in_force", "error"),
        ({"coverage": Coverage(square(0, 0), "x")}, "coverage_short", "warning"),
        ({"coverage": Coverage(square(9, 9), "x")}, "coverage_elsewhere", "error"),
    ],
)
def test_what_the_workspace_says_is_held_against_day_and_region(stated, code, severity):
    (one,) = found(office(county(), layer("wetland", [FOUR[0]], stated=stated)), code)
    assert one.severity == severity
    assert TEXTS.render(one.message, "zh")


def test_without_a_day_nothing_is_said_about_force():
    old = {"valid": Period(end=dt.date(2000, 1, 1))}
    report = quality.check(office(county(), layer("wetland", [FOUR[0]], stated=old)))
    assert report.defects == ()


def edition(name, start, end, series="wet"):
    """An edition of a made-up series, from and to a day."""
    days = Period(*(one and dt.date.fromisoformat(one) for one in (start, end)))
    made = layer("wetland", [FOUR[0]], stated={"valid": days})
    return replace(made, id=name, series=series)


def told_of(on, *editions):
    report = quality.check(office(county(), *editions), on=dt.date.fromisoformat(on))
    said = [(one.layer, one.code) for one in report.defects]
    return report, [one for one in said if one[0] != "admin_unit"]


def test_an_older_edition_is_no_defect_where_a_newer_one_counts():
    old, new = (
        edition("w25", "2025-01-01", "2025-12-31"),
        edition("w26", "2026-01-01", None),
    )
    report, told = told_of("2026-06-01", old, new)
    assert told == [("w25", "edition_not_in_force")]
    assert report.is_fit
    report, told = told_of("2024-06-01", old, new)
    assert told == [("w25", "not_yet_in_force"), ("w26", "not_yet_in_force")]
    assert not report.is_fit


def test_two_editions_of_one_series_on_one_day_are_an_error_on_every_day():
    old, new = (
        edition("w25", "2025-01-01", "2026-03-31"),
        edition("w26", "2026-01-01", None),
    )
    for day in ("2026-02-01", "2026-06-01"):
        report, told = told_of(day, new, old)
        assert ("w25", "editions_overlap") in told
        assert not report.is_fit
    (one,) = [one for one in report.defects if one.code == "editions_overlap"]
    assert "2026-01-01 to 2026-03-31" in TEXTS.render(one.message, "en")


def test_days_that_no_edition_holds_are_told():
    old, new = (
        edition("w25", "2025-01-01", "2025-12-30"),
        edition("w26", "2026-01-02", None),
    )
    _, told = told_of("2026-06-01", old, new)
    assert told == [("w25", "editions_gap"), ("w25", "edition_not_in_force")]
    report, told = told_of("2026-01-01", old, new)
    assert ("w25", "no_longer_in_force") in told
    assert ("w26", "not_yet_in_force") in told
    (gap,) = [one for one in report.defects if one.code == "editions_gap"]
    assert "2025-12-31 to 2026-01-01" in TEXTS.render(gap.message, "en")


def test_layers_of_no_series_are_not_editions_of_each_other():
    old, new = (
        edition("w25", "2025-01-01", "2025-12-31", None),
        edition("w26", "2026-01-01", None, None),
    )
    _, told = told_of("2026-06-01", old, new)
    assert told == [("w25", "no_longer_in_force")]


def test_one_feature_outside_of_the_stated_coverage_is_named():
    (one,) = found(office(county(), layer("wetland", [FOUR[0], square(5, 5)])))
    assert (one.code, one.feature_id) == ("outside_coverage", "A1")


def test_sites_need_no_edition_validity_or_coverage():
    sites = layer(
        "project_site", [FOUR[0]], stated={"edition": None, "valid": Period()}
    )
    assert codes(office(county(), sites)) == []


# -- what reading found ---------------------------------------------------


def test_findings_of_reading_are_taken_over_with_their_place():
    bow_tie = shapely.Polygon([(107, 40), (108, 41), (108, 40), (107, 41)])
    workspace = office(
        county(square(0, 0, 100, 100)),
        units([*FOUR[:2], bow_tie], categories=["3", "9", "1"]),
    )
    report = quality.check(workspace, on=ON)
    issues = workspace.layers["control_unit"].issues
    taken = [one for one in report.defects if one.code in ISSUE_SEVERITY]
    assert [(one.code, one.row) for one in taken] == [
        (one.code, one.row) for one in issues
    ]
    places = {one.code: one.geometry for one in taken}
    assert places["code_contradicts_category"].equals(FOUR[0])
    assert places["value_outside_domain"].equals(FOUR[1])
    assert places["geometry_doubtful"].geom_type in ("Point", "Polygon")
    assert report.layers[1].ledger == "3 = 2 + 1"
    assert report.layers[1].state == "unfit"


def test_a_layer_that_could_not_be_read_is_unreadable():
    lost = Unavailable("wetland", layers.spec("wetland"), "no such file")
    report = quality.check(office(county(), unavailable=[lost]), on=ON)
    assert (report.layers[1].state, report.layers[1].ledger) == ("unreadable", "")
    assert "no such file" in report.table(lang="en")["message"].iloc[0]


def test_a_stated_emptiness_is_fit():
    nothing = layers.none_exists(
        "wetland", source="局函", id="wetland", edition="1", valid=VALID
    )
    assert codes(office(county(), nothing)) == []


def test_a_check_that_geos_cannot_finish_does_not_pass(monkeypatch):
    def broken(*_, **__):
        msg = "TopologyException: side location conflict"
        raise GEOSException(msg)

    monkeypatch.setattr(shapely, "union_all", broken)
    monkeypatch.setattr(shapely, "coverage_union_all", broken)
    admin = layers.with_coverage(county(), Coverage(square(0, 0, 2, 2), "x"))
    tiled = layers.with_coverage(units(FOUR), Coverage(square(0, 0, 2, 2), "x"))
    members = {one.id: one for one in (admin, tiled)}
    report = quality.check(Workspace("示范", None, members), on=ON)
    assert [one.code for one in report.defects] == ["check_failed"] * 2
    assert not report.is_fit


# -- laws -----------------------------------------------------------------

BOXES = st.lists(
    st.tuples(*[st.integers(0, 6)] * 2, *[st.integers(1, 4)] * 2),
    min_size=1,
    max_size=9,
)


@given(BOXES)
def test_overlaps_are_those_of_brute_force(boxes):
    shapes = np.unique(np.array(boxes), axis=0)
    geometry = np.array([square(*one) for one in shapes.tolist()], dtype=object)
    pairs, _ = overlap_pairs(geometry)
    expected = [
        (one, other)
        for one in range(len(geometry))
        for other in range(one + 1, len(geometry))
        if geometry[one].intersection(geometry[other]).area > 1e-12
    ]
    wide = [
        (one, other)
        for one, other in pairs.T.tolist()
        if geometry[one].intersection(geometry[other]).area > 1e-12
    ]
    assert wide == expected


@settings(max_examples=40)
@given(BOXES)
def test_what_units_hold_and_what_they_leave_out_is_the_county(boxes):
    whole = square(-1, -1, 13, 13)
    shapes = [square(*one) for one in sorted(set(boxes))]
    left = found(office(county(whole), units(shapes)), "uncovered")
    held = shapely.union_all(shapes)
    parts = shapely.union_all([one.geometry for one in left])
    assert parts.area + held.area == pytest.approx(whole.area, rel=1e-9)
    assert shapely.area(shapely.intersection(parts, held)) < 1e-12


@given(st.integers(0, 60), st.floats(0.05, 50), st.floats(0.05, 50))
def test_approximate_areas_are_within_a_thousandth_of_the_official_ones(
    south, wide, high
):
    box = shapely.box(107, south, 107 + wide / 1000, south + high / 1000)
    approximate = sizes(np.array([box], dtype=object)).area_m2[0]
    assert approximate == pytest.approx(float(measure.area_m2(box)), rel=1e-3)


def test_a_second_check_says_the_same():
    workspace = office(county(), units([square(0, 0, 1.5, 1), *FOUR[1:3]]))
    first, second = (quality.check(workspace, on=ON).findings for _ in range(2))
    assert len(first) > 2
    assert list(first.columns)[-1] == "geometry"
    assert first.drop(columns="geometry").equals(second.drop(columns="geometry"))
    assert first.geometry.geom_equals_exact(second.geometry, 0).all()


# -- region and words -----------------------------------------------------


def test_the_region_is_the_unit_itself_else_the_units_below_it():
    shapes = [square(0, 0), square(1, 0), square(5, 5)]
    below = layer("admin_unit", shapes, code=["150624", "150626", "640100"])
    assert quality.region_of(office(below)).equals(square(0, 0))
    assert quality.region_of(office(below, region="150600")).equals(square(0, 0, 2, 1))
    assert quality.region_of(office(below, region=None)) is None
    assert quality.region_of(office(below, region="110000")) is None


def test_the_finest_units_that_a_box_touches_are_named():
    units_ = layer(
        "admin_unit",
        [square(0, 0, 2, 1), square(0, 0)],
        code=["150600", "150624"],
        name=["鄂尔多斯市", "甲旗"],
    )
    workspace = office(units_)
    assert quality.units_at(workspace, square(0.2, 0.2, 0.1, 0.1).bounds) == (
        "甲旗 (150624)",
    )
    assert quality.units_at(workspace, square(1.2, 0.2, 0.1, 0.1).bounds) == (
        "鄂尔多斯市 (150600)",
    )
    assert quality.units_at(workspace, square(9, 9).bounds) == ()


def test_every_code_has_its_sentences_and_its_row_on_the_page():
    page = PAGE.read_text(encoding="utf-8")
    assert not set(quality.SEVERITY) & set(ISSUE_SEVERITY)
    for code, severity in quality.SEVERITY.items():
        english = TEXTS.sentences("en")[f"quality.{code}"]
        assert f"quality.{code}" in TEXTS.sentences("zh")
        assert f"| `{code}` | {severity} | {english} |" in page
