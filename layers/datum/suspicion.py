"""Whether borders fit a reference better when read as GCJ-02: a doubt, no deed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.datum.gcj02 import gcj02_to_wgs84
from layers.datum.steps import METRES_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

MOST_VERTICES = 5_000
FEWEST_VERTICES = 50
REACH_M = 5_000.0
"""A vertex farther than this from the reference is of another border."""
GAIN_M = 20.0
GAIN_SHARE = 0.05
QUARTERS = (0.0, 90.0, 180.0, 270.0)
SIZE = (0.5, 1.5)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Borders lie nearer to the reference once GCJ-02 is undone.

    Attributes
    ----------
    before_m, after_m
        Median distance of the border's vertices to the reference's borders, as read
        and after undoing GCJ-02.
    vertices
        How many were compared: those within 5 km of the reference's borders.
    shift_m
        Median length of the GCJ-02 shift there.
    share_of_shift
        How far the borders are off along that shift, in its lengths. Near 1: as
        GCJ-02 would do it. Far from 1: something else moves the two layers apart,
        and the better fit may be chance.
    """

    before_m: float
    after_m: float
    vertices: int
    shift_m: float
    share_of_shift: float

    @property
    def is_of_its_size(self) -> bool:
        """Whether the offset is of the size that GCJ-02 would make."""
        return SIZE[0] <= self.share_of_shift <= SIZE[1]


def suspect_gcj02(
    borders: NDArray[np.object_], reference: NDArray[np.object_]
) -> Suspicion | None:
    """Hold borders against a reference whose datum is known.

    Parameters
    ----------
    borders, reference
        Polygons or lines, in degrees, of the same place and about the same borders.

    Returns
    -------
    Suspicion or None
        None when fewer than 50 vertices can be compared, when undoing GCJ-02 brings
        the median less than 20 m or 5 % nearer, or when the same shift turned by a
        quarter, a half or three quarters brings it nearer still. Nothing is moved.
    """
    points = _sample(borders)
    edges = _edges(reference)
    undone = gcj02_to_wgs84(points, region="everywhere")
    there = np.isfinite(undone).all(axis=1)
    points, undone = points[there], undone[there]
    if len(points) < FEWEST_VERTICES or not len(edges):
        return None
    scale = np.array([np.cos(np.radians(np.median(points[:, 1]))), 1.0])
    scale *= METRES_PER_DEGREE
    flat, shift, edges = points * scale, (undone - points) * scale, edges * scale
    tree = shapely.STRtree(shapely.linestrings(edges))
    distance, nearest = _nearest(flat, tree)
    near = np.minimum(distance, _nearest(flat + shift, tree)[0]) <= REACH_M
    if near.sum() < FEWEST_VERTICES:
        return None
    flat, shift = flat[near], shift[near]
    # The vertices are chosen once, so that every direction is judged on the same.
    fits = [
        float(np.median(_nearest(flat + _turned(shift, quarter), tree)[0]))
        for quarter in QUARTERS
    ]
    before, after = float(np.median(distance[near])), fits[0]
    if before - after < max(GAIN_M, GAIN_SHARE * before) or after > min(fits):
        return None
    share = _share_of_shift(flat, shift, edges[nearest[near]])
    length = float(np.median(np.hypot(*shift.T)))
    return Suspicion(before, after, len(flat), length, share)


def _sample(borders: NDArray[np.object_]) -> Points:
    """Return vertices, evenly thinned to some thousands: the same every time."""
    xy = np.unique(shapely.get_coordinates(borders), axis=0)
    xy = xy[np.isfinite(xy).all(axis=1)]
    chosen = np.linspace(0, len(xy) - 1, min(len(xy), MOST_VERTICES))
    return xy[np.unique(chosen.astype(np.int64))]


def _edges(reference: NDArray[np.object_]) -> Points:
    """Return the edges of all outlines, (n, 2, 2)."""
    lines = np.where(
        np.isin(shapely.get_dimensions(reference), [2]),
        shapely.boundary(reference),
        reference,
    )
    parts = shapely.get_parts(lines)
    xy, owner = shapely.get_coordinates(parts, return_index=True)
    edges: Points = np.stack([xy[:-1], xy[1:]], axis=1)[owner[:-1] == owner[1:]]
    finite: Points = edges[np.isfinite(edges).all(axis=(1, 2))]
    return finite


def _nearest(flat: Points, tree: shapely.STRtree) -> tuple[Points, NDArray[np.int64]]:
    """Return distance to and position of the nearest edge of each point."""
    pairs, distance = tree.query_nearest(
        shapely.points(flat), return_distance=True, all_matches=False
    )
    return distance, pairs[1]


def _turned(shift: Points, angle: float) -> Points:
    """Turn vectors by an angle in degrees."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turned: Points = shift @ np.array([[c, s], [-s, c]])
    return turned


def _share_of_shift(flat: Points, shift: Points, edges: Points) -> float:
    """Return how far the points are off along the shift, by least squares.

    Only what lies across an edge can be seen: offset and shift are both taken along
    the edge's normal.
    """
    run = edges[:, 1] - edges[:, 0]
    length = np.hypot(*run.T)
    with np.errstate(invalid="ignore", divide="ignore"):
        normal = np.column_stack([-run[:, 1], run[:, 0]]) / length[:, None]
    normal = np.nan_to_num(normal)
    offset = ((edges[:, 0] - flat) * normal).sum(axis=1)
    across = (shift * normal).sum(axis=1)
    power = float((across**2).sum())
    return float((offset * across).sum()) / power if power else 0.0
