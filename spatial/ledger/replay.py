"""Events played again, case by case, into the rows that the tables should have."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spatial.ledger.pending import apply_update, event_of
from spatial.ledger.projection import Insert, Row, effects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass
class Replayed:
    """What the events of one case (or of the ledger itself) come to.

    Attributes
    ----------
    case
        Its row without ``geom``; None for the ledger itself.
    children
        Rows of the other tables, by table.
    reporters
        Salted hash by number of the event.
    erased
        Number of the last event that erased reporters; 0 for none.
    """

    case: Row | None = None
    children: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    reporters: dict[int, str] = field(default_factory=dict)
    erased: int = 0


class UnplayableError(Exception):
    """An event that no ledger has written."""

    def __init__(self, seq: object, why: str) -> None:
        self.seq = seq
        super().__init__(why)


def replay(rows: Iterable[Mapping[str, Any]]) -> Replayed:
    """Play the events of one case.

    Parameters
    ----------
    rows
        Rows of ``events`` with the same case number, in their order.

    Raises
    ------
    UnplayableError
        An event cannot be what a ledger has written: no JSON, parts that are missing,
        a state that does not follow from the one before.
    """
    found = Replayed()
    for row in rows:
        try:
            _play(found, row)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnplayableError(row["seq"], f"{error!r}") from error
    return found


def _play(found: Replayed, row: Mapping[str, Any]) -> None:
    event = event_of(row)
    before = found.case["state"] if found.case is not None else ""
    if event.from_state != before:
        msg = f"from the state {event.from_state!r}, but it was {before!r}"
        raise ValueError(msg)
    if event.case_id and (found.case is None) != (event.kind == "opened"):
        msg = f"{event.kind!r} where a case opens" if found.case is None else "twice"
        raise ValueError(msg)
    found.case, changes = effects(found.case, event)
    if found.case is not None and found.case["state"] != event.to_state:
        msg = f"to the state {event.to_state!r}, which it did not come to"
        raise ValueError(msg)
    for change in changes:
        if isinstance(change, Insert):
            found.children[change.table].append(change.values)
        else:
            apply_update(found.children[change.table], change)
    if event.payload.get("person_hash"):
        found.reporters[event.seq] = str(event.payload["person_hash"])
    if event.kind == "erased":
        found.erased = event.seq
