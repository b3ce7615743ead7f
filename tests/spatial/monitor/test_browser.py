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
        context = browser.new_context(
            offline=True, reduced_motion="reduce", has_touch=True
        )
        context.add_init_script("window.alert = () => { window.ran = true }")
        page = context.new_page()
        page.on("request", lambda one: seen.append(one.url))
        page.on("pageerror", lambda one: seen.append(f"error {one}"))
        page.on("console", lambda one: seen.append(f"console {one.text}"))
        page.goto(path.as_uri())
        page.wait_for_function("document.querySelectorAll('path').length > 0")
        yield page, seen, found
        browser.close()


@pytest.fixture
def slider(opened):
    """Return the first pair of pictures, its divider in the middle."""
    page, _, _ = opened
    page.locator("#open-all").click()
    found = page.locator(".slider").first
    found.scroll_into_view_if_needed()
    found.locator("input.divider").evaluate(
        "one => { one.value = 50; one.dispatchEvent(new Event('input')) }"
    )
    return found


def seen_of(slider):
    """Return the shares of the later picture that are covered, as told and as drawn."""
    divider = slider.locator("input.divider")
    clip = slider.locator(".half.after img").evaluate(
        "one => getComputedStyle(one).clipPath"
    )
    return int(divider.input_value()), clip


def at_share(slider, share):
    """Return the place on the page of a share of the picture's width."""
    box = slider.locator(".half.before img").bounding_box()
    return box["x"] + share * box["width"], box["y"] + box["height"] / 3


def test_before_and_after_lie_upon_each_other(slider):
    first, second = (
        slider.locator(f".half.{one} img").bounding_box() for one in ("before", "after")
    )
    assert first == second
    assert seen_of(slider) == (50, "inset(0px 0px 0px 50%)")


def test_the_mouse_moves_the_edge(opened, slider):
    mouse = opened[0].mouse
    mouse.move(*at_share(slider, 0.5))
    mouse.down()
    mouse.move(*at_share(slider, 0.2), steps=4)
    mouse.up()
    share, clip = seen_of(slider)
    assert abs(share - 20) <= 1
    assert clip == f"inset(0px 0px 0px {share}%)"


def test_a_finger_moves_the_edge(opened, slider):
    opened[0].touchscreen.tap(*at_share(slider, 0.8))
    assert abs(seen_of(slider)[0] - 80) <= 1


def test_the_keyboard_moves_the_edge_and_says_where_it_is(opened, slider):
    page, _, _ = opened
    divider = slider.locator("input.divider")
    divider.focus()
    page.keyboard.press("ArrowRight")
    assert seen_of(slider)[0] == 51
    page.keyboard.press("End")
    assert seen_of(slider) == (100, "inset(0px 0px 0px 100%)")
    told = divider.get_attribute("aria-valuetext")
    assert told == "变化前 2023-09-12 100%, 变化后 2025-09-16 0%"
    assert slider.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def test_on_paper_both_pictures_stand_side_by_side(opened, slider):
    page, _, _ = opened
    page.emulate_media(media="print")
    first, second = (
        slider.locator(f".half.{one} img").bounding_box() for one in ("before", "after")
    )
    assert second["x"] >= first["x"] + first["width"]
    assert second["y"] == first["y"]
    assert seen_of(slider)[1] == "none"
    expect(slider.locator("input.divider")).to_be_hidden()
    assert slider.locator(".when").all_text_contents() == [
        "变化前 2023-09-12",
        "变化后 2025-09-16",
    ]
    breaks = slider.evaluate(
        """one => [one.closest('details'), one.closest('section')]
          .map(each => getComputedStyle(each).breakBefore)"""
    )
    assert breaks == ["auto", "page"]  # the heading stands with the first sheet
    page.emulate_media(media="screen")


def test_without_script_both_pictures_stand_side_by_side(opened):
    page, _, _ = opened
    context = page.context.browser.new_context(offline=True, java_script_enabled=False)
    plain = context.new_page()
    plain.goto(page.url)
    plain.locator("details.clue summary").first.click()
    boxes = [
        plain.locator(f".half.{one} img").first.bounding_box()
        for one in ("before", "after")
    ]
    assert boxes[1]["x"] >= boxes[0]["x"] + boxes[0]["width"]
    expect(plain.locator("input.divider").first).to_be_hidden()
    context.close()


def test_a_clue_is_found_by_its_id_and_by_its_outcome(opened):
    page, _, found = opened
    rows = page.locator("table.sites tbody tr:visible")
    name = str(found.table.index[0])
    page.locator("#search").fill(name)
    expect(rows).to_have_count(1)
    page.locator("#search").fill("no such clue")
    expect(rows).to_have_count(0)
    page.locator("#search").fill("")
    outcome = found.table["outcome"].iloc[0]
    page.locator(f"button.count.{outcome}").click()
    expect(rows).to_have_count(int((found.table["outcome"] == outcome).sum()))
    page.locator(f"button.count.{outcome}").click()


def test_a_click_on_a_row_flies_to_the_clue(opened):
    page, _, _ = opened
    page.locator("tr[data-place='0'] td").nth(3).click()
    expect(page.locator("#map")).to_have_attribute("data-place", "0")


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
    sizes = sheets.first.locator("figure.pair img").evaluate_all(
        "all => all.map(one => [one.naturalWidth, one.naturalHeight])"
    )
    assert len(sizes) == 2
    assert sizes[0] == sizes[1]
    assert min(sizes[0]) > 100
    expect(sheets.first.locator("table.field")).to_be_visible()


def test_the_map_shows_clues_and_zones(opened):
    page, _, found = opened
    expect(page.locator("#map path.site-shape")).to_have_count(len(found.table))
    assert page.locator("#map path.zone").count() > 0
