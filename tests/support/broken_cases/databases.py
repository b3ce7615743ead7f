"""GeoPackage, File Geodatabase, FlatGeobuf, GeoParquet."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import broken_files as make
import format_files
import pyogrio
from broken_cases.entry import aside, refused, told


def sql(*statements, count=3, layers=("z",)):
    """A GeoPackage after some statements of SQL."""

    def build(folder):
        path = folder / "zones.gpkg"
        for name in layers:
            pyogrio.write_dataframe(make.zones(count), path, layer=name)
        with closing(sqlite3.connect(path)) as db:
            for name in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                db.execute(f'DROP TRIGGER "{name[0]}"')
            for statement in statements:
                db.execute(statement)
            db.commit()
        return path

    return build


def cut_gpkg(share):
    def build(folder):
        path = sql(count=200)(folder)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        return path

    return build


def parquet(change):
    return lambda folder: make.parquet_with(folder / "zones.parquet", change)


def column(**changes):
    return parquet(lambda geo: geo["columns"]["geometry"].update(changes))


def plain_parquet(folder):
    path = folder / "plain.parquet"
    make.zones().drop(columns="geometry").to_parquet(path)
    return path


def cut_parquet(folder):
    path = folder / "zones.parquet"
    make.zones().to_parquet(path)
    return format_files.cut(path)


STALE = "UPDATE gpkg_ogr_contents SET feature_count = {}"
BLOB = "UPDATE z SET geom = {} WHERE fid = 2"

CASES = [
    told(
        "a stored count of 0", sql(STALE.format(0)), "stored_count_wrong", "为 0", "3"
    ),
    told("a stored count too high", sql(STALE.format(9)), "stored_count_wrong", "为 9"),
    refused(
        "no geometry column",
        sql("DELETE FROM gpkg_geometry_columns"),
        "GeoPackage",
    ),
    refused(
        "a table that is not there",
        sql("DROP TABLE z"),
        "no such table",
    ),
    refused("SRS 0", sql("UPDATE gpkg_geometry_columns SET srs_id = 0"), "--crs"),
    refused("SRS -1", sql("UPDATE gpkg_geometry_columns SET srs_id = -1"), "--crs"),
    refused(
        "an SRS that nobody defines",
        sql("UPDATE gpkg_geometry_columns SET srs_id = 987654"),
        "reference system",
    ),
    refused("two layers", sql(layers=("alpha", "beta")), "2 layers: alpha, beta"),
    refused("half a GeoPackage", cut_gpkg(0.5), "malformed"),
    refused(
        "a GeoPackage without its contents",
        sql("DROP TABLE gpkg_contents"),
        "without gpkg_contents",
    ),
    refused("a plain SQLite", make.plain_sqlite, "without gpkg_contents"),
    refused("under another name", make.geopackage_as_geojson, ".geojson", "GeoPackage"),
    aside(
        "bytes that are no geometry",
        sql(BLOB.format("x'4750000000000000ff'")),
        "geometry_unreadable",
        (1,),
        "无法读取",
    ),
    aside(
        "a geometry that is cut",
        sql(BLOB.format("substr(geom, 1, 60)")),
        "geometry_unreadable",
        (1,),
        "无法读取",
    ),
    aside("no geometry", sql(BLOB.format("NULL")), "geometry_null", (1,), "没有图形"),
    refused("Parquet without geo metadata", plain_parquet, "without geo metadata"),
    refused("half a Parquet", cut_parquet, "GeoParquet"),
    refused("an encoding that is not WKB", column(encoding="point"), "is not WKB"),
    refused("edges on the sphere", column(edges="spherical"), "edges that are not"),
    refused("Parquet of an unknown system", column(crs=None), "got none"),
    refused("Parquet of a nonsense system", column(crs={"a": 1}), "PROJ cannot read"),
    refused(
        "a primary column that is not there",
        parquet(lambda geo: geo.update(primary_column="geom")),
        "'geom' is not WKB",
    ),
    refused("half a FlatGeobuf", format_files.cut_flatgeobuf, "a whole FlatGeobuf"),
    refused("a row short", format_files.flatgeobuf_with_a_lost_row, "notes 3"),
    refused(
        "a wild FlatGeobuf header",
        format_files.flatgeobuf_with_a_wild_header,
        "a header of 2147483647",
    ),
    refused("broken text", format_files.flatgeobuf_with_broken_text, "UTF8"),
    refused(
        "geodatabase short of a row", format_files.geodatabase_short_of_a_row, "4 rows"
    ),
    refused(
        "geodatabase without catalogue",
        format_files.geodatabase_without_catalogue,
        "without a00000001",
    ),
    refused("cut geodatabase table", format_files.cut_geodatabase_table, "3 rows"),
    refused("a plain folder", format_files.plain_folder, "name one file in it"),
]
