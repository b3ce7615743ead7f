"""Lines on squared paper: a square is 0.01 x 0.01 degrees at 110 E, 40 N."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from pyproj import Geod

from layers.errors import CrsMismatchError, GeometryError
from spatial.index import ZoneIndex
from spatial.measure import length_m
from spatial.overlap import along_table, overlap_table

GEOD = Geod(a=6378137.0, rf=298.257222101)


def place(x, y):
    return (110 + x / 100, 40 + y / 100)


def line(*xy):
    return shapely.LineString([place(x, y) for x, y in xy])


def box(x0, y0, x1, y1):
    return shapely.box(*place(x0, y0), *place(x1, y1))


def frame(*shapes, names=None):
    return gpd.GeoDataFrame(geometry=list(shapes), index=names, crs="EPSG:4490")


def only(table):
    assert len(table) == 1
    return table.iloc[0]


def ends(row):
    xy = row[["from_lon", "from_lat", "to_lon", "to_lat"]].to_numpy(dtype=float)
    return ((xy - [110, 40, 110, 40]) * 100).round(9).tolist()


#   -1   0   1   2   3
#  1     ┌───────┐          zone  (0,0)-(2,1)
#    ────┼───────┼────      line  (-1,0.5) to (3,0.5)
#  0     └───────┘
ZONE = box(0, 0, 2, 1)


class TestInAPolygon:
    def test_right_across_enters_and_leaves(self):
        across = line((-1, 0.5), (3, 0.5))
        row = only(along_table(frame(across, names=["road"]), frame(ZONE, names=[7])))
        assert (row["line"], row["zone"], row["part"]) == ("road", 7, 0)
        assert ends(row) == [0, 0.5, 2, 0.5]
        assert (row["enters"], row["leaves"]) == (True, True)
        for name, x in (("chainage_from_m", 0), ("chainage_to_m", 2)):
            before = length_m(line((-1, 0.5), (x, 0.5)))
            assert row[name] == pytest.approx(before, rel=1e-9)
        inside = length_m(line((0, 0.5), (2, 0.5)))
        assert row["length_m"] == pytest.approx(inside, rel=1e-9)

    def test_a_line_that_begins_and_ends_inside_neither_enters_nor_leaves(self):
        row = only(along_table(frame(line((0.5, 0.5), (1, 0.6))), frame(ZONE)))
        assert (row["enters"], row["leaves"]) == (False, False)
        assert row["chainage_from_m"] == 0.0
        assert row["length_m"] == pytest.approx(row["chainage_to_m"], rel=1e-12)

    def test_a_line_that_begins_on_the_border_enters_there(self):
        row = only(along_table(frame(line((0, 0.5), (1, 0.6))), frame(ZONE)))
        assert (row["enters"], row["leaves"]) == (True, False)

    def test_in_out_and_in_again_are_two_stretches(self):
        hook = line((1, 0.5), (3, 0.5), (3, 0.25), (1, 0.25))
        table = along_table(frame(hook), frame(ZONE))
        assert [ends(row) for _, row in table.iterrows()] == [
            [1, 0.5, 2, 0.5],
            [2, 0.25, 1, 0.25],
        ]
        assert table["enters"].tolist() == [False, True]
        assert table["leaves"].tolist() == [True, False]
        gap = length_m(line((2, 0.5), (3, 0.5), (3, 0.25), (2, 0.25)))
        between = table["chainage_from_m"][1] - table["chainage_to_m"][0]
        assert between == pytest.approx(gap, rel=1e-9)

    def test_the_hole_of_a_zone_is_outside(self):
        ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
        table = along_table(frame(line((-1, 1.5), (4, 1.5))), frame(ring))
        assert [ends(row)[::2] for _, row in table.iterrows()] == [[0, 1], [2, 3]]

    def test_along_the_border_is_not_inside(self):
        along = line((-1, 0), (3, 0))
        assert along_table(frame(along), frame(ZONE)).empty
        half = line((0, 0), (1, 0), (1, 0.5))
        row = only(along_table(frame(half), frame(ZONE)))
        assert ends(row) == [1, 0, 1, 0.5]
        assert row["enters"]

    def test_along_a_slanting_border_is_not_inside(self):
        wedge = shapely.Polygon([place(*p) for p in ((0, 0), (3, 1), (3, 3), (0, 3))])
        assert along_table(frame(line((0, 0), (3, 1))), frame(wedge)).empty

    def test_a_touch_from_outside_is_no_stretch_and_one_from_inside_ends_none(self):
        outside = line((-1, 2), (1, 1), (3, 2))
        assert along_table(frame(outside), frame(ZONE)).empty
        inside = line((0.5, 0.5), (1, 1), (1.5, 0.5))
        row = only(along_table(frame(inside), frame(ZONE)))
        assert row["length_m"] == pytest.approx(length_m(inside), rel=1e-9)

    def test_through_corners_and_vertices_of_the_line_on_the_border(self):
        diagonal = line((-1, -0.5), (0, 0), (2, 1), (4, 2))
        row = only(along_table(frame(diagonal), frame(ZONE)))
        assert ends(row) == [0, 0, 2, 1]
        assert (row["enters"], row["leaves"]) == (True, True)

    def test_parts_are_measured_each_from_its_start(self):
        two = shapely.MultiLineString(
            [line((-1, 0.5), (1, 0.5)), line((5, 5), (6, 5)), line((1, -1), (1, 2))]
        )
        table = along_table(frame(two), frame(ZONE))
        assert table["part"].tolist() == [0, 2]
        assert table["chainage_from_m"].tolist() == pytest.approx(
            [length_m(line((-1, 0.5), (0, 0.5))), length_m(line((1, -1), (1, 0)))]
        )

    def test_a_line_that_crosses_itself_is_followed_in_order(self):
        knot = line((0.5, -1), (0.5, 0.5), (1.5, 0.5), (1.5, 0.2), (-1, 0.2))
        row = only(along_table(frame(knot), frame(ZONE)))
        assert ends(row) == [0.5, 0, 0, 0.2]

    def test_a_vertex_twice_changes_nothing(self):
        once = line((-1, 0.5), (1, 0.5), (3, 0.5))
        twice = line((-1, 0.5), (-1, 0.5), (1, 0.5), (1, 0.5), (3, 0.5))
        assert_frame_equal(
            along_table(frame(once), frame(ZONE)),
            along_table(frame(twice), frame(ZONE)),
        )


class TestAcrossLinesAndPoints:
    def test_a_river_is_crossed_at_a_point(self):
        road, river = line((0, 0), (4, 0)), line((1, -1), (1, 1), (3, 1), (3, -1))
        table = along_table(frame(road), frame(river))
        assert [ends(row) for _, row in table.iterrows()] == [
            [1, 0, 1, 0],
            [3, 0, 3, 0],
        ]
        assert table["length_m"].tolist() == [0.0, 0.0]
        assert table["chainage_from_m"].tolist() == pytest.approx(
            [length_m(line((0, 0), (x, 0))) for x in (1, 3)], rel=1e-9
        )
        assert (table["chainage_from_m"] == table["chainage_to_m"]).all()

    def test_a_crossing_where_both_have_a_vertex_is_one(self):
        road, river = line((0, 0), (1, 0), (2, 0)), line((1, -1), (1, 0), (1, 1))
        assert ends(only(along_table(frame(road), frame(river)))) == [1, 0, 1, 0]

    def test_a_shared_run_is_one_row_with_a_length(self):
        road = line((0, 0), (1, 0), (2, 0), (3, 0))
        river = line((0.5, 1), (0.5, 0), (1, 0), (2.5, 0), (2.5, 1))
        row = only(along_table(frame(road), frame(river)))
        assert ends(row) == [0.5, 0, 2.5, 0]
        shared = overlap_table(frame(road), frame(river))["length_m"][0]
        assert row["length_m"] == pytest.approx(shared, rel=1e-9)

    def test_a_river_drawn_against_the_road_shares_the_same_run(self):
        road, river = line((3, 0), (0, 0)), line((1, 0), (2, 0))
        row = only(along_table(frame(road), frame(river)))
        assert ends(row) == [2, 0, 1, 0]
        assert (row["enters"], row["leaves"]) == (True, True)

    def test_a_point_on_the_line(self):
        gauge = shapely.MultiPoint([place(1, 0), place(2, 0), place(2, 1)])
        table = along_table(frame(line((0, 0), (4, 0))), frame(gauge))
        assert [ends(row)[0] for _, row in table.iterrows()] == [1, 2]


class TestTables:
    def test_rows_follow_lines_then_zones_then_the_line(self):
        lines = frame(
            line((3, 0.5), (-1, 0.5)), line((1, -1), (1, 3)), names=["b", "a"]
        )
        zones = frame(
            box(1.5, 0, 2, 1), ZONE, line((-1, 0.8), (4, 0.8)), names=list("zyx")
        )
        table = along_table(lines, zones)
        assert table[["line", "zone"]].to_numpy().tolist() == [
            ["b", "z"], ["b", "y"], ["a", "y"], ["a", "x"],
        ]  # fmt: skip

    def test_a_ready_index_gives_the_same_table(self):
        lines, zones = frame(line((-1, 0.5), (3, 0.5))), frame(ZONE)
        index = ZoneIndex(zones.geometry.to_numpy())
        assert_frame_equal(
            along_table(lines, zones, index=index), along_table(lines, zones)
        )

    def test_nothing_in_gives_the_same_columns(self):
        full = along_table(frame(line((-1, 0.5), (3, 0.5))), frame(ZONE))
        for a, b in (
            (frame(line((8, 8), (9, 9))), frame(ZONE)),
            (frame(), frame(ZONE)),
            (frame(line((8, 8), (9, 9))), frame()),
        ):
            table = along_table(a, b)
            assert table.columns.tolist() == full.columns.tolist()
            numbers = full.columns[2:]
            assert table[numbers].dtypes.tolist() == full[numbers].dtypes.tolist()
            assert table.empty

    def test_what_is_no_line_is_refused(self):
        with pytest.raises(GeometryError, match="line 0: expected a line, got Polygon"):
            along_table(frame(ZONE), frame(ZONE))

    def test_another_frame_is_refused(self):
        other = frame(ZONE).set_crs("EPSG:4326", allow_override=True)
        with pytest.raises(
            CrsMismatchError, match="zone: expected a frame in EPSG:4490"
        ):
            along_table(frame(line((0, 0), (1, 1))), other)


# -- laws ----------------------------------------------------------------------

squares = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 4))
knots = st.lists(
    st.tuples(st.integers(-4, 16), st.integers(-4, 16)), min_size=2, max_size=7
)


@given(knots, st.lists(squares, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_stretches_add_up_to_the_overlap(corners, some):
    """On half squares, so that lines run along borders and through corners."""
    way = [p for i, p in enumerate(corners) if i == 0 or p != corners[i - 1]]
    assume(len(way) > 1)
    road = line(*((x / 2, y / 2) for x, y in way))
    assume(road.is_simple)
    zone = shapely.union_all([box(x, y, x + size, y + size) for x, y, size in some])
    overlap = overlap_table(frame(road), frame(zone))["length_m"].sum()
    table = along_table(frame(road), frame(zone))
    assert table["length_m"].sum() == pytest.approx(overlap, rel=1e-9, abs=1e-6)
    assert (table["chainage_to_m"] - table["chainage_from_m"]).to_numpy() == (
        pytest.approx(table["length_m"].to_numpy(), rel=1e-7, abs=1e-5)
    )
    for side, at in (("enters", "from"), ("leaves", "to")):
        ends = shapely.points(table[[f"{at}_lon", f"{at}_lat"]].to_numpy())
        away = shapely.distance(zone.boundary, ends[table[side].to_numpy(dtype=bool)])
        assert (away < 1e-12).all()


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 40.0, 53.0]))
@settings(max_examples=25, deadline=None)
def test_a_wild_line_through_a_wild_zone_adds_up(seed, lat):
    rng = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, 201)[:-1]
    wave = 0.1 * (1 + 0.3 * rng.uniform(-1, 1, 200))
    zone = shapely.Polygon(
        np.column_stack([110 + wave * np.cos(turn), lat + wave * np.sin(turn)])
    )
    steps = np.column_stack([np.linspace(-0.15, 0.15, 40), rng.normal(0, 0.03, 40)])
    road = shapely.LineString(steps + np.array([110, lat]))
    table = along_table(frame(road), frame(zone))
    overlap = overlap_table(frame(road), frame(zone))["length_m"].sum()
    assert table["length_m"].sum() == pytest.approx(overlap, rel=1e-9)
    assert (np.diff(table["chainage_from_m"]) > 0).all()
    on_border = shapely.points(table[["from_lon", "from_lat"]].to_numpy())
    entering = table["enters"].to_numpy()
    assert (shapely.distance(zone.boundary, on_border[entering]) < 1e-12).all()
