"""Real layers: the row ledger against a count that no GIS library made."""

from __future__ import annotations

import csv
import json
import math
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

import layers

DATA = Path(__file__).parents[3] / "shared" / "data"
MINES = DATA / "mines_and_plants_cn"
PERU = DATA / "pucallpa_landsat" / "peru_protected_areas_sernanp.geojson"
GLOBAL_MINES = MINES / "coal_mine_boundaries_methane_global_v1.0.2.geojson"
IM = DATA / "inner_mongolia"
WRI = MINES / "wri_power_plants_china_raw.csv"
PLANTS = IM / "power_plants_wri.csv"
TABLES = [
    (folder / name, table, kind)
    for folder in (IM, DATA / "chongqing")
    for name, table, kind in (
        ("admin_cnmaps.gpkg", "county", "admin_unit"),
        ("admin_cnmaps.gpkg", "city", "admin_unit"),
        ("admin_cnmaps.gpkg", "province", "admin_unit"),
        ("admin2_ocha_wgs84.gpkg", "admin2_ocha_wgs84", "admin_unit"),
        ("water.gpkg", "rivers_wdbii_full", "river_shoreline"),
        ("power_plants_wri.gpkg", "power_plants_wri", "project_site"),
        ("zones_derived.gpkg", "zones_derived", "control_unit"),
    )
]
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not MINES.is_dir(), reason="../shared/data is absent"),
]


def ledger(layer):
    read = layer.provenance
    assert (len(layer), len(layer.quarantine)) == (
        read.rows_kept,
        read.rows_quarantined,
    )
    assert read.rows_in_file == read.rows_kept + read.rows_quarantined
    return read.rows_in_file, read.rows_kept, read.rows_quarantined


def reasons(layer):
    return Counter(one.reason for one in layer.quarantine)


def features(path):
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def first(feature):
    """Return the first position of a feature."""
    spot = feature["geometry"]["coordinates"]
    while isinstance(spot[0], list):
        spot = spot[0]
    return spot


@pytest.mark.parametrize(
    ("path", "table", "kind"),
    TABLES,
    ids=[f"{path.parent.name}/{table}" for path, table, _ in TABLES],
)
def test_every_row_of_a_real_geopackage_is_kept(path, table, kind):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        names = [row[0] for row in db.execute("SELECT table_name FROM gpkg_contents")]
        if table not in names:
            pytest.skip(f"{path.name} has no table {table}")
        (rows,) = db.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()  # noqa: S608
    layer = layers.read(path, kind=kind, layer=table)
    assert ledger(layer) == (rows, rows, 0)


def test_counties_keep_their_344_thousand_vertices():
    total = 0
    for name in ("province", "city", "county"):
        layer = layers.read(IM / "admin_cnmaps.gpkg", kind="admin_unit", layer=name)
        total += int(layer.frame.geometry.count_coordinates().sum())
    assert total == 344_431


def test_mixed_mines_are_all_read_as_sites_but_for_what_cannot_be_relied_on():
    layer = layers.read(GLOBAL_MINES, kind="project_site")
    rows = features(GLOBAL_MINES)
    # as longitude, latitude in Svalbard; with x and y swapped in China
    north = {at for at, one in enumerate(rows) if first(one)[1] > 77}
    assert ledger(layer) == (len(rows), 2112, 4) == (2116, 2112, 4)
    assert reasons(layer) == {"geometry_outside_range": 3, "geometry_doubtful": 1}
    aside = {one.row for one in layer.quarantine if "range" in one.reason}
    assert aside == north
    assert sum(one.code == "geometry_mended" for one in layer.issues) == 3


def test_as_a_layer_of_polygons_mixed_mines_lose_their_points_in_the_open():
    rows = features(MINES / "coal_mine_features_china.geojson")
    types = Counter(one["geometry"]["type"] for one in rows)
    path = MINES / "coal_mine_features_china.geojson"
    layer = layers.read(path, kind="industrial_park")
    assert ledger(layer) == (len(rows), types["Polygon"], types["Point"])
    assert ledger(layer) == (562, 103, 459)
    assert reasons(layer) == {"geometry_wrong_type": 459}


def test_areas_of_peru_are_all_there():
    layer = layers.read(PERU, kind="nature_reserve")
    rows = len(features(PERU))
    assert ledger(layer) == (rows, rows, 0) == (82, 82, 0)


@pytest.mark.parametrize(("path", "rows", "aside"), [(WRI, 3137, 11), (PLANTS, 296, 0)])
def test_a_plant_is_kept_when_both_its_coordinates_are_numbers(path, rows, aside):
    def is_number(text):
        try:
            return math.isfinite(float(text))
        except ValueError:
            return False

    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [(row["Longitude"], row["Latitude"]) for row in csv.DictReader(stream)]
    good = [at for at, pair in enumerate(cells) if all(map(is_number, pair))]
    layer = layers.read(path, kind="project_site")
    assert ledger(layer) == (len(cells), len(good), len(cells) - len(good))
    assert ledger(layer) == (rows, rows - aside, aside)
    assert layer.frame.index.tolist() == good
    assert set(reasons(layer)) <= {"geometry_null"}
    found = layer.frame.geometry
    assert found.x.tolist() == [float(cells[at][0]) for at in good]
    assert found.y.tolist() == [float(cells[at][1]) for at in good]


def test_inspect_says_the_same_ledger_and_which_types_are_mixed():
    seen = layers.inspect(GLOBAL_MINES, kind="project_site")
    (one,) = seen.layers
    types = Counter(row["geometry"]["type"] for row in features(GLOBAL_MINES))
    assert one.geometry_counts == types
    assert (one.rows, one.missing, one.invalid) == (2116, 0, 4)
    trial = one.trial
    assert (trial.rows_in_file, trial.rows_kept, trial.rows_quarantined) == (
        2116,
        2112,
        4,
    )
    assert "inspect.geometry_mixed" in {said.key for said in one.problems}


def test_cnmaps_borders_are_suspected_against_ocha_and_ocha_is_not():
    from layers import quality
    from layers.layer import Workspace

    shifted = layers.read(
        IM / "admin_cnmaps.gpkg", kind="admin_unit", layer="city", id="cnmaps"
    )
    known = layers.read(IM / "admin2_ocha_wgs84.gpkg", kind="admin_unit", id="ocha")
    both = Workspace("内蒙古", None, {"cnmaps": shifted, "ocha": known})
    told = [one for one in quality.check(both).defects if one.code == "gcj02_suspected"]
    assert [(one.layer, one.message.facts["reference"]) for one in told] == [
        ("cnmaps", "ocha")
    ]
    facts = told[0].message.facts
    assert facts["after_m"] < facts["before_m"] - 100
