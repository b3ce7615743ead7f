"""Many sites reviewed part by part: the same word on each, and no row lost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import layers
import spatial
from layers.errors import InputRefusedError
from layers.issue import DataIssue, Quarantined
from layers.samples.county import write_county
from spatial.cli import main
from spatial.parts import parts_of
from spatial.rerun.replaying import replay

ON = "2025-10-31"


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return write_county(tmp_path_factory.mktemp("county") / "office")


@pytest.fixture(scope="module")
def sites(county):
    return layers.read(county / "projects.gpkg", kind="project_site")


def redline(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_each_site_has_the_same_findings_as_in_one_review(county, sites):
    office = layers.open_workspace(county)
    whole = spatial.review(sites, office, on=ON).content
    known = {one.site_id: one for one in whole.sites}
    seen = []
    for part in spatial.review_in_parts(sites, office, on=ON, size=30):
        for one in part.content.sites:
            seen.append(one.site_id)
            other = known[one.site_id]
            assert (one.outcome, one.stable) == (other.outcome, other.stable)
            assert [f.finding_id for f in one.findings] == [
                f.finding_id for f in other.findings
            ]
            assert [f.finding.margin_m for f in one.findings] == [
                f.finding.margin_m for f in other.findings
            ]
            assert one.unknowns == other.unknowns
    assert sorted(seen) == sorted(known)


@given(st.integers(1, 100), st.sets(st.integers(0, 100), max_size=8))
def test_every_row_of_the_file_is_in_one_part(sites, size, lost):
    free = sorted(lost - set(sites.frame.index.tolist()))
    aside = tuple(
        Quarantined(row, f"lost-{row}", "geometry_unreadable", None, {}) for row in free
    )
    whole = replaced(sites, aside)
    parts = list(parts_of(whole, size))
    rows = [row for part in parts for row in part.frame.index]
    assert rows == sites.frame.index.tolist()
    assert [one.row for part in parts for one in part.quarantine] == free
    for part in parts:
        read = part.provenance
        assert read.rows_in_file == read.rows_kept + read.rows_quarantined
        assert read.rows_kept == len(part.frame) <= size
        assert [one.row for one in part.issues] == [
            *(one.row for one in part.quarantine),
            None,
        ]


def replaced(sites, aside):
    """Return the sites with further rows set aside, and an issue of the whole file."""
    issues = [DataIssue("geometry_unreadable", "sites", one.row) for one in aside]
    issues.append(DataIssue("geometry_unreadable", "sites", None))
    return replace(sites, quarantine=aside, issues=tuple(issues))


def test_every_page_of_a_part_names_it(county, sites, tmp_path):
    office = layers.open_workspace(county)
    first, *_ = spatial.review_in_parts(sites, office, on=ON, size=50)
    first.write(tmp_path)
    assert "第 1/2 批" in (tmp_path / "report.html").read_text("utf-8")
    notices = json.loads((tmp_path / "result.json").read_text("utf-8"))["notices"]
    assert any("part 1/2" in one for one in notices)


def test_a_single_part_is_the_review_itself(county, sites, tmp_path):
    office = layers.open_workspace(county)
    (only,) = spatial.review_in_parts(sites, office, on=ON, size=1_000)
    only.write(tmp_path / "part")
    spatial.review(sites, office, on=ON).write(tmp_path / "whole")
    names = sorted(path.name for path in (tmp_path / "whole").iterdir())
    for name in names:
        one, other = (tmp_path / kind / name for kind in ("part", "whole"))
        assert one.read_bytes() == other.read_bytes()


def test_parts_on_the_command_line_are_folders_that_can_be_replayed(county, tmp_path):
    run = redline(
        *("review", county / "projects.gpkg", "-w", county, "--on", ON),
        *("-o", tmp_path / "out", "--part-size", 50),
    )
    assert run.exit_code == 0, run.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "part-001",
        "part-002",
    ]
    assert "88" in run.output
    told = replay(tmp_path / "out" / "part-002")
    assert told.same, told.difference


def test_parts_are_refused_beside_overrides(county, tmp_path):
    (tmp_path / "o.yaml").write_text("overrides: []", encoding="utf-8")
    run = redline(
        *("review", county / "projects.gpkg", "-w", county, "--on", ON),
        *("-o", tmp_path / "out", "--part-size", 50, "--compare", "2026-03-15"),
    )
    assert run.exit_code == 1
    assert "--part-size" in run.output


def test_a_part_of_no_sites_is_refused(sites):
    with pytest.raises(InputRefusedError, match="size: expected 1 or more, got 0"):
        next(parts_of(sites, 0))
