"""Rules on activities: who hears them, how old a date is, where a case is drawn."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import InputRefusedError
from layers.layer import FRAME, Setting, Workspace
from layers.provenance import Coverage, Period
from layers.read import from_frame
from layers.spec import spec
from spatial.policy import model
from spatial.policy.cases import ORIGIN, judged, work
from spatial.policy.comparison import years_after
from spatial.policy.condition import FALSE, TRUE, UNKNOWN, Lack, evaluate
from spatial.policy.judge import judge
from spatial.policy.load import builtin, load_rulebook
from spatial.policy.register.cover import cover
from spatial.policy.register.load import load_register
from spatial.report.layer_records import kinds_asked_for
from spatial.shelf import Shelf

ON = dt.date(2024, 5, 1)
VALID = Period(dt.date(2020, 1, 1))
SITES = spec("project_site")
ACTIVITY_BOOKS = {
    "inner_mongolia_activity": [f"NM14-A{number:02}" for number in range(1, 36)],
    "yili_activity": ["YL-A01"],
    "yuzhou_activity": ["YZ-A01", "YZ-A02"],
}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# -- older_than_years --------------------------------------------------------------


def older(years, value, on):
    test = model.Test("idle_since", "older_than_years", years)
    frame = pd.DataFrame({"idle_since": pd.Series([value], dtype=object)})
    return evaluate(test, frame, spec=SITES, settings={}, on=on)


@pytest.mark.parametrize(
    ("since", "on", "truth"),
    [
        ("2021-05-01", "2024-05-01", FALSE),  # exactly 3 years are not more
        ("2021-05-01", "2024-05-02", TRUE),
        ("2021-04-30", "2024-05-01", TRUE),
        ("2020-02-29", "2023-02-28", FALSE),  # no 29th: full on the last of February
        ("2020-02-29", "2023-03-01", TRUE),
        ("2021-02-28", "2024-02-28", FALSE),
        ("2021-02-28", "2024-02-29", TRUE),
        ("2024-06-01", "2024-05-01", FALSE),  # a day to come
    ],
)
def test_more_than_three_years_are_counted_to_the_day(since, on, truth):
    assert older(3.0, day(since), day(on)).truth.tolist() == [truth]


def test_0_years_is_any_day_after_the_date():
    days = ["2024-04-30", "2024-05-01", "2024-05-02"]
    got = [older(0.0, day(one), ON).truth[0] for one in days]
    assert got == [TRUE, FALSE, FALSE]


def test_29_february_to_29_february_takes_four_years():
    assert years_after(day("2020-02-29"), 4) == day("2024-02-29")
    assert years_after(day("9998-01-01"), 3) == dt.date.max


def test_a_missing_date_is_unknown_and_so_is_a_missing_day():
    got = older(3.0, None, ON)
    assert got.truth.tolist() == [UNKNOWN]
    assert list(got.missing) == [Lack("field", "idle_since")]
    assert older(3.0, day("2000-01-01"), None).truth.tolist() == [UNKNOWN]


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.integers(0, 50))
def test_years_are_full_on_the_same_day_or_the_last_of_its_month(start, years):
    full = years_after(start, years)
    assert (full.year, full.month) == (start.year + years, start.month)
    last = calendar.monthrange(full.year, full.month)[1]
    assert full.day == min(start.day, last)
    after = full + dt.timedelta(days=1)
    assert older(float(years), start, full).truth.tolist() == [FALSE]
    assert older(float(years), start, after).truth.tolist() == [TRUE]


def test_years_may_be_a_setting_if_it_is_a_whole_number():
    test = model.Test("idle_since", "older_than_years", model.SettingRef("years"))
    frame = pd.DataFrame({"idle_since": pd.Series([day("2021-04-30")], dtype=object)})

    def ask(value):
        settings = {"years": Setting("years", value, "虚构")}
        return evaluate(test, frame, spec=SITES, settings=settings, on=ON).truth[0]

    assert (ask(3.0), ask(4.0)) == (TRUE, FALSE)
    for wrong in (2.5, -1.0, "three"):
        with pytest.raises(InputRefusedError, match="a whole number of years, 0 or"):
            ask(wrong)


# -- who hears it ------------------------------------------------------------------


ANYWHERE = model.Where("anywhere")
IN_RESERVE = model.Where("intersects", "nature_reserve")
OUT_OF_PARK = model.Where("outside", "industrial_park")


def rule(
    name: str, about: model.About, *places: model.Where, valid: Period = VALID
) -> model.Rule:
    cited = model.Citation("doc", "第一条", "虚构条文")
    banned = tuple(model.Provision(one, "prohibited") for one in places or (ANYWHERE,))
    edition = model.Edition(valid, cited, banned)
    return model.Rule(
        name, {"zh": "虚构", "en": "made up"}, (), (edition,), about=about
    )


def book(*rules: model.Rule) -> model.Rulebook:
    title = {"zh": "虚构", "en": "made up"}
    document = model.Document("doc", title, "law", VALID)
    return model.Rulebook("ex", title, {"doc": document}, rules, "ex.yaml", "")


def shelf() -> Shelf:
    point = gpd.GeoDataFrame(
        {"activity": ["boiler"]}, geometry=[shapely.Point(107, 40)], crs=FRAME
    )
    frame = from_frame(point, kind="project_site").frame.reset_index(drop=True)
    around = Coverage(shapely.box(106, 39, 108, 41), "box")
    reserve = gpd.GeoDataFrame(
        {"BHQMC": ["虚构"]}, geometry=[shapely.box(106.9, 39.9, 107.1, 40.1)], crs=FRAME
    )
    zones = from_frame(reserve, kind="nature_reserve", coverage=around, valid=VALID)
    office = Workspace(title="虚构", region=None, layers={zones.id: zones})
    return Shelf(gpd.GeoDataFrame(frame, crs=FRAME), office, ON)


def test_a_review_of_projects_does_not_hear_the_rules_on_activities():
    rules = book(rule("P", "project"), rule("A", "activity"))
    got = judge(shelf(), [rules])
    assert [one.rule for one in got.findings] == ["P"]
    assert [one.rule.id for one in got.rules] == ["P"]  # not heard, not listed
    assert got.about == "project"


def test_a_review_of_activities_hears_both():
    rules = book(rule("P", "project", IN_RESERVE), rule("A", "activity"))
    got = judge(shelf(), [rules], about="activity")
    assert [one.rule for one in got.findings] == ["P", "A"]
    assert [one.rule.id for one in got.rules] == ["P", "A"]
    assert got.about == "activity"


def test_of_a_rule_on_projects_an_activity_hears_what_is_tied_to_a_zone():
    rules = book(rule("P", "project", ANYWHERE, OUT_OF_PARK, IN_RESERVE))
    (found,) = judge(shelf(), [rules], about="activity").findings
    assert (found.rule, found.provision, found.kind) == ("P", 3, "nature_reserve")
    of_project = judge(shelf(), [rules])
    assert [one.provision for one in of_project.findings] == [1, 3]
    assert kinds_asked_for(of_project) == ("industrial_park", "nature_reserve")
    of_activity = judge(shelf(), [rules], about="activity")
    assert kinds_asked_for(of_activity) == ("nature_reserve",)


def test_a_rule_of_which_nothing_is_heard_is_not_listed_on_any_day():
    later = Period(dt.date(2030, 1, 1))
    rules = book(
        rule("P", "project", ANYWHERE),
        rule("Q", "project", ANYWHERE, valid=later),
        rule("R", "project", IN_RESERVE, valid=later),
    )
    got = judge(shelf(), [rules], about="activity")
    assert [(one.rule.id, one.status) for one in got.rules] == [("R", "not_in_force")]


@pytest.mark.parametrize("name", ACTIVITY_BOOKS)
def test_every_activity_clause_is_a_rule(name):
    assert [one.id for one in load_rulebook(name).rules] == ACTIVITY_BOOKS[name]


@pytest.mark.parametrize("name", builtin())
def test_only_the_activity_rulebooks_speak_of_activities(name):
    want = "activity" if name in ACTIVITY_BOOKS else "project"
    assert {one.about for one in load_rulebook(name).rules} == {want}


# -- where a case is drawn ---------------------------------------------------------


def case_of(rule_id: str, name: str) -> tuple[model.Case, model.Rule, model.Rulebook]:
    rules = load_rulebook("inner_mongolia_activity")
    one = next(one for one in rules.rules if one.id == rule_id)
    return next(case for case in one.cases if case.name == name), one, rules


def test_a_case_is_drawn_where_it_says_unless_the_caller_says():
    case, one, rules = case_of("NM14-A26", "北纬 50 度，距岸线恰为 1000.0 米")
    assert case.at == (119.0, 50.0)
    (found,) = judged(case, one, rules).findings
    assert found.distance_m == pytest.approx(1000.0, abs=1e-6)
    assert (
        work(case, one, rules) == work(case, one, rules, origin=ORIGIN) == "restricted"
    )


def test_a_case_that_does_not_say_where_is_drawn_at_the_origin():
    case, one, rules = case_of(
        "NM14-A26", "距岸线恰为 1000.0 米、停用 3 年零 1 天，含本数"
    )
    assert case.at is None
    there = replace(case, at=ORIGIN)
    assert judged(case, one, rules).findings == judged(there, one, rules).findings


@pytest.mark.parametrize("at", [(107.0, 40.0), (119.0, 50.0)])
@pytest.mark.parametrize(
    ("away_m", "outcome"),
    [(14999.9, "restricted"), (15000.0, "restricted"), (15000.1, "clear")],
)
def test_15_km_from_a_cogeneration_plant_at_40_and_50_degrees(at, away_m, outcome):
    case, one, rules = case_of("NM14-A03", "距电厂恰为 15000.0 米，含本数")
    moved = replace(case, at=at, site_shape=("point", (away_m, 0.0)))
    assert work(moved, one, rules) == outcome


# -- coverage ----------------------------------------------------------------------


def test_all_38_activity_clauses_are_met():
    covered = cover(load_register(), [load_rulebook(name) for name in builtin()])
    group = [one for one in covered if one.clause.group == "activity"]
    assert len(group) == 38
    assert {one.state for one in group} == {"rule", "needs_setting"}


def test_without_the_activity_rulebooks_none_of_them_is():
    books = [load_rulebook(name) for name in builtin() if name not in ACTIVITY_BOOKS]
    group = [
        one for one in cover(load_register(), books) if one.clause.group == "activity"
    ]
    assert {one.state for one in group} == {"open"}


def test_a_rule_on_activities_cannot_answer_for_a_siting_clause():
    rules = load_rulebook("yuzhou")
    quiet = replace(rules, rules=(replace(rules.rules[0], about="activity"),))
    with pytest.raises(
        InputRefusedError, match=r"rule on projects to answer for clause YZ-S01"
    ):
        cover(load_register(), [quiet])


def test_a_rule_on_projects_may_answer_for_an_activity_clause():
    rules = load_rulebook("yuzhou_activity")
    loud = replace(rules, rules=(replace(rules.rules[0], about="project"),))
    met = {one.clause.id for one in cover(load_register(), [loud]) if one.rules}
    assert met == {"YZ-A01"}
