"""One read-only snapshot of a database, and what it says in words that tell no secret.

Whatever libpq says about a failed login can name host and user, so none of it is passed
on, not even as the cause of our error.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.postgis.table import PostgisTable

Connection = psycopg.Connection[tuple[Any, ...]]

SETTINGS = {
    # rows hidden by a policy of row security would be missing without a word: with
    # this, PostgreSQL refuses the statement instead
    "row_security": "off",
    # the same text for the same value, whatever the server is set to
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "3",
    "bytea_output": "hex",
}
_ASK = (
    "ask for SELECT on the whole table and on spatial_ref_sys; where row security "
    "hides rows, for a role that bypasses it"
)
_WORDS = {
    "42501": (
        "a table that may be read whole",
        "no permission",
        _ASK,
    ),
    "57014": (
        "an answer within statement_timeout_s",
        "none",
        "allow more time, or check what the database waits for",
    ),
    "55000": (
        "a table that can be read",
        "one that cannot (a materialised view that was never filled?)",
        "REFRESH it first",
    ),
}


@contextmanager
def snapshot(table: PostgisTable) -> Iterator[Connection]:
    """Yield a connection inside one REPEATABLE READ, READ ONLY transaction.

    Everything that is asked in it sees the database as of the first question; what
    others commit meanwhile does not exist.

    Raises
    ------
    InputRefusedError
        No login, no PostGIS, no permission, no answer in time, or any other error of
        the server.
    """
    db = _connected(table)
    failed: psycopg.Error | None = None
    try:
        db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        db.read_only = True
        _set_up(db, table)
        yield db
    except psycopg.Error as error:
        failed = error
    finally:
        db.close()
    if failed is not None:
        raise _refused(table, failed) from None  # no text of libpq hangs on it


def _connected(table: PostgisTable) -> Connection:
    """Log in, or say that it was not possible, without any of libpq's words."""
    slow = False
    try:
        return psycopg.connect(**table.login())  # type: ignore[arg-type]
    except psycopg.errors.ConnectionTimeout:
        slow = True
    except psycopg.Error:
        pass
    raise InputRefusedError(
        source=str(table),
        expected="a login to the database",
        got=f"no answer within {table.connect_timeout_s} s" if slow else "none",
        todo="check service or host, port, database and user, and the password in "
        ".pgpass or PGPASSWORD; psql with the same words says more",
    )


def _set_up(db: Connection, table: PostgisTable) -> None:
    """Set what the transaction runs under; names are looked up in two schemas alone."""
    milliseconds = max(1, round(table.statement_timeout_s * 1000))
    wanted = {**SETTINGS, "statement_timeout": str(milliseconds)}
    for key, value in wanted.items():
        db.execute("SELECT pg_catalog.set_config(%s, %s, true)", (key, value))
    (coding,) = _one(db, "SHOW server_encoding")
    if coding == "SQL_ASCII":
        raise InputRefusedError(
            source=str(table),
            expected="a database that knows the encoding of its text",
            got="SQL_ASCII, bytes of any encoding",
            todo="dump it and load it into a database in UTF8",
        )
    homes = db.execute(
        "SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n"
        " ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
    ).fetchone()
    if homes is None:
        raise InputRefusedError(
            source=str(table),
            expected="a database with PostGIS",
            got="one without it",
            todo="check the name of the database",
        )
    path = sql.SQL("SET LOCAL search_path = pg_catalog, {}, pg_temp")
    db.execute(path.format(sql.Identifier(homes[0])))


def _one(db: Connection, query: str) -> tuple[Any, ...]:
    """Return the one row of a question that has one."""
    row = db.execute(query.encode()).fetchone()
    return row if row is not None else (None,)


def _refused(table: PostgisTable, error: psycopg.Error) -> InputRefusedError:
    """Say what the server said, by its code where we know it."""
    code = error.sqlstate or ""
    said = error.diag.message_primary or type(error).__name__
    if table.password:
        said = said.replace(table.password, "...")
    expected, got, todo = _WORDS.get(
        code, ("a table that can be read", said, "see the log of the server")
    )
    return InputRefusedError(
        source=str(table), expected=expected, got=f"{got} ({code})", todo=todo
    )
