"""A base map below the zones: only when wanted, of one host, no key in the file."""

from __future__ import annotations

import base64
import dataclasses
import http.server
import shutil
import threading

import pytest
import sample_content
from playwright.sync_api import expect, sync_playwright

from layers.base_map import BaseMap
from spatial.report.base_map import base_map_warnings, shift_m
from spatial.report.html import report_html

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
browser_needed = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BOUNDS = (107.0, 39.9, 107.2, 40.1)
BOXES = """tile => {
  const box = one => one.getBoundingClientRect().toJSON();
  const sites = [...document.querySelectorAll("path.site-shape")];
  return [tile.src, box(tile), box(document.getElementById("map")), box(sites.at(-1))];
}"""


def base_map(url, **changes):
    said = {
        "title": "测试底图（虚构）",
        "urls": (url,),
        "grid": "geographic",
        "datum": "CGCS2000",
        "max_level": 18,
        "attribution": "虚构测绘院",
        "zoom_offset": 1,
    }
    return BaseMap(**(said | changes))


def written(folder, base):
    content = dataclasses.replace(sample_content.sample(), base_map=base)
    path = folder / "report.html"
    path.write_text(report_html(content), encoding="utf-8")
    return path


# -- words ---------------------------------------------------------------------


def test_the_shift_is_that_of_the_published_formulas():
    """wgs84_to_gcj02(116, 40) is (116.006141, 40.001214): its docstring."""
    east = 0.006141 * 111_320 * 0.7674  # cosine of 40 degrees on the ellipsoid
    north = 0.001214 * 111_035
    told = shift_m(base_map("https://a.example/", datum="GCJ-02"), 116.0, 40.0)
    assert told == pytest.approx((east**2 + north**2) ** 0.5, abs=1.0)
    assert shift_m(base_map("https://a.example/"), 116.0, 40.0) == 0.0
    baidu = base_map("https://a.example/", datum="BD-09")
    assert shift_m(baidu, 116.0, 40.0) > told
    assert shift_m(baidu, 0.0, 51.0) is None


@pytest.mark.parametrize("datum", ["GCJ-02", "BD-09"])
def test_shifted_tiles_are_told_with_metres(datum):
    base = base_map("https://a.example/{z}/{x}/{y}", datum=datum)
    (said,) = base_map_warnings(base, BOUNDS, "zh")
    far = round(shift_m(base, 107.1, 40.0))
    assert f"偏离约 {far:,} 米" in said
    assert datum in said
    (elsewhere,) = base_map_warnings(base, (0, 50, 1, 51), "zh")
    assert "不重合" in elsewhere


def test_tiles_that_fit_need_no_warning():
    base = base_map("https://a.example/{z}/{x}/{y}")
    assert base_map_warnings(base, BOUNDS, "zh") == ()


def test_a_key_in_the_file_is_told():
    base = base_map("https://a.example/{z}/{x}/{y}?tk=1", holds_key=True)
    (said,) = base_map_warnings(base, BOUNDS, "en")
    assert "do not pass it on" in said


def test_a_page_without_base_map_names_no_host_and_holds_no_code_for_one():
    text = report_html(sample_content.sample())
    assert "img-src data:;" in text
    assert "base-map-on" not in text
    assert "L.tileLayer" not in text.partition("report page: map, filter")[2]


def test_the_policy_lets_one_host_through(tmp_path):
    base = base_map("https://t0.example:8443/wmts?x={x}&y={y}&z={z}&tk={key}")
    text = written(tmp_path, base).read_text(encoding="utf-8")
    assert "img-src data: https://t0.example:8443;" in text
    assert "无底图" not in text


# -- in a browser ----------------------------------------------------------------


class Tiles(http.server.BaseHTTPRequestHandler):
    """A server of one-pixel tiles that remembers what it was asked."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if "wrong" in self.path:
            self.send_error(403)
            return
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tiles) as found:
        found.asked = []
        thread = threading.Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as engine:
        opened = engine.chromium.launch(executable_path=CHROMIUM)
        yield opened
        opened.close()


class Visit:
    """An open page, and what it asked for."""

    def __init__(self, browser, path):
        self.requests, self.errors = [], []
        self.page = browser.new_page(reduced_motion="reduce")
        self.page.on("request", lambda one: self.requests.append(one.url))
        self.page.on("pageerror", lambda one: self.errors.append(str(one)))
        self.page.goto(path.as_uri())
        self.page.wait_for_function("document.querySelectorAll('path').length > 0")

    def outside(self):
        return [one for one in self.requests[1:] if not one.startswith("data:")]


@pytest.fixture
def visit(browser, tmp_path):
    opened = []

    def visited(base):
        opened.append(Visit(browser, written(tmp_path, base)))
        return opened[-1]

    yield visited
    for one in opened:
        one.page.close()


def address(server, more=""):
    return f"http://127.0.0.1:{server.server_port}/t/{{z}}/{{x}}/{{y}}{more}"


@pytest.mark.parametrize("with_base", [False, True])
class TestOff:
    pytestmark = browser_needed

    def test_nothing_is_asked_before_the_reader_wants_it(
        self, server, visit, with_base
    ):
        server.asked.clear()
        opened = visit(base_map(address(server)) if with_base else None)
        opened.page.locator("tr[data-place='0'] td").nth(2).click()
        opened.page.wait_for_timeout(300)
        assert opened.outside() == []
        assert server.asked == []
        assert opened.errors == []


class TestOn:
    pytestmark = browser_needed

    def test_geographic_tiles_lie_under_their_degrees(self, server, visit):
        """Level 1 + n has 2 ** n rows of 180 / 2 ** n degrees, as tianditu counts."""
        opened = visit(base_map(address(server)))
        server.asked.clear()
        opened.page.locator("#base-map-on").check()
        expect(
            opened.page.locator("#map img.leaflet-tile-loaded").first
        ).to_be_visible()
        opened.page.wait_for_timeout(200)
        levels, columns, rows = zip(
            *(map(int, one.split("/")[2:]) for one in server.asked), strict=True
        )
        (level,) = set(levels)
        step = 180 / 2 ** (level - 1)
        column, row = (107.03 + 180) / step, (90 - 40.01) / step
        assert min(columns) <= column <= max(columns) + 1
        assert min(rows) <= row <= max(rows) + 1
        # the tile with the middle of the sites stands where they are drawn
        tile = opened.page.locator(f"img[src$='/{level}/{int(column)}/{int(row)}']")
        box = tile.bounding_box()
        at = opened.page.locator("path.site-shape").first.bounding_box()
        assert box["x"] - 500 < at["x"] < box["x"] + box["width"] + 500
        wide = box["width"] / box["height"]
        assert wide == pytest.approx(0.7660, abs=0.01)  # cosine of 40 degrees
        opened.page.locator("#base-map-on").uncheck()
        expect(opened.page.locator("#map img.leaflet-tile")).to_have_count(0)
        assert opened.errors == []

    def test_a_tile_and_a_zone_with_its_corners_agree(self, server, visit):
        """Screen place of a tile's corner = that of a graticule point there."""
        opened = visit(base_map(address(server)))
        opened.page.locator("#base-map-on").check()
        first = opened.page.locator("#map img.leaflet-tile-loaded").first
        expect(first).to_be_visible()
        # All at one moment: while tiles come in, the first may become another.
        source, box, frame, site = first.evaluate(BOXES)
        level, column, row = map(int, source.split("/")[-3:])
        step = 180 / 2 ** (level - 1)
        west, north = column * step - 180, 90 - row * step
        # where the last site's box lies, from the same two linear scales
        per_lon, per_lat = box["width"] / step, box["height"] / step
        geometry = opened.page.evaluate(
            "JSON.parse(document.getElementById('map-data').textContent).sites.at(-1)[4]"
        )
        lons = [x for x, _ in geometry["coordinates"][0]]
        lats = [y for _, y in geometry["coordinates"][0]]
        x = box["x"] + (min(lons) - west) * per_lon
        y = box["y"] + (north - max(lats)) * per_lat
        assert frame["x"] <= site["x"]
        assert (site["x"], site["y"]) == (
            pytest.approx(x, abs=3),
            pytest.approx(y, abs=3),
        )

    def test_web_mercator_tiles_are_asked_for_by_their_own_table(self, server, visit):
        opened = visit(base_map(address(server), grid="web_mercator", zoom_offset=0))
        server.asked.clear()
        opened.page.locator("#base-map-on").check()
        expect(
            opened.page.locator("#map img.leaflet-tile-loaded").first
        ).to_be_visible()
        level, column, row = map(int, server.asked[0].split("/")[2:])
        # 40 N is 0.3789 of the way from the top of the square of Web Mercator
        assert column / 2**level == pytest.approx((107.03 + 180) / 360, abs=0.01)
        assert row / 2**level == pytest.approx(0.3789, abs=0.01)
        assert opened.errors == []

    def test_a_key_is_asked_for_and_stays_out_of_the_file(self, server, visit):
        opened = visit(base_map(address(server, "?tk={key}")))
        server.asked.clear()
        box = opened.page.locator("#base-map-on")
        box.click()
        expect(opened.page.locator("#base-map-state")).to_have_text(
            "请先填写访问密钥。"
        )
        expect(box).not_to_be_checked()
        assert server.asked == []
        opened.page.locator("#base-map-key").fill("made up&key")
        box.check()
        expect(
            opened.page.locator("#map img.leaflet-tile-loaded").first
        ).to_be_visible()
        assert all(one.endswith("?tk=made%20up%26key") for one in server.asked)
        kept = opened.page.evaluate("[localStorage.length, sessionStorage.length]")
        assert kept == [0, 0]

    def test_tiles_that_do_not_come_are_told(self, server, visit):
        opened = visit(base_map(address(server, "?wrong=1")))
        opened.page.locator("#base-map-on").check()
        expect(opened.page.locator("#base-map-state")).to_contain_text("未能载入")

    def test_another_host_is_kept_out_by_the_policy(self, server, visit):
        opened = visit(base_map(address(server)))
        server.asked.clear()
        other = f"http://localhost:{server.server_port}/t/1/1/1"
        failed = opened.page.evaluate(
            "src => new Promise(done => { const one = new Image();"
            " one.onload = () => done(false); one.onerror = () => done(true);"
            " one.src = src; })",
            other,
        )
        assert failed
        assert server.asked == []

    def test_shifted_tiles_are_told_on_the_page_before_they_are_shown(
        self, server, visit
    ):
        opened = visit(base_map(address(server), datum="GCJ-02"))
        warning = opened.page.locator(".base-map .notice")
        expect(warning).to_be_visible()
        expect(warning).to_contain_text("GCJ-02")
