"""Sites x zones: area, share, length, distance, margin, and what a union covers.

`overlap_table` has a row for every pair that meets or is near, `cover_table` a row
for every site, `along_table` a row for every stretch of a line in a zone;
`intersection_geometry` draws and `margins` measures chosen pairs. Frames in, frames
out; both in EPSG:4490. All take a ready `spatial.index.ZoneIndex`, so that a layer is
cut once.

    pairs <-- areas <-- shapes <-- margins <-- table
                    <-- covered <-- cover       near <-- table
          <-- meetings <-- along
"""

from __future__ import annotations

from spatial.overlap.along import along_table
from spatial.overlap.cover import cover_table
from spatial.overlap.margins import margins
from spatial.overlap.table import intersection_geometry, overlap_table

__all__ = [
    "along_table",
    "cover_table",
    "intersection_geometry",
    "margins",
    "overlap_table",
]
