"""RasterLayer: an image that can be trusted, read by window."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from layers import worker
from layers.card import card_html
from layers.errors import InputRefusedError, UnknownKindError
from layers.formats.pixels import MIB, BandRef, Window, band_of, bands_of
from layers.raster.card import image_card
from layers.raster.masks import CLEAR, NODATA, decoded
from layers.raster.resample import apply, apply_nearest, is_window, kind_for, plan
from layers.raster.roles import MASKS
from layers.raster.stored import copied, storage_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.card import Card
    from layers.grid import Grid
    from layers.raster.resample import Plan
    from layers.raster.stored import Storage
    from layers.text import Lang, Message

MAX_READ_BYTES = 1024 * MIB
"""Of one answer of `RasterLayer.read`, all bands together."""
CHUNK = 2**20
_AT_ONCE = 32  # rows


@dataclass(frozen=True, slots=True)
class Band:
    """One band and where it comes from.

    Attributes
    ----------
    role
        See `layers.raster.roles`.
    ref
        File, number and state of the file.
    grid
        Its own pixels.
    dtype
        As stored.
    nodata
        The number that stands for nothing; None where there is none.
    scale, offset
        A stored number times scale plus offset is what `RasterLayer.read` returns.
    """

    role: str
    ref: BandRef
    grid: Grid
    dtype: str
    nodata: float | None
    scale: float
    offset: float

    @property
    def ceiling(self) -> float | None:
        """The value of the largest number that can be stored; None for floats."""
        kind = np.dtype(self.dtype)
        if kind.kind not in "iu":
            return None
        return float(np.iinfo(kind).max) * self.scale + self.offset


@dataclass(frozen=True, slots=True)
class RasterLayer:
    """An image of one day: bands by role on one grid, masks, date, sensor.

    Attributes
    ----------
    name, source
        Short name, and the path as the caller gave it.
    grid
        Of the finest band.
    sources
        The bands, in the order of `bands`.
    date
        Day of the picture; None when nothing states it.
    year
        Its year, where only that is known; else that of `date`, or None.
    sensor
        ``sentinel-2``, ``landsat-tm``, ``landsat-etm``, ``landsat-oli`` or None.
    level
        ``L1C``, ``L2A``, ``L1TP``, ``L2SP`` ... or None.
    quantity
        ``reflectance`` (0 to 1 and somewhat beyond), or ``relative``: numbers that
        grow with the light and nothing else is known of them.
    baseline
        Processing baseline of Sentinel-2 such as ``0400``, where it is stated.
    notes
        What was found, decided or left out, as messages.
    in_process
        Whether this process opens the files, instead of a child of it.
    is_settled
        Whether its reference system stands on CGCS2000 or WGS 84.
    """

    name: str
    source: str
    grid: Grid
    sources: tuple[Band, ...]
    date: dt.date | None
    year: int | None
    sensor: str | None
    level: str | None
    quantity: Literal["reflectance", "relative"]
    baseline: str | None
    notes: tuple[Message, ...]
    in_process: bool = False
    is_settled: bool = True

    @property
    def bands(self) -> tuple[str, ...]:
        """Roles of all bands, masks at the end."""
        return tuple(one.role for one in self.sources)

    @property
    def spectral(self) -> tuple[str, ...]:
        """Roles of the bands of light."""
        return tuple(one for one in self.bands if one not in MASKS)

    @property
    def has_mask(self) -> bool:
        """Whether it has a band that tells clouds."""
        return len(self.spectral) < len(self.bands)

    def band(self, role: str) -> Band:
        """Return the band of a role.

        Raises
        ------
        UnknownKindError
            It has no such band.
        """
        for one in self.sources:
            if one.role == role:
                return one
        raise UnknownKindError(
            what=f"band of {self.name}", name=role, known=list(self.bands)
        )

    def read(
        self,
        window: Window | None = None,
        bands: Sequence[str] | None = None,
        out_grid: Grid | None = None,
        *,
        out: NDArray[np.float32] | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return values and mask of a window.

        Parameters
        ----------
        window
            Part of `out_grid`; it may reach beyond it. None is the whole.
        bands
            Roles; None is all bands of light.
        out_grid
            Grid of the answer, by the rule of `layers.raster.resample`; None is
            `grid`. Give the whole grid and the window, not the grid of the window:
            then the answer does not depend on how the image is cut into windows.
        out
            Where the values are written, of the shape of the answer; None is anew.

        Returns
        -------
        values
            float32 (bands, rows, columns), NaN in every band where the mask is not 0.
        mask
            uint8 (rows, columns): a code of `layers.raster.masks`. 0 is clear: every
            asked band has a value, and no mask band says cloud, shadow, snow or
            defect. Without a mask band clouds are not told.

        Raises
        ------
        UnknownKindError
            It has no such band.
        InputRefusedError
            The answer would be larger than `MAX_READ_BYTES`, a file was changed or
            cannot be decoded.
        CrsMismatchError
            `out_grid` stands on another datum.
        """
        target = self.grid if out_grid is None else out_grid
        part = Window(0, 0, *target.shape) if window is None else Window(*window)
        wanted = self.spectral if bands is None else tuple(bands)
        self._need_small(len(wanted), part)
        codes = self._codes(target, part)
        shape = len(wanted), part.height, part.width
        values = np.empty(shape, dtype=np.float32) if out is None else out
        missing = np.zeros(codes.shape, dtype=bool)
        made, grid = None, None
        for number, role in enumerate(wanted):
            one = self.band(role)
            if made is None or one.grid != grid:
                grid = one.grid
                made = plan(grid, target, part, kind_for(grid, target))
            blank = self._fill(values[number], one, made)
            if blank is not None:
                missing |= blank
        codes[missing & (codes == CLEAR)] = NODATA
        hidden = codes != CLEAR
        if hidden.any():
            values[:, hidden] = np.nan
        return values, codes

    def card(self, lang: Lang = "zh") -> Card:
        """Return what a notebook shows: what it is, all notes, a quick look.

        The quick look reads at most 1,024 x 1,024 pixels of three bands.
        """
        return image_card(self, lang)

    def _repr_html_(self) -> str:
        return card_html(self.card())

    def storage(self, bands: Sequence[str], out_grid: Grid) -> Storage:
        """Return how `read_stored` hands on bands on a grid, at best.

        Raises
        ------
        UnknownKindError
            It has no such band.
        """
        return storage_of([self.band(one) for one in bands], out_grid)

    def read_stored(
        self,
        window: Window,
        bands: Sequence[str],
        out_grid: Grid,
        *,
        storage: Storage,
        out: NDArray[Any],
    ) -> NDArray[np.uint8]:
        """Write a window as it is stored, and return its mask.

        Parameters
        ----------
        window, bands, out_grid
            As for `read`.
        storage
            Of these bands on this grid, or of values.
        out
            (bands, rows, columns) of `Storage.dtype`, in whatever order of memory.
            Where the mask is not 0 its numbers mean nothing.

        Returns
        -------
        ndarray of uint8
            (rows, columns): the mask of `read`.

        Raises
        ------
        UnknownKindError, InputRefusedError, CrsMismatchError
            As of `read`.
        """
        if storage.is_values:
            return self.read(window, bands, out_grid, out=out)[1]
        self._need_small(len(bands), window)
        codes = self._codes(out_grid, window)
        door = bands_of if self.in_process else worker.raster_windows
        found = [self.band(one) for one in bands]
        missing = copied(found, window, out_grid, door=door, out=out)
        codes[missing & (codes == CLEAR)] = NODATA
        return codes

    def sha256(self) -> str:
        """Return the hash of all files, each band's once; it reads them whole."""
        digest = hashlib.sha256()
        for path in sorted({one.ref.path for one in self.sources}):
            with Path(path).open("rb") as stream:
                while piece := stream.read(CHUNK):
                    digest.update(piece)
        return digest.hexdigest()

    def _need_small(self, count: int, part: Window) -> None:
        """Refuse an answer that fills the memory."""
        size = max(1, count) * part.height * part.width * 4
        if size > MAX_READ_BYTES:
            raise InputRefusedError(
                source=self.source,
                expected=f"windows of at most {MAX_READ_BYTES // MIB} MiB",
                got=f"{count} bands of {part.height:,} x {part.width:,} pixels: "
                f"{size / MIB:,.0f} MiB",
                todo="read smaller windows",
            )

    def _codes(self, target: Grid, part: Window) -> NDArray[np.uint8]:
        """Return what the mask bands say."""
        codes = np.zeros((part.height, part.width), dtype=np.uint8)
        for role in self.bands[len(self.spectral) :]:
            one = self.band(role)
            made = plan(one.grid, target, part, "nearest")
            raw, inner, corner = self._stored(one, made)
            if raw is None:
                codes[:] = NODATA
                continue
            classes = _classes(raw, inner, one)
            said = decoded(role, apply_nearest(made, classes, corner))
            codes = np.where(codes == CLEAR, said, codes)
        return codes

    def _fill(
        self, values: NDArray[np.float32], one: Band, made: Plan
    ) -> NDArray[np.bool_] | None:
        """Write a band of light on the wanted grid; say where it has nothing.

        None is nowhere.
        """
        raw, inner, corner = self._stored(one, made)
        if raw is None:
            values[:] = np.nan
            return np.ones(values.shape, dtype=bool)
        if is_window(made, raw.shape, corner) and raw.shape == values.shape:
            return _write(values, raw, inner, one)
        given = np.empty(raw.shape, dtype=np.float32)
        _write(given, raw, inner, one)
        values[:] = apply(made, given, corner)
        return ~np.isfinite(values)

    def _stored(
        self, one: Band, made: Plan
    ) -> tuple[NDArray[Any] | None, NDArray[np.uint8] | None, tuple[int, int]]:
        """Return the pixels that a plan needs as they are stored, and their mask."""
        span = made.span(*one.grid.shape)
        if span is None:
            return None, None, (0, 0)
        row, row_end, column, column_end = span
        part = Window(row, column, row_end - row, column_end - column)
        door = band_of if self.in_process else worker.raster_window
        return *door(one.ref, part), (row, column)


def _write(
    values: NDArray[np.float32],
    raw: NDArray[Any],
    inner: NDArray[np.uint8] | None,
    one: Band,
) -> NDArray[np.bool_] | None:
    """Write stored numbers as values, NaN where there is nothing; say where that is."""
    scale, offset = np.float32(one.scale), np.float32(one.offset)
    for low in range(0, len(raw), _AT_ONCE):  # what the processor's cache holds
        some = raw[low : low + _AT_ONCE].astype(np.float32)
        some *= scale
        some += offset
        values[low : low + _AT_ONCE] = some
    blank = None if inner is None else inner == 0
    if one.nodata is not None and np.isfinite(one.nodata):
        empty = raw == one.nodata
        blank = empty if blank is None else blank | empty
    if raw.dtype.kind == "f":
        endless = ~np.isfinite(values)
        blank = endless if blank is None else blank | endless
    if blank is not None:
        values[blank] = np.nan
    return blank


def _classes(
    raw: NDArray[Any], inner: NDArray[np.uint8] | None, one: Band
) -> NDArray[np.float32]:
    """Return stored classes as they are, NaN where there is nothing."""
    values = raw.astype(np.float32)
    if inner is not None:
        values[inner == 0] = np.nan
    if one.nodata is not None and np.isfinite(one.nodata):
        values[raw == one.nodata] = np.nan
    values[~np.isfinite(values)] = np.nan
    return values
