"""The chain on files: image pair, gate, detector, patches."""

import pytest
import shapely

from layers import read_raster
from layers.samples import images, scene
from spatial.change.pair import pair
from spatial.change.scan import scan
from spatial.measure import area_m2


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    before, after = images.write_pair(tmp_path_factory.mktemp("pair"))
    return pair(read_raster(before), read_raster(after))


def scanned(report, **how):
    return scan(report.aligned, residual_px=report.residual_px, **how)


@pytest.fixture(scope="module")
def table(report):
    return scanned(report).patches


def matches(kept, planted):
    shared = shapely.area(shapely.intersection(kept.geometry.array, planted.geometry))
    return kept[shared > planted.geometry.area / 3]


def test_every_planted_change_is_found_once_with_its_area(table):
    kept = table[table["kept"]]
    for planted in scene.CHANGES:
        found = matches(kept, planted)
        assert len(found) == 1, planted.id
        area = found["area_m2"].item()
        assert area == pytest.approx(area_m2(planted.geometry), rel=0.1), planted.id


def test_nothing_else_is_kept(table):
    assert table["kept"].sum() == len(scene.CHANGES)


def test_what_is_set_aside_has_the_reason_of_a_pseudo_change_that_it_meets(table):
    # some meet two: the river runs under the cloud
    places = [(one.reason, scene.on_earth(one.outline)) for one in scene.PSEUDO]
    aside = table[~table["kept"]]
    for shape, reason in zip(aside.geometry, aside["reason"], strict=True):
        met = {told for told, where in places if shape.intersects(where)}
        assert reason in met, (reason, met, shape.centroid.wkt)


def test_the_gate_took_the_shift_out(report):
    assert report.shift_px == pytest.approx((0.5, 0.0), abs=0.05)
    assert report.residual_px == pytest.approx((0.0, 0.0), abs=0.05)


def test_an_image_against_itself_gives_no_patch(report):
    same = pair(report.aligned.before, report.aligned.before)
    assert scan(same.aligned, residual_px=same.residual_px).patches.empty
