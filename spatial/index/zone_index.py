"""ZoneIndex: which zones can matter to which sites. Built once, searched many times."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

from spatial.index.outlines import Outlines
from spatial.index.rings import rings_of
from spatial.index.tiles import Tiles
from spatial.measure import grown_bounds

_POLYGON = 2
_NOT_ASKED = -1
_OF_ONE_THREAD = ("zones", "tiles")  # GEOS writes to what is prepared; tiles are made

if TYPE_CHECKING:
    import numpy.typing as npt

    from spatial.index.grid import Grid
    from spatial.index.rings import Rings
    from spatial.measure.ellipsoid import Floats, Integers, Shapes


@dataclass(frozen=True, eq=False)
class ZoneIndex:
    """Zones that are ready to be searched and asked.

    Parameters
    ----------
    zones
        Geometries in EPSG:4490, any type; empty ones are never found.

    Attributes
    ----------
    zones
        The index's own 2D copies, in the order given, prepared for predicates when
        they are first asked for: put them first, as in
        ``shapely.intersects(index.zones[z], sites[s])``. Prepared geometries are not
        safe to ask from two threads at once: each thread takes a `twin`.
    """

    shapes: Shapes = field(repr=False)
    _given: Shapes = field(init=False, repr=False)
    _tree: shapely.STRtree = field(init=False, repr=False)
    _sound: npt.NDArray[np.int8] = field(init=False, repr=False)
    _lent: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        """Take private copies: preparing the caller's geometries would change them."""
        given = np.atleast_1d(np.array(self.shapes, dtype=object))
        object.__setattr__(self, "_given", given)
        object.__setattr__(self, "shapes", np.asarray(shapely.force_2d(given)))
        object.__setattr__(self, "_tree", shapely.STRtree(self.shapes))
        object.__setattr__(self, "_sound", np.full(len(given), _NOT_ASKED, np.int8))

    def is_of(self, shapes: Shapes) -> bool:
        """Whether this is the index of these shapes: the same ones, in this order.

        z does not count. An index of others would answer without complaint, and
        wrongly; so whoever is handed one asks first.
        """
        if len(shapes) != len(self._given):
            return False
        if all(map(operator.is_, shapes, self._given)):
            return True
        return bool(
            shapely.equals_identical(shapely.force_2d(shapes), self.shapes).all()
        )

    def is_valid(self, rows: Integers) -> npt.NDArray[np.bool_]:
        """Return whether zones are valid; each is looked at once and remembered."""
        fresh = np.unique(rows[self._sound[rows] == _NOT_ASKED])
        self._sound[fresh] = shapely.is_valid(self.shapes[fresh])
        return np.asarray(self._sound[rows] == 1)

    def twin(self) -> ZoneIndex:
        """Return an index of the same zones that another thread may ask meanwhile.

        What is only read is shared: the shapes, their outlines, the trees, the grid
        (if it is there) and the verdicts on validity. What GEOS writes to while it is
        asked is the twin's own: prepared zones, and tiles. From then on the twins
        alone may be asked. Not to be called from two threads at once.
        """
        # A tree and a collection settle inner boxes when first asked: now.
        self._tree.query(shapely.Point(0.0, 0.0))
        self.outlines.ready()
        made = object.__new__(type(self))
        made.__dict__.update(self._without(_OF_ONE_THREAD))
        made.__dict__["_lent"] = True
        return made

    def __getstate__(self) -> dict[str, object]:
        """Return what is pickled: shapes and grid; never anything prepared."""
        return self._without((*_OF_ONE_THREAD, "outlines", "_lent"))

    def _without(self, names: tuple[str, ...]) -> dict[str, object]:
        """Return the attributes but some."""
        return {k: one for k, one in self.__dict__.items() if k not in names}

    @cached_property
    def zones(self) -> Shapes:
        """The zones, prepared."""
        own = self.shapes
        if self._lent:  # other threads read the shapes that are shared
            own = np.asarray(shapely.force_2d(own))
        shapely.prepare(own)
        return own

    @cached_property
    def outlines(self) -> Outlines:
        """The original edges of the zones, found by place."""
        return Outlines(self.shapes)

    @cached_property
    def tiles(self) -> Tiles:
        """The parts of large polygons about a place."""
        if not self.has_grid:
            return Tiles(self.shapes)
        from spatial.index.box_sums import summed  # noqa: PLC0415

        return Tiles(self.shapes, summed)

    @cached_property
    def grid(self) -> Grid:
        """What the area kernel asks: the polygons among the zones on a grid.

        Raises
        ------
        ImportError
            numba is not installed.
        """
        from spatial.index.grid import Grid  # noqa: PLC0415  numba is an extra

        return Grid.over(self.rings())

    @property
    def has_grid(self) -> bool:
        """Whether there is a grid: then numba is there, and sites enough to use it."""
        return "grid" in self.__dict__

    def rings(self) -> Rings:
        """Return the rings of the polygons among the zones; others have none."""
        polygons = self.shapes.copy()
        polygons[shapely.get_dimensions(polygons) < _POLYGON] = shapely.Polygon()
        return rings_of(polygons)

    def hold(self, grid: Grid) -> None:
        """Take a grid that was made, or kept, of these very zones."""
        self.__dict__["grid"] = grid

    def holds(self, zone: Integers, points: Shapes) -> np.ndarray:
        """Return whether points lie in zones, their border included, pair by pair."""
        return np.asarray(shapely.intersects(self.zones[zone], points), dtype=bool)

    def candidates(
        self, sites: Shapes, *, within_m: float | Floats = 0.0
    ) -> tuple[Integers, Integers]:
        """Return the pairs of site and zone that may touch or lie within a distance.

        Parameters
        ----------
        sites
            Geometries in EPSG:4490.
        within_m
            Metres, one for all sites or one for each.

        Returns
        -------
        site_pos, zone_pos
            Positions, ordered by site, then zone. Every pair whose geodesic distance
            is at most `within_m` is among them; pairs whose boxes alone are near are
            too.
        """
        filled = np.flatnonzero(~shapely.is_empty(sites))
        reach_m = np.broadcast_to(np.asarray(within_m, dtype=float), len(sites))
        grown = grown_bounds(shapely.bounds(sites[filled]), reach_m[filled])
        row, zone = self._tree.query(shapely.box(*grown.T))
        site = filled[row]
        order = np.lexsort((zone, site))
        return site[order], zone[order].astype(np.int64)

    def nearest(self, sites: Shapes) -> Integers:
        """Return for each site the zone that is nearest in degrees: a first guess.

        Neither the sites nor all of the zones may be empty.
        """
        return np.asarray(self._tree.nearest(sites), dtype=np.int64)
