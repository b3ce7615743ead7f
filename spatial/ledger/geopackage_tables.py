"""What makes a SQLite file a GeoPackage that QGIS opens, and the guard of the events.

GeoPackage 1.3 (OGC 12-128r17): reference systems 1.1.2, contents 1.1.3, geometry
columns 2.1.5, extensions 2.3.1, spatial index F.3 (with the corrected update triggers
of 1.4). The triggers are those of the standard, so that an edit by another program
keeps the index right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.ledger.geometry_type import SRID
from spatial.ledger.tables import LISTED, SEARCHED, SPATIAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

APPLICATION_ID = 0x47504B47  # "GPKG"
USER_VERSION = 10300
GEOMETRY = "geom"

_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
    'AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_CGCS2000 = (
    'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",'
    'SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],'
    'AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AUTHORITY["EPSG","4490"]]'
)

_FRAME = (
    """CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL, description TEXT)""",
    """CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id)
    REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id)
    REFERENCES gpkg_spatial_ref_sys (srs_id))""",
    """CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
    """CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME)""",
)

_RTREE = "http://www.geopackage.org/spec120/#extension_rtree"

_INDEX_TRIGGERS = {
    "insert": "AFTER INSERT ON {t} WHEN (new.{g} NOT NULL AND NOT ST_IsEmpty(NEW.{g}))"
    " BEGIN INSERT OR REPLACE INTO {r} VALUES (NEW.{k},{box}); END",
    "update2": "AFTER UPDATE OF {g} ON {t} WHEN OLD.{k} = NEW.{k}"
    " AND (NEW.{g} ISNULL OR ST_IsEmpty(NEW.{g}))"
    " BEGIN DELETE FROM {r} WHERE id = OLD.{k}; END",
    "update4": "AFTER UPDATE ON {t} WHEN OLD.{k} != NEW.{k}"
    " AND (NEW.{g} ISNULL OR ST_IsEmpty(NEW.{g}))"
    " BEGIN DELETE FROM {r} WHERE id IN (OLD.{k}, NEW.{k}); END",
    "update5": "AFTER UPDATE ON {t} WHEN OLD.{k} != NEW.{k}"
    " AND (NEW.{g} NOTNULL AND NOT ST_IsEmpty(NEW.{g}))"
    " BEGIN DELETE FROM {r} WHERE id = OLD.{k};"
    " INSERT OR REPLACE INTO {r} VALUES (NEW.{k},{box}); END",
    "update6": "AFTER UPDATE OF {g} ON {t} WHEN OLD.{k} = NEW.{k}"
    " AND (NEW.{g} NOTNULL AND NOT ST_IsEmpty(NEW.{g}))"
    " AND (OLD.{g} NOTNULL AND NOT ST_IsEmpty(OLD.{g}))"
    " BEGIN UPDATE {r} SET minx = ST_MinX(NEW.{g}), maxx = ST_MaxX(NEW.{g}),"
    " miny = ST_MinY(NEW.{g}), maxy = ST_MaxY(NEW.{g}) WHERE id = NEW.{k}; END",
    "update7": "AFTER UPDATE OF {g} ON {t} WHEN OLD.{k} = NEW.{k}"
    " AND (NEW.{g} NOTNULL AND NOT ST_IsEmpty(NEW.{g}))"
    " AND (OLD.{g} ISNULL OR ST_IsEmpty(OLD.{g}))"
    " BEGIN INSERT INTO {r} VALUES (NEW.{k},{box}); END",
    "delete": "AFTER DELETE ON {t} WHEN old.{g} NOT NULL"
    " BEGIN DELETE FROM {r} WHERE id = OLD.{k}; END",
}
_BOX = "ST_MinX(NEW.{g}),ST_MaxX(NEW.{g}),ST_MinY(NEW.{g}),ST_MaxY(NEW.{g})"

GUARDS = {
    "events_no_update": "CREATE TRIGGER events_no_update BEFORE UPDATE ON events"
    " BEGIN SELECT RAISE(ABORT, 'events are never changed'); END",
    "events_no_delete": "CREATE TRIGGER events_no_delete BEFORE DELETE ON events"
    " BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
    # REPLACE deletes without the trigger above unless recursive triggers are on
    "events_no_replace": "CREATE TRIGGER events_no_replace BEFORE INSERT ON events"
    " WHEN EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq)"
    " BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END",
}


def rtree_name(table: str) -> str:
    """Return the name of the spatial index of a table."""
    return f"rtree_{table}_{GEOMETRY}"


def index_triggers(table: str, key: str) -> dict[str, str]:
    """Return name and SQL of the triggers that keep a spatial index."""
    rtree = rtree_name(table)
    names = {"t": table, "k": key, "g": GEOMETRY, "r": rtree}
    box = _BOX.format(**names)
    return {
        f"{rtree}_{one}": f"CREATE TRIGGER {rtree}_{one} "
        + body.format(**names, box=box)
        for one, body in _INDEX_TRIGGERS.items()
    }


def triggers() -> dict[str, str]:
    """Return every trigger that the file must have, by name."""
    found = dict(GUARDS)
    for table in SEARCHED:
        found.update(index_triggers(table.name, "fid"))
    return found


def statements(
    *, at: str, styles: Mapping[str, str]
) -> Iterator[tuple[str, Sequence[object]]]:
    """Return the SQL that makes a GeoPackage of the tables, with its values."""
    for one in _FRAME:
        yield one, ()
    systems = (
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
        ("WGS 84 geodetic", 4326, "EPSG", 4326, _WGS84),
        ("CGCS2000", SRID, "EPSG", SRID, _CGCS2000),
    )
    for row in systems:
        yield "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, '')", row
    yield from _contents(at)
    for table in SEARCHED:
        yield (
            (
                f"CREATE VIRTUAL TABLE {rtree_name(table.name)}"
                " USING rtree(id, minx, maxx, miny, maxy)"
            ),
            (),
        )
        values = (table.name, GEOMETRY, "gpkg_rtree_index", _RTREE, "write-only")
        yield "INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", values
    for sql in triggers().values():
        yield sql, ()
    for name, qml in styles.items():
        yield (
            (
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema,"
                " f_table_name, f_geometry_column, styleName, styleQML, styleSLD,"
                " useAsDefault, description, owner, ui, update_time)"
                " VALUES ('', '', ?, ?, ?, ?, '', 1, '', '', NULL, ?)"
            ),
            (name, GEOMETRY, name, qml, at),
        )


def _contents(at: str) -> Iterator[tuple[str, Sequence[object]]]:
    """Register the tables; `persons` is not among them and no program lists it."""
    listing = (
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change,"
        " srs_id) VALUES (?, ?, ?, ?, ?)"
    )
    for table in SPATIAL:
        yield listing, (table.name, "features", table.name, at, SRID)
        yield (
            "INSERT INTO gpkg_geometry_columns VALUES (?, ?, 'GEOMETRY', ?, 0, 0)",
            (table.name, GEOMETRY, SRID),
        )
    for name in (*(table.name for table in LISTED), "layer_styles"):
        yield listing, (name, "attributes", name, at, None)
