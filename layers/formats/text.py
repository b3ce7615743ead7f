"""Text encodings: decided from bytes, strictly."""

from __future__ import annotations

import codecs
import re

from layers.errors import InputRefusedError

BOMS = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)

UTF8_WORD = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}")
"""A Chinese character in UTF-8; read as GBK it is one and a half."""


def contradicted(data: bytes, stated: str) -> bool:
    """Whether bytes are Chinese UTF-8 although something else is stated.

    Such bytes often fit GB18030, and always a Western code page, as other words.
    """
    return (
        stated != "UTF-8"
        and UTF8_WORD.search(data) is not None
        and decodes(data, "UTF-8")
    )


def decodes(data: bytes, encoding: str) -> bool:
    """Whether `data` is text in `encoding`, without a single exception."""
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def decodes_cut(pieces: list[bytes], encoding: str) -> bool:
    """Whether every piece is text whose last character may be cut in two.

    The fields of a .dbf have a width in bytes; writers cut names and values there.
    """
    if decodes(b"\n".join(pieces), encoding):
        return True
    try:
        fresh = codecs.getincrementaldecoder(encoding)
        for piece in pieces:
            fresh("strict").decode(piece, final=False)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def normal_name(encoding: str) -> str:
    """Return an encoding as GDAL understands it: GB2312 and GBK are in GB18030."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return encoding
    if name in {"gbk", "gb2312", "gb18030"}:
        return "GB18030"
    return "UTF-8" if name in {"utf-8", "utf-8-sig", "ascii"} else encoding


def decode(data: bytes, *, given: str | None, source: str) -> tuple[str, str, str]:
    """Return text, encoding and how it is known: BOM, user, UTF-8, else GB18030."""
    if given is not None:
        if not decodes(data, given):
            raise InputRefusedError(
                source=source,
                expected=f"text in {given}",
                got="bytes that are not",
                todo="leave encoding= out, it is then decided from the bytes",
            )
        return data.decode(given).removeprefix("\ufeff"), given, "given by the user"
    for mark, name in BOMS:
        if data.startswith(mark) and decodes(data, name):
            return data.decode(name).removeprefix("\ufeff"), name, "byte order mark"
    for name in ("UTF-8", "GB18030"):
        if decodes(data, name):
            return data.decode(name), name, "decided from the bytes"
    raise InputRefusedError(
        source=source,
        expected="text in UTF-8 or GB18030",
        got="bytes that fit neither",
        todo="pass encoding= if you know it, or save the file as UTF-8",
    )
