"""Borders that fit better as GCJ-02: said, never done."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

import layers
from layers.datum import gcj02_to_wgs84, suspect_gcj02, wgs84_to_gcj02

DATA = Path(__file__).parents[3] / "shared" / "data"
STEPS = np.arange(0, 1.0, 0.1)
TILES = np.array(
    [shapely.box(107 + x, 39 + y, 107.1 + x, 39.1 + y) for x in STEPS for y in STEPS]
)
"""A hundred boxes of about 9 x 11 km, an arm's length from one another's corners."""


def shifted(geometry):
    return shapely.transform(geometry, wgs84_to_gcj02)


def test_shifted_tiles_are_suspected_and_the_figures_say_why():
    found = suspect_gcj02(shifted(TILES), TILES)
    assert found.before_m > 100
    assert found.after_m < 0.1
    assert found.shift_m == pytest.approx(530, abs=100)
    assert found.is_of_its_size


def test_tiles_as_they_are_are_not():
    assert suspect_gcj02(TILES, TILES) is None
    assert suspect_gcj02(shifted(TILES), shifted(TILES)) is None


@pytest.mark.parametrize("quarter", [(-1, 1), (-1, -1), (1, -1)])
def test_tiles_moved_in_another_direction_are_not(quarter):
    def turned(xy):
        east, north = (wgs84_to_gcj02(xy) - xy).T
        if quarter[0] * quarter[1] < 0:
            east, north = north, east
        return xy + np.column_stack([quarter[0] * east, quarter[1] * north])

    assert suspect_gcj02(shapely.transform(TILES, turned), TILES) is None


def test_too_few_vertices_or_another_place_say_nothing():
    assert suspect_gcj02(shifted(TILES[:3]), TILES) is None
    far = shapely.transform(TILES, lambda xy: xy + np.array([5.0, 0.0]))
    assert suspect_gcj02(shifted(TILES), far) is None
    assert suspect_gcj02(TILES, np.array([], dtype=object)) is None


def layer_of(geometry, name):
    frame = gpd.GeoDataFrame(geometry=geometry, crs=4490)
    return layers.from_frame(frame, kind="wetland", id=name)


def test_the_suspicion_becomes_a_warning_and_moves_nothing():
    doubted = layer_of(shifted(TILES), "ours")
    known = layer_of(TILES, "known")
    warned = layers.with_suspicion(doubted, known)
    (issue,) = [one for one in warned.issues if one.code == "gcj02_suspected"]
    assert issue.severity == "warning"
    assert issue.facts["reference"] == "known"
    assert warned.frame is doubted.frame
    assert layers.with_suspicion(warned, known).issues == warned.issues
    assert layers.with_suspicion(known, known).issues == known.issues


@pytest.mark.shared
@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")
def test_real_borders_are_suspected_with_a_caution_about_the_size():
    """cnmaps against OCHA, Inner Mongolia. Undoing GCJ-02 brings the borders nearer,
    but the two are apart by more than three times the shift: OCHA's own offset."""
    folder = DATA / "inner_mongolia"
    ours, known = (
        layers.read(folder / name, kind="admin_unit", layer=layer)
        for name, layer in (
            ("admin_cnmaps.gpkg", "city"),
            ("admin2_ocha_wgs84.gpkg", None),
        )
    )
    borders, reference = (
        np.asarray(one.frame.geometry.array, dtype=object) for one in (ours, known)
    )
    found = suspect_gcj02(borders, reference)
    assert found.before_m == pytest.approx(1799, abs=20)
    assert found.after_m == pytest.approx(1553, abs=20)
    assert not found.is_of_its_size
    undone = shapely.transform(borders, gcj02_to_wgs84)
    assert suspect_gcj02(borders, undone).is_of_its_size
