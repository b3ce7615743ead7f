"""Edges cross or they do not: no point is computed, so a hair is enough."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scenes import examples

from spatial.overlap.crossing import cross


def line(*xy):
    return shapely.LineString(xy)


def crosses(a, b):
    """Return the answer for one pair; asked both ways."""
    one = cross(np.array([a]), np.array([b]))
    other = cross(np.array([b]), np.array([a]))
    assert one.tolist() == other.tolist()
    return bool(one[0])


#   0   1   2
# 2 ┼───┼───┼
# 1 ┼───┼───┼      a from (0,0) to (2,2)
# 0 ┼───┼───┼
DIAGONAL = line((0, 0), (2, 2))


@pytest.mark.parametrize(
    ("other", "answer"),
    [
        (line((0, 2), (2, 0)), True),
        (line((0, 1), (2, 1)), True),
        (line((1, 1), (2, 0)), False),  # ends on it
        (line((0, 0), (2, 0)), False),  # shares an end
        (line((0.5, 0.5), (1.5, 1.5)), False),  # runs along it
        (line((0, 1), (1, 2)), False),  # runs beside it
        (line((0, 2), (0.9, 1.1)), False),  # stops before it
        (line((0, 2), (1, 1), (2, 0)), False),  # a corner lies on it: no edge crosses
        (shapely.MultiLineString(), False),
        (shapely.MultiLineString([[(5, 5), (6, 6)], [(0, 2), (2, 0)]]), True),
    ],
)
def test_edges_cross_where_each_has_its_ends_on_either_side(other, answer):
    assert crosses(DIAGONAL, other) is answer


def test_a_corner_cut_off_by_less_than_a_digit_is_crossed():
    """The overlap is 1e-17 square degrees; GEOS sees a line that only touches."""
    corner = [110.00902010455704, 35.27192339971658]
    site = line([110.00902010455704, 35.27199741379155], corner)
    zone = line(
        [110.00904573543733, 35.27182069367272], [110.00884057106714, 35.27264281217064]
    )
    assert crosses(site, zone)


def test_rows_are_asked_for_themselves_alone():
    lines = np.array([DIAGONAL, DIAGONAL, line((10, 0), (12, 2))])
    others = np.array(
        [line((0, 2), (2, 0)), line((5, 2), (7, 0)), line((0, 2), (2, 0))]
    )
    assert cross(lines, others).tolist() == [True, False, False]
    assert cross(lines[:0], others[:0]).tolist() == []


def by_fractions(a, b):
    """Return the same by exact fractions, edge after edge."""

    def side(p, q, r):
        p, q, r = ([Fraction(float(v)) for v in one] for one in (p, q, r))
        area = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
        return (area > 0) - (area < 0)

    p, q = (shapely.get_coordinates(one) for one in (a, b))
    return any(
        side(p[i], p[i + 1], q[j]) * side(p[i], p[i + 1], q[j + 1]) < 0
        and side(q[j], q[j + 1], p[i]) * side(q[j], q[j + 1], p[i + 1]) < 0
        for i in range(len(p) - 1)
        for j in range(len(q) - 1)
    )


near = st.integers(0, 3).flatmap(
    lambda n: st.integers(-2, 2).map(lambda ulps: (n, ulps))
)
corners = st.lists(st.tuples(near, near), min_size=2, max_size=4, unique=True)


def placed(some):
    """Return a line through points of a small grid, moved by a few last digits."""
    return line(*[[110 + n / 3 + k * 2**-46 for n, k in one] for one in some])


@given(st.lists(st.tuples(corners, corners), min_size=1, max_size=6))
@examples(300)
def test_fractions_give_the_same_answer(rows):
    a = np.array([placed(one) for one, _ in rows])
    b = np.array([placed(one) for _, one in rows])
    wanted = [by_fractions(one, other) for one, other in zip(a, b, strict=True)]
    assert cross(a, b).tolist() == wanted
