"""Shapefile, also zipped: parts must agree before GDAL may read them.

GDAL fills what is missing with nulls, and takes the shorter of .dbf and .shp, without
a word. So lengths and counts in the headers are compared first, and the text encoding
is decided from the bytes themselves.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import fiona
import pyogrio
from fiona._err import CPLE_BaseError

from layers.errors import InputRefusedError
from layers.formats.arrow import GDAL_ERRORS, split
from layers.formats.dbf import BYTES, decide_encoding, decoded, texts_of
from layers.formats.raw import Found, RawTable, need_all_rows, stem_of
from layers.formats.shprecords import need_whole

if TYPE_CHECKING:
    from pathlib import Path

HEADER = 100
RECORD = 8
DELETED = b"*"
KEPT = b" "
PADDING = b"\0\x1a \r\n"
"""What writers leave behind the last record."""
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


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
    texts = texts_of(parts[".dbf"], parts.get(".cpg"))
    text = decide_encoding(texts, given=encoding, source=shown)
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
    attributes, told = decoded(raw, texts, text.encoding)
    need_all_rows(read=len(attributes), counted=records - deleted, source=shown)
    found: list[Found] = [*text.found, *told]
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
        encoding=text.encoding,
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
