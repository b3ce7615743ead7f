"""A whole review beside its overlap step; see README.md here.

    python benchmarks/bench_review.py [--quick] [--data FOLDER]

100,000 parcels, one red-line layer of 2 million vertices, the national rulebooks: what
the overlap table takes, what the review takes with it, and what each file takes to be
written. Processor seconds stand beside the clock.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
from generate import prepare

import layers
import spatial
from spatial.overlap import overlap_table
from spatial.report.excel import write_excel
from spatial.report.geopackage import write_geopackage
from spatial.report.html import report_html
from spatial.report.result import write_result

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
ON = "2024-05-01"


def timed(name: str, work: Callable[[], T]) -> T:
    """Do some work and print how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"| {name} | {wall:.1f} | {cpu:.1f} |", flush=True)
    return done


def main() -> None:
    """Make the workspace, and take the time of each step."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--write", type=Path, help="not used here")
    options = parser.parse_args()
    data = options.data or Path(tempfile.gettempdir()) / "ecoredline-bench"
    files = prepare(data, "small" if options.quick else "2m-100k")
    with tempfile.TemporaryDirectory() as folder:
        measure(*files, Path(folder))


def measure(site_file: Path, zone_file: Path, folder: Path) -> None:
    """Review the sites of one file against the zones of another."""
    site_file = office(site_file, zone_file, folder)
    print("\n| step | s | processor, s |\n|---|---|---|")
    workspace = timed("read zones", lambda: layers.open_workspace(folder))
    sites = timed("read sites", lambda: layers.read(site_file, kind="project_site"))
    frames = sites.frame, workspace.layers["redline"].frame
    a, b = (one[["geometry"]].reset_index(drop=True) for one in frames)
    overlap_table(a[:2_500], b[:10])  # loads the compiled kernels
    pairs = timed("overlap step alone", lambda: overlap_table(a, b))
    review = timed("review", lambda: spatial.review(sites, workspace, on=ON))
    for name, write in (
        ("result.json", write_result),
        ("findings.gpkg", write_geopackage),
        ("findings.xlsx", write_excel),
    ):
        timed(name, lambda w=write, n=name: w(review.content, folder / n))
    timed("report.html", lambda: report_html(review.content))
    print(f"\n{len(a):,} sites, {len(pairs):,} pairs that meet", file=sys.stderr)


def office(site_file: Path, zone_file: Path, folder: Path) -> Path:
    """Write two layers and their workspace; return the file of the sites."""
    zones = gpd.read_parquet(zone_file)[["geometry"]]
    zones["code"] = [f"Z{at:06d}" for at in range(len(zones))]
    zones.to_parquet(folder / "zones.parquet")
    sites = gpd.read_parquet(site_file)[["geometry"]]
    sites["site_id"] = [f"P{at:07d}" for at in range(len(sites))]
    stated = {"project_type": "factory", "construction": "new", "industry": "2611"}
    sites.assign(**stated).to_parquet(folder / "sites.parquet")
    west, south, east, north = zones.total_bounds
    (folder / "workspace.yaml").write_text(
        f"""title: benchmark
layers:
  - id: redline
    kind: ecological_redline
    source: zones.parquet
    valid: {{from: 2020-01-01}}
    coverage: {{bbox: [{west - 0.1}, {south - 0.1}, {east + 0.1}, {north + 0.1}]}}
    accuracy_m: 10
rulebooks: [national]
""",
        encoding="utf-8",
    )
    return folder / "sites.parquet"


if __name__ == "__main__":
    main()
