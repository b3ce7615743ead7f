"""The made-up projects, where they stand, and what is true of them.

The list is data (``sites.yaml``): a place on the grid, attributes, and the outcome
that follows from the place and the law on two days, with the deciding rules and the
reason in words.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from shapely import LineString, Point, Polygon

from layers import document
from layers.layer import FRAME
from layers.samples.layout import TRUNK_HALF, TRUNK_X, shape
from layers.samples.shapes import DECIMALS, KM_PER_DEGREE, ORIGIN, degrees, plot
from layers.spec import spec

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from layers.document import Entry, Scalar
    from layers.spec import FieldSpec

SITES = Path(__file__).parent / "sites.yaml"

DAYS = ("2025-10-31", "2026-11-21")
"""The two days whose outcomes are planted: plan in force; plan period ended."""

LINE_STEP_KM = 0.25
"""Lines are cut this fine before they are bent with the grid."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is true of a site on a day.

    Attributes
    ----------
    outcome
        One of the outcomes of a review.
    rules
        Ids that must be among the rules of its findings and unknowns; the deciding
        one at least.
    """

    outcome: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """A made-up project and what is true of it.

    Attributes
    ----------
    site_id, name
        As in the project list.
    geometry
        In EPSG:4490.
    attributes
        Canonical attributes; None where the project list leaves a blank.
    expected
        By day (`DAYS`).
    why
        The reason, in Chinese.
    """

    site_id: str
    name: str
    geometry: BaseGeometry
    attributes: Mapping[str, Scalar]
    expected: Mapping[str, Expected]
    why: str

    def outcome_on(self, day: dt.date) -> str | None:
        """Return the planted outcome on a day, or None for a day of no `DAYS`."""
        said = self.expected.get(day.isoformat())
        return said.outcome if said else None


@cache
def truth() -> tuple[Truth, ...]:
    """Return all made-up projects, in the order of their ids.

    Raises
    ------
    layers.errors.DocumentError
        ``sites.yaml`` breaks its own format: a slip of ours.
    """
    entry = document.load_own(SITES)
    entry.only("defaults", "sites")
    defaults = _values(entry.need("defaults"))
    return tuple(_truth(one, defaults) for one in entry.need("sites"))


def project_table() -> gpd.GeoDataFrame:
    """Return the project list with the Chinese headings and words of an office.

    Returns
    -------
    GeoDataFrame
        EPSG:4490; polygons, lines and points mixed; blanks are None.
    """
    fields = [one for one in spec("project_site").fields if one.aliases]
    rows = [
        {
            _heading(field): _written(field, one.attributes.get(field.name))
            for field in fields
        }
        | {"项目编号": one.site_id, "项目名称": one.name}
        for one in truth()
    ]
    shapes = [one.geometry for one in truth()]
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs=FRAME)


def truth_table() -> pd.DataFrame:
    """Return what is true of each site as a table, one row a site."""
    rows = []
    for one in truth():
        row = {"site_id": one.site_id, "name": one.name}
        for day in DAYS:
            row[f"outcome_{day}"] = one.expected[day].outcome
            row[f"rules_{day}"] = " ".join(one.expected[day].rules)
        rows.append(row | {"why": one.why})
    return pd.DataFrame(rows)


def _heading(field: FieldSpec) -> str:
    """Return the heading that an office would give a field."""
    return field.aliases[0]


def _written(field: FieldSpec, value: Scalar) -> Scalar:
    """Return a canonical value as an office would write it."""
    if value is None:
        return None
    if field.type == "flag":
        return "是" if value else "否"
    if field.titles and str(value) in field.titles:
        return field.titles[str(value)]["zh"]
    return value


def _truth(entry: Entry, defaults: Mapping[str, Scalar]) -> Truth:
    entry.only("id", "name", "place", "attributes", "then", "now", "why")
    site_id = entry.need("id").text()
    given = entry.get("attributes")
    return Truth(
        site_id=site_id,
        name=entry.need("name").text(),
        geometry=_place(site_id, entry.need("place")),
        attributes={**defaults, **(_values(given) if given else {})},
        expected={
            day: _expected(entry.need(key))
            for day, key in zip(DAYS, ("then", "now"), strict=True)
        },
        why=entry.need("why").text(),
    )


def _expected(entry: Entry) -> Expected:
    """Read ``[outcome, rule, rule …]``."""
    outcome, *rules = entry.texts()
    return Expected(outcome, tuple(rules))


def _values(entry: Entry) -> dict[str, Scalar]:
    """Return attribute values; null stands for a blank."""
    known = {one.name for one in spec("project_site").fields}
    values: dict[str, Scalar] = {}
    for name, one in entry.mapping().items():
        if name not in known or isinstance(one.value, tuple | dict):
            one.fail("a canonical attribute of project_site with a plain value")
        values[name] = one.value
    return values


def _place(site_id: str, entry: Entry) -> BaseGeometry:
    """Return a site's geometry from its place on the grid."""
    entry.only("plot", "point", "line", "off_bank", "touch")
    (how, one), *_ = entry.mapping().items()
    if how == "touch":
        return _touching(one.text())
    if how == "line":
        return LineString(degrees(_fine([_numbers(corner) for corner in one])))
    numbers = _numbers(one)
    if how == "point":
        return Point(degrees([(numbers[0], numbers[1])])[0])
    if how == "plot":
        return plot(site_id, (numbers[0], numbers[1]), radius=numbers[2])
    return _off_bank(distance_m=numbers[0], north_km=numbers[1])


def _numbers(entry: Entry) -> list[float]:
    return [one.number() for one in entry]


def _fine(corners: list[list[float]]) -> np.ndarray:
    """Return a line cut fine enough to follow the bent grid."""
    points = np.asarray(corners)
    legs = []
    for start, end in itertools.pairwise(points):
        pieces = int(np.ceil(np.hypot(*(end - start)) / LINE_STEP_KM))
        legs.append(start + (end - start) * np.arange(pieces)[:, None] / pieces)
    return np.vstack([*legs, points[-1:]])


def _touching(zone: str) -> Polygon:
    """Return a site that shares a border of a zone, vertex for vertex, and no more.

    A few neighbouring corners of the zone's outline, and one point away from it.
    """
    ring = np.asarray(shape(zone).exterior.coords)[:-1]
    middle = ring.mean(axis=0)
    # the most outward vertex: beyond it nothing of the zone can lie
    far = int(np.argmax(np.hypot(*(ring - middle).T)))
    shared = ring[[far - 1, far]]
    outward = np.round(middle + (shared.mean(axis=0) - middle) * 1.15, DECIMALS)
    return Polygon(np.vstack([shared, outward]))


def _off_bank(*, distance_m: float, north_km: float) -> Polygon:
    """Return a plot whose west edge keeps a geodesic distance from the east bank.

    The bank runs due north there: going east at a right angle from a meridian, the
    foot of the perpendicular is the starting point, so the distance is exact.
    """
    geod = pyproj.Geod(a=6378137.0, rf=298.257222101)  # CGCS2000
    lon = ORIGIN[0] + (TRUNK_X + TRUNK_HALF) / KM_PER_DEGREE[0]
    south = ORIGIN[1] + north_km / KM_PER_DEGREE[1]
    lats = np.array([south, south, south + 0.0025, south + 0.0025])
    away = np.array([distance_m, distance_m + 250, distance_m + 250, distance_m])
    x, y, _ = geod.fwd(np.full(4, lon), lats, np.full(4, 90.0), away)
    return Polygon(np.round(np.column_stack([x, y]), DECIMALS))
