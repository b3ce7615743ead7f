"""Industry codes: what a table writes, and what may be meant by it."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import layers
from layers import industry

REGULATIONS = Path(__file__).parents[3] / "shared" / "policy" / "regulations.md"


@pytest.mark.parametrize(
    ("written", "possible"),
    [
        ("2613", ("2613",)),
        ("C2613", ("2613",)),
        ("c 26", ("26",)),
        ("\uff12\uff16\uff11\uff13", ("2613",)),  # full width
        ("\uff2326", ("26",)),
        ("0610", ("0610",)),
        ("B06", ("06",)),
        ("610", ("610", "0610")),
        ("61", ("61", "061")),
        ("6110", ("6110",)),
        ("3150", ("3140",)),
        ("C3150", ("3140",)),
        ("315", ("315", "3140")),
        ("31", ("31",)),
        ("3140", ("3140",)),
        ("化工", ()),
        ("", ()),
    ],
)
def test_a_code_as_written_may_be_one_code_or_two_or_none(written, possible):
    assert industry.readings(written) == possible


@given(st.text(max_size=8))
def test_any_text_is_some_codes_of_digits_or_none(text):
    for one in industry.readings(text):
        assert re.fullmatch(r"[0-9]+", one)


def test_codes_are_digits_with_a_title_a_status_and_a_source():
    known = industry.codes()
    assert len({one.code for one in known}) == len(known)
    for one in known:
        assert re.fullmatch(r"[0-9]{2,4}", one.code)
        assert one.title["zh"]
        assert one.title["en"]
        assert one.source


def test_what_nobody_verified_has_no_name():
    unverified = {one.code for one in industry.codes() if one.status == "unverified"}
    assert unverified == {"10", "11", "12", "4411"}
    assert [industry.title(one) for one in sorted(unverified)] == [None] * 4
    assert industry.title("C2521") == {"zh": "炼焦", "en": "coking"}


def test_the_one_earlier_code_that_a_source_gives():
    was = industry.earlier("3150")
    assert was is not None
    assert (was.edition, was.now) == ("2011", "3140")
    assert "2011" in was.said
    assert "3140" in was.said
    assert industry.earlier("3130") is None


@pytest.mark.shared
def test_every_code_stands_in_the_compilation():
    text = REGULATIONS.read_text("utf-8")
    section = text.split("## 10. Industry codes")[1].split("\n## ")[0]
    for one in industry.codes():
        # "3211/3212" and "4413" are written out; 4413, 4414 stand between neighbours
        assert re.search(rf"(?<![0-9]){one.code}(?![0-9])", section), one.code


def sites(codes):
    box = shapely.box(107, 40, 107.1, 40.1)
    frame = gpd.GeoDataFrame({"行业代码": codes}, geometry=[box] * len(codes), crs=4490)
    return layers.from_frame(frame, kind="project_site")


def test_the_reader_tells_of_earlier_codes_and_of_zeros_that_may_be_lost():
    layer = sites(["C3150", "610", "2613", "31", "0610"])
    told = [(one.row, one.code) for one in layer.issues if one.row is not None]
    assert (0, "industry_code_earlier") in told
    assert (1, "industry_zero_lost") in told
    assert {row for row, code in told if code.startswith("industry")} == {0, 1}
    assert layer.frame["industry"].tolist() == ["C3150", "610", "2613", "31", "0610"]


def test_a_number_cell_keeps_its_digits_and_nothing_is_guessed():
    layer = sites([610, 2613])
    assert layer.frame["industry"].tolist() == ["610", "2613"]
