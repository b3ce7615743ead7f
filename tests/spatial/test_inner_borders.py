"""A road on the border that two zones share lies inside them together.

Squared paper, one square 0.01 degree, x from 107.0, y from 40.0:

      0       1       2
    1 ┌───────┬───────┐     A (0,0)-(1,1)   B (1,0)-(2,1)
      │   A   │   B   │
    0 └───────┴───────┘
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from spatial.inner_borders import with_inner_borders
from spatial.measure import length_m
from spatial.overlap import overlap_table


def at(x, y):
    return (107 + x / 100, 40 + y / 100)


def frame(*shapes):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=4490)


def square(x0, y0, x1, y1):
    return shapely.box(*at(x0, y0), *at(x1, y1))


A, B = square(0, 0, 1, 1), square(1, 0, 2, 1)


def lengths(site, *zones):
    sites, found = frame(site), frame(*zones)
    table = with_inner_borders(overlap_table(sites, found), sites, found)
    return dict(zip(table["zone"].tolist(), table["length_m"].tolist(), strict=True))


def line(*corners):
    return shapely.LineString([at(*corner) for corner in corners])


def test_a_road_on_the_common_border_counts_for_both():
    road = line((1, 0.2), (1, 0.8))
    whole = pytest.approx(length_m(road))
    assert lengths(road, A, B) == {0: whole, 1: whole}


def test_a_road_on_the_outer_border_counts_for_none():
    assert lengths(line((0, 0.2), (0, 0.8)), A, B) == {0: 0.0}
    assert lengths(line((0.5, 1), (1.5, 1)), A, B) == {0: 0.0, 1: 0.0}


def test_a_road_on_the_border_of_a_single_zone_counts_for_none():
    assert lengths(line((1, 0.2), (1, 0.8)), A) == {0: 0.0}


def test_a_road_that_comes_from_outside_counts_from_the_border_on():
    road = line((1, -0.5), (1, 0.5))
    half = pytest.approx(length_m(line((1, 0), (1, 0.5))))
    assert lengths(road, A, B) == {0: half, 1: half}


def test_a_road_that_crosses_the_border_is_split_as_before():
    road = line((0.5, 0.5), (1.5, 0.5))
    half = pytest.approx(length_m(line((0.5, 0.5), (1, 0.5))), rel=1e-6)
    assert lengths(road, A, B) == {0: half, 1: half}


def test_a_point_on_the_common_border_is_inside_and_one_on_the_outer_is_not():
    sites = frame(shapely.Point(at(1, 0.5)), shapely.Point(at(1, 0)))
    zones = frame(A, B)
    table = with_inner_borders(overlap_table(sites, zones), sites, zones)
    assert table["share_of_site"].tolist() == [1.0, 1.0, 0.0, 0.0]
    assert table["length_m"].isna().all()


def test_polygons_and_single_zones_are_left_as_they_are():
    sites, zones = (
        frame(square(0.5, 0.2, 1.5, 0.4), line((0.2, 0.2), (0.4, 0.4))),
        frame(A, B),
    )
    table = overlap_table(sites, zones)
    after = with_inner_borders(table, sites, zones)
    assert after.equals(table)


cell = st.integers(0, 4)


@given(st.lists(st.tuples(cell, cell), min_size=2, max_size=2, unique=True))
def test_a_road_within_a_mosaic_is_never_without_a_zone(corners):
    """Cut a square into quarters: whatever runs inside it is inside a quarter."""
    quarters = [square(x, y, x + 2, y + 2) for x in (0, 2) for y in (0, 2)]
    whole = square(0, 0, 4, 4)
    road = line(*corners)
    inside = shapely.difference(road, shapely.boundary(whole))
    found = lengths(road, *quarters)
    expected = length_m(np.array([inside]))[0] if not inside.is_empty else 0.0
    assert sum(found.values()) >= expected * (1 - 1e-9)
    assert (max(found.values(), default=0.0) > 0) == (expected > 0)
