"""Build the documentation site, and refuse what it would load from outside.

python3 scripts/make_site.py [FOLDER]    builds into FOLDER (out/site if not given)

A broken link, a page that nobody can reach or a reference to another host is a
failure. The site is then read by its index.html, from a folder or a server.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOADING = {"src", "srcset", "poster", "data", "background"}
"""Attributes that make a browser fetch what they name, whatever the tag."""
LOADED_LINKS = {"stylesheet", "icon", "preload", "preconnect", "prefetch", "manifest"}
# mkdocs-material fetches Mermaid from outside as soon as a page has such a diagram
ON_DEMAND = "mermaid"
_OUTSIDE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"(?:url\(|@import)\s*[\"']?\s*((?:[a-z]+:)?//[^\"')\s]+)")


class _Reader(HTMLParser):
    """What a page makes a browser fetch from another host."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the references of a tag."""
        given = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        wanted = [given[name] for name in LOADING & given.keys()]
        if tag == "link" and LOADED_LINKS & set(given.get("rel", "").split()):
            wanted.append(given.get("href", ""))
        self.found += [one for one in wanted if _OUTSIDE.match(one)]
        self.found += outside_of_style(given.get("style", ""))
        if given.get("srcdoc"):  # a page within the page
            self.found += outside_of_page(given["srcdoc"])
        if ON_DEMAND in given.get("class", "").split():
            self.found.append(f"a {ON_DEMAND} diagram, which needs a script")

    def handle_data(self, data: str) -> None:
        """Note the references of a style sheet in the page."""
        if self._in_style:
            self.found += outside_of_style(data)


def outside_of_page(page: str) -> list[str]:
    """Return what a page makes a browser fetch from another host."""
    reader = _Reader()
    reader.feed(page)
    return reader.found


def outside_of_style(text: str) -> list[str]:
    """Return what a style sheet makes a browser fetch from another host."""
    return _IN_STYLE.findall(text)


def outside(site: Path) -> list[str]:
    """Return every reference to another host in a built site, with its file."""
    told = []
    for path in sorted(site.rglob("*")):
        if path.suffix == ".html":
            found = outside_of_page(path.read_text(encoding="utf-8"))
        elif path.suffix == ".css":
            found = outside_of_style(path.read_text(encoding="utf-8"))
        else:
            continue
        told += [f"{path.relative_to(site)}: {one}" for one in found]
    return told


def build(site: Path) -> int:
    """Build the site without a warning; return the exit status."""
    call = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    call += ["--site-dir", str(site)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}
    return subprocess.run(call, cwd=ROOT, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """Build and check; return the exit status."""
    site = Path(arguments[0]).resolve() if arguments else ROOT / "out" / "site"
    status = build(site)
    if status:
        return status
    told = outside(site)
    for one in told:
        print(f"loaded from outside: {one}", file=sys.stderr)
    print(f"{len(list(site.rglob('*.html')))} pages in {site}")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
