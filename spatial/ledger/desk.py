"""What every entry stands on: role, reason, deadline, the private table."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spatial.ledger.chain import person_hash
from spatial.ledger.errors import RefusedError, RoleError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from spatial.ledger.calendar import Calendar
    from spatial.ledger.lifecycle import Lifecycle
    from spatial.ledger.model import Actor, Facts, Person
    from spatial.ledger.pending import Pending

EVIDENCE_LIMIT = 64 * 1024 * 1024
"""Bytes of one evidence that may lie in the ledger."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a transaction goes by.

    Attributes
    ----------
    lifecycle, calendar
        Moves, roles, deadlines; working days.
    evidence_limit
        Bytes of one evidence that may lie in the ledger.
    salt
        Returns the salt of a reporter's hash, hex.
    """

    lifecycle: Lifecycle
    calendar: Calendar
    evidence_limit: int = EVIDENCE_LIMIT
    salt: Callable[[], str] = lambda: secrets.token_hex(16)


class Desk:
    """Who writes, by which rules, into what."""

    def __init__(self, pending: Pending, *, actor: Actor, rules: Rules) -> None:
        self.pending = pending
        self.actor = actor
        self.rules = rules

    def fields(self, case_id: str) -> Mapping[str, object]:
        """Return the row of a case as this transaction has left it."""
        return dict(self.pending.row(case_id))

    def _private(self, case_id: str, person: Person | None) -> str:
        """Put a reporter into the private table; return the salted hash."""
        if person is None:
            return ""
        salt = self.rules.salt()
        values = {
            "seq": self.pending.next_seq,
            "case_id": case_id,
            "salt": salt,
            "name": person.name,
            "phone": person.phone,
            "address": person.address,
            "note": person.note,
        }
        self.pending.insert("persons", values)
        return person_hash(person, salt)

    def _need(self, action: str, case_id: str) -> None:
        """Refuse a role that may not."""
        lacks = self.rules.lifecycle.may(self.actor, action)
        if lacks:
            raise RoleError(case_id=case_id, what=action, lacks=lacks)

    def _living(self, case_id: str, what: str) -> dict[str, Any]:
        """Return a case that was not merged into another."""
        row = self.pending.row(case_id)
        if row["merged_into"]:
            lacks = (f"the case was merged into {row['merged_into']}; write there",)
            raise RefusedError(case_id=case_id, what=what, lacks=lacks)
        return row

    def _due(self, state: str, on: dt.date) -> Facts:
        """Return by when a case has to leave a state, as the payload holds it."""
        due = self.rules.lifecycle.due(
            state,
            lambda days, unit: self.rules.calendar.after(on, days, unit=unit),
        )
        return {
            "due_on": due.on.isoformat() if due else None,
            "due_certain": due.certain if due else True,
        }
