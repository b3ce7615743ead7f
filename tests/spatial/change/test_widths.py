"""Widths and trimmed rims of patches."""

import numpy as np
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from simple_change import mask_of

from spatial.change import trim
from spatial.change.runs import pixels_of, runs_of
from spatial.change.trim import trimmed
from spatial.change.widths import widths

MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12))


def sides(mask):
    return widths(*pixels_of(runs_of(mask))).tolist()


def test_the_largest_square_counts():
    mask = mask_of("""
        #####...
        #####...
        #####..#
        ......#.
    """)
    assert sides(mask) == [3, 1]


def test_a_bent_line_is_one_pixel_wide():
    assert sides(mask_of("##..\n.##.\n..##")) == [1]


def test_nothing_has_no_width():
    assert sides(np.zeros((2, 2), dtype=bool)) == []


def _squares(mask):
    """Return the side of the largest square with its first corner at each pixel."""
    side = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=int)
    for i in reversed(range(mask.shape[0])):
        for j in reversed(range(mask.shape[1])):
            near = (side[i + 1, j], side[i, j + 1], side[i + 1, j + 1])
            side[i, j] = (1 + min(near)) if mask[i, j] else 0
    return side


@given(MASKS)
def test_widths_are_those_of_the_usual_table(mask):
    row, column, patch = pixels_of(runs_of(mask))
    side = _squares(mask)[row, column]
    best = [int(side[patch == one].max()) for one in range(patch.max(initial=-1) + 1)]
    assert sides(mask) == best


# -- rims -----------------------------------------------------------------


def _image(values):
    return np.array([values], dtype=np.float32)


def test_a_pixel_of_which_less_than_half_changed_goes():
    after = [[0.0, 0.4, 1.0, 1.0, 0.6, 0.0]] * 3
    mask = np.array(after) > 0
    got = trimmed(mask, _image(np.zeros((3, 6))), _image(after))
    assert got[1].tolist() == [False, False, True, True, True, False]


def test_a_weak_pixel_inside_stays():
    after = np.ones((3, 3))
    after[1, 1] = 0.1
    mask = np.ones((3, 3), dtype=bool)
    assert trimmed(mask, _image(np.zeros((3, 3))), _image(after))[1, 1]


def test_a_thin_line_stays():
    after = np.zeros((5, 5))
    after[2] = 0.5
    got = trimmed(after > 0, _image(np.zeros((5, 5))), _image(after))
    assert got.sum() == 5


@given(MASKS)
def test_trimming_by_portions_is_trimming_at_once(mask):
    rng = np.random.default_rng(0)
    after = rng.random((2, *mask.shape)).astype(np.float32)
    before = np.zeros_like(after)
    at_once = trimmed(mask, before, after)
    whole = trim._BLOCK_PIXELS
    try:
        trim._BLOCK_PIXELS = 1
        by_rows = trimmed(mask, before, after)
    finally:
        trim._BLOCK_PIXELS = whole
    assert np.array_equal(at_once, by_rows)
    assert not (at_once & ~mask).any()
