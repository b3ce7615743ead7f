"""The promise: no "clear" unless every needed layer was there, whole and in force.

Each test damages one needed layer of the made-up county in one way and reviews all
sites with the command. Not one site may be clear, and the result says why.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil

import geopandas as gpd
import pyogrio
import pytest
import shapely
import yaml
from click.testing import CliRunner

from layers.samples.county import truth, write_county
from spatial.cli import main

NEEDED = "ecological_redline"
ON = dt.date(2025, 10, 31)
CLEAR = sorted(one.site_id for one in truth() if one.outcome_on(ON) == "clear")


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return write_county(tmp_path_factory.mktemp("county") / "office")


@pytest.fixture
def office(county, tmp_path):
    return shutil.copytree(county, tmp_path / "office")


def change(office, edit):
    path = office / "workspace.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry = next(one for one in document["layers"] if one["id"] == NEEDED)
    edit(document, entry)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return entry


def replace_source(office, entry, frame):
    """Give the needed layer a file of its own that holds `frame`."""
    source = office / "data" / "changed.gpkg"
    pyogrio.write_dataframe(frame, source, layer="changed", geometry_type="Unknown")
    entry["source"], entry["layer"] = "data/changed.gpkg", "changed"


def original(office, entry):
    return pyogrio.read_dataframe(office / entry["source"], layer=entry["layer"])


def reviewed(office, tmp_path):
    out = tmp_path / "out"
    run = CliRunner().invoke(
        main,
        [
            "review",
            str(office / "projects.gpkg"),
            "-w",
            str(office),
            "--on",
            str(ON),
            "-o",
            str(out),
        ],
    )
    assert run.exit_code == 0, run.output
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    return {site["site_id"]: site for site in result["sites"]}


def reasons(site):
    return {one["kind"] for one in site["unknowns"]}


def test_with_every_layer_whole_the_planted_clear_sites_are_clear(office, tmp_path):
    sites = reviewed(office, tmp_path)
    clear = sorted(name for name, one in sites.items() if one["outcome"] == "clear")
    assert clear == CLEAR


def test_missing(office, tmp_path):
    change(office, lambda document, entry: document["layers"].remove(entry))
    sites = reviewed(office, tmp_path)
    assert {sites[name]["outcome"] for name in CLEAR} == {"not_checked"}
    assert all(reasons(sites[name]) == {"layer_missing"} for name in CLEAR)
    assert "clear" not in {one["outcome"] for one in sites.values()}


def test_named_but_the_file_is_gone(office, tmp_path):
    def edit(_, entry):
        entry["source"] = "data/gone.gpkg"

    change(office, edit)
    sites = reviewed(office, tmp_path)
    assert all(reasons(sites[name]) == {"layer_unreadable"} for name in CLEAR)
    assert "clear" not in {one["outcome"] for one in sites.values()}


def test_empty(office, tmp_path):
    def edit(_, entry):
        replace_source(office, entry, original(office, entry).iloc[:0])

    change(office, edit)
    sites = reviewed(office, tmp_path)
    assert all(reasons(sites[name]) == {"layer_empty"} for name in CLEAR)
    assert "clear" not in {one["outcome"] for one in sites.values()}


def test_expired(office, tmp_path):
    def edit(_, entry):
        entry["valid"] = {"from": "2020-01-01", "to": "2025-10-30"}

    change(office, edit)
    text = (office / "workspace.yaml").read_text(encoding="utf-8")
    plain = text.replace("'2020-01-01'", "2020-01-01").replace(
        "'2025-10-30'", "2025-10-30"
    )
    (office / "workspace.yaml").write_text(plain, encoding="utf-8")
    sites = reviewed(office, tmp_path)
    assert all(reasons(sites[name]) == {"layer_not_in_force"} for name in CLEAR)
    assert "clear" not in {one["outcome"] for one in sites.values()}


def test_in_another_region_though_its_coverage_says_this_one(office, tmp_path):
    def edit(_, entry):
        frame = original(office, entry)
        shifted = gpd.GeoDataFrame(
            frame.drop(columns="geometry"),
            geometry=frame.geometry.translate(xoff=-5.0),
            crs=frame.crs,
        )
        replace_source(office, entry, shifted)

    change(office, edit)
    sites = reviewed(office, tmp_path)
    assert all(reasons(sites[name]) == {"layer_unreliable"} for name in CLEAR)
    assert "clear" not in {one["outcome"] for one in sites.values()}


def test_covering_another_region(office, tmp_path):
    def edit(_, entry):
        frame = original(office, entry)
        frame.geometry = frame.geometry.translate(xoff=-5.0)
        replace_source(office, entry, frame)
        entry["coverage"] = {"bbox": [101.0, 38.0, 103.0, 41.0]}

    change(office, edit)
    sites = reviewed(office, tmp_path)
    assert all(reasons(sites[name]) == {"layer_does_not_cover"} for name in CLEAR)
    assert "clear" not in {one["outcome"] for one in sites.values()}


def test_covering_half_of_the_site(office, tmp_path):
    sites = pyogrio.read_dataframe(office / "projects.gpkg")
    polygons = sites[sites.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    one = polygons[polygons.iloc[:, 0].isin(CLEAR)].iloc[0]
    name, box = one.iloc[0], one.geometry.bounds
    middle = (box[0] + box[2]) / 2

    def edit(_, entry):
        entry["coverage"] = {"bbox": [100.0, 35.0, middle, 45.0]}

    change(office, edit)
    found = reviewed(office, tmp_path)
    assert found[name]["outcome"] == "not_checked"
    assert reasons(found[name]) == {"layer_covers_partly"}


def test_read_with_loss_at_the_site(office, tmp_path):
    """A bow-tie in the red line lies where a clear site lies: kept aside, not lost."""
    sites = pyogrio.read_dataframe(office / "projects.gpkg")
    one = sites[sites.iloc[:, 0].isin(CLEAR)].iloc[0]
    name, (x0, y0, x1, y1) = one.iloc[0], one.geometry.buffer(0.001).bounds

    def edit(_, entry):
        frame = original(office, entry)
        bow_tie = shapely.Polygon([(x0, y0), (x1, y1), (x1, y0), (x0, y1)])
        frame.loc[len(frame)] = frame.iloc[0]
        frame.loc[len(frame) - 1, "geometry"] = bow_tie
        replace_source(office, entry, frame)

    change(office, edit)
    found = reviewed(office, tmp_path)
    assert found[name]["outcome"] == "not_checked"
    assert reasons(found[name]) == {"layer_read_with_loss"}
