"""Detection on made-up pairs over real light: accuracy by method, and time.

The ground is the Sentinel-2 image of Chongqing of 2018 in ``../shared/data`` (or
``--data FOLDER``), at 10 m with 13 bands and at 30 m with six bands in counts of
8 bits. A second date is made from it: fields that are cut or grow, haze, other gains,
a shift below a pixel, noise; and, as truth, roofs and yards moved from elsewhere in
the same image, bare ground, and at 30 m ponds. At 30 m only the inner pixels of a
change and two in five blocks of unchanged ground are judged, as sampled labels are.
None of it is a real label: the figures say how methods compare, not how well any of
them does in the world.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import rasterio

from spatial.change.detect import detect
from spatial.change.fit import METHODS

NAMES = [f"B{n:02}" for n in range(1, 9)] + ["B8A"] + [f"B{n:02}" for n in range(9, 13)]
SIX = [1, 2, 3, 7, 11, 12]
SOIL = (
    0.12,
    0.105,
    0.11,
    0.13,
    0.155,
    0.17,
    0.185,
    0.20,
    0.21,
    0.07,
    0.001,
    0.27,
    0.22,
)
GRASS = (0.11, 0.08, 0.085, 0.055, 0.1, 0.25, 0.32, 0.33, 0.35, 0.12, 0.001, 0.17, 0.08)
HAZE = (1.2, 1, 0.8, 0.6, 0.5, 0.45, 0.4, 0.35, 0.3, 0.3, 0, 0.1, 0.05)
NOISE = 0.004
UNJUDGED = 2
TENDED, CHOSEN = 0.6, 0.4  # share of fields that move by themselves, of blocks
TOWN, GREEN, BUILT = 0.2, 0.3, 0.25  # NDVI below, above, below
MOSTLY = 0.7


def ground(folder: Path) -> np.ndarray:
    """Return thirteen bands on the grid of B02, nearest pixels, as reflectance."""
    out = []
    for name in NAMES:
        (path,) = folder.glob(f"*_{name}.tif")
        with rasterio.open(path, driver="GTiff") as image:
            out.append(image.read(1))
    rows, cols = out[1].shape
    near = [
        b[np.arange(rows) * b.shape[0] // rows][:, np.arange(cols) * b.shape[1] // cols]
        for b in out
    ]
    return np.stack(near).astype("f4") / 10_000


def smooth(rng: np.random.Generator, shape: tuple[int, int], cell: int) -> np.ndarray:
    """Return random hills, linear between knots `cell` pixels apart, deviation 1."""
    rows, cols = (np.arange(n) / cell for n in shape)
    knots = rng.standard_normal((int(rows[-1]) + 2, int(cols[-1]) + 2))
    i, j = rows.astype(int), cols.astype(int)
    p, q = (rows - i)[:, None], cols - j
    upper = knots[i][:, j] * (1 - q) + knots[i][:, j + 1] * q
    lower = knots[i + 1][:, j] * (1 - q) + knots[i + 1][:, j + 1] * q
    hills = upper * (1 - p) + lower * p
    return hills / hills.std()


def season(rng: np.random.Generator, image: np.ndarray, force: float) -> np.ndarray:
    """Return the image with fields, 12 to 30 pixels wide, cut or grown."""
    ndvi = (image[7] - image[3]) / (image[7] + image[3])
    green = np.clip((ndvi - 0.2) / 0.4, 0, 1)
    step = rng.integers(12, 30, 2)
    rows, cols = (np.arange(n) // s for n, s in zip(ndvi.shape, step, strict=True))
    field = rows[:, None] * (cols.max() + 1) + cols
    size = field.max() + 1
    grown = rng.normal(-0.3 * force, 0.7 * force, size)[field]
    grown = np.where((rng.random(size) < TENDED)[field], grown, -0.12 * force) * green
    down, up = np.clip(-grown, 0, 0.9), np.clip(grown, 0, 0.8)
    soil = np.array(SOIL)[:, None, None] * (1 + 0.2 * rng.standard_normal(size))[field]
    return image * (1 - down - up) + soil * down + np.array(GRASS)[:, None, None] * up


def plant(
    rng: np.random.Generator, image: np.ndarray, out: np.ndarray, *, ponds: bool
) -> np.ndarray:
    """Change `out` in place where green ground is built on; return the truth."""
    ndvi = (image[7] - image[3]) / (image[7] + image[3])
    town = np.argwhere(ndvi < TOWN)
    truth = np.zeros(ndvi.shape, bool)
    wanted = rng.choice([0.06, 0.12] if ponds else [0.01, 0.02, 0.04]) * truth.size
    kinds = ["built", "bare", "pond"] if ponds else ["built", "built", "bare"]
    while truth.sum() < wanted:
        h, w = rng.integers(3, 24, 2)
        r, c = rng.integers(0, ndvi.shape[0] - h), rng.integers(0, ndvi.shape[1] - w)
        here = slice(r, r + h), slice(c, c + w)
        if truth[here].any() or ndvi[here].mean() < GREEN:
            continue
        kind = kinds[rng.integers(3)]
        if kind == "built":
            y, x = town[rng.integers(len(town))]
            y, x = min(y, ndvi.shape[0] - h), min(x, ndvi.shape[1] - w)
            if np.mean(ndvi[y : y + h, x : x + w] < BUILT) < MOSTLY:
                continue
            new = image[:, y : y + h, x : x + w]
        else:
            level = rng.uniform(1.05, 1.5) if kind == "bare" else 0.25
            texture = 1 + 0.05 * rng.standard_normal((1, h, w))
            new = np.array(SOIL)[:, None, None] * level * texture
        out[:, *here] = new
        truth[here] = True
    return truth


def pair(image: np.ndarray, seed: int, *, coarse: bool) -> tuple[np.ndarray, ...]:
    """Return before, after and label: 0 unchanged, 1 changed, 2 not judged."""
    rng = np.random.default_rng(seed)
    if coarse:
        rows, cols = (n // 3 for n in image.shape[1:])
        image = image[:, : rows * 3, : cols * 3]
        image = image.reshape(13, rows, 3, cols, 3).mean(axis=(2, 4))
    after = season(rng, image, rng.choice([0.3, 0.6] if coarse else [0.6, 1.0, 1.5]))
    truth = plant(rng, image, after, ponds=coarse)
    p, q = rng.uniform(0, 0.6, 2)
    after = after * (1 - p) + np.roll(after, 1, axis=1) * p
    after = after * (1 - q) + np.roll(after, 1, axis=2) * q
    thick = rng.choice([0, 0.01, 0.02]) * np.clip(
        1 + smooth(rng, truth.shape, 150), 0, 4
    )
    gain = 1 + 0.05 * rng.standard_normal(13)
    after = after * gain[:, None, None] + thick * np.array(HAZE)[:, None, None]
    noise = NOISE * np.minimum(np.median(image, axis=(1, 2)) / 0.05, 1)[:, None, None]
    two = [x + noise * rng.standard_normal(x.shape) for x in (image, after)]
    if not coarse:
        return two[0].astype("f4"), two[1].astype("f4"), truth.astype("u1")
    top = np.quantile(two[0], 0.995, axis=(1, 2))[SIX, None, None]
    counts = [np.clip(np.round(x[SIX] * 200 / top + 10), 0, 255) for x in two]
    return counts[0].astype("f4"), counts[1].astype("f4"), sampled(rng, truth)


def sampled(rng: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    """Return inner changed pixels as 1, some unchanged blocks as 0, the rest as 2."""
    wide = np.pad(truth, 1)
    nine = [
        wide[i : i + truth.shape[0], j : j + truth.shape[1]]
        for i in range(3)
        for j in range(3)
    ]
    blocks = rng.random((truth.shape[0] // 16 + 1, truth.shape[1] // 16 + 1)) < CHOSEN
    chosen = blocks.repeat(16, 0).repeat(16, 1)[: truth.shape[0], : truth.shape[1]]
    label = np.full(truth.shape, UNJUDGED, "u1")
    label[chosen & ~np.any(nine, axis=0)] = 0
    label[np.all(nine, axis=0)] = 1
    return label


def counts(changed: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Return true and false positives, false and true negatives."""
    yes, no = label == 1, label == 0
    pairs = ((changed, yes), (changed, no), (~changed, yes), (~changed, no))
    return np.array([(a & b).sum() for a, b in pairs], float)


def f1(n: np.ndarray) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * n[0] / (2 * n[0] + n[1] + n[2])


def kappa(n: np.ndarray) -> float:
    """Return Cohen's kappa."""
    a, b, c, d = n / n.sum()
    chance = (a + b) * (a + c) + (c + d) * (b + d)
    return (a + d - chance) / (1 - chance)


def main() -> None:
    """Print the tables."""
    here = Path(__file__).resolve().parents[2] / "shared" / "data"
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--data", type=Path, default=here)
    args.add_argument("--quick", action="store_true")
    said, _ = args.parse_known_args()
    folder = said.data / "chongqing" / "sentinel2" / "20180402"
    if not folder.is_dir():
        print(f"no {folder}: nothing measured")
        return
    image, seeds = ground(folder), range(2 if said.quick else 6)
    print("| method | pooled F1, 10 m | mean kappa, 30 m | s |\n|---|---|---|---|")
    for method in METHODS:
        start, found, agreed = time.process_time(), np.zeros(4), []
        for seed in seeds:
            for coarse in (False, True):
                before, after, label = pair(image, seed + 10 * coarse, coarse=coarse)
                n = counts(detect(before, after, method=method).changed, label)
                if coarse:
                    agreed.append(kappa(n))
                else:
                    found += n
        seconds = time.process_time() - start
        row = f"{f1(found):.3f} | {np.mean(agreed):.3f} | {seconds:.0f}"
        print(f"| {method} | {row} |", flush=True)
    speed()


def speed() -> None:
    """Print the time a core takes for a million pixels, the fit left out."""
    rng = np.random.default_rng(1)
    small = rng.normal(0.2, 0.05, (6, 1000, 1000)).astype("f4")
    large = np.tile(small, (1, 2, 2))
    taken = []
    for image in (small, large):
        later = image + rng.normal(0, 0.01, image.shape).astype("f4")
        start = time.process_time()
        detect(image, later)
        taken.append(time.process_time() - start)
    print(f"fit and 1 Mpx: {taken[0]:.1f} s; each further Mpx of six bands: ", end="")
    print(f"{(taken[1] - taken[0]) / 3:.2f} s of one core")


if __name__ == "__main__":
    main()
