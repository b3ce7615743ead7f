"""The pair gate: what it measures, what it tells, what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from images import PLACE, moved, scene, stored, write

import layers
from layers.errors import CrsMismatchError, ExtraMissingError
from layers.raster import CLEAR, NODATA, Window
from spatial.change import pair_picture as picture_module
from spatial.change.gate import GateLimits
from spatial.change.pair import pair
from spatial.change.pair_picture import pair_picture
from spatial.change.phase import shift_of, spectrum
from spatial.change.relation import relate
from spatial.change.sampling import windows
from spatial.text import TEXTS

DATA = Path(__file__).parents[4] / "shared" / "data"
BGRN = ("blue", "green", "red", "nir")
FLOAT = "float32"


def image(folder, name, values, **profile):
    """An image of reflectances, opened; the name holds its day."""
    names = profile.pop("names", BGRN[: len(values)])
    path = write(folder / name, np.asarray(values, dtype=FLOAT), names=names, **profile)
    return layers.read_raster(path, in_process=True)


def two(folder, before, after, **more):
    return (
        image(folder, "a_2019-05-04.tif", before),
        image(folder, "b_2020-05-10.tif", after, **more),
    )


def names(report, *severities):
    return {d.name for d in report.doubts if not severities or d.severity in severities}


NO_MASK = {"no_mask_before", "no_mask_after"}


def noisy(values, seed=9, sd=0.004):
    return values + np.random.default_rng(seed).normal(0, sd, values.shape)


# -- shift ----------------------------------------------------------------


def test_an_image_against_itself_is_usable_without_a_word(tmp_path):
    report = pair(*two(tmp_path, scene(), scene()))
    assert report.status == "usable"
    assert names(report) == NO_MASK
    assert report.shift_px == (0.0, 0.0)
    assert report.shift.coherence == pytest.approx(1.0, abs=1e-3)
    first, second, mask = report.aligned.read(normalised=True)
    assert (mask == CLEAR).all()
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_a_shift_of_one_pixel_is_found_and_taken_out(tmp_path):
    whole = scene(size=201)
    # the second image shows one pixel further right what the first shows
    report = pair(*two(tmp_path, whole[:, :200, 1:], whole[:, :200, :-1]))
    assert report.shift_px == pytest.approx((1.0, 0.0), abs=0.1)
    assert report.residual_px == pytest.approx((0.0, 0.0), abs=0.05)
    assert names(report, "warning") == {"shift"}
    first, second, mask = report.aligned.read()
    seen = mask == CLEAR
    assert seen.mean() > 0.98
    assert np.abs(first - second)[:, seen].max() < 0.02


@settings(max_examples=20)
@given(columns=st.floats(-1.9, 1.9), rows=st.floats(-1.9, 1.9), seed=st.integers(0, 50))
def test_any_shift_is_found_to_a_tenth_of_a_pixel(columns, rows, seed):
    first = scene(seed=seed, size=128)
    second = 0.03 + 0.8 * noisy(moved(first, columns, rows), seed + 1)
    second[:, 40:60, 30:50] = 0.4  # something was built
    found = shift_of(spectrum(first.astype("f4"), second.astype("f4")), len(first))
    assert found.is_clear
    assert (found.columns, found.rows) == pytest.approx((columns, rows), abs=0.1)


@given(seed=st.integers(0, 200), bands=st.sampled_from([1, 4]))
@settings(max_examples=40)
def test_two_other_places_show_no_shift(seed, bands):
    """One band four times is one band; four bands of noise are at most as much."""
    rng = np.random.default_rng(seed)
    first, second = (
        np.resize(rng.normal(0, 1, (bands, 64, 64)), (4, 64, 64)).astype("f4")
        for _ in range(2)
    )
    assert not shift_of(spectrum(first, second), 4).is_clear


def test_a_large_shift_puts_the_place_in_doubt(tmp_path):
    whole = scene(size=206)
    report = pair(*two(tmp_path, whole[:, 6:, :200], whole[:, :200, :200]))
    assert report.status == "refused"
    assert names(report, "refused") == {"shift_large"}
    assert report.shift_px == pytest.approx((0.0, 6.0), abs=0.1)
    assert report.aligned.shift_px == (0.0, 0.0)


def test_tiles_that_move_unlike_are_told(tmp_path):
    first = scene(size=512)
    second = np.concatenate(
        [moved(first, 0.9, 0)[:, :, :256], moved(first, -0.9, 0)[:, :, 256:]], axis=2
    )
    report = pair(*two(tmp_path, first, second))
    assert "shift_uneven" in names(report, "warning")


def test_another_place_is_refused(tmp_path):
    rng = np.random.default_rng(3)
    first, second = rng.uniform(0.05, 0.4, (2, 4, 80, 80))
    report = pair(*two(tmp_path, first, second))
    assert names(report, "refused") == {"nothing_common"}
    assert report.shift_px == (0, 0)


# -- light ----------------------------------------------------------------


def hazy(values):
    """Air light as it is: much in blue, little in NIR, and the ground dimmed."""
    return noisy(
        values * np.array([0.8, 0.85, 0.9, 0.97])[:, None, None]
        + np.array([0.06, 0.045, 0.03, 0.008])[:, None, None],
        sd=0.001,
    )


def test_haze_is_told_and_taken_out_by_the_line(tmp_path):
    clear = scene(noise=0)
    report = pair(*two(tmp_path, clear, hazy(clear)))
    assert report.status == "usable_with_warning"
    assert names(report, "warning") == {"haze_after"}
    first, second, _ = report.aligned.read()
    _, mended, _ = report.aligned.read(normalised=True)

    def ndvi(values):
        return (values[3] - values[2]) / (values[3] + values[2])

    false = np.abs(ndvi(second) - ndvi(first)) > 0.1
    left = np.abs(ndvi(mended) - ndvi(first)) > 0.1
    assert false.mean() > 0.05
    assert left.mean() < false.mean() / 10
    lines = report.relation.lines
    assert lines["blue"].gain == pytest.approx(0.8, abs=0.02)
    assert lines["blue"].bias == pytest.approx(0.06, abs=0.005)
    back = pair(*two(tmp_path, hazy(clear), clear))
    assert names(back, "warning") == {"haze_before"}


def test_a_gradient_of_haze_is_told(tmp_path):
    clear = scene(size=600)
    veil = (
        np.linspace(0, 0.08, 600)[None, None, :]
        * np.array([1, 0.7, 0.5, 0.1])[:, None, None]
    )
    report = pair(*two(tmp_path, clear, clear + veil))
    assert "haze_uneven" in names(report, "warning")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda v: v * 10, "scale"),
        (lambda v: v / 10, "scale"),
        (lambda v: v + 0.1, "offset"),
        (lambda v: v - 0.1, "offset"),
    ],
)
def test_a_wrong_scale_or_offset_is_refused(change, name, tmp_path):
    before, after = two(tmp_path, scene(), scene())
    after = replace(after, sources=tuple(
        replace(one, scale=float(change(1.0) - change(0.0)), offset=change(0.0))
        for one in after.sources
    ))  # fmt: skip
    report = pair(before, after)
    assert names(report, "refused") == {name}


def test_the_line_is_that_of_what_stayed():
    rng = np.random.default_rng(5)
    first = rng.uniform(0.05, 0.4, (3, 5000))
    second = 0.9 * first + 0.03 + rng.normal(0, 0.003, first.shape)
    second[:, :1500] = rng.uniform(0.05, 0.4, (3, 1500))  # three in ten are others
    found = relate(first.astype("f4"), second.astype("f4"), ("blue", "red", "nir"))
    for line in found.lines.values():
        assert (line.gain, line.bias) == pytest.approx((0.9, 0.03), abs=0.01)
    assert found.unchanged == pytest.approx(0.7, abs=0.03)


def test_noise_has_no_line():
    first, second = np.random.default_rng(6).normal(0.2, 0.05, (2, 3, 4000))
    found = relate(first.astype("f4"), second.astype("f4"), ("blue", "red", "nir"))
    assert not found.is_known
    few = relate(
        first[:, :10].astype("f4"), second[:, :10].astype("f4"), ("a", "b", "c")
    )
    assert (few.is_known, few.pixels) == (False, 10)


# -- days, view, sensors --------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "severity", "name"),
    [
        ("2019-05-04", "2020-06-20", "warning", "season"),
        ("2019-05-04", "2020-11-04", "warning", "season_far"),
        ("2019-12-28", "2021-01-03", None, None),
        ("2020-05-04", "2019-05-04", "refused", "order"),
        ("2019-05-04", "2019-05-04", "refused", "order"),
        ("2019-05-04", "x", "warning", "days_unknown"),
        ("2020", "1999", "refused", "order"),
    ],
)
def test_days(*, before, after, severity, name, tmp_path):
    values = scene(size=64)
    pictures = [
        image(tmp_path / which, f"i_{day}.tif", values)
        for which, day in (("a", before), ("b", after))
    ]
    report = pair(*pictures)
    wanted = {(severity, name)} if name else set()
    assert {(d.severity, d.name) for d in report.doubts} - {
        ("note", one) for one in NO_MASK
    } == wanted


def test_what_is_hidden_is_counted(tmp_path):
    before, after = scene(size=100), scene(size=100)
    before[:, :, :30], after[:, 80:] = np.nan, np.nan
    report = pair(*two(tmp_path, before, after))
    assert report.sample.valid == pytest.approx(0.56)
    assert names(report, "warning") >= {"hidden"}
    mask = report.aligned.read()[2]
    assert (mask == NODATA).mean() == pytest.approx(0.44)
    after[:, 10:] = np.nan
    assert "hidden" in names(pair(*two(tmp_path, before, after)), "refused")


def test_full_and_white_pixels_are_told(tmp_path):
    names_ = ["B02", "B03", "B04", "B08"]
    clear, cloudy = stored(scene(size=64)), stored(scene(size=64))
    cloudy[:, :20] = 6000
    clear[:, :20] = 65535
    pictures = [
        layers.read_raster(
            write(tmp_path / name, values, names=names_), in_process=True
        )
        for name, values in (("a_20190504.tif", clear), ("b_20200510.tif", cloudy))
    ]
    told = names(pair(*pictures), "warning")
    assert {"saturated_before", "bright_after"} <= told
    assert "saturated_after" not in told


def test_relative_numbers_and_other_sensors_are_told(tmp_path):
    values = np.clip(scene(size=80) * 500, 1, 250).astype("uint8")
    raw = [
        layers.read_raster(
            write(tmp_path / f"{day}.tif", values, names=BGRN), in_process=True
        )
        for day in ("20190504", "20200510")
    ]
    assert names(pair(*raw), "warning") == {"relative"}
    light = image(tmp_path, "c_20200510.tif", scene(size=80))
    assert "quantities" in names(pair(raw[0], light), "refused")
    other = replace(raw[1], sensor="landsat-oli")
    assert "sensors" in names(pair(raw[0], other), "warning")


# -- grids ----------------------------------------------------------------


def test_the_coarser_grid_is_used_and_cut_to_what_both_cover(tmp_path):
    fine = scene(size=200)
    coarse = fine.reshape(4, 100, 2, 100, 2).mean(axis=(2, 4))[:, 10:, 20:]
    place = PLACE @ rasterio.Affine.translation(40, 20) @ rasterio.Affine.scale(2)
    report = pair(*two(tmp_path, fine, coarse, transform=place))
    assert report.grid.shape == (90, 80)
    assert report.grid.resolution == (20.0, 20.0)
    assert report.grid.bounds[0] == 500_400
    first, second, _ = report.aligned.read()
    np.testing.assert_allclose(first, second, atol=1e-6)
    assert "resolution" in names(report, "warning")


def test_an_area_is_what_counts(tmp_path):
    before, after = two(tmp_path, scene(), scene())
    area = (105.003, 29.825, 105.008, 29.828)  # about 480 by 330 m
    report = pair(before, after, area=area)
    high, wide = report.grid.shape
    assert (48, 33) <= (wide, high) <= (51, 36)
    assert pair(before, after, area=(106, 29, 107, 30)).status == "refused"


def test_pairs_with_nothing_to_compare_are_refused(tmp_path):
    away = PLACE @ rasterio.Affine.translation(5000, 0)
    report = pair(*two(tmp_path, scene(size=64), scene(size=64), transform=away))
    assert (names(report, "refused"), report.aligned) == ({"apart"}, None)
    assert report.numbers()["shift_px"] is None
    one = image(tmp_path, "c_20210504.tif", scene(size=64)[:1])
    report = pair(image(tmp_path, "a_20190504.tif", scene(size=64)), one)
    assert names(report, "refused") == {"bands"}


def test_two_datums_are_an_error(tmp_path):
    before, after = two(tmp_path, scene(size=64), scene(size=64), crs="EPSG:3035")
    with pytest.raises(CrsMismatchError, match="stand on different datums"):
        pair(before, after)


def test_another_projection_of_the_same_place_is_found_again(tmp_path):
    before = image(tmp_path, "a_2019-05-04.tif", scene(size=160))
    lon, lat, step = 105.0002, 29.8279, 1e-4
    degrees = rasterio.Affine(step, 0, lon, 0, -step, lat)
    grid = type(before.grid)(type(before.grid.crs)(4490), degrees, 120, 120)
    values, _ = before.read(out_grid=grid)
    after = image(
        tmp_path, "b_2020-05-10.tif", values, crs="EPSG:4490", transform=degrees
    )
    report = pair(before, after)
    assert report.is_usable
    assert report.residual_px == pytest.approx((0, 0), abs=0.1)


# -- the answer -----------------------------------------------------------


def test_numbers_are_plain_and_the_same_twice(tmp_path):
    before, after = two(tmp_path, scene(), hazy(scene()))
    first, second = (json.dumps(pair(before, after).numbers()) for _ in range(2))
    assert first == second
    there = [layers.read_raster(one.source) for one in (before, after)]
    assert json.dumps(pair(*there).numbers()) == first


def test_windows_of_the_pair_fit_together(tmp_path):
    whole = scene(size=121)
    report = pair(*two(tmp_path, whole[:, :120, 1:], whole[:, :120, :-1]))
    all_at_once = report.aligned.read(normalised=True)
    part = report.aligned.read(Window(33, 47, 20, 30), normalised=True)
    for one, other in zip(all_at_once, part, strict=True):
        np.testing.assert_array_equal(one[..., 33:53, 47:77], other)


def test_tiles_cover_a_small_grid_and_spread_over_a_large_one(tmp_path):
    small = image(tmp_path, "a_20190504.tif", scene(size=300)).grid
    assert windows(small) == tuple(
        Window(r, c, 256, 256) for r in (0, 44) for c in (0, 44)
    )
    large = replace(small, width=100_000, height=10_000)
    assert len(windows(large)) == 64
    assert windows(large)[-1] == Window(9744, 99_744, 256, 256)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_doubt_has_a_sentence_in_both_languages(lang):
    mine, other = (TEXTS.sentences(one) for one in ("zh", "en"))
    keys = [key for key in mine if key.startswith("change.")]
    assert keys == [key for key in other if key.startswith("change.")]
    source = Path(__file__).parents[3] / "spatial" / "change" / "gate.py"
    text = source.read_text(encoding="utf-8")
    assert all(
        key.removeprefix("change.pair_").removesuffix("_before").removesuffix("_after")
        in text + "bands apart"
        for key in keys
        if key.startswith("change.pair_")
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_picture_is_a_png_and_the_same_twice(lang, tmp_path):
    report = pair(*two(tmp_path, scene(), hazy(scene())))
    first = pair_picture(report, lang)
    assert first[:8] == b"\x89PNG\r\n\x1a\n"
    assert pair_picture(report, lang) == first
    away = PLACE @ rasterio.Affine.translation(5000, 0)
    nothing = pair(*two(tmp_path, scene(size=64), scene(size=64), transform=away))
    assert pair_picture(nothing, lang)[:4] == b"\x89PNG"


def test_without_matplotlib_the_error_names_the_extra(tmp_path, monkeypatch):
    report = pair(*two(tmp_path, scene(size=64), scene(size=64)))
    monkeypatch.setattr(picture_module, "find_spec", lambda _: None)
    with pytest.raises(ExtraMissingError, match="extra 'raster'"):
        pair_picture(report)


def test_limits_are_the_callers(tmp_path):
    whole = scene(size=201)
    pictures = two(tmp_path, whole[:, :200, 1:], whole[:, :200, :-1])
    strict = pair(*pictures, limits=GateLimits(shift_refused_px=0.5))
    assert names(strict, "refused") == {"shift_large"}


# -- real pairs -----------------------------------------------------------


@pytest.mark.shared
def test_chongqing_can_be_compared_after_a_quarter_of_a_pixel():
    folder = DATA / "chongqing" / "sentinel2"
    report = pair(*(layers.read_raster(folder / d) for d in ("20170414", "20180402")))
    assert report.status == "usable_with_warning"
    assert names(report, "warning") == {"shift"}
    assert report.shift_px == pytest.approx((0.03, 0.27), abs=0.05)
    assert report.residual_px == pytest.approx((0, 0), abs=0.05)
    assert report.season_days == 12
    assert 0.5 < report.relation.unchanged < 0.95
    assert all(0.8 < one.gain < 1.4 for one in report.relation.lines.values())


@pytest.mark.shared
@pytest.mark.parametrize("year", [1985, 1990, 1995, 2000, 2005, 2010, 2015])
def test_pucallpa_lies_well_and_its_numbers_are_relative(year):
    folder = DATA / "pucallpa_landsat"
    report = pair(*(
        layers.read_raster(folder / f"landsat_{y}_swir1_nir_red_green.tif")
        for y in (year, year + 5)
    ))  # fmt: skip
    assert report.status == "usable_with_warning"
    assert {"relative", "days_unknown", "saturated_after"} <= names(report, "warning")
    assert report.shift.length < 0.1


@pytest.mark.shared
@pytest.mark.parametrize("metres", [10, 20])
def test_romania_is_shifted_and_on_another_datum(metres):
    folder = DATA / "romania_s2"
    report = pair(*(
        layers.read_raster(folder / f"s2_romania_{metres}m_{day}.tif")
        for day in ("2017-08-05", "2020-08-04")
    ))  # fmt: skip
    assert report.status == "usable_with_warning"
    assert "datum" in names(report, "warning")
    # the same bands at two resolutions, measured apart, say the same
    assert report.shift.length * metres == pytest.approx(7.1, abs=1.0)
    assert report.season_days == 1
