"""Make the pictures of the READMEs: the demo's report, as a browser shows it.

    .venv/bin/python scripts/make_images.py

Needs the extra `dev` and a Chromium on this machine; the network stays off.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
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
        chromium.close()


if __name__ == "__main__":
    main()
