"""What a scan of a large pair costs beside the mere decoding of its files.

    python3 benchmarks/bench_change.py [--large] [--side N] [--threads N] [--folder DIR]

Makes a pair of six bands (made up: textured ground, fields, haze that grows eastwards,
noise, and planted changes), 10,000 x 10,000 pixels with ``--large``, 2,000 x 2,000
without. Then, each in a process of its own: GDAL alone decodes every block of both
files, a thread for each band or with its own threads, and `scan` goes from the files
to patches, by two methods. Prints seconds of processor and of the clock, both also as
parts of the first row's, and the peak of the memory (VmHWM of Linux).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window

BANDS = ("blue", "green", "red", "nir", "swir1", "swir2")
SEED = 20251122
BLOCK = 512
SPECTRA = np.array(
    [
        (0.04, 0.06, 0.05, 0.30, 0.16, 0.08),  # wood
        (0.05, 0.08, 0.07, 0.34, 0.22, 0.12),  # crops
        (0.09, 0.12, 0.14, 0.24, 0.30, 0.24),  # grass, stubble
        (0.12, 0.13, 0.14, 0.18, 0.20, 0.18),  # houses
        (0.06, 0.05, 0.03, 0.02, 0.01, 0.01),  # water
    ],
    dtype=np.float32,
)
BARE = np.array((0.16, 0.19, 0.23, 0.29, 0.36, 0.33), dtype=np.float32)
REAPED = np.array((0.10, 0.13, 0.16, 0.25, 0.33, 0.27), dtype=np.float32)
HAZE = np.array((0.02, 0.015, 0.01, 0.005, 0.002, 0.001), dtype=np.float32)
FIELD, CELL = 32, 256  # pixels: of a field; one change is planted in each cell
NOISE, TEXTURE = 0.003, 0.05
REAPED_SHARE = 0.2


def make(folder: Path, side: int) -> tuple[Path, Path]:
    """Write the pair, unless it is there; strip by strip, the same every time."""
    out = folder / f"before_{side}_20230912.tif", folder / f"after_{side}_20250916.tif"
    if all(one.exists() for one in out):
        return out
    shape = {"width": side, "height": side, "count": len(BANDS), "dtype": "uint16"}
    stored = {"tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK}
    place = {
        "crs": "EPSG:32648",
        "transform": rasterio.Affine(10, 0, 500_000, 0, -10, 3_300_000),
    }
    made = {
        "driver": "GTiff",
        "compress": "zstd",
        "predictor": 2,
        "interleave": "band",
        "BIGTIFF": "YES",
        "num_threads": "all_cpus",
    }
    files = [rasterio.open(one, "w", **shape, **stored, **place, **made) for one in out]
    for number, file in enumerate(files):
        file.descriptions = BANDS
        file.update_tags(ACQUISITIONDATE=("2023-09-12", "2025-09-16")[number])
    fields = np.random.default_rng(SEED)
    count = -(-side // FIELD)
    kinds = fields.choice(5, (count, count), p=(0.35, 0.35, 0.15, 0.1, 0.05))
    reaped = (fields.random((count, count)) < REAPED_SHARE) & (kinds == 1)
    for top in range(0, side, BLOCK):
        high = min(BLOCK, side - top)
        for file, image in zip(
            files, strip((kinds, reaped), top, high, side), strict=True
        ):
            file.write(image, window=Window(0, top, side, high))
    for file in files:
        file.close()
    return out


def strip(
    fields: tuple[np.ndarray, np.ndarray], top: int, high: int, side: int
) -> list[np.ndarray]:
    """Return some rows of both images, as stored."""
    rng = np.random.default_rng([SEED, top])
    row, column = np.arange(top, top + high) // FIELD, np.arange(side) // FIELD
    kind, cut = (one[row][:, column] for one in fields)
    texture = 1 + TEXTURE * rng.standard_normal((high, side), dtype=np.float32)
    bare = planted(top, high, side)
    haze = np.linspace(0, 1, side, dtype=np.float32)
    out = []
    for later in (False, True):
        image = np.empty((len(BANDS), high, side), dtype=np.uint16)
        for band in range(len(BANDS)):
            value = SPECTRA[kind, band]
            if later:
                value = np.where(cut, REAPED[band], value)
                value = np.where(bare, BARE[band], value)
            value = value * texture
            if later:
                value = value * np.float32(1.03) + HAZE[band] * haze
            value += NOISE * rng.standard_normal((high, side), dtype=np.float32)
            image[band] = np.clip(np.rint(value * 10_000), 1, 65_535)
        out.append(image)
    return out


def planted(top: int, high: int, side: int) -> np.ndarray:
    """Return where ground was laid bare: a rectangle in each cell."""
    out = np.zeros((high, side), dtype=bool)
    for row in range(top // CELL, -(-(top + high) // CELL)):
        for column in range(-(-side // CELL)):
            rng = np.random.default_rng([SEED, row, column])
            tall, wide = rng.integers(4, 40, 2)
            y, x = rng.integers(0, CELL, 2)
            first = row * CELL + y - top
            here = slice(max(0, first), max(0, first + tall))
            out[here, column * CELL + x : column * CELL + x + wide] = True
    return out


def decode(files: tuple[Path, Path], threads: int) -> dict[str, object]:
    """Read every block once, by GDAL alone, row of blocks by row of blocks."""

    def read(task: tuple[Path, int]) -> None:
        path, band = task
        with rasterio.open(path, driver="GTiff") as file:
            for top in range(0, file.height, BLOCK):
                high = min(BLOCK, file.height - top)
                file.read(band, window=Window(0, top, file.width, high))

    tasks = [(path, band + 1) for path in files for band in range(len(BANDS))]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(read, tasks))
    return {}


def decode_by_gdal(files: tuple[Path, Path], threads: int) -> dict[str, object]:
    """Read every block once, threads being GDAL's own; into one buffer, as `scan`."""
    with rasterio.Env(GDAL_CACHEMAX=64 << 20):
        for path in files:
            with rasterio.open(path, driver="GTiff", num_threads=threads) as file:
                room = np.empty((file.count, BLOCK, file.width), file.dtypes[0])
                for top in range(0, file.height, BLOCK):
                    high = min(BLOCK, file.height - top)
                    window = Window(0, top, file.width, high)
                    file.read(window=window, out=room[:, :high])
    return {}


def scanned(
    files: tuple[Path, Path],
    threads: int,
    method: str,
    *,
    in_process: bool,
    target: str = "auto",
) -> dict[str, object]:
    """Go from the files to patches."""
    from layers import read_raster
    from spatial.change.aligned import AlignedPair
    from spatial.change.scan import scan

    images = [read_raster(one, in_process=in_process) for one in files]
    aligned = AlignedPair(*images, images[0].grid, BANDS)
    found = scan(aligned, method=method, target=target, threads=threads)
    return {"patches": len(found.patches), "kept": int(found.patches["kept"].sum())}


def measured(work: object) -> None:
    """Print what a piece of work costs, its children included."""
    clock, before = time.perf_counter(), processor()
    found = work()  # type: ignore[operator]
    worker = sys.modules.get("layers.worker")  # GDAL alone does not pay for it
    if worker is not None:
        worker.close()  # its seconds are known when it has ended
    spent = processor() - before
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(one.split()[1]) for one in status if one.startswith("VmHWM"))
    print(
        json.dumps(
            {
                "wall_s": time.perf_counter() - clock,
                "cpu_s": spent,
                "peak_mb": peak / 1024,
                **found,
            }
        )
    )


def processor() -> float:
    """Return the seconds of processor of this process and of its children."""
    both = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(sum(resource.getrusage(who)[:2]) for who in both)


def main() -> None:
    """Make the pair and measure each way in its own process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--side", type=int)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--do", default="", help="one of: " + ", ".join(WAYS))
    given = parser.parse_args()
    side = given.side or (10_000 if given.large else 2_000)
    files = make(given.folder, side)
    if given.do:
        measured(lambda: WAYS[given.do](files, given.threads))
        return
    size = sum(one.stat().st_size for one in files) / 1e6
    print(f"{side:,} x {side:,} pixels, {len(BANDS)} bands, {size:,.0f} MB of ZSTD, ")
    print(f"{given.threads} threads\n")
    print("| way | processor s | ratio | clock s | ratio | peak MB | patches | kept |")
    print("|" + "---|" * 8)
    first: dict[str, float] = {}
    for name in WAYS:
        command = [sys.executable, __file__, "--do", name, "--side", str(side)]
        command += ["--threads", str(given.threads), "--folder", str(given.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        got = json.loads(done.stdout.splitlines()[-1])
        first = first or got
        print(
            f"| {name} | {got['cpu_s']:.1f} | {got['cpu_s'] / first['cpu_s']:.2f} | "
            f"{got['wall_s']:.1f} | {got['wall_s'] / first['wall_s']:.2f} | "
            f"{got['peak_mb']:,.0f} | "
            f"{got.get('patches', '')} | {got.get('kept', '')} |",
            flush=True,
        )


WAYS = {
    "GDAL alone": decode,
    "GDAL alone, its own threads": decode_by_gdal,
    "scan index": lambda f, n: scanned(f, n, "index", in_process=True),
    "scan auto": lambda f, n: scanned(f, n, "auto", in_process=True),
    "scan auto, new building": lambda f, n: scanned(
        f, n, "auto", in_process=True, target="built"
    ),
    "scan auto, files read by a child": lambda f, n: scanned(
        f, n, "auto", in_process=False
    ),
}


if __name__ == "__main__":
    main()
