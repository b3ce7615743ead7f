"""The score of a clue: its parts add up, and none of them is a secret."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import DocumentError
from spatial.finding import OUTCOMES
from spatial.monitor.priority import PARTS, PRIORITY_FILE, load_weights, priority
from spatial.permits import STATES


def clue(**more):
    row = {
        "outcome": "prohibited",
        "permit_state": "none",
        "area_m2": 200_000.0,
        "beyond_m2": 200_000.0,
        "confidence": 1.0,
        "kind": "mining",
        "trend": "new",
    }
    return pd.DataFrame([row | more], index=["P1"])


def test_the_worst_clue_has_a_hundred_points():
    got = priority(clue()).iloc[0]
    assert got["score"] == 100
    assert [got[f"score_{name}"] for name in PARTS] == [40, 25, 15, 10, 10]


def test_an_approved_patch_outside_of_every_ban_has_the_points_of_its_size_alone():
    got = priority(clue(outcome="clear", permit_state="inside")).iloc[0]
    assert got["score_law"] == got["score_permit"] == 0


def test_only_the_part_that_is_not_approved_counts():
    half = priority(clue(permit_state="beyond", beyond_m2=100_000.0)).iloc[0]
    assert half["score_permit"] == 10


def test_what_is_not_known_is_never_worth_nothing():
    weights = load_weights()
    assert weights.law["not_checked"] > weights.law["clear"]
    assert weights.permit["not_checked"] > weights.permit["inside"]
    assert weights.permit["unclear"] > weights.permit["inside"]


def test_works_that_have_gone_back_can_wait():
    assert priority(clue(trend="reduced"))["score"].item() == pytest.approx(30)


@given(
    st.sampled_from(OUTCOMES),
    st.sampled_from(STATES),
    st.floats(1, 1e7),
    st.floats(0, 1),
)
def test_the_parts_add_up_to_what_is_printed(outcome, state, area, share):
    got = priority(
        clue(
            outcome=outcome,
            permit_state=state,
            area_m2=area,
            beyond_m2=area * share,
            confidence=1 - share,
        )
    ).iloc[0]
    tenths = sum(round(got[f"score_{name}"] * 10) for name in PARTS)
    assert tenths == round(got["score"] * 10)
    assert 0 <= got["score"] <= 100


@given(st.floats(1, 1e6), st.floats(1, 1e6))
def test_a_larger_patch_is_never_less_urgent(one, two):
    small, large = sorted((one, two))
    scores = [
        priority(clue(area_m2=a, beyond_m2=a))["score"].item() for a in (small, large)
    ]
    assert scores[0] <= scores[1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("mining: 10", "mine: 10", "one of the keys mining"),
        ("unclear: 12, ", "", "the key 'unclear'"),
        ("points: 10", "points: many", "a number"),
    ],
)
def test_a_mistake_in_the_points_is_told(tmp_path, old, new, said):
    path = tmp_path / "priority.yaml"
    text = PRIORITY_FILE.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DocumentError, match=said):
        load_weights(path)


def test_the_points_say_that_no_standard_gave_them():
    assert not load_weights().verified
    assert load_weights().source
