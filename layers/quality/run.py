"""check(): every check on every layer, in one order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import shapely
from shapely.errors import GEOSException

from layers.layer import Layer
from layers.quality import datums, gaps, overlaps, small, statements
from layers.quality.defect import Defect, Limits, defect
from layers.quality.editions import by_series
from layers.quality.region import region_of
from layers.quality.report import LayerSummary, QualityReport

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from layers.issue import DataIssue
    from layers.layer import Unavailable, Workspace
    from layers.quality.report import State

    Check = Callable[[], Iterator[Defect]]

DEFAULTS = Limits()


def check(
    workspace: Workspace, *, on: dt.date | None = None, limits: Limits = DEFAULTS
) -> QualityReport:
    """Check every layer of a workspace.

    Parameters
    ----------
    workspace
        From `layers.open_workspace`; it is not changed.
    on
        The day that validity is held against; None leaves that out.
    limits
        What counts as small; a layer's own tolerance wins over it.

    Returns
    -------
    QualityReport
        What reading found (its codes), and what only shows when a layer is held
        against itself, the other layers, the region and the day (codes of
        `layers.quality.SEVERITY`).

    Notes
    -----
    A layer is unfit when it has a finding that is an error, or rows that were set
    aside. A check that GEOS cannot finish is the error ``check_failed``: it never
    counts as passed.
    """
    region = region_of(workspace)
    found = list(_region_unknown(workspace, region))
    for layer in workspace.layers.values():
        found += _of_layer(layer, workspace, region, on=on, limits=limits.of(layer))
    for lost in workspace.unavailable.values():
        facts = {"reason": lost.reason}
        found.append(defect("layer_unreadable", lost.id, facts=facts))
    everything: tuple[Layer | Unavailable, ...] = (
        *workspace.layers.values(),
        *workspace.unavailable.values(),
    )
    return QualityReport(
        title=workspace.title,
        region=workspace.region,
        on=on,
        limits=limits,
        layers=tuple(_summary(one, found) for one in everything),
        defects=tuple(found),
        notice=workspace.notice,
    )


def _of_layer(
    layer: Layer,
    workspace: Workspace,
    region: Polygon | MultiPolygon | None,
    *,
    on: dt.date | None,
    limits: Limits,
) -> list[Defect]:
    """Return every finding of one layer: first what reading found."""
    checks: tuple[tuple[str, Check], ...] = (
        ("coverage", lambda: statements.coverage(layer, region=region, limits=limits)),
        ("repeated", lambda: overlaps.repeated(layer)),
        ("overlaps", lambda: overlaps.overlapping(layer, limits=limits)),
        ("gaps", lambda: gaps.gaps(layer, region=region, limits=limits)),
        ("outside", lambda: gaps.outside(layer, region=region, limits=limits)),
        ("misplaced", lambda: gaps.misplaced(layer, workspace)),
        ("datum", lambda: datums.suspected(layer, workspace)),
        ("slivers", lambda: small.slivers(layer, limits=limits)),
        ("holes", lambda: small.holes(layer, limits=limits)),
    )
    series = by_series(workspace.layers.values()).get(layer.series or "", ())
    found = [
        *_from_reading(layer),
        *statements.statements(layer, on=on, series=series),
    ]
    for name, run in checks:
        try:
            found += list(run())
        except GEOSException as error:
            facts = {"check": name, "reason": str(error)}
            found.append(defect("check_failed", layer.id, facts=facts))
    return found


def _region_unknown(
    workspace: Workspace, region: Polygon | MultiPolygon | None
) -> Iterator[Defect]:
    """Say that nothing could be held against the region."""
    if region is None and workspace.region is not None:
        yield defect("region_unknown", "", facts={"region": workspace.region})


def _from_reading(layer: Layer) -> Iterator[Defect]:
    """Yield what reading found, each at its place."""
    aside = {one.row: one.bounds for one in layer.quarantine}
    kept = dict(zip(layer.frame.index, layer.frame.geometry, strict=True))
    for one in layer.issues:
        yield Defect(
            code=one.code,
            layer=layer.id,
            severity=one.severity,
            message=one.message,
            row=one.row,
            feature_id=one.feature_id,
            geometry=_place(one, aside, kept),
        )


def _place(
    issue: DataIssue,
    aside: dict[int, tuple[float, float, float, float] | None],
    kept: dict[int, BaseGeometry],
) -> BaseGeometry | None:
    """Return the spot that is known, else the feature, else the box of a lost row."""
    if issue.lon is not None and issue.lat is not None:
        return shapely.Point(issue.lon, issue.lat)
    if issue.row is None:
        return None
    if issue.row in kept:
        return kept[issue.row]
    box = aside.get(issue.row)
    return shapely.box(*box) if box is not None else None


def _summary(layer: Layer | Unavailable, found: list[Defect]) -> LayerSummary:
    """Sum up one layer."""
    counts = Counter(str(one.severity) for one in found if one.layer == layer.id)
    read = layer.provenance if isinstance(layer, Layer) else None
    return LayerSummary(
        id=layer.id,
        kind=layer.kind,
        title=layer.spec.title,
        state=_state(layer, counts),
        source=read.source if read else "",
        rows_in_file=read.rows_in_file if read else None,
        rows_kept=read.rows_kept if read else None,
        rows_quarantined=read.rows_quarantined if read else None,
        errors=counts["error"],
        warnings=counts["warning"],
        notes=counts["note"],
    )


def _state(layer: Layer | Unavailable, counts: Counter[str]) -> State:
    """Return whether a layer is fit for use."""
    if not isinstance(layer, Layer):
        return "unreadable"
    if counts["error"] or layer.quarantine:
        return "unfit"
    return "with_remarks" if counts.total() else "fit"
