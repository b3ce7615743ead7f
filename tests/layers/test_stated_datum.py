"""A table that names the datum of its degrees is read on it, or refused with a reason.

About 500 m lie between a place in GCJ-02 and the same numbers in CGCS2000.
"""

import openpyxl
import pytest

import layers
from layers.errors import CrsError, InputRefusedError
from layers.formats.stated_datum import named_in

LON, LAT = 107.0062, 40.0008


def read(folder, *rows, **stated):
    path = folder / "sites.csv"
    path.write_text("\n".join(rows), encoding="utf-8-sig")
    return layers.read(path, kind="project_site", in_process=True, **stated)


def codes(layer):
    return {one.code for one in layer.issues}


@pytest.mark.parametrize(
    ("words", "crs"),
    [
        ("经度（GCJ-02）", ["GCJ-02"]),
        ("lng [高德]", ["GCJ-02"]),
        ("BD09", ["BD-09"]),
        ("1980西安坐标系", ["EPSG:4610"]),
        ("西安80", ["EPSG:4610"]),
        ("Xi'an 1980", ["EPSG:4610"]),
        ("1954北京坐标系", ["EPSG:4214"]),
        ("2000国家大地坐标系", ["EPSG:4490"]),
        ("WGS-84", ["EPSG:4326"]),
        ("经度(度)", []),
        ("1980年建成", []),
        ("高德或百度", ["GCJ-02", "BD-09"]),
    ],
)
def test_words_that_name_a_system(words, crs):
    assert list(named_in(words)) == crs


def test_a_heading_that_says_gcj02_is_undone(tmp_path):
    row = f"甲,{LON},{LAT}"
    plain = read(tmp_path, "项目编号,经度,纬度", row)
    shifted = read(tmp_path, "项目编号,经度(GCJ02),纬度(GCJ02)", row)
    declared = read(tmp_path, "项目编号,经度,纬度", row, crs="GCJ-02")
    assert "datum_assumed" in codes(plain)
    assert codes(shifted) == (codes(plain) - {"datum_assumed"}) | {"datum_shifted"}
    assert shifted.provenance.crs_evidence == "heading 经度(GCJ02)"
    here, there = shifted.frame.geometry[0], declared.frame.geometry[0]
    assert here.equals_exact(there, 1e-12)
    assert plain.frame.geometry[0].distance(here) > 0.005


@pytest.mark.parametrize("words", ["西安80", "北京54坐标系"])
def test_a_heading_on_another_datum_is_refused_without_parameters(tmp_path, words):
    with pytest.raises(CrsError, match="transformation parameters"):
        read(tmp_path, f"项目编号,经度({words}),纬度({words})", f"甲,{LON},{LAT}")


def test_a_heading_that_says_cgcs2000_assumes_nothing(tmp_path):
    rows = "项目编号,经度(CGCS2000),纬度(CGCS2000)", f"甲,{LON},{LAT}"
    assert "datum_assumed" not in codes(read(tmp_path, *rows))


def test_a_column_may_name_it_for_every_row(tmp_path):
    rows = "项目编号,经度,纬度,坐标系", f"甲,{LON},{LAT},火星坐标"
    layer = read(tmp_path, *rows)
    assert (layer.provenance.crs, layer.provenance.crs_evidence) == (
        "GCJ-02",
        "column 坐标系",
    )


@pytest.mark.parametrize(
    "column", [("火星坐标", "CGCS2000"), ("西安80", ""), ("BD-09", "地方坐标系")]
)
def test_rows_on_several_systems_are_refused(tmp_path, column):
    rows = [f"{at},{LON},{LAT},{words}" for at, words in enumerate(column)]
    with pytest.raises(InputRefusedError, match="one reference system"):
        read(tmp_path, "项目编号,经度,纬度,坐标系", *rows)


@pytest.mark.parametrize("column", [("CGCS2000", "WGS84"), ("", "经纬度")])
def test_rows_that_differ_by_nothing_are_read(tmp_path, column):
    rows = [f"{at},{LON},{LAT},{words}" for at, words in enumerate(column)]
    layer = read(tmp_path, "项目编号,经度,纬度,坐标系", *rows)
    assert layer.frame.geometry[0].x == LON


@pytest.mark.parametrize(
    ("heading", "crs"), [("GCJ02", "EPSG:4490"), ("GCJ02", "BD-09"), ("西安80", 4490)]
)
def test_what_the_user_says_may_not_contradict_the_heading(tmp_path, heading, crs):
    rows = f"项目编号,经度({heading}),纬度({heading})", f"甲,{LON},{LAT}"
    with pytest.raises(CrsError, match=r"heading 经度"):
        read(tmp_path, *rows, crs=crs)


def test_the_same_said_twice_is_no_contradiction(tmp_path):
    rows = "项目编号,经度(高德),纬度(高德)", f"甲,{LON},{LAT}"
    assert read(tmp_path, *rows, crs="gcj02").provenance.crs == "GCJ-02"


@pytest.mark.parametrize(
    ("title", "crs"), [("坐标系：百度坐标", "BD-09"), ("底图：高德地图", "EPSG:4490")]
)
def test_a_title_above_the_heading_may_name_it(tmp_path, title, crs):
    book = openpyxl.Workbook()
    for row in ([title], ["项目编号", "经度", "纬度"], ["甲", LON, LAT]):
        book.active.append(row)
    book.save(tmp_path / "sites.xlsx")
    layer = layers.read(tmp_path / "sites.xlsx", kind="project_site", in_process=True)
    assert layer.provenance.crs.startswith(crs)


def test_inspect_names_it(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text(f"项目编号,经度(BD09),纬度(BD09)\n甲,{LON},{LAT}\n", "utf-8-sig")
    (seen,) = layers.inspect(path).layers
    assert (seen.crs, seen.crs_evidence) == ("BD-09", "heading 经度(BD09)")
