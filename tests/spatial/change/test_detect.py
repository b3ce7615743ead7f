"""What detection must do whatever the image: laws, and scenes on squared paper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import InputRefusedError
from spatial.change.built import Built, fit_built
from spatial.change.detect import detect
from spatial.change.detector import Detector
from spatial.change.fit import METHODS, fit_detector
from spatial.change.roles import CORE
from spatial.change.sample import Window, sample_windows, tiles

GRASS = np.array([0.05, 0.08, 0.06, 0.40, 0.22, 0.12], np.float32)
SOIL = np.array([0.10, 0.12, 0.16, 0.24, 0.32, 0.26], np.float32)
ROOF = np.array([0.28, 0.28, 0.29, 0.30, 0.30, 0.28], np.float32)
WATER = np.array([0.06, 0.06, 0.04, 0.02, 0.01, 0.01], np.float32)


def county(seed=0, *, side=120, noise=0.006):
    """Fields of 15 pixels, every third bare, with a town of 20 and a lake of 20."""
    rng = np.random.default_rng(seed)
    kind = np.add.outer(np.arange(side) // 15, np.arange(side) // 15) % 3 == 0
    image = np.where(kind, SOIL[:, None, None], GRASS[:, None, None])
    image[:, 80:100, 80:100] = ROOF[:, None, None]
    image[:, 20:40, 80:100] = WATER[:, None, None]
    relief = 1 + 0.08 * rng.standard_normal((1, side, side))
    return (image * relief + noise * rng.standard_normal(image.shape)).astype("f4")


def a_year_later(image, seed=1, *, noise=0.006):
    """The same place under another sun: gain and offset by band, new noise."""
    rng = np.random.default_rng(seed)
    gain = np.linspace(0.9, 1.1, len(image))[:, None, None]
    return (image * gain + 0.01 + noise * rng.standard_normal(image.shape)).astype("f4")


def with_roof(image, rows=slice(50, 62), cols=slice(48, 60)):
    """Twelve by twelve pixels of roof: 144 changed."""
    out = image.copy()
    wide = out[:, rows, cols].shape[1:]
    texture = 0.02 * np.random.default_rng(9).standard_normal((1, *wide))
    out[:, rows, cols] = ROOF[:, None, None] + texture
    return out


def planted():
    truth = np.zeros((120, 120), bool)
    truth[50:62, 48:60] = True
    return truth


# -- the least that is asked ---------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_a_pair_against_itself_shows_nothing(method):
    change = detect(county(), county(), method=method)
    assert not change.changed.any()
    assert change.confidence.max() == 0
    assert "identical" in change.notes


@pytest.mark.parametrize("step", [(1, 0), (0, 1), (-1, 1), (2, 0)])
def test_an_image_moved_by_whole_pixels_against_itself_shows_nothing(step):
    change = detect(county(), np.roll(county(), step, axis=(1, 2)))
    assert not change.changed[3:-3, 3:-3].any()
    assert "shifted" in change.notes


def test_half_a_pixel_of_shift_gives_no_confident_change():
    one = county()
    half = (one + np.roll(one, 1, axis=2)) / 2
    change = detect(one, half)
    assert (change.confidence[3:-3, 3:-3] > 0.8).mean() < 0.005


def test_noise_alone_shows_nothing():
    assert not detect(county(), a_year_later(county())).changed.any()


def test_another_gain_and_offset_alone_is_no_change():
    change = detect(county(), county() * 1.3 + 0.05)
    assert not change.changed.any()


def test_a_roof_in_a_field_is_found_and_nothing_else():
    change = detect(county(), a_year_later(with_roof(county())))
    assert change.changed[51:61, 49:59].all()
    truth = planted()
    assert (change.changed & truth).sum() >= 0.95 * truth.sum()
    ring = np.zeros_like(truth)
    ring[49:63, 47:61] = True
    assert not change.changed[~ring].any()


def test_confidence_is_a_half_at_the_threshold_and_grows_with_the_score():
    change = detect(county(), a_year_later(with_roof(county())))
    near = np.argmin(np.abs(change.score - change.threshold))
    ratio = change.score.flat[near] / change.threshold
    assert change.confidence.flat[near] == pytest.approx(
        ratio**4 / (1 + ratio**4), abs=1e-6
    )
    order = np.argsort(change.score, axis=None)
    assert (np.diff(change.confidence.ravel()[order]) >= 0).all()
    assert 0 <= change.confidence.min() <= change.confidence.max() <= 1


def test_haze_that_grows_across_the_image_is_taken_off():
    across = np.linspace(0, 0.08, 120) * np.linspace(1, 0.2, 6)[:, None, None]
    hazy = a_year_later(county()) + across.astype("f4")
    plain = detect(county(), hazy, method="cva").changed.mean()
    assert plain > 0.1
    assert detect(county(), hazy).changed.mean() < plain / 10


def test_a_harvest_of_half_the_fields_is_usual_and_a_roof_is_not():
    """At 10 m: ten bands, so the season is split from what was built."""
    ten = [0, 1, 2, 2, 3, 3, 3, 3, 4, 5]
    before = county(side=180)
    after = before.copy()
    cut = np.add.outer(np.arange(180) // 15, 2 * (np.arange(180) // 15)) % 4 < 2
    grass = before[3] > 0.3
    share = 0.5 * (cut & grass)
    after = after * (1 - share) + SOIL[:, None, None] * share
    after = a_year_later(with_roof(after))
    change = detect(before[ten], after[ten], sensor="sentinel2")
    roof = np.zeros((180, 180), bool)
    roof[50:62, 48:60] = True
    assert change.changed[roof].mean() > 0.9
    assert change.changed[~roof].mean() < 0.01
    assert "season_split" in change.notes


# -- laws -----------------------------------------------------------------


@settings(deadline=None, max_examples=8)
@given(
    st.lists(st.floats(0.2, 5), min_size=6, max_size=6),
    st.lists(st.floats(-50, 50), min_size=6, max_size=6),
)
def test_irmad_does_not_see_an_affine_change_of_the_bands(gains, offsets):
    before, after = county(), a_year_later(with_roof(county()))
    scaled = after * np.array(gains)[:, None, None] + np.array(offsets)[:, None, None]
    one = detect(before, after, method="irmad").score
    two = detect(before, scaled, method="irmad").score
    np.testing.assert_allclose(two, one, rtol=0.02, atol=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_tiles_and_threads_do_not_alter_a_byte(method):
    before, after = county(), a_year_later(with_roof(county()))
    whole = detect(before, after, method=method, tile_px=1000)
    for tile_px, threads in ((7, 1), (33, 3), (64, 2)):
        cut = detect(before, after, method=method, tile_px=tile_px, threads=threads)
        assert cut.changed.tobytes() == whole.changed.tobytes()
        assert cut.score.tobytes() == whole.score.tobytes()
        assert cut.confidence.tobytes() == whole.confidence.tobytes()


def test_tiles_do_not_show_in_a_shifted_pair():
    before = county()
    after = np.roll(a_year_later(with_roof(county())), 1, axis=1)
    whole = detect(before, after, tile_px=1000)
    assert "shifted" in whole.notes
    assert detect(before, after, tile_px=19).score.tobytes() == whole.score.tobytes()


def test_the_images_are_left_as_they_were():
    before, after = county(), a_year_later(county())
    kept = before.copy(), after.copy()
    detect(before, after)
    assert np.array_equal(before, kept[0])
    assert np.array_equal(after, kept[1])


# -- what cannot be seen ---------------------------------------------------


def test_what_is_masked_or_nodata_is_not_observed_and_not_changed():
    before, after = county(), a_year_later(with_roof(county()))
    after[2, 50:62, 48:54] = np.nan
    mask = np.zeros((120, 120), bool)
    mask[50:62, 54:60] = True
    change = detect(before, after, mask=mask)
    assert not change.observed[planted()].any()
    assert not change.changed[planted()].any()
    assert np.isnan(change.confidence[planted()]).all()
    assert change.observed.sum() == 120 * 120 - 144


def test_zeros_that_reach_the_edge_are_nodata_and_a_dark_lake_is_not():
    before, after = county(), a_year_later(with_roof(county()))
    wedge = np.add.outer(np.arange(120), np.arange(120)) < 50
    before[:, wedge] = 0
    after[:, 70:76, 10:16] = 0
    change = detect(before, after)
    assert "rim_of_zeros" in change.notes
    assert np.array_equal(change.observed, ~wedge)
    assert not change.changed[wedge].any()
    assert change.changed[71:75, 11:15].all()
    assert change.changed[51:61, 49:59].all()


def test_the_gain_of_an_image_of_two_bands_may_be_0_at_the_edge():
    before, after = county()[:2], a_year_later(county())[:2]
    before[:, :9] = after[:, :9] = 0
    change = detect(before, after)
    assert change.observed.all()
    assert "rim_of_zeros" not in change.notes


def test_more_than_a_third_of_a_scene_may_change():
    before = county(side=180)
    after = before.copy()
    after[:, 20:140, 30:150] = ROOF[:, None, None]
    truth = np.zeros((180, 180), bool)
    truth[20:140, 30:150] = True
    truth[80:100, 80:100] = False  # a town that stood there
    found = detect(before, a_year_later(after)).changed
    inner = np.zeros_like(truth)
    inner[22:138, 32:148] = truth[22:138, 32:148]
    inner[78:102, 78:102] = False
    assert truth.mean() > 0.4
    assert found[inner].mean() > 0.9
    assert found[~truth].mean() < 0.01


def test_a_new_roof_counts_more_than_a_field_that_turned_green():
    """Of two strong changes of one size the one to bare ground stands out."""
    before = np.array([0.1, 0.1, 0.1, 0.2, 0.1, 0.1], np.float32)[:, None, None]
    leaves, lit, dark = (
        np.array(x, np.float32)[:, None, None]
        for x in (
            (0.1, 0.1, 0.1, 0.5, 0.1, 0.1),
            (0.2, 0.2, 0.2, 0.2, 0.1, 0.1),
            (0.05, 0.05, 0.05, 0.06, 0.1, 0.1),
        )
    )
    rule = Built((3, 2, 1, 0), 0.1, 0.5)
    assert rule.weight(before, lit).item() == 1
    assert rule.weight(before, leaves).item() == pytest.approx(0.7)
    assert rule.weight(before, dark).item() == pytest.approx(0.8)


def test_built_weights_of_no_light_are_those_of_bare_ground():
    nothing = np.zeros((6, 1, 1), np.float32)
    assert Built((3, 2, 1, 0), 0.1, 0.5).weight(nothing, nothing).item() == 1
    assert fit_built(np.zeros((6, 9)), CORE) is None
    assert fit_built(np.ones((2, 9)), ("red", "nir")) is None
    assert fit_built(np.ones((6, 9)), CORE) == Built((3, 2, 1, 0), -0.1, 0.1)


def test_a_mask_over_all_leaves_nothing_to_say():
    change = detect(county(), county(2), mask=np.ones((120, 120), bool))
    assert "too_few_pixels" in change.notes
    assert not change.observed.any()


@pytest.mark.parametrize("bands", [1, 2, 3, 5])
def test_any_number_of_bands_will_do(bands):
    before, after = county(), a_year_later(with_roof(county()))
    change = detect(before[:bands], after[:bands])
    assert change.changed[51:61, 49:59].mean() > 0.9


def test_a_band_that_holds_one_value_does_no_harm():
    before, after = county(), a_year_later(with_roof(county()))
    before[1], after[1] = 0.1, 0.1
    assert detect(before, after).changed[51:61, 49:59].mean() > 0.9


def test_a_large_image_is_sampled_by_windows_and_small_ones_whole():
    assert sum(w.shape[0] * w.shape[1] for *_, w in sample_windows((120, 90))) == 10_800
    middling = [w for *_, w in sample_windows((4_000, 4_000))]
    assert len(middling) == 576
    assert {w.shape for w in middling} == {(40, 40)}
    large = [w for *_, w in sample_windows((10_000, 10_000))]
    assert len(large) == 64
    assert {w.shape for w in large} == {(64, 64)}
    # with its margin each lies in one block of 256, so that one is decoded
    for w in large:
        assert (w.top - 5) // 256 == (w.bottom + 4) // 256
        assert (w.left - 5) // 256 == (w.right + 4) // 256


def test_a_detector_reads_no_more_than_a_window_and_its_margin():
    before, after = county(), a_year_later(county())
    asked = []

    def read(w):
        asked.append(w)
        here = slice(w.top, w.bottom), slice(w.left, w.right)
        no = np.zeros((120, 120), bool)[here]
        return before[:, *here], after[:, *here], no

    roles = ("blue", "green", "red", "nir", "swir1", "swir2")
    found = fit_detector(read, (120, 120), roles=roles, method="auto", target="all")
    assert isinstance(found, Detector)
    asked.clear()
    found.apply(read, Window(40, 60, 0, 20))
    assert asked == [Window(35, 65, 0, 25)]


def test_tiles_cover_every_pixel_once():
    count = np.zeros((50, 33), int)
    for w in tiles((50, 33), (16, 16)):
        count[w.top : w.bottom, w.left : w.right] += 1
    assert (count == 1).all()


# -- refusals --------------------------------------------------------------


def test_arrays_of_unlike_shape_are_refused():
    with pytest.raises(InputRefusedError, match="one shape"):
        detect(county(), county()[:, 1:])


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(InputRefusedError, match="one value a pixel"):
        detect(county(), county(), mask=np.zeros((3, 3), bool))


def test_an_unknown_method_is_refused():
    with pytest.raises(InputRefusedError, match="choose one"):
        detect(county(), county(), method="magic")
