"""The numbers of a GML geometry, held against what GDAL made of them.

GDAL takes one of two geometries of a feature, reads "107.1x" as 107.1 and leaves out a
ring that it does not understand, all without a word. So each geometry must have as many
vertices as the document has numbers for.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.formats.xmltext import tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from xml.etree.ElementTree import Element

    from numpy.typing import NDArray

    from layers.formats.raw import Found

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
LISTS = ("pos", "posList", "coordinates", "X", "Y", "Z")
STRAIGHT = {
    *LISTS,
    *("Point", "LineString", "LinearRing", "Polygon", "Surface", "PolygonPatch"),
    *("MultiPoint", "MultiLineString", "MultiPolygon", "MultiSurface", "MultiCurve"),
    *("pointMember", "pointMembers", "lineStringMember", "polygonMember"),
    *("surfaceMember", "surfaceMembers", "curveMember", "curveMembers", "patches"),
    *("exterior", "interior", "outerBoundaryIs", "innerBoundaryIs", "coord"),
    *("Envelope", "Box", "boundedBy", "lowerCorner", "upperCorner"),
}
"""Elements of geometries whose vertices come back one by one: no arcs, no joints."""
AROUND = ("Envelope", "Box", "boundedBy")


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many numbers a geometry has, and how many a vertex; None where unknown.

    `plain` is whether each is a decimal number.
    """

    count: int | None
    dimension: int | None = None
    plain: bool = True

    def fits(self, vertices: int) -> bool:
        """Whether these numbers make so many vertices."""
        if self.count is None:
            return True
        sizes = (2, 3) if self.dimension is None else (self.dimension,)
        return self.plain and any(vertices * one == self.count for one in sizes)


def numbers_in(element: Element) -> Numbers:
    """Return the numbers of the geometry in a property of a feature."""
    inner = [one for one in element.iter() if one is not element]
    if not {tag(one) for one in inner} <= STRAIGHT:
        return Numbers(None)
    around = {
        id(one) for box in inner if tag(box) in AROUND for one in box.iter()
    }  # an extent is no vertex
    words = [
        word
        for one in inner
        if tag(one) in LISTS and id(one) not in around
        for word in re.split(r"[\s,]+", (one.text or "").strip())
        if word
    ]
    said = {one.get("srsDimension") for one in inner} - {None}
    size = said.pop() if len(said) == 1 else None
    dimension = int(size) if size in {"2", "3"} else None
    return Numbers(len(words), dimension, all(map(NUMBER.fullmatch, words)))


def held(
    geometry: NDArray[np.object_], shapes: Sequence[Mapping[str, list[Numbers]]]
) -> tuple[NDArray[np.bool_], list[Found]]:
    """Return which geometries are not what the document has, and what was left out.

    Of several geometries under different names GDAL brings one; that one must fit, the
    others are told by name. Two under one name cannot be told apart: unreadable.
    """
    lost = np.zeros(len(geometry), dtype=bool)
    left_out: Counter[str] = Counter()
    counts = shapely.get_num_coordinates(geometry)
    for at, mine in enumerate(shapes):
        if not mine:
            continue
        fitting = [
            name
            for name, found in mine.items()
            if len(found) == 1 and found[0].fits(int(counts[at]))
        ]
        lost[at] = geometry[at] is None or not fitting
        others = (name for name in mine if name not in fitting[:1])
        left_out.update(f"second geometry {name}" for name in others)
    left_out = Counter() if lost.all() else left_out
    what = ", ".join(f"{name}: {count}" for name, count in sorted(left_out.items()))
    return lost, [("content_not_read", {"what": what})] if what else []
