"""KML, KMZ and GML."""

from __future__ import annotations

import format_files as make
from broken_cases.entry import aside, refused, told


def kml(*shapes, extra=""):
    """A good placemark, then these."""

    def build(folder):
        marks = [make.placemark(make.GOOD), *map(make.placemark, shapes)]
        return make.kml(folder, *marks, extra)

    return build


def text(content, name="a.kml"):
    def build(folder):
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return build


def kmz(members):
    return lambda folder: make.packed(folder / "a.kmz", members)


def gml(change):
    """A sound GML with its text changed."""

    def build(folder):
        path = make.write(folder, "gml")
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        return path

    return build


def ring(coordinates):
    return make.GOOD.replace(make.SQUARE, coordinates)


SOUND = make.KML_HEAD + make.placemark(make.GOOD, "<name>北山</name>") + make.KML_TAIL
DECLARED = '<?xml version="1.0" encoding="{}"?>'
UNREADABLE = ("geometry_unreadable", (1,), "无法读取")

CASES = [
    refused("half a KML", make.cut_kml, "cut or damaged"),
    refused("a KML of links alone", make.kml_of_links, "1 links to data elsewhere"),
    refused("a KML too deep", make.kml_too_deep, "more than 100 deep"),
    refused("a KML called .gml", make.kml_as_gml, ".gml", "content is KML"),
    refused("two roots", text(SOUND + SOUND), "cut or damaged"),
    refused("a tag that is not closed", text(SOUND.replace("</name>", "")), "damaged"),
    refused("a DOCTYPE", text("<!DOCTYPE kml>" + SOUND), "DOCTYPE"),
    refused("another root", text("<html/>"), "root html"),
    refused("a control character", text(SOUND.replace("北", "\x01")), "cut or damaged"),
    refused("a KMZ without KML", kmz({"a.txt": b"x"}), "0 KML files among a.txt"),
    refused("a KMZ of two", make.kmz_of_two, "2 KML files among a.kml, b.kml"),
    refused("a KMZ with half a KML", kmz({"doc.kml": SOUND[:200]}), "cut or damaged"),
    refused("no zip under .kmz", text(b"PK\3\4 no", "a.kmz"), "damaged"),
    told(
        "GBK declared over UTF-8",
        text(DECLARED.format("GBK") + SOUND),
        "encoding_decided",
        "UTF-8",
        "GB18030",
    ),
    told(
        "UTF-8 declared over GBK",
        text((DECLARED.format("UTF-8") + SOUND).encode("gb18030")),
        "encoding_decided",
        "GB18030",
        "UTF-8",
    ),
    told(
        "a link beside places",
        kml(extra="<NetworkLink><Link><href>x.kml</href></Link></NetworkLink>"),
        "linked_data_not_read",
        "1 处指向外部数据",
    ),
    told("an overlay", kml(extra="<GroundOverlay/>"), "content_not_read", "Overlay"),
    aside("words", kml(ring("not,a number")), *UNREADABLE),
    aside("a blank after the comma", kml(ring("107, 40, 0")), *UNREADABLE),
    aside(
        "one number", kml("<Point><coordinates>107</coordinates></Point>"), *UNREADABLE
    ),
    aside("a ring not closed", kml(ring(make.SQUARE[:-7])), *UNREADABLE),
    aside("no outer ring", kml("<Polygon/>"), *UNREADABLE),
    aside("an empty part", kml("<MultiGeometry/>"), *UNREADABLE),
    aside("no shape", kml(""), "geometry_null", (1,), "没有图形"),
    refused("half a GML", make.cut_gml, "cut or damaged"),
    refused("one bad byte in a GML", make.gml_with_one_bad_byte, "cut or damaged"),
    refused("two systems in a GML", make.gml_of_two_systems, "one reference system"),
    refused(
        "a GML without a system",
        gml(lambda one: one.replace(' srsName="urn:ogc:def:crs:EPSG::4490"', "")),
        "got none",
    ),
    refused(
        "a GML of an unknown system",
        gml(lambda one: one.replace("EPSG::4490", "EPSG::999999")),
        "reference system",
    ),
    refused(
        "a GML without members",
        text(
            '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"/>', "a.gml"
        ),
        "0 layers",
    ),
    refused("a DOCTYPE in a GML", gml(lambda one: "<!DOCTYPE x>" + one), "expected"),
    aside(
        "words in a GML",
        gml(lambda one: one.replace(">40 108 41 108", ">x y 41 108", 1)),
        *UNREADABLE,
    ),
]
