"""Approvals met, on squared paper: a fact beside the outcome, and never a pass.

A footprint from (0, 0) to (200, 100), accurate to 1 m; the sites too.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import openpyxl
import pytest
from page_text import page_text
from paper import box, layer, line, office, point, rulebook, sites

import spatial
from layers.layer import Unavailable
from layers.provenance import Coverage
from layers.spec import spec
from spatial.permits import STATES
from spatial.report.approvals import Approvals
from spatial.report.html import report_html
from spatial.report.sheets import tables
from spatial.text import TEXTS

ON = "2024-05-01"
REDLINE = ("relation: intersects, kind: ecological_redline", "prohibited")
IN_FORCE = {
    "valid_from": dt.date(2020, 1, 1),
    "valid_to": dt.date(2030, 12, 31),
}
FOOTPRINT = box(0, 0, 200, 100)


def permits(*shapes, **said):
    fields = {"code": "采证〔0000〕1号", "activity_class": "mining", **IN_FORCE, **said}
    return layer("permit", *(shapes or (FOOTPRINT,)), **fields)


@pytest.fixture
def told(tmp_path):
    """Review sites beside a red line from x = 100 on."""
    red = layer("ecological_redline", box(100, -500, 300, 500))
    book = rulebook(tmp_path, R=REDLINE)

    def review(*layers, shapes, lang="zh", **said):
        return spatial.review(
            sites(*shapes, **said), office(book, red, *layers), on=ON, lang=lang
        )

    return review


def met(review):
    records = sorted(review.content.sites, key=lambda one: int(one.site_id[2:]))
    return [one.approvals for one in records]


def test_a_site_is_inside_or_beyond_by_so_much(told):
    shapes = box(10, 10, 60, 60), box(-50, 10, 50, 60)
    inside, beyond = met(told(permits(), shapes=shapes))
    assert (inside.state, inside.codes) == ("inside", ("采证〔0000〕1号",))
    assert inside.approved_m2 == pytest.approx(2500, abs=0.1)
    assert inside.beyond_m2 == pytest.approx(0, abs=0.01)
    assert inside.until == dt.date(2030, 12, 31)
    assert beyond.state == "beyond"
    assert beyond.beyond_m2 == pytest.approx(2500, abs=0.1)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"valid_to": dt.date(2024, 4, 30)}, "expired"),
        ({"valid_to": dt.date(2024, 5, 1)}, "inside"),
        ({"valid_from": dt.date(2024, 5, 2)}, "not_yet_valid"),
        ({"valid_to": None}, "unclear"),
    ],
)
def test_the_day_counts(told, said, state):
    (one,) = met(told(permits(**said), shapes=[box(10, 10, 60, 60)]))
    assert one.state == state
    assert one.codes == ("采证〔0000〕1号",)
    assert (one.beyond_m2 is None) == (state != "inside")


@pytest.mark.parametrize(("east", "state"), [(201.9, "inside"), (202.1, "beyond")])
def test_a_site_may_stand_out_by_both_accuracies(told, east, state):
    (one,) = met(told(permits(), shapes=[box(150, 10, east, 60)]))
    assert one.state == state


def test_without_a_footprint_none_is_said_and_no_area(told):
    (one,) = met(told(permits(), shapes=[box(-90, 10, -50, 60)]))
    assert one == Approvals("none", (), None, None, None, None)


def test_where_the_layer_does_not_reach_nothing_is_known(told):
    few = replace(permits(), coverage=Coverage(box(0, 0, 300, 300), "drawn"))
    (one,) = met(told(few, shapes=[box(-90, 10, -50, 60)]))
    assert one.state == "not_checked"


def test_a_permit_of_one_of_two_rival_editions_approves_nothing(told):
    old = replace(permits(), id="permit_2020", series="permits")
    new = replace(permits(box(900, 0, 950, 50)), id="permit_2024", series="permits")
    (alone,) = met(told(old, shapes=[box(0, 0, 50, 50)]))
    (one,) = met(told(old, new, shapes=[box(0, 0, 50, 50)]))
    assert (alone.state, one.state) == ("inside", "unclear")


def test_lines_and_points_are_named_with_their_permits_and_not_measured(told):
    shapes = line((-50, 50), (50, 50)), point(20, 20), point(-20, 20)
    across, at, off = met(told(permits(), shapes=shapes))
    assert {one.state for one in (across, at, off)} == {"no_area"}
    assert (across.codes, at.codes) == (("采证〔0000〕1号",),) * 2
    assert off.codes == ()
    assert across.approved_m2 is None


def test_without_a_layer_of_permits_nothing_is_said(told, tmp_path):
    review = told(shapes=[box(10, 10, 60, 60)])
    assert met(review) == [None]
    assert "approvals" not in [one.key for one in tables(review.content, "zh")]
    assert "已有批准" not in page_text(report_html(review.content, lang="zh"))
    review.write(tmp_path / "out")
    said = json.loads((tmp_path / "out" / "result.json").read_text("utf-8"))
    assert said["sites"][0]["approvals"] is None


def test_a_layer_that_could_not_be_read_is_not_checked(told, tmp_path):
    book = rulebook(tmp_path, R=REDLINE)
    red = layer("ecological_redline", box(100, -500, 300, 500))
    lost = Unavailable("permit", spec("permit"), "made up")
    there = replace(office(book, red), unavailable={"permit": lost})
    review = spatial.review(sites(box(10, 10, 60, 60)), there, on=ON)
    assert met(review)[0].state == "not_checked"


def test_a_declared_number_is_held_against_the_permits_met(told):
    shapes = [box(10, 10, 60, 60)] * 2
    numbers = ["采证〔0000〕1号", "采证〔0000〕9号"]
    there = permits()
    first, second = (
        met(told(there, shapes=[shape], approval_no=number))[0]
        for shape, number in zip(shapes, numbers, strict=True)
    )
    assert (first.declared_met, second.declared_met) == (True, False)


@pytest.mark.parametrize(
    "shape", [box(10, 10, 60, 60), box(-50, 10, 50, 60), box(120, 10, 180, 60)]
)
def test_an_approval_changes_no_outcome(told, shape):
    plain = told(shapes=[shape]).content.sites[0]
    approved = told(permits(), shapes=[shape]).content.sites[0]
    assert approved.outcome == plain.outcome
    assert approved.stable == plain.stable
    assert len(approved.findings) == len(plain.findings)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_sheet_and_json_say_the_same(told, tmp_path, lang):
    shape = box(-50, 10, 50, 60)
    review = told(permits(), shapes=[shape], lang=lang, approval_no="乙〔0000〕2号")
    text = page_text(report_html(review.content, lang=lang))
    assert TEXTS.say("report.permit.remark", lang=lang) in text
    assert TEXTS.say("report.permit.beyond", lang=lang) in text
    assert TEXTS.say("report.permit.declared.no", lang=lang) in text
    review.write(tmp_path / "out")
    book = openpyxl.load_workbook(tmp_path / "out" / "findings.xlsx")
    sheet = book[TEXTS.say("report.sheet.approvals", lang=lang)]
    row = [cell.value for cell in sheet[3]]
    assert row[:4] == [
        "S-0",
        None,
        TEXTS.say("report.permit.beyond", lang=lang),
        "采证〔0000〕1号",
    ]
    said = json.loads((tmp_path / "out" / "result.json").read_text("utf-8"))
    one = said["sites"][0]["approvals"]
    assert one["beyond_m2"] == pytest.approx(row[5], abs=0.01)
    assert one["declared_met"] is False


def test_every_state_has_its_words():
    for state in (*STATES, "no_area"):
        for lang in ("zh", "en"):
            assert TEXTS.say(f"report.permit.{state}", lang=lang)
