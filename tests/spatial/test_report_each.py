"""``redline report --each``: the same files by one process or two; maps in reports."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import zipfile

import openpyxl
import paper_office
import pytest
import sample_content
from click.testing import CliRunner

import layers
import spatial
from layers.errors import ExtraMissingError
from spatial.cli import main
from spatial.report import printed as printed_module
from spatial.report.batch import batch_tables, county_of
from spatial.rerun import each as each_module
from spatial.rerun.each import SiteJob, Wanted, write_each


def redline(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An office, its sites, and a run of theirs with maps: never to be changed."""
    root = paper_office.write_all(tmp_path_factory.mktemp("paper"))
    words = ["review", root / "sites.geojson", "-w", root / "office"]
    words += ["--on", "2025-06-01", "-o", root / "run", "--format", "docx,pdf"]
    run = redline(*words)
    assert run.exit_code == 0, run.output
    return root


@pytest.fixture
def root(made, tmp_path):
    return shutil.copytree(made, tmp_path / "moved")


def pictures(path):
    """Return how many pictures a Word file holds."""
    with zipfile.ZipFile(path) as parts:
        return sum(one.startswith("word/media/") for one in parts.namelist())


def everything(folder):
    """Return the bytes of all files below a folder."""
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }


# -- maps ------------------------------------------------------------------------------


def test_a_review_has_maps_and_can_be_made_again(root):
    folder = root / "run"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["call"]["maps"] is True
    assert {"matplotlib", "matplotlib-scalebar", "typeface_of_maps"} <= set(
        manifest["writers"]
    )
    sites = json.loads((folder / "result.json").read_text("utf-8"))["sites"]
    assert pictures(folder / "report.docx") == 1 + len(sites)  # and that of all
    assert spatial.replay(folder).same


def test_maps_can_be_left_out(root):
    assert (
        redline("report", root / "run", "--no-maps", "--format", "docx").exit_code == 0
    )
    assert pictures(root / "run" / "report.docx") == 0
    manifest = json.loads((root / "run" / "manifest.json").read_text("utf-8"))
    assert "maps" not in manifest["call"]
    assert "matplotlib" not in manifest["writers"]


def test_more_reports_of_a_run_hold_maps_as_those_that_it_has(root):
    before = (root / "run" / "report.docx").read_bytes()
    assert redline("report", root / "run", "--format", "html").exit_code == 0
    assert (root / "run" / "report.docx").read_bytes() == before


def test_where_no_map_can_be_drawn_that_is_said_and_the_rest_is_written(
    root, monkeypatch
):
    def absent(_fonts):
        raise ExtraMissingError(extra="report", needed_for="a map on paper")

    monkeypatch.setattr(printed_module, "map_face", absent)
    words = ["review", root / "sites.geojson", "-w", root / "office"]
    words += ["--on", "2025-06-01", "--format", "docx"]
    run = redline(*words, "-o", root / "plain")
    assert run.exit_code == 0
    assert "报告中不含地图" in run.stderr
    assert pictures(root / "plain" / "report.docx") == 0
    asked = redline(*words, "-o", root / "asked", "--maps")
    assert asked.exit_code == 1
    assert "pip install 'ecoredline[report]'" in asked.stderr
    assert not (root / "asked" / "report.docx").exists()


# -- each ------------------------------------------------------------------------------


def test_two_processes_write_what_one_writes(root, monkeypatch):
    monkeypatch.setattr(each_module, "LEAST_EACH", 1)
    words = ["report", root / "run", "--format", "docx", "--each", "-o"]
    for workers in (1, 2):
        run = redline(*words, root / "each", "--workers", workers)
        assert run.exit_code == 0, run.output
        (root / "each").rename(root / f"by-{workers}")
    one, two = (everything(root / f"by-{workers}") for workers in (1, 2))
    assert one == two
    assert {"A/report.docx", "B/report.docx", "C/report.docx"} <= set(one)
    assert {"index.html", "index.xlsx"} <= set(one)


def test_each_of_an_outcome_has_a_report_and_the_overview_tells_of_the_rest(root):
    words = ["report", root / "run", "--format", "docx", "--each", "--no-maps"]
    run = redline(*words, "--outcome", "prohibited")
    assert run.exit_code == 0, run.output
    folder = root / "run" / "sites"
    assert sorted(p.name for p in folder.iterdir()) == ["C", "index.html", "index.xlsx"]
    page = (folder / "index.html").read_text("utf-8")
    assert '<a href="C/report.docx">report.docx</a>' in page
    assert "未列出不等于没有冲突" in page
    assert "script-src &#39;none&#39;" in page or "script-src 'none'" in page
    book = openpyxl.load_workbook(folder / "index.xlsx")
    assert book.sheetnames == [
        "单项报告",
        "按结论统计",
        "按条款统计（项目数）",
        "按行政区统计（项目数）",
    ]
    counted = {row[0]: row[1] for row in book["按结论统计"].iter_rows(values_only=True)}
    sites = json.loads((root / "run" / "result.json").read_text("utf-8"))["sites"]
    assert counted["禁止"] == 1
    assert sum(n for n in counted.values() if isinstance(n, int)) == len(sites)


def test_an_error_in_a_process_comes_out_as_it_is(root, monkeypatch):
    monkeypatch.setattr(each_module, "LEAST_EACH", 1)
    (root / "each").mkdir()
    (root / "each" / "B").write_text("a file in the way", "utf-8")
    words = ["report", root / "run", "--format", "docx", "--each", "--no-maps"]
    run = redline(*words, "-o", root / "each", "--workers", 2)
    assert run.exit_code == 1
    assert "expected a place to write to" in run.stderr


def _is_whole(folder):
    """Whether a folder holds what its manifest tells, byte by byte, and no more."""
    told = json.loads((folder / "manifest.json").read_bytes())["outputs"]
    found = everything(folder)
    found.pop("manifest.json")
    return told == {
        name: hashlib.sha256(text).hexdigest() for name, text in found.items()
    }


def test_a_batch_that_is_stopped_leaves_whole_reports_and_no_overview(
    root, monkeypatch
):
    words = ["report", root / "run", "--format", "docx", "--each", "--no-maps", "-o"]
    assert redline(*words, root / "whole").exit_code == 0
    shutil.copytree(root / "whole", root / "stopped")  # an overview of before
    write = each_module._write
    made = []

    def stopped(result, job, wanted):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(job.folder)
        return write(result, job, wanted)

    for one in (root / "stopped").iterdir():
        if one.is_dir():
            shutil.rmtree(one)
    monkeypatch.setattr(each_module, "_write", stopped)
    assert redline(*words, root / "stopped").exit_code != 0
    left = sorted((root / "stopped").iterdir())
    assert left == sorted(made)
    assert all(_is_whole(one) for one in left)
    monkeypatch.setattr(each_module, "_write", write)
    assert redline(*words, root / "stopped").exit_code == 0
    assert everything(root / "stopped") == everything(root / "whole")


def test_without_a_site_nothing_is_written(root):
    words = ["report", root / "run", "--format", "docx", "--each", "--outcome"]
    run = redline(*words, "needs_information", "-o", root / "none")
    assert run.exit_code == 0
    assert not (root / "none").exists()


def test_progress_counts_the_sites_in_order(root):
    told = []
    review = spatial.review(
        layers.read(root / "sites.geojson", kind="project_site"),
        layers.open_workspace(root / "office"),
        on="2025-06-01",
    )
    jobs = [
        SiteJob(one.site_id, root / "x" / one.site_id, {})
        for one in review.content.sites
    ]
    write_each(review, jobs, Wanted(("docx",)), done=lambda n, s: told.append((n, s)))
    assert told == [(n, one.site_id) for n, one in enumerate(jobs, 1)]


def test_a_site_counts_for_the_county_that_holds_most_of_it():
    part = sample_content.overlap(kind="admin_unit", layer="a", zone_name="甲县")
    more = dataclasses.replace(part, zone_name="乙县", share_of_site=0.7)
    near = dataclasses.replace(
        part, zone_name="丙县", distance_m=5.0, share_of_site=None
    )
    part = dataclasses.replace(part, share_of_site=0.3)
    whole = sample_content.sample()
    site = dataclasses.replace(whole.sites[0], overlaps=(near, part, more))
    assert county_of(site) == "乙县"
    assert county_of(dataclasses.replace(site, overlaps=(near,))) is None
    content = dataclasses.replace(whole, sites=(site, *whole.sites[1:]))
    *_, counties = batch_tables(content, {})
    assert counties.rows[0][:3] == ("乙县", 1, 1)
    assert counties.rows[1][:2] == ("未落入行政区图层的任何单元", 5)
