"""The shelf: slivers apart from overlaps, layers of a kind as one table.

Squared paper, one square about 111 m by 85 m (0.001 degree at 40 N):

      0   1   2   3
    1 ┌───┬───────┐        west zone (0,0)-(1,1), layer "west", tolerance 1 m2 / 0.5 m
      │ w │   e   │        east zone (1,0)-(3,1), layer "east", no tolerance
    0 └───┴───────┘
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.layer import Workspace
from layers.provenance import Coverage, Tolerance
from layers.read import from_frame
from spatial.measure import area_m2, sliver_width_m
from spatial.shelf import Shelf
from spatial.tolerance import _surely_wider

KIND = "industrial_park"
SIDE = 0.001
HAIR = 1e-6  # of a degree of longitude: 8.5 cm


def square(x0, y0, x1, y1):
    return shapely.box(107 + x0 * SIDE, 40 + y0 * SIDE, 107 + x1 * SIDE, 40 + y1 * SIDE)


def park(name, shape, **stated):
    frame = gpd.GeoDataFrame({"name": [name]}, geometry=[shape], crs=4490)
    coverage = Coverage(square(-9, -9, 9, 9), "drawn")
    return from_frame(frame, kind=KIND, id=name, coverage=coverage, **stated)


WEST = park(
    "west",
    square(0, 0, 1, 1),
    tolerance=Tolerance(area_m2=1.0, width_m=0.5, source="drawn"),
)
EAST = park("east", square(1, 0, 3, 1))


def shelf(*sites):
    frame = gpd.GeoDataFrame(
        {"site_id": [str(i) for i in range(len(sites))]}, geometry=list(sites), crs=4490
    )
    office = Workspace("office", None, {"west": WEST, "east": EAST})
    table = from_frame(frame, kind="project_site").frame.reset_index(drop=True)
    return Shelf(table, office, dt.date(2025, 6, 1))


def verdicts(drawn):
    pairs = drawn.pairs(KIND)
    layer = drawn.zones(KIND)["layer"].to_numpy()[pairs["zone"]]
    word = np.where(
        pairs["interior"], "overlap", np.where(pairs["sliver"], "sliver", "touch")
    )
    return dict(zip(layer.tolist(), word.tolist(), strict=True))


def test_layers_of_a_kind_are_one_table_that_knows_each_layer():
    zones = shelf(square(0, 0, 1, 1)).zones(KIND)
    assert zones["layer"].tolist() == ["west", "east"]
    assert zones.index.tolist() == [0, 1]
    assert zones.crs.to_epsg() == 4490


def test_an_overlap_is_told_from_a_shared_border():
    assert verdicts(shelf(square(0.2, 0.2, 1, 0.8))) == {
        "west": "overlap",
        "east": "touch",
    }


def test_an_overlap_thinner_than_the_tolerance_is_a_sliver_and_stays_listed():
    # 8.5 cm wide and 111 m high: 9 m2, above the area but below the width.
    site = shapely.box(107 + SIDE - HAIR, 40, 107 + 2 * SIDE, 40 + SIDE)
    drawn = shelf(site)
    assert verdicts(drawn) == {"west": "sliver", "east": "overlap"}
    assert drawn.pairs(KIND)["area_m2"].iloc[0] == pytest.approx(9.5, abs=0.1)


def test_an_overlap_smaller_than_the_tolerance_is_a_sliver():
    # 0.85 m by 0.85 m: 0.7 m2, wider than the width but below the area.
    site = shapely.box(107 + SIDE - 1e-5, 40, 107 + SIDE + 2e-5, 40 + 0.77e-5)
    assert verdicts(shelf(site))["west"] == "sliver"


def test_a_site_below_the_tolerance_that_lies_in_a_zone_is_no_sliver():
    # A trench 8.5 cm wide and a plinth of 0.7 m2, both wholly in the west zone.
    trench = shapely.box(107 + SIDE / 2, 40, 107 + SIDE / 2 + HAIR, 40 + SIDE)
    plinth = shapely.box(
        107 + SIDE / 2, 40 + SIDE / 2, 107 + SIDE / 2 + 1e-5, 40 + SIDE / 2 + 0.77e-5
    )
    assert verdicts(shelf(trench)) == {"west": "overlap"}
    assert verdicts(shelf(plinth)) == {"west": "overlap"}


def test_an_overlap_that_takes_half_of_the_zone_is_no_sliver():
    # The west zone cut down to 0.7 m2: within the site, half in it, a third in it.
    small = shapely.box(107, 40, 107 + 1e-5, 40 + 0.77e-5)
    tolerance = Tolerance(area_m2=1.0, width_m=0.5, source="drawn")
    office = Workspace(
        "office", None, {"west": park("west", small, tolerance=tolerance)}
    )

    def verdict(share):
        site = square(share * 1e-2 - 1, -1, share * 1e-2, 1)
        frame = gpd.GeoDataFrame({"site_id": ["1"]}, geometry=[site], crs=4490)
        table = from_frame(frame, kind="project_site").frame.reset_index(drop=True)
        return verdicts(Shelf(table, office, dt.date(2025, 6, 1)))["west"]

    assert [verdict(share) for share in (1, 0.6, 0.3)] == [
        "overlap",
        "overlap",
        "sliver",
    ]


@pytest.mark.parametrize(
    ("spring", "word"), [((0.5, 0.5), "overlap"), ((1, 0.5), "touch")]
)
def test_a_zone_that_is_a_point_lies_within_a_site_or_on_its_border(spring, word):
    point = shapely.Point(107 + spring[0] * SIDE, 40 + spring[1] * SIDE)
    frame = gpd.GeoDataFrame({"name": ["spring"]}, geometry=[point], crs=4490)
    layer = from_frame(frame, kind="rural_water_source", id="west")
    site = gpd.GeoDataFrame({"site_id": ["1"]}, geometry=[square(0, 0, 1, 1)], crs=4490)
    drawn = Shelf(site, Workspace("o", None, {"west": layer}), dt.date(2025, 6, 1))
    pairs = drawn.pairs("rural_water_source")
    assert pairs["interior"].tolist() == [word == "overlap"]
    assert pairs["sliver"].tolist() == [False]


def test_one_of_several_points_in_a_zone_is_an_overlap():
    inside, outside = square(0, 0, 1, 1).centroid, square(7, 7, 8, 8).centroid
    assert verdicts(shelf(shapely.MultiPoint([inside, outside]))) == {"west": "overlap"}
    corner = shapely.MultiPoint([(107, 40), outside])
    assert verdicts(shelf(corner)) == {"west": "touch"}


def test_areas_of_zones_that_tile_a_site_add_up_as_printed():
    site = square(0.3, 0.1, 2.9, 0.77)
    drawn = shelf(site)
    printed = [f"{area:.2f}" for area in drawn.pairs(KIND)["area_m2"]]
    assert sum(map(Decimal, printed)) == Decimal(f"{area_m2(site):.2f}")
    assert drawn.pairs(KIND)["area_m2"].tolist() == [float(one) for one in printed]


def test_without_a_tolerance_the_thinnest_overlap_counts():
    site = shapely.box(107 + 3 * SIDE - HAIR, 40, 107 + 4 * SIDE, 40 + SIDE)
    assert verdicts(shelf(site)) == {"east": "overlap"}


def test_cover_takes_the_union_and_only_the_zones_that_are_meant():
    drawn = shelf(square(0.5, 0, 1.5, 1))
    both = drawn.cover(KIND, zones=np.array([True, True]))
    west = drawn.cover(KIND, zones=np.array([True, False]))
    assert both["outside"].tolist() == [False]
    assert west["outside"].tolist() == [True]
    assert west["covered_share"].iloc[0] == pytest.approx(0.5, abs=1e-6)


def test_a_kind_that_nobody_supplied_is_an_empty_table():
    drawn = shelf(square(0, 0, 1, 1))
    assert drawn.zones("wetland").empty
    assert drawn.pairs("wetland").empty
    assert not drawn.has("wetland")
    assert drawn.cover("wetland", zones=np.zeros(0, bool))["outside"].tolist() == [True]


@pytest.mark.parametrize("lat", [0.0, 30.0, 53.0])
def test_what_is_surely_wider_than_the_tolerance_is_wider(lat):
    rng = np.random.default_rng(4)
    low = np.column_stack([rng.uniform(107, 108, 400), lat + rng.uniform(0, 1, 400)])
    high = low + 10.0 ** rng.uniform(-7, -2, (400, 2))
    parts = shapely.box(*np.hstack([low, high]).T)
    shapes = np.array([*parts, *shapely.multipolygons(parts.reshape(-1, 2))])
    width = sliver_width_m(shapes)
    for share in (0.3, 0.8, 1.0, 1.2):
        sure = _surely_wider(shapes, area_m2(shapes), width * share)
        assert not sure[width <= width * share].any()
    assert _surely_wider(shapes, area_m2(shapes), width * 0.3).any()


def test_where_every_width_is_sure_none_is_measured():
    assert verdicts(shelf(square(-1, 0.2, 0.4, 0.8)))["west"] == "overlap"
    assert sliver_width_m(np.zeros(0, dtype=object)).tolist() == []
