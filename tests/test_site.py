"""The documentation site loads nothing from outside, and answers every complaint."""

from __future__ import annotations

import hashlib
import importlib.util
import re
from pathlib import Path

import pytest
from make_site import build, outside, outside_of_page, outside_of_style

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "docs" / "assets" / "vendor" / "iframe-worker"
COMPLAINTS = 14


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://example.org/a.js"></script>',
        "<script src='//example.org/a.js'></script>",
        '<script src=" HTTPS://example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<link rel="preconnect" href="https://example.org">',
        '<link href="https://example.org/a.png" rel="shortcut icon">',
        '<img src="https://example.org/a.png">',
        '<img srcset="//example.org/a.png 2x">',
        '<iframe src="https://example.org"></iframe>',
        '<video poster="https://example.org/a.png"></video>',
        '<object data="https://example.org/a.svg"></object>',
        "<style>@import 'https://example.org/a.css';</style>",
        "<style>p { background: url(//example.org/a.png) }</style>",
        '<p style="background:url(https://example.org/a.png)">x</p>',
        '<pre class="mermaid">graph</pre>',
    ],
)
def test_what_a_page_would_fetch_from_outside_is_told(page):
    assert len(outside_of_page(page)) == 1


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://example.org">a link is followed by a person</a>',
        '<script src="assets/a.js"></script><img src="../images/a.png">',
        '<img src="data:image/png;base64,//aaaa">',
        '<link rel="canonical" href="https://example.org/">',
        "<p>url(https://example.org) is a text here</p>",
        "<style>p { background: url(data:image/svg+xml;base64,aa) }</style>",
    ],
)
def test_what_a_page_holds_itself_is_no_fault(page):
    assert outside_of_page(page) == []


def test_a_style_sheet_with_a_font_from_outside_is_told(tmp_path):
    sheet = '@font-face { src: url("https://example.org/a.woff2") }'
    assert outside_of_style(sheet) == ["https://example.org/a.woff2"]
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text(sheet, encoding="utf-8")
    (tmp_path / "a.html").write_text("<p>a</p>", encoding="utf-8")
    (told,) = outside(tmp_path)
    assert told.endswith("a.css: https://example.org/a.woff2")


def test_every_complaint_has_an_answer_and_its_limit():
    text = (ROOT / "docs" / "faq.md").read_text(encoding="utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert [int(one.split(".")[0]) for one in parts] == [*range(1, COMPLAINTS + 1)]
    for one in parts:
        assert one.count("**不做 / Not done:**") == 1, one.splitlines()[0]


def test_the_script_of_others_is_the_one_that_was_looked_at():
    for line in (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        wanted, name = line.split()
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == wanted
    assert "Martin Donath" in (VENDOR / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.skipif(
    importlib.util.find_spec("mkdocs") is None, reason="needs the extra docs"
)
def test_the_site_builds_without_a_warning_and_loads_nothing_from_outside(tmp_path):
    assert build(tmp_path) == 0
    assert outside(tmp_path) == []
    pages = {one.stem for one in tmp_path.glob("*.html")}
    assert {one.stem for one in (ROOT / "docs").glob("*.md")} <= pages
    assert (tmp_path / "search" / "search_index.js").is_file()
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'src="assets/vendor/iframe-worker/shim.js"' in page
