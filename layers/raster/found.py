"""What was found of an image before its numbers are judged: files and bands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError, SourceNotFoundError
from layers.raster.clues import Clues, clues_of, roles_in
from layers.raster.roles import MASKS, ROLES, guessed_sensor, role_of
from layers.raster.sidecar import Sidecar, read_mtd, read_mtl
from layers.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

MAX_FILES = 5_000
MAX_DEPTH = 6
RASTERS = (".tif", ".tiff", ".jp2")
METRES = re.compile(r"_(10|20|60)m$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One band of one file.

    Attributes
    ----------
    role
        See `layers.raster.roles`.
    path, index
        The file, and the number of the band in it.
    band
        Its name in the product, for factors that are stated by name.
    scale, offset, nodata
        Where a STAC item states them for the stored numbers.
    """

    role: str
    path: Path
    index: int = 1
    band: str = ""
    scale: float | None = None
    offset: float | None = None
    nodata: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An image before its headers are read.

    Attributes
    ----------
    pieces
        The bands.
    clues
        What names tell, and what a STAC item says.
    sidecar
        What a file of metadata says.
    is_offset_applied
        Whether somebody states that the offset of Sentinel-2 is taken out already.
    notes
        What was left out, and why.
    """

    pieces: tuple[Piece, ...]
    clues: Clues
    sidecar: Sidecar | None = None
    is_offset_applied: bool = False
    notes: tuple[Message, ...] = field(default_factory=tuple)


def in_folder(folder: Path, *, sensor: str | None) -> Found:
    """Return the image whose bands lie in a folder, one file each.

    Names are those of Sentinel-2 (a SAFE folder too) or Landsat Collection 2, or end
    in a band's or a role's word. Where a band is there in several pixel sizes the
    finest is taken.

    Raises
    ------
    SourceNotFoundError
        There is no such folder.
    InputRefusedError
        It holds no band, or bands of two tiles or days.
    """
    files = _files(folder)
    named = [(one, clues_of(one)) for one in files]
    known = sensor or _only({one.sensor for _, one in named}, folder, "sensors")
    if known is None:
        known = guessed_sensor(tuple(one.band or "" for _, one in named))
    best: dict[str, tuple[Path, Clues]] = {}
    left: list[str] = []
    for path, clues in named:
        role = role_of(clues.band, known) if clues.band else None
        if role is None:
            left.append(path.name)
        elif role not in best or _metres(path) < _metres(best[role][0]):
            best[role] = path, clues
    if not set(best) - set(MASKS):
        raise InputRefusedError(
            source=folder,
            expected="bands of Sentinel-2 or Landsat, or files that end in a role "
            f"({', '.join(ROLES[1:4])} ...)",
            got=f"{len(files)} rasters, none of them",
            todo="rename them, or pass sensor=",
        )
    kept = [one for _, one in best.values()]
    _only({one.tile for one in kept}, folder, "tiles")
    _only({one.date for one in kept}, folder, "days")
    pieces = [
        Piece(role, path, band=(clues.band or "").upper())
        for role, (path, clues) in best.items()
    ]
    notes = []
    if left:
        facts: dict[str, str | float] = {"count": len(left), "names": _some(left)}
        notes.append(Message("raster.left_out", facts))
    first = _merged(kept)
    return Found(
        pieces=ordered(pieces),
        clues=replace(first, sensor=known, band=None),
        sidecar=_sidecar(folder),
        notes=tuple(notes),
    )


def in_file(
    path: Path,
    descriptions: tuple[str, ...],
    *,
    bands: tuple[str, ...] | None,
    sensor: str | None,
) -> Found:
    """Return the image whose bands are those of one file.

    Their roles are those that the caller gives, else those of the descriptions in the
    file, else those that the name lists in order.

    Raises
    ------
    InputRefusedError
        The roles are not known, not as many as bands, or one stands twice.
    """
    clues = clues_of(path)
    known = sensor or clues.sensor or guessed_sensor(descriptions)
    roles = _roles(path, descriptions, bands, known, clues=clues)
    twice = sorted({one for one in roles if one and roles.count(one) > 1})
    if twice:
        raise InputRefusedError(
            source=path,
            expected="one band for each role",
            got=f"{', '.join(twice)} more than once",
            todo="pass bands= with None for those that are not wanted",
        )
    pieces = [
        Piece(role, path, index, descriptions[index - 1].upper())
        for index, role in enumerate(roles, start=1)
        if role is not None
    ]
    left = [
        descriptions[at] or str(at + 1) for at, role in enumerate(roles) if role is None
    ]
    facts: dict[str, str | float] = {"count": len(left), "names": _some(left)}
    notes = (Message("raster.left_out", facts),) if left else ()
    return Found(
        ordered(pieces), replace(clues, sensor=known, band=None), None, notes=notes
    )


def ordered(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return bands by wavelength, masks at the end; a lone narrow NIR serves as NIR."""
    by_role = {one.role: one for one in pieces}
    if "nir" not in by_role and "nir_narrow" in by_role:
        by_role["nir"] = replace(by_role.pop("nir_narrow"), role="nir")
    return tuple(by_role[one] for one in (*ROLES, *MASKS) if one in by_role)


def _roles(
    path: Path,
    descriptions: tuple[str, ...],
    bands: tuple[str, ...] | None,
    sensor: str | None,
    *,
    clues: Clues,
) -> tuple[str | None, ...]:
    """Return a role for each band of a file, None for those without."""
    count = len(descriptions)
    if bands is not None:
        if len(bands) != count:
            raise InputRefusedError(
                source=path,
                expected=f"a role for each of {count} bands",
                got=f"{len(bands)} in bands=",
                todo="name all of them in order, '' for those that are not wanted",
            )
        return tuple(_asked(path, one, sensor) for one in bands)
    said = tuple(role_of(one, sensor) for one in descriptions)
    if any(said):
        return said
    listed = roles_in(path.stem, count)
    if listed is not None:
        return listed
    if count == 1 and clues.band and (role := role_of(clues.band, sensor)):
        return (role,)
    raise InputRefusedError(
        source=path,
        expected="bands whose roles are known",
        got=f"{count} without a description",
        todo="pass bands=('blue', 'green', 'red', 'nir' ...) in the order of the file",
    )


def _asked(path: Path, name: str, sensor: str | None) -> str | None:
    """Return the role that the caller gives a band."""
    if not name:
        return None
    role = role_of(name, sensor)
    if role is None:
        raise InputRefusedError(
            source=path,
            expected=f"a role in bands=: {', '.join((*ROLES, *MASKS))}",
            got=repr(name),
            todo="use one of these, or pass sensor= with the sensor's own names",
        )
    return role


def _files(folder: Path) -> list[Path]:
    """Return the rasters below a folder, by name."""
    if not folder.is_dir():
        raise SourceNotFoundError(folder, todo="check the path")
    found: list[Path] = []
    level = [folder]
    for _ in range(MAX_DEPTH):
        inside = [one for each in level for one in sorted(each.iterdir())]
        found += [one for one in inside if one.suffix.lower() in RASTERS]
        level = [one for one in inside if one.is_dir() and not one.is_symlink()]
        if len(found) > MAX_FILES:
            raise InputRefusedError(
                source=folder,
                expected=f"at most {MAX_FILES:,} rasters",
                got="more",
                todo="name the folder of one image",
            )
    return [one for one in found if one.is_file()]


def _only(said: AbstractSet[object], folder: Path, what: str) -> str | None:
    """Return the one that is stated, or None; refuse two."""
    there = sorted(str(one) for one in said if one is not None)
    if len(there) > 1:
        raise InputRefusedError(
            source=folder,
            expected="one image in the folder",
            got=f"files of {len(there)} {what} ({_some(there)})",
            todo="put each image into a folder of its own",
        )
    return next((str(one) for one in said if one is not None), None)


def _merged(kept: list[Clues]) -> Clues:
    """Return for each part of the clues the first that is stated."""
    names = ("sensor", "level", "tile", "baseline", "date", "year")
    parts: Mapping[str, object] = {
        name: next(
            (getattr(one, name) for one in kept if getattr(one, name) is not None), None
        )
        for name in names
    }
    return Clues(**parts)  # type: ignore[arg-type]


def _metres(path: Path) -> int:
    """Return the pixel size that a name states; small where it states none."""
    found = METRES.search(path.stem)
    return int(found[1]) if found else 0


def _sidecar(folder: Path) -> Sidecar | None:
    """Return the metadata of a product: beside its bands, or at the top of a SAFE."""
    for one in sorted(folder.glob("MTD_MSI*.xml")):
        return read_mtd(one)
    for one in sorted(folder.glob("*_MTL.txt")):
        return read_mtl(one)
    return None


def _some(names: Iterable[str]) -> str:
    """Return a few names."""
    every = list(names)
    most = 8
    return ", ".join(every[:most]) + (" ..." if len(every) > most else "")
