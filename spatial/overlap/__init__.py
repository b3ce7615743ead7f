"""Sites x zones: area, share, length, distance, margin, and what a union covers.

`overlap_table` has a row for every pair that meets or is near, `cover_table` a row
for every site, `intersection_geometry` the shapes of chosen pairs. Frames in, frames
out; both in EPSG:4490. `shared_areas` goes from two files to areas without making an
object of each shape.

    pairs <-- areas <-- shapes <-- table
                    <-- files
          <-- cover
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spatial.overlap.cover import cover_table
    from spatial.overlap.files import SharedAreas, shared_areas
    from spatial.overlap.table import intersection_geometry, overlap_table

_HOME = {
    "SharedAreas": "spatial.overlap.files",
    "cover_table": "spatial.overlap.cover",
    "intersection_geometry": "spatial.overlap.table",
    "overlap_table": "spatial.overlap.table",
    "shared_areas": "spatial.overlap.files",
}

__all__ = [
    "SharedAreas",
    "cover_table",
    "intersection_geometry",
    "overlap_table",
    "shared_areas",
]


def __getattr__(name: str) -> object:
    """Load a public name from the module where it lives: not all need pandas."""
    if name not in _HOME:
        msg = f"module 'spatial.overlap' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)
