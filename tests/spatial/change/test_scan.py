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


def test_every_pseudo_change_is_told_by_its_reason_or_not_seen(table):
    aside = table[~table["kept"]]
    for one in scene.PSEUDO:
        where = scene.on_earth(one.outline)
        met = aside[shapely.intersects(aside.geometry.array, where)]
        assert set(met["reason"]) <= {one.reason, "seasonal_vegetation"}, one.id


def test_the_gate_took_the_shift_out(report):
    assert report.shift_px == pytest.approx((0.5, 0.0), abs=0.05)
    assert report.residual_px == pytest.approx((0.0, 0.0), abs=0.05)


def test_an_image_against_itself_gives_no_patch(report):
    same = pair(report.aligned.before, report.aligned.before)
    assert scan(same.aligned, residual_px=same.residual_px).patches.empty
