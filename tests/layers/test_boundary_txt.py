"""Boundary-point TXT: what is met in the wild, one oddity at a time."""

import re

import boundary_files as make
import numpy as np
import pyproj
import pytest
import shapely

from layers.errors import CrsError, InputRefusedError, ToolkitError
from layers.formats import boundary_txt
from layers.formats.boundary_txt_crs import DATUMS, _datum
from layers.formats.boundary_txt_lines import take_apart
from layers.formats.boundary_txt_zones import epsg_of, meridian_of
from layers.read.build import build
from layers.read.statement import Origin, Statement
from layers.spec import spec
from layers.text import TEXTS

SQUARE = shapely.box(36_500_000, 4_400_000, 36_500_100, 4_400_100)


def read(folder, content, **how):
    return boundary_txt.read(make.write(folder, content, **how))


def codes(table):
    return [code for code, _ in table.found]


def said(table, code):
    """The English sentence of the only issue with this code."""
    (facts,) = [facts for one, facts in table.found if one == code]
    return TEXTS.say(f"issue.{code}", lang="en", **facts)


def head(**changes):
    return make.header(**changes)


# -- the plain case --------------------------------------------------------


def test_a_plain_file_is_a_square_in_its_zone_with_nothing_to_tell(tmp_path):
    table = read(tmp_path, make.text())
    assert shapely.equals(table.geometry[0], SQUARE)
    assert table.found == ()
    assert (table.crs, table.format, table.source_layer) == (
        4524,
        "boundary points",
        "dk",
    )
    assert table.crs_evidence == (
        "坐标系=2000国家大地坐标系 in the header; 几度分带=3, 带号=36, eastings begin "
        "with zone 36"
    )
    row = table.attributes.iloc[0]
    assert row[list(boundary_txt.COLUMNS)].tolist() == [
        *("5", "1.0000", "A-1", "一号地块", "面"),
        *("J49E001001", "工业用地", "0601"),
    ]
    assert row["属性描述:数据产生单位"] == "某某旗自然资源局"


def test_the_layer_of_a_plain_file_lies_on_the_central_meridian_of_its_zone(tmp_path):
    table = read(tmp_path, make.text())
    layer = build(table, spec("project_site"), Statement(), Origin("dk.txt", ""))
    assert layer.frame["feature_id"].tolist() == ["A-1"]
    assert layer.frame["name"].tolist() == ["一号地块"]
    assert layer.frame["accuracy_m"].isna().all(), "精度 of the header is no metre"
    west, south, east, north = layer.total_bounds()
    assert west == pytest.approx(108, abs=1e-9)
    assert 39.7 < south < north < 39.75
    assert east - west == pytest.approx(100 / 85_500, rel=0.01)


def test_ring_two_is_a_hole_and_the_area_is_net_of_it(tmp_path):
    line = make.parcel_line(count=10, area="0.9600")
    rows = [*make.parcel(line=line), *make.rows(make.HOLE, 2, first=6)]
    table = read(tmp_path, make.text(rows))
    assert table.geometry[0].area == 9600
    assert len(table.geometry[0].interiors) == 1
    assert table.found == ()


def test_several_parcels_keep_their_order_and_rows(tmp_path):
    parcels = [
        make.parcel(line=make.parcel_line(number=f"A-{i}"), east=make.EAST + 200 * i)
        for i in range(3)
    ]
    table = read(tmp_path, make.text(*parcels))
    assert table.attributes["地块编号"].tolist() == ["A-0", "A-1", "A-2"]
    assert [one.bounds[0] - make.EAST for one in table.geometry] == [0, 200, 400]
    assert table.rows_in_file == 3


def test_lines_and_points_are_read_by_the_word_in_the_parcel_line(tmp_path):
    line = make.parcel_line(count=3, area="", shape="线")
    point = make.parcel_line(count=1, area="", shape="点")
    points = make.parcel_line(count=2, area="", shape="点")
    road = make.parcel(make.OUTER[:3], line)
    two = [*road, *make.rows(make.HOLE[:2], 2)]
    two[0] = make.parcel_line(count=5, area="", shape="线")
    table = read(
        tmp_path,
        make.text(
            road,
            make.parcel(((5, 7),), point),
            make.parcel(make.OUTER[:2], points),
            two,
        ),
    )
    kinds = [one.geom_type for one in table.geometry]
    assert kinds == ["LineString", "Point", "MultiPoint", "MultiLineString"]
    assert table.geometry[0].length == 200
    assert table.geometry[1].coords[0] == (make.EAST + 5, make.NORTH + 7)
    assert table.found == ()


# -- every spelling of one square ------------------------------------------


def full_width(content):
    return content.replace("[", "【").replace("]", "】").replace(",", "，")


SPELLINGS = {
    "full-width brackets and commas": full_width(make.text()),
    "Windows line ends": make.text().replace("\n", "\r\n"),
    "old Mac line ends": make.text().replace("\n", "\r"),
    "blank lines": make.text().replace("\n", "\n\n"),
    "blanks round the signs": make.text().replace("=", " = ").replace(",", " , "),
    "full-width equals sign and digits": make.text(
        head=head().replace("带号=36", "带号\uff1d\uff13\uff16")
    ),
    "blank zone, prefix in the easting": make.text(head=head(带号="")),
    "no zone line": make.text(head=head(带号=None)),
    "width spelled out": make.text(head=head(几度分带="3度带")),
    "width in Chinese": make.text(head=head(几度分带="三度分带")),
    "no width": make.text(head=head(几度分带="")),
    "zone spelled out": make.text(head=head(带号="第36带")),
    "other name of the datum": make.text(head=head(坐标系="CGCS_2000")),
    "no projection": make.text(head=head(投影类型="")),
    "other spelling of Gauss-Krüger": make.text(head=head(投影类型="高斯-克吕格投影")),
    "unit m": make.text(head=head(计量单位="m")),
    "empty shift parameters": make.text(head=head(转换参数=",,,,,,")),
    "count without the closing point": make.text(
        make.parcel(line=make.parcel_line(count=4))
    ),
    "area with its unit": make.text(make.parcel(line=make.parcel_line(area="1公顷"))),
    "area in square metres, said so": make.text(
        make.parcel(line=make.parcel_line(area="10000平方米"))
    ),
    "seven fields": make.text(make.parcel(line="5,1,A-1,一号地块,面,,工业用地,@")),
    "no comma before the @": make.text(
        make.parcel(line="5,1,A-1,一号地块,面,,工业用地,0601@")
    ),
    "thirteen fields": make.text(
        make.parcel(line=make.parcel_line(rest="T,Y,0601,1,B,C,D,remark"))
    ),
    "point numbers without J": make.text().replace("J", ""),
    "tabs in the rows": make.text(
        [make.parcel_line(), *(r.replace(",", "\t") for r in make.rows(make.OUTER))]
    ),
    "a full-width comma in the name": make.text(
        make.parcel(line=make.parcel_line(name="一号，地块"))
    ),
    "the header twice": make.text(head=f"{head()}\n{head()}"),
}


@pytest.mark.parametrize("content", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_every_spelling_is_the_same_square(content, tmp_path):
    table = read(tmp_path, content)
    assert shapely.equals(table.geometry[0], SQUARE)
    assert table.crs == 4524
    assert table.attributes["地块编号"].tolist() == ["A-1"]
    assert set(codes(table)) <= {"zone_decided"}


@pytest.mark.parametrize(
    ("encoding", "used"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("gb18030", "GB18030"),
        ("gbk", "GB18030"),
        ("utf-16", "UTF-16"),
    ],
)
def test_the_text_encoding_is_found_from_the_bytes(encoding, used, tmp_path):
    table = read(tmp_path, make.text(), encoding=encoding)
    assert table.attributes["地块名称"].tolist() == ["一号地块"]
    assert table.encoding == used
    assert ("encoding_decided" in codes(table)) == (used == "GB18030")


@pytest.mark.parametrize(
    ("spelling", "datum"),
    [
        ("2000国家大地坐标系", "CGCS2000"),
        ("国家2000坐标系", "CGCS2000"),
        ("CGCS2000", "CGCS2000"),
        ("GCS_CGCS_2000", "CGCS2000"),
        ("大地2000", "CGCS2000"),
        ("1980西安坐标系", "Xian 1980"),
        ("1980西安国家大地坐标系", "Xian 1980"),
        ("西安80", "Xian 1980"),
        ("80坐标系", "Xian 1980"),
        ("国家80", "Xian 1980"),
        ("1954年北京坐标系", "Beijing 1954"),
        ("北京54坐标系", "Beijing 1954"),
        ("WGS-84", "WGS 84"),
        (
            "\uff32\uff10\uff10\uff10国家大地坐标系".replace("\uff32", "\uff12"),
            "CGCS2000",
        ),
    ],
)
def test_the_datum_is_known_by_many_names(spelling, datum, tmp_path):
    assert _datum({"坐标系": spelling}, tmp_path)[0] == datum
    assert datum in {name for name, _ in DATUMS}


@pytest.mark.parametrize(
    "spelling", ["北京2000", "西安2000坐标系", "城市独立坐标系", "ffff"]
)
def test_a_local_system_is_not_taken_for_a_national_one(spelling, tmp_path):
    with pytest.raises(CrsError, match=r"坐标系=.*write one of these"):
        read(tmp_path, make.text(head=head(坐标系=spelling)))


# -- where it lies ---------------------------------------------------------


def zone_text(east, **changes):
    return make.text(make.parcel(east=east), head=head(**changes))


@pytest.mark.parametrize(
    ("east", "changes", "epsg"),
    [
        (36_500_000, {}, 4524),
        (500_000, {}, 4545),
        (500_000, {"几度分带": ""}, 4545),
        (18_500_000, {"几度分带": "6", "带号": "18"}, 4496),
        (18_500_000, {"几度分带": "6", "带号": ""}, 4496),
        (500_000, {"几度分带": "6", "带号": "18"}, 4507),
        (36_500_000, {"坐标系": "1980西安坐标系"}, 2360),
        (500_000, {"坐标系": "1980西安坐标系"}, 2381),
        (36_500_000, {"坐标系": "1954北京坐标系"}, 2412),
        (18_500_000, {"坐标系": "北京54", "几度分带": "6", "带号": "18"}, 21418),
        (500_000, {"带号": ""}, None),
        (36_500_000, {"坐标系": ""}, None),
    ],
)
def test_header_and_prefix_name_the_system(east, changes, epsg, tmp_path):
    assert read(tmp_path, zone_text(east, **changes)).crs == epsg


def test_the_codes_of_all_zones_are_those_of_the_formulas():
    for zone in range(25, 46):
        assert epsg_of("CGCS2000", zone, prefixed=True) == 4488 + zone
        cm = meridian_of(zone)
        assert epsg_of("CGCS2000", zone, prefixed=False) == 4534 + (cm - 75) / 3
    for zone in range(13, 24):
        assert epsg_of("CGCS2000", zone, prefixed=True) == 4478 + zone
        cm = meridian_of(zone)
        assert epsg_of("CGCS2000", zone, prefixed=False) == 4502 + (cm - 75) / 6


@pytest.mark.parametrize("datum", ["CGCS2000", "Xian 1980", "Beijing 1954"])
def test_the_systems_of_all_zones_have_their_meridian_and_easting(datum):
    for zone in (*range(13, 24), *range(25, 46)):
        for prefixed in (True, False):
            crs = pyproj.CRS(epsg_of(datum, zone, prefixed=prefixed))
            params = {one.name: one.value for one in crs.coordinate_operation.params}
            assert params["Longitude of natural origin"] == meridian_of(zone)
            east = 500_000 + zone * 1_000_000 * prefixed
            assert params["False easting"] == east
            assert datum.split()[0].lower() in crs.name.lower().replace("'", "")


def test_without_datum_the_evidence_says_what_is_known(tmp_path):
    table = read(tmp_path, zone_text(36_500_000, 坐标系=""))
    assert table.crs_evidence == (
        "坐标系 is not stated; 几度分带=3, 带号=36, eastings begin with zone 36"
    )


def test_a_zone_taken_from_the_eastings_is_told(tmp_path):
    table = read(tmp_path, zone_text(36_500_000, 带号=""))
    assert "the eastings begin with 36" in said(table, "zone_decided")


def test_points_far_from_the_meridian_of_their_zone_are_told(tmp_path):
    table = read(tmp_path, zone_text(36_800_000))
    assert "points lie 3.5" in said(table, "far_from_meridian")


DEGREES = [
    "J1,1,40.000000000,107.000000000",
    "J2,1,40.001000000,107.000000000",
    "J3,1,40.001000000,107.001000000",
    "J1,1,40.000000000,107.000000000",
]
DEGREE_HEAD = {"计量单位": "度", "投影类型": "", "几度分带": "", "带号": ""}


def test_degrees_are_read_as_longitude_and_latitude(tmp_path):
    rows = [make.parcel_line(count=4, area="0.4742"), *DEGREES]
    table = read(tmp_path, make.text(rows, head=head(**DEGREE_HEAD)))
    assert table.crs == 4490
    assert table.geometry[0].bounds == (107.0, 40.0, 107.001, 40.001)
    assert table.found == ()


def test_degrees_without_datum_state_no_system(tmp_path):
    rows = [make.parcel_line(count=4, area="0.4742"), *DEGREES]
    table = read(tmp_path, make.text(rows, head=head(**DEGREE_HEAD, 坐标系="")))
    assert table.crs is None
    assert table.crs_evidence == "degrees; 坐标系 is not stated"


def swapped():
    return make.parcel(swap=True)


def test_swapped_eastings_and_northings_are_read_by_magnitude_and_told(tmp_path):
    table = read(tmp_path, make.text(swapped(), make.parcel()))
    assert shapely.equals(table.geometry, SQUARE).all()
    assert "in 1 of 2 parcels the easting stands before" in said(table, "axes_swapped")


# -- refused as a whole ----------------------------------------------------

ROWS = make.rows(make.OUTER)
REFUSED = {
    "no parcels": (f"{head()}\n[地块坐标]\n", r"a section \[地块坐标\] with parcels"),
    "no section": (f"{head()}\n", r"a section \[地块坐标\] with parcels"),
    "text before the header": (f"坐标成果表\n{make.text()}", r"a heading .* line 1"),
    "rows before a parcel line": (
        make.text(ROWS),
        r"ends in @ before its points.*J1,1.* in line 13",
    ),
    "two headers that differ": (
        make.text(head=f"{head()}\n{head(带号='37')}"),
        r"带号=36 and, in line 20, 带号=37",
    ),
    "too many fields": (
        make.text(make.parcel(line=make.parcel_line(rest="," * 80))),
        r"at most 64 fields",
    ),
    "another zone in the header": (
        make.text(head=head(带号="37")),
        r"begin with 36; read as zone 37 they lie at 111\.0.*, as zone 36 at 108\.0",
    ),
    "six degrees but zone 36": (
        make.text(head=head(几度分带="6")),
        r"几度分带=6 and 带号 36; zone 36 is a 3-degree zone \(central meridian 108E",
    ),
    "six degrees but prefix 36": (
        make.text(head=head(几度分带="6", 带号="")),
        r"几度分带=6 and the eastings' prefix 36",
    ),
    "three degrees but zone 18": (
        zone_text(18_500_000, 带号="18"),
        r"几度分带=3 and 带号 18; zone 18 is a 6-degree zone",
    ),
    "zone is a meridian": (
        make.text(head=head(带号="108")),
        r"带号=108, which looks like a central meridian",
    ),
    "zone 24": (make.text(head=head(带号="24")), r"13-23 \(six-degree\) or 25-45"),
    "zones of 1.5 degrees": (make.text(head=head(几度分带="1.5")), r"几度分带 3 or 6"),
    "shift parameters": (
        make.text(head=head(转换参数="10,20,30,0,0,0,0")),
        r"either the coordinates were transformed with it .* or they are still to be",
    ),
    "kilometres": (make.text(head=head(计量单位="千米")), r"计量单位 米 or 度"),
    "another projection": (
        make.text(head=head(投影类型="墨卡托")),
        r"投影类型=墨卡托.*Gauss-Kruger",
    ),
    "metres called degrees": (
        make.text(head=head(计量单位="度")),
        r"计量单位=度.* numbers in metres",
    ),
    "metres without a projection": (
        make.text(head=head(投影类型="经纬度")),
        r"投影类型=经纬度 and numbers in metres",
    ),
    "degrees called metres": (
        make.text([make.parcel_line(), *DEGREES]),
        r"计量单位=米.* numbers in degrees",
    ),
    "WGS 84 in metres": (make.text(head=head(坐标系="WGS84")), r"degrees for WGS 84"),
    "parcels of two zones": (
        make.text(make.parcel(), make.parcel(east=37_500_000), head=head(带号="")),
        r"prefix 36 in line 13, metres with the prefix 37 in line 19",
    ),
    "prefix in one parcel only": (
        make.text(make.parcel(), make.parcel(east=500_000)),
        r"prefix 36 in line 13, metres without zone prefix in line 19",
    ),
    "degrees in one parcel only": (
        make.text(make.parcel(), [make.parcel_line(), *DEGREES]),
        r"all parcels in one zone.*degrees in line 19",
    ),
    "eastings like northings": (
        make.text(make.parcel(east=500_000, north=600_000)),
        r"either northing 600000 and easting 500000, or the other way round",
    ),
    "numbers of nowhere": (
        make.text(make.parcel(east=24_500_000)),
        r"none; line 14: 4400000, 24500000 are neither Gauss-Kruger",
    ),
    "minutes and seconds": (
        make.text([make.parcel_line(), "J1,1,39°54′00″,107°00′00″"]),
        r"none; line 14: this line is no",
    ),
    "neither UTF-8 nor GB18030": (None, r"UTF-8 or GB18030"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_two_readings_or_none_are_refused_with_both(content, words, tmp_path):
    path = make.write(tmp_path, content or "")
    if content is None:
        path.write_bytes(b"[\xff\xff\xff]\n\xff=\xff")
    with pytest.raises(InputRefusedError, match=words):
        boundary_txt.read(path)


# -- one parcel costs one row ----------------------------------------------


def with_row(at, row):
    return [*ROWS[:at], row, *ROWS[at + 1 :]]


OPEN = [make.parcel_line(count=5), *ROWS[:-1]]
SET_ASIDE = {
    "a row that is cut": (with_row(2, "J3,1,4400100.0"), r"line 16.*no “点号"),
    "a word for a number": (with_row(2, "J3,1,4400100.0,缺"), r"line 16.*no “点号"),
    "an underscore in a number": (with_row(2, "J3,1,4_400_100,36500100"), r"no “点号"),
    "a number that is cut": (with_row(2, "J3,1,4400100.0,365"), r"4400100, 365 are"),
    "not a number": (with_row(2, "J3,1,nan,36500100"), r"no “点号"),
    "one row swapped": (
        with_row(2, "J3,1,36500100.0,4400100.0"),
        r"differ in order, unit or zone",
    ),
    "one row of another zone": (
        with_row(2, "J3,1,4400100.0,37500100.0"),
        r"differ in order, unit or zone",
    ),
    "one row without ring number": (
        with_row(2, "J3,,4400100.0,36500100.0"),
        r"some of its rows have no ring number",
    ),
    "a remark below": ([*ROWS, "以下空白"], r"line 19.*no “点号"),
    "two corners": (ROWS[:2] + ROWS[:1], r"only 2 different points"),
    "only holes": (make.rows(make.OUTER, 2), r"there is no ring 1"),
    "two outer rings": (
        [*ROWS, *make.rows(make.HOLE, 1)],
        r"two rings 1: a second part, or a hole",
    ),
    "a hole outside": (
        [*ROWS, *make.rows(make.HOLE, 2, east=make.EAST + 500)],
        r"ring 2 is not inside the outer ring",
    ),
}


@pytest.mark.parametrize(("rows", "words"), SET_ASIDE.values(), ids=SET_ASIDE.keys())
def test_a_parcel_with_two_readings_is_set_aside_and_the_others_kept(
    rows, words, tmp_path
):
    bad = [make.parcel_line(number="B"), *rows]
    table = read(tmp_path, make.text(bad, make.parcel()))
    assert table.unreadable.tolist() == [True, False]
    assert table.geometry[0] is None
    assert shapely.equals(table.geometry[1], SQUARE)
    assert table.rows_in_file == 2
    assert re.search(words, said(table, "parcel_not_readable"))


def test_a_ring_that_stays_open_is_closed_only_when_the_count_agrees(tmp_path):
    whole = [make.parcel_line(count=4), *ROWS[:-1]]
    table = read(tmp_path, make.text(whole, OPEN))
    assert shapely.equals(table.geometry[0], SQUARE)
    assert table.unreadable.tolist() == [False, True]
    assert "ring 1 does not come back" in said(table, "ring_closed")
    assert "ring 1 does not come back" in said(table, "parcel_not_readable")


def test_a_parcel_without_points_has_no_geometry_and_is_not_lost(tmp_path):
    table = read(tmp_path, make.text([make.parcel_line()], make.parcel()))
    assert table.geometry[0] is None
    assert table.unreadable.tolist() == [False, False]
    layer = build(table, spec("project_site"), Statement(), Origin("dk.txt", ""))
    assert [(one.row, one.reason) for one in layer.quarantine] == [(0, "geometry_null")]


def test_without_a_point_count_nothing_is_checked_against_it(tmp_path):
    table = read(tmp_path, make.text(make.parcel(line=make.parcel_line(count=""))))
    assert table.found == ()
    assert shapely.equals(table.geometry[0], SQUARE)


def test_a_line_needs_two_different_points(tmp_path):
    bad = [make.parcel_line(count=2, area="", shape="线"), ROWS[0], ROWS[0]]
    table = read(tmp_path, make.text(bad, make.parcel()))
    assert table.unreadable.tolist() == [True, False]
    assert "only 1 different points" in said(table, "parcel_not_readable")


def test_a_file_without_any_point_has_rows_and_no_system(tmp_path):
    table = read(tmp_path, make.text([make.parcel_line()]))
    assert (table.crs, table.crs_evidence) == (None, "no coordinates")


# -- mended and told -------------------------------------------------------


def test_a_closing_point_with_a_wrong_ring_number_still_closes_its_ring(tmp_path):
    wrong = [*ROWS[:-1], ROWS[-1].replace(",1,", ",3,", 1)]
    hole = make.rows(make.HOLE, 2)
    line = make.parcel_line(count=10, area="0.96")
    table = read(tmp_path, make.text([line, *wrong, *hole]))
    assert table.geometry[0].area == 9600
    told = said(table, "ring_number_corrected")
    assert "line 18 carries ring number 3 but repeats the first point of ring 1" in told
    assert codes(table) == ["ring_number_corrected"]


def test_a_closing_point_numbered_like_the_ring_before_it_or_after_it(tmp_path):
    hole = make.rows(make.HOLE, 2)
    line = make.parcel_line(count=10, area="0.96")
    before = [line, *ROWS, *hole[:-1], hole[-1].replace(",2,", ",1,", 1)]
    after = [line, *ROWS[:-1], ROWS[-1].replace(",1,", ",2,", 1), *hole]
    table = read(tmp_path, make.text(before, after))
    assert [one.area for one in table.geometry] == [9600, 9600]
    assert codes(table) == ["ring_number_corrected"] * 2


def test_a_hole_that_begins_where_an_open_outer_ring_began_is_not_its_end(tmp_path):
    touching = ((0, 0), (50, 20), (20, 50), (0, 0))
    rows = [*ROWS[:-1], *make.rows(touching, 2)]
    table = read(tmp_path, make.text([make.parcel_line(count=7), *rows], make.parcel()))
    assert len(table.geometry[0].interiors) == 1
    assert "ring_number_corrected" not in codes(table)
    assert "ring_closed" in codes(table)


TOLD = {
    "square metres for hectares": (
        make.parcel(line=make.parcel_line(area="10000.00")),
        "declared_area_unit",
        "the declared area of 10000.00 fits its outline (1.0000 ha) only in m2",
    ),
    "mu for hectares": (
        make.parcel(line=make.parcel_line(area="15.00")),
        "declared_area_unit",
        "only in 亩 (mu)",
    ),
    "another area": (
        make.parcel(line=make.parcel_line(area="1.0200")),
        "declared_area_differs",
        "declares an area of 1.0200; its outline has 1.0000 ha",
    ),
    "no area": (
        make.parcel(line=make.parcel_line(area="0")),
        "declared_area_differs",
        "declares an area of 0;",
    ),
    "an area in words": (
        make.parcel(line=make.parcel_line(area="一公顷")),
        "declared_value_unreadable",
        "地块面积 “一公顷” cannot be read",
    ),
    "another point count": (
        make.parcel(line=make.parcel_line(count=7)),
        "declared_points_differ",
        "declares 7 points; there are 5 rows in 1 ring(s)",
    ),
    "a point count in words": (
        make.parcel(line=make.parcel_line(count="五")),
        "declared_value_unreadable",
        "界址点数 “五” cannot be read",
    ),
    "no @": (
        make.parcel(line=make.parcel_line().replace(",@", "")),
        "parcel_line_odd",
        "the @ at its end is missing",
    ),
    "text after the @": (
        make.parcel(line=make.parcel_line() + "备注"),
        "parcel_line_odd",
        "“备注” stands after the @",
    ),
    "six fields": (
        make.parcel(line="5,1,A-1,一号地块,面,,@"),
        "parcel_line_odd",
        "6 fields stand before the @",
    ),
    "a field too many in front": (
        make.parcel(line="x,5,1,A-1,一号地块,面,图幅,用途,@"),
        "parcel_line_odd",
        "stands in place 6, not 5",
    ),
    "no shape": (
        make.parcel(line=make.parcel_line(shape="")),
        "parcel_shape_decided",
        "it was read as a polygon",
    ),
    "no ring numbers": (
        [make.parcel_line(), *(row.replace(",1,", ",") for row in ROWS)],
        "ring_number_assumed",
        "has no ring numbers",
    ),
    "ring numbers with a gap": (
        [
            make.parcel_line(count=10, area="0.96"),
            *ROWS,
            *make.rows(make.HOLE, 3),
        ],
        "ring_numbers_odd",
        "the rings are numbered 1, 3",
    ),
    "a fifth value": (
        [make.parcel_line(), *(f"{row},12.5" for row in ROWS)],
        "vertex_columns_ignored",
        "5 rows of points hold more than four values",
    ),
}


@pytest.mark.parametrize(("rows", "code", "words"), TOLD.values(), ids=TOLD.keys())
def test_what_is_odd_is_told_and_changes_nothing(rows, code, words, tmp_path):
    table = read(tmp_path, make.text(rows))
    assert shapely.equals(table.geometry[0].envelope, SQUARE)
    assert codes(table) == [code]
    assert words in said(table, code)


HEADS = {
    "a line without a key": (f"{head()}\n某某旗", "header_not_understood", "某某旗"),
    "five shift parameters": (
        head(转换参数="0,0,0,0,0"),
        "header_not_understood",
        "header 转换参数: “0,0,0,0,0”",
    ),
    "shift parameters in words": (
        head(转换参数="无"),
        "header_not_understood",
        "header 转换参数: “无”",
    ),
    "a width in words": (
        head(几度分带="标准"),
        "header_not_understood",
        "header 几度分带: “标准”",
    ),
    "a further section": (
        f"[扩展信息]\n项目=某矿\n{head()}",
        "section_not_read",
        "section [扩展信息] (1 lines)",
    ),
}


@pytest.mark.parametrize(("top", "code", "words"), HEADS.values(), ids=HEADS.keys())
def test_what_is_odd_in_the_header_is_told(top, code, words, tmp_path):
    table = read(tmp_path, make.text(head=top))
    assert codes(table) == [code]
    assert words in said(table, code)


def test_a_zone_in_words_is_told_and_the_prefix_decides(tmp_path):
    table = read(tmp_path, make.text(head=head(带号="ffff")))
    assert codes(table) == ["header_not_understood", "zone_decided"]
    assert table.crs == 4524


def test_fields_out_of_place_keep_their_text_under_numbers(tmp_path):
    line = "x,5,1,A-1,一号地块,面,图幅,用途,@"
    row = read(tmp_path, make.text(make.parcel(line=line))).attributes.iloc[0]
    assert row["地块编号"] is None
    assert [row[f"属性{at}"] for at in (1, 4, 6)] == ["x", "A-1", "面"]


def test_an_open_ring_without_a_shape_may_be_a_line(tmp_path):
    rows = [make.parcel_line(count=4, shape=""), *ROWS[:-1]]
    table = read(tmp_path, make.text(rows, make.parcel()))
    assert "it may be either" in said(table, "parcel_not_readable")


def test_the_example_of_a_forum_is_read(tmp_path):
    """Layout as published by an office: numbers for names, ring 3 at the end."""
    content = (
        "[属性描述]\n格式版本号=1.01\n坐标系=2000国家大地坐标系\n几度分带=3\n"
        "投影类型=高斯克吕格\n计量单位=米\n带号=38\n精度=3\n[地块坐标]\n"
        "4,0.0031,1,XXX区块一,面,,,,@\n"
        "1,1,3751508.512,39438683.652\n2,1,3751508.512,39438690.152\n"
        "3,1,3751502.100,39438690.150\n1,3,3751508.512,39438683.652\n"
    )
    with pytest.raises(CrsError, match=r"带号=38 and eastings that begin with 39"):
        read(tmp_path, content)
    table = read(tmp_path, content.replace("带号=38", "带号=39"))
    assert table.geometry[0].area == pytest.approx(20.8, abs=0.1)
    assert codes(table) == ["ring_number_corrected", "declared_area_differs"]


def test_lines_are_numbered_as_an_editor_does(tmp_path):
    lines = take_apart(make.text(), tmp_path)
    assert (lines.parcels[0].line, lines.parcels[0].vertices[0].line) == (13, 14)


# -- hostile ---------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_damaged_files_are_refused_or_read_without_losing_a_row(seed, tmp_path):
    """60 damaged files each: bytes flipped, pieces cut out, doubled or put in."""
    random = np.random.default_rng(seed)
    line = make.parcel_line(count=10, area="0.96")
    holed = [line, *ROWS, *make.rows(make.HOLE, 2)]
    good = make.text(holed, make.parcel(), make.parcel(swap=True)).encode("gb18030")
    odd = [b"@", b",", b"[", b"\n", b"1e999", b"nan", b"9" * 5000, b"\x85", b"\x00"]
    path = tmp_path / "dk.txt"
    for _ in range(60):
        data = bytearray(good)
        for _ in range(int(random.integers(1, 4))):
            at, to = sorted(random.integers(0, len(data), 2).tolist())
            to = min(to, at + 40)
            kind = int(random.integers(0, 4))
            if kind == 0:
                data[at] = int(random.integers(0, 256))
            elif kind == 1:
                del data[at:to]
            elif kind == 2:
                data[at:at] = data[at:to]
            else:
                data[at:at] = odd[int(random.integers(0, len(odd)))]
        path.write_bytes(data)
        try:
            table = boundary_txt.read(path)
        except ToolkitError:
            continue
        assert table.rows_in_file == len(table.attributes) == len(table.geometry)
        for code, facts in table.found:
            assert TEXTS.say(f"issue.{code}", **facts)


def test_many_rings_and_repeats_are_read_in_good_time(tmp_path):
    back_and_forth = [ROWS[0], ROWS[1]] * 4_000
    rings = [
        row.replace(",1,", f",{at % 2 + 1},") for at, row in enumerate(ROWS * 2_000)
    ]
    parcels = [[make.parcel_line(), *rows] for rows in (back_and_forth, rings)]
    table = read(tmp_path, make.text(*parcels, make.parcel()))
    assert table.unreadable.tolist() == [True, True, False]


def test_a_number_of_five_thousand_digits_is_no_count(tmp_path):
    table = read(
        tmp_path, make.text(make.parcel(line=make.parcel_line(count="9" * 5000)))
    )
    assert codes(table) == ["declared_value_unreadable"]
