"""The command: what it prints, how it exits."""

from __future__ import annotations

import json
import shutil

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner

from layers.samples.county import write_county
from spatial.cli import main


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return write_county(tmp_path_factory.mktemp("county") / "office")


def redline(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_demo_keeps_the_planted_truth_and_says_where_the_page_is(tmp_path):
    run = redline("demo", "--out", tmp_path)
    assert run.exit_code == 0, run.output
    right, _, count = run.output.split("标准答案一致：")[1].split()[0].partition("/")
    assert right == count
    assert int(count) >= 55
    assert (tmp_path / "review" / "report.html").is_file()
    assert "report.html" in run.output


def test_review_of_activities_hears_the_rules_on_activities(county, tmp_path):
    office = tmp_path / "office"
    shutil.copytree(county, office)
    place = office / "workspace.yaml"
    text = place.read_text("utf-8")
    books = "rulebooks: [national, inner_mongolia]"
    assert books in text
    more = books.replace("]", ", inner_mongolia_activity]")
    place.write_text(text.replace(books, more), "utf-8")
    heard = {}
    for about in ("project", "activity"):
        words = ["review", county / "projects.gpkg", "-w", office, "--on", "2025-10-31"]
        run = redline(*words, "--about", about, "-o", tmp_path / about)
        assert run.exit_code == 0, run.output
        told = json.loads((tmp_path / about / "result.json").read_text("utf-8"))
        assert told["about"] == about
        heard[about] = {one["id"] for one in told["rules"]}
    on_activities = {f"NM14-A{number:02}" for number in range(1, 36)}
    assert heard["activity"] - heard["project"] == on_activities
    assert "NM14-S40" in heard["activity"]  # a ban that is tied to the red line
    assert "NM14-S11" not in heard["activity"]  # new works have to go into a park


def test_review_exits_with_0_whatever_the_outcome_and_with_1_when_asked(
    county, tmp_path
):
    words = ["review", county / "projects.gpkg", "-w", county, "--on", "2025-10-31"]
    words += ["-o", tmp_path]
    assert redline(*words).exit_code == 0
    run = redline(*words, "--fail-on", "prohibited")
    assert run.exit_code == 1
    assert "禁止" in run.stderr


def test_english_is_an_option(county, tmp_path):
    run = redline(
        *["review", county / "projects.gpkg", "-w", county, "--on", "2025-10-31"],
        *["-o", tmp_path, "--lang", "en"],
    )
    assert "deciding rule" in run.output
    assert (
        "禁止"
        not in (tmp_path / "result.json")
        .read_text("utf-8")
        .replace("严禁", "")
        .split('"quote"')[0]
    )


def test_without_a_date_today_counts_and_is_said(county, tmp_path):
    run = redline("review", county / "projects.gpkg", "-w", county, "-o", tmp_path)
    on = json.loads((tmp_path / "result.json").read_text("utf-8"))["on"]
    assert on in run.stderr


def test_a_refused_file_is_one_line_and_exit_1(county, tmp_path):
    path = tmp_path / "nothing.geojson"
    path.write_text("{}", encoding="utf-8")
    run = redline("review", path, "-w", county, "--on", "2025-10-31", "-o", tmp_path)
    assert run.exit_code == 1
    assert run.stderr.startswith("错误：")
    assert "Traceback" not in run.output


def test_wrong_usage_is_exit_2(tmp_path):
    assert redline("review", "x.gpkg", "-o", tmp_path).exit_code == 2
    assert redline("review", "--on", "2025-13-01").exit_code == 2


def test_a_site_with_swapped_axes_is_refused_with_both_readings(county, tmp_path):
    path = tmp_path / "swapped.gpkg"
    gpd.GeoDataFrame(
        {"site_id": ["P-1"]}, geometry=[shapely.box(39.5, 107.0, 39.6, 107.1)], crs=4490
    ).to_file(path)
    run = redline("review", path, "-w", county, "--on", "2025-10-31", "-o", tmp_path)
    assert run.exit_code == 1
    assert "swapped" in run.stderr


def test_bad_sites_stay_in_the_result_and_are_not_checked(county, tmp_path):
    square = shapely.box(107.1, 39.5, 107.101, 39.501)
    bow_tie = shapely.Polygon(
        [(107.1, 39.5), (107.11, 39.51), (107.11, 39.5), (107.1, 39.51)]
    )
    path = tmp_path / "bad.gpkg"
    gpd.GeoDataFrame(
        {"site_id": ["P-1", "P-1", "P-2", "P-3"]},
        geometry=[square, square, bow_tie, None],
        crs=4490,
    ).to_file(path)
    run = redline("review", path, "-w", county, "--on", "2025-10-31", "-o", tmp_path)
    assert run.exit_code == 0, run.output
    result = json.loads((tmp_path / "result.json").read_text("utf-8"))
    sites = {site["site_id"]: site for site in result["sites"]}
    assert sorted(sites) == ["P-1", "P-1#2", "P-2", "P-3"]
    for name in ("P-2", "P-3"):
        assert sites[name]["outcome"] == "not_checked"
        assert [one["kind"] for one in sites[name]["unknowns"]] == ["site_refused"]


def test_layers_check_names_every_layer_and_fails_on_one_that_is_gone(county, tmp_path):
    assert redline("layers", "check", county).exit_code == 0
    office = shutil.copytree(county, tmp_path / "office")
    (office / "data" / "wetland.parquet").unlink()
    run = redline("layers", "check", office)
    assert run.exit_code == 1
    assert "无法读取" in run.output


def test_inspect_says_format_crs_and_evidence(county):
    run = redline("layers", "inspect", county / "data" / "hjgkdy.shp")
    assert run.exit_code == 0, run.output
    for word in ("Shapefile", "HJZHGKDYBM", "GB18030"):
        assert word.casefold() in run.output.casefold()


def test_rules_can_be_listed_and_shown_with_their_quote():
    assert "NM14-S29" in redline("rules", "list").output
    shown = redline("rules", "show", "NM14-S29").output
    assert "严禁在黄河干流和主要支流岸线1公里范围内新建化工园区" in shown
    run = redline("rules", "show", "NM99-S01")
    assert run.exit_code == 1
    assert "unknown rule 'NM99-S01'" in run.stderr


def test_rules_check_runs_the_cases():
    run = redline("rules", "check", "yili")
    assert run.exit_code == 0, run.output
    assert "yili" in run.output


def test_output_cannot_steer_the_terminal(county, tmp_path):
    path = tmp_path / "sites.gpkg"
    gpd.GeoDataFrame(
        {"site_id": ["P-1"], "name": ["\x1b[2Jgone"]},
        geometry=[shapely.box(107.1, 39.5, 107.101, 39.501)],
        crs=4490,
    ).to_file(path)
    run = redline("review", path, "-w", county, "--on", "2025-10-31", "-o", tmp_path)
    assert "\x1b" not in run.output
