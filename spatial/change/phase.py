"""How far two images of one place are shifted, by phase correlation on tiles.

The cross-power spectrum of two shifted images is a plane wave; its phase alone, over
the frequencies that an image holds, is turned back into a place. Haze and gain have
no part in the phase, and a change of the ground spreads over all of it. The peak is
found between pixels by evaluating the transform there, not by fitting a curve.

Kuglin, C. D. & Hines, D. C. (1975): The phase correlation image alignment method.
Guizar-Sicairos, M., Thurman, S. T. & Fienup, J. R. (2008): Efficient subpixel image
registration algorithms. Optics Letters 33(2), 156-158.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOW_CYCLES, HIGH = 2.0, 0.4
"""Frequencies that count: at least so many cycles in a tile (what is slower is haze
and light), at most so many in a pixel (what is quicker is noise)."""
LEAST_VALID = 0.7
"""Share of a tile that both images must show; holes are filled with the mean."""
CLEARLY = 1.75
"""How far a peak must stand above the height that chance alone would give; by trial,
none of 800 pairs of noise came so far, of 50 to 256 pixels a side."""
ALIKE = 1.5
"""The window makes neighbouring frequencies alike, so that the phases of two tiles
with nothing in common add up to so much more than independent ones (by trial)."""
STEPS = ((1.0, 0.1), (0.1, 0.01), (0.01, 0.001))
"""Reach and step of the search around the best place so far, in pixels."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift, and how clearly it shows.

    Attributes
    ----------
    columns, rows
        By how many pixels what is at one place in the first image lies further right
        and further down in the second. NaN when it does not show.
    coherence
        In [0, 1]: height of the peak; 1 for images that are copies of each other.
    chance
        Height that images with nothing in common reach.
    """

    columns: float
    rows: float
    coherence: float
    chance: float

    @property
    def is_clear(self) -> bool:
        """Whether the peak is no chance."""
        return self.coherence > CLEARLY * self.chance

    @property
    def length(self) -> float:
        """Length in pixels."""
        return float(np.hypot(self.columns, self.rows))


def spectrum(
    before: NDArray[np.float32], after: NDArray[np.float32]
) -> NDArray[np.complex128] | None:
    """Return the phases of the cross-power spectrum of a tile.

    Parameters
    ----------
    before, after
        (bands, rows, columns), NaN where there is nothing in either.

    Returns
    -------
    ndarray or None
        (rows, columns), summed over bands; None when the tile shows too little.
    """
    valid = np.isfinite(np.concatenate([before, after])).all(axis=0)
    if valid.mean() < LEAST_VALID:
        return None
    total = np.zeros(valid.shape, dtype=np.complex128)
    window = np.outer(*(_taper(count) for count in valid.shape))
    for one, other in zip(before, after, strict=True):
        first, second = (
            np.fft.fft2(_levelled(image, valid) * window) for image in (one, other)
        )
        cross = second * np.conj(first)
        size = np.abs(cross)
        if size.max() > 0:
            total += cross / (size + size.max() * 1e-12)
    return total if np.abs(total).max() > 0 else None


def shift_of(total: NDArray[np.complex128], bands: int, tiles: int = 1) -> Shift:
    """Return the shift that a spectrum, or the sum of several, shows.

    Parameters
    ----------
    total
        Sum of results of `spectrum` of tiles of one size.
    bands, tiles
        How many were added. Bands of one image go together, so only tiles are taken
        for independent when it comes to chance.
    """
    rows, columns = (np.fft.fftfreq(n) for n in total.shape)
    weight = _weight(rows, columns)
    wave = total * weight / (bands * tiles)
    scale = float(weight.sum())
    likely = float(np.sqrt((weight**2).sum() * np.log(weight.size) / tiles))
    chance = ALIKE * likely / scale
    surface = np.fft.ifft2(wave).real
    reach = [max(1, n // 4) for n in total.shape]
    for axis, most in enumerate(reach):
        place = np.abs(np.fft.fftfreq(total.shape[axis]) * total.shape[axis]) > most
        surface[tuple(place if k == axis else slice(None) for k in range(2))] = -np.inf
    peak = np.unravel_index(int(np.argmax(surface)), surface.shape)
    row, column = (
        float(np.fft.fftfreq(n)[int(at)] * n)
        for at, n in zip(peak, total.shape, strict=True)
    )
    height = 0.0
    for around, step in STEPS:
        ladder = np.arange(-round(around / step), round(around / step) + 1) * step
        down = np.exp(2j * np.pi * np.outer(row + ladder, rows))
        right = np.exp(2j * np.pi * np.outer(columns, column + ladder))
        near = (down @ wave @ right).real / scale
        best = np.unravel_index(int(np.argmax(near)), near.shape)
        height = float(near[best])
        row += float(ladder[best[0]])
        column += float(ladder[best[1]])
    return Shift(round(column, 3) + 0.0, round(row, 3) + 0.0, height, chance)


def _taper(count: int) -> NDArray[np.float64]:
    """Return a window that rises and falls over a quarter each (Tukey 1967).

    It does not move with the image and so pulls the shift towards zero; one that
    falls all the way (Hann) pulls twice as much.
    """
    place = np.arange(1, count + 1) / (count + 1)
    rise = np.clip(4 * np.minimum(place, 1 - place), 0, 1)
    return np.asarray(0.5 * (1 - np.cos(np.pi * rise)))


def _levelled(
    image: NDArray[np.float32], valid: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return an image around 0, with 0 in its holes."""
    kept = np.where(valid, image, 0.0).astype(float)
    return np.where(valid, kept - kept.sum() / max(1, valid.sum()), 0.0)


def _weight(
    rows: NDArray[np.floating[Any]], columns: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """Return the weight of each frequency: a ring with a soft outer border."""
    quick = np.hypot(rows[:, None], columns[None, :])
    soft = 0.5 * (1 + np.cos(np.pi * np.clip(quick / HIGH, 0, 1)))
    slow = (np.abs(rows[:, None]) * len(rows) < LOW_CYCLES) & (
        np.abs(columns[None, :]) * len(columns) < LOW_CYCLES
    )
    return np.where(slow, 0.0, soft)
