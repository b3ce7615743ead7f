"""Working the cases of a rulebook through the real path.

A case is drawn in metres on squared paper and put on the ellipsoid: from the origin
north along the meridian, then east along the geodesic that leaves it at a right
angle. So x is exactly the distance from the meridian x = 0, and a line or edge there
is exact. Then it goes the way of every project: layers, workspace, shelf, judge.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import Geod

from layers.layer import FRAME, Setting, Workspace
from layers.provenance import Coverage, Period
from layers.read import from_frame, none_exists
from layers.spec import spec
from spatial.policy.judge import judge, outcome_of
from spatial.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from layers.layer import Layer
    from spatial.policy import model
    from spatial.policy.judge import Judgement

ORIGIN = (107.0, 40.0)
"""Longitude and latitude of a case's origin: the Yellow River bend."""

_GEOD = Geod(a=6378137.0, rf=298.257222101)
_COVERAGE_DEGREES = 1.0
_CLAIM = "case"
# The layers of a case are in force on whatever day it asks about.
_VALID = Period(dt.date(1900, 1, 1))
# A case is worked again and again with one thing less: what stays is drawn once.
_KEPT = 256

_Fields = tuple[tuple[str, str, object], ...]
_Feature = tuple[tuple[str, tuple[object, ...]], _Fields]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and what became of it.

    Attributes
    ----------
    rule
        Id of its rule.
    case
        The case.
    got
        Outcome, ``advised`` or ``not_in_force`` (see `work`).
    """

    rule: str
    case: model.Case
    got: str

    @property
    def passed(self) -> bool:
        """Whether the outcome is the expected one."""
        return self.got == self.case.expect


def check_cases(
    rulebook: model.Rulebook, *, origin: tuple[float, float] | None = None
) -> tuple[CaseResult, ...]:
    """Work every case of a rulebook.

    Parameters
    ----------
    rulebook
        Its rules are judged one by one: a case tells of its own rule only.
    origin
        Longitude and latitude at which every case is drawn; None = where the case
        says, else at `ORIGIN`.

    Returns
    -------
    tuple of CaseResult
        In the order of the rulebook.

    Raises
    ------
    InputRefusedError
        A case sets a setting to something its rule cannot use.
    """
    return tuple(
        CaseResult(rule.id, case, work(case, rule, rulebook, origin=origin))
        for rule in rulebook.rules
        for case in rule.cases
    )


def work(
    case: model.Case,
    rule: model.Rule,
    rulebook: model.Rulebook,
    *,
    origin: tuple[float, float] | None = None,
) -> str:
    """Return the outcome of one case, ``not_in_force``, or ``advised``.

    ``advised`` is a clear outcome with an advice beside it.
    """
    judgement = judged(case, rule, rulebook, origin=origin)
    if judgement.rules[0].status == "not_in_force":
        return "not_in_force"
    outcome = outcome_of(judgement.findings, judgement.unknowns)
    advised = any(one.outcome == "advised" for one in judgement.findings)
    return "advised" if advised and outcome == "clear" else outcome


def judged(
    case: model.Case,
    rule: model.Rule,
    rulebook: model.Rulebook,
    *,
    origin: tuple[float, float] | None = None,
) -> Judgement:
    """Judge one case by its rule alone, in the first place of its territory.

    Parameters
    ----------
    case, rule, rulebook
        The case, its rule, and the rulebook whose documents the rule cites.
    origin
        Longitude and latitude at which the case is drawn; None = where it says,
        else at `ORIGIN`.

    Returns
    -------
    Judgement
        Site 0 is the case's project.
    """
    region = rule.territory[0] if rule.territory else None
    shelf = shelf_of(case, region=region, origin=origin)
    return judge(shelf, (replace(rulebook, rules=(rule,)),), about=rule.about)


def shelf_of(
    case: model.Case,
    *,
    region: str | None = None,
    origin: tuple[float, float] | None = None,
) -> Shelf:
    """Return the site, the layers and the settings of a case, as the judge sees them.

    Parameters
    ----------
    case
        The case.
    region
        Adcode that the case's office answers for.
    origin
        As for `judged`.

    Returns
    -------
    Shelf
        On the day of the case; site 0 is its project.
    """
    origin = origin or case.at or ORIGIN
    site = _layer("project_site", (_feature(case.site_shape, case.site),), origin)
    sites = site.frame.reset_index(drop=True)
    layers = {
        kind: _layer(
            kind, tuple(_feature(one.shape, one.fields) for one in zones), origin
        )
        for kind, zones in case.zones.items()
    }
    workspace = Workspace(
        title=case.name,
        region=region,
        layers=layers,
        settings={
            name: Setting(name, value, _CLAIM) for name, value in case.settings.items()
        },
    )
    return Shelf(gpd.GeoDataFrame(sites, crs=FRAME), workspace, case.on)


def draw(
    shape: tuple[str, tuple[object, ...]], origin: tuple[float, float]
) -> BaseGeometry:
    """Put a shape of a case on the ellipsoid.

    Parameters
    ----------
    shape
        As in `model.Case.site_shape`: metres east and north of the origin.
    origin
        Longitude and latitude.

    Returns
    -------
    Point, LineString or Polygon
        In EPSG:4490, x = longitude.
    """
    name, numbers = shape
    if name == "point":
        return shapely.Point(_place(numbers, origin))
    if name == "line":
        return shapely.LineString([_place(one, origin) for one in numbers])
    west, south, east, north = numbers
    corners = ((west, south), (east, south), (east, north), (west, north))
    return shapely.Polygon([_place(one, origin) for one in corners])


def _place(point: object, origin: tuple[float, float]) -> tuple[float, float]:
    """Return longitude and latitude of a point in metres."""
    x_m, y_m = cast("tuple[float, float]", point)
    _, lat, _ = _GEOD.fwd(*origin, 0.0, y_m)
    if x_m == 0:  # exactly on the meridian, so that shared edges are shared
        return origin[0], lat
    lon, lat, _ = _GEOD.fwd(origin[0], lat, 90.0, x_m)
    return lon, lat


def _feature(
    shape: tuple[str, tuple[object, ...]], said: Mapping[str, object]
) -> _Feature:
    """Return a feature as a key: 1 and true are equal, so types stand beside values."""
    return shape, tuple((name, type(one).__name__, one) for name, one in said.items())


@lru_cache(maxsize=_KEPT)
def _layer(
    kind: str, features: tuple[_Feature, ...], origin: tuple[float, float]
) -> Layer:
    """Return a layer of a case, complete within a generous box around it.

    Nobody changes a layer, so cases that draw the same one share it.
    """
    lon, lat = origin
    reach = _COVERAGE_DEGREES
    box = shapely.box(lon - reach, lat - reach, lon + reach, lat + reach)
    coverage = Coverage(box, _CLAIM)
    if not features:
        return none_exists(kind, source=_CLAIM, coverage=coverage, valid=_VALID)
    frame = _frame(kind, features, origin)
    return from_frame(frame, kind=kind, coverage=coverage, valid=_VALID)


def _frame(
    kind: str, features: tuple[_Feature, ...], origin: tuple[float, float]
) -> gpd.GeoDataFrame:
    """Return features of a kind as a table with every field that they state.

    A field that must be filled in has its column too, or its absence would be told of
    the layer and not of the row.
    """
    rows = [{name: one for name, _, one in fields} for _, fields in features]
    said = {name for row in rows for name in row}
    columns = {
        one.name: pd.Series([row.get(one.name) for row in rows], dtype=object)
        for one in spec(kind).fields
        if one.name in said or one.required
    }
    geometry = [draw(shape, origin) for shape, _ in features]
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=FRAME)
