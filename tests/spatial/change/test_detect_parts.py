"""The parts of detection: thresholds, statistics, roles, indices, neighbours."""

from __future__ import annotations

from math import erfc, exp

import numpy as np
import pytest

from layers.errors import InputRefusedError
from spatial.change.indices import index_images
from spatial.change.methods import fit_cva, fit_irmad, fit_isfa, relate
from spatial.change.neighbours import mean_of_valid, moved_by, without_lone
from spatial.change.roles import CORE, is_fine, roles_of
from spatial.change.statistic import _tail_table, chi2_tail
from spatial.change.threshold import (
    middle_of,
    of_false_alarms,
    of_three,
    of_two,
    otsu,
)


def normal(seed, count):
    return np.random.default_rng(seed).standard_normal(count)


# -- statistics and thresholds ---------------------------------------------


@pytest.mark.parametrize("z", [0.0, 0.5, 3.0, 12.6, 60.0])
def test_the_chi_square_tail_is_the_closed_form(z):
    half = z / 2
    assert chi2_tail(np.array([z]), 1)[0] == pytest.approx(erfc(half**0.5), abs=1e-2)
    assert chi2_tail(np.array([z]), 2)[0] == pytest.approx(exp(-half), abs=1e-4)
    six = exp(-half) * (1 + half + half**2 / 2)
    assert chi2_tail(np.array([z]), 6)[0] == pytest.approx(six, abs=1e-4)


def test_the_tail_of_five_degrees_at_its_tabled_quantile():
    # 11.0705 is the upper 5 % point in any printed table of chi-square
    assert chi2_tail(np.array([11.0705]), 5)[0] == pytest.approx(0.05, abs=1e-4)


@pytest.mark.parametrize("degrees", [1, 2, 6])
def test_the_tail_is_read_off_its_table_as_numpy_does_to_the_bit(degrees):
    at, tail, _ = _tail_table(degrees)
    beside = np.concatenate([np.nextafter(at, -1)[1:], np.nextafter(at, 300)])
    drawn = np.random.default_rng(0).chisquare(degrees, 10_000)
    ends = [0.0, 200.0, 200.1, 1e300, np.inf, np.nan]
    z = np.concatenate([at, beside, drawn, ends])
    wanted = np.interp(z, at, tail, right=0.0)
    assert np.array_equal(chi2_tail(z, degrees), wanted, equal_nan=True)


def test_otsu_parts_two_heaps_between_them():
    scores = np.concatenate([normal(1, 900), normal(2, 300) + 20]).astype("f4")
    assert (scores > otsu(scores)).sum() == 300


def test_otsu_finds_nothing_where_all_is_alike():
    assert otsu(np.full(100, 3, "f4")) == np.inf
    assert otsu(np.zeros(0, "f4")) == np.inf


def test_noise_stays_below_the_first_threshold():
    scores = (1 + 0.1 * normal(3, 100_000)).astype("f4")
    assert of_two(scores) >= 1.5 * np.median(scores)
    assert (scores > of_two(scores)).sum() == 0


def test_the_second_split_lies_between_season_and_roofs():
    season, roofs = 0.1 * normal(5, 9000) + 1, 0.1 * normal(6, 300) + 2.5
    scores = np.exp(np.concatenate([0.2 * normal(4, 50_000), season, roofs]))
    scores = scores.astype("f4")
    assert of_two(scores) < np.exp(1.1)
    assert np.exp(1.3) < of_three(scores) < np.exp(2.3)


def test_the_middle_is_that_of_the_unchanged_even_where_most_has_changed():
    still, moved = 0.1 * normal(8, 4000), 0.6 * normal(9, 6000) + 2
    scores = np.exp(np.concatenate([still, moved])).astype("f4")
    assert np.median(scores) > 3
    assert middle_of(scores) == pytest.approx(1, abs=0.05)
    assert middle_of(np.exp(still).astype("f4")) == pytest.approx(1, abs=0.05)
    assert middle_of(np.zeros(9, "f4")) == 0


def test_the_threshold_of_rare_change_is_not_drawn_into_a_heap_of_strong_change():
    still, edges = 0.2 * normal(10, 90_000), 0.2 * normal(11, 300) + np.log(4)
    roofs = 0.2 * normal(12, 900) + np.log(25)
    scores = np.exp(np.concatenate([still, edges, roofs])).astype("f4")
    assert 6 < of_three(scores) < 16


def test_the_false_alarm_threshold_is_never_reached_without_a_tail():
    scores = np.exp(0.3 * normal(7, 100_000)).astype("f4")
    assert of_false_alarms(scores) > np.quantile(scores, 0.999)


# -- methods ---------------------------------------------------------------


def test_the_change_vector_of_one_standard_band_is_a_plain_difference():
    before = np.array([[-1.0, 1.0, -1.0, 1.0]])
    after = np.array([[-1.0, 1.0, 1.0, -1.0]])
    score = fit_cva(before, after).score(before.astype("f4"), after.astype("f4"))
    assert score.tolist() == [0, 0, 2, 2]


@pytest.mark.parametrize("fit", [fit_cva, fit_irmad, fit_isfa])
def test_each_method_scores_the_changed_pixels_highest(fit):
    rng = np.random.default_rng(8)
    before = rng.normal(size=(4, 2000)) + rng.normal(size=2000)
    after = before * [[2], [3], [1], [0.5]] + 7 + 0.05 * rng.normal(size=(4, 2000))
    after[:, :40] += np.array([[4], [-6], [2], [1]])
    score = fit(before, after).score(before.astype("f4"), after.astype("f4"))
    assert score[:40].min() > np.quantile(score[40:], 0.99)


def test_gain_and_offset_are_found_past_the_changed_pixels():
    before = normal(9, 5000)[None]
    after = (before - 3) / 2
    after[:, :500] += 50
    weight = np.ones(5000)
    weight[:500] = 0
    gain, offset = relate(before, after, weight)
    assert gain[0] == pytest.approx(2)
    assert offset[0] == pytest.approx(3)


# -- neighbours --------------------------------------------------------------


def test_the_mean_of_nine_leaves_out_what_is_not_seen():
    values = np.arange(9, dtype="f4").reshape(3, 3)
    valid = np.ones((3, 3), bool)
    valid[0, 0] = False
    mean = mean_of_valid(values, valid)
    assert mean[1, 1] == 36 / 8
    assert mean[2, 2] == (4 + 5 + 7 + 8) / 4
    assert np.isnan(mean[0, 0])


def test_a_lone_pixel_is_left_out_and_three_in_a_row_stay():
    flags = np.zeros((5, 7), bool)
    flags[1, 1] = flags[3, 3:6] = True
    kept = without_lone(flags, 3)
    assert kept.sum() == 1
    assert kept[3, 4]


def test_moving_takes_the_value_from_beside():
    image = np.arange(12, dtype="f4").reshape(1, 3, 4)
    assert moved_by(image, 1, 0)[0, 0].tolist() == [4, 5, 6, 7]
    assert moved_by(image, 0, 0.5)[0, 0, :3].tolist() == [0.5, 1.5, 2.5]
    assert moved_by(image, -1, 0)[0, 1].tolist() == [0, 1, 2, 3]
    assert np.isnan(moved_by(image, -1, 0)[0, 0]).all()


# -- bands -----------------------------------------------------------------


def test_six_bands_without_a_word_are_those_of_landsat_and_it_is_said():
    assert roles_of(np.zeros((6, 4, 4), "f4")) == (CORE, ("bands_assumed",))


def test_a_named_sensor_needs_no_assumption():
    roles, notes = roles_of(np.zeros((7, 4, 4), "f4"), sensor="Landsat-8 OLI")
    assert roles == ("coastal", *CORE)
    assert notes == ()


def sentinel(order):
    """Thirteen bands of noise, of which the two near infrared ones are alike."""
    image = np.random.default_rng(3).normal(size=(13, 70, 70)).astype("f4")
    image[order] = image[7] + 0.01 * image[order]
    return image


def test_bands_sorted_by_file_name_have_b8a_last():
    roles, notes = roles_of(sentinel(12))
    assert roles[12] == "nir08"
    assert roles[10:12] == ("swir1", "swir2")
    assert "bands_by_name" in notes
    assert roles_of(sentinel(8))[0][8] == "nir08"


def test_an_odd_number_of_bands_has_no_roles():
    assert roles_of(np.zeros((2, 4, 4), "f4")) == (
        ("band1", "band2"),
        ("bands_unknown",),
    )


def test_names_must_fit_the_bands():
    with pytest.raises(InputRefusedError, match="name every band"):
        roles_of(np.zeros((2, 4, 4), "f4"), bands=("red", "red"))


def test_ten_bands_are_of_ten_metres_unless_the_sensor_says_otherwise():
    assert is_fine(10, None)
    assert not is_fine(6, None)
    assert is_fine(6, "S2".replace("S", "sentinel-"))
    assert not is_fine(10, "landsat")


def test_an_index_of_darkness_is_zero_and_nodata_stays():
    image = np.array([[[0.0, np.nan, 0.1]], [[0.0, 0.2, 0.3]]], "f4")
    ndvi = index_images(image, ("red", "nir"))[0, 0]
    assert ndvi[0] == 0
    assert np.isnan(ndvi[1])
    assert ndvi[2] == pytest.approx(0.5)


def test_indices_need_bands_to_be_made_of():
    with pytest.raises(InputRefusedError, match="bands for one of"):
        index_images(np.zeros((2, 1, 1), "f4"), ("red", "blue"))
