"""Strips put together: the runs of all, and what was measured of each patch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.garbage import uncollected
from spatial.change.detector import Detector
from spatial.change.features import features
from spatial.change.fit import fit_detector
from spatial.change.held import held_sample
from spatial.change.roles import is_fine
from spatial.change.runs import chosen, joined, merged
from spatial.change.sample import sample_windows
from spatial.change.scene import Sparse, together
from spatial.change.strips import keys, row_edges, strips
from spatial.change.within import going_on, met, on_pixels, sample_among

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from layers.grid import Grid
    from spatial.change.aligned import AlignedPair
    from spatial.change.runs import Bools, Integers, Runs
    from spatial.change.strips import Job, Judged
    from spatial.change.workers import Workers

    Progress = Callable[[int, int], object]


class Whole:
    """The windows of a pair, and what those that were judged have given.

    Attributes
    ----------
    edges
        Of the windows, along rows and along columns.
    read
        Which were judged, (rows, columns) of windows.
    """

    def __init__(
        self, job: Job, workers: Workers, side: int, progress: Progress | None
    ) -> None:
        rows, columns = job.shape
        self.edges = (
            row_edges(rows, side, job.margin),
            np.unique([*range(0, columns, side), columns]),
        )
        self.read = np.zeros([len(one) - 1 for one in self.edges], dtype=bool)
        self._job, self._workers, self._side = job, workers, side
        self._progress = progress
        self._found: list[Judged] = []

    @property
    def grid(self) -> Grid:
        """The grid of the pair."""
        return self._job.aligned.grid

    def wanted(self, within: gpd.GeoDataFrame | None) -> Bools:
        """Return the windows that meet polygons; all without."""
        if within is None:
            return np.ones_like(self.read)
        return met(on_pixels(within, self._job.aligned.grid), *self.edges)

    def judge(self, windows: Bools) -> None:
        """Judge windows that were not yet."""
        todo = strips(self._job, windows, self._side)
        before = len(self._found)

        def done(count: int) -> None:
            if self._progress is not None:
                self._progress(before + count, before + len(todo))

        for some in self._workers.run(self._job, todo, done):
            self._found += some
        self._found.sort(key=lambda one: one.window)
        self.read |= windows

    def runs(self) -> Runs:
        """Return the patches of all windows that were judged."""
        stretches = merged(one.changed for one in self._found)
        return joined(*stretches, columns=self._job.shape[1])

    def beyond(self, patches: Runs) -> Bools:
        """Return the windows, not yet judged, that patches touch."""
        return going_on(patches, self.read, self.edges, self._job.shape)

    def features(self, runs: Runs) -> pd.DataFrame:
        """Return the measurements of all patches, by number."""
        columns = self._job.shape[1]
        wanted = keys(runs, columns)
        tables = [one.closed for one in self._found if len(one.closed)]
        closed = np.isin(wanted, np.concatenate([_NONE, *(t.index for t in tables)]))
        rest = self._across(chosen(runs, ~closed))
        rest.index = pd.Index(wanted[~closed])
        tables += [rest] if len(rest) else []
        if not tables:
            return rest
        return pd.concat(tables).loc[wanted].reset_index(drop=True)

    def _across(self, runs: Runs) -> pd.DataFrame:
        """Measure the patches that lie across the borders of strips."""
        if not runs.patches:
            return pd.DataFrame()
        job = self._job
        kept = together(
            [one.near for one in self._found], [one.owned for one in self._found]
        )
        scene = Sparse(job.aligned.bands, job.shape, job.shift_px, kept)
        return features(scene, runs)


_NONE: Integers = np.zeros(0, dtype=np.int64)


@uncollected()  # numba is loaded: many objects, and all stay
def fitted(
    aligned: AlignedPair,
    within: gpd.GeoDataFrame | None,
    *,
    method: str,
    target: str,
    threads: int,
) -> Detector:
    """Return the detector of a pair, fitted to the ground around polygons.

    Its notes say where: ``only_within``, ``fitted_within``, and ``nothing_within``
    where no polygon meets the pair, so that nothing was read at all.
    """
    shape, bands = aligned.grid.shape, aligned.bands
    cells, notes = sample_windows(shape), ()
    if within is not None:
        zones = on_pixels(within, aligned.grid)
        if not met(zones, *(np.array([0, side]) for side in shape)).any():
            return Detector(method, (), (), notes=("only_within", "nothing_within"))
        among = sample_among(zones, cells)
        notes = ("only_within", *(("fitted_within",) if among != cells else ()))
        cells = among
    sensor = aligned.before.sensor
    built = target == "built" or (target == "auto" and is_fine(len(bands), sensor))
    found = fit_detector(
        held_sample(aligned, cells, threads=threads),
        shape,
        roles=bands,
        method=method,
        target="built" if built else "all",
        among=cells,
    )
    return replace(found, notes=(*notes, *found.notes))
