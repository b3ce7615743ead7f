"""Near which town: by vectors as by the haversine formula; words for seas and zeros."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.read.places import EARTH_KM, REMOTE_KM, TABLE, nearest, whereabouts
from layers.text import TEXTS

LINES = [
    line
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
ROWS = list(csv.reader(LINES))
REGIONS = {row[0]: row[1] for row in ROWS if len(row) == 3}
TOWNS = [row for row in ROWS if len(row) == 5]


def haversine_km(lon, lat, row):
    a, b, c, d = map(math.radians, (lon, lat, float(row[3]), float(row[4])))
    half = (
        math.sin((d - b) / 2) ** 2
        + math.cos(b) * math.cos(d) * math.sin((c - a) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def words(*points, lang="zh"):
    said = whereabouts(np.array(points, dtype=float).reshape(-1, 2))
    return [TEXTS.render(one, lang) for one in said]


def keys(*points):
    said = whereabouts(np.array(points, dtype=float).reshape(-1, 2))
    return [one.key for one in said]


@settings(max_examples=40)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_the_nearest_town_is_that_of_the_haversine_formula(lon, lat):
    at, km = nearest(np.array([[lon, lat]]))
    brute = min(haversine_km(lon, lat, row) for row in TOWNS)
    assert haversine_km(lon, lat, TOWNS[at[0]]) == pytest.approx(brute, abs=1e-3)
    assert km[0] == pytest.approx(brute, abs=0.1)


def test_the_table_names_its_source_and_licence_and_stays_small():
    head = TABLE.read_text(encoding="utf-8").split("\n1,")[0]
    assert all(word in head for word in ("GeoNames", "CC BY 4.0", "Made on 2026"))
    assert TABLE.stat().st_size < 150_000
    assert len(TOWNS) + len(REGIONS) == len(ROWS) > 4000
    assert {row[2] for row in TOWNS} <= set(REGIONS)


def test_all_34_provinces_of_china_have_towns():
    names = {REGIONS[row[2]] for row in TOWNS}
    ends = ("省", "自治区", "北京市", "天津市", "上海市", "重庆市", "特别行政区")
    assert len([one for one in names if one.endswith(ends)]) == 34


@pytest.mark.parametrize(
    ("lon", "lat", "zh", "en"),
    [
        (
            107.98,
            39.10,
            "内蒙古自治区乌兰镇，约 1 公里",
            "Ulan, Inner Mongolia, about 1",
        ),
        (116.40, 39.90, "最近的地名：北京市，约 1 公里", "Beijing, about 1 km"),
        (-170.0, 0.0, "大致在太平洋一带", "in or around the Pacific"),
        (0.0, 0.0, "填成了 0", "written as 0"),
        (135.0, -25.0, "300 公里内没有地名", "no town within 300 km"),
    ],
)
def test_a_place_is_said_in_both_languages(lon, lat, zh, en):
    assert zh in words((lon, lat))[0]
    assert en in words((lon, lat), lang="en")[0]


def test_points_in_two_provinces_are_counted_by_the_nearest_town():
    said = words((107.98, 39.10), (107.99, 39.11), (116.40, 39.90))
    assert said[1].endswith("内蒙古自治区 2、北京市 1")


def test_points_far_from_every_town_are_counted():
    assert keys((107.98, 39.10), (-170.0, 0.0))[1:] == ["place.regions", "place.remote"]
    assert REMOTE_KM == 300


def test_nothing_is_said_of_nothing():
    assert whereabouts(np.empty((0, 2))) == ()
    assert whereabouts(np.array([[np.nan, 40.0]])) == ()
