"""The ledger: from clue to closed case, and nothing forgotten.

    from spatial.ledger import Actor, NewCase, create_ledger

    ledger = create_ledger("ledger.gpkg", actor=Actor("张三（虚构）", "case_officer"))
    with ledger.transaction() as writing:
        case_id = writing.open_case(NewCase(source="field", found_on=day))

Events are the truth; every other table is made from them (`projection`), and `verify`
makes them again. ``docs/ledger.md`` tells the rest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spatial.ledger.calendar import Calendar, load_calendar
    from spatial.ledger.compare import Fault
    from spatial.ledger.door import create_ledger, migrate_ledger, open_ledger
    from spatial.ledger.errors import LedgerError, RefusedError
    from spatial.ledger.ledger import Head, Ledger
    from spatial.ledger.lifecycle import Lifecycle, load_lifecycle
    from spatial.ledger.model import (
        Actor,
        Case,
        CaseFilter,
        Event,
        Evidence,
        Link,
        NewCase,
        Person,
        Run,
        Sighting,
        Transfer,
    )
    from spatial.ledger.place import Server
    from spatial.ledger.proof import evidence_file
    from spatial.ledger.verify import Verified

_MODEL = (
    *("Actor", "Case", "CaseFilter", "Event", "Evidence", "Link", "NewCase"),
    *("Person", "Run", "Sighting", "Transfer"),
)
_HOME = {
    **dict.fromkeys(_MODEL, "model"),
    **dict.fromkeys(("create_ledger", "migrate_ledger", "open_ledger"), "door"),
    **dict.fromkeys(("Head", "Ledger"), "ledger"),
    "Fault": "compare",
    "Verified": "verify",
    **dict.fromkeys(("Lifecycle", "load_lifecycle"), "lifecycle"),
    **dict.fromkeys(("Calendar", "load_calendar"), "calendar"),
    **dict.fromkeys(("LedgerError", "RefusedError"), "errors"),
    "Server": "place",
    "evidence_file": "proof",
}

__all__ = [
    "Actor",
    "Calendar",
    "Case",
    "CaseFilter",
    "Event",
    "Evidence",
    "Fault",
    "Head",
    "Ledger",
    "LedgerError",
    "Lifecycle",
    "Link",
    "NewCase",
    "Person",
    "RefusedError",
    "Run",
    "Server",
    "Sighting",
    "Transfer",
    "Verified",
    "create_ledger",
    "evidence_file",
    "load_calendar",
    "load_lifecycle",
    "migrate_ledger",
    "open_ledger",
]


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562): SQLAlchemy takes its time."""
    if name not in _HOME:
        msg = f"module 'spatial.ledger' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"spatial.ledger.{_HOME[name]}"), name)
