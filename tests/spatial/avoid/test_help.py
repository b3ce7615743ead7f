"""Help on squared paper: parts, moves and chainages that one can do in one's head."""

import json

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from page_text import page_text
from paper import ON, box, layer, line, office, rulebook, sites

import spatial
from spatial.avoid.help import WITHIN_M
from spatial.avoid.move import direction, moved
from spatial.measure import area_m2, distance_m
from spatial.report.help_view import chainage

REDLINE = ("relation: intersects, kind: ecological_redline", "prohibited")
FARMLAND = ("relation: intersects, kind: permanent_basic_farmland", "prohibited")
RIVER = (
    "relation: within_distance, kind: river_shoreline, distance_m: 100",
    "restricted",
)
PARK = ("relation: not_within, kind: industrial_park", "prohibited")
SAVED = ("relation: outside, kind: industrial_park", "prohibited")


def helped(workspace, *shapes, **said):
    """Site records with help, in the order of the shapes."""
    review = spatial.review(sites(*shapes, **said), workspace, on=ON, avoid=True)
    return sorted(review.content.sites, key=lambda one: int(one.site_id[2:]))


def said_of(workspace, shape):
    found = spatial.review(sites(shape), workspace, on=ON).outcomes["outcome"]
    return found["S-0"]


@pytest.fixture
def redline(tmp_path):
    """A red line of 400 x 400 m; sites come from the east."""
    book = rulebook(tmp_path, R=REDLINE)
    return office(book, layer("ecological_redline", box(-400, -200, 0, 200)))


def test_half_of_a_site_in_a_red_line_gives_up_half_and_moves_out(redline):
    #      red line |-400 .. 0|     site |-50 .. 50| x |-50 .. 50|
    site = box(-50, -50, 50, 50)
    (one,) = helped(redline, site)
    whole = area_m2(site)
    (lost,) = one.help.give_up
    assert (lost.rule, lost.layer) == ("R", "ecological_redline")
    assert lost.area_m2 == pytest.approx(whole / 2, rel=1e-4)
    assert one.help.part.area_m2 == pytest.approx(whole / 2, rel=1e-4)
    assert one.help.part.outcome == "clear"
    assert said_of(redline, one.help.part.geometry) == "clear"
    assert one.help.part.area_m2 + one.help.give_up_m2 == pytest.approx(whole, abs=1e-6)
    assert one.help.move.distance_m == pytest.approx(50, abs=0.2)
    assert one.help.move.direction == "e"
    assert said_of(redline, one.help.move.geometry) == "clear"


def test_a_site_wholly_within_has_no_part_but_moves_to_the_nearest_side(redline):
    # nearest side: the south, 200 - 150 + 100 = 150 m away
    (one,) = helped(redline, box(-250, -150, -150, -50))
    assert one.help.part is None
    assert one.help.move.direction == "s"
    assert one.help.move.distance_m == pytest.approx(150, abs=0.3)


def test_none_within_two_kilometres_is_said(tmp_path):
    book = rulebook(tmp_path, R=REDLINE)
    wide = office(book, layer("ecological_redline", box(-9000, -9000, 9000, 9000)))
    (one,) = helped(wide, box(0, 0, 100, 100))
    assert one.help.move is None
    assert one.help.searched_m == WITHIN_M == 2000


def test_a_distance_keeps_the_ground_beyond_the_limit(tmp_path):
    # river at x = 0, limit 100 m; site from 50 to 150
    book = rulebook(tmp_path, W=RIVER)
    river = layer("river_shoreline", line((0, -3000), (0, 3000)))
    where = office(book, river)
    (one,) = helped(where, box(50, 0, 150, 100))
    assert one.outcome == "restricted"
    assert one.help.part.outcome == "clear"
    assert one.help.part.area_m2 == pytest.approx(5000, rel=2e-3)
    west = shapely.get_parts(one.help.part.geometry)
    away = distance_m(west, np.array([line((0, -3000), (0, 3000))] * len(west)))
    assert 100 < away.min() < 100.012
    assert one.help.move.distance_m == pytest.approx(50, abs=0.2)
    assert said_of(where, one.help.move.geometry) == "clear"


def test_ground_outside_of_every_park_is_given_up(tmp_path):
    book = rulebook(tmp_path, P=PARK)
    where = office(book, layer("industrial_park", box(0, 0, 400, 400)))
    (one,) = helped(where, box(-30, 100, 70, 200))
    assert one.outcome == "prohibited"
    assert one.help.part.outcome == "clear"
    assert one.help.part.area_m2 == pytest.approx(7000, rel=2e-3)
    assert one.help.move.direction == "e"
    assert one.help.move.distance_m == pytest.approx(30, abs=0.2)


def test_two_rules_give_up_the_union_and_name_both(tmp_path):
    # red line over x < 0, farmland over y < 0; the site's north-east quarter stays
    book = rulebook(tmp_path, R=REDLINE, F=FARMLAND)
    where = office(
        book,
        layer("ecological_redline", box(-400, -400, 0, 400)),
        layer("permanent_basic_farmland", box(-400, -400, 400, 0)),
    )
    site = box(-50, -50, 50, 50)
    (one,) = helped(where, site)
    whole = area_m2(site)
    assert [lost.rule for lost in one.help.give_up] == ["F", "R"]
    assert [lost.area_m2 for lost in one.help.give_up] == pytest.approx(
        [whole / 2, whole / 2], rel=1e-3
    )
    assert one.help.part.area_m2 == pytest.approx(whole / 4, rel=1e-3)
    assert one.help.part.outcome == "clear"


def test_what_a_zone_saved_is_not_given_up_for_it(tmp_path):
    """The park saves the site from one rule, the red line takes the park's corner.

    Without the part in the park another rule would apply: a review finds the part
    that keeps it.
    """
    book = rulebook(tmp_path, R=REDLINE, S=SAVED)
    where = office(
        book,
        layer("ecological_redline", box(-400, -400, 0, 400)),
        layer("industrial_park", box(20, -400, 400, 400)),
    )
    (one,) = helped(where, box(-50, -50, 50, 50))
    assert [lost.rule for lost in one.help.give_up] == ["R"]
    assert one.help.part.outcome == "clear"
    assert one.help.part.area_m2 == pytest.approx(5000, rel=2e-3)


def test_a_line_has_chainages_of_zones_and_distances(tmp_path):
    # along y = 0 from x = -500: in the red line from K0+100 to K0+500
    book = rulebook(tmp_path, R=REDLINE, W=RIVER)
    where = office(
        book,
        layer("ecological_redline", box(-400, -200, 0, 200)),
        layer("river_shoreline", line((300, -3000), (300, 3000))),
    )
    (one,) = helped(where, line((-500, 0), (600, 0)))
    assert one.help.part is None
    assert one.help.move is None
    red, river = one.help.stretches
    assert (red.rule, river.rule) == ("R", "W")
    assert (red.from_m, red.to_m) == pytest.approx((100, 500), abs=0.02)
    assert (river.from_m, river.to_m) == pytest.approx((700, 900), abs=0.03)


def test_clear_sites_and_points_get_no_help(redline):
    clear, point = helped(redline, box(500, 0, 600, 100), shapely.Point(106.999, 40))
    assert clear.help is None
    assert point.outcome == "prohibited"
    assert point.help is None


def test_the_help_reaches_every_file_and_is_marked_as_no_approval(redline, tmp_path):
    review = spatial.review(
        sites(box(-50, -50, 50, 50)), redline, on=ON, lang="en", avoid=True
    )
    review.write(tmp_path)
    told = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    (one,) = told["sites"]
    assert one["help"]["is_approval"] is False
    assert one["help"]["move"]["direction"] == "e"
    assert [lost["zone_id"] for lost in one["help"]["give_up"]]
    page = page_text((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "A help for planning, no approval" in page
    assert "50.1 m to the east (azimuth" in page
    drawn = pyogrio.read_dataframe(tmp_path / "findings.gpkg", layer="help")
    assert drawn["sort"].tolist() == ["part", "move"]
    book = openpyxl.load_workbook(tmp_path / "findings.xlsx")
    assert book.sheetnames[-3:] == ["Help to avoid", "Area to give up", "Chainages"]


def test_help_is_only_there_when_it_was_asked_for(redline):
    (one,) = spatial.review(sites(box(-50, -50, 50, 50)), redline, on=ON).content.sites
    assert one.help is None


def test_a_missing_layer_is_never_a_place_to_go(tmp_path):
    """The farmland layer ends 100 m to the east: beyond, nothing certain is said."""
    book = rulebook(tmp_path, R=REDLINE, F=FARMLAND)
    farmland = layer("permanent_basic_farmland", box(5000, 5000, 5100, 5100))
    near = shapely.box(
        106.9, 39.9, shapely.get_x(shapely.centroid(box(99, 0, 101, 1))), 40.1
    )
    object.__setattr__(farmland.coverage, "area", near)
    where = office(
        book, layer("ecological_redline", box(-4000, -4000, 0, 4000)), farmland
    )
    (one,) = helped(where, box(-150, 0, -50, 100))
    assert one.help.move is None
    assert one.help.searched_m == 2000


def test_an_attribute_that_is_missing_does_not_hide_a_way_out(tmp_path):
    """Nothing certain can be said anywhere; the red line can be left all the same."""
    asks = "prohibited\n            subject: {is_two_high: {equals: true}}"
    book = rulebook(tmp_path, R=REDLINE, H=("relation: anywhere", asks))
    where = office(book, layer("ecological_redline", box(-400, -200, 0, 200)))
    (one,) = helped(where, box(-50, -50, 50, 50))
    assert one.outcome == "prohibited"
    assert one.help.move.distance_m == pytest.approx(50, abs=0.2)
    assert one.help.move.outcome == "needs_information"


@given(
    azimuth=st.floats(0, 359.9),
    metres=st.floats(1, 2000),
    wide=st.floats(5, 500),
    high=st.floats(5, 500),
)
def test_a_moved_site_keeps_its_shape_and_goes_as_far_as_told(
    azimuth, metres, wide, high
):
    site = box(0, 0, wide, high)
    (there,) = moved(site, np.array([azimuth]), np.array([metres]))
    assert area_m2(there) == pytest.approx(area_m2(site), rel=2e-6)
    middle = [
        shapely.Point((b[0] + b[2]) / 2, (b[1] + b[3]) / 2)
        for b in (site.bounds, there.bounds)
    ]
    assert distance_m(*middle) == pytest.approx(metres, abs=1e-3)


@pytest.mark.parametrize(
    ("azimuth", "word"),
    [(0, "n"), (22.4, "n"), (22.6, "ne"), (180, "s"), (337.6, "n"), (300, "nw")],
)
def test_winds(azimuth, word):
    assert direction(azimuth) == word


@pytest.mark.parametrize(
    ("metres", "text"),
    [(0.0, "K0+000.0"), (999.96, "K1+000.0"), (12_345.6, "K12+345.6")],
)
def test_a_chainage_never_shows_a_thousand_metres(metres, text):
    assert chainage(metres) == text
