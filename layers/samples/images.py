"""The made-up county's image pair: planted changes, and changes that are none.

Two days on one grid, with a ground that is textured, a sensor that is noisy, a haze
that grows eastwards, a later image that lies half a pixel aside, reaped and sown
fields, a lake that has sunk, and a cloud whose edge the scene classes miss. What is
true stands in `layers.samples.scene`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import rasterio
import shapely
from rasterio.enums import ColorInterp

from layers.samples import scene
from layers.samples.scene import BANDS, GRID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Image = NDArray[np.float32]
    Classes = NDArray[np.uint8]

SEED = 20251031
SCALE = 10_000
"""Stored numbers are reflectance times this, as in Sentinel-2 products."""

CLOUD_CLASS, SHADOW_CLASS, CLEAR_CLASS = 9, 3, 5
"""Scene classes as of Sentinel-2: cloud of high probability, cloud shadow, the rest."""

YEAR_AFTER = "2026-09-12"
_FINE = 2  # parts of a pixel that are drawn
_NOISE = 0.003
_TEXTURE = {"pit": 0.16, "water": 0.02, "panels": 0.03, "roof": 0.03}
_GROUND_TEXTURE = 0.05
_HAZE = (0.034, 0.026, 0.018, 0.008, 0.003, 0.002)
"""What the haze adds at the eastern rim, by band."""
_GAIN = (1.03, 1.03, 1.02, 0.98, 1.02, 1.02)
"""How the later day differs everywhere, by band."""
_CLOUD = np.float32(0.55)


class Made(NamedTuple):
    """An image as it was made.

    Attributes
    ----------
    image
        (bands, rows, columns) reflectance, nothing masked.
    classes
        (rows, columns) scene classes.
    """

    image: Image
    classes: Classes

    @property
    def masked(self) -> Image:
        """The image, NaN where its classes tell of a cloud or shadow."""
        hidden = self.classes != CLEAR_CLASS
        return np.where(hidden, np.float32(np.nan), self.image)


def make_pair(
    *,
    shift_px: tuple[float, float] = (0.5, 0.0),
    haze: float = 1.0,
    cloud: bool = True,
    changes: bool = True,
) -> tuple[Made, Made]:
    """Return the earlier and the later image.

    Parameters
    ----------
    shift_px
        How far the later image lies to the right and down, in halves of a pixel.
    haze
        Strength of the haze on the later day; 0 for a clear one.
    cloud
        Whether a cloud and its shadow pass on the later day.
    changes
        Without: the ground has not changed, nor have fields and lake.

    Returns
    -------
    tuple of Made
        On `layers.samples.scene.GRID`. The same in every run.
    """
    rng = np.random.Generator(np.random.PCG64(SEED))
    texture = _texture(rng)
    first = _ground(_earlier(), texture, (0.0, 0.0))
    later = _later() if changes else _earlier()
    second = _ground(later, texture, shift_px)
    second = second * np.array(_GAIN, dtype=np.float32)[:, None, None]
    east = np.linspace(0.0, haze, GRID.width, dtype=np.float32)
    second += np.array(_HAZE, dtype=np.float32)[:, None, None] * east
    classes = np.full(GRID.shape, CLEAR_CLASS, dtype=np.uint8)
    if cloud:
        second, classes = _clouded(second, classes)
    noise = [_noise(rng), _noise(rng)]
    clear = np.full(GRID.shape, CLEAR_CLASS, dtype=np.uint8)
    return Made(_counted(first + noise[0]), clear), Made(
        _counted(second + noise[1]), classes
    )


def write_pair(folder: Path | str) -> tuple[Path, Path]:
    """Write the pair as two GeoTIFFs.

    Parameters
    ----------
    folder
        Made when it is not there; files of an earlier run are replaced.

    Returns
    -------
    tuple of Path
        ``before_20230912.tif`` and ``after_20250916.tif``: unsigned 16 bit, bands
        named in their descriptions, ``scl`` last; the same bytes in every run with
        the same GDAL. About 8 MB each.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    for word, day, made in zip(
        ("before", "after"), scene.DAYS, make_pair(), strict=True
    ):
        path = folder / f"{word}_{day.replace('-', '')}.tif"
        _write(path, made, day)
        out.append(path)
    return out[0], out[1]


def write_year_after(
    folder: Path | str, *, restored: Iterable[BaseGeometry] = ()
) -> Path:
    """Write an image of a year after the pair, clear and without a shift.

    Parameters
    ----------
    folder
        As for `write_pair`.
    restored
        Ground that was put right, EPSG:4490: a planted change that meets it looks as
        it did on the earlier day of the pair. The other changes are still there.

    Returns
    -------
    Path
        ``after_20260912.tif``, as `write_pair` writes; the same bytes in every run
        with the same ground and the same GDAL.
    """
    right = shapely.union_all(list(restored))
    looks = scene.LOOKS
    drawn = [
        *_later()[: -len(scene.CHANGES)],
        *(
            (one.was, one.outline)
            if scene.on_earth(one.outline).intersects(right)
            else (looks.get(one.surface, one.surface), one.outline)
            for one in scene.CHANGES
        ),
    ]
    rng = np.random.Generator(np.random.PCG64(SEED))
    image = _ground(drawn, _texture(rng), (0.0, 0.0))
    for _ in scene.DAYS:  # the noise of the pair is not this image's
        _noise(rng)
    clear = np.full(GRID.shape, CLEAR_CLASS, dtype=np.uint8)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"after_{YEAR_AFTER.replace('-', '')}.tif"
    _write(path, Made(_counted(image + _noise(rng)), clear), YEAR_AFTER)
    return path


def _write(path: Path, made: Made, day: str) -> None:
    """Write one image."""
    counts = np.rint(made.image * SCALE).astype(np.uint16)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        crs=rasterio.CRS.from_epsg(GRID.crs.to_epsg()),
        transform=GRID.transform,
        width=GRID.width,
        height=GRID.height,
        count=len(BANDS) + 1,
        dtype="uint16",
        tiled=True,
        blockxsize=256,
        blockysize=256,
        compress="deflate",
        predictor=2,
        photometric="minisblack",
    ) as out:
        # in one go: a tile that is written again is stored again, behind the old one
        out.write(np.concatenate([counts, made.classes[None].astype(np.uint16)]))
        out.descriptions = (*BANDS, "scl")
        out.scales = (*([1 / SCALE] * len(BANDS)), 1.0)
        out.colorinterp = (ColorInterp.gray, *([ColorInterp.undefined] * len(BANDS)))
        out.update_tags(
            TIFFTAG_DATETIME=f"{day.replace('-', ':')} 03:40:00",
            TIFFTAG_IMAGEDESCRIPTION="made up, shows no real place",
        )


def _earlier() -> list[tuple[str, BaseGeometry]]:
    """Return what is drawn on the earlier day, the uppermost last."""
    return [
        ("shore", scene.LAKE.buffer(1.5)),
        ("water", scene.LAKE),
        *(("crop", one) for one in scene.FIELDS),
        *(("stubble", one) for one in scene.SOWN),
        *((one.was, one.outline) for one in scene.CHANGES),
        *scene.STANDING,
    ]


def _later() -> list[tuple[str, BaseGeometry]]:
    """Return what is drawn on the later day."""
    looks = scene.LOOKS
    return [
        ("shore", scene.LAKE.buffer(1.5)),
        ("water", scene.SHRUNK),
        *(("crop", one) for one in scene.FIELDS),
        *(("stubble", one) for one in scene.REAPED),
        *scene.STANDING,
        *((looks.get(one.surface, one.surface), one.outline) for one in scene.CHANGES),
    ]


def _ground(
    drawn: Iterable[tuple[str, BaseGeometry]],
    texture: Image,
    shift_px: tuple[float, float],
) -> Image:
    """Return the reflectance of the ground, mixed within each pixel."""
    names = list(scene.SURFACES)
    rows, columns = GRID.height * _FINE, GRID.width * _FINE
    label = np.zeros((rows, columns), dtype=np.uint8)
    for name, outline in drawn:
        _paint(label, outline, names.index(name))
    label = _displaced(label, shift_px)
    fine = _displaced(np.kron(texture, np.ones((_FINE, _FINE), np.float32)), shift_px)
    rough = np.array(
        [_TEXTURE.get(name, _GROUND_TEXTURE) for name in names], np.float32
    )
    factor = 1 + rough[label] * fine
    bands = []
    for values in zip(*scene.SURFACES.values(), strict=True):
        drawn_band = np.array(values, dtype=np.float32)[label] * factor
        parts = drawn_band.reshape(GRID.height, _FINE, GRID.width, _FINE)
        bands.append(parts.mean(axis=(1, 3), dtype=np.float32))
    return np.stack(bands)


def _paint(label: Classes, outline: BaseGeometry, number: int) -> None:
    """Give a number to all parts of pixels whose middle lies inside an outline."""
    left, top, right, bottom = (np.array(outline.bounds) * _FINE).tolist()
    r0, r1 = max(int(top) - 1, 0), min(int(bottom) + 2, label.shape[0])
    c0, c1 = max(int(left) - 1, 0), min(int(right) + 2, label.shape[1])
    x = (np.arange(c0, c1) + 0.5) / _FINE
    y = (np.arange(r0, r1) + 0.5) / _FINE
    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, *np.meshgrid(x, y))
    label[r0:r1, c0:c1][inside] = number


def _displaced(
    fine: NDArray[np.generic], shift_px: tuple[float, float]
) -> NDArray[Any]:
    """Return parts of pixels moved to the right and down; the rim is repeated."""
    right, down = (round(one * _FINE) for one in shift_px)
    rows = np.clip(np.arange(fine.shape[0]) - down, 0, fine.shape[0] - 1)
    columns = np.clip(np.arange(fine.shape[1]) - right, 0, fine.shape[1] - 1)
    return fine[rows[:, None], columns]


def _texture(rng: np.random.Generator) -> Image:
    """Return a field about 0 that is rough at 3 and at 20 pixels."""
    total = np.zeros(GRID.shape, dtype=np.float32)
    for size in (3, 20):
        rows, columns = GRID.height // size + 3, GRID.width // size + 3
        nodes = rng.random((rows, columns), dtype=np.float32) * 2 - 1
        total += _between(nodes, size)
    return total


def _between(nodes: Image, size: int) -> Image:
    """Return nodes `size` pixels apart, bilinear, on the whole grid."""
    at_row, at_column = (np.arange(n, dtype=np.float32) / size for n in GRID.shape)
    r, c = at_row.astype(int), at_column.astype(int)
    low, right = (at_row - r)[:, None], (at_column - c)[None, :]
    upper = nodes[r][:, c] * (1 - right) + nodes[r][:, c + 1] * right
    lower = nodes[r + 1][:, c] * (1 - right) + nodes[r + 1][:, c + 1] * right
    return np.asarray(upper * (1 - low) + lower * low)


def _clouded(image: Image, classes: Classes) -> tuple[Image, Classes]:
    """Return an image with a cloud and its shadow, and the classes of their cores."""
    shade = _soft(*scene.SHADOW)
    veil = _soft(*scene.CLOUD)
    image = image * (1 - np.float32(0.55) * shade)
    image = image * (1 - veil) + _CLOUD * veil
    told = np.where(shade > 0.6, np.uint8(SHADOW_CLASS), classes)  # noqa: PLR2004
    told = np.where(veil > 0.4, np.uint8(CLOUD_CLASS), told)  # noqa: PLR2004
    return image, told


def _soft(middle: tuple[float, float], radius: float) -> Image:
    """Return 1 in the middle of a disc, falling to 0 over its outer third."""
    y, x = np.ogrid[: GRID.height, : GRID.width]
    away = np.hypot(x + 0.5 - middle[0], y + 0.5 - middle[1]) / radius
    return np.clip((1.1 - away) / 0.3, 0.0, 1.0).astype(np.float32)


def _noise(rng: np.random.Generator) -> Image:
    """Return the noise of the sensor."""
    shape = (len(BANDS), *GRID.shape)
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(_NOISE)


def _counted(image: Image) -> Image:
    """Return reflectance as it will be after it was stored in whole numbers."""
    counts = np.rint(np.clip(image, 1 / SCALE, 6.0) * SCALE)
    return (counts / SCALE).astype(np.float32)
