"""A detector as plain as can be, for tests of what comes after detection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from affine import Affine
from pyproj import CRS

from layers.grid import Grid

BANDS = ("blue", "green", "red", "nir", "swir1", "swir2")


@dataclass(frozen=True)
class Found:
    """A mask, and one confidence for all of it."""

    changed: np.ndarray
    confidence: np.ndarray


def found(mask, *, confidence=1.0):
    """Return a mask as a detector would."""
    changed = np.asarray(mask, dtype=bool)
    return Found(changed, np.full(changed.shape, confidence, dtype=np.float32))


def mask_of(drawing):
    """Return the mask that a drawing shows: # is changed."""
    rows = [line.strip() for line in drawing.strip().splitlines()]
    return np.array([[one == "#" for one in row] for row in rows])


def grid_of(shape, *, pixel_m=10.0, epsg=32648):
    """Return a grid of square pixels north of a point of UTM zone 48."""
    rows, columns = shape
    place = Affine(pixel_m, 0, 500_000, 0, -pixel_m, 4_350_000)
    return Grid(CRS.from_epsg(epsg), place, columns, rows)


def painted(labels, spectra):
    """Return an image of labels, each with its spectrum."""
    table = np.array(list(spectra.values()), dtype=np.float32)
    return np.moveaxis(table[np.asarray(labels)], -1, 0).copy()


def aligned_half(image):
    """Return an image that lies half a pixel to the right, moved back."""
    back = image.copy()
    back[:, :, :-1] = (image[:, :, :-1] + image[:, :, 1:]) / 2
    return back


def simple_change(before, after, *, limit=12.0):
    """Return where bands differ by far more than they do in the median column."""
    seen = np.isfinite(before).all(axis=0) & np.isfinite(after).all(axis=0)
    total = np.zeros(seen.shape)
    for one, two in zip(before.astype(float), after.astype(float), strict=True):
        off = np.where(seen, two - one, np.nan)
        off -= np.nanmedian(off, axis=0)
        scale = 1.4826 * np.nanmedian(np.abs(off))
        total += np.nan_to_num(off / scale) ** 2
    score = np.sqrt(total)
    sure = np.clip(score / (2 * limit), 0, 1).astype(np.float32)
    return Found((score > limit) & seen, sure)
