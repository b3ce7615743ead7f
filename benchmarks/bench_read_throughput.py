"""What does the trusted path cost beside a plain read? See README.md here."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

SEED = 20251122
RUNS = 5
POLYGONS, VERTICES = 20_000, 500
WEST, SOUTH, CELL = 100.0, 25.0, 0.06  # degrees
OCTAVES = range(1, 8)

PLAIN = """
import json, sys, time
import geopandas
start = time.perf_counter()
frame = geopandas.read_file(sys.argv[1], use_arrow=True)
read = time.perf_counter()
assert frame.is_valid.all()
end = time.perf_counter()
print(json.dumps({"read": read - start, "validity": end - read, "all": end - start}))
"""
TRUSTED = """
import json, sys, time
from layers.read import build, sources
from layers.worker import source
spent = {}
def timed(module, name):
    work = getattr(module, name)
    def call(*args, **named):
        start = time.perf_counter()
        try:
            return work(*args, **named)
        finally:
            spent[name] = time.perf_counter() - start
    setattr(module, name, call)
for module, name in [(source, "_copied"), (source, "sha256_of"), (source, "load"),
                     (source.POOL, "ask"), (build, "clean"), (build, "canonical")]:
    timed(module, name)
start = time.perf_counter()
layer = sources.read(sys.argv[1], kind="ecological_redline")
spent["all"] = time.perf_counter() - start
assert len(layer) == layer.provenance.rows_in_file and not layer.quarantine
print(json.dumps(spent))
"""
PARTS = {
    "_copied": "private copy (the child loads its libraries meanwhile)",
    "sha256_of": "hash of the copy",
    "ask": "the child: start, both counts, rows, WKB checks, hand over",
    "load": "WKB to geometries in the caller",
    "canonical": "fields, domains, ids",
    "clean": "types, finite, in range, validity",
}


def main(arguments: list[str]) -> None:
    """Measure in turn, each time in a fresh process, and print."""
    count = POLYGONS // 10 if "--quick" in arguments else POLYGONS
    print(
        f"Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} processors, geopandas {gpd.__version__}, shapely "
        f"{shapely.__version__}, GEOS {shapely.geos_version_string}"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "redline.gpkg"
        redline(count).to_file(path, driver="GPKG")
        size = path.stat().st_size / 1e6
        print(f"{count:,} polygons, {count * VERTICES:,} vertices, {size:.0f} MB")
        rounds = [(_seconds(PLAIN, path), _seconds(TRUSTED, path)) for _ in range(RUNS)]
    plain, trusted = (_medians([both[i] for both in rounds]) for i in (0, 1))
    print(f"plain    {plain['all']:6.2f} s: read_file(use_arrow=True), then is_valid")
    print(f"           {plain['read']:6.2f} s read, {plain['validity']:.2f} s validity")
    print(f"trusted  {trusted['all']:6.2f} s: layers.read(path, kind=...)")
    for name, words in PARTS.items():
        print(f"           {trusted[name]:6.2f} s {words}")
    ratios = [two["all"] / one["all"] for one, two in rounds]
    print(
        f"ratio    {statistics.median(ratios):6.2f} (median of {RUNS} pairs,", end=" "
    )
    print(f"{min(ratios):.2f} to {max(ratios):.2f})")


def _seconds(program: str, path: Path) -> dict[str, float]:
    """Run a program in a fresh process and return what it measured."""
    root = str(Path(__file__).resolve().parents[1])
    call = [sys.executable, "-c", program, str(path)]
    env = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run(call, env=env, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each part."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def redline(count: int) -> gpd.GeoDataFrame:
    """Return valid polygons with rough outlines, side by side, and their fields."""
    random = np.random.default_rng(SEED)
    rows = np.arange(count)
    wide = int(np.ceil(np.sqrt(count)))
    centres = np.stack([rows % wide, rows // wide], axis=1) * CELL + (WEST, SOUTH)
    turn = np.linspace(0, 2 * np.pi, VERTICES - 1, endpoint=False)
    reach = random.uniform(0.97, 1.03, (count, VERTICES - 1))
    for octave in OCTAVES:
        phase = random.uniform(0, 2 * np.pi, (count, 1))
        height = random.uniform(0.1, 0.35, (count, 1)) / 1.9**octave
        reach += height * np.sin(2**octave * turn + phase)
    reach *= 0.48 * CELL / reach.max(axis=1, keepdims=True)
    around = np.stack([np.cos(turn) * reach, np.sin(turn) * reach], axis=-1)
    shapes = shapely.polygons(centres[:, None, :] + around)
    types = np.array(["水源涵养", "生物多样性维护", "水土保持"])
    columns = {
        "HXBM": [f"R{row:06d}" for row in rows],
        "HXMC": [f"第{row}号生态保护红线" for row in rows],
        "XZQDM": ["150624"] * count,
        "HXLX": random.choice(types, count),
        "HXMJ": random.uniform(1, 100, count),
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")


if __name__ == "__main__":
    main(sys.argv[1:])
