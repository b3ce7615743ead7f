"""Runs and lists enter the ledger: planted histories, halves, twice, by persons."""

import datetime as dt
import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from planted import RUNS, START, day_of, histories, on_ground, seen_in
from shapely import box

from spatial.ledger import Actor, CaseFilter, Evidence, create_ledger
from spatial.ledger.entering import Batch, enter
from spatial.ledger.errors import RoleError
from spatial.ledger.model import Person
from spatial.text import TEXTS

BOSS = Actor("甲（虚构）", "admin")
ALL = histories()
EVERYTHING = CaseFilter(with_merged=True)


class Clock:
    """A clock that people set."""

    def __init__(self):
        self.day = START

    def __call__(self):
        return dt.datetime.combine(self.day, dt.time(3), tzinfo=dt.UTC)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(place, clock):
    return create_ledger(place, actor=BOSS, clock=clock)


def extent(some):
    boxes = [on_ground(box(-20, -20, 120, 120), one.at) for one in some]
    return gpd.GeoSeries(boxes, crs="EPSG:4490")


def batch_of(run, some, seen=None, **more):
    fields = {one.at: on_ground(box(-20, -20, 120, 120), one.at) for one in some}
    hidden = shapely.union_all(
        [fields[one.at] for one in some if run in one.hidden] or [shapely.Point()]
    )

    def observe(grounds):
        return {
            str(name): 0.0 if shapely.intersects(shape, hidden) else 1.0
            for name, shape in grounds.items()
        }

    given = {
        "run_id": f"run-{run:02d}", "on": day_of(run), "before_on": START,
        "clues": seen_in(run, some) if seen is None else seen,
        "whole": False, "source": "monitor", "reach": extent(some), "observe": observe,
    }  # fmt: skip
    return Batch(**{**given, **more})


def proof(kind):
    return Evidence(kind=kind, name=f"{kind}（虚构）", sha256="0" * 64, path="x")


def close(ledger, case_ids):
    with ledger.transaction() as writing:
        for one in case_ids:
            row = writing.pending.row(one)
            if row["state"] != "clue":
                continue
            writing.move(one, "take")
            writing.attach(one, proof("document"))
            writing.move(one, "file")
            writing.attach(one, proof("document"))
            writing.amend(one, "responsible", "某单位（虚构）", why="查明")
            writing.amend(one, "measure", "拆除", why="方案")
            writing.attach(one, proof("document"))
            writing.move(one, "order")
            for kind in ("photo", "acceptance", "after_image"):
                writing.attach(one, proof(kind))
            writing.move(one, "report_done")
            writing.move(one, "close")


def dismiss(ledger, case_ids):
    with ledger.transaction() as writing:
        for one in case_ids:
            writing.move(one, "take")
            writing.attach(one, proof("document"))
            writing.move(one, "dismiss", why="现场无问题（虚构）")


def in_fields(ledger, some):
    table = ledger.cases()
    boxes = shapely.union_all([on_ground(box(-20, -20, 120, 120), h.at) for h in some])
    return list(table.index[table.geometry.intersects(boxes)])


def walked(ledger, clock, some, cut=None):
    """Ten runs; `cut` enters each in two halves, in another order of rows."""
    done = []
    for run in range(1, RUNS + 1):
        clock.day = day_of(run)
        seen = seen_in(run, some)
        if cut is not None:
            seen = seen.iloc[cut.permutation(len(seen))]
        batch = batch_of(run, some, seen)
        if cut is None:
            done.append(enter(ledger, batch))
        else:
            half = len(seen) // 2
            enter(ledger, batch, only=list(seen.index[:half]))
            done.append(enter(ledger, batch))
        clock.day = day_of(run) + dt.timedelta(days=30)
        closing = [one for one in some if run in one.closes]
        if closing:
            close(ledger, in_fields(ledger, closing))
        wrong = [one for one in some if run in one.unfounded]
        if wrong:
            dismiss(ledger, in_fields(ledger, wrong))
    return done


def ends(ledger, history):
    table = ledger.cases()
    field = on_ground(box(-20, -20, 120, 120), history.at)
    state = table["state"][table.geometry.intersects(field)]
    plain = {"clue": "open"}
    return tuple(sorted(plain.get(one, one) for one in state))


def clues_by_case(ledger):
    """Each case as the set of what was seen of it, and how it stands."""
    out = {}
    for case_id in ledger.cases().index:
        case = ledger.case(case_id)
        key = frozenset((one["run_id"], one["clue_id"]) for one in case.sightings)
        out[key] = (
            case.state, case.fields["kind"], shapely.normalize(case.geometry).wkt,
            round(case.fields["ground_m2"], 2), case.fields["last_seen"],
        )  # fmt: skip
    return out


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    clock = Clock()
    ledger = create_ledger(
        tmp_path_factory.mktemp("whole") / "l.gpkg", actor=BOSS, clock=clock
    )
    return ledger, walked(ledger, clock, ALL)


def test_every_planted_history_ends_as_planted_in_the_ledger(whole):
    ledger, _ = whole
    wrong = {
        f"{one.name}-{one.at}": ends(ledger, one)
        for one in ALL
        if ends(ledger, one) != one.ends
    }
    assert wrong == {}


def test_the_history_of_all_that_is_sound(whole):
    ledger, _ = whole
    assert ledger.verify().faults == ()


def test_no_clue_is_lost_and_none_counts_twice(whole):
    ledger, _ = whole
    entered = [
        (one["run_id"], one["clue_id"])
        for case_id in ledger.cases().index
        for one in ledger.case(case_id).sightings
        if one["clue_id"] and one["facts"].get("primary", True)
    ]
    wanted = [
        (f"run-{run:02d}", name)
        for run in range(1, RUNS + 1)
        for name in seen_in(run, ALL).index
    ]
    assert sorted(entered) == sorted(wanted)


def test_a_gone_case_is_a_hint_and_stays_open(whole):
    ledger, _ = whole
    gone = [one for one in ALL if one.name in ("gone", "cloud_gone")]
    table = ledger.cases().loc[in_fields(ledger, gone)]
    assert set(table["state"]) == {"clue"}
    assert set(table["hint"]) == {"looks_recovered"}


def test_a_run_entered_twice_changes_nothing_and_says_so(whole):
    ledger, _ = whole
    head = ledger.head()
    again = enter(ledger, batch_of(3, ALL))
    assert again.was_entered
    assert again.skipped == len(seen_in(3, ALL))
    assert not again.opened
    assert ledger.head() == head


def test_halves_in_another_order_end_with_the_same_cases(tmp_path, whole):
    some = [one for one in ALL if one.at % 4 == 1]
    plain, cut = (
        create_ledger(tmp_path / f"{n}.gpkg", actor=BOSS, clock=Clock()) for n in "ab"
    )
    walked(plain, plain._clock, some)
    walked(cut, cut._clock, some, cut=np.random.default_rng(3))
    assert clues_by_case(cut) == clues_by_case(plain)
    assert cut.verify().ok


def square(x, y, side=10, **fields):
    shape = on_ground(box(x, y, x + side, y + side), 0)
    return {"geometry": shape, "kind": "mining", **fields}


def clues(day, **rows):
    table = pd.DataFrame(list(rows.values()), index=pd.Index(list(rows), dtype=object))
    table["seen_on"] = pd.Series([day] * len(table), index=table.index, dtype=object)
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4490")


def run(number, *, before=START, **rows):
    return Batch(
        f"r{number}", day_of(number), clues(day_of(number), **rows),
        before_on=before, whole=False, source="monitor",
    )  # fmt: skip


def only_case(ledger):
    (case_id,) = ledger.cases().index
    return ledger.case(case_id)


def test_what_a_person_has_set_a_run_does_not_overwrite(ledger):
    enter(ledger, run(1, a=square(0, 0, outcome="restricted")))
    case_id = only_case(ledger).case_id
    with ledger.transaction() as writing:
        writing.amend(case_id, "kind", "tourism", why="现场看过（虚构）")
    found = enter(ledger, run(2, a=square(0, 0, outcome="prohibited")))
    case = only_case(ledger)
    assert found.conflicts == ((case_id, "kind"),)
    assert case.fields["kind"] == "tourism"
    assert case.fields["outcome"] == "prohibited"
    assert [one["run_value"] for one in case.conflicts] == ["mining"]
    assert enter(ledger, run(3, a=square(0, 0))).conflicts == ()
    assert len(only_case(ledger).conflicts) == 1


def test_an_unknown_kind_does_not_take_the_place_of_a_known_one(ledger):
    enter(ledger, run(1, a=square(0, 0)))
    enter(ledger, run(2, a=square(0, 0, kind="unknown")))
    assert only_case(ledger).fields["kind"] == "mining"


@pytest.mark.parametrize(
    ("state", "codes", "beyond"),
    [("inside", ("示采许1号",), 0.0), ("beyond", ("示采许1号",), 812.5),
     ("expired", ("示采许1号",), 10_000.0), ("none", (), 10_000.0)],
)  # fmt: skip
def test_a_case_is_linked_with_the_permits_that_it_meets(ledger, state, codes, beyond):
    said = {"permit_state": state, "permit_codes": codes, "beyond_m2": beyond}
    enter(ledger, run(1, a=square(0, 0, **said)))
    enter(ledger, run(2, a=square(0, 0, **said)))
    case = only_case(ledger)
    links = [(one["target"], one["relation"]) for one in case.links]
    assert links == [(code, state) for code in codes]
    assert all(one["facts"]["beyond_m2"] == beyond for one in case.links)
    assert case.fields["facts"]["permit_state"] == state


def test_a_permit_that_ran_out_is_told_in_the_case(ledger):
    for number, state in ((1, "inside"), (2, "expired")):
        said = {"permit_state": state, "permit_codes": ("示采许1号",)}
        enter(ledger, run(number, a=square(0, 0, **said)))
    case = only_case(ledger)
    assert [one["relation"] for one in case.links] == ["inside", "expired"]
    assert case.fields["facts"]["permit_state"] == "expired"


def test_a_neighbour_is_a_case_of_its_own_and_linked(ledger):
    enter(ledger, run(1, a=square(0, 0)))
    first = only_case(ledger).case_id
    found = enter(ledger, run(2, a=square(0, 0), b=square(11, 0)))
    case = ledger.case(found.opened["b"])
    assert [(one["target"], one["relation"]) for one in case.links] == [
        (first, "neighbour")
    ]


def test_steps_from_run_to_run_grow_a_case_and_never_say_gone(ledger):
    """Each run compares with the one before: a strip a year, then nothing."""
    enter(ledger, run(1, a=square(0, 0)))
    strip = {"geometry": on_ground(box(10, 0, 13, 10), 0), "kind": "mining"}
    found = enter(ledger, run(2, before=day_of(1), b=strip))
    assert list(found.seen["relation"]) == ["grown"]
    case = only_case(ledger)
    assert case.fields["area_m2"] == pytest.approx(1.3 * 10_000, rel=0.01)
    quiet = Batch(
        "r3", day_of(3), clues(day_of(3), far=square(90, 90)), before_on=day_of(2),
        whole=False, source="monitor", reach=gpd.GeoSeries([case.ground.buffer(0.01)]),
        observe=lambda grounds: dict.fromkeys(grounds.index, 1.0),
    )  # fmt: skip
    assert list(enter(ledger, quiet).unseen["relation"]) == ["unchanged"]
    assert ledger.case(case.case_id).fields["hint"] == ""


def test_clues_of_one_run_never_join_a_case_that_it_opened(ledger):
    """At once or in two halves: a strip along a pit, both new, are two cases."""
    strip = {"geometry": on_ground(box(10, 0, 13, 10), 0), "kind": "mining"}
    both = run(1, a=square(0, 0), b=strip)
    enter(ledger, both, only=["a"])
    found = enter(ledger, both)
    assert list(found.opened) == ["b"]
    assert len(ledger.cases()) == 2


def test_works_that_go_back_do_not_reopen_and_leave_a_hint(ledger, clock):
    enter(ledger, run(1, a=square(0, 0)))
    back = square(0, 0, trend="reduced")
    found = enter(ledger, run(2, before=day_of(1), a=back))
    assert list(found.seen["relation"]) == ["recovering"]
    case = only_case(ledger)
    assert case.fields["hint"] == "recovering"
    assert case.fields["area_m2"] == pytest.approx(10_000, rel=0.01)
    clock.day = day_of(3)
    close(ledger, [case.case_id])
    enter(ledger, run(4, before=day_of(3), a=back))
    assert only_case(ledger).state == "closed"


def test_an_unfounded_case_that_grows_is_told(ledger):
    enter(ledger, run(1, a=square(0, 0)))
    dismiss(ledger, [only_case(ledger).case_id])
    enter(ledger, run(2, a=square(0, 0)))
    assert only_case(ledger).fields["hint"] == ""
    enter(ledger, run(3, a=square(0, 0, side=14)))
    assert only_case(ledger).fields["hint"] == "grown_after_unfounded"
    assert only_case(ledger).state == "unfounded"


def test_an_older_run_that_comes_late_is_entered_and_moves_nothing(ledger):
    enter(ledger, run(3, a=square(0, 0, side=12)))
    found = enter(ledger, run(1, a=square(0, 0)))
    assert list(found.seen["relation"]) == ["earlier"]
    case = only_case(ledger)
    assert case.fields["last_seen"] == day_of(3)
    assert case.fields["area_m2"] == pytest.approx(14_400, rel=0.01)


def test_a_person_takes_a_clue_out_and_gives_it_to_another(ledger):
    enter(ledger, run(1, a=square(0, 0), far=square(60, 60)))
    enter(ledger, run(2, a=square(0, 0, side=13)))
    first, other = ledger.cases().index
    seen = ledger.case(first).sightings[-1]
    with ledger.transaction() as writing:
        own = writing.rematch(seen["seq"], None, why="另一家（虚构）")
    assert own not in (first, other)
    assert ledger.case(first).fields["area_m2"] == pytest.approx(10_000, rel=0.01)
    again = enter(ledger, run(2, a=square(0, 0, side=13)))
    assert again.was_entered
    kinds = [one.kind for one in ledger.case(first).events]
    assert "rematched" in kinds
    assert ledger.verify().ok


def test_the_reason_of_a_match_can_be_read_again(ledger):
    from spatial.ledger.entered_fields import message_of

    enter(ledger, run(1, a=square(0, 0)))
    enter(ledger, run(2, a=square(0, 0)))
    why = only_case(ledger).sightings[-1]["why"]
    said = TEXTS.render(message_of(why))
    assert said.startswith(f"即已有案件{only_case(ledger).case_id}：线索的100%")


def test_a_viewer_may_not_enter(tmp_path, clock):
    create_ledger(tmp_path / "l.gpkg", actor=BOSS, clock=clock)
    from spatial.ledger import open_ledger

    viewer = open_ledger(tmp_path / "l.gpkg", actor=Actor("乙（虚构）", "viewer"))
    head = viewer.head()
    with pytest.raises(RoleError, match="role"):
        enter(viewer, run(1, a=square(0, 0)))
    assert viewer.head() == head


def listing(day, name, *rows, reporters=None, placeless=None):
    table = clues(day, **dict(rows))
    return Batch(
        name, day, table, reporters=reporters or {},
        **({} if placeless is None else {"placeless": placeless}),
    )  # fmt: skip


def point(x, y, **fields):
    shape = on_ground(shapely.Point(x, y), 0)
    return {"geometry": shape, "kind": None, "origin": "report_12369", **fields}


def test_a_report_on_a_known_pit_is_no_new_case(ledger):
    enter(ledger, run(1, a=square(0, 0)))
    who = Person(name="张三（虚构）")
    found = enter(
        ledger, listing(day_of(2), "l", ("x", point(3, 3)), reporters={"x": who})
    )
    assert not found.opened
    case = only_case(ledger)
    assert case.fields["area_m2"] == pytest.approx(10_000, rel=0.01)
    assert ledger.persons(case.case_id) == (who,)
    assert "张三" not in "".join(str(one) for one in case.events)


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_reports_of_one_place_on_one_list_are_one_case(tmp_path, clock, order):
    places = {"a": point(0, 0), "b": point(2, 0), "c": point(40, 0)}
    ledger = create_ledger(tmp_path / "l.gpkg", actor=BOSS, clock=clock)
    rows = [(name, places[name]) for name in order]
    found = enter(ledger, listing(day_of(1), "l", *rows))
    assert found.opened["a"] == found.opened["b"] != found.opened["c"]
    assert len(ledger.cases()) == 2


def test_a_report_without_a_place_is_registered(ledger):
    words = pd.DataFrame(
        {"kind": [None], "seen_on": [day_of(1)], "origin": ["report_12369"],
         "description": ["河边倾倒（虚构）"]},
        index=["y"],
    )  # fmt: skip
    found = enter(ledger, listing(day_of(1), "l", ("x", point(0, 0)), placeless=words))
    case = ledger.case(found.opened["y"])
    assert case.geometry is None
    assert case.fields["facts"]["description"] == "河边倾倒（虚构）"
    again = enter(ledger, listing(day_of(1), "l", ("x", point(0, 0)), placeless=words))
    assert again.was_entered
