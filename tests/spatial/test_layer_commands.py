"""`redline layers`: the ledger, the findings and the place in words."""

from __future__ import annotations

import shutil

import geopandas as gpd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from layers.samples.county import write_county
from spatial.cli import main

ON = ["--on", "2025-10-31"]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return write_county(tmp_path_factory.mktemp("county") / "office")


@pytest.fixture
def torn(county, tmp_path):
    """The county with one redline drawn twice over its half, one without outline."""
    office = shutil.copytree(county, tmp_path / "office")
    path = office / "data" / "wetland.parquet"
    path.unlink()
    frame = gpd.GeoDataFrame(
        {"湿地名称": ["甲", "乙"]},
        geometry=[shapely.box(107.1, 39.4, 107.2, 39.5), None],
        crs=4490,
    )
    frame.to_parquet(path)
    path = office / "data" / "yjjbnt_4524.gpkg"
    fields = pyogrio.read_dataframe(path, layer="YJJBNTBHTB")
    path.unlink()
    moved = fields.iloc[[0]].set_geometry(fields.geometry.iloc[[0]].translate(50, 0))
    both = gpd.pd.concat([fields, moved])
    pyogrio.write_dataframe(both, path, layer="YJJBNTBHTB")
    return office


def redline(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_check_of_the_county_is_fit_on_its_day_and_prints_the_ledger(county):
    run = redline("layers", "check", county, *ON)
    assert run.exit_code == 0, run.output
    assert "25 = 25 + 0" in run.output
    assert "可用，有提示" in run.output
    assert "required_value_missing" in run.output


def test_check_exits_with_1_and_says_why_and_where(torn, tmp_path):
    run = redline("layers", "check", torn, *ON, "-o", tmp_path / "out")
    assert run.exit_code == 1
    assert "2 = 1 + 1" in run.output
    assert "不可靠" in run.output
    assert "zone_overlap" in run.output
    areas = pyogrio.read_dataframe(tmp_path / "out" / "quality.gpkg", layer="areas")
    assert "zone_overlap" in set(areas["code"])
    assert (tmp_path / "out" / "quality.xlsx").is_file()


def test_check_speaks_english(torn):
    run = redline("layers", "check", torn, *ON, "--lang", "en")
    for words in ("rows (file = kept + quarantined)", "unreliable", "counted twice"):
        assert words in run.output


def test_check_without_a_day_says_that_today_counts(county):
    assert "今天" in redline("layers", "check", county).stderr


def test_check_before_the_plan_began_is_not_in_force(county):
    run = redline("layers", "check", county, "--on", "2020-01-01")
    assert run.exit_code == 1
    assert "not_yet_in_force" in run.output


def test_check_of_a_hundred_findings_prints_some_and_says_how_many_more(
    county, tmp_path
):
    office = shutil.copytree(county, tmp_path / "office")
    path = office / "data" / "wetland.parquet"
    path.unlink()
    same = [shapely.box(107.1, 39.4, 107.2, 39.5)] * 101
    gpd.GeoDataFrame(geometry=same, crs=4490).to_parquet(path)
    run = redline("layers", "check", office, *ON, "--lang", "en")
    assert run.output.count("[duplicate_geometry]") < 41
    assert " more (-o writes them all)" in run.output


def test_inspect_tells_ledger_encoding_and_place(county):
    run = redline("layers", "inspect", county / "data" / "hjgkdy.shp", "-w", county)
    assert run.exit_code == 0, run.output
    for words in ("25 = 图形有效 25", "GB18030", "东经 106.88", "北纬 39.7", "150624"):
        assert words in run.output


def test_inspect_says_why_an_encoding_was_chosen(county, tmp_path):
    for one in (county / "data").glob("hjgkdy.*"):
        if one.suffix != ".cpg":
            shutil.copy(one, tmp_path)
    run = redline("layers", "inspect", tmp_path / "hjgkdy.shp", "--lang", "en")
    assert "GB18030 (text encoding decided from the bytes" in run.output


def test_inspect_turns_metres_into_degrees(county):
    path = county / "data" / "yjjbnt_4524.gpkg"
    run = redline("layers", "inspect", path, "--lang", "en")
    assert "107.134376°E to 107.205083°E" in run.output


def test_inspect_says_when_a_file_lies_in_no_unit_or_nowhere(county, tmp_path):
    far, lost = tmp_path / "far.gpkg", tmp_path / "lost.gpkg"
    frame = gpd.GeoDataFrame({"a": [1, 2]}, geometry=[shapely.Point(90, 30), None])
    pyogrio.write_dataframe(frame.set_crs(4490), far)
    pyogrio.write_dataframe(frame.set_crs(4610), lost)
    run = redline("layers", "inspect", far, "-w", county, "--lang", "en")
    assert "in no administrative unit" in run.output
    assert "2 = 1 valid + 0 invalid + 1 without geometry" in run.output
    assert (
        "place        not known"
        in redline("layers", "inspect", lost, "--lang", "en").output
    )
