"""The rows of a parcel become a polygon, line or point, or a reason why not.

A ring number of 1 is the outer ring, every other one a hole; a ring closes by
repeating its first point. Slips that leave one reading are mended and told; where two
remain the parcel has no geometry.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from layers.text import Message, message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from layers.formats.boundary_txt_lines import Vertex
    from layers.text import Fact

XY = tuple[float, float]
MIN_CORNERS = 3
MIN_LINE = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A vertex, east first: its ring number and line."""

    ring: int
    line: int
    xy: XY


@dataclass(frozen=True, slots=True)
class Shape:
    """What the rows make.

    Attributes
    ----------
    geometry
        None when there is a `reason`.
    reason, line
        Why there is no geometry, and where.
    closings
        Number of rows that repeat the first point of their ring.
    rings
        Number of rings, parts or points.
    told
        (code, facts) of what was mended.
    """

    geometry: BaseGeometry | None
    reason: Message | None = None
    line: int | None = None
    closings: int = 0
    rings: int = 0
    told: tuple[tuple[str, Mapping[str, Fact]], ...] = ()


def numbered(
    vertices: Sequence[Vertex], xy: Sequence[XY]
) -> tuple[list[Row], bool] | None:
    """Return rows with ring numbers, and whether 1 was assumed for all of them.

    None when some rows have a number and some have none.
    """
    missing = sum(one.ring is None for one in vertices)
    if missing not in (0, len(vertices)):
        return None
    rows = [
        Row(1 if one.ring is None else one.ring, one.line, at)
        for one, at in zip(vertices, xy, strict=True)
    ]
    return rows, missing > 0


def shape_of(rows: Sequence[Row], *, shape: str | None, declared: int | None) -> Shape:
    """Make the geometry of a parcel.

    Parameters
    ----------
    rows
        In the order of the file; at least one.
    shape
        polygon, line, point, or None when the file does not say it.
    declared
        Number of points that the file states. A ring that is not closed is believed
        to be whole only when this number says so.
    """
    runs = _runs(rows)
    if shape == "point":
        points = [row.xy for row in rows]
        made = shapely.Point(points[0]) if len(points) == 1 else None
        return Shape(made or shapely.MultiPoint(points), rings=len(points))
    if shape == "line":
        return _lines(runs)
    if shape is None and not all(_is_closed(run) for run in runs):
        return _not(message("boundary.shape_open"), rows[0].line)
    made_polygon = _polygon(runs, rows=len(rows), declared=declared)
    if shape is None and made_polygon.geometry is not None:
        told = (("parcel_shape_decided", {}), *made_polygon.told)
        return Shape(
            made_polygon.geometry,
            closings=made_polygon.closings,
            rings=made_polygon.rings,
            told=told,
        )
    return made_polygon


def _not(reason: Message, line: int) -> Shape:
    return Shape(None, reason, line)


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Group rows that follow each other with the same ring number."""
    runs: list[list[Row]] = []
    for row in rows:
        if runs and runs[-1][0].ring == row.ring:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _is_closed(run: Sequence[Row]) -> bool:
    """Whether a run comes back to its first point after three corners or more."""
    return len(run) > MIN_CORNERS and run[0].xy == run[-1].xy


def _lines(runs: Sequence[Sequence[Row]]) -> Shape:
    """Make a line of every run."""
    for run in runs:
        points = len({row.xy for row in run})
        if points < MIN_LINE:
            return _not(message("boundary.too_few", count=points), run[0].line)
    parts = [shapely.LineString([row.xy for row in run]) for run in runs]
    made = parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)
    closings = sum(_is_closed(run) for run in runs)
    return Shape(made, rings=len(parts), closings=closings)


def _polygon(runs: list[list[Row]], *, rows: int, declared: int | None) -> Shape:
    """Make a polygon: rings sorted out, closed, then put together."""
    runs, told = _closing_rows_moved(runs)
    pieces = [piece for run in runs for piece in _split(run)]
    reason = _number_fault(pieces)
    if reason is not None:
        return _not(reason, pieces[-1][0].line)
    told += _number_notes(pieces)
    closings = sum(_is_closed(piece) for piece in pieces)
    for piece in pieces:
        corners = len({row.xy for row in piece})
        if corners < MIN_CORNERS:
            return _not(message("boundary.too_few", count=corners), piece[0].line)
        if not _is_closed(piece):
            if declared != rows - closings:
                reason = message("boundary.not_closed", ring=piece[0].ring)
                return _not(reason, piece[-1].line)
            told.append(("ring_closed", {"ring": piece[0].ring}))
    made = _assembled(pieces)
    if isinstance(made, Message):
        return _not(made, pieces[-1][0].line)
    return Shape(made, closings=closings, rings=len(pieces), told=tuple(told))


Told = list[tuple[str, "Mapping[str, Fact]"]]


def _closing_rows_moved(runs: list[list[Row]]) -> tuple[list[list[Row]], Told]:
    """Give a ring back its closing row where that carries another ring's number.

    The next run begins with a ring's first point: either it closes this ring under a
    wrong number, or the next ring touches there and this one is open. Where the next
    run is closed by itself the second reading holds, and nothing is moved.
    """
    left = deque(list(run) for run in runs)
    done: list[list[Row]] = []
    told: Told = []
    while left:
        run = left.popleft()
        done.append(run)
        if not left or len(run) < MIN_CORNERS:
            continue
        following = left[0]
        stray = following[0]
        if stray.xy != run[0].xy or _is_closed(run) or _is_closed(following):
            continue
        run.append(stray)
        following.pop(0)
        facts = {"line": stray.line, "ring": run[0].ring, "got": stray.ring}
        told.append(("ring_number_corrected", facts))
        if not following:
            left.popleft()
    return done, told


def _split(run: list[Row]) -> list[list[Row]]:
    """Cut a run where it comes back to its first point and goes on as a new ring."""
    pieces: list[list[Row]] = []
    start = 0
    for at in range(MIN_CORNERS, len(run) - MIN_CORNERS):
        home = run[start].xy
        returns = run[at].xy == home and run[at + 1].xy != home
        if returns and at - start >= MIN_CORNERS:
            pieces.append(run[start : at + 1])
            start = at + 1
    return [*pieces, run[start:]]


def _number_fault(pieces: Sequence[Sequence[Row]]) -> Message | None:
    """Say why ring numbers cannot be followed: not exactly one outer ring."""
    outer = sum(piece[0].ring == 1 for piece in pieces)
    if outer == 1:
        return None
    return message("boundary.no_outer" if outer == 0 else "boundary.two_outer")


def _number_notes(pieces: Sequence[Sequence[Row]]) -> Told:
    """Tell ring numbers that are not 1, 2, 3 ...: a ring may be missing."""
    numbers = [piece[0].ring for piece in pieces]
    if sorted(numbers) == list(range(1, len(numbers) + 1)):
        return []
    return [("ring_numbers_odd", {"numbers": ", ".join(map(str, numbers))})]


def _assembled(pieces: Sequence[Sequence[Row]]) -> BaseGeometry | Message:
    """Put outer ring and holes together; a hole outside is another reading."""
    made = [
        (piece[0].ring, shapely.LinearRing([row.xy for row in piece]))
        for piece in pieces
    ]
    outer = next(ring for number, ring in made if number == 1)
    holes = [(number, ring) for number, ring in made if number != 1]
    shell = shapely.Polygon(outer)
    # Where the outer ring crosses itself nothing can be said; mending comes later.
    if shell.is_valid:
        shapely.prepare(shell)
        for number, ring in holes:
            hole = shapely.Polygon(ring)
            if hole.is_valid and not shell.covers(hole):
                return message("boundary.hole_outside", ring=number)
    return shapely.Polygon(outer, [ring for _, ring in holes])
