"""Every text of a report, every way to smuggle a script in: a real browser runs none.

One page a payload, the payload in every free text at once (R13 asks for 200 pairs of
text and payload; there are more than 1,000). A text that a new field brings must be
named here, as free or as a code, or the test that counts them fails.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping

import geopandas as gpd
import pytest
import sample_content
from playwright.sync_api import sync_playwright
from script_payloads import PAYLOADS

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

FREE = {
    "CitationRecord": ("article", "document", "edition", "quote", "source"),
    "Coverage": ("stated",),
    "DataIssue": ("facts", "feature_id", "layer"),
    "Finding": (
        *("assumptions", "edition", "layer", "relief", "requires", "rule"),
        *("zone_id", "zone_name"),
    ),
    "FindingRecord": ("finding_id", "note", "rule_title"),
    "Layer": ("id", "notice"),
    "LayerRecord": ("id", "title"),
    "Message": ("facts",),
    "OverlapRecord": ("layer", "zone_id", "zone_name"),
    "Provenance": (
        *("crs", "crs_evidence", "edition", "format", "operation", "sha256", "source"),
    ),
    "ReviewContent": ("inputs", "notices", "region", "run_id", "title", "versions"),
    "RuleRecord": ("edition", "id", "rulebook", "title"),
    "Setting": ("name", "source", "value"),
    "SiteRecord": ("attributes", "name", "site_id"),
    "Tolerance": ("source",),
    "Unknown": ("rule",),
}
"""Texts that come from files, workspaces and rulebooks."""

CODES = {
    "CitationRecord": ("document_id", "status", "verified"),
    "DataIssue": ("code",),
    "Finding": ("kind", "outcome", "relation"),
    "LayerRecord": ("kind", "status"),
    "Message": ("key",),
    "OverlapRecord": ("kind",),
    "ReviewContent": ("about",),
    "RuleRecord": ("status",),
    "SiteRecord": ("outcome",),
    "Unknown": ("at_most", "kind", "what"),
}
"""Words of the program itself."""

OWN = ("LayerSpec", "FieldSpec")
"""The catalogue, which comes with the program."""


def changed(one, payload, free=False):
    """Return a value with the payload before each free text, everywhere below."""
    if isinstance(one, str):
        return payload + one if free else one
    if isinstance(one, gpd.GeoDataFrame) or type(one).__name__ in OWN:
        return one
    if isinstance(one, Mapping):
        return {key: changed(value, payload, free) for key, value in one.items()}
    if isinstance(one, (tuple, frozenset)):
        return type(one)(changed(each, payload, free) for each in one)
    if not dataclasses.is_dataclass(one):
        return one
    named = FREE.get(type(one).__name__, ())
    return dataclasses.replace(
        one,
        **{
            field.name: changed(
                getattr(one, field.name), payload, free or field.name in named
            )
            for field in dataclasses.fields(one)
            if field.init
        },
    )


def texts(one, key=()):
    """Return the fields of all records that hold a text."""
    if isinstance(one, str):
        return {key}
    if isinstance(one, gpd.GeoDataFrame) or type(one).__name__ in OWN:
        return set()
    if dataclasses.is_dataclass(one):
        kind = type(one).__name__
        fields = [field.name for field in dataclasses.fields(one)]
        return set().union(
            *(texts(getattr(one, name), (kind, name)) for name in fields)
        )
    held = one.values() if isinstance(one, Mapping) else one
    if not isinstance(one, (Mapping, tuple, frozenset)):
        return set()
    return set().union(*(texts(each, key) for each in held))


@pytest.fixture(scope="module")
def context():
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM)
        opened = browser.new_context(offline=True, reduced_motion="reduce")
        # before any script of the page: a dialog would hang the run
        opened.add_init_script("window.alert = () => { window.ran = true }")
        yield opened
        browser.close()


def test_every_text_is_known_as_free_or_as_a_code():
    found = texts(sample_content.sample())
    named = {
        (kind, name)
        for table in (FREE, CODES)
        for kind, names in table.items()
        for name in names
    }
    assert found - named == set()


def test_there_are_more_pairs_than_were_asked_for():
    free = sum(map(len, FREE.values()))
    assert len(set(PAYLOADS)) * free >= 200


def test_the_trap_catches_a_page_that_escapes_nothing(context, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<!DOCTYPE html><body>" + PAYLOADS[0], encoding="utf-8")
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("window.ran === true")
    page.close()


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("made", ["report", "folium"])
def test_no_text_is_run(context, tmp_path, payload, made):
    content = changed(sample_content.sample(), payload)
    text = (
        report_html(content, "zh")
        if made == "report"
        else explore(content).get_root().render()
    )
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    asked, errors = [], []
    page = context.new_page()
    page.on("request", lambda one: asked.append(one.url))
    page.on("pageerror", lambda one: errors.append(str(one)))
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('path').length > 0")
    page.evaluate(
        "document.querySelectorAll('details').forEach(o => { o.open = true })"
    )
    for shape in page.locator("path.leaflet-interactive").all():
        shape.dispatch_event("mouseover")
        shape.dispatch_event("click")
    for link in page.locator("a[href^='javascript']").all():
        link.dispatch_event("click")
    page.wait_for_timeout(50)
    assert page.evaluate("window.ran === undefined")
    assert errors == []
    assert [one for one in asked[1:] if not one.startswith("data:")] == []
    inline = page.evaluate(
        "[...document.querySelectorAll('*')].filter(o => [...o.attributes]"
        ".some(a => a.name.startsWith('on'))).length"
    )
    assert inline == 0
    bad = "iframe, object, embed, base, form, #bait, a[href^='javascript']"
    assert page.locator(bad).count() == 0
    assert page.locator("meta[http-equiv='refresh']").count() == 0
    if made == "report":
        assert payload.replace("\u2028", "").strip() in page.inner_text("body") or (
            "\u2028" in payload
        )
        policy = page.locator("meta[http-equiv='Content-Security-Policy']")
        assert "script-src" in policy.get_attribute("content")
    page.close()
