"""A condition that nothing can meet is found; one that something can is not accused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import DocumentError
from layers.spec import spec
from spatial.policy import model
from spatial.policy.condition import TRUE, evaluate
from spatial.policy.load import load_rulebook
from spatial.policy.model import All, Any, Not, SettingRef
from spatial.policy.satisfiable import can_hold

ask = model.Test
SITES = spec("project_site")
BROKEN = Path(__file__).parents[2] / "broken" / "unmeetable"

REFUSED = {
    "code_by_letter": r":13: .*code_under or in_set: C2613 and 2613 are one code",
    "dates_apart": r":13: .*some project can meet, got a contradiction",
    "distance_zero": r":14: .*a distance above 0 metres",
    "domain_used_up": r":13: .*some project can meet, got a contradiction",
    "exception_nobody_can_claim": r":18: .*a project of the subject can claim",
    "exception_of_two_kinds": r":17: .*some project can meet, got a contradiction",
    "flag_both_ways": r":13: .*some project can meet, got a contradiction",
    "number_nowhere": r":13: .*some project can meet, got a contradiction",
    "set_of_another_field": r":13: .*the field industry, which sets are of",
    "two_codes": r":13: .*some project can meet, got a contradiction",
    "two_kinds": r":13: .*some project can meet, got a contradiction",
    "unknown_set": r":13: .*one of heavy_chemical, three_high, two_high",
    "set_under_not": r":13: .*no reading by assumption",
    "zone_of_two_kinds": r":14: .*some zone can meet, got a contradiction",
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_rule_that_nothing_can_meet_is_refused_at_its_line(name):
    with pytest.raises(DocumentError, match=REFUSED[name]):
        load_rulebook(BROKEN / f"{name}.yaml")


def test_every_broken_rulebook_is_in_the_table():
    assert {path.stem for path in BROKEN.glob("*.yaml")} == set(REFUSED)


def is_in(name, *values, **more):
    return ask(name, "in", values, **more)


DAY = dt.date(2020, 1, 1)
MINE, ROAD = is_in("project_type", "mine"), is_in("project_type", "road")
COAL, COKE = (
    ask("industry", "code_under", ("25",)),
    ask("industry", "code_under", ("2521",)),
)
PVC = ask("products", "names", ("PVC",))
ABOVE_5 = ask("capacity_replacement_ratio", "above", 5.0)
BELOW_3 = ask("capacity_replacement_ratio", "below", 3.0)
AT_5 = ask("capacity_replacement_ratio", "at_most", 5.0)
EQUALS_5 = ask("capacity_replacement_ratio", "equals", 5.0)

POSSIBLE = [
    None,
    MINE,
    Any((MINE, ROAD)),
    All((Any((MINE, ROAD)), Not(MINE))),
    All((COAL, COKE)),
    All((COAL, Not(COKE))),
    All((COAL, Not(ask("industry", "code_under", ("251", "252"))))),
    All((is_in("name", "甲"), is_in("name", "甲", "乙"))),
    All((ask("name", "names", ("园区",)), Not(is_in("name", "园区")))),
    All((PVC, is_in("products", "尿素"))),  # two products
    All((ABOVE_5, Not(BELOW_3))),
    All((EQUALS_5, AT_5)),
    All((Not(ABOVE_5), Not(BELOW_3))),
    All((ask("farmland_approval", "stated", value=True), MINE)),
    Not(ask("farmland_approval", "stated", value=True)),  # "none" is written
    All((ABOVE_5, ask("capacity_replacement_ratio", "below", SettingRef("x")))),
    All((MINE, is_in("project_type", "road", assumed=("mine",), because="虚构"))),
    All(
        (
            is_in("project_type", "mine", missing="match", because="虚构"),
            is_in("project_type", "road", missing="match", because="虚构"),
        )
    ),
    All((ask("idle_since", "older_than_years", 3.0),
         Not(ask("idle_since", "older_than_years", 5.0)))),
    All((ask("idle_since", "on_or_after", DAY), ask("idle_since", "older_than_years",
                                                      3.0))),
    All((ask("industry", "in_set", "two_high"), COAL)),
]  # fmt: skip
IMPOSSIBLE = [
    All((MINE, ROAD)),
    All((MINE, Any((ROAD, Not(MINE))))),
    Not(Any((MINE, Not(MINE)))),
    Not(is_in("construction", "new", "rebuild", "expand", "upgrade")),
    All((COKE, Not(COAL))),
    All((COKE, ask("industry", "code_under", ("26",)))),
    All((is_in("name", "甲"), is_in("name", "乙"))),
    All((PVC, Not(PVC))),
    All((ABOVE_5, BELOW_3)),
    All((ABOVE_5, AT_5)),
    All((EQUALS_5, BELOW_3)),
    All((ask("idle_since", "before", DAY), ask("idle_since", "on_or_after", DAY))),
    All((ask("is_two_high", "equals", value=True),
         ask("is_two_high", "equals", value=False))),
    Not(ask("is_two_high", "stated", value=True)),
    All((ask("idle_since", "older_than_years", 5.0),
         Not(ask("idle_since", "older_than_years", 3.0)))),
]  # fmt: skip


@pytest.mark.parametrize("condition", POSSIBLE, ids=range(len(POSSIBLE)))
def test_what_something_can_meet_is_not_accused(condition):
    assert can_hold(condition, SITES)


@pytest.mark.parametrize("condition", IMPOSSIBLE, ids=range(len(IMPOSSIBLE)))
def test_what_nothing_can_meet_is_found(condition):
    assert not can_hold(condition, SITES)


def test_a_condition_with_too_many_ways_counts_as_possible():
    many = All(tuple(Any((MINE, ROAD)) for _ in range(12)))
    assert can_hold(All((many, Not(MINE), Not(ROAD))), SITES)


LEAVES = st.one_of(
    st.builds(
        lambda words: is_in("construction", *words),
        st.lists(st.sampled_from(["new", "rebuild", "expand"]), min_size=1),
    ),
    st.builds(
        lambda op, at: ask("capacity_replacement_ratio", op, at),
        st.sampled_from(["above", "at_least", "below", "at_most", "equals"]),
        st.sampled_from([1.0, 2.0, 3.0]),
    ),
    st.builds(
        lambda codes: ask("industry", "code_under", tuple(codes)),
        st.lists(st.sampled_from(["25", "2521", "26", "3140"]), min_size=1),
    ),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(tuple).map(All)
        | st.lists(inner, min_size=1, max_size=3).map(tuple).map(Any)
        | inner.map(Not)
    ),
    max_leaves=6,
)


@settings(max_examples=150)
@given(
    condition=CONDITIONS,
    construction=st.sampled_from(["new", "rebuild", "expand", "upgrade", None]),
    ratio=st.sampled_from([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, None]),
    code=st.sampled_from(["25", "2521", "2522", "26", "2613", "3140", "3150", None]),
)
def test_a_condition_that_a_site_meets_is_never_called_impossible(
    condition, construction, ratio, code
):
    frame = pd.DataFrame(
        {
            "construction": pd.Series([construction], dtype=object),
            "capacity_replacement_ratio": pd.Series([ratio], dtype=object),
            "industry": pd.Series([code], dtype=object),
        }
    )
    met = evaluate(condition, frame, spec=SITES, settings={}).truth[0] == TRUE
    assert not met or can_hold(condition, SITES)
