"""Files of many formats, sound and broken, made by code; also hostile archives."""

from __future__ import annotations

import io
import struct
import zipfile

import ezdxf
import geopandas as gpd
import pyogrio
import shapely

NAMES = ["北山水源涵养", "南山水土保持", "东湖"]
TABLE = gpd.GeoDataFrame(
    {"红线编码": ["0A-1", "0A-2", "0A-3"], "红线名称": NAMES},
    geometry=[
        shapely.box(107, 40, 107.25, 40.5),
        shapely.box(108, 40, 109, 41) - shapely.box(108.25, 40.25, 108.5, 40.5),
        shapely.MultiPolygon(
            [shapely.box(110, 40, 111, 41), shapely.box(112, 40, 113, 41)]
        ),
    ],
    crs=4490,
)
DRIVERS = {"gml": "GML", "kml": "KML", "fgb": "FlatGeobuf", "gdb": "OpenFileGDB"}
KML_HEAD = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
KML_TAIL = "</Document></kml>"
SQUARE = "107,40 108,40 108,41 107,41 107,40"
GOOD_RING = (
    f"<outerBoundaryIs><LinearRing><coordinates>{SQUARE}</coordinates>"
    "</LinearRing></outerBoundaryIs>"
)
GOOD = f"<Polygon>{GOOD_RING}</Polygon>"


def write(folder, kind, table=TABLE, name="redline"):
    """The table in a format; `kmz` and `zip` are packed by ourselves."""
    path = folder / f"{name}.{kind}"
    if kind == "kmz":
        inner = write(folder, "kml", table, "doc")
        return packed(path, {"doc.kml": inner.read_bytes(), "images/a.png": b"png"})
    if kind == "kml":  # GDAL writes a tag for each field and warns of nothing
        table = table.to_crs(4326)
    options = {"driver": DRIVERS[kind]} if kind in DRIVERS else {}
    if kind == "shp":
        options |= {"encoding": "GB18030"}
    if kind == "gdb":
        options |= {"promote_to_multi": True}
    pyogrio.write_dataframe(
        table, path, layer=None if kind == "kml" else name, **options
    )
    return path


def packed(path, members):
    """A zip of members: name (or ZipInfo) -> bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return path


class _Gbk(zipfile.ZipInfo):
    """A member whose name is GBK bytes without a word about it, as Windows zips it."""

    def _encodeFilenameFlags(self):  # noqa: N802 - the name that zipfile calls
        return self.filename.encode("gbk"), 0


def info_of(name, encoding):
    return (_Gbk if encoding == "gbk" else zipfile.ZipInfo)(name)


def kml(folder, *placemarks, head=KML_HEAD, name="a"):
    path = folder / f"{name}.kml"
    path.write_text(head + "".join(placemarks) + KML_TAIL, encoding="utf-8")
    return path


def placemark(shape, extra=""):
    return f"<Placemark>{extra}{shape}</Placemark>"


def drawing(version="R2010", **kwargs):
    return ezdxf.new(version, **kwargs)


def saved(doc, folder, name="plan"):
    path = folder / f"{name}.dxf"
    doc.saveas(path)
    return path


def cut(path, share=0.6):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


# --- broken files -----------------------------------------------------------------


def cut_kml(folder):
    return cut(write(folder, "kml"))


def cut_gml(folder):
    return cut(write(folder, "gml"))


def gml_with_one_bad_byte(folder):
    path = write(folder, "gml")
    data = bytearray(path.read_bytes())
    data[data.index(b"</ogr:featureMember>") + 1] = ord("<")
    path.write_bytes(bytes(data))
    return path


def gml_of_two_systems(folder):
    path = write(folder, "gml")
    text = path.read_text(encoding="utf-8")
    before, mark, after = text.partition('<gml:Polygon srsName="urn:ogc:def:crs:EPSG::')
    path.write_text(f"{before}{mark}4326{after[4:]}", encoding="utf-8")
    return path


def cut_flatgeobuf(folder):
    return cut(write(folder, "fgb"), 0.95)


def flatgeobuf_with_a_lost_row(folder):
    """The last feature is gone, cleanly; the header still notes three."""
    path = write(folder, "fgb")
    data = path.read_bytes()
    at = len(data)
    for start in range(len(data) - 5, 0, -1):
        if start + 4 + struct.unpack_from("<I", data, start)[0] == len(data):
            at = start
            break
    path.write_bytes(data[:at])
    return path


def flatgeobuf_with_a_wild_header(folder):
    path = write(folder, "fgb")
    data = bytearray(path.read_bytes())
    data[8:12] = b"\xff\xff\xff\x7f"
    path.write_bytes(bytes(data))
    return path


def flatgeobuf_with_broken_text(folder):
    path = write(folder, "fgb")
    data = bytearray(path.read_bytes())
    at = data.rindex("东湖".encode())
    data[at] = 0xFF
    path.write_bytes(bytes(data))
    return path


def geodatabase_short_of_a_row(folder):
    path = write(folder, "gdb")
    part = path / "a00000009.gdbtable"
    data = bytearray(part.read_bytes())
    data[4:8] = (4).to_bytes(4, "little")
    part.write_bytes(bytes(data))
    return path


def geodatabase_without_catalogue(folder):
    path = write(folder, "gdb")
    (path / "a00000001.gdbtable").unlink()
    return path


def cut_geodatabase_table(folder):
    path = write(folder, "gdb")
    cut(path / "a00000009.gdbtable", 0.1)
    return path


def plain_folder(folder):
    path = folder / "data"
    path.mkdir()
    return path


def cut_dxf(folder):
    doc = drawing()
    doc.modelspace().add_lwpolyline([(0, 0), (9, 0), (9, 9)], close=True)
    return cut(saved(doc, folder))


def dxf_cut_but_ended(folder):
    """Cut in the middle of the entities, with an EOF put behind."""
    doc = drawing("R2000")
    for at in range(40):
        doc.modelspace().add_lwpolyline([(at, 0), (at + 1, 0), (at, 9)], close=True)
    path = saved(doc, folder)
    text = path.read_bytes()
    at = text.rindex(b"LWPOLYLINE")
    path.write_bytes(text[:at] + b"LWPOLYLINE\n  0\nEOF\n")
    return path


def dxf_of_two_layers(folder):
    doc = drawing()
    for layer in ("红线", "道路"):
        doc.modelspace().add_lwpolyline(
            [(0, 0), (9, 0), (9, 9)], close=True, dxfattribs={"layer": layer}
        )
    return saved(doc, folder)


def dxf_of_texts(folder):
    doc = drawing()
    doc.modelspace().add_text("生态保护红线")
    return saved(doc, folder)


def dxf_block_bomb(folder):
    doc = drawing()
    inner = doc.blocks.new("B0")
    inner.add_point((0, 0))
    for level in range(1, 9):
        block = doc.blocks.new(f"B{level}")
        for at in range(10):
            block.add_blockref(f"B{level - 1}", (at, 0))
    doc.modelspace().add_blockref("B8", (0, 0))
    return saved(doc, folder)


def dxf_array_bomb(folder):
    doc = drawing()
    doc.blocks.new("B").add_point((0, 0))
    doc.modelspace().add_blockref(
        "B",
        (0, 0),
        dxfattribs={
            "row_count": 30000,
            "column_count": 30000,
            "row_spacing": 1,
            "column_spacing": 1,
        },
    )
    return saved(doc, folder)


def dxf_without_crs(folder):
    doc = drawing()
    doc.modelspace().add_lwpolyline([(0, 0), (9, 0), (9, 9)], close=True)
    return saved(doc, folder)


def dwg(folder):
    path = folder / "plan.dwg"
    path.write_bytes(b"AC1027\0\0\0\0\0")
    return path


def dwg_as_dxf(folder):
    return dwg(folder).rename(folder / "plan.dxf")


def gpx(folder):
    path = folder / "track.gpx"
    path.write_text("<gpx><trk/></gpx>", encoding="utf-8")
    return path


def kml_of_links(folder):
    link = "<NetworkLink><Link><href>http://127.0.0.1/a.kml</href></Link></NetworkLink>"
    return kml(folder, link)


def kml_as_gml(folder):
    return kml(folder, placemark(GOOD)).rename(folder / "a.gml")


def kml_too_deep(folder):
    deep = "<Folder>" * 200 + "</Folder>" * 200
    return kml(folder, deep)


def kmz_of_two(folder):
    members = {"a.kml": b"<kml/>", "b.kml": b"<kml/>"}
    return packed(folder / "two.kmz", members)


# --- hostile XML ------------------------------------------------------------------

XXE_FILE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
XXE_HTTP = '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>'
LAUGHS = (
    '<!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(10))
    + "]>"
)
REMOTE_DTD = '<!DOCTYPE kml SYSTEM "http://127.0.0.1:9/a.dtd">'
PARAMETER = '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>'
LATE = f"<!-- {' '.join(map(str, range(15_000)))} -->"
"""Longer than what is looked at first."""
THREATS = {
    "xxe_file": XXE_FILE,
    "xxe_http": XXE_HTTP,
    "billion_laughs": LAUGHS,
    "remote_dtd": REMOTE_DTD,
    "parameter_entity": PARAMETER,
    "late_doctype": LATE + XXE_FILE,
}
GML_BODY = (
    '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml">'
    "<gml:featureMember><a><n>{}</n></a></gml:featureMember></gml:FeatureCollection>"
)
KML_BODY = f"<kml><Document><Placemark><name>{{}}</name>{GOOD}</Placemark>{KML_TAIL}"


def threat(folder, name, kind):
    """An XML threat as KML or GML, also packed, also in UTF-16."""
    body = (GML_BODY if kind == "gml" else KML_BODY).format("&x;")
    text = THREATS[name] + body
    if kind == "kmz":
        return packed(folder / "threat.kmz", {"doc.kml": text})
    path = folder / f"threat.{'kml' if kind == 'utf16' else kind}"
    path.write_bytes(text.encode("utf-16" if kind == "utf16" else "utf-8"))
    return path


# --- hostile archives -------------------------------------------------------------


def _geojson():
    return TABLE.to_json().encode()


def _info(name, mode=None, system=3):
    info = zipfile.ZipInfo(name)
    info.create_system = system
    if mode is not None:
        info.external_attr = mode << 16
    return info


def _raw_name(path, old, new):
    """Replace a member's name by bytes that `zipfile` would not write."""
    path.write_bytes(path.read_bytes().replace(old, new))
    return path


def _archive(member):
    def build(folder):
        return packed(folder / "a.zip", {member: _geojson()})

    return build


def zip_duplicate(folder):
    path = packed(folder / "a.zip", {"a.geojson": _geojson(), "b.geojson": b"{}"})
    return _raw_name(path, b"b.geojson", b"a.geojson")


def zip_encrypted(folder):
    path = packed(folder / "a.zip", {"a.geojson": _geojson()})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(bytes(data))
    return path


def zip_nul(folder):
    path = packed(folder / "a.zip", {"a.geojsonQx": _geojson()})
    return _raw_name(path, b"a.geojsonQx", b"a.geojson\0x")


def zip_in_zip(folder):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as inner:
        inner.writestr("a.geojson", _geojson())
    return packed(folder / "a.zip", {"b.zip": stream.getvalue()})


def zip_with_hidden_kmz(folder):
    return packed(folder / "a.zip", {"a.geojson": _geojson(), "b.kmz": b"PK"})


def zip_of_many(folder):
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}.txt", b"")
    return path


def zip_too_large(folder):
    """Says that it unpacks to 3 GiB."""
    path = packed(folder / "a.zip", {"a.geojson": _geojson()})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\1\2")
    data[at + 20 : at + 28] = struct.pack("<2I", 2**30, 3 * 2**30)
    path.write_bytes(bytes(data))
    return path


def zip_that_lies(folder):
    """Says that its member is smaller than it is: the checksum does not fit."""
    path = packed(folder / "a.zip", {"a.geojson": _geojson()})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\1\2")
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(bytes(data))
    return path


def zip_flipped(folder):
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.geojson", _geojson())
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(bytes(data))
    return path


def zip_wild_directory(folder):
    path = packed(folder / "a.zip", {"a.geojson": _geojson()})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\5\6")
    data[at + 12 : at + 16] = b"\xff\xff\xff\x7f"
    path.write_bytes(bytes(data))
    return path


def zip_two_names(folder):
    """One name in the directory, another before the member."""
    path = packed(folder / "a.zip", {"a.geojson": _geojson()})
    data = path.read_bytes()
    path.write_bytes(data.replace(b"a.geojson", b"b.geojson", 1))
    return path


def zip_bomb(folder):
    return packed(folder / "a.zip", {"a.geojson": b" " * 3_000_000})


def zip_unknown_method(folder):
    path = packed(folder / "a.zip", {"a.geojson": _geojson()})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        data[data.index(mark) + offset] = 99
    path.write_bytes(bytes(data))
    return path


def zip_without_source(folder):
    return packed(folder / "a.zip", {"a.docx": b"x"})


def zip_of_two_kinds(folder):
    return packed(folder / "a.zip", {"a.geojson": _geojson(), "b.kml": b"<kml/>"})


def zip_of_a_vrt(folder):
    text = b"<OGRVRTDataSource><SrcDataSource>x</SrcDataSource></OGRVRTDataSource>"
    return packed(folder / "a.zip", {"a.kml": text})


def zip_case(folder):
    return packed(folder / "a.zip", {"A.geojson": _geojson(), "a.GeoJSON": b"{}"})


def zip_accents(folder):
    members = {"\u00e9.geojson": _geojson(), "e\u0301.geojson": b"{}"}
    return packed(folder / "a.zip", members)


def zip_symlink(folder):
    return packed(folder / "a.zip", {_info("a.geojson", 0o120777): b"/etc/hostname"})


def zip_device(folder):
    return packed(folder / "a.zip", {_info("a.geojson", 0o060666): b""})


def zip_cut(folder):
    return cut(packed(folder / "a.zip", {"a.geojson": _geojson()}))


HOSTILE = [
    (_archive("../a.geojson"), "climbs", r"leads out of it"),
    (_archive("x/../../a.geojson"), "climbs_later", r"leads out of it"),
    (_archive("..\\a.geojson"), "climbs_by_backslash", r"leads out of it"),
    (_archive("/etc/a.geojson"), "absolute", r"leads out of it"),
    (_archive("\\\\server\\a.geojson"), "server", r"leads out of it"),
    (_archive("C:\\a.geojson"), "drive", r"leads out of it"),
    (_archive("C:a.geojson"), "drive_relative", r"leads out of it"),
    (_archive("a.geojson:stream"), "stream", r"leads out of it"),
    (zip_nul, "nul", r"NUL|a damaged one"),
    (zip_symlink, "symlink", r"a link or device"),
    (zip_device, "device", r"a link or device"),
    (zip_duplicate, "duplicate", r"two members called a\.geojson and a\.geojson"),
    (zip_case, "case", r"two members called A\.geojson and a\.GeoJSON"),
    (zip_accents, "accents", r"two members called"),
    (zip_encrypted, "encrypted", r"an encrypted member.*unpack it yourself"),
    (zip_in_zip, "nested", r"another archive inside \(b\.zip\)"),
    (zip_with_hidden_kmz, "nested_beside", r"another archive inside \(b\.kmz\)"),
    (zip_of_many, "many", r"10001 members"),
    (zip_too_large, "too_large", r"that unpack to 3221225472"),
    (zip_bomb, "bomb", r"that unpack to 3000000"),
    (zip_that_lies, "lies", r"a damaged one.*CRC"),
    (zip_flipped, "flipped", r"a damaged one.*CRC"),
    (zip_wild_directory, "directory", r"a directory of 2147483647 bytes"),
    (zip_two_names, "two_names", r"a damaged one.*differ"),
    (zip_unknown_method, "method", r"a damaged one.*compression"),
    (zip_cut, "cut", r"it has no end"),
    (zip_without_source, "no_source", r"0 sources among a\.docx"),
    (zip_of_two_kinds, "two_kinds", r"2 sources among a\.geojson, b\.kml"),
    (zip_of_a_vrt, "vrt", r"a\.zip/a\.kml.*data elsewhere \(<OGRVRTDataSource\)"),
]
"""(builder, name, words it must say)"""
