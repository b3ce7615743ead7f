"""The planted pair, with a detector as plain as can be: what patches make of it."""

import numpy as np
import pytest
import shapely
from simple_change import aligned_half, simple_change

from layers.samples import images, scene
from spatial.change.patches import patches
from spatial.measure import area_m2

NO_SURFACE_TELLS = {"tourism"}
"""A lodge looks like any other building."""


def found_in(pair, shift_px=(0.5, 0.0)):
    first, second = (made.masked for made in pair)
    if shift_px[0]:
        second = aligned_half(second)
    change = simple_change(first, second)
    return patches(
        change,
        scene.GRID,
        before=first,
        after=second,
        bands=scene.BANDS,
        shift_px=shift_px,
    )


@pytest.fixture(scope="module")
def table():
    return found_in(images.make_pair())


def matches(table, planted):
    """Return the kept patches that share at least a third with a planted change."""
    kept = table[table["kept"]]
    shared = shapely.area(shapely.intersection(kept.geometry.array, planted.geometry))
    return kept[shared > planted.geometry.area / 3]


@pytest.mark.parametrize("planted", scene.CHANGES, ids=lambda one: one.id)
def test_a_planted_change_is_one_patch_that_is_kept(table, planted):
    assert len(matches(table, planted)) == 1


@pytest.mark.parametrize("planted", scene.CHANGES, ids=lambda one: one.id)
def test_its_area_is_right_to_a_tenth(table, planted):
    got = matches(table, planted)["area_m2"].item()
    # a slanting line two pixels wide is known to a part of a pixel's width
    tolerance = 0.2 if planted.surface == "road" else 0.1
    assert got == pytest.approx(area_m2(planted.geometry), rel=tolerance)


@pytest.mark.parametrize("planted", scene.CHANGES, ids=lambda one: one.id)
def test_it_is_named(table, planted):
    got = matches(table, planted).iloc[0]
    assert (got["surface"], got["trend"]) == (planted.surface, planted.trend)
    if planted.kind not in NO_SURFACE_TELLS:
        assert got["kind"] == planted.kind


def test_no_patch_is_kept_that_was_not_planted(table):
    named = {one for planted in scene.CHANGES for one in matches(table, planted).index}
    assert set(table.index[table["kept"]]) == named


def test_every_planted_pseudo_change_that_was_seen_is_explained_as_planted(table):
    aside = table[~table["kept"] & (table["reason"] != "too_small")]
    wanted = {
        reason: shapely.union_all(
            [
                scene.on_earth(one.outline)
                for one in scene.PSEUDO
                if one.reason == reason
            ]
        )
        for reason in ("seasonal_vegetation", "water_level", "cloud_edge")
    }
    for reason, where in wanted.items():
        some = aside[aside["reason"] == reason]
        assert len(some)
        # two pixels: what a border and half a shift blur
        assert shapely.dwithin(some.geometry.array, where, 0.0003).all()


def test_reaped_and_sown_fields_are_all_seasonal(table):
    some = table[table["reason"] == "seasonal_vegetation"]
    for one in scene.PSEUDO:
        if one.reason == "seasonal_vegetation":
            where = scene.on_earth(one.outline)
            shared = shapely.area(shapely.intersection(some.geometry.array, where))
            assert shared.sum() > 0.9 * where.area, one.id


def test_four_ponds_are_one_event(table):
    ponds = [matches(table, one) for one in scene.CHANGES if one.surface == "ponds"]
    assert len({one["event_id"].item() for one in ponds}) == 1


def test_without_a_change_on_the_ground_nothing_is_kept():
    pair = images.make_pair(changes=False)
    table = found_in(pair)
    assert table[table["kept"]].empty
    assert len(table)  # the shift is seen, and explained


def test_patches_are_the_same_in_portions(table, monkeypatch):
    from spatial.change import features, runs, trim

    monkeypatch.setattr(features, "_CHUNK", 50)
    monkeypatch.setattr(runs, "_BLOCK_PIXELS", 7 * scene.GRID.width)
    monkeypatch.setattr(trim, "_BLOCK_PIXELS", 5 * scene.GRID.width)
    again = found_in(images.make_pair())
    plain = again.drop(columns="geometry")
    assert plain.equals(table.drop(columns="geometry"))
    same = shapely.to_wkb(again.geometry.array) == shapely.to_wkb(table.geometry.array)
    assert np.all(same)
