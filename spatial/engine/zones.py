"""Zones made ready once, for every thread and every worker that will ask them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import geopandas as gpd
import numpy as np
import shapely

from layers.layer import FRAME
from spatial.index import ZoneIndex
from spatial.overlap.pairs import shapes_of

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_lock = threading.Lock()  # one thread at a time makes a twin, of whichever zones
_mine = threading.local()


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class ReadyZones:
    """A table of zones and their index.

    Attributes
    ----------
    frame
        The zones' labels and geometries in EPSG:4490, no other column.
    index
        Their index.
    folder
        Where the grid of the kernel is kept between runs; None: nowhere. See
        `spatial.index.store`. A worker on another machine looks there, too.
    """

    frame: gpd.GeoDataFrame = field(repr=False)
    index: ZoneIndex = field(repr=False)
    folder: Path | None = None

    @classmethod
    def of(cls, zones: gpd.GeoDataFrame, *, folder: Path | None = None) -> ReadyZones:
        """Return zones made ready.

        Raises
        ------
        CrsMismatchError, GeometryError
            As `spatial.overlap.overlap_table` does for its zones.
        """
        shapes = shapes_of(zones, "zone")
        frame = gpd.GeoDataFrame(geometry=shapes, index=zones.index, crs=FRAME)
        return cls(frame, ZoneIndex(shapes_of(frame, "zone")), folder)

    def for_thread(self, *, kernel: bool) -> ReadyZones:
        """Return the zones as this thread may ask them; the same ones every time.

        Parameters
        ----------
        kernel
            Whether the area kernel will be asked: then there is a grid, made or
            taken from the folder when the first thread comes.
        """
        twins = vars(_mine).setdefault("twins", WeakKeyDictionary())
        if self not in twins:
            with _lock:
                if kernel and "grid" not in vars(self.index):
                    self._make_grid()
                twins[self] = replace(self, index=self.index.twin())
        found: ReadyZones = twins[self]
        return found

    def _make_grid(self) -> None:
        """Have the grid made, or read."""
        if self.folder is None:
            self.index.hold(self.index.grid)
            return
        from spatial.index.store import kept_grid  # noqa: PLC0415  numba is an extra

        self.index.hold(kept_grid(self.index.rings(), self.folder).grid)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as WKB: an index is made anew where it arrives.

        That is quicker than to send one, which is several times as large, and
        nothing that belongs to this process (trees, prepared shapes) goes with it.
        """
        wkb = shapely.to_wkb(self.index.shapes)
        return _unpacked, (self.frame.index, wkb, self.folder)


def _unpacked(labels: pd.Index, wkb: np.ndarray, folder: Path | None) -> ReadyZones:
    """Return zones as they were sent."""
    shapes = np.asarray(shapely.from_wkb(wkb), dtype=object)
    frame = gpd.GeoDataFrame(geometry=shapes, index=labels, crs=FRAME)
    return ReadyZones.of(frame, folder=folder)
