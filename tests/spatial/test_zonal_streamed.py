"""Greenness of zones from images read by windows: the figures of whole arrays."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pandas.testing import assert_frame_equal

from layers import read_raster
from layers.errors import CrsMismatchError, InputRefusedError
from layers.samples import images, scene
from spatial.change.pair import pair
from spatial.zonal import (
    frozen_end_points,
    sampled_end_points,
    streamed,
    streamed_cover,
    zonal_cover,
)


@pytest.fixture(scope="module")
def aligned(tmp_path_factory):
    files = images.write_pair(tmp_path_factory.mktemp("pair"))
    return pair(*(read_raster(one, in_process=True) for one in files)).aligned


def ndvi(aligned):
    red, nir = aligned.bands.index("red"), aligned.bands.index("nir")
    return [(one[nir] - one[red]) / (one[nir] + one[red]) for one in aligned.read()[:2]]


@pytest.fixture(scope="module")
def zones():
    """A border zone, one half outside, one far away, and the planted changes."""
    outlines = [one.geometry for one in scene.CHANGES]
    left, bottom, right, top = shapely.total_bounds(np.array(outlines))
    shapes = [
        shapely.box(left, bottom, right, top),
        shapely.box(left, bottom, left + 10, bottom + 0.01),
        shapely.box(0, 0, 1, 1),
        *outlines,
    ]
    return gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4490")


@pytest.mark.parametrize("window", [(512, 2048), (100, 130)])
def test_windows_give_the_figures_of_whole_arrays(aligned, zones, monkeypatch, window):
    monkeypatch.setattr(streamed, "_WINDOW", window)
    one, two = ndvi(aligned)
    ends = frozen_end_points(one)
    whole = zonal_cover(
        zones, aligned.grid, ndvi_before=one, ndvi_after=two, end_points=ends
    )
    got = streamed_cover(zones, aligned)
    assert_frame_equal(got, whole, check_exact=False, rtol=1e-6, atol=1e-7)
    assert got["observed_share"].iloc[2] == 0
    assert 0 < got["observed_share"].iloc[0] < 1


def test_windows_without_a_zone_are_not_read(aligned, zones, monkeypatch):
    monkeypatch.setattr(streamed, "_WINDOW", (100, 100))
    ends = sampled_end_points(aligned)
    asked, plain = [], type(aligned).read

    def read(self, window=None, **how):
        asked.append((window, self.bands))
        return plain(self, window, **how)

    monkeypatch.setattr(type(aligned), "read", read)
    streamed_cover(zones.iloc[[2]], aligned, end_points=ends)
    assert asked == []
    small = zones.iloc[[3]]
    streamed_cover(small, aligned, end_points=ends)
    assert 1 <= len(asked) <= 4
    assert {bands for _, bands in asked} == {("red", "nir")}


def test_end_points_of_a_large_image_come_from_a_sample(aligned, monkeypatch):
    whole = sampled_end_points(aligned)
    monkeypatch.setattr(streamed, "_WHOLE", 1)
    sample = sampled_end_points(aligned)
    assert sample.soil == pytest.approx(whole.soil, abs=0.05)
    assert sample.vegetation == pytest.approx(whole.vegetation, abs=0.05)


def test_a_pair_without_red_is_refused(aligned, zones):
    with pytest.raises(InputRefusedError, match="red and nir"):
        streamed_cover(zones, aligned.only("blue", "nir"))


def test_zones_in_another_system_are_refused(aligned, zones):
    with pytest.raises(CrsMismatchError, match="4490"):
        streamed_cover(zones.to_crs("EPSG:32648"), aligned)
