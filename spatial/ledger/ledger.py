"""`create_ledger`, `open_ledger` and `Ledger`: the one way to a ledger."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import insert, select

from spatial.ledger import lifecycle as life
from spatial.ledger import query, tables
from spatial.ledger.calendar import load_calendar
from spatial.ledger.chain import GENESIS
from spatial.ledger.desk import EVIDENCE_LIMIT, Rules
from spatial.ledger.errors import NoSuchCaseError, RefusedError, RoleError
from spatial.ledger.geopackage import GeoPackageStore
from spatial.ledger.lifecycle import load_lifecycle
from spatial.ledger.migrate import MIGRATIONS, check_version
from spatial.ledger.model import Case, CaseFilter
from spatial.ledger.pending import Pending, event_of, read_meta
from spatial.ledger.place import Server
from spatial.ledger.projection import CHINA
from spatial.ledger.regrouping import Writing
from spatial.ledger.store import BUSY_TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from spatial.ledger.calendar import Calendar
    from spatial.ledger.lifecycle import Lifecycle
    from spatial.ledger.model import Actor, Event, Person
    from spatial.ledger.store import Store

_EVERYTHING = CaseFilter()


def utc_now() -> dt.datetime:
    """Return the time, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends: whoever keeps it finds a tail that was cut off.

    Attributes
    ----------
    seq
        Number of the last event.
    hash
        Its hash.
    """

    seq: int
    hash: str

    def __str__(self) -> str:
        """Return ``1234:9f86d0…`` whole, as `verify` takes it."""
        return f"{self.seq}:{self.hash}"


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
            "application": "ecoredline-ledger",
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


def stamp(time: dt.datetime) -> str:
    """Return a time as events hold it: UTC, milliseconds.

    Raises
    ------
    ValueError
        It has no zone.
    """
    if time.tzinfo is None:
        msg = "expected a time with its zone, got one without: give the clock a tz"
        raise ValueError(msg)
    text = time.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _need_role(actor: Actor, lifecycle: Lifecycle) -> None:
    if actor.role not in lifecycle.roles or not actor.name.strip():
        known = ", ".join(lifecycle.roles)
        lacks = (f"expected a name and a role of {known}, got {actor}",)
        raise RoleError(case_id="", what="open_ledger", lacks=lacks)


class Ledger:
    """An open ledger: reads snapshots, writes transactions, holds nothing between.

    Made by `open_ledger` and `create_ledger`.
    """

    def __init__(
        self,
        store: Store,
        *,
        actor: Actor,
        rules: Rules,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.store = store
        self.actor = actor
        self.rules = rules
        self._clock = clock

    @property
    def lifecycle(self) -> Lifecycle:
        """Return states, moves and roles."""
        return self.rules.lifecycle

    def today(self) -> dt.date:
        """Return the day in China."""
        return self._clock().astimezone(CHINA).date()

    def head(self) -> Head:
        """Return where the chain ends."""
        with self.store.reading() as connection:
            meta = read_meta(connection)
        return Head(int(meta["head_seq"]), meta["head_hash"])

    # -- writing ------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[Writing]:
        """Yield a `Writing`: one writer at a time, all of it or nothing.

        When the block ends, everything is on the medium; when it raises, nothing was
        written.

        Raises
        ------
        LedgerLockedError, LedgerReadOnlyError, LedgerFullError
            The store cannot be written to.
        """
        with self.store.writing() as connection:
            check_version(self.store, connection)
            pending = Pending(
                connection,
                self.store,
                actor=self.actor,
                clock=lambda: stamp(self._clock()),
            )
            yield Writing(pending, actor=self.actor, rules=self.rules)
            pending.flush()

    # -- reading ------------------------------------------------------------

    def cases(self, asked: CaseFilter = _EVERYTHING) -> gpd.GeoDataFrame:
        """Return cases as a table.

        Parameters
        ----------
        asked
            Which; all that were not merged if not given.

        Returns
        -------
        GeoDataFrame
            Index ``case_id``, ascending; the columns of `spatial.ledger.tables.cases`;
            ``geometry`` in EPSG:4490, None where no place is known.
        """
        with self.store.reading() as connection:
            states = self.lifecycle.open_states
            return query.read_cases(connection, self.store, asked, open_states=states)

    def near(
        self, bounds: tuple[float, float, float, float], *, margin_m: float = 0.0
    ) -> gpd.GeoDataFrame:
        """Return the cases whose ground lies near a box; as of `known`."""
        with self.store.reading() as connection:
            boxes = np.array([bounds], dtype=float)
            return query.read_known(connection, self.store, boxes, margin_m=margin_m)

    def known(
        self, shapes: Iterable[BaseGeometry], *, margin_m: float = 0.0
    ) -> gpd.GeoDataFrame:
        """Return the cases whose ground lies near one of some shapes.

        Parameters
        ----------
        shapes
            EPSG:4490.
        margin_m
            How far around the box of each.

        Returns
        -------
        GeoDataFrame
            Index ``case_id``, ascending; ``geometry`` (last footprint), ``ground``
            (union of all), ``kind``, ``state``, ``last_seen``, ``closed_on``,
            ``intact_on`` (last day on which the ground was as before, or None). Boxes
            are compared: some may lie a little farther away, none that is near is
            missing. Merged cases and cases without a place are not among them.
        """
        with self.store.reading() as connection:
            boxes = query.boxes_of(shapes)
            return query.read_known(connection, self.store, boxes, margin_m=margin_m)

    def case(self, case_id: str) -> Case:
        """Return a case with everything that is known of it.

        Raises
        ------
        NoSuchCaseError
            There is none with this number.
        """
        cases, grounds, events = tables.cases, tables.grounds, tables.events
        with self.store.reading() as connection:
            asked = select(cases).where(cases.c.case_id == case_id)
            row = connection.execute(asked).mappings().first()
            if row is None:
                raise NoSuchCaseError(where=self.store.name, case_id=case_id)
            asked = select(grounds.c.geom).where(grounds.c.case_id == case_id)
            ground = connection.execute(asked).scalar()
            asked = select(events).where(events.c.case_id == case_id).order_by("seq")
            happened = [
                event_of(dict(one)) for one in connection.execute(asked).mappings()
            ]
            children = {
                table.name: query.child_rows(connection, table, case_id)
                for table in tables.CHILDREN
            }
        fields = query.plain_row(row)
        shape: Any = fields.pop("geometry")
        return Case(
            case_id=case_id,
            fields=fields,
            geometry=shape,
            ground=query.shape_of(ground),
            events=tuple(happened),
            next_moves=self._next_moves(fields, happened, children["evidence"]),
            **children,
        )

    def _next_moves(
        self,
        fields: dict[str, object],
        events: list[Event],
        evidence: tuple[dict[str, object], ...],
    ) -> dict[str, tuple[str, ...]]:
        """Return what each move that the state allows still lacks, a reason apart."""
        found = {}
        for move in self.lifecycle.moves_from(str(fields["state"])):
            kinds = life.counting(
                move,
                entered=((one.seq, one.from_state, one.to_state) for one in events),
                evidence=((one["seq"], one["kind"]) for one in evidence),
            )
            found[move.id] = life.lacks(
                move, actor=self.actor, row=fields, evidence=kinds, why="-"
            )
        return found

    def content(self, sha256: str) -> bytes:
        """Return the bytes of an evidence that lies in the ledger.

        Raises
        ------
        RefusedError
            They do not lie in it.
        """
        contents = tables.contents
        with self.store.reading() as connection:
            asked = select(contents.c.bytes).where(contents.c.sha256 == sha256)
            found = connection.execute(asked).scalar()
        if found is None:
            lacks = (f"no content {sha256} in the ledger; it may lie outside",)
            raise RefusedError(case_id="", what="content", lacks=lacks)
        return bytes(found)

    def persons(self, case_id: str) -> tuple[Person, ...]:
        """Return the reporters of a case, for roles that may know them.

        Raises
        ------
        RoleError
            The role may not.
        """
        lacks = self.lifecycle.may(self.actor, "private")
        if lacks:
            raise RoleError(case_id=case_id, what="private", lacks=lacks)
        with self.store.reading() as connection:
            return query.read_persons(connection, case_id)

    def has_run(self, run_id: str) -> bool:
        """Say whether a run was entered."""
        with self.store.reading() as connection:
            asked = select(tables.runs.c.seq).where(tables.runs.c.run_id == run_id)
            return connection.execute(asked).first() is not None
