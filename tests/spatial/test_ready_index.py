"""One index for many questions: the same answers, and never those of other zones."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal

from layers.errors import GeometryError
from spatial.index import ZoneIndex
from spatial.measure import area_m2, deepest_points, distance_m, length_m, outline
from spatial.measure.distance import least_m, most_m
from spatial.overlap import (
    along_table,
    cover_table,
    intersection_geometry,
    margins,
    overlap_table,
)


def place(x, y):
    return (110 + x / 100, 40 + y / 100)


def line(*xy):
    return shapely.LineString([place(x, y) for x, y in xy])


def box(x0, y0, x1, y1):
    return shapely.box(*place(x0, y0), *place(x1, y1))


def frame(*shapes):
    return gpd.GeoDataFrame(geometry=list(shapes), crs="EPSG:4490")


def giant(*, lon=110.0, lat=40.0, vertices=4000, wide=0.3):
    turn = np.linspace(0, 2 * np.pi, vertices + 1)[:-1]
    wave = wide * (1 + 0.07 * np.sin(40 * turn))
    return shapely.Polygon(
        np.column_stack([lon + wave * np.cos(turn), lat + wave * np.sin(turn)])
    )


ZONES = frame(box(0, 0, 2, 1), box(2, 0, 3, 1), giant(lon=110.5))
SITES = frame(
    box(0.2, 0.2, 0.4, 0.4),
    box(1.5, 0.2, 2.5, 0.8),
    box(-1, 0.2, 0.5, 0.8),
    line((-1, 0.5), (1, 0.5)),
    shapely.Point(place(0.5, 0.5)),
    box(19.8, 0, 20.2, 0.4),
    box(9, 9, 10, 10),
)


class TestOneIndexForAll:
    index = ZoneIndex(ZONES.geometry.to_numpy())

    def test_every_table_is_the_same_with_and_without_it(self):
        asked = {"within_m": 5000.0, "margins": True}
        table = overlap_table(SITES, ZONES, **asked)
        assert_frame_equal(
            overlap_table(SITES, ZONES, index=self.index, **asked), table
        )
        assert_frame_equal(
            cover_table(SITES, ZONES, margins=True, index=self.index),
            cover_table(SITES, ZONES, margins=True),
        )
        shapes = intersection_geometry(SITES, ZONES, table)
        again = intersection_geometry(SITES, ZONES, table, index=self.index)
        assert shapely.equals_exact(shapes, again).all()
        roads = SITES.iloc[[3]]
        assert_frame_equal(
            along_table(roads, ZONES, index=self.index), along_table(roads, ZONES)
        )

    def test_a_copy_of_the_zones_is_as_good_as_the_zones(self):
        copied = frame(*shapely.from_wkb(shapely.to_wkb(ZONES.geometry.to_numpy())))
        assert_frame_equal(
            overlap_table(SITES, copied, index=self.index), overlap_table(SITES, copied)
        )

    @pytest.mark.parametrize("rows", [[0, 1], [1, 0, 2], [0, 1, 1]])
    def test_the_index_of_other_zones_is_refused(self, rows):
        other = ZONES.iloc[rows].reset_index(drop=True)
        for ask in (overlap_table, cover_table):
            with pytest.raises(GeometryError, match="index: expected one of these"):
                ask(SITES, other, index=self.index)

    def test_a_zone_moved_by_a_digit_is_another_zone(self):
        moved = ZONES.copy()
        moved.geometry = shapely.transform(
            moved.geometry.to_numpy(), lambda xy: np.nextafter(xy, 180)
        )
        with pytest.raises(GeometryError, match="got one of 3 others"):
            overlap_table(SITES, moved, index=self.index)

    def test_a_bow_tie_is_refused_at_every_call(self):
        tie = shapely.Polygon([place(0, 0), place(1, 1), place(1, 0), place(0, 1)])
        zones = frame(box(2, 0, 3, 1), tie)
        index = ZoneIndex(zones.geometry.to_numpy())
        for _ in range(2):
            with pytest.raises(
                GeometryError, match="zone 1: expected a valid geometry"
            ):
                overlap_table(SITES, zones, index=index)
        away = frame(box(2.2, 0.2, 2.4, 0.4))
        assert len(overlap_table(away, zones, index=index)) == 1


class TestMarginsOfChosenPairs:
    def test_they_are_those_of_the_table(self):
        table = overlap_table(SITES, ZONES, within_m=5000, margins=True)
        assert_array_equal(margins(SITES, ZONES, table), table["margin_m"])
        some = table.iloc[[3, 0]]
        assert_array_equal(margins(SITES, ZONES, some), some["margin_m"])

    def test_a_label_that_is_not_there_is_refused(self):
        table = overlap_table(SITES, ZONES).assign(site=99)
        with pytest.raises(
            GeometryError, match=r"pairs: expected labels .* got site 99"
        ):
            margins(SITES, ZONES, table)

    def test_deep_in_a_giant_the_nearest_of_all_edges_counts(self):
        zone = giant()
        rng = np.random.default_rng(5)
        xy = rng.uniform(-0.15, 0.15, (40, 2)) + np.array([110, 40])
        sites = frame(*shapely.buffer(shapely.points(xy), 0.004, quad_segs=2))
        table = overlap_table(sites, frame(zone), margins=True)
        shapes = sites.geometry.to_numpy()
        edge = np.full(len(shapes), outline(np.array([zone]))[0])
        plain = distance_m(deepest_points(shapes, edge), edge)
        assert table["margin_m"].to_numpy() == pytest.approx(-plain, abs=5e-4)


# -- bounds --------------------------------------------------------------------

near_lon, near_lat = st.floats(-0.3, 0.3), st.floats(-0.3, 0.3)


@given(
    st.tuples(near_lon, near_lat),
    st.tuples(near_lon, near_lat),
    st.sampled_from([-60.0, 0.0, 0.1, 23.5, 40.0, 53.0, 75.0]),
)
@settings(max_examples=400, deadline=None)
def test_bounds_hold_the_geodesic_between_them(a, b, lat):
    start, end = (np.array([[110 + x, lat + y]]) for x, y in (a, b))
    true_m = distance_m(shapely.Point(*start[0]), shapely.Point(*end[0]))
    boxes = np.hstack([start, start]), np.hstack([end, end])
    assert true_m <= most_m(start, end)[0]
    for reach_m in (true_m, 2 * true_m + 100.0, 100_000.0):
        assert least_m(*boxes, reach_m)[0] <= true_m


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 40.0, 50.0, 53.0]))
@settings(max_examples=25, deadline=None)
def test_no_pair_is_dropped_and_no_distance_is_changed(seed, lat):
    rng = np.random.default_rng(seed)
    zones = [
        giant(lon=110 + x, lat=lat + y, vertices=300, wide=0.05)
        for x, y in rng.uniform(-0.3, 0.3, (4, 2))
    ]
    sites = shapely.buffer(
        shapely.points(rng.uniform(-0.4, 0.4, (8, 2)) + np.array([110, lat])),
        0.003,
        quad_segs=2,
    )
    found = overlap_table(frame(*sites), frame(*zones), within_m=15_000)
    away = found.set_index(["site", "zone"])["distance_m"]
    for i, site in enumerate(sites):
        for j, zone in enumerate(zones):
            plain = distance_m(site, zone)
            if abs(plain - 15_000) > 0.002:
                assert ((i, j) in away.index) == (plain <= 15_000)
            if (i, j) in away.index:
                assert away[i, j] == pytest.approx(plain, abs=1e-3)


# -- cover ---------------------------------------------------------------------


class TestCoverWithoutUnion:
    def test_zones_that_tile_cover_all_of_what_lies_across_their_border(self):
        """The common border is drawn once, wild, with a thousand vertices."""
        rng = np.random.default_rng(11)
        wild = np.column_stack(
            [110 + rng.normal(0, 1e-4, 1001), np.linspace(39.5, 40.5, 1001)]
        )
        west = shapely.Polygon([*wild, (109, 40.5), (109, 39.5)])
        east = shapely.Polygon([*wild, (111, 40.5), (111, 39.5)])
        xy = np.column_stack([np.full(50, 110.0), rng.uniform(39.6, 40.4, 50)])
        sites = frame(*shapely.buffer(shapely.points(xy), 0.002, quad_segs=3))
        for engine in ("kernel", "geometry"):
            table = cover_table(sites, frame(west, east), engine=engine)
            assert (table["covered_share"] == 1.0).all()
            assert (table["remainder_m2"] == 0.0).all()
            assert_array_equal(table["covered_m2"], area_m2(sites.geometry.to_numpy()))

    def test_a_gap_of_a_hundredth_of_a_millimetre_is_left_over(self):
        zones = frame(box(0, 0, 1, 1), shapely.box(110.01 + 1e-10, 40, 110.02, 40.01))
        row = cover_table(frame(box(0.5, 0.2, 1.5, 0.8)), zones).iloc[0]
        assert row["covered_share"] < 1.0
        assert row["remainder_m2"] > 0.0

    def test_a_sliver_outside_of_one_zone_is_left_over(self):
        site = shapely.box(110.001, 40.001, 110.01 + 1e-10, 40.009)
        row = cover_table(frame(site), frame(box(0, 0, 1, 1))).iloc[0]
        assert 1 - 1e-6 < row["covered_share"] < 1.0
        assert row["remainder_m2"] > 0.0

    def test_with_and_without_margins_the_shares_are_the_same(self):
        plain = cover_table(SITES, ZONES)
        full = cover_table(SITES, ZONES, margins=True)
        measured = plain.columns[:5]
        assert_frame_equal(plain[measured], full[measured])

    def test_a_line_along_the_border_of_a_giant_is_covered(self):
        zone = giant()
        border = zone.exterior.coords[100:160]
        x, y = border[-1]
        along = shapely.LineString(border)
        both = shapely.LineString([*border, (2 * x - 110, 2 * y - 40)])
        sites = frame(along, both)
        table = cover_table(sites, frame(zone))
        assert table["covered_share"][0] == 1.0
        assert table["covered_length_m"][1] == pytest.approx(length_m(along), rel=1e-9)

    def test_a_point_on_the_border_of_two_zones_counts_once(self):
        some = shapely.MultiPoint([place(2, 0.5), place(1, 0.5), place(9, 9)])
        row = cover_table(frame(some), ZONES.iloc[:2]).iloc[0]
        assert row["covered_share"] == pytest.approx(2 / 3)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_cover_is_that_of_the_plain_union(seed):
    rng = np.random.default_rng(seed)
    zones = [
        giant(lon=110 + x, lat=40 + y, vertices=700, wide=0.1)
        for x, y in rng.uniform(-0.2, 0.2, (4, 2))
    ]
    sites = shapely.buffer(
        shapely.points(rng.uniform(-0.3, 0.3, (12, 2)) + np.array([110, 40])),
        0.02,
        quad_segs=2,
    )
    table = cover_table(frame(*sites), frame(*zones))
    union = shapely.union_all(zones)
    plain = area_m2(shapely.difference(sites, union))
    assert table["remainder_m2"].to_numpy() == pytest.approx(plain, rel=1e-8, abs=2e-3)
    covered = shapely.covers(union, sites)
    assert (table["covered_share"].to_numpy()[covered] == 1.0).all()
