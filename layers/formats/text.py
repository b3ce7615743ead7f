"""Text encodings: decided from bytes, strictly."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from layers.formats.readings import choose

if TYPE_CHECKING:
    from layers.formats.raw import Found

BOMS = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
NUMBERED = re.compile(r"(?:ANSI|OEM|DOS|CP|MS|WINDOWS|IBM|CODE ?PAGE)?[\s_-]*(\d{3,5})")
NUMBERS = {"936": "GB18030", "54936": "GB18030", "65001": "UTF-8"}
PLAUSIBLE = re.compile(
    r"utf-8|gb|big5|cp\d+|iso8859|koi8|mac|shift_jis|euc|johab|hz|tis-620|ptcp|kz"
)
"""Names of codecs that are character sets; Python also has punycode and escapes."""
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
HEAD_BYTES = 65_536
ENDS = re.compile(r"[\r\n]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was in, and what is to be recorded about the choice."""

    text: str
    encoding: str
    found: tuple[Found, ...] = ()


def known_encoding(word: str | None) -> str | None:
    """Return the encoding that a file names, or None where it is no character set.

    Examples
    --------
    >>> [known_encoding(one) for one in ("936", "ANSI 936", "OEM", "utf8", "1252")]
    ['GB18030', 'GB18030', None, 'UTF-8', 'cp1252']
    """
    plain = (word or "").strip().strip("\0").upper()
    numbered = NUMBERED.fullmatch(plain)
    if numbered:
        plain = NUMBERS.get(numbered[1], f"CP{numbered[1]}")
    if not plain or plain in {"ANSI", "OEM", "MBCS", "DBCS"}:
        return None
    try:
        name = codecs.lookup(plain).name
    except (LookupError, ValueError):
        return None
    if name == "ascii":
        return "UTF-8"
    if not PLAUSIBLE.match(name):
        return None
    common = normal_name(name)
    return common if common in {"UTF-8", "GB18030"} else name


def decodes(data: bytes, encoding: str) -> bool:
    """Whether `data` is text in `encoding`, without a single exception."""
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def strict(data: bytes, encoding: str) -> str | None:
    """Return the text of bytes, or None where one of them does not fit."""
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def normal_name(encoding: str) -> str:
    """Return an encoding as GDAL understands it: GB2312 and GBK are in GB18030."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return encoding
    if name in {"gbk", "gb2312", "gb18030"}:
        return "GB18030"
    return "UTF-8" if name in {"utf-8", "utf-8-sig", "ascii"} else encoding


def decoded(
    data: bytes,
    *,
    given: str | None,
    source: str,
    stated: str | None = None,
    word: str | None = None,
) -> Decoded:
    """Return the text of a file.

    Parameters
    ----------
    data
        All its bytes.
    given
        The user's word: it counts if the bytes fit.
    source
        For messages.
    stated
        What the file says, as `known_encoding` names it.
    word
        As for `readings.choose`.

    Returns
    -------
    Decoded
        Without byte order mark. The user's word counts, then a byte order mark, then
        what `readings.choose` makes of the bytes; UTF-16 without a mark is known by
        the zeros in its ASCII.

    Raises
    ------
    InputRefusedError
        The bytes do not fit what the user gave, or no encoding at all.
    """
    if given is not None:
        return Decoded(_given(data, given, source).removeprefix("\ufeff"), given)
    marked = [name for mark, name in BOMS if data.startswith(mark)]
    if marked and decodes(data, marked[0]):
        return Decoded(data.decode(marked[0]).removeprefix("\ufeff"), marked[0])
    if marked == ["UTF-8"]:  # a mark that lies
        data, stated = data.removeprefix(codecs.BOM_UTF8), "UTF-8"
    wide = wide_of(data)
    if wide is not None and decodes(data, wide):
        facts = {"stated": stated or "-", "used": wide}
        return Decoded(data.decode(wide), wide, (("encoding_decided", facts),))
    if data.isascii():
        return Decoded(data.decode("ascii"), "UTF-8")
    choice = choose(data, stated=stated, read=strict, word=word)
    if choice is None:
        raise InputRefusedError(
            source=source,
            expected="text in UTF-8 or GB18030",
            got="bytes that fit neither",
            todo="pass encoding= if you know it, or save the file as UTF-8",
        )
    return Decoded(data.decode(choice.encoding), choice.encoding, choice.found)


def _given(data: bytes, encoding: str, source: str) -> str:
    """Return the text in the encoding that the user named."""
    text = strict(data, encoding)
    if text is None:
        raise InputRefusedError(
            source=source,
            expected=f"text in {encoding}",
            got="bytes that are not",
            todo="leave encoding= out, it is then decided from the bytes",
        )
    return text


def plain_text(data: bytes, *, source: str) -> str:
    """Return the text of a small file that the user wrote for this toolkit.

    Raises
    ------
    InputRefusedError
        As for `decoded`, and where two encodings are equally likely: there is no
        layer whose issues could tell it.
    """
    read = decoded(data, given=None, source=source)
    for code, facts in read.found:
        if code == "encoding_doubtful":
            raise InputRefusedError(
                source=source,
                expected="text whose encoding is certain",
                got=f"“{facts['text']}” in {facts['used']}, which is "
                f"“{facts['other_text']}” in {facts['other']}",
                todo="save it as UTF-8 with a byte order mark",
            )
    return read.text


def wide_of(data: bytes) -> str | None:
    """Return the UTF-16 that bytes without a mark can only be, or None.

    Files that are read here have line ends, digits or commas: in UTF-16 these bring
    zeros, which no other text holds. The wrong order of bytes leaves no line end.
    """
    if b"\0" not in data[:HEAD_BYTES]:
        return None
    even = data[: len(data) // 2 * 2]
    fits = []
    for name in ("UTF-16-LE", "UTF-16-BE"):
        text = even.decode(name, "replace")
        odd = CONTROLS.search(text) or "\ufffd" in text[:-1]
        if not odd and ENDS.search(text):
            fits.append(name)
    return fits[0] if len(fits) == 1 else None
