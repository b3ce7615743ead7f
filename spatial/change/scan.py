"""From an aligned pair to its patches: detection and outlines in one go.

report = pair(read_raster(before), read_raster(after))
found = scan(report.aligned, residual_px=report.residual_px)
found.patches
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from layers.raster import CLEAR
from spatial.change.detect import Method, Target, detect
from spatial.change.patches import EVENT_WITHIN_M, patches

if TYPE_CHECKING:
    import geopandas as gpd

    from collections.abc import Callable

    from layers.grid import Grid
    from spatial.change.aligned import AlignedPair
    from spatial.change.classify import Kinds

Engine = Literal["threads", "dask"]
TILE = 512


@dataclass(frozen=True, slots=True)
class Scan:
    """What a pair of images shows to have changed.

    Attributes
    ----------
    patches
        As of `spatial.change.patches.patches`, kept ones and others.
    grid
        The grid of the pixels.
    threshold, method, notes
        As of `spatial.change.detect.Change`.
    windows_read, windows
        How many windows were read and judged, of how many there are.
    """

    patches: gpd.GeoDataFrame
    grid: Grid
    threshold: float
    method: str
    notes: tuple[str, ...] = ()
    windows_read: int = 1
    windows: int = 1


def scan(
    aligned: AlignedPair,
    *,
    within: gpd.GeoDataFrame | None = None,
    method: Method = "auto",
    target: Target = "auto",
    residual_px: tuple[float, float] = (0.0, 0.0),
    min_area_m2: float | None = None,
    min_width_m: float | None = None,
    event_within_m: float = EVENT_WITHIN_M,
    kinds: Kinds | None = None,
    tile_px: int = TILE,
    threads: int = 1,
    engine: Engine = "threads",
    scheduler: str | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Scan:
    """Return the patches of change between two aligned images.

    Parameters
    ----------
    aligned
        The pair on one grid, as of `spatial.change.pair.pair`.
    method, target
        See `spatial.change.detect.detect`.
    residual_px
        The shift that is left in the pair, (columns, rows), which explains thin
        patches along borders: `PairReport.residual_px`.
    min_area_m2, min_width_m, event_within_m, kinds
        See `spatial.change.patches.patches`.
    within
        Polygons in EPSG:4490: only what meets them is read and told; None is all.
    tile_px, threads
        How the work is cut up; the result does not depend on it.
    engine, scheduler
        ``threads`` of this process, or ``dask`` with the address of a scheduler; the
        result does not depend on it.
    progress
        Called in the caller's thread with windows done and windows in all.

    Returns
    -------
    Scan
        The same bytes for the same images.
    """
    before, after, codes = aligned.read()
    change = detect(
        before,
        after,
        mask=codes != CLEAR,
        bands=aligned.bands,
        sensor=aligned.before.sensor,
        method=method,
        target=target,
        threads=threads,
    )
    table = patches(
        change,
        aligned.grid,
        before=before,
        after=after,
        bands=aligned.bands,
        shift_px=residual_px,
        min_area_m2=min_area_m2,
        min_width_m=min_width_m,
        event_within_m=event_within_m,
        kinds=kinds,
    )
    return Scan(table, aligned.grid, change.threshold, change.method, change.notes)
