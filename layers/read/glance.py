"""What is in a file, before anybody has decided what it is for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np
import shapely
from pyproj.exceptions import CRSError as ProjCrsError

from layers import worker
from layers.crs import name_of
from layers.datum import declared
from layers.errors import CrsError, ToolkitError
from layers.formats.tiff import is_tiff
from layers.read.address import need_file
from layers.read.build import build, settled_of
from layers.read.columns import types_of
from layers.read.extent import Extent, extent_of
from layers.read.fitting import Fit, Trial, candidates, fit, trial
from layers.read.places import whereabouts
from layers.read.raster_glance import RasterGlance, look_at_raster
from layers.read.statement import Origin, Stated, Statement
from layers.spec import spec
from layers.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.formats import RawTable
    from layers.spec import LayerSpec

FLAT = {"Polygon": "polygon", "LineString": "line", "Point": "point"}


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
        (min_lon, min_lat, max_lon, max_lat) in degrees, EPSG:4490, of what can lie
        where the reference system puts it; None where that is not settled.
    missing, invalid
        Rows without a readable geometry, and with an invalid one; the rest of `rows`
        have a valid one.
    types
        Type of each column, in the order of `fields`: ``text``, ``number``, ``date``,
        ``flag``, ``empty`` (no value at all) or ``mixed``.
    geometry_counts
        Rows by geometry type, in the order of `geometry_types`.
    places
        Where it lies in words: towns near, provinces or countries, seas.
    fits
        The kind that was asked for; else those the table could be, best first.
    trial
        What reading it as the kind that was asked for would leave; None when none
        was, or when that is refused (then a problem says why).
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
    types: tuple[str, ...] = ()
    geometry_counts: Mapping[str, int] = field(default_factory=dict)
    places: tuple[Message, ...] = ()
    fits: tuple[Fit, ...] = ()
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is and holds: format, how it was recognised, layers, problems."""

    source: str
    format: str
    why: str
    layers: tuple[Glance, ...] = ()
    rasters: tuple[RasterGlance, ...] = ()
    problems: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the caller says and asks of every layer of a file."""

    path: Path
    wanted: LayerSpec | None
    stated: Statement
    sha256: str


def inspect(
    source: Path | str,
    *,
    encoding: str | None = None,
    kind: str | None = None,
    **stated: Unpack[Stated],
) -> Inspection:
    """Look at a file without deciding what it is for; another process opens it.

    Parameters
    ----------
    source
        Any file that `read` takes, or a GeoTIFF, which is not copied: only its header
        is read.
    encoding
        Text encoding, when the user knows it.
    kind
        A layer kind to try: how its fields are found, and the row ledger that
        reading would leave.
    **stated
        See `Stated`; `crs`, `datum_shift`, `datum_region` and `coverage` (narrows the
        readings of a missing reference system) change what is said.

    Returns
    -------
    Inspection
        Layers sorted by name. A layer that cannot be read appears among the problems.
        A raster stands in `rasters`, and there are no layers.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        There is no such file, or it is of no format that is read.
    UnknownKindError
        There is no such kind.
    ExtraMissingError
        It is a raster, and the extra ``raster`` is not installed.
    """
    need_file(source)
    path = Path(source)
    wanted = spec(kind) if kind is not None else None
    if is_tiff(path):
        sniffed, seen = look_at_raster(path, str(source))
        return Inspection(str(source), sniffed.format, sniffed.why, rasters=(seen,))
    glances, problems = [], []
    with worker.opened(path) as file:
        asked = _Asked(path, wanted, Statement(**stated), file.sha256)
        sniffed, names = file.look()
        for name in names:
            try:
                raw = file.raw(layer=name, encoding=encoding)
            except ToolkitError as error:
                facts = {"layer": name, "reason": str(error)}
                problems.append(Message("inspect.layer_refused", facts))
            else:
                glances.append(_glance(raw, asked))
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
        return declared(raw.crs) or name_of(raw.crs)
    except ProjCrsError:
        return repr(raw.crs)[:80]


def _glance(raw: RawTable, asked: _Asked) -> Glance:
    """Sum up one raw layer."""
    problems = [Message(f"issue.{code}", dict(facts)) for code, facts in raw.found]
    crs, evidence, extent, tried = _stated(raw), raw.crs_evidence, Extent(), None
    try:
        settled, notes = settled_of(
            raw, asked.stated.crs, str(asked.path), stated=asked.stated
        )
        crs, evidence = settled.source, settled.evidence
        extent = extent_of(raw.geometry, settled)
        problems += [Message(f"issue.{code}", dict(facts)) for code, facts in notes]
        tried = _tried(raw, asked, problems)
    except CrsError as error:
        problems.append(Message("inspect.crs_refused", {"reason": str(error)}))
    name = raw.source_layer or asked.path.stem
    columns = tuple(map(str, raw.attributes.columns))
    missing = int(shapely.is_missing(raw.geometry).sum())
    invalid = int((~shapely.is_valid(raw.geometry)).sum()) - missing
    counts = Counter(one.geom_type for one in raw.geometry if one is not None)
    problems += _shape_problems(counts, missing, invalid, extent.misfits)
    box = (
        shapely.total_bounds(raw.geometry) if len(raw.geometry) else np.full(4, np.nan)
    )
    return Glance(
        name=name,
        rows=raw.rows_in_file,
        fields=columns,
        geometry_types=tuple(sorted(counts)),
        crs=crs,
        crs_evidence=evidence,
        encoding=raw.encoding,
        bounds=tuple(box.tolist()) if np.isfinite(box).all() else None,
        problems=tuple(problems),
        lonlat=extent.box,
        missing=missing,
        invalid=invalid,
        types=tuple(types_of(raw.attributes)),
        geometry_counts={one: counts[one] for one in sorted(counts)},
        places=whereabouts(extent.middles),
        fits=(fit(columns, name, asked.wanted),)
        if asked.wanted
        else candidates(columns, name),
        trial=tried,
    )


def _tried(raw: RawTable, asked: _Asked, problems: list[Message]) -> Trial | None:
    """Read a layer as the kind that was asked for, and return the ledger of that."""
    if asked.wanted is None:
        return None
    try:
        origin = Origin(str(asked.path), asked.sha256)
        return trial(build(raw, asked.wanted, asked.stated, origin))
    except ToolkitError as error:
        problems.append(Message("inspect.kind_refused", {"reason": str(error)}))
        return None


def _shape_problems(
    counts: Counter[str], missing: int, invalid: int, misfit: int
) -> list[Message]:
    """Say what is wrong with the geometries of a layer."""
    found = []
    if len({FLAT.get(one.removeprefix("Multi"), one) for one in counts}) > 1:
        types = ", ".join(f"{one} {counts[one]}" for one in sorted(counts))
        found.append(Message("inspect.geometry_mixed", {"types": types}))
    for key, count in (
        ("missing", missing),
        ("invalid", invalid),
        ("outside", misfit),
    ):
        if count:
            found.append(Message(f"inspect.geometry_{key}", {"count": count}))
    return found
