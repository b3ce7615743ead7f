"""A made-up province for `bench_rules.py`: an office with a layer of every kind.

Not a benchmark. The red line is the one of `generate.py`; of the other kinds that the
rules ask for, every second one is a small layer, the rest are stated to be empty.
Every project states what a list of projects states: some of it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from generate import BOX, SEED

from layers.layer import FRAME, Layer, Setting, Workspace
from layers.provenance import Coverage, Period
from layers.read import from_frame, none_exists
from layers.spec import FieldSpec, spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

REGION = "150000"
ZONES_OF_A_KIND = 200
MISSING = 0.3
INDUSTRIES, PARKS = 500, 60
_LARGEST_DEG = 0.3
_CORNERS = 24
_LEAGUES = ("1501", "1502", "1503", "1504", "1505", "1506", "1507", "1508", "1509",
            "1522", "1525", "1529")  # fmt: skip
_SETTINGS: dict[str, float | tuple[str, ...]] = {
    "heavy_chemical": ("25", "26", "31"),
    "wuhai_key_industries": ("25", "26"),
    "fine_chemical": ("263", "266"),
    "farmland_risk_distance_m": 500.0,
    "sensitive_area_distance_m": 1_000.0,
    "rural_source_distance_m": 1_000.0,
    "park_river_distance_m": 1_000.0,
    "noise_barrier_distance_m": 200.0,
    "soil_sensitive_distance_m": 300.0,
}
_SINCE = Period(dt.date(2020, 1, 1), None)
_COVER = Coverage(shapely.box(*BOX).buffer(0.5, join_style="mitre"), "made up")


def office(zone_file: Path, kinds: Iterable[str]) -> Workspace:
    """Return a province with a layer of each kind; the red line is a file's."""
    made: dict[str, Layer] = {}
    for at, kind in enumerate(sorted({*kinds, "ecological_redline", "admin_unit"})):
        if kind == "ecological_redline":
            zones = gpd.read_parquet(zone_file)[["geometry"]]
            frame = zones.assign(code=[f"Z{row:06d}" for row in range(len(zones))])
        elif kind == "admin_unit":
            frame = _units()
        elif at % 2:
            frame = _small(kind, np.random.default_rng(SEED + at))
        else:
            made[kind] = none_exists(
                kind, source="made up", valid=_SINCE, coverage=_COVER
            )
            continue
        made[kind] = from_frame(
            frame, kind=kind, valid=_SINCE, coverage=_COVER, accuracy_m=10.0
        )
    settings = {
        name: Setting(name, value, "made up") for name, value in _SETTINGS.items()
    }
    return Workspace("made up", REGION, made, settings=settings)


def projects(site_file: Path, count: int) -> Layer:
    """Return some of a file's parcels, chosen by chance, with what they state.

    A smaller number is a part of a larger one.
    """
    shapes = gpd.read_parquet(site_file).geometry.to_numpy()
    rng = np.random.default_rng(SEED + 2)
    fields = spec("project_site").fields
    told = pd.DataFrame({one.name: _told(one, len(shapes), rng) for one in fields})
    told["site_id"] = [f"P{at:07d}" for at in range(len(shapes))]
    told["activity"] = None
    every = gpd.GeoDataFrame(told, geometry=shapes, crs=FRAME)
    chosen = np.sort(rng.permutation(len(shapes))[:count])
    return from_frame(every.iloc[chosen], kind="project_site")


def _units() -> gpd.GeoDataFrame:
    """Return leagues that tile the box: columns of one degree."""
    west, south, east, north = BOX
    width = (east - west) / len(_LEAGUES)
    shapes = [
        shapely.box(west + at * width, south, west + (at + 1) * width, north)
        for at in range(len(_LEAGUES))
    ]
    codes = [f"{one}00" for one in _LEAGUES]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=FRAME)


def _small(kind: str, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return a few round zones of a kind, with every field told by some."""
    west, south, east, north = BOX
    many = ZONES_OF_A_KIND
    middle = rng.uniform((west, south), (east, north), (many, 2))
    angle = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    round_ = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    size = rng.uniform(0.02, _LARGEST_DEG, (many, 1, 1))
    shapes = shapely.polygons(middle[:, None] + size * round_)
    told = {one.name: _told(one, many, rng) for one in spec(kind).fields}
    told[spec(kind).id_field] = [f"{kind}-{at}" for at in range(many)]
    return gpd.GeoDataFrame(pd.DataFrame(told), geometry=shapes, crs=FRAME)


def _told(field: FieldSpec, many: int, rng: np.random.Generator) -> np.ndarray:
    """Return what is written in a column: nothing in some of its rows."""
    values = np.empty(many, dtype=object)
    values[:] = _chosen(field, many, rng)
    if field.name not in ("site_id", "name"):
        values[rng.random(many) < MISSING] = None
    return values


def _chosen(field: FieldSpec, many: int, rng: np.random.Generator) -> Sequence[object]:
    """Return a value a row: of the field's domain, of its type, or a text."""
    if field.domain:
        return [str(one) for one in rng.choice(list(field.domain), many)]
    return _BY_NAME.get(field.name, _BY_TYPE[field.type])(field, many, rng)


def _dates(_: FieldSpec, many: int, rng: np.random.Generator) -> list[object]:
    first = dt.date(2015, 1, 1)
    days = rng.integers(0, 4_000, many).tolist()
    return [first + dt.timedelta(days=day) for day in days]


def _texts(field: FieldSpec, many: int, rng: np.random.Generator) -> list[object]:
    if field.name.endswith("code"):
        league = rng.choice(_LEAGUES, many).tolist()
        county = rng.integers(1, 99, many).tolist()
        return [f"{one}{at:02d}" for one, at in zip(league, county, strict=True)]
    return [f"{field.name}-{at}" for at in range(many)]


def _industries(_: FieldSpec, many: int, rng: np.random.Generator) -> list[object]:
    codes = rng.integers(600, 5_400, INDUSTRIES)
    return [f"{code:04d}" for code in rng.choice(codes, many)]


_BY_TYPE: Mapping[str, Callable[..., list[object]]] = {
    "flag": lambda _, many, rng: (rng.integers(0, 2, many) == 1).tolist(),
    "number": lambda _, many, rng: rng.uniform(0, 3, many).round(2).tolist(),
    "codes": lambda _, many, rng: [str(one) for one in rng.integers(1, 30, many)],
    "date": _dates,
    "text": _texts,
}
_BY_NAME: Mapping[str, Callable[..., list[object]]] = {
    "industry": _industries,
    "in_park": lambda _, many, rng: [
        f"第{at}工业园区（虚构）" for at in rng.integers(0, PARKS, many)
    ],
}
