"""Lists that sites have alike stand once, and nothing of them is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spatial.report.shared import Lists

entries = st.sampled_from(["a", "b", "c"])
lists = st.lists(st.lists(entries, max_size=3).map(tuple), max_size=12)


@given(lists)
def test_every_site_has_the_list_that_it_had(said):
    found = Lists.of(said, key=str.upper)
    assert [found.lists[at] for at in found.which] == said
    assert len(set(found.lists)) == len(found.lists)
    assert list(found.sites) == [said.count(one) for one in found.lists]
    assert found.rows == sum(map(len, said))
    assert found.rows_once == sum(map(len, set(said)))


@given(lists)
def test_they_are_counted_in_the_order_of_the_sites(said):
    assert list(Lists.of(said, key=str).lists) == list(dict.fromkeys(said))


def test_what_has_one_key_is_one():
    found = Lists.of([("a",), ("A",), ("b",)], key=str.upper)
    assert (found.lists, found.which) == ((("a",), ("b",)), (0, 0, 1))
