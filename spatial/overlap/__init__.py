"""Sites x zones: area, share, length, distance, margin, and what a union covers.

`overlap_table` has a row for every pair that meets or is near, `cover_table` a row
for every site, `along_table` a row for every stretch of a line in a zone;
`intersection_geometry` draws and `margins` measures chosen pairs. Frames in, frames
out; both in EPSG:4490. All take a ready `spatial.index.ZoneIndex`, so that a layer is
cut once. `shared_areas` goes from two files to areas without making an object of each
shape.

    settled <-- files                                    (no table, no PROJ)
    pairs, settled <-- areas <-- shapes <-- depths <-- table
                             <-- covered <-- cover      near <-- table
          <-- meetings <-- along
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spatial.overlap.along import along_table
    from spatial.overlap.cover import cover_table
    from spatial.overlap.depths import margins
    from spatial.overlap.files import SharedAreas, shared_areas
    from spatial.overlap.table import intersection_geometry, overlap_table

_HOME = {
    "SharedAreas": "spatial.overlap.files",
    "along_table": "spatial.overlap.along",
    "cover_table": "spatial.overlap.cover",
    "intersection_geometry": "spatial.overlap.table",
    "margins": "spatial.overlap.depths",
    "overlap_table": "spatial.overlap.table",
    "shared_areas": "spatial.overlap.files",
}

__all__ = [
    "SharedAreas",
    "along_table",
    "cover_table",
    "intersection_geometry",
    "margins",
    "overlap_table",
    "shared_areas",
]


def __getattr__(name: str) -> object:
    """Load a public name from the module where it lives: not all need pandas."""
    if name not in _HOME:
        msg = f"module 'spatial.overlap' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)
