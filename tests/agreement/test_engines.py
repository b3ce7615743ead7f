"""Both engines against plain shapely, whole and untouched, over families of shapes.

Pairs and states are the same; areas differ by at most 1e-9 of them or 1e-3 m2. One
example is one table of sites against one of zones, a few dozen pairs. About 2,200 of
them here; ten times as many in the nightly run (see CONTRIBUTING.md).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scenes import (
    ABSOLUTE_M2,
    RELATIVE,
    assert_engines_agree,
    assert_same,
    by_engine,
    densities,
    examples,
    fractal,
    latitudes,
    on_paper_lines,
    paper,
    plain,
    relatives,
    seeds,
    sliver,
    square,
    valid,
)

from spatial.index.grid import Grid
from spatial.index.rings import rings_of
from spatial.measure import area_m2
from spatial.overlap import cover_table
from spatial.overlap.kernel import overlap_areas

THINNEST = st.sampled_from([1e-7, 1e-9, 1e-10, 1e-11, 1e-12])
CORNERS = st.sampled_from([4, 5, 9, 40, 200])


def grid_of(density):
    return lambda rings: Grid.over(rings, vertices_per_cell=density)


# -- families ------------------------------------------------------------------


@given(st.data(), latitudes, densities, st.sampled_from([None, 1, 2, 3]))
@examples(700)
def test_squared_paper_with_shared_edges_and_corners(data, latitude, density, squares):
    """Borders coincide, touch, nest; with `squares` they are lines of the grid too."""
    sites, zones = data.draw(paper(latitude)), data.draw(paper(latitude))

    def lines(rings):
        return on_paper_lines(rings, squares, latitude)

    assert_engines_agree(sites, zones, lines if squares else grid_of(density))


@given(seeds, latitudes, densities, st.lists(CORNERS, min_size=1, max_size=4))
@examples(500)
def test_rough_shapes_with_holes_across_cells(seed, latitude, density, corners):
    rng = np.random.default_rng(seed)
    sites = [
        fractal(rng, latitude, n, spread=rng.choice([0.0005, 0.004, 0.02]))
        for n in reversed(corners)
    ]
    zones = [fractal(rng, latitude, n) for n in corners]
    assert_engines_agree(valid(sites), valid(zones), grid_of(density))


@given(seeds, latitudes, densities, THINNEST)
@examples(500)
def test_slivers_down_to_a_few_last_digits(seed, latitude, density, thin):
    rng = np.random.default_rng(seed)
    some = [sliver(rng, latitude, thin) for _ in range(4)]
    sites = [*some, fractal(rng, latitude, 9)]
    zones = [*some[:2], sliver(rng, latitude, thin), fractal(rng, latitude, 60)]
    assert_engines_agree(valid(sites), valid(zones), grid_of(density))


@given(seeds, latitudes, densities, CORNERS)
@examples(300)
def test_sites_on_the_borders_of_zones(seed, latitude, density, corners):
    """Made of a zone's own vertices: equal, along, across, in and out, a hair off."""
    rng = np.random.default_rng(seed)
    zones = valid([fractal(rng, latitude, corners) for _ in range(2)])
    sites = valid([one for zone in zones for one in relatives(rng, zone)])
    assert_engines_agree(sites, zones, grid_of(density))


@given(seeds, latitudes)
@examples(30)
def test_zones_that_are_cut_into_tiles(seed, latitude):
    rng = np.random.default_rng(seed)
    zones = valid([fractal(rng, latitude, 3_000, spread=0.01) for _ in range(2)])
    sites = [fractal(rng, latitude, 9, spread=0.002) for _ in range(8)]
    corner = np.array([(0, 0), (0.001, 0), (0, 0.001)])
    near = shapely.get_coordinates(zones[0])[::700]
    sites += [shapely.Polygon(xy + corner) for xy in near]
    assert_engines_agree(valid(sites), zones)


# -- laws ----------------------------------------------------------------------


def scene(seed, latitude):
    """Return sites and zones: rough ones, paper, and neighbours of a zone."""
    rng = np.random.default_rng(seed)
    zones = [fractal(rng, latitude, n) for n in (9, 80)] + [
        square(0, 0, 9, 9, latitude)
    ]
    sites = [fractal(rng, latitude, 12, spread=0.003) for _ in range(6)]
    return valid([*sites, *relatives(rng, zones[0])]), valid(zones)


ENGINES = pytest.mark.parametrize("engine", ["kernel", "geometry"])


@ENGINES
@given(seeds, latitudes)
@examples(20)
def test_inside_and_outside_make_the_whole(engine, seed, latitude):
    sites, zones = scene(seed, latitude)
    around = shapely.box(*zones[0].bounds).buffer(1.0, join_style="mitre")
    both = valid([zones[0], shapely.difference(around, zones[0])])
    site, _, area, _ = by_engine(sites, both, engine)
    whole = area_m2(sites)
    rest = np.bincount(site, area, minlength=len(sites)) - whole
    assert (np.abs(rest) <= np.maximum(RELATIVE * whole, ABSOLUTE_M2)).all()


@ENGINES
@given(seeds, latitudes)
@examples(20)
def test_the_order_of_zones_and_the_way_round_of_rings_do_not_matter(
    engine, seed, latitude
):
    sites, zones = scene(seed, latitude)
    site, zone, area, state = by_engine(sites, zones, engine)
    turned = by_engine(shapely.reverse(sites), shapely.reverse(zones[::-1]), engine)
    back = np.lexsort((len(zones) - 1 - turned[1], turned[0]))
    again = (turned[0], len(zones) - 1 - turned[1], turned[2], turned[3])
    assert_same(tuple(one[back] for one in again), (site, zone, area, state))


@ENGINES
@given(seeds, latitudes)
@examples(20)
def test_the_area_is_the_same_whichever_of_two_is_the_site(engine, seed, latitude):
    sites, zones = scene(seed, latitude)
    pair = {
        (s, z): a for s, z, a, _ in zip(*by_engine(sites, zones, engine), strict=True)
    }
    back = {
        (z, s): a for s, z, a, _ in zip(*by_engine(zones, sites, engine), strict=True)
    }
    assert pair.keys() == back.keys()
    for key, area in pair.items():
        assert area == pytest.approx(back[key], rel=RELATIVE, abs=ABSOLUTE_M2)


@given(seeds, latitudes, st.lists(st.integers(0, 17), max_size=4), st.integers(1, 4))
@examples(30)
def test_slices_and_threads_do_not_change_a_bit(seed, latitude, cuts, threads):
    sites, zones = scene(seed, latitude)
    grid, rings, own = Grid.over(rings_of(zones)), rings_of(sites), area_m2(sites)
    whole = overlap_areas(grid, rings, own)
    ends = [0, *sorted(min(cut, len(sites)) for cut in cuts), len(sites)]
    slices = [slice(a, b) for a, b in pairwise(ends)]
    with ThreadPoolExecutor(threads) as pool:
        parts = list(
            pool.map(lambda one: overlap_areas(grid, rings, own, among=one), slices)
        )
    for column, one in enumerate(whole):
        assert (
            np.concatenate([part[column] for part in parts]).tobytes() == one.tobytes()
        )


@ENGINES
@given(seeds, latitudes)
@examples(20)
def test_zones_on_top_of_each_other_never_count_twice_in_totals(engine, seed, latitude):
    """The union lies between the largest part and the sum; of equal zones it is one."""
    sites, zones = scene(seed, latitude)
    site, _, area, _ = by_engine(sites, zones, engine)

    def frame(shapes):
        return gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4490")

    cover = cover_table(frame(sites), frame(zones))["covered_m2"].to_numpy()
    twice = cover_table(frame(sites), frame(np.tile(zones, 2)))["covered_m2"].to_numpy()
    np.testing.assert_allclose(twice, cover, rtol=RELATIVE, atol=ABSOLUTE_M2)
    total = np.bincount(site, area, minlength=len(sites))
    most = np.zeros(len(sites))
    np.maximum.at(most, site, area)
    slack = np.maximum(RELATIVE * area_m2(sites), ABSOLUTE_M2)
    assert (cover <= np.minimum(total, area_m2(sites)) + slack).all()
    assert (cover >= most - slack).all()


# -- one giant -----------------------------------------------------------------


def test_a_zone_of_half_a_million_vertices_and_a_thousand_sites():
    rng = np.random.default_rng(20261122)
    zone = fractal(rng, 35.0, 500_000, spread=0.5, holes=False)
    assert shapely.get_num_coordinates(zone) > 500_000
    xy = shapely.get_coordinates(zone)
    corner = xy[rng.integers(len(xy), size=600)] + rng.normal(0, 0.002, (600, 2))
    far = np.array(zone.centroid.coords[0]) + rng.uniform(-0.5, 0.5, (400, 2))
    sites = valid(
        [
            shapely.Polygon(at + 0.003 * rng.uniform(0.3, 1) * TURNS)
            for at in np.concatenate([corner, far])
        ]
    )
    zones = valid([zone])
    kernel = by_engine(sites, zones, "kernel")
    assert_same(by_engine(sites, zones, "geometry"), kernel)
    assert len(sites) == 1_000
    assert {1, 2} <= set(kernel[3].tolist())
    sample = np.sort(rng.choice(1_000, 25, replace=False))
    truth = plain(sites[sample], zones)
    among = np.isin(kernel[0], sample)
    found = tuple(one[among] for one in kernel)
    assert_same((np.searchsorted(sample, found[0]), *found[1:]), truth)


TURNS = np.column_stack(
    [f(np.linspace(0, 2 * np.pi, 7, endpoint=False)) for f in (np.cos, np.sin)]
)
