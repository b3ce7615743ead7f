"""Ours beside the peers, whole processes in turn; see README.md here.

    python benchmarks/bench_peers.py [--quick] [--only WORKLOAD ...] [--data FOLDER]
        [--write FILE]

Every way runs in a process of its own, from the start of the interpreter to its end,
one after another in rounds, so that a busy machine is busy for all. Answers are
compared pair by pair, and a way that disagrees is printed without a time. `--quick`
takes the smallest workload once, `--only 2m-100k` that one (it may be given more than
once); `--write` puts the tables into a file too.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np
from generate import prepare
from peers import MISSING

HERE = Path(__file__).resolve().parent
RELATIVE, ABSOLUTE_M2 = 1e-9, 1e-3

_PEERS = ("geopandas.overlay", "geopandas.sjoin", "shapely STRtree")
_JOINS = (
    "DuckDB, join alone",
    "SedonaDB",
    "PostGIS, ST_Subdivide 128",
    "PostGIS, ST_Subdivide 256",
)
PLANS = {
    "2m-100k": (
        *(("ours", 5), ("ours, step", 5), ("ours, checked", 5), ("reading", 5)),
        *((name, 1) for name in (*_PEERS, *_JOINS)),  # minutes each
    ),
    "2m-100k-one-group": (
        *(("ours", 5), ("ours, step", 5), ("ours, checked", 5), ("reading", 5)),
        *(
            (name, 1)
            for name in ("geopandas.overlay", "DuckDB, join alone", "SedonaDB")
        ),
    ),
    "2m-10k": (("ours", 5), *((name, 1) for name in (*_PEERS, *_JOINS))),
    "10m-10k": (("ours", 5),),
    "10m-100k": (("ours", 5),),
    "10m-1m": (("ours", 5), ("ours, checked", 1), ("reading", 5)),
}
QUICK = {
    "small": tuple(
        (name, 1) for name in ("ours", "ours, step", "reading", *_PEERS, *_JOINS)
    )
}


@dataclass(slots=True)
class Runs:
    """What the runs of one way took."""

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    step_s: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    said: str = ""


def main() -> None:
    """Run the plans and print a table for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", choices=PLANS)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    data = options.data or Path(tempfile.gettempdir()) / "ecoredline-bench"
    tables = [_machine()]
    plans = QUICK if options.quick else PLANS
    for workload in options.only or plans:
        plan = PLANS[workload] if options.only else plans[workload]
        tables.append(compared(workload, plan, data))
        print(tables[-1], flush=True)
    if options.write:
        options.write.write_text("\n".join(tables), encoding="utf-8")


def _machine() -> str:
    """Return a sentence on where this was measured."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    names = ("geopandas", "shapely", "pyarrow", "numba", "duckdb", "sedonadb")
    there = [name for name in names if importlib.util.find_spec(name)]
    versions = ", ".join(f"{name} {version(name)}" for name in there)
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}, {versions}; load {load:.1f} before the first "
        f"run. Of PostGIS, processor seconds and memory are the client's alone.\n"
    )


def compared(workload: str, plan: tuple[tuple[str, int], ...], data: Path) -> str:
    """Return the table of one workload."""
    files = prepare(data, workload)
    runs = {name: Runs() for name, _ in plan}
    with tempfile.TemporaryDirectory() as folder:
        truth = Path(folder) / "ours.npz"
        _run("ours", files, truth)  # compiles the kernels, and is what all are held to
        for turn in range(max(times for _, times in plan)):
            for name, times in plan:
                if turn < times and (turn == 0 or runs[name].wall_s):
                    _take(runs[name], name, files, truth)
    return _table(workload, runs)


def _take(runs: Runs, name: str, files: tuple[Path, Path], truth: Path) -> None:
    """Run a way once more and note what it took, if it says the same as ours."""
    out = truth.with_name("other.npz")
    status, wall, cpu = _run(name, files, out)
    if status:
        runs.said = "not installed" if status == MISSING else f"failed ({status})"
        return
    runs.said = "same" if name == "reading" else agreement(truth, out)
    runs.wall_s.append(wall)
    runs.cpu_s.append(cpu)
    with np.load(out) as answer:
        runs.peak_mb = max(runs.peak_mb, float(answer["peak_mb"]))
        runs.step_s.append(float(answer["step_s"]))
    print(f"{name}: {wall:.2f} s, processor {cpu:.2f} s, {runs.said}", file=sys.stderr)


def _run(name: str, files: tuple[Path, Path], out: Path) -> tuple[int, float, float]:
    """Run a way as a process: exit status, wall and processor seconds."""
    call = [sys.executable, str(HERE / "peers.py"), name, *map(str, files), str(out)]
    environment = {
        k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"
    }
    start = time.perf_counter()
    child = subprocess.Popen(call, env=environment)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, wall, used.ru_utime + used.ru_stime


def agreement(truth: Path, other: Path) -> str:
    """Return "same ..." if two answers agree pair by pair, else how they do not."""
    with np.load(truth) as a, np.load(other) as b:
        keys = [one["site"].astype(np.int64) << 32 | one["zone"] for one in (a, b)]
        if not len(b["area_m2"]):
            same = np.array_equal(np.sort(keys[0]), np.sort(keys[1]))
            return f"same {len(keys[1])} pairs" if same else "OTHER PAIRS"
        every = np.union1d(*keys)
        area = np.zeros((2, len(every)))
        for i, one in enumerate((a, b)):
            np.add.at(area[i], np.searchsorted(every, keys[i]), one["area_m2"])
    apart = np.abs(area[0] - area[1])
    if (apart > np.maximum(RELATIVE * area.max(axis=0), ABSOLUTE_M2)).any():
        return f"OTHER AREAS, by up to {apart.max():.3g} m2"
    return f"same {len(every)} areas, up to {apart.max():.1e} m2"


def _table(workload: str, runs: dict[str, Runs]) -> str:
    """Return a table in Markdown; no time for what does not say the same."""
    head = ("way", "runs", "whole process, s", "of ours", "processor, s", "step, s")
    head += ("peak MB", "agrees")
    lines = [f"\n{workload}\n", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    base = statistics.median(runs["ours"].wall_s)
    for name, one in runs.items():
        if not one.said.startswith("same"):
            lines.append(f"| {name} | | | | | | | {one.said} |")
            continue
        wall, cpu, step = (
            statistics.median(some) for some in (one.wall_s, one.cpu_s, one.step_s)
        )
        cells = (
            *(name, str(len(one.wall_s)), f"{wall:.2f}", f"{wall / base:.2f}"),
            *(f"{cpu:.2f}", "" if np.isnan(step) else f"{step:.2f}"),
            *(f"{one.peak_mb:,.0f}", one.said),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
