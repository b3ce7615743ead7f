"""What a large ledger costs to open, to list, to search and to write to.

python benchmarks/bench_ledger.py [--cases 1000000] [--ledger FILE] [--quick]
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
from ledger_maker import BOSS, EVENTS, PART, make, square
from shapely.affinity import translate

from spatial.ledger import CaseFilter, NewCase, Sighting, open_ledger
from spatial.ledger.entering import Batch
from spatial.ledger.entering import enter as match_and_enter
from spatial.ledger.figures import BY, counts, duties, period

if TYPE_CHECKING:
    from collections.abc import Callable

    from spatial.ledger import Ledger
    from spatial.ledger.figures.counts import By

SOON = dt.date(2026, 1, 5)
AIMS = {"open": 1.0, "list": 0.5, "statistics": 5.0, "enter": 60.0}  # s, issue 7


def measured(name: str, what: Callable[[], object], *, times: int = 3) -> None:
    """Print how long something takes, wall and processor, the best of some runs."""
    best = (float("inf"), 0.0)
    for _ in range(times):
        wall, busy = time.perf_counter(), time.process_time()
        found = what()
        best = min(best, (time.perf_counter() - wall, time.process_time() - busy))
    size = f"{found} rows" if isinstance(found, int) else ""
    print(f"| {name} | {best[0]:.3f} s | {best[1]:.3f} s | {size} |")


def main() -> None:
    """Make a ledger if there is none, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--ledger", type=Path)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    cases = 2 * PART if given.quick else given.cases
    folder = Path(tempfile.gettempdir()) / "ecoredline-bench"
    folder.mkdir(exist_ok=True)
    path = given.ledger or folder / f"ledger_{cases}.gpkg"
    if not path.exists():
        start = time.perf_counter()
        make(path, cases=cases, say=print)
        print(f"made in {time.perf_counter() - start:.0f} s")
    print(f"{cases} cases, {cases * EVENTS} events, {path.stat().st_size / 1e9:.2f} GB")
    print("| what | wall | processor | |\n|---|---|---|---|")
    measured("open, read the head", lambda: open_ledger(path, actor=BOSS).head().seq)
    ledger = open_ledger(path, actor=BOSS)

    def listed(**asked: object) -> Callable[[], int]:
        return lambda: len(ledger.cases(CaseFilter(**asked)))  # type: ignore[arg-type]

    late = dt.date(2028, 1, 1)
    place = (100.1, 30.1, 100.15, 30.15)
    filed, first = ("filed",), "150000"
    measured("first 100 cases", listed(limit=100))
    measured("filed in a county, 500", listed(states=filed, county=first, limit=500))
    measured("filed in a county, all", listed(states=filed, county=first))
    measured("overdue, 500", listed(overdue_on=late, limit=500))
    measured(
        "overdue in a county, 500", listed(overdue_on=late, county=first, limit=500)
    )
    measured("in a red line, 500", listed(zone_kind="ecological_redline", limit=500))
    measured("in a box", listed(bounds=place))
    measured("of a kind in a state, 500", listed(kind="mine", states=filed, limit=500))
    measured("nobody's department", listed(department="没有（虚构）", limit=500))
    case_id = ledger.cases(CaseFilter(limit=1)).index[0]
    measured("one case with everything", lambda: len(ledger.case(case_id).events))
    shapes = [square(number) for number in range(PART)]
    measured("cases near 10,000 shapes", lambda: len(ledger.known(shapes, margin_m=20)))
    near = ledger.known(shapes[: PART // 2])
    added_up(ledger, late)
    measured(
        "enter 10,000 clues, half of them known", lambda: enter(path, near), times=1
    )
    measured(
        "match and enter 10,000 clues, half of them known",
        lambda: matched(path, near),
        times=1,
    )


def added_up(ledger: Ledger, late: dt.date) -> None:
    """Measure what the ledger adds up to."""
    for by in (None, *BY):
        name = f"counts by {by}" if by else "counts of all"
        measured(name, partial(_counted, ledger, by, late), times=1)
    year = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    measured("a year by county", lambda: len(period(ledger, *year, by_county=True)))
    measured("what is due in a week", lambda: len(duties(ledger, on=SOON)), times=1)


def _counted(ledger: Ledger, by: By | None, on: dt.date) -> int:
    return len(counts(ledger, by=by, on=on))


def matched(path: Path, near: gpd.GeoDataFrame) -> int:
    """Match and enter 5,000 known outlines and 5,000 new ones, as of a run."""
    known = [(f"k{at}", shape) for at, shape in enumerate(near.geometry)]
    fresh = [
        (f"n{at}", translate(square(at), yoff=-3.0)) for at in range(PART - len(known))
    ]
    names, shapes = zip(*known, *fresh, strict=True)
    clues = gpd.GeoDataFrame(
        {"kind": None, "seen_on": dt.date(2026, 11, 2)},
        index=list(names),
        geometry=list(shapes),
        crs=4490,
    )
    batch = Batch("run-10", dt.date(2026, 11, 2), clues, source="monitor")
    done = match_and_enter(open_ledger(path, actor=BOSS), batch)
    return len(done.opened) + len(done.seen)


def enter(path: Path, near: object) -> int:
    """Enter 5,000 sightings and 5,000 new cases in one transaction."""
    today = dt.date(2026, 11, 1)
    shapes = near.geometry  # type: ignore[attr-defined]
    with open_ledger(path, actor=BOSS).transaction() as writing:
        writing.preload(shapes.index)
        for number, (case_id, shape) in enumerate(shapes.items()):
            clue = Sighting(str(number), "run-9", today, "same", shape)
            writing.see(case_id, clue)
        for number in range(PART - len(shapes)):
            new = NewCase(
                source="monitor",
                found_on=today,
                geometry=square(number),
                county="159999",
                run_id="run-9",
            )
            writing.open_case(new)
    return PART


if __name__ == "__main__":
    main()
