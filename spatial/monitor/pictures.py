"""Before and after beside each other: what a clue looks like from above.

    +---------------+---------------+
    |               |               |     yellow: the clue
    |     [   ]     |     [ X ]     |     zone colours: borders of control zones
    |               |               |     hatched grey: hidden or not in the image
    +---------------+---------------+
    | 2023-09-12 N^ | 2025-09-16 N^ |
    | |---| 200 m   | |---| 200 m   |
    +---------------+---------------+

Natural colours where the images have them. The later image is brought to the light of
the earlier one where the gate knows how, and both are stretched alike, so that a
difference of colour is one of the ground. Pixels stay pixels. The same images give the
same bytes under the same version of Pillow.

Each half has its own date, scale bar and arrow, so that `halves` can be laid upon each
other under a handle.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyproj
import shapely

from layers.errors import ExtraMissingError
from layers.layer import FRAME
from layers.raster import Window
from layers.raster.frames import mapped
from spatial.report.palette import zone_styles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.grid import Grid
    from spatial.change.aligned import AlignedPair

    Xy = list[tuple[float, float]]

COLOURS = (
    (("red", "green", "blue"), "natural"),
    (("swir1", "nir", "red"), "infrared"),
    (("nir", "red", "green"), "near_infrared"),
)
"""Bands shown as red, green and blue: the first that both images have."""

PANEL_PX = 384
"""Longest side of a panel; pixels are drawn larger by a whole number."""
LEAST_PX, AROUND = 48, 1.0
"""Pixels of the image that are shown at least; how much of its size around a clue."""
MOST_IMAGE_PX = 512
_LEAST_CONTRAST, _LEAST_RANGE = np.float32(0.5), np.float32(0.02)
"""Of the darkest: below this contrast noise alone would be seen."""
_GAP, _FOOT, _INK = 8, 40, (20, 20, 20)
_LEAST_HALF = 132  # a date and an arrow stand beside each other
_ARROW, _LINE = 40, 18  # room of the arrow; height of the line of the date
_OUTLINE, _HALO = (255, 214, 0), (0, 0, 0)
_HIDDEN = (176, 176, 176), (150, 150, 150)
_STEPS_M = tuple(n * 10**e for e in range(6) for n in (1, 2, 5))


class _Chip(NamedTuple):
    """A window of the pair as colours, and its place."""

    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    grid: Grid
    scale: int


@dataclass(frozen=True, slots=True)
class Scenery:
    """What is drawn beside a clue.

    Attributes
    ----------
    aligned
        The pair.
    zones
        By kind the borders of control zones, EPSG:4490.
    """

    aligned: AlignedPair
    zones: Mapping[str, NDArray[np.object_]]

    def picture(self, clue: BaseGeometry) -> bytes:
        """Return a PNG of a clue before and after.

        Parameters
        ----------
        clue
            (Multi)polygon in EPSG:4490.

        Raises
        ------
        ExtraMissingError
            Pillow is not installed.
        """
        if find_spec("PIL") is None:
            raise ExtraMissingError(extra="raster", needed_for="pictures of clues")
        grid = self.aligned.grid
        window = _window(_pixels(np.array([clue]), grid)[0], grid)
        chip = self._chip(window)
        return _drawn(chip, self._lines(clue, chip), self._dates())

    def _dates(self) -> tuple[str, str]:
        pair = self.aligned
        return str(pair.before.date or "?"), str(pair.after.date or "?")

    def _chip(self, window: Window) -> _Chip:
        """Read a window of both images and colour it."""
        first, second, _ = self.aligned.read(window, normalised=True)
        bands = colour_bands(self.aligned.bands)
        places = [self.aligned.bands.index(one) for one in bands]
        step = max(1, -(-max(window.height, window.width) // MOST_IMAGE_PX))
        both = [image[places][:, ::step, ::step] for image in (first, second)]
        seen = np.concatenate([one.reshape(len(places), -1) for one in both], axis=1)
        low, high = _stretch(seen, alike=bands == COLOURS[0][0])
        part = self.aligned.grid.part(
            window.row, window.column, height=window.height, width=window.width
        )
        scale = max(1, PANEL_PX // max(both[0].shape[1:]))
        before, after = (_coloured(one, low, high, scale) for one in both)
        return _Chip(before, after, part, scale if step == 1 else -step)

    def _lines(
        self, clue: BaseGeometry, chip: _Chip
    ) -> list[tuple[Xy, tuple[int, int, int], int]]:
        """Return rings in the pixels of a panel with colour and width."""
        frame = shapely.box(*_degrees(chip.grid))
        lines = []
        for kind, borders in self.zones.items():
            near = shapely.intersection(borders, frame)
            colour = _rgb(zone_styles((kind,))[kind].colour)
            lines += [(one, colour, 2) for one in _rings(near, chip)]
        outline = _rings(np.array([shapely.boundary(clue)]), chip)
        if chip.scale < 0:  # seen from far: a broad line would hide what is narrow
            return lines + [(one, _OUTLINE, 1) for one in outline]
        lines += [(one, _HALO, 4) for one in outline]
        return lines + [(one, _OUTLINE, 2) for one in outline]


def colour_bands(bands: tuple[str, ...]) -> tuple[str, ...]:
    """Return the bands that are shown as red, green and blue; one band thrice."""
    for wanted, _ in COLOURS:
        if set(wanted) <= set(bands):
            return wanted
    return (bands[0],) * 3


def colour_name(bands: tuple[str, ...]) -> str:
    """Return ``natural``, ``infrared``, ``near_infrared`` or ``grey``."""
    wanted = colour_bands(bands)
    return next((name for some, name in COLOURS if some == wanted), "grey")


def _pixels(shapes: NDArray[np.object_], grid: Grid) -> NDArray[np.object_]:
    """Return shapes in EPSG:4490 in the pixels of a grid."""
    frame = pyproj.CRS.from_user_input(FRAME)

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(
            grid.pixels(*mapped(xy[:, 0], xy[:, 1], frame, grid.crs))
        )

    return np.asarray(shapely.transform(shapes, moved), dtype=object)


def _window(clue: BaseGeometry, grid: Grid) -> Window:
    """Return a square window about a clue, within the grid."""
    left, top, right, bottom = clue.bounds
    side = max(right - left, bottom - top) * (1 + 2 * AROUND)
    half = max(side, LEAST_PX) / 2
    column, row = (left + right) / 2, (top + bottom) / 2
    west, east = max(0, int(column - half)), min(grid.width, int(column + half) + 1)
    north, south = max(0, int(row - half)), min(grid.height, int(row + half) + 1)
    return Window(north, west, south - north, east - west)


def _degrees(grid: Grid) -> tuple[float, float, float, float]:
    """Return the box of a grid in EPSG:4490."""
    wide, high = grid.width, grid.height
    x, y = grid.xy([0, wide, wide, 0], [0, 0, high, high])
    lon, lat = mapped(x, y, grid.crs, pyproj.CRS.from_user_input(FRAME))
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _rings(shapes: NDArray[np.object_], chip: _Chip) -> Iterable[Xy]:
    """Return the lines of shapes as points in a panel."""
    parts = shapely.get_parts(shapely.get_parts(_pixels(shapes, chip.grid)))
    lines = parts[shapely.get_dimensions(parts) == 1]
    factor = chip.scale if chip.scale > 0 else -1 / chip.scale
    return [
        [(x * factor, y * factor) for x, y in shapely.get_coordinates(one).tolist()]
        for one in lines
    ]


def _stretch(
    seen: NDArray[np.float32], *, alike: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the values shown as black and as white, one a band, or all bands alike."""
    known = seen[:, np.isfinite(seen).all(axis=0)]
    if not known.shape[1]:
        return np.zeros(len(seen), np.float32), np.ones(len(seen), np.float32)
    low, high = np.quantile(known, [0.01, 0.99], axis=1).astype(np.float32)
    if alike:
        low[:], high[:] = low.min(), high.max()
    return low, np.maximum(high, low + np.abs(low) * _LEAST_CONTRAST + _LEAST_RANGE)


def _coloured(
    image: NDArray[np.float32],
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    scale: int,
) -> NDArray[np.uint8]:
    """Return (rows, columns, 3) colours, in whole blocks; hidden is hatched."""
    hidden = ~np.isfinite(image).all(axis=0)
    share = (image - low[:, None, None]) / (high - low)[:, None, None]
    bright = np.clip(np.nan_to_num(share), 0.0, 1.0) ** 0.8
    colours = np.moveaxis((bright * 255).round().astype(np.uint8), 0, 2)
    large: NDArray[np.uint8] = colours.repeat(scale, axis=0).repeat(scale, axis=1)
    mask = hidden.repeat(scale, axis=0).repeat(scale, axis=1)
    rows, columns = np.indices(mask.shape)
    stripe = (rows + columns) // 6 % 2
    for number, colour in enumerate(_HIDDEN):
        large[mask & (stripe == number)] = colour
    return large


def _drawn(
    chip: _Chip,
    lines: list[tuple[Xy, tuple[int, int, int], int]],
    dates: tuple[str, str],
) -> bytes:
    """Return both panels with lines, dates, scale bar and north as a PNG."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  an extra, slow to load

    high, wide = chip.before.shape[:2]
    broad = max(wide, _LEAST_HALF)
    sheet = Image.new("RGB", (2 * broad + _GAP, high + _FOOT), (255, 255, 255))
    font = ImageFont.load_default(14)
    both = zip((chip.before, chip.after), dates, strict=True)
    for number, (pixels, date) in enumerate(both):
        panel = Image.fromarray(pixels)
        pen = ImageDraw.Draw(panel)
        for xy, colour, width in lines:
            pen.line(xy, fill=colour, width=width)
        half = Image.new("RGB", (broad, high + _FOOT), (255, 255, 255))
        half.paste(panel)
        pen = ImageDraw.Draw(half)
        pen.text((2, high + 2), date, fill=_INK, font=font)
        _scale_bar(pen, chip, font)
        _north(pen, chip, font, right=broad)
        sheet.paste(half, (number * (broad + _GAP), 0))
    return _png(sheet)


def halves(picture: bytes) -> tuple[bytes, bytes]:
    """Return the two halves of a picture of `Scenery.picture`, before and after.

    Both are PNG of one size and show the same window, pixel upon pixel. They have no
    date: half of one and half of the other would be read as a third.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415  who has a picture has Pillow

    with Image.open(io.BytesIO(picture)) as sheet:
        wide, high = (sheet.width - _GAP) // 2, sheet.height
        pen = ImageDraw.Draw(sheet)
        for left in (0, wide + _GAP):
            date = (left, high - _FOOT, left + wide - _ARROW, high - _FOOT + _LINE)
            pen.rectangle(date, fill=(255, 255, 255))
        first = sheet.crop((0, 0, wide, high))
        second = sheet.crop((wide + _GAP, 0, sheet.width, high))
    return _png(first), _png(second)


def _png(image: Any) -> bytes:  # noqa: ANN401
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _scale_bar(pen: Any, chip: _Chip, font: Any) -> None:  # noqa: ANN401
    """Draw a bar of a round length, about a third of a panel at most."""
    high, wide = chip.before.shape[:2]
    factor = chip.scale if chip.scale > 0 else -1 / chip.scale
    metres = _pixel_m(chip.grid) / factor
    length = max((one for one in _STEPS_M if one / metres <= wide / 3), default=1)
    end, foot = 3 + length / metres, high + _FOOT - 8
    pen.rectangle((3, foot, end, foot + 4), fill=_INK)
    pen.rectangle((3, foot, 3 + (end - 3) / 2, foot + 4), outline=_INK, fill=(255,) * 3)
    unit = f"{length // 1000} km" if length >= 1000 else f"{length} m"  # noqa: PLR2004
    pen.text((end + 6, foot - 8), unit, fill=_INK, font=font)


def _north(pen: Any, chip: _Chip, font: Any, *, right: int) -> None:  # noqa: ANN401
    """Draw an arrow that points to true north in the middle of the window."""
    x, y = right - 12, chip.before.shape[0] + 4
    grid = chip.grid
    west, south, east, north = _degrees(grid)
    points = shapely.points(
        [(west + east) / 2] * 2, [(south + north) / 2, (south + north) / 2 + 1e-4]
    )
    (i, j), (up_i, up_j) = shapely.get_coordinates(_pixels(points, grid)).tolist()
    way = np.array([up_i - i, up_j - j])
    way = way / np.hypot(*way)
    middle, side = np.array([x, y + 14]), np.array([-way[1], way[0]])
    corners: tuple[Any, ...] = (
        middle + 12 * way, middle - 8 * way + 6 * side, middle - 8 * way - 6 * side,
    )  # fmt: skip
    pen.polygon([tuple(one) for one in corners], fill=_INK)
    pen.text((x - 24, y + 6), "N", fill=_INK, font=font)


def _pixel_m(grid: Grid) -> float:
    """Return the width of a pixel in the middle of a grid, metres on the ellipsoid."""
    i, j = grid.width / 2, grid.height / 2
    x, y = grid.xy([i - 0.5, i + 0.5], [j, j])
    lon, lat = mapped(x, y, grid.crs, pyproj.CRS.from_user_input(FRAME))
    geod = pyproj.CRS.from_user_input(FRAME).get_geod()
    return float(geod.inv(lon[0], lat[0], lon[1], lat[1])[2])  # type: ignore[union-attr]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
