"""Signs that need no colour: marks of outcomes, hatches of zones."""

from layers.spec import kinds
from spatial.finding import OUTCOMES
from spatial.report.map_ink import MARKS
from spatial.report.palette import (
    HATCH_TILE,
    OUTCOME_CORNERS,
    TILES,
    hatch_strokes,
    zone_hatch,
)


def test_every_outcome_has_a_mark_and_no_two_are_alike():
    assert set(OUTCOME_CORNERS) == set(MARKS) >= set(OUTCOMES)
    assert len(set(OUTCOME_CORNERS.values())) == len(OUTCOME_CORNERS)
    reach = [abs(one) for all_ in OUTCOME_CORNERS.values() for at in all_ for one in at]
    assert max(reach) <= 1.15


def test_kinds_that_differ_on_paper_differ_on_the_page():
    hatched = {one: zone_hatch(one) for one in kinds() if one not in TILES}
    strokes = {one: hatch_strokes(one) for one in hatched}
    assert all(strokes.values())
    assert len(set(strokes.values())) == len(set(hatched.values()))
    assert [hatch_strokes(one) for one in TILES] == ["", ""]


def test_a_dense_hatch_has_more_strokes_than_a_thin_one():
    """ "----" has two lines in a tile, "--.." one and dots."""
    by_hatch = {zone_hatch(one): hatch_strokes(one) for one in kinds()}
    assert by_hatch["----"] == "M0 2H8M0 6H8"
    assert by_hatch["--.."].startswith("M0 2H8M1.4 2h1.2")
    assert HATCH_TILE == 8
