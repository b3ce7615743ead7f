"""KML, GML, DXF, FlatGeobuf, File Geodatabase and archives: one defect each."""

import socket

import format_files as make
import pytest

import layers
from layers.errors import CrsError, InputRefusedError

REFUSED = [
    (make.cut_kml, InputRefusedError, r"cut or damaged"),
    (make.kml_too_deep, InputRefusedError, r"elements more than 100 deep"),
    (make.kml_of_links, InputRefusedError, r"1 links to data elsewhere"),
    (make.kml_as_gml, InputRefusedError, r"\.gml on a file whose content is KML"),
    (make.kmz_of_two, InputRefusedError, r"2 KML files among a\.kml, b\.kml"),
    (make.cut_gml, InputRefusedError, r"cut or damaged"),
    (make.gml_with_one_bad_byte, InputRefusedError, r"cut or damaged"),
    (make.gml_of_two_systems, InputRefusedError, r"one reference system.*4326.*4490"),
    (make.cut_flatgeobuf, InputRefusedError, r"ends inside feature 3: it is cut"),
    (make.flatgeobuf_with_a_lost_row, InputRefusedError, r"2 features.*notes 3"),
    (make.flatgeobuf_with_a_wild_header, InputRefusedError, r"a header of 2147483647"),
    (make.flatgeobuf_with_broken_text, InputRefusedError, r"a whole FlatGeobuf.*UTF8"),
    (make.geodatabase_short_of_a_row, InputRefusedError, r"4 rows.*got 3"),
    (make.geodatabase_without_catalogue, InputRefusedError, r"without a00000001"),
    (make.cut_geodatabase_table, InputRefusedError, r"3 rows.*got 0 from"),
    (make.plain_folder, InputRefusedError, r"a folder without.*name one file in it"),
    (make.cut_dxf, InputRefusedError, r"EOF at the end.*a drawing that is cut"),
    (make.dxf_cut_but_ended, InputRefusedError, r"a damaged one \(.*ENDSEC"),
    (make.dxf_of_two_layers, InputRefusedError, r"2 layers: 红线, 道路; say which"),
    (make.dxf_of_texts, InputRefusedError, r"one layer, got 0 layers"),
    (make.dxf_block_bomb, InputRefusedError, r"more than 200000 parts"),
    (make.dxf_array_bomb, InputRefusedError, r"more than 200000 parts"),
    (make.dxf_without_crs, CrsError, r"got none; .*crs='EPSG:4490'"),
    (make.dwg, InputRefusedError, r"save it as DXF"),
    (make.dwg_as_dxf, InputRefusedError, r"expected GeoPackage"),
    (make.gpx, InputRefusedError, r"XML with the root gpx"),
]
"""(file, error class, words it must say)"""


@pytest.mark.parametrize(
    ("build", "error", "words"), REFUSED, ids=lambda one: getattr(one, "__name__", "")
)
def test_what_cannot_be_trusted_is_refused(build, error, words, tmp_path):
    with pytest.raises(error, match=words):
        layers.read(build(tmp_path), kind="ecological_redline")


@pytest.mark.parametrize(
    ("build", "words"),
    [pytest.param(one[0], one[2], id=one[1]) for one in make.HOSTILE],
)
def test_a_hostile_archive_is_refused_with_words(build, words, tmp_path):
    path = build(tmp_path)
    before = {one.name for one in tmp_path.iterdir()}
    with pytest.raises(InputRefusedError, match=words):
        layers.read(path, kind="ecological_redline")
    assert {one.name for one in tmp_path.iterdir()} == before


@pytest.mark.parametrize("kind", ["kml", "gml", "kmz", "utf16"])
@pytest.mark.parametrize("name", sorted(make.THREATS))
def test_xml_that_looks_elsewhere_is_refused_and_nothing_is_asked(
    name, kind, tmp_path, monkeypatch
):
    asked = []
    monkeypatch.setattr(socket.socket, "connect", lambda *one: asked.append(one))
    with pytest.raises(InputRefusedError, match=r"DOCTYPE|XML with the root \?"):
        layers.read(make.threat(tmp_path, name, kind), kind="ecological_redline")
    assert asked == []


PLACEMARKS = {
    "no_numbers": "<Point><coordinates>not,a number</coordinates></Point>",
    "blank_after_comma": "<Point><coordinates>107, 40, 0</coordinates></Point>",
    "nan": "<Point><coordinates>nan,40</coordinates></Point>",
    "underscore": "<Point><coordinates>1_07,40</coordinates></Point>",
    "one_number": "<Point><coordinates>107</coordinates></Point>",
    "four_numbers": "<Point><coordinates>1,2,3,4</coordinates></Point>",
    "no_coordinates": "<Point/>",
    "unclosed_ring": make.GOOD.replace(" 107,40</", "</"),
    "two_outer_rings": f"<Polygon>{make.GOOD_RING * 2}</Polygon>",
    "no_outer_ring": "<Polygon/>",
    "empty_multi": "<MultiGeometry/>",
    "one_bad_part": f"<MultiGeometry>{make.GOOD}<Point/></MultiGeometry>",
    "too_deep": "<MultiGeometry>" * 9 + make.GOOD + "</MultiGeometry>" * 9,
    "two_shapes": make.GOOD * 2,
    "model": "<Model><Location/></Model>",
}


@pytest.mark.parametrize("name", sorted(PLACEMARKS))
def test_a_bad_shape_in_a_kml_costs_its_row_and_no_other(name, tmp_path):
    bad, good = make.placemark(PLACEMARKS[name]), make.placemark(make.GOOD)
    path = make.kml(tmp_path, good, bad, good)
    layer = layers.read(path, kind="ecological_redline")
    assert layer.frame.index.tolist() == [0, 2]
    assert [(one.row, one.reason) for one in layer.quarantine] == [
        (1, "geometry_unreadable")
    ]
    assert layer.provenance.rows_in_file == 3
