"""The texts of a .dbf: their encoding, and what its narrow fields have cut.

Field names have 10 bytes and values the width of their field; writers cut there, also
in the middle of a character. What was cut is told, it cannot be brought back.
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from layers.errors import InputRefusedError
from layers.formats.readings import Choice, choose
from layers.formats.text import known_encoding, normal_name

if TYPE_CHECKING:
    from pathlib import Path

    from layers.formats.raw import Found

BYTES = "ISO-8859-1"
"""Hands every byte through as one character, so that the true encoding is applied here:
GDAL's own decoding stops at a name that is cut in the middle of a character."""
NAME_BYTES = 10
DESCRIPTOR = 32
LANGUAGES = {0x4D: "GB18030", 0x7A: "GB18030", 0x4F: "cp950", 0x78: "cp950"}
"""Language ids of a .dbf that say Chinese; 0x57 is any code page of Windows."""
SLACK = 2
"""A writer that cuts between characters leaves up to two bytes of a field empty."""
LONG = 32
"""No code is as long: a field of this width that is full of ASCII may have been cut."""
PADDING = b" \t\r\n\0"


@dataclass(frozen=True, slots=True)
class Texts:
    """The bytes of names and values.

    Attributes
    ----------
    pieces
        Field names, then text values, without their padding; empty ones left out.
    full
        Whether each piece fills its room, so that it may have been cut.
    stated, word
        The encoding that .cpg or language id state, and the word of the .cpg.
    widths
        Bytes of each text field, by its position; no others.
    """

    pieces: tuple[bytes, ...]
    full: tuple[bool, ...]
    stated: str | None
    word: str | None
    widths: dict[int, int]


def texts_of(dbf: Path, cpg: Path | None) -> Texts:
    """Return every text of a .dbf, deleted records too, and its stated encoding."""
    data = dbf.read_bytes()
    count, start, width = struct.unpack_from("<IHH", data, 4)
    pieces: list[bytes] = []
    full: list[bool] = []
    spans: dict[int, tuple[int, int]] = {}
    at = 1
    for number, offset in enumerate(range(DESCRIPTOR, start - 1, DESCRIPTOR)):
        one = data[offset : offset + DESCRIPTOR]
        if len(one) < DESCRIPTOR or one[:1] == b"\r":
            break
        name = one[:11].split(b"\0")[0]
        pieces.append(name)
        full.append(len(name) >= NAME_BYTES)
        if one[11:12] in (b"C", b"M"):
            spans[number] = (at, at + one[16])
        at += one[16]
    for first in range(start, start + count * width, width or 1):
        for low, high in spans.values():
            cell = data[first + low : first + high]
            pieces.append(cell.strip(PADDING))
            full.append(len(cell.rstrip(PADDING)) == high - low)
    word = cpg.read_bytes().decode("ascii", "ignore").strip("\0 \r\n\t") if cpg else ""
    language = LANGUAGES.get(data[29]) if len(data) > DESCRIPTOR else None
    return Texts(
        tuple(pieces),
        tuple(full),
        known_encoding(word) if word else language,
        word or None,
        {number: high - low for number, (low, high) in spans.items()},
    )


def decide_encoding(texts: Texts, *, given: str | None, source: Path) -> Choice:
    """Decide the text encoding of a .dbf from its bytes.

    What the user gives must fit; else .cpg or language id and the bytes decide, see
    `readings.choose`. Plain ASCII needs no decision.

    Raises
    ------
    InputRefusedError
        The bytes do not fit what the user gave, or neither UTF-8 nor GB18030.
    """
    read = partial(_read, texts)
    if given is not None:
        if read(b"", given) is None:
            raise InputRefusedError(
                source=source,
                expected=f"text in {given}",
                got="bytes that are not",
                todo="leave encoding= out, it is then decided from the bytes",
            )
        return Choice(normal_name(given))
    data = b"\n".join(texts.pieces)
    if data.isascii():
        return Choice("UTF-8")
    # without a .cpg the encoding is nobody's default: also UTF-8 is then told
    word = texts.word or "-"
    choice = choose(data, stated=texts.stated, read=read, word=word)
    if choice is None:
        raise InputRefusedError(
            source=source,
            expected="text in UTF-8 or GB18030",
            got=f"bytes that fit neither (.cpg says {texts.word or 'nothing'})",
            todo="pass encoding= if you know it, or export as GeoPackage",
        )
    return choice


def _read(texts: Texts, _data: bytes, encoding: str) -> str | None:
    """Return all texts; what fills its room may end in a piece of a character."""
    try:
        fresh = codecs.getincrementaldecoder(encoding)
        read = [
            fresh("strict").decode(piece, final=not is_full)
            for piece, is_full in zip(texts.pieces, texts.full, strict=True)
        ]
    except (UnicodeError, LookupError):
        return None
    return "\n".join(read)


def decoded(
    table: pd.DataFrame, texts: Texts, encoding: str
) -> tuple[pd.DataFrame, list[Found]]:
    """Return names and texts, read byte for byte, in their true encoding.

    Returns
    -------
    tuple
        The table, and what was cut: ``text_cut`` for values that end in a piece of a
        character, which is left out; ``text_fills_width`` for Chinese values that
        leave no room for a further character; ``field_names_equal`` for names that
        were cut until they were the same (the second is called ``NAME (2)``).
    """
    columns: dict[str, pd.Series] = {}
    listed: dict[str, list[str]] = {
        "text_cut": [],
        "text_fills_width": [],
        "field_names_equal": [],
    }
    for position, raw_name in enumerate(table.columns):
        column = table.iloc[:, position]
        name = f"{_text(raw_name, encoding)}"
        if name in columns:
            listed["field_names_equal"].append(name)
        name = _free(name, columns)
        if pd.api.types.is_string_dtype(column) or column.dtype == object:
            raw = column.tolist()
            cells = [_text(one, encoding) for one in raw]
            width = texts.widths.get(position, 0)
            for before, cell in zip(raw, cells, strict=True):
                state = _state(before, cell, width, encoding)
                if state:
                    listed[state].append(f"{name}: {cell}")
            column = pd.Series(cells, index=table.index, dtype=object)
        columns[name] = column
    found: list[Found] = [
        (code, {"count": len(ones), "example": ones[0][:60]})
        for code, ones in listed.items()
        if ones
    ]
    return pd.DataFrame(columns, index=table.index), found


def _state(raw: object, cell: object, width: int, encoding: str) -> str:
    """Return the code of what the width of a field may have done to a value, or ''."""
    if not isinstance(raw, str) or not isinstance(cell, str) or not raw:
        return ""
    if raw.isascii():
        return "text_fills_width" if len(raw) == width >= LONG else ""
    if len(cell.encode(encoding, "replace")) < len(raw):
        return "text_cut"
    return "text_fills_width" if width and len(raw) >= width - SLACK else ""


def _free(name: str, taken: dict[str, pd.Series]) -> str:
    """Return a name that no column has yet."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def _text(cell: object, encoding: str) -> object:
    """Return a text in its true encoding, without a piece of a character at its end."""
    if not isinstance(cell, str):
        return cell
    return cell.encode(BYTES).decode(encoding, "ignore").strip("\ufeff")
