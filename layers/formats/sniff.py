"""What a file is, by its content; disguises are refused before anybody opens it.

GDAL picks its driver by content: a file named ``.geojson`` may be a virtual dataset
that reads any file or address. So the first 64 KiB decide, the name must agree, and
the reader is then told the one driver it may use.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from layers.errors import InputRefusedError, SourceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Format = Literal["GeoPackage", "ESRI Shapefile", "GeoJSON", "GeoParquet", "CSV", "zip"]

HEAD_BYTES = 65_536
EXTENSIONS: Mapping[Format, tuple[str, ...]] = {
    "GeoPackage": (".gpkg",),
    "ESRI Shapefile": (".shp",),
    "GeoJSON": (".geojson", ".json"),
    "GeoParquet": (".parquet", ".geoparquet", ".pq"),
    "CSV": (".csv", ".tsv", ".txt"),
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
SHAPEFILE_MAGIC = (9994).to_bytes(4, "big")
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The format of a file and how it was recognised."""

    format: Format
    why: str


def sniff(path: Path) -> Sniffed:
    """Recognise a file.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    InputRefusedError
        It is empty, disguised, of a format that is not read, or its name says
        something else than its content.
    """
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


def _refuse_disguise(path: Path, head: bytes) -> None:
    """Refuse an empty file and anything that makes GDAL look elsewhere."""
    if not head.strip():
        raise InputRefusedError(
            source=path, expected="data", got="an empty file", todo="export it again"
        )
    folded = head.lower()
    for mark in DISGUISES:
        if mark.lower() in folded:
            raise InputRefusedError(
                source=path,
                expected="a file that holds its data itself",
                got=f"a description of data elsewhere ({mark.decode()})",
                todo="export the data itself; such files can read any file or address",
            )


def _by_content(path: Path, head: bytes) -> Sniffed:
    """Return the format that the first bytes show."""
    if head.startswith(b"SQLite format 3\0"):
        _need_geopackage(path)
        return Sniffed("GeoPackage", "SQLite with a gpkg_contents table")
    if head.startswith(SHAPEFILE_MAGIC):
        return Sniffed("ESRI Shapefile", "file code 9994")
    if head.startswith(b"PK\x03\x04"):
        return Sniffed("zip", "PK signature")
    if head.startswith(b"PAR1"):
        return Sniffed("GeoParquet", "PAR1 signature")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return Sniffed("GeoJSON", "JSON object")
    if head.startswith(UTF16) or (b"\0" not in head and not text.startswith(b"<")):
        if path.suffix.lower() in EXTENSIONS["CSV"]:
            return Sniffed("CSV", "text")
        raise _unknown(path, "plain text")
    raise _unknown(path, "XML" if text.startswith(b"<") else f"bytes {head[:8]!r}")


def _unknown(path: Path, got: str) -> InputRefusedError:
    """Return the error for a format that is not read."""
    todo = "export it as GeoPackage"
    if path.suffix.lower() in {".dbf", ".shx", ".prj", ".cpg"}:
        todo = f"name the .shp instead: {path.with_suffix('.shp').name}"
    return InputRefusedError(
        source=path,
        expected="GeoPackage, Shapefile (also zipped), GeoJSON, GeoParquet or CSV",
        got=f"{got} ({path.suffix or 'no extension'})",
        todo=todo,
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
