"""What to ask the applicant: one question an attribute, and only what matters first."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import sample_content

from layers.spec import spec
from spatial.finding import Unknown
from spatial.lacks import Lacks
from spatial.policy.explain import attribute_missing
from spatial.policy.judge import could_change, outcome_of
from spatial.report.questions import Questions, asking, questions
from spatial.text import LANGS, TEXTS, message


def lack(attribute, rule="EX-1", **more):
    return dataclasses.replace(attribute_missing(attribute), rule=rule, **more)


def site(outcome, *unknowns, findings=()):
    records = tuple(
        sample_content.record(sample_content.finding(0, one), sample_content.LAW)
        for one in findings
    )
    return sample_content.site(
        "S-9", None, outcome, unknowns=unknowns, findings=records
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("field", spec("project_site").fields, ids=lambda one: one.name)
def test_every_attribute_has_a_question_of_one_line(field, lang):
    said = TEXTS.render(asking(field.name), lang)
    assert said.endswith(("？", "。", "?"))
    assert "{" not in said
    assert "\n" not in said


def test_the_sentence_follows_the_type():
    said = {name: TEXTS.render(asking(name), "zh") for name in (
        "industry", "construction", "is_two_high", "start_date", "capacity_mw",
        "products", "in_park",
    )}  # fmt: skip
    assert said == {
        "industry": "项目的国民经济行业小类代码是什么（GB/T 4754-2017，四位数字，首位的"
        " 0 不省略）？",
        "construction": "建设性质是哪一种：新建、改建、扩建、技术改造？",
        "is_two_high": "是否两高项目？请答“是”或“否”。",
        "start_date": "开工日期是哪一天（年-月-日）？",
        "capacity_mw": "装机容量（兆瓦）是多少？",
        "products": "主要产品有哪些（逐项列出）？",
        "in_park": "所在园区是什么（没有的，请填“无”）？",
    }


def test_one_question_an_attribute_with_every_rule_that_waits():
    asked = questions(
        site(
            "needs_information",
            lack("construction", "EX-1"),
            lack("industry", "EX-2"),
            lack("construction", "EX-3"),
            lack("construction", "EX-1"),
        )
    )
    assert [(one.attribute, one.rules) for one in asked] == [
        ("industry", ("EX-2",)),
        ("construction", ("EX-1", "EX-3")),
    ]
    assert all(one.could_change for one in asked)


def test_beside_a_certain_prohibition_a_question_stays_and_changes_nothing():
    (asked,) = questions(
        site("prohibited", lack("construction"), findings=["prohibited"])
    )
    assert not asked.could_change


def test_what_could_change_the_outcome_comes_first():
    asked = questions(
        site(
            "needs_information",
            lack("industry", at_most="restricted"),
            lack("construction"),
            findings=["restricted"],
        )
    )
    assert [(one.attribute, one.could_change) for one in asked] == [
        ("construction", True),
        ("industry", False),
    ]


def test_what_leaves_a_mere_advice_open_and_a_missing_layer_are_no_questions():
    missing = Unknown(-1, "", "layer_missing", "wetland", message("question.own"))
    advice = lack("industry", is_advice=True)
    assert questions(site("not_checked", missing, advice)) == ()


# -- an answer that could only repeat what is certain ---------------------------------

RESTRICTED = sample_content.finding(0, "restricted")
PROHIBITED = sample_content.finding(0, "prohibited")
MILD, SEVERE = lack("industry", at_most="restricted"), lack("industry")
LAYER = Unknown(-1, "", "layer_missing", "wetland", message("question.own"))


@pytest.mark.parametrize(
    ("found", "open_", "outcome"),
    [
        ([], [MILD], "needs_information"),
        ([RESTRICTED], [MILD], "restricted"),
        ([RESTRICTED], [SEVERE], "needs_information"),
        ([RESTRICTED], [MILD, SEVERE], "needs_information"),
        ([RESTRICTED], [dataclasses.replace(LAYER, at_most="restricted")],
         "not_checked"),
        ([PROHIBITED], [SEVERE, LAYER], "prohibited"),
        ([], [dataclasses.replace(SEVERE, is_advice=True)], "clear"),
        ([RESTRICTED, PROHIBITED], [MILD], "prohibited"),
    ],
)  # fmt: skip
def test_an_attribute_is_waited_for_only_where_it_could_change_the_outcome(
    found, open_, outcome
):
    assert outcome_of(found, open_) == outcome


def test_could_change_is_true_of_every_lack_beside_nothing_certain():
    assert all(could_change(one, frozenset()) for one in (MILD, SEVERE, LAYER))


def test_of_two_lacks_of_one_attribute_the_heavier_is_kept_in_the_first_place():
    both = Lacks.joined(
        [
            Lacks.at(np.array([0, 1]), MILD),
            Lacks.at(np.array([0]), lack("construction")),
            Lacks.at(np.array([0]), SEVERE),
        ]
    ).first_of_each()
    assert [(one.site, one.what, one.at_most) for one in both] == [
        (0, "industry", "prohibited"),
        (1, "industry", "restricted"),
        (0, "construction", "prohibited"),
    ]


def test_sites_alike_are_asked_once():
    lacks = (lack("industry"), lack("construction"))
    asked = Questions()
    one, other = (site("not_checked", *lacks) for _ in range(2))
    other = dataclasses.replace(other, unknowns=one.unknowns)
    banned = dataclasses.replace(
        site("prohibited", findings=["prohibited"]), unknowns=one.unknowns
    )
    assert asked(one) is asked(other)
    for some in (one, other, banned):
        assert asked(some) == questions(some)
    assert not any(one.could_change for one in asked(banned))
