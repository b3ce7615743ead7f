"""Land: a region cut and classed for one project.

The land is cut along every line at which an answer can change (`spatial.avoid.edges`)
and the judge is asked about one point of each face. So the classes are those of a
review of point sites; no rule is written a second time here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import shapely

from layers.card import card_html
from layers.errors import GeometryError, InputRefusedError
from layers.layer import FRAME
from spatial.avoid.ask import ask
from spatial.avoid.edges import Edges, looked_at
from spatial.avoid.faces import Faces, cut, joined
from spatial.judging import day_of, judged, rulebooks_of
from spatial.measure import area_m2, largest_remainder
from spatial.policy.territory import is_under, trunk
from spatial.shelf import Shelf
from spatial.units import UnitJudgement

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import folium
    from shapely.geometry.base import BaseGeometry

    from layers.layer import Layer, Workspace
    from spatial.avoid.ask import Answer
    from spatial.finding import Finding, Outcome, Unknown
    from spatial.measure.ellipsoid import Shapes
    from spatial.policy.judge import Judgement
    from spatial.policy.model import Rulebook
    from spatial.report.plot import Picture
    from spatial.text import Lang

LandClass = Literal["prohibited", "unknown", "restricted", "feasible"]
"""What land is for a project, most severe first."""

CLASSES: tuple[LandClass, ...] = ("prohibited", "unknown", "restricted", "feasible")

CLASS_OF: Mapping[Outcome, LandClass] = {
    "prohibited": "prohibited",
    "needs_information": "unknown",
    "not_checked": "unknown",
    "restricted": "restricted",
    "clear": "feasible",
}
"""The class of land on which a point site has an outcome."""

_LOST_M2 = 1.0


@dataclass(frozen=True, slots=True)
class County:
    """An administrative unit whose land is told apart.

    Attributes
    ----------
    code, name
        As in the layer of administrative units.
    """

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Land of one county on which the same is said for the same reasons.

    Attributes
    ----------
    id
        ``L001``, ``L002``...: by county, severity, then size.
    outcome
        What a review says of a point site on it.
    findings
        What decides it: the findings of that outcome, one for each rule, provision
        and zone.
    unknowns
        What keeps it undecided, without site.
    area_m2
        Rounded to 0.01 so that the pieces of a county add up to the county.
    """

    id: str
    county: County
    land_class: LandClass
    outcome: Outcome
    findings: tuple[Finding, ...]
    unknowns: tuple[Unknown, ...]
    geometry: BaseGeometry
    area_m2: float


@dataclass(frozen=True, slots=True)
class Land:
    """The land of a region, classed for one project.

    Attributes
    ----------
    project
        The project as it was read.
    office, on
        Whose layers and rules, of which day.
    rulebooks
        What was judged by.
    counties
        In the order of their codes.
    pieces
        Ordered by county, severity, size. They fill the region and do not overlap.
    faces
        How many faces were judged.
    lists
        Access lists, and their rows that decide some land.
    """

    project: Layer
    office: Workspace
    on: dt.date
    rulebooks: tuple[Rulebook, ...]
    counties: tuple[County, ...]
    pieces: tuple[Piece, ...]
    faces: int
    lists: UnitJudgement = field(default_factory=UnitJudgement)

    def area_m2(self, county: County, land_class: LandClass) -> float:
        """Return the area of a class in a county: the sum of its pieces as printed."""
        found = (
            one.area_m2
            for one in self.pieces
            if one.county == county and one.land_class == land_class
        )
        return round(sum(found), 2)

    def explore(self, lang: Lang = "zh") -> folium.Map:
        """Return a map for a notebook: the land by class; offline, escaped."""
        from spatial.feasible.shown import shown_land  # noqa: PLC0415
        from spatial.report.map import folium_map  # noqa: PLC0415  folium loads slowly

        return folium_map(shown_land(self, lang))

    def plot(self, lang: Lang = "zh") -> Picture:
        """Return a quick picture of the same map; needs the extra ``report``."""
        from spatial.feasible.shown import shown_land  # noqa: PLC0415
        from spatial.report.plot import plot  # noqa: PLC0415

        return plot(shown_land(self, lang), self.office.title)

    def _repr_html_(self) -> str:
        from spatial.feasible.cards import land_card  # noqa: PLC0415

        return card_html(land_card(self))

    def at(self, points: Shapes) -> list[Piece | None]:
        """Return the piece on which each of some points lies; None off the land.

        A point on a border lies on the more severe of its neighbours.
        """
        order = sorted(
            range(len(self.pieces)),
            key=lambda at: CLASSES.index(self.pieces[at].land_class),
        )
        shapes = np.array([self.pieces[at].geometry for at in order], dtype=object)
        result: list[Piece | None] = [None] * len(points)
        if not len(shapes):
            return result
        parts, owner = shapely.get_parts(shapes, return_index=True)
        point, part = shapely.STRtree(parts).query(points, predicate="intersects")
        first = np.full(len(points), len(order))
        np.minimum.at(first, point, owner[part])
        for at in np.flatnonzero(first < len(order)).tolist():
            result[at] = self.pieces[order[first[at]]]
        return result


def classed(project: Layer, office: Workspace, *, on: dt.date | str) -> Land:
    """Class the land of a workspace's region for a project.

    Parameters
    ----------
    project
        One row of kind ``project_site``, from `read_project`; its place means nothing.
    office
        Layers, rulebooks and settings; a layer of administrative units in force on the
        day says what the region is.
    on
        The day whose law and layers count.

    Returns
    -------
    Land
        Every piece of land has the outcome that a review gives a point site on it, but
        for a strip along borders of distances that is narrower than 1 cm and has the
        more severe answer.

    Raises
    ------
    InputRefusedError
        The project has not one row, no rulebook is named, or no administrative unit
        of the region is in force on the day.
    GeometryError
        The faces do not fill the region: an outline could not be cut.
    """
    day = day_of(on)
    if len(project) != 1:
        raise InputRefusedError(
            source=project.id,
            expected="one project",
            got=f"{len(project)} rows",
            todo="state one project; what was wrong with it stands in its issues",
        )
    rulebooks = rulebooks_of(office)
    sites = gpd.GeoDataFrame(
        project.frame.reset_index(drop=True), geometry="geometry", crs=FRAME
    )
    shelf = Shelf(sites, office, day)
    units = _units(shelf)
    window = shapely.union_all(units.shapes)
    faces = cut(window, Edges(shelf, looked_at(shelf, rulebooks)).within(window))
    _need_all(faces, window)
    lists: list[UnitJudgement] = []

    def answered(frame: gpd.GeoDataFrame) -> Judgement:
        said = judged(Shelf(frame, office, day), rulebooks)
        lists.append(replace(said.units, sites=()))
        return said.judgement

    answers = ask(
        answered,
        sites,
        of=np.zeros(len(faces), dtype=int),
        at=faces.points,
    )
    pieces = _pieces(faces, answers, units)
    rows = {key: one for said in lists for key, one in said.clauses.items()}
    return Land(
        project, office, day, rulebooks, units.counties, pieces, len(faces),
        lists=UnitJudgement(lists=lists[0].lists if lists else (), clauses=rows),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """Administrative units of the region: counties and shapes, finest first."""

    counties: tuple[County, ...]
    shapes: Shapes
    order: tuple[County, ...]

    def of(self, points: Shapes) -> list[County]:
        """Return the finest unit that holds each point."""
        result = np.zeros(len(points), dtype=int)
        for at in reversed(range(len(self.order))):
            shapely.prepare(self.shapes[at])
            result[shapely.intersects(self.shapes[at], points)] = at
        return [self.order[at] for at in result.tolist()]


def _units(shelf: Shelf) -> _Units:
    """Return the units of the region that are in force on the day."""
    zones = shelf.zones("admin_unit")
    codes = zones["code"].astype(object).tolist()
    region = shelf.region
    wanted = [
        at
        for at, code in enumerate(codes)
        if isinstance(code, str) and (region is None or is_under(code, [region]))
    ]
    if not wanted:
        raise InputRefusedError(
            source=shelf.workspace.path,
            expected=f"a layer of kind admin_unit that holds the region {region or ''}",
            got="no such unit in force on the day",
            todo="name such a layer in the workspace: it says what the land is",
        )
    wanted.sort(key=lambda at: (-len(trunk(codes[at])), codes[at], at))
    shapes = np.asarray(zones.geometry.array, dtype=object)[wanted]
    named = zones["name"].astype(object).tolist()
    order = tuple(County(str(codes[at]), str(named[at] or codes[at])) for at in wanted)
    known = dict.fromkeys(sorted(order, key=lambda one: one.code))
    return _Units(tuple(known), shapes, order)


def _need_all(faces: Faces, window: BaseGeometry) -> None:
    """Refuse faces that do not fill the window: land would be lost in silence."""
    found, whole = float(area_m2(faces.shapes).sum()), area_m2(window)
    if abs(found - whole) > _LOST_M2:
        msg = (
            f"cutting the land: expected pieces of {whole:.2f} m2 together, got "
            f"{found:.2f} m2; check the layers with 'redline layers check'"
        )
        raise GeometryError(msg)


def _pieces(
    faces: Faces, answers: Sequence[Answer], units: _Units
) -> tuple[Piece, ...]:
    """Join faces of one county on which the same is said for the same reasons."""
    counties = units.of(faces.points)
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, (county, answer) in enumerate(zip(counties, answers, strict=True)):
        rules = tuple(
            dict.fromkeys((one.rule, one.provision) for one in _deciding(answer))
        )
        lacks = tuple((one.rule, one.kind, one.what) for one in _open(answer))
        groups[county, answer.outcome, rules, lacks].append(at)
    made = [_piece(rows, faces, answers, counties) for rows in groups.values()]
    pieces: list[Piece] = []
    for county in units.counties:
        own = [one for one in made if one.county == county]
        own.sort(
            key=lambda one: (CLASSES.index(one.land_class), -one.area_m2, _key(one))
        )
        area = np.array([one.area_m2 for one in own])
        even = largest_remainder(area, total=float(area.sum()), decimals=2)
        pieces += [_with_area(one, size) for one, size in zip(own, even, strict=True)]
    return tuple(_numbered(pieces))


def _deciding(answer: Answer) -> tuple[Finding, ...]:
    """Return the findings that make a place what it is."""
    return tuple(one for one in answer.findings if one.outcome == answer.outcome)


def _open(answer: Answer) -> tuple[Unknown, ...]:
    """Return what keeps a place undecided; nothing where a finding decides it."""
    if CLASS_OF[answer.outcome] != "unknown":
        return ()
    return answer.unknowns


def _piece(
    rows: list[int],
    faces: Faces,
    answers: Sequence[Answer],
    counties: Sequence[County],
) -> Piece:
    first = answers[rows[0]]
    found = {
        (one.rule, one.provision, one.layer or "", one.zone_id or ""): one
        for at in rows
        for one in _deciding(answers[at])
    }
    return Piece(
        id="",
        county=counties[rows[0]],
        land_class=CLASS_OF[first.outcome],
        outcome=first.outcome,
        findings=tuple(found[key] for key in sorted(found)),
        unknowns=_open(first),
        geometry=joined(faces.shapes[rows]),
        area_m2=float(area_m2(faces.shapes[rows]).sum()),
    )


def _key(piece: Piece) -> tuple[object, ...]:
    return tuple(one.rule for one in piece.findings), piece.geometry.bounds


def _with_area(piece: Piece, size: float) -> Piece:
    return Piece(
        piece.id, piece.county, piece.land_class, piece.outcome, piece.findings,
        piece.unknowns, piece.geometry, float(size),
    )  # fmt: skip


def _numbered(pieces: list[Piece]) -> list[Piece]:
    width = max(3, len(str(len(pieces))))
    return [
        Piece(
            f"L{number:0{width}d}", one.county, one.land_class, one.outcome,
            one.findings, one.unknowns, one.geometry, one.area_m2,
        )
        for number, one in enumerate(pieces, start=1)
    ]  # fmt: skip
