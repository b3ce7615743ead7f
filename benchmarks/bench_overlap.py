"""How fast are the ellipsoidal area and the overlap table? See README.md here."""

from __future__ import annotations

import platform
import statistics
import sys
import time
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from spatial.measure import area_m2
from spatial.overlap import overlap_table

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20251121
RUNS = 5
WEST, SOUTH, SIDE = 106.0, 39.0, 2.0  # degrees


def main(arguments: list[str]) -> None:
    """Measure and print."""
    scale = 0.1 if "--quick" in arguments else 1.0
    random = np.random.default_rng(SEED)
    zones = _frame(blobs(random, int(2_000 * scale), vertices=500, radius=0.02))
    sites = _frame(blobs(random, int(20_000 * scale), vertices=12, radius=0.001))
    vertices = int(shapely.get_num_coordinates(zones.geometry.to_numpy()).sum())
    print(
        f"Python {platform.python_version()}, {platform.machine()}, "
        f"geopandas {gpd.__version__}, shapely {shapely.__version__}, "
        f"GEOS {shapely.geos_version_string}"
    )
    seconds = median_s(lambda: area_m2(zones.geometry.to_numpy()))
    rate = vertices / seconds / 1e6
    print(f"area_m2        {len(zones):>7,} zones, {vertices:,} vertices:", end=" ")
    print(f"{seconds:.3f} s, {rate:.1f} million vertices a second")
    pairs = len(overlap_table(sites, zones))
    seconds = median_s(lambda: overlap_table(sites, zones))
    print(f"overlap_table  {len(sites):>7,} sites, {pairs:,} pairs:", end=" ")
    print(f"{seconds:.2f} s, {len(sites) / seconds:,.0f} sites a second")


def median_s(work: Callable[[], object]) -> float:
    """Return the median time of `RUNS` runs, in seconds."""
    return statistics.median(_timed_s(work) for _ in range(RUNS))


def _timed_s(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def blobs(
    random: np.random.Generator, count: int, *, vertices: int, radius: float
) -> np.ndarray:
    """Return star-shaped polygons with rough outlines; radius in degrees."""
    centres = random.uniform((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (count, 2))
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    reach = radius * random.uniform(0.5, 1.5, (count, 1))
    reach = reach * random.uniform(0.9, 1.1, (count, vertices))
    around = np.stack([np.cos(angles) * reach, np.sin(angles) * reach], axis=-1)
    return shapely.polygons(centres[:, None, :] + around)


def _frame(shapes: np.ndarray) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4490")


if __name__ == "__main__":
    main(sys.argv[1:])
