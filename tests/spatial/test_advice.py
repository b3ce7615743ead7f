"""A clause that only advises: shown by every writer, and no part of the outcome.

One square is 0.01 degree, x from 107.0, y from 40.0; the layers cover (0,0)-(4,2):

      0   1   2   3   4
    2 ┌───────────────┐    advice: pits are good places for waste sites
      │   N           │    P: an open pit (0,0)-(1,1)
    1 ├───┐   ┌───┐   │    W: a wetland (2,0)-(3,1), of which only an advice speaks
      │ P │   │ W │   │    N: a site with nothing near
    0 └───┴───┴───┴───┘
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from dataclasses import replace

import geopandas as gpd
import openpyxl
import pytest
import shapely

import spatial
from layers.errors import InputRefusedError
from layers.layer import Workspace
from layers.provenance import Coverage, Period
from layers.read import from_frame
from spatial.policy.cases import work
from spatial.policy.choice import of_region
from spatial.policy.load import LEVELS, builtin, load_rulebook, places

HEAD = """
rulebook: local
title: {zh: 本地规则, en: Local rules}
documents:
  made_up: {title: {zh: 虚构的规定, en: Made-up rules}, kind: local,
            period: {from: 2020-01-01}, source: made up for a test}
rules:
"""
RULE = """
  - id: %(id)s
    title: {zh: %(title)s, en: Rule %(id)s}
    editions:
      - valid: {from: 2020-01-01}
        citation: {document: made_up, article: 第一条, quote: 虚构条文}
        provisions:
          - %(subject)swhere: {relation: intersects, kind: %(kind)s}
            effect: %(effect)s
            requires: {zh: 虚构的提示, en: made-up words}
    cases:
      - {aspect: hit, name: 示例, on: 2024-05-01, site: {box: [0, 0, 10, 10]},
         zones: {%(kind)s: []}, expect: clear}
"""
PIT = {"id": "A-1", "title": "鼓励", "subject": "", "kind": "policy_area"}
PIT["effect"] = "advice"
WET = {**PIT, "id": "A-2", "kind": "wetland"}
BAN = {**PIT, "id": "B-1", "kind": "ecological_redline", "effect": "prohibited"}
OPEN = {
    **PIT,
    "id": "A-3",
    "subject": "subject: {is_two_high: {equals: true}}\n            ",
}


def square(x0, y0, x1, y1):
    return shapely.box(107 + x0 / 100, 40 + y0 / 100, 107 + x1 / 100, 40 + y1 / 100)


COVERAGE = Coverage(square(0, 0, 4, 2), "drawn")
PLACES = {
    "P": square(0.2, 0.2, 0.4, 0.4),
    "W": square(2.2, 0.2, 2.4, 0.4),
    "N": square(1.2, 1.2, 1.4, 1.4),
}


def layer(kind, shape):
    frame = gpd.GeoDataFrame(
        {"BSM": ["Z1"], "区域代码": ["Z1"]}, geometry=[shape], crs=4490
    )
    valid = Period(dt.date(2000, 1, 1))
    return from_frame(frame, kind=kind, id=kind, coverage=COVERAGE, valid=valid)


@pytest.fixture
def reviewed(tmp_path):
    def run(*rules):
        path = tmp_path / "local.yaml"
        said = (one if isinstance(one, str) else RULE % one for one in rules)
        path.write_text(HEAD + "".join(said), encoding="utf-8")
        layers = (
            layer("policy_area", square(0, 0, 1, 1)),
            layer("wetland", square(2, 0, 3, 1)),
            layer("ecological_redline", square(3.5, 1.5, 4, 2)),
        )
        office = Workspace(
            "office", None, {one.id: one for one in layers},
            rulebooks=("local.yaml",), path=str(tmp_path / "workspace.yaml"),
        )  # fmt: skip
        sites = gpd.GeoDataFrame(
            {"site_id": list(PLACES)}, geometry=list(PLACES.values()), crs=4490
        )
        return spatial.review(sites, office, on="2025-06-01")

    return run


def test_an_advice_is_found_and_the_site_is_clear(reviewed):
    review = reviewed(BAN, PIT)
    assert review.outcomes.loc["P", "outcome"] == "clear"
    assert review.outcomes.loc["P", "deciding_rule"] is None
    assert review.findings[["site_id", "rule", "outcome"]].to_numpy().tolist() == [
        ["P", "A-1", "advised"]
    ]


def test_an_open_advice_is_shown_and_the_site_is_clear(reviewed):
    review = reviewed(BAN, OPEN)
    assert review.outcomes.loc["P", "outcome"] == "clear"
    said = review.unknowns.set_index("site_id").loc["P"]
    assert said[["rule", "what", "outcome"]].tolist() == [
        "A-3",
        "is_two_high",
        "advised",
    ]


def test_an_advice_on_a_control_layer_is_no_rule_for_it(reviewed):
    review = reviewed(BAN, WET)
    assert review.outcomes.loc["W", "outcome"] == "needs_information"
    assert "no_rule_for_layer" in set(review.unknowns["kind"])


def test_where_rules_only_advise_nothing_is_clear(reviewed):
    review = reviewed(PIT, WET)
    assert set(review.outcomes["outcome"]) == {"needs_information"}
    assert "no_rule_in_force" in set(review.unknowns["kind"])


def test_every_writer_says_advice_in_its_own_word(reviewed, tmp_path):
    reviewed(BAN, PIT).write(tmp_path / "out")
    out = tmp_path / "out"
    told = json.loads((out / "result.json").read_text("utf-8"))
    of_site = {one["site_id"]: one for one in told["sites"]}
    assert [one["outcome"] for one in of_site["P"]["findings"]] == ["advised"]
    assert of_site["P"]["outcome"] == "clear"
    page = (out / "report.html").read_text("utf-8")
    assert '<article class="finding advised">' in page
    assert "提示内容（不影响结论）" in page
    sheet = openpyxl.load_workbook(out / "findings.xlsx")
    words = {cell.value for table in sheet for row in table.iter_rows() for cell in row}
    assert {"提示", "虚构的提示"} <= words
    with sqlite3.connect(out / "findings.gpkg") as base:
        rows = base.execute("select outcome, outcome_text from findings").fetchall()
    assert rows == [("advised", "提示")]


def advising():
    for book in map(load_rulebook, builtin()):
        for rule in book.rules:
            if any(p.is_advice for e in rule.editions for p in e.provisions):
                yield pytest.param(book, rule, id=rule.id)


@pytest.mark.parametrize(("book", "rule"), list(advising()))
def test_without_its_advice_a_rule_leads_to_the_same_outcomes(book, rule):
    bare = replace(
        rule,
        editions=tuple(
            replace(e, provisions=tuple(p for p in e.provisions if not p.is_advice))
            for e in rule.editions
        ),
    )
    for case in rule.cases:
        got = work(case, rule, book)
        assert work(case, bare, book) == ("clear" if got == "advised" else got)


# -- texts without a date --------------------------------------------------------------

UNDATED = {**BAN, "id": "U-1", "effect": "needs_information", "kind": "wetland"}


def test_of_a_text_without_a_date_nobody_says_that_it_is_in_force(reviewed, tmp_path):
    since = "valid: {from: 2020-01-01}"
    review = reviewed(BAN, (RULE % UNDATED).replace(since, "valid: {from: unknown}"))
    assert review.outcomes["outcome"].to_dict() == {
        "W": "needs_information",
        "N": "clear",
        "P": "clear",
    }
    assert review.findings["status"].tolist() == ["undated"]
    review.write(tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "文件未载日期，效力待确认" in page


def test_where_no_rule_bears_a_date_nothing_is_clear(reviewed):
    since = "valid: {from: 2020-01-01}"
    review = reviewed((RULE % UNDATED).replace(since, "valid: {from: unknown}"))
    assert set(review.outcomes["outcome"]) == {"needs_information"}
    assert "no_rule_in_force" in set(review.unknowns["kind"])


# -- rulebooks by region -------------------------------------------------------------


def test_the_books_of_a_region_are_those_that_speak_of_it():
    banner = [book.id for book in of_region("150624")]
    assert {"national", "inner_mongolia"} <= set(banner)
    assert not {"yuzhou", "yili"} & set(banner)
    assert "yuzhou" in [book.id for book in of_region("411081")]
    # Henan holds Yuzhou, so that a province's office gets its city's rules too.
    assert "yuzhou" in [book.id for book in of_region("410000")]
    levels = [places()[name].parent.name for name in banner]
    assert levels == sorted(levels, key=LEVELS.index)


def bare(rulebooks, region):
    layers = {"wetland": layer("wetland", square(2, 0, 3, 1))}
    return Workspace("office", region, layers, rulebooks=rulebooks)


def test_a_workspace_takes_the_books_of_its_region():
    sites = gpd.GeoDataFrame({"site_id": ["N"]}, geometry=[PLACES["N"]], crs=4490)
    review = spatial.review(sites, bare(("by_region",), "411081"), on="2025-06-01")
    used = {name for name in review.content.inputs if name.startswith("rulebook:")}
    assert used == {f"rulebook:{book.id}" for book in of_region("411081")}
    both = bare(("yuzhou", "by_region", "yuzhou"), "411081")
    again = spatial.review(sites, both, on="2025-06-01")
    assert len(again.content.rules) == len(review.content.rules)


def test_books_by_region_need_a_region():
    sites = gpd.GeoDataFrame({"site_id": ["N"]}, geometry=[PLACES["N"]], crs=4490)
    with pytest.raises(InputRefusedError, match="a region beside the rulebooks by_reg"):
        spatial.review(sites, bare(("by_region",), None), on="2025-06-01")
