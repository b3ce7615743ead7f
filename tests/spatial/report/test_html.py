"""The page says what the content says, runs nothing that is data, loads nothing."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from pathlib import Path

import pytest
import sample_content
from hypothesis import given
from hypothesis import strategies as st
from page_text import page_text

from spatial.report import drawing as drawing_module
from spatial.report.content import LayerRecord
from spatial.report.drawing import drawing
from spatial.report.html import report_html, safe_json
from spatial.report.page import page as laid_out

GOLDEN = Path(__file__).parents[2] / "golden"
VENDOR = Path(drawing_module.__file__).parent / "vendor"


@pytest.fixture(scope="module")
def page():
    return report_html(sample_content.sample(), "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_is_the_one_that_was_read_and_approved(lang, tmp_path):
    text = page_text(report_html(sample_content.sample(), lang))
    golden = GOLDEN / f"report_{lang}.txt"
    (tmp_path / golden.name).write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8"), (
        f"the page reads differently; read {tmp_path / golden.name}, and if it is"
        f" right copy it to tests/golden/{golden.name}"
    )


def test_two_pages_of_one_review_are_the_same(page):
    assert report_html(sample_content.sample(), "zh") == page


def test_the_page_names_no_other_file_and_no_host(page):
    code = re.sub(r"/\*.*?\*/", "", page, flags=re.DOTALL)
    assert not re.findall(r"\s(?:src|srcset|data|action|poster)=[\"']", code)
    hosts = set(re.findall(r"https?://[\w.]+", code))
    # names of XML vocabularies, a link in Leaflet's own credit (switched off), and
    # none that is fetched: the browser test counts requests
    assert hosts <= {"http://www.w3.org", "https://leafletjs.com"}
    links = re.findall(r"<a [^>]*href=\"([^\"]*)\"", page.partition("<script")[0])
    assert links
    assert all(link.startswith("#") for link in links)


def test_the_policy_allows_our_scripts_and_style_and_nothing_else(page):
    policy = re.search(r"Content-Security-Policy\" content=\"([^\"]*)\"", page)
    said = policy.group(1).replace("&#39;", "'")
    assert said.startswith("default-src 'none';")
    assert "unsafe" not in said
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert (len(scripts), len(styles)) == (2, 1)
    for text in (*scripts, *styles):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in said
    assert said.count("sha256-") == 3


def test_no_markup_comes_from_data(page):
    assert "<img" not in page
    assert "onerror=alert(1)&gt;" in page
    assert page.count("<script") == 3
    assert not re.search(r"<[a-z][^>]*\son\w+\s*=", page.partition("<script>")[0])


def test_the_map_data_are_what_was_put_in(page):
    text = re.search(r"id=\"map-data\">(.*?)</script>", page, re.DOTALL).group(1)
    data = json.loads(text)
    names = {one[1]: one[2] for one in data["sites"]}
    assert names["S-4"] == sample_content.SCRIPT
    assert "S-5" not in names  # it has no geometry
    assert len(data["kinds"]) == 2


@given(st.recursive(st.text(), lambda part: st.lists(part) | st.tuples(part, part)))
def test_json_in_a_page_cannot_end_its_element_and_reads_back(value):
    text = safe_json(value)
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == json.loads(json.dumps(value))


def test_the_first_issues_are_listed_and_the_rest_announced():
    content = sample_content.sample()
    content = dataclasses.replace(content, issues=content.issues * 150)
    text = page_text(report_html(content, "zh"))
    assert "共 300 条，此处列出前 200 条" in text


def test_a_review_without_sites_says_so():
    content = dataclasses.replace(sample_content.sample(), sites=())
    text = page_text(report_html(content, "zh"))
    assert "没有可审查的项目。" in text
    assert "没有可显示的图形。" in text


def test_zones_are_cut_at_the_window_and_keep_their_place():
    drawn = drawing(sample_content.sample(), "zh")
    west, south, east, north = drawn.window
    assert west < drawn.bounds[0] < drawn.bounds[2] < east
    for kind in drawn.kinds:
        for zone in kind.zones:
            for lon, lat in points(zone.geometry["coordinates"]):
                assert west - 1e-6 <= lon <= east + 1e-6
                assert south - 1e-6 <= lat <= north + 1e-6


def test_a_zone_far_from_every_site_is_not_drawn():
    content = sample_content.sample()
    far = sample_content.layer(
        "far", "wetland", [sample_content.square(500, 500, 510, 510)], ["远处湿地"]
    )
    record = LayerRecord("far", far.kind, far.spec.title, "not_needed", (), far)
    content = dataclasses.replace(content, layers=(*content.layers, record))
    kinds = [kind.kind for kind in drawing(content, "zh").kinds]
    assert kinds == ["ecological_redline", "river_shoreline"]


def test_what_does_not_fit_is_left_out_smallest_first_and_counted(monkeypatch):
    monkeypatch.setattr(drawing_module, "MOST_VERTICES", 7)
    content = sample_content.sample()
    shapes = [sample_content.square(4, 0, 4.1, 0.1), sample_content.RED]
    red = sample_content.layer("red", "ecological_redline", shapes, ["小", "大"])
    record = dataclasses.replace(content.layers[0], layer=red)
    content = dataclasses.replace(content, layers=(record,))
    drawn = drawing(content, "zh")
    assert [zone.name for zone in drawn.kinds[0].zones] == ["大"]
    assert drawn.omitted == 1
    assert "另有 1 个分区因篇幅未绘出" in page_text(report_html(content, "zh"))


def test_the_code_of_others_is_the_code_that_was_published():
    for line in (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
    assert "BSD 2-Clause" in (VENDOR / "LICENSE.leaflet").read_text(encoding="utf-8")


def points(coordinates):
    """Return the positions of a GeoJSON geometry, whatever its depth."""
    if isinstance(coordinates[0], float | int):
        return [coordinates]
    return [point for part in coordinates for point in points(part)]


def test_a_page_of_very_many_sites_says_that_it_does_not_list_them_all(monkeypatch):
    content = sample_content.sample()
    total = len(content.sites)
    monkeypatch.setattr("spatial.report.page.MOST_SITES", total - 1)
    text = page_text(report_html(content, "zh"))
    assert f"最严重的 {total - 1} 个地块（共 {total} 个）" in text
    assert "未列出的地块不等于没有冲突" in text
    view = laid_out(content, "zh")
    assert [one.site_id for one in view.sites] == [
        one.site_id for one in content.sites[:-1]
    ]
    assert sum(one.count for one in view.counts) == total
    assert len(view.map_data["sites"]) <= total - 1
    monkeypatch.undo()
    assert "未列出的地块" not in page_text(report_html(content, "zh"))
