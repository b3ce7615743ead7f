"""What names tell of an image: sensor, level, day, tile, baseline, bands.

Sources: Sentinel-2 Products Specification Document (naming of products, granules and
images), and the USGS Landsat Collection 2 product identifiers.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.raster.roles import WORDS, role_of

if TYPE_CHECKING:
    from pathlib import Path

SENTINEL2_FILE = re.compile(
    r"^(?:(?P<level>L1C|L2A)_)?T(?P<tile>\d{2}[A-Z]{3})_(?P<date>\d{8})T\d{6}_"
    r"(?P<band>B\d[\dA]|SCL|AOT|WVP|TCI)(?:_(?P<metres>10|20|60)m)?$",
    re.IGNORECASE,
)
SENTINEL2_PRODUCT = re.compile(
    r"S2[A-D]_MSI(?P<level>L1C|L2A)_(?P<date>\d{8})T\d{6}_N(?P<baseline>\d{4})_R\d{3}_"
    r"T(?P<tile>\d{2}[A-Z]{3})_",
    re.IGNORECASE,
)
LANDSAT_FILE = re.compile(
    r"^(?P<sensor>L[COTEM]0[4-9])_(?P<level>L[12][A-Z]{2})_(?P<tile>\d{6})_"
    r"(?P<date>\d{8})_\d{8}_02_(?:T1|T2|RT|A1|A2)_(?P<band>[A-Z0-9_]+)$",
    re.IGNORECASE,
)
LANDSATS = {
    **dict.fromkeys(("LT04", "LT05"), "landsat-tm"),
    "LE07": "landsat-etm",
    **dict.fromkeys(("LC08", "LC09", "LO08", "LO09"), "landsat-oli"),
}
DAY = re.compile(
    r"(?<!\d)((?:19|20)\d{2})([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)"
)
YEAR = re.compile(r"(?<!\d)(19[7-9]\d|20\d{2})(?!\d)")
BAND_WORD = re.compile(r"^B\d[\dA]$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clues:
    """What a name tells; None where it does not.

    Attributes
    ----------
    sensor, level, tile, baseline
        As of `layers.raster.model.RasterLayer`; the tile is ``48RXT`` or path and row.
    date, year
        The day, or the year alone.
    band
        The band as the name has it.
    """

    sensor: str | None = None
    level: str | None = None
    tile: str | None = None
    baseline: str | None = None
    date: dt.date | None = None
    year: int | None = None
    band: str | None = None


def clues_of(path: Path) -> Clues:
    """Return what a file's name tells, and where it is silent its folders'."""
    stem = path.stem
    product = next(
        filter(None, (SENTINEL2_PRODUCT.search(one) for one in reversed(path.parts))),
        None,
    )
    found = SENTINEL2_FILE.match(stem)
    if found or product:
        return _sentinel2(stem, found, product)
    if found := LANDSAT_FILE.match(stem):
        sensor = LANDSATS.get(found["sensor"].upper())
        band = re.sub(r"^(SR|ST)_(?=B\d)", "", found["band"].upper())
        return Clues(
            sensor=sensor,
            level=found["level"].upper(),
            tile=found["tile"],
            date=_day(found["date"]),
            band=band,
        )
    date, year = day_in(stem, path.parent.name)
    return Clues(date=date, year=year, band=_last_word(stem))


def _sentinel2(
    stem: str, found: re.Match[str] | None, product: re.Match[str] | None
) -> Clues:
    """Return what a name of Sentinel-2 tells."""
    said = [one for one in (found, product) if one is not None]
    level = next((one["level"].upper() for one in said if one["level"]), None)
    band = found["band"].upper() if found else _last_word(stem)
    if level is None and band in {"SCL", "AOT", "WVP"}:
        level = "L2A"
    return Clues(
        sensor="sentinel-2",
        level=level,
        tile=said[0]["tile"].upper(),
        baseline=product["baseline"] if product else None,
        date=_day(said[0]["date"]),
        band=band,
    )


def day_in(*texts: str) -> tuple[dt.date | None, int | None]:
    """Return the first day that texts hold, else the first year alone.

    Examples
    --------
    >>> day_in("s2_romania_10m_2017-08-05")
    (datetime.date(2017, 8, 5), 2017)
    >>> day_in("landsat_1985_swir1"), day_in("a", "20180402")[0].isoformat()
    ((None, 1985), '2018-04-02')
    """
    for text in texts:
        for found in DAY.finditer(text):
            day = _day("".join(found.group(1, 3, 4)))
            if day is not None:
                return day, day.year
    for text in texts:
        if found_year := YEAR.search(text):
            return None, int(found_year[1])
    return None, None


def roles_in(stem: str, count: int) -> tuple[str, ...] | None:
    """Return the roles that a name lists in order, if it lists as many as `count`.

    Examples
    --------
    >>> roles_in("landsat_1985_swir1_nir_red_green", 4)
    ('swir1', 'nir', 'red', 'green')
    """
    words = re.split(r"[_\-. ]+", stem.casefold())
    roles = tuple(WORDS[one] for one in words if one in WORDS)
    return roles if len(roles) == count and len(set(roles)) == count else None


def _last_word(stem: str) -> str | None:
    """Return the last word of a name, where it is a band's."""
    word = re.split(r"[_\-. ]+", stem)[-1]
    if BAND_WORD.match(word) or role_of(word, None):
        return word.upper() if BAND_WORD.match(word) else word
    return None


def _day(digits: str) -> dt.date | None:
    """Return a day from eight figures, or None if there is no such day."""
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
