"""The ellipsoid of CGCS2000, and what every measure needs of shapes on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from layers.errors import GeometryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats: TypeAlias = npt.NDArray[np.float64]
    Integers: TypeAlias = npt.NDArray[np.int64]
    Shapes: TypeAlias = npt.NDArray[np.object_]
    ShapesLike: TypeAlias = Shapes | Sequence[shapely.Geometry]

MAJOR_M = 6378137.0
"""Semi-major axis of CGCS2000, metres."""

INVERSE_FLATTENING = 298.257222101

MINOR_M = MAJOR_M * (1 - 1 / INVERSE_FLATTENING)

E2 = (2 - 1 / INVERSE_FLATTENING) / INVERSE_FLATTENING
"""First eccentricity squared."""

DIMENSION_OF_TYPE = {0: 0, 1: 1, 2: 1, 3: 2, 4: 0, 5: 1, 6: 2}
"""By shapely's type number: 0 points, 1 lines, 2 polygons. No collections."""

POINTS, LINES, POLYGONS = (
    tuple(kind for kind, size in DIMENSION_OF_TYPE.items() if size == wanted)
    for wanted in (0, 1, 2)
)

_SHORTEST_MERIDIAN_RADIUS_M = MAJOR_M * (1 - E2)

SHORTEST_DEGREE_M = float(np.radians(_SHORTEST_MERIDIAN_RADIUS_M))
"""A degree of latitude where it is shortest, at the equator; metres."""


def as_shapes(
    geometry: shapely.Geometry | ShapesLike, kinds: tuple[int, ...], *, needed_for: str
) -> tuple[Shapes, bool]:
    """Return an array of shapes, and whether a single geometry was given.

    Raises
    ------
    GeometryError
        A geometry is None, or neither empty nor of one of the type numbers `kinds`.
    """
    single = isinstance(geometry, shapely.Geometry)
    shapes = np.atleast_1d(np.asarray(geometry, dtype=object))
    kind = shapely.get_type_id(shapes)
    wrong = np.flatnonzero(
        (kind < 0) | ~(np.isin(kind, kinds) | shapely.is_empty(shapes))
    )
    if len(wrong):
        at = int(wrong[0])
        got = "None" if shapes[at] is None else shapes[at].geom_type
        allowed = ", ".join(shapely.GeometryType(one).name.lower() for one in kinds)
        msg = (
            f"geometry {at}: {needed_for} needs one of {allowed}; got {got} "
            f"({len(wrong)} of {len(shapes)} are refused); take the parts that fit"
        )
        raise GeometryError(msg)
    return shapes, single


def outline(shapes: Shapes) -> Shapes:
    """Return the boundary of polygons; points and lines as they are."""
    result = shapes.copy()
    polygon = np.isin(shapely.get_type_id(shapes), POLYGONS)
    result[polygon] = shapely.boundary(shapes[polygon])
    return result


def metres_per_degree(latitude: Floats) -> Floats:
    """Return (n, 2): metres in a degree of longitude and of latitude."""
    phi = np.radians(latitude)
    normal = MAJOR_M / np.sqrt(1 - E2 * np.sin(phi) ** 2)
    meridian = (1 - E2) * normal**3 / MAJOR_M**2
    return np.asarray(np.radians(np.column_stack([normal * np.cos(phi), meridian])))


def grown_bounds(bounds: Floats, reach_m: Floats | float) -> Floats:
    """Return boxes grown so far that nothing within `reach_m` metres is outside.

    Parameters
    ----------
    bounds
        (n, 4): min_lon, min_lat, max_lon, max_lat, degrees.
    reach_m
        Metres, one for all or one for each.

    Returns
    -------
    ndarray
        (n, 4). Generous: the shortest degree of the grown box counts everywhere.
    """
    wide_m = np.multiply(reach_m, 1.000001)  # more than reckoning can lose
    up = np.minimum(np.degrees(wide_m / _SHORTEST_MERIDIAN_RADIUS_M), 90.0)
    farthest = np.minimum(np.abs(bounds[:, 1::2]).max(axis=1) + up, 89.9)
    across = np.minimum(up / np.cos(np.radians(farthest)), 360.0)
    grow = np.column_stack(np.broadcast_arrays(-across, -up, across, up))
    return np.asarray(bounds + grow)


def box_centre(shapes: Shapes) -> Floats:
    """Return the middle of each bounding box, (n, 2) degrees."""
    bounds = shapely.bounds(shapes)
    return np.asarray((bounds[:, :2] + bounds[:, 2:]) / 2)


def to_plane(shapes: Shapes, centre: Floats) -> Shapes:
    """Return shapes in metres about a centre each; straight edges stay straight.

    True to first order at the latitude of the centre: good for finding, not for
    telling distances.
    """
    scale = metres_per_degree(centre[:, 1])
    owner = np.repeat(np.arange(len(shapes)), shapely.get_num_coordinates(shapes))
    moved = shapely.transform(
        shapes, lambda xy: (xy - centre[owner]) * scale[owner], include_z=False
    )
    return np.asarray(moved, dtype=object)


def from_plane(xy: Floats, centre: Floats) -> Floats:
    """Return points (n, 2) of the plane of `to_plane` in degrees."""
    return np.asarray(centre + xy / metres_per_degree(centre[:, 1]))
