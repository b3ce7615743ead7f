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
    from spatial.ledger.errors import LedgerError, RefusedError
    from spatial.ledger.ledger import Head, Ledger, create_ledger, open_ledger
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
        evidence_file,
    )
    from spatial.ledger.place import Server

_MODEL = (
    *("Actor", "Case", "CaseFilter", "Event", "Evidence", "Link", "NewCase"),
    *("Person", "Run", "Sighting", "Transfer", "evidence_file"),
)
_HOME = {
    **dict.fromkeys(_MODEL, "model"),
    **dict.fromkeys(("Head", "Ledger", "create_ledger", "open_ledger"), "ledger"),
    **dict.fromkeys(("Lifecycle", "load_lifecycle"), "lifecycle"),
    **dict.fromkeys(("Calendar", "load_calendar"), "calendar"),
    **dict.fromkeys(("LedgerError", "RefusedError"), "errors"),
    "Server": "place",
}

__all__ = [
    "Actor",
    "Calendar",
    "Case",
    "CaseFilter",
    "Event",
    "Evidence",
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
    "create_ledger",
    "evidence_file",
    "load_calendar",
    "load_lifecycle",
    "open_ledger",
]


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562): SQLAlchemy takes its time."""
    if name not in _HOME:
        msg = f"module 'spatial.ledger' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"spatial.ledger.{_HOME[name]}"), name)
