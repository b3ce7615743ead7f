"""Metadata that come with an image in files of their own: MTD of Sentinel-2, MTL.

They are small texts that name no other file here, so this process reads them: with an
XML parser that follows nothing, and up to a size.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeXml

from layers.errors import InputRefusedError
from layers.raster.clues import day_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

MAX_BYTES = 16 * 1024**2
SENTINEL2_IDS = (
    *(f"B0{one}" for one in range(1, 9)),
    *("B8A", "B09", "B10", "B11", "B12"),
)
"""Bands by ``band_id`` of the metadata, from 0."""
MTL_LINE = re.compile(r"^\s*([A-Z0-9_]+)\s*=\s*\"?([^\"\n]*)\"?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What such a file says.

    Attributes
    ----------
    name
        The file.
    date, baseline
        As of `RasterLayer`.
    scales, offsets
        By the name of a band; ``""`` stands for all others.
    """

    name: str
    date: dt.date | None = None
    baseline: str | None = None
    scales: Mapping[str, float] = field(default_factory=dict)
    offsets: Mapping[str, float] = field(default_factory=dict)


def read_mtd(path: Path) -> Sidecar:
    """Read ``MTD_MSIL1C.xml`` or ``MTD_MSIL2A.xml``.

    Offsets are divided by the quantification value: they come in stored numbers.

    Raises
    ------
    InputRefusedError
        It is too large, no XML, or holds what is no number where one belongs.
    """
    try:
        root = SafeXml.fromstring(_text(path), forbid_dtd=True)
        found: dict[str, str] = {}
        added: dict[str, float] = {}
        for one in root.iter():
            tag = str(one.tag).rpartition("}")[2]
            words = (one.text or "").strip()
            if tag in {"BOA_ADD_OFFSET", "RADIO_ADD_OFFSET"}:
                added[SENTINEL2_IDS[int(one.get("band_id", ""))]] = float(words)
            found.setdefault(tag, words)
        quantity = found.get("BOA_QUANTIFICATION_VALUE") or found.get(
            "QUANTIFICATION_VALUE", "10000"
        )
        unit = float(quantity)
        offsets = {name: value / unit for name, value in added.items()}
    except (ParseError, DefusedXmlException, ValueError, IndexError) as error:
        raise _refuse(path, str(error)) from error
    started = found.get("PRODUCT_START_TIME", found.get("DATATAKE_SENSING_START", ""))
    return Sidecar(
        path.name,
        date=day_in(started[:10])[0],
        baseline=found.get("PROCESSING_BASELINE", "").replace(".", "") or None,
        scales={"": 1 / unit},
        offsets={"": 0.0, **offsets},
    )


def read_mtl(path: Path) -> Sidecar:
    """Read ``..._MTL.txt``: reflectance by band, sun angle already taken out of L2.

    Top-of-atmosphere factors of level 1 are divided by the sine of the sun's
    elevation, as the handbook has it; without an elevation there are none.

    Raises
    ------
    InputRefusedError
        It is too large, or holds what is no number where one belongs.
    """
    pairs = MTL_LINE.findall(_text(path))
    try:
        said = dict(reversed(pairs))  # a product's own record stands before level 1
        date = day_in(said.get("DATE_ACQUIRED", ""))[0]
        sun = float(said.get("SUN_ELEVATION", "nan"))
        is_surface = said.get("PROCESSING_LEVEL", "").startswith("L2")
        share = 1.0 if is_surface else math.sin(math.radians(sun))
        factors: dict[str, dict[str, float]] = {"MULT": {}, "ADD": {}}
        for key, value in pairs:
            if found := re.fullmatch(r"REFLECTANCE_(MULT|ADD)_BAND_(\d+)", key):
                kept = factors[found[1]]
                kept.setdefault(f"B{found[2]}", float(value) / share)
    except (ValueError, ZeroDivisionError) as error:
        raise _refuse(path, str(error)) from error
    known = math.isfinite(share)
    return Sidecar(
        path.name,
        date=date,
        scales=factors["MULT"] if known else {},
        offsets=factors["ADD"] if known else {},
    )


def _text(path: Path) -> str:
    """Return a small text file."""
    if path.stat().st_size > MAX_BYTES:
        raise _refuse(path, f"{path.stat().st_size:,} bytes")
    return path.read_text(encoding="utf-8", errors="replace")


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="the metadata of an image",
        got=got[:200],
        todo="copy the product again, or take the file away and state scale= and "
        "offset= yourself",
    )
