"""Where everything of the made-up county lies: blocks, blobs and the river.

The grid has five columns and five rows of blocks, 8.6 by 8.8 km. Each block is one
control unit; every other zone is a blob in a known block, so that a site's truth
follows from its place and not from an overlay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.samples.shapes import Blob, meander, polygon

if TYPE_CHECKING:
    from shapely import Polygon

    from layers.samples.shapes import Floats

ADCODE = "150624"
COUNTY = "示范县（虚构）"
SOURCE = "示范数据，非法定边界"

COLUMNS = (0.0, 8.6, 17.2, 25.8, 34.4, 43.0)
ROWS = (0.0, 8.8, 17.6, 26.4, 35.2, 44.0)

# from the north, as on a map: P priority, K key, G general with nothing required,
# T general with requirements, N general with one text never filled in
UNITS = ("PGKGP", "GGGPG", "GKKGT", "PGGKG", "GPGNP")

TRUNK_X, TRUNK_HALF, TRUNK_BELT = 5.8, 0.25, 0.55
TRUNK_STRAIGHT = (18.0, 26.0)
"""The reach (kilometres north) in which the trunk river runs due north."""

DIKE = (0.27, 0.29)
"""The dikes of the trunk lie between these distances from its axis, kilometres."""

TRIBUTARY_Y, TRIBUTARY_HALF, TRIBUTARY_BELT = 30.0, 0.05, 0.15
TRIBUTARY_STRAIGHT = (9.5, 12.5)

BLOBS = {
    blob.name: blob
    for blob in (
        Blob("redline north-east", (38.7, 39.6), 1.8, 2.1),
        Blob("redline middle", (30.1, 30.8), 1.7, 3.4),
        Blob("redline middle hole", (30.1, 30.8), 0.5, 0.7),
        Blob("redline islet", (26.9, 34.1), 0.4, 0.7),
        Blob("redline patch", (13.0, 13.2), 0.8, 1.9),
        Blob("reserve one core", (38.7, 39.6), 1.1, 1.6),
        Blob("reserve one", (38.7, 39.6), 2.9, 3.7),
        Blob("reserve two core", (12.9, 4.4), 0.8, 1.2),
        Blob("reserve two buffer", (12.9, 4.4), 1.6, 2.1),
        Blob("reserve two", (12.9, 4.4), 2.6, 3.7),
        Blob("reserve three", (38.7, 4.4), 1.5, 3.2),
        Blob("farmland south", (21.5, 4.4), 1.4, 3.0),
        Blob("farmland south pond", (20.9, 4.9), 0.2, 0.3),
        Blob("farmland north", (22.5, 33.0), 0.6, 1.3),
        Blob("farmland north strip", (24.5, 33.9), 0.3, 0.5),
        Blob("city boundary", (21.5, 22.0), 2.4, 3.7),
        Blob("city", (21.5, 22.0), 1.1, 1.9),
        Blob("town boundary", (30.1, 39.6), 1.1, 2.0),
        Blob("source grade 1", (38.7, 30.8), 0.6, 0.8),
        Blob("source grade 2", (38.7, 30.8), 1.4, 1.7),
        Blob("source quasi", (38.7, 30.8), 2.4, 3.3),
        Blob("source ungraded", (21.5, 13.2), 0.7, 1.3),
        Blob("park model", (12.9, 22.0), 1.5, 2.4),
        Blob("park refused", (30.1, 20.5), 0.8, 1.1),
        Blob("park haibowan", (28.4, 13.2), 0.8, 1.1),
        Blob("park mengxi", (32.0, 13.2), 0.8, 1.1),
        Blob("park bayinaobao", (38.7, 13.2), 0.9, 1.7),
        Blob("park unstated", (12.9, 33.4), 0.7, 1.0),
        Blob("wuhai region", (30.1, 16.8), 5.2, 6.6),
        Blob("grassland", (2.0, 4.4), 0.8, 1.5),
        Blob("wetland", (2.0, 31.0), 0.7, 1.6),
        Blob("scenic", (19.8, 29.0), 0.8, 1.6),
        Blob("activity quarry", (13.2, 13.4), 0.15, 0.2),
        Blob("activity lodge", (13.2, 6.6), 0.1, 0.15),
        Blob("permit quarry", (15.8, 11.0), 0.25, 0.45),
    )
}


def shape(name: str, *holes: str) -> Polygon:
    """Return a blob of `BLOBS`, less the blobs named as its holes, in EPSG:4490."""
    return polygon(BLOBS[name], *(BLOBS[hole] for hole in holes))


def trunk_axis() -> Floats:
    """Return the axis of the trunk river, kilometres (north, east)."""
    return meander(
        "trunk", (-3.0, 47.0), axis=TRUNK_X, stray=1.1, straight=TRUNK_STRAIGHT
    )


def tributary_axis() -> Floats:
    """Return the axis of the tributary, kilometres (east, north)."""
    return meander(
        "tributary",
        (6.0, 17.0),
        axis=TRIBUTARY_Y,
        stray=0.7,
        straight=TRIBUTARY_STRAIGHT,
    )
