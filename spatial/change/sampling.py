"""What the gate looks at: tiles spread over a pair, read once, one at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from layers.raster import CLEAR, CLOUD, NODATA, SHADOW, SNOW, Window
from spatial.change.phase import Shift, shift_of, spectrum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.grid import Grid
    from layers.raster import RasterLayer
    from spatial.change.aligned import AlignedPair

TILE = 256
MOST_ALONG = 8
"""Tiles along each side at most: 64 in all, 4 million pixels."""
PIXELS_A_TILE = 4_000
BRIGHT, WHITE = 0.30, 0.15
"""A pixel brighter and whiter than this looks like a cloud (after the basic and the
whiteness test of Zhu & Woodcock 2012, Object-based cloud and cloud shadow detection in
Landsat imagery, Remote Sensing of Environment 118)."""


@dataclass(frozen=True, slots=True)
class Tile:
    """What one tile gives.

    Attributes
    ----------
    window
        Where it lies in the common grid.
    phases
        See `spatial.change.phase.spectrum`; None where too little is shown.
    before, after
        (bands, pixels): every so many of the pixels that both show.
    quarter
        (pixels,): in which quarter of the tile each of them lies, 0 to 3, row by row.
    shares
        By image: share of pixels of each code, and ``bright`` and ``saturated``.
    valid
        Share of the pixels that both show.
    """

    window: Window
    phases: NDArray[np.complex128] | None
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    quarter: NDArray[np.uint8]
    shares: tuple[dict[str, float], dict[str, float]]
    valid: float


@dataclass(frozen=True, slots=True)
class Sample:
    """All tiles of a pair.

    Attributes
    ----------
    tiles
        From top left to bottom right.
    shift
        That all tiles together show.
    of_tiles
        Of each tile where it shows clearly: (window, shift).
    """

    tiles: tuple[Tile, ...]
    shift: Shift | None
    of_tiles: tuple[tuple[Window, Shift], ...] = field(default_factory=tuple)

    def pixels(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return sampled pixels of both images, (bands, pixels)."""
        return (
            np.concatenate([one.before for one in self.tiles], axis=1),
            np.concatenate([one.after for one in self.tiles], axis=1),
        )

    def cells(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return row and column, among quarters of tiles, of each of `pixels`."""
        rows = np.unique([one.window.row for one in self.tiles])
        columns = np.unique([one.window.column for one in self.tiles])
        found = [
            (
                2 * np.searchsorted(rows, one.window.row) + one.quarter // 2,
                2 * np.searchsorted(columns, one.window.column) + one.quarter % 2,
            )
            for one in self.tiles
        ]
        row, column = (
            np.concatenate(part).astype(np.intp) for part in zip(*found, strict=True)
        )
        return row, column

    def share(self, image: int, name: str) -> float:
        """Return a share over all tiles; the tiles are of one size."""
        return float(np.mean([one.shares[image][name] for one in self.tiles]))

    @property
    def valid(self) -> float:
        """Share of the pixels that both images show."""
        return float(np.mean([one.valid for one in self.tiles]))

    @property
    def spread(self) -> float | None:
        """How far tiles differ in their shift; None for fewer than three."""
        found = [(one.columns, one.rows) for _, one in self.of_tiles]
        if len(found) < 3:  # noqa: PLR2004 - two have no middle
            return None
        off = np.array(found) - np.median(found, axis=0)
        return float(np.median(np.hypot(off[:, 0], off[:, 1])) * 1.4826)


def sampled(pair: AlignedPair) -> Sample:
    """Return what tiles of a pair show."""
    tiles = tuple(_tile(pair, window) for window in windows(pair.grid))
    bands = len(_sharp(pair))
    spectra = [
        (one.window, one.phases, shift_of(one.phases, bands))
        for one in tiles
        if one.phases is not None
    ]
    if not spectra:
        return Sample(tiles, None)
    total = np.sum([phases for _, phases, _ in spectra], axis=0)
    clear = tuple((window, shift) for window, _, shift in spectra if shift.is_clear)
    return Sample(tiles, shift_of(total, bands, len(spectra)), clear)


def windows(grid: Grid) -> tuple[Window, ...]:
    """Return where tiles lie: all over a small grid, evenly over a large one."""
    high, wide = min(TILE, grid.height), min(TILE, grid.width)
    rows, columns = (
        np.round(
            np.linspace(0, whole - part, min(MOST_ALONG, -(-whole // part)))
        ).astype(int)
        for whole, part in ((grid.height, high), (grid.width, wide))
    )
    return tuple(Window(int(r), int(c), high, wide) for r in rows for c in columns)


def _tile(pair: AlignedPair, window: Window) -> Tile:
    """Read one tile and sum it up."""
    first, own = pair.before.read(window, pair.bands, pair.grid)
    second, other = pair.after.read(window, pair.bands, pair.shifted_grid())
    valid = (own == CLEAR) & (other == CLEAR)
    shares = (
        _shares(pair.before, first, own, pair.bands),
        _shares(pair.after, second, other, pair.bands),
    )
    sharp = [pair.bands.index(one) for one in _sharp(pair)]
    phases = spectrum(first[sharp], second[sharp])
    kept = np.flatnonzero(valid)
    kept = kept[:: max(1, -(-len(kept) // PIXELS_A_TILE))]
    flat = (len(pair.bands), -1)
    return Tile(
        window,
        phases,
        first.reshape(flat)[:, kept],
        second.reshape(flat)[:, kept],
        _quarters(kept, valid.shape),
        shares,
        float(valid.mean()),
    )


def _quarters(pixels: NDArray[np.intp], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the quarter of a tile in which each pixel lies, by its number."""
    row, column = np.divmod(pixels, shape[1])
    below, right = row >= shape[0] // 2, column >= shape[1] // 2
    return (2 * below + right).astype(np.uint8)


def _sharp(pair: AlignedPair) -> tuple[str, ...]:
    """Return the bands that both images hold in pixels of the common grid or finer.

    A band that was made finer than it is shows its own pixels, not the ground.
    """
    kept = [
        role
        for role in pair.bands
        if all(
            one.band(role).grid.resolution[0] <= one.grid.resolution[0] * 1.01
            for one in (pair.before, pair.after)
        )
    ]
    return tuple(kept) or pair.bands


def _shares(
    image: RasterLayer,
    values: NDArray[np.float32],
    codes: NDArray[np.uint8],
    bands: tuple[str, ...],
) -> dict[str, float]:
    """Return the shares of one image in a tile."""
    shown = codes == CLEAR
    count = max(1, int(shown.sum()))
    full = np.zeros(codes.shape, dtype=bool)
    for number, role in enumerate(bands):
        ceiling = image.band(role).ceiling
        if ceiling is not None:
            full |= values[number] >= np.float32(ceiling) * (1 - 1e-6)
    return {
        "nodata": float((codes == NODATA).mean()),
        "cloud": float((codes == CLOUD).mean()),
        "shadow": float((codes == SHADOW).mean()),
        "snow": float((codes == SNOW).mean()),
        "saturated": float(full.sum() / count),
        "bright": _bright(image, values, bands, shown),
    }


def _bright(
    image: RasterLayer,
    values: NDArray[np.float32],
    bands: tuple[str, ...],
    shown: NDArray[np.bool_],
) -> float:
    """Return the share that looks like cloud; NaN where that cannot be told."""
    seen = [bands.index(one) for one in ("blue", "green", "red") if one in bands]
    if image.quantity != "reflectance" or len(seen) < 3:  # noqa: PLR2004 - colours
        return float("nan")
    light = values[seen]
    mean = light.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        white = np.abs(light - mean).max(axis=0) / mean
        found = (mean > BRIGHT) & (white < WHITE) & shown
    return float(found.sum() / max(1, int(shown.sum())))
