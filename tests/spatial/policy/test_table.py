"""Tables keep what they were asked: the same answers, for one review alone."""

from __future__ import annotations

import dataclasses
import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.layer import FRAME, Setting, Workspace
from layers.provenance import Coverage, Period
from layers.read import from_frame
from layers.spec import spec
from spatial.policy import model
from spatial.policy import table as table_module
from spatial.policy.because import Because
from spatial.policy.condition import FALSE, TRUE, UNKNOWN, evaluate, evaluated
from spatial.policy.desk import Desk
from spatial.policy.judge import judge
from spatial.policy.load import load_rulebook
from spatial.policy.model import All, Any, Not, SettingRef
from spatial.policy.table import Column, Table
from spatial.shelf import Shelf

ask = model.Test
SITES = spec("project_site")
ON = dt.date(2024, 5, 1)

# One condition of each sort of memory: values, blanks, dates, codes, sets, assumptions.
CONDITIONS = (
    ask("project_type", "in", ("mine",)),
    ask("project_type", "in", ("mine",), missing="match", because="从严"),
    ask("construction", "in", ("new",), assumed=("upgrade",), because="技改按改建"),
    ask("industry", "code_under", ("25", "3140")),
    ask("industry", "in_set", "two_high"),
    ask("farmland_approval", "stated", value=True),
    ask("idle_since", "older_than_years", 3),
    ask("capacity_mw", "at_least", SettingRef("large_mw")),
    ask("capacity_mw", "at_most", SettingRef("nobody_set_it")),
    Not(ask("is_two_high", "equals", value=True)),
)
EVERY = (*CONDITIONS, All(CONDITIONS[:4]), Any(CONDITIONS[3:]), Not(All(CONDITIONS)))
OFFICE = {"large_mw": Setting("large_mw", 10.0, "虚构")}

PROJECTS = st.fixed_dictionaries(
    {
        "project_type": st.sampled_from([None, "", "mine", "road"]),
        "construction": st.sampled_from([None, "new", "upgrade"]),
        "industry": st.sampled_from([None, "2521", "25", "3150", "610", "C3110"]),
        "farmland_approval": st.sampled_from([None, " ", "无", "批文"]),
        "idle_since": st.sampled_from([None, dt.date(2020, 1, 1), dt.date(2024, 1, 1)]),
        "capacity_mw": st.sampled_from([None, 10.0, 9.99]),
        "is_two_high": st.sampled_from([None, True, False]),
    }
)


def frame_of(rows):
    return pd.DataFrame(
        {name: pd.Series([one[name] for one in rows], dtype=object) for name in rows[0]}
    )


def told(found):
    """What an answer says, as values that can be compared."""
    return (
        found.truth.tolist(),
        {lack: rows.tolist() for lack, rows in found.missing.items()},
        {why: rows.tolist() for why, rows in found.assumed.items()},
    )


@given(st.lists(PROJECTS, min_size=1, max_size=6), st.permutations(EVERY))
def test_what_was_asked_before_changes_no_answer(rows, asked):
    table = Table(frame_of(rows), SITES, OFFICE, ON)
    for condition in (*asked, *reversed(asked)):
        fresh = evaluate(condition, table.frame, spec=SITES, settings=OFFICE, on=ON)
        assert told(evaluated(condition, table)) == told(fresh)


@given(st.lists(PROJECTS, min_size=2, max_size=6))
def test_a_row_says_the_same_alone_and_among_others(rows):
    together = Table(frame_of(rows), SITES, OFFICE, ON)
    for condition in EVERY:
        found = evaluated(condition, together)
        for at, row in enumerate(rows):
            alone = evaluated(condition, Table(frame_of([row]), SITES, OFFICE, ON))
            assert alone.truth[0] == found.truth[at]
            for kept, all_ in (
                (alone.missing, found.missing),
                (alone.assumed, found.assumed),
            ):
                assert set(kept) == {key for key, mask in all_.items() if mask[at]}


@given(st.lists(PROJECTS, min_size=1, max_size=6))
def test_reasons_are_the_same_alone_and_among_others(rows):
    table = Table(frame_of(rows), SITES, OFFICE, ON)
    for condition in EVERY:
        true = np.flatnonzero(evaluated(condition, table).truth == TRUE)
        told_ = Because(condition, table).rows(true)
        for at, reasons in zip(true.tolist(), told_, strict=True):
            one = Table(frame_of([rows[at]]), SITES, OFFICE, ON)
            assert [reasons] == Because(condition, one).rows(np.array([0]))


def test_a_comparison_is_made_once_for_each_value_and_for_all_rules(monkeypatch):
    asked = []

    def counting(*given, **named):
        judge_value = made(*given, **named)
        return lambda value: asked.append(value) or judge_value(value)

    made = table_module.comparison
    monkeypatch.setattr(table_module, "comparison", counting)
    rows = pd.DataFrame({"project_type": ["mine", "road", None, "mine", "road"]})
    table = Table(rows, SITES, {})
    for _ in range(3):  # equal, not the same object
        mine = ask("project_type", "in", ("mine",))
        assert evaluated(mine, table).truth.tolist() == [
            TRUE, FALSE, UNKNOWN, TRUE, FALSE,
        ]  # fmt: skip
    assert asked == ["mine", "road"]


def test_a_flag_and_the_number_one_are_asked_apart():
    yes, one = ask("idle_years", "equals", value=True), ask("idle_years", "equals", 1)
    assert yes == one  # for Python they are
    table = Table(pd.DataFrame({"idle_years": [2.0, 1.0]}), SITES, {})
    assert evaluated(yes, table).truth.tolist() == [TRUE, TRUE]
    assert evaluated(one, table).truth.tolist() == [FALSE, TRUE]


def test_what_is_kept_cannot_be_changed():
    column = Column.of(np.array(["a", None, " "], dtype=object))
    table = Table(pd.DataFrame({"name": ["a"]}), SITES, {})
    with pytest.raises(dataclasses.FrozenInstanceError, match="codes"):
        column.codes = np.zeros(3)
    with pytest.raises(ValueError, match="read-only"):
        column.codes[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        table.answers(ask("name", "in", ("a",)))[0] = FALSE


def test_the_truth_of_a_condition_is_the_askers_own():
    table = Table(pd.DataFrame({"project_type": ["mine"]}), SITES, {})
    mine = ask("project_type", "in", ("mine",))
    evaluated(mine, table).truth[0] = FALSE
    assert evaluated(mine, table).truth.tolist() == [TRUE]


def test_a_column_counts_blanks_and_what_is_missing():
    column = Column.of(np.array(["a", None, " ", "a", ()], dtype=object))
    assert column.codes.tolist() == [0, -1, 1, 0, 2]
    assert column.blank[column.codes].tolist() == [False, True, True, False, True]


# -- reviews ---------------------------------------------------------------------------


def shelf(rows, *, settings=None, on=ON):
    #   a row of squares of 0.01 degree, each 0.01 degree from the next
    shapes = [shapely.box(107 + at / 50, 40, 107.01 + at / 50, 40.01) for at in rows]
    sites = gpd.GeoDataFrame(frame_of(list(rows.values())), geometry=shapes, crs=FRAME)
    frame = from_frame(sites, kind="project_site").frame.reset_index(drop=True)
    zone = gpd.GeoDataFrame(
        {"code": ["Z1"]}, geometry=[shapely.box(107, 40, 107.03, 40.02)], crs=FRAME
    )
    redline = from_frame(
        zone,
        kind="ecological_redline",
        valid=Period(dt.date(2020, 1, 1)),
        coverage=Coverage(shapely.box(106, 39, 108, 41), "box"),
    )
    office = Workspace("虚构", None, {redline.id: redline}, settings=settings or {})
    return Shelf(gpd.GeoDataFrame(frame, geometry="geometry", crs=FRAME), office, on)


MINE = {"project_type": "mine", "construction": "new", "industry": "0610"}
ROWS = {
    0: MINE,
    1: MINE | {"construction": "expand"},
    2: MINE | {"industry": None},
    3: MINE | {"project_type": None},
    4: MINE | {"project_type": "road", "industry": None},
}


def said_of(judgement, site):
    found = [
        dataclasses.replace(o, site=0) for o in judgement.findings if o.site == site
    ]
    open_ = [
        dataclasses.replace(o, site=0) for o in judgement.unknowns if o.site == site
    ]
    return found, open_


def test_a_site_is_judged_the_same_alone_and_among_others():
    books = [load_rulebook("national"), load_rulebook("pollution")]
    together = judge(shelf(ROWS), books)
    assert {one.site for one in together.findings} >= {0, 1}
    for at, row in ROWS.items():
        alone = judge(shelf({at: row}), books)
        assert said_of(together, at) == said_of(alone, 0)


def test_one_review_leaves_nothing_to_the_next():
    where = model.Where("intersects", "ecological_redline")
    large = ask("capacity_mw", "at_least", SettingRef("large_mw"))
    cited = model.Citation("doc", "第一条", "虚构条文")
    since = Period(dt.date(2020, 1, 1))
    title = {"zh": "虚构", "en": "made up"}
    ban = model.Provision(where=where, effect="prohibited", subject=large)
    rule = model.Rule("EX-1", title, (), (model.Edition(since, cited, (ban,)),))
    document = model.Document("doc", title, "law", since)
    book = model.Rulebook("ex", title, {"doc": document}, (rule,), "ex.yaml", "")
    rows = {0: MINE | {"capacity_mw": 10.0}}

    def outcomes(settings):
        made = judge(shelf(rows, settings=settings), [book])
        return [one.outcome for one in (*made.findings, *made.unknowns)]

    smaller = {"large_mw": Setting("large_mw", 11.0, "虚构")}
    assert outcomes(OFFICE) == ["prohibited"]
    assert outcomes(smaller) == []
    assert outcomes({}) == ["not_checked"]
    assert outcomes(OFFICE) == ["prohibited"]


def test_the_same_overlap_is_told_by_one_sentence_and_another_kind_by_another():
    desk = Desk(shelf({0: MINE}))
    numbers = {"percent": "50.00%", "area_m2": "1.00"}
    place = {"layer": "a", "zone": "Z1"}
    told_ = [
        desk.sentence("why.intersects_area", numbers, kind=kind, **place)
        for kind in ("ecological_redline", "ecological_redline", "nature_reserve")
    ]
    assert told_[0] is told_[1]
    assert told_[2].facts["kind"] == spec("nature_reserve").title
    assert told_[0].facts["kind"] == spec("ecological_redline").title
