"""One row a vertex: rows become parcels, and a parcel that is unclear stays whole.

A parcel whose rows leave its outline open to two readings, or of which one vertex
cannot be read, becomes a row without geometry: it is set aside, never cut short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.formats.raw import Found

Shape = Literal["polygon", "line", "point"]
Key = tuple[str, ...]

MIN_RING = 3
MIN_LINE = 2
SHOWN = 5
# codes of issues: why the rows of a parcel make no outline
APART = "parcel_rows_apart"
UNREADABLE = "parcel_vertex_unreadable"
WRONG_COUNT = "parcel_points_wrong"
RINGS = "parcel_rings_unclear"
UNORDERED = "parcel_points_unordered"
POINT_NUMBER = re.compile(r"\D*?(\d+)")


@dataclass(frozen=True, slots=True)
class Vertex:
    """One row of the table: where it lies, and what it belongs to.

    Attributes
    ----------
    row
        Position in the table.
    xy
        None where the coordinates cannot be read.
    parcel
        What names the parcel; a parcel may be called ``()``.
    ring
        1 for the outer ring, 2 and more for holes; None when there is no such
        column, 0 when the cell holds no ring number.
    point
        Its number as written, or ''.
    """

    row: int
    xy: tuple[float, float] | None
    parcel: Key
    ring: int | None = None
    point: str = ""


@dataclass(frozen=True, slots=True)
class Parcels:
    """Vertices put together.

    Attributes
    ----------
    keys
        Names of the parcels, in the order of their first rows.
    rows
        Positions of each parcel's rows.
    geometry
        Polygon, line, point or None, one a parcel.
    found
        What was closed, and which parcels are unclear and why.
    """

    keys: tuple[Key, ...]
    rows: tuple[tuple[int, ...], ...]
    geometry: NDArray[np.object_]
    found: tuple[Found, ...]


class UnclearError(ValueError):
    """Why the rows of a parcel make no outline; the code of the issue."""


@dataclass(slots=True)
class _Tally:
    """What was met on the way."""

    closed: int = 0
    unclear: dict[str, list[str]] = field(default_factory=dict)


def assemble(vertices: Sequence[Vertex], shapes: Mapping[Key, Shape]) -> Parcels:
    """Put the vertices of each parcel together.

    Parameters
    ----------
    vertices
        In the order of the rows.
    shapes
        What each parcel is.

    Returns
    -------
    Parcels
        Every vertex belongs to exactly one of them. The order of the rows is the
        order of the outline. A ring that does not repeat its first point is closed,
        and counted. No geometry where the rows of a parcel stand apart, a vertex is
        unreadable, point numbers jump back, ring numbers are missing or do not begin
        with 1, a ring closes before its end, has too few points, or does not lie in
        ring 1.
    """
    groups: dict[Key, list[Vertex]] = {}
    apart: set[Key] = set()
    last: Key | None = None
    for one in vertices:
        if one.parcel != last and one.parcel in groups:
            apart.add(one.parcel)
        groups.setdefault(one.parcel, []).append(one)
        last = one.parcel
    tally = _Tally()
    geometry = np.full(len(groups), None, dtype=object)
    for at, (key, members) in enumerate(groups.items()):
        try:
            geometry[at] = _outline(members, shapes[key], tally, is_apart=key in apart)
        except UnclearError as error:
            name = "/".join(key) or f"{members[0].row + 1}"
            tally.unclear.setdefault(str(error), []).append(name)
    return Parcels(
        keys=tuple(groups),
        rows=tuple(tuple(one.row for one in each) for each in groups.values()),
        geometry=geometry,
        found=_found(tally, vertices=len(vertices), parcels=len(groups)),
    )


def is_closed(vertices: Sequence[Vertex]) -> bool:
    """Whether the last vertex of a parcel repeats the first."""
    return len(vertices) > MIN_RING and vertices[0].xy == vertices[-1].xy


def _found(tally: _Tally, *, vertices: int, parcels: int) -> tuple[Found, ...]:
    """Return what is to be said about the whole table."""
    found: list[Found] = [
        ("vertices_assembled", {"vertices": vertices, "parcels": parcels})
    ]
    if tally.closed:
        found.append(("rings_closed", {"count": tally.closed}))
    for code, names in sorted(tally.unclear.items()):
        more = ", …" if len(names) > SHOWN else ""
        shown = ", ".join(names[:SHOWN]) + more
        found.append((code, {"count": len(names), "parcels": shown}))
    return tuple(found)


def _outline(
    members: Sequence[Vertex], shape: Shape, tally: _Tally, *, is_apart: bool
) -> BaseGeometry:
    """Return the geometry of one parcel."""
    if is_apart:
        raise UnclearError(APART)
    if any(one.xy is None for one in members):
        raise UnclearError(UNREADABLE)
    if shape == "point":
        if len(members) > 1:
            raise UnclearError(WRONG_COUNT)
        return shapely.Point(_xy(members)[0])
    rings = _rings(members)
    for ring in rings:
        _need_order(ring)
    if shape == "line":
        return _line(rings)
    shells = [_ring(one, tally) for one in rings]
    return _polygon(shells)


def _xy(members: Sequence[Vertex]) -> list[tuple[float, float]]:
    return [one.xy for one in members if one.xy is not None]


def _rings(members: Sequence[Vertex]) -> list[list[Vertex]]:
    """Split a parcel at its ring numbers, which must run 1, 2, 3 ..."""
    rings: list[list[Vertex]] = []
    for one in members:
        number = 1 if one.ring is None else one.ring
        if number == len(rings) + 1:
            rings.append([])
        elif number != len(rings) or number == 0:
            raise UnclearError(RINGS)
        rings[-1].append(one)
    return rings


def _need_order(ring: Sequence[Vertex]) -> None:
    """Refuse point numbers that jump back: rows sorted as text, or mixed up."""
    numbers = [POINT_NUMBER.fullmatch(one.point) for one in ring]
    if not all(numbers):
        return
    values = [int(one[1]) for one in numbers if one]
    if len(ring) > 1 and ring[0].xy == ring[-1].xy:
        values.pop()  # the closing point bears the number of the first, or its own
    steps = np.diff(values)
    if len(steps) and not ((steps > 0).all() or (steps < 0).all()):
        raise UnclearError(UNORDERED)


def _line(rings: list[list[Vertex]]) -> BaseGeometry:
    """Return a line; every ring number is a part of its own."""
    if any(len(set(_xy(one))) < MIN_LINE for one in rings):
        raise UnclearError(WRONG_COUNT)
    parts = [shapely.LineString(_xy(one)) for one in rings]
    return parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)


def _ring(members: Sequence[Vertex], tally: _Tally) -> shapely.Polygon:
    """Return one ring as a polygon, closed."""
    xy = _xy(members)
    if xy[0] != xy[-1] or len(xy) == 1:
        tally.closed += 1
        xy.append(xy[0])
    if xy[0] in xy[1:-1]:
        raise UnclearError(RINGS)
    if len(set(xy)) < MIN_RING:
        raise UnclearError(WRONG_COUNT)
    return shapely.Polygon(xy)


def _polygon(rings: list[shapely.Polygon]) -> BaseGeometry:
    """Return ring 1 with the others as holes; each must lie in it."""
    outer, holes = rings[0], rings[1:]
    if holes and not all(one.is_valid and outer.covers(one) for one in [outer, *holes]):
        raise UnclearError(RINGS)
    return shapely.Polygon(outer.exterior, [one.exterior for one in holes])
