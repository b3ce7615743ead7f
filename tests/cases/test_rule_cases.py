"""The lawyers' cases, each its own test; and what losing knowledge may do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spatial.policy.cases import check_cases, work
from spatial.policy.load import builtin, load_rulebook

CASES = [
    pytest.param(case, rule, book, id=f"{rule.id}-{case.aspect}-{case.name}")
    for book in map(load_rulebook, builtin())
    for rule in book.rules
    for case in rule.cases
]
EDGES = [one for one in CASES if one.values[0].aspect == "edge"]


@pytest.mark.parametrize(("case", "rule", "book"), CASES)
def test_case(case, rule, book):
    assert work(case, rule, book) == case.expect


@pytest.mark.parametrize(("case", "rule", "book"), EDGES)
def test_edge_at_50_degrees_north(case, rule, book):
    assert work(case, rule, book, origin=(119.0, 50.0)) == case.expect


def test_check_cases_reports_every_case_in_order():
    book = load_rulebook("yili")
    results = check_cases(book)
    assert [one.case for one in results] == [
        case for rule in book.rules for case in rule.cases
    ]
    assert all(one.passed for one in results)


def test_check_cases_reports_a_case_that_fails():
    book = load_rulebook("yili")
    rule = book.rules[0]
    wrong = replace(rule.cases[0], expect="clear")
    results = check_cases(replace(book, rules=(replace(rule, cases=(wrong,)),)))
    assert [(one.got, one.passed) for one in results] == [("prohibited", False)]


# -- knowledge lost never improves the outcome ----------------------------------------

MAY_COME_FROM = {
    # An advice is no part of the outcome, so to lose one makes nothing better.
    "clear": {"clear", "advised"},
    "advised": {"advised"},
    "restricted": {"restricted", "clear"},
}


def less_known(case):
    """Yield the case without one attribute, setting, layer or zone field each."""
    for name in case.site:
        site = {key: value for key, value in case.site.items() if key != name}
        yield f"attribute {name}", replace(case, site=site)
    for name in case.settings:
        rest = {key: value for key, value in case.settings.items() if key != name}
        yield f"setting {name}", replace(case, settings=rest)
    for kind, zones in case.zones.items():
        others = {key: value for key, value in case.zones.items() if key != kind}
        yield f"layer {kind}", replace(case, zones=others)
        for position, zone in enumerate(zones):
            for name in zone.fields:
                fields = {k: v for k, v in zone.fields.items() if k != name}
                changed = list(zones)
                changed[position] = replace(zone, fields=fields)
                poorer = {**case.zones, kind: tuple(changed)}
                yield f"{kind}.{name}", replace(case, zones=poorer)


@pytest.mark.parametrize(("case", "rule", "book"), CASES)
def test_losing_knowledge_never_improves_the_outcome(case, rule, book):
    for lost, poorer in less_known(case):
        got = work(poorer, rule, book)
        may = MAY_COME_FROM.get(got, {case.expect})
        assert case.expect in may, lost
