"""From two images to clues: what law and approvals say of changes, and how urgent.

    run        the whole chain: pair gate, patches, zones, rules, approvals, places
    clues      kept patches in zones, against rules and approvals (spatial.permits)
    priority   a score whose parts are shown
    places     coordinates, county, nearest town
    pictures   before and after, side by side
    views, tables, page, write   the same for people, and for programs

A clue is a lead for a check on the ground and never the ground of a penalty.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spatial.monitor.run import Monitoring, monitor

__all__ = ["Monitoring", "monitor"]


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562)."""
    if name not in __all__:
        msg = f"module 'spatial.monitor' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module("spatial.monitor.run"), name)
