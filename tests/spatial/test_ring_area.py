"""The area of rings as plain arrays: the same whichever way it is reckoned."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from spatial.measure import area, area_m2, ring_area_m2


def rings(*outlines):
    """Return vertices and ring starts of closed outlines."""
    xy = [np.array(one, dtype=float).reshape(-1, 2) for one in outlines]
    return np.concatenate(xy), np.cumsum([0, *map(len, xy)])


def rough(seed, corners, reach_deg):
    """Return a closed outline about (110, 40) that never crosses itself."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, corners + 1)
    radius = reach_deg * rng.uniform(0.5, 1.0, corners + 1)
    radius[-1] = radius[0]
    return np.column_stack(
        [110 + radius * np.cos(angle), 40 + radius * np.sin(angle)]
    ).round(12)


SQUARE = [(110, 40), (110.01, 40), (110.01, 40.01), (110, 40.01), (110, 40)]


def test_a_ring_that_runs_anticlockwise_is_positive_and_the_other_way_negative():
    xy, ring = rings(SQUARE, SQUARE[::-1])

    there, back = ring_area_m2(xy, ring)

    assert there == area_m2(shapely.Polygon(SQUARE))
    assert np.isclose(back, -there, rtol=1e-14)


def test_rings_without_a_vertex_have_no_area_and_disturb_no_other():
    alone = ring_area_m2(*rings(SQUARE))[0]

    assert ring_area_m2(*rings([], SQUARE, [], [], SQUARE, [])).tolist() == [
        *(0.0, alone, 0.0, 0.0, alone, 0.0)
    ]
    assert not len(ring_area_m2(np.zeros((0, 2)), np.zeros(1, dtype=np.int64)))


@given(
    st.integers(0, 10**6),
    st.sampled_from([3, 24, 255, 256, 257, 1_000]),
    st.sampled_from([0.001, 0.1, 0.9, 1.1, 5.0, 20.0]),
)
def test_the_polynomial_says_what_the_sines_say(seed, corners, reach_deg):
    xy, ring = rings(rough(seed, corners, reach_deg))
    first, second = xy[:-1, 1], xy[1:, 1]

    mean = area._mean_q(first, second, np.full(len(first), xy[0, 1]))
    by_sines = -np.sum(np.diff(xy[:, 0]) * mean) * np.radians(area.MINOR_M**2)

    assert np.isclose(ring_area_m2(xy, ring)[0], by_sines, rtol=1e-12)


@given(st.lists(st.integers(3, 2_000), min_size=1, max_size=6), st.integers(0, 99))
def test_a_ring_has_the_same_area_to_the_bit_wherever_it_stands(corners, seed):
    outlines = [rough(seed + i, n, 0.4) for i, n in enumerate(corners)]
    crowd = [rough(7, 40_000, 0.3), *outlines, rough(8, 40_000, 0.3), *outlines]

    among_others = ring_area_m2(*rings(*crowd))

    alone = [ring_area_m2(*rings(one))[0] for one in outlines]
    assert among_others[1 : len(alone) + 1].tolist() == alone
    assert among_others[len(alone) + 2 :].tolist() == alone


def test_a_ring_over_many_degrees_is_cut_nowhere_and_says_the_same():
    whole = shapely.box(100, 20, 120, 50)
    halves = [shapely.box(100, 20, 120, 35), shapely.box(100, 35, 120, 50)]

    assert np.isclose(area_m2(whole), area_m2(halves).sum(), rtol=1e-14)
