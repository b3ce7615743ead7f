"""A real browser opens the page of clues with the network off."""

import shutil
from dataclasses import replace

import pytest
from playwright.sync_api import expect, sync_playwright
from small_pair import small_pair

import layers
from layers.samples.county import write_county
from spatial.monitor import monitor
from spatial.monitor.write import monitoring_html

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
HOSTILE = "</script><img src=x onerror=alert(1)>'\"`${alert(1)}"


def hostile(office):
    """Return the office with a name that is a script, on zones and permits."""
    names = {}
    for name, one in office.layers.items():
        frame = one.frame.copy()
        if one.kind in ("ecological_redline", "permit", "admin_unit"):
            frame["name"] = HOSTILE
        names[name] = replace(one, frame=frame)
    return replace(office, title=HOSTILE, layers=names)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    office = hostile(layers.open_workspace(write_county(folder / "county")))
    (folder / "images").mkdir()
    before, after = small_pair(folder / "images")
    named = replace(layers.read_raster(before), name=HOSTILE)
    found = monitor(named, after, office)
    path = folder / "report.html"
    path.write_text(monitoring_html(found), encoding="utf-8")
    seen = []
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM)
        context = browser.new_context(offline=True, reduced_motion="reduce")
        context.add_init_script("window.alert = () => { window.ran = true }")
        page = context.new_page()
        page.on("request", lambda one: seen.append(one.url))
        page.on("pageerror", lambda one: seen.append(f"error {one}"))
        page.on("console", lambda one: seen.append(f"console {one.text}"))
        page.goto(path.as_uri())
        page.wait_for_function("document.querySelectorAll('path').length > 0")
        yield page, seen, found
        browser.close()


def test_it_asks_for_nothing_and_runs_no_data(opened):
    page, seen, _ = opened
    for path in page.locator("path.leaflet-interactive").all():
        path.dispatch_event("mouseover")
        path.dispatch_event("click")
    assert [one for one in seen[1:] if not one.startswith("data:")] == []
    assert page.evaluate("window.ran !== true")
    expect(page.locator("img[src='x']")).to_have_count(0)


def test_a_clue_has_its_picture_and_lines_for_the_field(opened):
    page, _, found = opened
    page.locator("#open-all").click()
    sheets = page.locator("details.clue")
    expect(sheets).to_have_count(len(found.table))
    picture = sheets.first.locator("figure.pair img")
    assert picture.evaluate("one => one.naturalWidth") > 100
    expect(sheets.first.locator("table.field")).to_be_visible()


def test_the_map_shows_clues_and_zones(opened):
    page, _, found = opened
    expect(page.locator("#map path.site-shape")).to_have_count(len(found.table))
    assert page.locator("#map path.zone").count() > 0
