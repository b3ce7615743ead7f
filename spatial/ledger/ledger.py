"""`Ledger`: an open ledger, read by snapshots and written by transactions."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from sqlalchemy import select

from layers.card import card_html
from spatial.ledger import lifecycle as life
from spatial.ledger import query, tables
from spatial.ledger.errors import NoSuchCaseError, RefusedError, RoleError
from spatial.ledger.migrate import check_version
from spatial.ledger.model import Case, CaseFilter
from spatial.ledger.pending import Pending, event_of, read_meta
from spatial.ledger.projection import CHINA
from spatial.ledger.regrouping import Writing
from spatial.ledger.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from spatial.ledger.desk import Rules
    from spatial.ledger.lifecycle import Lifecycle
    from spatial.ledger.model import Actor, Event, Person
    from spatial.ledger.store import Store
    from spatial.ledger.verify import Verified

_EVERYTHING = CaseFilter()


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

    def verify(self, *, head: str | None = None) -> Verified:
        """Check the whole history and every table; see `spatial.ledger.verify`.

        Parameters
        ----------
        head
            A head that was kept, ``seq:hash``.
        """
        return verify(self.store, head=head)

    def _repr_html_(self) -> str:
        from spatial.ledger.cards import ledger_card  # noqa: PLC0415

        return card_html(ledger_card(self))

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
                evidence=evidence,
                last_seen=cast("dt.date | None", fields["last_seen"]),
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
