"""XML that nobody vouches for: decoded, walked element by element, never resolved.

A document type declaration is refused whole: entities can read files and addresses
(XXE) or grow without end, and no format read here needs one.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from layers.errors import InputRefusedError
from layers.formats.sniff import refuse_doctype
from layers.formats.text import decoded, known_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from layers.formats.raw import Found

MAX_BYTES = 512 * 1024**2
MAX_DEPTH = 100
DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
ENCODING = re.compile(r"""\bencoding\s*=\s*["']([\w.:-]+)["']""")


@dataclass(frozen=True, slots=True)
class XmlText:
    """An XML document as UTF-8, without its declaration.

    Attributes
    ----------
    data
        The bytes, UTF-8.
    encoding
        In which the file was written.
    found
        What is to be recorded about the choice.
    """

    data: bytes
    encoding: str
    found: tuple[Found, ...] = ()


def load(path: Path, *, encoding: str | None = None) -> XmlText:
    """Return the document in UTF-8, whatever it was written in.

    The user's word, the byte order mark and the declaration count, in this order, if
    the bytes fit and do not clearly say otherwise; see `readings.choose`.

    Raises
    ------
    InputRefusedError
        More than 512 MiB, or text in no encoding that fits.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InputRefusedError(
            source=path,
            expected=f"XML of at most {MAX_BYTES} bytes",
            got=f"{size} bytes",
            todo="export it as GeoPackage",
        )
    data = path.read_bytes()
    head = DECLARATION.match(data[:1024].decode("ascii", "replace"))
    word = ENCODING.search(head.group()) if head else None
    said = word.group(1) if word else "UTF-8"
    read = decoded(
        data,
        given=encoding,
        source=str(path),
        stated=known_encoding(said),
        word=said,
    )
    body = DECLARATION.sub("", read.text).encode()
    return XmlText(body, read.encoding, read.found)


def walk(data: bytes, path: Path) -> Iterator[tuple[str, Element]]:
    """Yield ("start" or "end", element) through a whole document.

    Raises
    ------
    InputRefusedError
        It is cut or not well-formed, nested too deep, or declares a document type.
    """
    depth = 0
    try:
        events = iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True)
        for event, element in events:
            depth += 1 if event == "start" else -1
            if depth > MAX_DEPTH:
                raise _broken(path, f"elements more than {MAX_DEPTH} deep")
            yield event, element
    except DefusedXmlException as error:
        raise refuse_doctype(path) from error
    except ParseError as error:
        raise _broken(path, f"XML that is cut or damaged ({error})") from error


def tag(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _broken(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="well-formed XML",
        got=got,
        todo="export it again",
    )
