"""`redline layers inspect`: what is said of a file, and by which evidence."""

from __future__ import annotations

import geopandas as gpd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

import layers
from layers.samples.county import write_county
from spatial.cli import main
from spatial.text import TEXTS

BOX = shapely.box(107.1, 39.4, 107.2, 39.5)


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return write_county(tmp_path_factory.mktemp("county") / "office")


def inspect(*words, lang="zh"):
    given = ["layers", "inspect", *map(str, words), "--lang", lang]
    run = CliRunner().invoke(main, given)
    assert run.exit_code == 0, run.output
    return run.output


def mixed(folder):
    path = folder / "混合.geojson"
    shapes = [BOX, shapely.Point(107.1, 39.4), shapely.Point(107.2, 39.4)]
    gpd.GeoDataFrame({"名称": ["a", "b", "c"]}, geometry=shapes, crs=4326).to_file(path)
    return path


def test_mixed_types_are_counted_and_a_kind_may_be_tried(tmp_path):
    path = mixed(tmp_path)
    said = inspect(path)
    assert "Point 2、Polygon 1" in said
    assert "几何类型混杂（Point 2, Polygon 1）" in said
    tried = inspect(path, "--kind", "wetland")
    assert "作为“湿地”读取：3 = 保留 1 + 隔离 2 (geometry_wrong_type 2)" in tried
    as_sites = inspect(path, "--kind", "project_site", lang="en")
    assert "3 = 3 kept + 0 quarantined" in as_sites


def test_lines_and_multi_lines_are_not_called_mixed(tmp_path):
    line = shapely.LineString([(107, 40), (108, 40)])
    frame = gpd.GeoDataFrame(geometry=[line, shapely.MultiLineString([line])], crs=4490)
    frame.to_parquet(tmp_path / "a.parquet")
    assert "混杂" not in inspect(tmp_path / "a.parquet")


def test_the_trial_is_the_ledger_that_reading_gives(tmp_path):
    path = mixed(tmp_path)
    for kind in layers.kinds():
        (one,) = layers.inspect(path, kind=kind).layers
        read = layers.read(path, kind=kind).provenance
        assert (one.trial.rows_kept, one.trial.rows_quarantined) == (
            read.rows_kept,
            read.rows_quarantined,
        )


def test_fields_are_told_with_type_and_what_they_would_be_read_as(county):
    said = inspect(county / "data" / "hjgkdy.shp")
    assert "生态环境管控单元（control_unit）" in said
    assert "→ code" in said
    frame = gpd.GeoDataFrame(
        {"a": ["x", ""], "b": [1, 2], "c": ["", " "]}, geometry=[BOX, BOX], crs=4490
    )
    path = county.parent / "types.gpkg"
    pyogrio.write_dataframe(frame, path)
    seen = layers.inspect(path).layers[0]
    assert dict(zip(seen.fields, seen.types, strict=True)) == {
        "a": "text",
        "b": "number",
        "c": "empty",
    }
    assert "1 without any value: c" in inspect(path, lang="en")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a.gpkg", "GeoPackage 的文字一律如此"),
        ("a.csv", "全部字节都是合法的 UTF-8"),
        ("a.shp", "由文件或其格式规定"),
    ],
)
def test_an_encoding_is_told_with_its_reason(tmp_path, name, why):
    path = tmp_path / name
    if path.suffix == ".csv":
        path.write_text("经度,纬度,名称\n107,40,甲\n", encoding="utf-8")
    else:
        frame = gpd.GeoDataFrame({"名称": ["甲"]}, geometry=[BOX], crs=4490)
        frame.to_file(path, encoding="utf-8")
    assert why in inspect(path)
    if path.suffix == ".csv":
        assert "由用户指定" in inspect(path, "--encoding", "utf-8")


def test_a_missing_reference_system_is_told_with_the_readings_and_may_be_given(
    tmp_path,
):
    path = tmp_path / "a.csv"
    path.write_text("横坐标,纵坐标\n36512345,4423456\n", encoding="utf-8")
    said = inspect(path)
    assert "未注明" in said
    assert "EPSG:4524" in said
    given = inspect(path, "--crs", "EPSG:4524")
    assert "东经 108.1" in given
    assert "given by the user" in given
    assert "最近的地名：内蒙古自治区" in given


def test_coordinates_from_a_web_map_are_placed_when_they_are_declared(tmp_path):
    path = tmp_path / "a.geojson"
    gpd.GeoDataFrame(geometry=[BOX], crs=4326).to_file(path)
    plain, undone = (layers.inspect(path, crs=crs).layers[0] for crs in (None, "高德"))
    assert 0.001 < abs(plain.lonlat[0] - undone.lonlat[0]) < 0.02
    assert "GCJ-02 坐标已转换" in inspect(path, "--crs", "高德")


def test_an_old_datum_is_placed_by_parameters_on_the_command_line(tmp_path):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame(geometry=[BOX], crs=4610).to_file(path)
    shift = (
        "dx_m=1,dy_m=2,dz_m=3,rx_arcsec=0,ry_arcsec=0,rz_arcsec=0,scale_ppm=0,"
        "convention=position_vector,source=测绘院函"
    )
    assert "不明" in inspect(path)
    assert "东经 107.1" in inspect(path, "--datum-shift", shift)


def test_a_feature_that_cannot_lie_there_is_counted_and_does_not_hide_the_rest(
    tmp_path,
):
    path = tmp_path / "a.gpkg"
    far = shapely.Point(39.4, 107.1)
    points = [shapely.Point(107.1, 39.4), shapely.Point(107.2, 39.4), far]
    gpd.GeoDataFrame(geometry=points, crs=4490).to_file(path)
    (one,) = layers.inspect(path).layers
    assert one.lonlat == (107.1, 39.4, 107.2, 39.4)
    assert "有 1 行的坐标不可能位于" in inspect(path)


def test_the_workspace_names_its_units_and_the_table_a_town(county):
    said = inspect(county / "projects.gpkg", "-w", county)
    assert "150624" in said
    assert "最近的地名：内蒙古自治区" in said


def test_every_format_that_is_recognised_has_its_reason_in_both_languages():
    from layers.formats.sniff import EXTENSIONS

    for lang in ("zh", "en"):
        known = TEXTS.sentences(lang)
        assert {f"cli.inspect.why.{name}" for name in EXTENSIONS} <= set(known)


def test_an_unknown_kind_is_an_error_that_lists_those_there_are(tmp_path):
    run = CliRunner().invoke(
        main, ["layers", "inspect", str(mixed(tmp_path)), "--kind", "wet"]
    )
    assert run.exit_code == 1
    assert "unknown layer kind 'wet'" in run.output
