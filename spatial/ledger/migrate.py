"""Versions of the tables: numbered functions, each run with its own record or not.

A migration is never edited once a ledger has been made with it. It changes tables and
leaves the events alone; that it ran is an event of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from spatial.ledger import tables
from spatial.ledger.errors import LedgerVersionError, NotALedgerError
from spatial.ledger.migrations import m001_first
from spatial.ledger.pending import Pending, read_meta, write_meta

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from spatial.ledger.model import Actor
    from spatial.ledger.store import Store

APPLICATION = "ecoredline-ledger"
"""By which a ledger is known."""


@dataclass(frozen=True, slots=True)
class Migration:
    """From the version before to `version`."""

    version: int
    name: str
    run: Callable[[Connection], None]


MIGRATIONS: tuple[Migration, ...] = (Migration(1, "m001_first", m001_first.run),)
"""In order, the first is version 1."""


def version_of(store: Store, connection: Connection) -> int:
    """Return the version of a ledger.

    Raises
    ------
    NotALedgerError
        It is no ledger.
    """
    nothing = NotALedgerError(
        source=store.name,
        expected="a ledger (made by create_ledger)",
        got="a database without its tables",
        todo="check the path; a folder of results or a layer is no ledger",
    )
    try:
        meta = read_meta(connection)
    except DBAPIError as error:
        if store.is_missing_table(error):
            raise nothing from None
        raise
    if meta.get("application") != APPLICATION:
        raise nothing
    return int(meta["schema_version"])


def check_version(store: Store, connection: Connection | None = None) -> None:
    """Refuse a ledger that this version cannot read.

    Raises
    ------
    LedgerVersionError
        It is newer, or older and must be migrated first.
    NotALedgerError
        It is no ledger.
    """
    if connection is None:
        with store.reading() as opened:
            check_version(store, opened)
        return
    found = version_of(store, connection)
    if found > tables.VERSION:
        raise LedgerVersionError(
            source=store.name,
            expected=f"a ledger of version {tables.VERSION} or older",
            got=f"version {found}",
            todo="open it with the newer ecoredline that made it; nothing was changed",
        )
    if found < tables.VERSION:
        raise LedgerVersionError(
            source=store.name,
            expected=f"a ledger of version {tables.VERSION}",
            got=f"version {found}",
            todo="copy it, then migrate it (migrate_ledger)",
        )


def migrate(
    store: Store,
    *,
    actor: Actor,
    clock: Callable[[], str],
    migrations: Sequence[Migration] = MIGRATIONS,
) -> tuple[int, ...]:
    """Bring a ledger to the newest version; return the versions that were run.

    Each migration runs in a transaction of its own, together with its record and its
    event: should one fail, the ledger stands at the version before.
    """
    done: list[int] = []
    for one in migrations:
        with store.writing() as connection:
            if version_of(store, connection) >= one.version:
                continue
            one.run(connection)
            at = clock()

            def same(at: str = at) -> str:
                return at

            record = {"version": one.version, "name": one.name, "at": at}
            connection.execute(insert(tables.migrations), [record])
            write_meta(connection, schema_version=str(one.version))
            pending = Pending(connection, store, actor=actor, clock=same)
            payload = {"version": one.version, "name": one.name}
            pending.append("", "migrated", payload)
            pending.flush()
        done.append(one.version)
    return tuple(done)
