"""Outlines and tiles: parts of large shapes, as good as the whole about a place."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from scenes import (
    assert_same,
    by_engine,
    examples,
    fractal,
    plain,
    seeds,
    square,
    valid,
)

from spatial.index.outlines import PIECE, Outlines
from spatial.index.tiles import ENOUGH, Tiles
from spatial.measure import outline

LAT = 35.0


def array(*shapes):
    some = np.empty(len(shapes), dtype=object)
    some[:] = shapes
    return some


def comb(teeth):
    """Return a comb of squares: its lower side, one edge, is `2 * teeth` squares long.

    ::

        1 ┐ ┌─┐ ┌─┐ ┌─
          └─┘ └─┘ └─┘       vertices many, and below them one long edge
       -1 └────────────
    """
    upper = [(x, 1 if x % 4 in (0, 1) else 0) for x in range(2 * teeth + 1)]
    steps = [upper[0]]
    for (_, y0), (x1, y1) in pairwise(upper):
        steps += [(x1, y0), (x1, y1)] if y0 != y1 else [(x1, y1)]
    corners = [(0, -1), *steps, (2 * teeth, -1)]
    return shapely.Polygon([(110 + x / 1000, LAT + y / 1000) for x, y in corners])


class TestTiles:
    zone = comb(1_001)

    def test_the_comb_is_large_enough_to_be_cut(self):
        assert shapely.get_num_coordinates(self.zone) > 3 * ENOUGH
        assert self.zone.is_valid

    def test_a_small_shape_is_given_out_whole(self):
        small = array(square(0, 0, 9, 9, LAT))
        assert (
            Tiles(small).about(np.array([[110.0, LAT, 110.001, LAT]]), [0])[0]
            is (small[0])
        )

    def test_what_is_given_out_is_small_and_right_within_the_box(self):
        tiles = Tiles(array(self.zone))
        for x in (0, 777, 999, 1000, 1001, 1990):
            site = square(x, -2, x + 3, 2, LAT)
            part = tiles.about(np.array([site.bounds]), np.zeros(1, np.int64))[0]
            assert shapely.get_num_coordinates(part) <= ENOUGH
            assert ((part & site) ^ (self.zone & site)).area < 1e-15

    @pytest.mark.parametrize("x", [3, 500.5, 900.3, 1000, 1099.9, 1500])
    def test_a_touch_on_a_long_edge_that_a_tile_has_cut_stays_a_touch(self, x):
        beside = array(square(x, -3, x + 3, -1, LAT))
        truth = plain(beside, array(self.zone))
        for engine in ("kernel", "geometry"):
            assert_same(by_engine(beside, array(self.zone), engine), truth)

    def test_a_slanting_long_edge_that_a_tile_has_cut_moves_no_touch(self):
        turned = shapely.affinity.rotate(self.zone, 17, origin=(110, LAT))
        # two corners of the long edge, and a third beyond it: touches it end to end
        low, high = (turned.exterior.coords[i] for i in (0, -2))
        start, end = (high, low) if high[0] < low[0] else (low, high)
        beside = shapely.Polygon([start, end, ((start[0] + end[0]) / 2, LAT - 0.5)])
        truth = plain(array(beside), array(turned))
        for engine in ("kernel", "geometry"):
            assert_same(by_engine(array(beside), array(turned), engine), truth)

    def test_a_shape_has_nothing_beyond_its_own_box(self):
        tiles = Tiles(array(self.zone))
        for away in (square(-30, 0, -20, 1, LAT), square(3000, 5, 3001, 9, LAT)):
            part = tiles.about(np.array([away.bounds]), np.zeros(1, np.int64))[0]
            assert not part.intersects(away)


@given(seeds)
@examples(15)
def test_a_tile_is_the_whole_within_its_box(seed):
    rng = np.random.default_rng(seed)
    zones = valid([fractal(rng, LAT, 3_000, spread=0.01) for _ in range(2)])
    tiles = Tiles(zones)
    sites = valid([fractal(rng, LAT, 9, spread=0.002) for _ in range(8)])
    site, zone = (one.ravel() for one in np.indices((len(sites), len(zones))))
    parts = tiles.about(shapely.bounds(sites[site]), zone)
    apart = shapely.symmetric_difference(
        shapely.intersection(parts, sites[site]),
        shapely.intersection(zones[zone], sites[site]),
    )
    assert shapely.area(apart).max() < 1e-14


def edges(lines):
    """Return (n, 4): both ends of every edge."""
    rings = [shapely.get_coordinates(one) for one in shapely.get_parts(lines)]
    pairs = [np.hstack([xy[:-1], xy[1:]]) for xy in rings]
    return np.concatenate([np.empty((0, 4)), *pairs])


class TestOutlines:
    def test_a_short_outline_is_one_piece_and_a_long_one_several_that_join(self):
        turn = np.linspace(0, 2 * np.pi, 3 * PIECE + 5)[:-1]
        disc = shapely.Polygon(
            np.column_stack([110 + np.cos(turn), LAT + np.sin(turn)])
        )
        lines = Outlines(array(square(0, 0, 1, 1, LAT), disc))
        assert lines.owner.tolist() == [0, 1, 1, 1, 1]
        assert (shapely.get_num_coordinates(lines.pieces) <= PIECE + 1).all()
        joined = shapely.line_merge(shapely.multilinestrings(lines.pieces[1:]))
        assert joined.equals(disc.exterior)

    def test_only_the_pieces_of_the_shape_that_is_asked_are_found(self):
        one, two = square(0, 0, 1, 1, LAT), square(0, 0, 2, 2, LAT)
        lines = Outlines(array(one, two))
        boxes = np.array([one.bounds, one.bounds, square(5, 5, 6, 6, LAT).bounds])
        found = lines.around(boxes, np.array([1, 0, 0]))
        assert found[0].equals(two.exterior)
        assert found[1].equals(one.exterior)
        assert found[2].is_empty

    def test_points_lines_and_nothing_are_what_they_are(self):
        point = shapely.Point(110, LAT)
        line = shapely.LineString([(110, LAT), (111, LAT)])
        lines = Outlines(array(point, shapely.Polygon(), line))
        assert lines.owner.tolist() == [0, 2]
        found = lines.around(
            np.tile([109, LAT - 1, 112, LAT + 1], (3, 1)), np.arange(3)
        )
        assert [one.geom_type for one in found] == [
            "MultiPoint", "MultiLineString", "MultiLineString"
        ]  # fmt: skip
        assert found[1].is_empty

    @given(seeds)
    @examples(15)
    def test_no_edge_that_comes_into_a_box_is_missing(self, seed):
        rng = np.random.default_rng(seed)
        zones = valid([fractal(rng, LAT, 500) for _ in range(2)])
        sites = valid([fractal(rng, LAT, 9, spread=0.002) for _ in range(8)])
        site, zone = (one.ravel() for one in np.indices((len(sites), len(zones))))
        found = Outlines(zones).around(shapely.bounds(sites[site]), zone)
        for row, part in enumerate(found):
            west, south, east, north = sites[site[row]].bounds
            own = edges(outline(zones)[zone[row]])
            low, high = (
                np.minimum(own[:, :2], own[:, 2:]),
                np.maximum(own[:, :2], own[:, 2:]),
            )
            near = (low <= [east, north]).all(1) & (high >= [west, south]).all(1)
            assert set(map(tuple, own[near])) <= set(map(tuple, edges(part)))
