"""A real browser opens the page with the network off and runs nothing that is data."""

from __future__ import annotations

import shutil

import pytest
import sample_content
from playwright.sync_api import sync_playwright

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
    assert opened.page.locator("img[src='x']").count() == 0
    opened.page.close()


def test_zones_sites_and_legend_are_drawn(visit):
    assert visit.page.locator("#map path.zone").count() == 2
    assert visit.page.locator("#map path.site-shape").count() == 5
    assert visit.page.locator("#legend").is_visible()
    assert visit.page.locator(".leaflet-control-scale").is_visible()
    assert visit.page.locator(".north").is_visible()
    labels = visit.page.locator(".site-label").all_text_contents()
    assert "✕ S-0" in labels


def test_a_click_on_a_row_flies_to_the_site(visit):
    before = visit.page.locator(".leaflet-control-scale-line").text_content()
    visit.page.locator("tr[data-place='0'] td").nth(2).click()
    visit.page.wait_for_timeout(300)
    after = visit.page.locator(".leaflet-control-scale-line").text_content()
    assert visit.page.locator("#map").get_attribute("data-place") == "0"
    assert visit.page.locator("tr.chosen").get_attribute("data-place") == "0"
    assert before != after


def test_the_keyboard_reaches_a_site_and_its_details(visit):
    visit.page.locator("tr[data-place='0'] a").focus()
    visit.page.keyboard.press("Enter")
    assert visit.page.locator("#site-0").get_attribute("open") is not None
    assert visit.page.locator("#site-0 blockquote").first.is_visible()
    visit.page.locator("tr[data-place='4'] button.locate").focus()
    visit.page.keyboard.press("Enter")
    assert visit.page.locator("#map").get_attribute("data-place") == "4"


def test_the_legend_switches_a_kind_off_and_on(visit):
    box = visit.page.locator("#legend input").first
    box.click()
    assert visit.page.locator("#map path.zone").count() == 1
    box.click()
    assert visit.page.locator("#map path.zone").count() == 2


def test_filter_and_search_narrow_table_and_map(visit):
    visit.page.locator("button.count.prohibited").click()
    assert visit.page.locator("table.sites tbody tr:visible").count() == 1
    assert visit.page.locator("#map path.site-shape").count() == 1
    assert visit.page.locator("#shown").text_content() == "列出 1 / 6 个"
    visit.page.locator("button.count.prohibited").click()
    visit.page.locator("#search").fill("calc")
    assert visit.page.locator("table.sites tbody tr:visible").count() == 1


def test_a_popup_shows_a_hostile_name_as_text(visit):
    visit.page.locator("path.site-shape").first.dispatch_event("click")
    places = visit.page.evaluate(
        "JSON.parse(document.getElementById('map-data').textContent).sites.length"
    )
    assert places == 5
    assert visit.page.locator(".popup").count() == 1
    assert not visit.ran()


def test_print_opens_every_detail_and_closes_it_again(visit):
    opened = "document.querySelectorAll('details.site[open]').length"
    visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert visit.page.evaluate(opened) == 6
    visit.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert visit.page.evaluate(opened) == 0
