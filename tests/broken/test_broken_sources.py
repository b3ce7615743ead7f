"""One defect a file: refused with helpful words, or read with the defect on record."""

import broken_files as make
import pytest

import layers
from layers.errors import CrsError, InputRefusedError, SourceNotFoundError

REFUSED = [
    (make.no_crs, CrsError, r"coordinate reference system.*--crs"),
    (make.shapefile_without_prj, CrsError, r"got none; .*crs='EPSG:4490'"),
    (make.swapped_axes, CrsError, r"40.*107.*swapped they lie in China.*never swapped"),
    (make.swapped_in_range, CrsError, r"38, 76; swapped they lie in China"),
    (make.metres_as_degrees, CrsError, r"which are metres.*EPSG:4524.*Xian 1980"),
    (make.missing_zone_prefix, CrsError, r"far outside its area of use.*meridian"),
    (make.xian_1980, CrsError, r"Xian 1980; this datum needs transformation param"),
    (make.cut_shp, InputRefusedError, r"bytes in \.shp.*cut or damaged"),
    (make.cut_dbf, InputRefusedError, r"bytes in \.dbf.*cut or damaged"),
    (make.short_dbf, InputRefusedError, r"got 2 in \.dbf, 3 in \.shx"),
    (make.no_dbf, InputRefusedError, r"got no \.dbf"),
    (make.vrt_as_geojson, InputRefusedError, r"data elsewhere \(<OGRVRTDataSource\)"),
    (make.pipeline_as_geojson, InputRefusedError, r"elsewhere \(gdal_streamed_alg\)"),
    (make.geopackage_as_geojson, InputRefusedError, r"\.geojson on a file.*GeoPackage"),
    (make.two_layers, InputRefusedError, r"2 layers: alpha, beta; .*layer='\.\.\.'"),
    (make.empty_file, InputRefusedError, r"an empty file"),
    (make.missing_file, SourceNotFoundError, r"no such file.*check the path"),
    (make.cut_geojson, InputRefusedError, r"no JSON"),
    (make.plain_sqlite, InputRefusedError, r"without gpkg_contents"),
    (make.csv_without_coordinates, InputRefusedError, r"经度 and 纬度.*红线编码"),
    (make.csv_of_metres, CrsError, r"got none"),
    (make.csv_with_extra_cell, InputRefusedError, r"4 cells in data row 1, 3 in"),
    (make.zip_of_two, InputRefusedError, r"2 Shapefiles among"),
    (make.zip_climbing_out, InputRefusedError, r"leads out of it"),
    (make.zip_bomb, InputRefusedError, r"unpack to 5000000"),
    (make.zip_with_flipped_bit, InputRefusedError, r"a damaged one.*CRC"),
]
"""(file, error class, words it must say)"""

SET_ASIDE = [
    (make.bow_tie, "geometry_doubtful", 1),
    (make.null_geometry, "geometry_null", 1),
    (make.empty_geometry, "geometry_empty", 1),
    (make.unclosed_ring, "geometry_unreadable", 1),
    (make.nan_coordinate, "geometry_not_finite", 1),
    (make.line_among_polygons, "geometry_wrong_type", 1),
    (make.far_away_row, "geometry_outside_range", 2),
    (make.nested_collections, "geometry_unreadable", 1),
]
"""(file, issue code, row that is set aside); the other rows are kept"""


@pytest.mark.parametrize(
    ("build", "error", "words"), REFUSED, ids=lambda one: getattr(one, "__name__", "")
)
def test_what_cannot_be_trusted_is_refused(build, error, words, tmp_path):
    with pytest.raises(error, match=words):
        layers.read(build(tmp_path), kind="ecological_redline")


@pytest.mark.parametrize(
    ("build", "code", "row"), SET_ASIDE, ids=lambda one: getattr(one, "__name__", "")
)
def test_one_bad_row_is_set_aside_and_the_others_are_kept(build, code, row, tmp_path):
    layer = layers.read(build(tmp_path), kind="ecological_redline")
    assert [(one.row, one.reason) for one in layer.quarantine] == [(row, code)]
    assert [one.row for one in layer.issues if one.code == code] == [row]
    assert layer.frame.index.tolist() == list(range(row))
    assert layer.provenance.rows_in_file == row + 1


def test_duplicate_ids_are_told_apart_and_nothing_is_lost(tmp_path):
    layer = layers.read(make.duplicate_ids(tmp_path), kind="ecological_redline")
    assert layer.frame["feature_id"].tolist() == ["HX-1", "HX-1#2"]
    assert [one.row for one in layer.issues if one.code == "duplicate_id"] == [1]


@pytest.mark.parametrize("build", [make.gbk_without_cpg, make.wrong_cpg])
def test_gbk_text_is_read_whatever_the_cpg_says(build, tmp_path):
    layer = layers.read(build(tmp_path), kind="ecological_redline")
    assert layer.frame["name"].tolist() == ["永久保护0", "永久保护1", "永久保护2"]
    assert layer.provenance.encoding == "GB18030"
    assert "encoding_decided" in {one.code for one in layer.issues}


def test_a_name_cut_in_the_middle_of_a_character_does_not_turn_into_other_words(
    tmp_path,
):
    path = make.utf8_name_cut(tmp_path)
    layer = layers.read(path, kind="ecological_redline", fields={"code": "红线编"})
    assert layer.frame["feature_id"].tolist() == ["北山"]
    assert layer.provenance.encoding == "UTF-8"


@pytest.mark.parametrize("stored", [0, 60, 140])
def test_a_stale_feature_count_hides_nothing(stored, tmp_path):
    path = make.stale_count(tmp_path, stored)
    layer = layers.read(path, kind="ecological_redline")
    assert len(layer) == layer.provenance.rows_in_file == 100
    told = [one.facts for one in layer.issues if one.code == "stored_count_wrong"]
    assert told == [{"stored": stored, "counted": 100}]


def test_the_right_layer_of_several_is_read_when_it_is_named(tmp_path):
    path = make.two_layers(tmp_path)
    layer = layers.read(path, kind="ecological_redline", layer="beta")
    assert layer.provenance.source_layer == "beta"
    with pytest.raises(
        InputRefusedError, match=r"a layer 'gamma', got the layers alpha"
    ):
        layers.read(path, kind="ecological_redline", layer="gamma")


def test_reading_changes_nothing_in_the_folder(tmp_path):
    paths = [make.gbk_without_cpg(tmp_path), make.stale_count(tmp_path, 60)]
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    for path in paths:
        layers.read(path, kind="ecological_redline")
        layers.inspect(path)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before
