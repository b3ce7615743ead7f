"""Tables of sites and of vertices: CSV, .xlsx and .xls say the same."""

from __future__ import annotations

import datetime as dt
import random
import time

import numpy as np
import openpyxl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from table_files import SITES, VERTICES, as_csv, as_xls, as_xlsx

from layers.errors import CrsError, InputRefusedError
from layers.formats import excel, table
from layers.formats.headings import find
from layers.formats.magnitude import northing_first
from layers.formats.vertex_rows import Vertex, assemble
from layers.read.build import build
from layers.read.statement import Origin, Statement
from layers.spec import spec

WRITERS = {"csv": as_csv, "xlsx": as_xlsx, "xls": as_xls}
SQUARE = shapely.box(36500000, 4400000, 36500100, 4400100) - shapely.box(
    36500020, 4400020, 36500040, 4400040
)
TRIANGLE = shapely.Polygon(
    [(36501000, 4400000), (36501100, 4400000), (36501100, 4400100)]
)
HEAD = VERTICES[0]


def read(path, layer=None):
    if path.suffix == ".csv":
        return table.read(path, encoding=None)
    return excel.read(path, layer=layer)


def codes(raw):
    return dict(raw.found)


def vertices(rows):
    return [HEAD, *([*row[:4], *row[4:]] for row in rows)]


@pytest.mark.parametrize("kind", WRITERS)
def test_vertices_become_parcels_with_holes(tmp_path, kind):
    raw = read(WRITERS[kind](tmp_path, VERTICES))
    assert raw.rows_in_file == len(raw.attributes) == 2
    assert raw.attributes["项目编号"].tolist() == ["P-1", "P-2"]
    assert raw.attributes["项目名称"].tolist() == ["甲", "乙"]
    assert [
        one.equals(other)
        for one, other in zip(raw.geometry, [SQUARE, TRIANGLE], strict=True)
    ] == [True, True]
    assert codes(raw)["vertices_assembled"] == {"vertices": 13, "parcels": 2}
    assert codes(raw)["rings_closed"] == {"count": 1}
    assert codes(raw)["axis_order_decided"]["northing"] == HEAD[4]


@pytest.mark.parametrize("kind", WRITERS)
def test_sites_in_degrees_minutes_seconds_keep_their_row_ledger(tmp_path, kind):
    path = WRITERS[kind](tmp_path, SITES)
    raw = read(path)
    layer = build(raw, spec("project_site"), Statement(), Origin(path.name, "0"))
    ledger = layer.provenance
    assert (ledger.rows_in_file, ledger.rows_kept, ledger.rows_quarantined) == (4, 3, 1)
    assert layer.frame.geometry.x.tolist() == [107.5] * 3
    assert layer.frame.geometry.y.tolist() == [40.0, 40.25, 40.5]
    assert [one.reason for one in layer.quarantine] == ["geometry_unreadable"]
    assert codes(raw)["coordinates_unclear"] == {
        "column": "经度",
        "count": 1,
        "example": "107°61′",
    }
    assert {"datum_assumed"} <= {one.code for one in layer.issues}
    assert layer.frame["registered_area_m2"].iloc[:2].tolist() == [1200.0, 1300.0]


def test_metres_in_excel_need_a_reference_system(tmp_path):
    raw = read(as_xlsx(tmp_path, VERTICES))
    with pytest.raises(CrsError, match="got none"):
        build(raw, spec("project_site"), Statement(), Origin("t.xlsx", "0"))
    layer = build(raw, spec("project_site"), Statement(crs=4524), Origin("t.xlsx", "0"))
    assert layer.frame["feature_id"].tolist() == ["P-1", "P-2"]


@pytest.mark.parametrize("kind", WRITERS)
def test_packed_angles_are_read_only_where_the_heading_declares_them(tmp_path, kind):
    rows = [["编号", "经度(度分秒)", "纬度(度分秒)"], ["A", 1073000, "400000"]]
    raw = read(WRITERS[kind](tmp_path, rows))
    assert raw.geometry[0] == shapely.Point(107.5, 40)
    bare = [["编号", "经度", "纬度"], ["A", 1073000, "400000"]]
    with pytest.raises(InputRefusedError, match=r"two ways: as metres.*107\.5"):
        read(WRITERS[kind](tmp_path, bare, "bare"))


def test_wkt_in_a_sheet_is_read(tmp_path):
    rows = [["编号", "WKT"], ["A", "POLYGON ((0 0, 1 0, 1 1, 0 0))"], ["B", "POLYG"]]
    raw = read(as_xlsx(tmp_path, rows))
    assert raw.geometry[0].area == 0.5
    assert raw.unreadable.tolist() == [False, True]


DEFECTS = {
    "parcel_rows_apart": [
        ("P-1", 1, 1, 0, 0), ("P-1", 2, 1, 0, 100), ("P-1", 3, 1, 100, 100),
        ("P-2", 1, 1, 0, 500), ("P-2", 2, 1, 0, 600), ("P-2", 3, 1, 100, 600),
        ("P-1", 4, 1, 100, 0),
    ],
    "parcel_vertex_unreadable": [
        ("P-1", 1, 1, 0, 0), ("P-1", 2, 1, "x", 100), ("P-1", 3, 1, 100, 100),
        ("P-1", 4, 1, 100, 0),
    ],
    "parcel_points_wrong": [("P-1", 1, 1, 0, 0), ("P-1", 2, 1, 0, 100)],
    "parcel_points_unordered": [
        ("P-1", 1, 1, 0, 0), ("P-1", 10, 1, 100, 0), ("P-1", 2, 1, 0, 100),
        ("P-1", 3, 1, 100, 100),
    ],
    "parcel_rings_unclear": [
        ("P-1", 1, 2, 0, 0), ("P-1", 2, 2, 0, 100), ("P-1", 3, 2, 100, 100),
    ],
}  # fmt: skip


@pytest.mark.parametrize("code", DEFECTS)
def test_a_parcel_that_is_unclear_is_set_aside_whole(tmp_path, code):
    rows = [
        [
            key,
            "",
            f"J{number}",
            ring,
            4400000 + x if isinstance(x, int) else x,
            36500000 + y,
        ]
        for key, number, ring, x, y in DEFECTS[code]
    ]
    raw = read(as_csv(tmp_path, vertices(rows)))
    bad = raw.attributes["项目编号"].tolist().index("P-1")
    assert raw.geometry[bad] is None
    assert raw.unreadable[bad]
    assert codes(raw)[code] == {"count": 1, "parcels": "P-1"}
    assert sum(one is None for one in raw.geometry) == 1


def test_a_hole_outside_ring_1_and_a_ring_closed_too_early_are_unclear(tmp_path):
    ring = [(0, 0), (0, 100), (100, 100), (0, 0)]
    far = [(500, 500), (500, 520), (520, 520), (500, 500)]
    rows = [["P-1", "", f"J{i}", 1, x, y] for i, (x, y) in enumerate(ring)]
    rows += [["P-1", "", f"J{i}", 2, x, y] for i, (x, y) in enumerate(far, 10)]
    rows += [["P-2", "", f"J{i}", 1, x, y] for i, (x, y) in enumerate(ring + far)]
    raw = read(as_csv(tmp_path, vertices(rows)))
    assert codes(raw)["parcel_rings_unclear"]["count"] == 2


def test_rows_that_are_no_vertices_stay_rows(tmp_path):
    rows = [*VERTICES, HEAD, ["合计", None, None, None, None, None]]
    raw = read(as_xlsx(tmp_path, rows))
    assert raw.rows_in_file == 4
    assert [one is None for one in raw.geometry] == [False, False, True, True]
    assert raw.unreadable.tolist() == [False, False, True, False]


def test_values_that_differ_within_a_parcel_are_missing(tmp_path):
    rows = [list(row) for row in VERTICES]
    rows[3][1] = "丙"
    raw = read(as_csv(tmp_path, rows))
    assert raw.attributes["项目名称"].tolist() == [None, "乙"]
    assert codes(raw)["parcel_values_differ"] == {"column": "项目名称", "count": 1}


LINE = [["项目编号", "点号", "经度", "纬度"], ["L", 1, 107, 40], ["L", 2, 107.1, 40]]


def test_point_numbers_alone_are_refused_with_both_readings(tmp_path):
    rows = [row[1:] for row in LINE]
    with pytest.raises(InputRefusedError, match=r"may be a site, or a vertex.*圈号"):
        read(as_csv(tmp_path, rows))


def test_vertices_that_do_not_close_are_an_area_or_a_line_as_their_column_says(
    tmp_path,
):
    with pytest.raises(InputRefusedError, match=r"not closed, or a line.*图形属性"):
        read(as_csv(tmp_path, LINE))
    said = [[*row, "线"] for row in LINE]
    said[0][-1] = "图形属性"
    raw = read(as_csv(tmp_path, said, "said"))
    assert raw.geometry[0] == shapely.LineString([(107, 40), (107.1, 40)])
    points = [*said[:1], *([*row[:-1], "点"] for row in said[1:])]
    assert read(as_csv(tmp_path, points, "points")).rows_in_file == 2
    said[1][-1] = "圆"
    with pytest.raises(InputRefusedError, match="点, 线 or 面"):
        read(as_csv(tmp_path, said, "circle"))


# -- Excel's own ------------------------------------------------------------

TITLED = [
    ["某项目勘测定界界址点成果表"],
    ["单位：米", None, None, "日期：2024年"],
    ["项目编号", "点号", "圈号", "坐标", None],
    [None, None, None, "X", "Y"],
    *([row[0], row[2], *row[3:]] for row in VERTICES[1:]),
]


def test_titles_and_a_heading_of_two_lines_are_understood(tmp_path):
    raw = read(as_xlsx(tmp_path, TITLED, merge=["A1:E1", "D3:E3", "A5:A14"]))
    assert raw.geometry[0].equals(SQUARE)
    assert codes(raw)["title_rows_skipped"]["count"] == 2
    assert codes(raw)["merged_cells_filled"] == {"count": 9}
    old = read(as_xls(tmp_path, TITLED, merge=[(0, 0, 0, 4), (4, 13, 0, 0)]))
    assert old.geometry[0].equals(SQUARE)
    assert codes(old)["merged_cells_filled"] == {"count": 9}


def test_a_row_above_the_heading_that_may_be_data_is_refused(tmp_path):
    rows = [["A", 107.0, 40.0, 3], *SITES]
    with pytest.raises(InputRefusedError, match="row 1 above the heading in row 2"):
        read(as_xlsx(tmp_path, rows))


def test_merged_cells_hold_for_every_row(tmp_path):
    rows = [SITES[0], SITES[1], [None, 107.6, 40, 7]]
    for path in (
        as_xlsx(tmp_path, rows, merge=["A2:A3"]),
        as_xls(tmp_path, rows, merge=[(1, 2, 0, 0)]),
    ):
        assert read(path).attributes["项目编号"].tolist() == ["A", "A"]


def test_dates_and_numbers_arrive_as_such(tmp_path):
    rows = [[*SITES[0], "批准日期"], [*SITES[2], dt.date(2024, 5, 1)]]
    for path in (as_xlsx(tmp_path, rows), as_xls(tmp_path, rows)):
        assert read(path).attributes.iloc[0].tolist() == [
            *("B", "107.5", 40.25, "1300", dt.date(2024, 5, 1))
        ]


def test_sheets_are_layers_and_blank_ones_are_none(tmp_path):
    path = as_xlsx(tmp_path, SITES, sheets=[("Sheet2", []), ("二期", SITES[:2])])
    assert excel.layers_of(path) == ("界址点", "二期")
    with pytest.raises(InputRefusedError, match="2 layers: 界址点, 二期"):
        read(path)
    assert read(path, "二期").rows_in_file == 1


def test_a_formula_without_its_value_is_refused(tmp_path):
    rows = [SITES[0], ["A", "=107+0.5", 40, 5]]
    with pytest.raises(InputRefusedError, match="formula without its value in row 2"):
        read(as_xlsx(tmp_path, rows))


def test_the_errors_of_formulas_are_blank_and_told(tmp_path):
    raw = read(as_xlsx(tmp_path, [SITES[0], ["A", "#N/A", 40, 5], SITES[1]]))
    assert codes(raw)["cell_errors"] == {"count": 1, "example": "#N/A"}
    assert raw.unreadable.tolist() == [True, False]


def test_a_time_is_no_angle(tmp_path):
    rows = [SITES[0], ["A", dt.timedelta(hours=107, minutes=30), 40, 5]]
    raw = read(as_xlsx(tmp_path, rows))
    assert raw.unreadable.tolist() == [True]


def test_a_sheet_that_claims_the_last_cell_costs_neither_memory_nor_time(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "经度"
    book.active["XFD1048576"] = 1
    path = tmp_path / "hostile.xlsx"
    book.save(path)
    start = time.perf_counter()
    with pytest.raises(InputRefusedError, match="16384 columns in row 1048576"):
        read(path)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["编号", "名称"], ["A", "甲"]], "got the columns 编号, 名称"),
        ([["经度", "纬度", "经度"], [107, 40, 1]], "stands twice"),
        ([["经度", "纬度"], [107, 40, 9]], "column 3, which has no heading"),
    ],
)
def test_a_sheet_that_is_no_table_is_refused(tmp_path, rows, words):
    with pytest.raises(InputRefusedError, match=words):
        read(as_xlsx(tmp_path, rows))


def test_an_encrypted_workbook_is_refused_with_the_word_password(tmp_path):
    path = tmp_path / "locked.xlsx"
    mark = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + mark)
    with pytest.raises(InputRefusedError, match="remove the password"):
        read(path)


@pytest.mark.parametrize(("kind", "runs"), [("xlsx", 60), ("xls", 25)])
def test_damaged_workbooks_are_refused_or_read_and_end_nothing(tmp_path, kind, runs):
    whole = WRITERS[kind](tmp_path, VERTICES)
    data, chance = whole.read_bytes(), random.Random(7)  # noqa: S311
    for at in range(runs):
        bad = bytearray(data)
        for _ in range(chance.randint(1, 20)):
            bad[chance.randrange(8, len(bad))] = chance.randrange(256)
        cut = len(bad) if at % 5 else chance.randrange(9, len(bad))
        path = tmp_path / f"bad.{kind}"
        path.write_bytes(bytes(bad[:cut]))
        try:
            raw = read(path)
        except InputRefusedError:
            continue
        assert raw.rows_in_file == len(raw.geometry)
        # members of an .xlsx have checksums: what is read at all is what was written
        same = (
            [
                one.equals(other)
                for one, other in zip(raw.geometry, read(whole).geometry, strict=True)
            ]
            if kind == "xlsx"
            else [True]
        )
        assert all(same)


# -- laws ---------------------------------------------------------------------


@given(
    st.lists(st.integers(3, 8), min_size=1, max_size=5),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_every_vertex_belongs_to_one_parcel_and_areas_are_those_of_the_rings(
    sizes, closed, chance
):
    rows, wanted = [], []
    for number, size in enumerate(sizes):
        turn = sorted(chance.sample(range(360), size))
        ring = [
            (number * 10 + np.cos(np.radians(a)), np.sin(np.radians(a))) for a in turn
        ]
        wanted.append(shapely.Polygon(ring).area)
        ring += ring[:1] if closed else []
        rows += [(str(number), one) for one in ring]
    made = assemble(
        [Vertex(at, xy, (key,)) for at, (key, xy) in enumerate(rows)],
        {(str(one),): "polygon" for one in range(len(sizes))},
    )
    assert sorted(row for rows_ in made.rows for row in rows_) == list(range(len(rows)))
    assert [one.area for one in made.geometry] == pytest.approx(wanted)


@given(st.floats(1.0e6, 6.1e6), st.sampled_from([0, 13, 23, 25, 36, 45]))
def test_northings_and_eastings_are_told_apart_both_ways(northing, zone):
    first, second = np.array([northing]), np.array([zone * 1e6 + 500_000.0])
    assert northing_first(first, second)
    assert not northing_first(second, first)


def test_headings_are_found_by_alias_and_named_axes_are_not_turned():
    assert find(["纵坐标X（m）", "横坐标Y（m）"]).pair == ("east", "north")
    assert find(["Longitude", "LATITUDE"]).pair == ("lon", "lat")
    assert find(["POINT_X", "POINT_Y"]).pair == ("east", "north")
    assert not find(["编号", "经度"]).lies_somewhere
