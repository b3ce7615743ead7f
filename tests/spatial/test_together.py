"""How zones are cut changes no answer: slivers of one layer count together.

Metres. A tolerance of 1 m2 and 0.1 m, or of 1 m where the site is a trench.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import ON, box, layer, line, office, reviewed, rulebook, sites

from layers.provenance import Tolerance
from spatial.shelf import Shelf

FINE = Tolerance(1.0, 0.1, "made up")
COARSE = Tolerance(1.0, 1.0, "made up")
SITE = box(0, 0, 100, 100)
TRENCH = box(0, 0, 100, 0.9)
IN_RED = ("relation: intersects, kind: ecological_redline", "prohibited")
OUT_OF_PARK = ("relation: not_within, kind: industrial_park", "prohibited")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return rulebook(tmp_path_factory.mktemp("book"), R=IN_RED)


def outcome(book, site, *zones, tolerance=FINE):
    red = layer("ecological_redline", *zones, tolerance=tolerance)
    (one,) = reviewed(office(book, red), site)
    return one.outcome


def strips(west, south, east, north, *, parts):
    edges = np.linspace(south, north, parts + 1)
    return [box(west, a, east, b) for a, b in pairwise(edges)]


@pytest.mark.parametrize(
    ("site", "zones", "tolerance"),
    [
        # 20 m of the trench in each of five parcels, 18 m2
        (TRENCH, [box(at, -9, at + 20, 9) for at in range(0, 100, 20)], COARSE),
        # 0.84 m2 in each of four zones
        (SITE, strips(99.3, 10, 130, 14.8, parts=4), FINE),
        # 100 cells of 0.81 m2
        (SITE, [box(5 + 0.9 * i, 50, 5.9 + 0.9 * i, 50.9) for i in range(100)], FINE),
        # a road through 300 cells, 0.09 m in each
        (
            line((0, 0), (100, 0)),
            [box(0.09 * i, -1, 0.09 * (i + 1), 1) for i in range(300)],
            FINE,
        ),
    ],
    ids=["trench", "strips", "cells", "road"],
)
def test_what_lies_in_many_zones_lies_in_the_red_line(book, site, zones, tolerance):
    assert outcome(book, site, *zones, tolerance=tolerance) == "prohibited"


def test_a_hair_stays_a_hair_in_however_many_zones(book):
    # 0.05 m along the whole of one side: 5 m2, nowhere wider than 0.1 m
    assert outcome(book, SITE, *strips(99.95, 0, 130, 100, parts=10)) == "clear"


def test_zones_that_a_rule_tells_apart_are_not_added_up(tmp_path):
    core = "relation: intersects, kind: control_unit, filter: {category: {in: [%s]}}"
    book = rulebook(
        tmp_path,
        P=(core % "priority", "prohibited"),
        G=(core % "general, key", "restricted"),
    )
    parts = strips(99.3, 10, 130, 12.4, parts=2)  # 0.84 m2 each
    units = layer(
        "control_unit", box(-9, -9, 99.3, 109), *parts, tolerance=FINE, category="key"
    )
    frame = units.frame.assign(category=["general", "priority", "key"])
    told = replace(units, frame=frame)
    (one,) = reviewed(office(book, told), SITE)
    assert one.outcome == "restricted"


def overlapping(site, *zones):
    """Whether the shelf sees an overlap that is no sliver."""
    red = layer("ecological_redline", *zones, tolerance=FINE)
    drawn = sites(site).reset_index(drop=True)
    shelf = Shelf(drawn, office("none", red), dt.date.fromisoformat(ON))
    return shelf.pairs("ecological_redline")["interior"].any()


@settings(max_examples=25)
@given(
    depth_m=st.sampled_from([0.05, 0.3, 0.7, 1.5]),
    tall_m=st.sampled_from([0.5, 1.3, 4.0, 60.0]),
    parts=st.integers(2, 6),
)
def test_a_zone_in_pieces_says_what_the_whole_says(depth_m, tall_m, parts):
    edges = (100 - depth_m, 10, 130, 10 + tall_m)
    pieces = strips(*edges, parts=parts)
    assert overlapping(SITE, *pieces) == overlapping(SITE, box(*edges))


@pytest.mark.parametrize("site", [TRENCH, box(0, 0, 0.9, 0.9)])
def test_a_site_below_the_tolerance_lies_outside_of_a_park_as_any_other(tmp_path, site):
    book = rulebook(tmp_path, R=OUT_OF_PARK)
    park = layer("industrial_park", box(0, 50, 100, 60), tolerance=COARSE)
    (one,) = reviewed(office(book, park), site)
    assert one.outcome == "prohibited"
