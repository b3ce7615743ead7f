"""What numba compiles gives the bits of numpy; holes, darkness and rims included."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.raster import CLOUD, Storage
from spatial.change import kernel
from spatial.change.built import Built
from spatial.change.conditional import Usual
from spatial.change.detector import Detector
from spatial.change.indices import index_images
from spatial.change.light import Light, Surface
from spatial.change.methods import Linear
from spatial.change.roles import CORE
from spatial.change.sample import Window
from spatial.change.stored import Stored

SIZES = st.tuples(st.integers(1, 9), st.integers(1, 40))


def made_up(seed, shape):
    """Two dates of six bands with pixels that are unknown, dark, below 0, alike."""
    rng = np.random.default_rng(seed)
    before = rng.normal(0.2, 0.2, (6, *shape)).astype(np.float32)
    after = (before + rng.normal(0, 0.1, before.shape)).astype(np.float32)
    for image in (before, after):
        where = rng.random(shape)
        image[:, where < 0.1] = 0
        image[rng.integers(0, 6), where > 0.9] = np.nan
    return before, after


def usual(rng):
    return Usual(
        rng.random(6),
        rng.random(6) + 0.5,
        rng.normal(size=(5, 6)),
        rng.normal(size=(5, 6)) * 0.1,
        np.tril(rng.normal(size=(5, 6, 6))),
    )


def surface(rng, cells):
    at = np.arange(cells) * 17.0 + 8
    return Surface(at, at, rng.normal(size=(6, cells, cells)))


def same(one, other):
    assert one.dtype == other.dtype == np.float32
    assert np.array_equal(one, other, equal_nan=True)


@settings(max_examples=30)
@given(SIZES, st.integers(0, 1000), st.sampled_from([1, 2, 5]))
def test_light_and_scores_are_those_of_numpy(shape, seed, cells):
    rng = np.random.default_rng(seed)
    before, after = made_up(seed, shape)
    light = Light(surface(rng, cells), surface(rng, cells))
    lit = light.on(after, 3, 70)
    same(kernel.lit(light, after, 3, 70), lit)
    one = usual(rng)
    same(kernel.usual_score(one, before, lit), one.score(before, lit - before))
    indices = index_images(before, CORE), index_images(after, CORE)
    same(kernel.index_images(before, CORE), indices[0])
    many = len(indices[0])
    linear = Linear(
        rng.normal(size=(3, many)), rng.normal(size=(3, many)), rng.normal(size=3),
        np.ones(1),
    )  # fmt: skip
    same(kernel.linear_score(linear, *indices), linear.score(*indices))


@pytest.mark.parametrize("method", ["auto", "index", "cva"])
def test_a_detector_gives_the_same_compiled_or_not(method):
    rng = np.random.default_rng(1)
    before, after = made_up(1, (60, 70))
    parts = {"light": Light(surface(rng, 3), surface(rng, 3))}
    if method == "auto":
        parts["usual"] = usual(rng)
    else:
        bands = 5 if method == "index" else 6
        weights = rng.normal(size=(2, bands, bands))
        parts["linear"] = Linear(*weights, rng.normal(size=bands), np.ones(1))
    parts |= {"threshold": 1.0, "shift_px": (0.375, -1.0)}

    def read(window):
        rows, cols = slice(window.top, window.bottom), slice(window.left, window.right)
        return (
            before[:, rows, cols],
            after[:, rows, cols],
            np.isnan(before[0, rows, cols]),
        )

    plain, quick = (
        Detector(method, tuple(range(6)), CORE, compiled=one, **parts).apply(
            read, Window(10, 50, 0, 70)
        )
        for one in (False, True)
    )
    assert plain[0].any()
    assert np.array_equal(plain[0], quick[0])
    same(plain[1], quick[1])
    same(plain[2], quick[2])


@settings(max_examples=20)
@given(
    SIZES, st.integers(0, 1000), st.sampled_from([1, 2, 3]), st.permutations(range(6))
)
def test_one_pass_from_the_images_to_scores_gives_what_three_give(
    shape, seed, cells, order
):
    rng = np.random.default_rng(seed)
    before, after = made_up(seed, shape)
    bad = rng.random(shape) < 0.1
    parts = {
        "light": Light(surface(rng, cells), surface(rng, cells)),
        "usual": usual(rng),
        "threshold": 1.0,
        "built": Built((3, 2, 1, 0), -0.2, 0.4) if seed % 2 else None,
    }

    def read(window):
        here = slice(window.top, window.bottom), slice(window.left, window.right)
        return before[:, *here], after[:, *here], bad[here]

    plain, quick = (
        Detector("auto", tuple(order), CORE, compiled=one, **parts).apply(
            read, Window(0, shape[0], 0, shape[1])
        )
        for one in (False, True)
    )
    assert np.array_equal(plain[0], quick[0])
    same(plain[1], quick[1])
    same(plain[2], quick[2])


def stored(seed, shape, dtype):
    """Two dates of six bands as a file holds them; some pixels are hidden."""
    rng = np.random.default_rng(seed)
    if dtype == "float32":
        before, after = (
            np.ascontiguousarray(one.transpose(1, 0, 2)) for one in made_up(seed, shape)
        )
        storage = Storage.of_values(6)
    else:
        size = shape[0], 6, shape[1]
        before = rng.integers(0, 200, size).astype(dtype)
        after = (before + rng.integers(0, 50, size)).astype(dtype)
        storage = Storage(dtype, (1e-2, 2e-2) * 3, (0.0, -0.1, 0.2) * 2)
    codes = np.where(rng.random(shape) < 0.1, CLOUD, 0).astype(np.uint8)
    if dtype == "float32":
        gone = ~np.isfinite(before).all(axis=1) | ~np.isfinite(after).all(axis=1)
        codes[gone] = CLOUD
    outer = Window(0, shape[0], 0, shape[1])
    return Stored(outer, (before, after), (storage, storage), codes)


@settings(max_examples=20, deadline=None)
@given(
    SIZES,
    st.integers(0, 1000),
    st.sampled_from(
        [("uint16", False), ("uint16", True), ("uint8", False), ("float32", False)]
    ),
    st.sampled_from([1, 2, 5]),
    st.permutations(range(6)).flatmap(
        lambda every: st.integers(2, 6).map(lambda count: tuple(every[:count]))
    ),
)
def test_a_sweep_over_stored_numbers_gives_what_tiles_give(  # noqa: PLR0917 - drawn
    shape, seed, kind, cells, order
):
    dtype, building = kind
    rng = np.random.default_rng(seed)
    one, two, bands = stored(seed, shape, dtype), usual(rng), len(order)
    light = Light(surface(rng, cells), surface(rng, cells))
    parts = {
        "light": Light(
            *(
                replace(one, values=one.values[:bands])
                for one in (light.gain, light.offset)
            )
        ),
        "usual": Usual(
            two.level[:bands], two.spread[:bands], two.centres[:, :bands],
            two.mean[:, :bands], two.root[:, :bands, :bands],
        ),
        "threshold": 0.5,
    }  # fmt: skip
    if building:  # where each of the four bands stands among those that are used
        places = tuple(int(one) for one in rng.integers(0, bands, 4))
        parts["built"] = Built(places, -0.2, 0.4)
    plain, quick = (
        Detector("auto", order, CORE[:bands], compiled=compiled, **parts).sweep(
            one, one.outer, shape
        )
        for compiled in (False, True)
    )
    assert np.array_equal(plain[0], quick[0])
    same(np.where(plain[0], plain[1], 0), quick[1])
