"""`create_ledger`, `open_ledger`, `migrate_ledger`: the doors of a ledger."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from spatial.ledger import tables
from spatial.ledger.calendar import load_calendar
from spatial.ledger.chain import GENESIS
from spatial.ledger.desk import EVIDENCE_LIMIT, Rules
from spatial.ledger.errors import RoleError
from spatial.ledger.geopackage import GeoPackageStore
from spatial.ledger.ledger import Ledger, stamp
from spatial.ledger.lifecycle import load_lifecycle
from spatial.ledger.migrate import APPLICATION, MIGRATIONS, check_version, migrate
from spatial.ledger.pending import Pending
from spatial.ledger.place import Server
from spatial.ledger.store import BUSY_TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatial.ledger.calendar import Calendar
    from spatial.ledger.lifecycle import Lifecycle
    from spatial.ledger.model import Actor
    from spatial.ledger.store import Store


def utc_now() -> dt.datetime:
    """Return the time, in UTC."""
    return dt.datetime.now(dt.UTC)


def create_ledger(
    where: Path | str | Server,
    *,
    actor: Actor,
    clock: Callable[[], dt.datetime] = utc_now,
    lifecycle: Lifecycle | None = None,
    calendar: Calendar | None = None,
    **settings: Any,  # noqa: ANN401 - as of open_ledger
) -> Ledger:
    """Make an empty ledger.

    Parameters
    ----------
    where
        A GeoPackage that is not there yet, or a schema of a PostGIS database that has
        no ledger yet.
    actor
        Who makes it; the first event says so.
    clock, lifecycle, calendar, settings
        As of `open_ledger`.

    Returns
    -------
    Ledger
        Open for `actor`.

    Raises
    ------
    NotALedgerError
        Something is there already.
    LedgerReadOnlyError
        The folder or database cannot be written to.
    RoleError
        Nobody has heard of the role.
    """
    life_of = lifecycle or load_lifecycle()
    _need_role(actor, life_of)
    store = store_of(where, **_of_store(settings))
    at = stamp(clock())
    with store.creating() as connection:
        tables.metadata.create_all(connection)
        rows = {
            "application": APPLICATION,
            "schema_version": str(tables.VERSION),
            "created_at": at,
            "head_seq": "0",
            "head_hash": GENESIS,
        }
        listed = [{"key": key, "value": value} for key, value in rows.items()]
        connection.execute(insert(tables.meta), listed)
        store.prepare(connection, at=at)
        records = [
            {"version": one.version, "name": one.name, "at": at} for one in MIGRATIONS
        ]
        connection.execute(insert(tables.migrations), records)
        pending = Pending(connection, store, actor=actor, clock=lambda: at)
        payload = {"schema_version": tables.VERSION, "states": list(life_of.states)}
        pending.append("", "created", payload)
        pending.flush()
    return open_ledger(
        where,
        actor=actor,
        clock=clock,
        lifecycle=life_of,
        calendar=calendar,
        **settings,
    )


def open_ledger(
    where: Path | str | Server,
    *,
    actor: Actor,
    clock: Callable[[], dt.datetime] = utc_now,
    lifecycle: Lifecycle | None = None,
    calendar: Calendar | None = None,
    evidence_limit: int = EVIDENCE_LIMIT,
    busy_timeout_s: float = BUSY_TIMEOUT_S,
) -> Ledger:
    """Open a ledger. Nothing is read but its version.

    Parameters
    ----------
    where
        A GeoPackage, or a schema of a PostGIS database.
    actor
        Who reads and writes, and as what.
    clock
        Returns the time, with its zone.
    lifecycle, calendar
        The office's own; those of this package if not given.
    evidence_limit
        Bytes of one evidence that may lie in the ledger.
    busy_timeout_s
        How long a writer waits for its turn.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    NotALedgerError
        It is something else.
    LedgerVersionError
        A newer version made it, or it must be migrated first (`migrate_ledger`).
    RoleError
        Nobody has heard of the role.
    """
    life_of = lifecycle or load_lifecycle()
    _need_role(actor, life_of)
    store = store_of(where, busy_timeout_s=busy_timeout_s)
    check_version(store)
    rules = Rules(life_of, calendar or load_calendar(), evidence_limit)
    return Ledger(store, actor=actor, rules=rules, clock=clock)


def migrate_ledger(
    where: Path | str | Server,
    *,
    actor: Actor,
    clock: Callable[[], dt.datetime] = utc_now,
    busy_timeout_s: float = BUSY_TIMEOUT_S,
) -> tuple[int, ...]:
    """Bring a ledger of an older version to this one; keep a copy before.

    Parameters
    ----------
    where, actor, clock, busy_timeout_s
        As of `open_ledger`.

    Returns
    -------
    tuple of int
        The versions that it went through; empty when it was up to date.

    Raises
    ------
    LedgerError
        As of `open_ledger`. Each step is made with its record or not at all.
    """
    _need_role(actor, load_lifecycle())
    store = store_of(where, busy_timeout_s=busy_timeout_s)
    return migrate(store, actor=actor, clock=lambda: stamp(clock()))


def _of_store(settings: dict[str, Any]) -> dict[str, float]:
    return {k: v for k, v in settings.items() if k == "busy_timeout_s"}


def store_of(
    where: Path | str | Server, *, busy_timeout_s: float = BUSY_TIMEOUT_S
) -> Store:
    """Return the store of a place, not opened yet."""
    if isinstance(where, Server):
        from spatial.ledger.postgis import postgis_store  # noqa: PLC0415 - an extra

        return postgis_store(where, busy_timeout_s=busy_timeout_s)
    return GeoPackageStore(Path(where), busy_timeout_s=busy_timeout_s)


def _need_role(actor: Actor, lifecycle: Lifecycle) -> None:
    if actor.role not in lifecycle.roles or not actor.name.strip():
        known = ", ".join(lifecycle.roles)
        lacks = (f"expected a name and a role of {known}, got {actor}",)
        raise RoleError(case_id="", what="open_ledger", lacks=lacks)
