"""The folder of a real monitoring run enters the ledger, and enters it once."""

import datetime as dt
import json
import shutil

import geopandas as gpd
import pytest
from small_pair import small_pair

import layers
from layers.errors import InputRefusedError, SourceNotFoundError
from layers.raster import read_raster
from layers.samples.county import write_county
from spatial.ledger import Actor, create_ledger
from spatial.ledger.batches import batch_of_run, enter_listing, enter_run
from spatial.ledger.matching import load_settings
from spatial.ledger.review_folder import read_review, review_links
from spatial.ledger.run_folder import observed, read_run
from spatial.ledger.sources import read_listing
from spatial.monitor import monitor
from spatial.siting import review

BOSS = Actor("甲（虚构）", "admin")


def clock():
    return dt.datetime(2026, 6, 2, 3, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return layers.open_workspace(write_county(tmp_path_factory.mktemp("office")))


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return small_pair(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def folder(office, images, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    monitor(*images, office).write(out, pictures=0)
    return out


@pytest.fixture(scope="module")
def run(folder):
    return read_run(folder)


@pytest.fixture
def ledger(tmp_path):
    return create_ledger(tmp_path / "l.gpkg", actor=BOSS, clock=clock)


def test_a_folder_is_read_as_it_was_written(run, folder):
    told = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert list(run.clues.index) == sorted(one["patch_id"] for one in told["clues"])
    assert run.on == dt.date(2025, 9, 16)
    assert run.before_on == dt.date(2023, 9, 12)
    assert len(run.aside) == len(told["set_aside"])
    assert run.is_usable
    assert set(run.clues.geom_type) == {"Polygon"}


def test_its_clues_become_cases_with_zones_rule_and_permits(ledger, run, folder):
    found = enter_run(ledger, folder)
    assert sorted(found.opened) == list(run.clues.index)
    for clue, case_id in found.opened.items():
        case = ledger.case(case_id)
        row = run.clues.loc[clue]
        assert case.fields["rule"] == (row["deciding_rule"] or "")
        assert case.fields["outcome"] == row["outcome"]
        assert len(case.fields["zones"]) == len(row["zones"])
        assert [one["target"] for one in case.links] == row["permit_codes"]
        assert case.fields["facts"]["intact_on"] == "2023-09-12"
        assert case.fields["county"] == (row["county_code"] or "")[:6]


def test_the_same_folder_enters_once(ledger, folder):
    enter_run(ledger, folder)
    head = ledger.head()
    again = enter_run(ledger, folder)
    assert again.was_entered
    assert ledger.head() == head


def test_a_run_made_again_finds_its_cases(ledger, run, folder):
    """The same clues under another run: every one is known, none is new."""
    enter_run(ledger, folder)
    settings = load_settings()
    batch = batch_of_run(run, settings=settings)
    from dataclasses import replace

    from spatial.ledger.entering import enter

    found = enter(ledger, replace(batch, run_id="made-again"))
    assert not found.opened
    assert set(found.seen["relation"]) == {"same"}


def test_a_folder_that_was_changed_is_no_evidence(folder, tmp_path):
    other = shutil.copytree(folder, tmp_path / "other")
    path = other / "result.json"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(InputRefusedError, match="a changed result is no evidence"):
        read_run(other)


def test_a_folder_of_something_else_is_refused(folder, tmp_path):
    with pytest.raises(SourceNotFoundError, match="output folder of redline monitor"):
        read_run(tmp_path)
    other = shutil.copytree(folder, tmp_path / "other")
    (other / "result.json").write_text('{"schema": "ecoredline/review/1"}')
    with pytest.raises(InputRefusedError, match="not of a review"):
        read_run(other)
    (other / "result.json").write_text("{")
    with pytest.raises(InputRefusedError, match="expected JSON"):
        read_run(other)


def test_how_much_was_seen_is_known_from_images(run, images):
    layers_ = tuple(read_raster(one) for one in images)
    shape = run.clues.geometry.iloc[0]
    grounds = gpd.GeoSeries(
        {"seen": shape, "outside": gpd.GeoSeries([shape]).translate(5, 5).iloc[0]},
        crs="EPSG:4490",
    )
    share = observed(grounds, run, layers_)
    assert share["seen"] == pytest.approx(1.0)
    assert share.get("outside", 0.0) == 0.0


def test_without_images_only_zones_that_were_seen_throughout_tell(run):
    grounds = gpd.GeoSeries(
        {str(i): one for i, one in enumerate(run.clues.geometry)}, crs="EPSG:4490"
    )
    from dataclasses import replace

    blind = replace(run, zones=run.zones.assign(observed_share=0.9))
    assert observed(grounds, blind) == {}
    clear = replace(run, zones=run.zones.assign(observed_share=1.0))
    inside = observed(grounds, clear)
    assert inside
    assert set(inside.values()) == {1.0}
    assert observed(grounds, replace(run, is_usable=False)) == {}


def test_images_of_another_run_are_refused(ledger, folder, images):
    before, after = (read_raster(one) for one in images)
    with pytest.raises(InputRefusedError, match="the before image of the run"):
        enter_run(ledger, folder, images=(after, before))


def test_cases_are_linked_with_earlier_reviews(office, run, tmp_path):
    """One site holds the clue and a little more; the other holds half of it."""
    clue = run.clues.geometry.iloc[0]
    west, south, east, north = clue.bounds
    from shapely import box

    sites = gpd.GeoDataFrame(
        {"site_id": ["whole", "half", "far"], "name": ["甲", "乙", "丙"]},
        geometry=[
            box(west - 0.001, south - 0.001, east + 0.001, north + 0.001),
            box(west, south, (west + east) / 2, north),
            box(east + 0.5, south, east + 0.51, north),
        ],
        crs="EPSG:4490",
    )
    made = review(sites, office, on="2024-05-01")
    made.write(tmp_path / "review")
    known = read_review(tmp_path / "review")
    links = review_links(run.clues.iloc[:1], [known], tolerance_m=15)
    (found,) = links.values()
    assert {one.target.split("/")[1]: one.relation for one in found} == {
        "whole": "inside",
        "half": "beyond",
    }
    beyond = next(one for one in found if one.relation == "beyond")
    whole = beyond.facts["shared_m2"] + beyond.facts["beyond_m2"]
    assert beyond.facts["beyond_m2"] == pytest.approx(whole / 2, rel=0.05)
    assert beyond.facts["on"] == "2024-05-01"


def test_a_review_that_is_none_is_refused(folder, tmp_path):
    with pytest.raises(InputRefusedError, match="output folder of redline review"):
        read_review(folder)
    with pytest.raises(SourceNotFoundError, match=r"result\.json"):
        read_review(tmp_path)


def test_a_list_and_a_run_share_their_cases(ledger, run, folder, tmp_path):
    enter_run(ledger, folder)
    point = run.clues.geometry.iloc[0].representative_point()
    path = tmp_path / "list.csv"
    path.write_text(
        "线索编号,经度,纬度,线索来源,发现日期\n"
        f"A1,{point.x:.6f},{point.y:.6f},巡查,2026-05-01\n",
        encoding="utf-8",
    )
    found = enter_listing(ledger, read_listing(path))
    assert not found.opened
    assert len(ledger.cases()) == len(run.clues)
    assert enter_listing(ledger, read_listing(path)).was_entered


def test_a_list_without_a_row_is_refused(ledger, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("线索编号,经度,纬度,发现日期\nA1,107,40,\n", encoding="utf-8")
    with pytest.raises(InputRefusedError, match="1 rows were set aside"):
        enter_listing(ledger, read_listing(path))
