"""A database of one's own for a test, on a server that `scripts/postgis.py` starts."""

from __future__ import annotations

import runpy
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

import layers

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "postgis.py"
BOX = (107.0, 40.0, 108.0, 41.0)
UNIT = "POLYGON((107.2 40.2,107.4 40.2,107.4 40.4,107.2 40.4,107.2 40.2))"


@contextmanager
def running():
    """Yield the host of a server; it is gone afterwards."""
    tools = runpy.run_path(str(SCRIPT))
    folder = tools["start"]()
    try:
        yield str(folder)
    finally:
        tools["stop"](folder)


class Base:
    """One database: SQL goes in, layers come out."""

    def __init__(self, host, name):
        self.host, self.name = host, name
        self.db = psycopg.connect(
            host=host,
            dbname=name,
            user="postgres",
            autocommit=True,
            client_encoding="UTF8",
        )
        self.db.execute("CREATE EXTENSION postgis")

    def run(self, query, *parameters):
        return self.db.execute(query, parameters or None)

    def table(self, name="zones", **other):
        given = {"host": self.host, "database": self.name, "user": "postgres"}
        return layers.PostgisTable(name, **{**given, **other})

    def zones(self, *shapes, name="zones", srid=4490, kind="geometry(Polygon,4490)"):
        """Make a table of zones numbered from 1."""
        self.run(
            sql.SQL(
                'CREATE TABLE {} (id serial PRIMARY KEY, "红线编码" text, geom {})'
            ).format(sql.Identifier(name), sql.SQL(kind))
        )
        for i, shape in enumerate(shapes):
            self.run(
                sql.SQL(
                    'INSERT INTO {} ("红线编码", geom)'
                    " VALUES ({}, ST_GeomFromText({}, {}))"
                ).format(
                    sql.Identifier(name), *map(sql.Literal, (f"HX-{i}", shape, srid))
                )
            )

    def read(self, name="zones", *, bbox=BOX, table=None, **stated):
        return layers.read_postgis(
            table or self.table(name),
            kind="ecological_redline",
            bbox=bbox,
            **stated,
        )


def square(lon, lat, size=0.1):
    """Return the WKT of a square from its south-west corner."""
    a, b, c, d = lon, lat, lon + size, lat + size
    return f"POLYGON(({a} {b},{c} {b},{c} {d},{a} {d},{a} {b}))"
