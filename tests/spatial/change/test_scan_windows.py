"""A scan by windows: the same bytes however it is cut, and whoever works."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from distributed import LocalCluster
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pandas.testing import assert_frame_equal

from layers import read_raster
from layers.errors import CrsMismatchError, InputRefusedError
from layers.raster import CLEAR
from layers.samples import images, scene
from spatial.change.aligned import AlignedPair
from spatial.change.detect import detect
from spatial.change.fit import fit_detector
from spatial.change.held import held_sample
from spatial.change.pair import pair
from spatial.change.patches import patches
from spatial.change.runs import merged, stretches
from spatial.change.sample import sample_windows
from spatial.change.scan import scan
from spatial.change.within import met

ROLES = ("blue", "green", "red", "rededge1", "rededge2", "rededge3", "nir")
ROLES += ("nir_narrow", "swir1", "swir2")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    before, after = images.write_pair(tmp_path_factory.mktemp("pair"))
    return pair(
        read_raster(before, in_process=True), read_raster(after, in_process=True)
    )


def scanned(report, **how):
    return scan(report.aligned, residual_px=report.residual_px, **how)


def at_once(aligned, residual_px=(0.0, 0.0), **how):
    """Both images whole: what a scan by windows has to give."""
    before, after, codes = aligned.read()
    change = detect(
        before, after, mask=codes != CLEAR, bands=aligned.bands,
        sensor=aligned.before.sensor, **how,
    )  # fmt: skip
    return patches(
        change, aligned.grid, before=before, after=after, bands=aligned.bands,
        shift_px=residual_px,
    )  # fmt: skip


@pytest.fixture(scope="module")
def whole(report):
    return at_once(report.aligned, report.residual_px)


def same(one, other, *, but=()):
    dropped = ["geometry", *but]
    one_frame, other_frame = (
        frame.drop(columns=dropped).reset_index(drop=True) for frame in (one, other)
    )
    assert_frame_equal(one_frame, other_frame, check_exact=True)
    numbers = one_frame.select_dtypes("float").columns
    bits = (frame[numbers].to_numpy().tobytes() for frame in (one_frame, other_frame))
    assert next(bits) == next(bits)
    assert np.array_equal(
        shapely.to_wkb(one.geometry.array), shapely.to_wkb(other.geometry.array)
    )


# -- however it is cut ----------------------------------------------------------


@pytest.mark.parametrize(("side", "threads"), [(64, 1), (100, 3), (512, 2), (2000, 1)])
def test_windows_give_the_bytes_of_both_images_at_once(report, whole, side, threads):
    found = scanned(report, tile_px=side, threads=threads)
    assert len(whole) > 20
    same(found.patches, whole)
    assert found.windows_read == found.windows


def test_so_do_the_plain_methods_with_their_lone_pixels(report):
    expected = at_once(report.aligned, report.residual_px, method="index")
    assert (expected["pixels"] == 1).any()
    same(scanned(report, method="index", tile_px=96).patches, expected)


def test_two_worker_processes_give_the_same_bytes(report, whole):
    seen = []
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        found = scanned(
            report, tile_px=100, engine="dask",
            scheduler=cluster.scheduler_address,
            progress=lambda done, every: seen.append((done, every)),
        )  # fmt: skip
    same(found.patches, whole)
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]


def test_progress_ends_with_all_strips(report):
    seen = []
    scanned(report, tile_px=200, progress=lambda *said: seen.append(said))
    strips = -(-scene.GRID.height // 200)
    assert seen == sorted(seen)
    assert seen[-1] == (strips, strips)


@pytest.fixture(scope="module")
def ten_bands(tmp_path_factory):
    """Ten bands, holes, lone pixels, and lines from rim to rim; 10 x 10 m."""
    folder = tmp_path_factory.mktemp("ten")
    rng = np.random.default_rng(3)
    ground = 0.1 + 0.2 * rng.random((10, 150, 200), dtype=np.float32)
    later = ground + rng.normal(0, 0.004, ground.shape)
    later[:, 70:73] += 0.5
    later[:, :, 90] += 0.4
    for row, column in rng.integers(0, 150, (60, 2)):
        later[:, row, column] += 0.6
    out = []
    for name, image in (("before", ground), ("after", later)):
        stored = np.rint(np.clip(image, 0.0001, 2) * 10_000).astype(np.uint16)
        stored[:, 20:24, 30:50] = 0
        path = folder / f"{name}.tif"
        with rasterio.open(
            path, "w", driver="GTiff", width=200, height=150, count=10,
            dtype="uint16", nodata=0, crs="EPSG:32648",
            transform=rasterio.Affine(10, 0, 600_000, 0, -10, 3_300_000),
        ) as file:  # fmt: skip
            file.write(stored)
        out.append(read_raster(path, bands=ROLES, scale=1e-4, in_process=True))
    return AlignedPair(*out, out[0].grid, ROLES)


@pytest.mark.parametrize("side", [7, 31, 64])
def test_ten_bands_and_lone_pixels_are_summed_in_one_order(ten_bands, side):
    """Numpy adds up a single column of eight or more values in another order."""
    expected = at_once(ten_bands, (0.8, -0.6), method="cva")
    found = scan(ten_bands, residual_px=(0.8, -0.6), method="cva", tile_px=side)
    assert (expected["pixels"] == 1).sum() > 10
    assert expected["shift_share"].max() > 0
    assert (expected["doubtful_share"] > 0).any()
    same(found.patches, expected)


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=9)), st.data())
def test_stretches_of_windows_are_those_of_the_whole(mask, data):
    rows, columns = (
        sorted({0, side, *data.draw(st.lists(st.integers(0, side), max_size=3))})
        for side in mask.shape
    )
    parts = []
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            row, start, end = stretches(mask[top:bottom, left:right])
            parts.append((row + top, start + left, end + left))
    for one, other in zip(merged(parts[::-1]), stretches(mask), strict=True):
        assert np.array_equal(one, other)


# -- only where zones are -------------------------------------------------------


def frame(*shapes, crs="EPSG:4490"):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


def corner_of(shape, share=0.05):
    left, bottom, right, _ = shape.bounds
    side = (right - left) * share
    return shapely.box(left, bottom, left + side, bottom + side)


@pytest.mark.parametrize("side", [16, 64, 300])
def test_a_patch_that_meets_a_zone_in_a_corner_is_told_whole(report, whole, side):
    large = whole.loc[whole["area_m2"].idxmax()]
    point = large.geometry.representative_point()
    zone = frame(point.buffer(1e-6))
    found = scanned(report, within=zone, tile_px=side)
    assert found.patches["patch_id"].tolist() == [large["patch_id"]]
    same(found.patches, whole.loc[[large.name]], but=["event_id"])
    assert found.windows_read < found.windows
    assert "only_within" in found.notes


def test_patches_that_meet_zones_are_those_of_the_whole_pair(report, whole):
    left, bottom, right, top = whole.total_bounds
    zones = frame(
        shapely.Polygon([(left, bottom), (right, bottom), (left, top)]),
        corner_of(whole.geometry.iloc[-1]),
    )
    meets = shapely.intersects(
        whole.geometry.array, shapely.union_all(zones.geometry.array)
    )
    assert 3 < meets.sum() < len(whole) - 3
    found = [
        scanned(report, within=zones, tile_px=side, threads=threads)
        for side, threads in ((50, 1), (128, 2))
    ]
    same(found[0].patches, found[1].patches)
    assert "fitted_within" in found[0].notes
    assert found[0].threshold == found[1].threshold
    assert found[0].windows_read < 0.75 * found[0].windows
    # fitted to less ground the detector sees season in another way, and what was
    # built alike
    kept = found[0].patches[found[0].patches["kept"]].geometry.array
    for one in whole[meets & whole["kept"]].geometry:
        assert shapely.area(shapely.intersection(kept, one)).max() > 0.9 * one.area


def test_nothing_is_read_where_no_zone_is(report, monkeypatch):
    def read(*_, **__):
        raise AssertionError

    for name in ("read", "read_stored"):
        monkeypatch.setattr(type(report.aligned.before), name, read)
    found = scanned(report, within=frame(shapely.box(0, 0, 1, 1)))
    assert found.patches.empty
    assert found.windows_read == 0
    assert found.notes == ("only_within", "nothing_within")


def test_no_window_far_from_the_zone_is_read(report, whole, monkeypatch):
    asked = []
    kind = type(report.aligned)
    plain = kind.read_stored

    def read(self, window, *how):
        asked.append(window)
        return plain(self, window, *how)

    monkeypatch.setattr(kind, "read_stored", read)
    monkeypatch.setattr("spatial.change.within.FEWEST", 1)
    zone = frame(corner_of(whole.geometry.iloc[0]))
    found = scanned(report, within=zone, tile_px=64)
    rows, columns = scene.GRID.shape
    pixels = sum(one.height * one.width for one in asked)
    assert found.windows_read >= 1
    assert pixels < 0.1 * rows * columns


@given(
    st.lists(st.integers(1, 19), max_size=5),
    st.lists(st.tuples(*[st.floats(-5, 25)] * 3), min_size=1, max_size=3),
)
def test_windows_that_meet_zones_are_found_as_by_trying_all(cuts, discs):
    edges = np.unique([0, *cuts, 20])
    shapes = shapely.buffer(
        shapely.points([d[:2] for d in discs]), [0.1 + abs(d[2]) / 5 for d in discs]
    )
    got = met(shapes, edges, edges)
    for i in range(len(edges) - 1):
        for j in range(len(edges) - 1):
            box = shapely.box(
                edges[j] - 2, edges[i] - 2, edges[j + 1] + 2, edges[i + 1] + 2
            )
            assert got[i, j] == shapely.intersects(shapes, box).any()


# -- the sample -----------------------------------------------------------------


def test_a_sample_that_was_read_once_fits_the_same_detector(report, monkeypatch):
    monkeypatch.setattr("spatial.change.sample._WHOLE", 1)
    aligned = report.aligned
    cells = sample_windows(aligned.grid.shape)
    before, after, codes = aligned.read()

    def read(w):
        here = slice(w.top, w.bottom), slice(w.left, w.right)
        return before[:, *here], after[:, *here], codes[here] != CLEAR

    fits = [
        fit_detector(
            one, aligned.grid.shape, roles=aligned.bands, method="auto", target="all"
        )
        for one in (read, held_sample(aligned, cells, threads=2))
    ]
    assert fits[0].threshold == fits[1].threshold
    assert np.isfinite(fits[0].threshold)


# -- refusals -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"engine": "dask"}, "address of a scheduler"),
        ({"scheduler": "tcp://127.0.0.1:1"}, "address of a scheduler"),
        ({"engine": "spark"}, "address of a scheduler"),
        ({"threads": 0}, "1 or more"),
        ({"tile_px": 0}, "1 or more"),
        ({"method": "guess"}, "auto or index"),
    ],
)
def test_what_makes_no_sense_is_refused(report, how, words):
    with pytest.raises(InputRefusedError, match=words):
        scanned(report, **how)


def test_zones_in_another_system_are_refused(report):
    with pytest.raises(CrsMismatchError, match="4490"):
        scanned(report, within=frame(shapely.box(0, 0, 1, 1), crs="EPSG:3857"))
