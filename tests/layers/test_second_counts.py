"""Losses that a reader does not notice are noticed by what stands in the file."""

import struct
import zipfile

import numpy as np
import pytest
import shapely
from mutation.seeds import SEEDS

from layers import worker
from layers.errors import InputRefusedError
from layers.formats import open_raw
from layers.formats.raw import from_wkb
from layers.text import message
from layers.worker import codec


def seed(name, folder):
    return SEEDS[name].write(folder)


def change(path, old, new, count=1):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, count))
    return path


# -- Shapefile ------------------------------------------------------------


def changed_part(folder, suffix, how):
    path = seed("Shapefile", folder)
    part = path.with_suffix(suffix)
    data = bytearray(part.read_bytes())
    how(data)
    part.write_bytes(bytes(data))
    return path


def stood_twice(data):
    data[116:124] = data[108:116]


def exchanged(data):
    data[100:108], data[124:132] = data[124:132], data[100:108]


def beyond_the_end(data):
    struct.pack_into(">i", data, 108, 2**30)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (stood_twice, r"two entries of \.shx point to one record"),
        (exchanged, r"entry 1 of \.shx is another's"),
        (beyond_the_end, r"entry 2 of \.shx points to no record"),
    ],
)
def test_an_index_that_gives_a_row_another_outline_is_refused(how, words, tmp_path):
    with pytest.raises(InputRefusedError, match=words):
        open_raw(changed_part(tmp_path, ".shx", how))


def test_a_record_with_room_for_more_vertices_than_it_says_is_refused(tmp_path):
    def fewer(data):
        struct.pack_into("<i", data, 100 + 8 + 40, 4)

    with pytest.raises(InputRefusedError, match="record 1 is not filled by its parts"):
        open_raw(changed_part(tmp_path, ".shp", fewer))


def test_records_numbered_from_nought_are_read(tmp_path):
    def from_nought(data):
        at = 100
        while at < len(data):
            number, words = struct.unpack_from(">2i", data, at)
            struct.pack_into(">i", data, at, number - 1)
            at += 8 + 2 * words

    assert open_raw(changed_part(tmp_path, ".shp", from_nought)).rows_in_file == 40


def test_a_cpg_of_nuls_states_nothing(tmp_path):
    path = changed_part(tmp_path, ".cpg", lambda data: data.insert(2, 0))
    assert open_raw(path).attributes["红线名称"].iloc[0] == "北山水源涵养区0"


# -- WKB, GeoPackage, FlatGeobuf ------------------------------------------


SQUARE = shapely.box(0, 0, 9, 9)
SHAPES = [
    SQUARE,
    SQUARE - shapely.box(1, 1, 2, 2) - shapely.box(3, 3, 4, 4),
    shapely.MultiPolygon([SQUARE - shapely.box(1, 1, 2, 2), shapely.box(20, 0, 29, 9)]),
    shapely.Point(1, 2),
    shapely.LineString([(0, 0), (1, 1)]),
    shapely.MultiPoint([(0, 0), (1, 1)]),
    shapely.GeometryCollection([SQUARE, shapely.Point(1, 2)]),
    shapely.force_3d(SQUARE),
    shapely.Polygon(),
    shapely.MultiPolygon(),
    shapely.set_srid(SQUARE, 4490),
]


def test_bytes_of_every_shape_come_back_whole():
    blobs = [shapely.to_wkb(one, include_srid=True) for one in SHAPES]
    geometry, unreadable = from_wkb([*blobs, None])
    assert not unreadable.any()
    assert [one.wkb for one in geometry[:-1]] == [one.wkb for one in SHAPES]


@pytest.mark.parametrize("at", [0, 1, 2, 4, 6])
def test_bytes_that_no_count_speaks_of_make_a_shape_unreadable(at):
    geometry, unreadable = from_wkb([SHAPES[at].wkb + b"\0" * 16, SQUARE.wkb])
    assert unreadable.tolist() == [True, False]
    assert geometry[0] is None


def test_a_hole_that_a_count_leaves_out_makes_the_row_unreadable(tmp_path):
    path = seed("GeoParquet", tmp_path)
    three = struct.pack("<BII", 1, 3, 3)
    raw = open_raw(change(path, three, struct.pack("<BII", 1, 3, 2)))
    assert np.flatnonzero(raw.unreadable).tolist() == [1]


def test_a_page_that_says_it_holds_fewer_rows_than_it_does_is_refused(tmp_path):
    path = seed("GeoPackage", tmp_path)
    data = bytearray(path.read_bytes())
    page = data.index(b"HX-003") // 4096 * 4096
    cells = struct.unpack_from(">H", data, page + 3)[0]
    assert data[page] == 13
    struct.pack_into(">H", data, page + 3, cells - 2)
    path.write_bytes(bytes(data))
    with pytest.raises(InputRefusedError, match="GeoPackage whose pages agree"):
        open_raw(path)


def test_a_ring_whose_end_lies_too_far_makes_the_row_unreadable(tmp_path):
    path = seed("FlatGeobuf", tmp_path)
    ends = struct.pack("<4I", 3, 5, 10, 15)
    raw = open_raw(change(path, ends, struct.pack("<4I", 3, 5, 10, 2**16)))
    assert raw.unreadable.sum() == 1


# -- KML, GML -------------------------------------------------------------


def test_a_placemark_in_a_placemark_is_refused(tmp_path):
    path = seed("KML", tmp_path)
    text = path.read_text(encoding="utf-8")
    at = text.index("</Placemark>")
    text = text[:at] + "<Placemark></Placemark>" + text[at:]
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefusedError, match="a Placemark inside a Placemark"):
        open_raw(path)


def test_coordinates_where_no_outline_looks_for_them_are_told(tmp_path):
    path = seed("KML", tmp_path)
    change(path, b"<SchemaData ", b"<b><coordinates>1,2</coordinates></b><SchemaData ")
    change(path, b"<Folder>", b"<Folder><Point><coordinates>1,2</coordinates></Point>")
    raw = open_raw(path)
    assert np.flatnonzero(raw.unreadable).tolist() == [0]
    told = dict(raw.found)
    assert told["content_not_read"] == {"what": "coordinates outside a Placemark: 1"}


def gml(folder, *pairs):
    path = seed("GML", folder)
    for old, new in pairs:
        change(path, old, new)
    return path


POINT = (
    b'<gml:Point srsName="urn:ogc:def:crs:EPSG::4490"><gml:pos>30 107</gml:pos>'
    b"</gml:Point>"
)
PROPERTY = b"<ogr:geometryProperty>"
END = b"</ogr:geometryProperty>"


@pytest.mark.parametrize(
    "pairs",
    [
        [(END, END + PROPERTY + POINT + END)],  # a second one under the same name
        [(b"</gml:posList>", b"x</gml:posList>")],
    ],
    ids=["two", "no number"],
)
def test_a_geometry_that_is_not_what_the_document_has_is_unreadable(pairs, tmp_path):
    raw = open_raw(gml(tmp_path, *pairs))
    assert np.flatnonzero(raw.unreadable).tolist() == [0]
    assert raw.geometry[0] is None


def test_values_that_stand_twice_in_a_feature_are_joined_and_told(tmp_path):
    code = "<ogr:红线编码>HX-000</ogr:红线编码>"
    more = f"{code}{code}<ogr:红线编码>HX-9</ogr:红线编码>"
    raw = open_raw(gml(tmp_path, (code.encode(), more.encode())))
    assert raw.attributes["红线编码"].tolist()[:2] == ["HX-000; HX-9", "HX-001"]
    assert ("values_joined", {"column": "红线编码", "count": 1}) in raw.found


# -- DXF, xlsx, boundary points -------------------------------------------


def test_a_drawing_whose_entity_begins_twice_is_refused(tmp_path):
    path = seed("DXF", tmp_path)
    text = path.read_text(encoding="utf-8").split("\n")
    marks = [at for at, line in enumerate(text) if line == "AcDbPolyline"]
    path.write_text(
        "\n".join(text[: marks[3] + 1] + text[marks[4] - 3 :]), encoding="utf-8"
    )
    with pytest.raises(InputRefusedError, match=r"one AcDbEntity|one AcDbPolyline"):
        open_raw(path)


def test_a_section_that_stands_twice_is_refused(tmp_path):
    again = b"  0\nSECTION\n  2\nOBJECTS\n"
    path = change(seed("DXF", tmp_path), again, again + b"  0\nENDSEC\n" + again)
    with pytest.raises(InputRefusedError, match="one section OBJECTS"):
        open_raw(path)


def test_a_part_of_a_polyline_that_nobody_knows_is_refused(tmp_path):
    path = change(seed("DXF", tmp_path), b"\n 20\n30.1\n", b"\n 20\n30.1\n100\n1\n")
    with pytest.raises(InputRefusedError, match="a part '1'"):
        open_raw(path)


def sheet_with(folder, old, new):
    path = seed("xlsx", folder)
    with zipfile.ZipFile(path) as archive:
        content = {one: archive.read(one) for one in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    assert old in content[name]
    content[name] = content[name].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in content.items():
            archive.writestr(member, data)
    return path


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'<row r="5"', b'<row r="4"', "row 4 behind row 4"),
        (b'<c r="C5"', b'<c r="B5"', "the cell B5 behind B5"),
        (b'<c r="B5"', b'<c r="B6"', "the cell B6 in row 5"),
    ],
    ids=["row", "column", "cell"],
)
def test_rows_and_cells_out_of_order_are_refused(old, new, words, tmp_path):
    with pytest.raises(InputRefusedError, match=words):
        open_raw(sheet_with(tmp_path, old, new))


def test_what_a_boundary_file_says_of_a_parcel_comes_through_the_worker(tmp_path):
    path = change(seed("boundary TXT", tmp_path), b",,,,@", b",,,,", 1)
    assert worker.open_raw(path).found == open_raw(path).found
    one = message("boundary.bad_row", line=message("boundary.no_mark"))
    assert codec.read(codec.shown(one)) == one


def test_a_reference_system_that_proj_cannot_read_is_refused(tmp_path):
    # "unit" in the base64 of the schema
    path = change(seed("GeoParquet", tmp_path), b"ICJ1bml0Ijog", b"ICJ1bml2Ijog", 9)
    with pytest.raises(InputRefusedError, match="that PROJ cannot read"):
        open_raw(path)


def test_wkb_of_a_type_that_there_is_not_is_unreadable():
    # GEOS takes the lower half of the number: 65542 would pass as 6, a multipolygon.
    sound = shapely.to_wkb(shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]))
    number = struct.pack("<I", 0x10006)
    geometry, unreadable = from_wkb([sound, sound[:1] + number + sound[5:]])
    assert unreadable.tolist() == [False, True]
    assert geometry[1] is None


@pytest.mark.parametrize("flavor", ["iso", "extended"])
def test_wkb_in_the_numbers_of_iso_and_of_postgis_is_read(flavor):
    shapes = [
        shapely.Point(1, 2, 3),
        shapely.set_srid(shapely.LineString([(0, 0), (1, 1)]), 4490),
    ]
    blobs = [
        shapely.to_wkb(one, flavor=flavor, include_srid=flavor != "iso")
        for one in shapes
    ]
    _, unreadable = from_wkb(blobs)
    assert not unreadable.any()
