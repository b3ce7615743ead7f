"""From an aligned pair to its patches: detection and outlines in one go.

report = pair(read_raster(before), read_raster(after))
found = scan(report.aligned, residual_px=report.residual_px)
found.patches

Images are read by windows, each once for the fit of the detector, if it is of the
sample, and once to be judged. What stays in memory is one strip of each image for every
thread, the patches, and the pixels around those that lie across the border of strips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spatial.change.classify import load_kinds
from spatial.change.detect import Method, Target, refuse_unknown
from spatial.change.outline import outlines
from spatial.change.patches import EVENT_WITHIN_M, doubtful_px, finished
from spatial.change.reasons import Limits
from spatial.change.runs import chosen
from spatial.change.signature import without_indices
from spatial.change.strips import Job
from spatial.change.whole import Whole, fitted
from spatial.change.within import meeting
from spatial.change.workers import Engine, workers_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

    from layers.grid import Grid
    from spatial.change.aligned import AlignedPair
    from spatial.change.classify import Kinds
    from spatial.change.runs import Bools, Runs

TILE = 512


@dataclass(frozen=True, slots=True)
class Scan:
    """What a pair of images shows to have changed.

    Attributes
    ----------
    patches
        As of `spatial.change.patches.patches`, kept ones and others; with `within`
        those that meet one of the polygons.
    grid
        The grid of the pixels.
    threshold, method, notes
        As of `spatial.change.detect.Change`. Also ``only_within``: windows that meet
        none of the polygons were not read; ``fitted_within``: the detector, too, was
        fitted to the ground around the polygons alone.
    windows_read, windows
        How many windows of `tile_px` were judged, of how many there are.
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
    within
        Polygons in EPSG:4490. Windows that meet none of them are not read; patches
        that meet one, be it in a point, are told whole, wherever they go on, and
        others are not told. The detector is fitted to the part of its sample that
        meets them, or to all of it where that is less than 250,000 pixels. None is
        the whole pair.
    method, target
        See `spatial.change.detect.detect`.
    residual_px
        The shift that is left in the pair, (columns, rows), which explains thin
        patches along borders: `PairReport.residual_px`.
    min_area_m2, min_width_m, event_within_m, kinds
        See `spatial.change.patches.patches`.
    tile_px
        Side of a window. 512 suits files of blocks of 256 or 512; the result does not
        depend on it.
    threads
        How many judge side by side; the result does not depend on it. Each holds a
        strip of both images, at most 256 MiB.
    engine, scheduler
        ``threads`` of this process, or ``dask`` with the address of a scheduler, whose
        workers read the images under the same paths. The result does not depend on
        it.
    progress
        Called in this thread with the number of strips done, and of all so far.

    Returns
    -------
    Scan
        The same bytes for the same images. Of images whose numbers are no reflectance
        no index is known: kinds that rest on one are unknown, and no patch is set
        aside because of one.

    Raises
    ------
    InputRefusedError
        The method or engine is unknown, a number makes no sense, or a file cannot be
        read.
    CrsMismatchError
        `within` is not in EPSG:4490.
    ExtraMissingError
        Dask is asked for and not installed.

    Notes
    -----
    Memory grows with what changed: about 100 bytes for each pixel of change, and 60
    for each pixel near to a patch that lies across the border of strips. A patch that
    covers most of a large image would have to be held whole.
    """
    refuse_unknown(method, tile_px)
    workers = workers_of(engine, threads, scheduler)
    rules = kinds or load_kinds()
    detector = fitted(aligned, within, method=method, target=target, threads=threads)
    reach = doubtful_px(aligned.grid, rules)
    job = Job(aligned, detector, residual_px, reach, aligned.storages())
    runs, table, read = _measured(Whole(job, workers, tile_px, progress), within)
    pair = aligned.before, aligned.after
    if any(image.quantity != "reflectance" for image in pair):
        table = without_indices(table)
    patches = finished(
        table,
        runs,
        aligned.grid,
        rules=rules,
        limits=Limits.of(min_area_m2, min_width_m),
        event_within_m=event_within_m,
    )
    return Scan(
        patches,
        aligned.grid,
        detector.threshold,
        detector.method,
        detector.notes,
        windows_read=int(read.sum()),
        windows=read.size,
    )


def _measured(
    whole: Whole, within: gpd.GeoDataFrame | None
) -> tuple[Runs, pd.DataFrame, Bools]:
    """Return the patches that are told, their measurements, and what was read.

    The pixels around patches are let go with `whole`, before outlines take their room.
    """
    todo = whole.wanted(within)
    if within is None:
        whole.judge(todo)
        runs = whole.runs()
        return runs, whole.features(runs), whole.read
    while True:
        whole.judge(todo)
        runs = whole.runs()
        meets = meeting(outlines(runs, whole.grid), within)
        todo = whole.beyond(chosen(runs, meets))
        if not todo.any():
            table = whole.features(runs)[meets].reset_index(drop=True)
            return chosen(runs, meets), table, whole.read
