"""An image is read by window: values by role, masks, one grid, the same everywhere."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import payloads_raster
import pyproj
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from images import PLACE, scene, stored, write

import layers
from layers.errors import (
    CrsError,
    CrsMismatchError,
    InputRefusedError,
    SourceNotFoundError,
    ToolkitError,
    UnknownKindError,
)
from layers.grid import Grid
from layers.raster import CLEAR, CLOUD, NODATA, SHADOW, Window
from layers.text import TEXTS

DATA = Path(__file__).parents[3] / "shared" / "data"


def opened(path, **stated):
    return layers.read_raster(path, in_process=True, **stated)


def keys(image):
    return [one.key.removeprefix("raster.") for one in image.notes]


# -- one file -------------------------------------------------------------


def test_bands_have_roles_and_values_are_reflectance(tmp_path):
    path = write(
        tmp_path / "S_2019-05-04.tif",
        np.array([[[1000, 2000]], [[500, 0]], [[3000, 4000]]], dtype="uint16"),
        names=["B04", "B02", "B8A"],
    )
    image = opened(path)
    assert image.bands == ("blue", "red", "nir")
    assert (image.sensor, image.date) == ("sentinel-2", dt.date(2019, 5, 4))
    values, mask = image.read(bands=("red", "nir"))
    np.testing.assert_allclose(values, [[[0.1, 0.2]], [[0.3, 0.4]]], atol=1e-7)
    assert mask.tolist() == [[CLEAR, CLEAR]]
    values, mask = image.read()  # blue is 0 in the second pixel: nothing there
    assert mask.tolist() == [[CLEAR, NODATA]]
    assert np.isnan(values[:, 0, 1]).all()


def test_a_child_reads_the_same(tmp_path):
    path = write(tmp_path / "a_20190504.tif", stored(scene(size=60)), names=BGRN)
    here, there = opened(path).read(), layers.read_raster(path).read()
    np.testing.assert_array_equal(here[0], there[0])
    np.testing.assert_array_equal(here[1], there[1])


BGRN = ["B02", "B03", "B04", "B08"]


def test_a_window_may_reach_beyond_the_image(tmp_path):
    image = opened(
        write(tmp_path / "a.tif", stored(np.full((2, 3), 0.1)), names=["red"])
    )
    values, mask = image.read(Window(-1, 2, 3, 2))
    assert mask.tolist() == [[1, 1], [0, 1], [0, 1]]
    assert values[0, 1, 0] == pytest.approx(0.1)


def test_the_mask_of_the_file_and_a_stated_nodata_are_seen(tmp_path):
    path = tmp_path / "a.tif"
    write(path, np.array([[[5, 6, 7]]], dtype="uint8"), names=["red"], nodata=7)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="YES"), rasterio.open(path, "r+") as sink:
        sink.nodata = None
        sink.write_mask(np.array([[255, 0, 255]], dtype="uint8"))
    assert opened(path).read()[1].tolist() == [[CLEAR, NODATA, CLEAR]]
    assert opened(path, nodata=5).read()[1].tolist() == [[NODATA, NODATA, CLEAR]]


def test_roles_come_from_the_name_or_from_the_caller(tmp_path):
    values = np.ones((2, 2, 2), dtype="uint8")
    assert opened(write(tmp_path / "x_1985_nir_red.tif", values)).bands == (
        "red",
        "nir",
    )
    plain = write(tmp_path / "x.tif", values)
    assert opened(plain, bands=("nir", "")).bands == ("nir",)
    assert "left_out" in keys(opened(plain, bands=("nir", "")))
    with pytest.raises(InputRefusedError, match="2 without a description"):
        opened(plain)
    with pytest.raises(InputRefusedError, match="a role for each of 2 bands, got 1"):
        opened(plain, bands=("nir",))
    with pytest.raises(InputRefusedError, match=r"a role in bands=.*'ultra'"):
        opened(plain, bands=("nir", "ultra"))
    with pytest.raises(InputRefusedError, match="nir more than once"):
        opened(plain, bands=("nir", "nir"))
    with pytest.raises(InputRefusedError, match="sensor= one of sentinel-2"):
        opened(plain, sensor="spot")


def test_a_year_alone_is_no_day(tmp_path):
    image = opened(write(tmp_path / "x_1985_nir_red.tif", np.ones((2, 2, 2), "uint8")))
    assert (image.date, image.year) == (None, 1985)
    assert "no_day" in keys(image)
    later = opened(tmp_path / "x_1985_nir_red.tif", date=dt.date(1985, 6, 1))
    assert (later.date, later.year) == (dt.date(1985, 6, 1), 1985)


def test_numbers_for_the_eye_are_relative_and_say_so(tmp_path):
    path = write(tmp_path / "nir_red.tif", np.full((2, 1, 1), 51, dtype="uint8"))
    image = opened(path)
    assert image.quantity == "relative"
    assert image.read()[0].ravel() == pytest.approx([0.2, 0.2])
    assert image.band("red").ceiling == pytest.approx(1.0)
    assert opened(path, scale=0.01, offset=-0.1).read()[0][0, 0, 0] == pytest.approx(
        0.41
    )


def test_scale_and_offset_in_the_file_are_used(tmp_path):
    path = write(tmp_path / "red.tif", np.full((1, 2, 2), 4000, dtype="int16"))
    with rasterio.open(path, "r+") as sink:
        sink.scales, sink.offsets = (0.0001,), (-0.1,)
    assert opened(path).read()[0][0, 0, 0] == pytest.approx(0.3)
    assert "factors_in_file" in keys(opened(path))


def test_floats_that_are_reflectance_stay(tmp_path):
    image = opened(
        write(tmp_path / "red.tif", np.full((1, 4, 4), 0.25, dtype="float32"))
    )
    assert (image.quantity, image.read()[0][0, 0, 0]) == ("reflectance", 0.25)
    assert image.band("red").ceiling is None


def test_jpeg_2000_is_read(tmp_path):
    path = tmp_path / "T48RXT_20190504T032541_B04.jp2"
    whole = stored(scene(size=64, bands=1))[0]
    write(path, whole, driver="JP2OpenJPEG", QUALITY=100, REVERSIBLE="YES")
    image = layers.read_raster(path)
    assert (image.bands, image.date) == (("red",), dt.date(2019, 5, 4))
    np.testing.assert_allclose(image.read()[0][0], whole / 10_000, atol=1e-6)


# -- folders --------------------------------------------------------------


def sentinel(
    folder, level="L2A", baseline=None, *, date="20190504", values=0.2, **more
):
    """A folder as of Sentinel-2: red in 10 m, SWIR and SCL in 20 m."""
    product = folder / f"T48RXT_{date}"
    if baseline:
        name = (
            f"S2A_MSI{level}_{date}T032541_N{baseline}_R018_T48RXT_{date}T073000.SAFE"
        )
        product = folder / name / "GRANULE" / "L2A_x" / "IMG_DATA"
    coarse = {"transform": PLACE @ rasterio.Affine.scale(2)}
    stem = f"T48RXT_{date}T032541"
    ten, twenty = np.full((4, 4), values), np.full((2, 2), values)
    write(product / f"{stem}_B04.tif", stored(ten) + more.get("added", 0))
    write(product / f"{stem}_B12.tif", stored(twenty) + more.get("added", 0), **coarse)
    scl = np.array([[4, 9], [3, 11]], dtype="uint8")
    write(product / f"{stem}_SCL_20m.tif", scl, **coarse)
    return folder / name if baseline else product


def test_a_folder_of_single_bands_is_one_image(tmp_path):
    folder = sentinel(tmp_path)
    write(folder / "T48RXT_20190504T032541_TCI.tif", np.ones((3, 4, 4), "uint8"))
    image = layers.read_raster(folder)
    assert image.bands == ("red", "swir2", "scl")
    assert (image.spectral, image.has_mask) == (("red", "swir2"), True)
    assert (image.level, image.grid.resolution) == ("L2A", (10.0, 10.0))
    values, mask = image.read()
    assert mask[::2, ::2].tolist() == [[CLEAR, CLOUD], [SHADOW, 4]]
    assert np.isnan(values[:, 0, 3]).all()
    np.testing.assert_allclose(values[:, :2, :2], 0.2, atol=1e-6)
    assert "left_out" in keys(image)


def test_of_several_pixel_sizes_the_finest_is_taken(tmp_path):
    folder = tmp_path / "T48RXT"
    stem = "T48RXT_20190504T032541_B04"
    coarse = {"transform": PLACE @ rasterio.Affine.scale(2)}
    write(folder / f"R10m/{stem}_10m.tif", stored(np.full((4, 4), 0.1)))
    write(folder / f"R20m/{stem}_20m.tif", stored(np.full((2, 2), 0.2)), **coarse)
    assert opened(folder).grid.shape == (4, 4)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("T48RXU_20190504T032541_B08.tif", "files of 2 tiles"),
        ("T48RXT_20190514T032541_B08.tif", "files of 2 days"),
        ("LC08_L2SP_127040_20190504_20200828_02_T1_SR_B5.TIF", "files of 2 sensors"),
    ],
)
def test_two_images_in_one_folder_are_refused(name, words, tmp_path):
    write(sentinel(tmp_path) / name, stored(np.full((4, 4), 0.2)))
    with pytest.raises(InputRefusedError, match=words):
        opened(tmp_path)


def test_bands_that_do_not_lie_on_each_other_are_refused(tmp_path):
    folder = sentinel(tmp_path)
    name = folder / "T48RXT_20190504T032541_B08.tif"
    write(name, stored(np.full((9, 9), 0.2)))
    with pytest.raises(
        InputRefusedError, match=r"nir whose border lies 5\.0 pixels off"
    ):
        opened(folder)
    write(name, stored(np.full((4, 4), 0.2)), crs="EPSG:32649")
    with pytest.raises(InputRefusedError, match="bands in one reference system"):
        opened(folder)


def test_landsat_level_2_is_read_with_its_factors_and_its_mask(tmp_path):
    stem = "LC08_L2SP_127040_20200704_20200913_02_T1"
    write(tmp_path / f"{stem}_SR_B4.TIF", np.full((1, 4), 10_000, dtype="uint16"))
    write(tmp_path / f"{stem}_SR_B5.TIF", np.full((1, 4), 20_000, dtype="uint16"))
    qa = np.array([[21824, 22280, 23888, 1]], dtype="uint16")
    write(tmp_path / f"{stem}_QA_PIXEL.TIF", qa)
    image = opened(tmp_path)
    assert (image.sensor, image.level) == ("landsat-oli", "L2SP")
    values, mask = image.read()
    assert mask.tolist() == [[CLEAR, CLOUD, SHADOW, NODATA]]
    assert values[:, 0, 0] == pytest.approx([0.075, 0.35])


def test_landsat_level_1_takes_its_factors_from_the_mtl(tmp_path):
    stem = "LT05_L1TP_127040_19950704_20200913_02_T1"
    write(tmp_path / f"{stem}_B3.TIF", np.full((2, 2), 100, dtype="uint8"))
    image = opened(tmp_path)
    assert (image.sensor, image.quantity) == ("landsat-tm", "relative")
    (tmp_path / f"{stem}_MTL.txt").write_text(
        '  SUN_ELEVATION = 30.0\n  PROCESSING_LEVEL = "L1TP"\n'
        "  REFLECTANCE_MULT_BAND_3 = 2.0E-03\n  REFLECTANCE_ADD_BAND_3 = -0.05\n"
    )
    image = opened(tmp_path)
    assert image.quantity == "reflectance"
    assert image.read()[0][0, 0, 0] == pytest.approx((0.2 - 0.05) / 0.5)


# -- the offset of Sentinel-2 ---------------------------------------------


@pytest.mark.parametrize(
    ("stated", "added", "note"),
    [
        ({}, 0, "offset_by_date"),
        ({"baseline": "0300"}, 0, "offset_by_baseline"),
        ({"baseline": "0400"}, 1000, "offset_by_baseline"),
        ({"baseline": "0510"}, 1000, "offset_by_baseline"),
        ({"date": "20230504"}, 1000, "offset_unknown"),
    ],
)
def test_the_offset_is_taken_out_by_the_best_evidence(stated, added, note, tmp_path):
    image = opened(sentinel(tmp_path, added=added, **stated))
    assert image.read()[0][0, 0, 0] == pytest.approx(0.2)
    assert note in keys(image)


def test_dark_numbers_tell_that_nothing_was_added(tmp_path):
    late = opened(sentinel(tmp_path / "a", date="20230504", values=0.05))
    assert late.read()[0][0, 0, 0] == pytest.approx(0.05)
    assert "offset_by_numbers" in keys(late)
    named = opened(sentinel(tmp_path / "b", baseline="0400", values=0.05))
    assert named.read()[0][0, 0, 0] == pytest.approx(0.05)
    assert "offset_contradicted" in keys(named)


MTD = """<n1:Level-2A_User_Product xmlns:n1="x"><General_Info>
<PRODUCT_START_TIME>2023-05-04T03:25:41Z</PRODUCT_START_TIME>
<PROCESSING_BASELINE>05.09</PROCESSING_BASELINE>
<BOA_QUANTIFICATION_VALUE unit="none">10000</BOA_QUANTIFICATION_VALUE>
<BOA_ADD_OFFSET band_id="3">-1000</BOA_ADD_OFFSET>
<BOA_ADD_OFFSET band_id="12">-1000</BOA_ADD_OFFSET>
</General_Info></n1:Level-2A_User_Product>"""


def test_the_metadata_of_the_product_say_it(tmp_path):
    folder = sentinel(tmp_path, added=1000)
    (folder / "MTD_MSIL2A.xml").write_text(MTD)
    image = opened(folder)
    assert (image.baseline, image.date) == ("0509", dt.date(2023, 5, 4))
    assert image.read()[0][0, 0, 0] == pytest.approx(0.2)
    assert "offset_by_metadata" in keys(image)
    (folder / "MTD_MSIL2A.xml").write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    with pytest.raises(InputRefusedError, match="the metadata of an image"):
        opened(folder)


# -- STAC -----------------------------------------------------------------


def item(folder, assets, **properties):
    said = {
        "type": "Feature", "stac_version": "1.0.0", "assets": assets,
        "properties": {"datetime": "2023-05-04T03:25:41Z", **properties},
    }  # fmt: skip
    path = folder / "item.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def test_a_stac_item_names_its_bands(tmp_path):
    write(tmp_path / "one.tif", stored(np.full((2, 2), 0.05)))
    write(tmp_path / "two.tif", stored(np.full((2, 2), 0.3)))
    assets = {
        "visual": {"href": "./two.tif"},
        "a": {"href": "./one.tif", "eo:bands": [{"common_name": "red"}]},
        "b": {"href": "two.tif", "bands": [{"eo:common_name": "nir"}]},
    }
    applied = {"earthsearch:boa_offset_applied": True}
    facts = {"platform": "sentinel-2b", "s2:processing_baseline": "05.09", **applied}
    image = opened(item(tmp_path, assets, **facts))
    assert (image.bands, image.sensor) == (("red", "nir"), "sentinel-2")
    assert (image.date, image.baseline) == (dt.date(2023, 5, 4), "0509")
    assert image.read()[0][:, 0, 0] == pytest.approx([0.05, 0.3])
    assert {"offset_applied_before", "left_out"} <= set(keys(image))
    for one in ("a", "b"):
        assets[one]["raster:bands"] = [{"scale": 0.0002, "offset": -0.01}]
    stated = opened(item(tmp_path, assets, platform="landsat-8"))
    assert stated.read()[0][:, 0, 0] == pytest.approx([0.09, 0.59])


@pytest.mark.parametrize(
    "href", ["../one.tif", "/etc/hostname", "http://127.0.0.1/a.tif", "C:\\a.tif",
             "/vsicurl/x", "a/../../one.tif"],
)  # fmt: skip
def test_a_stac_item_that_leads_elsewhere_is_refused(href, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    write(tmp_path / "one.tif", stored(np.full((2, 2), 0.05)))
    path = item(inner, {"red": {"href": href}})
    with pytest.raises(InputRefusedError, match="files below its own folder"):
        opened(path)


def test_json_that_is_no_item_is_refused(tmp_path):
    path = tmp_path / "item.json"
    for text, words in (
        ("{", "a STAC item"),
        ("[1]", "JSON that is none"),
        ("[" * 100_000, "a STAC item"),
        ('{"type": "Feature", "stac_version": "1"}', "common name of a band"),
    ):
        path.write_text(text)
        with pytest.raises(InputRefusedError, match=words):
            opened(path)


# -- what is refused ------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in payloads_raster.RASTER if "tiff" not in n])
def test_a_list_of_other_rasters_is_refused_under_any_name(name, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("x" * 100)
    path = tmp_path / "red.tif"
    path.write_bytes(payloads_raster.RASTER[name]("http://127.0.0.1:9", secret))
    with pytest.raises(InputRefusedError, match="a GeoTIFF or a JPEG 2000 file"):
        opened(path)


@pytest.mark.parametrize("name", [n for n in payloads_raster.RASTER if "tiff" in n])
def test_a_tiff_that_points_elsewhere_gives_its_own_pixels_or_nothing(name, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("canary 31415 " * 9)
    path = tmp_path / "red.tif"
    path.write_bytes(payloads_raster.RASTER[name]("http://127.0.0.1:9", secret))
    with pytest.raises(ToolkitError) as refused:
        layers.read_raster(path)
    assert "31415" not in str(refused.value)


def test_without_a_place_or_a_system_there_is_no_image(tmp_path):
    values = stored(np.full((4, 4), 0.2))
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        write(tmp_path / "red.tif", values, transform=None)
    with pytest.raises(InputRefusedError, match="placed by a grid, got none"):
        opened(tmp_path / "red.tif")
    write(tmp_path / "nir.tif", values, crs=None)
    with pytest.raises(CrsError, match="a coordinate reference system, got none"):
        opened(tmp_path / "nir.tif")
    assert opened(tmp_path / "nir.tif", crs="EPSG:32648").grid.crs.to_epsg() == 32648
    with pytest.raises(SourceNotFoundError, match="no such file or folder"):
        opened(tmp_path / "none.tif")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputRefusedError, match="0 rasters, none of them"):
        opened(tmp_path / "empty")


def test_another_datum_is_told_and_not_mixed(tmp_path):
    values = stored(np.full((4, 4), 0.2))
    image = opened(write(tmp_path / "red.tif", values, crs="EPSG:3035"))
    assert not image.is_settled
    assert "datum_unsettled" in keys(image)
    other = opened(write(tmp_path / "nir.tif", values)).grid
    with pytest.raises(CrsMismatchError, match="stand on different datums"):
        image.read(out_grid=other)


def test_a_file_that_changes_under_the_hand_is_refused(tmp_path):
    path = write(tmp_path / "red.tif", stored(np.full((4, 4), 0.2)))
    image = layers.read_raster(path)
    write(path, stored(np.full((40, 40), 0.3)))
    with pytest.raises(InputRefusedError, match="the file that was opened, got one"):
        image.read()


def test_an_unknown_band_and_too_much_at_once_are_refused(tmp_path):
    image = opened(write(tmp_path / "red.tif", stored(np.full((4, 4), 0.2))))
    with pytest.raises(UnknownKindError, match="unknown band of red 'nir'"):
        image.read(bands=("nir",))
    with pytest.raises(
        InputRefusedError, match=r"100,000 x 100,000 pixels: 38,147 MiB"
    ):
        image.read(Window(0, 0, 100_000, 100_000))


def test_the_hash_is_that_of_the_bytes(tmp_path):
    image = opened(write(tmp_path / "red.tif", stored(np.full((4, 4), 0.2))))
    first = image.sha256()
    assert first == opened(tmp_path / "red.tif").sha256()
    write(tmp_path / "red.tif", stored(np.full((4, 4), 0.3)))
    assert opened(tmp_path / "red.tif").sha256() != first


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_note_has_a_sentence(lang):
    for key in TEXTS.sentences(lang):
        if key.startswith("raster."):
            assert TEXTS.sentences(lang)[key]
    assert [k for k in TEXTS.sentences("zh") if k.startswith("raster.")] == [
        k for k in TEXTS.sentences("en") if k.startswith("raster.")
    ]


# -- other grids ----------------------------------------------------------


def test_a_coarser_grid_gets_means_and_a_finer_one_straight_lines(tmp_path):
    path = tmp_path / "red.tif"
    write(path, np.array([[0.1, 0.3], [0.5, 0.7]], dtype="float32"))
    image = opened(path)
    half = Grid(image.grid.crs, PLACE @ rasterio.Affine.scale(2), 1, 1)
    assert image.read(out_grid=half)[0].ravel() == pytest.approx([0.4])
    fine = Grid(image.grid.crs, PLACE @ rasterio.Affine.scale(0.5), 4, 4)
    got = image.read(out_grid=fine)[0][0]
    assert got[0] == pytest.approx([0.1, 0.15, 0.25, 0.3])
    assert got[:, 0] == pytest.approx([0.1, 0.2, 0.4, 0.5])


def test_a_grid_shifted_by_whole_pixels_changes_no_value(tmp_path):
    values = scene(size=30, bands=1).astype("float32")
    image = opened(write(tmp_path / "red.tif", values))
    right = Grid(image.grid.crs, PLACE @ rasterio.Affine.translation(3, 2), 20, 20)
    np.testing.assert_array_equal(image.read(out_grid=right)[0], values[:, 2:22, 3:23])


@settings(max_examples=25)
@given(
    row=st.integers(-3, 30), column=st.integers(-3, 30),
    shift=st.floats(-2, 2), size=st.sampled_from([0.4, 0.9, 1.0, 1.3, 2.5]),
    crs=st.sampled_from([32648, 4490]),
)  # fmt: skip
def test_a_value_does_not_depend_on_the_window(
    *, row, column, shift, size, crs, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("window")
    values = scene(size=40, bands=1).astype("float32")
    values[0, 10:13, 20] = np.nan
    image = opened(write(folder / "red.tif", values))
    grid = image.grid
    place = PLACE @ rasterio.Affine.translation(shift, shift / 2)
    wanted = Grid(grid.crs, place @ rasterio.Affine.scale(size), 40, 40)
    if crs == 4490:
        step = 1e-4 * size
        forth = pyproj.Transformer.from_crs(32648, 4326, always_xy=True)
        lon, lat = forth.transform(500_000 + 10 * shift, 3_300_000)
        place = rasterio.Affine(step, 0, lon, 0, -step, lat)
        wanted = Grid(type(grid.crs)(4490), place, 40, 40)
    whole, mask = image.read(out_grid=wanted)
    part, codes = image.read(Window(row, column, 9, 7), out_grid=wanted)
    rows = slice(max(0, row), min(40, row + 9))
    columns = slice(max(0, column), min(40, column + 7))
    inside = (slice(None), slice(rows.start - row, rows.stop - row),
              slice(columns.start - column, columns.stop - column))  # fmt: skip
    np.testing.assert_array_equal(part[inside], whole[:, rows, columns])
    np.testing.assert_array_equal(codes[inside[1:]], mask[rows, columns])


def test_another_projection_finds_the_same_place(tmp_path):
    ramp = np.linspace(0.1, 0.9, 50, dtype="float32")[None] * np.ones((50, 1), "f4")
    image = opened(write(tmp_path / "red.tif", ramp))
    forth = pyproj.Transformer.from_crs(32648, 4326, always_xy=True)
    lon, lat = forth.transform(500_255, 3_299_745)  # the middle of pixel (25, 25)
    step = 1e-4
    place = rasterio.Affine(step, 0, lon - step / 2, 0, -step, lat + step / 2)
    grid = Grid(type(image.grid.crs)(4490), place, 1, 1)
    values, _ = image.read(out_grid=grid)
    assert values[0, 0, 0] == pytest.approx(float(ramp[0, 25]), abs=1e-4)


# -- size -----------------------------------------------------------------

SPARSE = """
import pathlib, resource, sys, time
import layers
from layers import worker
from layers.raster import Window
image = layers.read_raster(sys.argv[1], crs=None)
values, mask = image.read(Window(200_000, 200_000, 100, 100))
print(values.shape, int((mask == 0).sum()))
worker.close()
# ru_maxrss of a process begins with the size of the one that started it.
status = pathlib.Path("/proc/self/status")
if status.exists():
    told = [s for s in status.read_text().splitlines() if s.startswith("VmHWM")]
    print(told[0].split()[1])
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_a_huge_sparse_image_costs_its_window(tmp_path):
    """400,000 x 400,000 pixels, 298 GiB unpacked: 512 MiB at most with libraries."""
    path = tmp_path / "red.tif"
    profile = {
        "driver": "GTiff", "width": 400_000, "height": 400_000, "count": 1,
        "dtype": "uint16", "crs": "EPSG:32648", "transform": PLACE, "nodata": 0,
        "tiled": True, "blockxsize": 512, "blockysize": 512, "SPARSE_OK": "TRUE",
        "BIGTIFF": "YES",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as sink:
        part = rasterio.windows.Window(200_000, 200_000, 60, 60)
        sink.write(np.full((1, 60, 60), 2000, dtype="uint16"), window=part)
    done = subprocess.run(
        [sys.executable, "-c", SPARSE, str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said, own, child = done.stdout.splitlines()
    assert said == "(1, 100, 100) 3600"
    kib = 1 if sys.platform != "darwin" else 1024
    assert max(int(own), int(child)) // kib <= 512 * 1024


def test_a_block_that_is_decoded_at_once_has_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("layers.formats.pixels.MAX_BLOCK_BYTES", 1000)
    path = write(tmp_path / "red.tif", stored(np.full((40, 40), 0.2)))
    with pytest.raises(InputRefusedError, match="blocks of at most 0 MiB"):
        opened(path)


# -- real data ------------------------------------------------------------


@pytest.mark.shared
def test_the_real_images_open():
    one = layers.read_raster(DATA / "chongqing" / "sentinel2" / "20170414")
    assert len(one.spectral) == 13
    assert (one.date, one.sensor) == (dt.date(2017, 4, 14), "sentinel-2")
    values, mask = one.read(bands=("red", "nir"))
    assert values.shape == (2, 730, 544)
    assert (mask == CLEAR).all()
    assert 0.05 < float(np.median(values[0])) < 0.2
    two = layers.read_raster(DATA / "romania_s2" / "s2_romania_20m_2017-08-05.tif")
    assert two.bands == ("green", "red", "nir", "swir1", "scl")
    assert (two.quantity, two.is_settled) == ("reflectance", False)
    folder = DATA / "pucallpa_landsat"
    three = layers.read_raster(folder / "landsat_1985_swir1_nir_red_green.tif")
    assert three.bands == ("green", "red", "nir", "swir1")
    assert (three.quantity, three.year, three.date) == ("relative", 1985, None)


# -- as stored ------------------------------------------------------------


@pytest.mark.parametrize("in_process", [True, False])
def test_stored_numbers_make_the_values_that_read_gives(tmp_path, in_process):
    numbers = np.arange(1, 25, dtype="uint16").reshape(2, 3, 4) * 100
    numbers[1, 2, 3] = 0  # nothing there
    path = write(tmp_path / "S_2019-05-04.tif", numbers, names=["B04", "B02"])
    image = layers.read_raster(path, sensor="sentinel-2", in_process=in_process)
    bands = image.spectral
    around = image.grid.part(-1, -1, height=5, width=6)  # a pixel more on each side
    for grid in (image.grid, around):
        storage = image.storage(bands, grid)
        assert storage.dtype == "uint16"
        part = Window(1, 1, grid.height - 1, grid.width - 1)
        rows_first = np.empty((part.height, 2, part.width), storage.dtype)
        codes = image.read_stored(
            part, bands, grid, storage=storage, out=rows_first.transpose(1, 0, 2)
        )
        values, mask = image.read(part, bands, grid)
        np.testing.assert_array_equal(codes, mask)
        assert (mask == NODATA).any()
        assert (mask == CLEAR).any()
        made = storage.values(rows_first.transpose(1, 0, 2))
        made[:, codes != CLEAR] = np.nan
        assert made.tobytes() == values.tobytes()


def test_an_image_on_a_finer_grid_is_handed_on_as_values(tmp_path):
    numbers = np.full((1, 4, 4), 1000, dtype="uint16")
    path = write(tmp_path / "S_2019-05-04.tif", numbers, names=["B04"])
    image = opened(path)
    a, b, c, d, e, f = tuple(image.grid.transform)[:6]
    finer = type(image.grid.transform)(a / 2, b, c, d, e / 2, f)
    grid = Grid(image.grid.crs, finer, 8, 8)
    storage = image.storage(("red",), grid)
    assert storage.is_values
    out = np.empty((1, 8, 8), dtype=np.float32)
    image.read_stored(Window(0, 0, 8, 8), ("red",), grid, storage=storage, out=out)
    np.testing.assert_array_equal(out, image.read(out_grid=grid)[0])
