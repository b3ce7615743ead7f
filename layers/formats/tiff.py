"""The directories of a TIFF, read by ourselves before GDAL may look at the file.

A TIFF can carry metadata that send GDAL to another file (an ``OVERVIEW_FILE`` in the
tag that GDAL writes for itself is followed without a word), and GDAL does not mind
image data that end before their end. Both show in the directories alone, so no pixel
is read here; a sparse image of 400,000 x 400,000 costs as much as its list of blocks.

Source: TIFF 6.0 (1992), and the BigTIFF layout of libtiff.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeXml

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""First bytes: little and big endian, TIFF and BigTIFF."""
TYPES = dict(
    zip(
        (1, 2, 3, 4, 6, 7, 8, 9, 13, 16, 17, 18),
        ("u1", "u1", "u2", "u4", "i1", "u1", "i2", "i4", "u4", "u8", "i8", "u8"),
        strict=True,
    )
)
"""Codes of the whole-number types, as numpy calls them; others are not looked at."""
KIND, WIDTH, HEIGHT, METADATA = 254, 256, 257, 42112
OFFSETS, SIZES = (273, 324), (279, 325)
"""Where blocks begin and how long they are: strips, tiles."""
REDUCED, MASK = 1, 4
MAX_DIRECTORIES = 1_024
MAX_ENTRIES = 4_096
MAX_BLOCKS = 2**25
MAX_METADATA = 2**24
LOOKS_ELSEWHERE = ("overview_file", "mask_file", "x_dataset", "y_dataset")
"""Names of metadata that GDAL takes for the name of a file to open."""


@dataclass(frozen=True, slots=True)
class Image:
    """One directory of a TIFF.

    Attributes
    ----------
    width_px, height_px
        Size of the image.
    blocks, empty_blocks
        Strips or tiles, and how many of them are not stored at all.
    is_reduced, is_mask
        Whether it is an overview, and whether it is a mask.
    """

    width_px: int
    height_px: int
    blocks: int
    empty_blocks: int
    is_reduced: bool
    is_mask: bool


@dataclass(frozen=True, slots=True)
class _Layout:
    """Byte order, and the widths that differ between TIFF and BigTIFF."""

    order: str
    is_big: bool

    @property
    def word(self) -> str:
        """Type of an offset."""
        return f"{self.order}{'Q' if self.is_big else 'I'}"

    @property
    def count(self) -> str:
        """Type of the number of entries."""
        return f"{self.order}{'Q' if self.is_big else 'H'}"

    @property
    def entry(self) -> str:
        """Tag, type, number of values; the values or their place follow."""
        return f"{self.order}HH{'Q8s' if self.is_big else 'I4s'}"


def is_tiff(path: Path) -> bool:
    """Whether a file begins like a TIFF."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) in MAGICS


def images(path: Path) -> tuple[Image, ...]:
    """Return the images of a TIFF, in the order of the file.

    Raises
    ------
    InputRefusedError
        A directory or a block lies outside the file, directories run in a circle,
        there are more of them than anybody writes, or metadata name another file.
    """
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        try:
            return tuple(_images(stream, size, path))
        except (struct.error, KeyError) as error:
            raise _refuse(path, "one that is cut or damaged") from error


def _refuse(path: Path, got: str, todo: str | None = None) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="a whole TIFF",
        got=got,
        todo=todo or "copy it again from its source",
    )


def _images(stream: IO[bytes], size: int, path: Path) -> list[Image]:
    """Follow the chain of directories."""
    head = stream.read(16)
    layout = _Layout("<" if head[:2] == b"II" else ">", head[:4] in MAGICS[2:])
    (at,) = struct.unpack_from(layout.word, head, 8 if layout.is_big else 4)
    seen: set[int] = set()
    found = []
    while at:
        if at in seen or len(seen) == MAX_DIRECTORIES:
            raise _refuse(path, "directories without an end")
        seen.add(at)
        tags, at = _directory(stream, at, layout, path)
        found.append(_image(tags, stream, size, path))
    if not found:
        raise _refuse(path, "one without an image")
    return found


@dataclass(frozen=True, slots=True)
class _Tag:
    """Values of a tag: their type, number, and the bytes or their place."""

    dtype: np.dtype[np.generic]
    count: int
    raw: bytes
    word: str

    def values(self, stream: IO[bytes], most: int, path: Path) -> NDArray[np.generic]:
        """Return the values; refuse more than `most`."""
        if self.count > most:
            raise _refuse(path, f"a tag of {self.count} values")
        length = self.count * self.dtype.itemsize
        data = self.raw[:length]
        if length > len(self.raw):
            stream.seek(struct.unpack(self.word, self.raw)[0])
            data = stream.read(length)
        if len(data) < length:
            raise _refuse(path, "one that is cut or damaged")
        return np.frombuffer(data, dtype=self.dtype)


def _directory(
    stream: IO[bytes], at: int, layout: _Layout, path: Path
) -> tuple[dict[int, _Tag], int]:
    """Return the tags of one directory, and where the next one lies."""
    stream.seek(at)
    width = struct.calcsize(layout.count)
    (entries,) = struct.unpack(layout.count, stream.read(width))
    if entries > MAX_ENTRIES:
        raise _refuse(path, f"a directory of {entries} entries")
    step = struct.calcsize(layout.entry)
    data = stream.read(entries * step)
    tags = {}
    for number in range(entries):
        key, kind, count, raw = struct.unpack_from(layout.entry, data, number * step)
        if kind in TYPES:
            dtype = np.dtype(f"{layout.order}{TYPES[kind]}")
            tags[key] = _Tag(dtype, count, raw, layout.word)
    (following,) = struct.unpack(layout.word, stream.read(struct.calcsize(layout.word)))
    return tags, following


def _image(tags: dict[int, _Tag], stream: IO[bytes], size: int, path: Path) -> Image:
    """Sum up a directory; refuse metadata and blocks that lead out of the file."""
    if METADATA in tags:
        text = tags[METADATA].values(stream, MAX_METADATA, path).tobytes()
        _need_own_data(text.split(b"\0")[0], path)
    kind = _one(tags, KIND, stream, path) if KIND in tags else 0
    blocks, empty = _blocks(tags, stream, size, path)
    return Image(
        width_px=_one(tags, WIDTH, stream, path),
        height_px=_one(tags, HEIGHT, stream, path),
        blocks=blocks,
        empty_blocks=empty,
        is_reduced=bool(kind & REDUCED),
        is_mask=bool(kind & MASK),
    )


def _one(tags: dict[int, _Tag], key: int, stream: IO[bytes], path: Path) -> int:
    """Return the one value of a tag."""
    values = tags[key].values(stream, 1, path)
    if len(values) != 1:
        raise _refuse(path, "one that is cut or damaged")
    return int(values[0])


def _blocks(
    tags: dict[int, _Tag], stream: IO[bytes], size: int, path: Path
) -> tuple[int, int]:
    """Return how many blocks there are and how many are not stored."""
    where = next(tags[one] for one in OFFSETS if one in tags) if _has(tags) else None
    lengths = next((tags[one] for one in SIZES if one in tags), None)
    if where is None or lengths is None:
        raise _refuse(path, "one that does not say where its image data lie")
    begin = where.values(stream, MAX_BLOCKS, path).astype("f8")
    length = lengths.values(stream, MAX_BLOCKS, path).astype("f8")
    if len(begin) != len(length):
        raise _refuse(path, "one that is cut or damaged")
    # Doubles hold every offset below 2**53 bytes, and never overflow above it.
    beyond = int((begin + length > size).sum())
    if beyond:
        raise _refuse(path, f"{beyond} of {len(begin)} blocks that lie behind its end")
    return len(begin), int((length == 0).sum())


def _has(tags: dict[int, _Tag]) -> bool:
    return any(one in tags for one in OFFSETS)


def _need_own_data(text: bytes, path: Path) -> None:
    """Refuse metadata that name a file, however the name is spelt in XML."""
    if not text.strip():
        return
    try:
        items = SafeXml.fromstring(text, forbid_dtd=True).iter()
        names = {str(one.get("name", "")).casefold() for one in items}
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise _refuse(path, "metadata that cannot be parsed (tag 42112)") from error
    found = sorted(names & set(LOOKS_ELSEWHERE))
    if found:
        raise _refuse(
            path,
            f"metadata that name another file ({found[0].upper()})",
            "export it again with everything in one file",
        )
