"""Make the pictures of the READMEs and pages: the demo, as a browser shows it.

    .venv/bin/python scripts/make_images.py                  all of them
    .venv/bin/python scripts/make_images.py paper monitor    some: report, paper, ...

Needs the extra `dev`, a Chromium and `pdftoppm` (Debian: poppler-utils) on this
machine, and a Chinese typeface for the PDF; the network stays off.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from layers.samples.images import write_pair

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
MINE = """\
project_type: mine
construction: new
industry: "0610"
is_urban_concentrated: false
is_high_risk_polluting: false
discharges_pollutant: true
is_two_high: false
is_new_capacity: false
"""
SITE = "SF-040"
"""A made-up site of the demo that is prohibited."""
SIZE = {"width": 1280, "height": 860}


def main(wanted: list[str]) -> None:
    """Review the made-up county in both languages and take a picture of each page."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium here; install it (Debian: apt install chromium)")
    if shutil.which("pdftoppm") is None:
        sys.exit("no pdftoppm here; install it (Debian: apt install poppler-utils)")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_context(viewport=SIZE, offline=True).new_page()
        for lang, tail in (("zh", ""), ("en", ".en")):
            out = Path(folder) / lang
            _redline("demo", "--out", str(out), "--lang", lang)
            if "report" in wanted:
                _page(page, out / "review" / "report.html", f"report{tail}.png")
            if "paper" in wanted:
                _paper(out / "review", f"paper{tail}.png")
            if "monitor" in wanted:
                _monitor(page, out / "county", lang, f"monitor{tail}.png")
        if "feasible" in wanted:
            _feasible(page, Path(folder), out / "county")
        chromium.close()


def _redline(*words: str) -> None:
    """Call the command line."""
    command = [sys.executable, "-c", "from spatial.cli import main; main()"]
    subprocess.run([*command, *words], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


def _page(page: Page, path: Path, name: str, start: str = "body") -> None:
    """Take a picture of a page as a browser shows it, from an element on."""
    page.goto(path.as_uri())
    page.wait_for_timeout(1000)
    page.locator(start).first.evaluate("it => it.scrollIntoView()")
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / name)
    print((IMAGES / name).relative_to(ROOT))


def _paper(run: Path, name: str) -> None:
    """Take a picture of the first page of the report on a prohibited site."""
    out = run.parent / "paper"
    words = ("--format", "pdf", "--site", SITE, "--maps")  # language: the run's
    _redline("report", str(run), *words, "-o", str(out))
    (pdf,) = out.rglob("*.pdf")
    call = ["pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile"]
    subprocess.run([*call, str(pdf), str((IMAGES / name).with_suffix(""))], check=True)
    print((IMAGES / name).relative_to(ROOT))


def _monitor(page: Page, office: Path, lang: str, name: str) -> None:
    """Take a picture of what two made-up images show in the made-up county."""
    folder = office.parent / "images"
    folder.mkdir()
    before, after = write_pair(folder)
    out = office.parent / "monitor"
    words = ("-w", str(office), "-o", str(out), "--lang", lang)
    _redline("monitor", str(before), str(after), *words)
    (html,) = out.glob("*.html")
    _page(page, html, name, "#map")


def _feasible(page: Page, folder: Path, office: Path) -> None:
    """Take a picture of the land for a made-up mine in the made-up county."""
    project = folder / "mine.yaml"
    project.write_text(MINE, encoding="utf-8")
    out = folder / "feasible"
    words = ("-w", str(office), "--project", str(project))
    _redline("feasible", *words, "--on", "2025-10-31", "-o", str(out))
    _page(page, out / "feasible.html", "feasible.png")


if __name__ == "__main__":
    main(sys.argv[1:] or ["report", "paper", "monitor", "feasible"])
