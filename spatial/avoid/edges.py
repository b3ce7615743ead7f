"""Edges: every line at which an answer can change.

These are the outlines of zones, the outlines of what lies within a distance of them,
the borders of coverage (with the same distances), and the boxes of rows that were set
aside. One line too many only cuts land in two that has one answer; one too few would
give a piece of land the answer of its neighbour. So nothing is left out for a reason
that the judge would have to confirm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.spec import kinds, spec
from spatial import measure
from spatial.measure import outline
from spatial.policy.condition import FALSE, evaluate
from spatial.policy.judge import edition_on
from spatial.policy.where import limit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

    from spatial.measure.ellipsoid import Shapes
    from spatial.policy import model
    from spatial.shelf import Shelf

_ROOM_M = 1.0
_AREA = 2


@dataclass(frozen=True, slots=True)
class Looked:
    """What some projects have to be held against.

    Attributes
    ----------
    distances
        By layer kind: the distances, metres, at which a rule may change its answer;
        0 is the outline itself. Sorted; kinds in their own order.
    """

    distances: Mapping[str, tuple[float, ...]]


def looked_at(shelf: Shelf, rulebooks: Iterable[model.Rulebook]) -> Looked:
    """Return the kinds and distances that the rules of the day look at.

    Parameters
    ----------
    shelf
        Its sites are the projects; a provision that speaks of none of them is left
        out, one that may speak of one is not.
    rulebooks
        As for the judge.

    Returns
    -------
    Looked
        With every layer of administrative units (territories) and of control zones
        (a zone that no rule speaks of needs a person).

    Raises
    ------
    InputRefusedError
        A setting that stands for a distance is no number.
    """
    wanted: dict[str, set[float]] = {
        kind: {0.0}
        for kind in kinds()
        if spec(kind).role == "control" or kind == "admin_unit"
    }
    for where in _wheres(shelf, rulebooks):
        if where.kind is None:
            continue
        reach = limit_of(where, shelf)
        known = reach if isinstance(reach, float | int) else 0.0
        wanted.setdefault(where.kind, {0.0}).add(float(known))
    return Looked(
        {kind: tuple(sorted(wanted[kind])) for kind in kinds() if kind in wanted}
    )


def _wheres(shelf: Shelf, rulebooks: Iterable[model.Rulebook]) -> Iterable[model.Where]:
    """Yield the relations of all provisions that may speak of a project."""
    for book in rulebooks:
        for rule in book.rules:
            edition, _ = edition_on(rule, book, on=shelf.on)
            heard = rule.heard(edition, "project") if edition else {}
            for provision in heard.values():
                about = evaluate(
                    provision.subject,
                    shelf.sites,
                    spec=spec("project_site"),
                    settings=shelf.settings,
                    on=shelf.on,
                )
                if (about.truth != FALSE).any():
                    yield provision.where


@dataclass(frozen=True, eq=False)
class Edges:
    """The lines at which answers can change, window by window.

    Attributes
    ----------
    shelf
        Layers on the day.
    looked
        From `looked_at`.
    """

    shelf: Shelf
    looked: Looked
    _trees: dict[str, shapely.STRtree] = field(
        default_factory=dict, init=False, repr=False
    )
    _fixed: dict[tuple[str, float], Shapes] = field(
        default_factory=dict, init=False, repr=False
    )

    def within(self, window: shapely.Geometry) -> Shapes:
        """Return the lines that come into a window.

        Parameters
        ----------
        window
            Polygon in EPSG:4490.

        Returns
        -------
        ndarray
            Lines, none empty, cut off some way outside of the window: an end made by
            rounding on its border would close no face. In the order of kinds and
            distances.
        """
        found: list[Shapes] = []
        for kind, distances in self.looked.distances.items():
            if not self.shelf.has(kind):
                continue
            for distance_m in distances:
                found.append(self._of_zones(kind, window, distance_m))
                found.append(self._of_layers(kind, distance_m))
        lines = np.concatenate([np.zeros(0, dtype=object), *found])
        (box,) = measure.grown_bounds(np.array([shapely.bounds(window)]), _ROOM_M)
        frame = shapely.box(*box)
        lines = lines[shapely.intersects(lines, frame)]
        cut = np.asarray(shapely.intersection(lines, frame), dtype=object)
        parts = shapely.get_parts(shapely.get_parts(cut))
        is_line = shapely.get_dimensions(parts) == 1
        return np.asarray(parts[is_line & ~shapely.is_empty(parts)], dtype=object)

    def _of_zones(
        self, kind: str, window: shapely.Geometry, distance_m: float
    ) -> Shapes:
        """Return the outlines of zones near a window, at a distance."""
        shapes = np.asarray(self.shelf.zones(kind).geometry.array, dtype=object)
        if kind not in self._trees:
            self._trees[kind] = shapely.STRtree(shapes)
        (box,) = measure.grown_bounds(
            np.array([shapely.bounds(window)]), distance_m + 2 * _ROOM_M
        )
        near = shapes[np.sort(self._trees[kind].query(shapely.box(*box)))]
        if distance_m <= 0:
            # A line bounds no land; polygons are judged by a point of each face.
            return outline(near[shapely.get_dimensions(near) == _AREA])
        # A rule may mean one zone and not the next: each has its own border.
        cut = shapely.intersection(near, shapely.box(*box))
        return _rims(cut, distance_m)

    def _of_layers(self, kind: str, distance_m: float) -> Shapes:
        """Return where the layers of a kind cease to be complete, at a distance."""
        if (kind, distance_m) not in self._fixed:
            self._fixed[kind, distance_m] = self._ends(kind, distance_m)
        return self._fixed[kind, distance_m]

    def _ends(self, kind: str, distance_m: float) -> Shapes:
        layers = self.shelf.layers(kind)
        areas: list[BaseGeometry] = [
            one.coverage.area for one in layers if one.coverage is not None
        ]
        if len(areas) > 1:
            areas.append(shapely.union_all(areas))
        borders = outline(np.array(areas, dtype=object))
        lost = [
            one.bounds
            for layer in layers
            for one in layer.quarantine
            if one.bounds is not None
        ]
        boxes = measure.grown_bounds(np.array(lost).reshape(-1, 4), distance_m)
        aside = outline(np.asarray(shapely.box(*boxes.T), dtype=object).reshape(-1))
        rims = _rims(borders, distance_m) if distance_m > 0 else borders
        return np.concatenate([rims, aside])


def _rims(shapes: Shapes, distance_m: float) -> Shapes:
    """Return the outline of the ground within a distance of each part of shapes."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    parts = parts[~shapely.is_empty(parts)]
    ground = np.empty(len(parts), dtype=object)
    ground[:] = [measure.buffer_m(one, distance_m) for one in parts]
    return outline(ground)
