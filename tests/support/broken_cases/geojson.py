"""GeoJSON."""

from __future__ import annotations

import json

import broken_files as make
from broken_cases.entry import aside, refused
from broken_files import GOOD, polygon


def text(content, name="a.geojson"):
    def build(folder):
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return build


def with_geometry(geometry):
    """One good feature, and one with this geometry."""
    return lambda folder: make.write_geojson(folder / "a.geojson", [GOOD, geometry])


def collection(features, **top):
    return text(json.dumps({"type": "FeatureCollection", "features": features, **top}))


def named(name):
    crs = {"type": "name", "properties": {"name": name}}
    return lambda folder: make.write_geojson(folder / "a.geojson", [GOOD], crs=crs)


FEATURE = {"type": "Feature", "properties": {"红线编码": "甲"}, "geometry": GOOD}
TWICE = json.dumps({"type": "FeatureCollection", "features": [FEATURE]})
OPEN = polygon((107, 40), (108, 40), (108, 41), (107, 41))
TWO_POINTS = polygon((107, 40), (107, 40))
UNREADABLE = ("geometry_unreadable", (1,), "无法读取")

CASES = [
    refused("cut in the middle", make.cut_geojson, "no JSON"),
    refused("an empty file", text(b""), "an empty file"),
    refused("blanks alone", text(b" \n "), "an empty file"),
    refused("an object of another type", text('{"type": "Topology"}'), "'Topology'"),
    refused("an object without a type", text('{"a": 1}'), "type None"),
    refused(
        "features that are no list",
        text('{"type": "FeatureCollection", "features": {}}'),
        "without a list of features",
    ),
    refused("features that are numbers", collection([1]), "without a list of features"),
    refused("a list at the top", text("[1]"), "plain text"),
    refused(
        "bytes in GBK",
        text(json.dumps(FEATURE, ensure_ascii=False).encode("gb18030")),
        "text in GB18030",
    ),
    refused(
        "a key that stands twice",
        text('{"type": "FeatureCollection", "features": [], "features": [1]}'),
        "twice",
    ),
    refused(
        "a geometry that stands twice",
        text(TWICE.replace('"geometry"', '"geometry": null, "geometry"')),
        "twice",
    ),
    refused("a crs nobody knows", named("EPSG:999999"), "EPSG:999999"),
    refused("a crs of another datum", named("EPSG:4610"), "Xian 1980"),
    refused("a crs that names a file", named("+init=/tmp/x:1"), "names a file"),
    refused(
        "a crs that contradicts the caller",
        named("EPSG:4490"),
        "EPSG:4490",
        stated={"crs": "EPSG:4524"},
    ),
    refused("a description of data elsewhere", make.vrt_as_geojson, "data elsewhere"),
    refused("a pipeline", make.pipeline_as_geojson, "gdal_streamed_alg"),
    aside("a ring that is not closed", with_geometry(OPEN), *UNREADABLE),
    aside("a ring of two points", with_geometry(TWO_POINTS), *UNREADABLE),
    aside("an unknown type", with_geometry({"type": "Circle"}), *UNREADABLE),
    aside("an empty object", with_geometry({}), *UNREADABLE),
    aside(
        "coordinates of words",
        with_geometry(polygon(("a", "b"), ("c", "d"), ("e", "f"), ("a", "b"))),
        *UNREADABLE,
    ),
    aside(
        "one number a vertex",
        with_geometry({"type": "Polygon", "coordinates": [[[1], [2], [3], [1]]]}),
        *UNREADABLE,
    ),
    aside(
        "vertices of unlike length",
        with_geometry(
            {"type": "Polygon", "coordinates": [[[1, 2], [2], [3, 4], [1, 2]]]}
        ),
        *UNREADABLE,
    ),
    aside("no geometry", with_geometry(None), "geometry_null", (1,), "没有图形"),
    aside(
        "geometry left out",
        collection(
            [
                FEATURE,
                {"type": "Feature", "properties": {}},
            ]
        ),
        "geometry_null",
        (1,),
        "没有图形",
    ),
    aside(
        "NaN",
        with_geometry(polygon((107, 40), (108, float("nan")), (108, 41), (107, 40))),
        "geometry_not_finite",
        (1,),
        "非数值",
    ),
    aside(
        "infinity",
        with_geometry(polygon((107, 40), (108, 1e999), (108, 41), (107, 40))),
        "geometry_not_finite",
        (1,),
        "无穷大",
    ),
    aside("collections in collections", make.nested_collections, *UNREADABLE),
    aside(
        "numbers written as text",
        with_geometry(
            polygon(("107", "40"), ("108", "40"), ("108", "41"), ("107", "40"))
        ),
        *UNREADABLE,
    ),
]
