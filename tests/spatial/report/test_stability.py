"""Stability on squared paper: which move of a boundary changes an outcome."""

import pytest
from paper import box, layer, line, office, point, reviewed, rulebook

from spatial.report.words import flips

REDLINE = ("relation: intersects, kind: ecological_redline", "prohibited")
RIVER = (
    "relation: within_distance, kind: river_shoreline, distance_m: 100",
    "restricted",
)
PARK = ("relation: not_within, kind: industrial_park", "prohibited")
SAVED = ("relation: outside, kind: industrial_park", "prohibited")


@pytest.fixture
def redline(tmp_path):
    """A red line from x = 0 to 200, accurate to 2 m."""
    book = rulebook(tmp_path, R=REDLINE)
    return office(
        book, layer("ecological_redline", box(0, 0, 200, 200), accuracy_m=2.0)
    )


@pytest.mark.parametrize(
    ("west", "away", "stable"), [(203.2, 3.2, True), (202.0, 2.0, False)]
)
def test_a_clear_site_flips_when_the_zone_reaches_it(redline, west, away, stable):
    (one,) = reviewed(redline, box(west, 50, 300, 100))
    assert one.outcome == "clear"
    assert one.stability.flips_m == pytest.approx(away, abs=0.002)
    assert one.stability.toward == "worse"
    assert one.stability.rule == "R"
    assert one.stable is stable
    assert "3.2" in flips(one, "en") or not stable


def test_a_site_that_shares_a_border_flips_at_nothing(redline):
    (one,) = reviewed(redline, box(-100, 50, 0, 100))
    assert one.outcome == "clear"
    assert one.stability.flips_m == 0
    assert one.stable is False


def test_far_from_every_boundary_none_within_fifty_metres_is_said(redline):
    (one,) = reviewed(redline, box(260, 50, 300, 100))
    assert one.stability.flips_m is None
    assert one.stability.searched_m == 50
    assert one.stable is True
    assert flips(one, "zh").startswith("50 米内")


def test_a_prohibited_site_flips_when_it_is_out_of_the_deepest_zone(redline):
    (one,) = reviewed(redline, box(190, 50, 300, 100))
    assert one.outcome == "prohibited"
    assert one.stability.flips_m == pytest.approx(10, abs=0.01)
    assert one.stability.toward == "better"


def test_an_accuracy_that_nobody_stated_leaves_stability_open(tmp_path):
    book = rulebook(tmp_path, R=REDLINE)
    zone = layer("ecological_redline", box(0, 0, 200, 200), accuracy_m=None)
    near, far = reviewed(office(book, zone), box(210, 0, 220, 10), box(400, 0, 410, 10))
    assert near.stable is None
    assert near.stability.flips_m == pytest.approx(10, abs=0.002)
    assert far.stable is None


def test_a_limit_counts_and_not_the_shoreline(tmp_path):
    """River at x = 0, limit 100 m: a site at 104 m is 4 m from being restricted."""
    book = rulebook(tmp_path, W=RIVER)
    river = layer("river_shoreline", line((0, -500), (0, 500)))
    clear, hit = reviewed(office(book, river), box(104, 0, 150, 50), point(93, 0))
    assert (clear.outcome, hit.outcome) == ("clear", "restricted")
    assert clear.stability.flips_m == pytest.approx(4, abs=0.002)
    assert hit.stability.flips_m == pytest.approx(7, abs=0.002)
    assert hit.stability.toward == "better"


def test_a_restricted_site_near_a_red_line_flips_to_worse_first(tmp_path):
    """20 m inside of the river's limit, 5 m from the red line."""
    book = rulebook(tmp_path, R=REDLINE, W=RIVER)
    river = layer("river_shoreline", line((0, -500), (0, 500)))
    red = layer("ecological_redline", box(125, -100, 300, 100))
    (one,) = reviewed(office(book, river, red), box(80, 0, 120, 10))
    assert one.outcome == "restricted"
    assert one.stability.toward == "worse"
    assert one.stability.rule == "R"
    assert one.stability.flips_m == pytest.approx(5, abs=0.002)


def test_a_site_within_a_park_flips_at_the_rim_that_is_nearest(tmp_path):
    """Two parks that share x = 100 tile the ground: their common border is no rim."""
    book = rulebook(tmp_path, P=PARK)
    parks = layer("industrial_park", box(0, 0, 100, 100), box(100, 0, 200, 100))
    (one,) = reviewed(office(book, parks), box(90, 30, 110, 88))
    assert one.outcome == "clear"
    assert one.stability.flips_m == pytest.approx(12, abs=0.01)


def test_a_site_saved_by_a_park_flips_when_it_has_left_the_park(tmp_path):
    book = rulebook(tmp_path, P=SAVED)
    parks = layer("industrial_park", box(0, 0, 100, 100))
    (one,) = reviewed(office(book, parks), box(-50, 30, 8, 40))
    assert one.outcome == "clear"
    assert one.stability.flips_m == pytest.approx(8, abs=0.01)


def test_an_undecided_site_is_never_called_stable(tmp_path):
    book = rulebook(tmp_path, R=REDLINE, P=PARK)
    red = layer("ecological_redline", box(0, 0, 200, 200))
    (one,) = reviewed(office(book, red), box(210, 0, 220, 10))
    assert one.outcome == "not_checked"
    assert one.stable is None
    assert one.stability.flips_m == pytest.approx(10, abs=0.002)
