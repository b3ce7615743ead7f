"""Sites x zones: area, share, length, distance, margin, and what a union covers.

`overlap_table` has a row for every pair that meets or is near, `cover_table` a row
for every site, `intersection_geometry` the shapes of chosen pairs. Frames in, frames
out; both in EPSG:4490.

    pairs <-- table
          <-- cover
"""

from __future__ import annotations

from spatial.overlap.cover import cover_table
from spatial.overlap.margins import margins
from spatial.overlap.table import intersection_geometry, overlap_table

__all__ = ["cover_table", "intersection_geometry", "margins", "overlap_table"]
