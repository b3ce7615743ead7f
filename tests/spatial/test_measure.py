"""Areas, lengths, distances: figures that can be checked on paper or another way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from layers.errors import GeometryError
from spatial.measure import (
    MeasureError,
    area_m2,
    depth_m,
    distance_m,
    grown_bounds,
    hectares,
    largest_remainder,
    length_m,
    mu,
    sliver_width_m,
)
from spatial.measure.area import SERIES
from spatial.measure.ellipsoid import MINOR_M

GEOD = Geod(a=6378137.0, rf=298.257222101)


def star(seed, lat=40.0, radius=0.01, corners=9):
    """Return a polygon with uneven corners."""
    rng = np.random.default_rng(seed)
    angle = np.arange(corners) * 2 * np.pi / corners + rng.uniform(0, 0.5, corners)
    reach = radius * rng.uniform(0.4, 1.0, corners)
    return shapely.Polygon(
        np.column_stack([110 + reach * np.cos(angle), lat + reach * np.sin(angle)])
    )


def official_m2(ring, pieces):
    """Return the official sum over edges as printed, each edge cut in `pieces`.

    S = 2 b2 dL [A sin half(B2-B1) cos Bm - B sin 3half(B2-B1) cos 3Bm + ...], here in
    extended precision, with dL the mean longitude from a meridian (trapezoids lie
    between the edge and that meridian).
    """
    real = np.longdouble
    t = (np.arange(pieces, dtype=real) / pieces)[:, None]
    xy = np.asarray(ring.coords, dtype=real) * (real(np.pi) / 180)
    dense = np.vstack([a + (b - a) * t for a, b in itertools.pairwise(xy)])
    lon, lat = np.vstack([dense, dense[:1]]).T
    mean_lon = (lon[1:] + lon[:-1]) / 2 - lon[0]
    middle, half = (lat[1:] + lat[:-1]) / 2, (lat[1:] - lat[:-1]) / 2
    bracket = sum(real(c) * np.sin(k * half) * np.cos(k * middle) for k, c in SERIES)
    return float(abs((2 * real(MINOR_M) ** 2 * mean_lon * bracket).sum()))


class TestArea:
    @pytest.mark.parametrize("lat", [20.0, 33.3, 40.0, 48.5, 53.0])
    @pytest.mark.parametrize("radius", [1e-4, 0.01, 0.3])
    def test_the_official_sum_over_denser_edges_comes_to_it(self, lat, radius):
        shape = star(7, lat, radius)
        errors = [
            abs(official_m2(shape.exterior, pieces) / area_m2(shape) - 1)
            for pieces in (1, 10, 1000)
        ]
        # Cut in ten, an edge is a hundred times nearer; the rest is rounding.
        assert errors[2] < 2e-12 + 1e-5 * errors[0]
        assert errors[1] < 1e-12 + 0.011 * errors[0]

    @pytest.mark.parametrize("lat", range(20, 54, 3))
    def test_agrees_with_geodesics_on_a_dense_outline(self, lat):
        shape = star(lat, lat, radius=0.08)
        dense = shapely.segmentize(shapely.orient_polygons(shape), 9e-5)
        geodesic = GEOD.geometry_area_perimeter(dense)[0]
        assert area_m2(shape) == pytest.approx(geodesic, rel=1e-9)

    def test_the_whole_of_a_longitude_zone_is_its_part_of_the_ellipsoid(self):
        whole = 4 * np.pi * 6371007.181**2  # authalic radius, to the millimetre
        assert area_m2(shapely.box(0, -90, 36, 90)) * 10 == pytest.approx(
            whole, rel=1e-9
        )

    def test_steep_and_long_edges_use_the_closed_mean(self):
        triangle = shapely.Polygon([(0, 0), (36, 0), (0, 90)])
        assert area_m2(triangle) == pytest.approx(
            official_m2(triangle.exterior, 200_000), rel=1e-9
        )

    @given(st.integers(0, 10**6), st.floats(-179, 150), st.sampled_from([1, -1]))
    @settings(max_examples=50, deadline=None)
    def test_turning_mirroring_and_moving_in_longitude_change_nothing(
        self, seed, east, side
    ):
        shape = star(seed)
        backwards = shape.reverse()
        mirrored = shapely.transform(shape, lambda xy: xy * [side, 1] + [east, 0])
        south = shapely.transform(shape, lambda xy: xy * [1, -1])
        expected = pytest.approx(area_m2(shape), rel=1e-9)
        assert area_m2(backwards) == expected
        assert area_m2(mirrored) == expected
        assert area_m2(south) == expected

    @given(
        st.integers(0, 10**6),
        st.floats(20, 53),
        st.sampled_from([2e-4, 0.01, 0.2]),
        st.lists(st.floats(-1, 1), min_size=4, max_size=4),
    )
    @settings(max_examples=80, deadline=None)
    def test_pieces_and_remainder_make_the_whole(self, seed, lat, radius, cut):
        shape = star(seed, lat, radius)
        ends = np.reshape(cut, (2, 2)) * radius + [110, lat]
        far = ends[0] + np.outer([-1e3, 1e3], ends[1] - ends[0])
        line = shapely.LineString(far)
        knife = line.intersection(shape.buffer(radius))
        pieces = shapely.get_parts(
            shapely.polygonize([shapely.union(shape.exterior, knife)])
        )
        inside = [one for one in pieces if shape.contains(one.representative_point())]
        assert sum(area_m2(np.array(inside))) == pytest.approx(
            area_m2(shape), rel=1e-9, abs=1e-8
        )

    @given(st.integers(0, 10**6), st.integers(0, 10**6))
    @settings(max_examples=80, deadline=None)
    def test_overlap_and_difference_make_the_whole(self, one, other):
        site, zone = star(one), star(other)
        inside, outside = site.intersection(zone), site.difference(zone)
        assert area_m2(inside) + area_m2(outside) == pytest.approx(
            area_m2(site), rel=1e-9
        )

    def test_a_hole_is_taken_off_whichever_way_it_runs(self):
        shell, hole = (
            shapely.box(110, 40, 110.03, 40.03),
            shapely.box(110.01, 40.01, 110.02, 40.02),
        )
        left = area_m2(shell) - area_m2(hole)
        for ring in (hole.exterior, hole.exterior.reverse()):
            holed = shapely.Polygon(shell.exterior, [ring])
            assert area_m2(holed) == pytest.approx(left, rel=1e-14)

    def test_a_table_of_all_sorts_is_measured_in_order(self):
        one, two = (
            shapely.box(110, 40, 110.01, 40.01),
            shapely.box(110, 41, 110.01, 41.01),
        )
        table = np.array(
            [
                two,
                shapely.Polygon(),
                shapely.MultiPolygon([one, two]),
                one,
                shapely.multipolygons([shapely.Polygon(), one]),
                shapely.LineString(),
            ],
            dtype=object,
        )
        a, b = area_m2(one), area_m2(two)
        assert area_m2(table).tolist() == pytest.approx(
            [b, 0, a + b, a, a, 0], rel=1e-14
        )
        assert area_m2(np.array([], dtype=object)).shape == (0,)
        assert area_m2(shapely.Polygon()) == 0.0

    def test_height_is_ignored(self):
        flat = shapely.box(110, 40, 110.01, 40.01)
        assert area_m2(shapely.force_3d(flat, 1200.0)) == area_m2(flat)

    @pytest.mark.parametrize(
        "shape",
        [shapely.Point(110, 40), shapely.LineString([(110, 40), (111, 40)]), None],
    )
    def test_what_has_no_area_is_refused(self, shape):
        with pytest.raises(
            GeometryError, match="geometry 1: an area needs one of polygon"
        ):
            area_m2(np.array([shapely.box(110, 40, 111, 41), shape], dtype=object))


class TestLength:
    def test_a_meridian_is_the_difference_of_its_arcs(self):
        parts = [
            length_m(shapely.LineString([(110, 40), (110, 40 + d)])) for d in (0.3, 1)
        ]
        assert parts[1] == pytest.approx(111_044.26, abs=0.01)  # Geod, PROJ 9.5.1
        rest = length_m(shapely.LineString([(110, 40.3), (110, 41)]))
        assert parts[0] + rest == pytest.approx(parts[1], rel=1e-12)

    def test_a_parallel_is_an_arc_of_its_circle(self):
        e2 = (2 - 1 / 298.257222101) / 298.257222101
        radius = 6378137 * np.cos(np.pi / 3) / np.sqrt(1 - e2 * np.sin(np.pi / 3) ** 2)
        line = shapely.LineString([(110, 60), (112, 60)])
        assert length_m(line) == pytest.approx(np.radians(2) * radius, rel=1e-9)

    @given(
        st.floats(20, 53),
        st.floats(-0.5, 0.5),
        st.floats(1e-6, 0.5),
        st.floats(0.01, 0.99),
    )
    @settings(max_examples=50, deadline=None)
    def test_a_cut_line_is_as_long_as_the_whole(self, lat, up, along, at):
        start, end = np.array([110, lat]), np.array([110 + along, lat + up])
        middle = start + at * (end - start)
        parts = shapely.linestrings([[start, middle], [middle, end]])
        whole = length_m(shapely.LineString([start, end]))
        assert length_m(parts).sum() == pytest.approx(whole, rel=1e-9, abs=1e-6)

    def test_parts_add_up_and_empty_is_nothing(self):
        one = shapely.LineString([(110, 40), (110.01, 40)])
        two = shapely.LineString([(110, 41), (110.01, 41.01)])
        table = np.array(
            [shapely.MultiLineString([one, two]), shapely.LineString(), two]
        )
        total = length_m(one) + length_m(two)
        assert length_m(table).tolist() == pytest.approx([total, 0, length_m(two)])

    def test_polygons_have_no_length(self):
        with pytest.raises(GeometryError, match="a length needs one of linestring"):
            length_m(shapely.box(0, 0, 1, 1))


class TestDistance:
    @pytest.mark.parametrize("lat", [40.0, 50.0])
    @pytest.mark.parametrize("away_m", [999.9, 1000.0, 1000.1])
    def test_a_point_built_so_far_from_a_meridian_is_so_far(self, lat, away_m):
        meridian = shapely.LineString([(110, lat - 0.5), (110, lat + 0.5)])
        # A geodesic that leaves a meridian at a right angle is the shortest way back.
        east = shapely.Point(*GEOD.fwd(110, lat, 90, away_m)[:2])
        west = shapely.Point(*GEOD.fwd(110, lat, 270, away_m)[:2])
        assert distance_m([east, west], [meridian] * 2) == pytest.approx(
            away_m, abs=1e-3
        )

    def test_a_long_slanting_edge_is_the_drawn_edge_not_its_chord(self):
        # On a parallel at 50 N the geodesic between the ends runs 1.2 km to the north.
        edge = shapely.LineString([(110, 50), (112, 50)])
        below = shapely.Point(111, 49.99)
        straight_up = GEOD.inv(111, 49.99, 111, 50)[2]
        assert distance_m(below, edge) == pytest.approx(straight_up, abs=2e-3)

    def test_touching_crossing_and_inside_are_no_distance(self):
        box = shapely.box(110, 40, 110.02, 40.02)
        others = [
            shapely.box(110.02, 40, 110.03, 40.01),
            shapely.LineString([(109, 40.01), (111, 40.01)]),
            shapely.Point(110.01, 40.01),
        ]
        assert distance_m(others, [box] * 3).tolist() == [0.0, 0.0, 0.0]

    def test_in_a_hole_the_distance_is_to_its_edge(self):
        shell, hole = (
            shapely.box(110, 40, 110.04, 40.04),
            shapely.box(110.01, 40.01, 110.03, 40.03),
        )
        holed = shell.difference(hole)
        found = distance_m(shapely.Point(110.02, 40.011), holed)
        assert found == pytest.approx(
            GEOD.inv(110.02, 40.011, 110.02, 40.01)[2], abs=1e-3
        )

    def test_the_order_of_the_two_does_not_matter(self):
        site, zone = star(1), shapely.affinity.translate(star(2), 0.05, 0.03)
        assert distance_m(site, zone) == pytest.approx(distance_m(zone, site), abs=5e-4)

    def test_a_limit_changes_no_distance_below_it(self):
        wave = np.linspace(0, 0.4, 400)
        river = shapely.LineString(
            np.column_stack([110 + wave, 40 + 0.02 * np.sin(wave * 90)])
        )
        sites = np.array([star(i, 40.05, 0.003) for i in range(12)], dtype=object)
        free = distance_m(sites, [river] * 12)
        assert distance_m(sites, [river] * 12, within_m=5000) == pytest.approx(
            free, abs=5e-4
        )
        assert np.isinf(distance_m(sites, [river] * 12, within_m=10.0)).all()

    def test_a_line_without_length_is_as_near_as_its_point(self):
        dot = shapely.LineString([(110.01, 40), (110.01, 40)])
        found = distance_m(shapely.Point(110, 40), dot)
        assert found == pytest.approx(GEOD.inv(110, 40, 110.01, 40)[2], abs=1e-9)

    def test_nothing_is_infinitely_far(self):
        assert distance_m(shapely.Point(110, 40), shapely.Polygon()) == np.inf

    def test_a_collection_is_refused(self):
        mixed = shapely.GeometryCollection([shapely.Point(110, 40)])
        with pytest.raises(GeometryError, match="got GeometryCollection"):
            distance_m(mixed, shapely.Point(110, 40))

    @given(st.floats(-60, 60), st.floats(0, 360), st.floats(1, 20_000))
    @settings(max_examples=100, deadline=None)
    def test_grown_boxes_hold_all_that_is_within_reach(self, lat, azimuth, reach_m):
        lon, end_lat, _ = GEOD.fwd(110, lat, azimuth, reach_m)
        west, south, east, north = grown_bounds(
            np.array([[110, lat, 110, lat]]), reach_m
        )[0]
        assert west <= lon <= east
        assert south <= end_lat <= north


class TestDepth:
    zone = shapely.box(110, 40, 110.04, 40.04)

    def test_a_strip_along_the_border_is_as_deep_as_it_is_wide(self):
        strip = shapely.box(110.01, 40, 110.03, 40.002)
        width = GEOD.inv(110.01, 40, 110.01, 40.002)[2]
        assert depth_m([strip], [self.zone])[0] == pytest.approx(width, abs=1e-3)

    def test_of_the_whole_zone_the_middle_is_deepest(self):
        to_side = distance_m(shapely.Point(110.02, 40.02), self.zone.exterior)
        assert depth_m([self.zone], [self.zone])[0] == pytest.approx(to_side, rel=2e-3)
        assert depth_m([self.zone], [self.zone])[0] <= to_side * (1 + 1e-6)

    def test_points_and_lines_are_as_deep_as_their_deepest_place(self):
        line = shapely.LineString([(110, 40.01), (110.005, 40.02), (110, 40.03)])
        point = shapely.Point(110.005, 40.02)
        deep = depth_m([line, point], [self.zone] * 2)
        expected = GEOD.inv(110, 40.02, 110.005, 40.02)[2]
        assert deep == pytest.approx([expected, expected], abs=1e-3)

    def test_on_the_border_and_nothing_are_not_deep(self):
        edge = shapely.LineString([(110, 40), (110, 40.04)])
        assert depth_m([edge, shapely.Polygon()], [self.zone] * 2).tolist() == [
            0.0,
            0.0,
        ]

    def test_a_needle_thinner_than_reckoning_does_not_fail(self):
        needle = shapely.Polygon([(110, 40), (110.01, 40), (110.01, 40 + 1e-14)])
        assert depth_m([needle], [self.zone])[0] < 1e-6

    @given(st.integers(0, 10**6), st.integers(0, 10**6))
    @settings(max_examples=40, deadline=None)
    def test_no_overlap_is_deeper_than_the_way_out(self, one, other):
        zone = star(one)
        shared = shapely.intersection(star(other), zone)
        deep = depth_m([shared], [zone])[0]
        radius_m = shapely.maximum_inscribed_circle(zone).length * 112_000
        assert 0 < deep <= radius_m * 1.01


class TestSliverWidth:
    def test_a_strip_is_as_thick_as_it_is_wide(self):
        strip = shapely.box(110, 40, 110.05, 40.00001)
        wide = GEOD.inv(110, 40, 110, 40.00001)[2]
        assert sliver_width_m([strip])[0] == pytest.approx(wide, rel=1e-3)

    def test_a_lump_with_a_tail_is_as_thick_as_the_lump(self):
        lump, tail = (
            shapely.box(110, 40, 110.0002, 40.0002),
            shapely.box(110, 40, 110.05, 40.000001),
        )
        thick = sliver_width_m(
            [
                lump.union(tail),
                lump,
                shapely.MultiPolygon([tail, shapely.affinity.translate(lump, 0, 1)]),
            ]
        )
        across = GEOD.inv(110, 40.0001, 110.0002, 40.0001)[2]
        assert thick == pytest.approx(across, rel=0.02)

    def test_nothing_has_no_width(self):
        assert sliver_width_m([shapely.Polygon(), shapely.MultiPolygon()]).tolist() == [
            0,
            0,
        ]
        assert sliver_width_m([]).shape == (0,)


class TestFigures:
    def test_a_hectare_is_fifteen_mu(self):
        assert hectares(123_400.0) == 12.34
        assert mu(2000.0 / 3) == 1.0
        assert mu(np.array([10_000.0, 0.0])).tolist() == [15.0, 0.0]

    @given(st.lists(st.floats(0, 1e7), min_size=1, max_size=30), st.integers(0, 4))
    @settings(max_examples=150, deadline=None)
    def test_printed_parts_add_up_to_the_printed_total(self, parts, decimals):
        total = float(np.sum(parts))
        rounded = largest_remainder(parts, total=total, decimals=decimals)
        unit = 10**decimals
        printed = [round(float(f"{one:.{decimals}f}") * unit) for one in rounded]
        assert sum(printed) == round(
            float(f"{round(total, decimals):.{decimals}f}") * unit
        )
        assert (np.abs(rounded - parts) < 1.0001 / unit).all()

    def test_a_part_that_is_missing_is_not_rounded_away(self):
        with pytest.raises(MeasureError, match=r"add up to 10\.0, got 9\.0"):
            largest_remainder([4.0, 5.0], total=10.0, decimals=2)
        with pytest.raises(MeasureError, match="expected finite parts"):
            largest_remainder([np.nan], total=1.0, decimals=2)
