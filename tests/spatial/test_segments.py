"""Edges in one table: the same distances as one by one, and as densely sampled."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from spatial.index import ZoneIndex
from spatial.index.box_sums import summed as compiled_sums
from spatial.index.boxes import are_all_of, areas_in_boxes
from spatial.measure import deepest_points, distance_m
from spatial.measure.depth import deepest_m
from spatial.measure.segments import (
    at_ends_of,
    away_in_plane,
    points_away_m,
    segments_of,
)
from spatial.overlap import intersection_geometry, margins, overlap_table
from spatial.overlap.kernel.away import away_in_plane as compiled_away

GEOD = Geod(a=6378137.0, rf=298.257222101)
SEEDS = st.integers(0, 10**6)


def star(rng, x, y, radius, *, corners=9):
    """Return a polygon with uneven corners."""
    angle = np.arange(corners) * 2 * np.pi / corners + rng.uniform(0, 0.5, corners)
    reach = radius * rng.uniform(0.3, 1.0, corners)
    return shapely.Polygon(
        np.column_stack([x + reach * np.cos(angle), y + reach * np.sin(angle)])
    )


def sampled_m(point, line):
    """Return the distance to a line, every edge sampled, then ever closer."""
    least = np.inf
    for start, end in zip(line.coords[:-1], line.coords[1:], strict=True):
        low, high = 0.0, 1.0
        for _ in range(12):
            t = np.linspace(low, high, 21)
            lon = start[0] + t * (end[0] - start[0])
            lat = start[1] + t * (end[1] - start[1])
            here = np.full(21, point.x), np.full(21, point.y)
            away = GEOD.inv(*here, lon, lat)[2]
            at = int(away.argmin())
            low, high = t[max(at - 1, 0)], t[min(at + 1, 20)]
        least = min(least, away.min())
    return least


class TestEdges:
    def test_lines_have_edges_points_are_edges_and_nothing_has_none(self):
        shapes = np.array(
            [
                shapely.LineString([(0, 0), (1, 0), (1, 1)]),
                shapely.MultiPoint([(5, 5), (6, 6)]),
                shapely.MultiLineString(),
                shapely.MultiLineString([[(2, 2), (3, 2)], [(3, 3), (4, 4)]]),
            ]
        )
        edges = segments_of(shapes)
        assert edges.owner.tolist() == [0, 0, 1, 1, 3, 3]
        assert edges.start.T.tolist() == [
            [0, 0],
            [1, 0],
            [5, 5],
            [6, 6],
            [2, 2],
            [3, 3],
        ]
        assert edges.end.T.tolist() == [[1, 0], [1, 1], [5, 5], [6, 6], [3, 2], [4, 4]]

    @given(SEEDS)
    @settings(max_examples=30, deadline=None)
    def test_in_the_plane_they_are_as_far_as_geos_says(self, seed):
        rng = np.random.default_rng(seed)
        rings = shapely.boundary(
            [star(rng, 0, 0, 1, corners=rng.integers(3, 90)) for _ in range(3)]
        )
        owner = np.sort(rng.integers(0, 3, 500))
        xy = rng.uniform(-2, 2, (2, 500))
        found = away_in_plane(xy, owner, segments_of(rings))
        truth = shapely.distance(shapely.points(*xy), rings[owner])
        np.testing.assert_allclose(found, truth, atol=1e-12)

    def test_more_points_and_edges_than_one_pass_takes_are_all_measured(self):
        rng = np.random.default_rng(1)
        ring = shapely.boundary([star(rng, 0, 0, 1, corners=5_000)])
        xy = rng.uniform(-2, 2, (2, 40))
        found = away_in_plane(xy, np.zeros(40, np.int64), segments_of(ring))
        truth = shapely.distance(shapely.points(*xy), ring[0])
        np.testing.assert_allclose(found, truth, atol=1e-12)

    @given(SEEDS, st.booleans())
    @settings(max_examples=30, deadline=None)
    def test_what_is_compiled_gives_the_same_bits(self, seed, ends):
        rng = np.random.default_rng(seed)
        rings = shapely.boundary(
            [star(rng, 0, 0, 1e3, corners=rng.integers(3, 90)) for _ in range(3)]
        )
        edges = segments_of(rings)
        some = rng.integers(0, len(edges.owner), 200)
        owner = np.sort(np.append(rng.integers(0, 3, 300), edges.owner[some]))
        xy = np.hstack([rng.uniform(-2e3, 2e3, (2, 300)), edges.start[:, some]])
        found = compiled_away(xy, owner, edges, ends=ends)
        truth = away_in_plane(xy, owner, edges, ends=ends)
        assert found.tobytes() == truth.tobytes()

    @given(SEEDS)
    @settings(max_examples=30, deadline=None)
    def test_ends_are_told_from_points_beside_them_and_of_others(self, seed):
        rng = np.random.default_rng(seed)
        edges = segments_of(shapely.boundary([star(rng, k, 0, 1) for k in (0, 9)]))
        assert at_ends_of(edges, edges.start, edges.owner).all()
        beside = np.nextafter(edges.start, 99)
        assert not at_ends_of(edges, beside, edges.owner).any()
        assert not at_ends_of(edges, edges.start, 1 - edges.owner).any()


class TestPointsOnTheEllipsoid:
    @given(
        SEEDS,
        st.floats(-60, 60),
        st.sampled_from([30.0, 1e3, 15e3, 30e3]),
        st.sampled_from([3, 12, 80]),
    )
    @settings(max_examples=60, deadline=None)
    def test_they_are_as_far_as_a_search_says_that_knows_no_plane(
        self, seed, lat, away_m, corners
    ):
        rng = np.random.default_rng(seed)
        ring = star(rng, 110, lat, away_m / 60e3, corners=corners).exterior
        # no farther than one plane can tell, which at 60 degrees is 49 km
        point = shapely.Point(110 + rng.uniform(-2, 2) * away_m / 1e5, lat)
        away, known = points_away_m(np.array(point.xy), segments_of(np.array([ring])))
        assert known.all()
        assert away[0] == pytest.approx(sampled_m(point, ring), rel=2e-9, abs=1e-5)

    def test_where_one_plane_cannot_tell_it_is_not_known(self):
        ring = shapely.box(110, 48, 110.1, 48.1).exterior
        points = np.array([[109.5, 108.5], [48.0, 48.0]])
        edges = segments_of(np.array([ring, ring]))
        away, known = points_away_m(points, edges)
        assert known.tolist() == [True, False]
        assert np.isfinite(away).tolist() == [True, False]

    @given(SEEDS, st.floats(20, 53))
    @settings(max_examples=30, deadline=None)
    def test_a_point_alone_and_in_a_company_of_one_are_as_far(self, seed, lat):
        rng = np.random.default_rng(seed)
        rings = np.array([star(rng, 110, lat, 0.1).exterior for _ in range(5)])
        point = rng.uniform(-0.1, 0.1, (5, 2)) + np.array([110, lat])
        alone = distance_m(shapely.points(point), rings)
        company = distance_m(shapely.multipoints(point, indices=range(5)), rings)
        np.testing.assert_allclose(alone, company, atol=5e-4)

    @pytest.mark.parametrize(("lat", "north"), [(40.0, 4.0), (84.0, 2.0)])
    def test_what_is_too_far_or_too_near_to_a_pole_is_left_open(self, lat, north):
        line = shapely.LineString([(110, lat + north), (111, lat + north)])
        point = shapely.Point(110, lat)
        _, known = points_away_m(np.array(point.xy), segments_of(np.array([line])))
        assert not known.any()
        # and is found all the same, the longer way
        assert distance_m(point, line) == pytest.approx(
            sampled_m(point, line), abs=1e-3
        )


class TestDeepest:
    @given(SEEDS)
    @settings(max_examples=25, deadline=None)
    def test_it_is_no_deeper_than_the_deepest_of_a_dense_sample(self, seed):
        rng = np.random.default_rng(seed)
        zone, site = (star(rng, 110, 40, 0.01, corners=12) for _ in range(2))
        shared = shapely.intersection(site, zone)
        ring = zone.exterior
        point = deepest_points(np.array([shared]), np.array([ring]))[0]
        assert shapely.distance(point, shared) < 1e-9
        found = distance_m(point, ring)
        at_once = deepest_m(np.array([shared]), segments_of(np.array([ring])))
        assert at_once == pytest.approx([found], abs=1e-9)
        west, south, east, north = shared.bounds
        x, y = np.meshgrid(np.linspace(west, east, 60), np.linspace(south, north, 60))
        inside = shapely.contains_xy(shared, x, y)
        grid = shapely.points(x[inside], y[inside])
        deepest = distance_m(grid, [ring] * len(grid)).max()
        mesh_m = np.hypot(east - west, north - south) / 59 * 111_700
        assert 0.5 * deepest <= found <= deepest + mesh_m

    def test_a_zone_within_a_site_is_as_deep_as_its_middle(self):
        zone = shapely.box(110, 40, 110.02, 40.02)
        middle = deepest_points(np.array([zone]), np.array([zone.exterior]))[0]
        to_side = GEOD.inv(110, 40.01, 110.01, 40.01)[2]
        depth = distance_m(middle, zone.exterior)
        assert 0.98 * to_side <= depth <= to_side * 1.001

    @pytest.mark.parametrize("lat", [40.0, 84.0, 86.0])
    def test_it_is_found_in_a_vast_zone_and_near_a_pole(self, lat):
        ring = shapely.box(100, lat - 4, 120, min(lat + 4, 89)).exterior
        shapes = np.array(
            [
                shapely.box(110, lat, 110.1, lat + 0.1),
                shapely.Point(110, lat),
                shapely.Point(100, lat),
            ]
        )
        edges = np.array([ring] * 3)
        truth = distance_m(deepest_points(shapes, edges), edges)
        assert truth[0] > 1000 < truth[1]
        assert truth[2] == 0
        assert deepest_m(shapes, segments_of(edges)) == pytest.approx(truth, rel=1e-9)


class TestAreaInABox:
    @given(SEEDS)
    @settings(max_examples=100, deadline=None)
    def test_it_is_that_of_the_overlay(self, seed):
        rng = np.random.default_rng(seed)
        shape = star(rng, 110, 40, 1.0, corners=rng.integers(4, 60)).buffer(0)
        shape = shape.difference(shapely.box(109.95, 39.95, 110.05, 40.02))
        if seed % 3:
            shape = shape.union(shapely.box(111.2, 40, 111.5, 40.4))
        low, high = np.sort(rng.uniform(-1.2, 1.6, (2, 2)), axis=0)
        box = (110 + low[0], 40 + low[1], 110 + high[0], 40 + high[1])
        if seed % 2:
            box = (109.0, 39.95, 111.2, 40.4)  # along edges of the shape
        other = shapely.box(0, 0, 3, 2)  # what one gives does not depend on others
        shapes = np.array([other, shape, shapely.Polygon(), shape, shape], dtype=object)
        boxes = np.array([(1, 1, 9, 9), box, box, box, (0, 0, 1, 1)], dtype=float)
        areas, sizes = areas_in_boxes(shapes, boxes)
        assert (areas[[0, 2, 4]] == [2, 0, 0]).all()
        assert (areas[1], sizes[1]) == (areas[3], sizes[3])
        area, size = areas[1], sizes[1]
        truth = shapely.intersection(shape, shapely.box(*box)).area
        assert area == pytest.approx(truth, abs=1e-12 * size)

        again, _ = areas_in_boxes(shapes, boxes, sums=compiled_sums)
        assert (np.abs(again - areas) <= 1e-13 * np.maximum(sizes, 1)).all()

    def test_a_cut_that_has_lost_a_corner_or_a_hole_is_noticed(self):
        hole = shapely.box(110.4, 40.4, 110.41, 40.41)
        whole = shapely.box(110, 40, 111, 41).difference(hole)
        box = (110.2, 40.2, 110.8, 40.8)
        cut = shapely.clip_by_rect(whole, *box)
        corner = shapely.box(110.2, 40.2, 110.201, 40.201)
        cuts = np.array([cut, shapely.box(*box), cut.difference(corner)], dtype=object)
        wholes, boxes = np.full(3, whole, dtype=object), np.tile(box, (3, 1))
        for sums in (None, compiled_sums):
            fit = are_all_of(cuts, wholes, boxes, sums=sums)
            assert fit.tolist() == [True, False, False]


class TestDepthsByTheGrid:
    @given(SEEDS)
    @settings(max_examples=25, deadline=None)
    def test_they_are_those_of_the_outlines_to_the_bit(self, seed):
        # A large ragged zone with a hole, one beside it, and sites in one piece and
        # in two: deep inside, over the border, in the hole, touching, far away.
        rng = np.random.default_rng(seed)
        zone = star(rng, 110, 40, 0.4, corners=400).buffer(0)
        zone = zone.difference(star(rng, 110, 40, 0.05, corners=40).buffer(0))
        zones = [zone, shapely.box(110.3, 40, 110.9, 40.2).difference(zone)]
        places = rng.uniform((109.5, 39.5), (110.8, 40.5), (60, 2))
        sites = [star(rng, *at, 0.004, corners=9).buffer(0) for at in places]
        sites += [shapely.union(*sites[at : at + 2]) for at in range(20)]
        sites = [one for one in sites if not one.is_empty and one.is_valid]
        a, b = (
            gpd.GeoDataFrame(geometry=list(some), crs="EPSG:4490")
            for some in (sites, zones)
        )
        plain, grid = (ZoneIndex(b.geometry.to_numpy()) for _ in range(2))
        assert grid.grid is not None
        pairs = overlap_table(a, b, engine="geometry", index=plain)
        shapes = intersection_geometry(a, b, pairs, index=plain)
        truth = margins(a, b, pairs, index=plain, shapes=shapes)
        found = margins(a, b, pairs, index=grid, shapes=shapes)
        assert not plain.has_grid
        assert found.tobytes() == truth.tobytes()
        assert (truth < 0).any()
