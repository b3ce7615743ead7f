"""Geometry of KML: strict, so that a number that cannot be read costs the row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.formats.xmltext import tag

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

SHAPES = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiGeometry",
    "Model",
    "Track",
    "MultiTrack",
)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
TUPLE_SIZES = (2, 3)
MULTI: dict[str, Callable[..., Any]] = {
    "Polygon": shapely.multipolygons,
    "Point": shapely.multipoints,
    "LineString": shapely.multilinestrings,
}
MAX_DEPTH = 8
MIN_RING = 4
MIN_LINE = 2


class _UnreadableError(ValueError):
    """A part that is no geometry; it makes the whole row unreadable."""


def shape(element: Element) -> BaseGeometry | None:
    """Return the geometry of a KML element, or None when any part is unreadable.

    Heights are left out. An unclosed ring, a tuple without two or three numbers, an
    empty part and an unknown element are unreadable.
    """
    try:
        return _gathered(_parts(element, 0))
    except _UnreadableError:
        return None


def _parts(element: Element, depth: int) -> list[BaseGeometry]:
    """Return the simple geometries of an element, in its order."""
    kind = tag(element)
    if kind in {"MultiGeometry", "MultiTrack"}:
        if depth >= MAX_DEPTH:
            raise _UnreadableError
        inner = [one for one in element if tag(one) in SHAPES]
        return [part for one in inner for part in _parts(one, depth + 1)]
    if kind not in _BUILDERS:
        raise _UnreadableError
    return [_BUILDERS[kind](element)]


def _gathered(parts: list[BaseGeometry]) -> BaseGeometry:
    """Return one geometry of several parts."""
    if not parts:
        raise _UnreadableError
    if len(parts) == 1:
        return parts[0]
    whole = shapely.geometrycollections(parts)
    kinds = {one.geom_type for one in parts}
    builder = MULTI.get(kinds.pop()) if len(kinds) == 1 else None
    return whole if builder is None else builder(np.array(parts, dtype=object))


def _point(element: Element) -> BaseGeometry:
    vertices = _coordinates(element)
    if len(vertices) != 1:
        raise _UnreadableError
    return shapely.Point(vertices[0])


def _line(element: Element) -> BaseGeometry:
    vertices = _coordinates(element)
    if len(vertices) < MIN_LINE:
        raise _UnreadableError
    return shapely.LineString(vertices)


def _ring(element: Element) -> NDArray[np.float64]:
    vertices = _coordinates(element)
    if len(vertices) < MIN_RING or (vertices[0] != vertices[-1]).any():
        raise _UnreadableError
    return vertices


def _polygon(element: Element) -> BaseGeometry:
    rings: dict[str, list[NDArray[np.float64]]] = {"outer": [], "inner": []}
    for side, found in rings.items():
        for border in (one for one in element if tag(one) == f"{side}BoundaryIs"):
            found += [_ring(one) for one in border if tag(one) == "LinearRing"]
    if len(rings["outer"]) != 1:
        raise _UnreadableError
    return shapely.Polygon(rings["outer"][0], rings["inner"])


def _track(element: Element) -> BaseGeometry:
    """Return the line that a GPS track walks."""
    tuples = [(one.text or "").split() for one in element if tag(one) == "coord"]
    if len(tuples) < MIN_LINE:
        raise _UnreadableError
    return shapely.LineString(_numbers(tuples))


def _coordinates(element: Element) -> NDArray[np.float64]:
    """Return the vertices of an element's only <coordinates>."""
    texts = [one.text or "" for one in element if tag(one) == "coordinates"]
    if len(texts) != 1:
        raise _UnreadableError
    return _numbers([one.split(",") for one in texts[0].split()])


def _numbers(tuples: list[list[str]]) -> NDArray[np.float64]:
    """Return x and y of tuples; heights must be numbers too, and are left out."""
    for one in tuples:
        if len(one) not in TUPLE_SIZES or not all(map(NUMBER.fullmatch, one)):
            raise _UnreadableError
    pairs = [(float(one[0]), float(one[1])) for one in tuples]
    return np.array(pairs, dtype=float).reshape(-1, 2)


_BUILDERS: dict[str, Callable[[Element], BaseGeometry]] = {
    "Point": _point,
    "LineString": _line,
    "LinearRing": lambda element: shapely.LineString(_ring(element)),
    "Polygon": _polygon,
    "Track": _track,
}
