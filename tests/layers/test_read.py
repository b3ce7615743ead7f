"""One table through every format, and the row ledger."""

import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

import layers
from layers.errors import CrsError, GeometryError, InputRefusedError

TABLE = gpd.GeoDataFrame(
    {
        "红线编码": ["A-1", "A-2", "A-3"],
        "红线名称": ["北山水源涵养", "南山水土保持", "东湖"],
        "XZQDM": [150624, 150624, 150626],
    },
    geometry=[
        shapely.box(107, 40, 107.25, 40.5),
        shapely.box(108, 40, 109, 41) - shapely.box(108.25, 40.25, 108.5, 40.5),
        shapely.MultiPolygon(
            [shapely.box(110, 40, 111, 41), shapely.box(112, 40, 113, 41)]
        ),
    ],
    crs=4490,
)


def write(folder, kind):
    path = folder / f"redline.{kind}"
    if kind == "parquet":
        TABLE.to_parquet(path)
    elif kind == "csv":
        rows = TABLE.drop(columns="geometry").assign(wkt=TABLE.geometry.to_wkt())
        path.write_text(rows.to_csv(index=False), encoding="gb18030")
    elif kind == "zip":
        TABLE.to_file(folder / "红线.shp", encoding="GB18030", engine="pyogrio")
        with zipfile.ZipFile(path, "w") as archive:
            for suffix in (".shp", ".shx", ".dbf", ".prj"):
                info = zipfile.ZipInfo("红线".encode("gbk").decode("cp437") + suffix)
                archive.writestr(info, (folder / f"红线{suffix}").read_bytes())
    elif kind == "shp":
        TABLE.to_file(path, engine="pyogrio", encoding="GB18030")
    else:
        TABLE.to_file(path, engine="pyogrio")
    return path


@pytest.mark.parametrize("kind", ["gpkg", "shp", "zip", "geojson", "parquet", "csv"])
def test_every_format_gives_the_same_layer(kind, tmp_path):
    path = write(tmp_path, kind)
    crs = 4490 if kind == "csv" else None
    layer = layers.read(path, kind="ecological_redline", crs=crs)
    plain = layers.from_frame(TABLE, kind="ecological_redline")
    assert layer.frame["feature_id"].tolist() == ["A-1", "A-2", "A-3"]
    assert layer.frame["name"].tolist() == TABLE["红线名称"].tolist()
    assert layer.frame["county_code"].tolist() == ["150624", "150624", "150626"]
    assert shapely.equals(layer.frame.geometry.array, plain.frame.geometry.array).all()
    assert layer.provenance.rows_in_file == layer.provenance.rows_kept == 3
    assert len(layer.provenance.sha256) == 64
    assert layer.frame.crs == plain.frame.crs


def test_two_reads_of_one_file_are_equal(tmp_path):
    path = write(tmp_path, "gpkg")
    one, other = (layers.read(path, kind="ecological_redline") for _ in "ab")
    assert one.provenance == other.provenance
    assert one.issues == other.issues
    assert_geodataframe_equal(one.frame, other.frame)


with np.errstate(invalid="ignore"):
    NOT_FINITE = shapely.from_wkt("POLYGON ((107 40, 108 NaN, 108 41, 107 40))")
GEOMETRIES = st.sampled_from(
    [
        None,
        shapely.Polygon(),
        shapely.box(107, 40, 108, 41),
        shapely.box(500, 40, 501, 41),
        shapely.Polygon([(107, 40), (108, 41), (108, 40), (107, 41)]),
        NOT_FINITE,
        shapely.Point(107, 40),
        shapely.MultiPolygon([shapely.box(107, 40, 108, 41)]),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(GEOMETRIES, max_size=12))
def test_rows_in_the_file_are_rows_kept_plus_rows_set_aside(geometries):
    good = [shapely.box(100, 30, 101, 31)] * (len(geometries) + 1)
    column = np.array([*geometries, *good], dtype=object)
    frame = gpd.GeoDataFrame({"n": range(len(column))}, geometry=column, crs=4490)
    layer = layers.from_frame(frame, kind="wetland")
    kept, aside = set(layer.frame.index), {one.row for one in layer.quarantine}
    assert kept | aside == set(range(len(column)))
    assert not kept & aside
    told = {one.row for one in layer.issues if one.severity == "error"}
    assert told == aside
    assert layer.frame["n"].tolist() == sorted(kept)
    assert shapely.is_valid(layer.frame.geometry.array).all()


def test_the_user_may_state_a_missing_crs_but_not_contradict_one(tmp_path):
    bare = TABLE.set_crs(None, allow_override=True)
    layer = layers.from_frame(bare, kind="wetland", crs="EPSG:4490")
    assert "crs_given_by_user" in {one.code for one in layer.issues}
    with pytest.raises(CrsError, match="leave crs out"):
        layers.read(write(tmp_path, "gpkg"), kind="wetland", crs=4548)
    with pytest.raises(GeometryError, match="expected a GeoDataFrame"):
        layers.from_frame(TABLE.drop(columns="geometry"), kind="wetland")
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        layers.from_frame(TABLE, kind="wetland", colour="red")


def test_a_csv_of_longitudes_is_read_with_a_warning_about_the_datum(tmp_path):
    path = tmp_path / "projects.csv"
    path.write_text(
        "项目编号,经度,纬度\nP1,107.5,40.25\nP2,北,40\n", encoding="gb18030"
    )
    layer = layers.read(path, kind="project_site")
    assert layer.frame.geometry.iloc[0].equals(shapely.Point(107.5, 40.25))
    assert [one.reason for one in layer.quarantine] == ["geometry_unreadable"]
    codes = {one.code: one.severity for one in layer.issues}
    assert codes["datum_assumed"] == "warning"
    assert codes["encoding_decided"] == "note"


def test_a_statement_that_there_is_nothing_is_a_layer_without_rows():
    area = layers.Coverage(shapely.box(106, 39, 112, 42), "bbox")
    layer = layers.none_exists("wetland", source="林草局函〔2026〕1号", coverage=area)
    assert (len(layer), layer.none_exists) == (0, "林草局函〔2026〕1号")
    assert layer.issues == ()
    assert "importance" in layer.frame.columns


def test_features_that_lie_elsewhere_are_an_error():
    elsewhere = layers.Coverage(shapely.box(80, 30, 81, 31), "bbox")
    layer = layers.from_frame(TABLE, kind="wetland", coverage=elsewhere)
    assert [one.code for one in layer.usable_errors] == ["features_outside_coverage"]


def test_inspect_says_what_is_in_a_file(tmp_path):
    seen = layers.inspect(write(tmp_path, "shp"))
    (one,) = seen.layers
    assert (seen.format, one.name, one.rows) == ("ESRI Shapefile", "redline", 3)
    assert one.fields[0] == "红线编码"
    assert one.crs.startswith("EPSG:4490")
    assert one.bounds == (107.0, 40.0, 113.0, 41.0)
    lost = write(tmp_path, "shp")
    lost.with_suffix(".prj").unlink()
    keys = [said.key for said in layers.inspect(lost).layers[0].problems]
    assert "inspect.crs_refused" in keys


@pytest.mark.parametrize(
    ("second", "read"),
    [("CZKFBJ", True), ("STBHHX_2", False), ("生态保护红线补充", False)],
)
def test_a_second_layer_whose_name_goes_on_is_not_left_out(second, read, tmp_path):
    path = tmp_path / "lines.gpkg"
    frame = gpd.GeoDataFrame(geometry=[shapely.box(107, 40, 107.1, 40.1)], crs=4490)
    for name in ("STBHHX", second):
        frame.to_file(path, layer=name)
    if read:
        found = layers.read(path, kind="ecological_redline")
        assert found.provenance.source_layer == "STBHHX"
        return
    with pytest.raises(InputRefusedError, match=f"2 layers: .*{second}"):
        layers.read(path, kind="ecological_redline")
