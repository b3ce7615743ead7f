"""Is the history whole, and do the tables say what it says.

1. The chain: numbers 1..n, each hash reckoned again, each previous hash that of the
   event before, the head the last of them.
2. The tables: the events of each case are played again (`replay`) and every row is
   compared, shapes and contents by their SHA-256.
3. The store: guards, spatial indices, pages.

What no reckoning can find: a tail cut off together with the head, or a history written
anew from the start. Both are found by whoever kept a head (`head=`); every export and
every closing note prints one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from spatial.ledger import tables
from spatial.ledger.chain import GENESIS, event_hash
from spatial.ledger.compare import (
    Fault,
    compared,
    contents,
    counted,
    replayed,
    streamed,
)
from spatial.ledger.migrate import APPLICATION
from spatial.ledger.pending import read_meta

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from spatial.ledger.store import Store

_NO_PERMISSION = "42501"  # of PostgreSQL
_MOST = 100  # faults that are told


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check has found.

    Attributes
    ----------
    events, cases
        How many there are.
    head
        ``seq:hash`` of the last event. Keep it: the next check takes it.
    faults
        In the order of the history, then of the tables; at most 100 are told.
    notes
        What is odd and no fault: a clock that went back.
    """

    events: int
    cases: int
    head: str
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Say whether nothing was found."""
        return not self.faults


def verify(store: Store, *, head: str | None = None) -> Verified:
    """Check a ledger from its first event.

    Parameters
    ----------
    store
        The ledger.
    head
        A head that was kept (``seq:hash``): the history must go through it.

    Returns
    -------
    Verified
        `Verified.faults` is empty if and only if everything agrees.
    """
    with store.reading() as connection:
        faults = [Fault("store", one) for one in store.faults(connection)]
        chain, notes, last = _chain(connection, head)
        found = [*chain, *_of_meta(connection, last)]
        cases = 0
        try:
            for between, played, broken in replayed(connection):
                found += broken
                cases += sum(one.case is not None for one in played.values())
                found += compared(connection, between, played)
                if len(found) > _MOST:
                    break
            found += contents(connection)
            found += counted(connection)
        except (ValueError, TypeError, DBAPIError) as error:
            if getattr(getattr(error, "orig", None), "sqlstate", "") == _NO_PERMISSION:
                raise  # says nothing about the ledger
            found.append(Fault("tables", f"a value that cannot be read: {error}"))
    listed = tuple([*found, *faults][:_MOST])
    return Verified(last[0], cases, f"{last[0]}:{last[1]}", listed, tuple(notes))


# -- the chain ---------------------------------------------------------------


def _chain(
    connection: Connection, kept: str | None
) -> tuple[list[Fault], list[str], tuple[int, str]]:
    """Return the first fault of the chain, notes, and its end."""
    faults: list[Fault] = []
    notes: list[str] = []
    want, _, want_hash = (kept or "0:").partition(":")
    seq, last, at = 0, GENESIS, ""
    asked = select(tables.events).order_by(tables.events.c.seq)
    for row in streamed(connection, asked):
        seq += 1
        wrong = _wrong(row, seq, last)
        if wrong:
            faults.append(Fault(f"event {seq}", wrong))
            break
        last = row["hash"]
        if row["at"] < at:
            notes.append(
                f"event {seq}: {row['at']} is before {at}: the clock went back"
            )
        at = row["at"]
        if kept and str(seq) == want and last != want_hash:
            faults.append(
                Fault(f"event {seq}", "its hash is not the one that was kept")
            )
            break
    if kept and not faults and (not want.isdecimal() or seq < int(want)):
        faults.append(Fault(f"event {seq + 1}", f"missing: the head kept is {kept}"))
    return faults, notes, (seq, last)


def _wrong(row: Mapping[str, Any], seq: int, last: str) -> str:
    """Return what is wrong with an event, "" for nothing."""
    if row["seq"] != seq:
        return f"missing or moved: the next has number {row['seq']}"
    if row["prev_hash"] != last:
        return "it does not follow the event before"
    try:
        true = event_hash(row)
    except (TypeError, ValueError) as error:
        return f"it cannot be read ({error})"
    return "" if row["hash"] == true else "it was changed: its hash is another"


def _of_meta(connection: Connection, last: tuple[int, str]) -> list[Fault]:
    """Return what the ledger says wrongly of itself."""
    meta = read_meta(connection)
    faults = []
    if (meta.get("head_seq"), meta.get("head_hash")) != (str(last[0]), last[1]):
        said = f"{meta.get('head_seq')}:{meta.get('head_hash')}"
        what = f"events end at {last[0]}:{last[1]}, the ledger says {said}"
        faults.append(Fault("head", what))
    known = {"application", "schema_version", "created_at", "head_seq", "head_hash"}
    if set(meta) != known or meta["application"] != APPLICATION:
        faults.append(Fault("ledger_meta", f"expected {sorted(known)}"))
    return faults
