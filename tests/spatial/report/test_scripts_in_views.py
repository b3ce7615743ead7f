"""Every text that a template prints, on each kind of page: a browser runs none.

What is printed stands in a view (dataclasses of texts) and in the map's data. The
payload is put before every text of both that is not a code of the program, whatever it
comes from, so that a new field is tried without being named here.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping

import paper
import pytest
import sample_content
from playwright.sync_api import sync_playwright
from script_payloads import PAYLOADS
from small_pair import small_pair

import layers
from layers.base_map import BaseMap
from layers.samples.county import write_county
from spatial.feasible.land import classed
from spatial.feasible.page import land_page
from spatial.feasible.project import project_of
from spatial.monitor import monitor
from spatial.monitor import write as monitor_write
from spatial.report.batch import write_batch
from spatial.report.html import rendered
from spatial.report.page import TableView, page

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

CODES = {
    *("outcome", "status", "severity", "stable", "verdict"),  # names of classes
    *("marks", "style", "colours"),
    *("pictures", "pair_picture", "map_png"),  # PNG that the program made
    *("SharedList.id", "SiteView.asked_list", "SiteView.questions_list"),
    "map_data",  # see `loaded_map`
}
"""Fields that hold words of the program, not texts."""


def loaded(one, payload, sinks, name=""):
    """Return a view with the payload before each text, whose name goes to `sinks`."""
    if isinstance(one, str):
        sinks.add(name)
        return payload + one
    if isinstance(one, Mapping):
        return {
            key: value
            if key in CODES
            else loaded(value, payload, sinks, f"{name}.{key}")
            for key, value in one.items()
        }
    if isinstance(one, (tuple, list)):
        return type(one)(loaded(each, payload, sinks, name) for each in one)
    if not dataclasses.is_dataclass(one):
        return one
    kind = type(one).__name__
    return dataclasses.replace(
        one,
        **{
            field.name: loaded(
                getattr(one, field.name), payload, sinks, f"{kind}.{field.name}"
            )
            for field in dataclasses.fields(one)
            if not {field.name, f"{kind}.{field.name}"} & CODES
        },
    )


def loaded_map(data, payload, sinks):
    """Return the map's data with the payload in ids, names, titles and words."""

    def put(name, text):
        sinks.add(f"map.{name}")
        return payload + text

    return data | {
        "sites": [
            [place, put("site_id", site), put("site_name", name), outcome, shape]
            for place, site, name, outcome, shape in data["sites"]
        ],
        "kinds": [
            kind
            | {
                "title": put("kind", kind["title"]),
                "zones": [
                    [put("zone_id", zone), put("zone_name", name), shape]
                    for zone, name, shape in kind["zones"]
                ],
            }
            for kind in data["kinds"]
        ],
        "outcomes": {
            outcome: said | {"label": put("outcome", said["label"])}
            for outcome, said in data["outcomes"].items()
        },
        "words": {key: put("word", text) for key, text in data["words"].items()},
    }


@pytest.fixture(scope="module")
def views(tmp_path_factory):
    """Return by kind of page its template, view, map data and scripts."""
    folder = tmp_path_factory.mktemp("views")
    office = layers.open_workspace(write_county(folder / "county"))
    (folder / "images").mkdir()
    found = monitor(*small_pair(folder / "images"), office)
    clues = monitor_write.monitor_page(
        found,
        monitor_write.run_content(found),
        "zh",
        pictures=monitor_write.drawn_clues(found, lambda _done, _count: None, most=1),
        pair_picture=None,
    )
    told = page(sample_content.sample(), "zh")
    table = TableView(("heading",), ("",), (("cell",),), "remark")
    compared = dataclasses.replace(
        told, comparison=table, compared="compared", overrides=table
    )
    wide, red = paper.box(0, 0, 2000, 1000), paper.box(500, 0, 1500, 1000)
    units = paper.layer("admin_unit", wide, name="made up")
    units.frame["code"] = ["150624"]
    clause = ("relation: intersects, kind: ecological_redline", "prohibited")
    place = paper.office(
        paper.rulebook(folder, R=clause),
        *(units, paper.layer("ecological_redline", red)),
        region="150600",
    )
    land = classed(project_of({}), place, on=paper.ON)
    ground = land_page(land, "zh", notices=("made up",), run="0" * 12)
    return {
        "monitor": ("monitor.html.j2", clues, clues.base.map_data, ("slider.js",)),
        "comparison": ("report.html.j2", compared, compared.map_data, ()),
        "land": ("land.html.j2", ground, ground.map_data, ()),
    }


@pytest.fixture(scope="module")
def context():
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM)
        opened = browser.new_context(offline=True, reduced_motion="reduce")
        # before any script of the page: a dialog would hang the run
        opened.add_init_script("window.alert = () => { window.ran = true }")
        yield opened
        browser.close()


def visited(context, path, *, mapped):
    """Open a page, touch everything, and return what happened."""
    asked, errors = [], []
    page = context.new_page()
    page.on("request", lambda one: asked.append(one.url))
    page.on("pageerror", lambda one: errors.append(str(one)))
    page.goto(path.as_uri())
    if mapped:
        page.wait_for_function("document.querySelectorAll('path').length > 0")
    page.evaluate(
        """() => {
          document.querySelectorAll('details').forEach(o => { o.open = true });
          document.querySelectorAll(
            'path.leaflet-interactive, input, button, tr, a[href^="#"]'
          ).forEach(o => ['focus', 'mouseover', 'input', 'change', 'click'].forEach(
              kind => o.dispatchEvent(new MouseEvent(kind, { bubbles: true }))));
          dispatchEvent(new Event('beforeprint'));
          dispatchEvent(new Event('afterprint'));
        }"""
    )
    page.wait_for_timeout(50)
    found = page.evaluate(
        """() => ({
          ran: window.ran === true,
          inline: [...document.querySelectorAll('*')].filter(o =>
            [...o.attributes].some(a => a.name.startsWith('on'))).length,
          bad: document.querySelectorAll("iframe, object, embed, base, form, #bait,"
            + "a[href^='javascript:'], meta[http-equiv='refresh'], img[src='x']"
          ).length,
          policy: document.querySelector("[http-equiv='Content-Security-Policy']")
            .content,
          text: document.body.textContent,
        })"""
    )
    page.close()
    outside = [one for one in asked[1:] if not one.startswith("data:")]
    return found, outside, errors


def base_map(payload):
    """Return a base map that is called so; without its key nothing is asked for."""
    return BaseMap(
        title=payload,
        urls=("https://tiles.example/{z}/{x}/{y}?tk={key}",),
        grid="geographic",
        datum="GCJ-02",
        max_level=18,
        attribution=payload,
    )


KINDS = ("monitor", "comparison", "land")


@pytest.mark.parametrize("pair", [(kind, one) for kind in KINDS for one in PAYLOADS])
def test_no_text_of_a_view_is_run(views, context, tmp_path, pair):
    kind, payload = pair
    template, view, data, scripts = views[kind]
    sinks = set()
    text = rendered(
        template,
        loaded(view, payload, sinks),
        map_data=loaded_map(data, payload, sinks),
        lang="zh",
        scripts=scripts,
        base_map=None if kind == "monitor" else base_map(payload),
    )
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    found, outside, errors = visited(context, path, mapped=True)
    assert (outside, errors) == ([], [])
    assert (found["ran"], found["inline"], found["bad"]) == (False, 0, 0)
    assert "script-src 'sha256-" in found["policy"]
    assert payload in found["text"]


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_more_pairs_on_each_page_than_were_asked_for(views, kind):
    _, view, data, _ = views[kind]
    sinks = set()
    loaded(view, "x", sinks)
    loaded_map(data, "x", sinks)
    assert len(sinks) * len(PAYLOADS) >= 200


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_of_the_overview_of_reports_is_run(context, tmp_path, payload):
    content = sample_content.sample()
    named = dataclasses.replace(
        content,
        title=payload,
        notices=(payload,),
        region=payload,
        run_id=payload,
        sites=tuple(
            dataclasses.replace(one, site_id=payload + one.site_id, name=payload)
            for one in content.sites
        ),
    )
    # as bad as a folder could be called: links are quoted
    folders = {one.site_id: one.site_id for one in named.sites}
    made, _ = write_batch(named, tmp_path, folders=folders, formats=("report.html",))
    found, outside, errors = visited(context, made, mapped=False)
    assert (outside, errors) == ([], [])
    assert (found["ran"], found["inline"], found["bad"]) == (False, 0, 0)
    assert "script-src 'none'" in found["policy"]
    assert payload in found["text"] or "\u2028" in payload
