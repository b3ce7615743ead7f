"""A site near the border of a unit whose access list says something worse.

Squared paper in metres, units that share the meridian x = 0:

      -200          0           200
    200 ┌───────────┬────────────┐     KEY west, GENERAL east
        │   KEY     │  GENERAL   │     both accurate to 1 m, the sites too
   -200 └───────────┴────────────┘
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import geopandas as gpd
import pytest
from paper import VALID, box, layer, line, office, reviewed, rulebook

from layers.layer import FRAME
from layers.provenance import Coverage, Period, Provenance
from layers.read import from_frame
from layers.requirement import DIMENSIONS, AccessList, Requirement

KEY, GENERAL = "ZH15062420001", "ZH15062430001"
SPACE = DIMENSIONS[0]
RIVER = "relation: within_distance, kind: river_shoreline, distance_m: 100"


def units():
    frame = gpd.GeoDataFrame(
        {
            "code": [KEY, GENERAL],
            "name": ["甲单元", "乙单元"],
            "category": ["key", "general"],
            **{one: ["无", "无"] for one in DIMENSIONS},
        },
        geometry=[box(-200, -200, 0, 200), box(0, -200, 200, 200)],
        crs=FRAME,
    )
    whole = Coverage(box(-500, -500, 500, 500), "paper")
    return from_frame(
        frame, kind="control_unit", id="units", valid=VALID, coverage=whole,
        accuracy_m=1.0,
    )  # fmt: skip


def row(number, unit, dimension, text="无", *said, every=False):
    made = Requirement("list", number, unit, dimension, text, *said)
    return replace(made, every_industry=every)


PLAIN = {
    (unit, one): row(start + at, unit, one)
    for start, unit in ((10, KEY), (20, GENERAL))
    for at, one in enumerate(DIMENSIONS)
}
BAN = row(2, KEY, SPACE, "禁止新建化工项目（虚构）", "prohibited", ("26",))
LIMIT = row(3, KEY, SPACE, "限制新建化工项目（虚构）", "restricted", ("26",))


def listed(*rows, valid=VALID):
    kept = {**PLAIN, **{(one.unit, one.dimension): one for one in rows}}
    return listing(*kept.values(), valid=valid)


def listing(*rows, valid=VALID):
    read = Provenance(
        *("list.xlsx", "0" * 64, "Excel workbook", "准入清单", None, "none"),
        *("no coordinates", "none", "2023版", valid, None),
        *(len(rows), len(rows), 0),
    )
    return AccessList("list", "units", "清单（虚构）", read, tuple(rows), (), ())


@pytest.fixture
def told(tmp_path):
    """Review sites of industry 2614, with a rule about a river far to the north."""
    book = rulebook(tmp_path, W=(RIVER, "restricted"))

    def review(lists, *shapes, industry="2614", river=(5000, 5000)):
        north = layer("river_shoreline", line((-300, river[0]), (300, river[1])))
        there = office(book, north, units())
        there = replace(there, access_lists={one.id: one for one in lists})
        return reviewed(there, *shapes, industry=industry)

    return review


@pytest.mark.parametrize(("west", "stable"), [(3.2, True), (2.0, False), (1.9, False)])
def test_a_site_near_a_unit_that_forbids_flips_at_the_border(told, west, stable):
    (one,) = told([listed(BAN)], box(west, 0, 50, 50))
    assert one.outcome == "clear"
    assert one.stability.flips_m == pytest.approx(west, abs=0.002)
    assert one.stability.toward == "worse"
    assert (one.stability.rule, one.stability.zone_id) == ("list#2", KEY)
    assert one.stability.layer == "units"
    assert one.stable is stable


def test_a_site_that_shares_the_border_flips_at_nothing(told):
    (one,) = told([listed(BAN)], box(0, 0, 50, 50))
    assert one.outcome == "clear"
    assert one.stability.flips_m == 0
    assert one.stable is False


def test_beyond_fifty_metres_no_border_is_looked_for(told):
    (one,) = told([listed(BAN)], box(60, 0, 90, 50))
    assert (one.stable, one.stability.flips_m) == (True, None)


@pytest.mark.parametrize(
    ("lists", "industry"),
    [
        ([listed()], "2614"),  # nothing is required on either side
        ([listed(BAN)], "3011"),  # not of this industry
        ([], "2614"),  # no list: no border that a list speaks of
        ([listed(row(4, KEY, SPACE, "允许（虚构）", "allowed", ("26",)))], "2614"),
    ],
)
def test_a_border_beyond_which_nothing_is_worse_is_none(told, lists, industry):
    (one,) = told(lists, box(1, 0, 50, 50), industry=industry)
    assert one.stability.flips_m is None
    assert one.stable is (None if one.outcome == "needs_information" else True)


def test_a_list_that_is_not_in_force_leaves_the_site_itself_open(told):
    over = listed(BAN, valid=Period(dt.date(2000, 1, 1), dt.date(2020, 1, 1)))
    (one,) = told([over], box(1, 0, 50, 50))
    assert (one.outcome, one.stable) == ("needs_information", None)


def test_a_unit_that_the_list_is_silent_about_is_worse_than_clear(told):
    silent = listing(*(one for one in PLAIN.values() if one.unit == GENERAL))
    (one,) = told([silent], box(1, 0, 50, 50))
    assert one.outcome == "clear"
    assert one.stability.flips_m == pytest.approx(1, abs=0.002)
    assert (one.stability.rule, one.stable) == ("list", False)


def test_an_equal_outcome_beyond_the_border_is_no_flip(told):
    """Restricted here by the river, restricted there by the list."""
    (one,) = told([listed(LIMIT)], box(1, 0, 50, 50), river=(20, 20))
    assert one.outcome == "restricted"
    assert one.stability.toward == "better"
    assert one.stability.rule == "W"


def test_of_a_rule_and_a_list_the_nearer_border_counts(told):
    """The list forbids 5 m to the west; the river restricts 4 m to the north."""
    far, near = box(5, 0, 50, 50), box(3, 0, 50, 50)
    by_rule, by_list = told([listed(BAN)], far, near, river=(154, 154))
    assert (by_rule.stability.rule, by_list.stability.rule) == ("W", "list#2")
    assert by_rule.stability.flips_m == pytest.approx(4, abs=0.01)
    assert by_list.stability.flips_m == pytest.approx(3, abs=0.002)


def test_an_industry_that_is_missing_asks_on_both_sides(told):
    (one,) = told([listed(BAN)], box(1, 0, 50, 50), industry=None)
    assert one.outcome == "clear"
    assert one.stability.flips_m == pytest.approx(1, abs=0.002)
    assert one.stable is False
