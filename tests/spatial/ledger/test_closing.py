"""The after-image against the state before the damage, on the planted pair."""

import datetime as dt
import math

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from small_pair import PART, small_pair

from layers.errors import DocumentError, GeometryError
from layers.raster import read_raster
from layers.samples import scene
from spatial.ledger.closing import (
    closing_note,
    load_limits,
    recoveries,
    recovery,
    verdict_of,
)
from spatial.ledger.closing.measure import back, judged
from spatial.ledger.closing.model import LIMITS_FILE
from spatial.text import TEXTS

QUARRY = next(one for one in scene.CHANGES if one.id == "quarry-grown")
CLOUD = 9  # the class of the scene classification
LIMITS = load_limits()


def window_of(outline):
    """Rows and columns of a planted rectangle in the small pair."""
    west, south, east, north = (int(one) for one in outline.bounds)
    rows = slice(south - PART.row_off, north - PART.row_off)
    return rows, slice(west - PART.col_off, east - PART.col_off)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("closing")
    before, damaged = small_pair(folder)
    rows, columns = window_of(QUARRY.outline)
    middle = slice(rows.start, rows.start + (rows.stop - rows.start) // 2)

    def changed(name, change):
        with rasterio.open(damaged) as image:
            profile, pixels = image.profile, image.read()
            kept = image.descriptions, image.scales, image.tags()
        with rasterio.open(before) as image:
            change(pixels, image.read())
        path = folder / name
        with rasterio.open(path, "w", **profile) as image:
            image.write(pixels)
            image.descriptions, image.scales = kept[0], kept[1]
            image.update_tags(**kept[2])
        return path

    def restored(pixels, first, some=rows):
        # the grass of then, in the light of the later day as it is beside the quarry
        beside = slice(rows.stop + 10, rows.stop + 40)
        for band in range(len(pixels) - 1):
            gain = np.median(pixels[band][beside, columns].astype(float)) / np.median(
                first[band][beside, columns].astype(float)
            )
            grass = first[band][some, columns] * gain
            pixels[band][some, columns] = grass.astype(pixels.dtype)

    def hidden(pixels, first, some=rows):
        pixels[-1][some, columns] = CLOUD

    def clouded_half(pixels, first):
        restored(pixels, first)
        hidden(pixels, first, middle)

    return {
        "before": before,
        "damaged": damaged,
        "restored": changed("restored.tif", restored),
        "half": changed("half.tif", lambda a, b: restored(a, b, middle)),
        "cloud": changed("cloud.tif", hidden),
        "half_cloud": changed("half_cloud.tif", clouded_half),
    }


def image(files, name, day=dt.date(2026, 9, 10)):
    if name in ("before", "damaged"):
        return read_raster(files[name])
    return read_raster(files[name], date=day)


@pytest.fixture(scope="module")
def said(files):
    names = ("damaged", "restored", "half", "cloud", "half_cloud")
    return {
        name: recovery(
            QUARRY.geometry,
            image(files, "before"),
            image(files, name),
            damaged=image(files, "damaged"),
        )
        for name in names
    }


def test_a_restored_patch_is_recovered(said):
    one = said["restored"]
    assert one.verdict == "recovered"
    assert one.observed_share == 1.0
    assert one.like_before_share > 0.9
    assert dict(one.indices)["ndvi"]["back"] > 0.9


def test_an_untouched_patch_is_not(said):
    one = said["damaged"]
    assert one.verdict == "not_recovered"
    assert one.like_before_share < 0.1
    assert dict(one.indices)["ndvi"]["back"] < 0.1


def test_half_restored_is_half(said):
    one = said["half"]
    assert one.verdict == "partly"
    assert one.like_before_share == pytest.approx(0.5, abs=0.06)


def test_under_cloud_nothing_is_told(said):
    one = said["cloud"]
    assert one.verdict == "unknown"
    assert one.observed_share < 0.05
    assert "ledger.closing.hidden" in {why.key for why in one.reasons}


def test_half_under_cloud_is_told_between_two_bounds(said):
    one = said["half_cloud"]
    assert one.verdict == "unknown"
    assert one.observed_share == pytest.approx(0.5, abs=0.06)
    assert one.least_share < LIMITS.recovered_share <= one.most_share


def test_another_season_cannot_tell(files):
    winter = image(files, "restored", day=dt.date(2027, 1, 10))
    one = recovery(QUARRY.geometry, image(files, "before"), winter)
    assert one.verdict == "unknown"
    assert "ledger.closing.season" in {why.key for why in one.reasons}
    assert math.isnan(one.like_before_share)


def test_a_pair_that_shares_no_ground_is_unknown(files):
    far = scene.on_earth(scene.rect(1200, 1200, 20, 20))
    one = recovery(far, image(files, "before"), image(files, "restored"))
    assert one.verdict == "unknown"
    assert one.reasons[0].key == "ledger.closing.refused"


def test_a_point_has_no_area(files):
    with pytest.raises(GeometryError, match="polygon"):
        recovery(
            QUARRY.geometry.centroid, image(files, "before"), image(files, "damaged")
        )


def test_the_latest_image_that_could_tell_counts(files, said):
    found = recoveries(
        QUARRY.geometry,
        image(files, "before"),
        [image(files, "cloud", dt.date(2027, 9, 1)), image(files, "restored")],
    )
    assert [one.verdict for one in found] == ["recovered", "unknown"]
    assert verdict_of(found) == "recovered"
    assert verdict_of([said["cloud"]]) == "unknown"
    assert verdict_of([]) == "unknown"


def test_the_note_says_figures_person_and_head(said):
    lines = [
        TEXTS.render(one)
        for one in closing_note("2026-150624-000001", [said["restored"]], head="ab12")
    ]
    text = "\n".join(lines)
    assert "案件2026-150624-000001销号影像复核" in lines[0]
    assert "地面看来已恢复" in text
    assert "恢复100%" in text or "恢复9" in text
    assert "验收人员" in text
    assert lines[-1].endswith("ab12")


def test_closed_without_an_image_is_marked():
    lines = closing_note("2026-000000-000001", [], head="0")
    assert [one.key for one in lines][1] == "ledger.closing.no_image"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_line_has_a_sentence(said, lang):
    for one in said.values():
        assert all(
            TEXTS.render(line, lang) for line in closing_note("c", [one], head="h")
        )


@given(st.floats(0.01, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_verdict_holds_whatever_is_hidden(observed, share, hidden_like):
    """What is told stays true when the cloud goes, whatever lies below it."""
    verdict, _ = judged(observed, share, LIMITS)
    after = observed * share + (1 - observed) * hidden_like
    if verdict != "unknown":
        assert judged(1.0, min(after, 1.0), LIMITS)[0] == verdict


def test_nothing_seen_is_unknown():
    assert judged(0.0, math.nan, LIMITS)[0] == "unknown"
    assert judged(math.nan, 0.9, LIMITS)[0] == "unknown"


def test_a_fall_that_hardly_shows_tells_no_recovery():
    assert back(0.30, 0.28, 0.30, least=0.1) is None
    assert back(0.5, 0.1, math.nan, least=0.1) is None
    assert back(0.5, 0.1, 0.9, least=0.1) == 1.0
    assert back(0.5, 0.1, 0.0, least=0.1) == 0.0


def test_a_figure_without_a_reason_is_refused(tmp_path):
    text = LIMITS_FILE.read_text(encoding="utf-8")
    path = tmp_path / "limits.yaml"
    path.write_text(text.replace("  why: fewer", "  because: fewer"), encoding="utf-8")
    with pytest.raises(DocumentError, match="because"):
        load_limits(path)
    path.write_text(text.replace("value: 4\n", "value: -4\n"), encoding="utf-8")
    with pytest.raises(DocumentError, match="0 or more"):
        load_limits(path)
