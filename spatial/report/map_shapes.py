"""What stands on a static map: sites, zones cut to the window, rings of rules.

A layer is indexed once for all maps of a review; each map takes what meets its window.
Shapes are cut and simplified for the eye; judgement never sees these.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from spatial.report.map_frame import MapFrame, map_frame, projection
from spatial.report.palette import TILES, zone_hatch, zone_styles
from spatial.report.words import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.layer import Layer
    from spatial.finding import Said
    from spatial.report.content import LayerRecord, ReviewContent, SiteRecord
    from spatial.report.map_frame import Box
    from spatial.report.palette import ZoneStyle

    Geometries = NDArray[np.object_]

FINEST_MM = 0.05
"""A border moves at most so far on the paper."""
SMALLEST_MM = 0.15
"""Zones below this on the map of a run are counted and not drawn."""
LEAST_AROUND_M, MOST_AROUND_M = 800.0, 3_000.0
AROUND_SHARE = 0.5
"""Land around a site: so much of its size, and so far at least. What a rule looks at
and the nearest zones are taken in, up to the most or `MOST_TIMES` the site's size."""
MOST_TIMES = 4.0
RUN_AROUND = 0.06
_CUT_MM = 2.0  # so far outside of the window shapes are cut: no line along its edge


@dataclass(frozen=True, slots=True)
class ZonesOnMap:
    """The zones of a kind on a map.

    Attributes
    ----------
    kind
        Their kind; `records` the layers that they are of.
    style, hatch
        How they are drawn.
    shapes
        (n,) on the map, cut a little outside of its window.
    names
        (n,) their names or ids.
    met
        (n,) whether the site meets it, or is near it and was told so.
    """

    kind: str
    records: tuple[LayerRecord, ...]
    style: ZoneStyle
    hatch: str
    shapes: Geometries
    names: tuple[str, ...]
    met: tuple[bool, ...]

    @property
    def is_tiles(self) -> bool:
        """Whether zones of this kind tile a county: drawn as lines, without names."""
        return self.kind in TILES


@dataclass(frozen=True, slots=True)
class Ring:
    """The land within a distance that a rule looks at, around the site."""

    distance_m: float
    rules: tuple[str, ...]
    line: BaseGeometry


@dataclass(frozen=True, slots=True)
class OnMap:
    """All that is drawn within the frame of a map.

    Attributes
    ----------
    frame
        Window and projection.
    zones
        By kind, in the order of the workspace; kinds without a zone here are left out.
    sites
        Outcome -> shapes on the map. One site, or all.
    labels
        Id and name of the site; "" on the map of all.
    overlaps
        Outcome -> where the site lies in a zone of a clause with that outcome, the
        gravest first; land of a graver one is not repeated. Zones that tile a county
        count where they forbid.
    rings
        Nearest first; only those that the window shows a part of.
    small
        How many zones are too small to be seen and not drawn.
    """

    frame: MapFrame
    zones: tuple[ZonesOnMap, ...]
    sites: Mapping[Said, Geometries]
    label: str
    overlaps: Mapping[Said, Geometries]
    rings: tuple[Ring, ...]
    small: int


@dataclass(frozen=True)
class _Shelf:
    """A layer of which zones are looked up by place."""

    record: LayerRecord
    layer: Layer

    def near(self, window: BaseGeometry) -> NDArray[np.int64]:
        """Return positions of zones that meet a window, ascending.

        The index belongs to the layer's table: all maps of a run share it.
        """
        found = self.layer.frame.sindex.query(window, predicate="intersects")
        return np.sort(found)

    def shapes(self, rows: NDArray[np.int64]) -> Geometries:
        """Return the outlines of some zones."""
        every = np.asarray(self.layer.frame.geometry.array, dtype=object)
        return every[rows]

    def names(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the names of some zones, ids where there are none."""
        frame = self.layer.frame.iloc[rows]
        field = self.layer.spec.name_field
        names = frame[field] if field in frame.columns else frame["feature_id"]
        return [
            visible(one if isinstance(one, str) and one else str(other))
            for one, other in zip(names, frame["feature_id"], strict=True)
        ]

    def ids(self, rows: NDArray[np.int64]) -> list[str]:
        """Return the ids of some zones."""
        return [str(one) for one in self.layer.frame["feature_id"].iloc[rows]]


@dataclass(frozen=True)
class Atlas:
    """The layers of a review, for its maps.

    Attributes
    ----------
    content
        The review. Layers that are not in force on its day are not drawn.
    """

    content: ReviewContent

    @property
    def _shelves(self) -> tuple[_Shelf, ...]:
        return tuple(
            _Shelf(one, one.layer)
            for one in self.content.layers
            if one.layer is not None
            and len(one.layer.frame)
            and one.status != "not_in_force"
        )

    @property
    def unseen(self) -> tuple[LayerRecord, ...]:
        """The layers that were asked for and cannot be drawn."""
        states = ("missing", "not_in_force")
        return tuple(one for one in self.content.layers if one.status in states)

    def of_site(self, site: SiteRecord, *, width_mm: float, height_mm: float) -> OnMap:
        """Return the map of a site.

        Raises
        ------
        ValueError
            The site has no geometry.
        """
        if site.geometry is None:
            msg = f"site {site.site_id!r} has no geometry: nothing can be drawn"
            raise ValueError(msg)
        how = projection(site.geometry.bounds)
        (drawn,) = how.xy(_array([site.geometry]))
        limits = _limits(site)
        around = _around(drawn, site, limits)
        frame = map_frame(
            how,
            shapely.box(*drawn.bounds).buffer(around, join_style="mitre").bounds,
            width_mm=width_mm,
            height_mm=height_mm,
        )
        met = {(one.layer, one.zone_id) for one in site.overlaps if not one.sliver}
        zones, small = self._zones(frame, met, least_mm=0.0)
        name = " ".join(filter(None, (site.site_id, site.name)))
        return OnMap(
            frame=frame,
            zones=zones,
            sites={site.outcome: _array([drawn])},
            label=name,
            overlaps=_overlaps(site, frame),
            rings=_rings(drawn, limits, frame),
            small=small,
        )

    def of_all(self, *, width_mm: float, height_mm: float) -> OnMap | None:
        """Return the map of all sites; None where none has a geometry."""
        placed = [one for one in self.content.sites if one.geometry is not None]
        if not placed:
            return None
        shapes = _array([one.geometry for one in placed])
        how = projection(tuple(shapely.total_bounds(shapes).tolist()))
        drawn = how.xy(shapes)
        west, south, east, north = shapely.total_bounds(drawn).tolist()
        around = max(LEAST_AROUND_M, RUN_AROUND * max(east - west, north - south))
        frame = map_frame(
            how,
            (west - around, south - around, east + around, north + around),
            width_mm=width_mm,
            height_mm=height_mm,
        )
        zones, small = self._zones(frame, set(), least_mm=SMALLEST_MM)
        outcomes = np.array([one.outcome for one in placed])
        # the gravest last, and so on top
        order = sorted(set(outcomes), key=[*_GRAVE, *set(outcomes)].index)
        return OnMap(
            frame=frame,
            zones=zones,
            sites={one: drawn[outcomes == one] for one in order},
            label="",
            overlaps={},
            rings=(),
            small=small,
        )

    def _zones(
        self, frame: MapFrame, met: set[tuple[str, str]], *, least_mm: float
    ) -> tuple[tuple[ZonesOnMap, ...], int]:
        """Return the zones within a frame by kind, and how many are too small."""
        box = shapely.box(*frame.box)
        outer: Box = box.buffer(frame.mm(_CUT_MM)).bounds
        kinds: dict[str, list[tuple[_Shelf, Geometries, NDArray[np.int64]]]] = {}
        small = 0
        for shelf in self._shelves:
            # the frame is no box in degrees, so first the box that holds it
            rows = shelf.near(shapely.box(*frame.degrees))
            shapes = _thinned(shelf.shapes(rows), frame)
            shapes = _cut(frame.projection.xy(shapes), outer)
            seen_of = shapes
            if shelf.record.kind in TILES:  # their borders alone are drawn
                seen_of = np.asarray(shapely.boundary(shapes), dtype=object)
            here = ~shapely.is_empty(shapes) & shapely.intersects(seen_of, box)
            seen = here & (_size(shapes) >= frame.mm(least_mm))
            small += int((here & ~seen).sum())
            if seen.any():
                kinds.setdefault(shelf.record.kind, []).append(
                    (shelf, shapes[seen], rows[seen])
                )
        styles = zone_styles(tuple(kinds))
        made = tuple(
            _joined(kind, styles[kind], parts, met) for kind, parts in kinds.items()
        )
        return made, small


_MARKED: tuple[Said, ...] = ("prohibited", "restricted")
_GRAVE = ("clear", "advised", "restricted", "not_checked", "needs_information")


def _joined(
    kind: str,
    style: ZoneStyle,
    parts: list[tuple[_Shelf, Geometries, NDArray[np.int64]]],
    met: set[tuple[str, str]],
) -> ZonesOnMap:
    names: list[str] = []
    meets: list[bool] = []
    for shelf, _, rows in parts:
        names += shelf.names(rows)
        meets += [(shelf.record.id, one) in met for one in shelf.ids(rows)]
    return ZonesOnMap(
        kind=kind,
        records=tuple(shelf.record for shelf, _, _ in parts),
        style=style,
        hatch=zone_hatch(kind),
        shapes=np.concatenate([shapes for _, shapes, _ in parts]),
        names=tuple(names),
        met=tuple(meets),
    )


def _array(shapes: list[Any]) -> Geometries:
    made: Geometries = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


def _thinned(shapes: Geometries, frame: MapFrame) -> Geometries:
    """Return shapes in degrees without vertices that the eye cannot part."""
    degrees = frame.mm(FINEST_MM) / 111_320.0
    return np.asarray(
        shapely.simplify(shapes, degrees, preserve_topology=True), dtype=object
    )


def _cut(shapes: Geometries, box: Box) -> Geometries:
    """Cut shapes to a box; what is whole inside stays as it is."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    out = (bounds[:, :2] < box[:2]).any(axis=1) | (bounds[:, 2:] > box[2:]).any(axis=1)
    cut = shapes.copy()
    cut[out] = shapely.intersection(shapely.make_valid(shapes[out]), shapely.box(*box))
    return cut


def _size(shapes: Geometries) -> NDArray[np.float64]:
    """Return the longer side of each; points are never too small."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    side = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    is_point = shapely.get_dimensions(shapes) == 0
    return np.where(is_point, np.inf, np.nan_to_num(side, nan=0.0))


def _limits(site: SiteRecord) -> dict[float, tuple[str, ...]]:
    """Return the distances that clauses which apply look at, with their rules.

    A finding tells how far the zone is and how far that is from the limit.
    """
    found: dict[float, Counter[str]] = {}
    for one in site.findings:
        near = one.finding
        if (
            near.relation == "within_distance"
            and near.distance_m is not None
            and near.margin_m is not None
        ):
            limit = round(near.distance_m - near.margin_m, 3)
            found.setdefault(limit, Counter())[visible(near.rule)] += 1
    return {one: tuple(found[one]) for one in sorted(found) if one > 0}


def _around(
    drawn: BaseGeometry, site: SiteRecord, limits: Mapping[float, object]
) -> float:
    """Return how much land around a site is shown, metres."""
    west, south, east, north = drawn.bounds
    size = max(east - west, north - south)
    around = max(LEAST_AROUND_M, AROUND_SHARE * size)
    most = max(MOST_AROUND_M, MOST_TIMES * size)
    near = [one.distance_m * 1.15 for one in site.overlaps]
    wanted = [one for one in (*near, *(limit * 1.1 for limit in limits)) if one <= most]
    return max(around, *wanted) if wanted else around


def _overlaps(site: SiteRecord, frame: MapFrame) -> dict[Said, Geometries]:
    """Return where the site lies in zones, by the outcome that counts there."""
    shapes: dict[Said, list[BaseGeometry]] = {}
    for one in site.findings:
        if (
            one.finding.relation == "intersects"
            and one.outcome in _MARKED
            # a site lies in a unit of these anyway: only a ban makes that a mark
            and (one.finding.kind not in TILES or one.outcome == "prohibited")
        ):
            shapes.setdefault(one.outcome, []).append(one.geometry)
    found: dict[Said, Geometries] = {}
    graver: BaseGeometry = shapely.Point()
    for outcome in _MARKED:
        land = shapely.union_all(shapes.get(outcome, []))
        rest = land.difference(graver)
        if not rest.is_empty:
            found[outcome] = frame.projection.xy(_array([rest]))
        graver = graver.union(land)
    return found


def _rings(
    drawn: BaseGeometry, limits: Mapping[float, tuple[str, ...]], frame: MapFrame
) -> tuple[Ring, ...]:
    window = shapely.box(*frame.box)
    rings = (
        Ring(limit, rules, drawn.buffer(limit / frame.ground, quad_segs=32).boundary)
        for limit, rules in limits.items()
    )
    return tuple(one for one in rings if one.line.intersects(window))
