"""Whatever is entered, in whatever order: the tables are what the events say."""
# ruff: noqa: PLR0917 - every kind of entry takes the same six

from __future__ import annotations

import datetime as dt
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_life import BOSS, Clock, monitored, proof, spot
from shapely import box

from layers.errors import ToolkitError
from spatial.ledger import (
    Link,
    Person,
    Sighting,
    Transfer,
    create_ledger,
    load_lifecycle,
)
from spatial.ledger.model import RELATIONS

MOVES = [*load_lifecycle().moves]
DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
PLACES = st.builds(
    lambda x, y, wide: box(110 + x, 40 + y, 110 + x + wide, 41 + y),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(1, 2),
)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
WHICH = st.integers(0, 5)


def opened(writing, cases, which, day, place, words):
    person = Person(words) if which == 0 else None
    new = monitored(found_on=day, geometry=place, title=words, reporter=person)
    cases.append(writing.open_case(new))


def seen(writing, cases, which, day, place, words):
    relation = RELATIONS[len(words) % len(RELATIONS)]
    shape = None if relation in ("gone", "not_observed") else place
    writing.see(cases[which], Sighting(words, "r", day, relation, shape))


def moved(writing, cases, which, day, place, words):
    writing.move(cases[which], MOVES[day.day % len(MOVES)], why=words)


def amended(writing, cases, which, day, place, words):
    run = "r" if day.day % 2 else None
    writing.amend(cases[which], "kind", words, why=words, run_id=run)
    writing.amend(cases[which], "due_on", day, why=words)


def proved(writing, cases, which, day, place, words):
    kinds = ("photo", "document", "acceptance", "after_image")
    writing.attach(cases[which], proof(kinds[day.day % 4], words, taken_on=day))
    writing.attach(cases[which], spot())


def linked(writing, cases, which, day, place, words):
    link = writing.link(cases[which], Link("permit", words))
    if day.day % 2:
        writing.unlink(cases[which], link, why=words)


def paused(writing, cases, which, day, place, words):
    (writing.suspend if day.day % 2 else writing.resume)(cases[which], why=words)


def handed(writing, cases, which, day, place, words):
    writing.transfer(cases[which], Transfer(words, "NM14-L03", day), why=words)
    writing.answer(cases[which], words)


def merged(writing, cases, which, day, place, words):
    writing.merge(cases[which], cases[day.day % len(cases)], why=words)


def parted(writing, cases, which, day, place, words):
    part = monitored(geometry=place, found_on=day)
    cases += writing.split(cases[which], [part], keep=place, why=words)


def rematched(writing, cases, which, day, place, words):
    sighting = writing.see(cases[which], Sighting("", "", day, "same", place))
    to = cases[day.day % len(cases)] if day.day % 3 else None
    has_it = writing.rematch(sighting, to, why=words)
    if to is None:
        cases.append(has_it)


def forgot(writing, cases, which, day, place, words):
    writing.erase(cases[which], why=words)


ENTRIES = [
    *(opened, seen, moved, moved, amended, proved, linked),
    *(paused, handed, merged, parted, rematched, forgot),
]
STEPS = st.lists(
    st.tuples(st.sampled_from(ENTRIES), WHICH, DAYS, PLACES, WORDS, st.booleans()),
    min_size=5,
    max_size=30,
)


@settings(max_examples=30)
@given(STEPS)
def test_the_tables_are_what_the_events_say(steps):
    with tempfile.TemporaryDirectory() as folder:
        ledger = create_ledger(Path(folder) / "l.gpkg", actor=BOSS, clock=Clock())
        cases: list[str] = []
        left = list(steps)
        while left:
            many = next((i for i, one in enumerate(left, 1) if one[-1]), len(left))
            now, left = left[:many], left[many:]
            with ledger.transaction() as writing:
                for entry, which, *values, _ in now:
                    if not cases:
                        opened(writing, cases, which, *values)
                    with suppress(ToolkitError):  # refused: nothing may be there
                        entry(writing, cases, which % len(cases), *values)
        found = ledger.verify()
        assert found.faults == ()
        assert found.cases == len(cases)


def test_a_clock_that_goes_back_is_told_and_stops_nobody(ledger):
    with ledger.transaction() as writing:
        case = writing.open_case(monitored())
    ledger._clock = Clock("2020-01-01T00:00:00+00:00")
    with ledger.transaction() as writing:
        writing.move(case, "take")
    found = ledger.verify()
    assert found.ok
    assert "the clock went back" in found.notes[0]
