"""Shapefile, also zipped: parts must agree before GDAL may read them.

GDAL fills what is missing with nulls, and takes the shorter of .dbf and .shp, without
a word. So lengths and counts in the headers are compared first, and the text encoding
is decided from the bytes themselves.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import fiona
import pandas as pd
import pyogrio
from fiona._err import CPLE_BaseError

from layers.errors import InputRefusedError
from layers.formats.arrow import GDAL_ERRORS, split
from layers.formats.raw import Found, RawTable, need_all_rows, stem_of
from layers.formats.shprecords import need_whole
from layers.formats.text import decodes_cut, normal_name

if TYPE_CHECKING:
    from pathlib import Path

HEADER = 100
RECORD = 8
DELETED = b"*"
KEPT = b" "
PADDING = b"\0\x1a \r\n"
"""What writers leave behind the last record."""
BYTES = "ISO-8859-1"
"""Hands every byte through as one character, so that the true encoding is applied here:
GDAL's own decoding stops at a name that is cut in the middle of a character."""
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True, slots=True)
class Encoding:
    """Text encoding of a .dbf, and what is to be recorded about the choice."""

    name: str
    found: tuple[Found, ...] = ()


def parts_of(path: Path) -> dict[str, Path]:
    """Return the files that make a Shapefile, by extension in lower case."""
    stem = path.stem.casefold()
    return {
        one.suffix.lower(): one
        for one in sorted(path.parent.iterdir())
        if one.suffix.lower() in PARTS and one.stem.casefold() == stem
    }


def read(path: Path, *, encoding: str | None, source: Path | None = None) -> RawTable:
    """Read a Shapefile.

    Parameters
    ----------
    path
        The .shp.
    encoding
        Text encoding, when the user knows it.
    source
        What messages call it (the zip that it came from).

    Raises
    ------
    InputRefusedError
        A part is missing or cut, the parts disagree about the number of records, or
        the text fits neither UTF-8 nor GB18030.
    """
    shown = source or path
    parts = parts_of(path)
    records, deleted, beyond = _records(parts, shown)
    text = decide_encoding(parts, given=encoding, source=shown)
    try:
        with fiona.open(path, driver="ESRI Shapefile", encoding=BYTES) as gate:
            crs = gate.crs_wkt or None
        _, table = pyogrio.read_arrow(path, encoding=BYTES)
    except (*GDAL_ERRORS, CPLE_BaseError) as error:
        raise InputRefusedError(
            source=shown,
            expected="a readable Shapefile with a readable .prj",
            got=str(error),
            todo="export it again, or pass encoding=",
        ) from error
    raw, geometry, unreadable = split(table)
    attributes = _decoded(raw, text.name)
    need_all_rows(read=len(attributes), counted=records - deleted, source=shown)
    found = list(text.found)
    if deleted:
        found.append(("deleted_records", {"count": deleted}))
    if beyond:
        facts = {"counted": records + beyond, "read": records}
        found.append(("rows_unaccounted", facts))
    return RawTable(
        attributes=attributes,
        geometry=geometry,
        unreadable=unreadable,
        crs=crs,
        crs_evidence=".prj",
        format="ESRI Shapefile",
        source_layer=stem_of(path),
        encoding=text.name,
        rows_in_file=records - deleted,
        found=tuple(found),
    )


def _records(parts: dict[str, Path], source: Path) -> tuple[int, int, int]:
    """Return records, how many are deleted, and how many more the .dbf has room for.

    The number is the one that all parts tell. Room for more beyond it is what a
    writer left over, or a piece that stands twice.
    """
    for needed in (".shp", ".shx", ".dbf"):
        if needed not in parts:
            raise InputRefusedError(
                source=source,
                expected="a Shapefile of .shp, .shx and .dbf",
                got=f"no {needed}",
                todo="copy all its parts together",
            )
    _need_length(parts[".shp"], _declared_bytes(parts[".shp"]), source)
    shx = _declared_bytes(parts[".shx"])
    _need_length(parts[".shx"], shx, source)
    header = parts[".dbf"].read_bytes()
    count, start, width = struct.unpack_from("<IHH", header.ljust(12, b"\0"), 4)
    _need_length(parts[".dbf"], start + count * width, source)
    if (shx - HEADER) // RECORD != count:
        raise InputRefusedError(
            source=source,
            expected="as many records in .dbf as in .shx",
            got=f"{count} in .dbf, {(shx - HEADER) // RECORD} in .shx",
            todo="copy all its parts again from one export",
        )
    end = start + count * width
    flags = header[start:end:width] if width else b""
    if not set(flags) <= set(DELETED + KEPT):
        raise InputRefusedError(
            source=source,
            expected="records in .dbf that begin with a blank or *",
            got="others: they are shifted, a piece is missing or stands twice",
            todo="copy it again from its source",
        )
    need_whole(parts[".shp"], parts[".shx"], count=count, source=source)
    rest = header[end:].strip(PADDING)
    return count, flags.count(DELETED), -(-len(rest) // width) if width else 0


def _declared_bytes(path: Path) -> int:
    """Return the length that the header of a .shp or .shx states."""
    with path.open("rb") as stream:
        head = stream.read(28)
    words: int = struct.unpack_from(">i", head.ljust(28, b"\0"), 24)[0]
    return words * 2


def _need_length(path: Path, declared: int, source: Path) -> None:
    """Refuse a part that is shorter than its header says."""
    actual = path.stat().st_size
    if actual < declared or declared <= 0:
        raise InputRefusedError(
            source=source,
            expected=f"{declared} bytes in {path.suffix}, as its header says",
            got=f"{actual}: the file is cut or damaged",
            todo="copy it again from its source",
        )


def decide_encoding(
    parts: dict[str, Path], *, given: str | None, source: Path
) -> Encoding:
    """Decide the text encoding of a .dbf from its bytes.

    What the user gives, or else the .cpg states, must fit the bytes. Without a
    statement that fits it is UTF-8 when the bytes are strict UTF-8, else GB18030;
    plain ASCII needs no decision.
    """
    text = _text_bytes(parts[".dbf"])
    if given is not None:
        if not decodes_cut(text, given):
            raise InputRefusedError(
                source=source,
                expected=f"text in {given}",
                got="bytes that are not",
                todo="leave encoding= out, it is then decided from the bytes",
            )
        return Encoding(normal_name(given))
    if decodes_cut(text, "ascii"):
        return Encoding("UTF-8")
    stated = _cpg(parts.get(".cpg"))
    if stated and decodes_cut(text, stated):
        return Encoding(normal_name(stated))
    for name in ("UTF-8", "GB18030"):
        if decodes_cut(text, name):
            facts = {"stated": stated or "-", "used": name}
            return Encoding(name, (("encoding_decided", facts),))
    raise InputRefusedError(
        source=source,
        expected="text in UTF-8 or GB18030",
        got=f"bytes that fit neither (.cpg says {stated or 'nothing'})",
        todo="pass encoding= if you know it, or export as GeoPackage",
    )


def _cpg(path: Path | None) -> str | None:
    """Return the encoding that a .cpg names, or None."""
    if path is None:
        return None
    words = path.read_bytes().decode("ascii", "ignore").strip("\0\r\n\t ")
    if not words.isprintable():
        return None  # damage; Python stops at a name with NUL
    numbers = {"936": "GBK", "65001": "UTF-8", "54936": "GB18030"}
    return numbers.get(words, words) or None


def _text_bytes(path: Path) -> list[bytes]:
    """Return field names and text values of a .dbf."""
    data = path.read_bytes()
    count, start, width = struct.unpack_from("<IHH", data, 4)
    pieces, at, spans = [], 1, []
    for offset in range(32, start - 1, 32):
        one = data[offset : offset + 32]
        if len(one) < 32 or one[:1] == b"\r":  # noqa: PLR2004 - size of a descriptor
            break
        pieces.append(one[:11].split(b"\0")[0])
        if one[11:12] in (b"C", b"M"):
            spans.append((at, at + one[16]))
        at += one[16]
    for first in range(start, start + count * width, width or 1):
        pieces += [data[first + low : first + high].strip() for low, high in spans]
    return pieces


def _decoded(table: pd.DataFrame, encoding: str) -> pd.DataFrame:
    """Return names and texts, read byte for byte, in their true encoding.

    A character that the width of the field has cut in two is left out.
    """

    def true_text(cell: object) -> object:
        if not isinstance(cell, str):
            return cell
        return cell.encode(BYTES).decode(encoding, "ignore").strip("\ufeff")

    columns = {}
    for position, name in enumerate(table.columns):
        column = table.iloc[:, position]
        if pd.api.types.is_string_dtype(column) or column.dtype == object:
            cells = [true_text(one) for one in column.tolist()]
            column = pd.Series(cells, index=table.index, dtype=object)
        columns[f"{true_text(name)}"] = column
    return pd.DataFrame(columns, index=table.index)
