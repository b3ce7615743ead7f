"""Fractal outlines that are valid by construction, on a made-up kilometre grid.

Everything is drawn in kilometres east and north of the county's south-west corner,
then bent (`warp`) and turned to degrees. Bending moves zones and sites together and
never folds: what lies inside, outside or touches on the grid does so on the earth.
Each outline keeps a promise that makes the truth
of a site follow from where it was put: a blob lies between two circles, a shared
border strays from its straight line by at most `BORDER_STRAY_KM`, a bank from its
axis by at most what was asked for.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ORIGIN = (106.9, 39.3)
"""Longitude and latitude of the grid's corner, EPSG:4490."""

KM_PER_DEGREE = (86.0, 111.0)
"""Grid kilometres per degree; within 0.4 % of true ones at 39.3 to 39.7 north."""

DECIMALS = 9
"""Coordinates are rounded to 1e-9 degrees (0.1 mm): same bytes on every machine."""

BORDER_STRAY_KM = 0.3
"""How far a border of the mesh strays from its straight line at most."""

SEED = 20251031


@dataclass(frozen=True, slots=True)
class Blob:
    """A star-shaped outline between two circles.

    Attributes
    ----------
    name
        Seeds the outline: the same name gives the same shape.
    center
        Kilometres east and north.
    inner, outer
        Radii in kilometres: all that is nearer than `inner` lies inside, all that
        is farther than `outer` outside (to four parts in 100,000).
    """

    name: str
    center: tuple[float, float]
    inner: float
    outer: float

    def ring(self) -> Floats:
        """Return the closed outline, kilometres, counter-clockwise."""
        noise = _closed_noise(self.name, levels=6)
        # a chord of n points dips below its circle by 1 - cos(pi / n)
        sag = float(np.cos(np.pi / len(noise)))
        radius = (self.inner + (self.outer - self.inner) * noise) / sag
        angle = 2 * np.pi * np.arange(len(noise)) / len(noise)
        x = self.center[0] + radius * np.cos(angle)
        y = self.center[1] + radius * np.sin(angle)
        ring = np.column_stack([x, y])
        closed: Floats = np.vstack([ring, ring[:1]])
        return closed


def warp(points: Floats) -> Floats:
    """Return grid points bent, so that the county does not look like squared paper.

    Nothing is bent from 4 to 8.2 km east, where the trunk river runs: there grid
    kilometres are true ones to 0.4 %.
    """
    x, y = points[:, 0], points[:, 1]
    away = np.clip(np.maximum((4.0 - x) / 9.0, (x - 8.2) / 11.0), 0.0, 1.0)
    ease = away * away * (3.0 - 2.0 * away)
    east = 2.0 * np.sin(y / 6.0 + 1.1) + 0.6 * np.sin(y / 2.1 + x / 9.0)
    north = 1.7 * np.sin(x / 6.4 + 0.4) + 0.5 * np.sin(x / 2.4 + y / 11.0)
    bent: Floats = np.column_stack([x + ease * east, y + ease * north])
    return bent


def degrees(points: Floats | Sequence[tuple[float, float]]) -> Floats:
    """Return kilometres on the grid as longitude and latitude, degrees, rounded."""
    km = warp(np.asarray(points, dtype=float))
    lonlat: Floats = np.asarray(ORIGIN) + km / np.asarray(KM_PER_DEGREE)
    return np.round(lonlat, DECIMALS)


def polygon(shell: Blob, *holes: Blob) -> Polygon:
    """Return a blob with holes as a polygon in EPSG:4490.

    A hole must lie inside the shell's inner circle, holes apart from each other.
    """
    return Polygon(degrees(shell.ring()), [degrees(hole.ring()) for hole in holes])


def multi(*parts: Polygon) -> MultiPolygon:
    """Return polygons that do not touch as one multi-polygon."""
    return MultiPolygon(list(parts))


def path(name: str, ends: tuple[tuple[float, float], tuple[float, float]]) -> Floats:
    """Return a fractal border between two points, kilometres, both ends included.

    It strays by at most `BORDER_STRAY_KM`, always moves forward, and leaves its
    ends within a narrow wedge, so that the borders of a mesh meet in its nodes only.
    """
    start, end = np.asarray(ends[0]), np.asarray(ends[1])
    noise = 2 * _open_noise(name, levels=6) - 1
    t = np.linspace(0.0, 1.0, len(noise))
    stray = BORDER_STRAY_KM * 4 * t * (1 - t) * noise
    along = end - start
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    points: Floats = start + t[:, None] * along + stray[:, None] * across
    return points


def meander(
    name: str,
    span: tuple[float, float],
    *,
    axis: float,
    stray: float,
    straight: tuple[float, float] | None = None,
) -> Floats:
    """Return a river axis as a function graph: (position along, position across).

    Parameters
    ----------
    name
        Seeds the shape.
    span
        From where to where it runs, kilometres.
    axis, stray
        The line it keeps to, and how far it strays from it at most, kilometres.
    straight
        A reach where it does not stray at all.

    Returns
    -------
    ndarray
        Shape (n, 2), ascending in the first column; ends of the straight reach are
        among its rows.
    """
    along = np.linspace(span[0], span[1], 513)
    across = axis + stray * (2 * _open_noise(name, levels=9) - 1)
    if straight is None:
        return np.column_stack([along, across])
    gap = np.maximum(straight[0] - along, along - straight[1])
    keep = gap > 0
    fade = np.clip(gap / 3.0, 0.0, 1.0)  # three kilometres to bend in and out
    across = axis + (across - axis) * fade
    both = np.array([[straight[0], axis], [straight[1], axis]])
    rows = np.vstack([np.column_stack([along, across])[keep], both])
    return rows[np.argsort(rows[:, 0], kind="stable")]


def bank(axis: Floats, *, offset: float, northward: bool) -> LineString:
    """Return the axis moved aside by `offset` kilometres, in EPSG:4490.

    `northward` axes run along y and move in x; the others run along x and move in y.
    """
    return LineString(degrees(_moved(axis, offset=offset, northward=northward)))


def belt(axis: Floats, *, half: float, northward: bool) -> Polygon:
    """Return the belt of `half` kilometres on both sides of an axis, in EPSG:4490."""
    one = _moved(axis, offset=half, northward=northward)
    other = _moved(axis, offset=-half, northward=northward)
    return Polygon(degrees(np.vstack([one, other[::-1]])))


def mesh(
    columns: Sequence[float], rows: Sequence[float]
) -> tuple[dict[tuple[int, int], Polygon], Polygon]:
    """Return the cells of a mesh with shared fractal borders, and its outline.

    Parameters
    ----------
    columns, rows
        Where the straight borders would run, kilometres, ascending.

    Returns
    -------
    cells, outline
        Cells by (column, row) from the south-west; they share every vertex of their
        borders (a valid coverage). The outline is the cells' outer border.
    """
    lying = {
        (i, j): path(f"lying {i} {j}", ((columns[i], y), (columns[i + 1], y)))
        for j, y in enumerate(rows)
        for i in range(len(columns) - 1)
    }
    upright = {
        (i, j): path(f"upright {i} {j}", ((x, rows[j]), (x, rows[j + 1])))
        for i, x in enumerate(columns)
        for j in range(len(rows) - 1)
    }
    last_i, last_j = len(columns) - 1, len(rows) - 1
    cells = {
        (i, j): _loop(
            [lying[i, j], upright[i + 1, j], lying[i, j + 1][::-1], upright[i, j][::-1]]
        )
        for i in range(last_i)
        for j in range(last_j)
    }
    south = [lying[i, 0] for i in range(last_i)]
    east = [upright[last_i, j] for j in range(last_j)]
    north = [lying[i, last_j][::-1] for i in reversed(range(last_i))]
    west = [upright[0, j][::-1] for j in reversed(range(last_j))]
    return cells, _loop([*south, *east, *north, *west])


def plot(name: str, center: tuple[float, float], *, radius: float) -> Polygon:
    """Return a site of nine corners that lies within `radius` kilometres."""
    radii = radius * (0.7 + 0.3 * _generator(name).random(9))
    angle = 2 * np.pi * (np.arange(9) + 0.3) / 9
    ring = np.column_stack([radii * np.cos(angle), radii * np.sin(angle)])
    return Polygon(degrees(ring + np.asarray(center)))


def _loop(edges: list[Floats]) -> Polygon:
    """Join edges head to tail into a polygon."""
    ring = np.vstack([edge[:-1] for edge in edges])
    return shapely.orient_polygons(Polygon(degrees(ring)))


def _moved(axis: Floats, *, offset: float, northward: bool) -> Floats:
    """Return an axis moved aside, as x and y."""
    along, across = axis[:, 0], axis[:, 1] + offset
    return np.column_stack([across, along] if northward else [along, across])


def _generator(name: str) -> np.random.Generator:
    """Return a generator that the name alone decides (no hash seed)."""
    return np.random.Generator(np.random.PCG64([SEED, zlib.crc32(name.encode())]))


def _open_noise(name: str, *, levels: int) -> Floats:
    """Return midpoint-displacement noise in 0..1, 2**levels + 1 values."""
    rng = _generator(name)
    values = rng.random(2)
    for level in range(levels):
        middle = (values[:-1] + values[1:]) / 2
        middle += (rng.random(len(middle)) - 0.5) * 0.7**level
        grown = np.empty(len(values) + len(middle))
        grown[::2], grown[1::2] = values, middle
        values = grown
    return _stretched(values)


def _closed_noise(name: str, *, levels: int) -> Floats:
    """Return midpoint-displacement noise in 0..1 that closes, 6 * 2**levels values."""
    rng = _generator(name)
    values = rng.random(6)
    for level in range(levels):
        middle = (values + np.roll(values, -1)) / 2
        middle += (rng.random(len(middle)) - 0.5) * 0.7**level
        values = np.column_stack([values, middle]).ravel()
    return _stretched(values)


def _stretched(values: Floats) -> Floats:
    """Return values moved and scaled to reach from 0 to 1."""
    low, high = values.min(), values.max()
    stretched: Floats = (values - low) / (high - low)
    return stretched
