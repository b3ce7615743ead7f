"""The server store: a schema of a PostGIS database, under the same interface.

An advisory lock that ends with the transaction gives the chain one writer at a time;
readers see one snapshot (REPEATABLE READ, READ ONLY) and wait for nobody.
"""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from layers.errors import ExtraMissingError
from spatial.ledger.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerFullError,
    LedgerLockedError,
    LedgerReadOnlyError,
    NotALedgerError,
)
from spatial.ledger.geometry_type import SRID
from spatial.ledger.tables import SEARCHED

try:
    import psycopg
    from psycopg import sql
except ImportError as error:  # the extra `postgis`
    raise ExtraMissingError(extra="postgis", needed_for="a PostGIS ledger") from error

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from spatial.ledger.place import Server

_LOCK_CLASS = 0x4C45_4447  # "LEDG": the first half of the advisory lock's number

_REFUSE = """
BEGIN
  RAISE EXCEPTION 'events are never changed or deleted';
END
"""
_GUARDS = {
    "events_no_change": "BEFORE UPDATE OR DELETE ON events FOR EACH ROW",
    "events_no_truncate": "BEFORE TRUNCATE ON events FOR EACH STATEMENT",
}


class PostgisStore:
    """A ledger in a schema.

    Parameters
    ----------
    server
        Where.
    busy_timeout_s
        How long a writer waits for its turn.
    """

    def __init__(self, server: Server, *, busy_timeout_s: float) -> None:
        self.server = server
        self.name = str(server)
        self._busy_ms = max(1, round(busy_timeout_s * 1000))
        login: dict[str, Any] = server.login()
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: psycopg.connect(**login),
            poolclass=NullPool,
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the ledger throughout."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._begun(**options) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection that alone may write; commit at the end, or nothing."""
        with self._begun(isolation_level="READ COMMITTED") as connection:
            self._lock(connection)
            yield connection

    @contextmanager
    def creating(self) -> Iterator[Connection]:
        """Yield a connection to a schema without a ledger.

        Raises
        ------
        NotALedgerError
            There is one in it already.
        """
        with self._begun(isolation_level="READ COMMITTED") as connection:
            self._lock(connection)
            there = "SELECT to_regclass(:name) IS NOT NULL"
            name = f'"{self.server.schema}".ledger_meta'
            if connection.execute(text(there), {"name": name}).scalar():
                raise NotALedgerError(
                    source=self.name,
                    expected="a schema without a ledger",
                    got="one",
                    todo="choose another schema, or open it as a ledger",
                )
            schema = sql.Identifier(self.server.schema).as_string()
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            yield connection

    @contextmanager
    def _begun(self, **options: Any) -> Iterator[Connection]:  # noqa: ANN401
        with self.told(), self._engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                self._settle(connection)
                yield connection

    def _settle(self, connection: Connection) -> None:
        """Look names up in our schema and in that of PostGIS alone."""
        home = connection.exec_driver_sql(
            "SELECT n.nspname FROM pg_catalog.pg_extension e"
            " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace"
            " WHERE e.extname = 'postgis'"
        ).scalar()
        if home is None:
            raise LedgerError(
                source=self.name,
                expected="a database with PostGIS",
                got="one without it",
                todo="CREATE EXTENSION postgis (a database administrator may)",
            )
        names = [self.server.schema, str(home), "pg_temp"]
        path = ", ".join(sql.Identifier(one).as_string() for one in names)
        settings = {"search_path": path, "lock_timeout": f"{self._busy_ms}ms"}
        for key, value in settings.items():
            asked = text("SELECT pg_catalog.set_config(:key, :value, true)")
            connection.execute(asked, {"key": key, "value": value})

    def _lock(self, connection: Connection) -> None:
        number = zlib.crc32(self.server.schema.encode()) - 2**31
        asked = text("SELECT pg_advisory_xact_lock(:a, :b)")
        connection.execute(asked, {"a": _LOCK_CLASS, "b": number})

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn what the server says into an error of the ledger."""
        failed: BaseException | None = None
        try:
            yield
        except DBAPIError as error:
            failed = error.orig or error
        except psycopg.Error as error:
            failed = error
        if failed is not None:
            raise refused(self.name, failed) from None  # libpq's words name the host

    def prepare(self, connection: Connection, *, at: str) -> None:  # noqa: ARG002
        """Make spatial indices and the guards of the events."""
        for table in SEARCHED:
            connection.exec_driver_sql(
                f"CREATE INDEX {table.name}_geom ON {table.name} USING gist (geom)"
            )
        connection.exec_driver_sql(
            "CREATE FUNCTION events_refuse() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ {_REFUSE} $$"
        )
        for name, when in _GUARDS.items():
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION events_refuse()"
            )

    def is_missing_table(self, error: DBAPIError) -> bool:
        """Say whether an error means that a table is not there."""
        return getattr(error.orig, "sqlstate", "") in {"42P01", "3F000"}

    def near(
        self, connection: Connection, boxes: NDArray[np.float64], *, table: str
    ) -> list[int]:
        """Return the keys of rows whose box meets one of the boxes, ascending."""
        asked = text(
            f"SELECT DISTINCT t.fid FROM {table} t"  # noqa: S608 - a name of ours
            " JOIN unnest(CAST(:w AS float8[]), CAST(:s AS float8[]),"
            " CAST(:e AS float8[]), CAST(:n AS float8[])) AS b(w, s, e, n)"
            f" ON t.geom && ST_MakeEnvelope(b.w, b.s, b.e, b.n, {SRID})"
            " ORDER BY t.fid"
        )
        sides = boxes.T.tolist()
        values = dict(zip(("w", "s", "e", "n"), sides, strict=True))
        return list(connection.execute(asked, values).scalars())

    def grown(self, connection: Connection, bounds: NDArray[np.float64]) -> None:
        """Do nothing: PostGIS keeps its own extents."""

    def faults(self, connection: Connection) -> list[str]:
        """Return the guards that are missing, changed or switched off."""
        asked = text(
            "SELECT t.tgname, t.tgenabled, p.prosrc FROM pg_catalog.pg_trigger t"
            " JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = CAST('events' AS regclass) AND NOT t.tgisinternal"
        )
        there = {str(row[0]): (row[1], row[2]) for row in connection.execute(asked)}
        found = []
        for name in _GUARDS:
            enabled, body = there.get(name, ("", ""))
            if enabled not in ("O", "A", b"O", b"A") or body.strip() != _REFUSE.strip():
                found.append(f"the trigger {name} is missing, changed or switched off")
        return found


def postgis_store(server: Server, *, busy_timeout_s: float) -> PostgisStore:
    """Return the store of a server, not connected yet."""
    return PostgisStore(server, busy_timeout_s=busy_timeout_s)


_SAID: dict[str, tuple[type[LedgerError], str, str, str]] = {
    "55P03": (
        LedgerLockedError,
        "a ledger that is free",
        "another program holds it",
        "try again; a long transaction elsewhere (pg_stat_activity) may hold it",
    ),
    "25006": (
        LedgerReadOnlyError,
        "a database that can be written to",
        "a read-only one (a standby?)",
        "connect to the primary server",
    ),
    "42501": (
        LedgerReadOnlyError,
        "the permission for this entry",
        "none",
        "ask for the role of a writer (docs/ledger.md, PostGIS roles)",
    ),
    "53100": (
        LedgerFullError,
        "room for what was to be written",
        "a full disk on the server",
        "make room and enter it again; nothing of it was written",
    ),
}


def refused(name: str, error: BaseException) -> LedgerError:
    """Return what the server said as an error of the ledger, by its code."""
    code = getattr(error, "sqlstate", None) or ""
    if not code:
        return LedgerError(
            source=name,
            expected="a server that answers",
            got="none, or a connection that broke",
            todo="check service or host, database and user; nothing of a transaction "
            "that was not finished is written",
        )
    said = getattr(getattr(error, "diag", None), "message_primary", "") or ""
    unknown: tuple[type[LedgerError], str, str, str] = (
        LedgerDamagedError,
        "a store that answers",
        said,
        "nothing of this entry was written; see the log of the server",
    )
    kind, expected, got, todo = _SAID.get(code, unknown)
    return kind(source=name, expected=expected, got=f"{got} ({code})", todo=todo)
