"""Sites in chunks, against zones that are made ready once.

::

    sites --> chunk --> sorted in space --> piece, piece, piece --> workers
                                                                      |
    table of the chunk, in the order of the sites  <--  as they were cut

Neighbours share zones, tiles and cells, so a piece holds neighbours: the sites of a
chunk are sorted along a Hilbert curve. A site's rows depend on the site and the zones
alone; hence neither the cut nor who did the work changes a bit of them.

At a time there are the index, the chunks whose pieces are in hand, and their tables.
"""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.errors import GeometryError
from spatial.engine.sources import source_of
from spatial.engine.threads import Threads
from spatial.engine.zones import ReadyZones
from spatial.overlap import overlap_table
from spatial.overlap.areas import chosen
from spatial.overlap.pairs import shapes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import geopandas as gpd

    from spatial.engine.sources import Source
    from spatial.engine.threads import Workers
    from spatial.measure.ellipsoid import Integers
    from spatial.overlap.areas import Engine

ROWS = 100_000
"""Sites in a chunk."""

_MANY, _FEW = 5_000, 400
"""Sites in a piece: of areas by the kernel; of anything that GEOS has a part in.

Ctrl-C waits for the pieces in hand, so a piece is a fraction of a second.
"""


@dataclass(frozen=True, slots=True)
class Overlaps:
    """`overlap_table` of a piece, as a value that can be sent to a worker."""

    within_m: float
    margins: bool
    engine: Engine

    @property
    def piece(self) -> int:
        """How many sites are worked on at once."""
        quick = self.engine == "kernel" and not self.margins and not self.within_m
        return _MANY if quick else _FEW

    def __call__(
        self, sites: gpd.GeoDataFrame, zones: ReadyZones
    ) -> tuple[pd.Index, pd.DataFrame]:
        """Return the labels of the sites and their table."""
        mine = zones.for_thread(kernel=self.engine == "kernel")
        table = overlap_table(
            sites, mine.frame, within_m=self.within_m, margins=self.margins,
            engine=self.engine, index=mine.index,
        )  # fmt: skip
        return sites.index, table


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A chunk whose pieces are being worked on; `labels` None: a partition."""

    labels: pd.Index | None
    pieces: int


@dataclass(slots=True)
class _Labels:
    """The labels that have come so far; numbers that go on cost nothing."""

    runs: list[range] = field(default_factory=list)
    others: set[object] = field(default_factory=set)

    def take(self, labels: pd.Index) -> None:
        """Note the labels of a chunk.

        Raises
        ------
        GeometryError
            One has been there before.
        """
        if self._goes_on(labels):
            return
        for label in labels:
            if label in self.others or self._in_a_run(label):
                msg = (
                    f"site: expected labels without repeats in all chunks, got "
                    f"{label!r} again; number the sites through, or set an index"
                )
                raise GeometryError(msg)
            self.others.add(label)

    def _goes_on(self, labels: pd.Index) -> bool:
        """Note labels that are numbers beyond all that came; False for others."""
        if self.others or not isinstance(labels, pd.RangeIndex) or labels.step != 1:
            return False
        run = range(labels.start, labels.stop)
        if self.runs and run.start < self.runs[-1].stop:
            return False
        if self.runs and run.start == self.runs[-1].stop:
            run = range(self.runs.pop().start, run.stop)
        self.runs.append(run)
        return True

    def _in_a_run(self, label: object) -> bool:
        """Whether a label is one of the numbers that have come in runs."""
        return isinstance(label, int) and any(label in run for run in self.runs)


def overlap_stream(
    sites: gpd.GeoDataFrame | Path | str | Iterable[gpd.GeoDataFrame],
    zones: gpd.GeoDataFrame | ReadyZones,
    *,
    within_m: float = 0.0,
    margins: bool = False,
    engine: Engine = "auto",
    workers: Workers | None = None,
    rows: int = ROWS,
    progress: Callable[[int, int | None], object] | None = None,
) -> Iterator[pd.DataFrame]:
    """Yield what `overlap_table` would return, a chunk of sites at a time.

    Parameters
    ----------
    sites
        A frame; the path of a GeoParquet file in EPSG:4490 (label: number of the row
        from 0; its geometry alone is read, so it can say what was found and never
        that a layer is silent); frames one by one, with labels that do not repeat;
        or a ``dask_geopandas`` frame, whose partitions `Dask` works on where they
        lie (what Dask makes of the labels, such as its own type of text, they keep).
    zones
        A frame, or `ReadyZones` of it.
    within_m, margins
        As for `overlap_table`.
    engine
        ``kernel`` or ``geometry``; ``auto`` is the kernel wherever numba is
        installed, also for few sites.
    workers
        `Threads()` unless given, or `Dask`.
    rows
        Sites in a chunk, which bounds the memory.
    progress
        Called with the number of sites done, and of all (None if not known), in the
        caller's thread, after every piece.

    Yields
    ------
    DataFrame
        Rows of the chunk's sites, as `overlap_table` returns them. Whole chunks, in
        the order of `sites`; one after another they are the table of all. Values do
        not depend on `workers` or `rows`, to the bit.

    Raises
    ------
    CrsMismatchError, GeometryError
        As `overlap_table`; also if a label comes twice, or a row of a file is no
        geometry in degrees. What was yielded before stands.
    InputRefusedError
        `engine`, `rows` or `sites` make no sense; a file is refused.
    SourceNotFoundError
        There is no such file.

    Notes
    -----
    Ctrl-C ends it when the pieces in hand are done; nothing works on behind.
    """
    work = Overlaps(within_m, margins, chosen(engine, sys.maxsize))
    ready = zones if isinstance(zones, ReadyZones) else ReadyZones.of(zones)
    source = source_of(sites, rows)
    return _streamed(work, ready, source, (workers or Threads(), progress))


def _streamed(
    work: Overlaps,
    zones: ReadyZones,
    source: Source,
    how: tuple[Workers, Callable[[int, int | None], object] | None],
) -> Iterator[pd.DataFrame]:
    """Yield the tables; the work begins with the first one that is asked for."""
    workers, progress = how
    planned: deque[_Chunk] = deque()
    found: list[tuple[pd.Index, pd.DataFrame]] = []
    seen, done = _Labels(), 0
    results = workers.run(work, zones, _pieces(source, planned, work.piece))
    try:
        for labels, table in results:
            found.append((labels, table))
            done += len(labels)
            if progress is not None:
                progress(done, source.total)
            if len(found) == planned[0].pieces:
                chunk = planned.popleft()
                order = labels if chunk.labels is None else chunk.labels
                seen.take(order)
                yield _in_order([one for _, one in found], order)
                found.clear()
    finally:
        results.close()


def _pieces(
    source: Source, planned: deque[_Chunk], size: int
) -> Iterator[gpd.GeoDataFrame]:
    """Yield the pieces of all chunks, and note what they are pieces of."""
    for chunk in source.chunks:
        if hasattr(chunk, "__dask_graph__"):
            planned.append(_Chunk(None, 1))
            yield chunk
            continue
        bare = chunk[[chunk.geometry.name]]
        order = _along_curve(bare)
        cuts = range(0, max(len(order), 1), size)
        planned.append(_Chunk(bare.index, len(cuts)))
        for first in cuts:
            yield bare.iloc[order[first : first + size]]


def _along_curve(sites: gpd.GeoDataFrame) -> Integers:
    """Return the order of the sites along a Hilbert curve."""
    shapes_of(sites, "site")  # a null or empty shape is nowhere
    if not len(sites):
        return np.zeros(0, dtype=np.int64)
    place = sites.geometry.hilbert_distance().to_numpy()
    return np.argsort(place, kind="stable").astype(np.int64)


def _in_order(tables: list[pd.DataFrame], labels: pd.Index) -> pd.DataFrame:
    """Return the tables of the pieces as one, in the order of the sites."""
    table = pd.concat(tables, ignore_index=True)
    site = labels.get_indexer(pd.Index(table["site"]))
    return table.iloc[np.argsort(site, kind="stable")].reset_index(drop=True)
