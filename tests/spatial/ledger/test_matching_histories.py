"""Planted histories over ten runs: every one ends as planted, in any order of rows."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import RUNS, START, day_of, histories, on_ground, rect, seen_in

from layers.errors import DocumentError, InputRefusedError
from spatial.ledger.matching import ABSENCE, IDENTITY, View, load_settings, match
from spatial.ledger.matching.outlines import updated
from spatial.ledger.matching.settings import SETTINGS_FILE
from spatial.text import TEXTS

ALL = histories()
EMPTY = ("geometry", "ground", "kind", "state", "last_seen", "closed_on", "intact_on")


def put(table, label, column, value):
    """Set one cell, a geometry too."""
    table[column] = [
        value if one == label else cell
        for one, cell in zip(table.index, table[column], strict=True)
    ]


class Book:
    """A ledger in memory: the least that keeps cases from run to run."""

    def __init__(self):
        self.known = gpd.GeoDataFrame(
            {name: pd.Series([], dtype=object) for name in EMPTY[1:]},
            geometry=[],
            crs="EPSG:4490",
            index=pd.Index([], dtype=object),
        )
        self.field, self.said, self.clues = {}, {}, {}

    def enter(self, run, seen, some):
        view = self.view(run, some)
        found = match(self.known, seen, view=view)
        after = updated(self.known, seen, found, view=view)
        for name in after.index:
            for column in ("geometry", "ground", "last_seen"):
                put(self.known, name, column, after[column].loc[name])
        rows = found.pairs[found.pairs["by"].notna()]
        for clue, case, relation in rows[["clue_id", "case_id", "relation"]].itertuples(
            index=False
        ):
            self.say(run, case, relation)
            self.clues.setdefault(case, set()).add((run, clue))
            if relation == "returned":
                self.known.loc[case, "state"] = "reopened"
        for case, relation in found.unseen[["case_id", "relation"]].itertuples(
            index=False
        ):
            self.say(run, case, relation)
        for clue in found.new:
            self.open(run, clue, seen.loc[clue])
        return found

    def view(self, run, some):
        hidden = {one.at for one in some if run in one.hidden}
        share = {
            case: 0.0 if self.field[case] in hidden else 1.0
            for case in self.known.index
        }
        return View(whole=False, before_on=START, observed=share)

    def open(self, run, clue, row):
        case = f"{run:02d}-{clue}"
        new = {
            "ground": row.geometry, "kind": row["kind"], "state": "open",
            "last_seen": row["seen_on"], "closed_on": None, "intact_on": START,
        }  # fmt: skip
        one = gpd.GeoDataFrame(
            {name: pd.Series([value], dtype=object) for name, value in new.items()},
            geometry=[row.geometry], crs="EPSG:4490",
        ).set_axis([case])  # fmt: skip
        self.known = pd.concat([self.known, one]) if len(self.known) else one
        self.field[case] = int(row["field"])
        self.clues.setdefault(case, set()).add((run, clue))
        self.say(run, case, "new")

    def say(self, run, case, relation):
        key = self.field[case], run
        self.said[key] = tuple(sorted((*self.said.get(key, ()), relation)))

    def end(self, run, state, fields, day):
        for case, at in self.field.items():
            if at in fields:
                self.known.loc[case, "state"] = state
                put(self.known, case, "closed_on", day)

    def ends(self, at):
        mine = [case for case, one in self.field.items() if one == at]
        return tuple(sorted(self.known.loc[mine, "state"]))


def walked(some, order=None):
    """Run all ten runs; `order` shuffles the rows of known cases and clues."""
    book = Book()
    for run in range(1, RUNS + 1):
        seen = seen_in(run, some)
        if order is not None:
            seen = seen.iloc[order.permutation(len(seen))]
            book.known = book.known.iloc[order.permutation(len(book.known))]
        book.enter(run, seen, some)
        day = day_of(run) + dt.timedelta(days=30)
        book.end(run, "closed", {h.at for h in some if run in h.closes}, day)
        book.end(run, "unfounded", {h.at for h in some if run in h.unfounded}, day)
    return book


@pytest.fixture(scope="module")
def book():
    return walked(ALL)


@pytest.mark.parametrize("history", ALL, ids=lambda one: f"{one.name}-{one.at}")
def test_a_history_ends_as_planted(book, history):
    assert book.ends(history.at) == history.ends
    assert len(book.ends(history.at)) == history.cases
    told = {run: book.said.get((history.at, run)) for run in history.says}
    assert told == history.says


def test_there_are_enough_histories_of_every_sort():
    assert len(ALL) >= 100
    assert len({one.name for one in ALL}) == 15


def test_every_clue_of_every_run_is_in_a_case(book):
    for run in range(1, RUNS + 1):
        entered = [
            clue for some in book.clues.values() for at, clue in some if at == run
        ]
        assert set(entered) == set(seen_in(run, ALL).index)


def test_shuffled_rows_change_nothing(book):
    other = walked(ALL, order=np.random.default_rng(7))
    assert other.clues == book.clues
    assert other.said == book.said
    mine = book.known.sort_index()
    assert mine.drop(columns=["geometry", "ground"]).equals(
        other.known.sort_index().drop(columns=["geometry", "ground"])
    )
    for column in ("geometry", "ground"):
        assert list(mine[column]) == list(other.known.sort_index()[column])


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_a_run_cut_in_two_finds_the_same_cases(book, data):
    """Each clue finds its case by itself: what else is in the run does not count."""
    run = data.draw(st.integers(1, RUNS))
    seen = seen_in(run, ALL)
    half = np.array(
        data.draw(st.lists(st.booleans(), min_size=len(seen), max_size=len(seen)))
    )
    whole = match(book.known, seen, view=book.view(run, ALL))
    one, two = (match(book.known, seen[some]) for some in (half, ~half))
    assert {**one.case_of, **two.case_of} == dict(whole.case_of)
    assert tuple(sorted(one.new + two.new)) == whole.new


@pytest.mark.parametrize(
    ("before", "key"),
    [("2024-01-01", "returned_or_left"), ("2025-06-01", "returned")],
)
def test_a_pair_that_begins_before_the_closing_may_show_an_old_scar(before, key):
    shape = on_ground(rect(0, 0, 10, 10), 0)
    known = gpd.GeoDataFrame(
        {
            "ground": gpd.GeoSeries([shape]).to_numpy(),
            "kind": ["mining"],
            "state": ["closed"],
            "last_seen": [dt.date(2024, 6, 1)],
            "closed_on": [dt.date(2025, 3, 1)],
        },
        geometry=[shape],
        crs="EPSG:4490",
    ).set_axis(["c"])
    seen = gpd.GeoDataFrame(
        {"kind": ["mining"], "seen_on": [dt.date(2025, 9, 1)]},
        geometry=[shape],
        crs="EPSG:4490",
    ).set_axis(["p"])
    view = View(whole=False, before_on=dt.date.fromisoformat(before))
    (why,) = match(known, seen, view=view).pairs["why"]
    assert why.key == f"ledger.match.{key}"
    for lang in ("zh", "en"):
        assert TEXTS.render(why, lang)


def test_a_table_without_its_columns_or_with_an_id_twice_is_refused():
    seen = seen_in(1, ALL[:2])
    with pytest.raises(InputRefusedError, match="none called ground"):
        match(seen, seen)
    empty = Book().known
    with pytest.raises(InputRefusedError, match="more than once"):
        match(empty, pd.concat([seen, seen]))


def test_settings_are_refused_that_are_none(tmp_path):
    text = SETTINGS_FILE.read_text(encoding="utf-8")
    path = tmp_path / "settings.yaml"
    for old, new, words in (
        ("value: 0.5", "value: 1.5", "a share above 0"),
        ("value: 15", "value: -1", "0 or more"),
        ("[other, unknown]", "[rumour]", "one of"),
        ("weak_share:", "week_share:", "week_share"),
    ):
        path.write_text(text.replace(old, new), encoding="utf-8")
        load_settings.cache_clear()
        with pytest.raises(DocumentError, match=words):
            load_settings(path)


def test_every_relation_has_its_sentence_in_both_languages():
    said = {f"ledger.match.{one}" for one in (*IDENTITY, *ABSENCE, "neighbour")}
    for lang in ("zh", "en"):
        assert said <= set(TEXTS.sentences(lang))


#   0       7  10     17      the case (0,0)-(10,10), the clue so far to the east
@pytest.mark.parametrize(
    ("east", "kind", "by"),
    [
        (4, "tourism", "ground"),  # six tenths shared: whatever it looks like
        (7, "industry", "ground_and_kind"),  # three tenths, kinds of one group
        (7, "unknown", "ground_and_kind"),
        (7, "tourism", None),  # three tenths, another kind: a neighbour
        (9, "unknown", None),  # one tenth, and a kind that says nothing
    ],
)
def test_how_much_ground_makes_two_one(east, kind, by):
    seen = one_clue(rect(east, 0, 10, 10), kind)
    (row,) = match(one_case(rect(0, 0, 10, 10)), seen).pairs.itertuples(index=False)
    assert row.by == by
    assert row.primary is (by is not None)


#   a strip of 3 pixels along the side of the case, or a square beside it
@pytest.mark.parametrize(
    ("shape", "kind", "year", "joins"),
    [
        (rect(10, 0, 3, 10), "mining", 2025, True),
        (rect(11, 0, 3, 10), "mining", 2025, True),  # a gap of one pixel
        (rect(12, 0, 3, 10), "mining", 2025, False),  # of two
        (rect(10, 0, 3, 10), "tourism", 2025, False),
        (rect(10, 0, 3, 10), "unknown", 2025, False),
        (rect(10, 0, 3, 10), "mining", 2027, False),  # quiet for too long
        (rect(10, 0, 10, 10), "mining", 2025, False),
        (rect(10, 10, 3, 3), "mining", 2025, False),  # corner to corner
    ],
)
def test_a_strip_along_a_case_is_growth_and_a_square_beside_it_is_not(
    shape, kind, year, joins
):
    found = match(one_case(rect(0, 0, 10, 10)), one_clue(shape, kind, year))
    relations = list(found.pairs["relation"])
    assert relations in ([["grown"]] if joins else [["neighbour"], []])
    assert (found.new == ()) is joins


def one_case(shape):
    ground = on_ground(shape, 0)
    rows = {
        "ground": gpd.GeoSeries([ground]).to_numpy(),
        "kind": ["mining"],
        "state": ["clue"],
        "last_seen": [dt.date(2024, 9, 1)],
        "closed_on": [None],
    }
    return gpd.GeoDataFrame(rows, geometry=[ground], crs="EPSG:4490").set_axis(["c"])


def one_clue(shape, kind, year=2025):
    rows = {"kind": [kind], "seen_on": [dt.date(year, 6, 1)]}
    frame = gpd.GeoDataFrame(rows, geometry=[on_ground(shape, 0)], crs="EPSG:4490")
    return frame.set_axis(["p"])
