"""Degrees, minutes and seconds in columns of their own; lists of pairs in one cell."""

import pytest
import table_files as make

import layers
from layers.errors import InputRefusedError
from layers.formats import open_raw
from layers.formats.angle_parts import parts_of
from layers.formats.list_cells import pairs_in

PARTS = [
    ("经度度", "经度分", "经度秒", "纬度度", "纬度分", "纬度秒"),
    ("东经-度", "东经-分", "东经-秒", "北纬-度", "北纬-分", "北纬-秒"),
    ("经度(度)", "经度(分)", "经度(秒)", "纬度(度)", "纬度(分)", "纬度(秒)"),
    ("lon_d", "lon_m", "lon_s", "lat_d", "lat_m", "lat_s"),
    ("Lon Deg", "Lon Min", "Lon Sec", "Lat Deg", "Lat Min", "Lat Sec"),
    ("经度（°）", "经度（′）", "经度（″）", "纬度（°）", "纬度（′）", "纬度（″）"),
]
WRITERS = [make.as_csv, make.as_xlsx, make.as_xls]


def codes(raw):
    return [code for code, _ in raw.found]


def xy(raw):
    return [(round(one.x, 9), round(one.y, 9)) for one in raw.geometry]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("heading", PARTS)
def test_three_columns_an_axis_are_one_angle(write, heading, tmp_path):
    rows = [
        ["名称", *heading],
        ["甲", 107, 30, 36, 40, 15, 18],
        ["乙", 108, 0, 0, 41, 6, 0],
    ]
    raw = open_raw(write(tmp_path, rows))
    assert xy(raw) == [(107.51, 40.255), (108.0, 41.1)]
    assert raw.attributes["名称"].tolist() == ["甲", "乙"]
    assert codes(raw).count("angle_columns_joined") == 2
    assert raw.found[-2][1]["example"] == "107°30′36″"


def test_two_columns_an_axis_are_degrees_and_minutes(tmp_path):
    rows = [
        ["名称", "经度度", "经度分", "纬度度", "纬度分"],
        ["甲", 107, "30.6", 40, "15.3"],
    ]
    assert xy(open_raw(make.as_csv(tmp_path, rows))) == [(107.51, 40.255)]


def test_parts_with_their_own_marks_are_read(tmp_path):
    rows = [["名称", *PARTS[0]], ["甲", "107°", "30'", "36″", "40度", "15分", "18.0秒"]]
    assert xy(open_raw(make.as_csv(tmp_path, rows))) == [(107.51, 40.255)]


@pytest.mark.parametrize("write", WRITERS)
def test_parts_of_vertices_make_an_outline(write, tmp_path):
    ring = [(30, 0), (31, 0), (31, 1), (30, 1)]
    rows = [["地块编号", "界址点号", *PARTS[0]]]
    rows += [
        ["D-1", f"J{at}", 107, x, 0, 40, y, 0] for at, (x, y) in enumerate(ring, 1)
    ]
    raw = open_raw(write(tmp_path, rows))
    (shape,) = raw.geometry
    assert [round(one * 60, 6) for one in shape.bounds] == [6450, 2400, 6451, 2401]
    assert raw.attributes["地块编号"].tolist() == ["D-1"]


@pytest.mark.parametrize(
    "parts",
    [
        (107, 61, 0, 40, 15, 18),  # minutes of 60 and more
        (107, 30, 60, 40, 15, 18),
        (107, 30, None, 40, 15, 18),  # missing is not zero
        (107, None, 36, 40, 15, 18),
        (107.5, 30, 36, 40, 15, 18),  # a part of a degree twice
        (107, 30.5, 36, 40, 15, 18),
        (107, -30, 36, 40, 15, 18),
    ],
)
def test_parts_that_are_no_angle_cost_their_row(parts, tmp_path):
    rows = [["名称", *PARTS[0]], ["甲", *parts], ["乙", 108, 0, 0, 41, 6, 0]]
    raw = open_raw(make.as_csv(tmp_path, rows))
    assert raw.unreadable.tolist() == [True, False]
    assert "coordinates_unclear" in codes(raw)


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        (
            ("经度度", "经度分", "经度秒", "纬度"),
            r"both axes, got the columns 经度度.*纬度",
        ),
        (("经度度", "经度秒", "纬度度", "纬度秒"), r"degrees, minutes \(and seconds\)"),
        (("经度分", "经度秒", "纬度分", "纬度秒"), r"degrees, minutes \(and seconds\)"),
        (("经度度", "经度分", "纬度度", "纬度分", "纬度秒"), r"of both axes"),
        (("经度", "纬度", *PARTS[0]), r"one statement.*got two statements.*纬度, 经度"),
        (("x", "y", *PARTS[0]), r"got two statements"),
    ],
)
def test_parts_that_do_not_fit_are_refused(heading, words, tmp_path):
    rows = [["名称", *heading, "x坐标", "y坐标"], ["甲", *[40] * len(heading), 1, 2]]
    if "x" not in heading:
        rows = [row[:-2] for row in rows]
    with pytest.raises(InputRefusedError, match=words):
        open_raw(make.as_csv(tmp_path, rows))


def test_a_single_column_in_degrees_is_no_part():
    assert parts_of(["经度(度)", "纬度(度)", "E", "N"]) == {}
    assert parts_of(["lon_m", "lat_m", "经度", "纬度"]) == {}


# -- lists in one cell -------------------------------------------------------


SQUARE = ((107.1, 40.1), (107.2, 40.1), (107.2, 40.2), (107.1, 40.2))
SPELLED = {
    "semicolons": "107.1,40.1;107.2,40.1;107.2,40.2;107.1,40.2",
    "Chinese signs": "107.1，40.1；107.2，40.1；107.2，40.2；107.1，40.2；",
    "brackets": "(107.1 40.1) (107.2 40.1) (107.2 40.2) (107.1 40.2)",
    "brackets, commas": "（107.1，40.1），（107.2，40.1），"
    "（107.2，40.2），（107.1，40.2）",
    "JSON": "[[107.1,40.1],[107.2,40.1],[107.2,40.2],[107.1,40.2]]",
    "lines": "107.1,40.1\n107.2,40.1\r\n107.2,40.2\n107.1,40.2",
    "commas and blanks": "107.1 40.1, 107.2 40.1, 107.2 40.2, 107.1 40.2",
    "one row of commas": "107.1,40.1,107.2,40.1,107.2,40.2,107.1,40.2",
    "numbered": "J1:107.1,40.1;J2:107.2,40.1;J3:107.2,40.2;J4:107.1,40.2",
    "latitude first": "40.1,107.1;40.1,107.2;40.2,107.2;40.2,107.1",
    "marks": "107°6′,40°6′;107°12′,40°6′;107°12′,40°12′;107°6′,40°12′",
    "hemispheres": "E107°06′00″ N40°06′00″; E107°12′00″ N40°06′00″; "
    "E107°12′00″ N40°12′00″; E107°06′00″ N40°12′00″",
}


def lists(folder, *cells, heading="拐点坐标", write=make.as_csv, extra=()):
    names = ["项目名称", heading, *(name for name, _ in extra)]
    rows = [
        [f"项目{at}", cell, *(value for _, value in extra)]
        for at, cell in enumerate(cells)
    ]
    return write(folder, [names, *rows])


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("how", SPELLED)
def test_every_spelling_of_a_list_is_the_same_outline(how, write, tmp_path):
    raw = open_raw(lists(tmp_path, SPELLED[how], write=write))
    (shape,) = raw.geometry
    corners = [(round(x, 9), round(y, 9)) for x, y in shape.exterior.coords]
    assert tuple(corners[:4]) == SQUARE
    said = dict(raw.found)
    assert said["list_cells_read"] == {"column": "拐点坐标", "rows": 1, "pairs": 4}
    assert "rings_closed" in said
    assert raw.attributes["项目名称"].tolist() == ["项目0"]


def test_a_list_reaches_a_layer_with_the_doubt_about_its_datum(tmp_path):
    layer = layers.read(lists(tmp_path, SPELLED["brackets"]), kind="project_site")
    assert layer.frame["name"].tolist() == ["项目0"]
    assert "datum_assumed" in {one.code for one in layer.issues}


def test_a_single_pair_is_a_point_and_blank_cells_stay_rows(tmp_path):
    raw = open_raw(lists(tmp_path, "107.1,40.1", None, heading="经纬度"))
    assert [one and one.geom_type for one in raw.geometry] == ["Point", None]
    assert raw.unreadable.tolist() == [False, False]


def test_metres_in_a_list_need_a_reference_system(tmp_path):
    cell = "4400000.5,36500000.5;4400000.5,36500100.5;4400100.5,36500100.5"
    raw = open_raw(lists(tmp_path, cell))
    assert raw.crs is None
    assert raw.geometry[0].bounds == (36500000.5, 4400000.5, 36500100.5, 4400100.5)
    assert "axis_order_decided" in codes(raw)


@pytest.mark.parametrize(
    "bad",
    [
        "107.1,40.1;107.2;107.2,40.2",
        "107.1,40.1;东厂区;107.2,40.2",
        "107.1,40.1,107.2",
        "107°61′,40°6′;107°12′,40°6′;107°12′,40°12′",
        "107.1,40.1;107.2,40.1",
        "见附图",
        "1" * 500,
    ],
)
def test_a_cell_with_anything_unreadable_costs_its_whole_row(bad, tmp_path):
    raw = open_raw(lists(tmp_path, SPELLED["semicolons"], bad))
    assert raw.unreadable.tolist() == [False, True]
    assert set(codes(raw)) & {"coordinates_unclear", "parcel_points_wrong"}


@pytest.mark.parametrize(
    ("cell", "heading", "words"),
    [
        (SPELLED["semicolons"], "坐标", r"an area that is not closed, or a line"),
        ("38.1,76.1;38.2,76.1;38.2,76.2", "拐点坐标", r"read in two ways"),
        ("见附图", "拐点坐标", r"lists of coordinates in the column 拐点坐标.*见附图"),
        ("107.1,40.1;4400000,36500000", "拐点坐标", r"two ways|metres|size"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(cell, heading, words, tmp_path):
    with pytest.raises(InputRefusedError, match=words):
        open_raw(lists(tmp_path, cell, heading=heading))


def test_a_heading_or_a_shape_column_settles_what_is_open(tmp_path):
    cell = "38.1,76.1;38.2,76.1;38.2,76.2"
    raw = open_raw(lists(tmp_path, cell, heading="拐点坐标（纬度，经度）"))
    assert raw.geometry[0].bounds == (76.1, 38.1, 76.2, 38.2)
    extra = [("图形属性", "线")]
    raw = open_raw(lists(tmp_path, SPELLED["semicolons"], heading="坐标", extra=extra))
    assert raw.geometry[0].geom_type == "LineString"
    closed = SPELLED["semicolons"] + ";107.1,40.1"
    raw = open_raw(lists(tmp_path, closed, heading="坐标"))
    assert raw.geometry[0].geom_type == "Polygon"


def test_points_beside_lists_of_corners_are_two_statements(tmp_path):
    extra = [("经度", 107.15), ("纬度", 40.15)]
    path = lists(tmp_path, SPELLED["semicolons"], extra=extra)
    with pytest.raises(
        InputRefusedError, match=r"two: points.*经度, 纬度.*4 pairs.*拐点坐标"
    ):
        open_raw(path)
    raw = open_raw(lists(tmp_path, "107.15,40.15", heading="坐标", extra=extra))
    assert raw.geometry[0].geom_type == "Point"


@pytest.mark.parametrize("write", [make.as_xlsx, make.as_xls])
def test_a_heading_over_x_and_y_is_no_list(write, tmp_path):
    rows = [["名称", "坐标", None], [None, "经度", "纬度"], ["甲", 107.5, 40.5]]
    assert xy(open_raw(write(tmp_path, rows))) == [(107.5, 40.5)]


def test_a_list_has_no_pairs_by_halves():
    assert pairs_in("") is None
    assert pairs_in("(107.1 40.1") is not None
    assert pairs_in("107.1 40.1, 107.2") is None
