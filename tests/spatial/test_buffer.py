"""The ground within a distance: never too small, too large by less than 1 cm."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scenes import examples

from layers.errors import GeometryError
from spatial.measure import buffer_m, distance_m

RNG = np.random.default_rng(5)
TURN = np.linspace(0, 2 * np.pi, 120, endpoint=False)
ROUGH = 0.02 * (1 + 0.3 * RNG.uniform(-1, 1, 120))
SHAPES = {
    "point": shapely.Point(107.05, 40.03),
    "points": shapely.MultiPoint([(107.05, 40.03), (107.051, 40.031)]),
    "line": shapely.LineString([(107, 40), (107.25, 40.1), (107.2, 39.95)]),
    "ring": shapely.LineString([(107, 40), (107.01, 40), (107, 40.01), (107, 40)]),
    "rough": shapely.Polygon(
        np.column_stack([107 + ROUGH * np.cos(TURN), 40 + ROUGH * np.sin(TURN)])
    ),
    "holed": shapely.box(107, 40, 107.1, 40.1)
    - shapely.box(107.02, 40.02, 107.08, 40.08),
}


def rim(ground, count):
    rings = shapely.get_parts(shapely.boundary(ground))
    at = np.tile(np.linspace(0, 1, count), len(rings))
    return shapely.line_interpolate_point(np.repeat(rings, count), at, normalized=True)


@pytest.mark.parametrize("metres", [10.0, 1000.0, 5000.0])
@pytest.mark.parametrize("name", sorted(SHAPES))
def test_the_rim_is_as_far_as_asked(name, metres):
    shape = SHAPES[name]
    ground = buffer_m(shape, metres)
    assert ground.is_valid
    places = rim(ground, 400)
    away = distance_m(places, np.full(len(places), shape, dtype=object))
    assert away.min() >= metres
    assert away.max() <= metres + 0.01


def test_a_hole_that_is_wide_enough_stays_open():
    assert len(buffer_m(SHAPES["holed"], 1000.0).interiors) == 1
    assert not buffer_m(SHAPES["holed"], 5000.0).interiors


@examples(30)
@given(
    xy=st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 20)),
        min_size=2, max_size=8, unique=True,
    ),
    metres=st.sampled_from([5.0, 120.0, 1500.0]),
)  # fmt: skip
def test_points_are_in_the_ground_if_and_only_if_they_are_near(xy, metres):
    line = shapely.LineString([(107 + x / 1000, 40 + y / 1000) for x, y in xy])
    ground = buffer_m(line, metres)
    places = shapely.points(
        np.random.default_rng(3).uniform((106.98, 39.98), (107.04, 40.04), (200, 2))
    )
    away = distance_m(places, np.full(200, line, dtype=object))
    inside = shapely.intersects(ground, places)
    assert inside[away <= metres].all()
    assert not inside[away > metres + 0.01].any()


def test_nothing_has_nothing_around_it():
    assert buffer_m(shapely.Polygon(), 10.0).is_empty


def test_a_collection_is_refused():
    mixed = shapely.GeometryCollection([shapely.Point(107, 40)])
    with pytest.raises(GeometryError, match="a buffer needs one of"):
        buffer_m(mixed, 10.0)
