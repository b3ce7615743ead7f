"""What a transaction has written so far, and how it goes into the store in one go.

Everything is gathered in memory and written at the end: events first, then what they
do to the other tables, then the head. Should anything fail, the store has seen nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from sqlalchemy import bindparam, delete, insert, select, update

from spatial.ledger import tables
from spatial.ledger.chain import canonical, event_hash, normal
from spatial.ledger.errors import NoSuchCaseError, RefusedError
from spatial.ledger.model import Event
from spatial.ledger.projection import Insert, Row, Update, effects
from spatial.ledger.shapes import Shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Table

    from spatial.ledger.model import Actor
    from spatial.ledger.store import Store

_MANY = 500  # values in one IN (...): SQLite takes 999
_PLAIN = [column for column in tables.cases.columns if column.name != "geom"]


class Pending:
    """Events that are not written yet, and the cases as they stand after them.

    Parameters
    ----------
    connection
        Of `Store.writing`.
    store
        Where it goes.
    actor
        Who writes.
    clock
        Returns the time in UTC as events hold it.
    """

    def __init__(
        self,
        connection: Connection,
        store: Store,
        *,
        actor: Actor,
        clock: Callable[[], str],
    ) -> None:
        self.connection = connection
        self._store = store
        self._actor = actor
        self._clock = clock
        head = read_meta(connection)
        self._seq = int(head["head_seq"])
        self._hash = head["head_hash"]
        self._events: list[Row] = []
        self._rows: dict[str, Row] = {}
        self._new: dict[str, None] = {}
        self._changed: dict[str, None] = {}
        self._shapes: dict[str, Shapes] = {}
        self._reshaped: dict[str, None] = {}
        self._inserts: dict[str, list[Row]] = defaultdict(list)
        # the same rows by table and case: a long transaction asks often
        self._of_case: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._updates: list[Update] = []
        self._counters: dict[str, int] = {}
        self._contents: dict[str, bytes] = {}
        self._sighted: dict[int, bytes] = {}
        self._erased: list[str] = []

    @property
    def store(self) -> Store:
        """Return where it goes."""
        return self._store

    @property
    def next_seq(self) -> int:
        """Return the number that the next event gets."""
        return self._seq + 1

    def now(self) -> str:
        """Return the time of the clock."""
        return self._clock()

    # -- reading, with what is pending --------------------------------------

    def row(self, case_id: str) -> Row:
        """Return a case as it stands.

        Raises
        ------
        NoSuchCaseError
            There is none with this number.
        """
        if case_id not in self._rows:
            self.preload([case_id])
        if case_id not in self._rows:
            raise NoSuchCaseError(where=self._store.name, case_id=case_id)
        return self._rows[case_id]

    def preload(self, case_ids: Iterable[str]) -> None:
        """Read many cases at once."""
        wanted = sorted({one for one in case_ids if one not in self._rows})
        for some in _slices(wanted):
            asked = select(*_PLAIN).where(tables.cases.c.case_id.in_(some))
            for row in self.connection.execute(asked).mappings():
                self._rows[row["case_id"]] = dict(row)

    def shapes(self, case_id: str) -> Shapes:
        """Return footprint and ground of a case as they stand."""
        if case_id not in self._shapes:
            self.preload_shapes([case_id])
        return self._shapes[case_id]

    def preload_shapes(self, case_ids: Iterable[str]) -> None:
        """Read the shapes of many cases at once."""
        wanted = sorted({one for one in case_ids if one not in self._shapes})
        cases, grounds = tables.cases, tables.grounds
        for some in _slices(wanted):
            found = dict.fromkeys(some, Shapes())
            asked = (
                select(cases.c.case_id, cases.c.geom, grounds.c.geom)
                .outerjoin(grounds, grounds.c.case_id == cases.c.case_id)
                .where(cases.c.case_id.in_(some))
            )
            for case_id, footprint, ground in self.connection.execute(asked):
                found[case_id] = Shapes(footprint, ground)
            self._shapes.update(found)

    def children(self, table: Table, case_id: str) -> list[Row]:
        """Return the rows of a case in a table, the pending ones too."""
        asked = (
            select(table)
            .where(table.c.case_id == case_id)
            .order_by(table.primary_key.columns[0])
        )
        found = [dict(row) for row in self.connection.execute(asked).mappings()]
        found += [
            self._with_shape(one) if "geom" in table.c else dict(one)
            for one in self._of_case[table.name, case_id]
        ]
        for change in self._updates:
            if change.table == table.name and change.where["case_id"] == case_id:
                apply_update(found, change)
        return found

    def _with_shape(self, row: Row) -> Row:
        return {**row, "geom": self._sighted.get(row["seq"])}

    def case_of(self, table: Table, seq: int) -> str:
        """Return the case that a row belongs to; "" when there is no such row."""
        for one in self._inserts[table.name]:
            if one["seq"] == seq:
                return str(one["case_id"])
        asked = select(table.c.case_id).where(table.c.seq == seq)
        return self.connection.execute(asked).scalar() or ""

    def events(self, case_id: str) -> list[Row]:
        """Return the rows of the events of a case, the pending ones too."""
        events = tables.events
        asked = select(events).where(events.c.case_id == case_id).order_by("seq")
        found = [dict(row) for row in self.connection.execute(asked).mappings()]
        return found + self._of_case["events", case_id]

    # -- writing --------------------------------------------------------------

    def number(self, prefix: str) -> int:
        """Return the next running number under a prefix."""
        if prefix not in self._counters:
            counters = tables.counters
            asked = select(counters.c.last).where(counters.c.prefix == prefix)
            self._counters[prefix] = self.connection.execute(asked).scalar() or 0
        self._counters[prefix] += 1
        return self._counters[prefix]

    def append(
        self,
        case_id: str,
        kind: str,
        payload: Mapping[str, object],
        *,
        to_state: str | None = None,
        why: str = "",
        shapes: Shapes | None = None,
    ) -> int:
        """Append an event; return its number.

        Parameters
        ----------
        case_id, kind, payload, why
            As of `Event`.
        to_state
            None: the state stays.
        shapes
            What footprint and ground of the case are now, where they change.
        """
        row = self._rows.get(case_id)
        before = row["state"] if row is not None else ""
        values: Row = {
            "seq": self._seq + 1,
            "case_id": case_id,
            "at": self._clock(),
            "actor": normal(self._actor.name),
            "role": normal(self._actor.role),
            "kind": kind,
            "from_state": before,
            "to_state": before if to_state is None else to_state,
            "why": normal(why),
            "payload": canonical(payload),
            "prev_hash": self._hash,
        }
        _need_sound(values, kind)
        values["hash"] = event_hash(values)
        after, changes = effects(row, event_of(values))
        self._events.append(values)
        self._of_case["events", case_id].append(values)
        self._seq, self._hash = values["seq"], values["hash"]
        if after is not None:
            self._rows[case_id] = after
            (self._new if row is None else self._changed)[case_id] = None
        for change in changes:
            if isinstance(change, Insert):
                self.insert(change.table, change.values)
            else:
                self._updates.append(change)
        if shapes is not None:
            self._shapes[case_id] = shapes
            self._reshaped[case_id] = None
        return self._seq

    def keep(self, sha256: str, content: bytes) -> None:
        """Keep the bytes of an evidence."""
        self._contents[sha256] = content

    def sighted(self, seq: int, shape: bytes) -> None:
        """Keep the shape of a sighting."""
        self._sighted[seq] = shape

    def insert(self, table: str, values: Row) -> None:
        """Insert a row that an event makes, or one of the private table."""
        self._inserts[table].append(values)
        self._of_case[table, values.get("case_id", "")].append(values)

    def erase(self, case_id: str) -> None:
        """Empty the private rows of a case."""
        self._erased.append(case_id)

    # -- into the store -------------------------------------------------------

    def flush(self) -> None:
        """Write everything; the transaction commits afterwards."""
        if not self._events:
            return
        self.connection.execute(insert(tables.events), self._events)
        self._flush_cases()
        self._flush_children()
        self._flush_contents()
        for prefix, last in sorted(self._counters.items()):
            counters = tables.counters
            self.connection.execute(delete(counters).where(counters.c.prefix == prefix))
            values = {"prefix": prefix, "last": last}
            self.connection.execute(insert(counters), values)
        write_meta(self.connection, head_seq=str(self._seq), head_hash=self._hash)
        self._note_extent()

    def _flush_cases(self) -> None:
        cases, grounds = tables.cases, tables.grounds
        new = [
            {**self._rows[one], "geom": self._shapes[one].footprint}
            for one in self._new
        ]
        if new:
            self.connection.execute(insert(cases), new)
        changed = [one for one in self._changed if one not in self._new]
        if changed:
            names = [one.name for one in _PLAIN if one.name not in ("fid", "case_id")]
            change = update(cases).where(cases.c.case_id == bindparam("b_case_id"))
            change = change.values({name: bindparam(f"b_{name}") for name in names})
            rows = [
                {f"b_{name}": self._rows[one][name] for name in (*names, "case_id")}
                for one in changed
            ]
            self.connection.execute(change, rows)
        reshaped = [one for one in self._reshaped if one not in self._new]
        if reshaped:
            change = update(cases).where(cases.c.case_id == bindparam("b_case_id"))
            change = change.values(geom=bindparam("b_geom"))
            rows = [
                {"b_case_id": one, "b_geom": self._shapes[one].footprint}
                for one in reshaped
            ]
            self.connection.execute(change, rows)
            gone = delete(grounds).where(grounds.c.case_id == bindparam("b_case_id"))
            self.connection.execute(gone, [{"b_case_id": one} for one in reshaped])
        rows = [
            {
                "fid": self._rows[one]["fid"],
                "case_id": one,
                "geom": self._shapes[one].ground,
            }
            for one in (*self._new, *reshaped)
            if self._shapes[one].ground is not None
        ]
        if rows:
            self.connection.execute(insert(grounds), rows)

    def _flush_children(self) -> None:
        for table in (*tables.CHILDREN, tables.runs, tables.persons):
            rows = self._inserts[table.name]
            if table is tables.sightings:
                rows = [self._with_shape(one) for one in rows]
            if rows:
                self.connection.execute(insert(table), rows)
        for one in self._updates:
            table = tables.metadata.tables[one.table]
            change = update(table).where(table.primary_key.columns[0] < one.before)
            for name, value in one.where.items():
                change = change.where(table.c[name] == value)
            self.connection.execute(change.values(one.values))
        persons = tables.persons
        for case_id in self._erased:
            change = update(persons).where(persons.c.case_id == case_id)
            empty = dict.fromkeys(("salt", "name", "phone", "address", "note"), "")
            self.connection.execute(change.values(**empty))

    def _flush_contents(self) -> None:
        contents = tables.contents
        for some in _slices(sorted(self._contents)):
            asked = select(contents.c.sha256).where(contents.c.sha256.in_(some))
            there = set(self.connection.execute(asked).scalars())
            rows = [
                {"sha256": one, "bytes": self._contents[one]}
                for one in some
                if one not in there
            ]
            if rows:
                self.connection.execute(insert(contents), rows)

    def _note_extent(self) -> None:
        there = [self._shapes[one].ground for one in (*self._new, *self._reshaped)]
        shapes = shapely.from_wkb(np.array([one for one in there if one], dtype=object))
        if len(shapes):
            self._store.grown(self.connection, shapely.total_bounds(shapes))


def _need_sound(values: Row, kind: str) -> None:
    """Refuse text that a store cannot hold: NUL, half of a surrogate pair."""
    text = "".join(one for one in values.values() if isinstance(one, str))
    lone = (
        any("\ud800" <= one <= "\udfff" for one in text)
        if not text.isascii()
        else False
    )
    if lone or "\0" in text or "\\u0000" in values["payload"]:
        lacks = ("expected text, got a NUL character or half of a surrogate pair",)
        raise RefusedError(case_id=values["case_id"], what=kind, lacks=lacks)


def apply_update(rows: list[Row], change: Update) -> None:
    """Do to rows in memory what an update does in the store."""
    for row in rows:
        fits = all(row[name] == value for name, value in change.where.items())
        if fits and row["seq"] < change.before:
            row.update(change.values)


def event_of(row: Mapping[str, Any]) -> Event:
    """Return the event of a row."""
    values = {**row, "payload": json.loads(row["payload"])}
    return Event(**values)


def read_meta(connection: Connection) -> dict[str, str]:
    """Return what the ledger says of itself."""
    return {
        str(key): str(value) for key, value in connection.execute(select(tables.meta))
    }


def write_meta(connection: Connection, **values: str) -> None:
    """Set what the ledger says of itself."""
    meta = tables.meta
    for key, value in values.items():
        connection.execute(update(meta).where(meta.c.key == key).values(value=value))


def _slices(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _MANY):
        yield names[start : start + _MANY]
