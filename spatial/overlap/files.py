"""From two files to the areas that they share, without an object for each shape.

::

    zones file --> rings --> grid ----+
                                      v
    sites file --> a batch --> rings, own areas, kernel --> pairs, doubtful ones ...
               --> a batch --> ...                                     |
                                                                       v
                             ... decided by GEOS on the original edges, as ever

Only the grid, and a batch of sites a thread, are held at a time. Batches are cut by
number of rows and put back in order, so that threads change nothing in the result.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from layers.errors import InputRefusedError
from layers.geoparquet import AREAL, WKB, geometry_column
from spatial.index.arrow_rows import ArrowRows
from spatial.index.rows import refuse_invalid
from spatial.index.wkb_rows import WkbRows, rings_of_rows
from spatial.measure import ring_area_m2
from spatial.overlap.loading import load_kernels
from spatial.overlap.settled import Areas, settled
from spatial.overlap.states import DOUBTFUL, INSIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from layers.geoparquet import GeometryColumn
    from spatial.index.grid import Grid
    from spatial.index.rings import Rings
    from spatial.measure.ellipsoid import Floats, Integers

_Rows: TypeAlias = WkbRows | ArrowRows
Validity: TypeAlias = Literal["check", "known"]

BATCH = 25_000
"""Sites in a batch."""

_ZONES_IN_BATCH = 1_000
_ZONE_BYTES = 1 << 22
_AHEAD = 16  # batches of sites that are read and made ready before they are asked for


@dataclass(frozen=True, slots=True, eq=False)
class SharedAreas:
    """Pairs of polygons that meet, ordered by site, then zone.

    Attributes
    ----------
    site, zone
        (n,) rows of the two files, counted from 0.
    area_m2
        (n,) ellipsoidal area that they share; 0.0 where they only touch.
    share_of_site
        (n,) in [0, 1]; exactly 1.0 where no part of the site is outside.
    sites, zones
        Rows of the two files.
    """

    site: Integers
    zone: Integers
    area_m2: Floats
    share_of_site: Floats
    sites: int
    zones: int

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.site)


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Sites made ready, and their own areas."""

    rows: _Rows
    rings: Rings
    own_m2: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """The pairs of a batch: site, zone, area, share."""

    first: int
    columns: tuple[Integers, Integers, Floats, Floats]


@dataclass(slots=True, eq=False)
class _Queue:
    """Batches of sites, handed out to threads one by one."""

    rows: Iterator[_Rows]
    check: bool
    lock: threading.Lock = field(default_factory=threading.Lock)
    asked: bool = False
    stopped: bool = False
    read: list[_Rows] = field(default_factory=list)
    ready: list[_Batch] = field(default_factory=list)

    def read_ahead(self) -> None:
        """Read some batches before anybody can make anything of them."""
        while len(self.read) < _AHEAD:
            with self.lock:
                rows = None if self.stopped else next(self.rows, None)
                if rows is None:
                    return
                self.read.append(rows)

    def ahead(self) -> None:
        """Make some batches ready before anybody asks."""
        while len(self.ready) < _AHEAD and not self.asked:
            batch = self._made()
            if batch is None:
                return
            self.ready.append(batch)

    def next(self) -> _Batch | None:
        """Return a batch, or None when there is no other."""
        with self.lock:
            self.asked = True
            if self.ready:
                return self.ready.pop()
        return self._made()

    def _made(self) -> _Batch | None:
        """Read the next batch: the file one thread at a time, the rest side by side."""
        with self.lock:
            if self.stopped:
                return None
            rows = self.read.pop() if self.read else next(self.rows, None)
        if rows is None:
            return None
        if self.check:
            refuse_invalid(rows)
        rings = rings_of_rows([rows])
        return _Batch(rows, rings, _own_m2(rings))


def shared_areas(
    sites: Path | str,
    zones: Path | str,
    *,
    validity: Validity = "check",
    threads: int = 2,
) -> SharedAreas:
    """Return the areas that the polygons of two files share, straight from the files.

    The numbers are those of `overlap_table`, to the bit, for files that `layers.read`
    would not change. It reads geometry alone: no field, no domain, no coverage, so it
    can say what was found and not that nothing is there; a review goes through
    `layers.read`.

    Parameters
    ----------
    sites, zones
        GeoParquet files in EPSG:4490 (their metadata carry that id), polygons in every
        row; WKB, or GeoArrow (encoding ``polygon`` or ``multipolygon``).
    validity
        ``check``: every shape is checked by GEOS, which takes longer than all the
        rest. ``known``: for files that this toolkit has written from a layer, or that
        were checked before; of a shape that crosses itself the area is then a guess.
        Types, counts, closed rings and coordinates are checked in any case.
    threads
        How many work side by side; the result does not depend on it.

    Returns
    -------
    SharedAreas
        One row a pair that meets; a touch is enough.

    Raises
    ------
    SourceNotFoundError
        A file is not there.
    InputRefusedError
        A file is damaged, no GeoParquet or not in EPSG:4490; `validity` or `threads`
        make no sense.
    GeometryError
        A row is null, empty, no polygon, outside the range of degrees or (with
        ``check``) invalid; the row is named.
    ExtraMissingError
        numba is not installed.
    """
    _refuse_settings(validity, threads)
    site_column, zone_column = (
        geometry_column(Path(one), encodings=AREAL) for one in (sites, zones)
    )
    queue = _Queue(_rows(site_column, BATCH), check=validity == "check")
    with ThreadPoolExecutor(threads) as pool, ThreadPoolExecutor(1) as reader:
        try:
            # Reading goes on while numba is loaded, which takes as long.
            zone_rows = reader.submit(_cut, _rows(zone_column, _ZONES_IN_BATCH))
            read = reader.submit(queue.read_ahead)
            load_kernels("areas straight from files")
            grid = _grid(pool, zone_rows.result(), queue, threads)
            read.result()
            tasks = [pool.submit(_measured, queue, grid) for _ in range(threads)]
            found = [one for task in tasks for one in task.result()]
        finally:
            queue.stopped = True  # Ctrl-C: the other threads end with their batch
    return _joined(found, site_column.rows, zone_column.rows)


def _own_m2(rings: Rings) -> Floats:
    """Return the area of each polygon: shells without their holes."""
    signed = ring_area_m2(rings.xy, rings.ring) * rings.side
    return np.bincount(rings.owner, signed, rings.count).astype(float)


def _refuse_settings(validity: str, threads: int) -> None:
    """Raise if a setting makes no sense."""
    if validity not in get_args(Validity):
        raise InputRefusedError(
            source="validity",
            expected=" or ".join(get_args(Validity)),
            got=repr(validity),
            todo="correct it",
        )
    if threads < 1:
        raise InputRefusedError(
            source="threads", expected="1 or more", got=str(threads), todo="correct it"
        )


def _rows(column: GeometryColumn, size: int) -> Iterator[_Rows]:
    """Yield the rows of a file, batch by batch."""
    first = 0
    read = WkbRows if column.encoding == WKB else ArrowRows.of
    for values in column.batches(size):
        yield read(first, values, str(column.path))
        first += len(values)


def _cut(batches: Iterable[_Rows]) -> list[_Rows]:
    """Return batches of about one size in memory: zones differ by a thousand times."""
    return [part for one in batches for part in one.parts(_ZONE_BYTES)]


def _grid(
    pool: ThreadPoolExecutor, rows: list[_Rows], queue: _Queue, threads: int
) -> Grid:
    """Return the zones on a grid; sites are made ready at the same time."""
    from spatial.index.grid import Grid  # noqa: PLC0415  numba is an extra

    checks = [pool.submit(refuse_invalid, one) for one in rows if queue.check]
    rings = rings_of_rows(rows, pool)
    for one in checks:
        one.result()
    rows.clear()
    ahead = pool.submit(queue.ahead)
    grid = Grid.over(rings, threads=threads)
    queue.asked = True
    ahead.result()
    return grid


def _measured(queue: _Queue, grid: Grid) -> list[_Found]:
    """Work on batches until there is none left."""
    done = []
    while (batch := queue.next()) is not None:
        done.append(_found(batch, grid))
    return done


def _found(batch: _Batch, grid: Grid) -> _Found:
    """Return what a batch shares with the zones, the doubtful pairs decided."""
    from spatial.index.near import GridEdges  # noqa: PLC0415  numba is an extra
    from spatial.overlap.kernel import overlap_areas  # noqa: PLC0415

    pairs = Areas(*overlap_areas(grid, batch.rings, batch.own_m2))
    rows = np.unique(pairs.site[pairs.state == DOUBTFUL])
    shapes = np.full(len(batch.rows), None, dtype=object)
    shapes[rows] = batch.rows.shapes(rows)
    pairs = settled(pairs, GridEdges(grid), shapes, batch.own_m2)
    share = np.minimum(pairs.area_m2 / batch.own_m2[pairs.site], 1.0)
    share[pairs.state == INSIDE] = 1.0
    first = batch.rows.first
    return _Found(first, (pairs.site + first, pairs.zone, pairs.area_m2, share))


def _joined(found: list[_Found], sites: int, zones: int) -> SharedAreas:
    """Return the pairs of all batches in the order of the sites."""
    found.sort(key=lambda one: one.first)
    none = np.zeros(0, dtype=np.int64)
    empty = none, none, none.astype(float), none.astype(float)
    columns = zip(empty, *(one.columns for one in found), strict=True)
    site, zone, area_m2, share = (np.concatenate(one) for one in columns)
    return SharedAreas(site, zone, area_m2, share, sites, zones)
