"""Lists that an office must keep: no row is lost, every gap has its row and clause."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.document import loads
from layers.dossier import (
    broken_links,
    compared,
    dossier_kinds,
    dossier_spec,
    filled_share,
    gaps,
    read_dossier,
)
from layers.dossier.kinds import _read
from layers.errors import DocumentError, InputRefusedError, UnknownKindError

DAY = dt.date(2026, 1, 1)
POND_HEAD = [
    *("编号", "名称", "类型", "等级", "对策", "防治方案", "应急预案", "风险档案"),
    "注销原因",
]
POND = ["T1", "甲库（虚构）", "尾矿库", "一级", "有", "方案", "预案", "档案", None]
SITE_HEAD = ["编号", "名称", "类别", "注销原因"]


@pytest.fixture
def listed(tmp_path):
    """Return a function that writes rows as CSV and reads them as a list."""

    def make(kind, rows, *, on=None, name="list.csv"):
        sink = io.StringIO()
        csv.writer(sink).writerows(
            [["" if one is None else one for one in row] for row in rows]
        )
        path = tmp_path / name
        path.write_bytes(sink.getvalue().encode("utf-8-sig"))
        return read_dossier(path, kind=kind, on=on, in_process=True)

    return make


def told(found, on=DAY):
    return [(one.row, one.field, one.why, one.clauses) for one in gaps(found, on=on)]


def with_(row, **cells):
    heads = {"level": 3, "id": 0, "plan": 5, "removed": 8}
    made = list(row)
    for name, cell in cells.items():
        made[heads[name]] = cell
    return made


# -- kinds ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", dossier_kinds())
def test_every_kind_names_clauses_of_the_register(kind):
    from spatial.policy.register.load import load_register

    known = {one.id: one for one in load_register().clauses}
    spec = dossier_spec(kind)
    named = {*spec.clauses, *(one.clause for one in (*spec.expects, *spec.due))}
    assert named <= set(known)
    assert all(known[one].group == "ledger" for one in named)
    assert spec.table.field(spec.table.id_field).required
    assert len({one.name for one in spec.table.fields}) == len(spec.table.fields)


def test_due_days_are_those_of_the_register():
    from spatial.policy.register.load import load_register

    known = {one.id: one for one in load_register().clauses}
    due = [one for kind in dossier_kinds() for one in dossier_spec(kind).due]
    assert due
    assert all(str(one.by) in known[one.clause].due for one in due)


def test_an_unknown_kind_is_refused_with_those_there_are():
    with pytest.raises(UnknownKindError, match="tailings_pond"):
        dossier_spec("tailing")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("removed_because", "gone"), "the field 'removed_because'"),
        (("id_field: id", "id_field: other"), "one of id, name"),
        (("clauses: [A]", "clauses: A"), "a list"),
        (("source: s", "sauce: s"), "one of the keys"),
    ],
    ids=["no reason of removal", "id of no field", "clauses no list", "unknown key"],
)
def test_a_kind_is_read_strictly(change, says):
    text = (
        "kind: k\ntitle: {zh: 甲, en: a}\nclauses: [A]\nid_field: id\n"
        "name_field: name\n"
        "source: s\nfields:\n"
        "  - {name: id, title: {zh: 一, en: one}}\n"
        "  - {name: name, title: {zh: 二, en: two}}\n"
        "  - {name: removed_because, title: {zh: 三, en: three}}\n"
    )
    _read(loads(text), "k")
    with pytest.raises(DocumentError, match=says):
        _read(loads(text.replace(*change)), "k")


# -- reading ----------------------------------------------------------------------


def test_titles_above_the_heading_are_no_rows_and_every_row_below_is_one(listed):
    found = listed("tailings_pond", [["某县清单（虚构）"], POND_HEAD, POND, POND])
    assert list(found.table.index) == [3, 4]
    assert list(found.table["feature_id"]) == ["T1", "T1#2"]


def test_a_workbook_is_read_in_another_process_to_the_same_table(tmp_path, listed):
    rows = [POND_HEAD, POND, with_(POND, id="T2", level=None)]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    there = read_dossier(path, kind="tailings_pond")
    here = listed("tailings_pond", rows)
    assert there.table.equals(here.table)
    assert len(there.sha256) == 64


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["甲", "乙"], ["1", "2"]], "a heading with 尾矿库编码"),
        ([[*POND_HEAD, "名称"], POND], "名称 more than once"),
        ([POND_HEAD, [*POND, "x"]], "row 2.*column 10, which has no heading"),
    ],
    ids=["no heading", "a heading twice", "a cell beyond the heading"],
)
def test_a_table_that_cannot_be_trusted_is_refused(listed, rows, says):
    with pytest.raises(InputRefusedError, match=says):
        listed("tailings_pond", rows)


# -- gaps -------------------------------------------------------------------------


def test_a_complete_entry_has_no_gap(listed):
    assert told(listed("tailings_pond", [POND_HEAD, POND])) == []


def test_a_missing_value_and_a_value_outside_the_set_are_gaps(listed):
    rows = [POND_HEAD, with_(POND, level=None), with_(POND, id="T2", level="九级")]
    clauses = ("NM14-L11", "NM14-L12", "NM14-L13")
    assert told(listed("tailings_pond", rows)) == [
        (2, "risk_level", "missing", clauses),
        (3, "risk_level", "missing", clauses),
    ]


def test_an_entry_with_a_reason_of_removal_is_not_asked_for_anything(listed):
    rows = [POND_HEAD, POND, with_(POND, id="T2", plan=None, removed="已闭库（虚构）")]
    found = listed("tailings_pond", rows)
    assert told(found) == []
    assert (len(found.entries), len(found.removed)) == (1, 1)


def test_an_id_that_stands_twice_is_told_at_both_rows(listed):
    found = told(listed("tailings_pond", [POND_HEAD, POND, POND]))
    assert [(row, why) for row, _, why, _ in found] == [
        (2, "duplicate_id"),
        (3, "duplicate_id"),
    ]


def test_one_plan_for_two_waters_is_told(listed):
    head = ["编号", "名称", "方案"]
    rows = [head, ["1", "甲（虚构）", "A"], ["2", "乙（虚构）", "A"], ["3", "丙", "B"]]
    found = told(listed("black_water", rows))
    assert [(row, why) for row, _, why, _ in found] == [
        (2, "not_unique"),
        (3, "not_unique"),
    ]


@pytest.mark.parametrize(
    ("cadmium", "listed_as", "expected"),
    [
        ("是", "否", [("not_as_expected", ("NM14-L19",))]),
        ("是", "是", []),
        ("否", "否", []),
        ("是", None, [("missing", ("NM14-L16", "NM14-L19"))]),
        (None, "否", [("missing", ("NM14-L16", "NM14-L19"))]),
    ],
)
def test_cadmium_asks_for_the_list_of_key_polluters(
    listed, cadmium, listed_as, expected
):
    head = ["编码", "名称", "行业代码", "涉及重金属", "涉镉", "重点排污单位"]
    row = ["E1", "甲厂（虚构）", "3211", "镉", cadmium, listed_as]
    found = told(listed("heavy_metal_enterprise", [head, row]))
    assert [(why, clauses) for _, _, why, clauses in found] == expected


@pytest.mark.parametrize(
    ("reach", "on", "why"),
    [
        ("干流", dt.date(2023, 12, 31), "missing"),
        ("干流", dt.date(2024, 1, 1), "overdue"),
        ("重要支流", dt.date(2024, 1, 1), "overdue"),
        ("其他", dt.date(2024, 1, 1), "missing"),
        (None, dt.date(2024, 1, 1), "missing"),
        ("其他", dt.date(2025, 12, 31), "missing"),
        ("其他", dt.date(2026, 1, 1), "overdue"),
    ],
)
def test_who_is_responsible_is_overdue_after_the_day_of_the_clause(
    listed, reach, on, why
):
    head = ["编码", "经度", "纬度", "类型", "水体", "河段", "责任主体", "溯源"]
    row = ["P1", "110", "40", "工业", "黄河", reach, None, "有"]
    found = listed("outfall", [head, row])
    assert [(one.field, one.why) for one in gaps(found, on=on)] == [
        ("responsible", why)
    ]


def test_the_share_of_a_field_counts_entries_alone(listed):
    rows = [
        POND_HEAD,
        POND,
        with_(POND, id="T2", level=None),
        with_(POND, id="T3", removed="已闭库（虚构）"),
    ]
    assert filled_share(listed("tailings_pond", rows))["risk_level"] == 0.5


def test_of_no_entry_no_share_is_known(listed):
    found = listed("tailings_pond", [POND_HEAD])
    assert set(filled_share(found).values()) == {None}


# -- editions ---------------------------------------------------------------------


def test_two_editions_tell_what_entered_left_and_changed(listed):
    before = [
        SITE_HEAD,
        *(["1", "甲（虚构）", "A", None], ["2", "乙（虚构）", "A", None]),
        *(["3", "丙（虚构）", "A", None], ["4", "丁（虚构）", "B", "停工（虚构）"]),
    ]
    after = [
        SITE_HEAD,
        *(["1", "甲（虚构）", "B", None], ["2", "乙（虚构）", "A", "完工（虚构）"]),
        *(["4", "丁（虚构）", "B", None], ["5", "戊（虚构）", "A", None]),
    ]
    changes = compared(
        listed("construction_site", before, on=dt.date(2026, 3, 31), name="a.csv"),
        listed("construction_site", after, on=dt.date(2026, 6, 30), name="b.csv"),
    )
    assert [(one.id, one.sort, one.before, one.after) for one in changes] == [
        ("3", "left_without_reason", "", ""),
        ("2", "left", "", "完工（虚构）"),
        ("5", "entered", "", ""),
        ("4", "returned", "", ""),
        ("1", "changed", "A", "B"),
    ]


ids = st.sets(st.integers(0, 9))


@given(before=ids, after=ids, reasons=ids)
def test_every_entry_of_either_edition_has_one_fate(
    tmp_path_factory, before, after, reasons
):
    folder = tmp_path_factory.mktemp("editions")

    def edition(name, entries, removed=()):
        rows = [f"{one},名{one},A," for one in sorted(entries)]
        rows += [f"{one},名{one},A,完工" for one in sorted(removed)]
        path = folder / name
        path.write_text("\n".join(["编号,名称,类别,注销原因", *rows, ""]), "utf-8-sig")
        return read_dossier(path, kind="construction_site", in_process=True)

    changes = compared(
        edition("a.csv", before), edition("b.csv", after, reasons - after)
    )
    counted = Counter(one.sort for one in changes)
    assert counted["entered"] == len(after - before)
    assert counted["left"] == len((before - after) & reasons)
    assert counted["left_without_reason"] == len(before - after - reasons)
    assert counted["changed"] == counted["returned"] == 0


def test_editions_that_cannot_be_compared_are_refused(listed):
    good = [SITE_HEAD, ["1", "甲（虚构）", "A", None]]
    one = listed("construction_site", good, on=dt.date(2026, 6, 30))
    with pytest.raises(InputRefusedError, match="compare lists of one kind"):
        compared(one, listed("tailings_pond", [POND_HEAD, POND]))
    with pytest.raises(InputRefusedError, match="give the earlier edition first"):
        compared(one, listed("construction_site", good, on=dt.date(2026, 3, 31)))
    twice = listed("construction_site", [*good, good[1]])
    with pytest.raises(InputRefusedError, match="missing or stands twice"):
        compared(twice, one)


# -- chains -----------------------------------------------------------------------


def chain(listed):
    """S1 <- outfall P1 <- pipe L1 <- source E1, and a loose end of each sort."""
    outfall = ["编码", "经度", "纬度", "类型", "水体", "断面编码"]
    return [
        listed("water_section", [["编码", "名称"], ["S1", "甲"], ["S2", "乙"]]),
        listed(
            "outfall",
            [
                outfall,
                ["P1", "110", "40", "工业", "河", "S1"],
                ["P2", "110", "40", "工业", "河", "S9"],
                ["P3", "110", "40", "工业", "河", None],
            ],
        ),
        listed("pipe", [["编码", "排污口"], ["L1", "P1"]]),
        listed("pollution_source", [["编码", "名称", "管线"], ["E1", "甲厂", "L1"]]),
    ]


def test_a_chain_tells_its_loose_ends(listed):
    found = broken_links(chain(listed))
    assert list(found.itertuples(index=False, name=None)) == [
        ("outfall", "P2", "nothing_below", ""),
        ("outfall", "P2", "unknown_target", "S9"),
        ("outfall", "P3", "no_target", ""),
        ("outfall", "P3", "nothing_below", ""),
        ("water_section", "S2", "nothing_below", ""),
    ]


def test_without_the_list_above_a_link_is_not_checked_and_never_whole(listed):
    found = broken_links(chain(listed)[3:])
    assert list(found["why"]) == ["not_checked"]


def test_a_kind_twice_is_refused(listed):
    pipes = chain(listed)[2]
    with pytest.raises(InputRefusedError, match="pipe again"):
        broken_links([pipes, pipes])
