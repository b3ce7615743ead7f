"""What the page and the files of a review cost, and how soon the page can be used.

    python benchmarks/bench_page.py [--data FOLDER]

2,000 sites against 5,000 zones of 500,000 vertices: size of the page, time in Chromium
(the network off) until the map is drawn, until a search has narrowed the list, and
until a click on a row has flown to its site; then the files of one site, once the
review is there. Aims of issue 8: under 15 MB, usable in 3 s, one site in 5 s.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from bench_review import ON, office, timed
from generate import prepare
from playwright.sync_api import Page, sync_playwright

import layers
import spatial
from spatial.report.html import report_html

RUNS = 5


def main() -> None:
    """Make the review, and take the time of its page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--quick", action="store_true", help="not used here")
    parser.add_argument("--write", type=Path, help="not used here")
    options = parser.parse_args()
    data = options.data or Path(tempfile.gettempdir()) / "ecoredline-bench"
    files = prepare(data, "page")
    with tempfile.TemporaryDirectory() as name:
        measure(*files, Path(name))


def measure(site_file: Path, zone_file: Path, folder: Path) -> None:
    """Print what each step takes."""
    site_file = office(site_file, zone_file, folder)
    print("\n| step | s | processor, s |\n|---|---|---|")
    workspace = layers.open_workspace(folder)
    sites = layers.read(site_file, kind="project_site")
    review = timed("review", lambda: spatial.review(sites, workspace, on=ON))
    text = timed("page", lambda: report_html(review.content))
    page = folder / "report.html"
    page.write_text(text, encoding="utf-8")
    one = review.only([review.content.sites[0].site_id])
    forms = ("html", "xlsx", "docx", "pdf")
    for times in ("first", "again"):
        timed(
            f"one site, every format ({times})",
            lambda t=times: one.write(folder / f"one-{t}", formats=forms),
        )
    print(f"| size of the page | {page.stat().st_size / 1e6:.1f} MB | |")
    seen = [visited(page) for _ in range(RUNS)]
    for at, what in enumerate(("map drawn", "search narrowed", "flown to a row")):
        middle = statistics.median(run[at] for run in seen)
        print(f"| Chromium: {what}, median of {RUNS} | {middle:.2f} | |")


def visited(path: Path) -> tuple[float, float, float]:
    """Return seconds until the map is drawn, a search answers, a row is flown to."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=found)
        page = browser.new_context(offline=True, reduced_motion="reduce").new_page()
        start = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_function("document.querySelectorAll('path').length > 0")
        drawn = time.perf_counter() - start
        narrowed = answered(page)
        start = time.perf_counter()
        page.locator("table.sites tbody tr:visible td").nth(2).click()
        page.wait_for_selector("#map[data-place]")
        flown = time.perf_counter() - start
        browser.close()
    return drawn, narrowed, flown


def answered(page: Page) -> float:
    """Return seconds until a search has left one row."""
    start = time.perf_counter()
    page.locator("#search").fill("P0001234")
    page.wait_for_function(
        "[...document.querySelectorAll('table.sites tbody tr')]"
        ".filter(o => o.offsetParent !== null).length === 1"
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
