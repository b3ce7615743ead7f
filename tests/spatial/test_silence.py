"""Silence of a layer means absence only where the layer can be believed.

Squared paper, one square a tenth of a degree, x from 107.0, y from 40.0:

      0   1   2   3   4
    2 ┌───────────────┐   coverage (0,0)-(4,2)
      │  zone         │   zone     (0,0)-(1,1)
    1 ├───┐       ┌───┼─┐ far site (2,1)-(2.1,1.1), clear of the zone
      │   │       │   │ │ edge site (3.5,0.2)-(4.5,0.4), half of it covered
    0 └───┴───────┴───┴─┘
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from layers.issue import DataIssue, Quarantined
from layers.layer import Unavailable, Workspace
from layers.provenance import Coverage, Period
from layers.read import from_frame, none_exists
from layers.spec import spec
from spatial.shelf import Shelf

KIND = "ecological_redline"
ON = dt.date(2025, 6, 1)


def square(x0, y0, x1, y1):
    return shapely.box(107 + x0 / 10, 40 + y0 / 10, 107 + x1 / 10, 40 + y1 / 10)


COVERAGE = Coverage(square(0, 0, 4, 2), "drawn")
FAR = square(2, 1, 2.1, 1.1)
EDGE = square(3.5, 0.2, 4.5, 0.4)


def zones(*shapes, **stated):
    frame = gpd.GeoDataFrame(
        {"BSM": [f"Z{i}" for i in range(len(shapes))]}, geometry=list(shapes), crs=4490
    )
    stated = {"valid": Period(dt.date(2020, 1, 1)), **stated}
    return from_frame(frame, kind=KIND, id="redline", **stated)


ZONE = square(0, 0, 1, 1)
GOOD = zones(ZONE, coverage=COVERAGE)


def shelf(*layers, unavailable=(), sites=(FAR,)):
    frame = gpd.GeoDataFrame(
        {"site_id": [str(i) for i in range(len(sites))]}, geometry=list(sites), crs=4490
    )
    office = Workspace(
        "office",
        None,
        {one.id: one for one in layers},
        {one.id: one for one in unavailable},
    )
    table = from_frame(frame, kind="project_site").frame.reset_index(drop=True)
    return Shelf(table, office, ON)


def reasons(drawn, **asked):
    return [one.kind for one in drawn.doubts(KIND, **asked)]


def test_a_complete_layer_in_force_is_believed():
    assert reasons(shelf(GOOD)) == []


def test_no_layer_of_the_kind_is_a_doubt_at_every_site():
    drawn = shelf(sites=(FAR, EDGE))
    assert [(one.site, one.kind) for one in drawn.doubts(KIND)] == [
        (0, "layer_missing"),
        (1, "layer_missing"),
    ]


def test_a_layer_that_could_not_be_read_is_a_doubt_even_beside_a_good_one():
    lost = Unavailable("redline_south", spec(KIND), "no such file")
    assert reasons(shelf(GOOD, unavailable=[lost])) == ["layer_unreadable"]


def test_an_empty_layer_is_a_doubt_unless_someone_states_that_there_is_none():
    empty = replace(GOOD, frame=GOOD.frame.iloc[:0])
    stated = none_exists(
        KIND,
        source="notice 1",
        coverage=COVERAGE,
        id="redline",
        valid=Period(dt.date(2020, 1, 1)),
    )
    assert reasons(shelf(empty)) == ["layer_empty"]
    assert reasons(shelf(stated)) == []


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, dt.date(2025, 5, 31), ["layer_not_in_force"]),
        (dt.date(2025, 6, 2), None, ["layer_not_in_force"]),
        (dt.date(2025, 6, 1), dt.date(2025, 6, 1), []),
    ],
)
def test_a_layer_speaks_for_its_period_both_ends_included(start, end, expected):
    layer = zones(ZONE, coverage=COVERAGE, valid=Period(start, end))
    assert reasons(shelf(layer)) == expected


def test_an_expired_edition_beside_the_current_one_is_no_doubt():
    old = replace(
        zones(ZONE, coverage=COVERAGE, valid=Period(None, dt.date(2024, 1, 1))),
        id="redline_2020",
    )
    assert reasons(shelf(old, GOOD)) == []


def test_zones_of_an_expired_layer_are_not_looked_at():
    old = zones(FAR, coverage=COVERAGE, valid=Period(None, dt.date(2024, 1, 1)))
    drawn = shelf(old)
    assert drawn.zones(KIND).empty
    assert drawn.pairs(KIND).empty


def test_a_layer_without_stated_validity_is_a_doubt():
    layer = zones(ZONE, coverage=COVERAGE, valid=None)
    assert reasons(shelf(layer)) == ["layer_validity_unknown"]


def test_a_layer_without_stated_coverage_is_a_doubt():
    assert reasons(shelf(zones(ZONE))) == ["layer_coverage_unknown"]


def test_a_layer_of_another_region_is_a_doubt():
    elsewhere = Coverage(square(-4, -2, 0, 0), "elsewhere")
    layer = zones(square(-1, -1, 0, 0), coverage=elsewhere)
    assert reasons(shelf(layer)) == ["layer_does_not_cover"]


def test_a_layer_that_covers_half_of_the_site_is_a_doubt_that_says_how_much():
    (doubt,) = shelf(GOOD, sites=(EDGE,)).doubts(KIND)
    assert doubt.kind == "layer_covers_partly"
    assert doubt.why.facts["percent"] == "50.0%"


def test_a_layer_that_covers_all_but_a_hair_of_the_site_does_not_say_all():
    # 1 square wide, 1/10,000 of it beyond the coverage
    nearly = square(3.0001, 0.2, 4.0001, 0.4)
    (doubt,) = shelf(GOOD, sites=(nearly,)).doubts(KIND)
    assert doubt.kind == "layer_covers_partly"
    assert doubt.why.facts["percent"] == ">99.9%"


def test_the_ground_that_is_known_around_a_site_is_rounded_down():
    # The far site ends 0.9 squares, 9993.5 m (pyproj 3.7, Geod CGCS2000), below.
    (doubt,) = shelf(GOOD).doubts(KIND, within_m=9993.9)
    assert doubt.why.facts["away"] == "9993"
    assert doubt.why.facts["within"] == "9993.9"


def test_two_layers_cover_together():
    west = zones(ZONE, coverage=Coverage(square(0, 0, 2.05, 2), "west"))
    east = replace(west, id="east", coverage=Coverage(square(2.05, 0, 4, 2), "east"))
    assert reasons(shelf(west)) == ["layer_covers_partly"]
    assert reasons(shelf(west, east)) == []


def test_a_distance_rule_needs_coverage_around_the_site():
    # The far site ends 0.9 squares (9.99 km) below the upper edge of the coverage.
    drawn = shelf(GOOD)
    assert reasons(drawn, within_m=9_900) == []
    assert reasons(drawn, within_m=10_100) == ["layer_covers_partly"]


def test_a_quarantined_row_is_a_doubt_near_its_box_and_everywhere_without_one():
    def with_lost(bounds):
        lost = Quarantined(9, "Z9", "geometry_doubtful", bounds, {})
        return shelf(replace(GOOD, quarantine=(lost,)))

    near, away = FAR.buffer(0.001).bounds, ZONE.bounds
    assert reasons(with_lost(near)) == ["layer_read_with_loss"]
    assert reasons(with_lost(away)) == []
    assert reasons(with_lost(away), within_m=9_900) == ["layer_read_with_loss"]
    assert reasons(with_lost(None)) == ["layer_read_with_loss"]


def test_an_error_of_the_whole_layer_is_a_doubt_that_quotes_it():
    broken = replace(GOOD, issues=(DataIssue("rows_unaccounted", "redline", facts={}),))
    (doubt,) = shelf(broken).doubts(KIND)
    assert doubt.kind == "layer_unreliable"
    assert doubt.why.facts["why"].key == "issue.rows_unaccounted"


def test_what_is_found_stands_in_a_doubtful_layer():
    drawn = shelf(zones(FAR), sites=(FAR,))
    assert drawn.pairs(KIND)["interior"].tolist() == [True]
    assert reasons(drawn) == ["layer_coverage_unknown"]
