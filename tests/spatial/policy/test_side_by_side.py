"""Several clauses on one site: the stricter wins, and every one is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner

from layers.samples.county import write_county
from spatial.cli import main
from spatial.policy.cases import judged
from spatial.policy.judge import outcome_of
from spatial.policy.load import builtin, load_rulebook

RULES = {
    rule.id: (rule, book)
    for book in map(load_rulebook, ("inner_mongolia", "national", "farmland"))
    for rule in book.rules
}
OF_BOOKS = {rule.id for book in map(load_rulebook, builtin()) for rule in book.rules}


def case_of(rule, name):
    return next(case for case in RULES[rule][0].cases if case.name == name)


def said_of(case, *ids):
    """Judge one case by several rules and return their findings, and the outcome."""
    found, open_ = [], []
    for one in ids:
        rule, book = RULES[one]
        judgement = judged(case, replace(rule, territory=()), book)
        found += judgement.findings
        open_ += judgement.unknowns
    return {one.rule: one.outcome for one in found}, outcome_of(found, open_)


def test_a_ban_in_a_named_park_beats_that_one_must_be_in_a_park():
    """Inside Haibowan park *must go into a park* is kept; the ban on it is not."""
    case = case_of("NM14-S20", "海勃湾工业园区内新建重化工")
    said, outcome = said_of(case, "NM14-S11", "NM14-S20")
    assert said == {"NM14-S20": "prohibited"}
    assert outcome == "prohibited"


def test_outside_every_park_the_other_clause_forbids():
    case = case_of("NM14-S11", "重化工项目在园区外")
    said, outcome = said_of(case, "NM14-S11", "NM14-S20")
    assert said == {"NM14-S11": "prohibited"}
    assert outcome == "prohibited"


def test_law_and_plan_stand_side_by_side_until_the_plan_is_over():
    case = case_of("NM14-S40", "压红线")
    said, outcome = said_of(case, "NM14-S40", "CN-REDLINE-142")
    assert said == {"NM14-S40": "prohibited", "CN-REDLINE-142": "prohibited"}
    assert outcome == "prohibited"
    later = replace(case, on=case.on.replace(year=2026))
    said, outcome = said_of(later, "NM14-S40", "CN-REDLINE-142")
    assert said == {"CN-REDLINE-142": "prohibited"}
    assert outcome == "prohibited"


def test_of_two_ratios_the_stricter_counts_and_both_are_shown():
    """Equal replacement is enough around Wuhai, not for the region as a whole."""
    case = case_of("NM14-S22", "区域内置换比恰为 1，本条可按置换办理")
    said, outcome = said_of(case, "NM14-S07", "NM14-S22")
    assert said == {"NM14-S07": "prohibited", "NM14-S22": "restricted"}
    assert outcome == "prohibited"


IDLE = "NM14-S02", "CN-FARMLAND-18"
"""The plan and the regulations say the same of farmland that lies idle."""


def test_idle_farmland_is_told_by_the_plan_and_by_the_law():
    case = case_of("NM14-S02", "批准占用后闲置2年")
    said, outcome = said_of(case, *IDLE)
    assert said == dict.fromkeys(IDLE, "restricted")
    assert outcome == "restricted"


def test_idle_farmland_that_was_never_rightly_taken_is_forbidden_by_the_stricter():
    """The approval alone is no exception: the plan forbids, the law on idling asks."""
    case = case_of("NM14-S02", "批准占用后闲置2年")
    site = {**case.site, "is_national_key_project": False}
    found = {
        (one.rule, one.outcome)
        for rule, book in map(RULES.__getitem__, IDLE)
        for one in judged(
            replace(case, site=site), replace(rule, territory=()), book
        ).findings
    }
    assert found == {
        ("NM14-S02", "prohibited"),
        ("NM14-S02", "restricted"),
        ("CN-FARMLAND-18", "restricted"),
    }
    assert said_of(replace(case, site=site), *IDLE)[1] == "prohibited"


def test_when_the_plan_is_over_the_law_on_idle_farmland_remains():
    case = case_of("NM14-S02", "批准占用后闲置2年")
    later = replace(case, on=case.on.replace(year=2026))
    said, outcome = said_of(later, *IDLE)
    assert said == {"CN-FARMLAND-18": "restricted"}
    assert outcome == "needs_information"  # the plan's successor is to be confirmed


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    import json

    office = write_county(tmp_path_factory.mktemp("county") / "office")
    out = tmp_path_factory.mktemp("out")
    done = CliRunner().invoke(
        main,
        ["review", str(office / "projects.gpkg"), "-w", str(office), "--on",
         "2025-10-31", "-o", str(out / "r")],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return json.loads((out / "r" / "result.json").read_text("utf-8"))


def test_the_deciding_finding_comes_first_and_says_why(told):
    decided = [one for one in told["sites"] if one["findings"]]
    assert decided
    order = ["prohibited", "needs_information", "restricted", "advised"]
    for site in decided:
        said = [order.index(one["outcome"]) for one in site["findings"]]
        assert said == sorted(said)
        if site["outcome"] in ("prohibited", "restricted"):
            assert site["findings"][0]["outcome"] == site["outcome"]
        for one in site["findings"]:
            assert one["why"] in one["because"]
            # A row of an access list is one sentence; a rule tells relation and zone.
            of_list = one["rule"] not in OF_BOOKS
            assert len(one["because"]) >= (2 if of_list else 3)
            assert one["citation"]["article"] in one["because"][-1]
            assert not any("{" in sentence for sentence in one["because"])


def test_every_site_that_waits_for_the_applicant_has_a_question(told):
    waiting = 0
    for site in told["sites"]:
        missing = {
            one["what"]
            for one in site["unknowns"]
            if one["kind"] == "attribute_missing" and one["outcome"] != "advised"
        }
        assert {one["attribute"] for one in site["questions"]} == missing
        for one in site["questions"]:
            assert one["rules"]
            assert one["question"].endswith(("？", "。", "?"))
            if site["outcome"] == "prohibited":
                assert not one["could_change_outcome"]
        waiting += bool(missing)
    assert waiting
