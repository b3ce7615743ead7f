"""Make the pictures of the READMEs and pages: the demo, as a browser shows it.

    .venv/bin/python scripts/make_images.py

Needs the extra `dev` and a Chromium on this machine; the network stays off.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

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
SIZE = {"width": 1280, "height": 860}


def main() -> None:
    """Review the made-up county in both languages and take a picture of each page."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium here; install it (Debian: apt install chromium)")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_context(viewport=SIZE, offline=True).new_page()
        for lang, name in (("zh", "report.png"), ("en", "report.en.png")):
            out = Path(folder) / lang
            command = [sys.executable, "-c", "from spatial.cli import main; main()"]
            words = ["demo", "--out", str(out), "--lang", lang]
            subprocess.run(
                [*command, *words], check=True, stdout=subprocess.DEVNULL, cwd=ROOT
            )
            page.goto((out / "review" / "report.html").as_uri())
            page.wait_for_timeout(1000)
            page.screenshot(path=IMAGES / name)
            print((IMAGES / name).relative_to(ROOT))
        _feasible(page, Path(folder), out / "county")
        chromium.close()


def _feasible(page: Page, folder: Path, office: Path) -> None:
    """Take a picture of the land for a made-up mine in the made-up county."""
    project = folder / "mine.yaml"
    project.write_text(MINE, encoding="utf-8")
    out = folder / "feasible"
    command = [sys.executable, "-c", "from spatial.cli import main; main()"]
    words = ["feasible", "-w", str(office), "--project", str(project)]
    words += ["--on", "2025-10-31", "-o", str(out)]
    subprocess.run([*command, *words], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    page.goto((out / "feasible.html").as_uri())
    page.wait_for_timeout(1000)
    page.screenshot(path=IMAGES / "feasible.png")
    print((IMAGES / "feasible.png").relative_to(ROOT))


if __name__ == "__main__":
    main()
