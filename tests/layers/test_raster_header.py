"""A raster is looked at by its header: grid, place, problems; nothing else is read."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import payloads_raster
import pytest
import rasterio
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.control import GroundControlPoint

import layers
from layers import worker
from layers.errors import InputRefusedError, SourceNotFoundError
from layers.formats import open_raw
from layers.formats.tiff import images
from layers.worker import Limits
from spatial.cli import main

CHONGQING = Path(__file__).parents[3] / "shared" / "data" / "chongqing" / "sentinel2"
PLACE = rasterio.Affine(10, 0, 36500000, 0, -10, 4400000)


def written(folder, name="a.tif", *, after=lambda _: None, values=None, **profile):
    """A raster of 6 x 4 pixels of 10 m in zone 36, unless `profile` says otherwise."""
    path = folder / name
    wanted = {
        "driver": "GTiff", "width": 6, "height": 4, "count": 2, "dtype": "int16",
        "crs": "EPSG:4524", "transform": PLACE, "nodata": -9999, **profile,
    }  # fmt: skip
    with rasterio.open(path, "w", **wanted) as sink:
        if values is not False:
            shape = (wanted["count"], wanted["height"], wanted["width"])
            sink.write(np.ones(shape, dtype=wanted["dtype"]))
        after(sink)
    return path


def look(path):
    seen = layers.inspect(path)
    assert seen.layers == ()
    return seen.rasters[0]


def problems(path):
    return [one.key.removeprefix("inspect.raster_") for one in look(path).problems]


def test_the_grid_and_its_place_are_told(tmp_path):
    seen = look(written(tmp_path))
    head = seen.header
    assert (head.driver, head.width_px, head.height_px) == ("GTiff", 6, 4)
    assert (head.dtypes, head.nodata) == (("int16", "int16"), (-9999.0, -9999.0))
    assert seen.crs.startswith("EPSG:4524")
    assert seen.crs_evidence == "GeoTIFF keys"
    assert seen.resolution == (10.0, 10.0)
    assert seen.bounds == (36500000.0, 4399960.0, 36500060.0, 4400000.0)
    assert seen.lonlat == pytest.approx((108.0, 39.73369, 108.0007, 39.73405), abs=1e-5)
    assert seen.problems == ()


@pytest.mark.parametrize("big", ["NO", "YES"])
@pytest.mark.parametrize("endian", ["LITTLE", "BIG"])
@pytest.mark.parametrize("tiled", [False, True])
def test_the_directories_and_gdal_tell_the_same(big, endian, tiled, tmp_path):
    path = written(
        tmp_path, width=600, height=400, tiled=tiled, BIGTIFF=big, ENDIANNESS=endian
    )
    (image,) = images(path)
    assert (image.width_px, image.height_px) == (600, 400)
    with rasterio.open(path) as source:
        high, wide = source.block_shapes[0]
    blocks = -(-600 // wide) * -(-400 // high)
    assert image.blocks in {blocks, 2 * blocks}  # bands together, or one by one
    assert image.empty_blocks == 0
    assert look(path).header.is_big is (big == "YES")


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ({"nodata": None}, ["no_nodata"]),
        ({"transform": PLACE @ rasterio.Affine.rotation(30)}, ["rotated"]),
        ({"transform": rasterio.Affine(10, 0, 36500000, 0, 10, 4400000)}, ["rotated"]),
        ({"values": False, "SPARSE_OK": "TRUE"}, ["empty_blocks"]),
    ],
)
def test_what_a_raster_lacks_is_a_problem(profile, said, tmp_path):
    assert problems(written(tmp_path, **profile)) == said


def test_a_scale_is_told(tmp_path):
    def scale(sink):
        sink.scales = (0.0001, 0.0001)

    path = written(tmp_path, after=scale)
    assert problems(path) == ["scaled"]
    assert look(path).header.scales == (0.0001, 0.0001)


def test_overviews_and_masks_of_its_own_are_no_pages(tmp_path):
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="YES"):
        path = written(tmp_path, width=64, height=64, after=_mask, nodata=None)
        with rasterio.open(path, "r+") as source:
            source.build_overviews([2, 4])
    head = look(path).header
    assert (head.overviews, head.pages, head.has_mask) == ((2, 4), 1, True)
    assert problems(path) == []


def _mask(sink):
    sink.write_mask(np.ones((64, 64), dtype="uint8") * 255)


def test_a_second_image_in_the_file_is_told(tmp_path):
    path = written(tmp_path)
    with rasterio.open(
        f"GTIFF_DIR:1:{path}"
    ) as source:  # an oracle: GDAL finds the first image where we do
        assert source.shape == (4, 6)
    data = payloads_raster.tiff()
    # the second directory is the first one again, at another place
    first = len(data) + len(data) % 2
    again = data[8:]
    (entries,) = struct.unpack_from("<H", data, 8)
    at = 10 + 12 * entries
    twice = data[:at] + struct.pack("<I", first) + data[at + 4 :]
    target = tmp_path / "two.tif"
    target.write_bytes(twice.ljust(first, b"\0") + again)
    assert look(target).header.pages == 2
    assert "pages" in problems(target)


def test_a_raster_without_a_place_or_a_system_says_so(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(payloads_raster.tiff())
    seen = look(path)
    assert (seen.crs, seen.crs_evidence, seen.bounds, seen.lonlat) == (
        "none", "none", None, None,
    )  # fmt: skip
    assert problems(path) == ["not_placed", "no_nodata", "inspect.crs_refused"]


def test_a_raster_without_a_system_is_told_what_its_numbers_can_be(tmp_path):
    (refused,) = look(written(tmp_path, crs=None)).problems
    assert "EPSG:4524" in refused.facts["reason"]


def test_control_points_are_no_grid(tmp_path):
    points = [
        GroundControlPoint(row, column, 107 + column / 100, 40 - row / 100)
        for row, column in ((0, 0), (0, 6), (4, 6), (4, 0))
    ]
    path = written(tmp_path, transform=None, gcps=points)
    seen = look(path)
    assert seen.header.has_control_points
    assert seen.bounds is None
    assert "control_points" in problems(path)
    assert "not_placed" not in problems(path)


def test_another_datum_is_told_with_its_name(tmp_path):
    seen = look(written(tmp_path, crs="EPSG:2360"))
    assert "Xian 1980" in seen.crs
    assert seen.lonlat is None
    assert [one.key for one in seen.problems] == ["inspect.crs_refused"]


def test_a_huge_sparse_raster_costs_its_list_of_blocks(tmp_path):
    """400,000 x 400,000 pixels, 149 GiB unpacked."""
    path = written(
        tmp_path, width=400_000, height=400_000, count=1, dtype="uint8", nodata=0,
        values=False, SPARSE_OK="TRUE", BIGTIFF="YES",
    )  # fmt: skip
    limits = Limits(memory_bytes=3 * 1024**3, cpu_s=20)
    _, header = worker.raster_header(path, limits=limits)
    assert (header.width_px, header.blocks, header.empty_blocks) == (400_000,) * 3
    assert problems(path) == ["empty_blocks"]


def test_a_cut_raster_is_refused(tmp_path):
    path = written(tmp_path, width=64, height=64)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputRefusedError, match=r"\d of \d+ blocks that lie behind"):
        layers.inspect(path)


@settings(max_examples=60)
@given(share=st.floats(0.01, 0.99))
def test_a_raster_cut_anywhere_is_refused_or_whole(share, tmp_path_factory):
    data = payloads_raster.tiff(metadata="<GDALMetadata/>")
    path = tmp_path_factory.mktemp("cut") / "a.tif"
    path.write_bytes(data[: max(8, int(len(data) * share))])
    with pytest.raises(InputRefusedError, match="a whole TIFF"):
        images(path)


@settings(max_examples=200)
@given(data=st.data())
def test_a_flipped_byte_ends_in_words_or_in_an_image(data, tmp_path_factory):
    bytes_ = bytearray(payloads_raster.tiff(metadata="<GDALMetadata/>"))
    at = data.draw(st.integers(4, len(bytes_) - 1))
    bytes_[at] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("flip") / "a.tif"
    path.write_bytes(bytes(bytes_))
    words = ""
    try:
        found = images(path)
    except InputRefusedError as error:
        found, words = (), str(error)
    assert "a whole TIFF" in words or len(found) >= 1


@pytest.mark.parametrize(
    ("bytes_", "words"),
    [
        (payloads_raster.tiff(endless=True), "directories without an end"),
        (b"II*\0\0\0\0\0", "without an image"),
        (b"II*\0\xff\xff\xff\x7f" + b"\0" * 20, "cut or damaged"),
        (b"MM\0*\0\0\0\x08\xff\xff" + b"\0" * 20, "a directory of 65535 entries"),
        (payloads_raster.RASTER["tiff_overviews_net"]("n", "f"), "OVERVIEW_FILE"),
        (payloads_raster.RASTER["tiff_metadata_broken"]("n", "f"), "cannot be parsed"),
    ],
    ids=["endless", "no image", "far", "wide", "overviews", "broken"],
)
def test_a_damaged_or_hostile_tiff_is_refused_with_words(bytes_, words, tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(bytes_)
    with pytest.raises(InputRefusedError, match=words):
        layers.inspect(path)


def test_a_raster_is_no_layer_of_features(tmp_path):
    path = written(tmp_path)
    words = r"got a raster \(GeoTIFF\); look at it with layers\.inspect"
    for in_process in (False, True):
        with pytest.raises(InputRefusedError, match=words):
            layers.read(path, kind="ecological_redline", in_process=in_process)
    with pytest.raises(InputRefusedError, match=words):
        open_raw(path)


def test_the_name_must_agree_with_the_content(tmp_path):
    path = written(tmp_path).rename(tmp_path / "a.geojson")
    with pytest.raises(
        InputRefusedError, match=r"ending in \.tif or \.tiff, got \.geo"
    ):
        layers.inspect(path)
    words = tmp_path / "b.tif"
    words.write_text("no picture", encoding="utf-8")
    with pytest.raises(InputRefusedError, match="plain text"):
        layers.inspect(words)


def test_looking_changes_nothing_in_the_folder_and_copies_nothing(tmp_path):
    path = written(tmp_path)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    layers.inspect(path)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_a_raster_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(SourceNotFoundError, match="check the path"):
        worker.raster_header(tmp_path / "a.tif")


def test_a_path_from_here_is_looked_at_from_there(tmp_path, monkeypatch):
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert look(Path("a.tif")).name == "a"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_prints_it(lang, tmp_path):
    path = written(tmp_path, nodata=None, compress="deflate")
    (tmp_path / "a.tfw").write_text("1\n")
    run = CliRunner().invoke(main, ["layers", "inspect", str(path), "--lang", lang])
    assert run.exit_code == 0, run.output
    wanted = {
        "zh": ("无效值", "2 个波段未写明无效值", "东经 108.0", "附属文件未读取：a.tfw"),
        "en": ("6 x 4", "2 (int16)", "GTiff, DEFLATE", "10 x 10", "not read: a.tfw"),
    }
    for words in wanted[lang]:
        assert words in run.output


@pytest.mark.shared
@pytest.mark.skipif(not CHONGQING.is_dir(), reason="../shared/data is absent")
def test_a_real_scene_lies_where_it_was_taken():
    path = next(CHONGQING.rglob("*_B8A.tif"))
    seen = look(path)
    assert (seen.header.width_px, seen.header.height_px) == (272, 365)
    west, south, east, north = seen.lonlat
    assert 106 < west < east < 107
    assert 29 < south < north < 30
