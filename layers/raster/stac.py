"""A STAC item on the disk: which files are which bands, and what is said of them.

Only files below the item's own folder are taken: an item is a text from somebody else,
and an address or a path in it is a wish. Nothing is fetched.

Source: STAC 1.0 and 1.1 with the extensions eo, raster and sentinel-2.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from layers.errors import InputRefusedError
from layers.raster.clues import LANDSATS, Clues, clues_of, day_in
from layers.raster.found import Found, Piece, ordered
from layers.raster.roles import role_of
from layers.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 16 * 1024**2
PLATFORMS = {
    "landsat-4": LANDSATS["LT04"],
    "landsat-5": LANDSATS["LT05"],
    "landsat-7": LANDSATS["LE07"],
    "landsat-8": LANDSATS["LC08"],
    "landsat-9": LANDSATS["LC09"],
    **dict.fromkeys((f"sentinel-2{one}" for one in "abcd"), "sentinel-2"),
}


def in_item(path: Path, *, sensor: str | None) -> Found:
    """Return the image that a STAC item describes.

    Parameters
    ----------
    path
        The item, a JSON file.
    sensor
        What the caller says of it.

    Raises
    ------
    InputRefusedError
        It is no item, has no band with a known role, or a band lies elsewhere.
    """
    item = _item(path)
    properties = _mapping(item.get("properties"))
    platform = str(properties.get("platform", "")).casefold()
    known = sensor or PLATFORMS.get(platform)
    pieces, left = [], []
    for key, asset in _mapping(item.get("assets")).items():
        piece = _piece(path, str(key), _mapping(asset), known)
        if piece is None:
            left.append(str(key))
        else:
            pieces.append(piece)
    if not pieces:
        raise _refuse(path, "an asset with the common name of a band", "none")
    baseline = str(
        properties.get("s2:processing_baseline")
        or properties.get("processing:version")
        or ""
    ).replace(".", "")
    date, year = day_in(str(properties.get("datetime") or "")[:10])
    names = clues_of(pieces[0].path)
    notes: tuple[Message, ...] = ()
    if left:
        shown = ", ".join(sorted(left)[:8])
        facts: dict[str, str | float] = {"count": len(left), "names": shown}
        notes = (Message("raster.left_out", facts),)
    return Found(
        pieces=ordered(pieces),
        clues=Clues(
            sensor=known or names.sensor,
            level=names.level,
            tile=names.tile,
            baseline=(baseline if baseline.isdigit() else None) or names.baseline,
            date=date or names.date,
            year=year or names.year,
        ),
        is_offset_applied=properties.get("earthsearch:boa_offset_applied") is True,
        notes=notes,
    )


def _item(path: Path) -> Mapping[str, Any]:
    """Return the JSON of an item."""
    if path.stat().st_size > MAX_BYTES:
        raise _refuse(path, "a STAC item", f"{path.stat().st_size:,} bytes")
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _refuse(path, "a STAC item (JSON)", str(error)[:120]) from error
    item = _mapping(said)
    if item.get("type") != "Feature" or "stac_version" not in item:
        raise _refuse(path, "a STAC item", "JSON that is none")
    return item


def _piece(
    path: Path, key: str, asset: Mapping[str, Any], sensor: str | None
) -> Piece | None:
    """Return the band that an asset holds, None for a picture, a thermal band ..."""
    described = [_mapping(one) for one in _list(asset.get("eo:bands"))]
    described += [_mapping(one) for one in _list(asset.get("bands"))]
    names = [
        str(one[word])
        for one in described
        for word in ("common_name", "eo:common_name", "name")
        if word in one
    ]
    if len(described) > 1:
        return None
    role = next(filter(None, (role_of(one, sensor) for one in (key, *names))), None)
    if role is None:
        return None
    numbers = [_mapping(one) for one in _list(asset.get("raster:bands"))] + described
    first: Mapping[str, Any] = {}
    for one in reversed(numbers):
        first = {**first, **one}
    return Piece(
        role=role,
        path=_own(path, str(asset.get("href", ""))),
        band=key.upper(),
        scale=_number(first, "scale", "raster:scale"),
        offset=_number(first, "offset", "raster:offset"),
        nodata=_number(first, "nodata"),
    )


def _own(path: Path, href: str) -> Path:
    """Return the file that a link means, if it lies below the item's folder."""
    inside = PurePosixPath(href)
    if "://" in href or ":" in href or inside.is_absolute() or ".." in inside.parts:
        raise _refuse(
            path, "links to files below its own folder", repr(href)[:80], "copy them"
        )
    wanted = path.parent / Path(*inside.parts)
    if not wanted.resolve().is_relative_to(path.parent.resolve()):
        raise _refuse(
            path, "links to files below its own folder", repr(href)[:80], "copy them"
        )
    return wanted


def _number(said: Mapping[str, Any], *names: str) -> float | None:
    """Return the first of these that is a number."""
    for name in names:
        value = said.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _refuse(path: Path, expected: str, got: str, todo: str = "") -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected=expected,
        got=got,
        todo=f"{todo} there, or name the folder of the bands".strip(),
    )
