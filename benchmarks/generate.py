"""Made-up red lines and parcels, in any size, the same every time.

    python benchmarks/generate.py FOLDER [WORKLOAD ...]

writes GeoParquet (EPSG:4490, WKB) into a folder that should lie outside the
repository; what is there already is left alone. `WORKLOADS` lists the sizes.

Zones are laid out like the boxes of a treemap, each as large as its share of all
vertices, so that a big zone is a big one and none overlaps another. The outline of a
zone is a fractal about its centre: a radius whose spectrum falls with the frequency.
Every third one has a hole. 30 % of the parcels lie at the edge of a zone, the others
anywhere.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

SEED = 20251122
BOX = (106.0, 29.0, 118.0, 41.0)  # min_lon, min_lat, max_lon, max_lat
NEAR_SHARE = 0.3
HOLE_FROM = 80  # vertices
ROWS_IN_GROUP = 50_000  # of Parquet; what reads a group a thread then has two threads
_WIDER = 1.2  # a degree of latitude over one of longitude, about


@dataclass(frozen=True, slots=True)
class Workload:
    """How many zones, vertices and parcels there are.

    `one_group`: the file of parcels is written as geopandas does by itself, all rows
    in one group of Parquet.
    """

    zones: int
    vertices: int
    largest: tuple[int, ...]
    sites: int
    one_group: bool = False


WORKLOADS = {
    "page": Workload(5_000, 500_000, (20_000,), 2_000),
    "small": Workload(200, 100_000, (10_000,), 10_000),
    "2m-10k": Workload(2_000, 2_000_000, (200_000,), 10_000),
    "2m-100k": Workload(2_000, 2_000_000, (200_000,), 100_000),
    "2m-100k-one-group": Workload(
        2_000, 2_000_000, (200_000,), 100_000, one_group=True
    ),
    "10m-10k": Workload(20_000, 10_000_000, (500_000,) * 3, 10_000),
    "10m-100k": Workload(20_000, 10_000_000, (500_000,) * 3, 100_000),
    "10m-1m": Workload(20_000, 10_000_000, (500_000,) * 3, 1_000_000),
}


def main(arguments: list[str]) -> None:
    """Write the workloads that are asked for."""
    folder, *names = arguments
    for name in names or list(WORKLOADS):
        sites, zones = prepare(Path(folder), name)
        print(f"{name}: {sites.name}, {zones.name}")


def prepare(folder: Path, name: str) -> tuple[Path, Path]:
    """Return the files of sites and zones of a workload, written if they are not there.

    Workloads over the same zones share them.
    """
    load = WORKLOADS[name]
    of = f"{load.zones}_{load.vertices}"
    zone_file = folder / f"zones_{of}.parquet"
    end = "_one_group" if load.one_group else ""
    site_file = folder / f"sites_{load.sites}_of_{of}{end}.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    if not zone_file.is_file():
        rng = np.random.default_rng(SEED)
        _write(zones(rng, load), zone_file, "zone", ROWS_IN_GROUP)
    if not site_file.is_file():
        rng = np.random.default_rng(SEED + 1)
        outlines = np.asarray(gpd.read_parquet(zone_file).geometry.array, dtype=object)
        rows = None if load.one_group else ROWS_IN_GROUP
        _write(sites(rng, load.sites, outlines), site_file, "site", rows)
    return site_file, zone_file


def _write(shapes: np.ndarray, path: Path, label: str, rows: int | None) -> None:
    """Write shapes in one go: a file that is there is a whole one.

    `rows` in a group of Parquet; None: as geopandas does unless told otherwise.
    """
    if not shapely.is_valid(shapes).all():
        msg = f"{path.name}: expected valid shapes; the generator is at fault"
        raise ValueError(msg)
    frame = gpd.GeoDataFrame(
        {label: np.arange(len(shapes))}, geometry=shapes, crs="EPSG:4490"
    )
    part = path.with_suffix(".part")
    frame.to_parquet(part, **({} if rows is None else {"row_group_size": rows}))
    part.replace(path)


# -- zones ---------------------------------------------------------------------


def zones(rng: np.random.Generator, load: Workload) -> np.ndarray:
    """Return zones that do not overlap, the largest first."""
    counts = _vertex_counts(rng, load)
    boxes = treemap(counts.astype(float), BOX)
    made = np.empty(load.zones, dtype=object)
    for i, (box, count) in enumerate(zip(boxes, counts.tolist(), strict=True)):
        centre = (box[:2] + box[2:]) / 2
        reach = min((box[2] - box[0]) / 2 / _WIDER, (box[3] - box[1]) / 2)
        reach *= rng.uniform(0.5, 0.98)
        hole = count // 10 if i % 3 == 0 and count >= HOLE_FROM else 0
        shell = ring(rng, centre, reach, count - hole)
        holes = [ring(rng, centre, reach * 0.1, hole)] if hole else []
        made[i] = shapely.Polygon(shell, holes)
    return made


def _vertex_counts(rng: np.random.Generator, load: Workload) -> np.ndarray:
    """Return how many vertices each zone has: few large ones, many small."""
    rest = load.zones - len(load.largest)
    weight = rng.pareto(1.1, rest) + 0.3
    left, most = load.vertices - sum(load.largest), min(load.largest) // 2
    counts = np.zeros(rest)
    for _ in range(8):  # what the cap takes from the largest goes to the others
        counts = np.clip(
            counts + weight / weight.sum() * (left - counts.sum()), 24, most
        )
    counts = np.sort(counts.astype(int))[::-1]
    return np.concatenate([np.array(load.largest, dtype=int), counts])


def treemap(weights: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """Cut a box into as many as there are weights, areas in proportion."""
    boxes = np.empty((len(weights), 4))
    left = [(np.arange(len(weights)), box)]
    while left:
        rows, (west, south, east, north) = left.pop()
        if len(rows) == 1:
            boxes[rows[0]] = (west, south, east, north)
            continue
        sums = np.cumsum(weights[rows])
        cut = int(np.clip(np.searchsorted(sums, sums[-1] / 2), 1, len(rows) - 1))
        share = sums[cut - 1] / sums[-1]
        if east - west > (north - south) * _WIDER:
            middle = west + (east - west) * share
            parts = (west, south, middle, north), (middle, south, east, north)
        else:
            middle = south + (north - south) * share
            parts = (west, south, east, middle), (west, middle, east, north)
        left += [(rows[:cut], parts[0]), (rows[cut:], parts[1])]
    return boxes


def ring(
    rng: np.random.Generator, centre: np.ndarray, reach: float, count: int
) -> np.ndarray:
    """Return a fractal outline: one radius for each direction, so it is simple."""
    k = np.arange(1, count // 2 + 1)
    phase = np.exp(1j * rng.uniform(0, 2 * np.pi, len(k)))
    spectrum = np.append(0, k**-1.2 * rng.normal(size=len(k)) * phase)
    radius = 1 + 0.15 * np.fft.irfft(spectrum, count, norm="forward")
    radius = np.clip(radius / np.abs(radius).max(), 0.12, 1.0) * reach
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return centre + np.column_stack(
        [np.cos(angle) * radius * _WIDER, np.sin(angle) * radius]
    )


# -- sites ---------------------------------------------------------------------


def sites(rng: np.random.Generator, count: int, outlines: np.ndarray) -> np.ndarray:
    """Return parcels of 4 to 24 vertices, about 220 m across."""
    many = rng.integers(4, 25, count)
    centres = rng.uniform(BOX[:2], BOX[2:], (count, 2))
    near = rng.random(count) < NEAR_SHARE
    xy = shapely.get_coordinates(outlines)
    centres[near] = xy[rng.integers(0, len(xy), near.sum())]
    centres[near] += rng.normal(size=(near.sum(), 2)) * 0.002
    made = np.empty(count, dtype=object)
    for vertices in range(4, 25):
        rows = np.flatnonzero(many == vertices)
        turn = rng.uniform(0, 1, (len(rows), 1))
        angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False) + turn
        radius = 0.001 * rng.uniform(0.6, 1.4, (len(rows), vertices))
        radius *= np.exp(rng.normal(size=(len(rows), 1)) * 0.4)
        around = np.stack([np.cos(angle) * radius * _WIDER, np.sin(angle) * radius], -1)
        made[rows] = shapely.polygons(centres[rows][:, None, :] + around)
    return made


if __name__ == "__main__":
    main(sys.argv[1:])
