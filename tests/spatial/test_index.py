"""The index may offer a pair too many, never one too few."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from spatial.index import ZoneIndex
from spatial.measure import distance_m

# Ten thousandths of a degree: shapes touch, nest and lie close.
off, size = st.integers(-1000, 1000), st.integers(1, 300)
places = st.tuples(off, off, size, size)


def at_latitude(some, lat):
    """Return points, lines and boxes by turns."""
    shapes = []
    for turn, place in enumerate(some):
        x, y, wide, high = np.array(place) / 10_000
        ends = [(110 + x, lat + y), (110 + x + wide, lat + y + high)]
        line = shapely.LineString(ends)
        shapes.append([shapely.Point(ends[0]), line, line.envelope][turn % 3])
    return np.array(shapes, dtype=object)


@given(
    st.lists(places, min_size=1, max_size=6),
    st.lists(places, min_size=1, max_size=6),
    st.sampled_from([0.0, 30.0, 53.0, -53.0, 75.0]),
    st.sampled_from([0.0, 1.0, 1000.0, 15_000.0]),
)
@settings(max_examples=80, deadline=None)
def test_the_index_misses_nothing(sites, zones, lat, within_m):
    a, b = at_latitude(sites, lat), at_latitude(zones, lat)
    offered = set(zip(*ZoneIndex(b).candidates(a, within_m=within_m), strict=True))
    for i, site in enumerate(a):
        for j, zone in enumerate(b):
            if distance_m(site, zone) <= within_m:
                assert (i, j) in offered


def test_pairs_come_by_site_then_zone():
    row = np.array([shapely.box(110 + i, 40, 111 + i, 41) for i in (2, 0, 1)])
    site, zone = ZoneIndex(row).candidates(row[[1, 0]])
    assert list(zip(site, zone, strict=True)) == [(0, 1), (0, 2), (1, 0), (1, 2)]


def test_each_site_may_have_its_own_reach():
    sites = np.array([shapely.Point(110, 40), shapely.Point(110, 40)])
    zone = np.array([shapely.Point(110, 40.1)])
    site, _ = ZoneIndex(zone).candidates(sites, within_m=np.array([1000.0, 12_000.0]))
    assert site.tolist() == [1]


def test_nothing_and_empty_shapes_are_never_found():
    empty, here = shapely.Polygon(), shapely.box(110, 40, 111, 41)
    some = np.array([empty, here], dtype=object)
    site, zone = ZoneIndex(some).candidates(some, within_m=100.0)
    assert (site.tolist(), zone.tolist()) == ([1], [1])
    none = np.array([], dtype=object)
    for a, b in ((none, some), (some, none)):
        assert [len(one) for one in ZoneIndex(b).candidates(a)] == [0, 0]


def test_the_callers_geometries_stay_as_they_were():
    zones = np.array([shapely.force_3d(shapely.box(110, 40, 111, 41), 5.0)])
    index = ZoneIndex(zones)
    assert zones[0].has_z
    assert not shapely.is_prepared(zones).any()
    assert shapely.is_prepared(index.zones).all()


def test_the_nearest_zone_is_a_first_guess_in_degrees():
    zones = np.array([shapely.Point(111, 40), shapely.Point(110, 41.5)])
    assert ZoneIndex(zones).nearest(np.array([shapely.Point(110, 40)])).tolist() == [0]
