"""One office's workspace: strict document, patient with layers."""

import hashlib

import geopandas as gpd
import pytest
import shapely

import layers
from layers.errors import DocumentError, SourceNotFoundError

HEAD = """title: 示范县
region: "150624"
layers:
"""
ADMIN = """  - id: admin
    kind: admin_unit
    source: data/admin.gpkg
    coverage: {adcodes: ["150600"]}
"""
X = "  - {id: x, kind: wetland, source: a.gpkg, "
REDLINE = """  - id: redline
    kind: ecological_redline
    source: data/redline.gpkg
    edition: "2023-06"
    valid: {from: 2023-06-01}
    coverage: {layer: admin}
    accuracy_m: 10
    tolerance: {area_m2: 1, width_m: 0.1, source: 技术要点}
"""


@pytest.fixture
def office(tmp_path):
    (tmp_path / "data").mkdir()
    admin = gpd.GeoDataFrame(
        {
            "行政区代码": ["150624", "150626", "640100"],
            "行政区名称": ["甲旗", "乙旗", "丙市"],
        },
        geometry=[shapely.box(107 + i, 40, 108 + i, 41) for i in range(3)],
        crs=4490,
    )
    admin.to_file(tmp_path / "data" / "admin.gpkg")
    redline = gpd.GeoDataFrame(
        {"红线编码": ["A"], "红线名称": ["北山"]},
        geometry=[shapely.box(107.1, 40.1, 107.2, 40.2)],
        crs=4490,
    )
    redline.to_file(tmp_path / "data" / "redline.gpkg")
    return tmp_path


def write(folder, text):
    (folder / "workspace.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_workspace_is_read_with_what_it_states(office):
    tail = """rulebooks: [national, rules/local.yaml]
settings:
  heavy_chemical: {value: ["261", "2614"], source: 局函}
  limit: {value: 5, source: 局函}
notice: 示范数据
"""
    one = layers.open_workspace(write(office, HEAD + REDLINE + ADMIN + tail))
    layer = one.layers["redline"]
    assert list(one.layers) == ["redline", "admin"]
    assert (one.title, one.region, one.notice) == ("示范县", "150624", "示范数据")
    assert layer.provenance.source == "data/redline.gpkg"
    assert str(layer.provenance.valid) == "2023-06-01/.."
    assert (layer.accuracy_m, layer.tolerance.area_m2) == (10.0, 1.0)
    assert layer.coverage.area.area == pytest.approx(3.0)
    assert one.layers["admin"].coverage.area.area == pytest.approx(2.0)
    assert one.settings["heavy_chemical"].value == ("261", "2614")
    assert one.settings["limit"].value == 5.0
    assert one.rulebooks == ("national", str(office / "rules/local.yaml"))
    again = layers.open_workspace(office / "workspace.yaml")
    assert (again.sha256, list(again.layers)) == (one.sha256, list(one.layers))


def test_a_layer_that_cannot_be_read_is_unavailable_with_its_reason(office):
    (office / "data" / "bad.geojson").write_text("<OGRVRTDataSource/>")
    text = (
        HEAD
        + REDLINE
        + """  - {id: admin, kind: admin_unit, source: data/none.gpkg}
  - {id: park, kind: industrial_park, source: data/bad.geojson}
"""
    )
    one = layers.open_workspace(write(office, text))
    assert list(one.layers) == ["redline"]
    assert "no such file" in one.unavailable["admin"].reason
    assert "data elsewhere" in one.unavailable["park"].reason
    assert "coverage_unknown" in {i.code for i in one.layers["redline"].issues}


def test_a_declared_emptiness_needs_who_said_it(office):
    text = (
        HEAD
        + ADMIN
        + """  - id: wetland
    kind: wetland
    none_exists: {source: 林草局函}
    coverage: {bbox: [107, 40, 108, 41]}
"""
    )
    layer = layers.open_workspace(write(office, text)).layers["wetland"]
    assert (layer.none_exists, len(layer)) == ("林草局函", 0)
    assert layer.coverage.area.bounds == (107.0, 40.0, 108.0, 41.0)


def test_an_alias_table_gives_standard_names(office):
    (office / "names.csv").write_text(
        "alias,name\n北 山,北山生态红线\n", encoding="gb18030"
    )
    text = HEAD + REDLINE + ADMIN + "aliases: {redline: names.csv}\n"
    opened = layers.open_workspace(write(office, text))
    frame = opened.layers["redline"].frame
    assert frame["name_standard"].tolist() == ["北山生态红线"]
    digest = hashlib.sha256((office / "names.csv").read_bytes()).hexdigest()
    assert opened.files == {"alias:redline": digest}


@pytest.mark.parametrize(
    ("tail", "words"),
    [
        (
            "colour: red\n",
            r"workspace\.yaml:\d+: colour: expected one of the keys title",
        ),
        ("title: 二\n", r"title: expected each key once \(first on line 1\)"),
        (
            "  - {id: x, kind: red_line, source: a.gpkg}\n",
            r"layers\.3\.kind: expected one of admin_unit",
        ),
        (
            "  - {id: admin, kind: wetland, source: a.gpkg}\n",
            r"layers\.3\.id: expected an id that no other",
        ),
        (
            X + "coverage: {layer: nope}}\n",
            r"of a layer: redline, admin, x, got 'nope'",
        ),
        (X + "coverage: {}}\n", r"exactly one of layer, bbox, adcodes"),
        (X + "coverage: {bbox: [41, 107, 40, 108]}}\n", r"min_lon, min_lat"),
        (X + 'coverage: {adcodes: ["15"]}}\n', r"six digits"),
        (X + "depth: 3}\n", r"layers\.3\.depth: expected one of the keys id"),
        (
            "  - {id: x, kind: wetland}\n",
            r"either 'source' \(a file\) or 'none_exists'",
        ),
        (X + "fields: {depth: D}}\n", r"a field of wetland: code"),
        (X + "valid: {from: 2024-01-02, to: 2024-01-01}}\n", r"'from' not after 'to'"),
        (X + "accuracy_m: -1}\n", r"a length in metres"),
        (X + "tolerance: {area_m2: 1}}\n", r"the key 'source'"),
        ("aliases: {nobody: a.csv}\n", r"aliases\.nobody: expected the id of a layer"),
        ("aliases: {redline: a.csv}\n", r"no file a\.csv"),
        ("settings: {a: {value: 1}}\n", r"settings\.a: expected the key 'source'"),
    ],
)
def test_a_fault_of_the_document_is_an_error_with_its_place(office, tail, words):
    with pytest.raises(DocumentError, match=words):
        layers.open_workspace(write(office, HEAD + REDLINE + ADMIN + tail))


def test_a_folder_without_a_workspace_is_an_error(tmp_path):
    with pytest.raises(SourceNotFoundError, match=r"workspace\.yaml: no such file"):
        layers.open_workspace(tmp_path)
