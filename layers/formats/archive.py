"""A zip that holds one Shapefile: unpacked by Python, checked, capped.

GDAL reads inside a zip without looking at its checksums; one flipped bit passes. And
a zip can be a bomb, a set of paths that climb out, or nested.
"""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from layers.formats.shapefile import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 2 * 1024**3
MAX_RATIO = 200
MAX_MEMBERS = 10_000
CHUNK = 1 << 20
UTF8_FLAG = 0x800
ENCRYPTED_FLAG = 0x1
SYMLINK = 0o120000
FILE_TYPE = 0o170000


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Yield the .shp of a zipped Shapefile, in a temporary folder.

    Raises
    ------
    InputRefusedError
        Not exactly one Shapefile, a damaged or encrypted member, a path that leads
        out, or more than 2 GiB or 200 times its packed size.
    """
    try:
        with (
            zipfile.ZipFile(path) as archive,
            TemporaryDirectory(prefix="ecoredline-") as folder,
        ):
            members = _members(archive, path)
            stem = _only_shapefile(members, path)
            budget = MAX_BYTES
            for name, info in members.items():
                if name.with_suffix("") == stem and name.suffix.lower() in PARTS:
                    # Names of our own: what a member is called cannot lead anywhere.
                    target = Path(folder) / f"{stem.name}{name.suffix.lower()}"
                    budget -= _extract(archive, info, target, budget)
            yield Path(folder) / f"{stem.name}.shp"
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise _refuse(path, f"a damaged one ({error})") from error


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="a zip with one Shapefile",
        got=got,
        todo="zip the parts of one Shapefile again",
    )


def _members(
    archive: zipfile.ZipFile, path: Path
) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """Return the files of a zip by their true names; refuse what is hostile."""
    infos = [one for one in archive.infolist() if not one.is_dir()]
    if len(infos) > MAX_MEMBERS:
        raise _refuse(path, f"{len(infos)} members")
    total = sum(one.file_size for one in infos)
    packed = max(1, sum(one.compress_size for one in infos))
    if total > MAX_BYTES or total / packed > MAX_RATIO:
        raise _refuse(path, f"{packed} bytes that unpack to {total}")
    members: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for info in infos:
        name = PurePosixPath(_true_name(info).replace("\\", "/"))
        if name.parts[0] == "__MACOSX":
            continue
        _check_member(name, info, path)
        if name in members:
            raise _refuse(path, f"two members called {name}")
        members[name] = info
    return members


def _check_member(name: PurePosixPath, info: zipfile.ZipInfo, path: Path) -> None:
    """Refuse a member that climbs out, is a link or is encrypted."""
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        raise _refuse(path, f"a member that leads out of it ({name})")
    if (info.external_attr >> 16) & FILE_TYPE == SYMLINK:
        raise _refuse(path, f"a link ({name})")
    if info.flag_bits & ENCRYPTED_FLAG:
        raise _refuse(path, f"an encrypted member ({name})")


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


def _only_shapefile(
    members: dict[PurePosixPath, zipfile.ZipInfo], path: Path
) -> PurePosixPath:
    """Return the stem of the only Shapefile."""
    stems = [one.with_suffix("") for one in members if one.suffix.lower() == ".shp"]
    if len(stems) != 1:
        names = ", ".join(str(one) for one in sorted(members)[:10])
        raise _refuse(path, f"{len(stems)} Shapefiles among {names or 'no files'}")
    return stems[0]


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
