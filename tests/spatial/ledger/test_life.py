"""The life of a case: which moves there are, and what each wants."""

from __future__ import annotations

import datetime as dt

import pytest
from ledger_life import (
    BOSS,
    JULY,
    Clock,
    close,
    monitored,
    proof,
    spot,
    to_acceptance,
)
from shapely import box

from layers.errors import DocumentError
from spatial.ledger import (
    Actor,
    CaseFilter,
    Transfer,
    load_calendar,
    load_lifecycle,
    open_ledger,
)
from spatial.ledger.errors import MoveRefusedError, RefusedError
from spatial.ledger.lifecycle import OWN

LIFE = load_lifecycle()


@pytest.fixture
def case(ledger):
    with ledger.transaction() as writing:
        return writing.open_case(monitored(geometry=box(110, 40, 110.01, 40.01)))


def test_a_case_goes_from_clue_to_closed(ledger, case):
    with ledger.transaction() as writing:
        close(writing, case)
    found = ledger.case(case)
    moves = [one for one in found.events if one.kind == "moved"]
    assert [one.to_state for one in moves] == [
        *("to_check", "filed", "rectifying", "to_accept", "closed")
    ]
    assert all(one.actor == BOSS.name and one.at for one in moves)
    assert found.fields["closed_with_image"] is True
    assert found.fields["closed_in_time"] is True


def test_a_case_closed_without_an_image_is_marked(ledger, case):
    with ledger.transaction() as writing:
        close(writing, case, image="without")
    assert ledger.case(case).fields["closed_with_image"] is False


def test_a_move_without_its_evidence_names_what_lacks(ledger, case):
    with ledger.transaction() as writing:
        to_acceptance(writing, case)
    with (
        pytest.raises(MoveRefusedError, match="acceptance") as caught,
        ledger.transaction() as writing,
    ):
        writing.move(case, "close")
    assert caught.value.lacks == (
        "evidence is missing: acceptance",
        "evidence is missing: after_image or field_coordinates+photo",
    )
    assert ledger.case(case).state == "to_accept"
    assert ledger.case(case).next_moves["close"] == caught.value.lacks


def test_old_evidence_does_not_close_a_case_that_was_refused(ledger, case):
    with ledger.transaction() as writing:
        to_acceptance(writing, case)
        writing.attach(case, proof("acceptance"))
        writing.attach(case, proof("after_image"))
        writing.move(case, "reject", why="仍有弃渣")
        with pytest.raises(MoveRefusedError, match="photo or document or after_image"):
            writing.move(case, "report_done")


def test_an_after_image_from_before_the_damage_was_last_seen_closes_nothing(
    ledger, case
):
    seen = ledger.case(case).fields["last_seen"]
    early, late = seen - dt.timedelta(days=1), seen + dt.timedelta(days=1)
    with ledger.transaction() as writing:
        to_acceptance(writing, case)
        writing.attach(case, proof("acceptance"))
        writing.attach(case, proof("after_image", taken_on=early))
        with pytest.raises(MoveRefusedError, match="after_image or field_coordinates"):
            writing.move(case, "close")
        writing.attach(case, proof("after_image", "新片（虚构）", taken_on=late))
        writing.move(case, "close")
    assert ledger.case(case).fields["closed_with_image"] is True


def test_a_closed_case_reopens_with_a_reason(ledger, case):
    with ledger.transaction() as writing:
        close(writing, case)
        with pytest.raises(MoveRefusedError, match="reason"):
            writing.move(case, "recur")
        writing.move(case, "recur", why="又见扰动")
    fields = ledger.case(case).fields
    assert (fields["state"], fields["reopened_count"]) == ("reopened", 1)
    assert fields["closed_on"] is None


@pytest.mark.parametrize("state", [*LIFE.states])
@pytest.mark.parametrize("move", [*LIFE.moves])
def test_only_the_foreseen_moves_start_from_a_state(state, move):
    from spatial.ledger.lifecycle import lacks

    row = {"state": state, "suspended": False, "responsible": "x", "measure": "x"}
    every = {"photo", "document", "acceptance", "after_image"}
    found = lacks(LIFE.moves[move], actor=BOSS, row=row, evidence=every, why="x")
    assert (found == ()) == (state in LIFE.moves[move].from_states)


@pytest.mark.parametrize("move", [*LIFE.moves])
def test_a_viewer_makes_no_move(ledger, case, move):
    ledger.actor = Actor("乙（虚构）", "viewer")
    with (
        pytest.raises(MoveRefusedError, match="got 'viewer'"),
        ledger.transaction() as writing,
    ):
        writing.move(case, move)


def test_who_accepts_is_not_who_works_on_it():
    close_ = LIFE.moves["close"]
    assert "case_officer" not in close_.roles
    assert "acceptor" not in LIFE.moves["report_done"].roles


def test_a_suspended_case_is_not_moved_and_not_overdue(ledger, case):
    late = dt.date(2027, 6, 1)
    overdue = CaseFilter(overdue_on=late)
    assert list(ledger.cases(overdue).index) == [case]
    with ledger.transaction() as writing:
        writing.suspend(case, why="等待判决")
        with pytest.raises(MoveRefusedError, match="suspended"):
            writing.move(case, "take")
    assert ledger.cases(overdue).empty
    with ledger.transaction() as writing:
        writing.resume(case, why="判决已下")
        writing.move(case, "take")
    assert ledger.case(case).state == "to_check"


def test_a_transfer_wants_every_field_of_its_form(ledger, case):
    with (
        pytest.raises(RefusedError, match="title") as caught,
        ledger.transaction() as writing,
    ):
        writing.transfer(case, Transfer("", "NM14-L03", JULY), why="职责")
    assert caught.value.lacks == (
        "the title (problem) is missing",
        "the department is missing",
    )


def test_a_step_left_out_needs_a_reason(ledger, case):
    with ledger.transaction() as writing:
        writing.amend(case, "supervision_step", "survey")
        writing.amend(case, "supervision_step", "assign")
        with pytest.raises(RefusedError, match="reason"):
            writing.amend(case, "supervision_step", "talk")
        writing.amend(case, "supervision_step", "talk", why="已查清")
        with pytest.raises(RefusedError, match="expected a step"):
            writing.amend(case, "supervision_step", "party", why="x")


def test_merged_and_split_cases_keep_their_history(ledger, case):
    with ledger.transaction() as writing:
        other = writing.open_case(monitored(geometry=box(110.02, 40, 110.03, 40.01)))
        writing.merge(other, case, why="同一处")
    assert ledger.case(case).ground.bounds == (110, 40, 110.03, 40.01)
    assert ledger.case(other).fields["merged_into"] == case
    assert [one.kind for one in ledger.case(other).events] == ["opened", "merged"]
    assert list(ledger.cases().index) == [case]
    assert list(ledger.near((110.02, 40, 110.03, 40.01)).index) == [case]
    with (
        pytest.raises(RefusedError, match=f"merged into {case}"),
        ledger.transaction() as writing,
    ):
        writing.attach(other, spot())


def test_a_deadline_is_reckoned_and_says_that_it_is_not_certain(ledger, case):
    # opened on 2026-06-02, a Tuesday: 15 days that are no weekend
    fields = ledger.case(case).fields
    assert fields["due_on"] == dt.date(2026, 6, 23)
    assert fields["due_certain"] is False


# -- working days ----------------------------------------------------------


def table(tmp_path, years):
    path = tmp_path / "holidays.yaml"
    path.write_text("years:\n" + years, encoding="utf-8")
    return path


MADE_UP = """  2026:
    source: 虚构的通知
    holidays: [2026-06-19]
    workdays: [2026-06-14]
"""


def test_a_table_of_holidays_moves_the_deadline(place, tmp_path, ledger):
    # Sunday the 14th is worked, Friday the 19th is not: the same day, and certain
    calendar = load_calendar(table(tmp_path, MADE_UP))
    ledger = open_ledger(place, actor=BOSS, clock=Clock(), calendar=calendar)
    with ledger.transaction() as writing:
        one = writing.open_case(monitored())
    fields = ledger.case(one).fields
    assert (fields["due_on"], fields["due_certain"]) == (dt.date(2026, 6, 23), True)


@pytest.mark.parametrize(
    ("years", "words"),
    [
        ("  2026:\n    holidays: []\n    workdays: []\n", "the key 'source'"),
        (MADE_UP.replace("2026-06-19", "2025-06-19"), "a day of 2026"),
        (MADE_UP.replace("2026-06-19", "2026-06-20"), "from Monday to Friday"),
        (MADE_UP.replace("2026-06-14", "2026-06-15"), "a Saturday or Sunday"),
        (MADE_UP.replace("  2026:", "  26:"), "a year of four digits"),
    ],
)
def test_a_broken_table_of_holidays_is_refused(tmp_path, years, words):
    with pytest.raises(DocumentError, match=words):
        load_calendar(table(tmp_path, years))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("to: filed", "to: jailed", "one of clue, to_check"),
        ("roles: [acceptor, admin]", "roles: [chief]", "one of viewer, entry"),
        ("fields: [responsible, measure]", "fields: [soul]", "one of county"),
        ("[[acceptance]", "[[blessing]", "kinds of evidence"),
        ("    since: [filed, reopened]\n", "", "the key 'since'"),
        ("remind_days: 7", "remind_days: 7.5", "a whole number"),
        ("first: clue", "first: rumour", "one of clue"),
    ],
)
def test_a_broken_lifecycle_is_refused(tmp_path, old, new, words):
    text = OWN.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "lifecycle.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DocumentError, match=words):
        load_lifecycle(path)


def test_no_deadline_is_called_law_without_a_source():
    assert all(not one.verified and one.note for one in LIFE.deadlines.values())
