"""Files that would end or fill their reader; every function returns the file to read.

`HOSTILE` maps each to what must become of it.
"""

from __future__ import annotations

import json
import math
import random
import sqlite3
import struct
import zipfile
from contextlib import closing

import broken_files as make
import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
import xlsxwriter

DEPTH = 100_000
WKT_DEPTH = 6_000
"""As deep as a cell may be long."""
VERTICES = 400


def _nested_wkt(depth=WKT_DEPTH):
    return "GEOMETRYCOLLECTION (" * depth + "POINT (107 40)" + ")" * depth


def _nested_wkb(depth=DEPTH):
    return struct.pack("<BII", 1, 7, 1) * depth + shapely.Point(107, 40).wkb


def wkt_nested(folder):
    path = folder / "nested.csv"
    path.write_text(
        f'红线编码,wkt\nHX-0,"POINT (107 40)"\nHX-1,"{_nested_wkt()}"\n',
        encoding="utf-8",
    )
    return path


def geojson_nested(folder):
    head, tail = '{"type":"GeometryCollection","geometries":[', "]}"
    inner = json.dumps(make.GOOD)
    path = folder / "nested.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
        f'"geometry":{head * DEPTH}{inner}{tail * DEPTH}}}]}}',
        encoding="utf-8",
    )
    return path


def geojson_nested_a_little(folder):
    """Deep enough for GEOS to fall, not for the parser of JSON."""
    inner = make.GOOD
    for _ in range(300):
        inner = {"type": "GeometryCollection", "geometries": [inner]}
    return make.write_geojson(folder / "nested.geojson", [make.GOOD, inner])


def _many(kind):
    """A shape that says that it has 4e9 parts."""
    return struct.pack("<BII", 1, kind, 4_000_000_000) + b"\0" * 64


def _blob_geopackage(folder, wkb):
    path = folder / "blob.gpkg"
    pyogrio.write_dataframe(make.zones(), path, layer="z")
    blob = b"GP\0\1" + struct.pack("<i", 4490) + wkb
    with closing(sqlite3.connect(path)) as db:
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in db.execute(named).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE z SET geom = ? WHERE fid = 2", (blob,))
        db.commit()
    return path


def blob_nested(folder):
    return _blob_geopackage(folder, _nested_wkb())


def blob_of_many_points(folder):
    return _blob_geopackage(folder, _many(2))


def blob_of_many_rings(folder):
    return _blob_geopackage(folder, _many(3))


def blob_of_many_parts(folder):
    return _blob_geopackage(folder, _many(6))


def blob_not_finite(folder):
    ring = [(107, 40), (math.inf, 40), (108, math.nan), (107, 40)]
    flat = [number for vertex in ring for number in vertex]
    return _blob_geopackage(folder, struct.pack("<BIII8d", 1, 3, 1, len(ring), *flat))


def parquet_nested(folder):
    frame = make.zones()
    path = folder / "nested.parquet"
    frame.to_parquet(path)
    table = pq.read_table(path)
    blobs = [*table.column("geometry").to_pylist()[:2], _nested_wkb()]
    changed = table.set_column(
        table.column_names.index("geometry"), "geometry", pa.array(blobs, pa.binary())
    )
    pq.write_table(changed, path)
    return path


def geojson_not_finite(folder):
    ring = make.polygon((107, 40), (math.inf, 40), (108, math.nan), (107, 40))
    return make.write_geojson(folder / "infinite.geojson", [make.GOOD, ring])


def geojson_beyond_floats(folder):
    path = make.write_geojson(folder / "huge.geojson", [make.GOOD, make.GOOD])
    text = path.read_text(encoding="utf-8")
    head, _, tail = text.rpartition("108, 41")
    path.write_text(f"{head}1e400, -1e400{tail}", encoding="utf-8")
    return path


def ring_crossing_itself(folder, vertices=VERTICES):
    chance = random.Random(7)  # noqa: S311
    points = [(107 + chance.random(), 40 + chance.random()) for _ in range(vertices)]
    return make.write_geojson(
        folder / "crossing.geojson", [make.GOOD, make.polygon(*points, points[0])]
    )


def zip_bomb(folder):
    """Unpacks to 512 MiB of blanks, a thousand times its size."""
    path = folder / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.geojson", "w", force_zip64=True) as member,
    ):
        for _ in range(512):
            member.write(b" " * 1024**2)
    return path


def _book(folder, change):
    """A workbook with coordinates whose members are changed."""
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate((["红线编码", "经度", "纬度"], ["HX-0", 107.5, 40.5])):
            sheet.write_row(at, 0, row)
    with zipfile.ZipFile(path) as archive:
        content = {one: archive.read(one) for one in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in change(content).items():
            archive.writestr(name, data)
    return path


def xlsx_far_cell(folder):
    def change(content):
        name = "xl/worksheets/sheet1.xml"
        far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        content[name] = content[name].replace(b"</sheetData>", far)
        return content

    return _book(folder, change)


def _entities(name):
    steps = "".join(
        f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' if i else '<!ENTITY l0 "haha">'
        for i in range(10)
    )

    def change(content):
        root = b"sst" if b"<sst" in content[name] else b"worksheet"
        at = content[name].index(b"<" + root)
        doctype = f"<!DOCTYPE {root.decode()} [{steps}]>".encode()
        text = content[name][:at] + doctype + content[name][at:]
        content[name] = text.replace("红线编码".encode(), b"&l9;")
        return content

    return change


def xlsx_entities_in_strings(folder):
    return _book(folder, _entities("xl/sharedStrings.xml"))


def xlsx_entities_in_sheet(folder):
    return _book(folder, _entities("xl/worksheets/sheet1.xml"))


def csv_of_control_characters(folder):
    path = folder / "control.csv"
    path.write_bytes(b"code,name,lon,lat\nA\x01\x02,B\x1b[31m\x7f,107.5,40.5\n")
    return path


def geojson_of_control_characters(folder):
    rows = [{"红线编码": "A\0B", "红线名称": "\ud800\x1b[31m\u202e"}]
    return make.write_geojson(folder / "control.geojson", [make.GOOD], rows)


def shapefile_of_many_points(folder):
    """A record that says that it holds 2e9 vertices."""
    path = folder / "many.shp"
    gpd.GeoDataFrame({"a": [1, 2]}, geometry=[make.BOX] * 2, crs=4490).to_file(path)
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, 100 + 8 + 40, 2_000_000_000)
    path.write_bytes(bytes(data))
    return path


NOT_READ, NOT_FINITE = "geometry_unreadable", "geometry_not_finite"
HOSTILE = {
    wkt_nested: NOT_READ,
    geojson_nested: "no JSON: maximum recursion depth",
    geojson_nested_a_little: NOT_READ,
    blob_nested: NOT_READ,
    blob_of_many_points: NOT_READ,
    blob_of_many_rings: NOT_READ,
    blob_of_many_parts: NOT_READ,
    blob_not_finite: NOT_FINITE,
    parquet_nested: NOT_READ,
    geojson_not_finite: NOT_FINITE,
    geojson_beyond_floats: NOT_FINITE,
    ring_crossing_itself: "geometry_doubtful",
    zip_bomb: "that unpack to 536870912",
    xlsx_far_cell: "16384 columns in row 1048576",
    xlsx_entities_in_strings: "a damaged one",
    xlsx_entities_in_sheet: "a damaged one",
    csv_of_control_characters: "",
    geojson_of_control_characters: "",
    shapefile_of_many_points: "record 1 is not filled",
}
"""What must become of each: the reason of a row set aside, or words of the refusal."""
