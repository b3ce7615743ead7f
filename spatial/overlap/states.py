"""What a pair of polygons is, as numbers that tables and compiled code share."""

from __future__ import annotations

APART, INSIDE, PARTIAL, DOUBTFUL, TOUCH = 0, 1, 2, 3, 4
"""No common point; no part of the site outside; some; not yet known; border only."""

DOUBT_SHARE, DOUBT_M2 = 1e-9, 1e-3
"""An area this near to nothing, or to the whole site, says nothing by itself."""
