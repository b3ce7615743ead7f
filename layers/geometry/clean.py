"""A column of raw geometries becomes a column that can be relied on.

Everything is vectorised; only offenders are looked at one by one. What cannot be
relied on is taken out with a `Fault` that says why and, where known, where it lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.geometry.densify import to_degrees
from layers.geometry.mend import Mended, areal_part, mend
from layers.geometry.parts import TYPES, are_left_over, shows_its_extent
from layers.geometry.valid import are_finite, are_valid
from layers.misfit import in_other_zones, misfits, refuse_misfit
from layers.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.crs import Settled
    from layers.spec import GeometryType

MAX_VERTICES = 2_000_000
COLLECTION = 7
FLAT = 2

Facts = dict[str, str | float | Message]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing found in one geometry; `kept` is false when it was taken out.

    Attributes
    ----------
    position
        Position in the column.
    code, facts, lon, lat
        As for `layers.issue.DataIssue`.
    kept
        Whether the geometry is in the result all the same (mended).
    bounds
        (min_lon, min_lat, max_lon, max_lat) of what was taken out, where known.
    is_bounded
        Whether its box holds all that it stands for (see `shows_its_extent`).
    """

    position: int
    code: str
    facts: Facts
    kept: bool
    lon: float | None = None
    lat: float | None = None
    bounds: tuple[float, float, float, float] | None = None
    is_bounded: bool = True


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The column in EPSG:4490 (None where taken out), and what was found."""

    geometry: NDArray[np.object_]
    faults: tuple[Fault, ...]


def clean(
    geometry: NDArray[np.object_],
    *,
    unreadable: NDArray[np.bool_],
    accepted: tuple[GeometryType, ...],
    settled: Settled,
    source: str,
    mender: Callable[[BaseGeometry], Mended] = mend,
) -> Cleaned:
    """Bring geometries to EPSG:4490, mend what can be mended, take out the rest.

    Parameters
    ----------
    geometry
        As read: None, empty, invalid and non-finite ones included.
    unreadable
        Where the source had something that the reader could not turn into a
        geometry.
    accepted
        The types that the layer kind takes; multi-parts are included.
    settled
        The source's reference system.
    source
        Name of the source, for messages.
    mender
        What mends one invalid geometry: `mend`, or one that knows an end.

    Raises
    ------
    CrsError
        More than half of the geometries lie where they cannot lie: swapped axes,
        metres called degrees, a wrong zone. Single ones are taken out.
    """
    with np.errstate(invalid="ignore"):  # NaN coordinates are what is looked for
        flat, faults = _collections(_flat(geometry), accepted)
        codes = _triage(flat, unreadable, accepted)
    faults += [
        Fault(
            int(at),
            codes[at],
            _type_facts(flat[at]),
            kept=False,
            is_bounded=shows_its_extent(flat[at], accepted),
        )
        for at in np.flatnonzero(codes != "")
    ]
    good = np.flatnonzero(codes == "")
    lonlat = np.full(len(flat), None, dtype=object)
    lonlat[good] = _placed(flat[good], settled)
    good, outside = _inside(flat, lonlat, good, settled=settled, source=source)
    lonlat[[one.position for one in outside]] = None
    faults += outside
    mended = _mend_all(lonlat, good, mender)
    for at, fixed, found in mended:
        lonlat[at] = fixed
        faults += found
    faults.sort(key=lambda one: (one.position, one.kept))
    return Cleaned(lonlat, tuple(faults))


def _flat(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the column without heights and measures; what has none is not copied."""
    result = geometry.copy()
    deep = shapely.get_coordinate_dimension(geometry) > FLAT
    result[deep] = shapely.force_2d(geometry[deep])
    return result


def _collections(
    geometry: NDArray[np.object_], accepted: tuple[GeometryType, ...]
) -> tuple[NDArray[np.object_], list[Fault]]:
    """Replace a collection by its polygons where polygons are wanted.

    Only where the rest is left over; else the collection stays, and is set aside.
    """
    if "polygon" not in accepted:
        return geometry, []
    result, faults = geometry.copy(), []
    for at in np.flatnonzero(shapely.get_type_id(geometry) == COLLECTION):
        areal = areal_part(geometry[at])
        if areal is not None and are_left_over(geometry[at], accepted):
            result[at] = areal
            faults.append(Fault(int(at), "dimension_dropped", {}, kept=True))
    return result, faults


def _triage(
    geometry: NDArray[np.object_],
    unreadable: NDArray[np.bool_],
    accepted: tuple[GeometryType, ...],
) -> NDArray[np.object_]:
    """Return the code of what is wrong with each raw geometry, or the empty text."""
    known = [number for name in accepted for number in TYPES[name]]
    codes = np.full(len(geometry), "", dtype=object)
    # The later line wins: the more basic fault is the one to report.
    codes[shapely.get_num_coordinates(geometry) > MAX_VERTICES] = "geometry_doubtful"
    codes[~are_finite(geometry)] = "geometry_not_finite"
    codes[~np.isin(shapely.get_type_id(geometry), known)] = "geometry_wrong_type"
    codes[shapely.is_empty(geometry)] = "geometry_empty"
    codes[shapely.is_missing(geometry)] = "geometry_null"
    codes[unreadable] = "geometry_unreadable"
    return codes


def _type_facts(geometry: object) -> Facts:
    """Say of which type a geometry that was taken out is."""
    if geometry is None:
        return {}
    return {
        "type": str(getattr(geometry, "geom_type", "")),
        "reason": Message("mend.too_many_vertices"),
    }


def _placed(geometry: NDArray[np.object_], settled: Settled) -> NDArray[np.object_]:
    """Bring geometries to degrees."""
    if settled.transformer is None:
        return geometry
    if settled.unit != 1.0:
        geometry = shapely.transform(geometry, lambda xy: xy * settled.unit)
    return to_degrees(geometry, settled.transformer)


def _inside(
    raw: NDArray[np.object_],
    lonlat: NDArray[np.object_],
    good: NDArray[np.int64],
    *,
    settled: Settled,
    source: str,
) -> tuple[NDArray[np.int64], list[Fault]]:
    """Split into those that can lie where they lie, and faults for the others."""
    bounds = shapely.bounds(lonlat[good])
    # One vertex that could not be placed spoils the whole outline.
    if settled.transformer is not None:
        bounds[~are_finite(lonlat[good])] = np.nan
    wrong = misfits(bounds, settled)
    # A layer may reach into a zone beside its own, but not lie there.
    for some in (wrong, in_other_zones(shapely.bounds(raw[good]), settled)):
        if some.sum() * 2 > len(good):
            far = shapely.bounds(raw[good[some]])
            raise refuse_misfit(far, settled, source=source)
    faults = []
    for at, box in zip(good[wrong], shapely.bounds(raw[good[wrong]]), strict=True):
        facts: Facts = {"x": float(box[0]), "y": float(box[1])}
        faults.append(Fault(int(at), "geometry_outside_range", facts, kept=False))
    return good[~wrong], faults


def _mend_all(
    lonlat: NDArray[np.object_],
    good: NDArray[np.int64],
    mender: Callable[[BaseGeometry], Mended],
) -> list[tuple[int, object, list[Fault]]]:
    """Mend the invalid ones among `good`, one by one."""
    invalid = good[~are_valid(lonlat[good])]
    done: list[tuple[int, object, list[Fault]]] = []
    for at in invalid:
        one = mender(lonlat[at])
        facts: Facts = dict(one.facts)
        kept = one.geometry is not None
        if not kept:
            facts |= {
                "detail": one.facts["reason"],
                "reason": Message(f"mend.{one.why}", one.facts),
            }
        found = [
            Fault(
                int(at),
                "geometry_mended" if kept else "geometry_doubtful",
                facts,
                kept=kept,
                lon=one.lon,
                lat=one.lat,
                bounds=None if kept else tuple(shapely.bounds(lonlat[at]).tolist()),
            )
        ]
        if one.dropped:
            found.append(Fault(int(at), "dimension_dropped", {}, kept=True))
        done.append((int(at), one.geometry, found))
    return done
