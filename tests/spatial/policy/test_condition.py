"""Three-valued conditions: laws, operators, and what is asked for."""

from __future__ import annotations

import datetime as dt
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import InputRefusedError
from layers.layer import Setting
from layers.spec import FieldSpec, LayerSpec, spec
from spatial.policy import model
from spatial.policy.condition import FALSE, TRUE, UNKNOWN, Evaluated, Lack, evaluate
from spatial.policy.model import All, Any, Condition, Not, SettingRef

SITES = spec("project_site")
FLAGS = (
    "is_new_capacity",
    "existing_enterprise",
    "is_two_high",
    "is_three_high",
)


def ask(condition: Condition, *, rows=None, settings=None, **columns) -> Evaluated:
    frame = pd.DataFrame(
        {name: pd.Series(values, dtype=object) for name, values in columns.items()},
        index=range(rows) if rows is not None else None,
    )
    return evaluate(condition, frame, spec=SITES, settings=settings or {})


def truth(condition: Condition, **columns) -> list[int]:
    return ask(condition, **columns).truth.tolist()


def flag(name: str) -> model.Test:
    return model.Test(name, "equals", value=True)


# -- Kleene ----------------------------------------------------------------------

VALUES = (False, None, True)


def test_and_or_not_are_minimum_maximum_and_mirror():
    pairs = list(product(VALUES, VALUES))
    columns = {FLAGS[0]: [a for a, _ in pairs], FLAGS[1]: [b for _, b in pairs]}
    a, b = flag(FLAGS[0]), flag(FLAGS[1])
    rank = [(VALUES.index(x), VALUES.index(y)) for x, y in pairs]
    assert truth(All((a, b)), **columns) == [min(pair) for pair in rank]
    assert truth(Any((a, b)), **columns) == [max(pair) for pair in rank]
    assert truth(Not(a), **columns) == [2 - x for x, _ in rank]


def conditions() -> st.SearchStrategy[Condition]:
    leaves = st.sampled_from([flag(name) for name in FLAGS])

    def grow(inner):
        several = st.lists(inner, min_size=1, max_size=3).map(tuple)
        return several.map(All) | several.map(Any) | inner.map(Not)

    return st.recursive(leaves, grow, max_leaves=8)


ROW = st.tuples(*(st.sampled_from(VALUES) for _ in FLAGS))


@settings(max_examples=60)
@given(condition=conditions(), row=ROW)
def test_filling_in_a_missing_value_never_contradicts_a_certain_answer(condition, row):
    before = truth(condition, **{n: [v] for n, v in zip(FLAGS, row, strict=True)})[0]
    choices = [(v,) if v is not None else (False, True) for v in row]
    filled = list(zip(*product(*choices), strict=True))
    after = set(truth(condition, **dict(zip(FLAGS, map(list, filled), strict=True))))
    assert UNKNOWN not in after
    assert before == UNKNOWN or after == {before}


@settings(max_examples=60)
@given(condition=conditions(), row=ROW, lost=st.sampled_from(range(len(FLAGS))))
def test_removing_a_value_moves_the_truth_to_unknown_or_not_at_all(
    condition, row, lost
):
    less = [None if i == lost else v for i, v in enumerate(row)]
    columns = {n: [v, w] for n, v, w in zip(FLAGS, row, less, strict=True)}
    before, after = truth(condition, **columns)
    assert after in (before, UNKNOWN)


@settings(max_examples=60)
@given(condition=conditions(), row=ROW)
def test_an_unknown_row_names_what_it_lacks_and_a_certain_row_asks_nothing(
    condition, row
):
    got = ask(condition, **{n: [v] for n, v in zip(FLAGS, row, strict=True)})
    asked = {lack.name for lack, rows in got.missing.items() if rows[0]}
    empty = {n for n, v in zip(FLAGS, row, strict=True) if v is None}
    assert asked <= empty
    assert bool(asked) == (got.truth[0] == UNKNOWN)


def test_an_unknown_leaf_beside_a_false_one_is_not_asked_for():
    got = ask(All((flag(FLAGS[0]), flag(FLAGS[1]))), **{FLAGS[0]: [False, True]})
    assert got.truth.tolist() == [FALSE, UNKNOWN]
    assert got.missing[Lack("field", FLAGS[1])].tolist() == [False, True]


# -- operators -------------------------------------------------------------------


def test_no_condition_is_true_everywhere():
    got = evaluate(None, pd.DataFrame(index=range(3)), spec=SITES, settings={})
    assert got.truth.tolist() == [TRUE] * 3


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2613", TRUE),
        ("C2613", TRUE),
        ("26", UNKNOWN),
        ("C26", UNKNOWN),
        ("2614", FALSE),
        ("25", FALSE),
        ("", UNKNOWN),
        (None, UNKNOWN),
        ("化工", UNKNOWN),
    ],
)
def test_an_industry_code_is_under_a_prefix_above_it_or_elsewhere(code, expected):
    assert truth(model.Test("industry", "code_under", ("2613",)), industry=[code]) == [
        expected
    ]


def test_a_division_holds_its_classes():
    under = model.Test("industry", "code_under", ("26",))
    assert truth(under, industry=["26", "261", "2613", "27"]) == [TRUE] * 3 + [FALSE]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("海勃湾工业园区", TRUE),
        ("乌海 海勃湾工业园区", TRUE),
        ("海勃湾工业园区扩区", UNKNOWN),
        ("虚构园区", FALSE),
        (None, UNKNOWN),
    ],
)
def test_a_name_matches_when_it_ends_with_a_listed_one(name, expected):
    assert truth(model.Test("name", "names", ("海勃湾工业园区",)), name=[name]) == [
        expected
    ]


def test_the_standard_name_is_read_where_an_alias_table_gave_one():
    got = truth(
        model.Test("name", "names", ("虚构园区",)),
        name=["别名园", "虚构园区", "别名园"],
        name_standard=["虚构园区", None, None],
    )
    assert got == [TRUE, TRUE, FALSE]


def test_a_list_of_products_matches_by_any_of_them():
    test = model.Test("products", "names", ("PVC", "电石"))
    values = [("烧碱", "pvc"), ("尿素",), (), None, ("PVC管材",)]
    assert truth(test, products=values) == [TRUE, FALSE, UNKNOWN, UNKNOWN, UNKNOWN]


def test_stated_tells_a_word_for_none_from_a_blank():
    test = model.Test("farmland_approval", "stated", value=True)
    values = ["国函〔0000〕0号", "无", " none ", "  ", None]
    assert truth(test, farmland_approval=values) == [
        TRUE, FALSE, FALSE, UNKNOWN, UNKNOWN,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("above", [FALSE, FALSE, TRUE]),
        ("at_least", [FALSE, TRUE, TRUE]),
        ("below", [TRUE, FALSE, FALSE]),
        ("at_most", [TRUE, TRUE, FALSE]),
        ("equals", [FALSE, TRUE, FALSE]),
    ],
)
def test_numbers_are_compared_with_the_limit_on_the_right_side(operator, expected):
    test = model.Test("capacity_replacement_ratio", operator, 1.0)
    values = [0.9, 1.0, 1.1, float("nan")]
    assert truth(test, capacity_replacement_ratio=values) == [*expected, UNKNOWN]


@pytest.mark.parametrize(
    ("operator", "expected"),
    [("before", [TRUE, FALSE, FALSE]), ("on_or_after", [FALSE, TRUE, TRUE])],
)
def test_dates_are_compared_by_day(operator, expected):
    about = LayerSpec(
        kind="x",
        title={},
        role="site",
        geometry=("point",),
        id_field="d",
        name_field="d",
        fields=(FieldSpec("d", {}, type="date"),),
    )
    days = [dt.date(2026, 3, 14), dt.date(2026, 3, 15), dt.date(2026, 3, 16), None]
    frame = pd.DataFrame({"d": pd.Series(days, dtype=object)})
    got = evaluate(
        model.Test("d", operator, dt.date(2026, 3, 15)), frame, spec=about, settings={}
    )
    assert got.truth.tolist() == [*expected, UNKNOWN]


def test_text_is_compared_as_people_write_it():
    test = model.Test("name", "equals", "虚构 园区")
    assert truth(test, name=["虚构园区", "另一园区"]) == [TRUE, FALSE]


# -- settings and assumptions ------------------------------------------------------


def test_a_setting_that_nobody_set_is_unknown_and_named():
    test = model.Test("industry", "code_under", SettingRef("heavy_chemical"))
    got = ask(test, industry=["2613", "1411"])
    assert got.truth.tolist() == [UNKNOWN, UNKNOWN]
    assert got.missing[Lack("setting", "heavy_chemical")].all()


@pytest.mark.parametrize("value", [("26",), "26"])
def test_a_setting_stands_for_its_value(value):
    test = model.Test("industry", "code_under", SettingRef("heavy"))
    office = {"heavy": Setting("heavy", value, "虚构")}
    got = ask(test, industry=["2613", "1411"], settings=office)
    assert got.truth.tolist() == [TRUE, FALSE]


def test_a_setting_of_the_wrong_type_is_refused():
    test = model.Test("industry", "code_under", SettingRef("heavy"))
    office = {"heavy": Setting("heavy", 26.0, "虚构")}
    with pytest.raises(InputRefusedError, match=r"setting 'heavy'.*a list of texts"):
        ask(test, industry=["2613"], settings=office)


@pytest.mark.parametrize(
    "value",
    [(), "25、26", "化工", ("26", "化工"), ("26", ""), ("C",), ("2",), ("26131",)],
)
def test_a_list_that_would_match_no_project_is_refused(value):
    test = model.Test("industry", "code_under", SettingRef("heavy"))
    office = {"heavy": Setting("heavy", value, "虚构")}
    with pytest.raises(InputRefusedError, match=r"setting 'heavy'.*an industry code"):
        ask(test, industry=["2613"], settings=office)


@pytest.mark.parametrize("value", [("C26", "\uff12\uff15"), ("26", "2613"), "c2613"])
def test_codes_with_a_letter_or_in_full_width_are_codes(value):
    test = model.Test("industry", "code_under", SettingRef("heavy"))
    office = {"heavy": Setting("heavy", value, "虚构")}
    assert ask(test, industry=["2613"], settings=office).truth.tolist() == [TRUE]


@pytest.mark.parametrize("operator", ["in", "names"])
@pytest.mark.parametrize("value", [(), " ", ("工厂", "")])
def test_a_list_of_nothing_is_refused(operator, value):
    test = model.Test("name", operator, SettingRef("parks"))
    office = {"parks": Setting("parks", value, "虚构")}
    with pytest.raises(InputRefusedError, match=r"setting 'parks'.*not empty"):
        ask(test, name=["工厂"], settings=office)


def test_a_reading_by_assumption_is_reported_where_it_is_used():
    test = model.Test(
        "construction",
        "in",
        ("rebuild",),
        missing="match",
        assumed=("upgrade",),
        because="技改按改建",
    )
    got = ask(test, construction=["rebuild", "upgrade", None, "new"])
    assert got.truth.tolist() == [TRUE, TRUE, TRUE, FALSE]
    assert got.assumed["技改按改建"].tolist() == [False, True, True, False]
    assert not got.missing


def test_a_reading_by_assumption_hears_each_value_of_a_list():
    test = model.Test(
        "site_activities",
        "in",
        ("quarrying",),
        assumed=("earth_taking",),
        because="取土按采石",
    )
    said = [("earth_taking",), ("none", "earth_taking"), ("quarrying",), ("market",)]
    got = ask(test, site_activities=said)
    assert got.truth.tolist() == [TRUE, TRUE, TRUE, FALSE]
    assert got.assumed["取土按采石"].tolist() == [True, True, False, False]


def test_a_table_without_rows_has_an_answer_without_rows():
    got = ask(
        All((flag(FLAGS[0]), model.Test("industry", "code_under", ("26",)))), rows=0
    )
    assert got.truth.shape == (0,)
    assert got.truth.dtype == np.int8


def test_the_input_table_is_left_alone():
    frame = pd.DataFrame({"name": pd.Series(["", "a"], dtype=object)})
    before = frame.copy(deep=True)
    evaluate(model.Test("name", "in", ("a",)), frame, spec=SITES, settings={})
    pd.testing.assert_frame_equal(frame, before)
