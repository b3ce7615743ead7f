"""Lacks are a list of unknowns that is not spelled out, and behave like one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.text import message
from spatial.finding import Unknown
from spatial.lacks import Lacks

SITES = 5


def reason(rule, kind, what):
    return Unknown(-1, rule, kind, what, message("why.anywhere"))


REASONS = [
    reason(rule, kind, what)
    for rule in ("", "A-1")
    for kind in ("layer_missing", "attribute_missing")
    for what in ("x", "y")
]
said = st.lists(
    st.tuples(st.integers(0, SITES - 1), st.sampled_from(REASONS)), max_size=30
)


def plain(pairs):
    return [Unknown(site, o.rule, o.kind, o.what, o.why) for site, o in pairs]


@given(said)
def test_what_was_put_in_comes_out_in_order(pairs):
    lacks = Lacks.each(pairs)
    assert list(lacks) == plain(pairs)
    assert [lacks[at] for at in range(len(lacks))] == plain(pairs)
    assert list(lacks[1:3]) == plain(pairs)[1:3]


@given(said, said)
def test_joined_is_one_after_the_other(first, second):
    both = Lacks.joined((Lacks.each(first), Lacks.each(second)))
    assert list(both) == plain([*first, *second])


@given(said)
def test_the_first_of_each_is_what_a_dictionary_keeps(pairs):
    kept = {}
    for one in plain(pairs):
        kept.setdefault((one.site, one.rule, one.kind, one.what), one)
    assert list(Lacks.each(pairs).first_of_each()) == list(kept.values())


@given(said)
def test_by_site_keeps_the_order_within_a_site(pairs):
    ordered = sorted(plain(pairs), key=lambda one: one.site)
    assert list(Lacks.each(pairs).by_site()) == ordered


@given(said)
def test_each_site_has_its_reasons(pairs):
    of_sites = Lacks.each(pairs).of_sites(SITES)
    assert of_sites == [
        tuple(one for at, one in pairs if at == site) for site in range(SITES)
    ]


@given(said)
def test_sites_are_counted_once_a_rule(pairs):
    counted = Lacks.each(pairs).sites_by_rule()
    for rule, count in counted.items():
        assert count == len({at for at, one in pairs if one.rule == rule})


@given(said)
def test_distinct_reasons_stand_in_the_order_of_their_first_site(pairs):
    first = {id(one): one for _, one in reversed(pairs)}
    seen = sorted(first.values(), key=[one for _, one in pairs].index)
    assert Lacks.each(pairs).distinct() == tuple(seen)


def test_sites_with_the_same_reasons_share_them():
    first, second, third = Lacks.at(np.arange(2), *REASONS[:2]).of_sites(3)
    assert first is second
    assert third == ()


def test_a_mask_chooses_sites():
    lacks = Lacks.at(np.array([0, 2, 4]), REASONS[0])
    wanted = np.array([True, True, True, False, False])
    assert [one.site for one in lacks.where(wanted)] == [0, 2]
    assert lacks.mask(SITES).tolist() == [True, False, True, False, True]


def test_a_rule_is_put_to_all_of_them():
    (one,) = Lacks.at(np.array([3]), REASONS[0]).of_rule("B-2")
    assert (one.site, one.rule, one.kind) == (3, "B-2", "layer_missing")


def test_nothing_is_equal_to_nothing_and_has_no_hash():
    assert Lacks() == ()
    assert Lacks.at(np.array([1]), REASONS[0]) != ()
    with pytest.raises(TypeError, match="unhashable"):
        hash(Lacks())
