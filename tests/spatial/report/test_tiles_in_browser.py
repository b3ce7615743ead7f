"""A reader zooms in: fine borders come, the page says so, and asks for nothing."""

from __future__ import annotations

import shutil

import pytest
import sample_content
from playwright.sync_api import expect, sync_playwright
from sample_province import province

from spatial.report.html import report_html

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
OVERVIEW = "当前图面：简图，界线容差约 36.2 米。"
FINE = "当前图面：细化界线，容差约 1.4 米。"
CORNERS = "all => Math.max(...all.map(o => o.getAttribute('d').length))"
UPRIGHT = """all => all.map(o => [...o.getAttribute('d').matchAll(/[ML][^MLZz]+/g)]
  .map(([at], i, all) => i && at[0] === 'L' ? [all[i - 1][0], at].map(
    one => one.slice(1).trim().split(/[ ,]+/).map(Number)) : null)
  .filter(one => one && one[0][0] === one[1][0] && Math.abs(one[0][1] - one[1][1]) > 50)
  .length)"""
COVERED = "#map path.site-shape ~ path.zone"  # a zone over a site
STROKES = "all => all.map(o => o.getAttribute('stroke'))"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("page") / "page.html"
    found.write_text(report_html(province(sample_content.IMAGE)), encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def context():
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM)
        yield browser.new_context(offline=True, reduced_motion="reduce")
        browser.close()


@pytest.fixture
def opened(context, path):
    """The page, which must ask for nothing and complain of nothing."""
    asked, errors = [], []
    page = context.new_page()
    page.on("request", lambda one: asked.append(one.url))
    page.on("pageerror", lambda one: errors.append(str(one)))
    page.on("console", lambda one: errors.append(one.text))
    page.goto(path.as_uri())
    yield page
    assert page.locator("img").count() == 0
    page.close()
    assert [one for one in asked[1:] if not one.startswith("data:")] == []
    assert errors == []


def test_a_reader_who_zooms_in_sees_the_fine_border(opened):
    mode, said = opened.locator("#map"), opened.locator("#map-detail")
    zones = opened.locator("#map path.zone.hatch-0")
    expect(said).to_have_text(OVERVIEW)
    coarse = zones.evaluate_all(CORNERS)
    opened.locator("tr[data-place='0'] td").nth(2).click()
    expect(mode).to_have_attribute("data-borders", "detail")
    expect(said).to_have_text(FINE)
    assert zones.evaluate_all(CORNERS) > 2 * coarse
    zones.first.dispatch_event("mouseover")
    expect(opened.locator(".leaflet-tooltip").last).to_contain_text("<img")
    opened.locator("#map").focus()
    opened.keyboard.press("+")
    expect(mode).to_have_attribute("data-borders", "detail")
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert said.text_content() == OVERVIEW  # at once: paper does not wait
    assert zones.evaluate_all(CORNERS) == coarse
    opened.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(mode).to_have_attribute("data-borders", "overview")


def test_the_edge_of_a_sheet_is_filled_over_and_no_line(opened):
    zones = opened.locator("#map path.zone.hatch-0")
    opened.locator("tr[data-place='2'] td").nth(2).click()
    expect(opened.locator("#map")).to_have_attribute("data-borders", "detail")
    # filled without a line, and its border without the cuts: both hatched on paper
    fill, line = zones.evaluate_all(STROKES)
    assert (fill, line.startswith("#")) == ("none", True)
    # the western border; the edge where two sheets meet, from both; the end of what
    # Leaflet draws beyond the view: a line stands along the first alone
    assert zones.evaluate_all(UPRIGHT) == [4, 1]
    expect(opened.locator(COVERED)).to_have_count(0)
    switch = opened.locator("#legend input").first
    switch.click()
    expect(zones).to_have_count(0)
    switch.click()
    expect(zones).to_have_count(2)
    expect(opened.locator(COVERED)).to_have_count(0)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("delete window.DecompressionStream", "不能解开"),
        ("window.Response = class { arrayBuffer() { throw Error() } }", "未能解开"),
    ],
)
def test_where_sheets_cannot_be_unpacked_the_page_says_so(context, path, script, words):
    page = context.new_page()
    page.add_init_script(script)
    page.goto(path.as_uri())
    page.locator("tr[data-place='0'] td").nth(2).click()
    expect(page.locator("#map-detail")).to_contain_text(words)
    expect(page.locator("#map")).to_have_attribute("data-borders", "overview")
    expect(page.locator("#map path.zone.hatch-0")).to_have_count(1)
    page.close()
