"""Lacks are a list of unknowns that is not spelled out, and behave like one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.text import message
from spatial.finding import Unknown
from spatial.lacks import Lacks, SharedLacks

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
def test_codes_are_equal_where_the_reasons_are(pairs):
    lacks = Lacks.each(pairs)
    lists = [[one for at, one in pairs if at == site] for site in range(SITES)]
    codes = lacks.codes(SITES).tolist()
    for a, one in zip(codes, lists, strict=True):
        assert [a == b for b in codes] == [one == other for other in lists]
        assert (a == 0) == (not one)


parts = st.lists(st.tuples(said, st.booleans()), max_size=4)


def shared(some, *, once=False):
    """Return lacks of several parts: plain ones, and such as are shared already."""
    made = [Lacks.each(pairs) for pairs, _ in some]
    mixed = [
        SharedLacks.of([one], SITES) if early else one
        for one, (_, early) in zip(made, some, strict=True)
    ]
    return SharedLacks.of(mixed, SITES, once=once), Lacks.joined(made)


@given(parts)
def test_shared_lacks_are_the_parts_by_site(some):
    lacks, plainly = shared(some)
    assert list(lacks) == list(plainly.by_site())
    assert lacks == plainly.by_site()
    assert (len(lacks), lacks[1:3]) == (len(plainly), tuple(plainly.by_site())[1:3])
    for at, told in enumerate(lacks.of_sites()):
        own = [one for one in plainly if one.site == at]
        assert [replace(one, site=at) for one in told] == own


@given(parts)
def test_of_each_the_first_is_kept_whether_shared_or_not(some):
    lacks, plainly = shared(some, once=True)
    assert list(lacks) == list(plainly.first_of_each().by_site())


@given(parts)
def test_sites_are_counted_once_a_rule(some):
    lacks, plainly = shared(some)
    rules = {one.rule for one in plainly}
    assert lacks.sites_by_rule() == {
        rule: len({one.site for one in plainly if one.rule == rule}) for rule in rules
    }


@given(said)
def test_distinct_reasons_stand_in_the_order_of_their_first_site(pairs):
    ordered = sorted(pairs, key=lambda pair: pair[0])
    seen = {id(one): one for _, one in ordered}
    assert SharedLacks.of([Lacks.each(pairs)], SITES).distinct() == tuple(seen.values())


def test_sites_with_the_same_reasons_share_them():
    lacks = Lacks.at(np.arange(2), *REASONS[:2])
    first, second, third = SharedLacks.of([lacks], 3).of_sites()
    assert first is second
    assert third == ()


def test_without_a_site_nothing_is_lacking():
    assert SharedLacks.of([Lacks()], 0) == ()
    assert SharedLacks.of([], 3).of_sites() == [(), (), ()]


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
