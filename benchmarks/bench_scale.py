"""What a stream of sites costs: seconds of processor and bytes, by size.

python3 benchmarks/bench_scale.py [--large]

Prints the table of docs/scale.md. Stars of 1,000 rough vertices are the zones, small
squares the sites. Seconds are those of the processor, all threads together: they bear
a busy machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import psutil
import shapely

from spatial.engine import ReadyZones, Threads, overlap_stream
from spatial.index.store import kept_grid

SIZES = [(10_000, 200), (100_000, 2_000)]
LARGE = (1_000_000, 10_000)


def made_up(sites: int, zones: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return sites and zones over ten by ten degrees."""
    rng = np.random.default_rng(1)
    turn = np.linspace(0, 2 * np.pi, 1_000, endpoint=False)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    shapes = []
    for centre in rng.uniform((105, 35), (115, 45), (zones, 2)):
        rough = 1 + 0.2 * np.cumsum(rng.normal(0, 0.03, len(turn)))
        shapes.append(shapely.Polygon(centre + 0.04 * rough[:, None] * circle))
    zone = gpd.GeoDataFrame(geometry=shapely.make_valid(shapes), crs="EPSG:4490")
    zone = zone.explode().loc[lambda one: one.geom_type == "Polygon"]
    at = rng.uniform((105, 35), (115, 45), (sites, 2))
    site = gpd.GeoDataFrame(
        geometry=shapely.box(*at.T, *(at + 0.002).T), crs="EPSG:4490"
    )
    return site, zone.reset_index(drop=True)


def timed(work: object) -> tuple[float, object]:
    """Return the seconds of processor that a call takes, and its result."""
    start = time.process_time()
    result = work()  # type: ignore[operator]
    return time.process_time() - start, result


def measure(sites: int, zones: int) -> None:
    """Print one line."""
    a, b = made_up(sites, zones)
    process = psutil.Process(os.getpid())
    vertices = int(shapely.get_num_coordinates(b.geometry.to_numpy()).sum())
    index_s, ready = timed(lambda: ReadyZones.of(b))
    before = process.memory_info().rss
    grid_s, grid = timed(lambda: ready.index.grid)
    rings = ready.index.rings()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "grids"
        keep_s, _ = timed(lambda: kept_grid(rings, place))
        read_s, kept = timed(lambda: kept_grid(rings, place))
    if kept.how != "read":
        raise SystemExit(kept.why)
    twin_s, _ = timed(ready.index.twin)

    def stream() -> int:
        return sum(map(len, overlap_stream(a, ready, workers=Threads(2))))

    area_s, pairs = timed(stream)
    grown = process.memory_info().rss - before
    print(
        f"| {sites:,} | {vertices:,} | {pairs:,} | {index_s:.2f} | {grid_s:.2f} | "
        f"{read_s:.2f} | {keep_s:.2f} | {twin_s:.2f} | {area_s:.2f} | "
        f"{grid.nbytes / vertices:.0f} | {grown / 1e6:,.0f} |",
        flush=True,
    )


def main() -> None:
    """Compile first, then measure."""
    a, b = made_up(100, 10)
    list(overlap_stream(a, b))
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            kept_grid(ReadyZones.of(b).index.rings(), Path(folder) / "grids")
    print(
        "| sites | vertices of zones | pairs | tree s | grid s | grid read s | "
        "grid made and kept s | outlines s | areas s | grid bytes a vertex | "
        "memory grown MB |"
    )
    print("|" + "---|" * 11)
    for size in [*SIZES, *([LARGE] if "--large" in sys.argv else [])]:
        measure(*size)


if __name__ == "__main__":
    main()
