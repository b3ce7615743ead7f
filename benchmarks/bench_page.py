"""What the page and the files of a review cost, and how soon the page can be used.

    python benchmarks/bench_page.py [--data FOLDER] [--page FILE]

2,000 sites against 5,000 zones of 500,000 vertices: size of the page, time in Chromium
(the network off) until the map is drawn, until a search has narrowed the list, until a
click on a row has flown to its site and shows fine borders there, and the frames while
the map is dragged and zoomed; then the files of one site, once the review is there.
With ``--page`` the page is kept, and one that is there is visited only. Aims of issue
8: under 15 MB, usable in 3 s, one site in 5 s; a frame of dragging under 0.1 s.
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
    parser.add_argument("--page", type=Path, help="visit this page, or keep it here")
    parser.add_argument("--quick", action="store_true", help="not used here")
    parser.add_argument("--write", type=Path, help="not used here")
    options = parser.parse_args()
    if options.page and options.page.is_file():
        visits(options.page)
        return
    data = options.data or Path(tempfile.gettempdir()) / "ecoredline-bench"
    files = prepare(data, "page")
    with tempfile.TemporaryDirectory() as name:
        measure(*files, Path(name))
        if options.page:
            shutil.copy(Path(name) / "report.html", options.page)


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
    visits(page)


WHAT = (
    "map drawn",
    "search narrowed",
    "flown to a row",
    "dragging, middle frame",
    "dragging, slowest frame",
    "zoomed in, drawn again",
    "fine borders drawn, from the click on the row",
    "dragging there, middle frame",
    "dragging there, slowest frame",
)


def visits(page: Path) -> None:
    """Print the size of a page, and medians of what a reader waits for."""
    print(f"| size of the page | {page.stat().st_size / 1e6:.1f} MB | |")
    seen = [visited(page) for _ in range(RUNS)]
    for at, what in enumerate(WHAT):
        middle = statistics.median(run[at] for run in seen)
        print(f"| Chromium: {what}, median of {RUNS} | {middle:.3f} | |")


def visited(path: Path) -> tuple[float, ...]:
    """Return seconds for each of `WHAT`."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=found)
        page = browser.new_context(
            offline=True,
            reduced_motion="reduce",
            viewport={"width": 1280, "height": 900},
        ).new_page()
        start = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_function("document.querySelectorAll('path').length > 0")
        page.evaluate("new Promise(done => requestAnimationFrame(done))")
        drawn = time.perf_counter() - start
        frames = dragged(page)
        zoomed = zoomed_in(page)
        narrowed = answered(page)
        start = time.perf_counter()
        page.locator("table.sites tbody tr:visible td").nth(2).click()
        page.wait_for_selector("#map[data-place]")
        flown = time.perf_counter() - start
        page.wait_for_selector("#map[data-borders='detail']")
        page.evaluate("new Promise(done => requestAnimationFrame(done))")
        fine = time.perf_counter() - start
        near = dragged(page)
        browser.close()
    return drawn, narrowed, flown, *frames, zoomed, fine, *near


def dragged(page: Page) -> tuple[float, float]:
    """Return the middle and the slowest frame of a drag, its end included, seconds."""
    box = page.locator("#map").bounding_box() or {}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(
        """() => { window.frames_ = []; let last = performance.now();
          const tick = now => { window.frames_.push(now - last); last = now;
            requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"""
    )
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 41):
        page.mouse.move(x + 3 * step, y + 2 * step)
    page.mouse.up()
    page.wait_for_timeout(300)
    frames = page.evaluate("window.frames_")
    return statistics.median(frames) / 1000, max(frames) / 1000


def zoomed_in(page: Page) -> float:
    """Return seconds until the map is drawn again, one level nearer."""
    return float(
        page.evaluate(
            """() => new Promise(done => { const start = performance.now();
              document.querySelector('.leaflet-control-zoom-in').click();
              requestAnimationFrame(() => requestAnimationFrame(
                () => done((performance.now() - start) / 1000))); })"""
        )
    )


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
