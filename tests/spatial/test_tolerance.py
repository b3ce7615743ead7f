"""What is thin is a sliver only where one border was drawn twice.

Squared paper, one square about 111 m by 85 m (0.001 degree at 40 N); tolerance 1 m2
and 0.5 m; HAIR is 8.5 cm.

    sliver: the site reaches a hair into the zone along its edge
    trench: a site a hair wide, through a zone of a square
    brook:  a zone a hair wide, through a site of a square
"""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.layer import Workspace
from layers.provenance import Tolerance
from layers.read import from_frame
from spatial.shelf import Shelf

KIND = "ecological_redline"
SIDE = 0.001
HAIR = 1e-6
BOTH = Tolerance(area_m2=1.0, width_m=0.5, source="drawn")
WIDTH = Tolerance(width_m=0.5, source="drawn")


def box(x0, y0, x1, y1):
    return shapely.box(107 + x0 * SIDE, 40 + y0 * SIDE, 107 + x1 * SIDE, 40 + y1 * SIDE)


def line(*xy):
    return shapely.LineString([(107 + x * SIDE, 40 + y * SIDE) for x, y in xy])


def words(site, *zones, tolerance=WIDTH, kind=KIND):
    named = gpd.GeoDataFrame(
        {"name": [str(at) for at in range(len(zones))]},
        geometry=list(zones),
        crs=4490,
    )
    layer = from_frame(named, kind=kind, id="zones", tolerance=tolerance)
    sites = gpd.GeoDataFrame({"site_id": ["1"]}, geometry=[site], crs=4490)
    table = from_frame(sites, kind="project_site").frame.reset_index(drop=True)
    drawn = Shelf(table, Workspace("o", None, {"zones": layer}), dt.date(2025, 6, 1))
    pairs = drawn.pairs(kind)
    return np.select(
        [pairs["interior"], pairs["sliver"]], ["overlap", "sliver"], "touch"
    ).tolist()


ZONE = box(0, 0, 1, 1)
THIN = HAIR / SIDE


@pytest.mark.parametrize(
    "site",
    [
        pytest.param(box(1 - THIN, 0, 2, 1), id="along the whole edge"),
        pytest.param(box(1 - THIN, 0.4, 2, 0.6), id="along a part of it"),
        pytest.param(box(1 - THIN, -1, 2, 2), id="beyond both corners"),
        pytest.param(
            box(1 - THIN, -1, 2, 2) | box(-1, 1 - THIN, 2, 2), id="about a corner"
        ),
        pytest.param(
            box(-1, -1, 2, 2) - box(THIN, THIN, 1 - THIN, 1 - THIN), id="all around"
        ),
    ],
)
def test_a_border_drawn_twice_is_a_sliver(site):
    assert words(site, ZONE) == ["sliver"]


def test_a_trench_through_a_zone_is_none():
    trench = box(-5, 0.5, 5, 0.5 + THIN)
    assert words(trench, ZONE) == ["overlap"]
    assert words(box(-5, 0.5, 0.5, 0.5 + THIN), ZONE) == ["overlap"]  # it ends within


def test_a_brook_through_a_site_is_none():
    brook = box(-5, 0.5, 5, 0.5 + THIN)
    assert words(ZONE, brook) == ["overlap"]
    assert words(ZONE, box(-5, 0.5, 0.5, 0.5 + THIN)) == ["overlap"]


def test_a_brook_at_the_edge_of_a_site_is_one():
    assert words(ZONE, box(-5, 1 - THIN, 5, 1 + THIN)) == ["sliver"]


def test_a_trench_across_a_brook_is_none_but_for_its_area():
    trench, brook = box(-5, 0.5, 5, 0.5 + THIN), box(0.5, -5, 0.5 + THIN, 5)
    assert words(trench, brook) == ["overlap"]
    assert words(trench, brook, tolerance=BOTH) == ["sliver"]  # 0.007 m2: as was set


def test_strips_that_tile_a_site_are_none():
    """Terraces 0.4 m wide, each through a square: all of it is in a zone."""
    wide = 0.4 / 85.0
    strips = [box(at * wide, -5, (at + 1) * wide, 5) for at in range(40)]
    site = box(0, 0, 40 * wide, 0.2)
    assert set(words(site, *strips)[1:-1]) == {"overlap"}


def test_plots_side_by_side_are_looked_at_as_one():
    """Twenty plots, of each 0.85 m by 0.8 m = 0.7 m2 in the site: 14 m2 together."""
    wide, high = 0.01, 0.8 / 111.0
    plots = [box(at * wide, -1, (at + 1) * wide, high) for at in range(20)]
    site = box(-1, 0, 1, 1)
    assert words(site, *plots, tolerance=BOTH) == ["overlap"] * 20
    assert words(site, plots[0], tolerance=BOTH) == ["sliver"]
    # 1.4 m2, 0.8 m wide: as a zone of both plots would overlap
    assert words(site, plots[0], plots[5], tolerance=BOTH) == ["overlap"] * 2
    thin = [box(at * wide, -1, (at + 1) * wide, high / 2) for at in range(20)]
    assert words(site, *thin, tolerance=BOTH) == ["sliver"] * 20  # 0.4 m wide


def test_plots_of_two_layers_that_are_the_same_do_not_add_up():
    plot = box(0, -1, 0.01, 0.8 / 111.0)
    site = box(-1, 0, 1, 1)
    assert words(site, plot, plot, tolerance=BOTH) == ["sliver"] * 2


def test_a_road_over_a_brook_crosses_it_and_one_past_a_corner_clips_it():
    brook = box(0.5, -5, 0.5 + THIN, 5)
    assert words(line((-5, 0.5), (5, 0.5)), brook) == ["overlap"]
    past = line((1 - 2 * THIN, 2), (1 - 2 * THIN, 1), (2, 1 - 3 * THIN))
    assert words(past, ZONE) == ["sliver"]


def test_a_trench_across_a_river_that_is_a_line():
    river = line((0.5, -5), (0.5, 5))
    trench = box(-5, 0.5, 5, 0.5 + THIN)
    assert words(trench, river, kind="river_shoreline") == ["overlap"]


@pytest.mark.parametrize(
    ("road", "word"),
    [
        (((0, 0.5), (1, 0.5)), "overlap"),
        (((0, 0.5), (0.5, 0.5)), "touch"),
        (((0, 5), (1, 5)), "touch"),
    ],
)
def test_a_road_over_a_river_both_drawn_as_lines(road, word):
    river = line((0.5, -5), (0.5, 5))
    assert words(line(*road), river, kind="river_shoreline") == [word]
