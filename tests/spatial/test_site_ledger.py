"""The row ledger of the sites stands in every report of a review."""

from __future__ import annotations

import datetime as dt
import json

import openpyxl
import pytest

import layers
import spatial
from layers.samples.county import write_county
from spatial.text import TEXTS


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Three sites, the second without an outline, reviewed in the made-up county."""
    folder = tmp_path_factory.mktemp("review")
    shapes = [
        {"type": "Point", "coordinates": [107.1, 39.4]},
        None,
        {"type": "Point", "coordinates": [107.2, 39.4]},
    ]
    features = [
        {"type": "Feature", "properties": {"项目编号": f"P{at}"}, "geometry": one}
        for at, one in enumerate(shapes)
    ]
    path = folder / "项目.geojson"
    text = json.dumps({"type": "FeatureCollection", "features": features})
    path.write_text(text, encoding="utf-8")
    office = layers.open_workspace(write_county(folder / "office"))
    sites = layers.read(path, kind="project_site")
    spatial.review(sites, office, on=dt.date(2025, 10, 31)).write(folder / "out")
    return folder / "out"


def test_the_ledger_of_the_sites_is_in_the_json(reports):
    told = json.loads((reports / "result.json").read_text(encoding="utf-8"))
    rows = {key: one for key, one in told["site_layer"].items() if "rows" in key}
    assert rows == {"rows_in_file": 3, "rows_kept": 2, "rows_quarantined": 1}
    assert told["site_layer"]["status"] == "doubtful"
    assert all(one["kind"] != "project_site" for one in told["layers"])


def test_the_ledger_of_the_sites_is_on_the_page(reports):
    assert "3 = 2 + 1" in (reports / "report.html").read_text(encoding="utf-8")


def test_the_ledger_of_the_sites_is_in_the_workbook(reports):
    sheet = openpyxl.load_workbook(reports / "findings.xlsx")[
        TEXTS.say("report.sheet.layers")
    ]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(row for row in rows if TEXTS.say("report.column.rows_in_file") in row)
    at = head.index(TEXTS.say("report.column.rows_in_file"))
    (own,) = [row for row in rows if "项目.geojson" in row]
    assert own[at : at + 3] == (3, 2, 1)


def test_no_report_tells_where_the_sites_lay_on_the_machine(reports):
    for name in ("result.json", "report.html"):
        assert str(reports.parent) not in (reports / name).read_text(encoding="utf-8")
