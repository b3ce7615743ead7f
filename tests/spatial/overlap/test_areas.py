"""`areas` and `settled`: the doubtful is decided by the original edges, exactly."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
import shapely
from scenes import assert_engines_agree, by_engine, square

from layers.errors import InputRefusedError
from spatial.index import ZoneIndex
from spatial.index.grid import Grid
from spatial.index.near import GridEdges
from spatial.index.rings import rings_of
from spatial.measure import area_m2
from spatial.overlap.areas import by_size, chosen
from spatial.overlap.settled import Areas, settled
from spatial.overlap.shapes import shared_shapes
from spatial.overlap.states import APART, DOUBTFUL, INSIDE, PARTIAL, TOUCH

LAT = 35.0
ENGINES = pytest.mark.parametrize("engine", ["kernel", "geometry"])


def box(x0, y0, x1, y1):
    return square(x0, y0, x1, y1, LAT)


def array(*shapes):
    some = np.empty(len(shapes), dtype=object)
    some[:] = shapes
    return some


def decided(site, zone, area):
    """Return state and area after a doubtful area was settled."""
    one = np.zeros(1, np.int64)
    found = settled(
        Areas(one, one, np.array([area]), np.array([DOUBTFUL])),
        ZoneIndex(array(zone)), array(site), area_m2(array(site)),
    )  # fmt: skip
    return (found.state.tolist() or [APART])[0], found.area_m2.tolist()


#   0   1   2   3
# 1 ┌───────┐ a ┐      zone (0,0)-(2,1)
#   │ b     │   │      a touches its right side, b lies in its corner,
# 0 └───────┴───┘      c beyond
class TestSettled:
    zone = box(0, 0, 2, 1)

    def test_beside_the_border_is_a_touch_without_area(self):
        assert decided(box(2, 0, 3, 1), self.zone, 1e-7) == (TOUCH, [0.0])

    def test_in_the_corner_is_inside_with_all_of_its_area(self):
        site = box(0, 0, 1, 1)
        whole = area_m2(site)
        assert decided(site, self.zone, whole - 1e-7) == (INSIDE, [whole])

    def test_beyond_is_no_pair(self):
        assert decided(box(2.5, 0, 3, 1), self.zone, 1e-7) == (APART, [])

    @pytest.mark.parametrize("area", [0.0, -1e-9, 1e-7])
    def test_an_edge_that_cuts_the_site_makes_it_partial_however_thin(self, area):
        # the neighbour begins one last digit to the left of the zone's right side
        x = np.nextafter(box(2, 0, 3, 1).bounds[0], 0)
        _, south, east, north = box(2, 0, 3, 1).bounds
        state, found = decided(shapely.box(x, south, east, north), self.zone, area)
        assert state == PARTIAL
        assert 0 < found[0] <= 1e-7

    def test_a_part_is_less_than_all(self):
        x = np.nextafter(box(2, 0, 3, 1).bounds[0], 200)
        west, south, _, north = self.zone.bounds
        site = shapely.box(west, south, x, north)
        state, found = decided(site, self.zone, area_m2(site))
        assert state == PARTIAL
        assert found[0] < area_m2(site)

    def test_a_corner_cut_off_by_a_hair_is_partial(self):
        site = shapely.Polygon(
            [
                (110.00902010455704, 35.27199741379155),
                (110.00902010455704, 35.27192339971658),
                (110.00900163392159, 35.27199741379155),
            ]
        )
        zone = shapely.Polygon(
            [
                (110.00904573543733, 35.27182069367272),
                (110.00884057106714, 35.27264281217064),
                (110.00884057106714, 35.27182069367272),
            ]
        )
        assert decided(site, zone, 0.0) == (PARTIAL, [np.finfo(float).tiny])
        assert_engines_agree(array(site), array(zone))

    def test_pairs_that_are_clear_are_left_alone(self):
        clear = Areas(
            np.arange(2), np.zeros(2, np.int64), np.array([5.0, 7.0]),
            np.array([PARTIAL, INSIDE]),
        )  # fmt: skip
        sites = array(box(1, 0, 3, 1), box(0, 0, 1, 1))
        assert settled(clear, ZoneIndex(array(self.zone)), sites, np.ones(2)) is clear


def test_an_area_speaks_for_itself_unless_it_is_next_to_nothing_or_to_all():
    whole = np.full(6, 1e6)
    area = np.array([0.0, 1e-3, 2e-3, 5e5, 1e6 - 1e-4, 1e6])
    assert by_size(area, whole).tolist() == [
        DOUBTFUL, DOUBTFUL, PARTIAL, PARTIAL, DOUBTFUL, DOUBTFUL
    ]  # fmt: skip
    assert by_size(np.array([5e-4]), np.array([1e-3])).tolist() == [DOUBTFUL]


class TestEngines:
    zones = array(
        box(0, 0, 8, 8), box(8, 0, 12, 8), box(0, 0, 12, 12) - box(2, 2, 6, 6)
    )

    @ENGINES
    def test_pairs_states_and_areas_on_squared_paper(self, engine):
        sites = array(box(2, 2, 6, 6), box(7, 7, 9, 9), box(12, 12, 13, 13))
        site, zone, area, state = by_engine(sites, self.zones, engine)
        assert site.tolist() == [0, 0, 1, 1, 1, 2]
        assert zone.tolist() == [0, 2, 0, 1, 2, 2]
        assert state.tolist() == [INSIDE, TOUCH, PARTIAL, PARTIAL, INSIDE, TOUCH]
        wanted = [box(2, 2, 6, 6), None, box(7, 7, 8, 8), box(8, 7, 9, 8),
                  box(7, 7, 9, 9), None]  # fmt: skip
        assert area.tolist() == pytest.approx(
            [0.0 if one is None else area_m2(one) for one in wanted], rel=1e-9
        )

    @ENGINES
    def test_zones_that_are_no_polygons_are_not_looked_at(self, engine):
        west, south, east, north = box(0, 0, 8, 8).bounds
        zones = array(
            shapely.LineString([(west, south), (east, north)]),
            box(0, 0, 8, 8),
            shapely.Point(east, north),
        )
        site, zone, *_ = by_engine(array(box(1, 1, 2, 2)), zones, engine)
        assert (site.tolist(), zone.tolist()) == ([0], [1])

    @ENGINES
    def test_empty_tables_give_no_pairs(self, engine):
        none = np.empty(0, dtype=object)
        for sites, zones in ((none, self.zones), (self.zones, none)):
            assert [len(one) for one in by_engine(sites, zones, engine)] == [0] * 4

    @ENGINES
    def test_inputs_are_not_changed(self, engine):
        sites, zones = array(box(1, 1, 2, 2)), self.zones.copy()
        before = shapely.to_wkb(sites).tolist(), shapely.to_wkb(zones).tolist()
        by_engine(sites, zones, engine)
        assert (
            shapely.to_wkb(sites).tolist(),
            shapely.to_wkb(zones).tolist(),
        ) == before
        assert not shapely.is_prepared(zones).any()

    def test_shapes_exist_for_overlaps_and_for_nothing_else(self):
        sites = array(box(2, 2, 6, 6), box(2, 2, 6, 6), box(7, 7, 9, 9))
        zone = np.array([0, 2, 1])
        shapes = shared_shapes(
            ZoneIndex(self.zones), sites, zone, lambda row: f"pair {row}"
        )
        assert shapes[0].equals(sites[0])
        assert shapes[1].is_empty
        assert shapes[2].equals(box(8, 7, 9, 8))


class TestChosen:
    def test_few_sites_are_done_by_geometry_and_many_by_the_kernel(self):
        assert (chosen("auto", 1_999), chosen("auto", 2_000)) == ("geometry", "kernel")
        assert (chosen("kernel", 1), chosen("geometry", 10**9)) == (
            "kernel",
            "geometry",
        )

    def test_another_engine_is_refused(self):
        with pytest.raises(
            InputRefusedError, match="engine: expected auto or kernel or geometry, got"
        ):
            chosen("steam", 1)

    def test_without_numba_geometry_does_the_work_and_the_kernel_is_refused(
        self, monkeypatch
    ):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        assert chosen("auto", 10**6) == "geometry"
        with pytest.raises(
            InputRefusedError, match=r"the package numba.* not installed"
        ):
            chosen("kernel", 1)


# A speck of 0.1 mm beside a parcel: two parts of one site.
#
#   +--------+
#   | zone . |   +-----+        the speck inside, the parcel outside; and the other
#   +--------+   |  a  |        way round
#                +-----+
ZONE, PARCEL, AWAY = box(0, 0, 4, 4), box(1, 1, 3, 3), box(6, 1, 8, 3)
SPECK, LOST = box(2.5, 3.5, 2.500001, 3.500001), box(3.5, 4.5, 3.500001, 4.500001)


@ENGINES
@pytest.mark.parametrize("parts", [(AWAY, SPECK), (PARCEL, LOST)])
def test_a_speck_of_a_site_on_the_other_side_makes_it_partly_inside(engine, parts):
    # An edge of the zone comes into the site's box, and none into a part of the site.
    site = shapely.MultiPolygon(parts)
    found = by_engine(array(site), array(ZONE), engine)
    assert found[3].tolist() == [PARTIAL]
    assert 0 < found[2][0] < area_m2(site)


@ENGINES
def test_parts_that_all_lie_on_one_side_are_inside_or_apart(engine):
    hole = ZONE.difference(box(1.2, 1.2, 2.8, 2.8))
    within = shapely.MultiPolygon([box(0.2, 0.2, 1, 1), box(3, 3, 3.8, 3.8)])
    beyond = shapely.MultiPolygon([box(1.5, 1.5, 2, 2), box(5, 5, 6, 6)])
    site, _, area, state = by_engine(array(within, beyond), array(hole), engine)
    assert site.tolist() == [0]
    assert state.tolist() == [INSIDE]
    assert area[0] == area_m2(within)


@pytest.mark.parametrize("parts", [(AWAY, SPECK), (PARCEL, LOST)])
def test_the_rings_of_a_grid_say_of_a_point_what_the_shapes_say(parts):
    hole = ZONE.difference(box(2, 2, 3, 3))
    zones = array(ZONE, hole, shapely.MultiPolygon([hole, box(2.2, 2.2, 2.8, 2.8)]))
    points = shapely.points([[110.0025, LAT + 0.0025], [110.001, LAT + 0.001]])
    zone, point = np.repeat(np.arange(3), 2), np.tile(points, 3)
    grid = GridEdges(Grid.over(rings_of(zones)))
    assert (
        grid.holds(zone, point).tolist() == ZoneIndex(zones).holds(zone, point).tolist()
    )
    one = np.zeros(1, np.int64)
    site = array(shapely.MultiPolygon(parts))
    doubtful = Areas(one, one, np.zeros(1), np.array([DOUBTFUL]))
    by_grid = settled(
        doubtful, GridEdges(Grid.over(rings_of(array(ZONE)))), site, area_m2(site)
    )
    assert by_grid.state.tolist() == [PARTIAL]
