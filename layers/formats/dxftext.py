"""The text of a DXF: its encoding decided from bytes, its entities counted.

Drawings of version 2007 and later are UTF-8 and older ones in the code page that the
header names; writers get both wrong, and the result is mojibake without a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from layers.formats.readings import choose
from layers.formats.text import decodes, known_encoding, normal_name, strict

if TYPE_CHECKING:
    from pathlib import Path

    from layers.formats.raw import Found

MAX_BYTES = 256 * 1024**2
BINARY = b"AutoCAD Binary DXF"
VERSION = re.compile(rb"\$ACADVER\s+1\s+(AC\d+)")
CODEPAGE = re.compile(rb"\$DWGCODEPAGE\s+3\s+(\S+)")
ESCAPE = re.compile(r"\\U\+([0-9A-Fa-f]{4})|\\M\+([1-5])([0-9A-Fa-f]{4})")
ESCAPES = re.compile(rf"(?:{ESCAPE.pattern.replace('([', '(?:[')})+")
MIF_PAGES = {"1": "cp932", "2": "cp950", "3": "cp949", "4": "johab", "5": "gb18030"}
UNICODE_SINCE = b"AC1021"
HEADER_BYTES = 65_536
ONE_OF_EACH = {
    *("LWPOLYLINE", "POLYLINE", "VERTEX", "LINE", "POINT", "INSERT"),
    *("CIRCLE", "ARC", "ELLIPSE", "SPLINE"),
}
OWN = {"AcDbEntity", "AcDbPolyline"}
"""All parts of a light polyline."""
PARTS = {"VERTEX", "SEQEND", "ATTRIB"}
"""They belong to the entity before them."""


@dataclass(frozen=True, slots=True)
class DxfText:
    """A drawing's text.

    Attributes
    ----------
    text
        Its characters; None for a binary DXF.
    encoding
        In which it was written; None for a binary DXF.
    entities
        Entities in the section ENTITIES, counted here; None for a binary DXF.
    found
        What is to be recorded about the encoding.
    """

    text: str | None
    encoding: str | None
    entities: int | None
    found: tuple[Found, ...] = ()


def load(path: Path, *, encoding: str | None) -> DxfText:
    """Return the text of a drawing.

    Raises
    ------
    InputRefusedError
        More than 256 MiB, no EOF at its end, or text in no encoding that fits.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        got = f"{size} bytes"
        raise _refuse(path, f"a drawing of at most {MAX_BYTES} bytes", got)
    data = path.read_bytes()
    if data.rstrip(b"\0\r\n\t \x1a")[-3:] != b"EOF":
        raise _refuse(path, "EOF at the end of the drawing", "a drawing that is cut")
    if data.startswith(BINARY):
        return DxfText(None, None, None)
    name, found = _encoding(data, encoding, path)
    text = data.decode(name).removeprefix("\ufeff")
    text = unescaped(text.replace("\r\n", "\n").replace("\r", "\n"))
    _need_vertices(text, path)
    _need_single(text, path)
    _need_sections(text, path)
    return DxfText(text, normal_name(name), count_entities(text), found)


def _refuse(path: Path, expected: str, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected=expected,
        got=got,
        todo="save it from CAD as DXF again, version 2010 or later",
    )


def _encoding(
    data: bytes, given: str | None, path: Path
) -> tuple[str, tuple[Found, ...]]:
    """Return the encoding, and what is to be recorded about it."""
    if given is not None:
        if not decodes(data, given):
            raise _refuse(path, f"text in {given}", "bytes that are not")
        return given, ()
    if data.isascii():
        return "UTF-8", ()
    word = _stated(data)
    stated = known_encoding(word)
    choice = choose(data, stated=stated, read=strict, word=word or "-")
    if choice is None:
        expected = f"text in UTF-8, GB18030 or {word or 'a code page'}"
        raise _refuse(path, expected, "bytes that fit none of them")
    return choice.encoding, choice.found


def _stated(data: bytes) -> str | None:
    """Return the encoding that version and code page in the header state."""
    head = data[:HEADER_BYTES]
    version, page = VERSION.search(head), CODEPAGE.search(head)
    if version and version.group(1) >= UNICODE_SINCE:
        return "UTF-8"
    if page is None:
        return None
    return page.group(1).decode("ascii", "replace")


def unescaped(text: str) -> str:
    r"""Return a text whose ``\\U+XXXX`` and ``\\M+cXXXX`` have become characters.

    Control characters (they could end a line) and codes that are no character stay as
    they are.

    Examples
    --------
    >>> unescaped(r"\U+7EA2\U+7EBF \M+5BAEC \U+D840\U+DC00 \U+000A")
    '红线 红 𠀀 \\U+000A'
    """
    if "\\U+" not in text and "\\M+" not in text:
        return text
    return ESCAPES.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    """Return the characters of a run of escapes."""
    made = []
    for unit, page, code in ESCAPE.findall(found[0]):
        if unit:
            made.append(chr(int(unit, 16)))
        else:
            char = strict(bytes.fromhex(code), MIF_PAGES[page])
            made.append(char or f"\\M+{page}{code}")
    text = "".join(made).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text if text.isprintable() and "\ufffd" not in text else found[0]


def _need_vertices(text: str, path: Path) -> None:
    """Refuse a light polyline with another number of vertices than it says.

    A cut that reaches from one polyline into the next leaves a single one, and no
    count of entities misses the other.
    """
    lines = text.split("\n")
    name, said, there, other = "", "", 0, 0
    for code, value in zip(lines[0::2], lines[1::2], strict=False):
        group = code.strip()
        if group == "0":
            whole = not said or (said == str(there) and there == other)
            if name == "LWPOLYLINE" and not whole:
                got = f"one of {there} x and {other} y: a damaged drawing"
                raise _refuse(path, f"a LWPOLYLINE of {said} vertices", got)
            name, said, there, other = value.strip(), "", 0, 0
        elif group == "90":
            said = value.strip()
        elif group == "10":
            there += 1
        elif group == "20":
            other += 1


def _need_single(text: str, path: Path) -> None:
    """Refuse an entity in which a subclass begins twice.

    A cut that reaches from the head of one entity into the head of the next leaves
    one, with the vertices of the second; nothing but the repeated mark tells.
    """
    lines = text.split("\n")
    name, seen = "", set[str]()
    for code, value in zip(lines[0::2], lines[1::2], strict=False):
        group = code.strip()
        if group == "0":
            name, seen = value.strip(), set()
        elif group == "100" and name in ONE_OF_EACH:
            mark = value.strip()
            if not mark.startswith("AcDb") or (
                name == "LWPOLYLINE" and mark not in OWN
            ):
                # What stands behind a mark that nobody knows is read by nobody.
                raise _refuse(path, f"the parts of a {name}", f"a part {mark!r}")
            if mark in seen:
                raise _refuse(path, f"one {mark} in a {name}", "two: a damaged drawing")
            seen.add(mark)


def _need_sections(text: str, path: Path) -> None:
    """Refuse a drawing in which a section stands twice."""
    lines = text.split("\n")
    seen, opened = set[str](), False
    for code, value in zip(lines[0::2], lines[1::2], strict=False):
        name = value.strip()
        if opened and name in seen:
            raise _refuse(path, f"one section {name}", "two: a damaged drawing")
        if opened:
            seen.add(name)
        opened = code.strip() == "0" and name == "SECTION"


def count_entities(text: str) -> int:
    """Return the number of entities in the section ENTITIES, from the tags alone."""
    lines = text.split("\n")
    codes, values = lines[0::2], lines[1::2]
    inside, count, opened = False, 0, False
    for code, value in zip(codes, values, strict=False):
        if opened:
            inside, opened = value.strip() == "ENTITIES", False
        elif code.strip() == "0":
            name = value.strip()
            opened = name == "SECTION"
            if name == "ENDSEC":
                inside = False
            elif inside and name not in PARTS:
                count += 1
    return count
