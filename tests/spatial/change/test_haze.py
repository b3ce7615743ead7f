"""Two dates under different haze: told by the gate, and taken off before change is."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from images import scene, write

from layers import read_raster
from layers.samples import images
from layers.samples import scene as county
from spatial.change.detect import detect
from spatial.change.gate import GateLimits, _of_factor
from spatial.change.light import uneven_light
from spatial.change.pair import pair
from spatial.change.patches import patches
from spatial.change.relation import Line

WAVES = np.array([0.49, 0.56, 0.665, 0.842, 1.61, 2.2])
"""Of the bands, micrometres."""
AIR = 0.45
"""Reflectance of a haze so thick that nothing is seen through it."""


def wave(shape):
    """Thick here, thin there: smooth, from 0 to 1, a wave to four fifths of a side."""
    row, column = np.ogrid[: shape[0], : shape[1]]
    side = 0.8 * min(shape)
    turns = (column / side + 0.1, row / side + 0.35, (row + column) / side / 1.3 + 0.6)
    thick = sum(np.cos(2 * np.pi * one) for one in turns)
    return (thick - thick.min()) / np.ptp(thick)


def slope(shape):
    """None in the west, all in the east."""
    return np.broadcast_to(np.linspace(0, 1, shape[1]), shape)


def under(image, kind, place, strength):
    """Return an image under haze; the strength is the share of blue that is lost."""
    wave_length = WAVES[: len(image), None, None]
    thin = (0.49 / wave_length) ** 1.3  # haze scatters the short waves most
    passed = (1 - strength) ** (thin * place(image.shape[1:])[None])
    out = {
        "adds light": image + 0.5 * AIR * (1 - passed),
        "takes light": image * passed,
        "veils": image * passed + AIR * (1 - passed),
    }
    return out[kind].astype("f4")


def ground(seed=0, side=240):
    """Three kinds of ground in fields of 15 pixels."""
    rng = np.random.default_rng(seed)
    spectra = np.array(
        [
            (0.05, 0.08, 0.06, 0.40, 0.22, 0.12),
            (0.10, 0.12, 0.16, 0.24, 0.32, 0.26),
            (0.06, 0.06, 0.04, 0.02, 0.01, 0.01),
        ]
    )
    fields = rng.choice(3, (side // 15, side // 15), p=(0.6, 0.3, 0.1))
    kind = fields.repeat(15, axis=0).repeat(15, axis=1)
    relief = 1 + 0.08 * rng.standard_normal((1, side, side))
    return np.moveaxis(spectra[kind], 2, 0) * relief


def seen(image, seed):
    """Return an image with the noise of a sensor and of another day."""
    noise = 0.006 * np.random.default_rng(seed).standard_normal(image.shape)
    return (image + noise).astype("f4")


KINDS = ("adds light", "takes light", "veils")
STRENGTHS = (0.15, 0.45)


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("place", [slope, wave])
@pytest.mark.parametrize("kind", KINDS)
def test_false_change_by_haze_falls_to_a_tenth_and_roofs_stay(kind, place, strength):
    before, roof = ground(), np.zeros((240, 240), bool)
    roof[100:112, 48:60] = roof[30:42, 200:212] = True
    after = np.where(roof, 0.3, before)
    one = seen(before, 1)
    same, two = (seen(under(x, kind, place, strength), 2) for x in (before, after))
    plain = detect(one, same, method="cva").changed.mean()
    change = detect(one, two).changed
    assert plain > 0.05
    assert change[~roof].mean() < plain / 10
    assert change[roof].mean() > 0.9


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_haze_that_grows_leaves_nothing_behind(kind, strength):
    before = ground()
    after = under(before, kind, slope, strength)
    change = detect(seen(before, 1), seen(after, 2))
    assert change.changed.mean() < 0.001


@pytest.mark.parametrize("strength", [0.1, 0.3, 0.45])
def test_all_that_was_planted_is_found_under_a_veil(strength):
    first, second = (
        one.masked for one in images.make_pair(shift_px=(0, 0), haze=0, cloud=False)
    )
    second = under(second, "veils", slope, strength)
    change = detect(first, second, sensor="sentinel2", target="built")
    table = patches(change, county.GRID, before=first, after=second, bands=county.BANDS)
    kept = table[table["kept"]]
    shared = shapely.area(
        shapely.intersection(
            kept.geometry.to_numpy()[:, None],
            np.array([one.geometry for one in county.CHANGES])[None],
        )
    )
    whole = np.array([one.geometry.area for one in county.CHANGES])
    assert ((shared > whole / 3).sum(axis=0) == 1).all()
    # fields that grew are kept where their index is veiled, and nothing else
    others = kept.geometry.to_numpy()[~(shared > 0).any(axis=1)]
    known = [county.on_earth(one.outline) for one in county.PSEUDO]
    assert shapely.intersects(others[:, None], known).any(axis=1).all()


# -- the light itself -------------------------------------------------------


def cells_of(side, cell):
    """Return cell row and column of each pixel of a square image, and the middles."""
    row, column = np.divmod(np.arange(side * side), side)
    middles = np.arange(cell / 2, side, cell)
    return (row // cell, column // cell), (middles, middles)


def test_even_light_needs_no_lines_cell_by_cell():
    before = seen(ground(), 1).reshape(6, -1).astype(float)
    after = seen(ground() * 0.8 + 0.03, 2).reshape(6, -1).astype(float)
    assert uneven_light(before, after, *cells_of(240, 40)) is None
    assert uneven_light(before, before, *cells_of(240, 40)) is None


def test_lines_of_cells_are_those_of_the_veil():
    before = ground()
    after = under(before, "veils", slope, 0.4)
    cells, middles = cells_of(240, 40)
    light = uneven_light(before.reshape(6, -1), after.reshape(6, -1), cells, middles)
    # the line back divides by the share that passes, which falls eastwards
    assert (light.gain.values[0, :, -1] > light.gain.values[0, :, 0]).all()
    row, column = cells
    back = light.gain.values[:, row, column] * after.reshape(6, -1)
    back += light.offset.values[:, row, column]
    left = np.abs(back - before.reshape(6, -1))[:3]
    hidden = np.abs(after - before).reshape(6, -1)[:3]
    assert (np.median(left, axis=1) < 0.5 * np.median(hidden, axis=1)).all()


# -- the gate -----------------------------------------------------------------


def image_of(folder, name, values):
    names = ("blue", "green", "red", "nir")
    path = write(folder / name, values.astype("f4"), names=names)
    return read_raster(path, in_process=True)


def told_of(folder, kind, place, strength):
    clear = scene(size=600, noise=0)
    noise = [
        np.random.default_rng(seed).normal(0, 0.004, clear.shape) for seed in (1, 2)
    ]
    hazy = under(clear, kind, place, strength)
    report = pair(
        image_of(folder, "a_2019-05-04.tif", clear + noise[0]),
        image_of(folder, "b_2020-05-10.tif", hazy + noise[1]),
    )
    return report.status, {one.name for one in report.doubts}


@pytest.mark.parametrize(
    ("kind", "place", "least"),
    [
        ("adds light", slope, 0.2),
        ("adds light", wave, 0.2),
        ("takes light", slope, 0.2),
        ("takes light", wave, 0.45),
        ("veils", slope, 0.1),
        ("veils", wave, 0.1),
    ],
)
def test_the_gate_tells_uneven_haze(tmp_path, kind, place, least):
    for strength in {least, 0.45}:
        status, names = told_of(tmp_path, kind, place, strength)
        assert status == "usable_with_warning"
        assert "haze_uneven" in names


def even(shape):
    """The same everywhere."""
    return np.ones(shape)


@pytest.mark.parametrize("strength", [0.25, 0.3, 0.45])
def test_the_gate_tells_haze_that_only_takes_light_and_is_everywhere_alike(
    tmp_path, strength
):
    status, names = told_of(tmp_path, "takes light", even, strength)
    assert status == "usable_with_warning"
    assert names & {"haze_factor_after", "haze_after"}
    assert "haze_uneven" not in names


@pytest.mark.parametrize(
    ("gains", "told"),
    [
        ((0.8, 0.85, 0.88, 0.92, 0.96, 0.98), ["haze_factor_after"]),
        ((1.25, 1.2, 1.12, 1.08, 1.04, 1.02), ["haze_factor_before"]),
        ((1.0, 1.0, 1.0, 1.4, 0.8, 0.7), []),  # season: infrared alone
        ((0.95, 0.96, 0.97, 0.98, 0.99, 1.0), []),  # too little
    ],
)
def test_contrast_that_falls_with_the_wave_is_air(gains, told):
    roles = ("blue", "green", "red", "nir", "swir1", "swir2")
    lines = {
        role: Line(gain=gain, bias=0.0, spread=0.01, r=0.9, dark=0.0)
        for role, gain in zip(roles, gains, strict=True)
    }
    assert [one.name for one in _of_factor(lines, GateLimits())] == told


def test_three_bands_are_too_few_to_tell_air_from_season():
    lines = {
        role: Line(gain=gain, bias=0.0, spread=0.01, r=0.9, dark=0.0)
        for role, gain in (("red", 0.7), ("nir", 0.8), ("swir1", 0.9))
    }
    assert _of_factor(lines, GateLimits()) == []


def test_the_gate_tells_no_haze_where_there_is_none(tmp_path):
    status, names = told_of(tmp_path, "veils", slope, 0)
    assert status == "usable"
    assert "haze_uneven" not in names
