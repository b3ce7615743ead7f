"""The grid on squared paper: cells are squares of 1, the lower left corner (0, 0).

Degrees are taken as paper here: a grid knows nothing of the earth.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scenes import examples, grid_with

from spatial.index.cells import column_of, crossing, row_of, top_of
from spatial.index.grid import HIGHEST_CELL_DEG, Grid, layout
from spatial.index.rings import rings_of

FRAME = (0.0, 0.0, 1.0, 1.0, 5, 4)  # five columns, four rows


def paper(*shapes):
    """Return the grid over shapes, all of them a little within the frame."""
    return grid_with(rings_of(np.array(shapes, dtype=object)), FRAME)


def edges_in(grid, column, row):
    """Return (ring, edge) of all edges that a cell sees."""
    cell = row * grid.columns + column
    runs = grid.runs[grid.run_start[cell] : grid.run_start[cell + 1]]
    return [(r, k) for r, first, last in runs.tolist() for k in range(first, last + 1)]


def covers_of(grid, column, row):
    """Return {zone: winding number} above the upper left corner of a cell."""
    cell = row * grid.columns + column
    some = grid.covers[grid.cover_start[cell] : grid.cover_start[cell + 1]]
    return dict(some.tolist())


def seen(grid):
    """Return the cells that see an edge, as (column, row)."""
    return {
        (cell % grid.columns, cell // grid.columns)
        for cell in np.flatnonzero(np.diff(grid.run_start)).tolist()
    }


def covered(grid, zone=0):
    """Return the cells that a zone covers at their corner."""
    return {
        (column, row)
        for row in range(grid.rows)
        for column in range(grid.columns)
        if zone in covers_of(grid, column, row)
    }


#     0   1   2   3   4   5
#   4 ┼───┼───┼───┼───┼───┤
#     │   │   │   │   │   │
#   3 ┼───┼───┼───┼───┼───┤
#     │   │ ┌─┼───┼─┐ │   │     (1.5, 1.5) to (3.5, 2.5)
#   2 ┼───┼─┼─┼───┼─┼─┼───┤
#     │   │ └─┼───┼─┘ │   │
#   1 ┼───┼───┼───┼───┼───┤
#     │   │   │   │   │   │
#   0 ┴───┴───┴───┴───┴───┘
class TestABoxBetweenTheLines:
    grid = paper(shapely.box(1.5, 1.5, 3.5, 2.5))

    def test_cells_on_its_border_see_its_edges_and_no_others_do(self):
        assert seen(self.grid) == {(c, r) for c in (1, 2, 3) for r in (1, 2)}

    def test_a_cell_is_covered_if_its_upper_left_corner_is(self):
        assert covered(self.grid) == {(2, 1), (3, 1)}

    def test_edges_that_follow_each_other_are_one_run(self):
        # a box is drawn up its right side, then left, down, and back to the right
        assert edges_in(self.grid, 3, 2) == [(0, 0), (0, 1)]
        assert edges_in(self.grid, 2, 2) == [(0, 1)]
        cell = 2 * 5 + 3
        assert self.grid.run_start[cell + 1] - self.grid.run_start[cell] == 1

    def test_the_cell_with_most_edges_sees_two(self):
        assert self.grid.most_edges == 2


class TestABoxAlongTheLines:
    """(1, 1) to (3, 3): every edge on a line, every vertex on a corner."""

    grid = paper(shapely.box(1, 1, 3, 3))

    def test_an_edge_on_the_line_of_a_column_is_seen_from_both_sides(self):
        for column in (0, 1, 2, 3):
            assert edges_in(self.grid, column, 2), column

    def test_an_edge_on_the_line_of_a_row_belongs_to_the_row_above(self):
        assert (2, 3) in seen(self.grid)
        assert (2, 0) not in seen(self.grid)

    def test_covers_begin_right_of_the_column_of_a_crossing(self):
        # The left side crosses y = 2 and y = 3 at x = 1, in column 1; y = 1 it does
        # not cross: a vertex on the line is above it, and so is the rest.
        assert covered(self.grid) == {(2, 1), (3, 1), (2, 2), (3, 2)}

    def test_the_winding_ends_where_the_right_side_crosses(self):
        for row in (1, 2):
            assert covers_of(self.grid, 4, row) == {}


def test_a_hole_is_not_covered_and_an_island_in_it_is():
    ring = shapely.box(0.5, 0.5, 4.5, 3.5) - shapely.box(1.5, 0.7, 4.2, 3.2)
    grid = paper(shapely.MultiPolygon([ring, shapely.box(2.5, 1.5, 3.5, 2.5)]))
    row = [covers_of(grid, column, 1) for column in range(5)]
    assert row == [{}, {0: 1}, {}, {0: 1}, {}]


@pytest.mark.parametrize("turn", [False, True])
def test_the_way_round_that_a_ring_is_drawn_does_not_matter(turn):
    shape = shapely.box(0.5, 0.5, 4.5, 3.5) - shapely.box(1.5, 0.7, 4.2, 3.2)
    grid = paper(shape.reverse() if turn else shape)
    assert [covers_of(grid, column, 1) for column in range(5)] == [
        {}, {0: 1}, {}, {}, {}
    ]  # fmt: skip


def test_zones_on_top_of_each_other_are_covers_of_their_own():
    whole = shapely.box(0.5, 0.5, 4.5, 3.5)
    grid = paper(whole, shapely.box(1.5, 0.5, 4.5, 3.5), whole)
    assert covers_of(grid, 1, 1) == {0: 1, 2: 1}
    assert covers_of(grid, 2, 1) == {0: 1, 1: 1, 2: 1}


def test_parts_that_touch_at_a_corner_leave_it_as_it_is():
    two = shapely.MultiPolygon([shapely.box(1, 1, 2, 2), shapely.box(2, 2, 4, 3.5)])
    grid = paper(two)
    assert all(one in (0, 1) for one in grid.covers[:, 1].tolist())
    assert covers_of(grid, 3, 2) == {0: 1}
    assert covers_of(grid, 3, 1) == {}


def test_no_zone_gives_a_grid_that_knows_nothing():
    for shapes in ([], [shapely.Polygon()]):
        grid = Grid.over(rings_of(np.array(shapes, dtype=object)))
        assert (len(grid.runs), len(grid.covers), grid.most_edges) == (0, 0, 0)


def test_cells_are_no_higher_than_the_series_is_good_for_and_go_around_all():
    zones = np.array([shapely.box(100, 20, 130, 53), shapely.box(99, 30, 99.001, 30.1)])
    grid = Grid.over(rings_of(zones))
    assert grid.height <= HIGHEST_CELL_DEG
    assert grid.west < 99
    assert grid.south < 20
    assert grid.west + grid.columns * grid.width > 130
    assert grid.south + grid.rows * grid.height > 53
    assert grid.nbytes > 0


numbers = st.floats(-200, 200, allow_nan=False)
frames = st.tuples(
    st.floats(-180, 170), st.floats(-90, 80), st.floats(1e-7, 1.0), st.floats(1e-7, 0.1)
)


@given(frames, st.integers(-1, 51), st.integers(-3, 3))
@examples(200)
def test_a_latitude_has_the_row_whose_lines_enclose_it(corner, row, ulps):
    """Also where it is a line of the grid, or a few digits off it."""
    frame = (*corner, 50, 50)
    y = top_of(row, frame)
    for _ in range(abs(ulps)):
        y = np.nextafter(y, np.inf * ulps)
    found = row_of(y, frame)
    assert -1 <= found <= 50
    assert found == -1 or y >= top_of(found - 1, frame)
    assert found == 50 or y < top_of(found, frame)


@given(frames, st.floats(-400, 400), st.floats(-400, 400))
@examples(200)
def test_columns_never_run_backwards(corner, x, other):
    frame = (*corner, 50, 50)
    low, high = min(x, other), max(x, other)
    assert -1 <= column_of(low, frame) <= column_of(high, frame) <= 50


@given(st.tuples(numbers, numbers, numbers, numbers), st.floats(0, 1))
@examples(200)
def test_an_edge_crosses_a_line_at_one_place_whichever_way_it_runs(ends, t):
    xa, ya, xb, yb = ends
    y = ya + (yb - ya) * t
    if ya == yb or not min(ya, yb) <= y <= max(ya, yb):
        return
    x = crossing(xa, ya, xb, yb, y)
    assert x == crossing(xb, yb, xa, ya, y)
    assert min(xa, xb) <= x <= max(xa, xb)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.01, 0.3, 1.0, 10.0, 1000.0]))
@examples(60)
def test_runs_are_what_is_noted_cell_by_cell_whoever_walks(seed, density):
    """Two ways: edge by edge with a table of cells, and the walk, by some threads."""
    rings = rings_of(stars(np.random.default_rng(seed)))
    frame = layout(rings, density)
    cells = runs_one_by_one(rings, frame)
    for threads in (1, 2, 3, 7):
        grid = Grid.over(rings, vertices_per_cell=density, threads=threads)
        assert grid.frame == frame
        bounds = itertools.pairwise(grid.run_start.tolist())
        found = {
            cell: grid.runs[a:b].tolist() for cell, (a, b) in enumerate(bounds) if b > a
        }
        assert found == cells


def stars(rng):
    """Return rings of long and short edges, some of them on round coordinates."""
    shapes = []
    for _ in range(int(rng.integers(1, 6))):
        turn = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 60))))
        far = rng.uniform(0.2, 1.0, len(turn)) * 10 ** rng.uniform(-3, 0)
        ring = np.column_stack([far * np.cos(turn), far * np.sin(turn)])
        middle = rng.uniform(0, 0.5, 2)
        shapes.append(shapely.Polygon(np.round(middle + ring, int(rng.integers(1, 9)))))
    return np.array(shapes, dtype=object)


def runs_one_by_one(rings, frame):
    """Return the runs of each cell: ring, first edge, last edge."""
    columns, pad = frame[4], frame[2] * 1e-9
    cells = {}
    for r, (first, end) in enumerate(itertools.pairwise(rings.ring.tolist())):
        for k in range(first, end - 1):
            (xa, ya), (xb, yb) = rings.xy[k : k + 2].tolist()
            if row_of(ya, frame) > row_of(yb, frame):
                xa, ya, xb, yb = xb, yb, xa, ya
            low, high = row_of(ya, frame), row_of(yb, frame)
            lines = [top_of(row, frame) for row in range(low, high)]
            marks = [xa, *(crossing(xa, ya, xb, yb, line) for line in lines), xb]
            for row, (x, z) in enumerate(itertools.pairwise(marks), low):
                west = column_of(min(x, z) - pad, frame)
                east = column_of(max(x, z) + pad, frame)
                for column in range(west, east + 1):
                    runs = cells.setdefault(row * columns + column, [])
                    if runs and runs[-1][0] == r and runs[-1][2] == k - 1:
                        runs[-1][2] = k
                    else:
                        runs.append([r, k, k])
    return cells


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.01, 0.3, 1.0, 10.0]))
@examples(60)
def test_covers_say_which_corners_lie_in_which_zones(seed, density):
    """Two ways: the sweep over crossings, and shapely corner by corner."""
    rng = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    round_about = np.column_stack([np.cos(turn), np.sin(turn)])
    zones = np.array(
        [
            shapely.Polygon(
                rng.uniform(0, 0.1, 2) + rng.uniform(0.01, 0.05, (40, 1)) * round_about
            )
            for _ in range(3)
        ]
    )
    grid = Grid.over(rings_of(zones), vertices_per_cell=density)
    rows, columns = np.divmod(np.arange(grid.rows * grid.columns), grid.columns)
    corner = shapely.points(
        grid.west + columns * grid.width, grid.south + (rows + 1) * grid.height
    )
    # Where an edge passes the line within the corner's own column, cover and corner
    # may differ: the kernel follows that edge. A corner without a run is decided.
    above = np.minimum((rows + 1) * grid.columns + columns, len(rows) - 1)
    count = np.diff(grid.run_start)
    free = (count == 0) & (count[above] == 0)
    for zone, shape in enumerate(zones):
        inside = shapely.contains_xy(
            shape, shapely.get_x(corner), shapely.get_y(corner)
        )
        cover = np.zeros(len(rows), dtype=bool)
        owner = np.repeat(np.arange(len(rows)), np.diff(grid.cover_start))
        cover[owner[grid.covers[:, 0] == zone]] = True
        assert (cover == inside)[free].all()
