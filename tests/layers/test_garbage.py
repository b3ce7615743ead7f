"""Looking for garbage is put off, and not twice."""

import gc

import pytest

from layers.garbage import uncollected


@pytest.fixture(autouse=True)
def collecting():
    was = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if was else gc.disable)()


def test_what_was_made_meanwhile_counts_as_old():
    with uncollected():
        made = [[] for _ in range(10_000)]
    young = {id(one) for age in (0, 1) for one in gc.get_objects(generation=age)}
    assert not young & set(map(id, made))
    assert gc.isenabled()


def test_rings_that_nobody_holds_are_still_found():
    gc.collect()
    with uncollected():
        ring = []
        ring.append(ring)
        del ring
    assert gc.collect() >= 1


def test_what_somebody_keeps_out_of_the_search_stays_out():
    gc.freeze()
    try:
        kept = gc.get_freeze_count()
        with uncollected():
            pass
        assert gc.get_freeze_count() >= kept - 100  # a few of them may be gone
    finally:
        gc.unfreeze()
