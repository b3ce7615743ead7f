"""The kernel on squared paper: a square is 0.001 x 0.001 degrees at 110 E, 35 N."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from scenes import LON, STEP, fractal, on_paper_lines, relatives, square, valid

from spatial.index.grid import Grid
from spatial.index.rings import rings_of
from spatial.measure import area_m2
from spatial.overlap.kernel import overlap_areas
from spatial.overlap.states import DOUBTFUL, INSIDE, PARTIAL

LAT = 35.0


def box(x0, y0, x1, y1):
    return square(x0, y0, x1, y1, LAT)


def array(*shapes):
    some = np.empty(len(shapes), dtype=object)
    some[:] = shapes
    return some


def run(sites, zones, *, grid=None, among=slice(None)):
    """Return the kernel's rows as lists."""
    zones = rings_of(array(*zones))
    index = grid(zones) if grid else Grid.over(zones)
    sites = array(*sites)
    found = overlap_areas(index, rings_of(sites), area_m2(sites), among=among)
    return tuple(one.tolist() for one in found)


def lines(squares):
    return lambda zones: on_paper_lines(zones, squares, LAT)


def density(vertices_per_cell):
    return lambda zones: Grid.over(zones, vertices_per_cell=vertices_per_cell)


GRIDS = [
    pytest.param(lines(1), id="lines on every square"),
    pytest.param(lines(2), id="lines on every other square"),
    pytest.param(lines(7), id="lines on every seventh square"),
    pytest.param(density(0.01), id="a hundred cells a vertex"),
    pytest.param(density(1.0), id="a cell a vertex"),
    pytest.param(density(100.0), id="one cell"),
]


@pytest.mark.parametrize("grid", GRIDS)
class TestOnEveryGrid:
    #   0   1   2   3
    # 1 ┌───────┐          zone  (0,0)-(2,1)
    #   │   ┌───┼───┐      site  (1,0)-(3,1)   half of the site is inside
    # 0 └───┴───┴───┘
    def test_half_inside(self, grid):
        site, zone, area, state = run([box(1, 0, 3, 1)], [box(0, 0, 2, 1)], grid=grid)
        assert (site, zone, state) == ([0], [0], [PARTIAL])
        assert area == pytest.approx([area_m2(box(1, 0, 2, 1))], rel=1e-11)

    def test_inside_and_away_from_the_border_is_the_sites_own_area(self, grid):
        inner = box(3.25, 3.25, 3.5, 3.75)
        *_, area, state = run([inner], [box(0, 0, 7, 7)], grid=grid)
        assert (area, state) == ([area_m2(inner)], [INSIDE])

    def test_a_site_over_many_cells_of_a_zone_is_inside(self, grid):
        whole = box(1, 1, 29, 29)
        *_, area, state = run([whole], [box(0, 0, 30, 30)], grid=grid)
        assert (area, state) == ([area_m2(whole)], [INSIDE])

    def test_a_zone_wholly_inside_the_site_gives_the_zones_area(self, grid):
        *_, area, state = run([box(-1, -1, 3, 3)], [box(0, 0, 2, 1)], grid=grid)
        assert state == [PARTIAL]
        assert area == pytest.approx([area_m2(box(0, 0, 2, 1))], rel=1e-11)

    def test_a_site_ten_thousand_times_the_zone(self, grid):
        giant, zone = box(-300, -300, 300, 300), box(2, 3, 8, 9)
        *_, area, state = run([giant], [zone], grid=grid)
        assert state == [PARTIAL]
        assert area == pytest.approx([area_m2(zone)], rel=1e-9)

    def test_in_a_hole_is_not_inside(self, grid):
        ring = box(0, 0, 9, 9) - box(2, 2, 7, 7)
        assert run([box(3, 3, 6, 6)], [ring], grid=grid)[0] == []
        *_, area, state = run([box(1, 3, 6, 6)], [ring], grid=grid)
        assert state == [PARTIAL]
        assert area == pytest.approx([area_m2(box(1, 3, 2, 6))], rel=1e-11)

    def test_the_hole_of_a_site_does_not_count(self, grid):
        ring = box(0, 0, 9, 9) - box(2, 2, 7, 7)
        assert run([ring], [box(3, 3, 6, 6)], grid=grid)[2] == pytest.approx([0.0])
        *_, area, _ = run([ring], [box(1, 3, 6, 6)], grid=grid)
        assert area == pytest.approx([area_m2(box(1, 3, 2, 6))], rel=1e-11)

    @pytest.mark.parametrize(
        "site", [box(2, 0, 3, 1), box(2, 1, 3, 2), box(0, 1, 2, 2), box(0, -1, 2, 0)],
        ids=["right", "corner", "above", "below"],
    )  # fmt: skip
    def test_a_touch_is_doubtful_and_next_to_nothing(self, grid, site):
        *_, area, state = run([site], [box(0, 0, 2, 1)], grid=grid)
        assert state == [DOUBTFUL]
        assert area == pytest.approx([0.0], abs=1e-6)

    @pytest.mark.parametrize(
        "site", [box(0, 0, 1, 1), box(0, 0, 2, 1), box(0.5, 0.5, 2, 1)]
    )
    def test_inside_and_on_the_border_is_doubtful_and_next_to_all(self, grid, site):
        *_, area, state = run([site], [box(0, 0, 2, 1)], grid=grid)
        assert state == [DOUBTFUL]
        assert area == pytest.approx([area_m2(site)], rel=1e-11)

    @pytest.mark.parametrize(
        "site", [box(50, 0, 51, 1), box(-51, 0, -50, 1), box(0, 50, 1, 51),
                 box(0, -51, 1, -50)],
        ids=["east", "west", "north", "south"],
    )  # fmt: skip
    def test_beyond_all_zones_there_is_no_row(self, grid, site):
        assert run([site], [box(0, 0, 2, 1)], grid=grid) == ([], [], [], [])

    def test_nested_overlapping_and_equal_zones_each_have_their_own_row(self, grid):
        zones = [box(0, 0, 8, 8), box(2, 2, 4, 4), box(3, 0, 8, 8), box(0, 0, 8, 8)]
        site, zone, area, _ = run([box(1, 1, 5, 5)], zones, grid=grid)
        assert (site, zone) == ([0] * 4, [0, 1, 2, 3])
        wanted = [box(1, 1, 5, 5), box(2, 2, 4, 4), box(3, 1, 5, 5), box(1, 1, 5, 5)]
        assert area == pytest.approx(area_m2(wanted).tolist(), rel=1e-11)

    def test_parts_of_sites_and_zones_add_up(self, grid):
        site = shapely.MultiPolygon([box(0, 0, 1, 1), box(3, 0, 4, 1)])
        zone = shapely.MultiPolygon([box(0.5, 0, 1.5, 1), box(3, 0, 3.25, 1)])
        *_, area, state = run([site], [zone], grid=grid)
        both = area_m2(box(0.5, 0, 1, 1)) + area_m2(box(3, 0, 3.25, 1))
        assert state == [PARTIAL]
        assert area == pytest.approx([both], rel=1e-11)

    def test_a_diagonal_through_the_corners_of_cells(self, grid):
        #  zone: the triangle below the diagonal of (0,0)-(6,6); site: the square
        half = shapely.Polygon([(LON + x * STEP, LAT + y * STEP) for x, y in
                                [(0, 0), (6, 0), (6, 6)]])  # fmt: skip
        *_, area, state = run([box(0, 0, 6, 6)], [half], grid=grid)
        assert state == [PARTIAL]
        assert area == pytest.approx([area_m2(half)], rel=1e-11)

    def test_rings_drawn_the_other_way_round_give_the_same_bits(self, grid):
        rng = np.random.default_rng(5)
        zone = fractal(rng, LAT, 200)
        sites = valid(relatives(rng, zone))
        there = run(sites, [zone], grid=grid)
        back = run(shapely.reverse(sites), [shapely.reverse(zone)], grid=grid)
        assert back[:2] == there[:2]
        assert back[2] == pytest.approx(there[2], rel=1e-9, abs=1e-3)


def test_nothing_in_gives_nothing_out():
    some = [box(0, 0, 1, 1)]
    empty = shapely.Polygon()
    for sites, zones in (([], some), (some, []), ([], []), ([empty], some),
                         (some, [empty])):  # fmt: skip
        assert run(sites, zones) == ([], [], [], [])


def test_positions_count_the_empty_ones():
    empty, one = shapely.Polygon(), box(1, 1, 2, 2)
    site, zone, area, state = run([empty, one], [empty, empty, box(0, 0, 3, 3)])
    assert (site, zone, area, state) == ([1], [2], [area_m2(one)], [INSIDE])


@pytest.mark.parametrize("cut", [0, 1, 7, 30, 60])
def test_slices_of_the_sites_add_up_to_the_whole_to_the_bit(cut):
    rng = np.random.default_rng(11)
    zones = [fractal(rng, LAT, 300) for _ in range(3)]
    sites = [fractal(rng, LAT, 12, spread=0.002) for _ in range(60)]
    whole = run(sites, zones)
    first, rest = (
        run(sites, zones, among=one) for one in (slice(cut), slice(cut, None))
    )
    assert len(whole[0]) > 50
    assert tuple(a + b for a, b in zip(first, rest, strict=True)) == whole


def test_a_giant_site_over_thousands_of_cells():
    rng = np.random.default_rng(3)
    zones = [fractal(rng, LAT, 2_000, spread=0.01) for _ in range(5)]
    giant = fractal(rng, LAT, 1_000, spread=0.02)
    cells = Grid.over(rings_of(array(*zones)))
    assert cells.columns * cells.rows > 5_000
    _, zone, area, _ = run([giant], zones)
    truth = area_m2(shapely.intersection(giant, array(*zones)))
    assert area == pytest.approx(truth[zone].tolist(), rel=1e-9)
    assert truth.sum() == pytest.approx(sum(area), rel=1e-9)
