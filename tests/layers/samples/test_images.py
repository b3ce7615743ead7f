"""The made-up image pair: the same every time, and true to what it says."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
import rasterio
import shapely

from layers.samples import images, layout, scene


def test_two_runs_write_the_same_bytes(tmp_path):
    one = images.write_pair(tmp_path / "one")
    two = images.write_pair(tmp_path / "two")
    for a, b in zip(one, two, strict=True):
        assert a.name == b.name
        digests = {hashlib.sha256(path.read_bytes()).digest() for path in (a, b)}
        assert len(digests) == 1
        assert a.stat().st_size < 10_000_000


def test_the_bytes_do_not_depend_on_the_room_that_gdal_has(tmp_path):
    """With little room a tile is written early, and again: it is stored twice."""
    write = (
        "import sys; from layers.samples import images; images.write_pair(sys.argv[1])"
    )
    for room in ("1", "512"):
        subprocess.run(
            [sys.executable, "-c", write, str(tmp_path / room)],
            env={**os.environ, "GDAL_CACHEMAX": room},
            check=True,
        )
    one, two = (sorted((tmp_path / room).iterdir()) for room in ("1", "512"))
    assert len(one) == 2
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_the_files_hold_what_was_made(tmp_path):
    made = images.make_pair()
    for path, day, one in zip(
        images.write_pair(tmp_path), scene.DAYS, made, strict=True
    ):
        with rasterio.open(path, driver="GTiff") as source:
            assert source.descriptions == (*scene.BANDS, "scl")
            assert source.crs.to_epsg() == 32648
            assert source.shape == scene.GRID.shape
            assert source.tags()["TIFFTAG_DATETIME"].startswith(day.replace("-", ":"))
            stored = source.read(range(1, 7)) / images.SCALE
            assert np.array_equal(source.read(7), one.classes)
        np.testing.assert_allclose(stored, one.image, atol=1e-6)


def test_planted_changes_lie_apart_and_on_the_images():
    outlines = [one.outline for one in scene.CHANGES]
    room = shapely.box(0, 0, scene.GRID.width, scene.GRID.height)
    assert all(room.contains(one) for one in outlines)
    for i, one in enumerate(outlines):
        assert all(one.distance(other) >= 2 for other in outlines[i + 1 :])
    assert len({one.id for one in scene.CHANGES}) == len(outlines)


def test_no_planted_change_hides_under_the_cloud():
    veil = [one.outline for one in scene.PSEUDO if one.reason == "cloud_edge"]
    assert not any(
        one.outline.intersects(shapely.union_all(veil)) for one in scene.CHANGES
    )


@pytest.mark.parametrize(
    ("planted", "zone"),
    [
        ("quarry-grown", "redline patch"),
        ("quarry-approved", "permit quarry"),
        ("road-in-reserve", "reserve two"),
        ("house-2", "reserve two core"),
    ],
)
def test_a_planted_change_lies_in_the_zone_that_it_is_meant_for(planted, zone):
    (one,) = (one for one in scene.CHANGES if one.id == planted)
    assert layout.shape(zone).contains(one.geometry)


def test_permits_cover_what_they_are_said_to_cover():
    footprints = {row[1]: row[-1] for row in scene.permits()}
    planted = {one.id: one.geometry for one in scene.CHANGES}
    assert footprints["示范光伏场"].contains(planted["panels-expired"])
    assert footprints["示范加工厂"].contains(planted["works-approved"])
    beyond = planted["quarry-beyond"]
    inside = beyond.intersection(footprints["示范砂石场"])
    assert inside.area / beyond.area == pytest.approx(24 / 44, rel=1e-3)
    (expired,) = (row for row in scene.PERMITS if row[1] == "示范光伏场")
    assert expired[-1] < scene.DAYS[1]


def test_every_name_of_a_permit_holder_says_that_it_is_made_up():
    assert all("（虚构）" in row[2] for row in scene.PERMITS)


def test_a_shift_moves_the_later_image_by_what_was_asked():
    still = images.make_pair(shift_px=(0, 0), haze=0, cloud=False)[1].image
    moved = images.make_pair(shift_px=(1, 0), haze=0, cloud=False)[1].image
    apart = np.abs(still[:, :, :-1] - moved[:, :, 1:])
    # only the noise of the sensor differs
    assert apart.max() < 12 * 0.003


def test_the_cloud_hides_its_core_and_not_its_edge():
    _, after = images.make_pair()
    assert set(np.unique(after.classes)) == {3, 5, 9}
    clear = images.make_pair(cloud=False)[1]
    brighter = (after.image - clear.image).min(axis=0) > 0.03
    assert (brighter & (after.classes == images.CLEAR_CLASS)).sum() > 500
    assert np.isnan(after.masked[0][after.classes == 9]).all()
