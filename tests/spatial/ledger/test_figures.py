"""What the ledger adds up to: each fate where it belongs, periods that close."""

from __future__ import annotations

import datetime as dt
import itertools

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from layers.errors import InputRefusedError
from spatial.ledger import (
    Actor,
    CaseFilter,
    Evidence,
    NewCase,
    Transfer,
    create_ledger,
    load_lifecycle,
)
from spatial.ledger.figures import (
    BY,
    complaints,
    counts,
    density,
    duties,
    liabilities,
    period,
    unit_counts,
    unit_shares,
)
from spatial.ledger.figures.counts import ends_of
from spatial.measure import area_m2

BOSS = Actor("甲（虚构）", "admin")
PAPERS = ("document", "acceptance", "after_image")
LIFE = ["take", "file", "order", "report_done", "close", "recur"]


class Office:
    """A ledger whose day can be set."""

    def __init__(self, path):
        self.day = dt.date(2026, 1, 5)
        self.ledger = create_ledger(path, actor=BOSS, clock=self.clock)

    def clock(self):
        return dt.datetime.combine(self.day, dt.time(4), dt.UTC)  # noon in China

    def open(self, **more):
        new = {"source": "monitor", "found_on": self.day, "county": "150624", **more}
        with self.ledger.transaction() as writing:
            return writing.open_case(NewCase(**new))

    def move(self, case_id, *moves):
        """Make moves, with the papers and fields they may want."""
        with self.ledger.transaction() as writing:
            for one in moves:
                if one == "order":
                    writing.amend(case_id, "responsible", "某公司（虚构）", why="查明")
                    writing.amend(case_id, "measure", "恢复（虚构）", why="决定")
                for kind in PAPERS:
                    writing.attach(
                        case_id, Evidence(kind, "x", sha256="0" * 64, path="x", size=1)
                    )
                writing.move(case_id, one, why="依据（虚构）")

    def amend(self, case_id, **fields):
        with self.ledger.transaction() as writing:
            for name, value in fields.items():
                writing.amend(case_id, name.replace("__", "."), value, why="查明")


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path / "l.gpkg")


def test_the_ends_of_the_life_of_a_case():
    ends = ends_of(load_lifecycle())
    assert ends.closed == ("closed",)
    assert ends.unfounded == ("unfounded",)
    assert ends.unconcluded == ("clue", "to_check")


# -- counts -----------------------------------------------------------------------


def test_a_case_of_each_fate_counts_where_it_belongs(office):
    for length in range(len(LIFE) + 1):
        office.move(office.open(), *LIFE[:length])
    office.move(office.open(), "take", "dismiss")
    (row,) = counts(office.ledger, on=office.day).to_dict("records")
    assert {name: row[name] for name in row if not name.endswith("share")} == {
        "found": 8,
        "open": 6,  # clue, to_check, filed, rectifying, to_accept, reopened
        "without_conclusion": 2,
        "confirmed": 5,
        "unfounded": 1,
        "closed": 1,
        "closed_with_image": 1,
        "closed_in_time": 1,
        "closed_late": 0,
        "overdue": 0,
        "suspended": 0,
        "recurred": 1,
        "ever_closed": 2,
        "area_m2": 0.0,
    }
    assert row["false_alarm_share"] == pytest.approx(1 / 6)
    assert row["concluded_share"] == 0.75
    assert row["closed_share"] == 0.2
    assert row["in_time_share"] == 1.0
    assert row["recurred_share"] == 0.5


def test_of_an_empty_ledger_no_share_is_known(office):
    (row,) = counts(office.ledger, on=office.day).to_dict("records")
    assert row["found"] == 0
    shares = [value for name, value in row.items() if name.endswith("share")]
    assert len(shares) == 5
    assert all(one != one for one in shares)  # noqa: PLR0124 - NaN


def test_a_day_after_the_deadline_it_is_overdue_and_not_before(office):
    office.open()
    (due,) = office.ledger.cases()["due_on"]
    on_time = counts(office.ledger, on=due)
    late = counts(office.ledger, on=due + dt.timedelta(days=1))
    assert (on_time.loc["all", "overdue"], late.loc["all", "overdue"]) == (0, 1)


def test_a_case_in_two_kinds_of_zone_counts_in_both_and_once_in_all(office):
    both = (
        ("ecological_redline", "R1", "甲", 1.0),
        ("nature_reserve", "N1", "乙", 1.0),
    )
    office.open(zones=both)
    office.open(zones=both[:1])
    office.open()
    by_kind = counts(office.ledger, by="zone_kind", on=office.day)["found"]
    assert by_kind.to_dict() == {"": 1, "ecological_redline": 2, "nature_reserve": 1}
    assert counts(office.ledger, on=office.day).loc["all", "found"] == 3


def test_times_are_those_of_the_day_found(office):
    for day in ("2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01"):
        office.open(found_on=dt.date.fromisoformat(day))
    found = {
        by: counts(office.ledger, by=by, on=office.day)["found"].to_dict()
        for by in ("month", "quarter", "year")
    }
    assert found["quarter"] == {"2025-Q4": 1, "2026-Q1": 2, "2026-Q2": 1}
    assert found["year"] == {"2025": 1, "2026": 3}
    assert list(found["month"]) == ["2025-12", "2026-01", "2026-03", "2026-04"]


@pytest.mark.parametrize("by", [one for one in BY if one != "zone_kind"])
def test_groups_add_up_to_the_whole(office, by):
    for at, kind in enumerate([None, "mine", "mine", "road"]):
        made = office.open(kind=kind, county=["", "150624"][at % 2])
        office.move(made, *LIFE[:at])
    whole = counts(office.ledger, on=office.day).loc["all"]
    parts = counts(office.ledger, by=by, on=office.day)
    assert parts["found"].sum() == whole["found"] == 4
    assert parts["confirmed"].sum() == whole["confirmed"] == 2
    assert list(parts.index) == sorted(parts.index)


def test_a_filter_narrows_the_count(office):
    office.open(kind="mine")
    office.open(kind="road")
    found = counts(office.ledger, on=office.day, asked=CaseFilter(kind="road"))
    assert found.loc["all", "found"] == 1


def test_an_unknown_group_is_refused(office):
    with pytest.raises(InputRefusedError, match="by: expected county, zone_kind"):
        counts(office.ledger, by="colour", on=office.day)


# -- periods ----------------------------------------------------------------------


def test_a_quarter_tells_what_came_went_and_is_left(office):
    early, other = office.open(), office.open(county="150625")
    office.day = dt.date(2026, 2, 1)
    office.move(early, *LIFE[:5])
    office.move(office.open(), "take", "dismiss")
    office.day = dt.date(2026, 3, 31)
    office.move(early, "recur")
    office.day = dt.date(2026, 4, 1)
    office.move(other, *LIFE[:5])
    told = period(office.ledger, dt.date(2026, 2, 1), dt.date(2026, 3, 31))
    assert told.loc["all"].drop("overdue").to_dict() == {
        "carried_over": 2,
        "found": 1,
        "reopened": 1,
        "closed": 1,
        "unfounded": 1,
        "merged": 0,
        "open_at_end": 2,
        "rectifying_at_end": 1,
    }
    assert told["overdue"].isna().all()
    apart = period(
        office.ledger, dt.date(2026, 2, 1), dt.date(2026, 3, 31), by_county=True
    )
    assert apart["open_at_end"].to_dict() == {"150624": 1, "150625": 1}
    june = dt.date(2026, 6, 30)  # the reopened one has not been looked at since March
    later = period(office.ledger, dt.date(2026, 4, 1), june, on=june)
    assert later.loc["all", "overdue"] == later.loc["all", "open_at_end"] == 1


def test_midnight_in_china_parts_two_days(tmp_path):
    at = [dt.datetime(2026, 1, 31, 15, 59, tzinfo=dt.UTC)]
    ledger = create_ledger(tmp_path / "l.gpkg", actor=BOSS, clock=lambda: at[0])
    for minute in (59, 60):
        at[0] = dt.datetime(2026, 1, 31, 15, tzinfo=dt.UTC) + dt.timedelta(
            minutes=minute
        )
        with ledger.transaction() as writing:
            writing.open_case(NewCase("field", dt.date(2026, 1, 31)))
    january = period(ledger, dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    february = period(ledger, dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert (january.loc["all", "found"], february.loc["all", "found"]) == (1, 1)


@settings(max_examples=20)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([*LIFE, "dismiss", "recheck"])),
        max_size=25,
    ),
    cut=st.integers(0, 25),
)
def test_a_period_adds_up_and_two_make_one(tmp_path_factory, steps, cut):
    office = Office(tmp_path_factory.mktemp("ledger") / "l.gpkg")
    made = [office.open() for _ in range(4)]
    for at, (which, move) in enumerate(steps):
        office.day = dt.date(2026, 1, 5) + dt.timedelta(days=at + 1)
        if move in office.ledger.case(made[which]).next_moves:
            office.move(made[which], move)
    start, end = dt.date(2026, 1, 5), dt.date(2026, 2, 5)
    middle = start + dt.timedelta(days=cut)
    first = period(office.ledger, start, middle).loc["all"]
    second = period(office.ledger, middle + dt.timedelta(days=1), end).loc["all"]
    whole = period(office.ledger, start, end).loc["all"]
    for one in (first, second, whole):
        came = one["carried_over"] + one["found"] + one["reopened"]
        gone = one["closed"] + one["unfounded"] + one["merged"]
        assert came - gone == one["open_at_end"]
    assert first["open_at_end"] == second["carried_over"]
    assert whole["open_at_end"] == second["open_at_end"]
    assert whole["open_at_end"] == counts(office.ledger, on=end).loc["all", "open"]
    for name in ("found", "reopened", "closed", "unfounded", "merged"):
        assert first[name] + second[name] == whole[name]


def test_a_period_backwards_is_refused(office):
    with pytest.raises(InputRefusedError, match="the first day, then the last"):
        period(office.ledger, dt.date(2026, 2, 1), dt.date(2026, 1, 31))


# -- duties -----------------------------------------------------------------------


def test_duties_come_the_most_overdue_first(office):
    first, second = office.open(), office.open()
    office.day = dt.date(2026, 3, 2)
    third = office.open(
        title="毁林（虚构）", geometry=box(110, 40, 110.1, 40.1), rule="R"
    )
    with office.ledger.transaction() as writing:
        writing.suspend(second, why="诉讼中（虚构）")
        giving = Transfer("林草局（虚构）", "NM14-L03", dt.date(2026, 3, 3))
        writing.transfer(third, giving, why="职责（虚构）")
    due = office.ledger.cases().loc[third, "due_on"]
    found = duties(office.ledger, on=due)
    assert list(zip(found["case_id"], found["what"], strict=True)) == [
        (first, "overdue"),
        (third, "transfer_unanswered"),
        (third, "due_soon"),
    ]
    assert list(found["days_left"])[-1] == 0
    assert found["days_left"].is_monotonic_increasing


def test_a_report_of_the_public_tells_its_four_steps(office):
    whole, bare = (office.open(source="report_12369") for _ in range(2))
    office.open()
    office.day = dt.date(2026, 1, 6)
    office.move(whole, "take")
    office.day = dt.date(2026, 1, 7)
    office.move(whole, "dismiss")
    office.amend(whole, facts__replied_on="2026-01-08")
    found = complaints(office.ledger)
    assert list(found.index) == [whole, bare]
    assert [str(one) for one in found.loc[whole]][:4] == [
        *("2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08")
    ]
    assert found.loc[whole, "lacks"] == ()
    assert found.loc[bare, "lacks"] == ("handed_on", "handled_on", "replied_on")


def test_a_filed_case_without_someone_who_answers_for_it_is_told(office):
    filed, fined = office.open(), office.open()
    office.open()
    office.move(filed, "take", "file")
    office.move(fined, "take", "file", "order")
    office.amend(fined, penalty_doc="罚字1号（虚构）", facts__restoration_duty="复绿")
    found = liabilities(office.ledger)
    assert found["lacks"].to_dict() == {
        filed: ("responsible", "penalty_doc", "restoration_duty"),
        fined: (),
    }


# -- units ------------------------------------------------------------------------


#   0   1   2    units W: 0..1, E: 1..2 in tenths of a degree
# 1 ┌───┬───┐    a: 3/4 in W; b: on the border, a point; c: a line, 1/3 in W;
# 0 └───┴───┘    d: touches E from outside
def test_a_case_on_the_border_lies_in_both_with_its_shares():
    units = gpd.GeoDataFrame(
        geometry=[box(110, 40, 110.1, 40.1), box(110.1, 40, 110.2, 40.1)],
        index=["W", "E"],
        crs=4490,
    )
    shapes = {
        "a": box(110.07, 40, 110.11, 40.01),
        "b": Point(110.1, 40.05),
        "c": LineString([(110.09, 40.05), (110.12, 40.05)]),
        "d": box(110.2, 40, 110.3, 40.1),
        "e": None,
    }
    cases = gpd.GeoDataFrame(
        geometry=list(shapes.values()), index=list(shapes), crs=4490
    )
    found = unit_shares(cases, units)
    assert list(zip(found["case_id"], found["unit_id"], strict=True)) == [
        ("a", "W"),
        ("a", "E"),
        ("b", "E"),
        ("b", "W"),
        ("c", "E"),
        ("c", "W"),
    ]
    assert list(found["share_of_case"]) == pytest.approx(
        [0.75, 0.25, 1.0, 1.0, 2 / 3, 1 / 3], rel=1e-6
    )
    both = found[found["case_id"] == "a"]["area_m2"].sum()
    assert both == pytest.approx(area_m2([shapes["a"]])[0], rel=1e-12)


def test_a_unit_tells_how_many_were_put_right(office):
    """Two confirmed in W, one of them struck off; a lead in E."""
    west, east = box(110, 40, 110.01, 40.01), box(110.1, 40, 110.11, 40.01)
    for shape, moves in ((west, LIFE[:5]), (west, LIFE[:2]), (east, [])):
        office.move(office.open(geometry=shape), *moves)
    units = gpd.GeoDataFrame(geometry=[west, east], index=["W", "E"], crs=4490)
    cases = office.ledger.cases()
    found = unit_counts(cases, unit_shares(cases, units), office.ledger.lifecycle)
    assert found.loc["W"].to_dict() == {
        "found": 2,
        "confirmed": 2,
        "closed": 1,
        "closed_share": 0.5,
    }
    assert found.loc["E", "found"] == 1
    assert found.loc["E", "closed_share"] != found.loc["E", "closed_share"]  # NaN


def test_the_densest_unit_comes_first_and_an_empty_one_has_none():
    found = density({"a": 2, "b": 3}, {"a": 1e8, "b": 3e8, "c": 1e8, "d": 5e7})
    assert found.to_dict() == {"a": 2.0, "b": 1.0, "c": 0.0, "d": 0.0}
    assert list(found.index) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("areas", [{}, {"a": 0.0}, {"a": float("nan")}])
def test_a_unit_without_an_area_is_refused(areas):
    with pytest.raises(InputRefusedError, match="area of 'a'"):
        density({"a": 1}, areas)


def test_every_group_is_tried():
    assert len(set(itertools.chain(BY))) == len(BY) == 10
