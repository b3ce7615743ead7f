"""Chainages: on which stretches of a line which rule applies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from layers.layer import FRAME
from spatial.avoid.model import Stretch
from spatial.measure import buffer_m, grown_bounds
from spatial.overlap import along_table
from spatial.policy.where import limit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

    from spatial.finding import Finding
    from spatial.policy import model
    from spatial.shelf import Shelf

_ROOM_M = 1.0


def stretches(
    line: BaseGeometry,
    findings: Iterable[Finding],
    wheres: Mapping[tuple[str, int], model.Where],
    shelf: Shelf,
) -> tuple[Stretch, ...]:
    """Return where along a line its findings apply.

    Parameters
    ----------
    line
        (Multi)line in EPSG:4490.
    findings
        Of the line.
    wheres
        The relation of each rule and provision; a finding of neither counts where it
        overlaps its zone.
    shelf
        Layers on the day.

    Returns
    -------
    tuple of Stretch
        By part, chainage, rule, zone. Findings at a zone only: a rule that applies at
        any place, or for want of a zone, has no stretch of its own. Of a rule with a
        distance the stretch is that within the distance (right to 1 cm, on the long
        side).
    """
    found = [one for one in findings if one.kind is not None and one.zone_id]
    found = [one for one in found if one.relation in ("intersects", "within_distance")]
    if not found:
        return ()
    grounds = np.empty(len(found), dtype=object)
    grounds[:] = [
        _ground(one, wheres.get((one.rule, one.provision)), line, shelf)
        for one in found
    ]
    areal = np.flatnonzero(shapely.get_dimensions(grounds) == 2)  # noqa: PLR2004
    zones = gpd.GeoDataFrame(geometry=grounds[areal], crs=FRAME)
    lines = gpd.GeoDataFrame(geometry=[line], crs=FRAME)
    rows = along_table(lines, zones).to_dict("records")
    made = [_stretch(row, found[int(areal[int(row["zone"])])]) for row in rows]
    return tuple(sorted(made, key=_order))


def _ground(
    finding: Finding, where: model.Where | None, line: BaseGeometry, shelf: Shelf
) -> BaseGeometry:
    """Return the ground on which a finding's zone takes hold."""
    zones = shelf.zones(str(finding.kind))
    mine = (zones["layer"] == finding.layer) & (zones["feature_id"] == finding.zone_id)
    zone: BaseGeometry = zones.geometry.iloc[int(np.flatnonzero(mine)[0])]
    limit = limit_of(where, shelf) if where is not None else None
    if finding.relation == "intersects" or not isinstance(limit, float | int):
        return zone
    (box,) = grown_bounds(np.array([shapely.bounds(line)]), limit + _ROOM_M)
    near = shapely.intersection(zone, shapely.box(*box))
    return shapely.union_all([buffer_m(one, limit) for one in shapely.get_parts(near)])


def _stretch(row: Mapping[Any, Any], one: Finding) -> Stretch:
    return Stretch(
        part=int(row["part"]),
        from_m=float(row["chainage_from_m"]),
        to_m=float(row["chainage_to_m"]),
        rule=one.rule,
        provision=one.provision,
        outcome=one.outcome,
        kind=one.kind,
        layer=one.layer,
        zone_id=one.zone_id,
        zone_name=one.zone_name,
    )


def _order(one: Stretch) -> tuple[object, ...]:
    place = (one.layer or "", one.zone_id or "")
    return (one.part, one.from_m, one.to_m, one.rule, one.provision, *place)
