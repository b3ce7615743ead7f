"""A real browser opens the page with the network off and runs nothing that is data."""

from __future__ import annotations

import shutil

import pytest
import sample_content
from playwright.sync_api import expect, sync_playwright

from spatial.report.html import report_html
from spatial.report.map import explore

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Visit:
    """An open page, and what happened on it."""

    def __init__(self, context, path):
        self.requests, self.errors = [], []
        self.page = context.new_page()
        self.page.on("request", lambda one: self.requests.append(one.url))
        self.page.on("pageerror", lambda one: self.errors.append(str(one)))
        self.page.on("console", self._listen)
        self.page.goto(path.as_uri())
        self.page.wait_for_function("document.querySelectorAll('path').length > 0")

    def _listen(self, said):
        if said.type in ("error", "warning"):
            self.errors.append(said.text)

    def outside(self):
        """Return the requests that left the page itself."""
        return [one for one in self.requests[1:] if not one.startswith("data:")]

    def ran(self):
        """Whether a script that came as data was run."""
        return self.page.evaluate("window.ran === true")


@pytest.fixture(scope="module")
def context():
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM)
        opened = browser.new_context(
            offline=True,
            viewport={"width": 1280, "height": 900},
            reduced_motion="reduce",
        )
        # before any script of the page: a dialog would hang the run
        opened.add_init_script("window.alert = () => { window.ran = true }")
        yield opened
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("pages")
    content = sample_content.sample()
    for lang in ("zh", "en"):
        text = report_html(content, lang)
        (found / f"report_{lang}.html").write_text(text, encoding="utf-8")
    text = explore(content).get_root().render()
    (found / "folium.html").write_text(text, encoding="utf-8")
    return found


@pytest.fixture
def visit(context, folder):
    opened = Visit(context, folder / "report_zh.html")
    yield opened
    opened.page.close()


@pytest.mark.parametrize("name", ["report_zh", "report_en", "folium"])
def test_a_page_asks_for_nothing_and_runs_no_data(context, folder, name):
    opened = Visit(context, folder / f"{name}.html")
    for path in opened.page.locator("path.leaflet-interactive").all():
        path.dispatch_event("mouseover")
        path.dispatch_event("click")
    opened.page.wait_for_timeout(200)
    assert opened.outside() == []
    assert opened.errors == []
    assert not opened.ran()
    expect(opened.page.locator("img[src='x']")).to_have_count(0)
    opened.page.close()


def test_zones_sites_and_legend_are_drawn(visit):
    expect(visit.page.locator("#map path.zone")).to_have_count(2)
    expect(visit.page.locator("#map path.site-shape")).to_have_count(5)
    expect(visit.page.locator("#legend")).to_be_visible()
    expect(visit.page.locator(".leaflet-control-scale")).to_be_visible()
    expect(visit.page.locator(".north")).to_be_visible()
    labels = visit.page.locator(".site-label").all_text_contents()
    assert "✕ S-0" in labels


def test_a_click_on_a_row_flies_to_the_site(visit):
    scale = visit.page.locator(".leaflet-control-scale-line")
    before = scale.text_content()
    visit.page.locator("tr[data-place='0'] td").nth(2).click()
    expect(visit.page.locator("#map")).to_have_attribute("data-place", "0")
    expect(visit.page.locator("tr.chosen")).to_have_attribute("data-place", "0")
    expect(scale).not_to_have_text(before)


def test_the_keyboard_reaches_a_site_and_its_details(visit):
    visit.page.locator("tr[data-place='0'] a").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#site-0[open]")).to_be_attached()
    expect(visit.page.locator("#site-0 blockquote").first).to_be_visible()
    visit.page.locator("tr[data-place='4'] button.locate").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#map")).to_have_attribute("data-place", "4")


def test_the_legend_switches_a_kind_off_and_on(visit):
    box = visit.page.locator("#legend input").first
    box.click()
    expect(visit.page.locator("#map path.zone")).to_have_count(1)
    box.click()
    expect(visit.page.locator("#map path.zone")).to_have_count(2)


def test_filter_and_search_narrow_table_and_map(visit):
    visit.page.locator("button.count.prohibited").click()
    expect(visit.page.locator("table.sites tbody tr:visible")).to_have_count(1)
    expect(visit.page.locator("#map path.site-shape")).to_have_count(1)
    expect(visit.page.locator("#shown")).to_have_text("列出 1 / 6 个")
    visit.page.locator("button.count.prohibited").click()
    visit.page.locator("#search").fill("calc")
    expect(visit.page.locator("table.sites tbody tr:visible")).to_have_count(1)


def test_a_popup_shows_a_hostile_name_as_text(visit):
    visit.page.locator("path.site-shape").first.dispatch_event("click")
    places = visit.page.evaluate(
        "JSON.parse(document.getElementById('map-data').textContent).sites.length"
    )
    assert places == 5
    expect(visit.page.locator(".popup")).to_have_count(1)
    assert not visit.ran()


def test_print_opens_every_detail_and_closes_it_again(visit):
    opened = "document.querySelectorAll('details.site[open]').length"
    visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert visit.page.evaluate(opened) == 6
    visit.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert visit.page.evaluate(opened) == 0


def test_each_outcome_has_a_mark_of_its_own_shape(visit):
    """Colours may not be seen or printed: five outcomes, five shapes."""
    said = visit.page.evaluate(
        "[...document.querySelectorAll('#map path.site-dot')]"
        ".map(o => o.getAttribute('d').replace(/[^A-Za-z]/g, ''))"
    )
    assert {"M" + "L" * 11 + "Z", "M" + "L" * 3 + "Z", "M" + "L" * 2 + "Z"} < set(said)
    drawn = visit.page.locator("#legend li svg[viewBox]")
    shapes = drawn.evaluate_all(
        "all => all.map(o => o.innerHTML.replace(/fill.*/, ''))"
    )
    assert len(set(shapes)) == len(shapes) == 5


def test_zones_are_hatched_on_paper_and_not_on_the_screen(visit):
    fills = "all => all.map(o => getComputedStyle(o).fill.slice(0, 5))"
    zones = visit.page.locator("#map path.zone:not([fill='none'])")
    boxes = visit.page.locator("#legend rect[class^='hatch-']")
    assert zones.count() > 0
    assert 'url("' not in zones.evaluate_all(fills)
    visit.page.emulate_media(media="print")
    assert set(zones.evaluate_all(fills)) == {'url("'}
    assert set(boxes.evaluate_all(fills)) == {'url("'}
    visit.page.emulate_media(media="screen")


def test_every_stop_of_the_tab_key_can_be_seen(visit):
    visit.page.locator("body").click(position={"x": 1, "y": 1})
    seen = []
    for _ in range(24):
        visit.page.keyboard.press("Tab")
        seen.append(
            visit.page.evaluate(
                """() => { const o = document.activeElement;
                  const box = o.getBoundingClientRect();
                  return [getComputedStyle(o).outlineStyle, box.width > 0]; }"""
            )
        )
    assert seen == [["solid", True]] * 24


def test_the_keyboard_skips_the_list_and_reaches_the_map(visit):
    visit.page.locator("a.skip[href='#map']").focus()
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Tab")
    inside = "document.querySelector('.map').contains(document.activeElement)"
    assert visit.page.evaluate(inside)
    scale = visit.page.locator(".leaflet-control-scale-line")
    before = scale.text_content()
    visit.page.locator("#map").focus()
    for _ in range(4):
        visit.page.keyboard.press("+")
    expect(scale).not_to_have_text(before)
