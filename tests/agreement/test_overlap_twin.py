"""overlap_table against a twin that is slow and plain: two loops, shapely, Geod."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from spatial.overlap import cover_table, intersection_geometry, overlap_table

GEOD = Geod(a=6378137.0, rf=298.257222101)
GEOD_NOISE_M2 = 2e-3  # of Geod's own sums over thousands of short edges


def geod_area_m2(shape):
    """Return the geodesic area of the polygons in a shape, edges densified."""
    total = 0.0
    for part in getattr(shape, "geoms", [shape]):
        if part.geom_type == "Polygon" and not part.is_empty:
            dense = shapely.segmentize(shapely.orient_polygons(part), 1e-4)
            total += abs(GEOD.geometry_area_perimeter(dense)[0])
    return total


def twin(sites, zones):
    """Return (site, zone, area) of every pair that meets, one pair at a time."""
    rows = []
    for site, a in sites.geometry.items():
        for zone, b in zones.geometry.items():
            if a.intersects(b):
                rows.append((site, zone, geod_area_m2(a.intersection(b))))
    return pd.DataFrame(rows, columns=["site", "zone", "area_m2"]).astype(
        {"area_m2": float}
    )


def frame(shapes, prefix):
    index = [f"{prefix}{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(index=index, geometry=list(shapes), crs="EPSG:4490")


cells = st.tuples(
    st.integers(0, 9), st.integers(0, 9), st.integers(1, 4), st.integers(1, 4)
)
latitudes = st.sampled_from([20.0, 30.0, 40.0, 50.0])


def on_paper(cell, latitude, step=0.001):
    """Return a box of squared paper: many touch, nest, and share edges and corners."""
    x, y, wide, high = (step * one for one in cell)
    return shapely.box(110 + x, latitude + y, 110 + x + wide, latitude + y + high)


def with_hole(cell, latitude):
    """Return a box with a hole of a ninth, whose corners are off the paper."""
    outer = on_paper(cell, latitude)
    inner = shapely.affinity.scale(outer, 1 / 3, 1 / 3)
    return outer.difference(inner)


def star(seed, latitude):
    """Return a polygon of uneven corners somewhere on the paper."""
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 9))
    reach = rng.uniform(0.001, 0.004, 9)
    centre = np.array([110, latitude]) + rng.uniform(0, 0.01, 2)
    xy = centre + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return shapely.make_valid(shapely.Polygon(xy), method="structure")


@st.composite
def tables(draw):
    latitude = draw(latitudes)
    paper = st.one_of(
        cells.map(lambda cell: on_paper(cell, latitude)),
        cells.map(lambda cell: with_hole(cell, latitude)),
        st.integers(0, 10**6).map(lambda seed: star(seed, latitude)),
        st.lists(cells, min_size=2, max_size=3).map(
            lambda some: shapely.union_all([on_paper(one, latitude) for one in some])
        ),
    )
    sites = draw(st.lists(paper, min_size=1, max_size=4))
    zones = draw(st.lists(paper, min_size=1, max_size=4))
    return frame(sites, "s"), frame(zones, "z")


@given(tables())
@settings(max_examples=60, deadline=None)
def test_the_table_is_the_twins_table(both):
    sites, zones = both
    ours, plain = overlap_table(sites, zones), twin(sites, zones)
    assert (
        ours[["site", "zone"]].to_numpy().tolist()
        == plain[["site", "zone"]].to_numpy().tolist()
    )
    np.testing.assert_allclose(
        ours["area_m2"], plain["area_m2"], rtol=1e-9, atol=GEOD_NOISE_M2
    )
    whole = sites.geometry.map(geod_area_m2)
    share = ours["area_m2"].to_numpy() / whole.loc[ours["site"]].to_numpy()
    np.testing.assert_allclose(ours["share_of_site"], share, atol=1e-6)
    assert ours["share_of_site"].between(0, 1).all()


@given(tables())
@settings(max_examples=60, deadline=None)
def test_cover_and_remainder_make_the_whole_and_count_no_zone_twice(both):
    sites, zones = both
    cover = cover_table(sites, zones, margins=True)
    union = shapely.union_all(zones.geometry.to_numpy())
    for site, shape in sites.geometry.items():
        row = cover.loc[site]
        inside = geod_area_m2(shape.intersection(union))
        assert row["covered_m2"] == pytest.approx(inside, rel=1e-9, abs=GEOD_NOISE_M2)
        whole = geod_area_m2(shape)
        both_parts = row["covered_m2"] + row["remainder_m2"]
        assert both_parts == pytest.approx(whole, rel=1e-9, abs=GEOD_NOISE_M2)
        assert (row["remainder_depth_m"] > 0) == (row["covered_share"] < 1)


@given(tables(), st.sampled_from([50.0, 400.0, 1200.0]))
@settings(max_examples=40, deadline=None)
def test_nearness_is_found_for_all_pairs_and_for_no_others(both, within_m):
    sites, zones = both
    near = overlap_table(sites, zones, within_m=within_m, margins=True)
    far = overlap_table(sites, zones, within_m=20_000.0)
    wanted = far[far["distance_m"].round(3) <= within_m]
    assert len(far) == len(sites) * len(zones)
    assert near["distance_m"].tolist() == pytest.approx(
        wanted["distance_m"].tolist(), abs=5e-4
    )
    assert near["site"].tolist() == wanted["site"].tolist()
    apart = near["distance_m"] > 0
    assert (near["margin_m"][apart] == near["distance_m"][apart]).all()
    assert (near["margin_m"][~apart] <= 0).all()
    assert ((near["margin_m"] < 0) <= (near["area_m2"] > 0)).all()


@given(tables())
@settings(max_examples=30, deadline=None)
def test_drawn_shapes_are_the_measured_ones(both):
    sites, zones = both
    table = overlap_table(sites, zones)
    shapes = intersection_geometry(sites, zones, table)
    assert set(shapely.get_type_id(shapes)) <= {3, 6}
    areas = [geod_area_m2(shape) for shape in shapes]
    assert table["area_m2"].tolist() == pytest.approx(
        areas, rel=1e-9, abs=GEOD_NOISE_M2
    )
