"""A quick look at an image: a small PNG, made from a bounded number of pixels."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine

from layers.grid import Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.raster.model import RasterLayer

LONGEST = 240
"""Pixels of the longer side of the picture."""
MOST_READ = 1024
"""Pixels of the longer side of what is read: of a larger image the middle."""

_COLOURS = (("red", "green", "blue"), ("nir", "red", "green"))
_DARK, _BRIGHT = 2, 98  # percentiles that become black and white
_WHITE = 255


@dataclass(frozen=True, slots=True)
class Look:
    """A quick look.

    Attributes
    ----------
    png
        The picture; see through where there is no clear value.
    bands
        Roles behind red, green and blue; one role for a grey picture.
    read
        Columns and rows of the image that it shows.
    is_part
        Whether that is the middle and not the whole.
    """

    png: bytes
    bands: tuple[str, ...]
    read: tuple[int, int]
    is_part: bool


def quick_look(image: RasterLayer) -> Look:
    """Return a small picture of an image.

    Returns
    -------
    Look
        At most `LONGEST` pixels wide and high, from at most `MOST_READ` squared pixels
        a band. True colour where there are red, green and blue, else near infrared,
        red and green, else the first band in grey. Each band is stretched by itself
        from its 2nd to its 98th percentile, so the picture tells shapes and not
        reflectance. The same image gives the same bytes under the same zlib.

    Raises
    ------
    InputRefusedError
        A file was changed since, or cannot be decoded.
    """
    bands = next(
        (one for one in _COLOURS if set(one) <= set(image.spectral)),
        image.spectral[:1],
    )
    whole = image.grid
    width, height = min(whole.width, MOST_READ), min(whole.height, MOST_READ)
    part = whole.part(
        (whole.height - height) // 2,
        (whole.width - width) // 2,
        height=height,
        width=width,
    )
    step = max(1, -(-max(width, height) // LONGEST))
    a, b, c, d, e, f = tuple(part.transform)[:6]
    small = Grid(
        whole.crs,
        Affine(a * step, b * step, c, d * step, e * step, f),
        max(1, width // step),
        max(1, height // step),
    )
    values, mask = image.read(bands=bands, out_grid=small)
    clear = mask == 0
    shown = np.stack([_stretched(one, clear) for one in values], axis=-1)
    if shown.shape[-1] == 1:
        shown = np.repeat(shown, 3, axis=-1)
    alpha = np.where(clear, _WHITE, 0).astype(np.uint8)
    pixels = np.dstack([shown, alpha])
    is_part = (width, height) != (whole.width, whole.height)
    return Look(_png(pixels), bands, (width, height), is_part)


def _stretched(
    values: NDArray[np.float32], clear: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Return a band as 0 to 255; 0 where it is not clear."""
    shown = np.zeros(values.shape, dtype=np.uint8)
    if not clear.any():
        return shown
    given = values[clear].astype(np.float64)
    low, high = np.percentile(given, (_DARK, _BRIGHT))
    spread = max(high - low, np.finfo(np.float32).tiny)
    shown[clear] = np.clip((given - low) / spread * _WHITE, 0, _WHITE).round()
    return shown


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """Return (rows, columns, 4) as a PNG; W3C PNG, 8 bits, RGBA, no filter."""
    height, width, _ = pixels.shape
    lines = np.zeros((height, 1 + width * 4), dtype=np.uint8)  # 0: filter "none"
    lines[:, 1:] = pixels.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 9)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + name
        + data
        + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (*parts, (b"IEND", b""))
    )
