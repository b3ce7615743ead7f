"""Small ways to spoil a file."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from mutation.seeds import Seed

BLOCK = 512
TEXTS = (".geojson", ".kml", ".gml", ".dxf", ".csv", ".txt", ".xml", ".prj")


def flip(data: bytearray, chance: random.Random) -> None:
    """Change one to four bits."""
    for _ in range(chance.randint(1, 4)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def truncate(data: bytearray, chance: random.Random) -> None:
    """Lose the end."""
    del data[chance.randrange(len(data)) :]


def cut(data: bytearray, chance: random.Random) -> None:
    """Lose a piece in the middle."""
    at = chance.randrange(len(data))
    del data[at : at + chance.randint(1, BLOCK)]


def duplicate(data: bytearray, chance: random.Random) -> None:
    """Write a piece twice."""
    at = chance.randrange(len(data))
    data[at:at] = data[at : at + chance.randint(1, BLOCK)]


def zero(data: bytearray, chance: random.Random) -> None:
    """Blank a piece, as a bad sector does."""
    at = chance.randrange(len(data))
    end = min(at + chance.randint(1, BLOCK), len(data))
    data[at:end] = bytes(end - at)


def swap(data: bytearray, chance: random.Random) -> None:
    """Exchange two lines."""
    lines = data.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    data[:] = b"\n".join(lines)


DAMAGE = (flip, truncate, cut, duplicate, zero)


def spoil(data: bytes, suffix: str, chance: random.Random) -> tuple[bytes, str]:
    """Return damaged bytes and what was done to them."""
    how = chance.choice((*DAMAGE, swap) if suffix in TEXTS else DAMAGE)
    spoilt = bytearray(data)
    how(spoilt, chance)
    return bytes(spoilt), f"{how.__name__} {suffix}"


def mutate(path: Path, seed: Seed, chance: random.Random) -> str:
    """Damage one file of a source, or one member inside it; return what was done."""
    if seed.members:
        return _inside(path, chance.choice(seed.members), chance)
    target = path
    if seed.parts:
        part = chance.choice(seed.parts)
        target = path / part if path.is_dir() else path.with_suffix(part)
    spoilt, done = spoil(target.read_bytes(), target.suffix, chance)
    target.write_bytes(spoilt)
    return done if target == path else f"{done} ({target.name})"


def _inside(path: Path, member: str, chance: random.Random) -> str:
    """Damage a member and pack it again, so that no checksum tells."""
    with zipfile.ZipFile(path) as archive:
        content = {one: archive.read(one) for one in archive.namelist()}
    content[member], done = spoil(content[member], f".{member[-3:]}", chance)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return f"{done} ({member})"
