"""Attacks on the promise that were won once: each called a site clear that was not.

The office on squared paper (`paper_office`): a red line (0,0)-(1,1), site C within it.
"""

import datetime as dt
import json
from dataclasses import replace

import geopandas as gpd
import paper_office
import pytest
import shapely
import yaml

import layers
import spatial
from spatial.policy.judge import judge, outcome_of
from spatial.policy.load import load_rulebook
from spatial.shelf import Shelf

C = paper_office.square(paper_office.C)
INSIDE, OUTSIDE = shapely.Point(107.005, 40.005), shapely.Point(107.012, 40.012)
ON = "2024-05-01"


def outcome(folder, site, *zones, **entry):
    """Review one site; `zones` take the place of the red line."""
    office = paper_office.write_office(folder / "office")
    if zones:
        path = office / "redline.geojson"
        path.unlink()
        frame = gpd.GeoDataFrame(
            {"BSM": [f"Z{at}" for at in range(len(zones))]}, geometry=list(zones)
        )
        path.write_text(json.dumps(frame.set_crs(4326).__geo_interface__))
    path = office / "workspace.yaml"
    document = yaml.safe_load(path.read_text("utf-8"))
    document["layers"][0] |= entry
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    sites = gpd.GeoDataFrame({"site_id": ["S"]}, geometry=[site], crs=4490)
    workspace = layers.open_workspace(office, in_process=True)
    return spatial.review(sites, workspace, on=ON).outcomes["outcome"].loc["S"]


def test_a_red_line_drawn_as_four_lines_is_not_read_as_nothing(tmp_path):
    corners = list(paper_office.square((0, 0, 1, 1)).exterior.coords)
    sides = [shapely.LineString(corners[at : at + 2]) for at in range(4)]
    far = paper_office.square((2, 1, 3, 2))
    assert outcome(tmp_path, C, far, *sides) == "not_checked"


def test_a_red_line_given_as_a_point_may_reach_the_site(tmp_path):
    far = paper_office.square((2, 1, 3, 2))
    assert outcome(tmp_path, C, far, shapely.Point(107.0075, 40.0075)) == "not_checked"


@pytest.mark.parametrize(
    "more", [INSIDE, shapely.LineString([OUTSIDE, INSIDE])], ids=["well", "road"]
)
def test_the_road_of_a_works_is_part_of_the_site(tmp_path, more):
    works = shapely.box(107.012, 40.012, 107.014, 40.014)
    site = shapely.GeometryCollection([works, more])
    assert outcome(tmp_path, works) == "clear"
    assert outcome(tmp_path / "with", site) == "not_checked"


def test_one_of_several_points_in_a_zone_is_enough(tmp_path):
    assert outcome(tmp_path, shapely.MultiPoint([OUTSIDE, INSIDE])) == "prohibited"


def test_a_zone_below_the_tolerance_within_a_site_is_no_sliver(tmp_path):
    # A well's zone of about 380 m2, all of it within C; the tolerance is 500 m2.
    well = paper_office.square((0.25, 0.25, 0.27, 0.27))
    tolerance = {"area_m2": 500, "source": "made up"}
    assert outcome(tmp_path, C, well, tolerance=tolerance) == "prohibited"


@pytest.mark.parametrize(
    ("said", "told"),
    [("示土调〔0000〕0号（虚构）", "clear"), ("待编制", "restricted")],
)
def test_a_survey_that_is_not_written_yet_is_no_survey(said, told):
    # NM14-S33 frees housing on land whose use is changed when the survey is there.
    rule = "NM14-S33"
    book = load_rulebook("inner_mongolia")
    (only,) = [one for one in book.rules if one.id == rule]
    site = gpd.GeoDataFrame(
        {
            "site_id": ["S"],
            "project_type": ["residential"],
            "changes_land_use": ["是"],
            "soil_survey_doc": [said],
        },
        geometry=[C],
        crs=4490,
    )
    land = layers.none_exists(
        "contaminated_land",
        source="made up",
        coverage=layers.Coverage(paper_office.square((-9, -9, 9, 9)), "drawn"),
        valid=layers.Period(dt.date(2020, 1, 1)),
    )
    office = layers.Workspace("o", "150624", {"land": land})
    table = layers.from_frame(site, kind="project_site").frame.reset_index(drop=True)
    drawn = Shelf(table, office, dt.date(2024, 5, 1))
    judged = judge(drawn, [replace(book, rules=(only,))])
    assert outcome_of(judged.findings, judged.unknowns) == told
