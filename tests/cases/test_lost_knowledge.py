"""The law of lost knowledge, for several losses at once and for all rules together.

`test_rule_cases.py` takes one thing at a time from each case of each rule. Here any
number of attributes, settings and layers goes, and every rule of every built-in
rulebook is heard, so that what one rule says cannot cover up what another lost.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spatial.policy.cases import shelf_of, work
from spatial.policy.judge import judge, outcome_of
from spatial.policy.load import builtin, load_rulebook

BOOKS = [load_rulebook(name) for name in builtin()]
CASES = [
    (case, rule, book) for book in BOOKS for rule in book.rules for case in rule.cases
]
EVERYWHERE = [
    replace(book, rules=tuple(replace(rule, territory=()) for rule in book.rules))
    for book in BOOKS
]

BETTER = {
    "prohibited": {"restricted", "clear"},
    "needs_information": {"restricted", "clear"},
    "not_checked": {"restricted", "clear"},
    "restricted": {"clear"},
    "clear": set(),
}
"""What each outcome may not turn into when less is known. A relief or a reading from
the strictest may make it worse, and unknowns may change places among themselves."""


def plain(outcome):
    """Return an outcome without its advice, which is neither better nor worse."""
    return "clear" if outcome == "advised" else outcome


@st.composite
def less_known(draw, cases):
    """Draw a case, and the case without some of what it tells."""
    case, rule, book = draw(st.sampled_from(cases))

    def some(told):
        lost = draw(st.sets(st.sampled_from(sorted(told)))) if told else set()
        return {key: value for key, value in told.items() if key not in lost}

    poorer = replace(
        case,
        site=some(case.site),
        settings=some(case.settings),
        zones=some(case.zones),
    )
    return case, poorer, rule, book


@settings(max_examples=60)
@given(less_known(CASES))
def test_several_losses_never_improve_what_a_rule_says(drawn):
    case, poorer, rule, book = drawn
    before, after = (plain(work(one, rule, book)) for one in (case, poorer))
    assert after not in BETTER.get(before, set()), (rule.id, case.name)


def by_every_rule(case):
    """Return the outcome of a case when every built-in rule is heard of it."""
    judgement = judge(shelf_of(case), EVERYWHERE, about="activity")
    return outcome_of(judgement.findings, judgement.unknowns)


@settings(max_examples=6)
@given(less_known(CASES))
def test_several_losses_never_improve_what_all_rules_say(drawn):
    case, poorer, _, _ = drawn
    before, after = by_every_rule(case), by_every_rule(poorer)
    assert after not in BETTER[before], case.name


@pytest.mark.parametrize("before", sorted(BETTER))
def test_nothing_is_better_than_itself(before):
    assert before not in BETTER[before]
