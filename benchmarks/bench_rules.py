"""What the rules cost beside the overlay, as the sites grow; see README.md here.

    python benchmarks/bench_rules.py [--quick] [--data FOLDER]

10,000, 30,000 and 100,000 sites, all built-in rulebooks of a province, a layer of
every kind that they ask for, the red line of 2 million vertices among them. Processor
seconds of the overlay (pairs, cover, neighbours, margins), of what the silence of the
layers is worth, of the rules (conditions, relations, findings, unknowns, and their
order), and of the records that the report is made of. Each number of sites is a
process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from generate import prepare
from peers import peak_mb
from rules_office import REGION, office, projects

from spatial.overlap import overlap_table
from spatial.policy.choice import of_region
from spatial.policy.judge import judge
from spatial.report.assemble import assemble
from spatial.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ON = dt.date(2024, 5, 1)
SIZES = (10_000, 30_000, 100_000)
OVERLAY = ("pairs", "cover", "margins_m", "depth_outside", "shapes", "shapes_met")
SILENCE = ("doubts",)
HEADINGS = (
    "sites",
    "overlay, s",
    "silence, s",
    "rules, s",
    "rules / overlay",
    "records, s",
    "findings",
    "unknowns",
    "peak MB",
)


@dataclass
class Clock:
    """Processor seconds by part; what a part calls of another one is not its own."""

    spent: Counter[str] = field(default_factory=Counter)
    open_: list[str] = field(default_factory=list)
    since: float = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what is done under a part."""
        self._turn()
        self.open_.append(name)
        try:
            yield
        finally:
            self._turn()
            self.open_.pop()

    def _turn(self) -> None:
        now = time.process_time()
        if self.open_:
            self.spent[self.open_[-1]] += now - self.since
        self.since = now

    def counted(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that counts itself under a part."""

        @wraps(work)
        def timed(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            with self.part(name):
                return work(*given, **named)

        return timed


def main() -> None:
    """Measure each number of sites in a process of its own; print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--one", type=int, help="this number alone, as JSON")
    parser.add_argument("--write", type=Path, help="not used here")
    options = parser.parse_args()
    data = options.data or Path(tempfile.gettempdir()) / "ecoredline-bench"
    load = "small" if options.quick else "2m-100k"
    if options.one:
        print(json.dumps(measure(*prepare(data, load), options.one)))
        return
    prepare(data, load)
    sizes = (1_000, 3_000, 10_000) if options.quick else SIZES
    print(f"| {' | '.join(HEADINGS)} |", "|---" * len(HEADINGS) + "|", sep="\n")
    for size in sizes:
        call = [sys.executable, __file__, "--one", str(size), "--data", str(data)]
        call += ["--quick"] if options.quick else []
        done = subprocess.run(call, check=True, capture_output=True, text=True)
        print(_row(size, json.loads(done.stdout)), flush=True)


def _row(size: int, got: dict[str, float]) -> str:
    cells = [f"{size:,}"]
    cells += [f"{got[one]:.1f}" for one in ("overlay", "silence", "rules")]
    cells += [f"{got['rules'] / got['overlay']:.2f}", f"{got['records']:.1f}"]
    cells += [f"{got[one]:,.0f}" for one in ("findings", "unknowns", "peak_mb")]
    return f"| {' | '.join(cells)} |"


def measure(site_file: Path, zone_file: Path, size: int) -> dict[str, float]:
    """Judge so many sites; return processor seconds by part, counts and memory."""
    books = of_region(REGION)
    layer = projects(site_file, size)
    workspace = office(zone_file, _kinds(books))
    warm = layer.frame.reset_index(drop=True)
    overlap_table(warm[:2_500], workspace.layers["admin_unit"].frame)  # kernels
    clock = Clock()
    for part, names in (("overlay", OVERLAY), ("silence", SILENCE)):
        for name in names:
            setattr(Shelf, name, clock.counted(part, getattr(Shelf, name)))
    shelf = Shelf(warm, workspace, ON)
    with clock.part("rules"):
        judgement = judge(shelf, books)
    judged_mb = peak_mb()
    with clock.part("records"):
        content = assemble(layer, shelf, judgement, books)
    outcomes = Counter(one.outcome for one in content.sites)
    print(dict(outcomes), f"{judged_mb:,.0f} MB when judged", file=sys.stderr)
    return {
        **{one: clock.spent[one] for one in ("overlay", "silence", "rules", "records")},
        "findings": len(judgement.findings),
        "unknowns": len(judgement.unknowns),
        "sites": float(np.sum(list(outcomes.values()))),
        "peak_mb": peak_mb(),
    }


def _kinds(books: tuple[Any, ...]) -> set[str]:
    """Return every layer kind that some rule asks for."""
    return {
        one.where.kind
        for book in books
        for rule in book.rules
        for edition in rule.editions
        for one in edition.provisions
        if one.where.kind
    }


if __name__ == "__main__":
    main()
