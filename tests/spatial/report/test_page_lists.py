"""One line a reason, one list for the sites that share it, and nothing left out."""

from __future__ import annotations

import dataclasses
import shutil

import pytest
import sample_content
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect, sync_playwright

from spatial.report import page_lists
from spatial.report.html import report_html
from spatial.report.page_lists import grouped, with_shared_lists
from spatial.report.site_page import AskedView, QuestionView, site_view

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)


def unknown(why, rule=""):
    rules = (rule,) if rule else ()
    return QuestionView("not_checked", "○", "图层缺失", why, rule or "全部", rules)


def asked(text):
    return AskedView(text, "A", "")


@pytest.fixture
def many(monkeypatch):
    """Every list counts as long."""
    monkeypatch.setattr(page_lists, "MOST_ROWS", 0)


def views(*lists):
    """Return sites that differ in their lists alone: (asked, questions) each."""
    (site, *_) = sample_content.sample().sites
    bare = site_view(site, place=0, lang="zh", lists={})
    return tuple(
        dataclasses.replace(bare, place=at, asked=a, questions=q)
        for at, (a, q) in enumerate(lists)
    )


def test_one_reason_with_three_clauses_is_one_line():
    rows = (unknown("无图层", "A"), unknown("无面积", "B"), unknown("无图层", "C"))
    first, second = grouped((*rows, rows[0]), "zh")
    assert (first.why, first.rules, first.rule) == (
        "无图层",
        ("A", "C"),
        "涉及条款 A、C",
    )
    assert second == rows[1]


def test_a_reason_for_every_clause_stays_so():
    (one,) = grouped((unknown("无图层", "A"), unknown("无图层")), "zh")
    assert one.rule == "全部"


@given(
    st.lists(
        st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(["", "A", "B"])),
        max_size=9,
    )
)
def test_grouping_keeps_every_reason_and_every_clause(said):
    rows = [unknown(why, rule) for why, rule in said]
    found = grouped(rows, "zh")
    assert [one.why for one in found] == list(dict.fromkeys(why for why, _ in said))
    for one in found:
        mine = {rule for why, rule in said if why == one.why}
        assert "" in mine or set(one.rules) == mine


def test_few_lines_stay_with_their_sites():
    one = (asked("问"),)
    sites, shared = with_shared_lists(views((one, ()), (one, ())), "zh")
    assert shared == ()
    assert [view.asked for view in sites] == [one, one]


@pytest.mark.usefixtures("many")
def test_a_list_of_two_sites_stands_once_and_one_of_a_single_site_stays():
    same, own = (unknown("无图层", "A"),), (unknown("无面积", "B"),)
    sites, shared = with_shared_lists(
        views(((), same), ((), own), ((asked("问"),), same), ((), ())), "zh"
    )
    (one,) = shared
    assert (one.id, one.questions) == ("unknowns-1", same)
    assert one.title == "未决事项：列表 1（2 个项目相同）"
    assert [view.questions_list for view in sites] == [
        "unknowns-1",
        "",
        "unknowns-1",
        "",
    ]
    assert [view.questions for view in sites] == [(), own, (), ()]
    assert [view.asked for view in sites] == [(), (), (asked("问"),), ()]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.usefixtures("many")
def test_a_shared_list_is_read_in_the_site_and_printed_once(tmp_path):
    content = sample_content.sample()
    one = next(site for site in content.sites if site.unknowns)
    copies = [dataclasses.replace(one, site_id=f"C-{at}") for at in range(3)]
    text = report_html(dataclasses.replace(content, sites=tuple(copies)), "zh")
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_context(offline=True, reduced_motion="reduce").new_page()
        errors = []
        page.on("pageerror", lambda said: errors.append(str(said)))
        page.goto(path.as_uri())
        site = page.locator("#site-1")
        site.evaluate("one => { one.open = false }")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.wait_for_timeout(50)
        expect(site.locator("ol.questions")).to_have_count(0)
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.wait_for_timeout(50)
        expect(page.locator("#unknowns-1 ol.questions")).to_have_count(1)
        site.evaluate("one => { one.open = true }")
        expect(site.locator("ol.questions")).to_have_count(1)
        lines = page.locator("#unknowns-1 ol.questions").inner_html()
        assert site.locator("ol.questions").inner_html() == lines
        assert errors == []
        browser.close()
