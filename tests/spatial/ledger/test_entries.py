"""What is entered is there, as events and as rows."""

from __future__ import annotations

import pytest
from ledger_life import JUNE, MAY, monitored
from shapely import box

from spatial.ledger import Actor, CaseFilter, Person, Sighting
from spatial.ledger.errors import NoSuchCaseError, RefusedError, RoleError


def test_a_case_is_numbered_by_year_county_and_order(ledger):
    with ledger.transaction() as writing:
        made = [writing.open_case(monitored()) for _ in range(2)]
        made.append(writing.open_case(monitored(county="")))
    with ledger.transaction() as writing:
        made.append(writing.open_case(monitored()))
    assert made == [
        "2026-150624-000001",
        "2026-150624-000002",
        "2026-000000-000001",
        "2026-150624-000003",
    ]
    assert list(ledger.cases().index) == sorted(made)


#   0   1   2
# 1 ┌───┬───┐    first footprint (0,0)-(1,1), then (1,0)-(2,1): the ground is both
# 0 └───┴───┘
def test_a_sighting_moves_the_footprint_and_widens_the_ground(ledger):
    with ledger.transaction() as writing:
        one = writing.open_case(monitored(geometry=box(0, 0, 1, 1)))
        writing.see(one, Sighting("c", "r", JUNE, "grown", box(1, 0, 2, 1)))
    case = ledger.case(one)
    assert case.geometry.bounds == (1, 0, 2, 1)
    assert case.ground.bounds == (0, 0, 2, 1)
    assert case.fields["last_seen"] == JUNE
    assert [one.kind for one in case.events] == ["opened", "seen"]


def test_an_older_sighting_widens_the_ground_alone(ledger):
    with ledger.transaction() as writing:
        one = writing.open_case(monitored(geometry=box(0, 0, 1, 1), found_on=JUNE))
        writing.see(one, Sighting("c", "r", MAY, "same", box(1, 0, 2, 1)))
    case = ledger.case(one)
    assert case.geometry.bounds == (0, 0, 1, 1)
    assert case.ground.bounds == (0, 0, 2, 1)
    assert case.fields["last_seen"] == JUNE


def test_gone_is_a_hint_and_closes_nothing(ledger):
    with ledger.transaction() as writing:
        one = writing.open_case(monitored(geometry=box(0, 0, 1, 1)))
        writing.see(one, Sighting("", "r", JUNE, "gone"))
    case = ledger.case(one)
    assert (case.state, case.fields["hint"]) == ("clue", "looks_recovered")
    assert case.fields["last_seen"] == MAY
    assert case.fields["last_looked"] == JUNE


def test_nothing_of_a_transaction_that_fails_is_there(ledger):
    before = ledger.head()
    with (  # noqa: PT012
        pytest.raises(NoSuchCaseError, match="2026-150624-999999"),
        ledger.transaction() as writing,
    ):
        writing.open_case(monitored())
        writing.amend("2026-150624-999999", "title", "x", why="y")
    assert ledger.head() == before
    assert ledger.cases().empty


def test_near_finds_the_ground_and_not_the_neighbour(ledger):
    with ledger.transaction() as writing:
        west = writing.open_case(monitored(geometry=box(110, 40, 110.01, 40.01)))
        east = writing.open_case(monitored(geometry=box(110.1, 40, 110.11, 40.01)))
        writing.open_case(monitored())  # without a place
    assert list(ledger.near((110, 40, 110.005, 40.005)).index) == [west]
    assert list(ledger.known([box(110.1, 40, 110.2, 40.1)]).index) == [east]
    # 0.09 degrees are 7.7 km here
    both = ledger.near((110, 40, 110.005, 40.005), margin_m=9000)
    assert list(both.index) == [west, east]


def test_a_run_never_overwrites_what_a_person_set(ledger):
    with ledger.transaction() as writing:
        one = writing.open_case(monitored())
        writing.amend(one, "kind", "mine", run_id="r1")
        writing.amend(one, "kind", "quarry", why="到现场看过")
        writing.amend(one, "kind", "mine", run_id="r2")
        writing.amend(one, "kind", "quarry", run_id="r3")
    case = ledger.case(one)
    assert case.fields["kind"] == "quarry"
    (conflict,) = case.conflicts
    assert (conflict["kept"], conflict["run_value"]) == ("quarry", "mine")
    assert list(ledger.cases(CaseFilter(has_conflict=True)).index) == [one]
    with ledger.transaction() as writing:
        writing.amend(one, "kind", "mine", why="再看过")
    assert ledger.case(one).conflicts[0]["settled_seq"] is not None
    assert ledger.cases(CaseFilter(has_conflict=True)).empty


@pytest.mark.parametrize("text", ["a\0b", "\ud800"], ids=["nul", "surrogate"])
def test_text_that_no_store_holds_is_refused(ledger, text):
    with pytest.raises(RefusedError, match="NUL"), ledger.transaction() as writing:
        writing.open_case(monitored(title=text))
    assert ledger.cases().empty


def test_reporters_stay_apart_and_can_be_erased(ledger):
    caller = Person(name="某人（虚构）", phone="000-0000")
    with ledger.transaction() as writing:
        one = writing.open_case(monitored(source="report_12369", reporter=caller))
    assert ledger.persons(one) == (caller,)
    assert not any("000-0000" in str(event) for event in ledger.case(one).events)
    with ledger.transaction() as writing:
        writing.erase(one, why="申请删除")
    assert ledger.persons(one) == ()
    if hasattr(ledger.store, "path"):  # not even on the pages of the file
        assert b"000-0000" not in ledger.store.path.read_bytes()


def test_a_role_that_may_not_write_is_refused(ledger):
    ledger.actor = Actor("乙（虚构）", "viewer")
    with (
        pytest.raises(RoleError, match="got 'viewer'"),
        ledger.transaction() as writing,
    ):
        writing.open_case(monitored())


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"county": "15"}, "six digits"),
        ({"geometry": box(500000, 4000000, 500001, 4000001)}, "expected degrees"),
    ],
)
def test_what_cannot_be_is_refused(ledger, other, words):
    with pytest.raises(RefusedError, match=words), ledger.transaction() as writing:
        writing.open_case(monitored(**other))
