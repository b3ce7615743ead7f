"""Where a layer comes from and for when and where it speaks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from shapely import MultiPolygon, Polygon


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both ends included; None is an open end.

    Examples
    --------
    >>> import datetime as dt
    >>> import datetime as dt
    >>> march = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    >>> dt.date(2026, 3, 31) in march, dt.date(2026, 4, 1) in march
    (True, False)
    """

    start: dt.date | None = None
    end: dt.date | None = None

    @property
    def is_stated(self) -> bool:
        """Whether anything is known of it: open at both ends is nobody's statement."""
        return self.start is not None or self.end is not None

    def __contains__(self, day: dt.date) -> bool:
        """Whether `day` lies in the period."""
        return (self.start is None or self.start <= day) and (
            self.end is None or day <= self.end
        )

    def __str__(self) -> str:
        """Return ``2023-06-01/..``: ISO 8601 with ``..`` for an open end."""
        return f"{self.start or '..'}/{self.end or '..'}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The area for which a layer claims to be complete: there, absence is absence.

    Attributes
    ----------
    area
        Polygon(s) in EPSG:4490.
    stated
        How it was stated, for people: ``layer admin``, ``bbox [...]``,
        ``adcodes 150624``.
    """

    area: Polygon | MultiPolygon
    stated: str


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Overlaps below this are slivers: listed with their cause, never judged.

    Attributes
    ----------
    area_m2
        Areas up to this are slivers.
    width_m
        So are overlaps that are nowhere wider than this, along a border.
    source
        Who set the figures.
    """

    area_m2: float = 0.0
    width_m: float = 0.0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a source that was looked at; beyond it nothing is known.

    Attributes
    ----------
    bbox
        (min_lon, min_lat, max_lon, max_lat), degrees, EPSG:4490.
    rows_elsewhere
        Rows of the source that lie outside it and were not read.
    """

    bbox: tuple[float, float, float, float]
    rows_elsewhere: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """The record of one read.

    Attributes
    ----------
    source
        File name as given (relative to the workspace where there is one), or
        ``<frame>`` for a table handed over in memory.
    sha256
        Of the source's bytes (every part of a Shapefile, by name); of the
        coordinates and attributes for a frame.
    format
        What the file was recognised as, for example ``GeoPackage``.
    source_layer
        Layer in the file, where the format has layers.
    encoding
        Text encoding that was used, where the format leaves it open.
    crs
        The source's reference system, and `crs_evidence` how it is known.
    operation
        What was done to bring it to EPSG:4490.
    edition, valid, licence
        As stated by the workspace.
    rows_in_file
        Counted independently of the reader, where the format allows.
    rows_kept, rows_quarantined
        Always add up to `rows_in_file`.
    window
        For a source that was read by a box (a database), the box: no coverage reaches
        beyond it, and `rows_in_file` counts the rows that it asked for.
    files
        Name -> SHA-256 of further files that the reading rests on: ``datum_shift``
        (the parameters), ``datum_grid``. In pairs, in order.
    """

    source: str
    sha256: str
    format: str
    source_layer: str | None
    encoding: str | None
    crs: str
    crs_evidence: str
    operation: str
    edition: str | None
    valid: Period
    licence: str | None
    rows_in_file: int
    rows_kept: int
    rows_quarantined: int
    window: Window | None = None
    files: tuple[tuple[str, str], ...] = ()


def sha256_of(paths: list[Path]) -> str:
    """Return the SHA-256 of files, taken in the order of their names.

    One file: the hash that ``sha256sum`` prints. Several (the parts of a
    Shapefile): the hash of the lines ``<hash>  <name>``.
    """
    digests = []
    for path in sorted(paths, key=lambda part: part.name):
        with path.open("rb") as stream:
            digests.append((path.name, hashlib.file_digest(stream, "sha256")))
    if len(digests) == 1:
        return digests[0][1].hexdigest()
    lines = "".join(f"{digest.hexdigest()}  {name}\n" for name, digest in digests)
    return hashlib.sha256(lines.encode()).hexdigest()
