"""A run says what its page says of a base map; without one it says nothing."""

import json

import paper_office
import pytest
from click.testing import CliRunner

from spatial.cli import main

BASE_MAP = """base_map:
  title: 测试底图（虚构）
  url: "https://tiles.example/{z}/{x}/{y}"
  grid: web_mercator
  datum: DATUM
  max_level: 18
  attribution: 虚构
"""


@pytest.fixture
def reviewed(tmp_path):
    """Return a function that reviews under a datum of the base map (None: none)."""
    paper_office.write_all(tmp_path)
    file = tmp_path / "office" / "workspace.yaml"
    plain = file.read_text(encoding="utf-8")

    def reviewed(datum):
        more = BASE_MAP.replace("DATUM", datum) if datum else ""
        file.write_text(plain + more, encoding="utf-8")
        out = tmp_path / f"out-{datum}"
        call = ("review", tmp_path / "sites.geojson", "-w", tmp_path / "office")
        more = ("-o", out, "--on", "2025-06-01", "--format", "html")
        run = CliRunner().invoke(main, [str(one) for one in (*call, *more)])
        assert run.exit_code == 0, run.output
        return run.stderr, out

    return reviewed


def test_a_run_warns_of_a_shifted_base_map_and_the_page_does_too(reviewed):
    said, out = reviewed("GCJ-02")
    assert "未作偏移" in said
    assert "GCJ-02" in said
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "未作偏移" in page
    assert "img-src data: https://tiles.example;" in page


def test_a_base_map_that_fits_is_no_reason_to_warn(reviewed):
    said, _ = reviewed("CGCS2000")
    assert "底图" not in said


def test_the_base_map_changes_the_page_and_no_answer(reviewed):
    _, plain = reviewed(None)
    _, based = reviewed("WGS 84")
    assert "https://tiles.example" not in (plain / "report.html").read_text("utf-8")
    first, second = (
        json.loads((one / "result.json").read_text("utf-8"))["sites"]
        for one in (plain, based)
    )
    assert [one["outcome"] for one in first] == [one["outcome"] for one in second]
