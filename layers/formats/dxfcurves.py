"""Vertices of a drawing's lines and curves, within a stated distance of the curve.

Arcs are divided here: ezdxf's own paths go over Bezier curves, which leave an arc of
1 km by 0.3 m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ezdxf.entities import (
    Arc,
    Circle,
    Ellipse,
    Line,
    LWPolyline,
    Point,
    Polyline,
    Spline,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ezdxf.entities import DXFEntity
    from ezdxf.math import OCS, Vec3
    from numpy.typing import NDArray

TOLERANCE = 0.001
TOLERANCE_DEGREES = 1e-8
"""Drawing units; the second where all coordinates could be degrees."""
DEGREES = 360.0
MAX_STEPS = 20_000
FULL_TURN = 2 * math.pi
SPLINE_FRAME = 16


@dataclass(frozen=True, slots=True)
class Outline:
    """Vertices of a line.

    Attributes
    ----------
    vertices
        (n, 2); a single one is a point.
    closed
        Whether the drawing says that the last is joined to the first.
    off
        How far the pieces lie from the true curve at most.
    """

    vertices: NDArray[np.float64]
    closed: bool
    off: float = 0.0


def outline(entity: DXFEntity) -> Outline | None:
    """Return the vertices of an entity, or None for one that has no outline."""
    made: Outline | None = None
    if isinstance(entity, LWPolyline):
        made = _lwpolyline(entity)
    elif isinstance(entity, Polyline):
        made = _polyline(entity)
    elif isinstance(entity, Line):
        made = Outline(_table([entity.dxf.start, entity.dxf.end]), closed=False)
    elif isinstance(entity, Point):
        made = Outline(_table([entity.dxf.location]), closed=False)
    elif isinstance(entity, Circle):  # an Arc is one
        made = _circle(entity)
    elif isinstance(entity, Ellipse | Spline):
        made = _smooth(entity)
    if made is not None and not np.isfinite(made.vertices).all():
        msg = "a coordinate that is no number"
        raise ValueError(msg)
    return made


def _table(points: Iterable[Vec3]) -> NDArray[np.float64]:
    """Return x and y of points."""
    return np.array([(one.x, one.y) for one in points], dtype=float).reshape(-1, 2)


def _tolerance(points: NDArray[np.float64]) -> float:
    """Return how far pieces may lie from a curve through these points."""
    could_be_degrees = bool((np.abs(points) <= DEGREES).all())
    return TOLERANCE_DEGREES if could_be_degrees else TOLERANCE


def _lwpolyline(entity: LWPolyline) -> Outline:
    """Return the vertices of a light polyline, arcs divided."""
    rows = np.array(entity.get_points("xyb"), dtype=float).reshape(-1, 3)
    return _bulged(rows, closed=entity.closed, ocs=entity.ocs())


def _polyline(entity: Polyline) -> Outline | None:
    """Return the vertices of an old polyline; a mesh has none."""
    if not (entity.is_2d_polyline or entity.is_3d_polyline):
        return None
    on_line = [one for one in entity.vertices if not one.dxf.flags & SPLINE_FRAME]
    places = _table(one.dxf.location for one in on_line)
    if entity.is_3d_polyline:
        return Outline(_need(places), closed=entity.is_closed)
    bulges = np.array([one.dxf.get("bulge", 0.0) for one in on_line], dtype=float)
    rows = np.column_stack([places, bulges])
    return _bulged(rows, closed=entity.is_closed, ocs=entity.ocs())


def _need(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return vertices of a line; a polyline of fewer than two is none."""
    if len(vertices) < 2:  # noqa: PLR2004 - a line has two ends
        msg = "a polyline without two vertices"
        raise ValueError(msg)
    return vertices


def _bulged(rows: NDArray[np.float64], *, closed: bool, ocs: OCS) -> Outline:
    """Return vertices of (x, y, bulge) rows; a bulge is tan of a quarter of its arc."""
    _need(rows)
    tolerance, off = _tolerance(rows[:, :2]), 0.0
    ends = np.roll(rows[:, :2], -1, axis=0)
    pieces = []
    for at, (x, y, bulge) in enumerate(rows):
        last = at == len(rows) - 1
        pieces.append(np.array([[x, y]]))
        if bulge and not (last and not closed):
            inner, far = _arc((x, y), ends[at], bulge, tolerance)
            pieces.append(inner)
            off = max(off, far)
    if closed:
        pieces.append(rows[:1, :2])
    return Outline(_in_world(np.concatenate(pieces), ocs), closed=closed, off=off)


def _arc(
    start: tuple[float, float],
    end: NDArray[np.float64],
    bulge: float,
    tolerance: float,
) -> tuple[NDArray[np.float64], float]:
    """Return the vertices inside an arc between two ends, and how far it bows out."""
    chord = complex(*end) - complex(*start)
    angle = 4 * math.atan(bulge)
    if chord == 0:
        return np.empty((0, 2)), 0.0
    # The centre lies on the chord's middle normal: left of it for a positive bulge.
    centre = complex(*start) + chord / 2 * (1 + 1j / math.tan(angle / 2))
    radius = abs(complex(*start) - centre)
    steps, far = _steps(radius, abs(angle), tolerance)
    turns = np.exp(1j * angle * np.arange(1, steps) / steps)
    found = centre + (complex(*start) - centre) * turns
    return np.column_stack([found.real, found.imag]), far


def _steps(radius: float, angle: float, tolerance: float) -> tuple[int, float]:
    """Return into how many pieces to divide an arc, and how far they lie from it."""
    ratio = min(tolerance / radius, 1.0) if radius else 1.0
    # 1 - cos(x) = 2 sin^2(x/2); arccos(1 - ratio) would lose every digit here.
    half = 2 * math.asin(math.sqrt(ratio / 2))
    steps = min(max(math.ceil(angle / (2 * half)), 2), MAX_STEPS)
    return steps, 2 * radius * math.sin(angle / steps / 4) ** 2


def _circle(entity: Circle) -> Outline:
    """Return the vertices of a circle or arc."""
    centre = entity.dxf.center
    radius = abs(float(entity.dxf.radius))
    reach = np.array([[centre.x, centre.y], [radius, radius]])
    first, angle = 0.0, FULL_TURN
    if isinstance(entity, Arc):
        first = math.radians(entity.dxf.start_angle)
        angle = (math.radians(entity.dxf.end_angle) - first) % FULL_TURN or FULL_TURN
    steps, off = _steps(radius, angle, _tolerance(reach))
    turns = first + angle * np.arange(steps + 1) / steps
    found = np.column_stack(
        [centre.x + radius * np.cos(turns), centre.y + radius * np.sin(turns)]
    )
    closed = angle == FULL_TURN
    if closed:
        found[-1] = found[0]
    return Outline(_in_world(found, entity.ocs()), closed=closed, off=off)


def _smooth(entity: Ellipse | Spline) -> Outline:
    """Return the vertices of an ellipse or spline."""
    if isinstance(entity, Ellipse):
        reach = _table([entity.dxf.center, entity.dxf.major_axis])
        closed = math.isclose(
            abs(entity.dxf.end_param - entity.dxf.start_param), FULL_TURN
        )
    else:
        reach = np.array([one[:2] for one in entity.control_points], dtype=float)
        closed = entity.closed
    if not np.isfinite(reach).all():
        msg = "a coordinate that is no number"
        raise ValueError(msg)
    tolerance = _tolerance(reach)
    found = _need(_table(entity.flattening(tolerance)))
    if closed:
        found[-1] = found[0]
    return Outline(found, closed=closed, off=tolerance)


def _in_world(vertices: NDArray[np.float64], ocs: OCS) -> NDArray[np.float64]:
    """Return vertices of an object's own plane in the drawing's axes."""
    if not ocs.transform:
        return vertices
    return _table(ocs.points_to_wcs((x, y, 0.0) for x, y in vertices.tolist()))
