"""Where no rule of the workspace applies, finding no conflict says nothing.

Squared paper, metres: two provinces that meet at x = 0, red lines at both ends.

     -500 ┌────┬─────────┬─────────┬────┐ 500
          │ red│  West   │  East   │red │     West 150624, East 610800;
          │    │         │         │    │     the only rule is one of West
          └────┴─────────┴─────────┴────┘
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from paper import ON, box, layer, office, rulebook, sites

import spatial
from layers.errors import InputRefusedError
from spatial.feasible.land import classed
from spatial.feasible.project import project_of
from spatial.judging import day_of

WEST, EAST = box(-500, 0, 0, 100), box(0, 0, 500, 100)
RED = layer("ecological_redline", box(-500, 0, -400, 100), box(400, 0, 500, 100))
IN_WEST, IN_EAST = box(-200, 40, -180, 60), box(180, 40, 200, 60)
ASTRIDE = box(-20, 40, 20, 60)
RED_EAST = box(440, 40, 460, 60)
PROHIBITED = ("relation: intersects, kind: ecological_redline", "prohibited")
ANYWHERE = ("relation: intersects, kind: wetland", "prohibited")


def units(*codes):
    read = layer("admin_unit", WEST, EAST, code="150624")
    frame = read.frame.assign(
        code=list(codes), name=[f"{one}（虚构）" for one in codes]
    )
    return replace(read, frame=frame)


BOTH = units("150624", "610800")


def book(folder, **rules):
    """A rulebook whose rules are of West alone, but for L-0."""
    path = rulebook(folder, **rules)
    text = Path(path).read_text(encoding="utf-8")
    for name in rules:
        if name != "L0":
            text = text.replace(
                f"  - id: {name}\n", f'  - id: {name}\n    territory: ["150000"]\n'
            )
    Path(path).write_text(text, encoding="utf-8")
    return path


def outcomes(workspace, *shapes):
    review = spatial.review(sites(*shapes), workspace, on=ON)
    said = review.outcomes["outcome"].sort_index()
    return said.tolist(), set(review.unknowns["kind"])


def test_a_site_in_the_next_province_is_not_cleared_by_the_rules_of_this_one(tmp_path):
    here = office(book(tmp_path, L1=PROHIBITED), RED, BOTH)
    said, kinds = outcomes(here, IN_WEST, IN_EAST, ASTRIDE)
    assert said == ["clear", "needs_information", "needs_information"]
    assert kinds == {"no_rule_in_force"}


def test_nor_where_nobody_says_in_which_province_it_lies(tmp_path):
    here = office(book(tmp_path, L1=PROHIBITED), RED)
    assert outcomes(here, IN_WEST)[0] == ["needs_information"]


def test_a_rule_for_everywhere_speaks_everywhere(tmp_path):
    wet = layer("wetland", box(900, 0, 950, 100))
    here = office(book(tmp_path, L0=ANYWHERE, L1=PROHIBITED), RED, wet, BOTH)
    assert outcomes(here, IN_EAST, ASTRIDE)[0] == ["clear", "clear"]


def test_a_zone_of_which_only_the_next_provinces_rules_speak_needs_a_person(tmp_path):
    wet = layer("wetland", box(900, 0, 950, 100))
    here = office(book(tmp_path, L0=ANYWHERE, L1=PROHIBITED), RED, wet, BOTH)
    said, kinds = outcomes(here, RED_EAST)
    assert (said, kinds) == (["needs_information"], {"no_rule_for_layer"})


def test_the_regions_own_rules_do_not_clear_ground_outside_of_the_region(tmp_path):
    here = office(book(tmp_path, L1=PROHIBITED), RED, BOTH, region="150624")
    review = spatial.review(sites(IN_WEST, IN_EAST, ASTRIDE), here, on=ON, lang="en")
    said = review.outcomes["outcome"].sort_index().tolist()
    assert said == ["clear", "needs_information", "needs_information"]
    (why,) = set(review.unknowns["why"])
    assert "610800" in why
    assert "150624" in why


def test_another_county_within_the_territory_is_no_stranger(tmp_path):
    neighbours = units("150624", "150625")
    here = office(book(tmp_path, L1=PROHIBITED), RED, neighbours, region="150624")
    assert outcomes(here, IN_EAST)[0] == ["clear"]


def test_land_in_the_next_province_is_not_offered(tmp_path):
    here = office(book(tmp_path, L1=PROHIBITED), RED, BOTH)
    project = project_of({"project_type": "mine"}, source="made up")
    land = classed(project, here, on=ON)
    found = {(one.county.code, one.land_class) for one in land.pieces}
    assert found == {
        ("150624", "prohibited"),
        ("150624", "feasible"),
        ("610800", "unknown"),
    }


@pytest.mark.parametrize(
    "moment",
    [
        dt.datetime(2024, 5, 1, 23, 30, tzinfo=dt.UTC),
        "2024-05-01T23:30:00Z",
        "2024-W18-3",
        "20240501",
    ],
)
def test_a_moment_is_no_day(moment):
    with pytest.raises(InputRefusedError, match="expected a date YYYY-MM-DD"):
        day_of(moment)
