# ruff: noqa: RUF001 - look-alike characters are what is tested
"""Coordinates pasted as text become sites, in one reading or not at all."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import layers
from layers.errors import CrsError, InputRefusedError
from layers.formats.pairs import pairs_of

#  40.1 ┌──┐  107.5 to 107.6
#  40.0 └──┘
SQUARE = shapely.box(107.5, 40.0, 107.6, 40.1)
CORNERS = [(107.5, 40.0), (107.6, 40.0), (107.6, 40.1), (107.5, 40.1)]


def read(text, geometry="polygon", **stated):
    return layers.read_text(text, kind="project_site", geometry=geometry, **stated)


def codes(layer):
    return {one.code for one in layer.issues}


LINES = [
    "{lon}, {lat}",
    "{lon} {lat}",
    "({lon}, {lat})",
    "{lon}，{lat}",
    "{lon}、{lat}",
    "{lon}\t{lat}",
    "E{lon} N{lat}",
    "{lat}N {lon}E",
    "N{lat}, E{lon}",
    "东经{lon}度，北纬{lat}度",
    "北纬{lat}° 东经{lon}°",
    "经度：{lon} 纬度：{lat}",
    "J{n},{lon},{lat}",
    "J{n} {lon} {lat}",
    "J{n}：{lon}，{lat}",
    "{n}. {lon}, {lat}",
    "{n}、{lon}°，{lat}°",
    "J{n},1,{lon},{lat}",
    "{n} 1 {lon} {lat}",
    "J{n} E{lon} N{lat}",
    "拐点{n} E{lon}° N{lat}°",
    "{n}\t1\t{lat}\t{lon}",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_may_be_written_in_many_ways(line):
    text = "\n".join(
        line.format(n=n, lon=f"{lon}", lat=f"{lat}")
        for n, (lon, lat) in enumerate(CORNERS, start=1)
    )
    site = read(text)
    assert site.frame.geometry[0].normalize() == SQUARE.normalize()
    assert {"rings_closed", "vertices_assembled", "datum_assumed"} <= codes(site)


@pytest.mark.parametrize(
    "line",
    [
        "E116°23′29.5″ N39°54′20″",
        "116°23′29.5″E，39°54′20″N",
        "116°23′29.5″ 39°54′20″",
        "东经116度23分29.5秒，北纬39度54分20秒",
        "116 23 29.5 39 54 20",
        "116:23:29.5, 39:54:20",
        "116d23m29.5s 39d54m20s",
        "北纬３９°５４′２０″ 东经１１６°２３′２９．５″",
    ],
)
def test_degrees_minutes_and_seconds_make_a_point(line):
    point = read(line, "point").frame.geometry[0]
    assert point.x == pytest.approx(116 + 23 / 60 + 29.5 / 3600)
    assert point.y == pytest.approx(39 + 54 / 60 + 20 / 3600)


def test_south_and_west_are_negative():
    point = read("西经70°30′ 南纬33°", "point").frame.geometry[0]
    assert (point.x, point.y) == (-70.5, -33.0)


def test_names_and_blank_lines_begin_parcels():
    square = "\n".join(f"{lon},{lat}" for lon, lat in CORNERS)
    site = read(f"地块一：\n{square}\n\n地块二\n\n{square}\n\n{square}", name="其余")
    assert site.frame["name"].tolist() == ["地块一", "地块二", "其余"]
    assert (site.provenance.rows_in_file, site.provenance.rows_kept) == (3, 3)


def test_semicolons_separate_pairs_and_a_name_may_stand_before_them():
    pairs = "；".join(f"{lon}，{lat}" for lon, lat in CORNERS)
    assert read(f"东厂区：{pairs}").frame["name"].tolist() == ["东厂区"]
    flat = ",".join(f"{lon},{lat}" for lon, lat in CORNERS)
    assert read(flat).frame.geometry[0].normalize() == SQUARE.normalize()


def test_rings_are_holes():
    rows = [f"J{n},1,{x},{y}" for n, (x, y) in enumerate(CORNERS)]
    hole = [(107.52, 40.02), (107.54, 40.02), (107.54, 40.04)]
    rows += [f"J{n},2,{x},{y}" for n, (x, y) in enumerate(hole, 10)]
    assert len(read("\n".join(rows)).frame.geometry[0].interiors) == 1


def test_a_heading_states_the_order():
    site = read("点号 纬度 经度\nA 42 80\nB 42.5 81", "point")
    assert site.frame.geometry.x.tolist() == [80.0, 81.0]
    assert "axis_order_decided" not in codes(site)


def test_metres_need_a_crs_and_a_zone_prefix_makes_a_proposal():
    rows = "J1,1,4400000,36500000\nJ2,1,4400000,36500100\nJ3,1,4400100,36500100"
    with pytest.raises(CrsError, match=r"begin with 36.*pass crs='EPSG:4524'"):
        read(rows)
    site = read(rows, crs=4524)
    assert "axis_order_decided" in codes(site)
    assert 107.9 < site.frame.geometry[0].centroid.x < 108.1
    other_way = read("X=36500000 Y=4400000", "point", crs=4524).frame.geometry[0]
    assert site.frame.geometry[0].distance(other_way) < 1e-9


REFUSED = [
    ("80 42", "longitude first or latitude first"),
    ("116 23 39 54", r"two ways: \(116.38333, 39.9\) or \(39, 54\)"),
    ("116-23-29 39-54-20", "two readings.*range"),
    ("E116 E39", "one longitude and one latitude"),
    ("E116 39.5", "two angles are due|one longitude|more than one"),
    ("116.1,39.9,1050.5", "3 values can be read"),
    ("E116°61′ N39°", "line 1 .*minutes below 60"),
    ("E116°20′ N93°", "latitude of 93"),
    ("107.5,40\n36500000,4400000", "does not tell which is the northing"),
    ("E107.5 N40\n36500000,4400000", "degrees and metres together"),
    ("500000 500001", "does not tell which is the northing"),
    ("你好", "no pair of coordinates"),
    ("", "no pair of coordinates"),
    ("G109国道 K12+300 至 K15+200", "line 1"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_what_is_open_or_wrong_is_refused_with_its_line(text, words):
    with pytest.raises(InputRefusedError, match=words):
        read(text, "point", crs=None)


def test_the_order_can_be_given():
    assert read("42 80", "point", order="lat_lon").frame.geometry[0].x == 80


def test_a_parcel_of_two_points_is_set_aside_not_lost():
    site = read("E107 N40\nE108 N40")
    assert (site.provenance.rows_kept, site.provenance.rows_quarantined) == (0, 1)
    assert "parcel_points_wrong" in codes(site)


@given(st.text(alphabet="0123456789.°′″ ,;EN-:度分秒J\n经", max_size=60))
def test_any_text_is_read_whole_or_refused(text):
    try:
        site = read(text, "point", crs=4490)
    except InputRefusedError:
        return
    ledger = site.provenance
    assert ledger.rows_in_file == ledger.rows_kept + ledger.rows_quarantined > 0


@given(
    st.floats(91, 135, allow_nan=False).map(lambda one: round(one, 6)),
    st.floats(4, 53, allow_nan=False).map(lambda one: round(one, 6)),
)
def test_decimal_pairs_come_back_as_they_were(lon, lat):
    for line in (f"{lon:.6f},{lat:.6f}", f"7 {lon:.6f} {lat:.6f}", f"{lat}N {lon}E"):
        (pair,) = pairs_of(line)
        assert {pair.first.degrees, pair.second.degrees} == {lon, lat}
