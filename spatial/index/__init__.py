"""Zones made ready to be asked: which can matter, where they run, what a cell sees.

::

    rings <-- grid     vertices as arrays, and what each cell of a grid sees of them
      store            grids kept in a folder between runs
    outlines           the original edges, in short pieces, found by place
    tiles              the part of a large polygon about a place
    zone_index         all of it for one table of zones
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spatial.index.zone_index import ZoneIndex

__all__ = ["ZoneIndex"]


def __getattr__(name: str) -> object:
    """Load the public name when it is asked for: a grid does without PROJ."""
    if name != "ZoneIndex":
        msg = f"module 'spatial.index' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module("spatial.index.zone_index"), name)
