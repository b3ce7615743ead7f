"""Outlines of patches, on squared paper and against shapes put together by GEOS."""

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pyproj import CRS
from simple_change import grid_of, mask_of

from layers.errors import CrsError
from layers.grid import Grid
from spatial.change.outline import outlines, pixel_outlines
from spatial.change.runs import pixels_of, places_of, runs_of
from spatial.measure import area_m2

MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=9))


def test_a_corner_is_a_vertex_and_nothing_else_is():
    mask = mask_of("""
        ....
        .##.
        .##.
        .#..
    """)
    (one,) = pixel_outlines(runs_of(mask))
    assert shapely.get_num_coordinates(one) == 7
    assert one.equals(
        shapely.union_all([shapely.box(1, 1, 3, 3), shapely.box(1, 3, 2, 4)])
    )


def test_a_hole_is_kept():
    (one,) = pixel_outlines(runs_of(mask_of("###\n#.#\n###")))
    assert shapely.get_num_interior_rings(one) == 1
    assert one.area == 8


def test_pixels_that_meet_in_a_corner_are_one_patch_of_two_pieces():
    (one,) = pixel_outlines(runs_of(mask_of("#.\n.#")))
    assert one.geom_type == "MultiPolygon"
    assert one.is_valid
    assert one.area == 2


def test_a_ring_that_meets_itself_in_a_corner_is_a_hole_and_valid():
    mask = mask_of("""
        ###
        #.#
        ##.
    """)
    (one,) = pixel_outlines(runs_of(mask))
    assert one.is_valid
    assert one.geom_type == "Polygon"
    assert shapely.get_num_interior_rings(one) == 1


def test_patches_are_numbered_by_their_first_pixel():
    runs = runs_of(mask_of("..#.#\n#....\n..#.#"))
    assert runs.patch.tolist() == [0, 1, 2, 3, 4]


def test_a_u_that_closes_below_is_one_patch_from_its_first_row_on():
    runs = runs_of(mask_of("#.#\n#.#\n###"))
    assert set(runs.patch.tolist()) == {0}


def test_no_change_has_no_outline():
    assert len(pixel_outlines(runs_of(np.zeros((3, 3), dtype=bool)))) == 0


@given(MASKS)
def test_outlines_are_what_geos_makes_of_the_squares(mask):
    runs = runs_of(mask)
    shapes = pixel_outlines(runs)
    row, column, patch = pixels_of(runs)
    squares = shapely.box(column, row, column + 1, row + 1)
    assert len(shapes) == runs.patches
    assert shapely.is_valid(shapes).all()
    for number, shape in enumerate(shapes):
        assert shape.equals(shapely.union_all(squares[patch == number]))


@given(MASKS)
def test_patches_are_what_a_walk_over_neighbours_finds(mask):
    row, column, patch = pixels_of(runs_of(mask))
    of = {(r, c): p for r, c, p in zip(row, column, patch, strict=True)}
    assert set(of) == set(zip(*np.nonzero(mask), strict=True))
    assert patch.tolist()[:1] in ([], [0])
    for (r, c), one in of.items():
        near = {of.get((r + i, c + j), one) for i in (-1, 0, 1) for j in (-1, 0, 1)}
        assert near == {one}
    assert len(set(patch.tolist())) == _walked(set(of))


def _walked(pixels):
    count = 0
    while pixels:
        count += 1
        todo = [pixels.pop()]
        while todo:
            r, c = todo.pop()
            near = {(r + i, c + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & pixels
            pixels -= near
            todo.extend(near)
    return count


@given(MASKS, st.integers(1, 9))
def test_rows_may_be_looked_at_in_any_portions(mask, step):
    import spatial.change.runs as module

    before = module._BLOCK_PIXELS
    try:
        module._BLOCK_PIXELS = step * mask.shape[1]
        portions = runs_of(mask)
    finally:
        module._BLOCK_PIXELS = before
    for name in ("row", "start", "end", "patch", "piece"):
        assert np.array_equal(getattr(portions, name), getattr(runs_of(mask), name))


# -- on the earth ---------------------------------------------------------


def test_a_pixel_of_ten_metres_has_a_hundred_square_metres_on_the_ellipsoid():
    mask = np.ones((1, 1), dtype=bool)
    (one,) = outlines(runs_of(mask), grid_of(mask.shape))
    # UTM shrinks by 0.9996 on its middle meridian: 100 / 0.9996^2
    assert area_m2(one) == pytest.approx(100 / 0.9996**2, rel=1e-7)


def test_a_long_edge_keeps_its_place():
    mask = np.ones((1, 400), dtype=bool)
    grid = Grid(CRS.from_epsg(32648), Affine(30, 0, 300_000, 0, -30, 4_350_000), 400, 1)
    (one,) = outlines(runs_of(mask), grid)
    pieces = outlines(
        runs_of(np.ones((1, 1), dtype=bool)), grid.part(0, 0, height=1, width=1)
    )
    assert shapely.get_num_coordinates(one) > 100
    each = [
        area_m2(
            outlines(runs_of(np.ones((1, 1), bool)), grid.part(0, i, height=1, width=1))
        )[0]
        for i in range(400)
    ]
    assert area_m2(one) == pytest.approx(sum(each), rel=1e-9)
    assert one.covers(pieces[0].centroid)


def test_shells_run_against_the_clock_on_the_map():
    mask = mask_of("###\n#.#\n###")
    (one,) = outlines(runs_of(mask), grid_of(mask.shape))
    assert one.exterior.is_ccw
    assert not one.interiors[0].is_ccw


def test_degrees_stay_what_they_are():
    mask = np.ones((1, 1), dtype=bool)
    grid = Grid(CRS.from_epsg(4326), Affine(0.5, 0, 106, 0, -0.5, 40), 1, 1)
    (one,) = outlines(runs_of(mask), grid)
    assert one.equals(shapely.box(106, 39.5, 106.5, 40))


def test_an_image_on_an_old_datum_is_refused():
    mask = np.ones((1, 1), dtype=bool)
    with pytest.raises(CrsError, match="CGCS2000 or WGS 84"):
        outlines(runs_of(mask), grid_of(mask.shape, epsg=2343))


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=7)))
def test_places_of_a_mask_are_those_of_numpy(mask):
    for one, other in zip(places_of(mask), np.nonzero(mask), strict=True):
        assert np.array_equal(one, other)
