"""The file store: one GeoPackage, written through SQLite transactions alone.

The journal is SQLite's rollback journal and not WAL: WAL needs shared memory, which a
network drive has not, and leaves a second file beside the ledger. A writer takes its
turn by BEGIN IMMEDIATE and has it until COMMIT; ``synchronous=FULL`` means that what
was acknowledged is on the medium.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import shapely
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from layers.errors import SourceNotFoundError
from spatial.ledger.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerFullError,
    LedgerLockedError,
    LedgerReadOnlyError,
    NotALedgerError,
)
from spatial.ledger.geometry_type import blob_bounds, from_blob, is_empty, to_blob
from spatial.ledger.geopackage_tables import (
    APPLICATION_ID,
    USER_VERSION,
    rtree_name,
    statements,
    triggers,
)
from spatial.ledger.store import BUSY_TIMEOUT_S
from spatial.ledger.tables import SEARCHED, SPATIAL, metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection, Engine, Table

_BEGIN = "ledger_begin"
_NETWORK = (
    "on a network drive locks often fail: copy the file to a disk of this machine, or "
    "keep the team's ledger in PostGIS"
)


class GeoPackageStore:
    """A ledger in one file.

    Parameters
    ----------
    path
        The file.
    busy_timeout_s
        How long to wait while another program writes.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self.name = str(path)
        self._engine = _engine(path, busy_timeout_s)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the ledger throughout."""
        self._need_file()
        with self._begun("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection that alone may write; commit at the end, or nothing."""
        self._need_file()
        with self._begun("BEGIN IMMEDIATE") as connection:
            yield connection

    def _need_file(self) -> None:
        if not self.path.is_file():
            raise SourceNotFoundError(
                self.path, todo="check the path, or make a ledger by create_ledger"
            )

    @contextmanager
    def creating(self) -> Iterator[Connection]:
        """Yield a connection to a new file; it is gone again if this fails.

        Raises
        ------
        NotALedgerError
            There is a file already.
        LedgerReadOnlyError
            The folder is not there or cannot be written to.
        """
        try:
            with self.path.open("xb"):
                pass
        except FileExistsError:
            raise NotALedgerError(
                source=self.name,
                expected="no file yet",
                got="one",
                todo="choose another name, or open it as a ledger",
            ) from None
        except OSError as error:
            raise LedgerReadOnlyError(
                source=self.name,
                expected="a folder that can be written to",
                got=error.strerror or str(error),
                todo="choose another folder",
            ) from error
        done = False
        try:
            with self._begun("BEGIN EXCLUSIVE") as connection:
                yield connection
            done = True
        finally:
            if not done:
                self.path.unlink(missing_ok=True)

    @contextmanager
    def _begun(self, begin: str) -> Iterator[Connection]:
        with self.told(), self._engine.connect() as connection:
            connection.execution_options(**{_BEGIN: begin})
            with connection.begin():
                yield connection

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn what SQLite says into an error of the ledger."""
        try:
            yield
        except DBAPIError as error:
            raise refused(self.name, error.orig) from error
        except sqlite3.Error as error:
            raise refused(self.name, error) from error

    def prepare(self, connection: Connection, *, at: str) -> None:
        """Make a GeoPackage of the tables."""
        from spatial.ledger.styles import styles  # noqa: PLC0415 - loads the report

        for sql, values in statements(at=at, styles=styles()):
            connection.exec_driver_sql(sql, tuple(values))
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {USER_VERSION}")

    def is_missing_table(self, error: DBAPIError) -> bool:
        """Say whether an error means that a table is not there."""
        return "no such table" in str(error.orig)

    def near(
        self, connection: Connection, boxes: NDArray[np.float64], *, table: str
    ) -> list[int]:
        """Return the keys of rows whose box meets one of the boxes, ascending."""
        cursor = _driver(connection).cursor()
        sql = (
            f"SELECT id FROM {rtree_name(table)}"  # noqa: S608 - a name of ours
            " WHERE minx <= ?3 AND maxx >= ?1 AND miny <= ?4 AND maxy >= ?2"
        )
        found: set[int] = set()
        for box in boxes.tolist():
            found.update(row[0] for row in cursor.execute(sql, box))
        return sorted(found)

    def grown(self, connection: Connection, bounds: NDArray[np.float64]) -> None:
        """Widen the extent by which QGIS zooms to the layers."""
        west, south, east, north = bounds.tolist()
        connection.execute(
            text(
                "UPDATE gpkg_contents SET min_x = min(coalesce(min_x, :w), :w),"
                " min_y = min(coalesce(min_y, :s), :s),"
                " max_x = max(coalesce(max_x, :e), :e),"
                " max_y = max(coalesce(max_y, :n), :n) WHERE data_type = 'features'"
            ),
            {"w": west, "s": south, "e": east, "n": north},
        )

    def faults(self, connection: Connection) -> list[str]:
        """Return what is wrong with pages, guards and spatial indices."""
        checked = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars()
        found = [f"the file: {line}" for line in checked if line != "ok"]
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        there: dict[str, str] = {
            str(name): str(sql) for name, sql in connection.exec_driver_sql(asked)
        }
        wanted = triggers()
        for name, sql in wanted.items():
            if there.get(name) != sql:
                word = "changed" if name in there else "missing"
                found.append(f"the trigger {name} is {word}")
        found += [f"a foreign trigger {one}" for one in there if one not in wanted]
        for table in SEARCHED:
            found += _index_faults(connection, table.name)
        for table in metadata.sorted_tables:
            found += _odd_values(connection, table)
        for table in SPATIAL:
            found += _odd_shapes(connection, table.name)
        return found


def _index_faults(connection: Connection, table: str) -> list[str]:
    """Return rows that the spatial index does not hold as they are."""
    rtree = rtree_name(table)
    # the index keeps 32-bit numbers, rounded outwards by less than a millionth
    wrong = connection.exec_driver_sql(
        f"SELECT t.fid FROM {table} t LEFT JOIN {rtree} r ON r.id = t.fid"  # noqa: S608
        " WHERE t.geom IS NOT NULL AND (r.id IS NULL"
        " OR r.minx > ST_MinX(t.geom) OR r.maxx < ST_MaxX(t.geom)"
        " OR r.miny > ST_MinY(t.geom) OR r.maxy < ST_MaxY(t.geom)"
        " OR r.minx < ST_MinX(t.geom) - 1e-4 OR r.maxx > ST_MaxX(t.geom) + 1e-4"
        " OR r.miny < ST_MinY(t.geom) - 1e-4 OR r.maxy > ST_MaxY(t.geom) + 1e-4)"
        f" UNION SELECT id FROM {rtree} WHERE id NOT IN"
        f" (SELECT fid FROM {table} WHERE geom IS NOT NULL) LIMIT 1"
    ).scalar()
    return [] if wrong is None else [f"the spatial index of {table} at row {wrong}"]


_STORED_AS = {"TEXT": "text", "DATE": "text", "INTEGER": "integer", "DOUBLE": "real"}


def _odd_values(connection: Connection, table: Table) -> list[str]:
    """Return the columns that hold a value of another type than the ledger writes.

    SQLite takes any value in any column, and what looks alike after reading (a day as
    20260501, a number as text) was not written by the ledger.
    """
    dialect = connection.dialect
    found = []
    for column in table.columns:
        name, kind = column.name, column.type.compile(dialect=dialect)
        if kind == "BOOLEAN":
            odd = f"{name} NOT IN (0, 1) OR typeof({name}) <> 'integer'"
        elif kind == "DATE":
            odd = f"typeof({name}) <> 'text' OR {name} IS NOT date({name})"
        elif kind in _STORED_AS:
            odd = f"typeof({name}) <> '{_STORED_AS[kind]}'"
        else:
            odd = f"typeof({name}) <> 'blob'"
        asked = (
            f"SELECT 1 FROM {table.name}"  # noqa: S608 - names of ours
            f" WHERE {name} IS NOT NULL AND ({odd}) LIMIT 1"
        )
        if connection.exec_driver_sql(asked).scalar() is not None:
            found.append(f"a value in {table.name}.{name} that no ledger writes")
    return found


def _odd_shapes(connection: Connection, table: str) -> list[str]:
    """Return a shape whose head is not the one that the ledger writes."""
    cursor = _driver(connection).cursor()
    asked = f"SELECT rowid, geom FROM {table} WHERE geom IS NOT NULL"  # noqa: S608
    for row, blob in cursor.execute(asked):
        try:
            same = to_blob(from_blob(blob)) == blob
        except (ValueError, TypeError, shapely.errors.ShapelyError):
            same = False
        if not same:
            return [f"the shape of row {row} in {table} was changed"]
    return []


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - sqlite3.Connection
    """Return the connection of sqlite3 itself."""
    return connection.connection.driver_connection


def _engine(path: Path, busy_timeout_s: float) -> Engine:
    # mode=rw: a name that was mistyped is an error and not a new empty file
    address = f"{path.absolute().as_uri()}?mode=rw"

    def connect() -> sqlite3.Connection:
        database = sqlite3.connect(
            address, uri=True, timeout=busy_timeout_s, isolation_level=None
        )
        for name, corner in _FUNCTIONS.items():
            database.create_function(name, 1, corner, deterministic=True)
        for pragma in ("synchronous = FULL", "secure_delete = ON"):
            database.execute(f"PRAGMA {pragma}")
        return database

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        how = connection.get_execution_options().get(_BEGIN, "BEGIN")
        connection.exec_driver_sql(str(how))

    return engine


def _corner(place: int) -> Callable[[bytes | None], float | None]:
    def corner(blob: bytes | None) -> float | None:
        found = blob_bounds(blob)
        return None if found is None else found[place]

    return corner


_FUNCTIONS: dict[str, Callable[[bytes | None], float | None]] = {
    "ST_MinX": _corner(0),
    "ST_MaxX": _corner(1),
    "ST_MinY": _corner(2),
    "ST_MaxY": _corner(3),
    "ST_IsEmpty": is_empty,
}

_SAID: dict[int, tuple[type[LedgerError], str, str, str]] = {
    sqlite3.SQLITE_BUSY: (
        LedgerLockedError,
        "a ledger that is free",
        "another program holds it",
        f"close it there (QGIS in edit mode?) and try again; {_NETWORK}",
    ),
    sqlite3.SQLITE_LOCKED: (
        LedgerLockedError,
        "a ledger that is free",
        "it is in use in this program",
        "finish reading before writing",
    ),
    sqlite3.SQLITE_READONLY: (
        LedgerReadOnlyError,
        "a ledger that can be written to",
        "a read-only file, folder or medium",
        "copy it to a place where you may write; reading works where it is",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        LedgerReadOnlyError,
        "a file that can be opened and a folder that can be written to",
        "neither, or not both",
        "check the path and the permissions of the folder (the journal lies there)",
    ),
    sqlite3.SQLITE_PERM: (
        LedgerReadOnlyError,
        "permission to open the ledger",
        "none",
        "check the permissions of the file",
    ),
    sqlite3.SQLITE_FULL: (
        LedgerFullError,
        "room for what was to be written",
        "a full disk",
        "make room and enter it again; nothing of it was written, nothing else is lost",
    ),
    sqlite3.SQLITE_NOTADB: (
        NotALedgerError,
        "a ledger (a GeoPackage made by create_ledger)",
        "no SQLite file",
        "check the path",
    ),
    sqlite3.SQLITE_CORRUPT: (
        LedgerDamagedError,
        "a sound file",
        "a damaged one",
        "keep it as it is, and go back to the last copy whose head is known",
    ),
}


def refused(name: str, error: BaseException | None) -> LedgerError:
    """Return what SQLite said as an error of the ledger."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    kind, expected, got, todo = _SAID.get(
        code & 0xFF,
        (
            LedgerDamagedError,
            "a store that answers",
            f"{error}",
            f"nothing of this entry was written; check the disk; {_NETWORK}",
        ),
    )
    if code & 0xFF == sqlite3.SQLITE_IOERR:
        # a limit on the size of files comes as an I/O error of writing
        got = f"the drive failed ({getattr(error, 'sqlite_errorname', error)})"
    return kind(source=name, expected=expected, got=got, todo=todo)
