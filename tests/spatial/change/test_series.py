"""Series of dates on one pixel: slopes, breaks and odd last dates in the head."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from layers.errors import InputRefusedError
from spatial.change.series import trend

YEARS = [date(2015 + i, 1, 1) for i in range(8)]


def pixel(*values):
    return np.array(values, "f4").reshape(-1, 1, 1)


def test_a_value_that_rises_a_tenth_a_year_has_that_slope():
    found = trend(pixel(*[0.1 * i for i in range(8)]), YEARS, noise=0.5)
    assert found.slope_per_year[0, 0] == pytest.approx(0.1, rel=0.01)
    assert found.break_index[0, 0] == -1
    assert np.isnan(found.step[0, 0])


def test_one_clouded_date_makes_no_slope_and_no_break():
    found = trend(pixel(5, 5, 5, 9, 5, 5, 5, 5), YEARS, noise=0.1)
    assert found.slope_per_year[0, 0] == 0
    assert found.break_index[0, 0] == -1


def test_the_break_is_the_first_date_after_the_fall():
    found = trend(pixel(8, 8, 8, 8, 8, 2, 2, 2), YEARS, noise=0.1)
    assert found.break_index[0, 0] == 5
    assert found.step[0, 0] == -6


def test_a_last_date_unlike_all_before_is_odd():
    found = trend(pixel(8, 8.1, 7.9, 8, 8, 8, 8, 2), YEARS, noise=0.1)
    assert found.oddness[0, 0] == pytest.approx(60, rel=0.01)


def test_dates_that_were_not_seen_are_left_out_and_counted():
    nan = np.nan
    found = trend(pixel(8, nan, 8, 8, nan, 2, 2, 2), YEARS, noise=0.1)
    assert found.seen[0, 0] == 6
    assert found.break_index[0, 0] in (4, 5)
    gone = trend(pixel(*[nan] * 8), YEARS, noise=0.1)
    assert gone.seen[0, 0] == 0
    assert np.isnan(gone.slope_per_year[0, 0])
    assert np.isnan(gone.oddness[0, 0])
    assert gone.break_index[0, 0] == -1


def test_strips_do_not_show():
    stack = np.random.default_rng(1).normal(size=(8, 600, 3)).astype("f4")
    whole = trend(stack, YEARS, noise=0.1)
    part = trend(stack[:, 300:], YEARS, noise=0.1)
    assert np.array_equal(whole.slope_per_year[300:], part.slope_per_year)
    assert np.array_equal(whole.break_index[300:], part.break_index)


@pytest.mark.parametrize(
    ("stack", "days", "noise", "words"),
    [
        (pixel(1, 2), YEARS[:2], 0.1, "for two dates use detect"),
        (pixel(1, 2, 3), YEARS[:2], 0.1, "one image a date"),
        (pixel(1, 2, 3), YEARS[2::-1], 0.1, "sort the images"),
        (pixel(1, 2, 3), YEARS[:3], 0, "positive noise"),
    ],
)
def test_series_that_say_nothing_are_refused(stack, days, noise, words):
    with pytest.raises(InputRefusedError, match=words):
        trend(stack, days, noise=noise)
