"""Figures by zone: parts of pixels, what was seen, and end points that stay."""

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from pyproj import CRS
from shapely.geometry import box
from simple_change import BANDS, found, grid_of

from layers.errors import CrsMismatchError, ExtraMissingError, InputRefusedError
from layers.grid import Grid
from spatial.change.outline import outlines
from spatial.change.patches import patches
from spatial.change.runs import runs_of
from spatial.measure import area_m2
from spatial.zonal import EndPoints, frozen_end_points, zonal_change, zonal_cover
from spatial.zonal import cover as zonal_cover_module

ENDS = EndPoints(0.0, 1.0, "test")
DEGREES = Grid(CRS.from_epsg(4326), Affine(0.01, 0, 106.0, 0, -0.01, 40.0), 4, 2)


def zones(*shapes, crs="EPSG:4490"):
    names = [f"z{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"name": names}, index=names, geometry=list(shapes), crs=crs
    )


def cover(frame, before, after=None, *, grid=DEGREES, ends=ENDS):
    one = np.asarray(before, dtype=float)
    two = one if after is None else np.asarray(after, dtype=float)
    return zonal_cover(frame, grid, ndvi_before=one, ndvi_after=two, end_points=ends)


def test_a_pixel_counts_by_the_part_of_it_that_lies_inside():
    #  0.2 | 0.8 |     the zone has all of the first pixel and half of the second
    rows = [[0.2, 0.8, 0.0, 0.0]] * 2
    got = cover(zones(box(106.0, 39.99, 106.015, 40.0)), rows)
    assert got["ndvi_before"].item() == pytest.approx((0.2 + 0.4) / 1.5)
    assert got["observed_share"].item() == 1.0


def test_a_hidden_half_is_not_observed_and_says_nothing_of_the_other():
    before = [[0.2, 0.2, 0.2, 0.2]] * 2
    after = [[0.4, np.nan, 0.4, 0.4]] * 2
    got = cover(zones(box(106.0, 39.98, 106.02, 40.0)), before, after).iloc[0]
    assert got["observed_share"] == pytest.approx(0.5)
    assert got["ndvi_change"] == pytest.approx(0.2)
    assert got["observed_m2"] == pytest.approx(got["area_m2"] / 2)


def test_what_lies_outside_of_the_image_is_not_observed():
    got = cover(zones(box(105.98, 39.99, 106.02, 40.0)), [[0.5] * 4] * 2).iloc[0]
    assert got["observed_share"] == pytest.approx(0.5, rel=1e-6)
    assert got["ndvi_before"] == 0.5


def test_a_zone_that_nobody_saw_has_no_figures_and_no_zero():
    got = cover(zones(box(110, 39, 110.1, 39.1)), [[0.5] * 4] * 2).iloc[0]
    assert got["observed_share"] == 0
    assert np.isnan(got["ndvi_before"])
    assert np.isnan(got["fvc_change"])


def test_a_zone_smaller_than_a_pixel_is_not_lost():
    got = cover(zones(box(106.001, 39.991, 106.002, 39.992)), [[0.3] * 4] * 2).iloc[0]
    assert got["observed_share"] == 1.0
    assert got["ndvi_before"] == pytest.approx(0.3)


def test_pixels_weigh_by_their_area_on_the_ellipsoid():
    # one degree high: the southern pixel is larger
    grid = Grid(CRS.from_epsg(4326), Affine(1, 0, 106, 0, -1, 41), 1, 2)
    upper, lower = box(106, 40, 107, 41), box(106, 39, 107, 40)
    got = cover(zones(box(106, 39, 107, 41)), [[0.0], [1.0]], grid=grid).iloc[0]
    share = area_m2(lower) / (area_m2(lower) + area_m2(upper))
    assert got["ndvi_before"] == pytest.approx(share, rel=1e-6)


def test_a_projected_image_gives_the_area_of_the_zone_on_the_ellipsoid():
    grid = grid_of((300, 300), pixel_m=30.0)
    mask = np.ones((300, 300), dtype=bool)
    whole = outlines(runs_of(mask), grid)[0]
    inner = zones(whole.buffer(-0.01))
    got = cover(inner, np.full((300, 300), 0.5), grid=grid).iloc[0]
    assert got["observed_share"] == 1.0
    assert got["observed_m2"] == got["area_m2"]


def test_strips_change_nothing(monkeypatch):
    rng = np.random.default_rng(3)
    grid = grid_of((40, 30))
    before, after = rng.random((2, 40, 30))
    after[5:9, 3:8] = np.nan
    whole = outlines(runs_of(np.ones((40, 30), dtype=bool)), grid)[0]
    frame = zones(whole.buffer(-0.0003), whole)
    at_once = cover(frame, before, after, grid=grid)
    monkeypatch.setattr(zonal_cover_module, "_STRIP_PIXELS", 30)
    row_by_row = cover(frame, before, after, grid=grid)
    np.testing.assert_allclose(row_by_row, at_once, rtol=1e-9)


def test_cover_is_cut_to_0_and_1_and_unknown_stays_unknown():
    ends = EndPoints(0.2, 0.8, "test")
    got = ends.cover(np.array([0.1, 0.5, 0.9, np.nan]))
    np.testing.assert_allclose(got, [0, 0.5, 1, np.nan])


def test_end_points_come_from_one_image_and_hold_for_both():
    before = np.linspace(0, 1, 101)
    ends = frozen_end_points(before)
    assert (ends.soil, ends.vegetation) == pytest.approx((0.05, 0.95))
    assert "convention" in ends.source
    rows = np.full((2, 4), 0.5)
    got = cover(zones(box(106, 39.98, 106.04, 40)), rows, rows + 0.2, ends=ends).iloc[0]
    assert got["fvc_change"] == pytest.approx(0.2 / 0.9)


def test_end_points_without_a_range_are_refused():
    with pytest.raises(
        InputRefusedError, match=r"vegetation at least 0\.05 above soil"
    ):
        frozen_end_points(np.full(10, 0.4))


def test_end_points_of_nothing_are_refused():
    with pytest.raises(InputRefusedError, match="an image with pixels that were seen"):
        frozen_end_points(np.full(10, np.nan))


def test_a_turned_grid_is_refused():
    turned = Grid(DEGREES.crs, Affine(0.01, 0.002, 106, 0.002, -0.01, 40), 4, 2)
    with pytest.raises(InputRefusedError, match="a turned grid"):
        cover(zones(box(106, 39.98, 106.04, 40)), [[0.5] * 4] * 2, grid=turned)


def test_an_array_of_another_size_is_refused():
    with pytest.raises(InputRefusedError, match=r"an array of the shape \(2, 4\)"):
        cover(zones(box(106, 39.98, 106.04, 40)), [[0.5] * 3] * 2)


def test_zones_in_another_frame_are_refused():
    with pytest.raises(CrsMismatchError, match="EPSG:4490"):
        cover(zones(box(0, 0, 1, 1), crs="EPSG:32648"), [[0.5] * 4] * 2)


def test_without_exactextract_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(zonal_cover_module, "exactextract", None)
    with pytest.raises(ExtraMissingError, match="extra 'raster'"):
        cover(zones(box(106, 39.98, 106.04, 40)), [[0.5] * 4] * 2)


# -- changed area ---------------------------------------------------------


@pytest.fixture
def changed():
    """Two patches of 10 x 10 pixels, one kept and one of two pixels set aside."""
    grid = grid_of((30, 60))
    mask = np.zeros((30, 60), dtype=bool)
    mask[5:15, 5:15] = mask[5:15, 30:40] = mask[25, 50:52] = True
    before, after = np.full((2, 6, 30, 60), 0.1, dtype=np.float32)
    after[:, mask] = 0.3
    table = patches(found(mask), grid, before=before, after=after, bands=BANDS)
    return grid, table


def test_changed_area_is_that_of_kept_patches_inside(changed):
    grid, table = changed
    left = np.zeros((30, 60), dtype=bool)
    left[:, :10] = True
    whole = np.ones((30, 60), dtype=bool)
    frame = zones(*(outlines(runs_of(one), grid)[0] for one in (left, whole)))
    got = zonal_change(frame, table)
    one = table["area_m2"].iloc[0]
    assert got["changed_m2"].tolist() == pytest.approx([one / 2, 2 * one], rel=1e-6)
    assert got["patches"].tolist() == [1, 2]
    assert got["set_aside_m2"].tolist() == pytest.approx([0, one / 50], rel=1e-4)
    kinds = [name for name in got if name.startswith("changed_m2_")]
    np.testing.assert_allclose(got[kinds].sum(axis=1), got["changed_m2"])


def test_a_zone_without_change_has_zero(changed):
    _, table = changed
    got = zonal_change(zones(box(110, 39, 110.1, 39.1)), table).iloc[0]
    assert got["changed_m2"] == 0
    assert got["patches"] == 0
