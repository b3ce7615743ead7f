"""A datum shift as offices write it: in workspace.yaml, in a file, on one line."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

import layers
from layers.datum import REGIONS, parse_shift, wgs84_to_gcj02
from layers.errors import DocumentError
from layers.provenance import sha256_of
from spatial.cli.reading_options import DATUM_REGIONS

SEVEN = {
    "dx_m": "-12.3",
    "dy_m": "118.4",
    "dz_m": "47.9",
    "rx_arcsec": "0.82",
    "ry_arcsec": "-1.31",
    "rz_arcsec": "2.07",
    "scale_ppm": "-3.4",
    "convention": "position_vector",
    "source": "测绘院函",
}
SHIFT = layers.SevenParameters(
    dx_m=-12.3,
    dy_m=118.4,
    dz_m=47.9,
    rx_arcsec=0.82,
    ry_arcsec=-1.31,
    rz_arcsec=2.07,
    scale_ppm=-3.4,
    convention="position_vector",
    source="测绘院函",
)


def flow(values):
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"


def pairs(values):
    return ",".join(f"{key}={value}" for key, value in values.items())


def without(key, **more):
    return {name: one for name, one in SEVEN.items() if name != key} | more


@pytest.fixture
def office(tmp_path):
    """A wetland, two sites: in Xian 1980 degrees, and as drawn on a Gaode map."""
    box = shapely.box(107.1, 40.1, 107.2, 40.2)
    old = gpd.GeoDataFrame({"湿地名称": ["甲"]}, geometry=[box], crs=4610)
    old.to_file(tmp_path / "old.gpkg")
    drawn = shapely.transform(box, wgs84_to_gcj02)
    gpd.GeoDataFrame({"湿地名称": ["乙"]}, geometry=[drawn], crs=4326).to_file(
        tmp_path / "drawn.gpkg"
    )
    return tmp_path


def opened(folder, *lines):
    entries = "\n".join(f"  - {{kind: wetland, {line}}}" for line in lines)
    (folder / "workspace.yaml").write_text(
        f"title: 示范\nlayers:\n{entries}\n", encoding="utf-8"
    )
    return layers.open_workspace(folder)


def test_seven_parameters_of_a_layer_are_those_of_the_function(office):
    line = f"id: a, source: old.gpkg, datum_shift: {flow(SEVEN)}"
    read = opened(office, line).layers["a"]
    same = layers.read(office / "old.gpkg", kind="wetland", datum_shift=SHIFT)
    assert read.frame.geometry.geom_equals_exact(same.frame.geometry, 0).all()
    assert read.provenance.operation == same.provenance.operation
    assert "测绘院函" in read.provenance.operation


def test_a_shift_in_a_file_of_its_own_serves_several_layers(office):
    (office / "xian80.yaml").write_text(
        "\n".join(f"{key}: {value}" for key, value in SEVEN.items()), encoding="utf-8"
    )
    one = opened(office, "id: a, source: old.gpkg, datum_shift: xian80.yaml")
    assert "seven parameters" in one.layers["a"].provenance.operation
    assert parse_shift(str(office / "xian80.yaml")) == SHIFT


def test_a_file_of_parameters_is_an_input_with_its_hash(office):
    file = office / "xian80.yaml"
    file.write_text(
        "\n".join(f"{key}: {value}" for key, value in SEVEN.items()), encoding="utf-8"
    )
    line = "id: a, source: old.gpkg, datum_shift: xian80.yaml"
    first = opened(office, line).layers["a"].provenance.files
    assert first == (("datum_shift", sha256_of([file])),)
    file.write_text(file.read_text("utf-8").replace("118.4", "118.5"), "utf-8")
    assert opened(office, line).layers["a"].provenance.files != first
    inline = f"id: a, source: old.gpkg, datum_shift: {flow(SEVEN)}"
    assert opened(office, inline).layers["a"].provenance.files == ()


def test_without_parameters_the_old_datum_stays_unavailable(office):
    one = opened(office, "id: a, source: old.gpkg")
    assert "datum_shift" in one.unavailable["a"].reason


@pytest.mark.parametrize("said", ["GCJ-02", "高德"])
def test_gcj_02_is_undone_for_one_layer(office, said):
    read = opened(office, f"id: b, source: drawn.gpkg, crs: {said}").layers["b"]
    assert read.provenance.crs == "GCJ-02"
    corners = shapely.points([(107.1, 40.1), (107.2, 40.1), (107.2, 40.2)])
    vertices = shapely.points(shapely.get_coordinates(read.frame.geometry.iloc[0]))
    assert max(shapely.distance(one, vertices).min() for one in corners) < 1e-9


def test_a_region_decision_reaches_the_reader(office):
    line = "id: b, source: drawn.gpkg, crs: GCJ-02, datum_region: everywhere"
    assert "everywhere" in opened(office, line).layers["b"].provenance.operation


def test_the_command_line_takes_the_same_keys_on_one_line():
    assert parse_shift(pairs(SEVEN)) == SHIFT


def test_the_command_line_offers_the_regions_there_are():
    assert DATUM_REGIONS == REGIONS


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (without("dz_m"), r"expected the key 'dz_m'"),
        (without("convention"), r"expected the key 'convention'"),
        (without("source"), r"expected the key 'source'"),
        (without("dx_m", dx_m="9e9"), r"dx_m: expected dx_m within 2000"),
        (without("dx_m", dx_m="left"), r"dx_m: expected a number"),
        (without("convention", convention="EPSG"), r"convention: expected one of posi"),
        ({**SEVEN, "height_m": "1"}, r"height_m: expected one of the keys dx_m"),
        (
            {"grid": "none.gsb", "source": "x"},
            r"grid: expected a grid file .*none\.gsb",
        ),
        ({"grid": "none.gsb"}, r"expected the key 'source'"),
    ],
)
def test_a_fault_is_told_with_its_key_in_yaml_and_on_the_line(office, values, words):
    with pytest.raises(DocumentError, match=words):
        parse_shift(pairs(values))
    line = f"id: a, source: old.gpkg, datum_shift: {flow(values)}"
    with pytest.raises(DocumentError, match=rf"workspace\.yaml:3: .*{words}"):
        opened(office, line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("datum_shift: gone.yaml", r"datum_shift: expected a YAML file .*gone\.yaml"),
        ("crs: GCJ-02, datum_shift: gone.yaml", r"no datum_shift beside crs: GCJ-02"),
        ("datum_region: mainland", r"expected crs: GCJ-02 or BD-09 .*\(none\)"),
        ("crs: GCJ-02, datum_region: moon", r"expected one of mainland, everywhere"),
    ],
)
def test_statements_that_contradict_each_other_are_refused(office, line, words):
    with pytest.raises(DocumentError, match=words):
        opened(office, f"id: a, source: old.gpkg, {line}")


@pytest.mark.parametrize("text", ["a=1,b", "a=", "dx_m=1,dx_m=2"])
def test_a_line_that_is_no_list_of_pairs_is_refused(text):
    with pytest.raises(DocumentError, match=r"--datum-shift:1: .*expected (key=|each)"):
        parse_shift(text)
