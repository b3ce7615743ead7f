"""A zip or KMZ that holds one source: judged, unpacked by Python, checked, capped.

GDAL reads inside a zip without looking at its checksums; one flipped bit passes. And
a zip can be a bomb, a set of paths that climb out, or nested. So everything that its
directory says is judged before a byte is unpacked.
"""

from __future__ import annotations

import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from layers.formats.shapefile import PARTS
from layers.formats.sniff import EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_BYTES = 2 * 1024**3
MAX_RATIO = 200
MAX_MEMBERS = 10_000
MAX_DIRECTORY_BYTES = 16 * 1024**2
CHUNK = 1 << 20
UTF8_FLAG = 0x800
ENCRYPTED_FLAG = 0x1
REGULAR, FOLDER, FILE_TYPE = 0o100000, 0o040000, 0o170000
END = struct.Struct("<4s4H2LH")
END_MARK = b"PK\5\6"
END_REACH = END.size + 65_535
NESTED = (".zip", ".kmz", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz")
SOURCES = (
    ".geojson",
    *EXTENSIONS["GeoPackage"],
    *EXTENSIONS["GeoParquet"],
    *EXTENSIONS["FlatGeobuf"],
    *EXTENSIONS["KML"],
    *EXTENSIONS["DXF"],
    ".gml",
)
"""A member that ends so is a source whatever lies beside it."""
PERHAPS = (".json", ".csv", ".tsv", ".txt", ".xlsx", ".xls")
"""These may be a readme or a list; they are the source only where nothing else is."""
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    struct.error,
)
"""What `zipfile` raises on a broken archive."""
UNSAFE = re.compile(r"[^\w.\-]+")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

Members = dict[PurePosixPath, zipfile.ZipInfo]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The source in an archive: where it will lie, and which members make it."""

    main: PurePosixPath
    members: Mapping[PurePosixPath, zipfile.ZipInfo]


@contextmanager
def unpacked(path: Path, *, only_kml: bool = False) -> Iterator[Path]:
    """Yield the one source of an archive, unpacked in a temporary folder.

    Parameters
    ----------
    path
        A zip with one Shapefile, GeoPackage, GeoJSON, KML, GML, DXF, FlatGeobuf,
        GeoParquet, File Geodatabase folder or table.
    only_kml
        It is a KMZ: exactly one KML, whatever pictures lie beside it.

    Raises
    ------
    InputRefusedError
        Not exactly one source; a damaged or encrypted member; a path that leads out,
        a link, two names that are one; another archive inside; more than 2 GiB,
        10,000 members or 200 times its packed size.
    """
    with TemporaryDirectory(prefix="ecoredline-") as name:
        folder = Path(name).resolve()
        try:
            main = _unpack(path, folder, only_kml=only_kml)
        except DAMAGE as error:
            if isinstance(error, InputRefusedError):
                raise
            raise _refuse(path, f"a damaged one ({error})") from error
        yield main


def _unpack(path: Path, folder: Path, *, only_kml: bool) -> Path:
    """Unpack the source into `folder`; return it."""
    _need_small_directory(path)
    with zipfile.ZipFile(path) as archive:
        members = _members(archive, path)
        chosen = _kml(members, path) if only_kml else _source(members, path)
        budget = MAX_BYTES
        for name, info in chosen.members.items():
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            budget -= _extract(archive, info, target, budget)
    return folder / chosen.main


def _refuse(path: Path, got: str, todo: str | None = None) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="a zip with one source (one Shapefile, GeoPackage, KML ...)",
        got=got,
        todo=todo or "zip the one source again",
    )


def _need_small_directory(path: Path) -> None:
    """Refuse a directory that `zipfile` would fill the memory with."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - END_REACH))
        tail = stream.read()
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) < at + END.size:
        raise _refuse(path, "a damaged one (it has no end)")
    count, extent = END.unpack_from(tail, at)[4:6]
    if count > MAX_MEMBERS:
        raise _refuse(path, f"{count} members")
    if extent > MAX_DIRECTORY_BYTES:
        raise _refuse(path, f"a directory of {extent} bytes")


def _members(archive: zipfile.ZipFile, path: Path) -> Members:
    """Return the files of a zip by their true names; refuse what is hostile."""
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise _refuse(path, f"{len(infos)} members")
    total = sum(one.file_size for one in infos)
    packed = max(1, sum(one.compress_size for one in infos))
    if total > MAX_BYTES or total / packed > MAX_RATIO:
        raise _refuse(path, f"{packed} bytes that unpack to {total}")
    members: Members = {}
    seen: dict[str, str] = {}
    for info in infos:
        shown = _true_name(info)
        _check_member(shown, info, path)
        name = PurePosixPath(shown.replace("\\", "/"))
        key = unicodedata.normalize("NFC", str(name)).casefold()
        if key in seen:
            raise _refuse(path, f"two members called {seen[key]} and {shown}")
        seen[key] = shown
        if not info.is_dir() and name.parts[0] != "__MACOSX":
            members[name] = info
    return members


def _check_member(shown: str, info: zipfile.ZipInfo, path: Path) -> None:
    """Refuse a member that leads out, is no plain file or is encrypted."""
    parts = shown.replace("\\", "/").split("/")
    if parts[0] == "" or ".." in parts or ":" in shown:
        raise _refuse(path, f"a member that leads out of it ({shown!r})")
    # What orig_filename holds behind a NUL is cut away by `zipfile`.
    if not info.orig_filename.isprintable() and "\0" in info.orig_filename:
        raise _refuse(path, f"a member whose name holds a NUL ({shown!r})")
    mode = (info.external_attr >> 16) & FILE_TYPE
    if mode not in {0, REGULAR, FOLDER}:
        raise _refuse(path, f"a link or device ({shown!r})")
    if info.flag_bits & ENCRYPTED_FLAG:
        raise _refuse(path, f"an encrypted member ({shown!r})", "unpack it yourself")


def _true_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; without the UTF-8 flag it is UTF-8 or GBK bytes."""
    if info.flag_bits & UTF8_FLAG:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _source(members: Members, path: Path) -> Chosen:
    """Return the only source of a zip."""
    nested = [one for one in members if one.suffix.lower() in NESTED]
    if nested:
        got = f"another archive inside ({nested[0]})"
        raise _refuse(path, got, "unpack it and name the file inside")
    found = [*_shapefiles(members), *_geodatabases(members), *_files(members, SOURCES)]
    found = found or _files(members, PERHAPS)
    if len(found) != 1:
        shapefiles = found and all(one.main.suffix == ".shp" for one in found)
        what = "Shapefiles" if shapefiles else "sources"
        raise _refuse(path, f"{len(found)} {what} among {_listed(members)}")
    return found[0]


def _kml(members: Members, path: Path) -> Chosen:
    """Return the only KML of a KMZ."""
    found = _files(members, (".kml",))
    if len(found) != 1:
        raise _refuse(path, f"{len(found)} KML files among {_listed(members)}")
    return found[0]


def _listed(members: Members) -> str:
    """Return the first names, for a message."""
    return ", ".join(str(one) for one in sorted(members)[:10]) or "no files"


def _shapefiles(members: Members) -> list[Chosen]:
    """Return the Shapefiles with the parts that lie beside them."""
    found = []
    for main in members:
        if main.suffix.lower() == ".shp":
            stem = _safe(main.stem)
            parts = {
                PurePosixPath(f"{stem}{one.suffix.lower()}"): info
                for one, info in members.items()
                if one.suffix.lower() in PARTS and _beside(one, main)
            }
            found.append(Chosen(PurePosixPath(f"{stem}.shp"), parts))
    return found


def _beside(part: PurePosixPath, main: PurePosixPath) -> bool:
    """Whether two members lie in one folder under one name, case aside."""
    return str(part.with_suffix("")).casefold() == str(main.with_suffix("")).casefold()


def _geodatabases(members: Members) -> list[Chosen]:
    """Return the File Geodatabase folders with all their files."""
    folders: dict[PurePosixPath, Members] = {}
    for name, info in members.items():
        parent = name.parent
        if parent.suffix.lower() == ".gdb" and name.suffix.lower() != ".lock":
            root = PurePosixPath(f"{_safe(parent.stem)}.gdb")
            inside = folders.setdefault(parent, {})
            inside[root / _safe(name.name)] = info
    return [Chosen(next(iter(one)).parent, one) for one in folders.values()]


def _files(members: Members, suffixes: tuple[str, ...]) -> list[Chosen]:
    """Return the members that are a source alone."""
    found = []
    for name, info in members.items():
        if name.suffix.lower() in suffixes and not name.name.startswith("."):
            safe = PurePosixPath(_safe(name.name))
            found.append(Chosen(safe, {safe: info}))
    return found


def _safe(name: str) -> str:
    """Return a name that no file system takes for anything but a name."""
    stem, dot, suffix = UNSAFE.sub("_", name).rpartition(".")
    short = f"{(stem or suffix)[:60]}{dot if stem else ''}{suffix[:10] if stem else ''}"
    return f"_{short}" if RESERVED.fullmatch(short) else short


def _extract(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, budget: int
) -> int:
    """Write one member, never more than `budget` bytes; return its size."""
    written = 0
    with archive.open(info) as source, target.open("wb") as sink:
        while chunk := source.read(CHUNK):
            written += len(chunk)
            if written > budget:
                raise _refuse(Path(archive.filename or "zip"), "more than 2 GiB")
            sink.write(chunk)
    return written
