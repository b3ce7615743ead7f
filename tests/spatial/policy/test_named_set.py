"""Named sets: what is in them by their source, by declaration, by the office's list."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from layers.errors import InputRefusedError, UnknownKindError
from layers.layer import Setting
from layers.spec import spec
from spatial.policy import model
from spatial.policy.condition import FALSE, TRUE, UNKNOWN, Lack, evaluate
from spatial.policy.named_set import named_set, named_sets

SITES = spec("project_site")
REGULATIONS = Path(__file__).parents[4] / "shared" / "policy" / "regulations.md"
ALUMINIUM, CHEMICAL, FOOD, SHORT = "3216", "2614", "1411", "32"


def ask(name, *, settings=None, **columns):
    frame = pd.DataFrame(
        {key: pd.Series(values, dtype=object) for key, values in columns.items()}
    )
    office = {key: Setting(key, v, "虚构名录") for key, v in (settings or {}).items()}
    test = model.Test("industry", "in_set", name)
    return evaluate(test, frame, spec=SITES, settings=office)


#                 code      declared  truth
EITHER_IS_YES = [
    (ALUMINIUM, True, TRUE),
    (ALUMINIUM, None, TRUE),
    (ALUMINIUM, False, TRUE),  # the stricter counts
    (CHEMICAL, True, TRUE),
    (CHEMICAL, None, UNKNOWN),
    (CHEMICAL, False, FALSE),
    (FOOD, True, TRUE),  # the stricter counts
    (FOOD, None, UNKNOWN),
    (FOOD, False, FALSE),
    (SHORT, True, TRUE),
    (SHORT, None, UNKNOWN),
    (SHORT, False, UNKNOWN),  # 3216 may be meant
    (None, True, TRUE),
    (None, None, UNKNOWN),
    (None, False, UNKNOWN),
]


@pytest.mark.parametrize(("code", "declared", "truth"), EITHER_IS_YES)
def test_yes_by_code_or_by_flag_and_no_by_both(code, declared, truth):
    got = ask("two_high", industry=[code], is_two_high=[declared])
    assert got.truth.tolist() == [truth]
    assert bool(got.missing) == (truth == UNKNOWN)


def test_less_known_of_a_project_never_turns_yes_into_no_nor_no_into_yes():
    known = {(code, flag): truth for code, flag, truth in EITHER_IS_YES}
    for (code, flag), truth in known.items():
        for poorer in ((None, flag), (code, None)):
            assert known[poorer] in (truth, UNKNOWN), (code, flag, poorer)


def test_what_is_asked_for_is_what_could_decide():
    got = ask(
        "two_high",
        industry=[CHEMICAL, SHORT, None, None],
        is_two_high=[None, False, None, False],
    )
    code, flag = Lack("field", "industry"), Lack("field", "is_two_high")
    assert got.missing[flag].tolist() == [True, False, True, False]
    assert got.missing[code].tolist() == [False, True, True, True]


def test_a_flag_that_the_code_contradicts_is_told():
    got = ask("two_high", industry=[ALUMINIUM] * 2, is_two_high=[False, True])
    told = {why: rows.tolist() for why, rows in got.assumed.items()}
    (against,) = [rows for why, rows in told.items() if "不一致" in why]
    (reading,) = [rows for why, rows in told.items() if "暂定" in why]
    assert against == [True, False]
    assert reading == [True, True]


def test_the_list_of_the_office_stands_in_the_place_of_the_codes():
    office = {"two_high": ("2614",)}
    got = ask(
        "two_high",
        settings=office,
        industry=[CHEMICAL, ALUMINIUM, "26", None, ALUMINIUM],
        is_two_high=[None, None, None, None, True],
    )
    assert got.truth.tolist() == [TRUE, FALSE, UNKNOWN, UNKNOWN, TRUE]
    assert list(got.missing) == [Lack("field", "industry")]


def test_a_set_without_a_list_is_what_the_project_declares():
    got = ask("three_high", industry=[ALUMINIUM] * 3, is_three_high=[True, False, None])
    assert got.truth.tolist() == [TRUE, FALSE, UNKNOWN]
    assert list(got.missing) == [Lack("field", "is_three_high")]


def test_a_word_without_a_definition_waits_for_the_office():
    got = ask("heavy_chemical", industry=[CHEMICAL])
    assert got.truth.tolist() == [UNKNOWN]
    assert list(got.missing) == [Lack("setting", "heavy_chemical")]
    got = ask(
        "heavy_chemical",
        settings={"heavy_chemical": ("26",)},
        industry=[CHEMICAL, FOOD, None],
    )
    assert got.truth.tolist() == [TRUE, FALSE, UNKNOWN]


def test_a_code_of_2011_is_looked_up_by_its_equivalent_and_told():
    got = ask("two_high", settings={"two_high": ("3140",)}, industry=["3150", "3140"])
    assert got.truth.tolist() == [TRUE, TRUE]
    (rows,) = [rows for why, rows in got.assumed.items() if "2011" in why]
    assert rows.tolist() == [True, False]


def test_a_list_that_is_no_list_is_refused():
    with pytest.raises(InputRefusedError, match=r"setting 'two_high'.*list of texts"):
        ask("two_high", settings={"two_high": 3.0}, industry=[FOOD])


def test_an_unknown_set_lists_those_there_are():
    assert named_sets() == ("heavy_chemical", "three_high", "two_high")
    with pytest.raises(UnknownKindError, match=r"named set 'high'; known: heavy_chem"):
        named_set("high")


def test_flags_and_settings_of_sets_exist_and_are_not_shared():
    sets = [named_set(name) for name in named_sets()]
    flags = [one.flag for one in sets if one.flag]
    assert all(SITES.field(flag).type == "flag" for flag in flags)
    assert len(set(flags)) == len(flags)
    assert len({one.setting for one in sets}) == len(sets)


def test_no_code_is_of_two_categories():
    for name in named_sets():
        codes = named_set(name).codes
        for one, other in product(codes, codes):
            assert one == other or not one.startswith(other)


def test_a_category_is_found_by_its_code():
    two_high = named_set("two_high")
    assert two_high.member_of("C3216").title["zh"] == "有色金属冶炼"
    assert two_high.member_of(CHEMICAL) is None
    assert [one.title["zh"] for one in two_high.members] == [
        "煤电", "石化", "化工", "钢铁", "有色金属冶炼", "建材",
    ]  # fmt: skip


@pytest.mark.shared
def test_every_definition_is_quoted_from_the_compilation():
    text = REGULATIONS.read_text("utf-8")
    for name in named_sets():
        defined = named_set(name).definition
        if defined is not None:
            assert defined.quote in text
            assert defined.source in text
