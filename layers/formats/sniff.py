"""What a file is, by its content; disguises are refused before anybody opens it.

GDAL picks its driver by content: a file named ``.geojson`` may be a virtual dataset
that reads any file or address. So the first 64 KiB decide, the name must agree, and
the reader is then told the one driver it may use.
"""

from __future__ import annotations

import re
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from layers.errors import InputRefusedError, SourceNotFoundError
from layers.formats.text import wide_of
from layers.formats.tiff import MAGICS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Format = Literal[
    "GeoPackage",
    "ESRI Shapefile",
    "File Geodatabase",
    "GeoJSON",
    "GeoParquet",
    "FlatGeobuf",
    "KML",
    "KMZ",
    "GML",
    "DXF",
    "boundary points",
    "Excel workbook",
    "Excel 97 workbook",
    "CSV",
    "GeoTIFF",
    "zip",
]

HEAD_BYTES = 65_536
EXTENSIONS: Mapping[Format, tuple[str, ...]] = {
    "GeoPackage": (".gpkg",),
    "ESRI Shapefile": (".shp",),
    "File Geodatabase": (".gdb",),
    "GeoJSON": (".geojson", ".json"),
    "GeoParquet": (".parquet", ".geoparquet", ".pq"),
    "FlatGeobuf": (".fgb",),
    "KML": (".kml",),
    "KMZ": (".kmz",),
    "GML": (".gml", ".xml"),
    "DXF": (".dxf",),
    "boundary points": (".txt",),
    "Excel workbook": (".xlsx", ".xlsm"),
    "Excel 97 workbook": (".xls",),
    "CSV": (".csv", ".tsv", ".txt"),
    "GeoTIFF": (".tif", ".tiff"),
    "zip": (".zip",),
}
DISGUISES = (
    b"<OGRVRTDataSource",
    b"<VRTDataset",
    b"gdal_streamed_alg",
    b"<GDAL_WMS",
    b"<OGRWFSDataSource",
    b"<WMS_",
    b"<Capabilities",
)
UTF16 = (b"\xff\xfe", b"\xfe\xff")
SIGNATURES: tuple[tuple[bytes, Format, str], ...] = (
    (b"SQLite format 3\0", "GeoPackage", "SQLite with a gpkg_contents table"),
    ((9994).to_bytes(4, "big"), "ESRI Shapefile", "file code 9994"),
    (b"PK\x03\x04", "zip", "PK signature"),
    (bytes.fromhex("d0cf11e0a1b11ae1"), "Excel 97 workbook", "OLE signature"),
    (b"PAR1", "GeoParquet", "PAR1 signature"),
    (b"fgb\x03fgb", "FlatGeobuf", "fgb signature, version 3"),
    (b"AutoCAD Binary DXF\r\n\x1a\0", "DXF", "binary DXF signature"),
    *((magic, "GeoTIFF", "TIFF signature") for magic in MAGICS),
)
"""First bytes that name a format."""
SECTIONS = tuple(
    name.encode(encoding)
    for name in ("属性描述", "地块坐标")
    for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
)
"""Headings of a boundary-point TXT."""
TEXTS: tuple[tuple[re.Pattern[str], Format, str], ...] = (
    (re.compile(r"\s*\{"), "GeoJSON", "JSON object"),
    (
        re.compile(r"(\s*999[ \t]*\r?\n[^\n]*\n)*\s*0[ \t]*\r?\n\s*SECTION\s"),
        "DXF",
        "a SECTION of group code 0",
    ),
)
"""First characters that name a format."""
ROOTS: Mapping[str, tuple[Format, str]] = {
    "kml": ("KML", "XML with the root kml"),
    "FeatureCollection": ("GML", "XML with the root FeatureCollection"),
}
"""Root elements of XML, without their prefix."""
PROLOG = re.compile(r"\s*(<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
DOCTYPE = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
ELSEWHERE: Mapping[str, str] = {
    ".dbf": "name the .shp of the same name instead",
    ".shx": "name the .shp of the same name instead",
    ".prj": "name the .shp of the same name instead",
    ".cpg": "name the .shp of the same name instead",
    ".dwg": "save it as DXF (SAVEAS, version 2010)",
    ".mdb": "export it as File Geodatabase or GeoPackage",
    ".rar": "unpack it and name the file inside",
    ".7z": "unpack it and name the file inside",
}
GEODATABASE_CATALOGUE = "a00000001.gdbtable"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The format of a file and how it was recognised."""

    format: Format
    why: str


def sniff(path: Path) -> Sniffed:
    """Recognise a file, or the folder of a File Geodatabase.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    InputRefusedError
        It is empty, disguised, of a format that is not read, or its name says
        something else than its content.
    """
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise SourceNotFoundError(path, todo="check the path")
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    _refuse_disguise(path, head)
    found = _by_content(path, head)
    if path.suffix.lower() not in EXTENSIONS[found.format]:
        raise InputRefusedError(
            source=path,
            expected=f"a name ending in {' or '.join(EXTENSIONS[found.format])}",
            got=f"{path.suffix or 'no extension'} on a file whose content is "
            f"{found.format} ({found.why})",
            todo="rename it, after making sure that it is what you think",
        )
    return found


def _folder(path: Path) -> Sniffed:
    """Recognise a File Geodatabase; every other folder is no source."""
    if path.suffix.lower() == ".gdb" and (path / GEODATABASE_CATALOGUE).is_file():
        return Sniffed("File Geodatabase", f"folder with {GEODATABASE_CATALOGUE}")
    raise InputRefusedError(
        source=path,
        expected="a file, or the folder of a File Geodatabase (.gdb)",
        got=f"a folder without {GEODATABASE_CATALOGUE}",
        todo="name one file in it",
    )


def _refuse_disguise(path: Path, head: bytes) -> None:
    """Refuse an empty file and anything that makes GDAL look elsewhere."""
    if not head.strip():
        raise InputRefusedError(
            source=path, expected="data", got="an empty file", todo="export it again"
        )
    folded = _shown(head).lower().encode()
    for mark in DISGUISES:
        if mark.lower() in folded:
            raise InputRefusedError(
                source=path,
                expected="a file that holds its data itself",
                got=f"a description of data elsewhere ({mark.decode()})",
                todo="export the data itself; such files can read any file or address",
            )


def _shown(head: bytes) -> str:
    """Return the first bytes as characters, to look for marks in ASCII."""
    wide = "utf-16" if head.startswith(UTF16) else wide_of(head)
    if wide is not None:
        return head.decode(wide, "ignore")
    return head.removeprefix(b"\xef\xbb\xbf").decode("ascii", "replace")


def _by_content(path: Path, head: bytes) -> Sniffed:
    """Return the format that the first bytes show."""
    for magic, name, why in SIGNATURES:
        if head.startswith(magic):
            return _signed(path, name, why)
    text = _shown(head)
    if text.lstrip().startswith("<"):
        return _xml(path, text)
    if b"\0" in head and not head.startswith(UTF16) and wide_of(head) is None:
        raise _unknown(path, f"bytes {head[:8]!r}")
    return _plain_text(path, head, text)


def _plain_text(path: Path, head: bytes, text: str) -> Sniffed:
    """Return the format of a text: by how it starts, by its sections, by its name."""
    for pattern, name, why in TEXTS:
        if pattern.match(text) and b"\0" not in head:
            return Sniffed(name, why)
    if path.suffix.lower() == ".txt" and any(mark in head for mark in SECTIONS):
        return Sniffed("boundary points", "text with a section of parcels")
    if path.suffix.lower() in EXTENSIONS["CSV"]:
        return Sniffed("CSV", "text")
    raise _unknown(path, "plain text")


def _signed(path: Path, name: Format, why: str) -> Sniffed:
    """Return a format known by its signature, looked at more closely."""
    if name == "GeoPackage":
        _need_geopackage(path)
    if name == "zip" and path.suffix.lower() == ".kmz":
        return Sniffed("KMZ", f"{why}, .kmz")
    if name == "zip" and _holds_workbook(path):
        return Sniffed("Excel workbook", f"{why}, xl/workbook.xml inside")
    return Sniffed(name, why)


def _holds_workbook(path: Path) -> bool:
    """Whether a zip is an Excel workbook; a damaged zip is left to its reader."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return path.suffix.lower() in EXTENSIONS["Excel workbook"]


def _xml(path: Path, text: str) -> Sniffed:
    """Return the format that the root element shows; refuse a DOCTYPE."""
    if DOCTYPE.search(text):
        raise refuse_doctype(path)
    start = PROLOG.match(text)
    root = ROOT.match(text, start.end() if start else 0)
    name = root.group(1) if root else "?"
    if name not in ROOTS:
        raise _unknown(path, f"XML with the root {name}")
    found, why = ROOTS[name]
    return Sniffed(found, why)


def refuse_doctype(path: Path) -> InputRefusedError:
    """Return the error for XML that declares entities or names a DTD."""
    return InputRefusedError(
        source=path,
        expected="XML that holds its data itself",
        got="a document type declaration (DOCTYPE), which can read files and "
        "addresses or grow without end",
        todo="export it again without one",
    )


def _unknown(path: Path, got: str) -> InputRefusedError:
    """Return the error for a format that is not read."""
    suffix = path.suffix.lower()
    known = ", ".join(one for one in EXTENSIONS if one not in {"zip", "GeoTIFF"})
    return InputRefusedError(
        source=path,
        expected=f"{known}, or one of them in a zip",
        got=f"{got} ({path.suffix or 'no extension'})",
        todo=ELSEWHERE.get(suffix, "export it as GeoPackage"),
    )


def _need_geopackage(path: Path) -> None:
    """Refuse a SQLite file that is no GeoPackage."""
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)
        ) as db:
            row = db.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'gpkg_contents'"
            ).fetchone()
    except sqlite3.DatabaseError as error:
        raise InputRefusedError(
            source=path,
            expected="a readable SQLite file",
            got=str(error),
            todo="copy it again from its source",
        ) from error
    if row is None:
        raise InputRefusedError(
            source=path,
            expected="a GeoPackage",
            got="a SQLite file without gpkg_contents",
            todo="export the layer as GeoPackage",
        )
