"""What is in a file, before anybody has decided what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj.exceptions import CRSError as ProjCrsError

from layers import worker
from layers.crs import name_of
from layers.errors import CrsError, ToolkitError
from layers.formats.tiff import is_tiff
from layers.read.build import settled_of
from layers.read.extent import lonlat_of
from layers.read.raster_glance import RasterGlance, look_at_raster
from layers.text import Message

if TYPE_CHECKING:
    from layers.formats import RawTable


@dataclass(frozen=True, slots=True)
class Glance:
    """One layer of a file, as it is.

    Attributes
    ----------
    name, rows, fields
        Its name, number of rows, and columns as the source names them.
    geometry_types
        Types that occur, sorted.
    crs, crs_evidence
        The reference system and where it is stated; ``none`` when it is not.
    encoding
        Text encoding, where the format leaves it open.
    bounds
        (min_x, min_y, max_x, max_y) in the source's own units, or None.
    problems
        What stands in the way of using it, and what will be recorded.
    lonlat
        (min_lon, min_lat, max_lon, max_lat) in degrees, EPSG:4490; None where the
        reference system is not settled or the box cannot lie there.
    missing, invalid
        Rows without a readable geometry, and with an invalid one; the rest of `rows`
        have a valid one.
    """

    name: str
    rows: int
    fields: tuple[str, ...]
    geometry_types: tuple[str, ...]
    crs: str
    crs_evidence: str
    encoding: str | None
    bounds: tuple[float, float, float, float] | None
    problems: tuple[Message, ...] = ()
    lonlat: tuple[float, float, float, float] | None = None
    missing: int = 0
    invalid: int = 0


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is and holds: format, how it was recognised, layers, problems."""

    source: str
    format: str
    why: str
    layers: tuple[Glance, ...] = ()
    rasters: tuple[RasterGlance, ...] = ()
    problems: tuple[Message, ...] = ()


def inspect(source: Path | str, *, encoding: str | None = None) -> Inspection:
    """Look at a file without deciding what it is for; another process opens it.

    Parameters
    ----------
    source
        Any file that `read` takes, or a GeoTIFF, which is not copied: only its header
        is read.
    encoding
        Text encoding, when the user knows it.

    Returns
    -------
    Inspection
        Layers sorted by name. A layer that cannot be read appears among the problems.
        A raster stands in `rasters`, and there are no layers.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        There is no such file, or it is of no format that is read.
    ExtraMissingError
        It is a raster, and the extra ``raster`` is not installed.
    """
    path = Path(source)
    if is_tiff(path):
        sniffed, seen = look_at_raster(path, str(source))
        return Inspection(str(source), sniffed.format, sniffed.why, rasters=(seen,))
    glances, problems = [], []
    with worker.opened(path) as file:
        sniffed, names = file.look()
        for name in names:
            try:
                raw = file.raw(layer=name, encoding=encoding)
            except ToolkitError as error:
                facts = {"layer": name, "reason": str(error)}
                problems.append(Message("inspect.layer_refused", facts))
            else:
                glances.append(_glance(raw, path))
    return Inspection(
        str(source),
        sniffed.format,
        sniffed.why,
        tuple(glances),
        problems=tuple(problems),
    )


def _stated(raw: RawTable) -> str:
    """Return the name of a reference system that is not accepted, or its text."""
    if raw.crs is None:
        return "none"
    try:
        return name_of(raw.crs)
    except ProjCrsError:
        return repr(raw.crs)[:80]


def _glance(raw: RawTable, path: Path) -> Glance:
    """Sum up one raw layer."""
    problems = [Message(f"issue.{code}", dict(facts)) for code, facts in raw.found]
    crs, evidence, lonlat = "none", raw.crs_evidence, None
    try:
        settled, notes = settled_of(raw, None, str(path))
        crs = settled.source
        lonlat = lonlat_of(raw.geometry, settled)
        problems += [Message(f"issue.{code}", dict(facts)) for code, facts in notes]
    except CrsError as error:
        crs = _stated(raw)
        problems.append(Message("inspect.crs_refused", {"reason": str(error)}))
    missing = int(shapely.is_missing(raw.geometry).sum())
    if missing:
        problems.append(Message("inspect.geometry_missing", {"count": missing}))
    invalid = int((~shapely.is_valid(raw.geometry)).sum()) - missing
    if invalid:
        problems.append(Message("inspect.geometry_invalid", {"count": invalid}))
    box = (
        shapely.total_bounds(raw.geometry) if len(raw.geometry) else np.full(4, np.nan)
    )
    types = {one.geom_type for one in raw.geometry if one is not None}
    return Glance(
        name=raw.source_layer or path.stem,
        rows=raw.rows_in_file,
        fields=tuple(map(str, raw.attributes.columns)),
        geometry_types=tuple(sorted(types)),
        crs=crs,
        crs_evidence=evidence,
        encoding=raw.encoding,
        bounds=tuple(box.tolist()) if np.isfinite(box).all() else None,
        problems=tuple(problems),
        lonlat=lonlat,
        missing=missing,
        invalid=invalid,
    )
