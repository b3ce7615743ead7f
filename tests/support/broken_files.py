"""Files with one defect each, made by code; every function returns the file to read."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio
import shapely

BOX = shapely.box(107.0, 40.0, 107.1, 40.1)


def zones(count=3, crs=4490):
    """`count` boxes in a row, with Chinese names."""
    return gpd.GeoDataFrame(
        {
            "红线编码": [f"HX-{i}" for i in range(count)],
            "红线名称": [f"永久保护{i}" for i in range(count)],
        },
        geometry=[
            shapely.box(107 + i / 50, 40, 107.01 + i / 50, 40.01) for i in range(count)
        ],
        crs=crs,
    )


def write_geojson(path, geometries, properties=None, **top):
    rows = properties or [{"红线编码": f"HX-{i}"} for i in range(len(geometries))]
    features = [
        {"type": "Feature", "properties": row, "geometry": one}
        for one, row in zip(geometries, rows, strict=True)
    ]
    document = {"type": "FeatureCollection", "features": features, **top}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def polygon(*xy):
    return {"type": "Polygon", "coordinates": [[list(one) for one in xy]]}


GOOD = polygon((107, 40), (108, 40), (108, 41), (107, 40))


def parquet_with(path, change):
    """A GeoParquet whose ``geo`` metadata have been changed."""
    zones().to_parquet(path)
    table = pq.read_table(path)
    notes = dict(table.schema.metadata)
    geo = json.loads(notes[b"geo"])
    change(geo)
    notes[b"geo"] = json.dumps(geo).encode()
    pq.write_table(table.replace_schema_metadata(notes), path)
    return path


def no_crs(folder):
    path = folder / "no_crs.gpkg"
    with_crs = zones()
    pyogrio.write_dataframe(with_crs, path, layer="z")
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE gpkg_geometry_columns SET srs_id = 0")
        db.execute("UPDATE gpkg_contents SET srs_id = 0")
        db.commit()
    return path


def shapefile_without_prj(folder):
    path = shapefile(folder, "no_prj")
    path.with_suffix(".prj").unlink()
    return path


def shapefile(folder, name, encoding="GB18030", count=3):
    path = folder / f"{name}.shp"
    pyogrio.write_dataframe(zones(count), path, encoding=encoding)
    return path


def swapped_axes(folder):
    ring = polygon((40, 107), (41, 107), (41, 108), (40, 107))
    return write_geojson(folder / "swapped.geojson", [ring])


def swapped_in_range(folder):
    """Western China: both numbers could be a latitude."""
    ring = polygon((38, 76), (39, 76), (39, 77), (38, 76))
    return write_geojson(folder / "swapped_west.geojson", [ring])


def metres_as_degrees(folder):
    ring = polygon(
        (36500000, 4400000),
        (36501000, 4400000),
        (36501000, 4401000),
        (36500000, 4400000),
    )
    return write_geojson(folder / "metres.geojson", [ring])


def missing_zone_prefix(folder):
    path = folder / "prefix.gpkg"
    frame = zones(crs=4490).set_geometry(
        [shapely.box(500000, 4400000 + i, 500100, 4400100 + i) for i in range(3)]
    )
    pyogrio.write_dataframe(frame.set_crs(4524, allow_override=True), path)
    return path


def xian_1980(folder):
    path = folder / "xian.gpkg"
    pyogrio.write_dataframe(zones(crs=4610), path)
    return path


def bow_tie(folder):
    ring = polygon((107, 40), (108, 41), (108, 40), (107, 41), (107, 40))
    return write_geojson(folder / "bow_tie.geojson", [GOOD, ring])


def null_geometry(folder):
    return write_geojson(folder / "null.geojson", [GOOD, None])


def empty_geometry(folder):
    empty = {"type": "Polygon", "coordinates": []}
    return write_geojson(folder / "empty_geometry.geojson", [GOOD, empty])


def unclosed_ring(folder):
    ring = polygon((107, 40), (108, 40), (108, 41), (107, 41))
    return write_geojson(folder / "unclosed.geojson", [GOOD, ring])


def nan_coordinate(folder):
    ring = polygon((107, 40), (108, float("nan")), (108, 41), (107, 40))
    return write_geojson(folder / "nan.geojson", [GOOD, ring])


def line_among_polygons(folder):
    line = {"type": "LineString", "coordinates": [[107, 40], [108, 41]]}
    return write_geojson(folder / "line.geojson", [GOOD, line])


def far_away_row(folder):
    ring = polygon((40, 107), (41, 107), (41, 108), (40, 107))
    return write_geojson(folder / "far.geojson", [GOOD, GOOD, ring])


def duplicate_ids(folder):
    rows = [{"红线编码": "HX-1"}, {"红线编码": "HX-1"}]
    return write_geojson(folder / "duplicate.geojson", [GOOD, GOOD], rows)


def nested_collections(folder):
    inner = GOOD
    for _ in range(200):
        inner = {"type": "GeometryCollection", "geometries": [inner]}
    return write_geojson(folder / "nested.geojson", [GOOD, inner])


def gbk_without_cpg(folder):
    path = shapefile(folder, "gbk")
    path.with_suffix(".cpg").unlink()
    return path


def wrong_cpg(folder):
    path = shapefile(folder, "lying")
    path.with_suffix(".cpg").write_text("UTF-8")
    return path


def utf8_name_cut(folder):
    """红线编码 is twelve bytes of UTF-8, of which a .dbf keeps ten."""
    path = folder / "cut_name.shp"
    frame = gpd.GeoDataFrame({"ABCDEFGHIJ": ["北山"]}, geometry=[BOX], crs=4490)
    pyogrio.write_dataframe(frame, path, encoding="UTF-8")
    dbf = path.with_suffix(".dbf")
    cut_name = "红线编码".encode()[:10]
    dbf.write_bytes(dbf.read_bytes().replace(b"ABCDEFGHIJ", cut_name))
    return path


def stale_count(folder, stored):
    path = folder / f"stale_{stored}.gpkg"
    pyogrio.write_dataframe(zones(100), path, layer="z")
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE gpkg_ogr_contents SET feature_count = ?", (stored,))
        db.commit()
    return path


def cut(path, suffix, share=0.5):
    part = path.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[: int(part.stat().st_size * share)])
    return path


def cut_shp(folder):
    return cut(shapefile(folder, "cut_shp", count=20), ".shp")


def cut_dbf(folder):
    return cut(shapefile(folder, "cut_dbf", count=20), ".dbf")


def short_dbf(folder):
    """A .dbf of 2 records beside a .shp of 3: parts of two exports."""
    path = shapefile(folder, "mixed", count=3)
    other = shapefile(folder, "other", count=2)
    path.with_suffix(".dbf").write_bytes(other.with_suffix(".dbf").read_bytes())
    return path


def no_dbf(folder):
    path = shapefile(folder, "no_dbf")
    path.with_suffix(".dbf").unlink()
    return path


def vrt_as_geojson(folder):
    path = folder / "vrt.geojson"
    path.write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd'
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    return path


def pipeline_as_geojson(folder):
    path = folder / "pipeline.geojson"
    path.write_text('{"type": "gdal_streamed_alg", "command_line": "read x ! write y"}')
    return path


def geopackage_as_geojson(folder):
    pyogrio.write_dataframe(zones(), folder / "g.gpkg")
    return (folder / "g.gpkg").rename(folder / "g.geojson")


def two_layers(folder):
    path = folder / "two.gpkg"
    pyogrio.write_dataframe(zones(), path, layer="alpha")
    pyogrio.write_dataframe(zones(), path, layer="beta")
    return path


def empty_file(folder):
    path = folder / "empty.geojson"
    path.write_bytes(b"")
    return path


def missing_file(folder):
    return folder / "not_there.gpkg"


def cut_geojson(folder):
    path = write_geojson(folder / "cut.geojson", [GOOD] * 5)
    return cut(path, ".geojson", 0.7)


def plain_sqlite(folder):
    path = folder / "plain.gpkg"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE t (a)")
        db.commit()
    return path


def csv_without_coordinates(folder):
    path = folder / "table.csv"
    path.write_text("红线编码,红线名称\nHX-1,甲\n", encoding="utf-8")
    return path


def csv_of_metres(folder):
    path = folder / "metres.csv"
    path.write_text("红线编码,x,y\nHX-1,36500000,4400000\n", encoding="utf-8")
    return path


def csv_with_extra_cell(folder):
    path = folder / "extra.csv"
    path.write_text("编号,经度,纬度\nA,107,40,9\n", encoding="utf-8")
    return path


def zipped(folder, name, members):
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    return path


def zip_of_two(folder):
    members = {}
    for name in ("one", "two"):
        path = shapefile(folder, name)
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            members[f"{name}{suffix}"] = path.with_suffix(suffix).read_bytes()
    return zipped(folder, "two", members)


def zip_climbing_out(folder):
    return zipped(folder, "climb", {"../../evil.shp": b"x"})


def zip_bomb(folder):
    return zipped(folder, "bomb", {"a.shp": b"\0" * 5_000_000})


def zip_with_flipped_bit(folder):
    path = shapefile(folder, "flip", count=50)
    target = folder / "flip.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(path.with_suffix(suffix), f"flip{suffix}")
    data = bytearray(target.read_bytes())
    data[400] ^= 0xFF
    target.write_bytes(bytes(data))
    return target
