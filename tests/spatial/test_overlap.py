"""Sites and zones on squared paper: a square is 0.01 x 0.01 degrees at 110 E, 40 N."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from pyproj import Geod

from layers.errors import CrsMismatchError, GeometryError
from spatial.measure import area_m2, distance_m, length_m
from spatial.overlap import (
    cover_table,
    intersection_geometry,
    overlap_table,
    overlays,
)

GEOD = Geod(a=6378137.0, rf=298.257222101)


def place(x, y):
    return (110 + x / 100, 40 + y / 100)


def point(x, y):
    return shapely.Point(place(x, y))


def line(*xy):
    return shapely.LineString([place(x, y) for x, y in xy])


def box(x0, y0, x1, y1):
    return shapely.box(*place(x0, y0), *place(x1, y1))


def frame(*shapes, names=None):
    return gpd.GeoDataFrame(geometry=list(shapes), index=names, crs="EPSG:4490")


def only(table):
    assert len(table) == 1
    return table.iloc[0]


#   0   1   2   3
# 1 ┌───────┐          zone  (0,0)-(2,1)
#   │   ┌───┼───┐      site  (1,0)-(3,1)   half of the site is inside
# 0 └───┴───┴───┘
ZONE = box(0, 0, 2, 1)


class TestPolygonInPolygon:
    def test_half_inside(self):
        row = only(overlap_table(frame(box(1, 0, 3, 1)), frame(ZONE)))
        assert row["share_of_site"] == pytest.approx(0.5, rel=1e-12)
        assert row["area_m2"] == pytest.approx(area_m2(box(1, 0, 2, 1)), rel=1e-12)
        assert row["distance_m"] == 0.0
        assert np.isnan(row["length_m"])
        assert np.isnan(row["margin_m"])

    def test_wholly_inside_is_the_sites_own_area(self):
        site = box(0.25, 0.25, 0.5, 0.75)
        row = only(overlap_table(frame(site), frame(ZONE)))
        assert row["area_m2"] == area_m2(site)
        assert row["share_of_site"] == 1.0

    def test_a_zone_wholly_inside_the_site(self):
        row = only(overlap_table(frame(box(-1, -1, 3, 2)), frame(ZONE)))
        assert row["area_m2"] == pytest.approx(area_m2(ZONE), rel=1e-12)
        assert row["share_of_site"] == pytest.approx(1 / 6, rel=1e-3)

    @pytest.mark.parametrize(
        "site", [box(2, 0, 3, 1), box(2, 1, 3, 2)], ids=["edge", "corner"]
    )
    def test_touching_is_listed_without_measure(self, site):
        row = only(overlap_table(frame(site), frame(ZONE), margins=True))
        assert (
            row[["area_m2", "share_of_site", "distance_m", "margin_m"]].tolist()
            == [0.0] * 4
        )
        assert not np.signbit(row["margin_m"])

    def test_edge_here_and_area_there_counts_the_area(self):
        comb = shapely.union_all(
            [box(2, 0, 3, 1), box(1, 1, 3, 2), box(1, 0.5, 1.5, 1)]
        )
        row = only(overlap_table(frame(comb), frame(ZONE)))
        assert row["area_m2"] == pytest.approx(area_m2(box(1, 0.5, 1.5, 1)), rel=1e-12)

    def test_in_the_hole_of_a_zone_is_outside(self):
        ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
        row = only(overlap_table(frame(box(1, 1, 2, 2)), frame(ring)))
        assert row["area_m2"] == 0.0
        inner = only(
            overlap_table(frame(box(1.4, 1.4, 1.6, 1.6)), frame(ring), within_m=500)
        )
        assert 300 < inner["distance_m"] < 450

    def test_parts_of_sites_and_zones_add_up(self):
        site = shapely.MultiPolygon([box(0, 0, 1, 1), box(3, 0, 4, 1)])
        zone = shapely.MultiPolygon([box(0.5, 0, 1.5, 1), box(3, 0, 3.25, 1)])
        row = only(overlap_table(frame(site), frame(zone)))
        assert row["share_of_site"] == pytest.approx(0.375, rel=1e-12)

    def test_how_deep_is_a_negative_margin(self):
        row = only(
            overlap_table(frame(box(0.5, -1, 1.5, 0.2)), frame(ZONE), margins=True)
        )
        deep = GEOD.inv(*place(1, 0), *place(1, 0.2))[2]
        assert row["margin_m"] == pytest.approx(-deep, abs=1e-3)


class TestLinesAndPoints:
    def test_a_line_half_inside(self):
        row = only(
            overlap_table(frame(line((-1, 0.5), (1, 0.5))), frame(ZONE), margins=True)
        )
        assert row["share_of_site"] == pytest.approx(0.5, rel=1e-9)
        assert row["length_m"] == pytest.approx(
            length_m(line((0, 0.5), (1, 0.5))), rel=1e-9
        )
        assert np.isnan(row["area_m2"])
        to_top = GEOD.inv(*place(1, 0.5), *place(1, 1))[2]
        assert row["margin_m"] == pytest.approx(-to_top, abs=1e-3)

    def test_a_line_right_across_is_as_deep_as_its_middle(self):
        across = frame(line((-0.5, 0.5), (2.5, 0.5)))
        row = only(overlap_table(across, frame(ZONE), margins=True))
        to_top = GEOD.inv(*place(1, 0.5), *place(1, 1))[2]
        assert row["margin_m"] == pytest.approx(-to_top, abs=1e-2)

    def test_a_line_along_the_border_is_not_inside(self):
        along = line((-1, 0), (0, 0), (2, 0), (3, 0))
        row = only(overlap_table(frame(along), frame(ZONE)))
        assert (row["length_m"], row["share_of_site"]) == (0.0, 0.0)
        then_in = only(overlap_table(frame(line((0, 0), (0, 1), (1, 0))), frame(ZONE)))
        assert then_in["length_m"] == pytest.approx(
            length_m(line((0, 1), (1, 0))), rel=1e-9
        )

    def test_points_inside_on_the_border_and_out(self):
        table = overlap_table(
            frame(point(1, 0.5), point(2, 0.5), point(3, 0.5)), frame(ZONE)
        )
        assert table["site"].tolist() == [0, 1]
        assert table["share_of_site"].tolist() == [1.0, 0.0]
        assert table[["area_m2", "length_m"]].isna().all(axis=None)

    def test_several_points_share_by_number(self):
        some = shapely.MultiPoint(
            [point(1, 0.5), point(2, 0.5), point(5, 5), point(1.5, 0.5)]
        )
        row = only(overlap_table(frame(some), frame(ZONE)))
        assert row["share_of_site"] == 0.5

    def test_a_river_through_a_site(self):
        river = line((-1, 0.5), (1, 0.5), (4, 0.5))
        row = only(overlap_table(frame(ZONE), frame(river), margins=True))
        assert row["length_m"] == pytest.approx(
            length_m(line((0, 0.5), (2, 0.5))), rel=1e-9
        )
        assert row[["area_m2", "share_of_site"]].isna().all()
        assert row["margin_m"] == 0.0

    def test_lines_that_run_together_and_lines_that_cross(self):
        road = line((0, 0), (2, 0))
        table = overlap_table(
            frame(road), frame(line((1, 0), (3, 0)), line((1, -1), (1, 1)))
        )
        assert table["length_m"].tolist() == pytest.approx(
            [length_m(line((1, 0), (2, 0))), 0]
        )

    def test_points_and_lines_meet_without_measure(self):
        table = overlap_table(
            frame(point(1, 0)), frame(line((0, 0), (2, 0)), point(1, 0))
        )
        assert table["distance_m"].tolist() == [0.0, 0.0]
        measures = ["area_m2", "share_of_site", "length_m"]
        assert table[measures].isna().all(axis=None)


class TestNearness:
    @pytest.mark.parametrize("lat", [40.0, 50.0])
    @pytest.mark.parametrize(
        ("away_m", "listed"),
        [(999.9, 1), (1000.0, 1), (1000.0004, 1), (1000.0006, 0), (1000.1, 0)],
    )
    def test_the_limit_is_included_and_compared_at_a_millimetre(
        self, lat, away_m, listed
    ):
        river = frame(shapely.LineString([(110, lat - 0.3), (110, lat + 0.3)]))
        site = frame(shapely.Point(*GEOD.fwd(110, lat, 90, away_m)[:2]))
        table = overlap_table(site, river, within_m=1000.0, margins=True)
        assert len(table) == listed
        if listed:
            assert only(table)["distance_m"] == pytest.approx(away_m, abs=1e-5)
            assert only(table)["margin_m"] == only(table)["distance_m"]

    def test_a_polygon_apart_shares_nothing(self):
        row = only(overlap_table(frame(box(3, 0, 4, 1)), frame(ZONE), within_m=1000))
        assert row["distance_m"] == pytest.approx(
            GEOD.inv(*place(2, 1), *place(3, 1))[2], abs=0.01
        )
        assert (row["area_m2"], row["share_of_site"]) == (0.0, 0.0)

    def test_without_a_limit_what_is_apart_is_not_listed(self):
        assert overlap_table(frame(box(3, 0, 4, 1)), frame(ZONE)).empty

    def test_a_giant_zone_is_as_near_as_its_nearest_edge(self):
        turn = np.linspace(0, 2 * np.pi, 20_001)[:-1]
        wave = 0.3 + 0.02 * np.sin(40 * turn)
        giant = shapely.Polygon(
            np.column_stack([110 + wave * np.cos(turn), 40 + wave * np.sin(turn)])
        )
        sites = frame(*(box(32 + i, i, 32.2 + i, i + 0.3) for i in range(3)))
        table = overlap_table(sites, frame(giant), within_m=6000)
        plain = [distance_m(site, giant.exterior) for site in sites.geometry]
        assert table["distance_m"].tolist() == pytest.approx(
            [d for d in plain if d <= 6000], abs=5e-4
        )
        assert len(table) >= 2


class TestTables:
    def test_rows_follow_the_frames_and_carry_their_labels(self):
        sites = frame(point(1, 0.5), box(0, 0, 1, 1), names=["b", "a"])
        zones = frame(box(0, 0, 2, 2), ZONE, names=[20, 10])
        table = overlap_table(sites, zones)
        assert table["site"].tolist() == ["b", "b", "a", "a"]
        assert table["zone"].tolist() == [20, 10, 20, 10]
        assert table.index.tolist() == [0, 1, 2, 3]

    def test_empty_frames_give_empty_tables_of_the_same_types(self):
        sites, zones = frame(box(1, 0, 3, 1), names=["a"]), frame(ZONE)
        full = overlap_table(sites, zones, within_m=10.0, margins=True)
        for a, b in ((sites.iloc[:0], zones), (sites, zones.iloc[:0])):
            table = overlap_table(a, b, within_m=10.0, margins=True)
            assert_frame_equal(table, full.iloc[:0], check_index_type=False)
            assert intersection_geometry(a, b, table).shape == (0,)

    def test_inputs_are_not_changed(self):
        sites, zones = frame(box(1, 0, 3, 1)), frame(ZONE)
        before = sites.copy(deep=True), zones.copy(deep=True)
        overlap_table(sites, zones, within_m=100, margins=True)
        cover_table(sites, zones)
        assert_geodataframe_equal(sites, before[0])
        assert_geodataframe_equal(zones, before[1])
        assert not shapely.is_prepared(zones.geometry.to_numpy()).any()

    def test_shapes_are_drawn_for_the_pairs_that_are_asked_for(self):
        sites = frame(
            box(1, 0, 3, 1),
            line((-1, 0.5), (1, 0.5)),
            box(2, 0, 3, 1),
            names=list("abc"),
        )
        table = overlap_table(sites, frame(ZONE))
        a, c, b = intersection_geometry(sites, frame(ZONE), table.iloc[[0, 2, 1]])
        assert a.equals(box(1, 0, 2, 1))
        assert b.equals(line((0, 0.5), (1, 0.5)))
        assert c.is_empty

    def test_pairs_of_another_frame_are_refused(self):
        table = overlap_table(frame(ZONE), frame(ZONE)).assign(zone=7)
        with pytest.raises(
            GeometryError, match=r"pairs: expected labels .* got zone 7"
        ):
            intersection_geometry(frame(ZONE), frame(ZONE), table)


class TestRefusals:
    @pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4524", None])
    def test_another_frame_is_refused(self, crs):
        other = frame(ZONE).set_crs(crs, allow_override=True)
        with pytest.raises(
            CrsMismatchError, match="zone: expected a frame in EPSG:4490, got"
        ):
            overlap_table(frame(ZONE), other)
        with pytest.raises(
            CrsMismatchError, match="site: expected a frame in EPSG:4490, got"
        ):
            cover_table(other, frame(ZONE))

    def test_a_label_that_repeats_is_refused(self):
        with pytest.raises(
            GeometryError, match="index without repeats, got 'a' more than once"
        ):
            overlap_table(frame(ZONE, ZONE, names=["a", "a"]), frame(ZONE))

    @pytest.mark.parametrize(
        "shape", [None, shapely.Polygon(), shapely.GeometryCollection([point(1, 1)])]
    )
    def test_null_empty_and_collections_are_refused(self, shape):
        with pytest.raises(
            GeometryError, match="site 1: expected points, lines or polygons"
        ):
            overlap_table(frame(ZONE, shape), frame(ZONE))

    @pytest.mark.parametrize(
        ("shape", "got"),
        [
            # from 179.9 on, over the antimeridian, to -179.9: drawn the long way round
            (shapely.box(-179.9, 40, 179.9, 41), "-179.9 to 179.9 and 40 to 41"),
            (shapely.MultiPoint([(-179, 40), (179, 40)]), "-179 to 179 and 40 to 40"),
            (shapely.box(179.9, 40, 180.1, 41), "179.9 to 180.1 and 40 to 41"),
            (shapely.box(-180.1, 40, -179.9, 41), "-180.1 to -179.9 and 40 to 41"),
            (shapely.box(40, 110, 41, 111), "40 to 41 and 110 to 111"),
            (shapely.Point(500_000, 4_400_000), "500000 to 500000 and 4.4e.06 to"),
        ],
    )
    def test_across_the_antimeridian_and_beyond_the_map_is_refused(self, shape, got):
        words = f"'x': expected longitudes from -180 to 180 .* got {got}"
        beyond = frame(ZONE, shape, names=["a", "x"])
        for table in (overlap_table, cover_table):
            with pytest.raises(GeometryError, match=f"site {words}"):
                table(beyond, frame(ZONE))
            with pytest.raises(GeometryError, match=f"zone {words}"):
                table(frame(ZONE), beyond)

    def test_what_ends_at_the_antimeridian_is_not_refused(self):
        east, west = shapely.box(179, 40, 180, 41), shapely.box(-180, 40, -179, 41)
        table = overlap_table(frame(east, west), frame(west, east))
        assert table[["site", "zone"]].to_numpy().tolist() == [[0, 1], [1, 0]]
        half = shapely.box(-90, -90, 90, 90)
        assert only(overlap_table(frame(half), frame(half)))["share_of_site"] == 1.0

    def test_a_bow_tie_is_refused_where_it_would_be_measured(self):
        tie = shapely.Polygon([place(0, 0), place(1, 1), place(1, 0), place(0, 1)])
        with pytest.raises(
            GeometryError, match="zone 'tie': expected a valid geometry, got Self"
        ):
            overlap_table(frame(ZONE), frame(tie, names=["tie"]))
        with pytest.raises(GeometryError, match="site 0: expected a valid geometry"):
            cover_table(frame(tie), frame(ZONE))
        assert overlap_table(frame(box(8, 8, 9, 9)), frame(tie)).empty

    def test_an_overlay_that_fails_names_its_pair(self):
        tie = shapely.Polygon([place(0, 0), place(1, 1), place(1, 0), place(0, 1)])
        good = np.array([ZONE, ZONE], dtype=object)
        bad = np.array([ZONE, tie], dtype=object)
        with pytest.raises(
            GeometryError, match="pair 1: expected an overlay, got TopologyEx"
        ):
            overlays.overlay(shapely.intersection, good, bad, lambda row: f"pair {row}")

    def test_lines_cannot_cover(self):
        with pytest.raises(
            GeometryError, match="zone 0: only polygons can cover a site"
        ):
            cover_table(frame(ZONE), frame(line((0, 0), (1, 1))))


#   0   1   2   3
# 1 ┌───┬───┬───┐      zones (0,0)-(2,1) and (1,0)-(3,1): the middle is in both
# 0 └───┴───┴───┘
class TestCover:
    zones = frame(ZONE, box(1, 0, 3, 1), names=["w", "e"])

    def test_the_doubly_covered_counts_once(self):
        row = only(cover_table(frame(box(0, 0, 4, 1)), self.zones, margins=True))
        assert row["covered_share"] == pytest.approx(0.75, rel=1e-12)
        assert row["covered_m2"] == pytest.approx(area_m2(box(0, 0, 3, 1)), rel=1e-12)
        assert row["remainder_m2"] == pytest.approx(area_m2(box(3, 0, 4, 1)), rel=1e-12)
        assert row["remainder_depth_m"] == pytest.approx(
            length_m(line((3, 1), (4, 1))), abs=0.2
        )
        assert np.isnan(row["inside_margin_m"])

    def test_across_a_shared_border_is_inside(self):
        tiles = frame(box(0, 0, 1, 1), box(1, 0, 2, 1))
        row = only(cover_table(frame(box(0.5, 0.2, 1.5, 0.8)), tiles, margins=True))
        assert row[["covered_share", "remainder_m2", "remainder_depth_m"]].tolist() == [
            1,
            0,
            0,
        ]
        assert row["inside_margin_m"] == pytest.approx(
            GEOD.inv(*place(1, 0), *place(1, 0.2))[2], abs=1e-3
        )

    def test_the_union_itself_is_inside_without_margin(self):
        row = only(cover_table(frame(box(0, 0, 3, 1)), self.zones, margins=True))
        assert (row["covered_share"], row["inside_margin_m"]) == (1.0, 0.0)

    def test_a_gap_between_zones_is_left_over(self):
        tiles = frame(box(0, 0, 1, 1), box(1.1, 0, 2, 1))
        row = only(cover_table(frame(box(0, 0, 2, 1)), tiles, margins=True))
        assert row["remainder_m2"] == pytest.approx(
            area_m2(box(1, 0, 1.1, 1)), rel=1e-9
        )
        half = length_m(line((1, 0.5), (1.05, 0.5)))
        assert row["remainder_depth_m"] == pytest.approx(half, rel=1e-2)
        assert row["remainder_depth_m"] <= half * 1.0001

    def test_lines_and_points_by_length_and_number(self):
        sites = frame(
            line((2, 0.5), (4, 0.5)),
            line((0, 0), (0, 1)),
            point(3, 0.5),
            point(4, 0.5),
            shapely.MultiPoint([point(1, 0.5), point(4, 0.5)]),
        )
        table = cover_table(sites, self.zones, margins=True)
        assert table["covered_share"].tolist() == pytest.approx([0.5, 1, 1, 0, 0.5])
        total = table["covered_length_m"] + table["remainder_length_m"]
        assert total[:2].tolist() == pytest.approx(
            length_m(sites.geometry[:2].to_numpy()).tolist()
        )
        assert total[2:].isna().all()
        assert table[["covered_m2", "remainder_m2"]].isna().all(axis=None)

    def test_a_zone_nearby_bounds_the_depth_though_the_site_does_not_meet_it(self):
        #  zone (0,0)-(1,1), site (0.5,0)-(1.5,1), and a zone from 1.6 on
        near = frame(box(0, 0, 1, 1), box(1.6, 0, 2, 1))
        row = only(cover_table(frame(box(0.5, 0, 1.5, 1)), near, margins=True))
        assert row["remainder_depth_m"] <= length_m(line((1.5, 0), (1.6, 0))) * 3.01
        alone = only(
            cover_table(frame(box(0.5, 0, 1.5, 1)), near.iloc[:1], margins=True)
        )
        assert alone["remainder_depth_m"] > row["remainder_depth_m"]

    def test_a_gap_between_a_zone_that_is_met_and_one_that_is_just_not(self):
        near = frame(box(0, 0, 1, 4), box(0, 8.000001, 1, 9))
        row = only(cover_table(frame(box(0, 4, 1, 8)), near, margins=True))
        half = GEOD.inv(*place(0, 4), *place(0, 6))[2]
        assert half * 0.9 < row["remainder_depth_m"] < half * 1.0001

    def test_no_zone_at_all_is_infinitely_far(self):
        row = only(cover_table(frame(ZONE), self.zones.iloc[:0], margins=True))
        assert (row["covered_share"], row["remainder_depth_m"]) == (0.0, np.inf)
        assert row["remainder_m2"] == area_m2(ZONE)

    def test_a_site_away_from_the_zones_is_as_far_as_its_far_side(self):
        row = only(cover_table(frame(box(4, 0, 5, 1)), self.zones, margins=True))
        far = GEOD.inv(*place(3, 1), *place(5, 1))[2]
        assert row["remainder_depth_m"] == pytest.approx(far, abs=0.3)

    def test_rows_follow_the_sites(self):
        sites = frame(box(4, 0, 5, 1), ZONE, point(9, 9), names=[5, 3, 4])
        table = cover_table(sites, self.zones, margins=True)
        assert table.index.tolist() == [5, 3, 4]
        assert table["covered_share"].tolist() == [0.0, 1.0, 0.0]
        assert_frame_equal(
            cover_table(sites.iloc[:0], self.zones, margins=True), table.iloc[:0]
        )

    @given(
        st.lists(
            st.tuples(*[st.integers(0, 6)] * 2), min_size=1, max_size=5, unique=True
        )
    )
    @settings(max_examples=40, deadline=None)
    def test_tiles_of_the_paper_never_count_twice_nor_leak(self, corners):
        tiles = frame(*(box(x, y, x + 2, y + 2) for x, y in corners))
        squares = {(x + i, y + j) for x, y in corners for i in (0, 1) for j in (0, 1)}
        share = only(cover_table(frame(box(0, 0, 8, 8)), tiles, margins=True))[
            "covered_share"
        ]
        assert share == pytest.approx(len(squares) / 64, rel=1e-3)
        inside = [box(x + 0.1, y + 0.1, x + 0.9, y + 0.9) for x, y in sorted(squares)]
        assert (
            cover_table(frame(*inside), tiles, margins=True)["covered_share"] == 1.0
        ).all()
