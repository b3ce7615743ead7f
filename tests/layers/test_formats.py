"""Every format gives the same layer; KML and archives in detail."""

import zipfile
from pathlib import Path

import format_files as make
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import layers
from layers.formats import open_raw, sniff
from layers.formats.archive import unpacked
from layers.formats.door import ARCHIVES, READERS
from layers.formats.sniff import EXTENSIONS


def read(path, **stated):
    return layers.read(path, kind="ecological_redline", **stated)


PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


def test_every_format_and_every_name_is_on_the_page():
    rows = [one for one in PAGE.read_text("utf-8").splitlines() if one[:2] == "| "]
    told = {one.split("|")[1].strip(): one.split("|")[2] for one in rows}
    assert set(READERS) | set(ARCHIVES) == set(EXTENSIONS)
    for name, suffixes in EXTENSIONS.items():
        assert all(f"`{suffix}`" in told[name] for suffix in suffixes)


FORMATS = {
    "kml": "KML",
    "kmz": "KMZ",
    "gml": "GML",
    "fgb": "FlatGeobuf",
    "gdb": "File Geodatabase",
}


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_every_format_gives_the_same_layer(kind, tmp_path):
    path = make.write(tmp_path, kind)
    plain = layers.from_frame(make.TABLE, kind="ecological_redline")
    layer = read(path)
    by_name = dict(zip(layer.frame["name"], layer.frame.geometry, strict=True))
    assert set(by_name) == set(make.NAMES)
    for name, geometry in zip(make.NAMES, plain.frame.geometry, strict=True):
        assert shapely.equals_exact(
            by_name[name].normalize(), geometry.normalize(), tolerance=1e-9
        ) or shapely.equals(by_name[name], geometry)
    assert set(layer.frame["code"]) == {"0A-1", "0A-2", "0A-3"}
    assert layer.provenance.format == FORMATS[kind]
    assert layer.provenance.rows_in_file == layer.provenance.rows_kept == 3
    assert sniff(path).format == FORMATS[kind]


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_reading_changes_nothing_beside_the_file(kind, tmp_path):
    path = make.write(tmp_path, kind)
    before = {one: one.stat().st_mtime_ns for one in tmp_path.rglob("*")}
    read(path)
    layers.inspect(path)
    assert {one: one.stat().st_mtime_ns for one in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("kind", ["gml", "gdb"])
def test_of_several_layers_one_must_be_named(kind, tmp_path):
    if kind == "gml":
        path = make.write(tmp_path, kind, name="alpha")
        text = path.read_text(encoding="utf-8")
        first = text[text.index("  <ogr:featureMember>") :].split("</ogr:FeatureColl")[
            0
        ]
        other = first.replace("ogr:alpha", "ogr:beta").replace('"alpha.', '"beta.')
        path.write_text(text.replace(first, first + other), encoding="utf-8")
    else:
        path = make.write(tmp_path, kind, name="alpha")
        pyogrio.write_dataframe(
            make.TABLE.iloc[:2],
            path,
            layer="beta",
            append=True,
            promote_to_multi=True,
            driver="OpenFileGDB",
        )
    assert [one.name for one in layers.inspect(path).layers] == ["alpha", "beta"]
    assert read(path, layer="beta").provenance.source_layer == "beta"
    with pytest.raises(layers.errors.InputRefusedError, match="2 layers: alpha, beta"):
        read(path)


def test_a_gml_keeps_the_zeros_in_front_of_a_code(tmp_path):
    table = make.TABLE.assign(红线编码=["0012", "007", None])
    layer = read(make.write(tmp_path, "gml", table))
    assert layer.frame["code"].tolist() == ["0012", "007", None]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("stated", ["utf-8", "GBK", None])
def test_a_kml_is_read_right_whatever_it_says_of_its_encoding(
    encoding, stated, tmp_path
):
    head = f'<?xml version="1.0" encoding="{stated}"?>' if stated else ""
    mark = make.placemark(make.GOOD, "<name>乌兰布和沙漠北缘保护区</name>")
    path = tmp_path / "a.kml"
    text = head + make.KML_HEAD + mark + make.KML_TAIL
    path.write_bytes(text.encode(encoding))
    layer = read(path)
    assert layer.frame["name"].tolist() == ["乌兰布和沙漠北缘保护区"]
    told = "encoding_decided" in {one.code for one in layer.issues}
    says = {"GBK": "gb18030"}.get(stated, "utf-8")
    assert told is (encoding not in {says, "utf-16"})


def test_a_kml_tells_folders_data_and_what_it_leaves_out(tmp_path):
    data = (
        "<name>一号</name><description><![CDATA[<b>面</b> <Placemark>]]></description>"
        '<ExtendedData><Data name="红线编码"><value>007</value></Data>'
        '<SchemaData schemaUrl="#s"><SimpleData name="面积">1.5</SimpleData>'
        "</SchemaData></ExtendedData>"
    )
    link = "<NetworkLink/><GroundOverlay/><!-- <Placemark/> -->"
    path = make.kml(
        tmp_path,
        "<Folder><name>甲</name><Folder><name>乙</name>",
        make.placemark(make.GOOD, data),
        "</Folder></Folder>",
        link,
        make.placemark(f"<MultiGeometry>{make.GOOD * 2}</MultiGeometry>"),
        make.placemark(""),
    )
    raw = open_raw(path)
    first = raw.attributes.iloc[0].to_dict()
    assert first["folder"] == "甲/乙"
    assert first["description"] == "<b>面</b> <Placemark>"
    assert (first["红线编码"], first["面积"]) == ("007", "1.5")
    types = [one and one.geom_type for one in raw.geometry]
    assert types == ["Polygon", "MultiPolygon", None]
    assert raw.unreadable.tolist() == [False, False, False]
    assert [code for code, _ in raw.found] == [
        "linked_data_not_read",
        "content_not_read",
    ]


def test_points_lines_and_tracks_of_a_kml(tmp_path):
    point = "<Point><coordinates>107,40</coordinates></Point>"
    shapes = [
        "<Point><coordinates>107,40,1200</coordinates></Point>",
        "<LineString><coordinates>107,40 108,41</coordinates></LineString>",
        "<Track><coord>107 40 9</coord><coord>108 40 9</coord></Track>",
        f"<LinearRing><coordinates>{make.SQUARE}</coordinates></LinearRing>",
        f"<MultiGeometry>{make.GOOD}{point}</MultiGeometry>",
    ]
    raw = open_raw(make.kml(tmp_path, *map(make.placemark, shapes)))
    assert [
        one.wkt if one.geom_type == "Point" else one.geom_type for one in raw.geometry
    ] == [
        "POINT (107 40)",
        "LineString",
        "LineString",
        "LineString",
        "GeometryCollection",
    ]


NUMBERS = st.floats(-180, 180, allow_nan=False).map(lambda one: round(one, 9))


@settings(max_examples=60)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30))
def test_coordinates_written_to_a_kml_come_back(tmp_path_factory, pairs):
    text = " ".join(f"{x!r},{y!r},0" for x, y in pairs)
    line = f"<LineString><coordinates>{text}</coordinates></LineString>"
    raw = open_raw(make.kml(tmp_path_factory.mktemp("k"), make.placemark(line)))
    assert np.array_equal(shapely.get_coordinates(raw.geometry), np.array(pairs))


ZIPPED = ["gpkg", "geojson", "kml", "gml", "fgb", "gdb", "shp"]


@pytest.mark.parametrize("kind", ZIPPED)
@pytest.mark.parametrize("names", ["utf-8", "gbk"])
def test_a_zip_may_hold_one_source_of_any_format(kind, names, tmp_path):
    source = make.write(tmp_path, kind)
    parts = {"gdb": source.rglob("*"), "shp": tmp_path.glob("redline.*")}
    target = tmp_path / "packed.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for part in parts.get(kind, [source]):
            if part.is_file():
                member = f"数据/{part.relative_to(tmp_path)}"
                info = make.info_of(member.replace("redline", "红线"), names)
                archive.writestr(info, part.read_bytes())
        archive.writestr("readme.txt", "说明")
    layer = read(target)
    assert len(layer) == layer.provenance.rows_in_file == 3
    assert layer.provenance.format.endswith(" (zip)")
    told = layers.inspect(target)
    assert [one.rows for one in told.layers] == [3]
    if kind in {"geojson", "kml", "fgb", "shp"}:
        assert told.layers[0].name == "红线"


def test_a_table_in_a_zip_counts_where_nothing_else_does(tmp_path):
    members = {"点.csv": "红线编码,wkt\nA,POINT (107 40)\n".encode()}
    assert open_raw(make.packed(tmp_path / "a.zip", members)).rows_in_file == 1


@pytest.mark.parametrize("name", ["CON.geojson", "nul.geojson", "a*?<b>.geojson"])
def test_a_member_is_unpacked_under_a_name_that_is_safe(name, tmp_path):
    path = make.packed(tmp_path / "a.zip", {name: make.TABLE.to_json().encode()})
    with unpacked(path) as inner:
        assert inner.stem.casefold() not in {"con", "nul"}
        assert not set(inner.name) & set('*?<>:"|')
        assert inner.suffix == ".geojson"
    assert not inner.exists()
