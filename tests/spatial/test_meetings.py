"""What is measured when asked is what `overlap_table` measures all at once.

Squared paper, one square 0.001 degree (about 111 m by 85 m), x from 107, y from 40:
parks of random boxes on a 9 x 9 sheet, sites of all dimensions among them.
"""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.layer import Workspace
from layers.provenance import Coverage
from layers.read import from_frame
from spatial.overlap import cover_table, intersection_geometry, overlap_table
from spatial.shelf import Shelf

KIND = "industrial_park"


def boxes(seed, count):
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 24, (count, 2)) / 4
    high = low + rng.integers(1, 12, (count, 2)) / 4
    corners = np.hstack([low, high]) * 0.001 + [107, 40, 107, 40]
    return shapely.box(*corners.T)


@pytest.fixture(scope="module")
def shelf():
    parks = gpd.GeoDataFrame(
        {"name": [f"P{at}" for at in range(12)]}, geometry=boxes(1, 12), crs=4490
    )
    around = Coverage(shapely.box(106, 39, 108, 41), "drawn")
    layer = from_frame(parks, kind=KIND, id="parks", coverage=around)
    shapes = boxes(2, 30)
    shapes[10:20] = shapely.boundary(shapes[10:20])
    shapes[20:] = shapely.centroid(shapes[20:])
    frame = gpd.GeoDataFrame(
        {"site_id": [f"S{at}" for at in range(30)]}, geometry=shapes, crs=4490
    )
    sites = from_frame(frame, kind="project_site").frame.reset_index(drop=True)
    office = Workspace("office", None, {"parks": layer})
    return Shelf(sites, office, dt.date(2025, 6, 1))


def test_margins_of_some_pairs_are_those_of_all(shelf):
    whole = overlap_table(shelf.sites, shelf.zones(KIND), margins=True)
    pairs = shelf.pairs(KIND)
    assert len(pairs) > 20
    some = pairs.iloc[::3]
    np.testing.assert_allclose(
        shelf.margins_m(KIND, some), whole["margin_m"].iloc[::3], atol=1e-6
    )
    # The rest, with some that are known already.
    np.testing.assert_allclose(
        shelf.margins_m(KIND, pairs), whole["margin_m"], atol=1e-6
    )


def test_near_pairs_stand_among_those_that_meet(shelf):
    whole = overlap_table(shelf.sites, shelf.zones(KIND), within_m=150.0)
    pairs = shelf.pairs(KIND, within_m=150.0)
    assert (pairs["distance_m"] > 0).sum() > 10
    assert pairs[["site", "zone"]].equals(whole[["site", "zone"]])
    np.testing.assert_allclose(pairs["distance_m"], whole["distance_m"], atol=1e-6)
    apart = pairs[pairs["distance_m"] > 0]
    assert not apart[["interior", "sliver"]].to_numpy().any()


def test_shapes_stand_beside_their_pairs(shelf):
    pairs = shelf.pairs(KIND)
    plain = intersection_geometry(shelf.sites, shelf.zones(KIND), pairs)
    assert shapely.equals(shelf.shapes_met(KIND), plain).all()
    back = np.arange(len(pairs))[::-1]
    assert shapely.equals(shelf.meetings(KIND).shapes(back), plain[::-1]).all()


def test_the_depth_outside_of_some_sites_is_that_of_all(shelf):
    meant = np.arange(12) % 2 == 0
    zones = shelf.zones(KIND)[meant]
    whole = cover_table(shelf.sites, zones, margins=True)["remainder_depth_m"]
    for rows in (np.array([3, 17, 29]), np.arange(30)):
        found = shelf.depth_outside(KIND, zones=meant, sites=rows)
        np.testing.assert_allclose(found, whole.to_numpy()[rows], atol=1e-6)
