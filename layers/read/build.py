"""A raw table becomes a layer: settled, named, placed, mended, explained."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from layers.crs import (
    CrsLike,
    Settled,
    is_degrees,
    is_stated,
    name_of,
    same,
    settle,
)
from layers.datum import Steps, declared
from layers.errors import CrsError
from layers.frame import Canonical, canonical
from layers.geometry import Cleaned, Fault, clean
from layers.issue import DataIssue, Quarantined
from layers.layer import FRAME, Layer
from layers.misfit import misfits
from layers.provenance import Period, Provenance, Tolerance
from layers.read.coverage import with_coverage
from layers.systems import need_written_out
from layers.worker.mending import Mender

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.formats import RawTable
    from layers.formats.raw import Found
    from layers.read.statement import Origin, Statement
    from layers.spec import LayerSpec

EVERYWHERE = Period()
# formats in which degrees come without a datum
TABLES = ("CSV", "Excel workbook", "Excel 97 workbook", "coordinate text")


def build(raw: RawTable, wanted: LayerSpec, stated: Statement, origin: Origin) -> Layer:
    """Turn a raw table into a layer."""
    name = stated.id or wanted.kind
    settled, notes = settled_of(raw, stated.crs, origin.source, stated=stated)
    table = canonical(
        raw.attributes,
        spec=wanted,
        layer=name,
        fields=stated.fields or {},
        source=origin.source,
    )
    cleaned = clean(
        raw.geometry,
        unreadable=raw.unreadable,
        accepted=wanted.geometry,
        settled=settled,
        source=origin.source,
        mender=Mender(),
    )
    kept = ~shapely.is_missing(cleaned.geometry)
    issues = (
        *(DataIssue(code, name, facts=facts) for code, facts in (*raw.found, *notes)),
        *table.issues,
        *_geometry_issues(cleaned.faults, table, name),
    )
    quarantine = _quarantine(raw, cleaned, table, settled)
    layer = Layer(
        id=name,
        spec=wanted,
        frame=in_frame(table.table[kept], cleaned.geometry[kept]),
        provenance=Provenance(
            source=origin.source,
            sha256=origin.sha256,
            format=raw.format,
            source_layer=raw.source_layer,
            encoding=raw.encoding,
            crs=settled.source,
            crs_evidence=settled.evidence,
            operation=settled.operation,
            edition=stated.edition,
            valid=stated.valid or EVERYWHERE,
            licence=stated.licence,
            rows_in_file=raw.rows_in_file,
            rows_kept=int(kept.sum()),
            rows_quarantined=len(quarantine),
            files=stated.datum_shift.files if stated.datum_shift else (),
        ),
        issues=issues,
        quarantine=quarantine,
        accuracy_m=stated.accuracy_m,
        tolerance=stated.tolerance or Tolerance(),
        notice=stated.notice,
    )
    return with_coverage(layer, stated.coverage)


def settled_of(
    raw: RawTable,
    given: CrsLike | None,
    source: str,
    *,
    stated: Statement | None = None,
) -> tuple[Settled, list[Found]]:
    """Settle the reference system from the source's word and the caller's."""
    need_written_out(raw.crs, source=source)
    shift = stated.datum_shift if stated else None
    region = stated.datum_region if stated else None
    coverage = stated.coverage if stated else None
    settle_here = partial(settle, source=source, shift=shift, region=region)
    if given is None:
        unknown = not is_stated(raw.crs) and declared(raw.crs) is None
        settled = settle_here(
            raw.crs,
            evidence=raw.crs_evidence,
            numbers=shapely.get_coordinates(raw.geometry) if unknown else None,
            region_box=coverage.area.bounds if coverage else None,
        )
        assumed = raw.format in TABLES and raw.crs_is_assumed
        notes: list[Found] = [("datum_assumed", {})] if assumed else []
    else:
        settled = settle_here(given, evidence="given by the user")
        said = is_stated(raw.crs) or declared(raw.crs) is not None
        if said and not raw.crs_is_assumed:
            _need_agreement(raw, given, settled, source)
        facts: dict[str, str | float] = {"crs": settled.source}
        notes = [("crs_given_by_user", facts)]
    if settled.issue is not None:
        notes.append((settled.issue, _shift_facts(raw, settled)))
    return settled, notes


def _shift_facts(raw: RawTable, settled: Settled) -> dict[str, str | float]:
    """Say what was equated or shifted, and how far the middle vertex moved."""
    facts: dict[str, str | float] = {"crs": settled.source}
    if isinstance(settled.transformer, Steps):
        xy = shapely.get_coordinates(raw.geometry) * settled.unit
        facts["shift_m"] = round(settled.transformer.median_move_m(xy), 1)
    return facts


def _need_agreement(
    raw: RawTable, given: CrsLike, settled: Settled, source: str
) -> None:
    """Refuse a reference system that contradicts the source's own.

    No format can state GCJ-02: a file that holds it says WGS 84 or CGCS2000 degrees.
    A table can, in its headings.
    """
    if raw.crs is None:
        return
    shifted = declared(raw.crs)
    if shifted is not None:
        agrees = declared(given) == shifted
    else:
        agrees = is_degrees(raw.crs) if settled.is_declared else same(raw.crs, given)
    if not agrees:
        raise CrsError(
            source=source,
            expected=settled.source,
            got=f"{shifted or name_of(raw.crs)} ({raw.crs_evidence})",
            todo="leave crs out, or correct what the source says about itself",
        )


def _geometry_issues(
    faults: Iterable[Fault], table: Canonical, layer: str
) -> Iterable[DataIssue]:
    """Turn faults into issues that know the feature."""
    ids = table.table["feature_id"].to_numpy()
    for one in faults:
        yield DataIssue(
            code=one.code,
            layer=layer,
            row=one.position,
            feature_id=str(ids[one.position]),
            facts=one.facts,
            lon=one.lon,
            lat=one.lat,
        )


def _quarantine(
    raw: RawTable, cleaned: Cleaned, table: Canonical, settled: Settled
) -> tuple[Quarantined, ...]:
    """Return the rows that were set aside, with their attributes, by row."""
    aside = []
    for one in cleaned.faults:
        if one.kept:
            continue
        row = {str(k): v for k, v in table.table.iloc[one.position].items()}
        bounds = one.bounds or _raw_bounds(raw.geometry[one.position], settled)
        aside.append(
            Quarantined(
                row=one.position,
                feature_id=str(row["feature_id"]),
                reason=one.code,
                bounds=bounds if one.is_bounded else None,
                attributes=row,
            )
        )
    return tuple(aside)


def _raw_bounds(
    geometry: BaseGeometry | None, settled: Settled
) -> tuple[float, float, float, float] | None:
    """Return degrees that hold a geometry that was set aside, or None.

    None wherever a vertex is not finite or out of range: then it may lie anywhere.
    """
    if geometry is None or not np.isfinite(shapely.get_coordinates(geometry)).all():
        return None
    box = shapely.bounds(geometry)
    if np.isfinite(box).all():
        box = np.array(settled.box_of(tuple(box.tolist())))
    inside = np.abs(box) <= np.array([180.0, 90.0, 180.0, 90.0])
    if not inside.all() or misfits(box[None, :], settled)[0]:
        return None
    west, south, east, north = box.tolist()
    return west, south, east, north


def in_frame(table: pd.DataFrame, geometry: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Join attributes and geometries in the one frame; the index is the row."""
    frame = gpd.GeoDataFrame(table, geometry=geometry, crs=FRAME)
    return frame.rename_axis(index="row")
