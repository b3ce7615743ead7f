"""What the made-up image pair shows, and what is true of it: places on its pixels.

Everything is drawn in pixels of `GRID`, column to the right and row downwards, so that
a place can be found on squared paper. The images are made in `layers.samples.images`.
All of it is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely
from affine import Affine
from shapely import LineString, Point, Polygon, box

from layers.grid import Grid
from layers.layer import FRAME
from layers.samples.shapes import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

PIXEL_M = 10.0
GRID = Grid(
    pyproj.CRS.from_epsg(32648),
    Affine(PIXEL_M, 0.0, 674_400.0, 0.0, -PIXEL_M, 4_368_400.0),
    640,
    1480,
)
"""UTM zone 48 north: the red-line patch in the north, reserve two in the south."""

BANDS = ("blue", "green", "red", "nir", "swir1", "swir2")
DAYS = ("2023-09-12", "2025-09-16")
"""Of the earlier and of the later image."""

SURFACES: dict[str, tuple[float, ...]] = {
    "grass": (0.050, 0.080, 0.072, 0.290, 0.205, 0.125),
    "crop": (0.032, 0.062, 0.040, 0.420, 0.180, 0.090),
    "stubble": (0.085, 0.115, 0.140, 0.235, 0.270, 0.205),
    "bare": (0.140, 0.185, 0.240, 0.300, 0.360, 0.330),
    "pit": (0.150, 0.185, 0.220, 0.260, 0.330, 0.310),
    "road": (0.160, 0.172, 0.182, 0.200, 0.215, 0.200),
    "roof": (0.270, 0.290, 0.305, 0.325, 0.330, 0.300),
    "panels": (0.068, 0.070, 0.076, 0.090, 0.102, 0.098),
    "water": (0.055, 0.060, 0.042, 0.026, 0.016, 0.010),
    "shore": (0.110, 0.140, 0.165, 0.205, 0.250, 0.220),
}
"""Made-up reflectance of each surface in `BANDS`."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A change that is there, and what is true of it.

    Attributes
    ----------
    id
        Of the change. What lies apart has an id of its own.
    surface, kind, trend
        What it looks like now, what it is, and how it moved.
    was
        The surface before it.
    permit
        ``inside`` an approved footprint, ``beyond`` it in part, ``expired``, ``none``.
    outline
        In pixels.
    """

    id: str
    surface: str
    kind: str
    trend: str
    was: str
    permit: str
    outline: BaseGeometry

    @property
    def geometry(self) -> BaseGeometry:
        """The outline in EPSG:4490."""
        return on_earth(self.outline)


@dataclass(frozen=True, slots=True)
class Pseudo:
    """A change of the images that is no change on the ground.

    Attributes
    ----------
    id, reason
        Of the pseudo-change, and why a patch of it is to be set aside.
    outline
        Where it is, in pixels.
    """

    id: str
    reason: str
    outline: BaseGeometry


def rect(column: float, row: float, wide: float, high: float) -> Polygon:
    """Return a rectangle by its first corner and its size, pixels."""
    return box(column, row, column + wide, row + high)


def _road(*places: tuple[float, float], wide: float) -> Polygon:
    return LineString(places).buffer(wide / 2, cap_style="flat", join_style="mitre")


QUARRY = rect(228, 220, 30, 32)  # under `activity quarry` of the county
LODGE = rect(288, 924, 12, 8)  # and under `activity lodge`
LAKE = Point(545, 1330).buffer(42)
SHRUNK = Point(545, 1330).buffer(38.5)
FIELDS = tuple(
    rect(60 + 34 * i, 500 + 22 * j, 30, 18) for j in range(3) for i in range(6)
)
REAPED, SOWN = FIELDS[::3], FIELDS[1::3]
CLOUD, SHADOW = ((520.0, 860.0), 42.0), ((478.0, 905.0), 40.0)

STANDING: tuple[tuple[str, BaseGeometry], ...] = (
    ("road", _road((0, 470), (300, 452), (640, 560), wide=1.5)),
    ("road", _road((60, 0), (75, 700), (40, 1480), wide=1.5)),
    ("water", _road((380, 0), (400, 380), (470, 760), (430, 1480), wide=9)),
    ("pit", QUARRY),
    ("roof", LODGE),
    *(
        ("roof", rect(20 + 9 * i, 660 + 8 * j, 5, 4))
        for i in range(4)
        for j in range(4)
    ),
    ("road", _road((16, 677), (100, 677), wide=1)),
)
"""What is the same on both days."""

_PONDS = tuple(
    (f"ponds-{2 * j + i + 1}", rect(110 + 18 * i, 620 + 13 * j, 13, 8))
    for j in range(2)
    for i in range(2)
)
_HOUSES = tuple(
    (f"house-{i + 1}", rect(286 + 16 * i, 1150 + 5 * (i % 2), 4, 3)) for i in range(3)
)

CHANGES: tuple[Planted, ...] = (
    Planted(
        "quarry-grown", "pit", "mining", "enlarged", "grass", "none",
        rect(258, 222, 26, 24),
    ),
    Planted(
        "quarry-approved", "pit", "mining", "new", "grass", "inside",
        rect(547, 440, 30, 22),
    ),
    Planted(
        "quarry-beyond", "pit", "mining", "new", "grass", "beyond",
        rect(470, 120, 44, 22),
    ),
    Planted(
        "road-in-reserve", "road", "transport", "new", "grass", "none",
        _road((150, 1000), (210, 1090), (360, 1075), wide=2),
    ),
    Planted(
        "panels-expired", "panels", "energy", "new", "grass", "expired",
        rect(520, 690, 40, 30),
    ),
    *(
        Planted(name, "ponds", "farming", "new", "grass", "none", outline)
        for name, outline in _PONDS
    ),
    *(
        Planted(name, "buildings", "settlement", "new", "grass", "none", outline)
        for name, outline in _HOUSES
    ),
    Planted(
        "works-approved", "large_roofs", "industry", "new", "grass", "inside",
        rect(520, 330, 22, 16),
    ),
    Planted(
        "lodge-grown", "buildings", "tourism", "enlarged", "grass", "none",
        rect(300, 924, 10, 8),
    ),
    Planted(
        "ground-laid-bare", "bare_ground", "other", "new", "grass", "none",
        rect(560, 1050, 25, 25),
    ),
    Planted(
        "ground-restored", "regrowth", "other", "reduced", "bare", "none",
        rect(120, 800, 20, 20),
    ),
    Planted(
        "pond-filled", "filled_water", "other", "new", "water", "none",
        rect(560, 600, 12, 10),
    ),
    Planted(
        "hut", "buildings", "settlement", "new", "grass", "none",
        rect(352, 1210, 2, 2),
    ),
)  # fmt: skip
"""What has changed on the ground."""

PSEUDO: tuple[Pseudo, ...] = (
    *(Pseudo(f"reaped-{i}", "seasonal_vegetation", f) for i, f in enumerate(REAPED)),
    *(Pseudo(f"sown-{i}", "seasonal_vegetation", f) for i, f in enumerate(SOWN)),
    Pseudo("cloud", "cloud_edge", Point(CLOUD[0]).buffer(CLOUD[1] * 1.5)),
    Pseudo("shadow", "cloud_edge", Point(SHADOW[0]).buffer(SHADOW[1] * 1.5)),
    Pseudo("lake", "water_level", LAKE.difference(SHRUNK)),
    *(
        Pseudo(f"edge-{i}", "shift", one.boundary)
        for i, (_, one) in enumerate(STANDING)
    ),
)
"""What has changed in the images alone; beside these a haze that grows eastwards."""

LOOKS = {
    "ponds": "water",
    "buildings": "roof",
    "large_roofs": "roof",
    "bare_ground": "bare",
    "regrowth": "grass",
    "filled_water": "bare",
}
"""Of which surface of `SURFACES` a change is drawn, where the names differ."""

PERMITS: tuple[tuple[str, ...], ...] = tuple(
    (number, name, f"{holder}（虚构）", kind, start, end)
    for number, name, holder, kind, start, end in (
        (
            "示采许〔2024〕2号",
            "示范砂石场",
            "示范砂石公司",
            "采石",
            "2024-05-01",
            "2027-04-30",
        ),
        (
            "示能许〔2021〕3号",
            "示范光伏场",
            "示范能源公司",
            "光伏",
            "2021-01-01",
            "2023-12-31",
        ),
        (
            "示建许〔2024〕4号",
            "示范加工厂",
            "示范加工公司",
            "工业",
            "2024-02-01",
            "2029-01-31",
        ),
    )
)
"""Made-up permits beside that of the county's approved quarry: number, name, holder,
class, valid from, valid to."""

_FOOTPRINTS = (
    rect(466, 116, 28, 30),  # 24 of the 44 columns of quarry-beyond
    rect(516, 686, 48, 38),
    rect(516, 326, 30, 24),
)


def permits() -> tuple[tuple[object, ...], ...]:
    """Return the rows of `PERMITS`, each with its footprint in EPSG:4490."""
    both = zip(PERMITS, _FOOTPRINTS, strict=True)
    return tuple((*row, on_earth(outline)) for row, outline in both)


@cache
def _to_degrees() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(GRID.crs, FRAME, always_xy=True)


def on_earth(outline: BaseGeometry) -> BaseGeometry:
    """Return an outline in pixels as one in EPSG:4490.

    Edges get a vertex every 10 pixels, so that they keep their place to 1 mm.
    """
    dense = shapely.segmentize(outline, 10.0)

    def placed(xy: np.ndarray) -> np.ndarray:
        x, y = GRID.xy(xy[:, 0], xy[:, 1])
        return np.round(np.column_stack(_to_degrees().transform(x, y)), DECIMALS)

    return shapely.transform(dense, placed)


def told_from(shapes: Iterable[BaseGeometry]) -> tuple[int, int]:
    """Return how many planted changes are among shapes, and how many shapes are none.

    Parameters
    ----------
    shapes
        In EPSG:4490. One stands for a planted change if they share a third of it.

    Returns
    -------
    found, wrong
        Of `CHANGES`, and of the shapes.
    """
    given = np.array(list(shapes), dtype=object)
    used = np.zeros(len(given), dtype=bool)
    found = 0
    for one in CHANGES:
        truth = one.geometry
        shared = shapely.area(shapely.intersection(given, truth)) > truth.area / 3
        found += bool(shared.any())
        used |= shared
    return found, int((~used).sum())
