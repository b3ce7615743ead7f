"""What quality sums in one sweep is what a loop over owners gives."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

import layers
from layers import quality
from layers.datum import wgs84_to_gcj02
from layers.layer import Workspace
from layers.quality.plane import Sizes, grouped, sizes

PARTS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 9), st.booleans()), max_size=20
)


@given(PARTS)
def test_groups_are_those_of_a_loop(rows):
    parts = np.array([shapely.box(0, 0, side, 1) for _, side, _ in rows], dtype=object)
    owner = np.array([one for one, _, _ in rows], dtype=np.int64)
    chosen = np.array([one for _, _, one in rows], dtype=bool)
    size = Sizes(*(np.array([one[1] for one in rows], dtype=float) for _ in range(2)))
    found = grouped(parts, owner, size, chosen)
    owners = sorted({one for one, _, taken in rows if taken})
    assert found.owner.tolist() == owners
    for at, one in enumerate(owners):
        sides = [side for own, side, taken in rows if taken and own == one]
        assert found.count[at] == len(sides)
        assert found.area_m2[at] == sum(sides)
        assert found.width_m[at] == max(sides)
        widths = [part.bounds[2] for part in found.shape[at].geoms]
        assert widths == sides


@pytest.mark.parametrize("angle", [0, 30, 45])
@pytest.mark.parametrize("width_m", [0.002, 0.3, 2.0])
def test_a_long_strip_has_its_width_at_any_angle(width_m, angle):
    # a notch takes the strip's mean width away from its width
    strip = shapely.box(0, 0, 5000, width_m)
    notch = shapely.box(1000, width_m / 2, 4000, width_m)
    shape = affinity.rotate(shapely.difference(strip, notch), angle, origin=(0, 0))
    degrees = affinity.translate(
        affinity.scale(shape, 1 / 111_320, 1 / 110_574, origin=(0, 0)), 107, 0
    )
    found = sizes(np.array([degrees], dtype=object)).width_m[0]
    assert found == pytest.approx(width_m, rel=0.05)


def test_a_sliver_of_a_nanometre_is_below_what_is_listed():
    thin = shapely.Polygon(
        [(107, 40), (107.0005, 40.0005), (107.0003, 40.0003 + 1e-14)]
    )
    assert sizes(np.array([thin], dtype=object)).width_m[0] <= 0.0005


def test_of_two_layers_of_units_the_shifted_one_is_suspected():
    angle = np.linspace(0, 2 * np.pi, 400)
    ring = np.column_stack([107 + 0.5 * np.cos(angle), 40 + 0.4 * np.sin(angle)])
    known = shapely.Polygon(ring)
    shifted = shapely.transform(known, wgs84_to_gcj02)

    def unit(name, shape):
        frame = gpd.GeoDataFrame({"code": ["150624"]}, geometry=[shape], crs=4490)
        return layers.from_frame(frame, kind="admin_unit", id=name)

    def told(*members):
        office = Workspace("示范", None, {one.id: one for one in members})
        defects = quality.check(office).defects
        return [one.layer for one in defects if one.code == "gcj02_suspected"]

    assert told(unit("drawn", shifted), unit("known", known)) == ["drawn"]
    assert told(unit("drawn", shifted)) == []
    frame = gpd.GeoDataFrame({"code": ["150624"]}, geometry=[shifted], crs=4326)
    declared = layers.from_frame(frame, kind="admin_unit", id="drawn", crs="GCJ-02")
    assert told(declared, unit("known", known)) == []
