"""From an aligned pair to its patches: detection and outlines in one go.

report = pair(read_raster(before), read_raster(after))
found = scan(report.aligned, residual_px=report.residual_px)
found.patches
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.raster import CLEAR
from spatial.change.detect import Method, Target, detect
from spatial.change.patches import EVENT_WITHIN_M, patches

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.grid import Grid
    from spatial.change.aligned import AlignedPair
    from spatial.change.classify import Kinds


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
    """

    patches: gpd.GeoDataFrame
    grid: Grid
    threshold: float
    method: str
    notes: tuple[str, ...] = ()


def scan(
    aligned: AlignedPair,
    *,
    method: Method = "auto",
    target: Target = "auto",
    residual_px: tuple[float, float] = (0.0, 0.0),
    min_area_m2: float | None = None,
    min_width_m: float | None = None,
    event_within_m: float = EVENT_WITHIN_M,
    kinds: Kinds | None = None,
    threads: int = 1,
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
    threads
        How many work side by side; the result does not depend on it.

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
