"""The GeoPackage opens coloured and loses no site."""

from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing
from xml.etree import ElementTree as ET

import pyogrio
import pytest
import sample_content

from spatial.finding import OUTCOMES, SAID
from spatial.report.geopackage import write_geopackage
from spatial.report.palette import OUTCOME_COLOUR


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("gpkg") / "findings.gpkg"
    write_geopackage(sample_content.sample(), found)
    return found


def ask(path, question):
    """Return the rows that SQLite answers."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(question).fetchall()


def test_there_are_three_layers_in_the_frame(path):
    names = [name for name, _ in pyogrio.list_layers(path)]
    assert names == ["sites", "overlaps", "findings", "layer_styles"]
    for name in ("sites", "overlaps", "findings"):
        assert pyogrio.read_info(path, layer=name)["crs"] == "EPSG:4490"


def test_a_site_without_geometry_is_a_row_without_geometry(path):
    sites = pyogrio.read_dataframe(path, layer="sites")
    assert len(sites) == 6
    assert sites.geometry.isna().tolist() == [False, False, False, True, False, False]
    assert sites["outcome"].tolist()[0] == "prohibited"
    assert sites["stable"].tolist()[0] == 1


def test_longitude_comes_first(path):
    sites = pyogrio.read_dataframe(path, layer="sites")
    west, south, _, _ = sites.total_bounds
    assert west == pytest.approx(107.0)
    assert south == pytest.approx(40.0, abs=0.01)


def test_findings_carry_the_quote_and_the_numbers(path):
    findings = pyogrio.read_dataframe(path, layer="findings")
    assert findings["quote"][0] == sample_content.LAW.quote
    assert findings["area_m2"][0] == pytest.approx(141_800.126)
    assert findings.geometry[0].equals(sample_content.SITE_A)


def test_a_pair_that_is_merely_near_has_no_shape(path):
    overlaps = pyogrio.read_dataframe(path, layer="overlaps")
    assert overlaps.geometry.isna().tolist() == [False, False, False, True]
    assert overlaps["sliver"].tolist() == [0, 0, 1, 0]


def test_the_default_style_colours_every_outcome(path):
    rows = ask(path, "SELECT f_table_name, styleQML, useAsDefault FROM layer_styles")
    assert [row[0] for row in rows] == ["sites", "overlaps", "findings"]
    assert {row[2] for row in rows} == {1}
    renderer = ET.fromstring(rows[0][1]).find("renderer-v2")  # noqa: S314 (our own)
    # areas, lines and points: a symbol of its own sort for each
    assert renderer.get("attr") == "\"outcome\" || ' ' || geometry_type($geometry)"
    values = [one.get("value") for one in renderer.iter("category")]
    sorts = ("Polygon", "Line", "Point")
    assert values == [f"{one} {sort}" for sort in sorts for one in OUTCOMES]
    kinds = [one.get("type") for one in renderer.iter("symbol")]
    assert kinds == [one for one in ("fill", "line", "marker") for _ in OUTCOMES]
    of_findings = ET.fromstring(rows[2][1])  # noqa: S314 (our own)
    assert of_findings.find("renderer-v2").get("attr") == "outcome"
    found = [one.get("value") for one in of_findings.iter("category")]
    assert found == list(SAID)
    symbols = {one.get("name") for one in renderer.iter("symbol")}
    assert symbols == {one.get("symbol") for one in renderer.iter("category")}
    red, green, blue = (
        int(OUTCOME_COLOUR["prohibited"][at : at + 2], 16) for at in (1, 3, 5)
    )
    assert f"{red},{green},{blue}," in rows[0][1]


def test_the_notices_stand_in_the_description_of_every_layer(path):
    rows = ask(
        path,
        "SELECT description FROM gpkg_contents WHERE data_type = 'features'",
    )
    assert all(sample_content.NOTICE in row[0] for row in rows)


def test_stored_and_real_row_counts_agree(path):
    for name, count in ask(path, "SELECT * FROM gpkg_ogr_contents"):
        if name != "layer_styles":
            real = ask(path, f'SELECT COUNT(*) FROM "{name}"')[0][0]  # noqa: S608
            assert real == count


def test_layers_of_one_family_get_its_type(tmp_path):
    content = sample_content.sample()
    points = tuple(one for one in content.sites if one.site_id == "=cmd|' /C calc'!A0")
    content = dataclasses.replace(content, sites=points)
    write_geopackage(content, tmp_path / "points.gpkg")
    info = pyogrio.read_info(tmp_path / "points.gpkg", layer="sites")
    assert info["geometry_type"] == "MultiPoint"
    style = ask(tmp_path / "points.gpkg", "SELECT styleQML FROM layer_styles")[0][0]
    assert "SimpleMarker" in style


def test_the_option_that_sets_the_date_is_given_back(tmp_path):
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    write_geopackage(sample_content.sample(), tmp_path / "a.gpkg")
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before


def test_sites_and_zones_are_labelled_by_text(path):
    rows = ask(path, "SELECT f_table_name, styleQML FROM layer_styles")
    found = {}
    for name, qml in rows:
        style = ET.fromstring(qml)  # noqa: S314 (our own)
        labels = [one.attrib for one in style.iter("text-style")]
        assert (style.get("labelsEnabled") == "1") == bool(labels)
        found[name] = [(one["fieldName"], one["allowHtml"]) for one in labels]
    assert found == {
        "sites": [("\"site_id\" || coalesce(' ' || \"name\", '')", "0")],
        "overlaps": [('"zone_name"', "0")],
        "findings": [],
    }


def test_what_is_gravest_is_drawn_last(path):
    ((qml,),) = ask(
        path, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'findings'"
    )
    renderer = ET.fromstring(qml).find("renderer-v2")  # noqa: S314 (our own)
    assert renderer.get("enableorderby") == "1"
    (clause,) = renderer.iter("orderByClause")
    assert clause.get("asc") == "1"
    ranks = [clause.text.index(f"'{one}' THEN {len(SAID) - at}")
             for at, one in enumerate(SAID)]  # fmt: skip
    assert ranks == sorted(ranks)
