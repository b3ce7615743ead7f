# ruff: noqa: RUF001 - look-alike characters are what is tested
"""Angles as people write them: one reading, or a refusal."""

from __future__ import annotations

import lat_lon_parser
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import InputRefusedError
from layers.formats.coordinates import parse_angle, parse_angles

LON = 116 + 23 / 60 + 29.5 / 3600
LON_23 = 116 + 23 / 60
LAT = 39 + 54 / 60 + 20 / 3600

# spelling, axis, degrees, whether lat-lon-parser 1.3.1 agrees
SPELLINGS = [
    ("116°23′29.5″", "lon", LON, True),
    ("116°23'29.5\"", "lon", LON, True),
    ("116° 23' 29.5\"", "lon", LON, True),
    ("116°23’29.5”", "lon", LON, True),
    ("116°23′29.5′′", "lon", LON, True),
    ("116˚23′29.5″", "lon", LON, True),
    ("116º23′29.5″", "lon", LON, True),
    ("116度23分29.5秒", "lon", LON, True),
    ("116 度 23 分 29.5 秒", "lon", LON, True),
    ("１１６°２３′２９．５″", "lon", LON, False),
    ("１１６度２３分２９．５秒", "lon", LON, False),
    ("E116°23′29.5″", "lon", LON, True),
    ("e116°23′29.5″", "lon", LON, True),
    ("E 116°23′29.5″", "lon", LON, True),
    ("Ｅ116°23′29.5″", "lon", LON, True),
    ("116°23′29.5″E", "lon", LON, True),
    ("116°23′29.5″ E", "lon", LON, True),
    ("East 116°23′29.5″", "lon", LON, True),
    ("东经116°23′29.5″", "lon", LON, True),
    ("东经：116°23′29.5″", "lon", LON, True),
    ("东经116度23分29.5秒", "lon", LON, True),
    ("東經116度23分29.5秒", "lon", LON, True),
    ("116°23′29.5″东", "lon", LON, True),
    ("经度：116°23′29.5″", "lon", LON, True),
    ("经度：E116°23′29.5″", "lon", LON, True),
    ("W116°23′29.5″", "lon", -LON, True),
    ("116°23′29.5″W", "lon", -LON, True),
    ("西经116°23′29.5″", "lon", -LON, False),
    ("西经116°23′", "lon", -LON_23, False),
    ("西116°23′", "lon", -LON_23, False),
    ("-116°23′29.5″", "lon", -LON, True),
    ("−116°23′29.5″", "lon", -LON, False),
    ("－116°23′29.5″", "lon", -LON, False),
    ("+116°23′29.5″", "lon", LON, True),
    ("＋116°23′29.5″", "lon", LON, True),
    ("116 23 29.5", "lon", LON, True),
    ("116 23 29.5E", "lon", LON, True),
    ("E116 23 29.5", "lon", LON, True),
    ("116　23　29.5", "lon", LON, True),
    ("116:23:29.5", "lon", LON, True),
    ("116：23：29.5", "lon", LON, True),
    ("E116:23:29.5", "lon", LON, True),
    ("116d23m29.5s", "lon", LON, False),
    ("116D23M29.5", "lon", LON, True),
    ("116 deg 23 min 29.5 sec", "lon", LON, True),
    ("116 degrees 23 minutes 29.5 seconds", "lon", LON, False),
    ("116°23′29″.5", "lon", LON, False),
    ("116°23 29.5", "lon", LON, True),
    ("116°23′29.5", "lon", LON, True),
    ("116°23′", "lon", LON_23, True),
    ("116°23", "lon", LON_23, True),
    ("116度23分", "lon", LON_23, True),
    ("116 23", "lon", LON_23, True),
    ("116:23", "lon", LON_23, True),
    ("116°23.5′", "lon", 116 + 23.5 / 60, True),
    ("116d23.5m", "lon", 116 + 23.5 / 60, True),
    ("116°", "lon", 116.0, True),
    ("116度", "lon", 116.0, True),
    ("116.3915", "lon", 116.3915, True),
    ("116.3915°", "lon", 116.3915, True),
    ("116.3915E", "lon", 116.3915, True),
    ("东经116.3915", "lon", 116.3915, True),
    ("116.3915W", "lon", -116.3915, True),
    ("lon=116.3915", "lon", 116.3915, True),
    ("N39°54′20″", "lat", LAT, True),
    ("北纬39°54′20″", "lat", LAT, True),
    ("39°54′20″N", "lat", LAT, True),
    ("S39°54′20″", "lat", -LAT, True),
    ("39°54′20″S", "lat", -LAT, True),
    ("39 54 20S", "lat", -LAT, True),
    ("南纬39°54′20″", "lat", -LAT, False),
    ("南纬30°", "lat", -30.0, False),
    ("-0°30′", "lat", -0.5, True),
    ("39d54m20s", "lat", LAT, False),
    ("90°", "lat", 90.0, True),
    ("180°", "lon", 180.0, True),
]
READ = [one[:3] for one in SPELLINGS]

REFUSED = [
    ("116-23-29.5", "lon", "two readings.*range"),
    ("116°23′—24′", "lon", "two readings|something else"),
    ("30D15M20S", "lat", "two readings: -30.255556 or 30.255556"),
    ("30 15 20.5s", "lat", "two readings"),
    ("116°60′", "lon", "minutes below 60, got 60"),
    ("116°23′60″", "lon", "seconds below 60, got 60"),
    ("116:75:00", "lon", "minutes below 60, got 75"),
    ("90°00′01″", "lat", "within 90 degrees"),
    ("116.39", "lat", "within 90 degrees"),
    ("180.0001", "lon", "within 180 degrees"),
    ("1162329.5", "lon", "must be declared"),
    ("36500000", "lon", "metres need a projected"),
    ("N116°23′", "lon", "hemisphere of the other axis"),
    ("东经39°54′", "lat", "hemisphere of the other axis"),
    ("E116°23′W", "lon", "contradict"),
    ("-116°23′W", "lon", "both, which can be read in two ways"),
    ("-E116", "lon", "something else"),
    ("纬度：E116", "lon", "different axes"),
    ("116.5°23′", "lon", "something else"),
    ("116°23.5′29″", "lon", "something else"),
    ("116°23′29秒5", "lon", "something else"),
    ("116,3915", "lon", "something else"),
    ("1.16E2", "lon", "something else"),
    ("116E23", "lon", "something else"),
    ("ddd116", "lon", "something else"),
    ("116°23′29″ 39°54′", "lon", "something else"),
    ("nan", "lon", "something else"),
    ("约116°", "lon", "something else"),
    ("1" * 500, "lon", "500 characters"),
]


def test_the_table_is_as_long_as_promised():
    assert len(READ) >= 60
    assert len({text for text, *_ in READ}) == len(READ)


@pytest.mark.parametrize(("text", "axis", "degrees"), READ)
def test_a_spelling_is_read(text, axis, degrees):
    assert parse_angle(text, axis=axis) == pytest.approx(degrees, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [(text, degrees) for text, _, degrees, agrees in SPELLINGS if agrees],
)
def test_lat_lon_parser_reads_the_same(text, degrees):
    assert lat_lon_parser.parse(text) == pytest.approx(degrees, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [(text, degrees) for text, _, degrees, agrees in SPELLINGS if agrees is False],
)
def test_lat_lon_parser_is_wrong_or_refuses_where_the_table_says_so(text, degrees):
    try:
        found = lat_lon_parser.parse(text)
    except (ValueError, TypeError):
        return
    assert found != pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize(("text", "axis", "words"), REFUSED)
def test_what_is_wrong_or_open_is_refused(text, axis, words):
    with pytest.raises(InputRefusedError, match=words):
        parse_angle(text, axis=axis)


@pytest.mark.parametrize(
    ("text", "axis", "degrees"),
    [
        ("1162329.5", "lon", LON),
        ("E1162329.5", "lon", LON),
        ("395420", "lat", LAT),
        ("0302000", "lon", 30 + 20 / 60),
        ("116°23′29.5″", "lon", LON),
    ],
)
def test_packed_numbers_are_read_when_declared(text, axis, degrees):
    assert parse_angle(text, axis=axis, packed=True) == pytest.approx(degrees)


@pytest.mark.parametrize(
    ("text", "words"),
    [("1166129", "minutes below 60, got 61"), ("116.39", "DDDMMSS")],
)
def test_packed_numbers_that_cannot_be_are_refused(text, words):
    with pytest.raises(InputRefusedError, match=words):
        parse_angle(text, axis="lon", packed=True)


@given(
    st.integers(0, 179), st.integers(0, 59), st.integers(0, 5999), st.sampled_from("EW")
)
def test_every_way_to_write_an_angle_gives_the_same(degrees, minutes, hundredths, side):
    seconds = f"{hundredths // 100}.{hundredths % 100:02}"
    wanted = degrees + minutes / 60 + hundredths / 360_000
    wanted = -wanted if side == "W" else wanted
    word = {"E": "东经", "W": "西经"}[side]
    ways = [
        f"{side}{degrees}°{minutes}′{seconds}″",
        f"{degrees}°{minutes}′{seconds}″{side}",
        f"{word}{degrees}度{minutes}分{seconds}秒",
        f"{side}{degrees}:{minutes}:{seconds}",
        f"{side} {degrees} {minutes} {seconds}",
        f"{side}{degrees}d{minutes}m{seconds}s",
    ]
    read = {parse_angle(one, axis="lon") for one in ways}
    assert len(read) == 1
    assert read.pop() == pytest.approx(wanted, abs=1e-12)


@given(st.text(max_size=30))
def test_any_text_is_an_angle_on_the_axis_or_refused(text):
    read = parse_angles([text], axis="lat")
    assert (abs(read.degrees[0]) <= 90) or 0 in read.faults or not text.strip()


def test_a_column_loses_only_its_bad_cells_and_agrees_with_single_reading():
    cells = [text for text, axis, _ in READ if axis == "lon"]
    cells = [*cells, None, float("nan"), "", 116.5, 181.0, "116°61′", True]
    read = parse_angles(cells, axis="lon")
    good = len(cells) - 7
    assert read.degrees[:good].tolist() == [
        parse_angle(one, axis="lon") for one in cells[:good]
    ]
    assert read.degrees[good + 3] == 116.5
    assert sorted(read.faults) == [good + 4, good + 5, good + 6]
    assert np.isnan(read.degrees[good : good + 3]).all()
