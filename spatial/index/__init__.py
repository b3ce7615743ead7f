"""Zones made ready to be asked: which can matter, where they run, what a cell sees.

::

    rings <-- grid     vertices as arrays, and what each cell of a grid sees of them
      store            grids kept in a folder between runs
    outlines           the original edges, in short pieces, found by place
    tiles              the part of a large polygon about a place
    zone_index         all of it for one table of zones
"""

from __future__ import annotations

from spatial.index.zone_index import ZoneIndex

__all__ = ["ZoneIndex"]
