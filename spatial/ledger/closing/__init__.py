"""Closing by evidence: how much of a case's ground looks as it did before the damage.

A share is of the area of the case, and beside it stands how much of it was seen. What
was hidden may be either: a verdict is given only where it is the same whatever lies
there. Nothing here closes a case.

    model <-- measure
          <-- note
"""

from spatial.ledger.closing.measure import recoveries, recovery
from spatial.ledger.closing.model import (
    ClosingLimits,
    Recovery,
    by_day,
    load_limits,
    seen_days,
    verdict_of,
)
from spatial.ledger.closing.note import closing_note

__all__ = [
    "ClosingLimits",
    "Recovery",
    "by_day",
    "closing_note",
    "load_limits",
    "recoveries",
    "recovery",
    "seen_days",
    "verdict_of",
]
