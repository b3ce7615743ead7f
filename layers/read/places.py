"""Near which town something lies: to recognise a place, never to decide a border.

The table comes from GeoNames (CC BY 4.0); see the head of ``places.csv`` and
``scripts/make_places.py``. It is loaded when it is first asked.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from layers.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from layers.text import Fact

    Points = NDArray[np.float64]

TABLE = Path(__file__).with_name("places.csv")
EARTH_KM = 6371.0
REMOTE_KM = 300.0
"""No town of the table within this: nothing is said about province or country."""
NULL_ISLAND_KM = 200.0
SEA_KM = 500.0
SEAS: tuple[tuple[str, tuple[float, float, float, float]], ...] = (
    ("arctic", (-180.0, 75.0, 180.0, 90.0)),
    ("antarctic", (-180.0, -90.0, 180.0, -60.0)),
    ("pacific", (145.0, -60.0, 180.0, 55.0)),
    ("pacific", (122.0, 5.0, 145.0, 35.0)),
    ("pacific", (-180.0, 15.0, -125.0, 55.0)),
    ("pacific", (-180.0, -60.0, -85.0, 15.0)),
    ("atlantic", (-75.0, 15.0, -20.0, 60.0)),
    ("atlantic", (-35.0, -60.0, 9.0, 4.0)),
    ("indian", (50.0, -60.0, 95.0, 20.0)),
    ("indian", (30.0, -60.0, 112.0, -28.0)),
)
"""Boxes of mostly open water (min_lon, min_lat, max_lon, max_lat); the first counts."""
SHOWN = 6
BLOCK = 256


@dataclass(frozen=True, slots=True)
class _Table:
    """Towns: unit vectors (n, 3), names, and the region of each."""

    vectors: Points
    titles: tuple[Mapping[str, str], ...]
    region_of: NDArray[np.int64]
    regions: tuple[Mapping[str, str], ...]


def whereabouts(lonlat: Points) -> tuple[Message, ...]:
    """Say in words where points lie.

    Parameters
    ----------
    lonlat
        (n, 2) degrees, one point a feature; those that are not finite are left out.

    Returns
    -------
    tuple of Message
        The town nearest to the middle of them, with its distance; then, where towns
        of several regions are near, how many points are nearest to each. A region is
        a province of China or another country. Points with no town within 300 km are
        said to be remote, with the ocean where it can only be that. Empty for no
        points. Distances are on a sphere, good to 1 %, towns to about 1 km.
    """
    points = lonlat[np.isfinite(lonlat).all(axis=1)]
    if not len(points):
        return ()
    table = _table()
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    town, distance = nearest(middle[None, :])
    said = [_town(int(town[0]), float(distance[0]), middle)]
    towns, away = nearest(points)
    near = away <= REMOTE_KM
    regions = Counter(table.region_of[towns[near]].tolist())
    if len(regions) > 1 or (regions and not near.all()):
        said.append(Message("place.regions", {"regions": _counted(regions)}))
    if not near.all() and len(points) > 1:
        facts: dict[str, Fact] = {"count": int((~near).sum()), "km": REMOTE_KM}
        said.append(Message("place.remote", facts))
    return tuple(said)


def nearest(lonlat: Points) -> tuple[NDArray[np.int64], Points]:
    """Return the position of the nearest town of each point, and kilometres to it."""
    table = _table()
    at = np.zeros(len(lonlat), dtype=np.int64)
    cosine = np.zeros(len(lonlat))
    for start in range(0, len(lonlat), BLOCK):
        block = slice(start, start + BLOCK)
        dots = _vectors(lonlat[block]) @ table.vectors.T
        at[block] = dots.argmax(axis=1)
        cosine[block] = dots.max(axis=1)
    return at, EARTH_KM * np.arccos(np.clip(cosine, -1.0, 1.0))


def _town(at: int, distance_km: float, middle: Points) -> Message:
    """Say which town is nearest to the middle, or that none is near."""
    town, region = _table().titles[at], _table().regions[_table().region_of[at]]
    zh = town["zh"] if town["zh"] == region["zh"] else region["zh"] + town["zh"]
    en = town["en"] if town["en"] == region["en"] else f"{town['en']}, {region['en']}"
    place = {"zh": zh, "en": en}
    facts: dict[str, Fact] = {"town": place, "km": f"{distance_km:,.0f}"}
    if np.hypot(*middle) * 111.0 <= NULL_ISLAND_KM:
        return Message("place.null_island", facts)
    if distance_km <= REMOTE_KM:
        return Message("place.near", facts)
    sea = next(_seas(middle), None) if distance_km > SEA_KM else None
    if sea is None:
        return Message("place.far", facts)
    return Message("place.at_sea", {**facts, "sea": Message(f"place.sea.{sea}")})


def _seas(point: Points) -> Iterator[str]:
    """Yield the oceans whose boxes hold a point."""
    lon, lat = point.tolist()
    for name, (west, south, east, north) in SEAS:
        if west <= lon <= east and south <= lat <= north:
            yield name


def _counted(regions: Counter[int]) -> Mapping[str, str]:
    """Return ``内蒙古自治区 290、宁夏回族自治区 6``, the most frequent first."""
    order = sorted(regions.items(), key=lambda one: (-one[1], one[0]))
    names = [(_table().regions[at], count) for at, count in order[:SHOWN]]
    more = len(order) - SHOWN
    zh = "、".join(f"{title['zh']} {count}" for title, count in names)
    en = ", ".join(f"{title['en']} {count}" for title, count in names)
    if more > 0:
        rest = sum(count for _, count in order[SHOWN:])
        zh, en = f"{zh}，另 {more} 处 {rest}", f"{en}, {more} more {rest}"
    return {"zh": zh, "en": en}


@cache
def _table() -> _Table:
    """Load the table."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(line for line in stream if not line.startswith("#")))
    named = [row for row in rows if len(row) == 3]  # noqa: PLR2004 - id, zh, en
    towns = rows[len(named) :]
    position = {row[0]: at for at, row in enumerate(named)}
    lonlat = np.array([row[3:] for row in towns], dtype=float)
    return _Table(
        vectors=_vectors(lonlat),
        titles=tuple({"zh": row[0], "en": row[1]} for row in towns),
        region_of=np.array([position[row[2]] for row in towns], dtype=np.int64),
        regions=tuple({"zh": row[1], "en": row[2]} for row in named),
    )


def _vectors(lonlat: Points) -> Points:
    """Return unit vectors of degrees."""
    lon, lat = np.radians(lonlat).T
    across = np.cos(lat)
    return np.column_stack([across * np.cos(lon), across * np.sin(lon), np.sin(lat)])
